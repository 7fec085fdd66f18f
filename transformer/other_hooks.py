"""Trees that other tools make of a module's source before it is compiled: those of their loaders and decorators.

    source  ->  tree  ->  the tool's tree (type checks, assertions that explain themselves)  ->  code

A loader that changes source has a `source_to_code` of its own, which parses, changes and compiles.  It is run with a
`compile` that notes what it is given; nothing of the tool's is changed.
"""

from __future__ import annotations

import ast
import gc
import importlib.machinery
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from .compiler_warnings import compiling_quietly, parse_quietly

__all__ = ["Places", "changed_trees", "changes_source", "tree_compiled_by", "watch_instead"]

_PYTHONS = ("importlib", "_frozen_importlib_external", "zipimport")
_WATCHERS = frozenset({"pysnooper", "snoop"})
Places = list[tuple[str, int]]


def source_to_code_of(loader: Any) -> Any:
    """Return what a loader's class defines as its own way from source to code; `None` if that is Python's."""
    for kind in type(loader).__mro__:
        own = vars(kind).get("source_to_code")
        if own is not None and kind.__module__ != f"{__package__}.loader":
            return None if kind.__module__.partition(".")[0] in _PYTHONS else own
    return None


def changes_source(loader: Any) -> bool:
    """Return whether a loader of source files compiles other code than what stands in them."""
    return isinstance(loader, importlib.machinery.SourceFileLoader) and source_to_code_of(loader) is not None


def tree_compiled_by(loader: Any, *arguments: Any, **keywords: Any) -> ast.Module | None:
    """Return the tree that a loader's `source_to_code` compiles in the end; `None` if it lets somebody else compile.

    Args:
        loader: the loader.
        arguments: what `source_to_code` is called with.
        keywords: the same by name.
    """
    own = source_to_code_of(loader)
    function = getattr(own, "__func__", own)
    if type(function) is not FunctionType:
        return None
    trees: list[ast.Module] = []
    noting = FunctionType(
        function.__code__,
        {**function.__globals__, "compile": noting_compile(trees)},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    noting.__kwdefaults__ = function.__kwdefaults__
    bound: Any = noting if isinstance(own, staticmethod) else noting.__get__(loader)
    bound(*arguments, **keywords)
    return trees[-1] if trees else None


def noting_compile(trees: list[ast.Module]) -> Callable[..., Any]:
    """Make a `compile` that notes the trees of modules that it makes code of."""

    def compile_and_note(source: Any, filename: Any, mode: str, *options: Any, **keywords: Any) -> Any:
        code = compile(source, filename, mode, *options, **keywords)
        if isinstance(source, ast.Module) and isinstance(code, CodeType):
            trees.append(source)
        return code

    return compile_and_note


def changed_trees(code: CodeType, text: str, places: Places, module_globals: dict[str, Any]) -> Iterator[ast.Module]:
    """Yield the trees that other tools may have compiled some code from.

    Args:
        code: a function's code, which is not what its source compiles to.
        text: the source of its file.
        places: the qualified names of the functions that it may be, each with the line where that begins.
        module_globals: the globals of its module.
    """
    loader = getattr(module_globals.get("__spec__"), "loader", None) or module_globals.get("__loader__")
    if changes_source(loader):
        with compiling_quietly():
            tree = tree_compiled_by(loader, text.encode(), code.co_filename)
        if tree is not None:
            yield tree
    assertions = sys.modules.get("_pytest.assertion.rewrite")
    if assertions is not None and isinstance(loader, assertions.AssertionRewritingHook):
        tree = parse_quietly(text, code.co_filename)
        assertions.rewrite_asserts(tree, text.encode(), code.co_filename, loader.config)
        yield tree
    checks = sys.modules.get("typeguard._transformer")
    if checks is not None:
        for qualname, line in places:
            tree = parse_quietly(text, code.co_filename)
            path = [name for name in qualname.split(".") if name != "<locals>"]
            checks.TypeguardTransformer(path, line).visit(tree)
            yield ast.fix_missing_locations(tree)


def watch_instead(code: CodeType, new: CodeType, is_wrapped: bool) -> None:
    """Have tools that watch some code, and keep it in a set of theirs, watch the code that takes its place, too.

    Args:
        code: what they watch.
        new: the code that takes its place.
        is_wrapped: whether a wrapper led to it, which may be theirs; else they watch it only if they trace now.
    """
    if _WATCHERS.isdisjoint(sys.modules):
        return
    if is_wrapped:
        holders = gc.get_referrers(code)
    else:
        holders = list(getattr(getattr(sys.gettrace(), "__self__", None), "__dict__", {}).values())
    for holder in holders:
        if type(holder) is set and code in holder:
            holder.add(new)
