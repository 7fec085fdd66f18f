"""Functions that read what surrounds them, with changes of what they read and of what they do not read."""

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
import threading
import types
from collections.abc import Callable
from typing import Any, ClassVar

import numpy


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


class Shape(abc.ABC):  # noqa: B024
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
