"""What is on disk is used only if nobody else can have written it, it is whole, and it pays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import minitorch
from minitorch.compiler.earnings import Earnings, Estimate
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.manifest import circumstances, manifest
from minitorch.rules.rule import RULES, Rule

pytest_plugins = ["manifest_subject"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is kept")


def damaged(content: bytes) -> bytes:
    """Change a byte in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGES: list[Callable[[bytes], bytes]] = [
    damaged,
    bytes.upper,
    lambda content: content[:-1],
    lambda content: content[:10],
    lambda content: b"",
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files(
    instance: Callable[[], ModuleType], walks: list[Any], tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """What is no longer what was written is made again."""
    answer = compile_structurally(instance().f).value_and_grad(1.25, 4)
    for path in tmp_path.rglob("*.bin"):
        path.write_bytes(damage(path.read_bytes()))
    assert compile_structurally(instance().f).value_and_grad(1.25, 4) == answer
    assert len(walks) == 2


@pytest.mark.parametrize("name", ["*.bin", "minitorch"])
def test_files_that_others_may_write(
    instance: Callable[[], ModuleType], walks: list[Any], tmp_path: Path, name: str
) -> None:
    """Nothing is read that another user could have written."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    for path in tmp_path.rglob(name):
        path.chmod(path.stat().st_mode | 0o020)
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    assert len(walks) == 2


def test_no_machine_code(instance: Callable[[], ModuleType], walks: list[Any], tmp_path: Path) -> None:
    """A manifest without the machine code that it tells of is of no use."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    for path in tmp_path.rglob("*.bin"):
        if b'"recipe"' not in path.read_bytes():
            path.unlink()
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    assert len(walks) == 2


def add_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a rule of the user's in the table."""
    monkeypatch.setitem(RULES, "Sin", Rule("Sin", abs, (lambda x, y: 1.0,)))


CIRCUMSTANCES: list[Callable[[pytest.MonkeyPatch], Any]] = [
    add_rule,
    lambda patch: patch.setattr(manifest, "machine_and_library", lambda: "another processor"),
    lambda patch: patch.setattr(circumstances, "stamps_of_sources", lambda: (1, "another version")),
    lambda patch: patch.setattr(circumstances, "LOADED_NANOSECONDS", 0),
    lambda patch: patch.setattr(sys, "version", "another Python"),
]


@pytest.mark.parametrize("change", CIRCUMSTANCES)
def test_other_circumstances(
    instance: Callable[[], ModuleType],
    walks: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[pytest.MonkeyPatch], Any],
) -> None:
    """Machine code of other rules, processors, versions or sources is not used."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    change(monkeypatch)
    function = compile_structurally(instance().f)
    key = function.key((1.25, 4), True, {})
    assert key is not None
    assert function.found(key) is None


def test_edited_after_conversion(
    instance: Callable[[], ModuleType], walks: list[Any], tmp_path: Path, program: str
) -> None:
    """Code that was converted before its file was edited is not kept: the new text is not what it was made from."""
    module = instance()
    minitorch.value_and_grad(module.f)(1.25, 4)
    path = tmp_path / "subject.py"
    path.write_text(program.replace("1.0 + x * x", "9.0 + x * x"))
    os.utime(path, (1.0, 1.0))
    compile_structurally(module.f).value_and_grad(1.25, 4)
    assert not list(tmp_path.rglob("minitorch/*")) or b'"recipe"' not in b"".join(
        each.read_bytes() for each in tmp_path.rglob("*.bin")
    )


def test_unoptimised_code(
    instance: Callable[[], ModuleType], walks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is compiled where code of any kind is on disk; what eager took elsewhere tells when it is optimised."""
    monkeypatch.setattr(Earnings, "calls_to_optimise", lambda self, cost: 100)
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    monkeypatch.setattr(Earnings, "calls_to_optimise", lambda self, cost: 0)
    function = compile_structurally(instance().f)
    key = function.key((1.25, 4), True, {})
    assert key is not None
    program = function.found(key)
    assert program is not None
    assert not program.is_optimised
    function.value_and_grad(1.25, 4)
    assert program.is_optimised
    assert len(walks) == 1


def test_what_eager_took(instance: Callable[[], ModuleType], walks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process knows what calls take, and uses machine code at once where they are long enough."""
    compiled = minitorch.compile(instance().f)
    assert compiled.structural is not None
    key = compiled.structural.key((1.25, 4), True, {})
    assert key is not None
    known = compiled.structural.earnings[key]
    for _ in range(3):
        known.note_eager(1_000_000)
    known.first = 20_000_000
    compiled.precompile(1.25, 4)
    for cost, calls in ((100_000_000, 1), (1_000_000_000, 0)):
        monkeypatch.setattr(Estimate, "cost", lambda self, units, cost=cost: cost)
        function = minitorch.compile(instance().f)
        function.value_and_grad(1.25, 4)
        assert [view.calls for view in function.traces] == [1] * calls
    assert len(walks) == 1


def test_what_is_to_be_made_anyway(
    instance: Callable[[], ModuleType], walks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has decided to make machine code takes what is on disk, whatever that costs."""
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 1_000_000_000)
    for _ in range(2):
        compile_structurally(instance().f).value_and_grad(1.25, 4)
    assert len(walks) == 1


SCRIPT = """
import sys
import subject
import minitorch
from minitorch.compiler.structural import compilation

if sys.argv[1] == "again":
    compilation.settle = None
function = minitorch.compile(subject.f)
function.precompile(1.25, 4)
print(*function.value_and_grad(1.25, 4), len(function.traces))
"""


def test_another_process(tmp_path: Path, program: str) -> None:
    """All of it in two processes, of which the second has no walk to fall back on."""
    (tmp_path / "subject.py").write_text(program)
    (tmp_path / "script.py").write_text(SCRIPT)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = kept | {"PYTHONPATH": str(Path(minitorch.__file__).parents[1])}
    outputs = [
        subprocess.check_output([sys.executable, "script.py", which], cwd=tmp_path, env=environment, text=True)
        for which in ("first", "again")
    ]
    assert outputs[0] == outputs[1] != ""
    assert outputs[0].endswith(" 1\n")
