"""Loaders that give a module rewritten code in place of plain code.

`rewriting_form` makes a loader of the same class, state and manners as the one it is given; only `get_code` is its own.
"""

from __future__ import annotations

import ast
import functools
import importlib.machinery
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any, Protocol

from . import cache
from .callees import Constants
from .compiler_warnings import compiling_quietly
from .converter import Converter
from .dispatch import Dispatcher
from .errors import RewriteError
from .linking import link, link_parts, parts_of, placeholders_last
from .other_hooks import changes_source, tree_compiled_by
from .parsing import parse
from .rewriter import deep_recursion, imports_any, rewrite
from .targets import Targets
from .texts import note_file
from .wrappers import is_generated

__all__ = ["ModuleReport", "RewritingLoader", "compile_rewritten", "rewriting_form"]

NO_SOURCE = "only its bytecode is there, without source"

# Executes what `get_code` returns; a loader with another way of executing makes its code itself.
_EXECUTES_GET_CODE = importlib.machinery.SourceFileLoader.exec_module


@dataclass(frozen=True)
class ModuleReport:
    """What became of one module.

    Attributes:
        name: its full name.
        origin: its file, if it has one.
        nodes: how many nodes were rewritten; `None` if it was left untouched.
        reason: why it, or a part of it, was left untouched; `None` if it was not.
    """

    name: str
    origin: str | None
    nodes: int | None
    reason: str | None


class Owner(Protocol):
    """The hook that a loader works for, as far as the loader needs it."""

    dispatcher: Dispatcher
    cache_tag: str

    def code_runtime(self) -> dict[str, Any]:
        """Return the functions that rewritten modules reach by name."""

    def record(self, report: ModuleReport) -> None:
        """Record whether a module was rewritten."""

    def rewriting(self, name: str) -> AbstractContextManager[object]:
        """Return the context in which a module is rewritten."""


class RewritingLoader:
    """Mixed into a loader's class: its `get_code` gives rewritten code."""

    hooks: list[Owner]

    def get_code(self: Any, fullname: str) -> CodeType:
        """Return the rewritten code of a module, from the hook's own cache or freshly made."""
        filename = self.get_filename(fullname)
        path = source_path(filename)
        hook = self.hooks[0]
        targets = hook.dispatcher.targets
        stamp = cache.source_stamp(self, path)
        kept_at = cache.cache_path(path, hook.cache_tag)
        known = cache.load(kept_at, stamp) if stamp is not None else None
        if known is None:
            try:
                source = self.get_data(path)
            except OSError:
                self.record(ModuleReport(fullname, filename, None, NO_SOURCE))
                return super().get_code(fullname)  # type: ignore[misc, no-any-return]
            # What is kept as bytecode has been warned of; without that Python compiles, and keeps, the module.
            warn = functools.partial(super().get_code, fullname)  # type: ignore[misc]
            failure = None
            try:
                with hook.rewriting(fullname):
                    code, nodes = compile_rewritten(source, path, targets, warn)
            except (SyntaxError, ValueError, RecursionError) as error:
                failure = str(error)
            if failure is not None:
                plain: CodeType = compile_plain(self, source, path)
                self.record(ModuleReport(fullname, path, None, f"it can't be rewritten: {failure}"))
                return plain
            known = parts_of(code), nodes
            if stamp is not None:
                cache.store(kept_at, stamp, *known, path)
        parts, nodes = known
        self.record(ModuleReport(fullname, path, nodes, None))
        code = link_parts(parts, hook.code_runtime(), targets.switch)
        if stamp is not None:
            note_file(code, lambda: cache.source_stamp(self, path) == stamp)
        return code

    def record(self, report: ModuleReport) -> None:
        """Tell every hook that covers the module; the first is the one whose code runs."""
        for hook in self.hooks:
            hook.record(report)


def source_path(path: str) -> str:
    """Return the source file of a module, for which an archive may name its bytecode.

    >>> source_path("archive.zip/pump.pyc")
    'archive.zip/pump.py'
    """
    return path.removesuffix("c") if path.endswith(".pyc") else path


def compile_rewritten(
    source: bytes, path: str, targets: Targets, warn: Callable[[], object] | None = None
) -> tuple[CodeType, int]:
    """Parse, rewrite and compile a module; the code still has to be linked.

    Args:
        source: what the file holds.
        path: the file.
        targets: what is rewritten.
        warn: has the compiler warn of the plain source, where it would; if not given, it does.
    """
    with compiling_quietly() as unsaid:
        tree: Any = parse(source, path)
        rewritten = compile_tree(tree, path, targets)
    if unsaid:
        # Rewritten code has some of its source twice, and some in another form.
        if warn is None:
            compile(source, path, "exec", dont_inherit=True)
        else:
            warn()
    return rewritten


def compile_tree(tree: ast.Module, path: str, targets: Targets) -> tuple[CodeType, int]:
    """Rewrite and compile a module's tree; the code still has to be linked."""
    apart = not imports_any(tree, targets.always_traced)
    new, nodes = rewrite(tree, targets, Constants(), two_bodies=apart, for_plain_values=apart)
    with deep_recursion(), compiling_quietly():
        code = compile(new, path, "exec", dont_inherit=True)
    return placeholders_last(code), nodes


def compile_plain(loader: Any, source: bytes, path: str) -> CodeType:
    """Compile a module as Python does, or raise the error that Python has for it."""
    to_code = getattr(loader, "source_to_code", None)
    if to_code is not None:
        return to_code(source, path)  # type: ignore[no-any-return]
    return compile(source, path, "exec", dont_inherit=True)


class ChangingLoader(RewritingLoader):
    """Mixed into the class of a loader that changes source: what is rewritten is the tree that it would compile.

    That loader's own `get_code` runs, and no cache is used: what it changes may depend on anything.
    """

    def get_code(self: Any, fullname: str) -> CodeType:
        """Return what the other loader gets, by way of `source_to_code`."""
        self.loaded = fullname
        return super(RewritingLoader, self).get_code(fullname)  # type: ignore[misc, no-any-return]

    def path_stats(self: Any, path: str) -> Any:
        """Refuse to tell the age of a source file, so that its code is neither taken from a cache nor put there."""
        raise OSError("its code is not cached")

    def source_to_code(self: Any, data: Any, path: Any, *arguments: Any, **keywords: Any) -> CodeType:
        """Return the rewritten code of what the other loader makes of a source."""
        hook = self.hooks[0]
        targets = hook.dispatcher.targets
        try:
            tree = tree_compiled_by(self, data, path, *arguments, **keywords)
            if tree is None:
                raise RewriteError(f"its loader {type(self).__mro__[2].__name__} makes its code itself")
            with hook.rewriting(self.loaded):
                code, nodes = compile_tree(tree, path, targets)
        except (SyntaxError, ValueError, RecursionError) as error:
            self.record(ModuleReport(self.loaded, path, None, f"it can't be rewritten: {error}"))
            return super().source_to_code(data, path, *arguments, **keywords)  # type: ignore[misc, no-any-return]
        self.record(ModuleReport(self.loaded, path, nodes, None))
        return link(code, hook.code_runtime(), targets.switch)


class RewritingSourceFileLoader(RewritingLoader, importlib.machinery.SourceFileLoader):  # type: ignore[misc]
    """Python's own loader of source files, that rewrites."""


_forms: dict[type, type] = {importlib.machinery.SourceFileLoader: RewritingSourceFileLoader}


def rewriting_form(loader: Any) -> Any:
    """Return a loader that is like `loader` but rewrites; `None` where that can't be (`why_not` says why)."""
    kind = type(loader)
    if kind not in _forms:
        if why_not(loader) is not None:
            return None
        mixin = ChangingLoader if changes_source(loader) else RewritingLoader
        _forms[kind] = type(f"Rewriting{kind.__name__}", (mixin, kind), {"__module__": __name__})
    form: Any = object.__new__(_forms[kind])
    form.__dict__.update(loader.__dict__)
    return form


def why_not(loader: Any) -> str | None:
    """Return why the modules of a loader can't be rewritten; `None` if they can."""
    kind = loader if isinstance(loader, type) else type(loader)
    if isinstance(loader, type):
        return f"it is built into Python ({kind.__name__})"
    if isinstance(loader, importlib.machinery.ExtensionFileLoader):
        return "it is an extension module, without Python source"
    if isinstance(loader, importlib.machinery.SourcelessFileLoader):
        return NO_SOURCE
    if changes_source(loader):
        return None
    if getattr(kind, "exec_module", None) is not _EXECUTES_GET_CODE or not hasattr(kind, "get_data"):
        return f"its loader {kind.__module__}.{kind.__qualname__} makes its code itself"
    return None


def could_be_rewritten(module: Any) -> bool:
    """Return whether an imported module was not rewritten but could have been."""
    loader = getattr(getattr(module, "__spec__", None), "loader", None)
    return loader is not None and not isinstance(loader, RewritingLoader) and why_not(loader) is None


def convert_module(module: ModuleType, converter: Converter, refused: list[str] | None = None) -> int:
    """Convert what an imported module defines, in place.

    Args:
        module: the module.
        converter: what converts.
        refused: gets the reasons why functions stay as they are, which are errors otherwise.

    Returns:
        how many functions and classes were converted.
    """
    count = 0
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, type) or type(value) is FunctionType or hasattr(value, "__wrapped__"):
            try:
                converter.convert(value)
            except RewriteError as error:
                if type(value) is FunctionType and not is_generated(value.__code__):
                    if refused is None:
                        raise
                    refused.append(str(error))
                continue
            count += 1
    return count
