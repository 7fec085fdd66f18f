"""What a TARGET, an argument or a module may go on as: found in files, without running them.

pu                        ->  pump.py:
pump.py:p                 ->  pump.py:power
grad pump.py:power f      ->  flow=
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from minitorch.transformer import parse_quietly

__all__ = ["argument_names", "expression_names", "modules_and_files", "targets"]

Scope = ast.Module | ast.ClassDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def targets(begun: str) -> list[str]:
    """Return the targets that begin so: files and folders, and once there is a colon, functions."""
    place, colon, _ = begun.rpartition(":")
    if not colon:
        return [f"{name}:" if name.endswith(".py") else name for name in files(begun)]
    tree = tree_of(place)
    names = [] if tree is None else [f"{place}:{name}" for name, _ in functions(tree)]
    return [name for name in names if name.startswith(begun)]


def argument_names(target: str, given: Iterable[str]) -> list[str]:
    """Return the arguments of a target that are not given yet."""
    place, _, path = target.rpartition(":")
    tree = tree_of(place)
    if tree is None:
        return []
    function = dict(functions(tree)).get(path)
    if function is None:
        return []
    parameters = function.args
    names = [each.arg for each in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)]
    names += [parameters.vararg.arg] if parameters.vararg else []
    if "." in path and names[:1] in (["self"], ["cls"]):
        del names[0]
    return [name for name in names if name not in given]


def expression_names(expression: str, modules: Iterable[str], given: Iterable[str]) -> list[str]:
    """Return the names in an expression that are neither given, nor those of modules."""
    try:
        tree = parse_quietly(expression.strip(), "<expression>", "eval")
    except SyntaxError:
        return []
    known = {*given, "math", *vars(builtins)}
    for module in modules:
        known.add(module.partition(".")[0])
        found = tree_of(module)
        known.update(name for node in (found.body if found else ()) for name in bound(node))
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return [name for name in dict.fromkeys(names) if name not in known]


def modules_and_files(begun: str) -> list[str]:
    """Return files and folders that begin so, and the modules of the current folder."""
    found = files(begun)
    return found + [
        name[:-3] for name in found if "/" not in name and name.endswith(".py") and name[:-3].isidentifier()
    ]


def files(begun: str) -> list[str]:
    """Return the Python files and the folders whose paths begin so; hidden ones where that is asked for."""
    folder, slash, start = begun.rpartition("/")
    prefix = folder + slash
    try:
        entries = sorted(Path(prefix or ".").expanduser().iterdir())
    except OSError:
        return []
    found = []
    for entry in entries:
        if not entry.name.startswith(start) or entry.name == "__pycache__":
            continue
        if entry.name.startswith(".") and not start:
            continue
        if entry.is_dir():
            found.append(f"{prefix}{entry.name}/")
        elif entry.suffix == ".py":
            found.append(f"{prefix}{entry.name}")
    return found


def tree_of(place: str) -> ast.Module | None:
    """Return the syntax of a file or a module; `None` where there is none."""
    file = Path(place).expanduser() if place.endswith(".py") or "/" in place else file_of_module(place)
    try:
        return None if file is None else ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def file_of_module(name: str) -> Path | None:
    """Return the file of a module, found without importing what it is in."""
    folders: list[str] | None = [str(Path.cwd()), *sys.path]
    spec = None
    parts = name.split(".")
    for position in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: position + 1]), folders)
        if spec is None:
            return None
        folders = None if spec.submodule_search_locations is None else list(spec.submodule_search_locations)
    return Path(spec.origin) if spec is not None and spec.origin is not None else None


def functions(scope: Scope, prefix: str = "") -> Iterator[tuple[str, Definition]]:
    """Yield the functions of a module or a class, methods included, by their names; no private ones."""
    for node in scope.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions(node, f"{prefix}{node.name}.")


def bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    else:
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id
