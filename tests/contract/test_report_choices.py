"""What Python's own functions ask of the values that they are given, in the user's words; not what libraries ask."""

from __future__ import annotations

import pytest
from report_subjects import KNOWS_COLUMNS
from test_report_lines import analysed

import minitorch


def test_internals_of_libraries_are_left_out() -> None:
    analysis = analysed("m = statistics.median([x, y, 1.0])\nbig = max(m, 0.5)\nreturn big")
    assert [function.name for function in analysis.functions] == ["f"]
    assert [branch.answer for branch in analysis.branches] == ["max: 1st argument `m` = 2 over 0.5"]
    assert analysis.internal_questions > 0


def test_a_function_of_pythons_library_that_is_reported_itself_is_shown() -> None:
    import colorsys

    analysis = minitorch.report(lambda r, g, b: colorsys.rgb_to_hls(r, g, b)[0], 0.5, 0.2, 0.1).analysis
    assert "rgb_to_hls" in [function.name for function in analysis.functions]


@pytest.mark.parametrize(
    ("expression", "question", "outcome"),
    [
        ("max(x, y)", "max: 2nd argument `y` = 3 over 2", "2nd argument"),
        ("max(y, x)", "max: 1st argument `y` = 3 over 2", "1st argument"),
        ("min(x - 5.0, 0.0)", "min: 1st argument `x - 5.0` = -3 over 0", "1st argument"),
        ("max(0.0, x - 5.0)", "max: 1st argument `0.0` = 0 over -3", "1st argument"),
        ("max(0.0, x - 1.0)", "max: 2nd argument `x - 1.0` = 1 over 0", "2nd argument"),
        ("max([x, y])", "max: 3 over 2", "3"),
        ("max(*[x, y])", "max: 3 over 2", "3"),
        ("min(x, y, key=lambda v: -v)", "min by its key: 2nd argument `y`, -3 over -2", "2nd argument"),
        ("sorted([x, y])[0]", "sorted: the nearest two are 2 and 3", "2 < 3"),
    ],
)
def test_choices_are_said_in_the_words_of_the_call(expression: str, question: str, outcome: str) -> None:
    (branch,) = analysed(f"z = {expression}\nreturn z * x * y").branches
    assert (branch.question, branch.outcome, branch.is_choice) == (question, outcome, True)


def test_the_largest_of_three_is_named_where_it_is_known() -> None:
    answers = {x.answer for x in analysed("z = max(x, y, x * y)\nreturn z").branches}
    third = "3rd argument `x * y` = " if KNOWS_COLUMNS else ""
    assert answers == {"max: 2nd argument `y` = 3 over 2", f"max: {third}6 over 3"}


def test_each_answer_of_a_loop_is_counted() -> None:
    body = "total = 0.0\nfor k in range(5):\n    total += max(x - k, 0.5)\nreturn total"
    counts = {branch.outcome: branch.times for branch in analysed(body).branches}
    assert counts == {"1st argument": 2, "2nd argument": 3}


def test_the_headline_is_a_choice_in_words() -> None:
    made = minitorch.report(lambda x, y: max(x, y) * 2.0, 2.0, 3.0)
    answer = "max: 2nd argument `y` = 3 over 2" if KNOWS_COLUMNS else None
    assert made.analysis.nearest is not None and (answer is None or made.analysis.nearest.answer == answer)
    assert made.analysis.nearest.answer in made.html() and made.analysis.nearest.answer in made.text(200)


@pytest.mark.parametrize("expression", ["sum([x, y])", "sum((v * v for v in [x, y]), 0.0)", "abs(x) + y", "x ** 2 + y"])
def test_what_asks_nothing_has_no_branches(expression: str) -> None:
    analysis = analysed(f"return {expression}")
    assert analysis.branches == () and analysis.internal_questions == 0
