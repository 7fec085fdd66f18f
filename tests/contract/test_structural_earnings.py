"""Structural machine code is earned: unoptimised at first, optimised when its calls would have paid for that."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import minitorch
from minitorch.compiler.earnings import EXPECTED_CALLS, NEVER, PROGRAMS, Earnings, Estimate
from minitorch.compiler.function import CompilationWarning, CompiledFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.tier import StructuralTier
from minitorch.machine_code.llvm import engine
from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.engine import Engine, optimisation_cost

MILLISECOND = 1_000_000
RATE = 0.25


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how long eager takes for each call, and whatever else is measured."""
    step = [0]
    monkeypatch.setattr(Estimate, "cost", lambda self, units: MILLISECOND + MILLISECOND // 10 * units)

    def set_step(nanoseconds: int) -> None:
        step[0] = nanoseconds

    times = (now for now in itertools.accumulate(itertools.repeat(None), lambda now, _: now + step[0], initial=0))
    monkeypatch.setattr(Earnings, "clock", staticmethod(lambda: next(times)))
    return set_step


@pytest.fixture(autouse=True)
def levels(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How much LLVM has optimised each text of this test."""
    made: list[int] = []
    plain = engine.object_code

    def counted(text: str, level: int, verified: bool) -> bytes:
        made.append(level)
        return plain(text, level, verified)

    monkeypatch.setattr(engine, "object_code", counted)
    monkeypatch.setattr(DiskCache, "load", lambda self, key: None)
    monkeypatch.setattr(DiskCache, "store", lambda self, key, content: None)
    yield made


def damped(x: float, n: int) -> float:
    """Has a loop."""
    total = 0.0
    for index in range(n):
        total += x * RATE / (1.0 + x * x + index)
    return total


def program_of(compiled: CompiledFunction) -> Program | None:
    """Return the one machine code for value and derivatives; `None` if there is none."""
    structural = compiled.structural
    assert structural is not None
    return next((found for found in structural.programs.values() if isinstance(found, Program)), None)


def called_until(compiled: CompiledFunction, is_done: Callable[[], Any], most: int) -> int:
    """Call a function until something is so; return how often."""
    eager = minitorch.value_and_grad(damped)
    for calls in range(1, most):
        x = 0.5 + calls / 64
        assert compiled.value_and_grad(x, 5) == eager(x, 5)
        if is_done():
            return calls
    raise AssertionError("it never came")


@pytest.mark.parametrize(
    ("typical", "cost", "calls"),
    [
        (40 * MILLISECOND, 80 * MILLISECOND, 0),
        (MILLISECOND, 80 * MILLISECOND, 4000),
        (MILLISECOND, 2 * MILLISECOND, 0),
        (MILLISECOND, None, NEVER),
        (0, 80 * MILLISECOND, 80 * MILLISECOND),
    ],
)
def test_when_code_is_optimised(typical: int, cost: int | None, calls: int) -> None:
    known = Earnings()
    for _ in range(3):
        known.note_eager(typical)
    assert known.calls_to_optimise(cost) == calls


def test_code_is_optimised_at_once_where_nothing_is_known_of_eager() -> None:
    assert Earnings().calls_to_optimise(80 * MILLISECOND) == 0


def test_optimisation_waits_where_the_calls_have_been_spent_already() -> None:
    known = Earnings()
    for _ in range(3):
        known.note_eager(40 * MILLISECOND)
    known.spent = EXPECTED_CALLS * 40 * MILLISECOND
    assert known.calls_to_optimise(80 * MILLISECOND) == EXPECTED_CALLS


def test_code_that_pays_is_optimised_from_the_first_call_on(clock: Callable[[int], None], levels: list[int]) -> None:
    clock(100 * MILLISECOND)
    compiled = minitorch.compile(damped)
    called_until(compiled, lambda: program_of(compiled), 4)
    assert levels[-1] == 2 and 0 not in levels


def test_code_is_made_again_when_its_calls_have_paid_for_it(clock: Callable[[int], None], levels: list[int]) -> None:
    clock(MILLISECOND // 4)
    compiled = minitorch.compile(damped)
    called_until(compiled, lambda: program_of(compiled), 200)
    program = program_of(compiled)
    assert program is not None and not program.is_optimised and levels[-1] == 0
    before, kept = program.builtin, compiled.value_and_grad
    cost = optimisation_cost(program.text)
    assert cost is not None
    calls = called_until(compiled, lambda: program.is_optimised, 20_000)
    assert calls == pytest.approx(cost / (MILLISECOND / 4 / 50), abs=3)
    assert levels[-1] == 2 and program.builtin is not before
    # Whoever holds the old code may go on with it.
    assert before(1.5, 4) == kept(1.5, 4) == compiled.value_and_grad(1.5, 4) == program.builtin(1.5, 4)
    made = len(levels)
    called_until(compiled, lambda: compiled.traces[0].calls > calls + 50, 100)
    assert len(levels) == made and program_of(compiled) is program


@pytest.mark.parametrize("before", [3, 20, 100])
@pytest.mark.parametrize(("short", "longest_wait"), [(MILLISECOND // 1000, 8), (MILLISECOND // 25, 1)])
def test_calls_that_become_longer_have_code_as_soon_as_they_have_earned_it(
    clock: Callable[[int], None], before: int, short: int, longest_wait: int
) -> None:
    """As after a first try with little work: many short calls wait, of which not each is timed."""
    clock(short)
    compiled = minitorch.compile(damped)
    for _ in range(before):
        called_until(compiled, lambda: True, 2)
    assert program_of(compiled) is None
    clock(100 * MILLISECOND)
    assert called_until(compiled, lambda: program_of(compiled), 30) <= longest_wait + 2


def test_what_is_read_is_compared_by_both_codes(clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    clock(MILLISECOND // 4)
    compiled = minitorch.compile(damped)
    called_until(compiled, lambda: program_of(compiled), 200)
    program = program_of(compiled)
    assert program is not None
    called_until(compiled, lambda: program.is_optimised, 20_000)
    for builtin in (program.builtin, compiled.value_and_grad):
        with monkeypatch.context() as patched:
            patched.setitem(globals(), "RATE", 0.75)
            assert builtin(1.5, 4) == minitorch.value_and_grad(damped)(1.5, 4)


def test_optimised_code_on_disk_is_used_at_once(
    tmp_path: Path, levels: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    source = tmp_path / "module.py"
    source.write_text("")
    text = "define i64 @answer() { ret i64 42 }\n"

    def is_optimised(wanted: bool) -> bool:
        made = Engine(text, cache=DiskCache(str(source)), is_optimised=wanted)
        made.close()
        return made.is_optimised

    assert [is_optimised(wanted) for wanted in (False, False, True, False)] == [False, False, True, True]


def test_a_larger_function_is_expected_to_cost_more(clock: Callable[[int], None]) -> None:
    assert PROGRAMS.cost(100) < PROGRAMS.cost(500)


def chosen(x: float, kind: str, weights: list[float]) -> float:
    """Has a loop, and as many kinds of calls as there are texts."""
    return sum(x * weight + len(kind) for weight in weights)


def test_several_kinds_of_calls_wait_together(clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    clock(MILLISECOND // 1000)
    compiled, eager = minitorch.compile(chosen), minitorch.value_and_grad(chosen)
    asked: list[Any] = []
    plain = StructuralTier.structural_answer
    monkeypatch.setattr(StructuralTier, "structural_answer", lambda *given: asked.append(given) or plain(*given))
    kinds = ["", "a", "bc"]
    for index in range(300):
        x, kind = 0.5 + index / 64, kinds[index % 3]
        assert compiled.value_and_grad(x, kind, [1.0, 2.0]) == eager(x, kind, [1.0, 2.0])
    assert compiled.structural is not None and len(compiled.structural.earnings) == 3
    assert len(asked) < 60


def test_more_kinds_than_are_told_apart_are_not_kept(clock: Callable[[int], None]) -> None:
    clock(MILLISECOND // 1000)
    compiled, eager = minitorch.compile(chosen), minitorch.value_and_grad(chosen)
    with pytest.warns(CompilationWarning, match="more than 64 kinds of arguments run in Python"):
        for index in range(3000):
            assert compiled.value_and_grad(0.5, str(index), [1.0]) == eager(0.5, str(index), [1.0])
    assert compiled.structural is not None and len(compiled.structural.earnings) <= 64


def test_values_of_lists_wait_without_being_looked_at(
    clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(MILLISECOND // 1000)
    compiled = minitorch.compile(chosen)
    for _ in range(10):
        compiled(0.5, "a", [1.0, 2.0])
    monkeypatch.setattr(CompiledFunction, "call", lambda self, *given: "asked")
    assert [compiled(0.5, "a", [1.0, 2.0]) for _ in range(3)] == [chosen(0.5, "a", [1.0, 2.0])] * 3
    assert compiled(minitorch.Scalar(0.5), "a", [1.0, 2.0]) == "asked"
    assert compiled(0.5, "a", [minitorch.Scalar(1.0)]) == "asked"
