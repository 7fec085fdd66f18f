"""Replacements for the callables of libraries that need not be imported yet.

`numpy.sin` exists once numpy is imported, and a table that named it would have to import numpy.  So a library
has a function that makes its rows, which is called when rewritten code first calls something of that library; until
then the library costs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from .alias import Alias

__all__ = ["Libraries", "Rows", "module_name", "no_rows"]

Rows = Callable[[ModuleType], Iterable[tuple[Any, Alias]]]
"""Gives, for a library as it is imported now, callables of it and the replacement of each."""


class Libraries:
    """The rows of every library that code has called into.

    Args:
        rows: what makes the rows of a module, by the name that its callables have in `__module__`.
        otherwise: what to call in place of an object of a library, such as a ufunc, that no row stands for.
        packages: packages of which every callable is a library's, that of a module without rows of its own being one
            of the nearest package with rows above it; `otherwise` stands for those without a row.

    Attributes:
        names: the module names that are known by now.
        aliases: the callables of libraries and their replacements, by what identifies them.

    >>> import colorsys
    >>> libraries = Libraries({"colorsys": lambda module: [(module.rgb_to_hls, Alias("hls", print))]})
    >>> libraries.find(colorsys.rgb_to_hls).name, libraries.find(colorsys.hls_to_rgb), libraries.find(len)
    ('hls', None, None)
    """

    def __init__(
        self,
        rows: Mapping[str, Rows],
        otherwise: Callable[[Any], Callable[..., Any]] = lambda callee: callee,
        packages: Collection[str] = (),
    ) -> None:
        self.otherwise = otherwise
        self.packages = frozenset(packages)
        self.names = set(rows)
        self._rows = rows
        self._modules: dict[str, ModuleType] = {}
        # The callable itself stands beside its alias: while it is there, its id is nobody else's.
        self.aliases: dict[Any, tuple[Any, Alias]] = {}

    def covers(self, name: Any) -> bool:
        """Return whether the callables that name this module are of a library here; it is known from then on."""
        if self.of_package(name):
            self.names.add(name)
        return name in self.names

    def of_package(self, name: Any) -> bool:
        """Return whether a module is of a package of which every callable is a library's."""
        return isinstance(name, str) and name.partition(".")[0] in self.packages

    def covers_all(self, scope: Mapping[str, Any]) -> None:
        """Have all modules known that a scope names and a package holds: a function in C is looked up in known ones."""
        for value in scope.values():
            name: Any = value.__name__ if type(value) is ModuleType else getattr(value, "__module__", None)
            if self.of_package(name):
                self.names.add(name)

    def alias(self, callee: Any, name: str) -> Alias | None:
        """Return the replacement of a callable of the library `name`; `None` if it has none."""
        while name not in self._rows and self.of_package(name) and "." in name:
            name = name.rpartition(".")[0]
        self.load(name)
        return self.aliases.get(key_of(callee), (None, None))[1]

    def load(self, name: str) -> None:
        """Make the rows of a library, once it is imported; those that are there stay."""
        module = sys.modules.get(name)
        if module is not None and self._modules.get(name) is not module and not is_loading(module):
            # Imported for the first time, or anew: then its functions are others.
            for known, alias in self._rows.get(name, no_rows)(module):
                self.aliases.setdefault(key_of(known), (known, alias))
            self._modules[name] = module

    def find(self, callee: Any) -> Alias | None:
        """Return the replacement of a callable of any library; `None` if it has none."""
        if key_of(callee) in self.aliases:
            return self.aliases[key_of(callee)][1]
        name = module_name(callee)
        return self.alias(callee, name) if self.covers(name) else None

    def add(self, callee: Any, alias: Alias) -> None:
        """Replace a callable whose library has no rows, or another row for it."""
        self.aliases[key_of(callee)] = (callee, alias)


def key_of(callee: Any) -> Any:
    """Return what identifies a callable: a method of a class in C is another object each time somebody asks for it."""
    if isinstance(callee, BuiltinFunctionType) and isinstance(callee.__self__, type):
        return id(callee.__self__), callee.__name__
    return id(callee)


def module_name(callee: Any) -> Any:
    """Return the `__module__` of a callable, or else of its class; of a class method in C that of the class."""
    if isinstance(callee, BuiltinFunctionType) and isinstance(callee.__self__, type):
        return callee.__self__.__module__
    if isinstance(callee, (FunctionType, BuiltinFunctionType, type)):
        return callee.__module__
    kind = type(callee)
    # Functions in C, such as those of Cython and of uarray, may name a module other than that of their type.
    if isinstance(vars(kind).get("__module__", ""), str) and not kind.__module__.startswith(("_cython_", "uarray")):
        return UNNAMED.get(kind.__name__, kind.__module__)
    return getattr(callee, "__module__", None)


UNNAMED: Final = {"fortran": "scipy.linalg.lapack"}
"""Modules of functions in C that name none, by the name of their type: f2py's, most of which are LAPACK's."""


def no_rows(library: ModuleType) -> Iterable[tuple[Any, Alias]]:
    """Return the rows of a library that has none: nothing."""
    return ()


def is_loading(module: ModuleType) -> bool:
    """Return whether a module's own code is still running, so that what it defines may not be there yet.

    >>> is_loading(sys)
    False
    """
    return getattr(getattr(module, "__spec__", None), "_initializing", False)
