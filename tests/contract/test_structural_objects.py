"""Objects, named tuples, enumerations and dicts in structural machine code: the digits are those of eager runs."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import dict_programs
import object_programs
import pytest
import record_programs

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.compilation import Program

FUNCTIONS: list[Callable[[float, float], float]] = [
    getattr(module, name) for module in (object_programs, record_programs, dict_programs) for name in module.__all__
]


def bits(value: Any) -> Any:
    """A structure with floats as their bits."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(bits, value))
    return struct.pack("<d", value) if isinstance(value, float) else value


def points() -> Iterator[tuple[float, float]]:
    """Some inputs."""
    source = random.Random(5)
    for _ in range(10):
        yield source.uniform(0.5, 3.0), source.uniform(0.1, 0.9)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_objects_have_the_digits_of_eager_runs(function: Any) -> None:
    compiled = compile_structurally(function, (0, 1))
    eager = minitorch.value_and_grad(function, (0, 1))
    for point in points():
        assert bits(compiled.value_and_grad(*point)) == bits(eager(*point))
        assert bits(compiled(*point)) == bits(function(*point))
    assert [str(each) for each in compiled.programs.values() if isinstance(each, Refused)] == []
    assert all(isinstance(each, Program) for each in compiled.programs.values())
    assert not compiled.left


class Tank:
    factor = 2.0
    tags: list[str] = []  # noqa: RUF012 - a class attribute that all share

    def __init__(self, level: float) -> None:
        self.level = level

    def drained(self, x: float) -> float:
        return self.level * x * self.factor


TANK = Tank(1.5)
PIPES = {"in": 0.5, "out": 0.25}
NESTED = {"a": [1.0, 2.0], "b": [3.0]}
TANKS = [Tank(0.5), Tank(0.75)]


def reading(x: float) -> float:
    total = TANK.drained(x) + PIPES["in"] * x
    for tank in TANKS:
        total += tank.drained(x)
    for _, numbers in NESTED.items():
        total += sum(numbers)
    return total + (1.0 if "out" in PIPES else 0.0)


def new_method(self: Tank, x: float) -> float:
    return x * x


CHANGES: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
    ("an attribute", lambda: setattr(TANK, "level", 3.5), lambda: setattr(TANK, "level", 1.5)),
    ("a class attribute", lambda: setattr(Tank, "factor", 3.0), lambda: setattr(Tank, "factor", 2.0)),
    ("an attribute before that of the class", lambda: setattr(TANK, "factor", 5.0), lambda: delattr(TANK, "factor")),
    ("an object in a list", lambda: setattr(TANKS[1], "level", 9.0), lambda: setattr(TANKS[1], "level", 0.75)),
    ("another object in a list", lambda: TANKS.append(Tank(4.0)), lambda: TANKS.pop()),
    ("a value of a dict", lambda: PIPES.update({"in": 0.75}), lambda: PIPES.update({"in": 0.5})),
    ("a key of a dict", lambda: PIPES.pop("out"), lambda: PIPES.update({"out": 0.25})),
    ("a list in a dict", lambda: NESTED["b"].append(8.0), lambda: NESTED["b"].pop()),
    ("a new key", lambda: NESTED.update({"c": [5.0]}), lambda: NESTED.pop("c")),
]


@pytest.mark.parametrize(("change", "undo"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
def test_what_is_read_of_objects_and_dicts_may_change(change: Callable[[], Any], undo: Callable[[], Any]) -> None:
    compiled = compile_structurally(reading)
    eager = minitorch.value_and_grad(reading)
    before = compiled.value_and_grad(1.5)
    assert bits(before) == bits(eager(1.5))
    change()
    try:
        assert eager(1.5) != before
        assert bits(compiled.value_and_grad(1.5)) == bits(eager(1.5))
    finally:
        undo()
    assert bits(compiled.value_and_grad(1.5)) == bits(before)
    assert all(isinstance(each, Program) for each in compiled.programs.values())


def test_a_method_may_be_replaced() -> None:
    compiled = compile_structurally(reading)
    before, method = compiled.value_and_grad(1.5), Tank.drained
    Tank.drained = new_method  # type: ignore[method-assign]
    try:
        assert bits(compiled.value_and_grad(1.5)) == bits(minitorch.value_and_grad(reading)(1.5))
    finally:
        Tank.drained = method  # type: ignore[method-assign]
    assert bits(compiled.value_and_grad(1.5)) == bits(before)


class Secret:
    def __getattr__(self, name: str) -> float:
        return 2.0


class Own:
    def __new__(cls) -> Own:
        return super().__new__(cls)


def changes_attribute(x: float) -> float:
    TANK.level = x
    return x


def changes_dict(x: float) -> float:
    PIPES["in"] = x
    return x


def changes_object_in_list(x: float) -> float:
    for tank in TANKS:
        tank.level += x
    return x


def changes_class(x: float) -> float:
    Tank.factor = x
    return x


@pytest.mark.parametrize(
    "function",
    [
        changes_attribute, changes_dict, changes_object_in_list, changes_class, lambda x: Secret().anything * x,
        lambda x: (Own(), x)[1], lambda x: x * PIPES["absent" if x > 9.0 else "in"] * len(Secret.__mro__),
    ],
)  # fmt: skip
def test_what_changes_others_or_runs_hidden_code_is_refused(function: Any) -> None:
    assert isinstance(compile_structurally(function).program((1.5,), True), Refused)


def missing_attribute(x: float) -> float:
    thing = Tank(x)
    if x > 2.0:
        thing.extra = x  # type: ignore[attr-defined]
    return thing.extra * x  # type: ignore[attr-defined, no-any-return]


def missing_key(x: float) -> float:
    found = {"a": x}
    if x > 2.0:
        found["b"] = x
    return found["b"] * x


def none_is_used(x: float) -> float:
    best = None
    for i in range(3):
        if x * i > 4.0:
            best = x * i
    return best * 2.0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("function", "error"), [(missing_attribute, AttributeError), (missing_key, KeyError), (none_is_used, TypeError)]
)
def test_errors_are_those_of_python(function: Any, error: type[Exception]) -> None:
    compiled = compile_structurally(function)
    assert bits(compiled.value_and_grad(3.0)) == bits(minitorch.value_and_grad(function)(3.0))
    assert isinstance(compiled.program((3.0,), True), Program)
    with pytest.raises(error):
        compiled.value_and_grad(1.0)
