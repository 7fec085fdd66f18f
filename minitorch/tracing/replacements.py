"""Replacements of builtins and library functions where rewritten code calls them.

`math.sin` becomes `Sin.apply` by the rule table.  Here are the callables that are not mathematical functions but would
drop a history: `float`, `type`, whatever calls a function given to it (`map`, `sorted(key=…)`), and caches.  On plain
values each does just what the callable that it replaces does.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import sys
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from minitorch.autodiff.run_notes import STANDING_IN, in_plain_run
from minitorch.autodiff.variable import Variable
from minitorch.recorder import call_of, faster
from minitorch.rules.rule import Rule
from minitorch.scalars.complex_primitives import COMPLEX_CALLABLES, complex_number
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.float_protocol import Tracked, is_tracked
from minitorch.scalars.primitives import CALLABLES, PAIRS, RuleFunction
from minitorch.scalars.scalar import Indicator
from minitorch.scalars.straight_through import to_int
from minitorch.scalars.taking import is_convertible, numbers_for_fsum
from minitorch.scalars.whole import Whole
from minitorch.tracing.caches import around_cache
from minitorch.tracing.float_methods import float_method_kinds
from minitorch.tracing.float_subclasses import new_float
from minitorch.tracing.libraries import Resolve, libraries
from minitorch.tracing.questions import IDENTITY
from minitorch.tracing.read_back import from_hex, from_text, reading
from minitorch.tracing.text_formatting import modulo, modulo_in_place
from minitorch.transformer import Alias

__all__ = ["by_type", "callables", "callables_of", "libraries"]

_NATIVE = frozenset({*(getattr(operator, name) for name in operator.__all__), abs, pow})
_NUMBERS = frozenset({float, int, bool})


def keep_float(resolve: Resolve) -> Callable[..., Any]:
    """Make `float` that gives back a Scalar as it is."""

    @faster("float")
    def to_float(*arguments: Any) -> Any:
        if not arguments or arguments[1:]:
            return float(*arguments)
        value: Any = arguments[0]
        kind = type(value)
        if kind in _NUMBERS:
            return float(value)
        if kind is str:
            return from_text(float(value))
        if issubclass(kind, Variable):
            if value.holds_array:
                return value.item() if value.size == 1 else float(value.data)  # which raises in numpy's words
            return float(value) if kind is Indicator else value * 1.0 if kind is Whole else value
        if kind is ComplexScalar and in_plain_run():
            # It says of a complex number what `float` says.
            return float(value.data)
        method = getattr(kind, "__float__", None)
        if type(method) is FunctionType:
            number = resolve(method)(value)
            return (
                number if is_tracked(number) or type(number) is float else float(answering(kind, "__float__", number))
            )
        return to_float(value.item()) if is_variable_in_array(value) else from_text(float(value))

    return to_float


def answering(kind: type, method: str, answer: Any) -> Any:
    """Return an object of a class that is called like another, whose method has that answer for Python to judge."""
    names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (), {**names, method: lambda self: answer})()


def keep_complex(resolve: Resolve, to_float: Callable[..., Any]) -> Callable[..., Any]:
    """Make `complex` that makes complex numbers of Scalars, also of those that an object's methods give."""

    def real_part(value: Any, alone: bool) -> Any:
        if issubclass(type(value), Variable) and value.holds_array:
            return value.item()
        method = getattr(type(value), "__complex__", None)
        if is_tracked(value) or type(method) is not FunctionType:
            return imaginary_part(value)
        number = resolve(method)(value)
        if type(number) is complex and not alone:
            # Beside another part Python warns of its class.
            return answering(type(value), "__complex__", number)
        return number if type(number) in (complex, ComplexScalar) else value

    def imaginary_part(value: Any) -> Any:
        own = not is_tracked(value) and type(getattr(type(value), "__float__", None)) is FunctionType
        return to_float(value) if own else value

    read_complex = reading(complex)

    def to_complex(*arguments: Any, **keywords: Any) -> Any:
        if arguments and type(arguments[0]) is str:
            return read_complex(*arguments, **keywords)
        alone = len(arguments) + len(keywords) == 1
        parts = [imaginary_part(value) if index else real_part(value, alone) for index, value in enumerate(arguments)]
        named = {
            name: real_part(value, alone) if name == "real" else imaginary_part(value)
            for name, value in keywords.items()
        }
        return complex_number(*parts, **named)

    return to_complex


def of_numbers_alone(make: Callable[[Any], Any], convert: Callable[..., Any], method: str) -> Callable[..., Any]:
    """Make `float.from_number` or `complex.from_number`, which take what `float` or `complex` takes except text.

    Args:
        make: the method.
        convert: what makes a number of whatever has a history, or may give one.
        method: the name of the method by which objects give such a number.
    """

    def call(*arguments: Any, **keywords: Any) -> Any:
        if len(arguments) == 1 and not keywords:
            kind = type(arguments[0])
            own = type(defined(kind, method) or defined(kind, "__float__")) is FunctionType
            if own or is_tracked(arguments[0]) or is_variable_in_array(arguments[0]):
                return convert(*arguments)
        return make(*arguments, **keywords)

    return call


def is_variable_in_array(value: Any) -> bool:
    """Return whether a value is an array whose only element is a Variable: a number to `float` and `math`."""
    kind = type(value)
    return kind.__name__ == "ndarray" and kind.__module__ == "numpy" and value.size == 1 and is_tracked(value.item())


@faster("type", (Variable, Tracked))
def type_of(*arguments: Any, **keywords: Any) -> Any:
    """Do what `type` does, for which a Scalar is a float and an indicator a bool."""
    kind = type(*arguments, **keywords)
    if len(arguments) > 1:
        # A class that is made belongs to the module whose code makes it.
        if isinstance(kind, type) and vars(kind).get("__module__") == __name__:
            type.__setattr__(kind, "__module__", sys._getframe(1).f_globals.get("__name__", "builtins"))
        return kind
    return arguments[0].__class__ if issubclass(kind, (Variable, Tracked)) else kind


def calling(function: Callable[..., Any], resolve: Resolve, position: int | None, keyword: str) -> Callable[..., Any]:
    """Return a library callable that calls a function given to it: that one is resolved, too.

    Args:
        function: the library's callable.
        resolve: finds the replacement of a callable.
        position: where among the arguments the function is given; None if by keyword only.
        keyword: its name as a keyword argument.
    """

    def call(*arguments: Any, **keywords: Any) -> Any:
        if keywords.get(keyword) is not None:
            keywords[keyword] = resolve(keywords[keyword])
        if position is not None and arguments[position:] and arguments[position] is not None:
            arguments = (*arguments[:position], resolve(arguments[position]), *arguments[position + 1 :])
        return function(*arguments, **keywords)

    STANDING_IN.add(call.__code__)
    return faster("calling", function, resolve, position, keyword)(call)


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
    *((getattr(operator, name), 0, "") for name in ("call",) if hasattr(operator, name)),
)
"""Library callables that call a function given to them, its position and its keyword."""


def as_mathematics_do(to_float: Callable[..., Any]) -> Callable[..., Any]:
    """Return what makes a float of an object as functions of `math` do, which say another thing of complex numbers."""
    return lambda value: value.__float__() if type(value) is ComplexScalar else to_float(value)


def coercing(apply: Callable[..., Any], to_float: Callable[..., Any], iterables: int = 0) -> Callable[..., Any]:
    """Return a mathematical function that takes objects with a `__float__` of their own, as `math`'s do.

    Args:
        apply: the function.
        to_float: what `float` is replaced by.
        iterables: how many leading arguments are iterables of such numbers.
    """
    to_number = as_mathematics_do(to_float)

    def converted(x: Any) -> Any:
        return to_number(x) if type(getattr(type(x), "__float__", None)) is FunctionType else x

    def points(*values: Any) -> list[tuple[Any, ...]]:
        taken = [tuple(items) for items in values]
        if len(set(map(len, taken))) != 1:
            return taken
        turns, good = [], True
        for x in itertools.chain.from_iterable(zip(*taken, strict=True)):
            turns.append(converted(x) if good else x)
            good = good and is_convertible(type(turns[-1]))
        return [tuple(turns[index :: len(taken)]) for index in range(len(taken))]

    def numbers(arguments: tuple[Any, ...]) -> Iterator[Any]:
        good = True
        for argument in arguments:
            kind = type(argument)
            if kind is Indicator:
                # Python says of a bool that is no such number what it says of an int.
                argument = bool(argument)
            elif (
                good
                and kind not in (Indicator, Whole)
                and (type(getattr(kind, "__float__", None)) is FunctionType or is_variable_in_array(argument))
            ):
                argument = to_number(argument)
            # Arguments after one that is not a number are not converted: `math` stops there.
            good = good and is_convertible(kind)
            yield argument

    def call(*arguments: Any, **keywords: Any) -> Any:
        if iterables == len(arguments) == 1 and not keywords:
            return apply(numbers_for_fsum(*arguments, converted, apply))
        if iterables:
            return apply(*points(*arguments[:iterables]), *arguments[iterables:], **keywords)
        return apply(*[*numbers(arguments)], **keywords)

    return call


def plainly_on_numbers(function: Callable[..., Any], otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Make what is a function itself for plain numbers.

    Args:
        function: the function.
        otherwise: what to call with anything else.
    """

    def call(*arguments: Any, **keywords: Any) -> Any:
        for argument in arguments:
            if type(argument) not in _NUMBERS:
                return otherwise(*arguments, **keywords)
        return otherwise(*arguments, **keywords) if keywords else function(*arguments)

    return call


def rounding(function: Callable[[Any], Any], to_float: Callable[..., Any]) -> Callable[..., Any]:
    """Make `math.floor` or `math.ceil` that takes objects with a `__float__` of their own, too."""
    own, to_number = f"__{function.__name__}__", as_mathematics_do(to_float)

    @faster("rounding", function)
    def call(*arguments: Any) -> Any:
        kind = type(arguments[0]) if len(arguments) == 1 else float
        if kind in _NUMBERS or defined(kind, own) is not None or type(defined(kind, "__float__")) is not FunctionType:
            return function(*arguments)
        return function(to_number(*arguments))

    return call


def defined(kind: type, name: str) -> Any:
    """Return what a class or one of its bases defines under a name, without running code of theirs; else `None`."""
    return next((vars(base)[name] for base in type.__dict__["__mro__"].__get__(kind) if name in vars(base)), None)


def callables(resolve: Resolve) -> Iterator[tuple[Callable[..., Any], Alias]]:
    """Return every callable that is replaced, with what replaces it."""
    to_float = keep_float(resolve)
    for function, primitive in CALLABLES.items():
        yield function, Alias(f"{primitive.__name__}.apply", replacement(function, primitive, to_float))
    for function, pair in PAIRS.items():
        yield function, Alias(function.__name__, coercing(pair, to_float))
    for function, (name, complex_one) in COMPLEX_CALLABLES.items():
        yield function, Alias(name, complex_one)
    yield float, Alias("keep_float", to_float)
    yield int, Alias("int", faster("int")(reading(to_int)))
    yield float.fromhex, Alias("from_hex", from_hex)
    for kind, convert in ((float, as_mathematics_do(to_float)), (complex, keep_complex(resolve, to_float))):
        make = getattr(kind, "from_number", None)
        if make is not None:
            yield make, Alias(f"{kind.__name__}_of_number", of_numbers_alone(make, convert, f"__{kind.__name__}__"))
    yield float.__new__, Alias("new_float", new_float(to_float))
    yield complex, Alias("keep_complex", keep_complex(resolve, to_float))
    yield type, Alias("type_of", type_of)
    for function, same in IDENTITY.items():
        yield function, Alias(same.__name__, same)
    yield operator.mod, Alias("Mod.apply", modulo)
    yield operator.imod, Alias("Mod.apply_inplace", modulo_in_place)
    for function in (math.floor, math.ceil):
        yield function, Alias(function.__name__, rounding(function, to_float))
    for function, position, keyword in CALLERS:
        yield function, Alias(function.__name__, calling(function, resolve, position, keyword))


def callables_of(rule: Rule, resolve: Resolve) -> Iterator[tuple[Callable[..., Any], Alias]]:
    """Yield the replacements of the callables of a row that was added to the table."""
    to_float = keep_float(resolve)
    for function in rule.callables:
        primitive = CALLABLES[function]
        yield function, Alias(f"{primitive.__name__}.apply", replacement(function, primitive, to_float))


def replacement(
    function: Callable[..., Any], primitive: type[RuleFunction], to_float: Callable[..., Any]
) -> Callable[..., Any]:
    """Return what replaces a callable that has a rule: itself, where Python asks a Scalar's own methods anyway."""
    if function in _NATIVE:
        return function
    rule = primitive.rule
    general = primitive.call if rule.dispatches else coercing(primitive.call, to_float, rule.iterable_arguments)
    return call_of(primitive.__name__, function, plainly_on_numbers(function, general))


def root_package(callee: Any) -> str:
    """Return the top-level package that a callable says it is of; empty if it does not say."""
    module = getattr(callee, "__module__", None)
    return module.partition(".")[0] if isinstance(module, str) else ""


def by_type(resolve: Resolve, never_followed: frozenset[str]) -> dict[type, Callable[[Any], Callable[..., Any]]]:
    """Make what replaces callables of a kind: methods of `float`; caches, which keep no Variable for a later trace."""

    def passed_by(cached: Any) -> Callable[..., Any]:
        # A package that is never followed keeps no Variables, and may count the frames above it.
        return cached if root_package(cached) in never_followed else around_cache(cached, resolve)

    return {functools._lru_cache_wrapper: passed_by, **float_method_kinds(keep_float(resolve))}
