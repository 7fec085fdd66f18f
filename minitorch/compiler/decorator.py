"""`minitorch.compile(f)`: machine code for a plain Python function and its derivatives, correct on every trace.

@minitorch.compile                        distance(3.0, 4.0)                     5.0
def distance(x, y):                       distance.value_and_grad(3.0, 4.0)      (5.0, 0.6)
    return math.hypot(x, y)               distance.batch(rows)                   an array

Options stand in the signature, and what a decorated method gives on its object is a `CompiledMethod`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, overload

from minitorch.compiler.function import CompiledFunction
from minitorch.derivatives.signatures import Argnums
from minitorch.derivatives.special_points import RoundingMode, SpecialPoints

__all__ = ["compile"]


@overload
def compile(
    f: Callable[..., Any],
    *,
    argnums: Argnums = 0,
    fastmath: bool = False,
    max_traces: int = 64,
    max_operations: int = 20_000,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
    max_paths: int | None = None,
) -> CompiledFunction: ...


@overload
def compile(
    f: None = None,
    *,
    argnums: Argnums = 0,
    fastmath: bool = False,
    max_traces: int = 64,
    max_operations: int = 20_000,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
    max_paths: int | None = None,
) -> Callable[[Callable[..., Any]], CompiledFunction]: ...


def compile(
    f: Callable[..., Any] | None = None,
    *,
    argnums: Argnums = 0,
    fastmath: bool = False,
    max_traces: int = 64,
    max_operations: int = 20_000,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
    max_paths: int | None = None,
) -> Any:
    """Compile a function and its derivatives to machine code, when calls pay for it; also a decorator.

    Args:
        f: a plain Python function; it is traced, as are the functions it calls.
        argnums: the position or the name of the argument to differentiate by, or several. Of a method that is called on
            its object they don't count the object.
        fastmath: whether arithmetic may be reordered and rounded differently.
        max_traces: how many traces through it are compiled, each a run with other outcomes of its decisions.
        max_operations: how many operations are compiled; longer traces run in Python.
        special_points: what derivatives do where they are those of a special case: "warn", "raise", "ignore" it, or
            give the "limit" from beside the point.
        rounding: what they do where they are zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".
        max_paths: another name of `max_traces`, as it was called before.

    Returns:
        The compiled function, or a decorator if there is no function yet.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are not positions or names of arguments.
        ModuleNotFoundError: llvmlite is not installed.

    >>> import math
    >>> wave = compile(lambda t: math.exp(-t) * math.sin(t))
    >>> wave(0.0), wave.value_and_grad(0.0), wave.grad(0.0)
    (0.0, (0.0, 1.0), 1.0)
    """
    make = functools.partial(
        CompiledFunction,
        argnums=argnums,
        fastmath=fastmath,
        max_traces=max_traces,
        max_operations=max_operations,
        special_points=special_points,
        rounding=rounding,
        max_paths=max_paths,
    )
    return make if f is None else make(f)
