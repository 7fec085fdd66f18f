"""Which calls of a compiled function machine code with its own loops answers, and which its traces or Python do."""

from __future__ import annotations

import copy
import functools
import itertools
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch.compiler.earnings import Estimate
from minitorch.compiler.structural import call
from minitorch.compiler.structural.call import MAX_LEFT, REST_CALLS
from minitorch.compiler.structural.tier import MAX_TRACES_OF_BRANCHES
from minitorch.compiler.views import ProgramView, TraceView

RATE = 0.5


def summed(x: float, n: int = 3) -> float:
    total = x
    for index in range(n):
        total = total * RATE + x * index
    return total


def branching(x: float) -> float:
    result = x
    for_each = (x > 0.5, x > 1.5, x > 2.5, x > 3.5, x > 4.5)
    result = result * 2.0 if for_each[0] else result
    result = result * 3.0 if for_each[1] else result + 1.0
    result = result * 5.0 if for_each[2] else result + 2.0
    result = result * 7.0 if x * x > 12.25 else result + 3.0
    result = result if x < 5.25 else -result
    result = result if x < 6.25 else result + x
    result = result if x < 7.25 else result * x
    result = result if x < 8.25 else result - x
    return result if x < 9.0 or x > 9.5 else -result


class Spring:
    """Has a method with a loop."""

    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    def energy(self, x: float) -> float:
        total = 0.0
        for index in range(3):
            total = total + self.stiffness * x * index
        return total


SPRING = Spring(2.0)

SERVED: dict[str, tuple[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]]] = {
    "default": (summed, 0, (1.5,), {}),
    "keyword": (summed, 0, (1.5,), {"n": 4}),
    "last position": (lambda n, x: summed(x, n), -1, (3, 1.5), {}),
    "twice": (summed, (0, 0), (1.5, 2), {}),
    "partial": (functools.partial(summed, n=4), 0, (1.5,), {}),
    "partial by position": (functools.partial(lambda a, x: summed(a) * summed(x), 0.25), 0, (1.5,), {}),
    "bound method": (SPRING.energy, 0, (1.5,), {}),
}


def kinds(compiled: Any) -> list[type]:
    """What each view of a compiled function is."""
    return [type(view) for view in compiled.traces]


@pytest.mark.parametrize("name", SERVED)
def test_functions_with_loops_have_them_in_machine_code(name: str) -> None:
    function, argnums, args, kwargs = SERVED[name]
    compiled, eager = minitorch.compile(function, argnums=argnums), minitorch.value_and_grad(function, argnums)
    for _ in range(3):
        assert compiled.value_and_grad(*args, **kwargs) == eager(*args, **kwargs)
        assert compiled(*args, **kwargs) == function(*args, **kwargs)
    assert kinds(compiled) == [ProgramView, ProgramView]
    assert [(view.calls, view.left) for view in compiled.traces] == [(3, 0), (3, 0)]  # type: ignore[union-attr]
    assert compiled.traces.reasons == []


def test_traces_answer_where_there_is_no_loop() -> None:
    compiled = minitorch.compile(lambda x: x * x + 1.0)
    assert [compiled(2.0), compiled(3.0)] == [5.0, 10.0]
    assert kinds(compiled) == [TraceView]


def test_many_branches_are_compiled_as_they_stand() -> None:
    compiled = minitorch.compile(branching)
    for x in [index * 0.1 for index in range(100)]:
        assert compiled(x) == branching(x)
    assert ProgramView in kinds(compiled)
    assert kinds(compiled).count(TraceView) <= MAX_TRACES_OF_BRANCHES + 1


def test_eager_answers_until_machine_code_is_earned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 10**9)
    compiled, eager = minitorch.compile(summed), minitorch.value_and_grad(summed)
    for x in (0.5, 1.5, 2.5, 3.5, 4.5):
        assert compiled.value_and_grad(x) == eager(x)
    assert kinds(compiled) == []
    assert any("until that has taken twice as long as compiling does" in reason for reason in compiled.traces.reasons)
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 0)
    for x in itertools.repeat(0.25, 30):
        assert compiled.value_and_grad(x) == eager(x)
    assert kinds(compiled) == [ProgramView]


def test_code_that_most_calls_leave_rests_and_is_tried_again() -> None:
    def quotients(x: float, n: int) -> float:
        return sum(x / (n - i) if n != i else x for i in range(3)) + (x if x != n * 1.0 else -x)

    compiled, eager = minitorch.compile(quotients, special_points="ignore"), minitorch.value_and_grad(
        quotients, special_points="ignore"
    )  # fmt: skip
    for _ in range(MAX_LEFT + 5):
        assert compiled.value_and_grad(4.0, 4) == eager(4.0, 4)
    assert any("most of its calls" in reason for reason in compiled.traces.reasons)
    for _ in range(REST_CALLS + 5):
        assert compiled.value_and_grad(5.0, 4) == eager(5.0, 4)
    assert compiled.traces.reasons == []
    assert "left to its traces or Python" in str(compiled.traces)


def test_machine_code_is_dropped_when_what_it_read_changes() -> None:
    global RATE
    compiled = minitorch.compile(summed)
    for rate in (0.5, 0.25, 0.75, 0.5):
        RATE = rate
        assert compiled.value_and_grad(1.5) == minitorch.value_and_grad(summed)(1.5)
    method = minitorch.compile(SPRING.energy)
    for stiffness in (2.0, 3.0, 2.0):
        SPRING.stiffness = stiffness
        assert method(1.5) == SPRING.energy(1.5)
    assert kinds(compiled) == kinds(method) == [ProgramView]


def test_copies_and_threads() -> None:
    compiled, expected = minitorch.compile(summed), minitorch.value_and_grad(summed)(1.5, 1000)
    results: list[Any] = []

    def run() -> None:
        results.extend(compiled.value_and_grad(1.5, 1000) for _ in range(50))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 200
    for again in (pickle.loads(pickle.dumps(compiled)), copy.copy(compiled)):
        assert again.value_and_grad(1.5, 1000) == expected


def failing(x: float) -> float:
    total = x
    for index in range(3):
        total += 1.0 / (x - index)
    return total


def test_errors_are_raised_once_at_their_line() -> None:
    compiled = minitorch.compile(failing)
    assert compiled(0.5) == failing(0.5)
    with pytest.raises(ZeroDivisionError) as caught:
        compiled(2.0)
    assert caught.traceback[-1].lineno + 1 == failing.__code__.co_firstlineno + 3


def squared(x: float) -> float:
    return x * x


def test_methods_that_were_kept_before_any_call_use_machine_code() -> None:
    """As where one is given to a solver."""
    compiled = minitorch.compile(squared)
    kept = compiled.value_and_grad
    answers = [kept(float(x)) for x in range(40)]
    assert answers == [(x * x, 2.0 * x) for x in range(40)]
    (view,) = compiled.traces
    assert isinstance(view, TraceView)
    assert view.calls == 39


def test_a_fault_of_the_walk_leaves_the_call_to_the_tier_below(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise KeyError("%v7")

    monkeypatch.setattr(call, "FAULTS", (Exception,))
    monkeypatch.setattr(call, "compiled", fails)

    def powers(x: float) -> float:
        result = 1.0
        for _ in range(3):
            result *= x
        return result

    compiled = minitorch.compile(powers)
    assert compiled.value_and_grad(2.0) == (8.0, 12.0)
    assert any("please report it: KeyError: '%v7'" in reason for reason in compiled.traces.reasons)
