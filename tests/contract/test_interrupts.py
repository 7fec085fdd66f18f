"""An interrupt may come wherever a call has begun or returned: whatever was being changed there is as it was before.

Python's profiler raises in its place, at one call after the other, until a whole run has been gone through.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import FrameType
from typing import Any

import pytest

import minitorch
from minitorch.autodiff import decisions, grad_mode, run_notes, straight
from minitorch.compiler.turns import TURNS, collector_waiting, holding, recording_turn
from minitorch.derivatives import differentiable
from minitorch.recorder import counted, counting
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import deep_recursion, taken

# The profiler also sees generators that are closed, out of which nothing can come; no signal's handler runs there.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

MAX_CALLS = 2_000


class Interrupt(BaseException):
    """Stands for the KeyboardInterrupt that the handler of a signal raises."""


def is_stopped(run: Callable[[], object], number: int) -> bool:
    """Run, and interrupt the call or return of that number; return whether there were so many."""
    left = number

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal left
        # What a profiler raises where a generator goes on passes its blocks by in Python 3.10; interrupts do not.
        goes_on = event == "call" and frame.f_lasti >= 0 and sys.version_info < (3, 11)
        if event in ("call", "c_return") and not goes_on:
            left -= 1
            if left == 0:
                raise Interrupt

    sys.setprofile(profile)
    try:
        run()
    except Interrupt:
        return True
    finally:
        sys.setprofile(None)
    return left <= 0


LOCK = threading.RLock()


def is_free(lock: Any) -> bool:
    """Return whether another thread can take a lock."""
    answers: list[bool] = []

    def ask() -> None:
        answers.append(lock.acquire(blocking=False))
        if answers[0]:
            lock.release()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return answers[0]


def state() -> dict[str, Any]:
    """Return all that is changed for a while, in this process, thread and context."""
    return {
        "collector": gc.isenabled(),
        "blocks that have it wait": len(TURNS.waiting),
        "recorder": TURNS.recorder,
        "locks": [is_free(lock) for lock in (LOCK, TURNS.lock, TURNS.recording)],
        "holders": [*grad_mode.pausing, *grad_mode.sparing, *straight.straightening, *decisions.observing, *counting],
        "limit": counted.get(),
        "runs": [*run_notes.ACTIVE, *dispatcher.followed],
        "recording": grad_mode._recording.get(),
        "sparing": grad_mode.SPARES.get(),
        "straight": straight._straight.get(),
        "decisions": decisions._decisions.get(),
        "inside": differentiable._inside.get(),
        "profiler": sys.getprofile(),
        "recursion": sys.getrecursionlimit(),
    }


def stopped_everywhere(run: Callable[[], object]) -> int:
    """Interrupt a run at each call in turn, and compare the state; return how many there are."""
    before = state()
    run()
    assert state() == before
    for number in range(1, MAX_CALLS):
        if not is_stopped(run, number):
            return number
        assert state() == before, number
    raise AssertionError("it does not end")


CONTEXTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "collector_waiting": collector_waiting,
    "recording_turn": lambda: recording_turn(0.0),
    "holding": lambda: holding(LOCK, 0.0),
    "taken": lambda: taken(LOCK),
    "deep_recursion": deep_recursion,
    "no_grad": minitorch.no_grad,
    "recording": grad_mode.recording,
    "straight_through": straight.straight_through,
    "observed": decisions.observed,
    "noting": run_notes.noting,
    "max_operations": lambda: minitorch.max_operations(5),
}


@pytest.mark.parametrize("name", CONTEXTS)
def test_interrupted_block_leaves_nothing_behind(name: str) -> None:
    def run() -> None:
        with CONTEXTS[name]():
            len(())

    assert stopped_everywhere(run) > 5


def plain(x: float) -> float:
    return abs(x) * x


def stepped(x: float) -> float:
    return round(x) * x


DERIVATIVES: dict[str, Callable[[], object]] = {
    "grad": lambda: minitorch.grad(plain)(2.0),
    "value_and_grad": lambda: minitorch.value_and_grad(plain)(2.0),
    "second": lambda: minitorch.grad(minitorch.grad(plain))(2.0),
    "jvp": lambda: minitorch.jvp(plain, (2.0,), (1.0,)),
    "straight_through": lambda: minitorch.grad(stepped, rounding="straight_through")(2.5),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_interrupted_derivative_leaves_nothing_behind(name: str) -> None:
    assert stopped_everywhere(DERIVATIVES[name]) > 20
    assert minitorch.grad(plain)(3.0) == 6.0
