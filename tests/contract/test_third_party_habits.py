"""Habits of third-party libraries: values of the plain function, to the last bit, and its derivatives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import third_party_habits
from differences import richardson
from module_roads import ROADS, close, module_by

import minitorch

POINT = (0.7, 1.3)


@ROADS
@pytest.mark.parametrize("name", third_party_habits.HABITS)
def test_values_and_derivatives(road: str, name: str) -> None:
    plain = third_party_habits.HABITS[name]
    function = module_by(road, "third_party_habits").HABITS[name]
    value, derivatives = minitorch.value_and_grad(function, argnums=(0, 1))(*POINT)
    assert value.hex() == plain(*POINT).hex()
    for argument, derivative in enumerate(derivatives):
        difference = richardson(plain, POINT, argument)
        assert close(derivative, difference), (argument, derivative, difference)


def parts(values: Any) -> tuple[Any, Any]:
    """The parts of anything."""
    return values.real, values.imag


def test_parts_of_arrays_without_variables_are_those_of_numpy() -> None:
    leaf = minitorch.Scalar(1.0)
    traced = minitorch.trace(parts)
    complexes = np.array([1 + 2j, 3j])
    traced(complexes)[0][0] = 5.0
    assert complexes[0] == 5 + 2j
    objects = np.array([Decimal(1), 2j], dtype=object)
    assert list(traced(objects)[0]) == list(objects.real)
    with pytest.raises(AttributeError, match="'str' object has no attribute 'real'"):
        traced("text")
    assert leaf.derivative is None


def test_parts_of_variables_in_an_array_are_not_for_writing() -> None:
    real, imag = minitorch.trace(parts)(np.array([minitorch.Scalar(2.0) * 1j, 3.0]))
    assert [float(minitorch.detach(number)) for number in (*real, *imag)] == [0.0, 3.0, 2.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        real[0] = 1.0


def test_methods_of_floats_refuse_what_floats_refuse() -> None:
    def product(x: Any, y: Any) -> Any:
        return float.__mul__(x, y)

    traced = minitorch.trace(product)
    x = minitorch.Scalar(2.0)
    assert traced(x, "text") is NotImplemented
    with pytest.raises(TypeError, match="requires a 'float' object but received a 'str'"):
        traced("text", x)


class Ready(float):
    """Made by `float` itself, and not in a `__new__` of its own."""


class Initialised(float):
    """Not ready after `__new__`."""

    def __new__(cls, value: float, unit: str) -> Any:
        return super().__new__(cls, value)

    def __init__(self, value: float, unit: str) -> None:
        self.unit = unit


class Clashing(float):
    """With a name that Variables have."""

    def __new__(cls, value: float) -> Any:
        return super().__new__(cls, value)

    @property
    def data(self) -> str:
        return "mine"


@pytest.mark.parametrize("make", [Ready, lambda x: Initialised(x, "m"), Clashing], ids=["plain", "init", "data"])
def test_subclasses_of_float_that_would_lose_a_history_say_so(make: Any) -> None:
    assert minitorch.trace(make)(2.5) == 2.5
    with pytest.raises(minitorch.HistoryLostError, match=r"test_third_party_habits\.py"):
        minitorch.grad(lambda x: make(x) * 2.0)(2.5)


class Tagged(float):
    """A number that can be written on."""

    def __new__(cls, value: float) -> Any:
        return float.__new__(cls, value)


def test_objects_of_subclasses_are_written_on_but_not_over() -> None:
    traced: Any = minitorch.trace(Tagged)
    made = traced(minitorch.Scalar(2.5))
    made.note = "measured"
    assert (made.note, made + 1.0, minitorch.detach(made)) == ("measured", 3.5, 2.5)
    with pytest.raises(AttributeError, match="Tagged object made of a Variable has no attribute 'data' to set"):
        made.data = 1.0
    assert type(traced(2.5)) is Tagged


def test_what_is_printed_names_the_parts() -> None:
    assert "return real_part(values), imag_part(values)" in minitorch.traced_source(parts)
