"""What the recorder has to stand: short memory, signals, threads, forks, interpreters beside the main one, no leaks.

    python tests/support/robust_programs.py PROGRAM [SCALE]

Each function is a program of a process of its own: it raises where something is wrong, and a crash ends it. It has
only itself to go by: nothing but the standard library and minitorch is imported.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import minitorch
import minitorch.recorder
from minitorch import Scalar

SCALE = 1.0
"""How much is done: less under tools that make everything slow."""


def times(count: int) -> range:
    """Return a range of so many numbers, of fewer where everything is slow."""
    return range(max(2, int(count * SCALE)))


class Told(Scalar):
    """A user's class of Scalars, with attributes."""


def plain(x: float, y: float) -> float:
    """Compute something with every kind of operation, in plain Python that traced code follows."""
    total = sum([x, y, x * y, math.sin(x), math.atan2(x, y)])
    for index in range(4):
        total = total + math.hypot(x, index) - x**2 / (1.0 + y * y) + abs(-x) % 1.5 + math.fmod(y, 0.7)
        total = total * 0.5 if total > 3.0 else +total - index
    total += max(x, y) - min([x, y]) + math.lgamma(x + 1.0) + math.exp(-(y**x)) + sorted([y, x], key=abs)[0]
    return total + math.log(x, 3.0) + math.pow(x, y) + float(x > y) + x // y + (2 if math.isfinite(x) else 0)


def exercise() -> None:
    """Record, differentiate and drop, in every way that the recorder has; compare with differences."""
    gradient = minitorch.grad(plain, argnums=(0, 1))
    by_x, by_y = gradient(1.3, 0.4)
    for index, by in enumerate((by_x, by_y)):
        h = 1e-6
        up, down = [1.3, 0.4], [1.3, 0.4]
        up[index], down[index] = up[index] + h, down[index] - h
        assert abs((plain(*up) - plain(*down)) / (2 * h) - by) < 1e-5, (by, index)
    value, along = minitorch.jvp(plain, (1.3, 0.4), (1.0, 0.0))
    assert value == plain(1.3, 0.4), (value, plain(1.3, 0.4))
    assert abs(along - by_x) < 1e-12, (along, by_x)
    second = minitorch.hessian(lambda x: x * x * x + math.sin(x))(2.0)
    assert abs(float(second) - (12.0 - math.sin(2.0))) < 1e-9, second
    x, told = Scalar(1.5, name="x"), Told(2.0)
    y = x * told + x
    for _ in range(50):
        y = y * 1.01 + x / (told + 3) - (x - y) * 1e-3
    y.backward()
    assert math.isfinite(x.derivative)
    assert math.isfinite(told.derivative)
    assert plain(1.3, 0.4) == plain(1.3, 0.4)
    with contextlib.suppress(ZeroDivisionError):
        x / 0.0
    with contextlib.suppress(OverflowError):
        Scalar(1e300) ** 2


def chain(length: int) -> tuple[Scalar, Scalar]:
    """Record a chain of so many operations; return its ends."""
    x = Scalar(1.0)
    y = x
    for _ in range(length):
        y = y * 1.0000001 + 1e-9
    return x, y


def exercised() -> None:
    """Exercise the recorder a few times."""
    for _ in times(10):
        exercise()


def long_chains() -> None:
    """Record and free chains of great length, also with the collector at work."""
    for length in (10, 1000, int(300_000 * SCALE) + 1000):
        x, y = chain(length)
        y.backward()
        assert x.derivative > 0
        del x, y
        gc.collect()


def collected_always() -> None:
    """Have the garbage collector run at every allocation that it counts."""
    gc.set_threshold(1, 1, 1)
    for _ in times(3):
        exercise()


def short_of_memory() -> None:
    """Let each allocation fail in turn: MemoryError arrives, and afterwards everything works.

    Where Python code records it is CPython that has to stand this, and not every version does.
    """
    if not minitorch.recorder.is_native:
        return
    import _testcapi  # type: ignore[import-not-found]  # CPython's own, for tests

    def traced() -> Any:
        return gradient(1.3, 0.4), minitorch.jvp(plain, (1.3, 0.4), (1.0, 0.0))

    def run() -> Any:
        x = Scalar(1.5)
        y = x * 2.0 + math.pi
        y = y / x - y**2 + abs(-y) % 3.0
        y = minitorch.scalars.primitives.Sin.apply(y) + minitorch.scalars.primitives.Atan2.apply(y, x)
        y = total([y, x, y * y, 2.0])
        _ = y > x, bool(y), y == 2.0
        y.backward()
        return x.derivative

    total = minitorch.tracing.tracer.dispatcher.replacements[id(sum)]
    gradient = minitorch.grad(plain)
    # From 3.12 on CPython itself crashes where it has no memory for a function that is defined within another, and
    # debug builds of any version fail an assertion of their own loop.
    is_stood_by_python = sys.version_info < (3, 12) and not hasattr(sys, "gettotalrefcount")
    programs = ((run, 1500), (traced, 3000))[: 1 + is_stood_by_python]
    for program, most in programs:
        expected = program()
        failures = 0
        for start in range(1, int(most * SCALE) + 100):
            _testcapi.set_nomemory(start, start + 1)
            try:
                result = program()
            except MemoryError:
                failures += 1
            else:
                assert result == expected, (start, result)
            finally:
                _testcapi.remove_mem_hooks()
        assert failures > 5, failures
    expected = run()
    for start in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
        # From some allocation on all fail.
        _testcapi.set_nomemory(start)
        try:  # noqa: SIM105  # to leave a context manager would take memory
            run()
        except MemoryError:
            pass
        _testcapi.remove_mem_hooks()
    assert run() == expected
    exercise()


def under_a_limit() -> None:
    """Record until the process may have no more memory: MemoryError arrives, and what was recorded can be dropped."""
    used = pages(0) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    for extra in (4, 16, 33, 64, 100)[: times(5).stop]:
        little, more = (used + (extra << 20), hard), (used + (extra << 20) + (1 << 20), hard)
        resource.setrlimit(resource.RLIMIT_AS, little)
        x = Scalar(1.0)
        kept = [x]
        try:
            while True:
                for _ in range(1000):
                    kept.append(kept[-1] * 1.0000001)
        except MemoryError:
            resource.setrlimit(resource.RLIMIT_AS, more)
        recorded = len(kept)
        with contextlib.suppress(MemoryError):
            kept[-1].backward()
        kept.clear()
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        assert recorded > 1000, recorded
        exercise()


class Stop(Exception):
    """What a signal's handler raises."""


def interrupted() -> None:
    """Raise from the handler of a signal in the middle of recording and differentiating: the exception arrives."""

    def stop(number: int, frame: object) -> None:
        raise Stop

    signal.signal(signal.SIGALRM, stop)
    for attempt in times(100):
        arrived = False
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + attempt * 2e-5)
            deadline = time.monotonic() + 5.0
            while time.monotonic() < deadline:
                x = Scalar(1.0)
                y = x
                for _ in range(50):
                    y = y * 1.01 + minitorch.scalars.primitives.Sin.apply(x)
                y.backward()
        except Stop:
            arrived = True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        assert arrived, attempt
    exercise()


def interrupted_by_keyboard() -> None:
    """Interrupt a long recording and a long sweep as the keyboard does."""
    # Where the suite runs in the background, a shell has had its processes ignore the keyboard.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for wait in (0.01, 0.03, 0.05):
        arrived = False
        try:
            threading.Timer(wait, os.kill, (os.getpid(), signal.SIGINT)).start()
            for _ in range(10_000):
                chain(20_000)[1].backward()
        except KeyboardInterrupt:
            arrived = True
        assert arrived
    exercise()


def many_threads() -> None:
    """Record in sixteen threads at once, which switch as often as they can."""
    sys.setswitchinterval(1e-6)
    shared = Scalar(3.0)
    results: dict[int, Any] = {}
    numbers: dict[int, list[int]] = {}

    def work(number: int) -> None:
        for _ in times(30):
            x = Scalar(1.0 + number)
            y = x * shared
            seen = []
            for _ in range(100):
                y = y * 0.99 + x
                seen.append(y.unique_id)
            results[number] = minitorch.vjp(lambda a: a * a + math.sin(a) * a, 1.0 + number)
            numbers[number] = seen
        results[number] = minitorch.grad(plain)(1.0 + number, 0.4)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 16
    for number, result in results.items():
        assert result == minitorch.grad(plain)(1.0 + number, 0.4), number
    every = [each for seen in numbers.values() for each in seen]
    assert len(set(every)) == len(every), "numbers of Variables are given twice"


def forked() -> None:
    """Fork while other threads record: the child records and drops what it got."""
    x, y = chain(10_000)
    going_on = True

    def work() -> None:
        while going_on:
            a, b = chain(500)
            b.backward()
            del a, b

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in times(20):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    y.backward()
                    a, b = chain(5000)
                    b.backward()
                    del a, b
                    exercise()
                    status = 0 if x.derivative > 0 else 2
                finally:
                    os._exit(status)
            deadline = time.monotonic() + 60
            while True:
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    break
                assert time.monotonic() < deadline, "a child hangs"
                time.sleep(0.002)
            assert status == 0, status
    finally:
        going_on = False
        for thread in threads:
            thread.join()


IN_ANOTHER = """
import sys
sys.path[:0] = {path!r}
import minitorch.recorder, robust_programs
assert not minitorch.recorder.is_native
robust_programs.exercise()
"""


def in_another_interpreter() -> None:
    """Use minitorch in an interpreter beside the main one: Python's recorder serves there, at the same time."""
    try:
        import _interpreters as interpreters  # type: ignore[import-not-found,unused-ignore]  # Python 3.13
    except ImportError:
        import _xxsubinterpreters as interpreters  # type: ignore[import-not-found,unused-ignore]
    x, y = chain(100)
    for _ in range(2):
        # Extensions of the standard library that are loaded once alone stop no one here.
        other = interpreters.create("legacy") if sys.version_info >= (3, 13) else interpreters.create(isolated=False)
        try:
            failed = interpreters.run_string(other, IN_ANOTHER.format(path=sys.path))
            assert failed is None, failed
        finally:
            interpreters.destroy(other)
    y.backward()
    assert x.derivative > 0
    exercise()


@contextlib.contextmanager
def given_back(what: str, measure: Callable[[], int], allowed: int) -> Iterator[None]:
    """Hold that as much is there afterwards as before, but for what is allowed."""
    gc.collect()
    before = measure()
    yield
    gc.collect()
    grown = measure() - before
    assert grown <= allowed, f"{grown} more {what}"


def pages(column: int) -> int:
    """Return how many pages of memory this process has: reserved (0), or resident (1)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[column])


def resident() -> int:
    """Return how many bytes of this process are in memory."""
    return pages(1) * resource.getpagesize()


def nothing_leaks() -> None:
    """Repeat everything: neither references nor blocks nor memory grow."""

    def some() -> None:
        for _ in times(30):
            exercise()
            x, y = chain(200)
            y.backward()
            del x, y

    for _ in range(4):
        some()
    with given_back("blocks", sys.getallocatedblocks, 100):
        some()
    if hasattr(sys, "gettotalrefcount"):
        with given_back("references", sys.gettotalrefcount, 20):
            some()
    with given_back("bytes", resident, 2 << 20):
        for _ in range(3):
            some()


PROGRAMS: dict[str, Callable[[], None]] = {
    program.__name__: program
    for program in (
        exercised, long_chains, collected_always, short_of_memory, under_a_limit, interrupted, interrupted_by_keyboard,
        many_threads, forked, in_another_interpreter, nothing_leaks,
    )
}  # fmt: skip


if __name__ == "__main__" and not sys.argv[1:]:
    print(*PROGRAMS)
elif __name__ == "__main__":
    SCALE = float(sys.argv[2]) if sys.argv[2:] else 1.0
    PROGRAMS[sys.argv[1]]()
    print("held", "in C" if minitorch.recorder.is_native else "in Python")
