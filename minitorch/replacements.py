"""What stands in for builtins and library functions where rewritten code calls them.

`math.sin` becomes `Sin.apply` by the rule table.  Here are the callables that are no mathematical function but would
drop a history: `float`, `type`, whatever calls a function given to it (`map`, `sorted(key=…)`), and caches.  On plain
values each does just what it stands in for.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from minitorch.autodiff import Variable
from minitorch.complex_functions import COMPLEX_CALLABLES, complex_number
from minitorch.complex_scalar import ComplexScalar
from minitorch.libraries import Resolve, libraries
from minitorch.number import Tracked
from minitorch.primitives import CALLABLES, PAIRS, RuleFunction
from minitorch.scalar import Indicator, detach
from transformer import Alias

__all__ = ["callables", "kinds", "libraries", "modulo"]

_NATIVE = frozenset({*(getattr(operator, name) for name in operator.__all__), abs, pow})
_NUMBERS = frozenset({float, int, bool})


def is_variable(value: Any) -> bool:
    """Whether a value has a history, also as a complex number; asked without running any code of the value's."""
    return issubclass(type(value), (Variable, Tracked))


def holds_variable(value: Any) -> bool:
    """Whether a key of a dict, such as the arguments of a cached function, is a Variable or a tuple with one in it."""
    return any(map(holds_variable, value)) if type(value) in (tuple, frozenset) else is_variable(value)


def detach_all(value: Any) -> Any:
    """Plain values for the Variables in a value, a tuple or a dict of formatting arguments."""
    if type(value) is tuple:
        return tuple(map(detach, value)) if any(map(is_variable, value)) else value
    if type(value) is dict:
        return {key: detach(item) for key, item in value.items()} if any(map(is_variable, value.values())) else value
    return detach(value)


def modulo(x: Any, y: Any, /) -> Any:
    """`x % y`: the remainder, or the format of Variables by their values.

    >>> modulo("%.1f", 2.5), modulo(7, 4)
    ('2.5', 3)
    """
    return x % detach_all(y) if type(x) in (str, bytes) else x % y


def keep_float(resolve: Resolve) -> Callable[..., Any]:
    """`float` that gives back a Scalar as it is."""

    def to_float(*arguments: Any) -> Any:
        value: Any = arguments[0] if len(arguments) == 1 else None
        kind = type(value)
        if issubclass(kind, Variable):
            return float(value.data) if kind is Indicator else value
        method = getattr(kind, "__float__", None)
        if type(method) is FunctionType:
            number = resolve(method)(value)
            if is_variable(number) or type(number) is float:
                return number
        return to_float(value.item()) if is_variable_in_array(value) else float(*arguments)

    return to_float


def keep_complex(resolve: Resolve, to_float: Callable[..., Any]) -> Callable[..., Any]:
    """`complex` that makes a complex number of Scalars, also of those that an object's own methods give."""

    def part(value: Any) -> Any:
        kind = type(value)
        if issubclass(kind, Tracked):
            return value
        method = getattr(kind, "__complex__", None)
        if type(method) is FunctionType:
            number = resolve(method)(value)
            return number if type(number) is ComplexScalar else value
        return to_float(value) if type(getattr(kind, "__float__", None)) is FunctionType else value

    def to_complex(*arguments: Any, **keywords: Any) -> Any:
        return complex_number(*map(part, arguments), **{name: part(value) for name, value in keywords.items()})

    return to_complex


def is_variable_in_array(value: Any) -> bool:
    """Whether a value is an array of numpy's whose only element is a Variable: a number to `float` and `math`."""
    kind = type(value)
    return kind.__name__ == "ndarray" and kind.__module__ == "numpy" and value.size == 1 and is_variable(value.item())


def type_of(*arguments: Any, **keywords: Any) -> Any:
    """`type`, for which a Scalar is a float and an indicator a bool."""
    if len(arguments) == 1 and is_variable(arguments[0]):
        return arguments[0].__class__
    return type(*arguments, **keywords)


def calling(function: Callable[..., Any], resolve: Resolve, position: int | None, keyword: str) -> Callable[..., Any]:
    """A library callable that calls a function given to it: that one is resolved, too.

    Args:
        function: the library's callable.
        resolve: finds what stands in for a callable.
        position: where among the arguments the function is given; None if by keyword only.
        keyword: its name as a keyword argument.
    """

    def call(*arguments: Any, **keywords: Any) -> Any:
        if keywords.get(keyword) is not None:
            keywords[keyword] = resolve(keywords[keyword])
        if position is not None and len(arguments) > position and arguments[position] is not None:
            arguments = (*arguments[:position], resolve(arguments[position]), *arguments[position + 1 :])
        return function(*arguments, **keywords)

    return call


CALLERS: tuple[tuple[Callable[..., Any], int | None, str], ...] = (
    (map, 0, ""),
    (filter, 0, ""),
    (sorted, None, "key"),
    (min, None, "key"),
    (max, None, "key"),
    (functools.reduce, 0, "function"),
    (itertools.accumulate, 1, "func"),
    (itertools.starmap, 0, ""),
    (itertools.filterfalse, 0, ""),
    (itertools.takewhile, 0, ""),
    (itertools.dropwhile, 0, ""),
    (itertools.groupby, 1, "key"),
)
"""Library callables that call a function given to them, its position and its keyword."""

def coercing(apply: Callable[..., Any], to_float: Callable[..., Any]) -> Callable[..., Any]:
    """A mathematical function that takes objects with a `__float__` of their own, as `math`'s do."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        for argument in arguments:
            kind = type(argument)
            if kind in _NUMBERS or issubclass(kind, Variable):
                continue
            if type(getattr(kind, "__float__", None)) is FunctionType or is_variable_in_array(argument):
                return apply(*map(to_float, arguments), **keywords)
        return apply(*arguments, **keywords)

    return call


def callables(resolve: Resolve) -> Iterator[tuple[Callable[..., Any], Alias]]:
    """Every callable that is replaced, with what stands in for it."""
    to_float = keep_float(resolve)
    for function, primitive in CALLABLES.items():
        yield function, Alias(f"{primitive.__name__}.apply", stand_in(function, primitive, to_float))
    for function, pair in PAIRS.items():
        yield function, Alias(function.__name__, coercing(pair, to_float))
    for function, (name, complex_one) in COMPLEX_CALLABLES.items():
        yield function, Alias(name, complex_one)
    yield float, Alias("keep_float", to_float)
    yield complex, Alias("keep_complex", keep_complex(resolve, to_float))
    yield type, Alias("type_of", type_of)
    for function, position, keyword in CALLERS:
        yield function, Alias(function.__name__, calling(function, resolve, position, keyword))


def stand_in(
    function: Callable[..., Any], primitive: type[RuleFunction], to_float: Callable[..., Any]
) -> Callable[..., Any]:
    """What runs in place of a callable that has a rule: itself, where Python asks a Scalar's own methods anyway."""
    if function in _NATIVE:
        return function
    return primitive.call if primitive.rule.dispatches else coercing(primitive.call, to_float)


def kinds(resolve: Resolve) -> dict[type, Callable[[Any], Callable[..., Any]]]:
    """What stands in for callables of a kind: caches, which must not keep a Variable for a later trace."""

    def around_cache(cached: Any) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            if any(map(holds_variable, (*arguments, *keywords.values()))):
                return resolve(cached.__wrapped__)(*arguments, **keywords)
            return cached(*arguments, **keywords)

        return call

    return {functools._lru_cache_wrapper: around_cache}
