"""What other threads make while a call is recorded is part of what that reads, and not of what it makes itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minitorch
from minitorch.compiler.guards.young_objects import young_objects


class Settings:
    """An object whose attribute another thread sets."""

    rates: Any


RATES: Any = [1.0]
SETTINGS = Settings()
GO, DONE = threading.Lock(), threading.Lock()


def have_another_thread_run() -> None:
    """Wait until another thread has made new objects."""
    GO.release()
    DONE.acquire()


def closure() -> tuple[Callable[[Any], None], Callable[[Any], Any]]:
    """Return what sets a variable of a closure, and a function that reads it."""
    rates: Any = [1.0]

    def put(made: Any) -> None:
        nonlocal rates
        rates = made

    def read(x: Any) -> Any:
        have_another_thread_run()
        return x * rates[0]

    return put, read


def put_in_module(made: Any) -> None:
    globals()["RATES"] = made


def put_in_object(made: Any) -> None:
    SETTINGS.rates = made


def read_module(x: Any) -> Any:
    have_another_thread_run()
    return x * RATES[0]


def read_inside(x: Any) -> Any:
    have_another_thread_run()
    return x * RATES[0]["rates"][1][0]


def read_by_c(x: Any) -> Any:
    have_another_thread_run()
    return x * sum(RATES)


def read_method(x: Any) -> Any:
    have_another_thread_run()
    return RATES(x)


def read_object(x: Any) -> Any:
    have_another_thread_run()
    return x * SETTINGS.rates[0]


class Scale:
    """An object that is called."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, x: Any) -> Any:
        return self.factor * x


def set_first(rates: Any) -> None:
    rates[0] = 5.0


def set_inner(rates: Any) -> None:
    rates[0]["rates"][1][0] = 5.0


def set_factor(scale: Any) -> None:
    scale.factor = 5.0


CASES: dict[str, tuple[Callable[[Any], None], Callable[[Any], Any], Callable[[], Any], Callable[[Any], None]]] = {
    "a list in a global": (put_in_module, read_module, lambda: [2.0], set_first),
    "a dict in a global": (put_in_module, read_module, lambda: {0: 2.0}, set_first),
    "a list in a tuple in a dict in a list": (
        put_in_module,
        read_inside,
        lambda: [{"rates": (1.0, [2.0])}],
        set_inner,
    ),
    "a list for a function of C": (put_in_module, read_by_c, lambda: [2.0], set_first),
    "an object in a global": (put_in_module, read_method, lambda: Scale(2.0), set_factor),
    "a list in an object": (put_in_object, read_object, lambda: [2.0], set_first),
    "a list in a closure": (*closure(), lambda: [2.0], set_first),
}


@pytest.fixture
def another_thread() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Have another thread do something each time the function that is recorded waits for it."""
    work: list[Callable[[], None]] = [lambda: None]
    ends = False

    def run() -> None:
        while not ends:
            GO.acquire()
            work[0]()
            DONE.release()

    GO.acquire()
    DONE.acquire()
    thread = threading.Thread(target=run)
    thread.start()
    yield lambda does: work.__setitem__(0, does)
    ends = True
    work[0] = lambda: None
    GO.release()
    thread.join()
    GO.release()


@pytest.mark.parametrize("case", CASES)
def test_what_another_thread_makes_meanwhile_is_compared(
    case: str, another_thread: Callable[[Callable[[], None]], None]
) -> None:
    put, read, make, change = CASES[case]
    put(make())
    made: list[Any] = []

    def replace() -> None:
        made.append(make())
        put(made[-1])

    another_thread(replace)
    compiled = minitorch.compile(read)
    compiled.precompile(3.0)
    another_thread(lambda: None)
    assert compiled.value_and_grad(3.0) == (6.0, 2.0)
    change(made[-1])
    assert compiled.value_and_grad(3.0) == (15.0, 5.0)


@pytest.mark.usefixtures("busy_threads")
def test_threads_may_fill_tuples_while_others_record() -> None:
    """Python lengthens a tuple that nothing else refers to: the list of all objects must not be there meanwhile."""
    ended, errors = threading.Event(), []

    def fill() -> None:
        while not ended.is_set():
            try:
                assert len(tuple(index for index in range(30))) == 30
            except SystemError as error:
                errors.append(error)

    threads = [threading.Thread(target=fill) for _ in range(2)]
    try:
        for thread in threads:
            thread.start()
        for _ in range(500):
            young_objects({}, (), (), {})
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not errors
