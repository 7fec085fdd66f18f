"""What functions with loops read from outside, and changes of all of it; loaded anew for each test.

The changes of a case are made one after the other: what compiled code gives after each of them is what Python gives.
"""

from __future__ import annotations

import builtins
import collections
import dataclasses
import enum
import functools
import math
import types
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["CASES"]

GLOBALS = globals()
NUMBER: Any = 3
NONE: Any = None
FLAG: Any = True
TEXT: Any = "ab"
ITEMS: Any = [1.0, 2.0, 3.0]
ROWS: Any = [[1.0], [2.0, 3.0]]
TABLE: Any = {"a": 1.0, "b": 2.0}
DEEP: Any = {"a": {"b": [1.0, 2.0]}}
PAIR: Any = ([1.0, 2.0], {"k": 3.0})


class Base:
    rate: Any = 2.0

    def rated(self, x: float) -> float:
        return x * float(self.rate)


class OtherBase:
    rate = 5.0

    def rated(self, x: float) -> float:
        return x - self.rate


class Thing(Base):
    factor: Any = 3.0

    def __init__(self) -> None:
        self.size: Any = 1.0
        self.items = [1.0, 2.0]

    def scaled(self, x: float) -> float:
        return x * self.size

    @property
    def doubled(self) -> float:
        return self.size * 2.0

    @staticmethod
    def moved(x: float) -> float:
        return x + 1.0

    @classmethod
    def by_class(cls, x: float) -> float:
        return x * cls.factor

    def __call__(self, x: float) -> float:
        return x * self.size

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> float:
        return self.items[index]

    def __add__(self, x: float) -> float:
        return x + self.size


class OtherThing(Thing):
    factor = 4.0

    def scaled(self, x: float) -> float:
        return x - self.size


class Slotted:
    __slots__ = ("rate",)

    def __init__(self) -> None:
        self.rate = 2.0


class OtherSlotted:
    __slots__ = ("rate",)


class Ruled:
    def __get__(self, owner: Any, cls: Any) -> float:
        return 7.0

    def __set__(self, owner: Any, value: float) -> None:
        pass


THING: Any = Thing()
THINGS: Any = [Thing(), Thing()]
SLOTTED: Any = Slotted()
SPACE: Any = types.SimpleNamespace(rate=2.0)
MODULE: Any = types.ModuleType("of_cases")


def tripled(x: float) -> float:
    return x * 3.0


def sevenfold(x: float) -> float:
    return x * 7.0


MODULE.rate, MODULE.function = 2.0, tripled


def helper(x: float, rate: float = 2.0, *, offset: float = 1.0) -> float:
    return x * rate + offset


def other_helper(x: float, rate: float = 2.0, *, offset: float = 1.0) -> float:
    return x - rate - offset


def of_items(x: float, items: list[float] = [1.0, 2.0]) -> float:  # noqa: B006 - it is changed in place
    return x * items[0]


def of_named_items(x: float, *, items: list[float] = [1.0, 2.0]) -> float:  # noqa: B006 - as above
    return x * items[0]


def half(x: float) -> float:
    return x * 0.5


def twice(function: Callable[[float], float]) -> Callable[[float], float]:
    @functools.wraps(function)
    def wrapper(x: float) -> float:
        return function(x) * 2.0

    return wrapper


def closed(rate: Any) -> tuple[Any, Any]:
    def inner(x: float) -> float:
        return x * rate

    def set_rate(value: Any) -> None:
        nonlocal rate
        rate = value

    return inner, set_rate


def element_of(items: list[float]) -> Callable[[float], float]:
    return lambda x: x * items[0]


PARTIAL: Any = functools.partial(helper, rate=3.0)
OF_NUMBER: Any = functools.partial(other_helper, 2.0)
OF_LIST: Any = functools.partial(of_items, items=[3.0, 4.0])
BOUND: Any = THING.scaled
WRAPPED: Any = twice(half)
CLOSED, SET_RATE = closed(2.0)
KEPT: Any = [1.0, 2.0]
OF_KEPT: Any = element_of(KEPT)
FUNCTIONS: Any = [tripled, half]


class Color(enum.Enum):
    RED = 1.5
    BLUE = 2.5

    def scaled(self, x: float) -> float:
        return x * self.value


class OtherColor(enum.Enum):
    RED = 3.5


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


COLOR: Any = Color.RED
LEVEL: Any = Level.LOW


class Point(NamedTuple):
    x: float
    y: Any = 2.0

    def summed(self) -> float:
        return self.x + float(self.y)


POINT: Any = Point(1.0, [2.0, 3.0])


@dataclasses.dataclass
class Beam:
    length: float
    width: float = 2.0


BEAM: Any = Beam(1.0)


def put(name: str, value: Any) -> Callable[[], Any]:
    """Make what binds a global anew."""
    return lambda: GLOBALS.__setitem__(name, value)


def let(thing: Any, name: str, value: Any) -> Callable[[], Any]:
    """Make what sets an attribute."""
    return lambda: setattr(thing, name, value)


def drop(thing: Any, name: str) -> Callable[[], Any]:
    """Make what deletes an attribute."""
    return lambda: delattr(thing, name)


def hidden(self: Any, x: float) -> float:
    return x * 13.0


def unbound(x: float) -> float:
    return x * 17.0


CASES: dict[str, tuple[Callable[[float], Any], list[Callable[[], Any]]]] = {
    "number": (lambda x: x * NUMBER, [put("NUMBER", each) for each in (4, 2.5, True, -0.0, 0.0)]),
    "large number": (lambda x: x * (NUMBER % 7), [put("NUMBER", 2**70), put("NUMBER", 12)]),
    "none": (lambda x: x if NONE is None else x * NONE, [put("NONE", 2.0), put("NONE", None)]),
    "truth": (lambda x: x if FLAG else -x, [put("FLAG", False), put("FLAG", 0), put("FLAG", []), put("FLAG", "a")]),
    "text": (lambda x: x * len(TEXT), [put("TEXT", "abc"), put("TEXT", [1.0])]),
    "list": (lambda x: sum(each * x for each in ITEMS),
             [lambda: ITEMS.__setitem__(1, 9.0), lambda: ITEMS.append(1.0), lambda: ITEMS.reverse(),
              lambda: ITEMS.sort(), lambda: ITEMS.clear(), lambda: ITEMS.append(2)]),
    "element": (lambda x: x * ITEMS[0], [lambda: ITEMS.append(2.0), lambda: ITEMS.__setitem__(0, 5),
                                        lambda: ITEMS.__setitem__(0, True), put("ITEMS", [8.0])]),
    "sum and slice": (lambda x: x * sum(ITEMS[1:]) + max(ITEMS), [lambda: ITEMS.append(40.0),
                                                                 lambda: ITEMS.__setitem__(1, 66.5)]),
    "zip and sorted": (lambda x: sum(a * b * x for a, b in zip(ITEMS, sorted(ITEMS), strict=False)),
                       [lambda: ITEMS.append(-4.0), lambda: ITEMS.__setitem__(0, 6.5)]),
    "truth of a list": (lambda x: x if ITEMS else -x, [lambda: ITEMS.clear(), lambda: ITEMS.append(0.0)]),
    "length": (lambda x: x * len(ITEMS), [lambda: ITEMS.append(1.0), lambda: ITEMS.pop()]),
    "rows": (lambda x: sum(sum(row) for row in ROWS) * x,
             [lambda: ROWS[1].append(5.0), lambda: ROWS[0].__setitem__(0, 7.0), lambda: ROWS.append([1.0]),
              lambda: ROWS.__setitem__(0, ROWS[1])]),
    "element of a row": (lambda x: ROWS[1][0] * x, [lambda: ROWS[1].__setitem__(0, 77.0), lambda: ROWS.reverse()]),
    "key": (lambda x: x * TABLE["a"], [lambda: TABLE.update(a=5.0), lambda: TABLE.update(c=1.0),
                                      lambda: TABLE.pop("a"), lambda: TABLE.update(a=3.0)]),
    "values": (lambda x: sum(each * x for each in TABLE.values()),
               [lambda: TABLE.update(b=5.5), lambda: TABLE.update(d=4.0), lambda: TABLE.update(a=TABLE.pop("a")),
                lambda: TABLE.clear(), lambda: TABLE.update(q=4.0)]),
    "keys": (lambda x: sum(len(key) * x for key in TABLE), [lambda: TABLE.update(abc=4.0), lambda: TABLE.pop("abc")]),
    "key there": (lambda x: x if "new" in TABLE else -x, [lambda: TABLE.update(new=4.0), lambda: TABLE.pop("new")]),
    "key or default": (lambda x: x * TABLE.get("new", 2.0), [lambda: TABLE.update(new=4.0), lambda: TABLE.pop("new")]),
    "deep": (lambda x: x * DEEP["a"]["b"][1],
             [lambda: DEEP["a"]["b"].__setitem__(1, 6.0), lambda: DEEP["a"].update(b=[1.0, 1.5]),
              lambda: DEEP.update(a={"b": [0.0, 4.0]})]),
    "pair": (lambda x: x * PAIR[0][0] * PAIR[1]["k"], [lambda: PAIR[0].__setitem__(0, 9.0),
                                                      lambda: PAIR[1].update(k=9.0)]),
    "attribute": (lambda x: x * THING.size, [let(THING, "size", 4.0), let(THING, "size", 4), drop(THING, "size"),
                                            let(THING, "size", 1.0)]),
    "dict of an object": (lambda x: x * THING.size,
                          [lambda: vars(THING).update(size=15.0), let(THING, "__dict__", {"size": 16.0})]),
    "attribute of a class": (lambda x: x * THING.factor,
                             [let(Thing, "factor", 7.0), let(THING, "factor", 8.0), drop(THING, "factor"),
                              drop(Thing, "factor"), let(Base, "factor", 11.0)]),
    "attribute of a base": (lambda x: x * THING.rate, [let(Base, "rate", 7.0), let(Thing, "rate", 9.0),
                                                      drop(Thing, "rate"), let(Base, "rate", 2)]),
    "bases": (lambda x: THING.rated(x), [let(Thing, "__bases__", (OtherBase,)), let(Thing, "__bases__", (Base,))]),
    "class": (lambda x: x * Thing.factor, [let(Thing, "factor", 7.5)]),
    "method": (lambda x: THING.scaled(x), [let(Thing, "scaled", hidden), let(THING, "scaled", unbound),
                                          drop(THING, "scaled")]),
    "code of a method": (lambda x: THING.rated(x), [let(Base.rated, "__code__", OtherBase.rated.__code__)]),
    "property": (lambda x: x * THING.doubled,
                 [let(THING, "size", 4.0), let(Thing, "doubled", property(lambda self: self.size * 5.0)),
                  let(Thing, "doubled", 6.0), let(THING, "doubled", 7.0), let(Thing, "doubled", Ruled())]),
    "static method": (lambda x: THING.moved(x), [let(Thing, "moved", staticmethod(unbound)),
                                                let(Thing, "moved", hidden)]),
    "class method": (lambda x: THING.by_class(x) + Thing.by_class(x),
                     [let(Thing, "factor", 7.0), let(Thing, "by_class", classmethod(hidden))]),
    "class of an object": (lambda x: THING.scaled(x) * THING.factor, [let(THING, "__class__", OtherThing),
                                                                     let(THING, "__class__", Thing)]),
    "class of a slotted": (lambda x: x * SLOTTED.rate, [let(SLOTTED, "rate", 3.0),
                                                       let(SLOTTED, "__class__", OtherSlotted),
                                                       let(SLOTTED, "rate", 4.0)]),
    "instance": (lambda x: x if isinstance(THING, OtherThing) else -x, [let(THING, "__class__", OtherThing)]),
    "type": (lambda x: x if type(THING) is Thing else -x, [let(THING, "__class__", OtherThing)]),
    "own class": (lambda x: x * THING.__class__.factor, [let(THING, "__class__", OtherThing)]),
    "called object": (lambda x: THING(x), [let(THING, "size", 9.0), let(Thing, "__call__", hidden)]),
    "length of an object": (lambda x: x * len(THING), [let(Thing, "__len__", lambda self: 5)]),
    "element of an object": (lambda x: x * THING[0], [lambda: THING.items.__setitem__(0, 6.0),
                                                     let(Thing, "__getitem__", hidden)]),
    "operator": (lambda x: THING + x, [let(THING, "size", 6.0), let(Thing, "__add__", hidden)]),
    "truth of an object": (lambda x: x if THING else -x, [let(Thing, "__bool__", lambda self: False),
                                                         drop(Thing, "__bool__"),
                                                         let(Thing, "__len__", lambda self: 0)]),
    "equal objects": (lambda x: x if THINGS[0] == THINGS[1] else -x, [let(Thing, "__eq__", lambda x, y: True)]),
    "every attribute": (lambda x: x * THING.size, [let(Thing, "__getattribute__", lambda self, name: 5.0),
                                                  drop(Thing, "__getattribute__")]),
    "attribute there": (lambda x: x if hasattr(THING, "new") else -x,
                        [let(THING, "new", 1.0), drop(THING, "new"), let(Thing, "new", 2.0), drop(Thing, "new"),
                         let(Thing, "__getattr__", lambda self, name: 1.0)]),
    "attribute or default": (lambda x: x * getattr(THING, "new", 2.0), [let(THING, "new", 14.0), drop(THING, "new"),
                                                                       let(Thing, "new", 3.0)]),
    "objects": (lambda x: sum(each.scaled(x) for each in THINGS),
                [let(THINGS[0], "size", 5.0), let(THINGS[1], "__class__", OtherThing),
                 lambda: THINGS.append(Thing()), lambda: THINGS.pop(), let(THINGS[0], "size", 7),
                 let(THINGS[0], "scaled", unbound)]),
    "order of attributes": (lambda x: sum(each.size for each in THINGS) * x,
                            [let(THINGS[0], "__dict__", {"items": [1.0], "size": 3.0}), let(THINGS[0], "new", 1.0)]),
    "module": (lambda x: x * MODULE.rate, [let(MODULE, "rate", 3.0), let(MODULE, "rate", [1.0]),
                                          drop(MODULE, "rate"), let(MODULE, "rate", 1.0)]),
    "function of a module": (lambda x: MODULE.function(x), [let(MODULE, "function", sevenfold),
                                                           let(MODULE, "function", math.exp)]),
    "constant of a library": (lambda x: x * math.pi, [let(math, "pi", 3.0)]),
    "namespace": (lambda x: x * SPACE.rate, [let(SPACE, "rate", 3.0), drop(SPACE, "rate"), let(SPACE, "rate", 1.0)]),
    "default": (lambda x: helper(x), [let(helper, "__defaults__", (5.0,)),
                                     let(helper, "__kwdefaults__", {"offset": 7.0}),
                                     lambda: helper.__kwdefaults__.update(offset=8.0)]),
    "list as default": (lambda x: of_items(x), [lambda: of_items.__defaults__[0].__setitem__(0, 8.0)]),  # type: ignore[index]
    "list as default by name": (lambda x: of_named_items(x),
                                [lambda: of_named_items.__kwdefaults__["items"].__setitem__(0, 8.0),
                                 lambda: of_named_items.__kwdefaults__.update(items=[4.0])]),
    "partial": (lambda x: PARTIAL(x), [lambda: PARTIAL.keywords.update(rate=8.0),
                                      lambda: PARTIAL.keywords.update(offset=8.0),
                                      lambda: PARTIAL.keywords.clear()]),
    "partial by hand": (lambda x: OF_NUMBER(x), [lambda: OF_NUMBER.__setstate__((helper, (4.0,), {}, {})),
                                                lambda: OF_NUMBER.__setstate__((helper, (4.0,), {"offset": 2.0}, {}))]),
    "list in a partial": (lambda x: OF_LIST(x), [lambda: OF_LIST.keywords["items"].__setitem__(0, 8.0),
                                                lambda: OF_LIST.keywords.update(items=[7.0])]),
    "bound method": (lambda x: BOUND(x), [let(THING, "size", 12.0), put("BOUND", tripled)]),
    "wrapped": (lambda x: WRAPPED(x), [put("half", sevenfold), let(WRAPPED, "__wrapped__", sevenfold),
                                      lambda: setattr(WRAPPED.__closure__[0], "cell_contents", sevenfold)]),
    "function": (lambda x: half(x), [put("half", sevenfold), put("half", math.sin)]),
    "code": (lambda x: half(x), [let(half, "__code__", sevenfold.__code__)]),
    "cell": (lambda x: CLOSED(x), [lambda: SET_RATE(7.0), lambda: SET_RATE(7), lambda: SET_RATE(None)]),
    "list in a cell": (lambda x: OF_KEPT(x), [lambda: KEPT.__setitem__(0, 8.0), lambda: KEPT.append(1.0)]),
    "list of functions": (lambda x: sum(each(x) for each in FUNCTIONS),
                          [lambda: FUNCTIONS.reverse(), lambda: FUNCTIONS.__setitem__(0, sevenfold),
                           lambda: FUNCTIONS.append(math.sin)]),
    "member": (lambda x: x * COLOR.value if COLOR is Color.RED else -x,
               [put("COLOR", Color.BLUE), put("Color", OtherColor), put("COLOR", OtherColor.RED)]),
    "value of a member": (lambda x: x * COLOR.value, [let(COLOR, "_value_", 5.0)]),
    "name of a member": (lambda x: x * len(COLOR.name), [let(COLOR, "_name_", "X")]),
    "method of a member": (lambda x: COLOR.scaled(x), [put("COLOR", Color.BLUE), let(Color, "scaled", hidden)]),
    "members": (lambda x: sum(each.value * x for each in Color), [lambda: Color._member_names_.remove("BLUE")]),
    "member by value": (lambda x: x * Color(2.5).value,
                        [lambda: Color._value2member_map_.update({2.5: Color.RED})]),
    "member of ints": (lambda x: x if LEVEL == Level.LOW else -x, [put("LEVEL", Level.HIGH), put("LEVEL", 1)]),
    "field": (lambda x: x * POINT.x, [put("POINT", Point(3.0)), let(Point, "x", vars(Point)["y"]),
                                     put("POINT", Point(3.0, 4.0)), let(Point, "x", property(lambda self: 50.0))]),
    "list in a field": (lambda x: x * POINT.y[0], [lambda: POINT.y.__setitem__(0, 7.0),
                                                  put("POINT", Point(1.0, [9.0]))]),
    "new named tuple": (lambda x: Point(x).summed(),
                        [let(Point.__new__, "__defaults__", (5.0,)), let(Point, "x", property(lambda self: 50.0)),
                         let(Point, "summed", lambda self: self.y * 3.0)]),
    "dataclass": (lambda x: x * BEAM.width, [let(BEAM, "width", 5.0)]),
    "new dataclass": (lambda x: Beam(x).width * x, [let(Beam, "width", 5.0), let(Beam.__init__, "__defaults__", (7.0,)),
                                                   let(Beam, "__init__", lambda self, x: let(self, "width", 9.0)())]),
    "new object": (lambda x: Thing().size * x, [let(Thing, "__init__", lambda self: let(self, "size", 9.0)()),
                                               let(Thing, "__new__", staticmethod(lambda cls: THINGS[0]))]),
    "builtin that is hidden": (lambda x: abs(-x), [put("abs", tripled), lambda: GLOBALS.pop("abs"),
                                                  let(builtins, "abs", tripled)]),
    "range that is hidden": (lambda x: sum([x for _ in range(2)]), [put("range", lambda n: [1, 2, 3]),
                                                                   put("sum", lambda items: 5.0)]),
    "function of a library": (lambda x: math.sin(x), [let(math, "sin", math.tan), let(math, "sin", sevenfold)]),
    "named tuple by class": (lambda x: x * POINT.x, [put("POINT", collections.namedtuple("Other", "y x")(5.0, 6.0))]),
}  # fmt: skip
