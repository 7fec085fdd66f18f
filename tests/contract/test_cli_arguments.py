"""Arguments are numbers, expressions, whole numbers, structures and text; modules and files are found by any name."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from paths import ROOT

from minitorch.cli.failures import in_one_line
from minitorch.cli.values import read_value

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PUMP = """
import math


def power(dp, flow=0.01, *, efficiency=0.7):
    return float(dp) * flow / efficiency


def norm(*xs, scale=1.0):
    return scale * math.sqrt(sum(x * x for x in xs))


def repeated(x, n):
    total = 0.0
    for k in range(n):
        total += x**k
    return total


def weighted(xs, sizes, mode="a", flag=False, start=None, z=0j):
    total = sum(xs) * sizes["w"] ** sizes["n"] + abs(z)
    return total * {"a": 1.0, "b": 2.0}[mode] if flag and start is None else total


def annotated(x: float, n: int, xs: "list[float]" = [], steps=3, rate=0.5, flag: bool = False):
    return x * rate + sum(xs) + range(n)[-1] + range(steps)[-1]


def function(function, text="", expression=0.0):
    return function * 2 + expression + len(text)


def red(x):
    raise ValueError("red \\x1b[31m and \\r back \\x07 \\u202e")


def pair(x, pair):
    return x * pair[0] * pair[1][0]
"""


FILES = ("pump.py", "my-file.py", "01_x.py", "with space.py", "a.b.py", "ünïcode.py", "class.py", "my-pkg/m.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of many names."""
    for name in (
        "pump.py",
        "my-file.py",
        "01_x.py",
        "with space.py",
        "a.b.py",
        "ünïcode.py",
        "class.py",
        "my-pkg/m.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PUMP, encoding="utf-8")
    (tmp_path / "my-pkg" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "parts").mkdir()
    for name, text in {"__init__": "", "hub": "radius = 0.25\n"}.items():
        (tmp_path / "parts" / f"{name}.py").write_text(text, encoding="utf-8")
    for name in ("wheel", "odd-name"):
        text = "from . import hub\n\n\ndef turn(angle):\n    return hub.radius * angle\n"
        (tmp_path / "parts" / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs the command in that folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "HOME": str(folder)}
        command = [sys.executable, "-m", "minitorch", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False
        )

    return run


def told(run: Run, *words: str) -> dict[str, Any]:
    done = run("grad", *words, "--json", "--no-check")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


# ----- values -----


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("40.6", 40.6), ("-1e-3", -1e-3), ("+2.", 2.0), (".5", 0.5), ("1_000", 1000), ("3", 3), ("-3", -3),
        ("0x10", 16),
        ("pi/4", math.pi / 4), ("math.pi / 4", math.pi / 4), ("-tau", -math.tau), ("2**-3", 0.125), ("2**10", 1024),
        ("sqrt(2)", math.sqrt(2)), ("math.sin(pi/6) + 1", math.sin(math.pi / 6) + 1), ("hypot(3, 4)", 5.0),
        ("(1 + 2) * 3", 9), ("7 // 2", 3), ("7 % 4", 3), ("inf", math.inf), ("-inf", -math.inf),
        ("float('inf')", math.inf),
        ("1+2j", 1 + 2j), ("complex(1, 2)", 1 + 2j), ("max(1, 2.5)", 2.5), ("e", math.e),
        ("[1, 2.5]", [1, 2.5]), ("[]", []), ("(1.0, 2)", (1.0, 2)), ("{'a': 1.0, 'n': 3}", {"a": 1.0, "n": 3}),
        ("{1, 2}", {1, 2}), ("[[1.0, pi], [2.0]]", [[1.0, math.pi], [2.0]]), ("{}", {}),
        ("True", True), ("False", False), ("None", None), ("b'x'", b"x"),
        ("b", "b"), ("'b'", "b"), ('"b c"', "b c"), ("'3.0'", "3.0"), ("'e'", "e"), ("''", ""),
        ("dry-run", "dry-run"), ("data/x.csv", "data/x.csv"), ("/tmp/x.csv", "/tmp/x.csv"), ("~/x", "~/x"),
        ("../x", "../x"),
        ("m/s", "m/s"), ("water.liquid", "water.liquid"), ("a b", "a b"), ("http://x.org/?q", "http://x.org/?q"),
        ("größe", "größe"), ("sin", "sin"), ("true", "true"), ("lambda", "lambda"),
    ],
)  # fmt: skip
def test_what_stands_behind_the_equals_sign(text: str, value: Any) -> None:
    read = read_value("x", text)
    assert read == value and type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x=: nothing stands behind =; empty text is x=\"''\""),
        ("1.2.3", "x=1.2.3: '1.2.3' is not a number or another value; text is x=\"'1.2.3'\""),
        ("2024-01-01", "text is x=\"'2024-01-01'\""),
        ("[1, 2", "'[1, 2' is not a number or another value"),
        ("1,5", "x=1,5: a comma makes a tuple, written x=(1,5); numbers have a point: 1.5"),
        ("pi/k", "'k' is not known (numbers, and the constants and functions of math, are); text is x=\"'pi/k'\""),
        ("2*k", "'k' is not known"),
        ("1/0", "1 / 0: division by zero"),
        ("sqrt(-1)", "sqrt(-1): "),
        ("exp(1000)", "exp(1000): math range error"),
        ("__import__('os')", "there is no function '__import__'"),
        ("open('/etc/passwd')", "there is no function 'open'"),
        ("().__class__", "'().__class__' is not a number, a list, a tuple, a dict, a set or text"),
        ("[x for x in (1, 2)]", "'[x for x in (1, 2)]' is not a number, a list"),
        ("9**9**9", "the number is too long"),
        ("2**100000", "the number is too long"),
        ("'a' * 3", "'a' is not a number"),
        ("[1] * 3", "[1] is not a number"),
        ("factorial(100000)", "there is no function 'factorial'"),
        ("{[]: 1}", "unhashable type"),
        ("sin(x=1)", "sin() takes plain arguments here"),
        ("{**{}}", "** is not known here"),
        ("1 if True else 2", "is not a number, a list"),
        ("-'a'", "'a' is not a number"),
    ],
)
def test_what_is_no_value(text: str, message: str) -> None:
    begun = time.monotonic()
    with pytest.raises(click.ClickException) as caught:
        read_value("x", text)
    assert message in caught.value.message and caught.value.message.startswith("x=")
    assert time.monotonic() - begun < 5.0


@pytest.mark.parametrize("text", ["(" * 5000 + ")" * 5000, "-" * 100_000 + "1", "[" * 3000 + "]" * 3000])
def test_deep_nesting_is_a_mistake(text: str) -> None:
    with pytest.raises(click.ClickException):
        read_value("x", text)


# ----- what is differentiated by -----


@pytest.mark.parametrize(
    ("words", "partials", "kept"),
    [
        (["pump:power", "dp=pi", "flow=1e-2"], ["dp", "flow"], {}),
        (["pump:power", "dp=2", "flow=1"], ["dp", "flow"], {}),
        (["pump:power", "dp=2", "flow=0.5"], ["flow"], {"dp": 2}),
        (["pump:repeated", "x=2.0", "n=4"], ["x"], {"n": 4}),
        (["pump:repeated", "x=2", "--fixed", "n=4"], ["x"], {"n": 4}),
        (["pump:norm", "xs=[3, 4]"], ["xs[0]", "xs[1]"], {}),
        (["pump:norm", "xs=[3, 4.0]"], ["xs[0]", "xs[1]"], {}),
        (["pump:norm", "xs=[3, 4]", "scale=2.0"], ["scale"], {"xs": [3, 4]}),
        (["pump:norm", "xs=(3.0,)"], ["xs[0]"], {}),
        (
            ["pump:weighted", "xs=[1.0,2]", "sizes={'w': 1.5, 'n': 3}", "mode=b", "flag=True", "start=None", "z=3+4j"],
            ["xs[0]", "xs[1]", "sizes['w']", "z.real", "z.imag"],
            {"sizes['n']": 3, "mode": "b", "flag": True, "start": None},
        ),
        (
            ["pump:annotated", "x=2.0", "n=3", "xs=[1, 2]", "steps=4", "rate=1"],
            ["x", "xs[0]", "xs[1]", "rate"],
            {"n": 3, "steps": 4},
        ),
        (["pump:function", "function=2", "text=ab"], ["function"], {"text": "ab"}),
        (["pump:function", "function=2.0", "expression=1.0"], ["function", "expression"], {}),
        (["pump:pair", "x=2.0", "pair=(3.0, [4.0])"], ["x", "pair[0]", "pair[1][0]"], {}),
        (["math:hypot", "x=3.0", "y=4.0"], ["x", "y"], {}),
        (["--expr", "sum(xs) * n", "xs=[2.0, 3.0]", "n=2"], ["xs[0]", "xs[1]"], {"n": 2}),
        (["--expr", "abs(z)", "z=3+4j"], ["z.real", "z.imag"], {}),
        (["--expr", "x if mode == 'b' else 2*x", "x=2.0", "mode=b"], ["x"], {"mode": "b"}),
    ],
)  # fmt: skip
def test_whole_numbers_text_and_what_is_kept(run: Run, words: list[str], partials: list[str], kept: Any) -> None:
    found = told(run, *words)
    assert list(found["partials"]) == partials and found["kept"] == kept


def test_values_and_derivatives_of_structures(run: Run) -> None:
    words = ["pump:weighted", "xs=[1.0,2]", "sizes={'w': 1.5, 'n': 3}", "mode=b", "flag=True", "start=None", "z=3+4j"]
    found = told(run, *words)
    total = 3.0 * 1.5**3 + 5.0
    assert found["value"] == pytest.approx(2.0 * total)
    expected = {"xs[0]": 2 * 1.5**3, "xs[1]": 2 * 1.5**3, "sizes['w']": 2 * 9 * 1.5**2, "z.real": 1.2, "z.imag": 1.6}
    assert {name: row["derivative"] for name, row in found["partials"].items()} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["grad", "--no-check"], "not differentiated by: dp=2 (whole; dp=2.0 is real)"),
        (["compile"], "not differentiated by: dp=2 (whole; dp=2.0 is real)"),
    ],
)
def test_a_whole_number_that_may_be_meant_as_real_is_said(run: Run, words: list[str], note: str) -> None:
    done = run(words[0], "pump.py:power", "dp=2", "flow=0.5", *words[1:])
    assert note in done.stdout.splitlines() and done.stderr == ""


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        ("pump:power dq=1.0", ["power has no argument 'dq'", "it is power(dp, flow=0.01, *, efficiency=0.7)"]),
        (
            "pump:power flow=1.0",
            ["power is missing an argument: dp=…", "it is power(dp, flow=0.01, *, efficiency=0.7)"],
        ),
        ("pump:power dp=abc flow=1.0", ["(in power): ValueError", "; given as text: dp='abc'"]),
        ("pump:power dp=abc", ["no numbers to differentiate by (dp='abc'): give them as name=1.0"]),
        ("pump:annotated n=3 x=b", ["no numbers to differentiate by (n=3, x='b')"]),
        ("pump:repeated x=1 n=3", ["pump.py:", "x=1, n=3 is real, since no number has a point"]),
        ("pump:red x=1.0", [r"ValueError: red \x1b[31m and \r back \x07 \u202e"]),
    ],
)
def test_mistakes_name_the_argument_and_the_signature(run: Run, words: str, messages: list[str]) -> None:
    done = run("grad", *words.split())
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert all(message in done.stderr for message in messages), done.stderr
    assert done.stderr.rstrip("\n").isprintable()


def test_control_characters_are_shown() -> None:
    assert in_one_line("a\x1b[2J\r\n\n  b\x00\u202ec\u00a0d\té") == r"a\x1b[2J\r b\x00\u202ec\xa0d é"


# ----- files and modules -----


@pytest.mark.parametrize(
    "target",
    [
        "my-file.py", "01_x.py", "with space.py", "./with space.py", "a.b.py", "ünïcode.py", "class.py", "my-pkg/m.py",
        "~/pump.py", "~/my-file.py", "{folder}/01_x.py", "{folder}/pump.py", "pump",
    ],
)  # fmt: skip
def test_files_of_any_name(run: Run, folder: Path, target: str) -> None:
    found = told(run, f"{target.format(folder=folder)}:function", "function=3.0")
    assert found["partials"]["function"]["derivative"] == 2.0


@pytest.mark.parametrize("target", ["parts/wheel.py", "parts/odd-name.py", "parts.wheel", "./parts/odd-name.py"])
def test_files_within_packages_import_what_is_beside_them(run: Run, target: str) -> None:
    assert told(run, f"{target}:turn", "angle=3.0")["partials"]["angle"]["derivative"] == 0.25


@pytest.mark.parametrize("modules", [["./pump.py"], ["pump"], ["my-file.py"], ["./my-file.py"], ["~/01_x.py"]])
def test_from_finds_the_current_folder(run: Run, modules: list[str]) -> None:
    options = [word for module in modules for word in ("--from", module)]
    found = told(run, *options, "--from", "parts.wheel", "--expr", "turn(function(x))", "x=1.0")
    assert found["partials"]["x"]["derivative"] == 0.5


@pytest.mark.parametrize("command", ["source", "graph", "compile", "report"])
def test_other_commands_take_them_too(run: Run, folder: Path, command: str) -> None:
    arguments = [] if command == "source" else ["function=3.0"]
    done = run(command, "my-file.py:function", *arguments)
    assert done.returncode == 0 and done.stderr == ""
