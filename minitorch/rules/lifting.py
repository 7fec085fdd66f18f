"""Plain Python that derivatives are written in, made to work on Variables: `rewritten(partial)(x, y)`.

How it is rewritten is for `rewrite_partials_with` to say; until then a function stays as it is.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any

__all__ = ["Rewriter", "helpers", "registered_derivatives", "rewrite_partials_with", "rewritten"]

Rewriter = Callable[[Callable[..., Any]], Callable[..., Any]]

_rewriters: list[Rewriter] = []
_helpers: list[Any] = []
_rewriting = threading.RLock()


def helpers(*functions: Callable[..., Any]) -> None:
    """Name functions that partials call: they are rewritten in place, once a rewritten partial is asked for."""
    _helpers.extend(functions)


def rewrite_partials_with(rewriter: Rewriter) -> None:
    """Set what makes partials, and a user's `forward` and `backward`, work on Variables.

    `minitorch.tracing.tracer` does so once, while it is imported: what converts functions stands above the rules.

    Args:
        rewriter: takes a function, changes it in place so that it keeps histories, and returns it.
    """
    _rewriters[:] = [rewriter]
    rewritten.cache_clear()


@functools.cache
def rewritten(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a twin of a plain function that works on Variables; the function itself stays fast on floats.

    >>> rewritten(len) is len
    True
    """
    if not _rewriters or not isinstance(function, FunctionType) or calls_nothing(function.__code__):
        return function
    twin = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__module__ = function.__module__
    twin.__qualname__ = function.__qualname__
    rewriter = _rewriters[0]
    # A helper that another thread has begun to change is not used before it is done.
    with _rewriting:
        for helper in helpers_named_in(function):
            # The handler of a signal may do so in between, in this thread.
            if helper in _helpers:
                rewriter(helper)
                with suppress(ValueError):
                    _helpers.remove(helper)
    return rewriter(twin)


def calls_nothing(code: CodeType) -> bool:
    """Return whether a function of numbers names nothing that it could call: operators work on Variables as they are.

    >>> calls_nothing((lambda x, y, result: -result / y).__code__), calls_nothing((lambda x, result: abs(x)).__code__)
    (True, False)
    """
    return not (code.co_names or code.co_freevars or any(isinstance(each, CodeType) for each in code.co_consts))


def helpers_named_in(function: FunctionType) -> list[Any]:
    """Return the helpers that a function may call and that are not rewritten yet: those it names, and those they name.

    >>> helpers_named_in(lambda x: len(x))
    []
    """
    found: list[Any] = []
    pending: list[CodeType] = [function.__code__]
    while pending:
        code = pending.pop()
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        named = [each for each in _helpers if each.__name__ in code.co_names and each not in found]
        found += named
        pending += [each.__code__ for each in named]
    return found


def registered_derivatives(
    name: str, derivative: Callable[..., Any], inputs: Sequence[Any], output: Any, on_variables: bool
) -> tuple[Any, ...]:
    """Return what a rule that a user has registered gives: one derivative per input.

    Args:
        name: what the function is called.
        derivative: takes the inputs and the output; gives a tuple, or the only derivative itself.
        inputs: the inputs.
        output: the output.
        on_variables: whether there are Variables among them.

    Raises:
        TypeError: there are more or fewer derivatives than inputs.
    """
    returned = (rewritten(derivative) if on_variables else derivative)(*inputs, output)
    derivatives = returned if isinstance(returned, tuple) else (returned,)
    if len(derivatives) != len(inputs):
        raise TypeError(
            f"the rule registered for {name} gave {len(derivatives)} derivatives for {len(inputs)} inputs: "
            "it must return one per input, in their order"
        )
    return derivatives
