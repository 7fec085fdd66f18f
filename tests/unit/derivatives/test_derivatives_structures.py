"""Arguments and results in the structures that people keep numbers in, and back in the same ones."""

from __future__ import annotations

import collections
import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.scalars.pytrees import array_of, flatten, map_leaves
from minitorch.scalars.scalar import Scalar


class Point(NamedTuple):
    x: float
    y: float


@dataclass
class Spring:
    stiffness: float
    ends: tuple[Point, Point]
    label: str = "spring"
    damping: float | None = None

    def energy(self) -> float:
        a, b = self.ends
        return 0.5 * self.stiffness * math.dist(a, b) ** 2


@dataclass(frozen=True)
class Frozen:
    __slots__ = ("mass", "speed")
    mass: float
    speed: float


@dataclass
class Disc:
    radius: float
    thickness: float = field(init=False)
    unit: str = field(default="m", init=False)

    def __post_init__(self) -> None:
        if self.radius <= 0:
            raise ValueError("a disc has a positive radius")
        self.thickness = 0.1 * self.radius

    @functools.cached_property
    def volume(self) -> float:
        return math.pi * self.radius**2 * self.thickness


def product(parts: Any) -> float:
    return parts[0] * parts[1]


@pytest.mark.parametrize(
    ("f", "argument", "derivative"),
    [
        (product, [2.0, 3.0], [3.0, 2.0]),
        (product, (2.0, 3), (3.0, 2.0)),
        (product, [True, 3.0], [3.0, 1.0]),
        (product, [Fraction(1, 2), np.float32(3)], [3.0, 0.5]),
        (product, Point(2.0, 3.0), Point(3.0, 2.0)),
        (product, collections.deque([2.0, 3.0]), collections.deque([3.0, 2.0])),
        (product, [2.0, 3.0, None, "text", object], [3.0, 2.0, None, "text", object]),
        (lambda p: p["a"] * p["b"]["c"][0], {"b": {"c": [3.0]}, "a": 2.0}, {"b": {"c": [2.0]}, "a": 3.0}),
        (lambda p: p["b"] ** 2, collections.OrderedDict(b=2, a=None), collections.OrderedDict(b=4.0, a=None)),
        (lambda p: p.mass * p.speed**2 / 2, Frozen(2.0, 3.0), Frozen(4.5, 6.0)),
        (lambda p: p.radius * p.thickness, Disc(2.0), None),
        (lambda p: 3.0, [1.0, {"x": ()}], [0.0, {"x": ()}]),
        (lambda p: 3.0, [], []),
    ],
)
def test_derivatives_come_back_in_the_structure(f: Callable[[Any], float], argument: Any, derivative: Any) -> None:
    found = grad(f)(argument)
    assert type(found) is type(argument)
    if derivative is not None:
        assert found == derivative
    numbers, _ = flatten(found)
    assert all(type(number) is float for number in numbers)


def test_a_dataclass_of_named_tuples() -> None:
    spring = Spring(10.0, (Point(0.0, 0.0), Point(3.0, 4.0)))
    value, slope = value_and_grad(Spring.energy)(spring)
    assert value == 125.0
    assert slope == Spring(12.5, (Point(-30.0, -40.0), Point(30.0, 40.0)), "spring", None)


def test_each_field_is_an_input_of_its_own_and_no_constructor_runs() -> None:
    slope = grad(lambda disc: -disc.radius * disc.thickness)(Disc(2.0))
    assert (slope.radius, slope.thickness, slope.unit) == (-0.2, -2.0, "m")


def test_cached_properties_are_computed_anew() -> None:
    disc = Disc(2.0)
    assert disc.volume > 0
    slope = grad(lambda disc: disc.volume)(disc)
    assert slope.radius == pytest.approx(2 * math.pi * 2.0 * 0.2)
    assert "volume" not in vars(slope)


def test_numbers_beside_the_fields_are_refused() -> None:
    disc = Disc(2.0)
    disc.area = 12.5  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"this Disc keeps 'area' outside, where .* lost: make 'area' a field"):
        grad(lambda disc: disc.radius)(disc)
    del disc.area  # type: ignore[attr-defined]
    disc.owner = "me"  # type: ignore[attr-defined]
    assert grad(lambda disc: disc.radius * len(disc.owner))(disc).radius == 2.0


def test_arguments_that_are_not_asked_for_are_left_alone() -> None:
    def f(x: float, options: dict[str, Any], n: int) -> float:
        assert type(n) is int
        assert options == {"power": 3, "on": True}
        return x ** options["power"] * n

    assert grad(f)(2.0, {"power": 3, "on": True}, 2) == 24.0


def test_names_of_inputs_tell_where_they_stand() -> None:
    seen: list[Any] = []

    def f(p: Any, a: Any) -> float:
        seen.extend([p["x"][1], a[1, 0], p["s"].ends[0].y])
        return p["x"][1] * a[1, 0]

    spring = Spring(1.0, (Point(0.0, 0.0), Point(1.0, 1.0)))
    grad(f, argnums=(0, 1))({"x": [1.0, 2.0], "s": spring}, np.ones((2, 2)))
    assert [x.name for x in seen] == ["p['x'][1]", "a[1, 0]", "p['s'].ends[0].y"]


# -- arrays ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, "float32", int, bool])
def test_arrays_become_arrays_of_floats(kind: Any) -> None:
    x = np.array([[1, 0], [1, 1]], dtype=kind)
    value, slope = value_and_grad(lambda a: (a * a).sum() + a[0, 0] * a[1, 1])(x)
    assert type(value) is float
    assert slope.dtype == (kind if kind == "float32" else float)
    assert (slope == 2 * x.astype(float) + np.array([[1, 0], [0, 1]])).all()


def test_array_arithmetic() -> None:
    a = np.array([[2.0, 1.0], [0.5, 3.0]])

    def f(x: Any) -> Any:
        return np.sin(x) @ a @ x + math.exp(x[0]) + sum(x[1:] ** 2) / np.sum(x) + x.max() - np.dot(x, 2 * x)

    x = np.array([0.3, 0.8])
    expected = (
        np.cos(x) * (a @ x)
        + a.T @ np.sin(x)
        + np.array([math.exp(0.3), 1.0])
        + np.array([0.0, 2 * 0.8]) / 1.1
        - 0.64 / 1.1**2
        - 4 * x
    )
    assert grad(f)(x) == pytest.approx(expected, rel=1e-14)


def test_structures_of_arrays() -> None:
    layers = [{"w": np.ones((2, 3)), "b": np.zeros(2)}, {"w": np.ones((1, 2)), "b": np.zeros(1)}]

    def network(layers: Any, x: Any) -> Any:
        for layer in layers:
            x = np.tanh(layer["w"] @ x + layer["b"])
        return x[0]

    slope = grad(network)(layers, np.array([0.1, 0.2, 0.3]))
    assert [(part["w"].shape, part["b"].shape) for part in slope] == [((2, 3), (2,)), ((1, 2), (1,))]
    hidden = math.tanh(0.6)
    outer = 1 - math.tanh(2 * hidden) ** 2
    assert slope[1]["w"] == pytest.approx(np.full((1, 2), outer * hidden))
    assert slope[0]["b"] == pytest.approx(np.full(2, outer * (1 - hidden**2)))


def test_shapes_of_matrices_of_arrays() -> None:
    x = np.array([1.0, 2.0, 3.0])
    assert (jacobian(lambda x: x**2)(x) == np.diag(2 * x)).all()
    assert (jacobian(lambda x: [x[0] * x[1]])(x)[0] == [2.0, 1.0, 0.0]).all()
    by_scalar = jacobian(lambda t: t * x)(2.0)
    assert (by_scalar == x).all()
    assert by_scalar.dtype == float
    assert jacobian(lambda x: np.outer(x, x))(x).shape == (3, 3, 3)
    both = jacobian(lambda x, t: {"y": t * x}, argnums=(0, 1))(x, 2.0)["y"]
    assert (both[0] == 2 * np.eye(3)).all()
    assert (both[1] == x).all()
    assert (hessian(lambda x: x @ x * x[0])(x) == [[6, 4, 6], [4, 2, 0], [6, 0, 2]]).all()


def test_directions_are_arrays_as_well() -> None:
    x = np.array([1.0, 2.0])
    value, moved = jvp(lambda x: x**2, (x,), (np.array([1, 0]),))
    assert (value.dtype, moved.dtype) == (float, float)
    assert (moved == [2.0, 0.0]).all()
    assert (vjp(lambda x: x**2, x)[1](np.array([1.0, 1.0]))[0] == [2.0, 4.0]).all()


def test_arrays_nest() -> None:
    x = np.array([0.5, 1.5])
    second = jacobian(grad(lambda x: np.sum(np.sin(x) * x[::-1])))(x)
    mixed = math.cos(0.5) + math.cos(1.5)
    expected = [[-math.sin(0.5) * 1.5, mixed], [mixed, -math.sin(1.5) * 0.5]]
    assert second == pytest.approx(np.array(expected))
    assert grad(lambda s: grad(lambda x: np.sum(x * x * s))(x).sum())(3.0) == 4.0


def test_arrays_of_other_things_pass_through() -> None:
    def f(p: Any) -> float:
        return p["x"] * len(p["names"])

    names = np.array(["a", "b"])
    assert grad(f)({"x": 2.0, "names": names})["names"] is names


def test_an_array_without_dimensions_is_a_number() -> None:
    assert grad(lambda x: np.asarray(x * x))(np.array(3.0)) == 6.0
    assert type(grad(math.sin)(np.float64(0.0))) is float


def test_results_that_hold_no_variable_come_back_as_they_are() -> None:
    table = {"kept": np.array([1, 2]), "names": ["a"]}
    assert grad(lambda x: (x, table), has_aux=True)(1.0)[1] is table


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("2", "it must be a real number, not '2'"),
        (None, "it must be a real number, not None"),
        ({1.0}, "it must be a real number, not {1.0}"),
        ([1.0, 2j], "it must be a real number, not a complex"),
        (np.array([1j]), "it must have real numbers, not those of an array of complex128"),
        (np.array(["a"]), "it must be a real number, not array"),
    ],
)
def test_an_argument_without_numbers(argument: Any, words: str) -> None:
    with pytest.raises(TypeError, match=f"by argument 'x': {words}"):
        grad(lambda x: x)(argument)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x: [x], "not a list; return one number"),
        (lambda x: {"y": x}, "not a dict; return one number"),
        (lambda x: Point(x, x), "not a Point; return one number"),
        (lambda x: np.array([x]), r"not an array of shape \(1,\); minitorch.jacobian"),
        (lambda x: None, "not a NoneType$"),
        (lambda x: "text", "not a str$"),
        (lambda x: 1j, "not a complex"),
        (lambda x: (y for y in [x]), "not a generator; write a function that runs it"),
    ],
)
def test_a_result_that_is_no_number(make: Callable[[float], Any], words: str) -> None:
    with pytest.raises(TypeError, match=f"its result must be a real number, {words}"):
        grad(make)(1.0)


# -- the pieces --------------------------------------------------------------------------------------------------------


def test_layouts_compare_and_print() -> None:
    _, layout = flatten([1.0, (2, None), np.ones((2, 2))])
    assert repr(layout) == "[float, (float, None), array(2, 2)]"
    assert layout == flatten([5, (6.0, "other"), np.zeros((2, 2))])[1]
    assert layout != flatten([5, (6.0, None), np.zeros(4)])[1]
    assert layout.numbers_of([1, (None, "any"), None], "it") == [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    with pytest.raises(TypeError, match=r"it must have the structure \[float, .*\], not \[float\]"):
        layout.numbers_of([1.0], "it")


def test_arrays_keep_variables() -> None:
    x = Scalar(1.0)
    made = array_of([x, 2.0], (2,))
    assert made.dtype == object
    assert made[0] is x


def test_leaves_map_in_place() -> None:
    spring = Spring(10.0, (Point(0.0, 0.0), Point(3.0, 4.0)))
    assert map_leaves(lambda leaf: leaf, spring) is spring
    assert map_leaves(lambda leaf: 0.0 if isinstance(leaf, float) else leaf, spring).ends[1] == Point(0.0, 0.0)
