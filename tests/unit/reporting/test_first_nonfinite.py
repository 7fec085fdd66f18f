"""The first operation whose value or derivative is nan or infinite is found, with its place."""

from __future__ import annotations

import dataclasses
import inspect
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import minitorch
from minitorch import Scalar, ScalarFunction
from minitorch.reporting.nonfinite import Nonfinite, first_nonfinite


def here(offset: int = 0) -> str:
    """The `file:line` of the caller, some lines further on."""
    frame: Any = inspect.currentframe()
    return f"{__file__}:{frame.f_back.f_lineno + offset}"


def test_nothing_is_found_where_all_is_finite() -> None:
    x = Scalar(2.0)
    assert first_nonfinite(x * x + x.sqrt()) is None and first_nonfinite(x) is None and first_nonfinite(1.5) is None
    assert first_nonfinite(Scalar(math.nan)) is None and first_nonfinite(Scalar(2.0, back=None) * math.inf) is None


def test_a_value_is_found_with_its_place() -> None:
    x = Scalar(1e200)
    small = x * 1e-100
    place, large = here(), x * x
    out = (large - large) * small + large
    assert first_nonfinite(out) == Nonfinite("Mul", place, (1e200, 1e200), math.inf)
    assert str(first_nonfinite(out)) == f"{place}: Mul(1e+200, 1e+200) is inf"


def test_operands_that_were_not_finite_before() -> None:
    found = first_nonfinite(Scalar(math.nan) * 2.0 * 3.0)
    assert found is not None and found.function == "Mul" and repr(found.operands) == "(nan, 2.0)"
    found = first_nonfinite(Scalar(2.0) * math.inf)
    assert found is not None and found.operands == (2.0, math.inf)


def test_the_earliest_value_comes_first() -> None:
    x = Scalar(1e300)
    second_operand = (x + 1.0) * 1e10
    first_operand = (x + 2.0) / 1e-10
    found = first_nonfinite(first_operand - second_operand)
    assert found is not None and found.function == "Mul"


def test_traced_code_has_places_too() -> None:
    def area(r: float) -> float:
        return math.pi * r * r

    found = first_nonfinite(minitorch.trace(area)(Scalar(1e200)))
    assert found is not None and found.place == f"{__file__}:{area.__code__.co_firstlineno + 1}"


def test_a_derivative_is_found() -> None:
    x = Scalar(0.0)
    place, out = here(), (x * x).sqrt() * 3.0
    assert first_nonfinite(out) == Nonfinite("Sqrt", place, (0.0,), 0.0, math.inf, 0)
    text = "Sqrt(0.0) is 0.0, but the derivative by operand 0 is inf"
    assert str(first_nonfinite(out)) == f"{place}: {text}"
    assert x.derivative is None


def test_a_derivative_of_a_power_is_found() -> None:
    x, y = Scalar(-2.0), Scalar(3.0)
    place, power = here(), x**y
    found = first_nonfinite(power + 1.0)
    assert found is not None and math.isnan(found.derivative or 0.0)
    assert dataclasses.replace(found, derivative=0.0) == Nonfinite("Pow", place, (-2.0, 3.0), -8.0, 0.0, 1)


def test_a_derivative_that_overflows_on_the_way_back() -> None:
    x = Scalar(1e-200)
    assert first_nonfinite(x * 1e200 * 1e50) is None
    place, out = here(), x * 1e200 * 1e200
    assert first_nonfinite(out) == Nonfinite("Mul", place, (1e-200, 1e200), 1.0, math.inf, 0)


def test_a_sum_of_derivatives_that_overflows() -> None:
    y = Scalar(1e-10)
    place, inner = here(), y * 1.0
    found = first_nonfinite(inner * 1.5e308 + inner * 1.5e308)
    assert found == Nonfinite("Mul", place, (1e-10, 1.0), 1e-10, math.inf, None)
    assert str(found).endswith("Mul(1e-10, 1.0) is 1e-10, but the derivative by its value is inf")


class Flat(ScalarFunction):
    """A Function of a user's, with values and derivatives of any kind."""

    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        return math.inf if x > 1 else x

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return math.nan * d_output


def test_functions_of_users() -> None:
    place, value = here(), Flat.apply(Scalar(2.0))
    assert first_nonfinite(value) == Nonfinite("Flat", place, (2.0,), math.inf)
    found = first_nonfinite(Flat.apply(Scalar(0.5)))
    assert found is not None and found.function == "Flat" and found.operand == 0


def test_complex_results() -> None:
    z = minitorch.trace(lambda x: complex(x, 1.0) * 1e200 * 1e200)(Scalar(1.0))
    found = first_nonfinite(z.real)
    # Since Python 3.14 a real factor multiplies each part.
    real = ("Mul", (1e200, 1e200)) if sys.version_info >= (3, 14) else ("ComplexMulReal", (1e200, 0.0))
    assert found is not None and (found.function, found.operands[-2:]) == real


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (["speed", "dp=0"], "first not finite at {file}:4: Sqrt(0.0) is 0.0, but the derivative by operand 0 is inf"),
        (["large", "x=1e200"], "first not finite at {file}:8: Mul(1e+200, 1e+200) is inf"),
        (["speed", "dp=2"], ""),
    ],
)
def test_the_command_line_says_so(call: list[str], line: str, tmp_path: Path) -> None:
    file = tmp_path / "pump.py"
    file.write_text("import math\n\ndef speed(dp):\n    return math.sqrt(dp)\n\n\ndef large(x):\n    return x * x\n")
    command = [sys.executable, "-m", "minitorch", "grad", f"{file}:{call[0]}", *call[1:]]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [text for text in result.stdout.splitlines() if "finite" in text] == [line.format(file=file)][: bool(line)]
