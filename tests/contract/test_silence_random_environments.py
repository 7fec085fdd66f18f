"""Compiled functions read random environments, which change at random between calls, as plain Python does."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

import minitorch
from minitorch.compiler.function import CompilationWarning


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return a result as text, or the exception."""
    try:
        return repr(function(*arguments))
    except Exception as error:
        return type(error), str(error)


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
