"""What compiling has to stand: signals, interruptions, threads, forks and the end of the process at any moment.

    python tests/support/robust_compiling.py PROGRAM

Each function is a program of a process of its own, which raises where something is wrong; a crash ends it.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

import minitorch


def looping(x: float) -> float:
    """Go on for some turns."""
    total = 0.0
    for i in range(50):
        total = total + x * i
        if total > 1e6:
            total = total * 0.5
    return total


def called_by_handlers() -> None:
    """The handler of a signal calls the function that is being compiled, recorded, installed or called."""
    expected = looping(2.0), minitorch.value_and_grad(looping)(2.0)
    handled = 0
    within = False

    def handler(*_: object) -> None:
        nonlocal handled, within
        if within:
            return
        within = True
        try:
            handled += 1
            assert function(2.0) == expected[0]
            if handled % 2:
                assert function.value_and_grad(2.0) == expected[1]
        finally:
            within = False

    signal.signal(signal.SIGALRM, handler)
    for _ in range(12):
        function = minitorch.compile(looping)
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.002)
        try:
            for _ in range(4):
                assert function.value_and_grad(2.0) == expected[1]
                assert function(2.0) == expected[0]
            function.precompile(2.0)
            function.precompile(2.0, derivative=False)
            for _ in range(4):
                assert function.value_and_grad(2.0) == expected[1]
                assert function(2.0) == expected[0]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    assert handled


def lost_in(unraisable: Any) -> str:
    """Return the module of the finalizer or callback that an exception could not leave."""
    if unraisable.exc_traceback is not None:
        return str(unraisable.exc_traceback.tb_frame.f_globals["__name__"])
    # Since Python 3.14 the message alone has the object.
    return getattr(unraisable.object, "__module__", None) or str(unraisable.err_msg)


def raised_by_handlers() -> None:
    """What the handler of a signal raises as a function is compiled comes to the caller, and nothing is left behind."""
    stopped, missed = 0, []
    lost: list[Any] = []
    sys.unraisablehook = lost.append
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    for number in range(60):
        function = minitorch.compile(looping)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0003 + number * 0.0007)
            function(1.0)
            function.precompile(1.0)
            function.value_and_grad(1.0)
            time.sleep(1.0)
            missed.append(number)
        except KeyboardInterrupt:
            stopped += 1
        assert gc.isenabled(), number
        gc.collect()
        assert function(2.0) == looping(2.0)
        function.precompile(2.0)
        assert function.value_and_grad(2.0) == (looping(2.0), 1225.0)
        assert len(function.traces), (number, str(function.traces))
    # llvmlite frees its objects in finalizers, out of which Python lets nothing come.
    assert all(lost_in(each).startswith("llvmlite") for each in lost), [(lost_in(each), each) for each in lost]
    assert stopped > 50, (stopped, lost, missed)


def never_lost() -> None:
    """What the handler of a signal raises is not lost as derivatives, runs and machine code go."""
    lost: list[Any] = []
    sys.unraisablehook = lost.append
    derivative = minitorch.grad(lambda x: x * 2.0)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    for number in range(400):
        until = time.perf_counter() + 5.0
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0002 + number % 50 * 1e-5)
            while time.perf_counter() < until:
                derivative(1.0)
                minitorch.Scalar(2.0)
                minitorch.value_and_grad(lambda x: x * 3.0)(3.0)
            raise AssertionError(f"lost: {lost}")
        except KeyboardInterrupt:
            continue
    assert not lost, lost


def at_the_end() -> None:
    """Threads that nobody waits for compile as the process ends, and what is left calls compiled functions."""

    def work(factor: int) -> None:
        while True:
            function = minitorch.compile(lambda x: sum([looping(x) * factor, x]))
            function(1.0)
            function.precompile(1.0)
            function.value_and_grad(2.0)

    class Last:
        """Calls what is compiled as it goes."""

        def __init__(self) -> None:
            self.function = minitorch.compile(looping)
            self.function.precompile(2.0)

        def __del__(self) -> None:
            assert self.function(2.0) == looping(2.0)

    globals()["last"] = Last()
    for factor in range(4):
        threading.Thread(target=work, args=(factor,), daemon=True).start()
    time.sleep(0.5)


def locks_in_the_other_order() -> None:
    """A thread that holds a lock of the user's compiles, while another records what waits for that lock."""
    lock = threading.Lock()

    def locked(x: float) -> float:
        with lock:
            time.sleep(0.005)
            return x * 2.0

    function, other = minitorch.compile(locked), minitorch.compile(lambda x: x * 3.0)

    def one() -> None:
        for i in range(10):
            assert function(1.0) == 2.0
            assert function.value_and_grad(1.0 + i) == (2.0 + 2.0 * i, 2.0)

    def two() -> None:
        for i in range(10):
            with lock:
                minitorch.compile(lambda x, i=i: x * i).precompile(1.0)
                assert other(2.0) == 6.0
                assert other.value_and_grad(1.0) == (3.0, 3.0)

    at_once(one, two, one, two)


def each_other() -> None:
    """Two compiled functions call each other, in several threads."""

    def even(n: int, x: float) -> float:
        return x if n < 1 else both[1](n - 1, x) * 2.0

    def odd(n: int, x: float) -> float:
        return x * x if n < 1 else both[0](n - 1, x) + x

    both: list[Any] = [even, odd]
    expected = [(even(n, 2.0), odd(n, 2.0)) for n in range(6)]
    both[:] = [minitorch.compile(even, argnums=1), minitorch.compile(odd, argnums=1)]

    def work() -> None:
        for n in range(6):
            assert (both[0](n, 2.0), both[1](n, 2.0)) == expected[n]
            assert both[0].value_and_grad(n, 2.0)[0] == expected[n][0]
        both[0].precompile(3, 2.0)
        both[1].precompile(4, 2.0)
        assert both[0](3, 2.0) == expected[3][0]

    at_once(*[work] * 4)


def at_once(*works: Callable[[], None]) -> None:
    """Run in threads, and raise what one of them raises."""
    errors: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120.0)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]


def forked() -> None:
    """A process is forked by what is recorded, and while another thread records; both go on compiling."""
    children: list[int] = []

    def forks(x: float) -> float:
        if not children:
            children.append(os.fork())
        return x * 2.0 + x

    function = minitorch.compile(forks)
    assert function(1.0) == 3.0
    check(function, (6.0, 3.0))
    if not children[0]:
        os._exit(0)
    assert os.waitpid(children[0], 0)[1] == 0
    begun, goes_on = threading.Event(), threading.Event()

    def slow(x: float) -> float:
        begun.set()
        goes_on.wait(60.0)
        return x * 2.0

    thread = threading.Thread(target=minitorch.compile(slow), args=(1.0,))
    thread.start()
    begun.wait(60.0)
    child = os.fork()
    if not child:
        assert gc.isenabled()
        check(minitorch.compile(lambda x: x * 3.0), (6.0, 3.0))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    goes_on.set()
    thread.join(60.0)
    assert not thread.is_alive()


def check(function: Any, expected: Any) -> None:
    """Compile a function, and compare its derivative at 2."""
    function.precompile(1.0)
    assert function.value_and_grad(2.0) == expected


def replaced_methods() -> None:
    """A method of a class is replaced while it runs, and the one before is gone."""

    class Called:
        """Replaces what calls it, how it is multiplied, and an attribute."""

        def __call__(self, x: Any) -> Any:
            Called.__call__ = lambda self, x: x * 5.0  # type: ignore[method-assign]
            gc.collect()
            spoil()
            return x * 2.0

        def __mul__(self, x: Any) -> Any:
            Called.__mul__ = lambda self, x: x * 7.0  # type: ignore[method-assign]
            gc.collect()
            spoil()
            return x * 2.0

        @property
        def factor(self) -> float:
            Called.factor = property(lambda self: 3.0)  # type: ignore[assignment, method-assign]
            gc.collect()
            spoil()
            return 2.0

    thing = Called()
    assert minitorch.grad(lambda x: thing(x) + thing(x) + thing * x + thing * x + thing.factor * x)(1.0) == 18.0
    assert minitorch.grad(lambda x: thing(x) + thing * x + thing.factor * x)(1.0) == 15.0

    class Compiled:
        """Goes away from its class as it is called."""

        @minitorch.compile
        def go(self, x: Any) -> Any:
            return x * 2.0

        def __call__(self, x: Any) -> Any:
            del Compiled.__call__
            gc.collect()
            return self.go(x)

    gone = Compiled()
    assert minitorch.grad(lambda x: gone(x))(1.0) == 2.0
    try:
        minitorch.grad(lambda x: gone(x))(1.0)
    except TypeError as error:
        assert "not callable" in str(error)
    else:
        raise AssertionError("it is still called")


def spoil() -> None:
    """Write over memory that has been freed."""
    for size in (64, 128, 256):
        _ = [bytes(size) for _ in range(200)]


def ended_in_another_handler() -> None:
    """What is left of machine code that was not finished is freed in any order."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    for number in range(40):
        function = minitorch.compile(looping)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.001 + number * 0.0005)
            function.precompile(1.0)
            time.sleep(1.0)
        except KeyboardInterrupt as error:
            # A circle through the frames that were left, which only the garbage collector ends.
            circle: list[Any] = [error]
            circle.append(circle)
            del circle
        del function
        gc.collect()


def interrupted_in_llvm() -> None:
    """Nothing is freed twice where an interrupt comes after LLVM has freed it, and before that is noted."""
    sys.dont_write_bytecode = True  # Machine code that is kept on disk would not be made again.
    moments = {("return", "__call__"), ("call", "detach")}
    interrupted = set()

    def interrupt(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if (event, code.co_name) in moments and code.co_filename.endswith("llvmlite/binding/ffi.py"):
            callers = tuple((each.f_code, line) for each, line in itertools.islice(traceback.walk_stack(frame), 5))
            if callers not in interrupted:
                interrupted.add(callers)
                raise KeyboardInterrupt

    known = -1
    while known < len(interrupted):
        known = len(interrupted)
        function = minitorch.compile(looping)
        sys.setprofile(interrupt)
        with contextlib.suppress(KeyboardInterrupt):
            function.precompile(1.0)
        sys.setprofile(None)
        del function
        gc.collect()
    assert known > 30


PROGRAMS = {
    each.__name__: each
    for each in (
        called_by_handlers, raised_by_handlers, never_lost, at_the_end, locks_in_the_other_order, each_other, forked,
        replaced_methods, ended_in_another_handler, interrupted_in_llvm,
    )
}  # fmt: skip

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
    print("held", flush=True)
