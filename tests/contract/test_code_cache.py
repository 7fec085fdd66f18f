"""The cache of machine code on disk: the same digits in the next process, and nothing read that others could write."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hooked_project import Project
from paths import ROOT

from minitorch.machine_code.llvm import disk_cache, engine
from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.library import Library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is kept")

ANSWER = "define i64 @answer() { ret i64 42 }\n"

PROGRAM = """
RATES = [0.5, 0.25, 0.125]
LIMIT = 2.0


def damped(x, rate):
    return x * rate / (1.0 + x * x)


def f(x, n):
    total = 0.0
    for i in range(n):
        for rate in RATES:
            total += damped(x + i, rate)
            if total > LIMIT:
                total = total - 1.0
    return total
"""

CALL = """
import sys
from minitorch.compiler.structural import compile_structurally
from minitorch.machine_code.llvm import engine
made = []
plain = engine.object_code
engine.object_code = lambda *arguments: made.append(arguments) or plain(*arguments)
import subject
f = compile_structurally(subject.f)
print(f.value_and_grad(1.25, 7), f(0.5, 3))
print(len(made), "compiled")
"""


@pytest.fixture(autouse=True)
def writing_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytecode is written, whatever the environment says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source file, in a folder that is its user's alone."""
    path = tmp_path / "module.py"
    path.write_text("")
    return path


def folder_of(source: Path) -> Path:
    """Return the folder where machine code for a source file is kept."""
    return source.parent / "__pycache__" / "minitorch"


def only_file(source: Path) -> Path:
    """Return the one file that is kept."""
    [path] = folder_of(source).iterdir()
    return path


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that LLVM has compiled so far in this test."""
    texts: list[str] = []
    plain = engine.object_code

    def counted(text: str, level: int, verified: bool) -> bytes:
        texts.append(text)
        return plain(text, level, verified)

    monkeypatch.setattr(engine, "object_code", counted)
    return texts


def test_the_second_process_gives_the_same_digits_and_compiles_nothing(project: Project, tmp_path: Path) -> None:
    project.write("subject.py", PROGRAM)
    prefix = str(tmp_path / "bytecode")
    outputs = [project.python("-c", CALL, PYTHONPYCACHEPREFIX=prefix).stdout.splitlines() for _ in range(2)]
    assert outputs[0][0] == outputs[1][0] == project.python("-B", "-c", CALL).stdout.splitlines()[0]
    assert outputs[0][1] != "0 compiled" and outputs[1][1] == "0 compiled"


@pytest.mark.parametrize(
    ("option", "environment"), [(["-B"], {}), ([], {"PYTHONDONTWRITEBYTECODE": "1"})], ids=["-B", "variable"]
)
def test_nothing_is_written_when_opted_out(
    project: Project, tmp_path: Path, option: list[str], environment: dict[str, str]
) -> None:
    project.write("subject.py", PROGRAM)
    prefix = tmp_path / "bytecode"
    for _ in range(2):
        done = project.python(*option, "-c", CALL, PYTHONPYCACHEPREFIX=str(prefix), **environment)
        assert done.stdout.splitlines()[1] != "0 compiled"
    assert not prefix.exists() and not (project.folder / "__pycache__").exists()


def test_texts_name_no_addresses() -> None:
    naming = [path for path in (ROOT / "minitorch").rglob("*.py") if "inttoptr" in path.read_text(encoding="utf-8")]
    assert not naming, "an address stands in a slot (see minitorch.machine_code.llvm.symbols.slot)"


def test_an_engine_is_served_from_disk(source: Path, compilations: list[str]) -> None:
    for _ in range(2):
        made = Engine(ANSWER, cache=DiskCache(str(source)))
        assert made.address("answer") > 0
        made.close()
    assert compilations == [ANSWER]
    assert folder_of(source).stat().st_mode & 0o777 == 0o700
    assert only_file(source).stat().st_mode & 0o777 == 0o600


def test_other_processors_and_versions_have_code_of_their_own(
    source: Path, compilations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Engine(ANSWER, cache=DiskCache(str(source))).close()
    digest = engine.machine_digest()
    known: dict[str, Any] = {"processor": lambda: ("generic", {}), "sys": type("sys", (), {"version": "3.99"})}
    for name, other in known.items():
        with monkeypatch.context() as patched:
            patched.setattr(engine, name, other)
            assert engine.machine_digest.__wrapped__() != digest
    monkeypatch.setattr(engine, "machine_digest", lambda: "another")
    Engine(ANSWER, cache=DiskCache(str(source))).close()
    assert len(compilations) == 2 == len(list(folder_of(source).iterdir()))


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut short": lambda data: data[:-1],
    "garbage": lambda data: b"\0" * len(data),
    "one bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "another format": lambda data: data.replace(b"code 1", b"code 0", 1),
    "longer": lambda data: data + b"\0",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_replaced(source: Path, compilations: list[str], damage: Callable[[bytes], bytes]) -> None:
    cache = DiskCache(str(source))
    Engine(ANSWER, cache=cache).close()
    path = only_file(source)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    Engine(ANSWER, cache=cache).close()
    assert len(compilations) == 2
    assert only_file(source).read_bytes() == whole
    Engine(ANSWER, cache=cache).close()
    assert len(compilations) == 2


def test_a_file_under_the_name_of_another_is_not_read(source: Path) -> None:
    cache = DiskCache(str(source))
    cache.store("one", b"1")
    cache.store("two", b"2")
    shutil.copy(folder_of(source) / disk_cache.file_name("one"), folder_of(source) / disk_cache.file_name("two"))
    assert (cache.load("one"), cache.load("two")) == (b"1", None)


def writable_for_the_group(source: Path) -> None:
    only_file(source).chmod(0o620)


def writable_for_all(source: Path) -> None:
    only_file(source).chmod(0o602)


def folder_writable_for_the_group(source: Path) -> None:
    folder_of(source).chmod(0o770)


def folder_writable_for_all(source: Path) -> None:
    folder_of(source).chmod(0o707)


def symbolic_link(source: Path) -> None:
    path = only_file(source)
    path.rename(source.parent / "elsewhere")
    path.symlink_to(source.parent / "elsewhere")


def folder_is_a_symbolic_link(source: Path) -> None:
    folder_of(source).rename(source.parent / "elsewhere")
    folder_of(source).symlink_to(source.parent / "elsewhere")


def fifo(source: Path) -> None:
    path = only_file(source)
    path.unlink()
    os.mkfifo(path, 0o600)


def folder_in_the_place_of_the_file(source: Path) -> None:
    path = only_file(source)
    path.unlink()
    path.mkdir(0o700)


UNTRUSTED = [
    writable_for_the_group, writable_for_all, folder_writable_for_the_group, folder_writable_for_all, symbolic_link,
    folder_is_a_symbolic_link, fifo, folder_in_the_place_of_the_file,
]  # fmt: skip


@pytest.mark.parametrize("attack", UNTRUSTED)
def test_what_others_could_have_written_is_not_read(source: Path, attack: Callable[[Path], None]) -> None:
    cache = DiskCache(str(source))
    cache.store("key", b"code")
    assert cache.load("key") == b"code"
    attack(source)
    assert cache.load("key") is None


@pytest.mark.parametrize("attack", [folder_writable_for_the_group, folder_is_a_symbolic_link])
def test_nothing_is_written_where_others_could_write(source: Path, attack: Callable[[Path], None]) -> None:
    cache = DiskCache(str(source))
    cache.store("key", b"code")
    attack(source)
    before = sorted(path.name for path in folder_of(source).iterdir())
    cache.store("other", b"code")
    assert sorted(path.name for path in folder_of(source).iterdir()) == before


@pytest.mark.parametrize("user", [1, 1_000_000])
def test_what_another_user_owns_is_not_read(source: Path, monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    cache = DiskCache(str(source))
    cache.store("key", b"code")
    plain = os.fstat

    def foreign(handle: int) -> os.stat_result:
        values = list(plain(handle))
        values[4] = user
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", foreign)
    assert cache.load("key") is None


def test_what_root_owns_is_read(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = DiskCache(str(source))
    cache.store("key", b"code")
    owner = only_file(source).stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert cache.load("key") == (b"code" if owner == 0 else None)


@pytest.mark.parametrize("step", ["makedirs", "open", "replace", "listdir", "unlink"])
def test_a_place_that_fails_is_fine(source: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, refuse)
        made = Engine(ANSWER, cache=DiskCache(str(source)))
        assert made.address("answer") > 0
        made.close()
    kept = [path for path in source.parent.rglob("*") if path.is_file() and path != source]
    assert len(kept) == (step in ("listdir", "unlink"))


def test_a_folder_holds_no_more_than_it_may(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_cache, "CHECKED_EVERY", 1)
    monkeypatch.setattr(disk_cache, "MAX_FILES", 5)
    cache = DiskCache(str(source))
    for index in range(9):
        cache.store(str(index), b"x" * 100)
        path = folder_of(source) / disk_cache.file_name(str(index))
        os.utime(path, (1_600_000_000 + index, 1_600_000_000 + index))
    assert [index for index in range(9) if cache.load(str(index))] == [4, 5, 6, 7, 8]
    monkeypatch.setattr(disk_cache, "MAX_BYTES", 500)
    cache.store("last", b"x" * 100)
    assert sum(path.stat().st_size for path in folder_of(source).iterdir()) <= 500
    assert cache.load("last") == b"x" * 100


def test_what_has_no_file_is_not_kept(tmp_path: Path) -> None:
    cache = DiskCache("<ipython-input-1>")
    cache.store("key", b"code")
    assert cache.folder is None and cache.load("key") is None


def test_processes_that_write_at_once(project: Project) -> None:
    source = project.write("subject.py", PROGRAM)
    program = (
        "import os, sys\n"
        "from minitorch.machine_code.llvm.disk_cache import DiskCache\n"
        f"cache = DiskCache({str(source)!r})\n"
        "child = os.fork()\n"
        "for turn in range(300):\n"
        "    key = str(turn % 3)\n"
        "    cache.store(key, key.encode() * 10_000)\n"
        "    assert cache.load(key) == key.encode() * 10_000\n"
        "if child:\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
    )
    project.python("-c", program)
    assert len(list(folder_of(source).iterdir())) == 3


def test_who_may_write(source: Path) -> None:
    """A folder that is yet to be made may be; what has no file has no place."""
    assert DiskCache(str(source)).is_writable
    assert not DiskCache("<stdin>").is_writable


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_package_that_is_somebody_elses(source: Path, monkeypatch: pytest.MonkeyPatch, is_writable: bool) -> None:
    """What all code calls is kept beside the user's module where it can't be beside minitorch's."""
    library = Library("answers", ANSWER.replace("{ ", "{\n  ").replace(" }", "\n}"), dict)
    monkeypatch.setattr(DiskCache, "is_writable", property(lambda self: is_writable))
    library.provide(["@answers.answer"], True, DiskCache(str(source)))
    kept = list(source.parent.rglob("*.bin"))
    assert len(kept) == (not is_writable)
