"""Objects from outside, described so that another process can tell whether it has the same.

1.5                     float 0x1.8000000000000p+0
f (a function)          its names and a digest of its code; then its globals and cells are known by number
a list met before       #3

What was met is numbered, so the same numbers tell that the same names stand for one and the same object.
"""

from __future__ import annotations

import hashlib
import struct
import sys
from collections.abc import Iterator
from functools import partial
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType, NoneType
from typing import Any, Final

from minitorch.compiler.guards.snapshots import MISSING
from minitorch.tracing.tracer import converter, dispatcher
from minitorch.transformer import RewriteError, is_linked, syntax_of

__all__ = ["Encounters", "Unportable", "importable", "is_of_its_source"]

WRITTEN: Final = (int, bool, str, bytes, NoneType, range)
"""Their `repr` is all of them."""

NUMBERED: Final = (dict, list, set, partial, CellType)
"""What they hold is compared where it was read."""


class Unportable(Exception):
    """There is no description that another process could compare."""


class Encounters:
    """Objects that were met, in the order in which they were met first.

    Attributes:
        things: they.

    >>> met, rates = Encounters(), [0.5]
    >>> met.description(0.5), met.description(rates), met.description(rates), met.number(rates)
    ('float 000000000000e03f', 'list', '#0', 0)
    """

    def __init__(self) -> None:
        self.things: list[Any] = []
        self.numbers: dict[int, int] = {}

    def number(self, thing: Any) -> int:
        """Return the number of an object.

        Raises:
            Unportable: it was not met.
        """
        if id(thing) not in self.numbers:
            raise Unportable
        return self.numbers[id(thing)]

    def meet(self, thing: Any) -> None:
        """Give an object a number."""
        if id(thing) not in self.numbers:
            self.numbers[id(thing)] = len(self.things)
            self.things.append(thing)

    def description(self, thing: Any) -> str:
        """Return what tells an object from others.

        Raises:
            Unportable: nothing does.
        """
        kind = type(thing)
        if kind is float:
            return f"float {struct.pack('<d', thing).hex()}"
        if kind in WRITTEN:
            return f"{kind.__name__} {thing!r}"
        if thing is MISSING:
            return "missing"
        if id(thing) in self.numbers:
            return f"#{self.numbers[id(thing)]}"
        self.meet(thing)
        if kind in NUMBERED:
            return kind.__name__
        if kind is tuple:
            return f"tuple ({', '.join(map(self.description, thing))})"
        if kind is CodeType:
            return digest_of_code(thing)
        if kind is FunctionType:
            return self.description_of_function(thing)
        return f"{kind.__name__} {importable(thing)}"

    def description_of_function(self, function: FunctionType) -> str:
        """Return what tells a function from others."""
        for around in (function.__globals__, *(function.__closure__ or ())):
            self.meet(around)
        replacement = dispatcher.replacement(function)
        replaced = "" if replacement is None else str(getattr(replacement, "__qualname__", type(replacement)))
        module = function.__globals__.get("__name__")
        return f"function {module!r} {function.__qualname__} {digest_of_code(function.__code__)} {replaced}"


def importable(thing: Any) -> str:
    """Return the name under which any process finds a module, or a function or class of C.

    Raises:
        Unportable: there is none.

    >>> importable(len), importable(hashlib)
    ('builtins len', 'hashlib')
    """
    if type(thing) is ModuleType:
        if sys.modules.get(thing.__name__) is not thing:
            raise Unportable
        return thing.__name__
    is_own = type(thing) is type and thing.__module__ == "builtins"
    if not is_own and type(thing) is not BuiltinFunctionType:
        raise Unportable
    module, name = str(thing.__module__), str(thing.__name__)
    if getattr(sys.modules.get(module), name, None) is not thing:
        raise Unportable
    return f"{module} {name}"


def digest_of_code(code: CodeType) -> str:
    """Return a digest of what code does, and where in its file it stands; of code that was converted, of that before.

    Raises:
        Unportable: it was converted while its module was imported.
    """
    plain = converter.plain_code(code)
    if is_linked(plain):
        raise Unportable
    digest = hashlib.sha256()
    for part in parts_of_code(plain):
        digest.update(part.encode("utf-8", "backslashreplace"))
        digest.update(b"\0")
    return digest.hexdigest()


def is_of_its_source(function: FunctionType) -> bool:
    """Return whether a function's source is still what its code was compiled from: of converted code nobody checks."""
    plain = converter.plain_code(function.__code__)
    if plain is function.__code__:
        return True
    try:
        syntax_of(plain, function.__globals__)
    except RewriteError:
        return False
    return True


def parts_of_code(code: CodeType) -> Iterator[str]:
    """Yield what code consists of, the same in all processes."""
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_firstlineno)
    yield repr((code.co_name, code.co_filename, code.co_code, names, counts))
    yield repr((list(code.co_lines()), getattr(code, "co_exceptiontable", b"")))
    for constant in code.co_consts:
        yield from parts_of_constant(constant)


def parts_of_constant(constant: Any) -> Iterator[str]:
    """Yield what a constant of code consists of."""
    if isinstance(constant, CodeType):
        yield from parts_of_code(constant)
    elif isinstance(constant, tuple):
        yield "("
        for item in constant:
            yield from parts_of_constant(item)
        yield ")"
    elif isinstance(constant, frozenset):
        # Their order is another one in each process.
        yield f"frozenset {sorted(map(repr, constant))}"
    else:
        yield f"{type(constant).__name__} {constant!r}"
