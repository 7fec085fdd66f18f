"""Checks of the derivatives of functions of one array: against differences, forward against reverse, and once more."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy

import minitorch

__all__ = ["check_array_derivatives", "differences"]

STEPS = (1.0, -1.0, 2.0, -2.0, 3.0, -3.0)
WEIGHTS = (0.75, -0.75, -0.15, 0.15, 1 / 60, -1 / 60)
"""The central difference of sixth order."""


def differences(function: Callable[[Any], Any], x: Any, step: float = 1e-3) -> Any:
    """Return the Jacobian of a plain function of an array, a column for each element."""
    columns = []
    for index in range(x.size):
        total = 0.0
        for factor, weight in zip(STEPS, WEIGHTS, strict=True):
            moved = x.copy()
            moved.reshape(-1)[index] += factor * step
            total = total + weight * numpy.asarray(function(moved)).reshape(-1) / step
        columns.append(total)
    return numpy.stack(columns, -1)


def compare(found: Any, wanted: Any, tolerance: float, what: str) -> None:
    """Fail if two arrays are not equal within a tolerance, relative to the larger of 1 and the value."""
    assert found.shape == wanted.shape, f"{what}: shape {found.shape} for {wanted.shape}"
    error = numpy.max(numpy.abs(found - wanted) / numpy.maximum(1.0, numpy.abs(wanted)), initial=0.0)
    assert error <= tolerance, f"{what} is off by {error}: {found} for {wanted}"


def check_array_derivatives(
    function: Callable[[Any], Any],
    x: Any,
    step: float = 1e-3,
    first: float = 1e-7,
    second: float | None = 1e-6,
    same_bits: bool = True,
) -> None:
    """Fail unless value and derivatives of a function of one real array, unmodified, are right.

    Args:
        function: plain code, which gives an array or a number, real or complex.
        x: where.
        step: of the differences.
        first: the tolerance of the first derivative.
        second: that of the second one; `None` where differences cannot say.
        same_bits: whether the value is that of plain code to the last bit.
    """
    x = numpy.array(x, float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = numpy.asarray(function(x.copy()))
        if plain.dtype.kind == "c":
            function, plain = of_parts(function), numpy.stack([plain.real, plain.imag])
        value = numpy.asarray(minitorch.vjp(function, x.copy())[0])
        assert value.shape == plain.shape
        assert value.dtype == plain.dtype
        if same_bits:
            assert value.tobytes() == plain.tobytes()
        else:
            assert numpy.allclose(value, plain, rtol=1e-12, atol=1e-14)
        weights = numpy.cos(numpy.arange(1.0, plain.size + 1.0)).reshape(plain.shape)
        gradient = minitorch.grad(lambda v: (function(v) * weights).sum())
        wanted = differences(function, x, step)
        found = numpy.asarray(gradient(x.copy()))
        compare(found.reshape(-1), weights.reshape(-1) @ wanted, first, "the derivative")
        tangent = numpy.sin(numpy.arange(1.0, x.size + 1.0)).reshape(x.shape)
        forward = numpy.asarray(minitorch.jvp(function, (x.copy(),), (tangent,))[1])
        compare(forward.reshape(-1), wanted @ tangent.reshape(-1), first, "the derivative forward")
        scale = 1.0 + numpy.abs(weights).reshape(-1) @ numpy.abs(wanted) @ numpy.abs(tangent.reshape(-1))
        both = numpy.sum(forward * weights) / scale, numpy.sum(found * tangent) / scale
        compare(*both, 1e-12, "forward less reverse")
        if second is not None:
            twice = minitorch.hessian(lambda v: (function(v) * weights).sum())
            compare(
                numpy.asarray(twice(x.copy())).reshape(x.size, x.size),
                differences(gradient, x, step),
                second,
                "the second derivative",
            )


def of_parts(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the real and imaginary part of what a function gives."""

    def call(x: Any) -> Any:
        result = function(x)
        return numpy.stack([numpy.real(result), numpy.imag(result)])

    return call
