"""Compares structural machine code with plain and eager runs: values, derivatives, types, errors and warnings."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import minitorch
from minitorch.compiler.structural import StructuralFunction, compile_structurally
from minitorch.compiler.structural.compilation import Program

__all__ = ["assert_served", "outcome"]


def bits(value: Any) -> Any:
    """Return a structure with the type and the bits of each number, of which all nans count as one."""
    if isinstance(value, (tuple, list)):
        return type(value).__name__, [bits(each) for each in value]
    if isinstance(value, float):
        return "nan" if value != value else struct.pack("<d", value)
    return type(value).__name__, value


def outcome(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Return what a call returns or raises, and the classes of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = bits(call())
        except Exception as error:
            result = type(error).__name__, str(error)
    return result, [each.category.__name__ for each in caught]


def assert_served(
    function: Callable[..., Any],
    points: Sequence[tuple[Any, ...]],
    argnums: int | tuple[int, ...] = (0, 1),
    gradient: bool = True,
) -> StructuralFunction:
    """Compare at each point, and see that machine code answers unless Python raises or warns.

    Args:
        function: a plain Python function.
        points: what it is called with.
        argnums: the positions of the arguments to differentiate by.
        gradient: whether it has derivatives.

    Returns:
        The function that was compiled.
    """
    eager = minitorch.value_and_grad(function, argnums)
    compiled = compile_structurally(function, argnums)
    for point in points:
        for ours, theirs in [(compiled, function), (compiled.value_and_grad, eager)][: 1 + gradient]:
            expected = outcome(lambda: theirs(*point))  # noqa: B023
            before = compiled.left.total()
            assert outcome(lambda: ours(*point)) == expected, (function, point)  # noqa: B023
            clean = not expected[1] and not (isinstance(expected[0], tuple) and str(expected[0][0]).endswith("Error"))
            if clean:
                assert compiled.left.total() == before, f"{function.__name__}{point} was left"
    reasons = [str(each) for each in compiled.programs.values() if not isinstance(each, Program)]
    assert not reasons, reasons
    return compiled
