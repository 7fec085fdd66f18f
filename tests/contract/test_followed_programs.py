"""Debuggers, coverage and other tools that follow a program see the plain one, and change no digit."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from followers import FOLLOWERS, MONITORING, Follower, each_instruction, tool
from hooked_project import Project

import minitorch

PROGRAM = """
import math


def loops(n, x):
    total = 0.0
    for i in range(n):
        if i % 2:
            total += (
                i
                * x
            )
        elif i > 100:
            total -= 1
        else:
            total = total - math.sin(x)
    while total > 1e9:
        total -= 1
    return total


def caught(x):
    try:
        return x / (x - x)
    except ZeroDivisionError:
        return x * 3 if x > 0 else x


class Thing:
    def __init__(self, x):
        self.x = x * 2

    def both(self, y):
        return self.x and (
            y * self.x or y)


def steps(n, x):
    for i in range(n):
        yield i * x


def whole(x):
    parts = [
        part
        * 2
        for part in steps(3, x)
    ]
    return loops(5, x) + caught(x) + Thing(x).both(2.0) + sum(parts)
"""

WAYS: dict[str, Callable[[Any], Callable[[float], Any]]] = {
    "value": lambda f: f,
    "grad": minitorch.grad,
    "second derivative": lambda f: minitorch.grad(minitorch.grad(f)),
    "value_and_grad": minitorch.value_and_grad,
    "jvp": lambda f: lambda x: minitorch.jvp(f, (x,), (1.0,)),
}

EVERY_FOLLOWER = pytest.mark.parametrize("follow", FOLLOWERS.values(), ids=FOLLOWERS)


@pytest.fixture
def plain(project: Project) -> Any:
    """The program as it is."""
    project.write("followed.py", PROGRAM)
    return importlib.import_module("followed")


@pytest.fixture
def hooked(plain: Any) -> Iterator[Any]:
    """The program, imported by the hook."""
    del sys.modules["followed"]
    with minitorch.install_import_hook(["followed"]):
        yield importlib.import_module("followed")


@EVERY_FOLLOWER
@pytest.mark.parametrize("way", [*WAYS, "value beside a leaf"])
def test_hooked_code_is_seen_as_plain_code_is(plain: Any, hooked: Any, way: str, follow: Follower) -> None:
    leaf = minitorch.Scalar(1.0) if way == "value beside a leaf" else None
    run = WAYS[way.removesuffix(" beside a leaf")](hooked.whole)
    _, expected = follow(plain.__file__, lambda: plain.whole(1.5))
    result, seen = follow(plain.__file__, lambda: run(1.5))
    assert seen == expected
    assert len(seen) > 15
    assert repr(result) == repr(run(1.5))
    assert leaf is None or leaf.derivative is None


@EVERY_FOLLOWER
def test_traced_code_is_seen_as_plain_code_is(plain: Any, follow: Follower) -> None:
    _, expected = follow(plain.__file__, lambda: plain.whole(1.5))
    gradient = minitorch.grad(plain.whole)
    # What traced code calls is converted in the first call; both see the same.
    for _ in range(2):
        _, seen = follow(plain.__file__, lambda: gradient(1.5))
        assert seen == expected


MODES: dict[str, Callable[[Any, float], Any]] = {
    "value": lambda f, x: f(x),
    "value_and_grad": lambda f, x: f.value_and_grad(x),
    "grad": lambda f, x: f.grad(x),
    "jvp": lambda f, x: f.jvp((x,), (1.0,)),
}


@EVERY_FOLLOWER
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("when", ["recorded while followed", "called while followed"])
def test_compiled_code_gives_the_same_digits(plain: Any, mode: str, when: str, follow: Follower) -> None:
    def digits(run: Callable[[Callable[[], Any]], Any]) -> list[str]:
        compiled = minitorch.compile(plain.whole)
        if when == "called while followed":
            for derivative in (False, True):
                compiled.precompile(1.5, derivative=derivative)
        return [repr(run(lambda: MODES[mode](compiled, x))) for x in (1.5, 1.5, -0.75)]  # noqa: B023

    expected = digits(lambda call: call())
    assert digits(lambda call: follow(plain.__file__, call)[0]) == expected


@pytest.mark.parametrize("numbers", [[*range(6)], [3, 4], [4]] if MONITORING else [[]])
def test_where_tools_have_the_numbers_digits_are_the_same(plain: Any, numbers: Any) -> None:
    """The recorder takes a number that is free; where none is, Python runs."""
    expected = repr(minitorch.value_and_grad(plain.whole)(1.5))
    seen: list[Any] = []
    with ExitStack() as stack:
        for number in numbers:
            stack.enter_context(tool({MONITORING.events.LINE: lambda code, line: seen.append(line)}, number))
        compiled = minitorch.compile(plain.whole)
        compiled.precompile(1.5)
        assert [repr(compiled.value_and_grad(1.5)) for _ in range(3)] == [expected] * 3
    assert bool(seen) == bool(numbers)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("road", ["plain", "hooked"])
def test_tools_that_see_each_instruction_at_every_number_change_no_digit(
    road: str, way: str, request: pytest.FixtureRequest
) -> None:
    """As debuggers, profilers and coverage do together; before Python 3.12 by the events of each frame."""
    run = WAYS[way](request.getfixturevalue(road).whole)
    expected = [repr(run(x)) for x in (1.5, -0.75)]
    seen: list[Any] = []
    with ExitStack() as stack:
        if MONITORING:
            names = ("LINE", "INSTRUCTION", "PY_START", "PY_RETURN", "CALL", "JUMP", "RAISE")
            calls = {getattr(MONITORING.events, name): lambda code, *_: seen.append(code.co_name) for name in names}
            for number in range(6):
                stack.enter_context(tool(calls, number))
        else:
            stack.enter_context(each_instruction(seen.append))
        assert [repr(run(x)) for x in (1.5, -0.75)] == expected
    assert len(seen) > 500
