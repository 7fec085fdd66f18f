"""Derivatives of functions as functions, with the signatures of JAX: `grad(f)(x)` is the derivative of `f` at `x`.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
"""

from __future__ import annotations

import functools
import inspect
import numbers
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff import Variable, adjoints_of, topological_sort
from minitorch.primitives import Pos
from minitorch.scalar import Scalar, detach
from minitorch.tracing import dispatcher, trace

__all__ = ["grad", "value_and_grad"]

Argnums = int | Sequence[int]


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., tuple[Any, Any]]:
    """Make the function that gives `f`'s value and its derivatives.

    Args:
        f: a plain Python function with a real result; it is traced, as are the functions it calls.
        argnums: the position of the argument to differentiate by, or several.

    Returns:
        A function of the same arguments. It returns the value and the partial derivative, a tuple of partial
        derivatives if `argnums` is a sequence; floats, or Scalars where they depend on Variables outside.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are no positions; when called: an argument or the result is not a real number.

    >>> import math
    >>> value_and_grad(math.hypot, argnums=(0, 1))(3.0, 4.0)
    (5.0, (0.6, 0.8))
    """
    positions = checked_positions(argnums)
    traced = trace(f)

    @functools.wraps(f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        places = [place_in(args, position, f) for position in positions]
        names = parameter_names(f, len(args))
        inputs = {place: as_input(args[place], names[place], f) for place in places}
        with dispatcher.following_hooked_code():
            output = traced(*(inputs.get(place, value) for place, value in enumerate(args)), **kwargs)
        check_output(output, f)
        variables = [inputs[place] for place in places]
        nested = depends_on_others(output, variables)
        derivatives = adjoints_of(output, variables, as_variables=nested)
        value = output if nested else detach(output)
        return value, derivatives[0] if isinstance(argnums, int) else tuple(derivatives)

    return value_and_gradient


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Make the function that gives `f`'s derivatives; arguments, results and errors as for `value_and_grad`.

    >>> grad(lambda x, y: x * y, argnums=1)(3.0, 4.0)
    3.0
    """
    both = value_and_grad(f, argnums)

    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


def checked_positions(argnums: Argnums) -> tuple[int, ...]:
    """The positions to differentiate by, as a tuple."""
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
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


def parameter_names(f: Callable[..., Any], count: int) -> list[str | None]:
    """The names of a function's first parameters, None where it has none."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return [None] * count
    names: list[str | None] = [
        parameter.name
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return (names + [None] * count)[:count]


def as_input(value: Any, name: str | None, f: Callable[..., Any]) -> Scalar:
    """A Variable of its own for an argument: a leaf for a number, a step of the outer history for a Variable."""
    if issubclass(type(value), Variable):
        inner: Scalar = Pos.apply(value) if value.history is not None else Scalar(value.data)
        inner.name = name
        return inner
    if not isinstance(value, numbers.Real):
        called = f"argument {name!r}" if name else "an argument"
        raise TypeError(f"can't differentiate {title(f)} by {called}: it must be a real number, not {value!r}")
    return Scalar(value, name=name)


def check_output(output: Any, f: Callable[..., Any]) -> None:
    """Refuse a result that is no real number."""
    if not isinstance(output, numbers.Real):
        kind = type(output).__name__
        hint = "; return one number, or differentiate one of its parts" if isinstance(output, (tuple, list, dict)) else ""
        if inspect.isgenerator(output) or inspect.iscoroutine(output):
            hint = "; write a function that runs it and returns a number"
        raise TypeError(f"can't differentiate {title(f)}: its result must be a real number, not a {kind}{hint}")


def depends_on_others(output: Any, variables: Sequence[Variable]) -> bool:
    """Whether a value has Variables behind it that were made outside: derivatives must then keep their history."""
    if not issubclass(type(output), Variable):
        return False
    own = {variable.unique_id for variable in variables}
    return any(node.is_leaf() and node.unique_id not in own for node in topological_sort(output))


def title(f: Callable[..., Any]) -> str:
    """What to call a function in a sentence, with its place."""
    code = getattr(inspect.unwrap(f), "__code__", None)
    name = getattr(f, "__qualname__", None) or repr(f)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name
