"""Habits of libraries that had never heard of derivatives, each as a small plain function of two numbers."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from typing_extensions import Self

OPERATIONS: dict[str, Callable[..., Any]] = {name: getattr(float, f"__{name}__") for name in ("add", "mul", "pow")}


class Quantity:
    """A number whose operators are made of those of floats."""

    def __init__(self, value: float) -> None:
        self.value = value

    def combined(self, name: str, other: float) -> Quantity:
        return Quantity(OPERATIONS[name](self.value, other))


def operators_made_of_those_of_floats(x: float, y: float) -> float:
    product = Quantity(x).combined("mul", y).combined("pow", 2.0)
    return product.combined("add", float.__rsub__(y, 1.5)).value + float.__neg__(x) * float.__abs__(-y)


def questions_by_the_methods_of_floats(x: float, y: float) -> float:
    whole = float.is_integer(x) or float.__bool__(y - y)
    written = float.__repr__(x) + float.hex(y)
    return y if whole or "Scalar" in written else float.__float__(x) * y + float.__round__(x, 1)


def methods_of_a_number_by_name(x: float, y: float) -> float:
    scale = 2.0
    power: float = scale.__pow__(y)
    return power + scale.__mul__(x) + x.__rtruediv__(scale) + scale.__sub__(1.0) + float("1.5").__add__(y)


def a_number_unpacked_from_an_array(x: float, y: float) -> float:
    vector = np.array([x, y, 1.0])
    length: float = np.sqrt((vector * vector).sum()).item()
    first: float = np.float64(x).item()
    return length * first


def parts_of_complex_coefficients(x: float, y: float) -> float:
    curve = np.poly1d([complex(x, y), complex(1.0, x), 2.0 - 1.0j])
    across, along = np.poly1d(curve.coeffs.real), np.poly1d(curve.coeffs.imag).deriv()
    return float((across * along).integ()(1.5))


def parts_of_arrays(x: float, y: float) -> float:
    waves = np.exp(1j * np.array([x, 2.0 * y]))
    turned = np.array([x, y]) * (1.0 + 2.0j)
    return float(waves.imag.sum() + np.real(waves)[1] + np.imag([x * 1j, y])[0] + turned.real[1] * turned.imag[0])


def parts_of_real_arrays(x: float, y: float) -> float:
    vector = np.array([x, y])
    return float(vector.real[0] * vector.real[1] + vector.imag.sum())


class Phasor:
    """Something else with a real part."""

    def __init__(self, radius: float, angle: float) -> None:
        self.radius, self.angle = radius, angle

    @property
    def real(self) -> float:
        return self.radius * math.cos(self.angle)


def parts_of_other_objects(x: float, y: float) -> float:
    z = cmath.rect(x, y) ** 2
    return Phasor(x, y).real + z.real * z.imag + x.real * y.imag + getattr(z, "real", 0.0)


class Named:
    """What gives its objects a name."""

    _name = ""

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name.upper()


class Unit(float, Named):
    """A number with a unit, which adding keeps."""

    def __new__(cls, value: float, name: str = "") -> Self:
        self = float.__new__(cls, value)
        self.name = name
        return self

    def __add__(self, other: float) -> Self:
        return type(self)(super().__add__(other))

    def __mul__(self, other: float) -> Self:
        return self.__class__(float.__mul__(self, other))

    @classmethod
    def double(cls, value: float) -> Self:
        return cls(2.0 * value)


class Degrees(Unit):
    """An angle that knows its limit."""

    __slots__ = ()

    def __new__(cls, value: float, limit: float = 360.0) -> Self:
        if value > limit:
            raise ValueError(f"{value} is above {limit}")
        return super().__new__(cls, value, "deg")

    def __add__(self, other: float) -> Self:
        return super().__add__(other % 360.0)

    @property
    def radians(self) -> Radians:
        return Radians(math.radians(self))


class Radians(Unit):
    """An angle to compute with."""

    @staticmethod
    def wrapped(value: float) -> Radians:
        return Radians(math.fmod(value, 2.0 * math.pi))


def units_as_subclasses_of_float(x: float, y: float) -> float:
    angle = Degrees.double(30.0 * x) + y
    known = isinstance(angle, Unit) and isinstance(angle, float) and type(angle) is Degrees and angle.name == "DEG"
    turned = Radians.wrapped(angle.radians + Radians(y) * 3.0)
    return math.sin(turned) * angle if known and turned.name == "" and f"{turned:.1f}" != "" else float("nan")


HABITS: dict[str, Callable[[float, float], float]] = {
    function.__name__: function
    for function in (
        operators_made_of_those_of_floats,
        questions_by_the_methods_of_floats,
        methods_of_a_number_by_name,
        a_number_unpacked_from_an_array,
        parts_of_complex_coefficients,
        parts_of_arrays,
        parts_of_real_arrays,
        parts_of_other_objects,
        units_as_subclasses_of_float,
    )
}
