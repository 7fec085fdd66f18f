"""Splines as FITPACK makes them and takes them: (knots, coefficients, degree), by data, by points and by all of these.

Knots are those of the plain fit, as functions of the data: at or between data points, or as they were given. Where a
fit chooses how smooth to be (`s` above 0, with knots of its own), its coefficients are found by a search that has no
derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain
from minitorch.arrays.tensor import constant
from minitorch.autodiff.variable import Variable
from minitorch.scalars.lost_history import history_ends
from minitorch.scipy_functions.bands import solve_bands
from minitorch.scipy_functions.bsplines import basis, design_matrix, evaluate_spline, interval_of
from minitorch.scipy_functions.twins import paired

__all__ = ["FITPACK", "UNIVARIATE", "fit", "interpolating", "least_squares", "no_rule"]


def no_rule(what: str, why: str, *values: Any) -> Exception:
    """Make the error for an option that has no derivative."""
    held = [x for x in values if issubclass(type(x), Variable) and not is_plain(x)]
    label = held[0].label() if held else "its arguments"
    return history_ends(what, label, why, held)


# -- fitting -----------------------------------------------------------------------------------------------------------


def interpolating(t: Any, x: Any, y: Any, k: int) -> Any:
    """Return the coefficients of the spline through the points: as many as there are points."""
    interval = interval_of(t, x, k)
    values = numpy.stack(basis(asarray(t), asarray(x), k, 0, interval), -1)
    columns = interval[:, None] + numpy.arange(-k, 1)
    bands: Any = constant(numpy.zeros((2 * k + 1, len(interval))))
    bands[k + numpy.arange(len(interval))[:, None] - columns, columns] = values
    return solve_bands(bands, y, k, k)


def least_squares(t: Any, x: Any, y: Any, w: Any, k: int) -> Any:
    """Return the coefficients of the spline with these knots that is nearest to the points."""
    weights = asarray(w)
    matrix = weights[:, None] * design_matrix(t, x, k)
    y = asarray(y)
    weighed = weights.reshape((-1,) + (1,) * (y.ndim - 1)) * y
    pseudo_inverse: Any = numpy.linalg.pinv
    return numpy.tensordot(pseudo_inverse(matrix), weighed, 1)


def chosen_knots(found: Any, x: Any, low: Any, high: Any, k: int) -> Any:
    """Return the knots of a spline through all points: at the points, for even degrees between them."""
    inner = len(found) - 2 * (k + 1)
    first = (k + 1) // 2 if k % 2 else k // 2 + 1
    at = asarray(x)[first : first + inner]
    if k % 2 == 0:
        at = 0.5 * (at + asarray(x)[first - 1 : first - 1 + inner])
    ends = [numpy.broadcast_to(asarray(end), (k + 1,)) for end in (low, high)]
    return numpy.concatenate([ends[0], at, ends[1]])


def fit(found: Any, x: Any, y: Any, w: Any, low: Any, high: Any, given: Any, period: Any) -> Any:
    """Return knots, coefficients and degree with their histories.

    Args:
        found: the plain ones.
        x: the points.
        y: the values there.
        w: their weights, or `None`.
        low: the end of the spline, or `None`.
        high: its other end.
        given: the inner knots that were given, or `None`.
        period: whether the spline is periodic.
    """
    t, c, k = found
    count, points = len(t) - k - 1, numpy.size(detached(x))
    if period:
        raise no_rule("a periodic fit", "Use make_interp_spline with bc_type='periodic'.", x, y, w)
    low, high = (asarray(x)[0] if low is None else low), (asarray(x)[-1] if high is None else high)
    ends = [numpy.broadcast_to(asarray(end), (k + 1,)) for end in (low, high)]
    if given is not None:
        knots = numpy.concatenate([ends[0], asarray(given), ends[1]])
    elif count == points:
        knots = chosen_knots(t, x, low, high, k)
    elif count == k + 1:
        knots = numpy.concatenate(ends)
    else:
        cure = "A search finds how smooth the spline is; use s=0, or give the knots."
        raise no_rule("a smoothing spline", cure, x, y, w)
    if count == points:
        coefficients = interpolating(knots, x, y, k)
    else:
        coefficients = least_squares(knots, x, y, numpy.ones(points) if w is None else w, k)
    rest = len(c) - count
    return knots, numpy.concatenate([coefficients, numpy.zeros(rest)]) if rest else coefficients, k


def splrep(
    found: Any, x: Any, y: Any, w: Any = None, xb: Any = None, xe: Any = None, k: int = 3, task: int = 0, s: Any = None,
    t: Any = None, full_output: Any = 0, per: Any = 0, quiet: Any = 1,
) -> Any:  # fmt: skip
    """`scipy.interpolate.splrep`."""
    made = fit(found[0] if full_output else found, x, y, w, xb, xe, t, per)
    return (made, *found[1:]) if full_output else made


def splprep(
    found: Any, x: Any, w: Any = None, u: Any = None, ub: Any = None, ue: Any = None, k: int = 3, task: int = 0,
    s: Any = None, t: Any = None, full_output: Any = 0, nest: Any = None, per: Any = 0, quiet: Any = 1,
) -> Any:  # fmt: skip
    """`scipy.interpolate.splprep`: a curve, by default along its length."""
    (plain, _), *rest = found if full_output else [found]
    curves = asarray(x)
    if u is None:
        steps = numpy.sqrt(numpy.square(curves[:, 1:] - curves[:, :-1]).sum(axis=0))
        along = numpy.concatenate([numpy.zeros(1), numpy.cumsum(steps)])
        u = along / along[-1]
    coefficients = []
    knots: Any = None
    for values, c in zip(curves, plain[1], strict=True):
        knots, made, _ = fit((plain[0], c, plain[2]), u, values, w, ub, ue, t, per)
        coefficients.append(made)
    result = ([knots, coefficients, plain[2]], u)
    return (result, *rest) if full_output else result


# -- what is asked of a spline -----------------------------------------------------------------------------------------


def is_curve(c: Any) -> bool:
    """Return whether there are several lists of coefficients."""
    return numpy.ndim(detached(c[0])) > 0


def several(function: Callable[..., Any], found: Any, tck: Any, *args: Any) -> list[Any]:
    """Return what a function gives of each curve."""
    t, c, k = tck
    return [function(part, *args, (t, one, k)) for part, one in zip(found, c, strict=True)]


def values_of(tck: Any, x: Any, nu: int) -> Any:
    """Return the derivative of order `nu` of a spline at points of any shape."""
    t, c, k = tck
    points = asarray(x)
    coefficients = asarray(c)[: len(detached(t)) - k - 1]
    made = evaluate_spline(t, coefficients[:, None], k, points.reshape(-1), nu)
    return made[:, 0].reshape(points.shape)


def splev(found: Any, x: Any, tck: Any, der: int = 0, ext: int = 0) -> Any:
    """`scipy.interpolate.splev`."""
    t, c, k = tck
    if is_curve(c):
        return [splev(part, x, (t, one, k), der, ext) for part, one in zip(found, c, strict=True)]
    points, knots = asarray(x), detached(t)
    low, high = knots[k], knots[len(knots) - k - 1]
    plain = detached(points)
    out = (plain < low) | (plain > high)
    if ext == 3 and der == 0:
        points = numpy.where(plain < low, asarray(t)[k], numpy.where(plain > high, asarray(t)[-k - 1], points))
    made = values_of(tck, points, der)
    return numpy.where(out, 0.0, made) if ext == 1 and numpy.any(out) else made


def splint(found: Any, a: Any, b: Any, tck: Any, full_output: Any = 0) -> Any:
    """`scipy.interpolate.splint`: outside of its knots a spline is zero here."""
    t, c, k = tck
    if is_curve(c):
        return [splint(part, a, b, (t, one, k)) for part, one in zip(found, c, strict=True)]
    t = asarray(t)
    count = t.shape[0] - k - 1
    sums = numpy.cumsum(asarray(c)[:count] * (t[k + 1 :] - t[:count])) / (k + 1)
    knots = numpy.concatenate([t[:1], t, t[-1:]])
    ends = numpy.clip(numpy.stack([asarray(a), asarray(b)]), detached(t)[k], detached(t)[count])
    whole = (knots, numpy.concatenate([numpy.zeros(1), sums]), k + 1)
    at_ends = values_of(whole, ends, 0)
    made = at_ends[1] - at_ends[0]
    return (made, *found[1:]) if full_output else made


def steps_to_roots(evaluate: Callable[[Any, int], Any], roots: Any) -> Any:
    """Return roots by what they are roots of: from where they are known, two of Newton's steps.

    Each doubles the order of the derivatives that are right.
    """
    points = roots
    for _ in range(2):
        points = points - evaluate(points, 0) / evaluate(points, 1)
    return points


def sproot(found: Any, tck: Any, mest: int = 10) -> Any:
    """`scipy.interpolate.sproot`."""
    t, c, k = tck
    if is_curve(c):
        return [sproot(part, (t, one, k)) for part, one in zip(found, c, strict=True)]
    return steps_to_roots(lambda x, nu: values_of(tck, x, nu), found)


def spalde(found: Any, x: Any, tck: Any) -> Any:
    """`scipy.interpolate.spalde`: the derivatives of all orders."""
    t, c, k = tck
    if is_curve(c):
        return [spalde(part, x, (t, one, k)) for part, one in zip(found, c, strict=True)]
    points = numpy.atleast_1d(asarray(x))
    orders = [values_of(tck, points, nu) for nu in range(k + 1)]
    every = numpy.stack(orders, -1)
    return every[0] if points.shape[0] == 1 else list(every)


def insert(found: Any, x: Any, tck: Any, m: int = 1, per: Any = 0) -> Any:
    """`scipy.interpolate.insert`: the same spline with a knot more (W. Boehm, 1980)."""
    t, c, k = tck
    if per:
        raise no_rule("inserting a knot into a periodic spline", "", x, t, c)
    if is_curve(c):
        parts = [insert((found[0], part, k), x, (t, one, k), m) for part, one in zip(found[1], c, strict=True)]
        return parts[0][0], [part[1] for part in parts], k
    t, c, at = asarray(t), asarray(c), asarray(x)
    length = len(found[1])
    c = c[: t.shape[0] - k - 1]
    for _ in range(m):
        last = int(interval_of(t, numpy.asarray([detached(at)]), k)[0])
        i = numpy.arange(last - k + 1, last + 1)
        share = (at - t[i]) / (t[i + k] - t[i])
        c = numpy.concatenate([c[: last - k + 1], (1.0 - share) * c[i - 1] + share * c[i], c[last:]])
        t = numpy.concatenate([t[: last + 1], at.reshape(1), t[last + 1 :]])
    return t, numpy.concatenate([c, numpy.zeros(length - c.shape[0])]), k


FITPACK: Final[dict[str, Callable[..., Any]]] = {
    f.__name__: f for f in (splrep, splprep, splev, splint, sproot, spalde, insert)
}
"""By name in `scipy.interpolate._fitpack_impl`: what gives the history."""


# -- the classes of splines of one variable ----------------------------------------------------------------------------


def with_spline(made: Any, tck: Any) -> Any:
    """Return a spline object of scipy's with knots and coefficients that have a history."""
    made._eval_args = tck
    data = list(made._data)
    data[8], data[9] = tck[0], tck[1]
    made._data = tuple(data)
    return made


def univariate(cls: Any) -> Callable[..., Any]:
    """Make what makes objects of a class of splines of one variable."""
    has_knots = cls.__name__ == "LSQUnivariateSpline"

    def call(*args: Any, **kwargs: Any) -> Any:
        made = cls(*map(detached, args), **detached(kwargs))
        if is_plain((*args, *kwargs.values())):
            return made
        names = ["x", "y", *(["t"] if has_knots else []), "w", "bbox", "k"]
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        box = given.get("bbox", (None, None))
        found = tuple(made._eval_args)
        tck = fit(found, given["x"], given["y"], given.get("w"), box[0], box[1], given.get("t"), False)
        return with_spline(made, paired(tck, found))

    return call


UNIVARIATE: Final = ("UnivariateSpline", "InterpolatedUnivariateSpline", "LSQUnivariateSpline")
"""Classes that `univariate` makes objects of."""
