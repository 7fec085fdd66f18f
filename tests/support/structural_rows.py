"""Compares structural machine code with eager runs on rows of a table: a function, positions and the calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

__all__ = ["Row", "checked", "exact"]

Row = tuple[Callable[..., Any], Any, Sequence[tuple[Any, ...]]]


def exact(value: Any) -> str:
    """A structure as text that tells types and the bits of floats apart."""
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({', '.join(map(exact, value))})"
    return f"{type(value).__name__} {value.hex() if isinstance(value, float) else repr(value)}"


def checked(function: Callable[..., Any], argnums: Any, calls: Sequence[tuple[Any, ...]]) -> None:
    """Compare values and derivatives with those of eager runs, and see that machine code has given them all."""
    compiled = compile_structurally(function, 0 if argnums is None else argnums)
    for args in calls:
        assert exact(compiled(*args)) == exact(function(*args))
    if argnums is not None:
        eager = minitorch.value_and_grad(function, argnums)
        for args in calls:
            assert exact(compiled.value_and_grad(*args)) == exact(eager(*args))
    refused = [str(each) for each in compiled.programs.values() if not isinstance(each, Program)]
    assert not refused
    assert compiled.programs
    assert not compiled.left
