"""Least squares in `scipy.optimize`: the sum of squares is stationary at the solution, with all its second derivatives.

    curve_fit(model, t, y)      popt and pcov have derivatives by the data, and by what the model reads

`lsq_linear` and `nnls` are the linear case, `linprog` is held in a corner by the constraints that are active there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import current
from minitorch.autodiff.errors import BackwardError
from minitorch.implicit.minima import bound_constraints, implicit_minimum
from minitorch.implicit.opaque import opaque, with_value
from minitorch.implicit.recorded import Recorded, differentiable_again, one_variable
from minitorch.implicit.roots import implicit_root
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_minima import bounds_of, contents, plain_object, settle_result
from minitorch.tracing.libraries.solver_calls import SolverCall, Watched, depends, solver_rows
from minitorch.transformer import Alias

__all__ = ["least_squares_rows"]


def least_squares_rows(optimize: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of least squares and linear programs."""
    solvers: dict[str, Callable[[SolverCall], Any]] = {
        "least_squares": least_squares,
        "leastsq": leastsq,
        "curve_fit": curve_fit,
        "nnls": nnls,
        "lsq_linear": lsq_linear,
        "linprog": linprog,
    }
    return solver_rows(optimize, solvers, resolve)


def huber(z: Any, is_small: Any) -> Any:
    """Return squares as they are where they are small, and twice their roots less one elsewhere."""
    return numpy.where(is_small, z, 2.0 * numpy.sqrt(numpy.where(is_small, 1.0, z)) - 1.0)


LOSSES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2.0 * (numpy.sqrt(1.0 + z) - 1.0),
    "huber": lambda z: huber(z, numpy.less_equal(detach(z), 1.0)),
    "cauchy": numpy.log1p,
    "arctan": numpy.arctan,
}
"""What `least_squares` sums in place of squares, by its name there."""


def half_squares(residuals: Callable[[Any], Any], loss: Any = "linear", scale: Any = 1.0) -> Callable[[Any], Any]:
    """Return half the sum of squares of residuals, or of what a loss makes of them."""
    of_squares = LOSSES[loss] if isinstance(loss, str) else (lambda z: loss(z)[0])

    def objective(x: Any) -> Any:
        r = numpy.reshape(asarray(residuals(x)), -1)
        return 0.5 * scale**2 * numpy.sum(of_squares((r / scale) ** 2))

    return objective


def is_among(call: SolverCall, bounds: Any) -> bool:
    """Return whether anything with a history takes part in a call or in its bounds."""
    return call.is_active or depends(contents(bounds))


def limits(bounds: Any, size: int) -> tuple[Any, Any]:
    """Return the bounds of least squares, which are a pair of lower and upper ones."""
    if bounds is None:
        return None, None
    return bounds_of(bounds, size) if hasattr(bounds, "lb") else (asarray(bounds[0]), asarray(bounds[1]))


def least_squares(call: SolverCall) -> Any:
    """Find the least sum of squares by any of the methods, with bounds and a loss."""
    keywords = call.get("kwargs")
    for name in ("jac", "loss"):
        call.watch(name, call.args() if name == "jac" else (), keywords if name == "jac" else None)
    watched = call.watch("fun", call.args(), keywords)
    bounds = call.get("bounds")
    replaced = {"bounds": plain_object(bounds)} if "bounds" in call.arguments else {}
    if "kwargs" in call.arguments:
        replaced["kwargs"] = {}
    result = call.run(args=(), **replaced)
    if watched is None or not is_among(call, bounds):
        return result
    value = result["x"]
    loss = call.watched["loss"].on_variables if "loss" in call.watched else call.get("loss", "linear")
    objective = half_squares(watched.on_variables, loss, call.get("f_scale", 1.0))
    x = result["x"] = implicit_minimum(objective, value, bound_constraints(value.size, *limits(bounds, value.size)))
    result["fun"] = with_value(numpy.reshape(asarray(watched.on_variables(x)), -1), result["fun"])
    result["cost"] = with_value(objective(x), result["cost"])
    settle_result(result)
    return result


def leastsq(call: SolverCall) -> Any:
    """Find the least sum of squares by Levenberg and Marquardt's method."""
    call.watch("Dfun", call.args())
    watched = call.watch("func", call.args())
    result = call.run(args=())
    if watched is None or not call.is_active:
        return result
    x = implicit_minimum(half_squares(watched.on_variables), result[0])
    if not call.get("full_output"):
        return (x, *result[1:])
    covariance, info = result[1], dict(result[2])
    if covariance is not None:
        columns = jacobian_at(watched.on_variables, x)
        covariance = with_value(numpy.linalg.inv(columns.T @ columns), covariance)
    info["fvec"] = with_value(watched.on_variables(x), info["fvec"])
    for name in ("fjac", "qtf"):
        info[name] = opaque(info[name], f"the {name!r} of leastsq", x)
    return (x, covariance, info, *result[3:])


def jacobian_at(residuals: Callable[[Any], Any], x: Any) -> Any:
    """Return the derivative of residuals by a point, recorded, with a column per element of the point."""
    node = current(x)
    with differentiable_again():
        start = current(node.reshape(node.shape) * 1.0)
        r = one_variable(numpy.reshape(asarray(residuals(start)), -1))
        recorded = Recorded(r, [start])
        others = [None] * len(recorded.outer)
        columns = [recorded.jvp([unit, *others], recorded=True) for unit in numpy.eye(node.size)]
        return numpy.stack([numpy.zeros(r.shape) if column is None else column for column in columns], axis=1)


# -- curves ------------------------------------------------------------------------------------------------------------


def curve_fit(call: SolverCall) -> Any:
    """Fit the parameters of a curve, and estimate their covariance."""
    call.watch("jac")
    watched = call.watch("f")
    bounds = call.get("bounds")
    replaced = {"bounds": plain_object(bounds)} if "bounds" in call.arguments else {}
    result = call.run(**replaced)
    if watched is None or not is_among(call, bounds):
        return result
    options = call.get("kwargs") or {}
    residuals = weighted(call, watched)
    popt = result[0]
    loss, scale = options.get("loss", "linear"), options.get("f_scale", 1.0)
    if callable(loss):
        raise BackwardError("curve_fit with a loss of one's own has no derivative here: call least_squares")
    held = bound_constraints(popt.size, *limits(bounds, popt.size)) if bounds is not None else []
    x = implicit_minimum(half_squares(residuals, loss, scale), popt, held)
    return (x, covariance_of(call, residuals, x, result[1], loss), *settled_info(result[2:], x))


def settled_info(rest: tuple[Any, ...], x: Any) -> tuple[Any, ...]:
    """Return what `curve_fit` says beside, whose arrays refuse derivatives."""
    if not rest:
        return rest
    info = {name: opaque(value, f"the {name!r} of curve_fit", x) for name, value in rest[0].items()}
    return (info, *rest[1:])


def weighted(call: SolverCall, watched: Watched) -> Callable[[Any], Any]:
    """Return the residuals of a curve, divided by the errors of its points."""
    t, y, sigma = call.arguments["xdata"], asarray(call.arguments["ydata"]), call.get("sigma")
    if isinstance(t, (list, tuple, numpy.ndarray)):
        t = asarray(t)
    if call.get("nan_policy") == "omit":
        t, y, sigma = without_nan(t, y, sigma)
    if sigma is not None:
        sigma = asarray(sigma)

    def residuals(p: Any) -> Any:
        parameters = [p[index] for index in range(p.shape[0])]
        found = numpy.reshape(asarray(watched.on_variables(t, *parameters)), -1) - numpy.reshape(y, -1)
        if sigma is None:
            return found
        if sigma.ndim < 2:
            return found / sigma
        return numpy.linalg.solve(numpy.linalg.cholesky(sigma), found)

    return residuals


def without_nan(t: Any, y: Any, sigma: Any) -> tuple[Any, Any, Any]:
    """Return the data of a curve without points that are not numbers."""
    plain = numpy.asarray(detach(t))
    kept = ~numpy.isnan(detach(y)) & ~numpy.isnan(plain).any(axis=tuple(range(plain.ndim - 1)))
    places = numpy.flatnonzero(kept)
    if sigma is not None:
        sigma = asarray(sigma)
        sigma = sigma[places] if sigma.ndim == 1 else sigma[numpy.ix_(places, places)] if sigma.ndim == 2 else sigma
    return t[..., places], y[places], sigma


def covariance_of(call: SolverCall, residuals: Callable[[Any], Any], x: Any, value: Any, loss: str) -> Any:
    """Return the covariance of parameters, with the history that its formula has."""
    if not numpy.isfinite(value).all() or loss != "linear":
        return opaque(value, "the covariance that curve_fit estimates", x)
    columns = jacobian_at(residuals, x)
    covariance = numpy.linalg.inv(columns.T @ columns)
    if not call.get("absolute_sigma"):
        r = residuals(x)
        covariance = covariance * numpy.sum(r * r) / (r.size - x.size)
    return with_value(covariance, value)


# -- linear problems ---------------------------------------------------------------------------------------------------


def linear_squares(matrix: Any, right: Any) -> Callable[[Any], Any]:
    """Return half the sum of squares of what a linear system misses."""
    return half_squares(lambda x: matrix @ x - right)


def nnls(call: SolverCall) -> Any:
    """Solve a linear system as well as it goes without negative numbers."""
    result = call.run()
    if not call.is_active:
        return result
    matrix, right = asarray(call.arguments["A"]), asarray(call.arguments["b"])
    x = implicit_minimum(linear_squares(matrix, right), result[0], bound_constraints(result[0].size, 0.0, None))
    return x, with_value(numpy.linalg.norm(matrix @ x - right), result[1])


def lsq_linear(call: SolverCall) -> Any:
    """Solve a linear system as well as it goes within bounds."""
    bounds = call.get("bounds")
    result = call.run(**({"bounds": plain_object(bounds)} if "bounds" in call.arguments else {}))
    if not is_among(call, bounds):
        return result
    matrix, right = asarray(call.arguments["A"]), asarray(call.arguments["b"])
    value = result["x"]
    objective = linear_squares(matrix, right)
    held = bound_constraints(value.size, *limits(bounds, value.size))
    x = result["x"] = implicit_minimum(objective, value, held)
    result["fun"] = with_value(matrix @ x - right, result["fun"])
    result["cost"] = with_value(objective(x), result["cost"])
    for name in ("optimality", "unbounded_sol"):
        result[name] = opaque(result.get(name), f"the {name!r} of lsq_linear", x)
    return result


MAX_CORNER_SLACK = 1e-7
"""How far from a constraint, relative to its size, the corner of a linear program may be."""


def linprog(call: SolverCall) -> Any:
    """Solve a linear program, whose solution is the corner of as many constraints as there are numbers."""
    result = call.run()
    if not call.is_active or result["x"] is None:
        return result
    if numpy.any(call.get("integrality", 0)):
        raise BackwardError(
            "linprog with whole numbers has no derivative by its constraints; milp has one by its prices"
        )
    value = numpy.asarray(result["x"])
    objective = asarray(call.arguments["c"])
    left, right = program_rows(call, value.size)
    slack = (numpy.asarray(detach(right)) - numpy.asarray(detach(left)) @ value) if len(left) else numpy.zeros(0)
    equalities = 0 if call.get("A_eq") is None else numpy.atleast_1d(detach(call.get("b_eq"))).size
    held = corner(numpy.asarray(detach(left)), slack, value, numpy.asarray(detach(objective), float), equalities)
    if len(held) != value.size:
        raise BackwardError(
            "the solution of linprog is not a corner of its constraints, or one of more than it needs: it has no "
            "derivative by them"
        )
    matrix, limit = asarray(left)[held], asarray(right)[held]
    x = result["x"] = implicit_root(lambda z: matrix @ z - limit, value)
    result["fun"] = with_value(objective @ x, result["fun"])
    for name, a, b, sign in (("slack", "A_ub", "b_ub", 1.0), ("con", "A_eq", "b_eq", 1.0)):
        if call.get(a) is not None and result.get(name) is not None:
            result[name] = with_value((asarray(call.get(b)) - asarray(call.get(a)) @ x) * sign, result[name])
    return result


def program_rows(call: SolverCall, size: int) -> tuple[Any, Any]:
    """Return all constraints of a linear program, equalities first, as rows and right sides that rows don't exceed."""
    left, right = [], []
    for a, b in (("A_eq", "b_eq"), ("A_ub", "b_ub")):
        if call.get(a) is not None:
            matrix = call.get(a)
            matrix = asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
            left.append(matrix.reshape(-1, size))
            right.append(asarray(call.get(b)).reshape(-1))
    bounds = call.get("bounds", (0.0, None))
    pairs = [(0.0, None)] * size if bounds is None else list(bounds)
    if len(pairs) == 2 and not isinstance(pairs[0], (tuple, list, numpy.ndarray)):
        pairs = [tuple(pairs)] * size
    pairs = pairs * size if len(pairs) == 1 else pairs
    for index, (low, high) in enumerate(pairs):
        unit = numpy.eye(size)[index : index + 1]
        for bound, sign in ((low, -1.0), (high, 1.0)):
            if bound is not None and numpy.isfinite(detach(bound)):
                left.append(unit * sign)
                right.append(asarray([bound * sign]))
    return numpy.concatenate(left), numpy.concatenate(right)


def corner(left: Any, slack: Any, value: Any, price: Any, equalities: int) -> list[int]:
    """Return constraints that hold a solution, independent of each other, those with multipliers first.

    Args:
        left: the rows of all constraints.
        slack: how far the solution is from each.
        value: the solution.
        price: what is minimised, per unit of each number.
        equalities: how many of the constraints are equalities, the first ones.
    """
    scale = MAX_CORNER_SLACK * (1.0 + numpy.abs(value).max(initial=0.0))
    near = numpy.flatnonzero(numpy.abs(slack) <= scale)
    if not len(near):
        return []
    both = numpy.concatenate([left[near].T, -left[near[near < equalities]].T], axis=1)
    multipliers = importlib.import_module("scipy.optimize").nnls(both, -price)[0][: len(near)]
    chosen: list[int] = []
    for index in near[numpy.lexsort((-multipliers, near >= equalities))]:
        if numpy.linalg.matrix_rank(left[[*chosen, index]]) > len(chosen):
            chosen.append(int(index))
    return chosen
