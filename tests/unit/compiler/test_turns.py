"""Threads that record, and have the garbage collector wait, at the same moment; and processes forked meanwhile."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from minitorch.compiler.turns import collector_waiting, holding, recording_turn


@contextmanager
def in_another_thread(context: Callable[[], AbstractContextManager[object]]) -> Iterator[None]:
    """Have another thread be within some context."""
    begun, ends = threading.Event(), threading.Event()

    def work() -> None:
        with context():
            begun.set()
            ends.wait()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        ends.set()
        thread.join()


def test_collector_waits_until_the_last_thread_is_done() -> None:
    with collector_waiting():
        with in_another_thread(collector_waiting):
            assert not gc.isenabled()
        assert not gc.isenabled()
        with collector_waiting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_goes_on_when_another_thread_is_the_last() -> None:
    with in_another_thread(collector_waiting):
        with collector_waiting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_waiting(), in_another_thread(collector_waiting):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_one_thread_records_at_a_time() -> None:
    with in_another_thread(lambda: recording_turn(0.0)), recording_turn(0.0) as is_ours:
        assert not is_ours
    with recording_turn(0.0) as is_ours:
        assert is_ours


def is_ours(lock: threading.RLock, seconds: float = 0.0) -> bool:
    """Return whether a lock is taken in this thread when it is asked for."""
    with holding(lock, seconds) as taken:
        return taken


def test_lock_is_not_waited_for_while_somebody_records() -> None:
    lock = threading.RLock()
    with in_another_thread(lambda: lock), in_another_thread(lambda: recording_turn(0.0)):
        assert not is_ours(lock)
        assert not is_ours(lock, 0.05)
    with holding(lock, 0.0) as first, holding(lock, 0.0) as second:
        assert first
        assert second
    with in_another_thread(lambda: lock):
        pass


def test_lock_is_waited_for_while_nobody_records() -> None:
    lock = threading.RLock()
    with in_another_thread(lambda: lock):
        taken: list[bool] = []
        waiting = threading.Thread(target=lambda: taken.append(is_ours(lock)))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
    waiting.join()
    assert taken == [True]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forked_process_has_turns_of_its_own() -> None:
    with in_another_thread(collector_waiting), in_another_thread(lambda: recording_turn(0.0)):
        child = os.fork()
        if not child:
            with recording_turn(0.0) as is_ours:
                os._exit(int(not (is_ours and gc.isenabled())))
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_process_forked_by_what_is_recorded_still_records() -> None:
    with collector_waiting(), recording_turn(0.0):
        child = os.fork()
        if not child:
            with recording_turn(0.0) as is_ours:
                os._exit(int(is_ours or gc.isenabled()))
        assert os.waitpid(child, 0)[1] == 0
