"""How Variables end, and what they hold: nothing is lost, nothing is freed twice, whatever holds what."""

from __future__ import annotations

import gc
import inspect
import math
import pickle
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

import minitorch
from minitorch import Scalar
from minitorch.autodiff.history import LIVE
from minitorch.machine_code.llvm.cpython_layout import DictEntries, read_pointer


class Told(Scalar):
    """A Scalar of somebody's own, with attributes, weak references and a destructor."""

    ended: ClassVar[list[str]] = []

    def __init__(self, v: float) -> None:
        super().__init__(v)
        self.other: Any = None

    def __del__(self) -> None:
        Told.ended.append(repr(self.data))


def test_classes_of_ones_own_end_as_they_did() -> None:
    Told.ended.clear()
    x = Told(2.0)
    seen = weakref.ref(x)
    y = x * 3.0
    x.other = [y]
    del x
    assert seen() is not None
    del y
    gc.collect()
    assert seen() is None
    assert Told.ended == ["2.0"]


def test_cycles_through_attributes_are_collected() -> None:
    gc.collect()
    before = sum(type(x) is Scalar for x in gc.get_objects())
    for _ in range(10):
        x = Scalar(1.0)
        x.derivative = [x]
    del x
    gc.collect()
    assert sum(type(x) is Scalar for x in gc.get_objects()) == before


class Held:
    """Something that can be seen to end."""

    of: Any = None


def in_a_list(x: Any, y: Any, held: Any) -> None:
    x.derivative = [y, held]


def in_a_dict(x: Any, y: Any, held: Any) -> None:
    x.name = {"of": (y, held)}


def in_an_object(x: Any, y: Any, held: Any) -> None:
    held.of = y
    x.derivative = held


def in_what_is_between(x: Any, y: Any, held: Any) -> None:
    y.second_parent.derivative = (y, held)


def by_itself(x: Any, y: Any, held: Any) -> None:
    y.name = held
    x.derivative = y


def one_after_the_other(x: Any, y: Any, held: Any) -> None:
    x.name = held
    x.derivative = [y]


@pytest.mark.parametrize(
    "write", [in_a_list, in_a_dict, in_an_object, in_what_is_between, by_itself, one_after_the_other]
)
def test_cycles_over_what_was_made_before_are_collected(write: Callable[[Any, Any, Any], None]) -> None:
    def make() -> weakref.ref[Held]:
        x, held = Scalar(1.0), Held()
        between = x * 2.0
        write(x, math.pi * (between * between + 1.0), held)
        return weakref.ref(held)

    seen = make()
    gc.collect()
    assert seen() is None


def test_what_is_written_into_an_old_leaf_of_a_long_history_is_found() -> None:
    x = y = Scalar(1.0)
    for _ in range(100_000):
        y = y * 1.0
    held = Held()
    x.derivative = [y, held]
    seen = weakref.ref(held)
    del x, y, held
    gc.collect()
    assert seen() is None


def test_leaves_let_go_of_the_switch_when_their_history_goes() -> None:
    gc.collect()
    held = len(LIVE.marks)
    x = Scalar(1.0)
    y = sum([x * i for i in range(1000)])
    del x
    assert len(LIVE.marks) == held + 1
    del y
    assert len(LIVE.marks) == held


def test_a_wide_and_deep_history_ends_without_recursion() -> None:
    x = Scalar(1.0)
    rows = [[x * i for i in range(50)]]
    for _ in range(20_000):
        rows[0] = [sum(rows[0]) * 0.01, *rows[0][:5]]
    total = sum(rows[0])
    del rows
    total.backward()
    assert x.derivative is not None
    del total


def test_threads_end_what_others_made() -> None:
    made: list[Any] = []

    def make() -> None:
        for _ in range(100):
            x = Scalar(1.5)
            y = x
            for _ in range(300):
                y = y * x - y
            made.append(y)
            if len(made) > 3:
                made.pop(0)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(type(y) is Scalar for y in made)


def test_what_python_counted_is_given_back() -> None:
    def run() -> None:
        x = Scalar(1.0)
        y = x
        for _ in range(30_000):
            y = y * x + 1.0
        y.backward()
        minitorch.jvp(lambda x: [x * x, x], (2.0,), (1.0,))

    run()
    tracemalloc.start()
    try:
        run()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(3):
            run()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] <= before * 1.01 + 2_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 5, 6, 85, 170, 171, 300, 43_690, 43_691, 70_000])
@pytest.mark.parametrize("as_key", [str, int, lambda index: (index, "mixed")])
def test_values_of_dicts_are_where_their_tables_have_them(size: int, as_key: Callable[[int], Any]) -> None:
    """Sizes at which the indices of a table get wider; some keys are gone, and some new since."""
    mapping: dict[Any, Any] = {as_key(index): [index] for index in range(size)}
    for index in range(0, size, 7):
        del mapping[as_key(index)]
    for _ in range(2):
        places = DictEntries(mapping).places
        assert list(places) == list(mapping)
        assert [read_pointer(place) for place in places.values()] == list(map(id, mapping.values()))
        mapping["new"] = ["new"]


def test_numbers_go_up_while_threads_record() -> None:
    code = """
import sys, threading, time
from minitorch import Scalar
sys.setswitchinterval(1e-4)
wrong, stopped = [], threading.Event()
def work():
    while not stopped.is_set():
        x = Scalar(1.0)
        y = x
        for _ in range(3000):
            y, before = y * 1.0, y.unique_id
            if y.unique_id <= before:
                wrong.append((before, y.unique_id))
        y.backward()
        if x.derivative != 1.0:
            wrong.append(x.derivative)
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
time.sleep(0.4); stopped.set()
for thread in threads: thread.join()
print(wrong)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_one_that_init_has_not_filled_is_refused_by_python() -> None:
    empty: Any = Scalar.__new__(Scalar)
    for ask in (lambda: empty * 2, lambda: 2 / empty, lambda: -empty, lambda: empty < 1, lambda: bool(empty)):
        with pytest.raises(AttributeError):
            ask()
    empty.data = 1.0
    with pytest.raises(AttributeError):
        empty * 2


def test_what_a_signal_raises_arrives() -> None:
    """Also where the recorder asks whose some new code is."""

    class Stop(Exception):
        """What the handler of a timer raises."""

    def stop(number: int, frame: Any) -> None:
        raise Stop

    def record_until_stopped() -> None:
        until = time.monotonic() + 10.0
        signal.setitimer(signal.ITIMER_REAL, 5e-4)
        while time.monotonic() < until:
            exec(compile("y = x * x", "<signal>", "exec"), {"x": x})

    before = signal.signal(signal.SIGALRM, stop)
    x, arrived = Scalar(2.0), 0
    try:
        for _ in range(100):
            # A frame of its own: where a loop jumps back, newer Pythons look for no handler in the same one.
            try:
                record_until_stopped()
            except Stop:
                arrived += 1
    finally:
        signal.signal(signal.SIGALRM, before)
    assert arrived == 100


def test_apply_is_pickled_and_has_a_signature() -> None:
    assert pickle.loads(pickle.dumps(minitorch.Mul.apply))(2.0, 3.0) == 6.0
    assert list(inspect.signature(minitorch.Mul.apply).parameters) == ["inputs"]


def test_a_process_that_forks_goes_on() -> None:
    code = """
import os
from minitorch import Scalar
x = Scalar(2.0)
kept = [x * i for i in range(100_000)]
child = os.fork()
y = sum(kept)
y.backward()
del kept, y
if child:
    assert os.waitpid(child, 0)[1] == 0
    print("done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("done", 0), done.stderr


def test_roots_whose_histories_refer_to_them_are_collected() -> None:
    class Marked(float):
        """A number that can be referred to weakly."""

    marks = []

    def f(a: float) -> float:
        mark = Marked(1.5)
        marks.append(weakref.ref(mark))
        return minitorch.custom_root(lambda v: v * v * mark - a, 1.0, lambda g, start: math.sqrt(2.0 / 1.5))

    assert minitorch.grad(f)(2.0) == pytest.approx(0.5 / math.sqrt(3.0), rel=1e-14)
    assert minitorch.grad(minitorch.grad(f))(2.0) == pytest.approx(-0.125 / math.sqrt(3.0), rel=1e-14)
    gc.collect()
    assert [mark() for mark in marks] == [None, None]
