"""Root finders of `scipy.optimize`: they run on plain numbers, and the root depends on what its function reads.

    brentq(lambda v: price(v, strike) - quote, 0.01, 2.0)      has derivatives by strike and quote

Brackets and starting points have no influence on a root, and no derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.implicit.opaque import opaque
from minitorch.implicit.roots import implicit_root
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_minima import settle_result
from minitorch.tracing.libraries.solver_calls import SolverCall, Watched, solver_rows
from minitorch.transformer import Alias

__all__ = ["root_rows"]

BRACKETING = ("brentq", "brenth", "bisect", "ridder", "toms748")
NONLINEAR = (
    "broyden1", "broyden2", "anderson", "linearmixing", "diagbroyden", "excitingmixing", "newton_krylov",
)  # fmt: skip


def root_rows(optimize: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of root finders."""
    solvers: dict[str, Callable[[SolverCall], Any]] = {
        **dict.fromkeys(BRACKETING, bracketed),
        **dict.fromkeys(NONLINEAR, nonlinear),
        "newton": newton,
        "root_scalar": root_scalar,
        "fsolve": fsolve,
        "root": root,
        "fixed_point": fixed_point,
    }
    return solver_rows(optimize, solvers, resolve)


def returned_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that gives the first of what another one gives."""
    return lambda *args: function(*args)[0]


def with_root(call: SolverCall, watched: Watched, result: Any, is_tuple: bool) -> Any:
    """Return what a solver returned, with a root that depends on what its function reads.

    Args:
        call: the call.
        watched: the function.
        result: what the solver returned.
        is_tuple: whether the root is the first of several results.
    """
    if not call.is_active:
        return result
    value = result[0] if is_tuple else result
    found = implicit_root(watched.on_variables, value)
    if not is_tuple:
        return found
    if hasattr(result[1], "root"):
        result[1]["root"] = found
    return type(result)(found, *result[1:]) if hasattr(result, "_fields") else (found, *result[1:])


def bracketed(call: SolverCall) -> Any:
    """Find a root between two points."""
    watched = call.watch("f", call.args())
    result = call.run(args=())
    return result if watched is None else with_root(call, watched, result, isinstance(result, tuple))


def newton(call: SolverCall) -> Any:
    """Find a root, or many at once, from a starting point by derivatives or secants."""
    for name in ("fprime", "fprime2"):
        call.watch(name, call.args())
    watched = call.watch("func", call.args())
    result = call.run(args=())
    return result if watched is None else with_root(call, watched, result, isinstance(result, tuple))


def nonlinear(call: SolverCall) -> Any:
    """Find a root of many equations by approximations of their derivatives."""
    watched = call.watch("F")
    result = call.run()
    if watched is None or not call.is_active:
        return result
    return implicit_root(watched.on_variables, result)


def fixed_point(call: SolverCall) -> Any:
    """Find what a function maps to itself."""
    watched = call.watch("func", call.args())
    result = call.run(args=())
    if watched is None or not call.is_active:
        return result
    return implicit_root(lambda x: watched.on_variables(x) - x, result)


def root_scalar(call: SolverCall) -> Any:
    """Find a root by any of the methods."""
    for name in ("fprime", "fprime2"):
        call.watch(name, call.args())
    watched = call.watch("f", call.args())
    result = call.run(args=())
    if watched is None or not call.is_active:
        return result
    several = any(call.get(name) and not callable(call.get(name)) for name in ("fprime", "fprime2"))
    residual = returned_first(watched.on_variables) if several else watched.on_variables
    result["root"] = implicit_root(residual, result["root"])
    return result


def fsolve(call: SolverCall) -> Any:
    """Find a root of many equations by Powell's method."""
    call.watch("fprime", call.args())
    watched = call.watch("func", call.args())
    result = call.run(args=())
    if watched is None or not call.is_active:
        return result
    is_tuple = isinstance(result, tuple)
    x = implicit_root(watched.on_variables, result[0] if is_tuple else result)
    if not is_tuple:
        return x
    info = {name: opaque(value, f"the {name!r} of fsolve", x) for name, value in result[1].items() if name != "fvec"}
    return (x, {**result[1], **info}, *result[2:])


def root(call: SolverCall) -> Any:
    """Find a root of many equations by any of the methods."""
    call.watch("jac", call.args())
    watched = call.watch("fun", call.args())
    result = call.run(args=())
    if watched is None or not call.is_active:
        return result
    several = bool(call.get("jac")) and not callable(call.get("jac"))
    residual = returned_first(watched.on_variables) if several else watched.on_variables
    result["x"] = implicit_root(residual, numpy.asarray(result["x"]))
    settle_result(result)
    return result
