"""Long work shows that it goes on: on terminals, after a second, and never in what a program puts out."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from terminals import ROOT, Terminal, plain

from minitorch.cli import progress as module
from minitorch.cli.progress import ModuleProgress, progress, track

COUNTING = """
import sys, time
from minitorch.cli import progress as module
module.DELAY_SECONDS = {delay}
with module.progress("counting [red]", total=3) as begin:
    begin("one [bold]")
    begin("two [bold]")
    counter = getattr(begin, "__self__", None)
    while {delay} == 0 and counter is not None and counter.bar is None:
        time.sleep(0.001)
    begin("three [bold]")
    print("said in the middle", flush=True)
print("said at the end")
"""

PUMP = "def power(dp, flow):\n    return dp * flow\n"

COMMAND = """
import sys
from minitorch.cli import main, progress
progress.DELAY_SECONDS = 0.0
main(sys.argv[1:])
"""

RUN = ["-c", COMMAND, "run", "--hook", "pump", "program.py"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a package and a program that imports it."""
    (tmp_path / "pump").mkdir()
    (tmp_path / "pump" / "__init__.py").write_text("from pump import parts\nprint('the package itself')\n")
    (tmp_path / "pump" / "parts.py").write_text(PUMP)
    (tmp_path / "program.py").write_text("from pump.parts import power\nprint('the program', power(2.0, 3.0))\n")
    return tmp_path


def last_words(seen: str) -> str:
    """What is left on the terminal behind the last line that was taken away."""
    return plain(seen.rpartition("\x1b[2K")[2])


def test_a_bar_shows_the_steps_and_goes_away(tmp_path: Path) -> None:
    seen, _ = Terminal(["-c", COUNTING.format(delay=0)], tmp_path).finish()
    assert "counting [red]" in plain(seen)
    assert "2/3" in plain(seen)
    assert "three [bold]" in plain(seen)
    assert last_words(seen).strip() == "said at the end"


def test_standard_output_is_left_alone(tmp_path: Path) -> None:
    seen, piped = Terminal(["-c", COUNTING.format(delay=0)], tmp_path, piped=True).finish()
    assert "counting" in plain(seen)
    assert piped == "said in the middle\nsaid at the end\n"


@pytest.mark.parametrize(
    ("delay", "environment"),
    [(30, {}), (0, {"TERM": "dumb"})],
    ids=["quick work", "a terminal that can take nothing back"],
)
def test_nothing_is_shown(tmp_path: Path, delay: int, environment: dict[str, str]) -> None:
    seen, _ = Terminal(["-c", COUNTING.format(delay=delay)], tmp_path, environment).finish()
    assert seen == "said in the middle\r\nsaid at the end\r\n"


def test_pipes_are_silent(tmp_path: Path) -> None:
    """Also where a variable has programs colour what they pipe."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING.format(delay=0)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "TERM": "xterm"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("said in the middle\nsaid at the end\n", "")


def test_modules_are_shown_while_they_are_rewritten(folder: Path) -> None:
    caching = {"PYTHONDONTWRITEBYTECODE": ""}
    seen, piped = Terminal(RUN, folder, caching, piped=True).finish()
    assert "rewriting module 1 pump" in plain(seen)
    assert "rewriting module 2 pump.parts" in plain(seen)
    assert last_words(seen) == ""
    assert piped == "the package itself\nthe program 6.0\n"
    again, piped = Terminal(RUN, folder, caching, piped=True).finish()
    assert again == ""
    assert piped == "the package itself\nthe program 6.0\n"


def test_nothing_stands_on_the_terminal_while_a_package_runs(folder: Path) -> None:
    seen, _ = Terminal(RUN, folder).finish()
    for line in ("the package itself", "the program 6.0"):
        before = seen.partition(line)[0]
        assert plain(before.rpartition("\x1b[2K")[2]).strip() in ("", "the package itself")


def test_a_command_shows_its_differences(folder: Path) -> None:
    slow = PUMP.replace("    return", "    __import__('time').sleep(0.002)\n    return")
    (folder / "slow.py").write_text(slow)
    seen, piped = Terminal(["-c", COMMAND, "grad", "slow.py:power", "dp=2", "flow=3"], folder, piped=True).finish()
    assert "central differences" in plain(seen)
    assert last_words(seen) == ""
    assert piped.startswith("power = 6.0\n")


def test_an_error_takes_the_bar_away(tmp_path: Path) -> None:
    program = COUNTING.format(delay=0).replace('begin("three [bold]")', "1 / 0")
    seen, _ = Terminal(["-c", program], tmp_path).finish()
    assert last_words(seen).lstrip().startswith("Traceback")


class Bar:
    """Stands for a bar, and counts itself."""

    shown = 0
    most = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        Bar.shown += 1
        Bar.most = max(Bar.most, Bar.shown)

    def stop(self) -> None:
        Bar.shown -= 1


def test_threads_that_import_show_one_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELAY_SECONDS", 0.0)
    monkeypatch.setattr(module, "can_be_shown", lambda: True)
    monkeypatch.setattr(module, "make_bar", lambda *details, **options: (Bar(), None))
    rewriting = ModuleProgress()
    together = threading.Barrier(4)

    def load(name: str) -> None:
        with rewriting(name):
            together.wait()

    threads = [threading.Thread(target=load, args=(f"m{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Bar.shown, Bar.most, rewriting.modules) == (0, 1, 4)


@pytest.mark.parametrize("stream", [None, SimpleNamespace(isatty=lambda: False)])
def test_without_a_terminal_nothing_is_started(stream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    before = threading.active_count()
    with progress("counting") as begin:
        begin()
        assert threading.active_count() == before
    assert list(track([1, 2, 3], "counting")) == [1, 2, 3]
