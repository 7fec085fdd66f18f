"""What goes on beside the calls of a round: other threads, signals, a garbage collector that never rests."""

from __future__ import annotations

import gc
import resource
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

import minitorch

__all__ = ["DISTURBANCES", "short_of_memory"]

Functions = Sequence[Callable[[float], Any]]

SPARE_BYTES = 48 << 20
"""How much more memory a process may take while it is short."""


def square(x: float) -> float:
    """Return a number to compile and to differentiate."""
    total = 0.0
    for index in range(4):
        total += x * x + index
    return total


def cubed(x: float) -> float:
    """Return another one."""
    return x * x * x


@contextmanager
def threads(functions: Functions, random: Random) -> Iterator[None]:
    """Have threads compile, differentiate and drop other functions meanwhile, with state of their own."""
    ends = threading.Event()
    errors: list[BaseException] = []
    usual = sys.getswitchinterval()

    def work(number: int) -> None:
        try:
            while not ends.is_set():
                compiled = minitorch.compile(square if number % 2 else cubed)
                for index in range(20):
                    x = 0.5 + index
                    assert compiled.value_and_grad(x)[1] == (8.0 * x if number % 2 else 3.0 * x * x)
                assert abs(minitorch.hessian(cubed)(2.0) - 12.0) < 1e-12
        except BaseException as error:
            errors.append(error)

    started = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    sys.setswitchinterval(1e-4)
    for each in started:
        each.start()
    try:
        yield
    finally:
        ends.set()
        for each in started:
            each.join()
        sys.setswitchinterval(usual)
    if errors:
        raise errors[0]


@contextmanager
def signals(functions: Functions, random: Random) -> Iterator[None]:
    """Have a signal come in each millisecond of work, whose handler calls a function that is being compiled.

    It is the handler that asks for the next signal, of the process's own time: a slow one leaves time to the program.
    """
    own = minitorch.compile(square)
    answers: list[float] = []
    ends = threading.Event()

    def handle(number: int, frame: Any) -> None:
        answers.append(own(1.5))
        answers[:] = answers[-1:]
        if not ends.is_set():
            signal.setitimer(signal.ITIMER_PROF, 0.001)

    signal.signal(signal.SIGPROF, handle)
    signal.setitimer(signal.ITIMER_PROF, 0.001)
    try:
        yield
    finally:
        ends.set()
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        # One that is still on its way, as under valgrind, must not end the process.
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
    assert set(answers) == {square(1.5)}, answers


@contextmanager
def collector(functions: Functions, random: Random) -> Iterator[None]:
    """Have the garbage collector run at every allocation that it counts."""
    usual = gc.get_threshold()
    gc.set_threshold(1)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def memory(functions: Functions, random: Random) -> Iterator[None]:
    """Do nothing: a round that is short of memory is so at its end, when its state is not compared any more."""
    yield


def short_of_memory(functions: Functions) -> None:
    """Call functions with little memory left: each answers or raises MemoryError, and answers once there is more."""

    def long(x: float) -> float:
        for _ in range(1_000_000):
            x = x * 0.999999 + 1e-7
        return x

    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    usual = resource.getrlimit(resource.RLIMIT_AS)
    gradient = minitorch.grad(long)
    resource.setrlimit(resource.RLIMIT_AS, (size + SPARE_BYTES, usual[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for function in (gradient, *functions):
            try:
                function(1.5)
            except (MemoryError, ArithmeticError, ValueError):
                # The latter two as from plain Python, for what they read by now.
                continue
    resource.setrlimit(resource.RLIMIT_AS, usual)
    assert minitorch.grad(cubed)(2.0) == 12.0


DISTURBANCES: dict[str, Callable[[Functions, Random], AbstractContextManager[None]]] = {
    "threads": threads,
    "signals": signals,
    "collector": collector,
    "memory": memory,
}
