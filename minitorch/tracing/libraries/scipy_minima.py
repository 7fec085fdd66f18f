"""Minimisers of `scipy.optimize`: they run on plain numbers, and the minimum depends on what its function reads.

    minimize(lambda p: loss(p, data), p0, bounds=bounds).x      has derivatives by data, and by bounds that hold it

What a result says beside the minimum and its value has no derivative here, and says so when one is asked for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.implicit.minima import Constraint, bound_constraints, implicit_minimum
from minitorch.implicit.opaque import opaque, with_value
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.solver_calls import SolverCall, Watched, depends, solver_rows
from minitorch.transformer import Alias

__all__ = ["bounds_of", "minimum_rows", "settle_result"]

DERIVATIVES = ("jac", "hess", "hessp", "fprime", "fhess", "fhess_p", "callback")
"""The names under which minimisers take other functions of the point."""

POINTS = ("fmin", "fmin_powell", "fmin_cg", "fmin_bfgs", "fmin_ncg", "brent", "golden", "fminbound")
"""Minimisers that return the point, or a tuple of it, the value there and more."""

GLOBAL = ("basinhopping", "dual_annealing", "shgo", "differential_evolution", "direct")
"""Minimisers over a region."""


KNOWN = frozenset({"x", "fun", "cost", "execution_time", "tr_radius", "barrier_parameter", "barrier_tolerance"})
"""What results say that has a derivative, or none by its nature."""


def minimum_rows(optimize: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of minimisers."""
    solvers: dict[str, Callable[[SolverCall], Any]] = {
        "minimize": minimize,
        "minimize_scalar": minimize_scalar,
        "fmin_l_bfgs_b": bounded_point,
        "fmin_tnc": bounded_point,
        **dict.fromkeys(POINTS, point),
        **dict.fromkeys(GLOBAL, minimize),
    }
    return solver_rows(optimize, solvers, resolve)


def watched_objective(call: SolverCall, args: Any = None) -> Callable[[Any], Any]:
    """Watch the functions that a minimiser is given, and return what gives the value to be minimised.

    Args:
        call: the call.
        args: what they take beside the point; by default what the call says.
    """
    args = call.args() if args is None else args
    for name in DERIVATIVES:
        call.watch(name, () if name == "callback" else args)
    name = next(name for name in ("fun", "func", "f") if name in call.arguments)
    watched = call.watch(name, args)
    if watched is None:
        raise TypeError(f"{call.function.__name__} needs a function, not {call.arguments[name]!r}")
    several = (call.get("minimizer_kwargs") or call.arguments).get("jac") is True or (
        call.function.__name__ in ("fmin_l_bfgs_b", "fmin_tnc")
        and call.get("fprime") is None
        and not call.get("approx_grad")
    )
    return (lambda x: watched.on_variables(x)[0]) if several else watched.on_variables


def bounds_of(bounds: Any, size: int) -> tuple[Any, Any]:
    """Return the lower and upper bounds of a point, infinite where there are none."""
    if bounds is None:
        return None, None
    if hasattr(bounds, "lb"):
        return bounds.lb, bounds.ub
    pairs = bounds.tolist() if isinstance(bounds, numpy.ndarray) else list(bounds)
    lower = [-numpy.inf if low is None else low for low, _ in pairs]
    upper = [numpy.inf if high is None else high for _, high in pairs]
    return asarray(lower), asarray(upper)


def settle_result(result: Any) -> None:
    """Have what a result says beside its solution refuse derivatives, where it has none here."""
    for name, value in result.items():
        if name not in KNOWN:
            what = f"the {name!r} of a solver's result"
            if type(value) in (list, tuple):
                result[name] = type(value)(opaque(item, what, result["x"]) for item in value)
            else:
                result[name] = opaque(value, what, result["x"])


def minimize(call: SolverCall) -> Any:
    """Find a minimum by any of the methods."""
    local = dict(call.get("minimizer_kwargs") or {})
    given = local.pop("args", None)
    args = given if isinstance(given, tuple) or given is None else (given,)
    objective = watched_objective(call, args)
    bounds = call.get("bounds", local.get("bounds"))
    constraints = call.get("constraints", local.get("constraints"))
    plain_constraints, conditions = constraints_of(call, constraints)
    replaced: dict[str, Any] = {"bounds": plain_object(bounds), "constraints": plain_constraints}
    if local:
        for name, value in local.items():
            own = Watched(call.resolve(value), args or call.args()) if callable(value) else detach(value)
            local[name] = replaced.get(name, own)
    replaced["minimizer_kwargs"] = local
    result = call.run(args=(), **{name: value for name, value in replaced.items() if name in call.arguments})
    if not (call.is_active or depends(contents(bounds)) or any(depends(contents(c)) for c in listed(constraints))):
        return result
    if "x" not in result:
        return result
    value = numpy.asarray(result["x"])
    held = [*bound_constraints(value.size, *bounds_of(bounds, value.size)), *conditions]
    result["x"] = implicit_minimum(objective, value, held)
    result["fun"] = with_value(objective(result["x"]), result["fun"])
    settle_result(result)
    return result


def minimize_scalar(call: SolverCall) -> Any:
    """Find a minimum of a function of one number."""
    objective = watched_objective(call)
    result = call.run(args=())
    if not call.is_active:
        return result
    bounds = call.get("bounds")
    held = [] if bounds is None else bound_constraints(1, bounds[0], bounds[1])
    result["x"] = with_value(implicit_minimum(objective, result["x"], held), result["x"])
    result["fun"] = with_value(objective(result["x"]), result["fun"])
    return result


def point(call: SolverCall) -> Any:
    """Find a minimum, and return the point, or a tuple of it, the value and more."""
    objective = watched_objective(call)
    result = call.run(args=())
    if not call.is_active:
        return result
    is_tuple = isinstance(result, tuple)
    bounds = (call.get("x1"), call.get("x2")) if "x1" in call.arguments else (None, None)
    value = result[0] if is_tuple else result
    held = bound_constraints(1, *bounds) if bounds[0] is not None else []
    x = with_value(implicit_minimum(objective, value, held), value)
    if not is_tuple:
        return x
    if not (call.get("full_output")):
        return (x, *result[1:])
    rest = [opaque(own, "what a minimiser returns beside the minimum", x) for own in result[2:]]
    return (x, with_value(objective(x), result[1]), *rest)


def bounded_point(call: SolverCall) -> Any:
    """Find a minimum within bounds, and return a tuple of the point and more."""
    objective = watched_objective(call)
    bounds = call.get("bounds")
    result = call.run(args=())
    if not call.is_active:
        return result
    value = numpy.asarray(result[0])
    held = bound_constraints(value.size, *bounds_of(bounds, value.size))
    x = implicit_minimum(objective, value, held)
    if call.function.__name__ == "fmin_tnc":
        return (x, *result[1:])
    return (x, with_value(objective(x), result[1]), *result[2:])


# -- constraints -------------------------------------------------------------------------------------------------------


def listed(constraints: Any) -> list[Any]:
    """Return constraints, of which one may stand alone, as a list."""
    if constraints is None:
        return []
    return list(constraints) if isinstance(constraints, (list, tuple)) else [constraints]


def contents(given: Any) -> Any:
    """Return what an object that describes bounds or constraints holds."""
    if given is None or isinstance(given, (dict, list, tuple, numpy.ndarray)):
        return [value for value in given.values() if not callable(value)] if isinstance(given, dict) else given
    return [value for value in vars(given).values() if not callable(value)]


def plain_object(given: Any) -> Any:
    """Return bounds or a constraint with plain values in it."""
    if given is None or not hasattr(given, "__dict__"):
        return detach(given)
    made = copy.copy(given)
    for name, value in vars(given).items():
        if not callable(value):
            setattr(made, name, detach(value))
    return made


def constraints_of(call: SolverCall, constraints: Any) -> tuple[Any, list[Constraint]]:
    """Return constraints as the solver is given them, on plain values, and as conditions on Variables."""
    if constraints is None:
        return None, []
    plain, conditions = [], []
    for number, given in enumerate(listed(constraints)):
        if isinstance(given, dict):
            args = given.get("args", ())
            function = Watched(call.resolve(given["fun"]), args)
            call.watched[f"constraint {number}"] = function
            own = {**given, "fun": function, "args": ()}
            if callable(given.get("jac")):
                own["jac"] = Watched(call.resolve(given["jac"]), args)
            plain.append(own)
            conditions.append(Constraint(function.on_variables, given["type"].lower() == "eq"))
            continue
        made = plain_object(given)
        if hasattr(given, "fun"):
            function = Watched(call.resolve(given.fun))
            call.watched[f"constraint {number}"] = made.fun = function
            for name in ("jac", "hess"):
                if callable(getattr(given, name, None)) and not isinstance(getattr(given, name), str):
                    setattr(made, name, Watched(call.resolve(getattr(given, name))))
            conditions += between(function.on_variables, given.lb, given.ub)
        else:
            conditions += between(linear(given.A), given.lb, given.ub)
        plain.append(made)
    alone = not isinstance(constraints, (list, tuple))
    return (plain[0] if alone else type(constraints)(plain)), conditions


def linear(matrix: Any) -> Callable[[Any], Any]:
    """Return what multiplies by a matrix."""
    return lambda x: asarray(matrix) @ x


def between(function: Callable[[Any], Any], lower: Any, upper: Any) -> list[Constraint]:
    """Return the conditions that the values of a function lie between bounds."""
    low, high = asarray(lower), asarray(upper)
    first, last = numpy.atleast_1d(detach(low)), numpy.atleast_1d(detach(high))
    first, last = numpy.broadcast_arrays(first, last)
    conditions = []
    for bound, own, sign, is_equality in (
        (low, (first == last), 1.0, True),
        (low, (first != last) & numpy.isfinite(first), 1.0, False),
        (high, (first != last) & numpy.isfinite(last), -1.0, False),
    ):
        if own.any():
            conditions.append(Constraint(apart(function, bound, own, sign), is_equality))
    return conditions


def apart(function: Callable[[Any], Any], bound: Any, own: Any, sign: float) -> Callable[[Any], Any]:
    """Return what gives how far values of a function are from a bound, where there is one."""

    def distance(x: Any) -> Any:
        values = numpy.reshape(asarray(function(x)), -1)
        # One bound may stand for all values, and the values of one for many.
        wide = numpy.ones(numpy.broadcast_shapes(own.shape, numpy.shape(values)), bool) & own
        places = numpy.flatnonzero(wide)
        limits = bound * numpy.ones(wide.shape)
        limits = numpy.where(numpy.isfinite(detach(limits)), limits, 0.0)
        return (values[places] - limits[places]) * sign

    return distance
