"""No result of a compiled function is stale, whatever it reads and however that changes; or it runs in Python."""

from __future__ import annotations

import array
import collections
import contextvars
import datetime
import enum
import functools
import math
import os
import random
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import numpy
import pytest

import minitorch
from minitorch.compiler.function import CompilationWarning

GLOBALS = globals()
NUMBER, TEXT, PAIR = 2.0, "a", (1.0, 2.0)
ITEMS, TABLE, NESTED = [1.0, 2.0], {"k": 1.0}, {"a": [{"b": (1.0, [2.0])}]}
ARRAY = numpy.array([1.0, 2.0])
QUEUE, ORDERED = collections.deque([1.0, 2.0]), collections.OrderedDict(a=1.0, b=2.0)
BUFFER, BYTES = array.array("d", [1.0]), bytearray(b"ab")
SPACE = types.SimpleNamespace(rate=2.0)
COUNTER = [0]
RATES, ROWS = [1.0, 2.0], ([3.0], [4.0])


class Material:
    """An object that is changed in every way an object can be."""

    density = 2.0
    table: ClassVar[dict[str, float]] = {"k": 3.0}

    def __init__(self) -> None:
        self.stiffness = [2.0]

    def energy(self, x: float) -> float:
        return self.stiffness[0] * self.density * x

    @property
    def doubled(self) -> float:
        return self.stiffness[0] * 2.0

    @staticmethod
    def offset(x: float) -> float:
        return x + 1.0


class Slotted:
    """An object without a dict."""

    __slots__ = ("rate",)

    def __init__(self) -> None:
        self.rate = 2.0


class Mode(enum.Enum):
    """What a constant stands for."""

    FAST = 1
    LISTED = (2,)


MATERIAL, SLOTTED, MODE = Material(), Slotted(), Mode.FAST
LOCAL = threading.local()
LOCAL.rate = 2.0
VARIABLE: contextvars.ContextVar[float] = contextvars.ContextVar("rate", default=2.0)


def helper(x: float, rate: float = 2.0) -> float:
    return x * rate


def other_helper(x: float, rate: float = 2.0) -> float:
    return x - rate


def attribute_reader(x: float, name: str = "stiffness") -> float:
    return x * getattr(MATERIAL, name)[0]  # type: ignore[no-any-return]


scaled = functools.partial(helper, rate=3.0)


def put(name: str, value: Any) -> Callable[[], None]:
    """Make what binds a global anew."""
    return lambda: GLOBALS.__setitem__(name, value)


CASES: dict[str, tuple[Callable[[float], float], list[Callable[[], Any]]]] = {
    "number": (lambda x: x * NUMBER, [put("NUMBER", 5.0), put("NUMBER", 5), put("NUMBER", -0.0)]),
    "text": (lambda x: x if TEXT == "a" else -x, [put("TEXT", "b")]),
    "pair": (lambda x: x * PAIR[0], [put("PAIR", (7.0, 2.0))]),
    "list": (lambda x: x * ITEMS[0], [lambda: ITEMS.insert(0, 9.0), put("ITEMS", [4.0])]),
    "dict": (lambda x: x * TABLE["k"], [lambda: TABLE.update(k=7.0), put("TABLE", {"k": 4.0})]),
    "nested": (lambda x: x * NESTED["a"][0]["b"][1][0], [lambda: NESTED["a"][0]["b"][1].__setitem__(0, 7.0)]),  # type: ignore[index, union-attr]
    "array": (lambda x: x * float(ARRAY.sum()), [lambda: ARRAY.__setitem__(0, 17.0)]),
    "generator": (lambda x: sum(rate * x for rate in RATES), [lambda: RATES.append(5.0), put("RATES", [-1.0, 7.0])]),
    "generator that is left": (lambda x: x * next(rate for rate in RATES if rate > 0), [lambda: RATES.insert(0, 3.0)]),
    "generator beside a queue": (lambda x: QUEUE[0] * sum(rate * x for rate in RATES), [lambda: RATES.append(5.0)]),
    "comprehension": (lambda x: sum([rate * x for rate in RATES]), [lambda: RATES.append(11.0)]),
    "all of a generator": (lambda x: x if all(rate > 0.0 for rate in RATES) else -x, [lambda: RATES.append(-2.0)]),
    "loop over a tuple": (lambda x: sum(row[0] * x for row in ROWS), [lambda: ROWS[1].insert(0, 6.0)]),
    "deque": (lambda x: x * QUEUE[0], [lambda: QUEUE.rotate(1)]),
    "order": (lambda x: x * next(iter(ORDERED.values())), [lambda: ORDERED.move_to_end("a")]),
    "buffer": (lambda x: x * BUFFER[0], [lambda: BUFFER.__setitem__(0, 7.0)]),
    "bytes": (lambda x: x * BYTES[0], [lambda: BYTES.__setitem__(0, 7)]),
    "namespace": (lambda x: x * SPACE.rate, [lambda: setattr(SPACE, "rate", 5.0)]),
    "slots": (lambda x: x * SLOTTED.rate, [lambda: setattr(SLOTTED, "rate", 5.0)]),
    "enum": (lambda x: x if MODE is Mode.FAST else -x, [put("MODE", Mode.LISTED)]),
    "function": (lambda x: helper(x), [put("helper", other_helper)]),
    "default": (lambda x: other_helper(x), [lambda: setattr(other_helper, "__defaults__", (9.0,))]),
    "partial": (lambda x: scaled(x), [put("scaled", functools.partial(other_helper, rate=4.0))]),
    "attribute": (lambda x: MATERIAL.energy(x), [lambda: MATERIAL.stiffness.__setitem__(0, 5.0),
                                                 lambda: setattr(MATERIAL, "density", 3.0)]),
    "class attribute": (lambda x: x * Material.table["k"], [lambda: Material.table.update(k=8.0)]),
    "property": (lambda x: x * MATERIAL.doubled, [lambda: setattr(MATERIAL, "stiffness", [9.0])]),
    "method": (lambda x: MATERIAL.energy(x), [lambda: setattr(Material, "energy", lambda self, x: x * 11.0)]),
    "static method": (lambda x: MATERIAL.offset(x), [lambda: setattr(Material, "offset", staticmethod(math.sin))]),
    "any attribute": (attribute_reader, [lambda: setattr(attribute_reader, "__defaults__", ("others",)),
                                         lambda: setattr(MATERIAL, "others", [12.0])]),
    "builtin that is hidden": (lambda x: abs(-x), [put("abs", lambda x: x * 100.0)]),
    "arguments of the process": (lambda x: x * len(sys.argv), [lambda: sys.argv.append("more")]),
}  # fmt: skip


def compared(function: Callable[[float], float], compiled: Any) -> None:
    """Each of three calls gives what Python gives, and so do the derivatives."""
    for x in (1.5, 2.5, 1.5):
        try:
            expected: Any = function(x)
        except Exception as error:
            with pytest.raises(type(error)):
                compiled(x)
            continue
        assert repr(compiled(x)) == repr(expected)
        assert compiled.value_and_grad(x) == minitorch.value_and_grad(function)(x)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_stale(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    function, changes = CASES[name]
    compiled = minitorch.compile(function)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        compared(function, compiled)
        try:
            for change in changes:
                change()
                compared(function, compiled)
        finally:
            GLOBALS.pop("abs", None)


def test_a_module_that_grows_keeps_its_machine_code() -> None:
    """Names that are added elsewhere in the module move its dict, and change nothing."""
    module = types.ModuleType("grown")
    function = types.FunctionType(CASES["number"][0].__code__, module.__dict__, "function")
    module.__dict__.update(NUMBER=3.0, __name__="grown")
    function.__module__ = "grown"
    compiled = minitorch.compile(function)
    assert compiled(2.0) == 6.0
    before = compiled.traces[0].calls
    for index in range(1000):
        setattr(module, f"name{index}", index)
        assert compiled(2.0) == 6.0
    module.NUMBER = 4.0  # type: ignore[attr-defined]
    assert compiled(2.0) == 8.0
    assert before == 0


def now(x: float) -> float:
    return x + datetime.datetime.now().microsecond


def clock(x: float) -> float:
    return x + time.perf_counter()


def draw(x: float) -> float:
    return x + random.gauss(0.0, 1.0)


def drawn_by_numpy(x: float) -> float:
    return x + float(numpy.random.rand())


def entropy(x: float) -> float:
    return x + os.urandom(1)[0] + time.time()


def environment(x: float) -> float:
    return x * len(os.getenv("HOME", ""))


def of_a_thread(x: float) -> float:
    return x * LOCAL.rate  # type: ignore[no-any-return]


def of_a_context(x: float) -> float:
    return x * VARIABLE.get()


def anything(x: float) -> float:
    return x * eval("NUMBER")  # type: ignore[no-any-return]


def counting(x: float) -> float:
    COUNTER[0] += 1
    return x * COUNTER[0]


@pytest.mark.parametrize(
    "function",
    [now, clock, draw, drawn_by_numpy, entropy, environment, of_a_thread, of_a_context, anything, counting],
)
def test_what_the_world_outside_answers_runs_in_python(function: Callable[[float], float]) -> None:
    compiled = minitorch.compile(function)
    with pytest.warns(CompilationWarning, match="runs in Python, since"):
        # A first call may import what it needs, and the recorder sees nothing else in it.
        compiled(1.0), compiled(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        compiled(1.0)


def test_what_a_call_does_besides_is_done_once() -> None:
    """A call that turns out to be one for Python is not made twice."""
    COUNTER[0] = 0
    compiled = minitorch.compile(counting)
    with pytest.warns(CompilationWarning, match="it changes the global 'COUNTER'"):
        assert [compiled(1.0), compiled(1.0), compiled(1.0)] == [1.0, 2.0, 3.0]


PREPARED: list[float] = []


def prepared(x: float) -> float:
    """Makes what it needs when it is first called."""
    if not PREPARED:
        PREPARED.append(2.0)
    return x * PREPARED[0]


def test_what_the_first_call_prepares_is_no_obstacle() -> None:
    PREPARED.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        compiled = minitorch.compile(prepared)
        assert [compiled(x) for x in (1.0, 2.0, 3.0)] == [2.0, 4.0, 6.0]
    assert compiled.traces[0].calls == 1
    PREPARED[0] = 5.0
    assert compiled(1.0) == 5.0


def test_arguments_that_are_changed_are_changed() -> None:
    def append(x: float, items: list[float]) -> float:
        items.append(x)
        return sum(items)

    compiled, items = minitorch.compile(append), [1.0]
    assert compiled(2.0, items) == 3.0
    assert items == [1.0, 2.0]


def test_code_that_does_not_run_is_no_obstacle() -> None:
    def careful(x: float, fresh: bool = False) -> float:
        return x * 2.0 if not fresh else now(x)

    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        compiled = minitorch.compile(careful)
        assert [compiled(1.0), compiled(3.0)] == [2.0, 6.0]
        assert compiled.traces[0].calls == 1


class HasNoHash(type):
    """Makes classes that can't be keys: who defines equality defines no hash."""

    def __eq__(cls, other: object) -> bool:
        return cls is other


class Scale(metaclass=HasNoHash):
    """A factor, in all the ways that an object may be asked for one."""

    def __init__(self, factor: Any) -> None:
        self.factor = factor

    def __call__(self, x: Any) -> Any:
        return self.factor * x

    def __getitem__(self, index: int) -> Any:
        return self.factor


class Rates(list[Any], metaclass=HasNoHash):
    """A list of such a class."""


SCALE, RATES = Scale(2.0), Rates([2.0, 3.0])


@pytest.mark.parametrize("with_derivative", [False, True])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: SCALE(x) * Scale(x).factor,
        lambda x: x * RATES[0] + sum(RATES),
        lambda x: x if isinstance(SCALE, Scale) else -x,
    ],
)
def test_classes_without_a_hash_are_compiled(function: Callable[[Any], Any], with_derivative: bool) -> None:
    compiled = minitorch.compile(function)
    compiled.precompile(3.0, derivative=with_derivative)
    assert len(compiled.traces) == 1
    answer, plain = (
        (compiled.value_and_grad, minitorch.value_and_grad(function)) if with_derivative else (compiled, function)
    )
    assert answer(1.5) == plain(1.5)


def test_objects_whose_class_has_no_hash_keep_plain_numbers() -> None:
    rates = [2.0, 7.0]

    def keep(x: float) -> float:
        SCALE.last = x  # type: ignore[attr-defined]
        rates[1] = x
        return SCALE[0] * x

    compiled = minitorch.compile(keep)
    compiled.precompile(3.0, derivative=False)
    assert (type(SCALE.last), SCALE.last, rates) == (float, 3.0, [2.0, 3.0])  # type: ignore[attr-defined]
    assert compiled.value_and_grad(4.0)[1] == 2.0
