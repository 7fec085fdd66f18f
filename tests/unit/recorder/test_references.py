"""Every kind of operation holds as many references as Python's recorder does, and gives back what it has held."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest

import minitorch
from minitorch import Scalar
from minitorch.scalars.scalar import Indicator

TIMES = 300
"""How often each is done; one reference that is lost each time is one that is seen."""

FEW = 20
"""So many more may be there afterwards: what is kept for the next call."""


def error_of(function: Callable[[], Any]) -> str:
    """Return the text of the error of a call."""
    try:
        function()
    except (ArithmeticError, TypeError, ValueError) as error:
        return str(error)
    return ""


def backward_of(y: Any) -> None:
    """Differentiate a value as it stands."""
    y.backward()


def named(x: Any, name: str) -> Any:
    """Make a value with a name."""
    y = x * 1.0
    y.name = name
    return y


traced_sum = minitorch.trace(lambda values, start=0: sum(values, start))
traced_math = minitorch.trace(lambda x, y: (math.sin(x), math.atan2(y, x), math.hypot(x, y), math.fsum([x, y, x])))

OPERATIONS: dict[str, Callable[[Any, Any, float, str], Any]] = {
    "+": lambda x, y, number, name: x + y,
    "- of a number": lambda x, y, number, name: number - x,
    "*": lambda x, y, number, name: x * number,
    "/": lambda x, y, number, name: x / y,
    "**": lambda x, y, number, name: x**y,
    "// and %": lambda x, y, number, name: (x // y, x % number),
    "one operand": lambda x, y, number, name: (-x, +x, abs(x)),
    "compared": lambda x, y, number, name: (x < y, x == number, number >= x, bool(x > y)),
    "constants": lambda x, y, number, name: Scalar(number, None) * Scalar(2.5, None),
    "sum": lambda x, y, number, name: traced_sum([x, y, x, number]),
    "sum of two": lambda x, y, number, name: traced_sum((x, y)),
    "sum with a start": lambda x, y, number, name: traced_sum([x, y], x),
    "sum that is refused": lambda x, y, number, name: traced_sum([x * i if i % 3 else i for i in range(1, 30)]),
    "sum of numbers": lambda x, y, number, name: traced_sum([1, number, 2]),
    "functions of math": lambda x, y, number, name: traced_math(x, y),
    "backward": lambda x, y, number, name: backward_of(x * y + number),
    "derivatives of inner values": lambda x, y, number, name: (z := x * y, (z + x).backward(), z.derivative)[0],
    "a name": lambda x, y, number, name: named(x, name),
    "parents": lambda x, y, number, name: ((x * y).first_parent, (x * y).history, (x * y).place),
    "gradient": lambda x, y, number, name: minitorch.grad(lambda z: z * z + number)(2.0),
    "second derivative": lambda x, y, number, name: minitorch.hessian(lambda z: z * z * z)(2.0),
    "tangent": lambda x, y, number, name: minitorch.jvp(lambda z: z * z, (number,), (1.0,)),
    "error": lambda x, y, number, name: error_of(lambda: x / 0.0),
    "error of a type": lambda x, y, number, name: error_of(lambda: x * "text" + x),
    "power that overflows": lambda x, y, number, name: error_of(lambda: Scalar(1e300) ** 2),
}


@pytest.mark.skipif(not hasattr(sys, "getrefcount"), reason="this Python counts no references")
@pytest.mark.parametrize("kind", OPERATIONS)
def test_references_are_given_back(kind: str) -> None:
    operation = OPERATIONS[kind]
    assert isinstance(operation, FunctionType)
    x, y, number, name = Scalar(1.5), Scalar(2.5), float("3.25"), "".join(["a ", "name"])
    kept = [
        x, y, number, name, Scalar, Indicator, operation.__code__, minitorch.Add, minitorch.Sum, minitorch.Neg,
        minitorch.LT, minitorch.Sin, type(None), float, int, tuple,
    ]  # fmt: skip

    def counts() -> list[int]:
        gc.collect(0)
        return [sys.getrefcount(each) for each in kept]

    operation(x, y, number, name)
    before = counts()
    # What it makes stays in the collector's youngest generation: to look through all takes too long.
    gc.disable()
    try:
        for _ in range(TIMES):
            operation(x, y, number, name)
    finally:
        gc.enable()
    assert [max(0, now - then - FEW) for now, then in zip(counts(), before, strict=True)] == [0] * len(kept)


def test_derivatives_of_leaves_end_with_them() -> None:
    derivative = float("6.5")
    before = sys.getrefcount(derivative)
    for _ in range(TIMES):
        x = Scalar(2.0)
        x.derivative = derivative
        del x
    assert sys.getrefcount(derivative) - before < FEW


def test_operands_of_sums_end_with_them() -> None:
    x = Scalar(1.5)
    before = sys.getrefcount(x)
    for _ in range(TIMES):
        traced_sum([x, x, x, 2.0])
    assert sys.getrefcount(x) - before < FEW
