"""What replaces code in C that `scipy.interpolate` calls, and what has one formula as a whole.

CubicSpline(x, y)(z)       scipy's Python is followed down to `_ppoly.evaluate`, which has a twin
splrep(x, y)               FITPACK's fit, with the history of the equations that it solves
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain, wrapped
from minitorch.scipy_functions import bsplines, fitpack, grids, piecewise, rbf
from minitorch.scipy_functions.bands import solve_bands
from minitorch.scipy_functions.twins import answering, in_place_twin, is_active, plainly, twin, with_value, writing_twin
from minitorch.tracing.libraries import Resolve, replaced
from minitorch.tracing.libraries.scipy_calls import gated
from minitorch.transformer import Alias

__all__ = ["rows"]

Make = Callable[[Any], Callable[..., Any]]


def surface(is_grid: bool) -> Make:
    """Make what makes the twin of one of FITPACK's evaluations of surfaces."""

    def formula(found: Any, tx: Any, ty: Any, c: Any, kx: int, ky: int, *rest: Any) -> Any:
        *orders, x, y = rest
        tx, ty = asarray(tx), asarray(ty)
        sides = [len(detached(t)) - k - 1 for t, k in ((tx, kx), (ty, ky))]
        points = [
            numpy.clip(numpy.atleast_1d(asarray(at)), detached(t)[k], detached(t)[n])
            for at, t, k, n in zip((x, y), (tx, ty), (kx, ky), sides, strict=True)
        ]
        coefficients = asarray(c)[: sides[0] * sides[1]].reshape(sides)
        return grids.tensor_values((tx, ty), coefficients, (kx, ky), points, orders or (0, 0), is_grid), found[1]

    return answering(formula)


SURFACES: Final[dict[str, Make]] = {
    "bispev": surface(True),
    "bispeu": surface(False),
    "parder": surface(True),
    "pardeu": surface(False),
}
"""By name: the evaluation of a surface on a grid or at points, of itself or of a derivative."""

LEAVES: Final[dict[str, dict[str, Make]]] = {
    "_ppoly": {
        "evaluate": lambda f: writing_twin(f, piecewise.evaluate, 5),
        "evaluate_bernstein": lambda f: writing_twin(f, piecewise.evaluate_bernstein, 5),
        "integrate": lambda f: writing_twin(f, piecewise.integrate, 5),
        "evaluate_nd": lambda f: writing_twin(f, grids.evaluate_nd, 6),
        "fix_continuity": lambda f: in_place_twin(f, piecewise.fix_continuity),
        "real_roots": answering(piecewise.real_roots),
    },
    "_bspl": {
        "evaluate_spline": bsplines.evaluating,
        "evaluate_ndbspline": lambda f: writing_twin(f, grids.evaluate_tensor_spline, 10),
    },
    "_dierckx": {
        "evaluate_spline": bsplines.evaluating,
        "evaluate_ndbspline": lambda f: twin(f, grids.evaluate_tensor_spline),
        "data_matrix": answering(bsplines.data_matrix),
        "_coloc": bsplines.writing_collocation,
        "evaluate_all_bspl": lambda f: twin(f, bsplines.all_at),
        "find_interval": plainly,
    },
    "_rgi_cython": {
        "find_indices": answering(grids.norm_distances),
        "evaluate_linear_2d": lambda f: writing_twin(f, grids.linear_2d, 4),
    },
    "_interpnd": {"_ndim_coords_from_arrays": lambda f: twin(f, grids.coordinates)},
    "_rbfinterp": {
        "_build_and_solve_system": answering(rbf.build_and_solve),
        "_build_evaluation_coefficients": lambda f: twin(f, rbf.evaluation_coefficients),
    },
    "_rbfinterp_np": {
        "_build_and_solve_system": answering(rbf.build_and_solve),
        "_build_evaluation_coefficients": lambda f: twin(f, rbf.evaluation_coefficients),
    },
    "_fitpack_impl": {name: answering(formula) for name, formula in fitpack.FITPACK.items()},
    "_fitpack2": {name: fitpack.univariate for name in fitpack.UNIVARIATE},
    "_dfitpack": SURFACES,
    "_fitpack": SURFACES,
}  # fmt: skip
"""By module and name: what makes the replacement of a function; versions of scipy have them in different modules."""


def process_derivatives(function: Any) -> Callable[..., Any]:
    """Make what takes conditions at the ends of a spline apart: the orders, and the values as an array."""

    def call(deriv: Any) -> Any:
        if deriv is None or is_plain(list(map(tuple, deriv))):
            return function(deriv)
        orders, values = zip(*deriv, strict=True)
        return numpy.atleast_1d(numpy.asarray(orders)), numpy.atleast_1d(asarray(list(values)))

    return call


def banded(function: Any) -> Callable[..., Any]:
    """Make what solves banded equations as LAPACK's `gbsv` does, which gives factors, pivots, solution and a sign."""

    def call(kl: int, ku: int, ab: Any, b: Any, **_: Any) -> Any:
        lu, pivots, found, info = function(kl, ku, detached(ab), detached(b))
        if info == 0 and is_active(ab, b):
            found = solve_bands(asarray(ab)[kl:], b, kl, ku, found)
        return lu, pivots, wrapped(found), info

    return call


def least_squares_spline(function: Any, resolve: Resolve) -> Callable[..., Any]:
    """Make what does as `make_lsq_spline`: knots are given, coefficients solve the normal equations."""

    def call(
        x: Any, y: Any, t: Any, k: int = 3, w: Any = None, axis: int = 0, check_finite: bool = True, **kwargs: Any
    ) -> Any:
        found = function(*map(detached, (x, y, t, k, w, axis, check_finite)), **kwargs)
        if not is_active(x, y, t, w):
            return found
        values = numpy.moveaxis(asarray(y), axis, 0)
        weights = numpy.ones(values.shape[0]) if w is None else w
        c = with_value(fitpack.least_squares(asarray(t), x, values, weights, k), numpy.asarray(found.c))
        return resolve(type(found).construct_fast)(asarray(t), c, k, axis=found.axis)

    return call


def grid_spline(function: Any) -> Callable[..., Any]:
    """Make what does as `make_ndbspl`: the tensor product spline through values on a grid."""

    def call(points: Any, values: Any, k: Any = 3, **kwargs: Any) -> Any:
        found = function(tuple(map(detached, points)), detached(values), k, **kwargs)
        if not is_active(list(points), values):
            return found
        attribute = "_c" if hasattr(found, "_c") else "c"
        plain = getattr(found, attribute)
        degrees = (k,) * len(points) if numpy.ndim(k) == 0 else k
        knots, c = grids.interpolating_grid(points, values, degrees, found.t)
        setattr(found, attribute, with_value(c, numpy.asarray(plain)))
        if is_active(list(points)):
            size = found._t.shape[1]
            padded = [numpy.concatenate([t, numpy.full(size - t.shape[0], numpy.nan)]) for t in knots]
            found._t = with_value(numpy.stack(padded), found._t)
        return found

    return call


def rectangular_spline(cls: Any) -> Callable[..., Any]:
    """Make what makes objects of `RectBivariateSpline`."""

    def call(x: Any, y: Any, z: Any, bbox: Any = (None,) * 4, kx: int = 3, ky: int = 3, s: Any = 0, *args: Any) -> Any:
        made = cls(*map(detached, (x, y, z)), list(bbox), kx, ky, s, *args)
        if not is_active(x, y, z, s):
            return made
        if s != 0 or any(end is not None for end in bbox):
            cure = "Use s=0, and no bbox."
            raise fitpack.no_rule("a smoothing surface", cure, x, y, z)
        tx, ty, plain = made.tck
        (tx, ty), c = grids.interpolating_grid((x, y), z, (kx, ky), (tx, ty))
        made.tck = (tx, ty, with_value(c.reshape(-1), plain))
        return made

    return call


def scattered_values(method: Any) -> Callable[..., Any]:
    """Make what replaces `__call__` of a class that interpolates scattered data, of what the object is made of."""

    def evaluate(self: Any, *args: Any, **kwargs: Any) -> Any:
        points, values = vars(self).get("given", (None, None))
        made = method(self, *map(detached, args), **kwargs)
        if not is_active(*args, points, values):
            return wrapped(made)
        if hasattr(self, "grad"):
            raise fitpack.no_rule(f"{type(self).__name__}.__call__()", "", *args)
        at = coordinates_of(args, self.points.shape[1])
        at = at.reshape(-1, at.shape[-1])
        scaled = at if self.scale is None else (at - self.offset) / self.scale
        if values is None:
            points, values, at = self.points, self.values, scaled
            values = values.reshape(len(points), *getattr(self, "values_shape", values.shape[1:]))
        if hasattr(self, "tree"):
            _, found = self.tree.query(detached(scaled), **kwargs)
            result = values[found]
        else:
            simplex = self.tri.find_simplex(numpy.ascontiguousarray(detached(scaled)))
            result = grids.on_triangles(self.tri.simplices, simplex, points, values, at, self.fill_value)
        return with_value(result.reshape(made.shape), made)

    return evaluate


def scattered(cls: Any) -> Callable[..., Any]:
    """Make what makes objects of a class that interpolates scattered data."""

    def call(points: Any, values: Any, *args: Any, **kwargs: Any) -> Any:
        made = cls(detached(points), detached(values), *args, **kwargs)
        if is_active(list(points) if isinstance(points, tuple) else points, values):
            made.given = coordinates_of((points,)), asarray(values)
        return made

    return call


def coordinates_of(args: Any, ndim: Any = None) -> Any:
    """Return points in rows."""
    return grids.coordinates(tuple(args), ndim)


def griddata(function: Any, linear: Any, nearest: Any) -> Callable[..., Any]:
    """Make what does as `griddata`."""
    followed = gated(function)

    def call(
        points: Any, values: Any, xi: Any, method: str = "linear", fill_value: Any = numpy.nan, rescale: bool = False
    ) -> Any:
        at = coordinates_of((points,))
        if at.shape[1] < 2 or not is_active(at, values, xi):
            return followed(points, values, xi, method=method, fill_value=fill_value, rescale=rescale)
        if method == "cubic":
            cure = "Its gradients are found by iterations; use method='linear'."
            raise fitpack.no_rule("griddata(method='cubic')", cure, at, values, xi)
        cls = nearest if method == "nearest" else linear
        fill = {} if method == "nearest" else {"fill_value": fill_value}
        made = replaced(cls)(at, values, rescale=rescale, **fill)
        return replaced(made)(*(xi if isinstance(xi, tuple) else (xi,)))

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.interpolate`."""
    seen = set()
    for part, made in LEAVES.items():
        module = sys.modules.get(f"{library.__name__}.{part}")
        for name, make in made.items():
            function = getattr(module, name, None)
            if function is not None and id(function) not in seen:
                seen.add(id(function))
                yield function, Alias(f"{part}.{name}", make(function))
    own: dict[str, Make] = {
        "make_lsq_spline": lambda f: least_squares_spline(f, resolve),
        "RectBivariateSpline": rectangular_spline,
        "LinearNDInterpolator": scattered,
        "NearestNDInterpolator": scattered,
        "griddata": lambda f: griddata(f, library.LinearNDInterpolator, library.NearestNDInterpolator),
    }
    for name, make in own.items():
        yield getattr(library, name), Alias(f"interpolate.{name}", make(getattr(library, name)))
    for name in ("LinearNDInterpolator", "NearestNDInterpolator"):
        method: Any = getattr(library, name).__call__
        yield method, Alias(f"{name}.__call__", scattered_values(method))
    for name, part, make in (
        ("_process_deriv_spec", "_bsplines", process_derivatives),
        ("make_ndbspl", "_ndbspline", grid_spline),
    ):
        function = getattr(sys.modules.get(f"{library.__name__}.{part}"), name, None)
        if function is not None:
            yield function, Alias(name, make(function))
    lapack: Any = sys.modules["scipy.linalg.lapack"]
    for name in ("dgbsv", "zgbsv"):
        yield getattr(lapack, name), Alias(name, banded(getattr(lapack, name)))
