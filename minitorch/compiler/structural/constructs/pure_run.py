"""What code may do that is run while machine code is written: `pure_code` has its calls and operators go through here.

Functions and methods without effects may be called, and containers changed that the code has made itself.
"""

from __future__ import annotations

import ast
import builtins
import collections
import math
import operator
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final, NoReturn

from minitorch.compiler.structural.constructs.pure_code import Impure, check_format
from minitorch.transformer import thread_nanoseconds

__all__ = ["CONTAINERS", "SCALARS", "ModuleView", "Run", "is_pure"]

SCALARS: Final = (str, int, float, bool, type(None), range)
"""Types of constants that hold nothing."""

CONTAINERS: Final = (list, dict, set, collections.defaultdict, collections.Counter)
"""Types of containers that may be changed."""

SIZED: Final = (str, tuple, frozenset, *CONTAINERS)

MAX_TURNS: Final = 20_000
"""Turns of all loops of one run."""

MAX_NANOSECONDS: Final = 50_000_000
"""What one run may take."""

MAX_SIZE: Final = 1_000_000
"""Letters of a text, elements of a container, and bits of an int."""

FUNCTIONS: Final = frozenset({
    len, abs, round, min, max, sum, sorted, reversed, enumerate, zip, map, filter, any, all, divmod, ord, chr, repr,
    str, int, float, bool, list, tuple, dict, set, frozenset, range, isinstance, math.sqrt, math.exp, math.log,
    math.sin, math.cos, math.tan, math.floor, math.ceil, math.fabs, math.hypot, math.isnan, math.isinf, math.isfinite,
    math.gcd, math.fsum, math.prod, math.trunc, collections.defaultdict, collections.Counter,
})  # fmt: skip
"""Functions without effects whose results are not much larger than what they are given."""

ERRORS: Final = frozenset({
    ValueError, KeyError, IndexError, LookupError, ZeroDivisionError, ArithmeticError, OverflowError, TypeError,
    AttributeError, UnicodeError,
})  # fmt: skip
"""Errors that code may catch; that a variable has no value is not among them."""

READING: Final[dict[type, frozenset[str]]] = {
    str: frozenset({
        "capitalize", "casefold", "center", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii",
        "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
        "join", "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex",
        "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title",
        "upper", "zfill",
    }),
    int: frozenset({"bit_length"}), float: frozenset({"is_integer", "hex"}), range: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}), list: frozenset({"copy", "count", "index"}),
    dict: frozenset({"copy", "get", "items", "keys", "values"}),
    set: frozenset({"copy", "difference", "intersection", "isdisjoint", "issubset", "issuperset",
                    "symmetric_difference", "union"}),
}  # fmt: skip
READING[frozenset] = READING[set]
"""Methods that change nothing."""

WRITING: Final[dict[type, frozenset[str]]] = {
    list: frozenset({"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"}),
    dict: frozenset({"clear", "pop", "popitem", "setdefault", "update"}),
    set: frozenset({"add", "clear", "difference_update", "discard", "intersection_update", "pop", "remove",
                    "symmetric_difference_update", "update"}),
}  # fmt: skip
"""Methods that change their object."""

for cls, more in ((collections.defaultdict, frozenset()), (collections.Counter, frozenset({"most_common"}))):
    READING[cls], WRITING[cls] = READING[dict] | more, WRITING[dict]

PADDING: Final = frozenset({"center", "ljust", "rjust", "zfill"})

OPERATORS: Final[dict[type[ast.operator], tuple[Callable[..., Any], Callable[..., Any]]]] = {
    ast.Add: (operator.add, operator.iadd), ast.Sub: (operator.sub, operator.isub),
    ast.Mult: (operator.mul, operator.imul), ast.Div: (operator.truediv, operator.itruediv),
    ast.FloorDiv: (operator.floordiv, operator.ifloordiv), ast.Mod: (operator.mod, operator.imod),
    ast.Pow: (operator.pow, operator.ipow), ast.BitAnd: (operator.and_, operator.iand),
    ast.BitOr: (operator.or_, operator.ior), ast.BitXor: (operator.xor, operator.ixor),
}  # fmt: skip
"""Operators, and those that may change their left operand."""


class ModuleView:
    """What code reads of a module.

    Args:
        attributes: that, by name.
    """

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = attributes


class Run:
    """What code may do while it is run.

    Args:
        names: the constants that it reads.
        shared: tells of the identity of a container whether it is somebody else's.

    Attributes:
        has_sets: whether there was a set, whose order is another one in another process.
    """

    def __init__(self, names: dict[str, Any], shared: Callable[[int], bool]) -> None:
        self.shared = shared
        self.turns = 0
        self.has_sets = False
        self.end = thread_nanoseconds() + MAX_NANOSECONDS
        self.names: dict[str, Any] = {
            **names, "__builtins__": {}, "call@": self.call, "method@": self.method, "attribute@": self.attribute,
            "item@": self.item, "own@": self.own, "computed@": self.computed, "changed@": self.changed,
            "turn@": self.turn, "raised@": self.raised, "noted@": self.noted,
        }  # fmt: skip

    def turn(self) -> bool:
        """Count a turn of a loop."""
        self.turns += 1
        if self.turns > MAX_TURNS or (not self.turns & 255 and thread_nanoseconds() > self.end):
            raise Impure
        return True

    def raised(self) -> NoReturn:
        """End the run, since the code raises an exception."""
        raise Impure

    def call(self, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call a function without effects."""
        if type(function) is FunctionType and function.__globals__ is self.names:
            return function(*arguments, **named)
        if not is_callable(function):
            raise Impure
        for each in arguments:
            if type(each) is range and len(each) > MAX_TURNS:
                raise Impure
        return self.noted(function(*arguments, **named))

    def noted(self, thing: Any) -> Any:
        """Return a thing, and note whether it is a set."""
        if type(thing) in (set, frozenset):
            self.has_sets = True
        return thing

    def method(self, owner: Any, name: str, /, *arguments: Any, **named: Any) -> Any:
        """Call a method."""
        cls = type(owner)
        if cls is ModuleView or cls is type:
            return self.call(self.attribute(owner, name), *arguments, **named)
        if name in WRITING.get(cls, ()):
            self.own(owner)
            result = getattr(owner, name)(*arguments, **named)
            if len(owner) > MAX_SIZE:
                raise Impure
            return result
        if cls is str:
            if name == "format":
                check_format(owner)
                return owner.format(*arguments, **named)
            check_method(owner, name, arguments)
        if name not in READING.get(cls, ()):
            raise Impure
        return getattr(owner, name)(*arguments, **named)

    def attribute(self, owner: Any, name: str) -> Any:
        """Read an attribute: a method that changes nothing, or what a module has."""
        if type(owner) is ModuleView:
            return owner.attributes[name]
        cls = owner if type(owner) is type else type(owner)
        if name not in READING.get(cls, ()) or name in PADDING or name in ("join", "replace"):
            raise Impure
        return getattr(owner, name)

    def item(self, owner: Any, index: Any) -> Any:
        """Read an element, unless that would add it."""
        if type(owner) is collections.defaultdict and index not in owner:
            self.own(owner)
        return owner[index]

    def own(self, owner: Any) -> Any:
        """Return a container that may be changed."""
        if type(owner) not in CONTAINERS or self.shared(id(owner)):
            raise Impure
        return owner

    def computed(self, kind: str, x: Any, y: Any) -> Any:
        """Compute what may become huge, or a set."""
        return self.checked(kind, 0, x, y)

    def changed(self, kind: str, x: Any, y: Any) -> Any:
        """Compute what may change the left operand."""
        if type(x) in CONTAINERS:
            self.own(x)
        return self.checked(kind, 1, x, y)

    def checked(self, kind: str, place: int, x: Any, y: Any) -> Any:
        """Compute with an operator, unless the result would be huge."""
        node = getattr(ast, kind)
        if is_huge(node, x, y):
            raise Impure
        return self.noted(OPERATORS[node][place](x, y))


def is_huge(node: type[ast.operator], x: Any, y: Any) -> bool:
    """Return whether an operator may give something huge."""
    sized = [len(each) for each in (x, y) if type(each) in SIZED]
    numbers = [each for each in (x, y) if type(each) is int]
    if node is ast.Mod and type(x) is str:
        check_format(x)
    if sized:
        return sum(sized) * max([1, *(number for number in numbers if node is ast.Mult)]) > MAX_SIZE
    if len(numbers) < 2:
        return False
    bits: int = x.bit_length() + y.bit_length()
    return bits * (abs(y) if node is ast.Pow else 1) > MAX_SIZE


def check_method(text: str, name: str, arguments: Sequence[Any]) -> None:
    """Refuse a method that would make a huge text."""
    size = 0
    if name in PADDING and arguments and type(arguments[0]) is int:
        size = arguments[0]
    elif name == "replace" and len(arguments) > 1:
        size = (len(text) + 1) * max(len(arguments[1]), 1)
    elif name == "join" and arguments and type(arguments[0]) in (list, tuple, dict, set):
        size = (len(text) + 1) * len(arguments[0])
    if size > MAX_SIZE:
        raise Impure


def is_callable(function: Any) -> bool:
    """Return whether something is a function without effects, or a method that `Run.attribute` has let pass."""
    if type(function) in (METHOD_OF_OBJECT, METHOD_OF_CLASS) and isinstance(function.__name__, str):
        owner = getattr(function, "__self__", None)
        return function in FUNCTIONS if owner is builtins or type(owner) is type(math) else True
    return is_pure(function)


METHOD_OF_OBJECT: Final = type("".join)

METHOD_OF_CLASS: Final = type(str.join)


def is_pure(thing: Any) -> bool:
    """Return whether something is a function without effects, or a class of errors that an `except` may name."""
    try:
        return thing in FUNCTIONS or thing in ERRORS
    except TypeError:
        return False
