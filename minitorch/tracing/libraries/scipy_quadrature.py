"""Quadrature in `scipy.integrate`: an integral depends on its ends, and on all that its integrand reads.

quad(lambda t: math.exp(-rate * t), 0.0, end)       has derivatives by rate and end
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import is_constant
from minitorch.implicit.integrals import Bound, integral
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.solver_calls import SolverCall, depends, solver_row
from minitorch.transformer import Alias

__all__ = ["quadrature_rows"]


def quadrature_rows(integrate: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of quadrature."""
    yield from solver_row(integrate.quad, quad, resolve)


def quad(call: SolverCall) -> Any:
    """Integrate a function of one number by QUADPACK."""
    if call.get("complex_func"):
        return complex_quad(call)
    watched = call.watch("func", call.args())
    if watched is None:
        return call.run()
    first: list[bool] = []

    def rule(function: Callable[[float], Any]) -> Any:
        replaced = {"full_output": 0} if first and "full_output" in call.arguments else {}
        first.append(True)
        call.watched = {}
        with warnings.catch_warnings():
            if len(first) > 1:
                # The derivative may be zero all over, and nothing but rounding.
                warnings.filterwarnings("ignore", "The occurrence of roundoff error")
            return call.run(func=function, args=(), **replaced)

    value, result = integral(watched.on_variables, rule, bounds_of(call))
    if not is_variable(value):
        return result
    # The estimate of the error is one of rounding, and stays plain.
    return (value, *result[1:])


def bounds_of(call: SolverCall) -> list[Bound]:
    """Return the ends that have a history."""
    weight, name = weight_of(call), call.get("weight")
    if name is not None and depends(call.get("wvar")):
        raise BackwardError("the derivative of quad by wvar is not known: write the weight as a part of the integrand")
    bounds = []
    for end, sign in (("a", -1.0), ("b", 1.0)):
        at = call.arguments[end]
        if not is_variable(at) or is_constant(at.present()) or math.isinf(detach(at)):
            continue
        if name is not None and weight is None:
            raise BackwardError(
                f"the derivative of quad with weight={name!r} by {end!r} is not known: substitute the variable, so "
                "that the ends are plain"
            )
        bounds.append(Bound(at, sign, weight))
    return [*bounds, *points_of(call)]


def points_of(call: SolverCall) -> list[Bound]:
    """Return the points with a history at which the integrand may jump, each an end and a start of a part."""
    points = call.get("points")
    if points is None or call.get("weight") is not None:
        return []
    low, high = sorted(map(detach, (call.arguments["a"], call.arguments["b"])))
    sign = 1.0 if detach(call.arguments["a"]) == low else -1.0
    moving = [at for at in points if depends(at) and low < detach(at) < high]
    return [Bound(at, -side * sign, towards=side * math.inf) for at in moving for side in (-1.0, 1.0)]


def weight_of(call: SolverCall) -> Callable[[Any], Any] | None:
    """Return the weight of an integral as a function; None where there is none, or none that holds at the ends."""
    function = {"cos": numpy.cos, "sin": numpy.sin}.get(call.get("weight"))
    if function is None:
        return None
    pace = detach(call.get("wvar"))
    return lambda t: function(t * pace)


def complex_quad(call: SolverCall) -> Any:
    """Integrate a complex function, by its real and imaginary part."""
    function = call.resolve(call.arguments["func"])
    parts = []
    for of in (numpy.real, numpy.imag):
        bound = call.signature.bind(*call.bound.args, **call.bound.kwargs)
        bound.arguments |= {"complex_func": False, "func": part_of(function, of)}
        parts.append(quad(SolverCall(call.function, bound, call.resolve)))
    real, imaginary = parts
    result = real[0] + 1j * imaginary[0], real[1] + 1j * imaginary[1]
    return (*result, {"real": real[2:], "imag": imaginary[2:]}) if call.get("full_output") else result


def part_of(function: Callable[..., Any], of: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return what gives the real or the imaginary part of a function."""
    name = of.__name__
    return lambda t, *args: getattr(function(t, *args), name)
