"""Shows what a live function became: the text of its traced body, in names that can be read.

A call whose callee is known by the names it is written in (`math.sin`, a builtin, a function of the module) is shown as
what runs; where only the run decides, the text says `resolve(f)(…)`.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import types
from typing import Any

from .callees import Names
from .converter import Converter, describe
from .errors import RewriteError
from .printing import to_source
from .questions import names_any
from .rewriter import rewrite
from .source import definition_of, source_of
from .targets import Targets
from .wrappers import inner_function

__all__ = ["traced_text"]

_UNKNOWN = object()


def traced_text(target: Any, targets: Targets, converter: Converter) -> str:
    """Return the rewritten source of a function, class or module.

    Raises:
        RewriteError: there is no source.
    """
    node, names = definition_and_names(target, converter)
    known: dict[str, str] = {}
    aliases = {id(callee): alias.name for callee, alias in targets.callables}
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            callee = look_up(call.func, names)
            if callee is not _UNKNOWN:
                text = ast.unparse(call.func)
                of_library = targets.libraries.find(callee)
                known[text] = aliases.get(id(callee), text) if of_library is None else of_library.name
    module = node if isinstance(node, ast.Module) else ast.Module([node], [])
    apart = not names_any(names, targets.always_traced)
    modules = {name for name, value in names.items() if isinstance(value, types.ModuleType)}
    tree, _ = rewrite(module, targets, Names(known), two_bodies=False, for_plain_values=apart, imported=modules)
    return to_source(tree)


def definition_and_names(target: Any, converter: Converter) -> tuple[Any, dict[str, Any]]:
    """Return the syntax node of a target and the names that it can see."""
    if isinstance(target, types.ModuleType):
        if not getattr(target, "__file__", None):
            raise RewriteError(f"module {target.__name__!r} has no source file")
        return source_of(str(target.__file__), vars(target)).tree, vars(builtins) | vars(target)
    if isinstance(target, type):
        return class_and_names(target)
    function = inner_function(target)
    if function is None:
        raise RewriteError(f"{describe(target)} has no source to show")
    plain = converter.plain_function(function).__code__
    definition, _ = definition_of(plain, function.__globals__)
    names = vars(builtins) | function.__globals__
    for name, cell in zip(plain.co_freevars, function.__closure__ or (), strict=True):
        try:
            names[name] = cell.cell_contents
        except ValueError:
            names[name] = _UNKNOWN
    own = (*plain.co_varnames, *plain.co_cellvars)
    node = definition.node
    statement = ast.copy_location(ast.Expr(node), node) if isinstance(node, ast.Lambda) else node
    return statement, {name: value for name, value in names.items() if name not in own}


def class_and_names(cls: type) -> tuple[Any, dict[str, Any]]:
    """Return the syntax node of a class, found by `inspect`, and the names of its module."""
    try:
        lines, start = inspect.getsourcelines(cls)
        filename = inspect.getsourcefile(cls)
    except (OSError, TypeError) as error:
        raise RewriteError(f"class {cls.__qualname__!r} has no source to show: {error}") from error
    tree = source_of(str(filename)).tree
    inside = range(start, start + len(lines))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__ and node.lineno in inside:
            module = inspect.getmodule(cls)
            return node, vars(builtins) | (vars(module) if module else {})
    raise RewriteError(f"class {cls.__qualname__!r} is not in its source any more", filename, start)


def look_up(callee: ast.expr, names: dict[str, Any]) -> Any:
    """Return the live object of a name or dotted name of modules; `_UNKNOWN` where only the run decides."""
    if isinstance(callee, ast.Name):
        return names.get(callee.id, _UNKNOWN)
    if isinstance(callee, ast.Attribute):
        owner = look_up(callee.value, names)
        if isinstance(owner, types.ModuleType):
            return getattr(owner, callee.attr, _UNKNOWN)
    return _UNKNOWN
