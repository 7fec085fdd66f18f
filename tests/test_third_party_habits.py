"""Habits of third-party libraries: values of the plain function, to the last bit, and its derivatives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import third_party_habits
from module_roads import ROADS, central, close, module_by

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
        difference = central(plain, POINT, argument)
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
    assert list(traced(objects)[0]) == list(objects)
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


def test_what_is_printed_names_the_parts() -> None:
    assert "return real_part(values), imag_part(values)" in minitorch.traced_source(parts)
