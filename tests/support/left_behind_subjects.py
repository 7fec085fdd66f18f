"""Functions that keep what they compute: in objects, lists, globals, cells, default arguments."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

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


MAKERS: list[Callable[[list[Any]], Callable[[float], float]]] = [
    attribute, slot, appended, in_tuples, in_a_dict, in_a_set_and_a_deque, cell, global_name, default_argument,
    generator,
]  # fmt: skip


class Refusal(Exception):
    pass


def raising(x: float) -> float:
    SEEN.append(x)
    raise Refusal(x * 2)


def unrecordable(x: float) -> Any:
    SEEN.append(x)
    return SEEN if x > 1e9 else {"text": str(x), "object": Tank(), "number": x * 2}
