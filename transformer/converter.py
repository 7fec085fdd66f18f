"""Converts live functions in place: the code object is exchanged, everything else about them stays.

Name, defaults, annotations, `__dict__`, closure cells, identity and pickling are the function's own and are not
touched, so recursion, `super()`, `nonlocal`, registries and decorators below and above go on working.
Converted code does on plain values just what it did before.
"""

from __future__ import annotations

import ast
import functools
import reprlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import CodeType, FunctionType
from typing import Any, TypeVar

from .brackets import taken
from .callees import Constants
from .clock import thread_nanoseconds
from .errors import RewriteError
from .lines import lines_of
from .linking import is_linked, link
from .other_hooks import watch_instead
from .own_lines import definition_in_own_lines
from .questions import names_any
from .rewriter import rewrite
from .signatures import copy_annotations
from .source import definition_of, source_code_of
from .targets import Targets
from .texts import all_code, note_lines
from .wrappers import functions_inside, inner_function, innermost_function, is_generated, is_python

__all__ = ["Converter"]

T = TypeVar("T")


class Converter:
    """Converts functions, methods, lambdas, classes, and what wraps them.

    Args:
        targets: what becomes of which node.

    Attributes:
        aside: makes the context that code is converted in; whoever looks at the user's code puts one here that looks
            away.
        nanoseconds: the CPU time that converting has taken.
    """

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
        self.aside: Callable[[], AbstractContextManager[object]] = nullcontext
        self.runtime: dict[str, Any] = {}
        self.nanoseconds = 0
        self._codes: dict[int, tuple[CodeType, CodeType]] = {}
        self._plain: dict[int, tuple[CodeType, CodeType]] = {}
        self._classes: dict[int, type] = {}
        self._lock = threading.RLock()

    def convert(self, target: T) -> T:
        """Convert a callable and give it back.

        Raises:
            RewriteError: it has no source, or none that can be rewritten; it is left as it was.
        """
        if isinstance(target, type):
            self.convert_class(target)
            return target
        last = innermost_function(target)
        if last is None:
            raise RewriteError(
                f"{describe(target)} is not a Python function: it has no source to rewrite; "
                "give a function, method, lambda or class"
            )
        given = inner_function(target)
        for function in functions_inside(target, self.is_closed):
            if function not in (given, last) and self.is_excluded(function):
                continue
            try:
                self.convert_function(function, is_wrapped=function is not target)
            except RewriteError:
                # What a tool has made to wrap it has no source; what it wraps is traced all the same.
                if function is last or (function is given and not self.is_of_a_tool(function)):
                    raise
        return target

    def convert_function(self, function: FunctionType, is_wrapped: bool = False) -> None:
        """Exchange the code of one function, which a wrapper may lead to, unless it has been converted before."""
        code = function.__code__
        if not is_linked(code):
            function.__code__ = new = self.converted_code(code, function.__globals__)
            if new is not code:
                watch_instead(code, new, is_wrapped)

    def is_excluded(self, function: FunctionType) -> bool:
        """Return whether a function is on the list of those that calls do not convert."""
        name = function.__globals__.get("__name__")
        # Of what is included, code in C calls this one, and takes no array but numpy's own.
        by_c = function.__name__ == "__array__" and name in self.targets.included
        return by_c or is_excluded(name, self.targets) or not is_python(function)

    def is_closed(self, function: FunctionType) -> bool:
        """Return whether a function stays as it is when it is called."""
        return is_generated(function.__code__) or self.is_excluded(function)

    def is_of_a_tool(self, function: FunctionType) -> bool:
        """Return whether a function is a package's that is not converted, or text that a program put together."""
        name = function.__code__.co_filename
        return self.is_excluded(function) or (is_generated(function.__code__) and name != "<string>")

    def convert_class(self, cls: type, convert: Callable[[FunctionType], object] | None = None) -> None:
        """Convert every function that a class and its own bases define; generated ones have no source and stay.

        Args:
            cls: the class.
            convert: what converts one function; `convert_function` by default.
        """
        convert = convert or self.convert_function
        for base in cls.__mro__:
            if id(base) in self._classes or is_excluded_class(base, self.targets):
                continue
            self._classes[id(base)] = base
            for member in list(vars(base).values()):
                for function in member_functions(member):
                    if is_generated(function.__code__):
                        self._convert_inside(function, convert)
                    else:
                        convert(function)
                if is_descriptor(type(member)):
                    self.convert_class(type(member), convert)

    def _convert_inside(self, generated: FunctionType, convert: Callable[[FunctionType], object]) -> None:
        """Convert what a generated method calls, such as the converters and factories of fields, where that can be."""
        for function in functions_inside(generated, self.is_closed):
            if not self.is_closed(function):
                # Nobody has asked for these: what has no source stays as it is.
                with suppress(RewriteError):
                    convert(function)

    def plain_code(self, code: CodeType) -> CodeType:
        """Return the code that a converted function had before; `code` itself if it was not converted."""
        known = self._plain.get(id(code))
        return code if known is None else known[1]

    def plain_function(self, function: Any) -> Any:
        """Return a twin of a rewritten function, with the code that Python compiles from its source.

        For those who read its code; a function that is not rewritten, or has no source any more, is given back itself.
        """
        if type(function) is not FunctionType or not any(map(is_linked, all_code(function.__code__))):
            return function
        code = self.plain_code(function.__code__)
        if code is function.__code__:
            try:
                code = source_code_of(code, function.__globals__)
            except RewriteError:
                return function
        return with_code(function, code)

    def converted_twin(self, function: FunctionType) -> FunctionType:
        """Return a twin of a function that is converted; the function itself stays as it is.

        Raises:
            RewriteError: it has no source, or none that can be rewritten.
        """
        return with_code(function, self.converted_code(function.__code__, function.__globals__))

    def converted_code(self, code: CodeType, module_globals: dict[str, Any]) -> CodeType:
        """Return the converted form of a function's code, made once."""
        with taken(self._lock):
            known = self._codes.get(id(code))
            if known is None:
                begin = thread_nanoseconds()
                try:
                    with self.aside():
                        new = self._convert_code(code, module_globals)
                finally:
                    self.nanoseconds += thread_nanoseconds() - begin
                known = self._codes[id(code)] = (code, new)
                # Code with nothing to rewrite carries no mark; it is known by its identity.
                self._codes.setdefault(id(new), (new, new))
                if new is not code:
                    self._plain[id(new)] = (new, code)
            return known[1]

    def _convert_code(self, code: CodeType, module_globals: dict[str, Any]) -> CodeType:
        always = self.targets.always_traced
        found = definition_in_own_lines(code, module_globals, always) or definition_of(code, module_globals)
        definition, index = found
        node = definition.node
        statement: Any = ast.copy_location(ast.Expr(node), node) if isinstance(node, ast.Lambda) else node
        two_bodies = always.isdisjoint(definition.packages) and not uses_any(code, module_globals, always)
        tree, _ = rewrite(
            ast.Module([statement], []), self.targets, Constants(), two_bodies, two_bodies, definition.imported
        )
        new_statement: Any = tree.body[0]
        new_node = new_statement.value if isinstance(node, ast.Lambda) else new_statement
        try:
            compiled = definition.compile(new_node, code)
        except (SyntaxError, RecursionError) as error:
            reason = f"{code.co_name!r} can't be rewritten: {error}"
            raise RewriteError(reason, code.co_filename, node.lineno) from error
        if len(compiled) <= index:
            raise RewriteError(f"{code.co_name!r} can't be rewritten", code.co_filename, node.lineno)
        # Compiled inside another function, it is flagged as nested even where it is not.
        new = link(compiled[index], self.runtime, self.targets.switch).replace(co_flags=code.co_flags)
        first = min(each.lineno for each in (node, *getattr(node, "decorator_list", ())))
        note_lines(new, lines_of(code.co_filename, module_globals, code), first, node.end_lineno)
        return new


def with_code(function: FunctionType, code: CodeType) -> FunctionType:
    """Return a function that differs in its code alone."""
    twin = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    twin.__kwdefaults__ = function.__kwdefaults__
    functools.update_wrapper(twin, function)
    copy_annotations(twin, function)
    del twin.__wrapped__  # type: ignore[attr-defined]
    twin.__dict__.update(function.__dict__)
    return twin


def uses_any(code: CodeType, module_globals: dict[str, Any], modules: frozenset[str]) -> bool:
    """Return whether code names a module, class or function of one of these top-level modules, wherever imported.

    >>> uses_any(uses_any.__code__, {"any": functools.reduce, "uses_any": uses_any}, frozenset({"transformer"}))
    True
    """
    named = {name: module_globals[name] for name in code.co_names if name in module_globals}
    if names_any(named, modules):
        return True
    nested = (constant for constant in code.co_consts if type(constant) is CodeType)
    return any(uses_any(inner, module_globals, modules) for inner in nested)


def member_functions(member: Any) -> list[FunctionType]:
    """Return the functions behind one entry of a class: a method, or a property's three."""
    if isinstance(member, property):
        functions = [inner_function(part) for part in (member.fget, member.fset, member.fdel) if part is not None]
    elif isinstance(member, (functools.cached_property, functools.partialmethod)):
        functions = [inner_function(member.func)]
    elif isinstance(member, functools.singledispatchmethod):
        functions = [inner_function(each) for each in member.dispatcher.registry.values()]
    elif type(member) in (FunctionType, staticmethod, classmethod) or hasattr(type(member), "cache_info"):
        functions = [inner_function(member)]
    else:
        return []
    return [function for function in functions if function is not None]


def is_descriptor(cls: type) -> bool:
    """Return whether a class is a descriptor's, written in Python: its code runs where an attribute is used."""
    methods = (vars(base).get(name) for base in cls.__mro__ for name in ("__get__", "__set__"))
    return any(isinstance(method, FunctionType) for method in methods)


def is_excluded(module: str | None, targets: Targets) -> bool:
    """Return whether the functions of a module are on the list of those that calls do not convert."""
    return (module or "").partition(".")[0] in targets.excluded and module not in targets.included


def is_excluded_class(cls: type, targets: Targets) -> bool:
    """Return whether the methods of a class are on that list."""
    return is_excluded(cls.__module__, targets) and f"{cls.__module__}.{cls.__qualname__}" not in targets.included


def describe(target: Any) -> str:
    """Return what a user would call `target` in a sentence.

    >>> describe(print), describe([1, 2])
    ("'print'", '[1, 2]')
    """
    name = getattr(target, "__qualname__", None)
    return repr(name) if callable(target) and isinstance(name, str) else reprlib.repr(target)
