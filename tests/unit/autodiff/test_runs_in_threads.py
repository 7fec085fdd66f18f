"""Runs of several threads at the same moment: each is asked of its own, and what happens is noted in all."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

import minitorch
from minitorch.autodiff import grad_mode
from minitorch.autodiff.run_notes import (
    ACTIVE,
    RunNotes,
    end_plain_run,
    forgetting_ties,
    in_plain_run,
    note_arrays,
    note_refusal,
    noting,
)

Answer = TypeVar("Answer")


def in_thread(work: Callable[[], Answer]) -> Answer:
    """Return what a function returns in another thread."""
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(work()))
    thread.start()
    thread.join()
    return answers[0]


def test_innermost_run_is_that_of_the_thread() -> None:
    ended: list[str] = []

    def work() -> tuple[bool, bool, bool]:
        with noting() as other:
            note_arrays()
            return in_plain_run(), end_plain_run(), other.has_arrays

    with noting() as mine:
        mine.is_plain, mine.end = True, lambda: ended.append("mine")
        assert in_thread(work) == (False, False, True)
        assert (mine.has_arrays, ended) == (False, [])
        with noting() as inner:
            assert (in_plain_run(), end_plain_run(), inner.has_arrays, ended) == (False, False, False, [])
        assert (in_plain_run(), end_plain_run(), ended) == (True, True, ["mine"])


def test_run_that_began_later_in_another_thread_is_not_asked() -> None:
    ended: list[str] = []

    def work() -> None:
        with noting() as other:
            other.is_plain, other.end = True, lambda: ended.append("other")
            begun.set()
            ends.wait()

    begun, ends = threading.Event(), threading.Event()
    thread = threading.Thread(target=work)
    with noting():
        thread.start()
        begun.wait()
        assert (in_plain_run(), end_plain_run(), ended) == (False, False, [])
        ends.set()
        thread.join()


def test_thread_without_a_run_belongs_to_any() -> None:
    with noting() as notes:
        notes.is_plain = True
        assert in_thread(in_plain_run)


def test_threads_share_no_note_that_a_run_ends() -> None:
    with noting() as notes:

        class Ending(RunNotes):
            def sequence(self, name: str) -> list[Any]:
                ACTIVE.remove(self)
                return super().sequence(name)

        ACTIVE.insert(0, Ending())
        note_refusal("float() of x", ())
        assert [refusal.message for refusal in notes.refusals] == ["float() of x"]


def test_ties_are_forgotten_in_one_thread() -> None:
    def f(x: Any) -> Any:
        return x if x == 1.0 else 2.0 * x

    @minitorch.grad
    def outer(x: Any) -> Any:
        with forgetting_ties():
            begun.set()
            ends.wait()
        return x * x

    begun, ends = threading.Event(), threading.Event()
    solving = threading.Thread(target=outer, args=(3.0,))
    with noting() as notes:
        solving.start()
        begun.wait()
        with pytest.warns(minitorch.SpecialPointWarning):
            assert minitorch.grad(f)(1.0) == 1.0
        assert len(notes.ties) == 1
        ends.set()
        solving.join()
        assert len(notes.ties) == 1


def test_flags_are_taken_back_by_who_has_set_them() -> None:
    def work() -> None:
        with minitorch.no_grad():
            begun.set()
            ends.wait()

    begun, ends = threading.Event(), threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    holder = object()
    grad_mode.pausing.append(holder)
    ends.set()
    thread.join()
    assert grad_mode.pausing == [holder]
    grad_mode.pausing.remove(holder)
    assert minitorch.grad(math.sin)(0.0) == 1.0
