"""Rounding errors by adjoints against the true ones, in high precision and in exact fractions."""

from __future__ import annotations

import math
import operator
import statistics
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import minitorch
from minitorch import Scalar, rounding_error

DIGITS = 120

# -- textbook cases ----------------------------------------------------------------------------------------------------


def smaller_root(b: Any, m: Any) -> Any:
    root = m.sqrt(b * b - 4)
    return (-b + root) / 2


def heron(b: Any, m: Any) -> Any:
    """Kahan's triangle, with one side nearly as long as both others."""
    half = (9.1 + b + 4.6) / 2
    return m.sqrt(half * (half - 9.1) * (half - b) * (half - 4.6))


def naive_variance(shift: Any, m: Any) -> Any:
    xs = [shift + k * k / 7 for k in range(12)]
    mean = sum(xs) / 12
    squares = sum(x * x for x in xs) / 12
    return squares - mean * mean


def logarithm(x: Any, m: Any) -> Any:
    more = 1 + x
    return m.log(more)


def exponential(x: Any, m: Any) -> Any:
    grown = m.exp(x)
    return (grown - 1) / x


def versine(x: Any, m: Any) -> Any:
    cosine = m.cos(x)
    return (1 - cosine) / (x * x)


def difference_of_roots(x: Any, m: Any) -> Any:
    upper = m.sqrt(x + 1)
    return upper - m.sqrt(x)


def difference_quotient(h: Any, m: Any) -> Any:
    there, here = m.exp(1.25 + h), m.exp(h * 0 + 1.25)
    return (there - here) / h


def polynomial(x: Any, m: Any) -> Any:
    total = 0.0
    for factor in (1.0, -9.0, 36.0, -84.0, 126.0, -126.0, 84.0, -36.0, 9.0, -1.0):
        total = total * x + factor
    return total


def harmonic(x: Any, m: Any) -> Any:
    total = x
    for k in range(1, 300):
        total = total + 1 / (k + x)
    return total


def recurrence(x: Any, m: Any) -> Any:
    """Integrals of t^n e^(t-1), forward: each step multiplies the error that the first one made."""
    y = 1 - m.exp(-x)
    for n in range(1, 9):
        y = 1 - n * y
    return y


CASES: dict[str, tuple[Callable[..., Any], tuple[float, float], str]] = {
    "the smaller root of a quadratic": (smaller_root, (1e6, 1e7), "root = m.sqrt(b * b - 4)"),
    "Heron's area of a needle": (heron, (4.5000001, 4.500001), "half = (9.1 + b + 4.6) / 2"),
    "naive variance": (naive_variance, (1e5, 1e6), "mean = sum(xs) / 12"),
    "log(1 + x)": (logarithm, (1e-12, 1e-8), "more = 1 + x"),
    "(exp(x) - 1) / x": (exponential, (1e-10, 1e-7), "grown = m.exp(x)"),
    "(1 - cos(x)) / x^2": (versine, (1e-5, 1e-3), "cosine = m.cos(x)"),
    "sqrt(x + 1) - sqrt(x)": (difference_of_roots, (1e8, 1e12), ""),
    "a difference quotient": (difference_quotient, (1e-9, 1e-7), "there, here = m.exp(1.25 + h), m.exp(h * 0 + 1.25)"),
    "a polynomial near its ninefold root": (polynomial, (1.01, 1.03), "total = total * x + factor"),
    "a long sum": (harmonic, (0.3, 0.7), "total = total + 1 / (k + x)"),
    "an unstable recurrence": (recurrence, (0.9, 1.1), "y = 1 - m.exp(-x)"),
}
"""A function of a number and a module of functions, where the number lies, and the line that is to blame."""

by_case = pytest.mark.parametrize(("f", "region", "guilty"), CASES.values(), ids=CASES)


def points(region: tuple[float, float], count: int = 25) -> list[float]:
    """Numbers of a region that no power of two and no pattern of digits favours."""
    low, high = region
    return [low * (high / low) ** ((k * 0.6180339887498949) % 1.0) for k in range(1, count + 1)]


def analysed(f: Callable[..., Any], x: float, **options: bool) -> minitorch.Rounding:
    return rounding_error(minitorch.trace(f)(Scalar(x, name="x"), math), **options)


def true_error(f: Callable[..., Any], x: float, found: minitorch.Rounding) -> float:
    """How far the value is from what the function gives in high precision."""
    with mpmath.workdps(DIGITS):
        return float(mpmath.mpf(found.value) - f(mpmath.mpf(x), mpmath.mp))


@by_case
def test_bound_and_estimate(f: Callable[..., Any], region: tuple[float, float], guilty: str) -> None:
    sizes = []
    for x in points(region):
        found = analysed(f, x)
        error = abs(true_error(f, x, found))
        assert error <= found.bound * (1 + 1e-6)
        assert 0.0 < found.estimate < found.bound
        sizes.append(error / found.estimate)
    # Errors of one standard deviation in the mean, up to an order of magnitude.
    assert 0.1 < statistics.fmean(sizes) < 10


@by_case
def test_signed_error(f: Callable[..., Any], region: tuple[float, float], guilty: str) -> None:
    for x in points(region):
        found = analysed(f, x)
        assert abs(true_error(f, x, found) - found.signed) <= found.unknown * (1 + 1e-6) + 2e-3 * found.bound


@by_case
def test_guilty_line(f: Callable[..., Any], region: tuple[float, float], guilty: str) -> None:
    every = [analysed(f, x) for x in points(region)]
    worst = [found.lines[0].text for found in every]
    assert guilty in statistics.mode(worst)
    for found in every:
        assert found.lines[0].label in str(found)
        assert [line.contribution for line in found.lines] == sorted(
            (line.contribution for line in found.lines), reverse=True
        )
        assert sum(line.share for line in found.lines) == pytest.approx(1.0)
        assert math.fsum(found.contributions.values()) == pytest.approx(found.bound)


@pytest.mark.parametrize(
    ("f", "x", "line", "digits"),
    [
        (smaller_root, 1e6, "return (-b + root) / 2", 12),
        (naive_variance, 1e5, "return squares - mean * mean", 8),
        (exponential, 1e-9, "return (grown - 1) / x", 9),
        (versine, 1e-4, "return (1 - cosine) / (x * x)", 8),
        (difference_of_roots, 1e10, "return upper - m.sqrt(x)", 10),
    ],
)
def test_cancellations(f: Callable[..., Any], x: float, line: str, digits: int) -> None:
    cancellation = analysed(f, x).cancellations[0]
    assert cancellation.text == line
    assert cancellation.digits == pytest.approx(digits, abs=1)
    assert f"{cancellation.digits:.1f} digits are lost" in str(analysed(f, x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, m: m.log1p(x),
        lambda x, m: m.expm1(x) / x,
        lambda x, m: x * x + 1,
        lambda x, m: -1 / (x + m.sqrt(x * x + 4)),
    ],
)
def test_stable_formulas_are_not_blamed(f: Callable[..., Any]) -> None:
    found = analysed(f, 1e-9)
    assert found.digits > 15
    assert found.cancellations == []


def test_subtraction_of_exact_inputs_is_not_blamed() -> None:
    x, y = Scalar(1.0 + 2**-40), Scalar(1.0)
    found = rounding_error((x - y) * 3)
    assert (found.bound, found.cancellations, found.digits) == (0.0, [], math.inf)
    assert str(found) == f"{found.value!r} is exact: nothing was rounded"


def test_all_digits_lost() -> None:
    a = Scalar(1e17)
    found = rounding_error((a + 1) - a)
    assert (found.value, found.signed, found.corrected, found.digits) == (0.0, -1.0, 1.0, 0.0)
    assert "1e+17 and 1e+17 leave 0, all digits are lost" in str(found)


# -- what counts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x: -x,
        lambda x: abs(x),
        lambda x: x * 4.0,
        lambda x: x / 1024,
        lambda x: x - x / 2,
        lambda x: x + 0.0,
        lambda x: x * 1.0,
        lambda x: math.copysign(x, -1.0),
        lambda x: math.fmod(x, 0.01),
        lambda x: math.modf(x * 8)[0],
        lambda x: math.ldexp(x, 20),
        lambda x: max(x, 0.2) + 0,
        lambda x: math.sqrt(x * 0 + 6.25) - 2.5,
        lambda x: sum([x, x, -x]),
        lambda x: math.fsum([x, 1e300, -1e300]),
        lambda x: (x // 0.25) + 3,
        lambda x: 2.0 if x > 1 else x,
    ],
)
def test_what_is_exact_rounds_nothing(f: Callable[..., Any]) -> None:
    found = rounding_error(minitorch.trace(f)(Scalar(0.3)))
    assert (found.bound, found.estimate, found.signed, found.unknown) == (0.0, 0.0, 0.0, 0.0)
    assert found.lines == []


def test_inputs_and_constants_count_where_asked_for() -> None:
    def line(x: float) -> float:
        return x * 0.1

    plain, decimal = (rounding_error(minitorch.trace(line)(Scalar(0.7, name="x")), inputs=on) for on in (False, True))
    exact = Fraction(7, 10) / 10
    assert plain.signed == pytest.approx(float(Fraction(plain.value) - Fraction(0.7) * Fraction(0.1)))
    assert decimal.signed == pytest.approx(float(Fraction(decimal.value) - exact), rel=1e-9)
    assert decimal.bound > plain.bound
    assert {found.label for found in decimal.lines} > {"input x"}
    assert sum(found.share for found in decimal.lines) == pytest.approx(1.0)


def test_pi_stands_for_pi() -> None:
    found = rounding_error(minitorch.trace(lambda x: math.sin(x))(Scalar(math.pi)), inputs=True)
    assert found.value - found.signed == pytest.approx(0.0, abs=1e-31)


def test_plain_numbers_have_no_history() -> None:
    for output in (3.0, None, Scalar(1.0) * 1j):
        with pytest.raises(TypeError, match="rounding_error needs a Scalar that traced code computed"):
            rounding_error(output)
    assert rounding_error(Scalar(3.0)).bound == 0.0
    assert rounding_error(Scalar(3.0, None) * 0.1).bound == 0.0


def test_functions_of_ones_own_are_taken_to_be_right_to_the_last_place() -> None:
    class Cube(minitorch.ScalarFunction):
        @staticmethod
        def forward(ctx: Any, x: float) -> float:
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx: Any, d_output: float) -> float:
            return float(3 * ctx.saved_values**2 * d_output)

    found = rounding_error(Cube.apply(Scalar(0.3)))
    assert (found.bound, found.unknown, found.signed) == (math.ulp(0.3**3), math.ulp(0.3**3), 0.0)


def test_contributions_are_by_operation() -> None:
    x = Scalar(0.3)
    product = x * x
    total = product + 0.7
    doubled = total * 2
    found = rounding_error(doubled)
    assert found.contributions == {
        # Half a unit in the last place each, times the derivative of two.
        product.unique_id: math.ulp(product.data),
        total.unique_id: math.ulp(total.data),
        doubled.unique_id: 0.0,
    }
    assert found.estimate == pytest.approx(math.hypot(*found.contributions.values()) / math.sqrt(3))


def test_a_line_of_a_loop_stands_once() -> None:
    @minitorch.trace
    def powers(x: float) -> float:
        y = x
        for _ in range(50):
            y = y * x + 0.1
        return y

    found = rounding_error(powers(Scalar(0.9)))
    assert [line.text for line in found.lines] == ["y = y * x + 0.1"]
    assert found.lines[0].label.endswith("powers")
    assert len(found.contributions) == 100


# -- the edges of floats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * 1e308 * 10,
        lambda x: x * math.inf,
        lambda x: x * math.inf - math.inf,
        lambda x: x * 0.1 / 1e-320 * 1e10,
        lambda x: math.sqrt(x * 0.1 - x * 0.1),
    ],
    ids=["overflow", "infinity", "nan", "an adjoint too large", "an infinite derivative"],
)
def test_beyond_finite_numbers_anything_may_be(f: Callable[..., Any]) -> None:
    found = rounding_error(minitorch.trace(f)(Scalar(3.0)))
    assert found.bound == math.inf
    assert "it may be anything" in str(found)


def test_underflow_counts() -> None:
    tiny = Scalar(1e-200)
    found = rounding_error(tiny * tiny * 1e300)
    assert found.value == 0.0
    assert 1e-100 < found.bound < math.inf


def test_whole_numbers_beyond_floats() -> None:
    """Python rounds a large int before it adds it."""
    big = 2**53 + 1
    found = rounding_error(Scalar(1.0) + big)
    assert found.signed == float(found.value - (1 + big))


def test_long_chains_need_no_recursion() -> None:
    y = Scalar(0.5)
    for _ in range(20_000):
        y = y * 0.999 + 0.001
    assert 0.0 < rounding_error(y).bound < 1e-12


# -- programs ----------------------------------------------------------------------------------------------------------

STEP = st.tuples(st.sampled_from(["Add", "Sub", "Mul", "TrueDiv"]), st.integers(0, 30), st.integers(0, 30))
ARITHMETIC = {"Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "TrueDiv": operator.truediv}


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=4), st.lists(STEP, min_size=1, max_size=25))
def test_first_order_errors_of_programs(inputs: list[float], steps: list[tuple[str, int, int]]) -> None:
    """The same program forward in fractions: values as they are, and errors to first order, without adjoints."""
    made: list[Any] = [Scalar(x) for x in inputs]
    errors = [Fraction(0)] * len(inputs)
    for name, i, j in steps:
        i, j = i % len(made), j % len(made)
        x, y = Fraction(made[i].data), Fraction(made[j].data)
        assume(name != "TrueDiv" or abs(y) > 1e-6)
        made.append(ARITHMETIC[name](made[i], made[j]))
        assume(1e-60 < abs(made[-1].data) < 1e60 or made[-1].data == 0)
        own = Fraction(made[-1].data) - ARITHMETIC[name](x, y)
        by_x = {"Add": 1, "Sub": 1, "Mul": y, "TrueDiv": 1 / y if y else 0}[name]
        by_y = {"Add": 1, "Sub": -1, "Mul": x, "TrueDiv": -x / (y * y) if y else 0}[name]
        errors.append(own + by_x * errors[i] + by_y * errors[j])
    found = rounding_error(made[-1])
    exact = float(errors[-1])
    assert abs(exact) <= found.bound * (1 + 1e-9)
    assert found.signed == pytest.approx(exact, rel=1e-6, abs=1e-9 * found.bound)
    assert found.unknown == 0.0
    assert found.estimate <= found.bound


# -- places ------------------------------------------------------------------------------------------------------------


def test_places_below_the_working_directory_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wave.py").write_text("import math\n\n\ndef wave(x):\n    return math.sin(x) * x\n")
    monkeypatch.chdir(tmp_path)
    source = (tmp_path / "wave.py").read_text()
    namespace: dict[str, Any] = {"__name__": "waves"}
    exec(compile(source, str(tmp_path / "wave.py"), "exec"), namespace)
    found = rounding_error(minitorch.trace(namespace["wave"])(Scalar(2.0)))
    assert found.lines[0].label == "wave.py:5 in wave"
    assert found.lines[0].text == "return math.sin(x) * x"


def test_an_operation_without_source_has_its_place() -> None:
    namespace: dict[str, Any] = {"x": Scalar(0.3)}
    exec(compile("y = x * x", "<nowhere>", "exec"), namespace)
    found = rounding_error(namespace["y"])
    assert (found.lines[0].label, found.lines[0].text) == ("<nowhere>:1 in <module>", "")
    assert str(found.lines[0]).endswith("<module>")
