"""What to do at special points and about rounding can be said wherever a derivative is taken."""

from __future__ import annotations

import math
import os
import pickle
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


def tax(income: float) -> float:
    return 0.1 * income if income < 30.0 else 3.0 + 0.4 * (income - 30.0)


def smooth(x: float) -> float:
    return x * x if x < 3.0 else 6.0 * x - 9.0


def half_of_thirty(angle: float) -> float:
    if angle == 30:
        return 0.5
    return math.sin(math.radians(angle))


def larger(x: float) -> float:
    return max(x, 3.0) * 2.0


def derivatives_of(compiled: minitorch.CompiledFunction, x: float) -> list[Callable[[], Any]]:
    return [
        lambda: compiled.value_and_grad(x)[1],
        lambda: compiled.grad(x),
        lambda: compiled.jvp((x,), (1.0,))[1],
        lambda: compiled.batch_value_and_grad([[x], [x]])[1][1],
    ]


@pytest.mark.parametrize("f", [tax, half_of_thirty])
def test_compiled_functions_say_so_at_every_call(f: Function) -> None:
    compiled = minitorch.compile(f)
    beside, slope = minitorch.grad(f)(31.0), minitorch.grad(f, special_points="ignore")(30.0)
    for _ in range(3):
        for at_the_point, away in zip(derivatives_of(compiled, 30.0), derivatives_of(compiled, 31.0), strict=True):
            with pytest.warns(SpecialPointWarning, match="30") as said:
                assert at_the_point() == slope
            assert {each.filename for each in said if each.category is SpecialPointWarning} == {__file__}
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert away() == beside
                assert compiled(30.0) == f(30.0)
    with pytest.warns(SpecialPointWarning):
        compiled.hessian(30.0)


@pytest.mark.parametrize("f", [tax, half_of_thirty])
def test_compiled_functions_know_what_to_do(f: Function) -> None:
    slope = minitorch.grad(f, special_points="ignore")(30.0)
    ignoring, raising = (minitorch.compile(f, special_points=mode) for mode in ("ignore", "raise"))
    for _ in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert [derivative() for derivative in derivatives_of(ignoring, 30.0)] == [slope] * 4
        for derivative in derivatives_of(raising, 30.0):
            with pytest.raises(SpecialPointWarning):
                derivative()
    assert raising.grad(31.0) == minitorch.grad(f)(31.0)
    assert [view.calls > 0 for view in ignoring.traces if view.mode.value == "value and derivatives"] == [True]
    with pytest.raises(ValueError, match="special_points must be"):
        minitorch.compile(f, special_points="maybe")


@pytest.mark.parametrize(("f", "x"), [(smooth, 3.0), (half_of_thirty, 30.0)])
def test_compiled_functions_give_the_limit(f: Function, x: float) -> None:
    compiled, expected = minitorch.compile(f, special_points="limit"), minitorch.grad(f, special_points="limit")(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            assert [derivative() for derivative in derivatives_of(compiled, x)] == [expected] * 4
            assert compiled.value_and_grad(x)[0] == f(x)
    assert math.isclose(expected, 6.0 if f is smooth else math.cos(math.radians(30.0)) * math.radians(1.0))


def test_compiled_functions_have_no_limit_where_both_sides_disagree() -> None:
    compiled = minitorch.compile(tax, special_points="limit")
    for _ in range(3):
        with pytest.warns(SpecialPointWarning, match=r"disagree, 0\.1 on one side and 0\.4 on the other"):
            assert compiled.value_and_grad(30.0) == (3.0, 0.4)


def test_ties_of_max_are_compiled() -> None:
    compiled = minitorch.compile(larger)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (3.0, 3.0, 4.0, 3.0):
            assert compiled.value_and_grad(x) == minitorch.value_and_grad(larger)(x)
    assert len(compiled.traces) == 1


def test_programs_do_not_show_the_margins() -> None:
    compiled = minitorch.compile(tax)
    compiled.grad(20.0), compiled.grad(40.0)
    text = compiled.emit("python")
    assert "!=" not in text and text.count("if ") == 1
    assert "!=" not in compiled.emit("c")
    assert not any("margin" in str(view) for view in compiled.traces)
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert namespace["tax"](30.0) == (3.0, 0.4)


def test_long_traces_have_margins_too() -> None:
    compiled = minitorch.compile(tax, max_operations=1)
    with pytest.warns(minitorch.CompilationWarning):
        assert compiled.grad(31.0) == 0.4
    for _ in range(3):
        with pytest.warns(SpecialPointWarning):
            assert compiled.grad(30.0) == 0.4
        assert compiled.grad(32.0) == 0.4


def test_batches_say_so() -> None:
    compiled = minitorch.compile(tax)
    rows = np.array([[20.0], [31.0], [30.0], [25.0], [30.0], [40.0]])
    with pytest.warns(SpecialPointWarning):
        assert compiled.batch_value_and_grad(rows)[1].tolist() == [0.1, 0.4, 0.4, 0.1, 0.4, 0.4]


def test_options_travel_with_a_compiled_function() -> None:
    compiled = minitorch.compile(tax, special_points="raise", rounding="ignore")
    cls, arguments = compiled.ingredients()
    assert cls(*arguments).options == compiled.options
    assert pickle.loads(pickle.dumps(compiled.options)) == compiled.options


# -- every derivative function -----------------------------------------------------------------------------------------


def rounded(x: float) -> float:
    return round(12.5 * x, 6)


EVERYWHERE: dict[str, Callable[..., Any]] = {
    "grad": lambda f, x, **options: minitorch.grad(f, **options)(x),
    "value_and_grad": lambda f, x, **options: minitorch.value_and_grad(f, **options)(x)[1],
    "jvp": lambda f, x, **options: minitorch.jvp(f, (x,), (1.0,), **options)[1],
    "vjp": lambda f, x, **options: minitorch.vjp(f, x, **options)[1](1.0)[0],
    "linearize": lambda f, x, **options: minitorch.linearize(f, x, **options)[1](1.0),
    "jacobian": lambda f, x, **options: minitorch.jacobian(f, **options)(x),
    "propagate": lambda f, x, **options: minitorch.propagate(f, (x,), (1.0,), **options)[1],
    "condition": lambda f, x, **options: minitorch.condition(f, x, **options)[0] * f(x) / x,
    "compile": lambda f, x, **options: minitorch.compile(f, **options).grad(x),
    "compile, jvp": lambda f, x, **options: minitorch.compile(f, **options).jvp((x,), (1.0,))[1],
}


@pytest.mark.parametrize("way", EVERYWHERE)
def test_options_are_known_everywhere(way: str) -> None:
    derivative = EVERYWHERE[way]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert derivative(half_of_thirty, 30.0, special_points="ignore") == 0.0
        slope = math.cos(math.radians(30.0)) * math.radians(1.0)
        assert math.isclose(derivative(half_of_thirty, 30.0, special_points="limit"), slope, rel_tol=1e-12)
        assert derivative(rounded, 1.23, rounding="ignore") == 0.0
        assert math.isclose(derivative(rounded, 1.23, rounding="straight_through"), 12.5)
    with pytest.warns(SpecialPointWarning):
        assert derivative(half_of_thirty, 30.0) == 0.0
    with pytest.warns(minitorch.RoundingWarning):
        assert derivative(rounded, 1.23) == 0.0
    with pytest.raises(SpecialPointWarning):
        derivative(half_of_thirty, 30.0, special_points="raise")
    for wrong in ({"special_points": "maybe"}, {"rounding": "maybe"}):
        with pytest.raises(ValueError, match="must be"):
            derivative(half_of_thirty, 30.0, **wrong)


SECOND: dict[str, Callable[..., Any]] = {
    "hessian": lambda f, x, **options: minitorch.hessian(f, **options)(x),
    "hvp": lambda f, x, **options: minitorch.hvp(f, (x,), (1.0,), **options),
    "compile, hessian": lambda f, x, **options: minitorch.compile(f, **options).hessian(x),
}


@pytest.mark.parametrize("way", SECOND)
def test_options_of_second_derivatives(way: str) -> None:
    derivative = SECOND[way]
    curvature = -0.5 * math.radians(1.0) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert derivative(half_of_thirty, 30.0, special_points="ignore") == 0.0
        assert math.isclose(derivative(half_of_thirty, 30.0, special_points="limit"), curvature, rel_tol=1e-12)
        assert derivative(lambda x: round(x**3, 9), 2.0, rounding="straight_through") == 12.0
    with pytest.warns(SpecialPointWarning):
        assert derivative(half_of_thirty, 30.0) == 0.0


def test_options_of_a_check() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        minitorch.check_derivatives(smooth, 3.0, order=1, special_points="limit")
        minitorch.check_derivatives(smooth, 3.0, order=1, special_points="ignore")
    with pytest.warns(SpecialPointWarning):
        minitorch.check_derivatives(smooth, 3.0, order=1)
    with pytest.raises(SpecialPointWarning):
        minitorch.check_derivatives(smooth, 3.0, special_points="raise")


# -- the command -------------------------------------------------------------------------------------------------------

SOURCE = """\
def tax(income):
    return 0.1 * income if income < 30.0 else 3.0 + 0.4 * (income - 30.0)
def rounded(x):
    return round(12.5 * x, 6)
def whole(x):
    return int(12.5 * x) * 2.0
"""


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., str]:
    (tmp_path / "special.py").write_text(SOURCE)

    def run(*words: str, code: int = 0) -> str:
        arguments = [sys.executable, "-m", "minitorch", *words]
        done = subprocess.run(arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                              text=True, check=False)  # fmt: skip
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    return run


def test_grad_knows_rounding(command: Callable[..., str]) -> None:
    for name in ("rounded", "whole"):
        slope = {"rounded": "12.5", "whole": "25.0"}[name]
        words = ("grad", f"special.py:{name}", "x=1.23", "--rounding")
        assert "is 0 only because" in command(*words[:-1])
        assert "is 0 only because" not in command(*words, "ignore")
        said = command(*words, "straight_through")
        assert "is 0 only because" not in said and f" {slope} " in said


def test_grad_says_where_there_is_no_limit(command: Callable[..., str]) -> None:
    said = command("grad", "special.py:tax", "income=30", "--special-points", "limit")
    assert "special point:" in said and "disagree, 0.1 on one side and 0.4 on the other" in said and "click" not in said


def test_compile_says_so_and_goes_on(command: Callable[..., str]) -> None:
    words = ("compile", "special.py:tax", "income=30")
    said = command(*words)
    assert "depends on this very point" in said and "d tax / d income = 0.4" in said
    assert "depends on this very point" not in command(*words, "--special-points", "ignore")
    assert "depends on this very point" in command(*words, "--special-points", "raise", code=2)
    assert "taken in Python" in command(*words, "--special-points", "limit", code=2)
    words = ("compile", "special.py:rounded", "x=1.23")
    assert "is 0 only because" in command(*words)
    assert "d rounded / d x = 12.5" in command(*words, "--rounding", "straight_through")


def test_the_report_says_so(command: Callable[..., str]) -> None:
    said = " ".join(command("report", "--text", "special.py:whole", "x=1.23").split())
    assert "the derivative by x is 0 only because this is rounded" in said
    page = minitorch.report(rounded, 1.23).html()
    assert "the derivative by x is 0 only because this is rounded" in page
    assert "both sides are equal" in minitorch.report(tax, 30.0).html()
