"""What newer Pythons add to the standard library for numbers has derivatives of any order, compiled as well."""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from newer_functions import ABOUT_OTHER_THINGS, CASES, OLDER, Case, is_here, named, public_names

import minitorch
from minitorch.rules.real import PASS_THROUGH

HERE = [
    pytest.param(case, point, id=f"{name}-{index}-{point}")
    for name, cases in CASES.items()
    if is_here(name)
    for index, case in enumerate(cases)
    for point in case.points
]

pytestmark = pytest.mark.filterwarnings("ignore::minitorch.SpecialPointWarning")


def near(expected: Any) -> Any:
    """The same numbers up to rounding, nan where there is nan."""
    return pytest.approx(expected, rel=1e-12, abs=1e-14, nan_ok=True)


def flat(rows: Any) -> list[float]:
    """The numbers of nested tuples, one after the other."""
    return [number for row in rows for number in flat(row)] if isinstance(rows, tuple) else [rows]


@pytest.mark.parametrize("module", OLDER)
def test_nothing_new_is_forgotten(module: str) -> None:
    new = {f"{module}.{name}" for name in public_names(named(module)) - {*OLDER[module].split()}}
    assert new - CASES.keys() - ABOUT_OTHER_THINGS.keys() == set()


def test_the_module_of_integers_has_nothing_for_floats() -> None:
    integer = named("math.integer")
    assert integer is None or public_names(integer) <= {
        name for name, reason in PASS_THROUGH.items() if reason == "takes integers only"
    }


@pytest.mark.parametrize(("case", "point"), HERE)
def test_derivatives_are_those_of_older_means(case: Case, point: tuple[float, ...]) -> None:
    every = tuple(range(len(point)))
    value, gradient = minitorch.value_and_grad(case.newer, argnums=every)(*point)
    assert float(value).hex() == float(case.newer(*point)).hex()
    assert gradient == near(minitorch.grad(case.older, argnums=every)(*point))
    directions = tuple(0.5 + index for index in every)
    expected = math.fsum(slope * step for slope, step in zip(gradient, directions, strict=True))
    assert minitorch.jvp(case.newer, point, directions)[1] == near(expected)
    second = minitorch.hessian(case.newer, argnums=every)(*point)
    assert flat(second) == near(flat(minitorch.hessian(case.older, argnums=every)(*point)))


@pytest.mark.parametrize(("case", "point"), HERE)
def test_compiled_ones_are_those_of_eager(case: Case, point: tuple[float, ...]) -> None:
    every = tuple(range(len(point)))
    compiled = minitorch.compile(case.newer, argnums=every)
    for at in (point, tuple(x * 1.25 for x in point), point):
        value, gradient = compiled.value_and_grad(*at)
        expected, slopes = minitorch.value_and_grad(case.newer, argnums=every)(*at)
        assert [float(x).hex() for x in (compiled(*at), value, *gradient)] == [
            float(x).hex() for x in (expected, expected, *slopes)
        ]


LOSING: dict[str, Callable[[Any], Any]] = {
    "decimal.Decimal.from_float": lambda x: decimal.Decimal.from_float(x),
    "decimal.Decimal.from_number": lambda x: decimal.Decimal.from_number(x),
    "fractions.Fraction.from_number": lambda x: Fraction.from_number(x),
}


@pytest.mark.parametrize("name", filter(is_here, LOSING))
def test_exact_numbers_have_no_derivatives(name: str) -> None:
    with pytest.raises(minitorch.HistoryLostError, match=r"derivative of 'x'.* minitorch\.detach\(x\) or x\.data"):
        minitorch.grad(LOSING[name])(2.5)
    assert LOSING[name](2.5) == 2.5


@pytest.mark.parametrize("kind", [kind for kind in (float, complex) if hasattr(kind, "from_number")])
@pytest.mark.parametrize("arguments", [("2",), (b"2",), (None,), ([1.0],), (), (1.0, 2.0)])
def test_from_number_refuses_what_is_no_number(kind: Any, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError) as expected:
        kind.from_number(*arguments)
    with pytest.raises(TypeError) as raised:
        minitorch.grad(lambda x: kind.from_number(*arguments) * x)(2.0)
    assert str(raised.value) == str(expected.value)
