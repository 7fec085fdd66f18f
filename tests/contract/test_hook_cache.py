"""The hook's bytecode cache: files of its own, never stale, never in the way of Python's."""

from __future__ import annotations

import importlib
import importlib.util
import os
import py_compile
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bare_transformer import make_dispatcher
from hooked_project import SQUARE, Install, Project, is_rewritten, without_bytecode_settings
from paths import ROOT

import transformer.loader
from transformer import Hook, cache, install


@pytest.fixture(autouse=True)
def writing_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode is written, whatever the environment says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def cached_files(project: Project) -> dict[str, bytes]:
    """The files in the project's `__pycache__`."""
    folder = project.folder / "__pycache__"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def import_again(project: Project, name: str) -> Any:
    """Import a module anew."""
    project.forget()
    return importlib.import_module(name)


def plain_file(project: Project, name: str) -> Path:
    """Where Python keeps the plain bytecode of a module."""
    return Path(importlib.util.cache_from_source(str(project.folder / f"{name}.py")))


@pytest.fixture
def no_rewriting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function, after whose call nothing can be rewritten any more: code must come from the cache."""

    def forbid() -> None:
        def refuse(*_arguments: Any, **_options: Any) -> Any:
            raise AssertionError("rewritten again")

        monkeypatch.setattr(transformer.loader, "rewrite", refuse)

    return forbid


def test_rewritten_code_has_a_file_of_its_own(project: Project, hook_over: Install, no_rewriting: Any) -> None:
    project.write("kept.py", SQUARE)
    hook_over("kept")
    assert is_rewritten("kept")
    [name] = cached_files(project)
    assert name.startswith(f"kept.{sys.implementation.cache_tag}.") and name.endswith(".pyc")
    assert name != plain_file(project, "kept").name
    no_rewriting()
    assert import_again(project, "kept").square(3) == 9
    assert is_rewritten("kept")


def test_the_count_of_nodes_is_kept(project: Project, hook_over: Install, no_rewriting: Any) -> None:
    project.write("recounted.py", SQUARE)
    first = hook_over("recounted")
    importlib.import_module("recounted")
    first.uninstall()
    no_rewriting()
    second = hook_over("recounted", reload=True)
    import_again(project, "recounted")
    assert [report.nodes for report in second.report()] == [report.nodes for report in first.report()] == [1]


def test_an_edited_source_is_rewritten_again(project: Project, hook_over: Install) -> None:
    path = project.write("edited.py", SQUARE)
    hook_over("edited")
    assert importlib.import_module("edited").square(3) == 9
    project.write("edited.py", SQUARE.replace("x * x", "x * x * x"))
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert import_again(project, "edited").square(3) == 27
    project.write("edited.py", SQUARE.replace("x * x", "x + x * 2"))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert import_again(project, "edited").square(3) == 9


def test_other_tables_have_other_files(project: Project) -> None:
    project.write("tables.py", SQUARE)
    for targets in ({}, {"in_place": {}}, {"always_traced": frozenset({"units"})}):
        project.forget()
        with install(["tables"], make_dispatcher(**targets)):
            assert is_rewritten("tables")
    assert len(cached_files(project)) == 3


def test_another_transformer_has_other_files(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("transformer")
    for path in Path(cache.__file__).parent.glob("*.py"):
        shutil.copy(path, folder)
    digests = [cache.rewriter_digest()]
    monkeypatch.setattr(cache, "__file__", str(folder / "cache.py"))
    digests.append(cache.rewriter_digest.__wrapped__())
    with (folder / "expressions.py").open("a") as file:
        file.write("#")
    digests.append(cache.rewriter_digest.__wrapped__())
    assert digests[0] == digests[1] != digests[2]
    project.write("updated.py", SQUARE)
    for digest in digests:
        monkeypatch.setattr(cache, "rewriter_digest", lambda digest=digest: digest)
        project.forget()
        with install(["updated"], make_dispatcher()):
            assert is_rewritten("updated")
    assert len(cached_files(project)) == 2


@pytest.mark.parametrize("damage", [b"", b"rubbish", None], ids=["empty", "rubbish", "cut short"])
def test_a_damaged_file_is_made_again(
    project: Project, hook_over: Install, no_rewriting: Any, damage: bytes | None
) -> None:
    project.write("damaged.py", SQUARE)
    hook_over("damaged")
    importlib.import_module("damaged")
    [(name, whole)] = cached_files(project).items()
    (project.folder / "__pycache__" / name).write_bytes(whole[:-9] if damage is None else damage)
    assert import_again(project, "damaged").square(3) == 9
    assert is_rewritten("damaged")
    assert cached_files(project).keys() == {name}
    no_rewriting()
    assert import_again(project, "damaged").square(3) == 9


def test_another_kind_of_bytecode_under_its_name_is_not_run(project: Project, hook_over: Install) -> None:
    path = project.write("foreign.py", SQUARE)
    hook_over("foreign")
    importlib.import_module("foreign")
    [name] = cached_files(project)
    py_compile.compile(str(path), cfile=str(project.folder / "__pycache__" / name))
    import_again(project, "foreign")
    assert is_rewritten("foreign")


def test_the_plain_file_is_neither_read_nor_touched(project: Project, hook_over: Install) -> None:
    path = project.write("both.py", SQUARE.replace("x * x", "'abc'"))
    py_compile.compile(str(path))
    stats = path.stat()
    path.write_text(SQUARE.replace("x * x", "x + 9"))
    os.utime(path, ns=(stats.st_atime_ns, stats.st_mtime_ns))
    plain = plain_file(project, "both")
    before, stamp = plain.read_bytes(), plain.stat().st_mtime_ns
    hook = hook_over("both")
    assert importlib.import_module("both").square(1) == 10
    assert (plain.read_bytes(), plain.stat().st_mtime_ns) == (before, stamp)
    hook.uninstall()
    assert import_again(project, "both").square(1) == "abc"


def test_plain_imports_know_nothing_of_it(project: Project, hook_over: Install) -> None:
    project.write("outer.py", f"import inner\n{SQUARE}")
    project.write("inner.py", SQUARE)
    hook = hook_over("outer")
    importlib.import_module("outer")
    assert not is_rewritten("inner")
    hook.uninstall()
    import_again(project, "outer")
    assert not is_rewritten("outer")
    hook_over("inner", reload=True)
    import_again(project, "inner")
    assert is_rewritten("inner")


def test_files_appear_in_one_step(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("atomic.py", SQUARE)
    hook_over("atomic")
    seen: list[list[str]] = []
    replace = os.replace

    def watched(source: Any, target: Any) -> None:
        seen.append(sorted(cached_files(project)))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    importlib.import_module("atomic")
    [[temporary]] = seen
    assert not temporary.endswith(".pyc")
    assert len(cached_files(project)) == 1


@pytest.mark.parametrize("step", ["makedirs", "open", "replace"])
def test_a_place_that_cant_be_written_is_fine(
    project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise PermissionError("read-only")

    project.write("unwritable.py", SQUARE)
    hook_over("unwritable")
    with monkeypatch.context() as patched:
        patched.setattr(os, step, refuse)
        assert is_rewritten("unwritable")
    assert cached_files(project) == {}


def test_a_file_in_the_folder_s_place_is_fine(project: Project, hook_over: Install) -> None:
    project.write("blocked.py", SQUARE)
    (project.folder / "__pycache__").write_text("not a folder")
    hook_over("blocked")
    assert is_rewritten("blocked")


def test_option_b_writes_nothing(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    project.write("unwritten.py", SQUARE)
    hook_over("unwritten")
    assert is_rewritten("unwritten")
    assert cached_files(project) == {}


def test_the_prefix_for_bytecode_is_honoured(
    project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    prefix = tmp_path_factory.mktemp("bytecode")
    monkeypatch.setattr(sys, "pycache_prefix", str(prefix))
    project.write("prefixed.py", SQUARE)
    hook_over("prefixed")
    assert is_rewritten("prefixed")
    assert cached_files(project) == {}
    assert len(list(prefix.rglob("prefixed.*.pyc"))) == 1


def test_optimised_code_has_files_of_its_own(project: Project) -> None:
    project.write("asserts.py", "def f(x):\n    assert x * 0\n    return x * 2\n")
    program = (
        "import minitorch\n"
        "with minitorch.install_import_hook(['asserts']):\n    import asserts\n"
        "try:\n    print(asserts.f(1))\nexcept AssertionError:\n    print('asserted')\n"
    )
    outputs = [project.python(*option, "-c", program).stdout for option in ([], ["-O"], [], ["-O"])]
    assert outputs == ["asserted\n", "2\n", "asserted\n", "2\n"]
    assert len([name for name in cached_files(project) if name.startswith("asserts.")]) == 2


def test_processes_that_write_at_once(project: Project) -> None:
    names = [f"crowd{i}" for i in range(20)]
    for name in names:
        project.write(f"{name}.py", SQUARE * 20)
    program = (
        f"import minitorch, importlib\nnames = {names}\n"
        "with minitorch.install_import_hook(names) as hook:\n"
        "    assert all(importlib.import_module(name).square(3) == 9 for name in names)\n"
        "assert all(report.nodes == 20 for report in hook.report())\n"
    )
    variables = without_bytecode_settings() | {"PYTHONPATH": str(ROOT)}
    running = [subprocess.Popen([sys.executable, "-c", program], cwd=project.folder, env=variables) for _ in range(3)]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    assert len(cached_files(project)) == len(names)


def test_archives_have_no_cache(project: Project, hook_over: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(project.folder / "archive.zip", "w") as file:
        file.writestr("archived.py", SQUARE)
    monkeypatch.syspath_prepend(str(project.folder / "archive.zip"))
    hook: Hook = hook_over("archived")
    assert is_rewritten("archived")
    assert [report.nodes for report in hook.report()] == [1]
    assert cached_files(project) == {}


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
def test_who_may_not_read_the_source_may_not_read_the_cache(project: Project, hook_over: Install, mode: int) -> None:
    """As Python does with its own bytecode, which stands beside it here."""
    project.write("secret.py", SQUARE)
    (project.folder / "secret.py").chmod(mode)
    before = os.umask(0o022)
    try:
        py_compile.compile(str(project.folder / "secret.py"))
        hook_over("secret")
        importlib.import_module("secret")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (project.folder / "__pycache__").iterdir()}
    assert len(modes) == 2
    assert set(modes.values()) == {mode | 0o200}
