"""The arguments to differentiate by, as people name them: positions, as in JAX, and the parameters at them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from minitorch.scalars.pytrees import shown
from minitorch.transformer import signature_of

__all__ = ["Argnums", "checked_pair", "checked_positions", "parameter_names", "places_in", "title"]

Argnums = int | Sequence[int]


def checked_positions(argnums: Argnums) -> tuple[int, ...]:
    """Return the positions to differentiate by, as a tuple.

    Raises:
        TypeError: they are not one position or several.

    >>> checked_positions(0), checked_positions([0, -1])
    ((0,), (0, -1))
    """
    positions = tuple(argnums) if isinstance(argnums, Sequence) else (argnums,)
    if not positions or not all(isinstance(position, int) for position in positions):
        raise TypeError(f"argnums must be the position of an argument or several of them, not {argnums!r}")
    return positions


def checked_pair(returned: Any, f: Callable[..., Any]) -> tuple[Any, Any]:
    """Return what a function with something to pass on has returned.

    Raises:
        TypeError: it is not a pair.
    """
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise TypeError(f"with has_aux, {title(f)} must return a pair (result, aux), not {shown(returned)}")
    return returned


def places_in(args: tuple[Any, ...], positions: Sequence[int], f: Callable[..., Any]) -> list[int]:
    """Return the indices that positions, perhaps counted from the end, mean among the arguments of a function.

    Raises:
        TypeError: the function was called with fewer arguments.
    """
    count = len(args)
    for position in positions:
        if not -count <= position < count:
            raise TypeError(
                f"can't differentiate {title(f)} by argument {position}: "
                f"it was called with {count} positional argument{'s' * (count != 1)}"
            )
    return [position % count for position in positions]


def parameter_names(f: Callable[..., Any]) -> list[str]:
    """Return the names of a function's parameters that take arguments by position; none if it does not tell.

    >>> parameter_names(lambda x, y, *rest, scale=1.0: x)
    ['x', 'y']
    """
    if type(f) is FunctionType and not f.__dict__:
        # As below, in a hundredth of the time: nothing says that it has another signature than its own.
        return [*f.__code__.co_varnames[: f.__code__.co_argcount]]
    try:
        parameters = signature_of(f).parameters.values()
    except (TypeError, ValueError):
        return []
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in by_position]


def title(f: Callable[..., Any]) -> str:
    """Return what to call a function in a sentence, with its place."""
    code = getattr(inspect.unwrap(f), "__code__", None)
    name = getattr(f, "__qualname__", None) or repr(f)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name
