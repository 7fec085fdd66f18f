"""The dispatcher decides, where a call happens, what is called: by the identity of the callee, never by its name.

    resolve(math.sin)(x)    ->  Sin.apply(x)        a callable that the table replaces
    resolve(helper)(x)      ->  helper(x)           a Python function, converted when calls are followed
    resolve(anything)(x)    ->  anything(x)

`resolve` hands back the callee or its replacement and has returned when the call happens: no frame is added, so
`super()`, `sys._getframe`, warnings and tracebacks see what they saw before.  It looks at types alone and runs no code
of the callee's.
"""

from __future__ import annotations

import functools
import warnings
from abc import ABCMeta
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any

from .alias import Alias
from .callees import RESOLVE
from .cells import file_name
from .converter import Converter
from .errors import ChangedCodeError, RewriteError, RewriteWarning
from .libraries import module_name
from .linking import Runtime, is_linked, placeholder
from .resolving import MakeResolve, ResolveParts, make_resolve
from .targets import Targets
from .weak_members import WeakMembers
from .wrappers import ANNOTATE, defined, functions_inside

__all__ = ["Dispatcher"]

CONVERTS_ITSELF = "_converts_itself"
"""Attribute of classes whose objects convert what they wrap by themselves: to look into them each time takes long."""

HEAP_TYPE = 1 << 9
"""Flag of classes made by a `class` statement (`Py_TPFLAGS_HEAPTYPE`)."""


def is_bound(callee: BuiltinFunctionType) -> bool:
    """Return whether a function in C is a method of an object.

    >>> is_bound([].append), is_bound(len)
    (True, False)
    """
    return not isinstance(callee.__self__, (ModuleType, type, NoneType))


class Dispatcher:
    """Makes the two `resolve` functions of a table: one for hooked modules, one that follows calls.

    Args:
        targets: the callables that are replaced, and the kinds of callables that are.
        converter: converts the Python functions that followed code calls.
        make: makes the two `resolve` functions.
        make_receiver: makes, for one of these and the name of a method, what is asked whose method is called; needed
            for a table with `subscripts`.

    Attributes:
        unconverted: code that was called, stays as it is, and why.
        followed: while it is not empty, hooked modules follow calls too: somebody asked for a gradient of what runs.
            Each puts one object in, and takes one out again.
    """

    def __init__(
        self,
        targets: Targets,
        converter: Converter,
        make: MakeResolve = make_resolve,
        make_receiver: Callable[[Any, str], Any] | None = None,
    ) -> None:
        self.targets = targets
        self._make_receiver = make_receiver
        self.converter = converter
        self.followed: list[object] = []
        self.replacements = {id(callee): alias.function for callee, alias in targets.callables}
        self.unconverted: dict[int, tuple[CodeType, str]] = {}
        self._followed_classes: dict[int, type] = {}
        self._looked_into: WeakMembers[FunctionType] = WeakMembers()
        self._tables: dict[type, dict[Any, Callable[..., Any]]] = {
            kind: {callee: alias.function for callee, alias in targets.callables if type(callee) is kind}
            for kind in (FunctionType, BuiltinFunctionType, type)
        }
        self.resolve = self._resolve_made_by(make, following=False)
        self.follow = self._resolve_made_by(make, following=True)
        aliases = {placeholder(name): function for name, function in targets.runtime().items()}
        self.hooked_runtime = self._runtime(aliases, self.resolve)
        converter.runtime = self._runtime(aliases, self.follow)

    def _runtime(self, aliases: dict[str, Any], resolve: Any) -> Runtime:
        """Return what code is linked to."""
        receiver = None if self._make_receiver is None else functools.partial(self._make_receiver, resolve)
        return Runtime({**aliases, placeholder(RESOLVE): resolve}, receiver)

    def _resolve_made_by(self, make: MakeResolve, following: bool) -> Callable[[Any], Any]:
        """Make a `resolve`."""
        functions, builtins, classes = self._tables.values()
        kinds: dict[type, Callable[[Any], Any]] = {
            functools.partial: functools.partial(self.of_partial, following),
            ABCMeta: functools.partial(self.of_abstract_class, following),
            **self.targets.by_type,
        }
        parts = ResolveParts(
            following=following,
            marks=self.targets.switch.marks,
            followed=self.followed,
            functions=functions,
            builtins=builtins,
            classes=classes,
            kinds=kinds,
            aliases=self.targets.libraries.aliases,
            libraries=self.targets.libraries.names,
            covers=self.targets.libraries.covers,
            of_library=self.of_library,
            of_function=self.of_function,
            of_method=self.of_method,
            of_cython_method=self.of_cython_method,
            of_instance=self.of_instance,
            follow_class=self.follow_class,
        )
        return make(parts)  # type: ignore[no-any-return]

    @contextmanager
    def following_hooked_code(self) -> Iterator[None]:
        """Let hooked modules convert the functions they call, as converted functions do, for a `with` block."""
        self.followed.append(self)
        try:
            yield
        finally:
            self.followed.pop()

    def register(self, callee: Any, alias: Alias) -> None:
        """Replace one more callable from now on, in code that was rewritten before, too."""
        self.targets.libraries.add(callee, alias)
        table = self._tables.get(type(callee))
        if table is None:
            self.targets.libraries.names.add(module_name(callee))
        else:
            table[callee] = alias.function

    def replacement(self, callee: Any) -> Callable[..., Any] | None:
        """Return the replacement of a callable, `None` if it has none."""
        alias = self.targets.libraries.find(callee)
        return self.replacements.get(id(callee)) if alias is None else alias.function

    def of_library(self, callee: Any, name: str) -> Callable[..., Any]:
        """Return the replacement of a library's callable, else the callable itself, converted if it is Python."""
        alias = self.targets.libraries.alias(callee, name)
        if alias is not None:
            return alias.function
        if type(callee) is FunctionType:
            return self.of_function(callee)
        is_class = issubclass(type(callee), type)
        is_function = type(callee) is BuiltinFunctionType and not is_bound(callee)
        if self.targets.libraries.of_package(name) or not (is_class or is_function):
            return self.targets.libraries.otherwise(callee)
        if is_class:
            self.follow_class(callee)
        return callee  # type: ignore[no-any-return]

    def of_function(self, function: FunctionType) -> Callable[..., Any]:
        """Return what to call for a function: itself, converted, or what stands for one of a package of libraries."""
        libraries, name = self.targets.libraries, function.__module__
        if not libraries.of_package(name) or is_linked(function.__code__):
            return self.follow_function(function)
        alias = libraries.alias(function, name) if libraries.covers(name) else None
        return libraries.otherwise(function) if alias is None else alias.function

    def of_method(self, method: MethodType) -> Callable[..., Any]:
        """Return what to call for a method: itself, converted with the class of its object, or its replacement."""
        function: Any = method.__func__
        name = function.__module__
        covered = self.targets.libraries.covers(name)
        alias = self.targets.libraries.alias(function, name) if covered else None
        if alias is None and not (covered and self.targets.libraries.of_package(name)):
            self.follow_method(method)
            return method
        return MethodType(self.of_function(function) if alias is None else alias.function, method.__self__)

    def of_partial(self, following: bool, callee: functools.partial[Any]) -> Callable[..., Any]:
        """Return what to call for a `partial`: itself, or one of what to call for its function."""
        inner = (self.follow if following else self.resolve)(callee.func)
        return callee if inner is callee.func else functools.partial(inner, *callee.args, **callee.keywords)

    def of_abstract_class(self, following: bool, callee: ABCMeta) -> Callable[..., Any]:
        """Return what to call for an abstract class: itself, converted if calls are followed, or its replacement."""
        if self.targets.libraries.covers(callee.__module__):
            return self.of_library(callee, callee.__module__)
        if following or self.followed:
            self.follow_class(callee)
        return callee

    def of_cython_method(self, method: MethodType) -> Callable[..., Any]:
        """Return the replacement of a method that Cython made, else the method itself."""
        function: Any = method.__func__
        alias = self.targets.libraries.alias(function, function.__module__)
        return method if alias is None else MethodType(alias.function, method.__self__)

    def of_instance(self, instance: Any) -> Callable[..., Any]:
        """Return what to call for any other object: itself, its class converted, or what stands for a library's."""
        name = module_name(instance)
        if self.targets.libraries.of_package(name) and self.targets.libraries.covers(name):
            return self.of_library(instance, name)
        self.follow_instance(instance)
        return instance  # type: ignore[no-any-return]

    def follow_function(self, function: FunctionType) -> Callable[..., Any]:
        """Convert a function that is about to be called, and return it; one that can't be stays as it is."""
        self.convert_followed(function)
        return self._tables[FunctionType].get(function, function)

    def convert_followed(self, function: FunctionType) -> None:
        """Convert a function that is called."""
        code = function.__code__
        if is_linked(code) or code.co_name == ANNOTATE:
            return
        if id(code) in self.unconverted:
            self.follow_inside(function)
            return
        if self.converter.is_excluded(function):
            self.unconverted[id(code)] = (code, "its package is on the list of those that are never followed")
            self.follow_inside(function)
            otherwise = self.targets.libraries.otherwise(function)
            if otherwise is not function:
                self._tables[FunctionType][function] = otherwise
            return
        try:
            self.converter.convert_function(function)
        except RewriteError as error:
            # A value that would lose its history inside raises there, and names the place.
            self.unconverted[id(code)] = (code, str(error))
            if isinstance(error, ChangedCodeError):
                message = RewriteWarning(f"{code.co_name} is not traced: {error.msg}")
                warnings.warn_explicit(message, None, file_name(code.co_filename), code.co_firstlineno)
            self.follow_inside(function)
            return
        for name in code.co_names:
            # Objects made at import take part by their operators and properties, which no call announces.
            kind = type(function.__globals__.get(name))
            if kind.__flags__ & HEAP_TYPE:
                self.follow_class(kind)

    def follow_method(self, method: MethodType) -> None:
        """Convert a method that is about to be called, with the class of its object."""
        self.follow_function(method.__func__)  # type: ignore[arg-type]
        owner: Any = method.__self__
        self.follow_class(owner if issubclass(type(owner), type) else type(owner))

    def follow_class(self, cls: type) -> None:
        """Convert the methods of a class that is about to be instantiated, each that can be."""
        if id(cls) not in self._followed_classes:
            self._followed_classes[id(cls)] = cls
            self.converter.convert_class(cls, self.follow_function)

    def follow_instance(self, instance: Any) -> None:
        """Convert the class of an object that is about to be called, and what it wraps."""
        kind = type(instance)
        if defined(kind, CONVERTS_ITSELF) is True:
            return
        call = defined(kind, "__call__")
        if issubclass(kind, type):
            self.follow_class(instance)
        elif type(call) is not FunctionType:
            self.follow_inside(instance)
        elif not is_linked(call.__code__):
            self.follow_class(kind)
            if not is_linked(call.__code__):
                self.follow_inside(instance)

    def follow_inside(self, wrapper: Any) -> None:
        """Convert the functions that are inside a callable which stays as it is."""
        if type(wrapper) is FunctionType:
            if wrapper in self._looked_into:
                return
            self._looked_into.add(wrapper)
        for function in functions_inside(wrapper, self.converter.is_closed):
            if function is not wrapper:
                self.follow_function(function)
