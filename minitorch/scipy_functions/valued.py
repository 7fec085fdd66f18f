"""Values of scipy's with histories of numpy's functions: the number is scipy's own, its derivative that of a formula.

lu_solve(factors, b)    the value that scipy computes, the history of `numpy.linalg.solve(P.T @ L @ U, b)`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.makers import detached, is_plain, wrapped
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.variable import Variable
from minitorch.scipy_functions.twins import paired, with_value
from minitorch.transformer import signature_of

__all__ = ["Formula", "given", "plain_answer", "valued", "with_formula"]

Formula = Callable[..., Any]
"""Gives the history of what a function of scipy's gave: called with that and with the arguments by their names."""


def given(*inputs: Any, value: Any, **_: Any) -> Any:
    """Return the value that was computed before."""
    return value


def valued(made: Any, value: Any) -> Any:
    """Return scipy's value with the history of another array, which is equal to it but for its rounding."""
    return with_value(made, value) if issubclass(type(made), Variable) else wrapped(value)


def with_formula(function: Callable[..., Any], formula: Formula) -> Callable[..., Any]:
    """Make what stands in for a function of scipy's.

    Args:
        function: the function.
        formula: gives Tensors in the structure of its result; what is not a Tensor there is taken from that.
    """
    signature = signature_of(function)

    def call(*args: Any, **kwargs: Any) -> Any:
        if not is_recording() or is_plain((*args, *kwargs.values())):
            return wrapped(function(*map(detached, args), **detached(kwargs)))
        bound = signature.bind(*args, **kwargs)
        arguments = bound.arguments
        for name in arguments:
            # The buffers of Tensors belong to them.
            if name.startswith("overwrite"):
                arguments[name] = False
        found = function(*map(as_array, bound.args), **{name: as_array(x) for name, x in bound.kwargs.items()})
        return paired(formula(found, **arguments), found)

    return call


def as_array(value: Any) -> Any:
    """Return an argument with plain values in place of Variables."""
    if type(value) is numpy.ndarray and value.dtype == object:
        return numpy.array(detached(value.tolist()))
    return detached(value)


def plain_answer(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a function whose answer has no derivative."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(as_array, args), **{name: as_array(value) for name, value in kwargs.items()})

    return call
