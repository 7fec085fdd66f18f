"""The arguments to differentiate by, as people name them: positions, as in JAX, and the parameters at them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Argnums", "checked_positions", "parameter_names", "place_in", "title"]

Argnums = int | Sequence[int]


def checked_positions(argnums: Argnums) -> tuple[int, ...]:
    """The positions to differentiate by, as a tuple.

    >>> checked_positions(0), checked_positions([0, -1])
    ((0,), (0, -1))
    """
    positions = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    if not positions or not all(isinstance(position, int) for position in positions):
        raise TypeError(f"argnums must be the position of an argument or several of them, not {argnums!r}")
    return positions


def place_in(args: tuple[Any, ...], position: int, f: Callable[..., Any]) -> int:
    """The index that a position, perhaps counted from the end, means among the arguments."""
    if not -len(args) <= position < len(args):
        raise TypeError(
            f"can't differentiate {title(f)} by argument {position}: "
            f"it was called with {len(args)} positional argument{'s' * (len(args) != 1)}"
        )
    return position % len(args)


def parameter_names(f: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters that take arguments by position; none if it does not tell.

    >>> parameter_names(lambda x, y, *rest, scale=1.0: x)
    ['x', 'y']
    """
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in by_position]


def title(f: Callable[..., Any]) -> str:
    """What to call a function in a sentence, with its place."""
    code = getattr(inspect.unwrap(f), "__code__", None)
    name = getattr(f, "__qualname__", None) or repr(f)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name
