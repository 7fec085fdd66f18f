"""Functions on arrays with a rule that a user registers: derivatives by the inputs, to multiply the cotangent by.

minitorch.register_function(scipy.special.j0, lambda x, y: -scipy.special.j1(x))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.dispatch import FUNCTIONS
from minitorch.arrays.elementwise import UFUNCS, conjugated
from minitorch.arrays.function import ArrayFunction, apply, row
from minitorch.arrays.special_functions import UNKNOWN
from minitorch.autodiff.variable import Variable
from minitorch.rules.lifting import registered_derivatives

__all__ = ["apply_registered", "array_function", "register_array_function", "register_ufunc"]


def array_function(name: str, callee: Callable[..., Any], derivative: Callable[..., Any]) -> type[ArrayFunction]:
    """Make the Function of a callable on arrays.

    Args:
        name: its name.
        callee: the callable: elementwise, or of arrays with one number as its result.
        derivative: gives the derivative by each input of the inputs and the output, as a tuple if there are several.
    """

    def vjp(index: int, g: Any, y: Any, *inputs: Any) -> Any:
        recorded = any(issubclass(type(x), Variable) for x in (*inputs, y))
        return g * conjugated(registered_derivatives(name, derivative, inputs, y, recorded)[index])

    return row(name, lambda *inputs: numpy.asarray(callee(*inputs))[()], vjp, for_all=True, elementwise=True)


def register_ufunc(ufunc: Any, name: str, derivative: Callable[..., Any]) -> None:
    """Give a ufunc its rule, wherever it is called on Tensors."""
    UFUNCS[ufunc] = array_function(name, ufunc, derivative)
    UNKNOWN[ufunc] = set()


def apply_registered(function: type[ArrayFunction], inputs: tuple[Any, ...]) -> Any:
    """Call a Function where there is a Tensor among its inputs."""
    return apply(function, inputs)


def register_array_function(function: Any, call: Callable[..., Any]) -> None:
    """Give a function of numpy's that asks its arguments its rule, wherever it is called on Tensors."""
    FUNCTIONS[function] = call
