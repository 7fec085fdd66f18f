"""Branches with their margins, and what is said of kinks and of numbers that are not finite."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import report_subjects as subjects
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch.reporting.model import Branch, Notice


def branches_of(f: Callable[..., Any], *args: Any) -> tuple[Branch, ...]:
    return minitorch.report(f, *args).analysis.branches


def notices_of(f: Callable[..., Any], *args: Any) -> list[tuple[str, str]]:
    return [(notice.kind, notice.message) for notice in minitorch.report(f, *args).analysis.notices]


def test_a_branch_says_by_how_much_and_for_what_change() -> None:
    near, far = branches_of(subjects.chosen, 2.003, 2.0)
    line = "if x > y and x < 10:"
    assert (near.spot.text, near.outcome, near.question) == (subjects.shown("x > y", line), "True", "2.003 > 2")
    assert near.margin == pytest.approx(0.003) and near.reach == pytest.approx(0.003 / 4.003)
    assert (far.spot.text, far.margin) == (subjects.shown("x < 10", line), 10 - 2.003)
    assert far.reach == pytest.approx(7.997 / 2.003)
    assert near.spot.file.endswith("report_subjects.py") and near.spot.line == far.spot.line


@pytest.mark.parametrize(
    ("f", "x", "kind", "outcome", "margin"),
    [
        (lambda x: x * int(x), 2.25, "int", "2", 0.25),
        (lambda x: x * int(x), 0.25, "int", "0", 0.75),
        (lambda x: x * int(x), -0.25, "int", "0", 0.75),
        (lambda x: x * int(x), -2.25, "int", "-2", 0.25),
        (lambda x: x * math.floor(x), 2.75, "math.floor", "2", 0.25),
        (lambda x: x * math.floor(x), -2.75, "math.floor", "-3", 0.25),
        (lambda x: x * math.ceil(x), 2.75, "math.ceil", "3", 0.25),
        (lambda x: x * math.ceil(x), 2.25, "math.ceil", "3", 0.25),
        (lambda x: x * round(x), 2.25, "round", "2", 0.25),
        (lambda x: x * round(x), 2.75, "round", "3", 0.25),
        (lambda x: x * round(x), 4.0, "round", "4", 0.5),
        (lambda x: x if x.is_integer() else 2 * x, 2.25, "is_integer", "False", 0.25),
    ],
)
def test_whole_numbers_are_questions(f: Any, x: float, kind: str, outcome: str, margin: float) -> None:
    (branch,) = branches_of(f, x)
    assert branch.question == f"{kind}({x:g})"
    assert (branch.outcome, branch.margin, branch.reach) == (outcome, margin, pytest.approx(margin / abs(x)))


@given(st.floats(-50, 50).filter(lambda x: abs(x) > 1e-3))
def test_just_beyond_the_margin_the_answer_is_another_one(x: float) -> None:
    for make in (int, math.floor, math.ceil, round):
        (branch,) = branches_of(lambda x, make=make: x * make(x), x)  # type: ignore[misc]
        assert branch.margin is not None
        there = {make(x + sign * (branch.margin * 1.000001 + 1e-9)) for sign in (-1, 1)}
        assert there != {make(x)}, make


class Filled:
    def __init__(self, level: float) -> None:
        self.level = level

    def __bool__(self) -> bool:
        def above(level: float) -> bool:
            return level > 1.0

        return self.level * above(self.level) > 0.5


def is_missing(x: float) -> float:
    large: Any = x > 1.0
    return x if large is None or large is ... else 2 * x


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: x if Filled(x) else 2 * x, ["1.5 > 0.5"]),
        (is_missing, []),
        (lambda x: x if (x > 1.0) is True else 2 * x, ["1.5 > 1"]),
    ],
)
def test_a_comparison_is_a_branch_only_where_its_truth_is_asked(f: Callable[..., Any], expected: list[str]) -> None:
    assert [branch.question for branch in branches_of(f, 1.5)] == expected


def test_truth_of_a_number_is_its_distance_from_zero() -> None:
    (branch,) = branches_of(lambda x: 2 * x if x else 1.0, 0.125)
    assert (branch.question, branch.outcome, branch.margin) == ("0.125 != 0", "True", 0.125)


@pytest.mark.parametrize(
    ("f", "margin", "reach"),
    [
        (lambda x: x if not math.isnan(x) else 0.0, None, math.nan),
        (lambda x: x if hash(x) else 0.0, None, math.nan),
        (lambda x: x if x - x == 0 else 0.0, 0.0, math.inf),
        (lambda x: x if math.isclose(x, 2.0) else 0.0, None, math.nan),
    ],
)
def test_questions_without_a_distance(f: Any, margin: float | None, reach: float) -> None:
    branch = branches_of(f, 2.0)[0]
    assert branch.margin == margin and repr(branch.reach) == repr(reach)


def test_sorting_and_maxima_are_questions_where_they_are_called() -> None:
    texts = {branch.spot.text for branch in branches_of(subjects.sorted_middle, 3.0, 1.0, 2.0)}
    assert texts == {subjects.shown("sorted([x, y, z])", "return sorted([x, y, z])[1]")}
    (branch,) = branches_of(lambda x, y: max(x, y), 3.0, 2.5)
    assert "max(x, y)" in branch.spot.text and (branch.question, branch.margin) == (
        "max: 1st argument `x` = 3 over 2.5",
        0.5,
    )


def loops_until(x: float) -> float:
    while x > 1:
        x = x - 0.75
    return x


def test_a_loop_has_one_entry_for_each_answer_with_the_nearest() -> None:
    left, stays = sorted(branches_of(loops_until, 4.0), key=lambda branch: branch.outcome)
    assert (left.outcome, left.times, left.margin) == ("False", 1, 0.0)
    assert (stays.outcome, stays.times, stays.margin) == ("True", 4, 0.75)


def test_whole_numbers_of_a_loop_are_one_entry() -> None:
    def f(x: float) -> float:
        total = 0.0
        for k in range(4):
            total += int(k * x) * x
        return total

    (branch,) = branches_of(f, 1.3)
    assert (branch.outcome, branch.times, branch.margin) == ("3, …", 4, pytest.approx(0.1))


def test_a_condition_kept_in_a_variable_is_shown_as_it_was_compared() -> None:
    def f(x: float) -> float:
        above = x > 1
        return x * 2 if above else x

    (branch,) = branches_of(f, 1.5)
    assert branch.spot.text == subjects.shown("x > 1", "above = x > 1")
    assert branch.spot.line == f.__code__.co_firstlineno + 2


# -- notices -----------------------------------------------------------------------------------------------------------

KINKS: list[tuple[Any, tuple[float, ...], str]] = [
    (lambda x: abs(x) + x, (0.0,), "abs at 0: its derivative is taken as 0"),
    (lambda x: math.fabs(x) + x, (0.0,), "fabs at 0"),
    (lambda x: minitorch.ReLU.apply(x) + x, (0.0,), "relu at 0"),
    (lambda x: math.copysign(x, 1.0) + x, (0.0,), "copysign of 0"),
    (lambda x, y: math.hypot(x, y) + x, (0.0, 0.0), "hypot of zeros"),
    (lambda x, y: math.dist([x, 1.0], [y, 1.0]) + x, (2.0, 2.0), "distance of a point from itself"),
    (lambda x: x // 2.0 + x, (4.0,), "// at a jump"),
    (lambda x: x % 2.0 + x, (4.0,), "% at a jump"),
    (lambda x: math.fmod(x, 2.0) + x, (4.0,), "fmod at a jump"),
    (lambda x: math.modf(x)[0] + x, (3.0,), "modf of a whole number"),
    (lambda x: x * int(x), (3.0,), "int at a jump"),
    (lambda x: x * round(x), (2.5,), "round at a jump"),
    (lambda x: x if x > 1 else 2 * x, (1.0,), "both sides are equal"),
    (lambda x, y: max(x, y), (2.0, 2.0), "both sides are equal"),
    (lambda x: x if x else 2.0, (0.0,), "the value is zero"),
]
if hasattr(math, "fmax"):
    of_first = "both sides are equal: {} has the derivative of the first"
    KINKS.append((lambda x, y: math.fmax(x, y), (2.0, 2.0), of_first.format("fmax")))
    KINKS.append((lambda x, y: math.fmin(x, y), (2.0, 2.0), of_first.format("fmin")))


@pytest.mark.parametrize(("f", "args", "message"), KINKS)
def test_kinks_are_noticed(f: Any, args: tuple[float, ...], message: str) -> None:
    found = notices_of(f, *args)
    assert any(kind == "kink" and message in text for kind, text in found), found


@pytest.mark.parametrize(("f", "args", "message"), KINKS)
def test_beside_a_kink_nothing_is_noticed(f: Any, args: tuple[float, ...], message: str) -> None:
    assert notices_of(f, *(x + 0.125 * (2 * k + 1) for k, x in enumerate(args))) == []


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: math.sqrt(x) * 2.0, 0.0, ("infinite", "Sqrt: its derivative by x (at 0) is ∞")),
        (lambda x: math.sqrt(x * x), 0.0, ("infinite", "Sqrt: its derivative by an operand (at 0) is ∞")),
        (lambda x: x * x * 1e200, 1e100, ("infinite", "Mul(1e200, 1e200) is ∞")),
        (lambda x: (x * 1e300 * 1e300) - (x * 1e300 * 1e300), 1.0, ("infinite", "Mul(1e300, 1e300) is ∞")),
        (lambda x: math.asin(x), 1.0, ("infinite", "Asin: its derivative by x (at 1) is ∞")),
        (lambda x: math.atan2(x, x) * 2.0, 0.0, ("nan", "Atan2: its derivative by x (at 0) is nan")),
    ],
)
def test_what_is_not_finite_is_told_where_it_arises(f: Any, x: float, expected: tuple[str, str]) -> None:
    found = notices_of(f, x)
    assert found[0] == expected or expected in found
    assert len({message for kind, message in found if kind != "kink"}) == len(found)


def test_the_line_is_named_once_with_how_often() -> None:
    def f(x: float) -> float:
        total = 0.0
        for _ in range(5):
            total += abs(x)
        return total + x

    (notice,) = minitorch.report(f, 0.0).analysis.notices
    assert isinstance(notice, Notice)
    source = subjects.shown("abs(x)", "total += abs(x)")
    assert (notice.times, notice.spot.text, notice.spot.line) == (5, source, f.__code__.co_firstlineno + 3)
