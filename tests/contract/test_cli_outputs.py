"""Results are JSON where that is wanted, go where `-o` says, and what a run does besides is said before the next."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hooked_project import without_bytecode_settings
from paths import ROOT

from minitorch.cli import memory

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

PUMP = """
import math
import os
import socket
import subprocess
import sys

print("imported")


def head(flow, speed=2.0):
    lift = speed * speed - flow
    return math.sqrt(lift) if lift > 1.0 else lift


def loud(x):
    print("runs")
    return x * x


def warns(x):
    sys.stderr.write("careful")
    return x * x


def saves(x):
    with open("out.txt", "a") as file:
        file.write("run\\n")
    return x * x


def starts(x):
    subprocess.run([sys.executable, "-c", ""])
    return x * x


def removes(x):
    if os.path.exists("old.txt"):
        os.remove("old.txt")
    return x * x


def reads(x):
    import waves  # whose bytecode is written
    with open(__file__) as file:
        return x * len(file.readline() or "1")


def endless(x):
    while True:
        x = x * 1.01


def swallows(x):
    total = x
    try:
        while True:
            total = total + x
    except Exception:
        return 2.0 * x


def infinite(x):
    return x * float("inf")


def fails(x):
    raise ValueError("on purpose")
"""

SCRIPT = """
import minitorch

x = minitorch.Scalar(1.0)
while True:
    x = x * 1.01
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the command beside the file of functions."""
    (tmp_path / "pump.py").write_text(PUMP, encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        ours = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        environment = without_bytecode_settings() | ours | variables
        command = [sys.executable, "-m", "minitorch", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)

    return run


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def document(done: subprocess.CompletedProcess[bytes]) -> Any:
    return json.loads(done.stdout, parse_constant=refuse)


# ----- JSON -----


def test_each_command_has_json(run: Run, tmp_path: Path) -> None:
    words = ["pump.py:head", "flow=0.5", "speed=3.0", "--json"]
    value, by_flow, by_speed = math.sqrt(8.5), -0.5 / math.sqrt(8.5), 3.0 / math.sqrt(8.5)
    derivatives = pytest.approx({"flow": by_flow, "speed": by_speed})

    grad = document(run("grad", *words))
    assert list(grad) == ["function", "value", "partials", "kept"] and grad["value"] == value
    assert {name: row["derivative"] for name, row in grad["partials"].items()} == derivatives
    assert [list(row) for row in grad["partials"].values()] == [["value", "derivative", "difference", "agrees"]] * 2

    compiled = document(run("compile", *words))
    assert (
        list(compiled) == ["function", "value", "partials", "kept", "traces", "seconds"] and compiled["value"] == value
    )
    assert {name: row["derivative"] for name, row in compiled["partials"].items()} == derivatives

    program = document(run("compile", *words, "--emit", "c", "--value"))
    assert program["language"] == "c" and "#include <math.h>" in program["program"] and program["value"] == value

    report = document(run("report", *words))
    assert report["value"] == value and report["operations"] == 4 and not list(tmp_path.glob("*.html"))
    assert {name: row["derivative"] for name, row in report["inputs"].items()} == derivatives
    assert report["branches"][0]["question"] and report["branches"][0]["line"] == 13

    graph = document(run("graph", *words, "-o", "head.dot"))
    assert graph == {"function": "head", "value": value, "format": "dot", "file": "head.dot"}
    assert (tmp_path / "head.dot").read_text(encoding="utf-8").startswith("digraph")

    source = document(run("source", "pump.py:loud", "--json"))
    assert source["target"] == "pump.py:loud" and source["source"].startswith("def loud(x):")


@pytest.mark.parametrize("words", [["report", "-o", "head.html"], ["compile", "-o", "head.c"]])
def test_files_are_written_beside_json(run: Run, tmp_path: Path, words: list[str]) -> None:
    done = run(words[0], "pump.py:head", "flow=0.5", "--json", *words[1:])
    assert document(done)["file"] == words[-1] and (tmp_path / words[-1]).stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("grad pump.py:fails x=1.0", "pump.py:68 (in fails): ValueError: on purpose"),
        ("grad pump.py:head", "head is missing an argument: flow=…; it is head(flow, speed=2.0)"),
        ("grad pump.py:head flow=1,5", "a comma makes a tuple"),
        ("grad --nonsense", "No such option '--nonsense'"),
        ("report pump.py:fails x=1.0", "ValueError: on purpose"),
        ("compile pump.py:fails x=1.0", "ValueError: on purpose"),
        ("compile pump.py:fails x=1.0 -o x.rs", "unknown suffix '.rs', use one of .py, .c, .ll, .s"),
        ("graph pump.py:fails x=1.0", "ValueError: on purpose"),
        ("graph pump.py:head flow=1.0 -o -", "-o - and --json both want standard output"),
        ("report pump.py:head flow=1.0 --text", "--text and --json both want standard output"),
        ("source pump.py:nothing", "pump.py has no 'nothing'"),
        ("grad pump.py:endless x=1.0 --max-operations 100", "more than 100 operations were recorded"),
    ],
)
def test_errors_are_json_too(run: Run, words: str, message: str) -> None:
    done = run(*words.split(), "--json")
    error = document(done)["error"]
    assert done.returncode == 2 and message in error
    assert error in done.stderr.decode().splitlines()


def test_numbers_that_json_has_not_are_text(run: Run) -> None:
    done = run("grad", "pump.py:infinite", "x=2.0", "--json", "--no-check")
    assert document(done)["partials"]["x"] == {"value": 2.0, "derivative": "Infinity"}
    assert b"first not finite at" in done.stderr
    found = document(run("grad", "--expr", "x * a - y", "x=0.0", "a=-inf", "y=1.0", "--json", "--no-check"))
    assert (found["value"], found["partials"]["x"]["derivative"]) == ("NaN", "-Infinity")


def test_a_derivative_that_differs_is_said_in_json_and_by_the_exit_code(run: Run, tmp_path: Path) -> None:
    text = "import minitorch\n\n@minitorch.custom_vjp\ndef f(x):\n    return 2.0 * x\n\n"
    text += "f.defvjp(lambda x: (2.0 * x, None), lambda kept, d: (3.0 * d,))\n"
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    done = run("grad", "wrong.py:f", "x=1.0", "--json")
    assert done.returncode == 1 and document(done)["partials"]["x"]["agrees"] is False


# ----- -o -----


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("graph pump.py:loud x=2.0 -o -", b"<svg"),
        ("graph pump.py:loud x=2.0 -o - --format html", b"<!doctype html>"),
        ("graph pump.py:loud x=2.0 -o - --format png", b"\x89PNG\r\n"),
        ("graph pump.py:loud x=2.0 -o- --format dot", b"digraph {"),
        ("report pump.py:loud x=2.0 -o -", b"<!doctype html>"),
        ("compile pump.py:head flow=0.5 -o -", b"import math"),
        ("compile pump.py:head flow=0.5 -o - --emit c", b"#include <math.h>"),
        ("compile pump.py:head flow=0.5 -o /dev/stdout", None),
        ("source pump.py:head -o -", b"def head("),
    ],
)
def test_a_dash_is_standard_output(run: Run, words: str, begins: bytes | None) -> None:
    done = run(*words.split())
    assert done.returncode == 0, done.stderr
    assert b"def head(" in done.stdout if begins is None else done.stdout.lower().startswith(begins.lower())
    if begins is not None:
        assert b"imported" in done.stderr and b"imported" not in done.stdout


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        ("p.svg", b"<svg"),
        ("p.PNG", b"\x89PNG"),
        ("p.pdf", b"%PDF"),
        ("p.dot", b"digraph"),
        ("p.html", b"<!doctype html>"),
    ],
)
def test_the_suffix_chooses_the_kind_of_picture(run: Run, tmp_path: Path, file: str, begins: bytes) -> None:
    done = run("graph", "pump.py:head", "flow=0.5", "-o", file)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / file).read_bytes().startswith(begins)


def test_a_picture_in_a_page_is_whole(run: Run, tmp_path: Path) -> None:
    run("graph", "--expr", "(lambda a: a * a)(x)", "x=2.0", "-o", "p.html")
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert page.count("<svg") == page.count("</svg>") == 1 and "<title>result</title>" in page


@pytest.mark.parametrize(
    ("file", "has"),
    [("p.py", "def head(flow):"), ("p.c", "#include <math.h>"), ("p.ll", "define i64 @head("), ("p.s", "head:")],
)
def test_the_suffix_chooses_the_language(run: Run, tmp_path: Path, file: str, has: str) -> None:
    done = run("compile", "pump.py:head", "flow=0.5", "-o", file)
    assert done.returncode == 0, done.stderr
    assert has in (tmp_path / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("compile pump.py:head flow=0.5 -o p.rs", "-o p.rs: unknown suffix '.rs', use one of .py, .c, .ll, .s"),
        ("compile pump.py:head flow=0.5 -o p", "-o p: unknown suffix ''"),
        ("compile pump.py:head flow=0.5 -o p.c --emit python", "-o p.c says c, and --emit python: leave --emit out"),
        ("graph pump.py:head flow=0.5 -o p.gif", "use one of .svg, .png, .pdf, .dot, .html"),
        ("report pump.py:head flow=0.5 -o p.svg", "use one of .html, .htm"),
        ("report pump.py:head flow=0.5 -o - --text", "--text and -o - both want standard output"),
    ],
)
def test_suffixes_that_are_none(run: Run, tmp_path: Path, words: str, message: str) -> None:
    done = run(*words.split())
    assert (done.returncode, done.stdout) == (2, b"") and message in done.stderr.decode()
    assert not list(tmp_path.glob("p.*"))


def test_another_suffix_with_the_language_said(run: Run, tmp_path: Path) -> None:
    assert run("compile", "pump.py:head", "flow=0.5", "-o", "p.h", "--emit", "c").returncode == 0
    assert "#include <math.h>" in (tmp_path / "p.h").read_text(encoding="utf-8")


# ----- what a run does besides -----


def test_a_function_that_prints_is_heard_once(run: Run) -> None:
    done = run("grad", "pump.py:loud", "x=3.0")
    assert done.stdout.count(b"runs") == 1
    note = b"loud prints; it runs again for central differences, unheard (--no-check: it runs once)\n"
    assert done.stderr == note
    assert run("grad", "pump.py:warns", "x=3.0").stderr == b"careful" + note.replace(b"loud", b"warns")
    assert run("grad", "pump.py:loud", "x=3.0", "--no-check").stderr == b""
    assert run("grad", "pump.py:head", "flow=0.5").stderr == b""


@pytest.mark.parametrize(
    ("function", "effect"), [("saves", "writes out.txt"), ("starts", "runs "), ("removes", "removes old.txt")]
)
def test_a_function_that_leaves_something_runs_once(run: Run, tmp_path: Path, function: str, effect: str) -> None:
    (tmp_path / "old.txt").write_text("", encoding="utf-8")
    done = run("grad", f"pump.py:{function}", "x=3.0")
    assert f"{function} {effect}" in done.stderr.decode() and b"(--check: with them)" in done.stderr
    assert done.returncode == 0 and b"central" not in done.stdout


def test_runs_that_write_are_counted_by_what_they_write(run: Run, tmp_path: Path) -> None:
    run("grad", "pump.py:saves", "x=3.0")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "run\n"
    done = run("grad", "pump.py:saves", "x=3.0", "--check")
    assert b"central difference" in done.stdout
    assert len((tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()) > 5


@pytest.mark.parametrize("elsewhere", [False, True])
def test_reading_files_is_no_effect(run: Run, tmp_path: Path, elsewhere: bool) -> None:
    (tmp_path / "waves.py").write_text("", encoding="utf-8")
    place = tmp_path / "bytecode"
    done = run("grad", "pump.py:reads", "x=3.0", **({"PYTHONPYCACHEPREFIX": str(place)} if elsewhere else {}))
    assert done.stderr == b"" and b"central difference" in done.stdout
    assert len(list((place if elsewhere else tmp_path).rglob("waves.*.pyc"))) == 1


def test_a_file_beside_the_folder_of_bytecode_is_written(run: Run, tmp_path: Path) -> None:
    done = run("grad", "pump.py:saves", "x=3.0", PYTHONPYCACHEPREFIX="out")
    assert b"saves writes out.txt" in done.stderr and b"central difference" not in done.stdout


# ----- runs without end -----


@pytest.mark.parametrize("command", ["grad", "graph", "report", "compile"])
@pytest.mark.parametrize("function", ["endless", "swallows"])
def test_a_loop_without_end_is_a_mistake(run: Run, command: str, function: str) -> None:
    done = run(command, f"pump.py:{function}", "x=2.0", "--max-operations", "5000")
    line, source = {"endless": (51, "x = x * 1.01"), "swallows": (58, "total = total + x")}[function]
    message = (
        f"minitorch: pump.py:{line} (in {function}): more than 5,000 operations were recorded, 5,001 of them by "
        f"`{source}`. Does a loop there never end? If it does, allow more: --max-operations N\n"
    )
    assert (done.returncode, done.stderr.decode()) == (2, message)


def test_a_program_may_be_limited(run: Run) -> None:
    done = run("run", "--max-operations", "1000", "script.py")
    assert done.returncode == 1 and b"OperationLimitError: " in done.stderr and b"script.py:6" in done.stderr


@pytest.mark.parametrize("command", ["grad", "graph", "report", "compile"])
def test_enough_is_enough(run: Run, command: str) -> None:
    done = run(command, "pump.py:head", "flow=0.5", "--max-operations", "50")
    assert done.returncode == 0, done.stderr


def test_a_limit_that_is_none(run: Run) -> None:
    done = run("grad", "pump.py:head", "flow=0.5", "--max-operations", "-1")
    assert done.returncode == 2 and b"--max-operations" in done.stderr


@pytest.mark.parametrize(
    ("files", "free"),
    [
        ({"meminfo": "MemTotal: 9 kB\nMemAvailable:   2048 kB\n"}, 2048 * 1024),
        ({"meminfo": "MemAvailable: 2048 kB\n", "memory.max": "max\n", "memory.current": "7\n"}, 2048 * 1024),
        ({"meminfo": "MemAvailable: 2048 kB\n", "memory.max": "1000\n", "memory.current": "400\n"}, 600),
        ({"meminfo": "MemAvailable: 2048 kB\n", "memory.max": "1000\n", "memory.current": "4000\n"}, 0),
    ],
)
def test_free_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], free: int) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    monkeypatch.setattr(memory, "MEMORY_FILE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "GROUP_FOLDER", tmp_path)
    assert memory.free_memory() == free
    (tmp_path / "meminfo").unlink()
    assert memory.free_memory() >= 0


@pytest.mark.parametrize(("free", "most"), [(0, 0), (4000, 10), (2**33, 21_000_000), (10**6, 2500)])
def test_the_default_is_what_there_is_room_for(monkeypatch: pytest.MonkeyPatch, free: int, most: int) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: free)
    assert memory.default_max_operations() == most
