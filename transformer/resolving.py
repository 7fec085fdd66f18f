"""Makes the `resolve` of a dispatcher: the decision what is called, which rewritten code asks before every call.

    resolve = make_resolve(parts)
    resolve(math.sin)           what replaces it
    resolve(len)                `len` itself

This is Python's; whoever makes a dispatcher may give it a faster one, which asks the same questions in the same order.
"""

from __future__ import annotations

import re
from abc import ABCMeta
from collections.abc import Callable, Sized
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from .line_table import without_lines
from .switch import MARK

__all__ = ["CYTHON", "MakeResolve", "ResolveParts", "make_resolve"]

CYTHON = "cython_function_or_method"
"""The name of the type that Cython gives the functions and methods of its modules, which each has one of its own."""

METHOD = type(re.compile("").match)
"""The type of methods in C that are given the class they are defined in."""


@dataclass(frozen=True)
class ResolveParts:
    """What `resolve` looks at, all of which may change later, and what it calls where looking is not enough.

    Args:
        following: whether the functions that are called are converted, always.
        marks: empty while nothing is replaced.
        followed: not empty while the functions that are called are converted, in any case.
        functions: the replacements of Python functions.
        builtins: the replacements of functions in C.
        classes: the replacements of classes.
        kinds: for callables of a type, what gives the one to call instead.
        aliases: what libraries have for callables of theirs, after each itself; grows, where something comes to it.
        libraries: the names of modules whose callables are of a library.
        covers: tells whether a module is one of those, which `libraries` may not know yet.
        of_library: gives what to call for a callable of a library, and the name of its module.
        of_function: gives what to call for a function whose calls are followed.
        of_method: gives what to call for a method.
        of_cython_method: gives what to call for a method that Cython made.
        of_instance: gives what to call for any other object whose calls are followed.
        follow_class: converts a class.
        mark: the last constant of code that has been converted.
    """

    following: bool
    marks: Sized
    followed: Sized
    functions: dict[Any, Callable[..., Any]]
    builtins: dict[Any, Callable[..., Any]]
    classes: dict[Any, Callable[..., Any]]
    kinds: dict[type, Callable[[Any], Any]]
    aliases: dict[Any, tuple[Any, Any]]
    libraries: set[str]
    covers: Callable[[Any], bool]
    of_library: Callable[[Any, str], Any]
    of_function: Callable[[FunctionType], Any]
    of_method: Callable[[MethodType], Any]
    of_cython_method: Callable[[MethodType], Any]
    of_instance: Callable[[Any], Any]
    follow_class: Callable[[type], None]
    mark: object = MARK


MakeResolve = Callable[[ResolveParts], Any]
"""Makes a `resolve`, which has a `__module__` and a `__qualname__` that can be set."""


def make_resolve(parts: ResolveParts) -> Callable[[Any], Any]:
    """Make the `resolve` of a dispatcher."""
    following, marks, followed, libraries = parts.following, parts.marks, parts.followed, parts.libraries
    functions, builtins, classes, kinds = parts.functions, parts.builtins, parts.classes, parts.kinds
    covers, of_library, of_function, of_method = parts.covers, parts.of_library, parts.of_function, parts.of_method
    of_cython_method, of_instance, follow_class = parts.of_cython_method, parts.of_instance, parts.follow_class
    cython, mark = CYTHON, parts.mark
    function_type, builtin_type, builtin_method, method_type = FunctionType, BuiltinFunctionType, METHOD, MethodType
    class_type, class_kinds = type, (type, ABCMeta)
    followed_classes: set[type] = set()

    # Membership is asked with `in`, not by calls: recursion limits count calls, also of C functions.
    def resolve(callee: Any, /) -> Any:
        if not marks:
            return callee
        kind = type(callee)
        if kind is builtin_type or kind is builtin_method:
            if callee in builtins:
                return builtins[callee]
            module = callee.__module__
            if module is None:
                owner = callee.__self__
                module = owner.__module__ if type(owner) is class_type else type(owner).__module__
            if module in libraries:
                return of_library(callee, module)
            return callee
        if kind is function_type:
            if callee in functions:
                return functions[callee]
            if callee.__module__ in libraries:
                return of_library(callee, callee.__module__)
            if following or followed:
                constants = callee.__code__.co_consts
                if not constants or constants[-1] is not mark:
                    return of_function(callee)
        elif kind is type:
            if callee in classes:
                return classes[callee]
            if callee.__module__ in libraries:
                return of_library(callee, callee.__module__)
            if (following or followed) and callee not in followed_classes:
                if covers(callee.__module__):
                    return of_library(callee, callee.__module__)
                follow_class(callee)
                followed_classes.add(callee)
        elif kind is method_type:
            if type(callee.__func__) is function_type:
                if callee.__func__.__module__ in libraries:
                    return of_method(callee)
                if following or followed:
                    return of_method(callee)
            elif type(callee.__func__) in kinds:
                return method_type(kinds[type(callee.__func__)](callee.__func__), callee.__self__)
            elif type(callee.__func__).__name__ == cython and covers(callee.__func__.__module__):
                return of_cython_method(callee)
        elif type(kind) is type and kind in kinds:
            return kinds[kind](callee)
        elif type(kind) in class_kinds and kind.__module__ in libraries:
            return of_library(callee, kind.__module__)
        elif following or followed:
            return of_instance(callee)
        return callee

    # Without a `__file__` among its globals it is nobody's line of source to the tracers that count lines.
    code = without_lines(resolve.__code__)
    return FunctionType(code, {"__name__": __name__}, "resolve", None, resolve.__closure__)
