"""What the import hook promises of modules that are imported already or have no source, and what it reports."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import py_compile
import sys
import warnings
from typing import Any

import pytest
from bare_transformer import Listener, make_dispatcher, up
from hooked_project import SQUARE, Install, Project, is_rewritten, make_archive

import transformer.loader
from transformer import Dispatcher, Hook, RewriteError, RewriteWarning, install
from transformer.linking import is_linked

# -- modules that were imported before ---------------------------------------------------------------------------------


def test_imported_before_is_an_error(project: Project, dispatcher: Dispatcher) -> None:
    project.write("early/__init__.py", SQUARE)
    project.write("early/sub.py", SQUARE)
    importlib.import_module("early.sub")
    before = list(sys.meta_path)
    with pytest.raises(RewriteError, match=r"imported before the hook.*: early, early\.sub; .*or pass reload=True"):
        install(["early"], dispatcher)
    assert sys.meta_path == before
    assert not is_rewritten("early")


IMPORTED_BY_INSTALLING = """
import sys
import minitorch
before = set(sys.modules)
minitorch.install_import_hook(["colorsys"])
print(sorted(set(sys.modules) - before))
"""


def test_installing_a_hook_imports_nothing_that_it_might_cover(project: Project) -> None:
    """Python 3.15 imports parts of its library when they are used first: `glob`, say, which may be covered."""
    project.write("use.py", IMPORTED_BY_INSTALLING)
    assert project.python("use.py").stdout == "[]\n"


def test_imported_before_is_converted_in_place(project: Project, hook_over: Install) -> None:
    project.write("early_class.py", SQUARE + "class C:\n    def twice(self, x):\n        return x * 2\n")
    module = importlib.import_module("early_class")
    square, kind = module.square, module.C
    hook = hook_over("early_class", reload=True)
    assert module.square is square and module.C is kind
    assert is_linked(square.__code__) and is_linked(kind.twice.__code__)
    assert [report.reason for report in hook.report()] == [None]


def test_imported_before_warns_under_another_hook(project: Project, hook_over: Install) -> None:
    project.write("early_too.py", SQUARE)
    importlib.import_module("early_too")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RewriteWarning)
        hook_over("another_program")
    with pytest.warns(RewriteWarning, match=r"imported before the hook, so not rewritten: early_too;"):
        hook_over("early_too")


# -- no source, no success ---------------------------------------------------------------------------------------------


def test_no_source_only_bytecode(project: Project, hook_over: Install) -> None:
    source = project.write("bytecode.py", SQUARE)
    py_compile.compile(str(source), cfile=str(source) + "c", doraise=True)
    source.unlink()
    hook = hook_over("bytecode")
    with pytest.warns(RewriteWarning, match="bytecode loads untouched: only its bytecode is there") as caught:
        module = importlib.import_module("bytecode")
    assert module.square(3) == 9 and not is_linked(module.square.__code__)
    assert [(report.name, report.nodes) for report in hook.report()] == [("bytecode", None)]
    assert "importlib" in caught[0].filename or caught[0].filename == __file__


def test_no_source_in_an_archive(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(make_archive(project, ".pyc"))
    hook_over("zipped")
    with pytest.warns(RewriteWarning, match="zipped loads untouched: only its bytecode is there"):
        assert not is_rewritten("zipped")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("compiled_code", "it is an extension module, without Python source"),
        ("_thread", r"it is built into Python \(BuiltinImporter\)"),
        ("__hello__", r"it is built into Python \(FrozenImporter\)"),
    ],
    ids=["extension", "builtin", "frozen"],
)
def test_no_source_for(project: Project, dispatcher: Dispatcher, name: str, reason: str) -> None:
    project.write(f"compiled_code{importlib.machinery.EXTENSION_SUFFIXES[0]}", "")
    hook = Hook((name,), dispatcher)
    sys.meta_path.insert(0, hook)
    try:
        with pytest.warns(RewriteWarning, match=f"{name} loads untouched: {reason}"):
            spec = hook.find_spec(name)
    finally:
        hook.uninstall()
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not hook]
    assert spec is not None and spec.loader is not None
    assert "transformer" not in str(spec.loader)


def test_syntax_errors_are_python_s_own(project: Project, hook_over: Install) -> None:
    path = project.write("broken.py", "x = 1\ndef f(:\n")
    with pytest.raises(SyntaxError) as plain:
        importlib.import_module("broken")
    hook_over("broken")
    with pytest.raises(SyntaxError) as hooked:
        importlib.import_module("broken")
    assert (hooked.value.msg, hooked.value.lineno, hooked.value.filename) == (plain.value.msg, 2, str(path))


def test_what_cant_be_rewritten_loads_untouched(
    project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.write("too_deep.py", SQUARE)

    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise SyntaxError("too deep", (str(path), 2, 1, "return x * x"))

    monkeypatch.setattr(transformer.loader, "rewrite", fail)
    hook = hook_over("too_deep")
    with pytest.warns(RewriteWarning, match=r"too_deep loads untouched: .*too deep \(too_deep\.py, line 2\)"):
        assert not is_rewritten("too_deep")
    assert sys.modules["too_deep"].square(3) == 9
    [report] = hook.report()
    assert (report.nodes, report.origin) == (None, str(path))


# -- report, uninstall, nesting ----------------------------------------------------------------------------------------


def test_report_counts_the_nodes(project: Project, hook_over: Install) -> None:
    project.write("counted/__init__.py", "")
    path = project.write("counted/a.py", "def f(x):\n    return x * x + 1\n")
    hook = hook_over("counted")
    importlib.import_module("counted.a")
    reports = {report.name: report for report in hook.report()}
    assert (reports["counted"].nodes, reports["counted.a"].nodes) == (0, 2)
    assert (reports["counted.a"].origin, reports["counted.a"].reason) == (str(path), None)


def test_uninstalling_twice_does_no_harm(project: Project, dispatcher: Dispatcher) -> None:
    project.write("after.py", SQUARE)
    before = list(sys.meta_path)
    hook = install(["os_like_name_of_nobody", "after"], dispatcher, inherited=True)
    hook.uninstall()
    hook.uninstall()
    with hook:
        pass
    assert sys.meta_path == before
    assert not is_rewritten("after")


def test_two_hooks_rewrite_a_module_once(project: Project) -> None:
    inner, outer = Listener(), Listener()
    project.write("twice_covered.py", SQUARE)
    first, second = make_dispatcher(inner), make_dispatcher(outer)
    with install(["twice_covered"], first) as one, install(["twice_covered"], second) as two:
        module = importlib.import_module("twice_covered")
    assert [report.nodes for report in one.report()] == [report.nodes for report in two.report()] == [1]
    with up(first.targets.switch), up(second.targets.switch):
        assert module.square(3) == 9
    assert (inner.heard, outer.heard) == (["Mul(3, 3)"], [])


def test_hooks_nest(project: Project, dispatcher: Dispatcher) -> None:
    for name in ("nest_a", "nest_b", "nest_c", "nest_d"):
        project.write(f"{name}.py", SQUARE)
    with install(["nest_a", "nest_c", "nest_d"], dispatcher) as outer:
        with install(["nest_b"], dispatcher) as inner:
            assert is_rewritten("nest_a") and is_rewritten("nest_b")
            outer.uninstall()
            assert not is_rewritten("nest_c")
        assert inner not in sys.meta_path
        assert not is_rewritten("nest_d")
