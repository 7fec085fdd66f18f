"""What the import hook promises: which modules it covers, by whose finders it finds them, and what it leaves alone."""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import importlib.util
import inspect
import linecache
import sys
import types
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
from hooked_project import SQUARE, Install, Project, is_rewritten, make_archive

from transformer import Dispatcher, RewriteWarning, install

# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ("pkg", {"pkg", "pkg.a", "pkg.sub", "pkg.sub.b"}),
        ("pkg.sub", {"pkg.sub", "pkg.sub.b"}),
        ("pkg.sub.b", {"pkg.sub.b"}),
        ("pkg2", {"pkg2"}),
    ],
)
def test_names_cover_what_is_below(project: Project, hook_over: Install, covered: str, expected: set[str]) -> None:
    for path in ("pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py", "pkg2.py"):
        project.write(path, SQUARE)
    hook = hook_over(covered)
    modules = ["pkg", "pkg.a", "pkg.sub", "pkg.sub.b", "pkg2"]
    assert {name for name in modules if is_rewritten(name)} == expected
    assert {report.name for report in hook.report()} == expected


def test_names_one_string_is_one_name(project: Project, dispatcher: Dispatcher) -> None:
    project.write("single.py", SQUARE)
    with install("single", dispatcher) as hook:
        assert hook.names == ("single",)
        assert is_rewritten("single")


@pytest.mark.parametrize("name", ["", "a b", "a..b", ".a", "a.", "1x", "pkg/mod", 3])
def test_names_that_are_none(dispatcher: Dispatcher, name: Any) -> None:
    before = list(sys.meta_path)
    with pytest.raises(ValueError, match="is not the name of a module or package; give names like"):
        install([name], dispatcher)
    assert sys.meta_path == before


def test_names_that_nobody_knows(hook_over: Install) -> None:
    with pytest.warns(RewriteWarning, match="no module 'nowhere_to_be_found' is to be found now") as caught:
        hook_over("nowhere_to_be_found.sub")
    assert caught[0].filename == __file__


# -- how it finds modules ----------------------------------------------------------------------------------------------


class EditableFinder:
    """Finds modules by a table, as the finders of editable installs do."""

    def __init__(self, table: dict[str, Path]) -> None:
        self.table = table

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: Any = None) -> ModuleSpec | None:
        if name not in self.table:
            return None
        return importlib.util.spec_from_file_location(name, self.table[name])


def test_finders_of_editable_installs(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project.write("elsewhere/src/whatever.py", SQUARE)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, EditableFinder({"editable_module": path})])
    hook_over("editable_module")
    assert is_rewritten("editable_module")
    assert sys.modules["editable_module"].__file__ == str(path)


@pytest.mark.parametrize("suffixes", [(".py",), (".py", ".pyc")], ids=["source", "source and bytecode"])
def test_finders_of_archives(
    project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch, suffixes: tuple[str, ...]
) -> None:
    monkeypatch.syspath_prepend(make_archive(project, *suffixes))
    hook_over("zipped")
    assert is_rewritten("zipped")
    assert inspect.getsource(sys.modules["zipped"].square) == SQUARE


def test_finders_of_namespace_packages(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("one", "two"):
        project.write(f"{part}/spread/{part}.py", SQUARE)
        monkeypatch.syspath_prepend(str(project.folder / part))
    hook_over("spread")
    assert is_rewritten("spread.one") and is_rewritten("spread.two")
    assert len(list(importlib.import_module("spread").__path__)) == 2


def test_finders_of_pytest_keep_working(project: Project, hook_over: Install) -> None:
    project.write("asserting.py", "def check(x):\n    assert x * 2 == 5\n")
    pytest.register_assert_rewrite("asserting")
    with pytest.warns(RewriteWarning, match="AssertionRewritingHook makes its code itself"):
        hook = hook_over("asserting")
        module = importlib.import_module("asserting")
    with pytest.raises(AssertionError, match=r"assert \(2 \* 2\) == 5"):
        module.check(2)
    assert [report.nodes for report in hook.report()] == [None]


class OwnWayLoader(importlib.machinery.SourceFileLoader):
    """A loader that executes in its own way, as those of other instrumenting hooks do."""

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["instrumented"] = True
        super().exec_module(module)


class InstrumentingFinder:
    """Another hook: it takes the module over from the finders behind it."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        behind = sys.meta_path[sys.meta_path.index(self) + 1 :]  # type: ignore[arg-type]
        found = (finder.find_spec(name, path, target) for finder in behind)
        spec = next((spec for spec in found if spec is not None), None)
        if name == "both_hooks" and spec is not None and spec.origin is not None:
            spec.loader = OwnWayLoader(name, spec.origin)
        return spec


@pytest.mark.parametrize("ours_first", [True, False])
def test_other_hooks_keep_working(
    project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch, ours_first: bool
) -> None:
    project.write("both_hooks.py", SQUARE)
    monkeypatch.setattr(sys, "meta_path", [InstrumentingFinder(), *sys.meta_path])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RewriteWarning)
        hook_over("both_hooks")
        if not ours_first:
            sys.meta_path.insert(0, sys.meta_path.pop(1))
        module = importlib.import_module("both_hooks")
    assert module.instrumented
    assert module.square(3) == 9


if importlib.util.find_spec("typeguard"):

    def test_typeguard_keeps_working(project: Project) -> None:
        project.write("guarded.py", "def square(x: float) -> float:\n    return x * x\n")
        done = project.python(
            "-W", "ignore", "-c",
            "import typeguard, minitorch\n"
            "with typeguard.install_import_hook(['guarded']), minitorch.install_import_hook(['guarded']):\n"
            "    import guarded\n"
            "print(guarded.square(3.0))\n"
            "guarded.square('text')\n",
            fails=True,
        )  # fmt: skip
        assert done.stdout == "9.0\n"
        assert "TypeCheckError" in done.stderr


# -- what it overrides -------------------------------------------------------------------------------------------------


def test_get_code_alone_is_overridden(project: Project, hook_over: Install) -> None:
    project.write("taken_over.py", SQUARE)
    hook_over("taken_over")
    loader = importlib.import_module("taken_over").__loader__
    plain = importlib.machinery.SourceFileLoader
    assert isinstance(loader, plain)
    of_loaders = {name for name in dir(plain) if not name.startswith("__")}
    assert {name for name in of_loaders if getattr(type(loader), name) != getattr(plain, name)} == {"get_code"}
    assert vars(loader).keys() - {"hooks"} == vars(plain("taken_over", "x")).keys()


def test_nothing_global_is_patched(project: Project, hook_over: Install) -> None:
    watched: list[Any] = [
        builtins, importlib, importlib.machinery, importlib.util, importlib.machinery.SourceFileLoader,
        importlib.machinery.PathFinder, linecache, sys.path_hooks,
    ]  # fmt: skip
    before = [list(item) if isinstance(item, list) else dict(vars(item)) for item in watched]
    project.write("outer_hooked.py", "import inner_plain\n" + SQUARE)
    project.write("inner_plain.py", SQUARE)
    hook_over("outer_hooked")
    assert is_rewritten("outer_hooked") and not is_rewritten("inner_plain")
    assert [list(item) if isinstance(item, list) else dict(vars(item)) for item in watched] == before
