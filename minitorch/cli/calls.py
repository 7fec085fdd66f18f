"""Calls of what the user names on the command line: module:function, file.py:function, or an expression.

The module, and the packages given with `--hook`, are imported through the import hook, so that what is differentiated
is what was rewritten.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import inspect
import linecache
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from minitorch.cli.failures import BadInput, describe
from minitorch.cli.progress import ModuleProgress
from minitorch.tracing.tracer import install_import_hook, trace
from minitorch.transformer import parse_quietly, signature_of

__all__ = ["Call", "call_of_expression", "call_of_target", "find_function", "install_hooks"]

_OWN = ("minitorch", "transformer")


@dataclass(frozen=True)
class Call:
    """A function of the numbers the user gave, in the order of `names`; `entry` is the user's own, if it calls one."""

    function: Callable[..., Any]
    names: tuple[str, ...]
    label: str
    entry: Callable[..., Any] | None = None


def call_of_target(target: str, names: Iterable[str], fixed: Mapping[str, object], hooks: Iterable[str]) -> Call:
    """Make a function of `names` from module:function or file.py:function; `fixed` arguments keep their values.

    Raises BadInput where there is no such module, function or argument, or one is missing.
    """
    function = find_function(target, hooks)
    names = tuple(names)
    label = target.rpartition(":")[2]
    try:
        parameters = signature_of(function).parameters.values()
    except (TypeError, ValueError):
        arguments = list(names) + [f"{name}={name}" for name in fixed]
    else:
        arguments = _match(label, list(parameters), [*names, *fixed])
    call = _generate(f"function({', '.join(arguments)})", names, {"function": function, **fixed}, label)
    return replace(call, entry=function)


def call_of_expression(
    expression: str, modules: Iterable[str], names: Iterable[str], fixed: Mapping[str, object], hooks: Iterable[str]
) -> Call:
    """Make a function of `names` from an expression over them, the public names of `modules`, and `math`.

    Raises BadInput where the expression is not one, or its names are not those that are there.
    """
    names, modules = tuple(names), tuple(modules)
    try:
        used = _free_names(parse_quietly(expression.strip(), "<expression>", "eval"))
    except SyntaxError as error:
        raise BadInput(f"--expr {expression!r} is not a Python expression: {error.msg}") from None
    install_hooks([*(_top(name) for name in modules), *hooks])
    namespace: dict[str, Any] = {"math": math}
    for name in modules:
        module = _import(name)
        namespace.setdefault(_top(name), sys.modules[_top(name)])
        public = getattr(module, "__all__", None) or [key for key in vars(module) if not key.startswith("_")]
        namespace.update((key, getattr(module, key)) for key in public)
    namespace.update(fixed)
    known = {*names, *namespace, *vars(builtins)}
    for name in used:
        if name not in known:
            source = f"public in {', '.join(modules)}" if modules else "known (--from MODULE gives a module's names)"
            raise BadInput(f"--expr uses {name!r}, which is neither given as {name}=value nor {source}")
    for name in (*names, *fixed):
        if name not in used:
            raise BadInput(f"{name}=…: --expr does not use {name!r}")
    return _generate(expression.strip(), names, namespace, "result")


def find_function(target: str, hooks: Iterable[str] | None = None) -> Callable[..., Any]:
    """Import the callable that module:function or file.py:function names.

    `hooks` are packages to rewrite, beside the target's own; `None` rewrites nothing.
    Raises BadInput where the module or a part of the dotted name does not exist.
    """
    place, colon, path = target.rpartition(":")
    if not colon or not place or not path:
        raise BadInput(f"target {target!r} names no function: write module:function or file.py:function")
    is_file = place.endswith(".py") or "/" in place or "\\" in place
    module_name = _module_of_file(place) if is_file else place
    if not is_file:
        _put_first_on_path(Path.cwd())
    if hooks is not None:
        install_hooks([_top(module_name), *hooks])
    owner: Any = _import(module_name)
    for part in path.split("."):
        if not hasattr(owner, part):
            title = place if isinstance(owner, ModuleType) else f"{place}:{owner.__name__}"
            raise BadInput(f"{title} has no {part!r}{_near(part, vars(owner))}")
        owner = getattr(owner, part)
    if not callable(owner):
        raise BadInput(f"{target} is a {type(owner).__name__}, not a function")
    return owner  # type: ignore[no-any-return]


def install_hooks(names: Iterable[str]) -> None:
    """Install the import hook for the packages of these names, for as long as the process lives."""
    wanted = []
    for name in dict.fromkeys(names):
        spec = _find_spec(name)
        if name not in _OWN and spec.origin not in ("built-in", "frozen"):
            wanted.append(name)
    try:
        install_import_hook(wanted, reload=True, rewriting=ModuleProgress())
    except (SyntaxError, ImportError, ValueError) as error:
        raise BadInput(f"hook for {', '.join(wanted)}: {error}") from None


def _find_spec(name: str) -> Any:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise BadInput(f"there is no module named {name!r} (is it installed in {sys.prefix}?)")
    return spec


def _import(name: str) -> ModuleType:
    _find_spec(_top(name))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise BadInput(f"there is no module named {error.name!r}") from None
        raise BadInput(f"importing {name} failed: {describe(error)}") from None
    except (Exception, SystemExit) as error:
        raise BadInput(f"importing {name} failed: {describe(error)}") from None


def _module_of_file(text: str) -> str:
    """Return the name under which a file is imported, from the folder above its outermost package."""
    file = Path(text)
    if not file.is_file():
        raise BadInput(f"there is no file {text}" if not file.exists() else f"{text} is not a file")
    if file.suffix != ".py":
        raise BadInput(f"{text} is not a Python file (name.py)")
    file = file.resolve()
    root, parts = file.parent, [file.stem]
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    name = ".".join(parts)
    if parts[0] in sys.stdlib_module_names:
        # First on the path, it would hide Python's own module of that name.
        raise BadInput(f"{text}: another module is named {name!r}, too (Python's own); rename the file")
    for folder in dict.fromkeys((file.parent, root)):
        _put_first_on_path(folder)
    origin = _find_spec(name).origin
    if origin is None or Path(origin).resolve() != file:
        raise BadInput(f"{text}: another module is named {name!r}, too ({origin}); rename the file")
    return name


def _put_first_on_path(folder: Path) -> None:
    if sys.path[:1] != [str(folder)]:
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()


def _top(module_name: str) -> str:
    return module_name.partition(".")[0]


def _match(label: str, parameters: list[inspect.Parameter], given: list[str]) -> list[str]:
    """Return the arguments of a call as text: by position for a positional-only parameter, by keyword otherwise."""
    takes = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in given:
        if name not in takes and not takes_any:
            known = ", ".join(takes) or "none"
            raise BadInput(f"{label} has no argument {name!r}{_near(name, takes)}; it takes {known}")
    missing = [p.name for p in parameters if p.name in takes and p.default is p.empty and p.name not in given]
    if missing:
        needs = " ".join(f"{name}=…" for name in missing)
        raise BadInput(f"{label} is missing {'an argument' if len(missing) == 1 else 'arguments'}: {needs}")
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_ONLY and p.name in given]
    return by_position + [f"{name}={name}" for name in given if name not in by_position]


def _near(name: str, known: Iterable[str]) -> str:
    import difflib

    matches = difflib.get_close_matches(name, [key for key in known if not key.startswith("_")], n=1)
    return f" (did you mean {matches[0]!r}?)" if matches else ""


def _free_names(tree: ast.Expression) -> list[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return list(dict.fromkeys(node.id for node in nodes if node.id not in bound))


def _generate(expression: str, names: tuple[str, ...], namespace: dict[str, Any], label: str) -> Call:
    """Define a traced function whose body is the expression; its text goes where the rewriter looks for source."""
    text = f"def expression({', '.join(names)}): return (\n{expression}\n)\n"
    linecache.cache["<expression>"] = (len(text), None, text.splitlines(keepends=True), "<expression>")
    namespace = {**namespace, "__name__": "__expression__"}
    exec(compile(text, "<expression>", "exec"), namespace)
    return Call(trace(namespace["expression"]), names, label)
