"""Questions that a Variable could answer otherwise than its float: on every road the answer is that of the float."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import question_subjects
import text_subjects
from differences import richardson
from module_roads import ROADS, close, module_by, traced

import minitorch
from minitorch import HistoryLostError, Scalar
from minitorch.autodiff.intermediate_derivatives import adjoints_of

POINT = 1.5

SUBJECTS = {**question_subjects.ANSWERED, **text_subjects.ANSWERED, **question_subjects.NUMERIC}


def slope(name: str) -> float:
    """The derivative that a subject must have."""
    if name in question_subjects.NUMERIC:
        return richardson(question_subjects.NUMERIC[name], (POINT,), 0)
    return float(SUBJECTS[name](POINT) / POINT)


def subject(name: str, road: str = "decorator") -> Callable[[float], float]:
    """A copy of a subject that is traced: the plain one stays plain."""
    questions, text = module_by(road, "question_subjects"), module_by(road, "text_subjects")
    return {**questions.ANSWERED, **text.ANSWERED, **questions.NUMERIC}[name]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", SUBJECTS)
def test_value_and_gradient(name: str) -> None:
    value, derivative = minitorch.value_and_grad(subject(name))(POINT)
    assert value == SUBJECTS[name](POINT)
    assert close(derivative, slope(name))


@pytest.mark.parametrize("name", SUBJECTS)
def test_forward_mode(name: str) -> None:
    value, derivative = minitorch.jvp(subject(name), (POINT,), (1.0,))
    assert value == SUBJECTS[name](POINT)
    assert close(derivative, slope(name))


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", SUBJECTS)
def test_compiled(name: str) -> None:
    compiled = minitorch.compile(subject(name))
    expected = SUBJECTS[name](POINT)
    answers = [compiled(POINT) for _ in range(3)]
    assert answers == [expected] * 3
    assert set(map(type, answers)) <= {float, type(expected)}
    for _ in range(3):
        value, derivative = compiled.value_and_grad(POINT)
        assert value == expected
        assert close(derivative, slope(name))


@ROADS
@pytest.mark.parametrize("name", SUBJECTS)
def test_on_a_scalar(road: str, name: str) -> None:
    x = Scalar(POINT, name="x")
    result = traced(road, subject(name, road))(x)
    assert result.data == SUBJECTS[name](POINT)
    assert close(adjoints_of(result, [x])[0], slope(name))


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", question_subjects.REFUSED)
def test_refused_with_the_place(name: str) -> None:
    function = module_by("decorator", "question_subjects").REFUSED[name]
    with pytest.raises(HistoryLostError, match=r"question_subjects\.py:\d+: .*'?x'?.*detach"):
        minitorch.grad(function)(POINT)
    with pytest.raises(HistoryLostError):
        minitorch.jvp(function, (POINT,), (1.0,))
    compiled = minitorch.compile(function)
    for _ in range(3):
        assert compiled(POINT) == question_subjects.REFUSED[name](POINT)
        with pytest.raises(HistoryLostError):
            compiled.value_and_grad(POINT)


def test_code_that_knows_minitorch_has_what_a_scalar_has() -> None:
    def own(x: Scalar) -> Scalar:
        name = getattr(x, "name", None)
        return x.sqrt() * x.data * len(repr(x)) if hasattr(x, "backward") and name == "x" else x

    value, derivative = minitorch.value_and_grad(own)(4.0)
    text = len("Scalar(4.0, name='x')")
    assert (value, derivative) == (8.0 * text, math.sqrt(4.0) / 2 * text / 2 * 2)


def test_modules_and_a_method_s_own_object_are_asked_no_questions() -> None:
    text = minitorch.traced_source(module_by("decorator", "question_subjects").Curve.scaled)
    expected = "return Mul.apply(Mul.apply(Sqrt.apply(x), self.data), plainly(Curve).data)"
    assert text.splitlines()[-1].strip() == expected


def test_the_printed_source_shows_what_runs() -> None:
    text = minitorch.traced_source(subject("matched"))
    assert "case Singleton.true:" in text
    text = minitorch.traced_source(subject("data_by_default"))
    assert "plainly(x), 'data'" in text
