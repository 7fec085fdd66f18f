"""Functions that keep what they compute: in objects, lists, globals, cells, default arguments."""

from __future__ import annotations

import functools
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, NamedTuple

SEEN: list[Any] = []
LAST: Any = None


class Tank:
    def __init__(self) -> None:
        self.level: Any = 1.0

    def fill(self, q: float) -> float:
        self.level += q * q
        return float(self.level * q)


class Slotted:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = 0.0


def attribute(holder: list[Any]) -> Callable[[float], float]:
    tank = Tank()
    holder.append(lambda: [tank.level])
    return tank.fill


def slot(holder: list[Any]) -> Callable[[float], float]:
    slotted = Slotted()
    holder.append(lambda: [slotted.value])

    def f(x: float) -> float:
        slotted.value = slotted.value + x
        return x * slotted.value

    return f


def appended(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: kept)

    def f(x: float) -> float:
        kept.append(x * 2)
        return x * kept[0]

    return f


def in_tuples(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: [item for pair in kept for item in pair[1]])

    def f(x: float) -> float:
        kept.append(("pair", (x * 2, x > 1.0)))
        return x * x

    return f


def in_a_dict(holder: list[Any]) -> Callable[[float], float]:
    kept: dict[Any, Any] = {}
    holder.append(lambda: [*kept.values(), *kept])

    def f(x: float) -> float:
        kept[x * 2] = x * 3
        return x * x

    return f


def in_a_set_and_a_deque(holder: list[Any]) -> Callable[[float], float]:
    kept, queue = set(), deque()  # type: ignore[var-annotated]
    holder.append(lambda: [*kept, *queue])

    def f(x: float) -> float:
        kept.add(x * 2)
        queue.append(x * 3)
        return x * x

    return f


def cell(holder: list[Any]) -> Callable[[float], float]:
    total: Any = 0.0
    holder.append(lambda: [total])

    def f(x: float) -> float:
        nonlocal total
        total = total + x
        return float(total * x)

    return f


def global_name(holder: list[Any]) -> Callable[[float], float]:
    SEEN.clear()
    holder.append(lambda: [LAST, *SEEN])

    def f(x: float) -> float:
        global LAST
        LAST = x * x
        SEEN.append(x * 2)
        return x * 3

    return f


def default_argument(holder: list[Any]) -> Callable[[float], float]:
    def f(x: float, seen: list[Any] = []) -> float:  # noqa: B006
        seen.append(x * 2)
        return x * x

    holder.append(lambda: f.__defaults__[0])  # type: ignore[index]
    return f


def generator(holder: list[Any]) -> Callable[[float], float]:
    def summing() -> Any:
        total: Any = 0.0
        while True:
            x = yield total
            total = total + x

    sums = summing()
    next(sums)
    holder.append(lambda: [sums.gi_frame.f_locals["total"]])
    return lambda x: float(sums.send(x) * x)


class Pair(NamedTuple):
    first: Any
    second: Any = 1.0


class Unwilling(list[Any]):
    def __setitem__(self, index: Any, value: Any) -> None:
        raise RuntimeError("nobody writes here")


def immutable(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: [item for pair, numbers in kept for item in (*pair, *numbers)])

    def f(x: float) -> float:
        kept.append((Pair(x * 2), frozenset([x * 3])))
        return x * x

    return f


def deep_in_tuples(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: [innermost for [[[[[[[innermost]]]]]]] in kept])

    def f(x: float) -> float:
        kept.append((((((((x * 2,),),),),),),))
        return x * x

    return f


def class_attribute(holder: list[Any]) -> Callable[[float], float]:
    class Pump:
        last: Any = 1.0

    holder.append(lambda: [Pump.last])

    def f(x: float) -> float:
        Pump.last = x * 2
        return float(x * Pump.last)

    return f


def private_slot(holder: list[Any]) -> Callable[[float], float]:
    class Pump:
        __slots__ = ("__rate",)

        def set(self, rate: Any) -> Any:
            self.__rate = rate
            return self.__rate

        def get(self) -> Any:
            return self.__rate

    pump = Pump()
    holder.append(lambda: [pump.get()])
    return lambda x: float(x * pump.set(x * 2))


def attribute_of_itself(holder: list[Any]) -> Callable[[float], float]:
    def f(x: float) -> float:
        f.last = x * 2  # type: ignore[attr-defined]
        return float(x * f.last)  # type: ignore[attr-defined]

    holder.append(lambda: [f.last])  # type: ignore[attr-defined]
    return f


def keys_in_order(holder: list[Any]) -> Callable[[float], float]:
    usual: dict[Any, Any] = {}
    ordered: OrderedDict[Any, Any] = OrderedDict()
    holder.append(lambda: [*usual, *usual.values(), *ordered, *ordered.values()])

    def f(x: float) -> float:
        for mapping in (usual, ordered):
            mapping[x * 2] = x
            mapping[1.0] = x * 3
        return x * x

    return f


def list_that_nobody_writes(holder: list[Any]) -> Callable[[float], float]:
    kept = Unwilling()
    holder.append(lambda: kept)

    def f(x: float) -> float:
        kept.append(x * 2)
        return x * x

    return f


def made_functions(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: [item for each in kept for item in each()])

    def f(x: float) -> float:
        def inner(first: Any = x * 2, *, second: Any = x * 3) -> Any:
            return first, second

        kept.append(inner)
        kept.append(functools.partial(Pair, x, second=x * 4))
        return x * x

    return f


def methods_of_numbers(holder: list[Any]) -> Callable[[float], float]:
    kept: list[Any] = []
    holder.append(lambda: [each.__self__ for each in kept] + [each() for each in kept])

    def f(x: float) -> float:
        kept.append((x * 2).is_integer)
        kept.append((x * 3).conjugate)
        return x * x

    return f


MAKERS: list[Callable[[list[Any]], Callable[[float], float]]] = [
    attribute, slot, appended, in_tuples, in_a_dict, in_a_set_and_a_deque, cell, global_name, default_argument,
    generator, immutable, deep_in_tuples, class_attribute, private_slot, attribute_of_itself, keys_in_order,
    list_that_nobody_writes, made_functions, methods_of_numbers,
]  # fmt: skip


class Refusal(Exception):
    pass


def raising(x: float) -> float:
    SEEN.append(x)
    raise Refusal(x * 2)


def unrecordable(x: float) -> Any:
    SEEN.append(x)
    return SEEN if x > 1e9 else {"text": str(x), "object": Tank(), "number": x * 2}


class Closing:
    """Something that is noted when it goes."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __del__(self) -> None:
        SEEN.append(self.value)


def finalizing(x: float) -> float:
    Closing(x)
    return x * 3.0
