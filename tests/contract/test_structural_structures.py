"""Dicts, named tuples and objects as arguments and as results of structural machine code, as eager runs have them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from structural_rows import Row, checked, exact

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents


class Point(NamedTuple):
    x: float
    y: float

    def norm(self) -> float:
        return math.sqrt(self.x * self.x + self.y * self.y)


@dataclass
class Body:
    mass: float
    at: list[float]
    name: str = "body"
    parent: Any = None

    def energy(self, g: float) -> float:
        return self.mass * g * sum(self.at)


@dataclass(frozen=True)
class Frozen:
    scale: float
    shift: float = 0.5
    tags: tuple[str, ...] = ("a",)
    made: float = field(init=False, default=3.0)


@dataclass
class Slotted:
    __slots__ = ("a", "b")
    a: float
    b: int


class Model:
    """A class of its own kind."""

    order = 2

    def __init__(self, rate: float, table: list[float]) -> None:
        self.rate = rate
        self.table = table
        self.options = {"steps": 3, "kind": "plain"}

    @property
    def double_rate(self) -> float:
        return 2.0 * self.rate

    def at(self, x: float) -> float:
        total = 0.0
        for i in range(self.options["steps"]):  # type: ignore[call-overload]
            total += self.table[i % len(self.table)] * x**self.order * self.double_rate
        return total


def by_keys(p: Any, x: float) -> float:
    total = 0.0
    for i in range(3):
        total += p["b"] * x * i + p["a"]["deep"][i % 2]
    return total


def over_items(p: dict[str, float], x: float) -> float:
    total = x
    for key, value in p.items():
        total = total * value + (1.0 if key == "b" else 0.25)
    for value in p.values():
        total += value * value
    return total * len(p) if "a" in p else total


def points(p: Any, x: float) -> float:
    first, *rest = p
    total = first.norm() * x
    for each in rest:
        total += each.x * each[1] - x
    return total


def bodies(p: Any, g: float) -> float:
    total = 0.0
    for one in p:
        total += one.energy(g)
        for other in p:
            if one is not other:
                total += one.mass * other.mass / (1.0 + (one.at[0] - other.at[0]) ** 2)
    return total


def frozen(p: Frozen, x: float) -> float:
    total = p.made
    for _ in range(2):
        total = total * p.scale + p.shift * x
    return total + len(p.tags)


def slotted(p: Any, x: float) -> float:
    return sum(p.a * x + p.b for _ in range(2))


def changed_dict(p: dict[str, float], x: float) -> float:
    for _ in range(2):
        p["a"] *= x
        p["new"] = p["a"] + x
    return p["new"] * p["b"]


def by_model(model: Any, x: float) -> float:
    return sum(model.at(x) for _ in range(2))


def namespace(p: Any, x: float) -> float:
    return sum(p.a * x * i for i in range(3)) + p.inner.b


SAME = Body(1.5, [0.5])

ARGUMENTS: list[Row] = [
    (by_keys, (0, 1), [({"b": 1, "a": {"deep": [0.5, 2], "c": None}}, 2.0), ({"a": {"deep": [0.5, 2]}, "b": 1}, 3.0)]),
    (by_keys, 1, [({"b": 1.5, "a": {"deep": [0.5, 2], "t": "text"}}, 2.0), ({"b": 1, "a": {"deep": (0.5, 2.5)}}, 2.0)]),
    (over_items, 0, [({"a": 1.5, "b": 2.5}, 0.5), ({"b": 1.5, "a": 2.5}, 0.5), ({"c": 1, "b": 2.5}, 0.5)]),
    (over_items, (1, 0), [({"".join(["a"]): 1.5, "b": 2.5}, 0.5), ({"b": 1.5}, 2)]),
    (points, (0, 1), [([Point(1.5, 2.0), Point(0.5, 3)], 0.5), ((Point(1.5, 2.0), Point(0.5, 3.5)), 0.5)]),
    (points, 1, [([Point(1.5, 2.0)] * 3, 0.5)]),
    (bodies, 0, [([Body(1.5, [0.5, 2.0]), Body(2.0, [3.0])], 9.5), ([SAME, SAME], 9.5)]),
    (bodies, 1, [([Body(1.5, [0.5, 2.0], "sun"), Body(2.0, [3.0], "moon")], 9.5), ([SAME, SAME], 9.5)]),
    (frozen, (0, 1), [(Frozen(1.5), 0.5), (Frozen(1.5, 2, ("b", "c")), 0.5)]),
    (slotted, (0, 1), [(Slotted(1.5, 2), 0.5)]),
    (slotted, 1, [(Slotted(1.5, 2), 0.5), (SimpleNamespace(a=1, b=2.5), 1.5)]),
    (by_model, 1, [(Model(1.5, [0.5, 2.0]), 0.5), (Model(2, [0.5, 2.0, 3.0, 4.0]), 1.5)]),
    (namespace, 1, [(SimpleNamespace(a=1.5, inner=SimpleNamespace(b=2)), 0.5)]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "argnums", "calls"), ARGUMENTS)
def test_structures_as_arguments(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


def test_an_argument_stays_as_it_is() -> None:
    given = {"a": 1.5, "b": 2.5}
    compiled = compile_structurally(changed_dict, (0, 1))
    expected = minitorch.value_and_grad(changed_dict, (0, 1))(dict(given), 0.5)
    assert exact(compiled.value_and_grad(given, 0.5)) == exact(expected)
    assert all(isinstance(each, Program) for each in compiled.programs.values()) and not compiled.left
    assert given == {"a": 1.5, "b": 2.5}


def test_attributes_that_changed_are_read_anew() -> None:
    model = Model(1.5, [0.5, 2.0])
    compiled = compile_structurally(by_model, 1)
    for change in (
        lambda: None,
        lambda: setattr(model, "rate", 2.5),
        lambda: model.table.append(3.0),
        lambda: model.options.update(steps=5),
        lambda: setattr(model, "rate", 3),
        lambda: setattr(model, "order", 3),
        lambda: delattr(model, "order"),
        lambda: setattr(Model, "order", 4),
    ):
        change()
        expected = minitorch.value_and_grad(by_model, 1)(model, 0.5)
        assert exact(compiled.value_and_grad(model, 0.5)) == exact(expected)
    Model.order = 2
    assert not compiled.left


def test_objects_that_hold_themselves_are_left_to_python() -> None:
    body = Body(1.5, [0.5])
    body.parent = body
    compiled = compile_structurally(bodies, 1)
    assert compiled([body], 0.5) == bodies([body], 0.5)
    assert not compiled.programs


def test_a_structure_with_other_derivatives_is_left_to_python() -> None:
    compiled = compile_structurally(by_model)
    with pytest.raises(TypeError, match="must be a real number"):
        compiled.value_and_grad(Model(1.5, [0.5]), 0.5)


def test_second_derivatives_and_tangents_in_structures() -> None:
    point = {"b": 1.5, "a": {"deep": [0.5, 2.0]}}

    def cubic(p: Any) -> float:
        total = 0.0
        for each in p["a"]["deep"]:
            total += each * each * p["b"]
        return total

    second = StructuralHessian(cubic)
    assert exact(second.second_derivatives(point)) == exact(minitorch.hessian(cubic)(point))
    tangents = StructuralTangents(cubic)
    moved = {"b": 0.5, "a": {"deep": [1.0, -2.0]}}
    assert exact(tangents.jvp((point,), (moved,))) == exact(minitorch.jvp(cubic, (point,), (moved,)))
    for compiled in (second, tangents):
        assert all(isinstance(each, Program) for each in compiled.programs.values()) and compiled.programs


# -- results -----------------------------------------------------------------------------------------------------------


def dicts(x: float, n: int) -> Any:
    made = {"a": x, "list": [x] * n, "none": None, "deep": {"n": n}}
    rows = [{"i": i, "x": x * i} for i in range(n)]
    return made, rows, {}, {1: x, (1, 2): n}


def counted(x: float, n: int) -> Any:
    found: Any = {}
    for i in range(n):
        key = "even" if i % 2 == 0 else "odd"
        found[key] = found.get(key, 0.0) + x
    if n > 3:
        found["late"] = n
    return found


def named(x: float, n: int) -> Any:
    point = Point(x, n)
    return point, [Point(x * i, x) for i in range(n)], {"p": point._replace(y=2.5)}


def objects(x: float, n: int) -> Any:
    total = [Body(x * i, [x] * i, "b") for i in range(n)]
    return total, Frozen(x), SimpleNamespace(a=x, b=n), Slotted(x, n).a


def shared(x: float, n: int) -> Any:
    inner = {"x": x}
    body = Body(x, [x])
    for _ in range(n):
        inner["x"] += x
    return [inner, inner, {"x": x}], body, {"body": body, "inner": inner}


def passed_on(x: Any, y: Any) -> Any:
    for _ in range(2):
        pass
    return x, y, [x["a"]], y.at


RESULTS: list[Row] = [
    (dicts, None, [(1.5, 0), (1.5, 3)]),
    (counted, None, [(1.5, 0), (1.5, 1), (1.5, 4)]),
    (named, None, [(1.5, 0), (1.5, 3)]),
    (objects, None, [(1.5, 0), (1.5, 3)]),
    (shared, None, [(1.5, 3)]),
    (passed_on, None, [({"a": [1.0], "b": "t"}, Body(1.5, [0.5]))]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), RESULTS)
def test_structures_as_results(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


def test_what_is_one_object_in_a_result_stays_one() -> None:
    rows, body, both = compile_structurally(shared)(1.5, 3)
    assert rows[0] is rows[1] is both["inner"] and rows[2] is not rows[0] and both["body"] is body
    given = {"a": [1.0], "b": "t"}, Body(1.5, [0.5])
    one, other, (inner,), at = compile_structurally(passed_on)(*given)
    assert one is given[0] and other is given[1] and inner is given[0]["a"] and at is given[1].at
