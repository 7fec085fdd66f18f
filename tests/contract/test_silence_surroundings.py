"""Compiled functions depend on what a run has read, and on nothing else: no stale result, no needless recording."""

from __future__ import annotations

import abc
import collections
import enum
import functools
import itertools
import logging
import math
import operator
import re
import sys
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch
from minitorch.compiler import specialization
from minitorch.compiler.function import CompilationWarning


class Body:
    """Something with attributes of all kinds."""

    scale = 2.0
    table: ClassVar[dict[str, float]] = {"k": 3.0, "other": 4.0}

    def __init__(self, mass: float) -> None:
        self.mass = mass
        self.name = "body"
        self.parts = [mass, 1.0]

    @property
    def doubled(self) -> float:
        return self.mass * 2.0

    def __getattr__(self, name: str) -> float:
        if name.startswith("made_up"):
            return float(len(name)) * self.mass
        raise AttributeError(name)


class Slotted:
    """An object without a dict."""

    __slots__ = ("rate", "unread")

    def __init__(self) -> None:
        self.rate, self.unread = 2.0, 3.0


class Color(enum.Enum):
    """Named numbers."""

    RED = 1.5
    BLUE = 2.5


class Shape(abc.ABC):
    """A class with a register."""


Shape.register(Slotted)


class Rates(list[float]):
    """A list with attributes."""

    base = 1.0


class Environment(types.SimpleNamespace):
    """What the functions below read, made anew for each test."""


def environment() -> Environment:
    """Return what the functions read."""
    rates = Rates([1.0, 2.0])
    rates.base = 3.0
    queue = [1.0, 2.0]
    return Environment(
        numbers=[float(index) for index in range(1000)],
        bodies=[Body(float(index)) for index in range(50)],
        config={"a": 1.5, "b": 2.5, "nested": {"deep": [1.0, {"end": 4.0}]}},
        body=Body(3.0),
        slotted=Slotted(),
        array=numpy.arange(20.0),
        grid=numpy.arange(12.0).reshape(3, 4),
        whole=numpy.arange(6),
        rates=rates,
        pair=(1.0, [2.0, 3.0]),
        user=collections.UserDict(a=2.0, b=3.0),
        chained=collections.ChainMap({"a": 3.0}, {"b": 4.0}),
        ordered=collections.OrderedDict(a=1.0, b=2.0),
        queue=queue,
        alias=[queue],
        names={"x", "y"},
        deque=collections.deque([1.0, 2.0, 3.0]),
        module=types.ModuleType("surroundings_module"),
        objects=numpy.array([1.0, [2.0], None], dtype=object),
    )


E = environment()
LOGGER = logging.getLogger("minitorch.test.surroundings")
FIRST, MASS = operator.itemgetter("a"), operator.attrgetter("mass")
LOCK, REENTRANT = threading.Lock(), threading.RLock()
PATTERN = re.compile("a+")
POWER = functools.partial(pow, 2.0)


def with_default(x: float, table: list[float] = [2.0, 3.0]) -> float:  # noqa: B006
    return x * table[0]


def closing_over() -> tuple[Callable[[float], float], Callable[[float], None], list[float]]:
    rate, items = 2.0, [5.0, 6.0]

    def inner(x: float) -> float:
        return x * rate * items[0]

    def change(value: float) -> None:
        nonlocal rate
        rate = value

    return inner, change, items


CLOSED, SET_RATE, CLOSED_ITEMS = closing_over()


def locked(x: float) -> float:
    with LOCK:
        return x * E.numbers[3]


def acquired(x: float) -> float:
    REENTRANT.acquire()
    try:
        return x * E.numbers[3]
    finally:
        REENTRANT.release()


def setting(holder: Any, name: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(holder(), name, value)


Case = tuple[Callable[[float], Any], list[Callable[[], Any]], list[Callable[[], Any]]]

# A function, changes of what it does not read, and changes of what it reads.
CASES: dict[str, Case] = {
    "element": (lambda x: x * E.numbers[3],
                [lambda: E.numbers.__setitem__(4, 9.0), lambda: E.numbers.append(1.0)],
                [lambda: E.numbers.__setitem__(3, 9.0), lambda: E.numbers.insert(0, 7.0),
                 lambda: setattr(E, "numbers", [4.0] * 5), lambda: E.numbers.clear()]),
    "last element": (lambda x: x * E.numbers[-1], [lambda: E.numbers.__setitem__(4, 9.0)],
                     [lambda: E.numbers.append(4.5), lambda: E.numbers.pop()]),
    "sum": (lambda x: x * sum(E.numbers), [], [lambda: E.numbers.__setitem__(500, 9.0), lambda: E.numbers.append(1.0)]),
    "going through": (lambda x: x * sum(n for n in E.numbers if n < 5.0), [],
                      [lambda: E.numbers.__setitem__(999, 1.0), lambda: E.numbers.pop()]),
    "length": (lambda x: x * len(E.numbers), [lambda: E.numbers.__setitem__(4, 9.0)], [lambda: E.numbers.append(1.0)]),
    "truth": (lambda x: x if E.queue else -x, [lambda: E.queue.__setitem__(0, 9.0)], [lambda: E.queue.clear()]),
    "slice": (lambda x: x * sum(E.numbers[:3]), [], [lambda: E.numbers.__setitem__(1, 9.0)]),
    "membership": (lambda x: x if 3.0 in E.queue else -x, [], [lambda: E.queue.append(3.0)]),
    "unpacking": (lambda x: (lambda a, b: x * a)(*E.queue), [], [lambda: E.queue.__setitem__(0, 8.0)]),
    "objects": (lambda x: x * sum(b.mass for b in E.bodies), [lambda: setattr(E.bodies[3], "name", "other")],
                [lambda: setattr(E.bodies[3], "mass", 100.0), lambda: E.bodies.pop()]),
    "one object": (lambda x: x * E.bodies[3].mass,
                   [lambda: setattr(E.bodies[4], "mass", 9.0), lambda: E.bodies.append(Body(1.0))],
                   [lambda: setattr(E.bodies[3], "mass", 9.0), lambda: E.bodies.__setitem__(3, Body(5.0))]),
    "key": (lambda x: x * E.config["a"],
            [lambda: E.config.__setitem__("b", 9.0), lambda: E.config.__setitem__("new", 1.0),
             lambda: E.config.pop("b")],
            [lambda: E.config.__setitem__("a", 9.0), lambda: E.config.pop("a"), lambda: E.config.update(a=2.0)]),
    "key or default": (lambda x: x * E.config.get("later", 2.0), [lambda: E.config.__setitem__("b", 9.0)],
                       [lambda: E.config.__setitem__("later", 5.0), lambda: E.config.pop("later")]),
    "key there": (lambda x: x if "later" in E.config else -x, [lambda: E.config.__setitem__("b", 9.0)],
                  [lambda: E.config.__setitem__("later", 5.0)]),
    "nested": (lambda x: x * E.config["nested"]["deep"][1]["end"],
               [lambda: E.config["nested"].__setitem__("other", 1.0), lambda: E.config["nested"]["deep"].append(1.0)],
               [lambda: E.config["nested"]["deep"][1].__setitem__("end", 8.0),
                lambda: E.config["nested"].__setitem__("deep", [0.0, {"end": 2.0}])]),
    "order of keys": (lambda x: x * next(iter(E.config.values())), [],
                      [lambda: E.config.__setitem__("a", E.config.pop("a"))]),
    "ordered": (lambda x: x * next(iter(E.ordered.values())), [], [lambda: E.ordered.move_to_end("a")]),
    "attribute": (lambda x: x * E.body.mass, [lambda: setattr(E.body, "name", "other"),
                                              lambda: setattr(E.body, "new", 1.0)],
                  [lambda: setattr(E.body, "mass", 9.0), lambda: setattr(E, "body", Body(7.0)),
                   lambda: setattr(Body, "mass", property(lambda self: 11.0))]),
    "class attribute": (lambda x: x * E.body.scale, [lambda: setattr(Body, "unread", 1.0)],
                        [lambda: setattr(Body, "scale", 5.0), lambda: setattr(E.body, "scale", 6.0)]),
    "dict of a class": (lambda x: x * Body.table["k"], [lambda: Body.table.update(other=9.0)],
                        [lambda: Body.table.update(k=9.0), lambda: setattr(Body, "table", {"k": 1.0})]),
    "property": (lambda x: x * E.body.doubled, [lambda: setattr(E.body, "name", "other")],
                 [lambda: setattr(E.body, "mass", 9.0),
                  lambda: setattr(Body, "doubled", property(lambda self: self.mass * 7.0))]),
    "made up": (lambda x: x * E.body.made_up_name, [lambda: setattr(E.body, "name", "other")],
                [lambda: setattr(E.body, "mass", 9.0), lambda: setattr(E.body, "made_up_name", 1.0),
                 lambda: setattr(Body, "made_up_name", 2.0)]),
    "slot": (lambda x: x * E.slotted.rate, [lambda: setattr(E.slotted, "unread", 9.0)],
             [lambda: setattr(E.slotted, "rate", 9.0)]),
    "attribute of a list": (lambda x: x * E.rates.base * E.rates[0], [lambda: E.rates.__setitem__(1, 9.0)],
                            [lambda: setattr(E.rates, "base", 9.0), lambda: E.rates.__setitem__(0, 9.0)]),
    "by name": (lambda x: x * getattr(E.body, "mass"), [lambda: setattr(E.body, "name", "other")],  # noqa: B009
                [lambda: setattr(E.body, "mass", 9.0)]),
    "all attributes": (lambda x: x * len(vars(E.body)), [], [lambda: setattr(E.body, "new", 1.0)]),
    "closure": (lambda x: CLOSED(x), [lambda: CLOSED_ITEMS.__setitem__(1, 9.0)],
                [lambda: SET_RATE(7.0), lambda: CLOSED_ITEMS.__setitem__(0, 9.0)]),
    "default": (lambda x: with_default(x), [lambda: with_default.__defaults__[0].__setitem__(1, 9.0)],  # type: ignore[index]
                [lambda: with_default.__defaults__[0].__setitem__(0, 9.0),  # type: ignore[index]
                 lambda: setattr(with_default, "__defaults__", ([5.0],))]),
    "module": (lambda x: x * E.module.rate, [lambda: setattr(E.module, "other", 2.0)],
               [lambda: setattr(E.module, "rate", 3.0), lambda: delattr(E.module, "rate")]),
    "alias": (lambda x: x * E.alias[0][1], [lambda: E.queue.append(2.0)],
              [lambda: E.queue.__setitem__(1, 8.0), lambda: E.alias.__setitem__(0, [1.0, 3.0])]),
    "list in a tuple": (lambda x: x * E.pair[1][0], [lambda: E.pair[1].__setitem__(1, 9.0)],
                        [lambda: E.pair[1].__setitem__(0, 9.0)]),
    "element of an array": (lambda x: x * float(E.array[3]), [lambda: E.array.__setitem__(4, 9.0)],
                            [lambda: E.array.__setitem__(3, 9.0), lambda: setattr(E, "array", E.array * 2.0)]),
    "element of a grid": (lambda x: x * float(E.grid[1, -1]), [lambda: E.grid.__setitem__((0, 0), 9.0)],
                          [lambda: E.grid.__setitem__((1, 3), 9.0)]),
    "whole number of an array": (lambda x: x * int(E.whole[2]), [lambda: E.whole.__setitem__(3, 9)],
                                 [lambda: E.whole.__setitem__(2, 9)]),
    "sum of an array": (lambda x: x * float(E.array.sum()), [],
                        [lambda: E.array.__setitem__(4, 9.0), lambda: E.array[2:4].fill(7.0)]),
    "view of an array": (lambda x: x * float(E.grid[1].max()), [],
                         [lambda: E.grid.__setitem__((1, 0), 50.0), lambda: E.grid.T.__setitem__((2, 1), 70.0)]),
    "shape of an array": (lambda x: x * E.grid.shape[0], [], [lambda: setattr(E.grid, "shape", (4, 3))]),
    "array of objects": (lambda x: x * E.objects[1][0], [], [lambda: E.objects[1].__setitem__(0, 9.0)]),
    "set": (lambda x: x if "z" in E.names else -x, [], [lambda: E.names.add("z")]),
    "deque": (lambda x: x * E.deque[0], [lambda: E.deque.append(1.0)], [lambda: E.deque.rotate(1)]),
    "getters": (lambda x: x * FIRST(E.config) * MASS(E.body), [], [lambda: E.config.update(a=9.0),
                                                                  lambda: setattr(E.body, "mass", 9.0)]),
    "user dict": (lambda x: x * E.user["a"], [lambda: E.user.__setitem__("b", 9.0)],
                  [lambda: E.user.__setitem__("a", 9.0)]),
    "chain of dicts": (lambda x: x * E.chained["b"], [lambda: E.chained.maps[1].__setitem__("c", 9.0)],
                       [lambda: E.chained.maps[1].__setitem__("b", 9.0), lambda: E.chained.__setitem__("b", 1.0)]),
    "logger": (lambda x: (LOGGER.debug("%s", x), x * E.numbers[3])[1], [lambda: E.numbers.__setitem__(4, 9.0)],
               [lambda: E.numbers.__setitem__(3, 9.0)]),
    "lock": (locked, [lambda: E.numbers.__setitem__(4, 9.0)], [lambda: E.numbers.__setitem__(3, 9.0)]),
    "lock by hand": (acquired, [lambda: E.numbers.__setitem__(4, 9.0)], [lambda: E.numbers.__setitem__(3, 9.0)]),
    "regular expression": (lambda x: x * E.numbers[3] if PATTERN.match("aa") else 0.0, [],
                           [lambda: E.numbers.__setitem__(3, 9.0)]),
    "members": (lambda x: x * Color.RED.value * Color(2.5).value * E.numbers[3], [],
                [lambda: E.numbers.__setitem__(3, 9.0)]),
    "abstract class": (lambda x: x * E.numbers[3] if isinstance(E.slotted, Shape) else 0.0, [],
                       [lambda: E.numbers.__setitem__(3, 9.0)]),
    "partial": (lambda x: x * POWER(E.numbers[3]), [], [lambda: E.numbers.__setitem__(3, 9.0)]),
    "chain of iterators": (lambda x: x * sum(itertools.chain(E.queue, [1.0])), [], [lambda: E.queue.append(9.0)]),
    "module of C": (lambda x: x * math.floor(E.numbers[3] + 0.5), [], [lambda: E.numbers.__setitem__(3, 9.0)]),
}  # fmt: skip


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was recorded, while all that the functions read is made anew and put back."""
    recorded: list[Any] = []
    record_call = specialization.record_call

    def counting(*arguments: Any) -> Any:
        recorded.append(arguments)
        return record_call(*arguments)

    monkeypatch.setattr(specialization, "record_call", counting)
    vars(E).clear()
    vars(E).update(vars(environment()))
    E.module.rate = 2.0
    for name in ("scale", "table", "doubled"):
        monkeypatch.setattr(Body, name, vars(Body)[name])
    monkeypatch.setattr(Body, "table", dict(Body.table))
    monkeypatch.setattr(with_default, "__defaults__", ([2.0, 3.0],))
    SET_RATE(2.0)
    CLOSED_ITEMS[:] = [5.0, 6.0]
    yield recorded
    for name in ("mass", "made_up_name", "unread"):
        if name in vars(Body):
            delattr(Body, name)


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return a result as text, or the exception."""
    try:
        return repr(function(*arguments))
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("mode", ["value", "gradient", "jvp"])
@pytest.mark.parametrize("name", CASES)
def test_what_was_read_counts(name: str, mode: str, recordings: list[Any]) -> None:
    function, unread, read = CASES[name]
    compiled = minitorch.compile(function)
    plain: Any = function
    if mode == "gradient":
        compiled, plain = compiled.value_and_grad, minitorch.value_and_grad(function)
    elif mode == "jvp":
        of_compiled = compiled.jvp
        compiled, plain = (
            lambda x: of_compiled((x,), (1.0,)),
            lambda x: minitorch.jvp(function, (x,), (1.0,)),
        )

    def agrees() -> None:
        for x in (1.5, 2.5, 1.5):
            assert outcome(compiled, x) == outcome(plain, x)

    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        agrees()
        known = len(recordings)
        assert known in (1, 2)
        for change in unread:
            change()
            agrees()
            assert len(recordings) == known
        for change in read:
            change()
            agrees()


def test_equal_numbers_in_other_places_are_kept_alive(recordings: list[Any]) -> None:
    """What replaces an equal number may stand where that one stood, which is free by then."""
    compiled = minitorch.compile(lambda x: x * E.numbers[0])
    for step in range(300):
        E.numbers[0] = float(f"{step // 3}.5")
        if step % 3 != 2:
            assert compiled(2.0) == 2.0 * E.numbers[0]
        del step


def test_changes_by_the_run_itself_stay_in_python(recordings: list[Any]) -> None:
    def writing(x: float) -> float:
        E.queue.append(x)
        return x * 2.0

    compiled = minitorch.compile(writing)
    with pytest.warns(CompilationWarning, match="it changes the attribute 'queue' of the global 'E'"):
        assert [compiled(float(x)) for x in range(3)] == [0.0, 2.0, 4.0]
    assert E.queue == [1.0, 2.0, 0.0, 1.0, 2.0]


WRITES: dict[str, tuple[Callable[[float], Any], Callable[[], Any]]] = {
    "attribute": (lambda x: setattr(E.body, "last", x), lambda: E.body.last),
    "attribute by name": (lambda x: E.body.__setattr__("last", x), lambda: E.body.last),
    "key": (lambda x: E.config.__setitem__("last", x), lambda: E.config["last"]),
    "array": (lambda x: E.array.__setitem__(0, len(E.deque.append(x) or E.deque)), lambda: E.array[0]),
    "set": (lambda x: E.names.add(len(E.names)), lambda: sorted(map(str, E.names))),
    "user dict": (lambda x: E.user.update(last=x), lambda: E.user["last"]),
    "counter": (lambda x: setattr(Body, "scale", Body.scale + 1.0), lambda: Body.scale),
    "queue": (lambda x: E.queue.pop() if E.queue else None, lambda: E.queue),
}


@pytest.mark.parametrize("name", WRITES)
def test_what_a_run_writes_is_written_at_every_call(name: str, recordings: list[Any]) -> None:
    write, read = WRITES[name]
    compiled = minitorch.compile(lambda x: (write(x), x * 2.0)[1])
    written = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        for x in (1.0, 2.0, 3.0):
            assert compiled(x) == x * 2.0
            written.append(repr(read()))
    vars(E).update(vars(environment()))
    Body.scale = 2.0
    for x, expected in zip((1.0, 2.0, 3.0), written, strict=True):
        write(x)
        assert repr(read()) == expected


def test_what_the_run_makes_itself_is_nobodys(recordings: list[Any]) -> None:
    def making(x: float, **options: float) -> float:
        options.setdefault("rate", 2.0)
        counts: dict[str, int] = {}
        for name in ("a", "b", "a"):
            counts[name] = counts.get(name, 0) + 1
        body = Body(x)
        body.mass, body.extra = body.mass * 2.0, [1.0]
        body.extra.append(counts["a"])
        vars(body).update(more=1.0)
        cells = numpy.zeros(3)
        cells[1] = 4.0
        rows = [[1.0], [2.0]]
        max(rows).append(3.0)
        return body.mass * sum(body.extra) * options.pop("rate") * float(cells.sum()) * len(rows[1]) * body.more

    compiled = minitorch.compile(making)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        for x in (1.0, 2.0, 3.0):
            assert compiled(x) == making(x)
    # A first call may load what numpy needs.
    assert len(recordings) <= 2


def test_what_is_dearer_to_compare_than_to_run_is_said_once() -> None:
    array = numpy.zeros(4_000_000)
    compiled = minitorch.compile(lambda x: x * float(array.ctypes is None) + x * len(array.data))
    with pytest.warns(CompilationWarning, match="comparing what it reads takes longer") as caught:
        assert [compiled(2.0) for _ in range(3)] == [8_000_000.0] * 3
    assert len(caught) == 1
    assert __file__ in str(caught[0].message)


def test_weak_references(recordings: list[Any]) -> None:
    reference = weakref.ref(E.body)
    compiled = minitorch.compile(lambda x: x * reference().mass)  # type: ignore[union-attr]
    assert compiled(2.0) == 6.0
    E.body.mass = 5.0
    assert compiled(2.0) == 10.0


# -- profilers --------------------------------------------------------------------------------------------------------


def test_a_profiler_goes_on(recordings: list[Any]) -> None:
    seen: list[str] = []

    def profile(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == __file__:
            seen.append(frame.f_code.co_name)

    def profiled(x: float) -> float:
        return helper(x) * 2.0

    def helper(x: float) -> float:
        return x + 1.0

    compiled = minitorch.compile(profiled)
    sys.setprofile(profile)
    try:
        values = [compiled(1.0), compiled(2.0)]
        kept = sys.getprofile()
    finally:
        sys.setprofile(None)
    assert values == [4.0, 6.0]
    assert kept is profile
    assert seen.count("profiled") == seen.count("helper") == 2
    assert not recordings
    assert [compiled(1.0), compiled(2.0)] == values
    assert len(recordings) == 1


def test_profilers_in_c_go_on() -> None:
    import cProfile
    import pstats

    def profiled(x: float) -> float:
        return math.sin(x) * 2.0

    def after(x: float) -> float:
        return x

    compiled = minitorch.compile(profiled)
    profiler = cProfile.Profile()
    profiler.enable()
    compiled(1.0), compiled(2.0)
    after(1.0)
    profiler.disable()
    names = {name for _, _, name in pstats.Stats(profiler).stats}  # type: ignore[attr-defined]
    assert {"profiled", "after"} <= names


# -- random programs --------------------------------------------------------------------------------------------------


class Node:
    """Part of a random environment."""

    rate = 1.25

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


LEAVES = st.floats(-4.0, 4.0, allow_nan=False) | st.integers(-3, 3)
KEYS = st.sampled_from("abc")


def nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for containers and objects of some parts."""
    return (
        st.lists(children, min_size=1, max_size=3)
        | st.dictionaries(KEYS, children, min_size=1, max_size=3)
        | st.dictionaries(KEYS, children, min_size=1, max_size=3).map(lambda parts: Node(**parts))
        | st.lists(children, min_size=1, max_size=2).map(tuple)
        | st.lists(st.floats(-4.0, 4.0, allow_nan=False), min_size=1, max_size=4).map(numpy.array)
    )


ROOT: Any = None


def part_of(place: Any, step: int) -> Any:
    """Return one part of a place, by the kind that it is of."""
    if isinstance(place, (list, tuple)):
        return place[step % len(place)]
    if isinstance(place, dict):
        keys = ["a", "b", "c"]
        return place.get(keys[step % 3], step)
    if isinstance(place, Node):
        return getattr(place, "abc"[step % 3], place.rate)
    if isinstance(place, numpy.ndarray):
        return float(place[step % len(place)])
    return place


def total_of(place: Any) -> float:
    """Return the sum of all numbers in a place."""
    if isinstance(place, (list, tuple)):
        return sum(map(total_of, place))
    if isinstance(place, dict):
        return sum(total_of(part) for part in place.values())
    if isinstance(place, Node):
        return sum(total_of(part) for part in vars(place).values()) + place.rate
    return float(place.sum()) if isinstance(place, numpy.ndarray) else float(place)


def reading(x: float, steps: tuple[int, ...], whole: bool) -> float:
    """Read one part of the environment, or all that is there."""
    place = ROOT
    for step in steps:
        place = part_of(place, step)
    if whole:
        return x * total_of(place)
    return x * place if isinstance(place, (int, float)) else x + len(str(type(place)))


def holders(place: Any) -> Iterator[Any]:
    """Yield all that can be changed in a place."""
    parts: list[Any] = []
    if isinstance(place, (list, tuple)):
        parts = list(place)
    elif isinstance(place, dict):
        parts = list(place.values())
    elif isinstance(place, Node):
        parts = list(vars(place).values())
    if isinstance(place, (list, dict, Node, numpy.ndarray)):
        yield place
    for part in parts:
        yield from holders(part)


def change(holder: Any, key: str, value: float, how: int) -> None:
    """Change something in a list, dict, object or array."""
    index = how % max(len(holder), 1) if isinstance(holder, (list, numpy.ndarray)) else 0
    if isinstance(holder, numpy.ndarray):
        holder[index] = value
    elif isinstance(holder, list):
        [lambda: holder.append(value), lambda: holder.insert(0, value),
         lambda: holder.__setitem__(index, value), lambda: holder.reverse(),
         lambda: holder.pop() if len(holder) > 1 else None][how % 5]()  # fmt: skip
    elif isinstance(holder, dict):
        [lambda: holder.__setitem__(key, value), lambda: holder.pop(key, None),
         lambda: holder.update({key: holder.pop(key, value)})][how % 3]()  # fmt: skip
    else:
        [lambda: setattr(holder, key, value), lambda: vars(holder).pop(key, None),
         lambda: setattr(Node, "rate", value), lambda: setattr(holder, "rate", value)][how % 4]()  # fmt: skip


CHANGES = st.tuples(st.integers(0, 30), KEYS, st.floats(-4.0, 4.0, allow_nan=False), st.integers(0, 30))


@settings(max_examples=25, deadline=None)
@given(
    nodes(st.recursive(LEAVES, nodes, max_leaves=8)),
    st.lists(st.integers(0, 5), max_size=3).map(tuple),
    st.booleans(),
    st.lists(CHANGES, min_size=1, max_size=6),
)
def test_random_environments(root: Any, steps: tuple[int, ...], whole: bool, changes: list[Any]) -> None:
    global ROOT
    ROOT, Node.rate = root, 1.25
    compiled = minitorch.compile(reading)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        for number, key, value, how in [(0, "a", 1.0, 0), *changes]:
            for x in (1.5, 2.0):
                assert outcome(compiled, x, steps, whole) == outcome(reading, x, steps, whole)
            found = list(holders(ROOT))
            change(found[number % len(found)], key, value, how) if found else None
        assert outcome(compiled, 1.5, steps, whole) == outcome(reading, 1.5, steps, whole)
