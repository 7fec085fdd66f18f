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
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any, TypeVar

from .callees import Constants
from .errors import RewriteError
from .linking import is_linked, link
from .questions import names_any
from .rewriter import rewrite
from .source import definition_of, is_generated
from .targets import Targets

__all__ = ["Converter"]

T = TypeVar("T")


class Converter:
    """Converts functions, methods, lambdas, classes, and what wraps them.

    Args:
        targets: what becomes of which node.
    """

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
        self.runtime: dict[str, Any] = {}
        self._codes: dict[int, tuple[CodeType, CodeType]] = {}
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
        function = inner_function(target)
        if function is None:
            raise RewriteError(
                f"{describe(target)} is not a Python function: it has no source to rewrite; "
                "give a function, method, lambda or class"
            )
        self.convert_function(function)
        wrapped = getattr(function, "__wrapped__", None)
        if wrapped is not None and inner_function(wrapped) is not None:
            self.convert(wrapped)
        return target

    def convert_function(self, function: FunctionType) -> None:
        """Exchange the code of one function, unless it has been converted before."""
        code = function.__code__
        if not is_linked(code):
            function.__code__ = self.converted_code(code, function.__globals__)

    def convert_class(self, cls: type, convert: Callable[[FunctionType], None] | None = None) -> None:
        """Convert every function that a class and its own bases define; generated ones have no source and stay.

        Args:
            cls: the class.
            convert: what converts one function; `convert_function` by default.
        """
        convert = convert or self.convert_function
        for base in cls.__mro__:
            if id(base) in self._classes or is_excluded(base.__module__, self.targets):
                continue
            self._classes[id(base)] = base
            for member in list(vars(base).values()):
                for function in member_functions(member):
                    if not is_generated(function.__code__):
                        convert(function)
                if is_descriptor(type(member)):
                    self.convert_class(type(member), convert)

    def plain_code(self, code: CodeType) -> CodeType:
        """Return the code that a converted function had before; `code` itself if it was not converted."""
        return next((plain for plain, new in self._codes.values() if new is code and plain is not new), code)

    def converted_code(self, code: CodeType, module_globals: dict[str, Any]) -> CodeType:
        """Return the converted form of a function's code, made once."""
        with self._lock:
            known = self._codes.get(id(code))
            if known is None:
                new = self._convert_code(code, module_globals)
                known = self._codes[id(code)] = (code, new)
                # Code with nothing to rewrite carries no mark; it is known by its identity.
                self._codes.setdefault(id(new), (new, new))
            return known[1]

    def _convert_code(self, code: CodeType, module_globals: dict[str, Any]) -> CodeType:
        source, definition, index = definition_of(code, module_globals)
        node = definition.node
        statement: Any = ast.copy_location(ast.Expr(node), node) if isinstance(node, ast.Lambda) else node
        always = self.targets.always_traced
        two_bodies = source.packages.isdisjoint(always) and not uses_any(code, module_globals, always)
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
        return link(compiled[index], self.runtime, self.targets.switch).replace(co_flags=code.co_flags)


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


def inner_function(target: Any) -> FunctionType | None:
    """Return the plain function inside a method, `staticmethod`, `partial`, cache or wrapper; `None` without one.

    >>> inner_function(functools.partial(inner_function)) is inner_function
    True
    """
    kind = type(target)
    while kind is not FunctionType:
        if kind in (MethodType, staticmethod, classmethod):
            target = target.__func__
        elif kind is functools.partial:
            target = target.func
        elif kind is BuiltinFunctionType or isinstance(target, type):
            return None
        elif "__wrapped__" in getattr(target, "__dict__", {}):
            target = target.__wrapped__
        elif isinstance(vars(kind).get("__call__"), FunctionType):
            target = vars(kind)["__call__"]
        else:
            return None
        kind = type(target)
    return target  # type: ignore[no-any-return]


def member_functions(member: Any) -> list[FunctionType]:
    """Return the functions behind one entry of a class: a method, or a property's three."""
    if isinstance(member, property):
        functions = [inner_function(part) for part in (member.fget, member.fset, member.fdel) if part is not None]
    elif isinstance(member, (functools.cached_property, functools.partialmethod)):
        functions = [inner_function(member.func)]
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
    return (module or "").partition(".")[0] in targets.excluded


def describe(target: Any) -> str:
    """Return what a user would call `target` in a sentence.

    >>> describe(print), describe([1, 2])
    ("'print'", '[1, 2]')
    """
    name = getattr(target, "__qualname__", None)
    return repr(name) if callable(target) and isinstance(name, str) else reprlib.repr(target)
