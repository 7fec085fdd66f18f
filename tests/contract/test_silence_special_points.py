"""Equality by accident: the derivative of a special case is never given without a word."""

from __future__ import annotations

import bisect
import colorsys
import importlib
import inspect
import linecache
import math
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from paths import ROOT

import minitorch
from minitorch import SpecialPointWarning

Function = Callable[[float], Any]

LINES_ONLY = sys.version_info < (3, 11)
"""Whether Python knows the lines of operations alone; what is said then quotes the whole line."""

SLOPE = math.cos(math.radians(30.0)) * math.radians(1.0)


def half_of_thirty(angle: float) -> float:
    if angle == 30:
        return 0.5
    return math.sin(math.radians(angle))


def not_thirty(angle: float) -> float:
    return math.sin(math.radians(angle)) if angle != 30.0 else 0.5


def in_a_list(angle: float) -> float:
    return 0.5 if angle in (0.0, 30.0) else math.sin(math.radians(angle))


def in_a_table(angle: float) -> float:
    return {0.0: 0.0, 30.0: 0.5}.get(angle, math.sin(math.radians(angle)))


def by_a_pattern(angle: float) -> float:
    match angle:
        case 30.0:
            return 0.5
        case _:
            return math.sin(math.radians(angle))


def by_its_difference(angle: float) -> float:
    rest = angle - 30.0
    if not rest:
        return 0.5
    return math.sin(math.radians(angle))


def whole(angle: float) -> float:
    return 0.5 if angle.is_integer() else math.sin(math.radians(angle))


SPECIAL: dict[str, Function] = {
    "==": half_of_thirty,
    "!=": not_thirty,
    "in": in_a_list,
    "a dict": in_a_table,
    "case": by_a_pattern,
    "not": by_its_difference,
    "is_integer": whole,
}


def derivatives_of(f: Function, x: float, **options: Any) -> list[float]:
    return [
        minitorch.grad(f, **options)(x),
        minitorch.value_and_grad(f, **options)(x)[1],
        minitorch.jvp(f, (x,), (1.0,), **options)[1],
        minitorch.vjp(f, x, **options)[1](1.0)[0],
        minitorch.linearize(f, x, **options)[1](1.0),
        minitorch.jacobian(f, **options)(x),
    ]


@pytest.mark.parametrize("name", SPECIAL)
def test_special_points_are_said(name: str) -> None:
    f = SPECIAL[name]
    line = rf"{__name__.rpartition('.')[2]}\.py:\d+: .*(30\.0|value is just 0\.0).*special case"
    calls: list[Callable[[], Any]] = [
        lambda: minitorch.grad(f)(30.0),
        lambda: minitorch.jvp(f, (30.0,), (1.0,)),
        lambda: minitorch.vjp(f, 30.0),
        lambda: minitorch.linearize(f, 30.0),
        lambda: minitorch.jacobian(f)(30.0),
        lambda: minitorch.hessian(f)(30.0),
        lambda: minitorch.hvp(f, (30.0,), (1.0,)),
    ]
    for call in calls:
        with pytest.warns(SpecialPointWarning, match=line) as said:
            call()
        # Others may be given as well, by what the garbage collector finds.
        assert [each.filename for each in said if each.category is SpecialPointWarning] == [__file__]


@pytest.mark.parametrize("name", SPECIAL)
def test_beside_the_point_nothing_is_said(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for derivative in derivatives_of(SPECIAL[name], 30.5):
            assert derivative == math.cos(math.radians(30.5)) * math.radians(1.0)


@pytest.mark.parametrize("name", SPECIAL)
def test_what_to_do_about_them(name: str) -> None:
    f = SPECIAL[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert derivatives_of(f, 30.0, special_points="ignore") == [0.0] * 6
        for derivative in derivatives_of(f, 30.0, special_points="limit"):
            assert math.isclose(derivative, SLOPE, rel_tol=1e-14)
        second = minitorch.hessian(f, special_points="limit")(30.0)
        assert math.isclose(second, -0.5 * math.radians(1.0) ** 2, rel_tol=1e-12)
        assert minitorch.value_and_grad(f, special_points="limit")(30.0)[0] == 0.5
    with pytest.raises(SpecialPointWarning):
        minitorch.grad(f, special_points="raise")(30.0)
    with pytest.raises(ValueError, match="special_points must be"):
        minitorch.grad(f, special_points="maybe")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SPECIAL)
def test_compiled_functions_say_so_every_time(name: str) -> None:
    compiled = minitorch.compile(SPECIAL[name])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            assert compiled(30.0) == 0.5
            assert compiled.value_and_grad(30.5)[1] == math.cos(math.radians(30.5)) * math.radians(1.0)
    for _ in range(3):
        with pytest.warns(SpecialPointWarning):
            assert compiled.value_and_grad(30.0) == (0.5, 0.0)
        with pytest.warns(SpecialPointWarning):
            assert compiled.jvp((30.0,), (1.0,)) == (0.5, 0.0)


def tax(income: float) -> float:
    return 0.1 * income if income < 30.0 else 3.0 + 0.4 * (income - 30.0)


def test_an_order_comparison_without_a_margin() -> None:
    with pytest.warns(
        SpecialPointWarning, match=r"`return .* if income < 30\.0 .*`" if LINES_ONLY else r"`income < 30\.0`"
    ):
        assert minitorch.grad(tax)(30.0) == 0.4
    with pytest.warns(SpecialPointWarning, match="beside this point disagree, 0.1 on one side and 0.4 on the other"):
        assert minitorch.grad(tax, special_points="limit")(30.0) == 0.4


def test_a_table_of_breakpoints() -> None:
    with pytest.warns(SpecialPointWarning):
        minitorch.grad(lambda x: [1.0, 2.0, 3.0][bisect.bisect([0.5, 1.5], x)] * x)(0.5)


def newton(a: float) -> float:
    guess = a
    while True:
        better = 0.5 * (guess + a / guess)
        if better == guess:
            return better
        guess = better


def counted(x: float) -> float:
    left = math.floor(x)
    total = 0.0
    while left != 0:
        total += x
        left -= 1
    return total


def floored(x: float) -> float:
    level = x // 1.0
    return 3.0 * x if level == 2.0 else x


def clamped(x: float) -> float:
    limited = max(0.0, min(x, 1.0))
    return limited * 2.0 + x if limited == 1.0 else x


NO_ACCIDENT: dict[str, tuple[Function, float, float]] = {
    "an iteration that has converged": (newton, 2.0, 1.0 / math.sqrt(8.0)),
    "a whole number": (counted, 3.5, 3.0),
    "the level below": (floored, 2.5, 3.0),
    "a limit that holds": (clamped, 4.0, 1.0),
    "the same number": (lambda x: x * 2.0 if x == x else 0.0, 3.0, 2.0),
    "equal for all inputs": (lambda x: x * 5.0 if x + x == 2.0 * x else 0.0, 3.0, 5.0),
    "max of equal numbers": (lambda x: max(x, 3.0) * 2.0, 3.0, 2.0),
    "min with a key": (lambda x: min([x, 3.0], key=lambda y: y), 3.0, 1.0),
    "sorted": (lambda x: sorted([x, 3.0])[0], 3.0, 1.0),
    "abs": (lambda x: abs(x) + x, 0.0, 1.0),
    "numpy": (lambda x: np.maximum(x, 3.0) * 2.0, 3.0, 2.0),
    "far away": (lambda x: x * 2.0 if x > 0.0 and x != 1.0 else 0.0, 3.0, 2.0),
    "a constant": (lambda x: x * 2.0 if minitorch.detach(x) == 3.0 else 0.0, 3.0, 2.0),
}


@pytest.mark.parametrize("name", NO_ACCIDENT)
def test_nothing_is_said_where_nothing_is_special(name: str) -> None:
    f, x, expected = NO_ACCIDENT[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isclose(minitorch.grad(f)(x), expected, rel_tol=1e-12)
        assert math.isclose(minitorch.jvp(f, (x,), (1.0,))[1], expected, rel_tol=1e-12)


def test_an_outer_derivative_is_not_told_again() -> None:
    with pytest.warns(SpecialPointWarning) as said:
        minitorch.grad(lambda x: minitorch.grad(half_of_thirty)(x) + x)(30.0)
    assert len([each for each in said if each.category is SpecialPointWarning]) == 1


def test_two_inputs_that_are_equal() -> None:
    def mean(a: float, b: float) -> float:
        return a if a == b else (b - a) / math.log(b / a)

    with pytest.warns(SpecialPointWarning):
        assert minitorch.grad(mean, argnums=(0, 1))(2.0, 2.0) == (1.0, 0.0)
    with pytest.warns(SpecialPointWarning, match="disagree"):
        # A few units away the quotient is all rounding: better said than believed.
        minitorch.grad(mean, argnums=(0, 1), special_points="limit")(2.0, 2.0)


def abs_by_hand(x: float) -> float:
    return x if x >= 0 else -x


def sinc(x: float) -> float:
    return 1.0 if x == 0 else math.sin(x) / x


def hermite(x: float) -> float:
    """A spline through the squares, with its slopes at the knots."""
    knots = [0.0, 1.0, 2.0, 3.0]
    # On a line of its own: Python 3.10 knows no more of a comparison than its line.
    right = bisect.bisect_right(knots, x)
    i = min(max(right - 1, 0), 2)
    t = x - knots[i]
    ends = (2 * t**3 - 3 * t**2 + 1) * knots[i] ** 2 + (3 * t**2 - 2 * t**3) * knots[i + 1] ** 2
    return ends + (t**3 - 2 * t**2 + t) * 2 * knots[i] + (t**3 - t**2) * 2 * knots[i + 1]


def arc(a: float, b: float) -> float:
    return 0.0 if a == b else 2.0 * math.asin(math.sqrt(math.sin((b - a) / 2.0) ** 2))


def lightness(r: float, g: float, b: float) -> float:
    return colorsys.rgb_to_hls(r, g, b)[1]


def saturation(r: float, g: float, b: float) -> float:
    return colorsys.rgb_to_hsv(r, g, b)[1]


def hue(r: float, g: float, b: float) -> float:
    return colorsys.rgb_to_hsv(r, g, b)[0]


AGREE: dict[str, tuple[Callable[..., float], tuple[float, ...], list[float]]] = {
    "sinc": (sinc, (0.0,), [0.0]),
    "a spline at its knot": (hermite, (1.0,), [2.0]),
    "yellow": (hue, (0.4, 0.4, 0.2), [-5.0 / 6.0, 5.0 / 6.0, 0.0]),
}

DISAGREE: dict[str, tuple[Callable[..., float], tuple[float, ...]]] = {
    "a corner": (abs_by_hand, (0.0,)),
    "the same place twice": (arc, (0.5, 0.5)),
    "lightness of grey": (lightness, (0.4, 0.4, 0.4)),
    "saturation of grey": (saturation, (0.4, 0.4, 0.4)),
}


@pytest.mark.parametrize("name", [*AGREE, *DISAGREE])
def test_around_special_points(name: str) -> None:
    f, point = AGREE[name][:2] if name in AGREE else DISAGREE[name]
    positions = tuple(range(len(point)))
    with pytest.warns(SpecialPointWarning, match="depends on this very point"):
        value, derivatives = minitorch.value_and_grad(f, positions)(*point)
    assert value == f(*point)
    if name in DISAGREE:
        with pytest.warns(SpecialPointWarning, match="beside this point disagree"):
            assert len(minitorch.grad(f, positions, special_points="limit")(*point)) == len(derivatives)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for limit, expected in zip(
            minitorch.grad(f, positions, special_points="limit")(*point), AGREE[name][2], strict=True
        ):
            assert math.isclose(limit, expected, rel_tol=1e-12, abs_tol=1e-14)


def test_no_number_is_not_equal_to_itself_by_accident() -> None:
    def careful(x: float) -> float:
        larger = max(x, 1.0)
        return x * 2.0 if x == x and larger == larger else 0.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(careful)(3.0) == 2.0


SOURCE = "def f(x):\n    if x == 2.0:\n        return 4.0\n    return x * x\n"


# -- elsewhere ---------------------------------------------------------------------------------------------------------


def test_the_report_marks_the_lines() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis = minitorch.report(half_of_thirty, 30.0).analysis
    assert any("equal" in notice.message and "angle == 30" in notice.spot.text for notice in analysis.notices)


def test_hooked_modules(project: Any) -> None:
    project.write("special.py", SOURCE)
    with minitorch.install_import_hook(["special"]):
        f = importlib.import_module("special").f
        with pytest.warns(
            SpecialPointWarning,
            match=r"special\.py:2: `if x == 2\.0:`" if LINES_ONLY else r"special\.py:2: `x == 2\.0`",
        ):
            assert minitorch.grad(f)(2.0) == 0.0
        assert math.isclose(minitorch.grad(f, special_points="limit")(2.0), 4.0, rel_tol=1e-15)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "special.py").write_text(SOURCE)
    said: dict[str, tuple[int, str]] = {}
    for mode in ("warn", "raise", "ignore", "limit"):
        command = [sys.executable, "-m", "minitorch", "grad", "special.py:f", "x=2", "--special-points", mode]
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                              text=True, check=False)  # fmt: skip
        said[mode] = done.returncode, done.stdout + done.stderr
    quoted = "if x == 2.0:" if LINES_ONLY else "x == 2.0"
    assert said["warn"][0] == 0 and f"special.py:2: `{quoted}` depends on this very point" in said["warn"][1]
    assert said["raise"][0] == 2 and "special case" in said["raise"][1]
    assert said["ignore"][0] == 0 and "special point" not in said["ignore"][1] and " 0.0 " in said["ignore"][1]
    assert said["limit"][0] == 0 and "yes" in said["limit"][1] and " 4.0 " in said["limit"][1]


def is_whole_by_its_method(x: float) -> float:
    return 1.0 if x.is_integer() else 2.0 * x


def read_back_exactly(x: float) -> float:
    return float.fromhex(x.hex())


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning", "ignore::minitorch.HistoryInTextWarning")
@pytest.mark.parametrize("f", [is_whole_by_its_method, read_back_exactly])
def test_methods_that_ask_a_float_are_seen_in_code_that_knows_nothing_of_derivatives(f: Function) -> None:
    code: dict[str, Any] = {}
    lines = inspect.getsource(f).replace(": float", "").replace(" -> float", "")
    path = f"{f.__name__}.py"
    linecache.cache[path] = (len(lines), None, lines.splitlines(keepends=True), path)
    exec(compile(lines, path, "exec"), code)
    compiled = minitorch.compile(code[f.__name__])
    for x in (2.5, 3.5, 2.0, 2.5):
        assert compiled(x) == f(x)
    warning = SpecialPointWarning if f is is_whole_by_its_method else minitorch.HistoryInTextWarning
    with pytest.warns(warning):
        minitorch.grad(code[f.__name__])(2.0)
