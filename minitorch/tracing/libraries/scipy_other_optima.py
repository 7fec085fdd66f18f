"""What else `scipy.optimize` solves: regression in order, whole numbers, older minimisers, many roots at once."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.autodiff.errors import BackwardError
from minitorch.implicit.minima import Constraint, bound_constraints, implicit_minimum
from minitorch.implicit.opaque import with_value
from minitorch.implicit.recorded import gradient
from minitorch.implicit.roots import implicit_root
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_minima import bounds_of
from minitorch.tracing.libraries.solver_calls import SolverCall, Watched, depends, solver_row, solver_rows
from minitorch.transformer import Alias

__all__ = ["other_rows"]


def other_rows(optimize: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of other solvers."""
    solvers: dict[str, Callable[[SolverCall], Any]] = {
        "fmin_slsqp": fmin_slsqp,
        "fmin_cobyla": fmin_cobyla,
        "isotonic_regression": isotonic_regression,
        "milp": milp,
    }
    yield from solver_rows(optimize, solvers, resolve)
    if importlib.util.find_spec("scipy.optimize.elementwise") is not None:
        elementwise = importlib.import_module("scipy.optimize.elementwise")
        yield from solver_row(elementwise.find_root, find_root, resolve)
        yield from solver_row(elementwise.find_minimum, find_minimum, resolve)


# -- minimisers that take constraints as functions ---------------------------------------------------------------------


def listed(call: SolverCall, name: str, args: Sequence[Any]) -> list[Watched]:
    """Return functions that a solver is given in a list, watched."""
    given = call.get(name, ())
    functions = [given] if callable(given) else list(given or ())
    watched = [Watched(call.resolve(function), args) for function in functions]
    call.watched.update({f"{name} {number}": function for number, function in enumerate(watched)})
    return watched


def conditions(functions: Sequence[Watched | None], is_equality: bool) -> list[Constraint]:
    """Return functions as constraints."""
    return [Constraint(function.on_variables, is_equality) for function in functions if function is not None]


def fmin_slsqp(call: SolverCall) -> Any:
    """Find a minimum under constraints by sequential least squares."""
    args = call.args()
    names = ("func", "f_eqcons", "f_ieqcons", "fprime", "fprime_eqcons", "fprime_ieqcons")
    objective, equal, least, *_ = [call.watch(name, args) for name in names]
    replaced = {name: listed(call, name, args) for name in ("eqcons", "ieqcons")}
    result = call.run(args=(), **{name: own for name, own in replaced.items() if name in call.arguments})
    if objective is None or not call.is_active:
        return result
    is_tuple = isinstance(result, tuple)
    value = result[0] if is_tuple else result
    held = conditions([*replaced["eqcons"], equal], True) + conditions([*replaced["ieqcons"], least], False)
    bounds = call.get("bounds")
    held += bound_constraints(
        value.size, *bounds_of(bounds if bounds is not None and len(bounds) else None, value.size)
    )
    x = implicit_minimum(objective.on_variables, value, held)
    return (x, with_value(objective.on_variables(x), result[1]), *result[2:]) if is_tuple else x


def fmin_cobyla(call: SolverCall) -> Any:
    """Find a minimum under constraints by linear approximations."""
    args = call.args()
    objective = call.watch("func", args)
    own = call.get("consargs")
    constraints = listed(call, "cons", args if own is None else own)
    result = call.run(cons=constraints, args=(), **({"consargs": ()} if "consargs" in call.arguments else {}))
    if objective is None or not call.is_active:
        return result
    return implicit_minimum(objective.on_variables, result, conditions(constraints, False))


# -- others ------------------------------------------------------------------------------------------------------------


def isotonic_regression(call: SolverCall) -> Any:
    """Find the increasing sequence that is nearest: in each of its blocks it is the mean."""
    result = call.run()
    if not call.is_active:
        return result
    y, given = asarray(call.arguments["y"]), call.get("weights")
    weights = numpy.ones(len(result.x)) if given is None else asarray(given)
    parts = []
    for first, last in zip(result.blocks, result.blocks[1:], strict=False):
        mean = numpy.sum(y[first:last] * weights[first:last]) / numpy.sum(weights[first:last])
        parts.append(mean * numpy.ones(last - first))
    result["x"] = with_value(numpy.concatenate(parts), result.x)
    if given is not None and depends(given):
        blocks = zip(result.blocks, result.blocks[1:], strict=False)
        sums = [numpy.sum(weights[first:last]) for first, last in blocks]
        result["weights"] = with_value(asarray(sums), result.weights)
    return result


def milp(call: SolverCall) -> Any:
    """Solve a linear program with whole numbers: its solution stays where it is when prices move."""
    result = call.run()
    if not call.is_active:
        return result
    others = [value for name, value in call.arguments.items() if name != "c"]
    held = [list(vars(value).values()) if hasattr(value, "__dict__") else value for value in others]
    if depends(held):
        raise BackwardError("milp has no derivative by its constraints: without whole numbers call linprog")
    if result.x is not None:
        result["fun"] = with_value(asarray(call.arguments["c"]) @ result.x, result.fun)
    return result


def find_root(call: SolverCall) -> Any:
    """Find the roots of many functions at once."""
    watched = call.watch("f", call.args())
    result = call.run(args=())
    if watched is not None and call.is_active:
        result["x"] = implicit_root(watched.on_variables, result.x)
    return result


def find_minimum(call: SolverCall) -> Any:
    """Find the minima of many functions of one number at once."""
    watched = call.watch("f", call.args())
    result = call.run(args=())
    if watched is not None and call.is_active:
        result["x"] = implicit_root(lambda x: gradient(lambda z: numpy.sum(watched.on_variables(z)), x), result.x)
        result["f_x"] = with_value(watched.on_variables(result.x), result.f_x)
    return result
