"""What stays behind: constants after a derivative, plain floats after a plain call of a compiled function."""

from __future__ import annotations

import array
import concurrent.futures
import json
import math
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import left_behind_subjects as subjects
import numpy
import pytest
from effect_subjects import COMPLEX, SUBJECTS, Vector

import minitorch
from minitorch import HistoryLostError, Scalar
from minitorch.autodiff.grad_mode import pausing

pytestmark = pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")

DERIVATIVES: dict[str, Callable[[Callable[[float], float], float], tuple[float, float]]] = {
    "value_and_grad": lambda f, x: minitorch.value_and_grad(f)(x),
    "jvp": lambda f, x: minitorch.jvp(f, (x,), (1.0,)),
    "compiled": lambda f, x: minitorch.compile(f).value_and_grad(x),
}

MAKERS = pytest.mark.parametrize("make", subjects.MAKERS, ids=lambda make: make.__name__)


def numbers_kept(holder: list[Any]) -> list[Any]:
    """What a subject has kept."""
    return list(holder[0]())


@MAKERS
@pytest.mark.parametrize("way", DERIVATIVES)
def test_after_a_derivative_it_answers_as_a_constant(way: str, make: Callable[..., Any]) -> None:
    plain: list[Any] = []
    expected = [make(plain)(2.0)]
    holder: list[Any] = []
    function = make(holder)
    assert DERIVATIVES[way](function, 2.0)[0] == expected[0]
    kept = numbers_kept(holder)
    assert kept and kept == numbers_kept(plain)
    for number in kept:
        assert getattr(number, "history", None) is None
        assert math.sqrt(number) == math.sqrt(float(number))
        assert struct.pack("d", number) == struct.pack("d", float(number))
        assert array.array("d", [number])[0] == number
        assert json.loads(json.dumps({"kept": [number]})) == {"kept": [number]}
        assert pickle.loads(pickle.dumps(number)) == number


@MAKERS
@pytest.mark.parametrize("way", DERIVATIVES)
def test_in_another_derivative_it_is_what_a_float_is(way: str, make: Callable[..., Any]) -> None:
    holder: list[Any] = []
    function = make(holder)
    DERIVATIVES[way](function, 2.0)
    kept = [number for number in numbers_kept(holder) if not isinstance(number, bool)]

    def later(y: float) -> float:
        return float(y * kept[0] + math.sqrt(kept[-1]))

    assert DERIVATIVES[way](later, 5.0) == (later(5.0), kept[0])
    with_floats: list[Any] = []
    again = make(with_floats)
    again(2.0)
    value, slope = DERIVATIVES[way](again, 3.0)
    if make is not subjects.global_name:
        assert DERIVATIVES[way](function, 3.0) == (value, slope)


def test_while_somebody_can_ask_it_is_no_constant() -> None:
    tank = subjects.Tank()
    value, cotangents = minitorch.vjp(tank.fill, 2.0)
    with pytest.raises(HistoryLostError):
        float(tank.level)
    assert (value, cotangents(1.0)) == (10.0, (13.0,))
    del cotangents
    assert float(tank.level) == 5.0 and tank.level.history is None


def test_after_an_error_it_is_a_constant() -> None:
    subjects.SEEN.clear()
    with pytest.raises(subjects.Refusal):
        minitorch.grad(subjects.raising)(2.0)
    assert float(subjects.SEEN[0]) == 2.0


def test_what_an_enclosing_derivative_made_is_no_constant() -> None:
    tank = subjects.Tank()

    def outer(x: float) -> float:
        slope = minitorch.grad(lambda y: tank.fill(x) * y)(3.0)
        return float(slope + tank.level)

    # (1 + x²) x + 1 + x²
    assert minitorch.value_and_grad(outer)(2.0) == (15.0, 17.0)


@MAKERS
def test_a_plain_call_of_a_compiled_function_leaves_floats(make: Callable[..., Any]) -> None:
    plain_holder: list[Any] = []
    plain = make(plain_holder)
    expected = [plain(x) for x in (2.0, 2.0, 3.0)]
    plain_kept = numbers_kept(plain_holder)
    holder: list[Any] = []
    compiled = minitorch.compile(make(holder))
    answers = [compiled(x) for x in (2.0, 2.0, 3.0)]
    kept = numbers_kept(holder)
    assert answers == expected and kept == plain_kept
    assert not [number for number in (*answers, *kept) if type(number) not in (float, bool)]


def test_effects_happen_once_where_the_function_raises() -> None:
    subjects.SEEN.clear()
    compiled = minitorch.compile(subjects.raising)
    for _ in range(3):
        with pytest.raises(subjects.Refusal) as raised:
            compiled(2.0)
        assert raised.value.args == (4.0,) and type(raised.value.args[0]) is float
    assert subjects.SEEN == [2.0] * 3 and set(map(type, subjects.SEEN)) == {float}


def test_effects_happen_once_where_nothing_can_be_recorded() -> None:
    subjects.SEEN.clear()
    compiled = minitorch.compile(subjects.unrecordable)
    for _ in range(3):
        answer = compiled(2.0)
        assert (answer["text"], answer["number"]) == ("2.0", 4.0) and type(answer["number"]) is float
    assert subjects.SEEN == [2.0] * 3 and set(map(type, subjects.SEEN)) == {float}


def test_effects_happen_once_where_an_object_goes() -> None:
    subjects.SEEN.clear()
    compiled = minitorch.compile(subjects.finalizing)
    for calls in (1, 2, 3):
        assert compiled(2.0) == 6.0 and [2.0] * calls == subjects.SEEN
    for calls in (4, 5, 6):
        assert compiled.grad(2.0) == 3.0 and len(subjects.SEEN) == calls


CALLS: dict[str, Callable[[Callable[..., Any]], tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "plain": lambda f: (f, minitorch.compile(f)),
    "value_and_grad": lambda f: (minitorch.value_and_grad(f), minitorch.compile(f).value_and_grad),
    "jvp": lambda f: (lambda x: minitorch.jvp(f, (x,), (1.0,)), lambda x: minitorch.compile(f).jvp((x,), (1.0,))),
    "hessian": lambda f: (minitorch.hessian(f), minitorch.compile(f).hessian),
}
"""How a derivative is asked for without compiling and with it."""


@pytest.mark.filterwarnings("ignore::minitorch.SpecialPointWarning")
@pytest.mark.parametrize("mode", CALLS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_effects_happen_as_often_as_without_compiling(
    name: str, mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: list[Any] = []
    for index in range(2):
        seen: list[Any] = []
        file, made = tmp_path / str(index), Vector.made
        call = CALLS[mode](SUBJECTS[name](seen, file))[index]
        outcomes.append([outcome_of(call, 2.0) for _ in range(3)])
        written = file.read_text() if file.exists() else ""
        outcomes[-1] += [
            written,
            capsys.readouterr().out,
            Vector.made - made,
            [repr(minitorch.detach(x)) for x in seen[1:]],
        ]
    assert outcomes[1] == outcomes[0]


def test_errors_have_plain_numbers_also_of_means_that_numpy_rounds_otherwise() -> None:
    def total(x: float) -> float:
        raise subjects.Refusal(float(numpy.mean([x * 0.1] * 10)))

    compiled = minitorch.compile(total)
    for call in (total, compiled, compiled.value_and_grad, minitorch.value_and_grad(total)):
        with pytest.raises(subjects.Refusal) as raised:
            call(1.0)
        assert raised.value.args == (0.1,) and type(raised.value.args[0]) is float


@pytest.mark.parametrize("name", COMPLEX)
def test_what_is_said_of_a_complex_number_is_what_python_says(name: str) -> None:
    function = COMPLEX[name]
    compiled = minitorch.compile(function)
    for _ in range(3):
        assert outcome_of(compiled, 2.0) == outcome_of(function, 2.0)


def outcome_of(function: Callable[..., Any], x: float) -> str:
    """What a call comes to, as text."""
    try:
        return repr(function(x))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Holder:
    """Holds a factor."""

    factor: Any = 3.0


def test_a_compiled_function_reads_an_outer_variable() -> None:
    holder = Holder()
    compiled = minitorch.compile(lambda x: x * holder.factor * x)
    assert [compiled(2.0) for _ in range(3)] == [12.0] * 3

    def outer(k: float) -> float:
        holder.factor = k
        return float(compiled(2.0) + compiled(3.0))

    for _ in range(3):
        assert minitorch.value_and_grad(outer)(5.0) == (65.0, 13.0)
    holder.factor = 3.0
    assert [compiled(2.0) for _ in range(3)] == [12.0] * 3


def test_a_compiled_function_closes_over_an_outer_variable() -> None:
    def outer(k: float) -> float:
        inner = minitorch.compile(lambda x: x * k)
        return float(inner(2.0) + inner(2.0) * inner(3.0))

    assert minitorch.value_and_grad(outer)(5.0) == (160.0, 62.0)
    assert minitorch.jvp(outer, (5.0,), (1.0,)) == (160.0, 62.0)


def test_a_compiled_function_is_called_with_an_outer_variable() -> None:
    square = minitorch.compile(lambda x: x * x)
    assert square(3.0) == 9.0
    assert minitorch.value_and_grad(lambda x: square(x) * x)(2.0) == (8.0, 12.0)
    x = Scalar(2.0)
    square(x).backward()
    assert x.derivative == 4.0


def test_the_result_of_a_call_that_is_not_recorded_is_what_python_returns() -> None:
    boxes: list[Any] = []

    def boxed(x: float, items: Any) -> Any:
        boxes.append(x)
        return {"items": items, "number": x * 2, "text": str(x)}

    compiled = minitorch.compile(boxed)
    for items in ([2.0], numpy.array([2.0]), {"a": 1.0}):
        for _ in range(3):
            answer = compiled(1.0, items)
            assert answer["items"] is items and type(answer["number"]) is float
    arrays = minitorch.compile(lambda x: {"array": numpy.array([x, 1.0]), "object": subjects.Tank()})
    for _ in range(3):
        assert arrays(1.0)["array"].dtype == float
    assert set(map(type, boxes)) == {float}


def test_effects_happen_once_with_an_argument_of_many_numbers() -> None:
    seen: list[float] = []

    def total(x: float, items: list[float]) -> Any:
        seen.append(x)
        return sum(items) * x, str(x)

    compiled = minitorch.compile(total)
    for _ in range(3):
        assert compiled(2.0, [1.0, 2.0]) == (6.0, "2.0")
    assert seen == [2.0] * 3 and set(map(type, seen)) == {float}


def test_operations_that_no_recording_sees_leave_floats() -> None:
    seen: list[float] = []

    def elsewhere(x: float) -> float:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            y = pool.submit(lambda: x * x).result()
        seen.append(x)
        return y + x

    compiled = minitorch.compile(elsewhere)
    for _ in range(3):
        value = compiled(3.0)
        assert value == 12.0 and type(value) is float
    assert set(map(type, seen)) == {float}


def test_operations_go_the_usual_way_in_a_recording_alone() -> None:
    held: list[int] = []

    def curve(x: float) -> float:
        held.append(len(pausing))
        return sum(x**k for k in range(5)) * x

    compiled = minitorch.compile(curve)
    assert [type(compiled(x)) for x in (2.0, 3.0, 2.0)] == [float] * 3
    assert 1 in held
    held.clear()
    minitorch.grad(curve)(2.0)
    assert held == [0] and pausing == []


def test_what_goes_on_after_a_refusal_is_done_in_python() -> None:
    def otherwise(x: float) -> float:
        try:
            return float(len(struct.pack("d", x)))
        except TypeError:
            raise subjects.Refusal(x) from None

    compiled = minitorch.compile(otherwise)
    assert [compiled(2.0) for _ in range(3)] == [8.0] * 3
