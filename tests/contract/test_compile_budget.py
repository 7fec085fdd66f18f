"""Compiled functions never cost more than twice eager: recordings are earned, and stopped where they are not."""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minitorch
from minitorch.autodiff.history import LIVE
from minitorch.compiler.capture.stopwatch import Stopwatch
from minitorch.compiler.earnings import PATIENCE, Earnings, Estimate
from minitorch.compiler.function import CompilationWarning, CompiledFunction

MILLISECOND = 1_000_000

pytestmark = pytest.mark.usefixtures("only_traces")


@pytest.fixture(autouse=True)
def a_millisecond_per_look(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clock that goes on as it is looked at: a recording looks the more often, the longer it is."""
    times = itertools.count(0, MILLISECOND)
    monkeypatch.setattr(Earnings, "clock", staticmethod(lambda: next(times)))
    monkeypatch.setattr(Earnings, "timed", timed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        yield


def timed(self: Earnings, function: Callable[..., Any]) -> Callable[..., Any]:
    """Takes ten milliseconds for each call of eager's."""

    def answered(*args: Any, **kwargs: Any) -> Any:
        self.note_eager(10 * MILLISECOND)
        return function(*args, **kwargs)

    return answered


def product(factors: list[float]) -> float:
    """Has an operation for each factor, and nothing that depends on them."""
    result = 1.0
    for factor in factors:
        result = result * factor + factor
    return result


def recorded(compiled: CompiledFunction) -> int:
    """How many traces are known."""
    return len(compiled.traces)


def test_a_long_recording_is_stopped_and_made_when_it_is_earned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minitorch.compiler.earnings.EXPECTED_CALLS", 1)
    factors = [1.0 + 0.0001 * index for index in range(900)]
    compiled, eager = minitorch.compile(product), minitorch.value_and_grad(product)
    for _ in range(3):
        assert compiled.value_and_grad(factors) == eager(factors)
    assert recorded(compiled) == 0
    (reason,) = compiled.traces.reasons
    assert reason.startswith("value and derivatives: runs in Python until that has taken twice as long")
    assert str(compiled.traces) == reason
    calls = 3
    while not recorded(compiled):
        assert compiled.value_and_grad(factors) == eager(factors)
        calls += 1
        assert calls < 2000
    assert calls > 16
    assert compiled.value_and_grad([2.0] * 900) == eager([2.0] * 900)
    assert recorded(compiled) == 1 and compiled.traces.reasons == []
    assert compiled.traces[0].calls >= 1


def test_a_short_recording_is_made_when_the_first_call_has_earned_it() -> None:
    compiled, known = minitorch.compile(product), []
    for _ in range(3):
        assert compiled.value_and_grad([2.0, 3.0]) == minitorch.value_and_grad(product)([2.0, 3.0])
        known.append(recorded(compiled))
    assert known == [0, 1, 1]


def test_who_asks_for_machine_code_gets_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 10**12)
    asked, emitted, waiting = (minitorch.compile(lambda x, y: x * y + x) for _ in range(3))
    asked.precompile(2.0, 3.0)
    asked.precompile(2.0, y=3.0, derivative=False)
    for compiled in (emitted, waiting):
        assert compiled.value_and_grad(2.0, 3.0) == (8.0, 4.0)
    assert "def function(x, y)" in emitted.emit("python")
    assert [recorded(asked), recorded(emitted), recorded(waiting)] == [2, 1, 0]
    assert asked.value_and_grad(3.0, 3.0) == emitted.value_and_grad(3.0, 3.0) == (12.0, 4.0)


def test_rows_of_a_batch_count_as_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 3000 * MILLISECOND)
    few, many = (minitorch.compile(lambda x: x * x) for _ in range(2))
    assert few.batch_value_and_grad([[2.0]] * 20)[1].tolist() == [4.0] * 20
    assert many.batch_value_and_grad([[2.0]] * 2000)[1].tolist() == [4.0] * 2000
    assert [recorded(few), recorded(many)] == [0, 1]


SEEN: list[int] = []


def counted(factors: list[float]) -> float:
    SEEN.append(len(factors))
    return product(factors)


def test_a_run_that_changes_something_is_not_stopped() -> None:
    """It would be changed twice."""
    SEEN.clear()
    compiled = minitorch.compile(counted)
    for calls in range(1, 6):
        compiled.value_and_grad([1.0] * 900)
        assert len(SEEN) == calls


def stubborn(factors: list[float]) -> float:
    result = 1.0
    for factor in factors:
        try:
            result = result * factor + factor
        except:  # noqa: E722 (what it catches is the point)
            result = 1e9
    return result


def test_a_run_that_catches_everything_is_stopped_all_the_same() -> None:
    compiled = minitorch.compile(stubborn)
    assert compiled.value_and_grad([0.5] * 900) == minitorch.value_and_grad(stubborn)([0.5] * 900)
    assert recorded(compiled) == 0


@pytest.mark.parametrize("run", [product, stubborn])
@pytest.mark.parametrize(("derivative", "most"), [(True, 100), (False, 400)])
def test_a_run_of_too_many_operations_is_ended_there(
    run: Callable[..., float], derivative: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    plain_tick = Stopwatch.tick

    def tick(self: Stopwatch) -> None:
        counts.append(self.operations)
        plain_tick(self)

    monkeypatch.setattr(Stopwatch, "tick", tick)
    compiled = minitorch.compile(run, max_operations=400)
    factors = [0.5] * 900
    compiled.precompile(factors, derivative=derivative)
    assert max(counts) == most if run is product else len(counts) > most
    assert recorded(compiled) == 0 and "it does more than 400 operations" in str(compiled.traces)
    assert compiled(factors) == run(factors)
    assert compiled.value_and_grad(factors) == minitorch.value_and_grad(run)(factors)


def test_nothing_of_a_stopped_run_stays() -> None:
    compiled, was_up = minitorch.compile(product), LIVE.is_up()
    compiled.value_and_grad([0.5] * 900)
    assert recorded(compiled) == 0 and LIVE.is_up() == was_up


def rounds(x: float, y: float) -> float:
    """Takes as many rounds as the first argument says."""
    total = 0.0
    while total < x:
        total += y
    return total * y


def test_recordings_that_no_call_takes_again_become_rare() -> None:
    draw = random.Random(1)
    compiled = minitorch.compile(rounds, argnums=(0, 1))
    eager = minitorch.value_and_grad(rounds, argnums=(0, 1))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CompilationWarning)
        for index in range(400):
            x = index + draw.random()
            assert compiled.value_and_grad(x / 4.0, 0.25) == eager(x / 4.0, 0.25)
    assert PATIENCE < recorded(compiled) < 40
    messages = [str(each.message) for each in caught if "no later call took" in str(each.message)]
    assert len(messages) == 1 and "minitorch.value_and_grad" in messages[0] and __file__ in messages[0]
    assert any("most calls run in Python" in reason for reason in compiled.traces.reasons)


def test_a_function_recovers_when_its_inputs_settle() -> None:
    compiled = minitorch.compile(rounds, argnums=(0, 1))
    for index in range(200):
        compiled.value_and_grad(index / 4.0 + 0.1, 0.25)
    known = recorded(compiled)
    calls = 0
    while recorded(compiled) == known:
        compiled.value_and_grad(250.1 / 4.0, 0.25)
        calls += 1
        assert calls < 100_000
    before = sum(trace.calls for trace in compiled.traces)
    for _ in range(10):
        compiled.value_and_grad(250.1 / 4.0, 0.25)
    assert sum(trace.calls for trace in compiled.traces) == before + 10
    assert compiled.traces.reasons == []


@pytest.mark.parametrize("length", [10, 100, 1000])
def test_what_is_spent_stays_below_what_is_earned(length: int) -> None:
    compiled = minitorch.compile(product)
    for _ in range(300):
        compiled.value_and_grad([0.5] * length)
    assert recorded(compiled) == 1
    for specialization in compiled.specializations.values():
        earnings = specialization.policy.earnings
        assert earnings.spent <= earnings.earned + 60 * MILLISECOND
