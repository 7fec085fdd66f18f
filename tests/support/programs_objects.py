"""Plain classes: methods, properties, operators of their own, inheritance, data classes, trees."""

from __future__ import annotations

import abc
import dataclasses
import enum
import math
from collections.abc import Iterator
from typing import Any, NamedTuple


class Vector:
    """A vector in the plane with the operators a user expects."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other: int) -> Vector:
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Vector) -> Vector:
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor: float) -> Vector:
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __matmul__(self, other: Vector) -> float:
        return self.x * other.x + self.y * other.y

    def __neg__(self) -> Vector:
        return Vector(-self.x, -self.y)

    def __abs__(self) -> float:
        return math.sqrt(self @ self)

    def __iadd__(self, other: Vector) -> Vector:
        self.x += other.x
        self.y += other.y
        return self

    def __lt__(self, other: Vector) -> bool:
        return abs(self) < abs(other)

    def __getitem__(self, index: int) -> float:
        return (self.x, self.y)[index]

    @property
    def angle_sine(self) -> float:
        """The sine of the angle to the first axis."""
        return self.y / abs(self)


def vectors(x: float, y: float) -> float:
    """Operators of a class, mixed with numbers on both sides."""
    a, b = Vector(x, y), Vector(1.0, x * y)
    c = 2.0 * a - b * x + -a
    c += Vector(y, y)
    return abs(c) + (a @ b) * c[0] + c.angle_sine


def sorted_vectors(x: float, y: float) -> float:
    """Objects that are compared, sorted and summed."""
    items = [Vector(x, y), Vector(y, 0.1), Vector(x * y, x)]
    total = sum(items)
    longest, middle = max(items), sorted(items)[1]
    return abs(total) * longest.x - middle.y  # type: ignore[arg-type, return-value]


class Shape(abc.ABC):
    """Something with an area and a scale that all shapes share."""

    scale = 2.0
    made = 0

    def __init__(self, name: str) -> None:
        self.name = name
        type(self).made += 1

    @property
    @abc.abstractmethod
    def area(self) -> float:
        """The area."""

    def cost(self, price: float) -> float:
        """What it costs to paint."""
        return price * self.area * self.scale


class Circle(Shape):
    """A shape given by its radius."""

    def __init__(self, radius: float) -> None:
        super().__init__("circle")
        self.radius = radius

    @property
    def area(self) -> float:
        return math.pi * self.radius**2


class Ring(Circle):
    """A circle with a hole."""

    scale = 3.0

    def __init__(self, radius: float, hole: float) -> None:
        super().__init__(radius)
        self.hole = Circle(hole)

    @property
    def area(self) -> float:
        return super().area - self.hole.area

    def cost(self, price: float) -> float:
        return super().cost(price) + math.sqrt(self.radius)


def shapes(radius: float, hole: float) -> float:
    """Inheritance, properties, class attributes and `super()`."""
    total = 0.0
    for shape in (Circle(radius), Ring(radius, hole)):
        total += shape.cost(0.5) / len(shape.name)
    return total


class Account:
    """Money behind a private name."""

    rate = 0.05

    def __init__(self, balance: float) -> None:
        self.__balance = balance

    def __grow(self) -> None:
        self.__balance *= 1 + self.rate

    @classmethod
    def opened_with(cls, amount: float) -> Account:
        """Another way to construct."""
        return cls(amount - cls.fee(amount))

    @staticmethod
    def fee(amount: float) -> float:
        """What opening costs."""
        return min(5.0, 0.01 * amount)

    @property
    def balance(self) -> float:
        """The money."""
        return self.__balance

    @balance.setter
    def balance(self, value: float) -> None:
        self.__balance = value if value > 0 else 0.0

    def wait(self, years: int) -> Account:
        """Let time pass."""
        for _ in range(years):
            self.__grow()
        return self


def private_names(amount: float) -> float:
    """Mangled names, class and static methods, a property with a setter."""
    account = Account.opened_with(amount).wait(3)
    account.balance -= 10.0
    account.balance *= 1.5
    return account.wait(1).balance


class Polynomial:
    """A function object."""

    def __init__(self, *coefficients: float) -> None:
        self.coefficients = coefficients

    def __call__(self, x: float) -> float:
        total = 0.0
        for coefficient in self.coefficients:
            total = total * x + coefficient
        return total

    def slope(self) -> Polynomial:
        """The derivative, as another function object."""
        degree = len(self.coefficients) - 1
        return Polynomial(*[c * (degree - i) for i, c in enumerate(self.coefficients[:-1])])


def callable_objects(x: float, a: float) -> float:
    """Objects that are called, and methods taken off their object."""
    polynomial = Polynomial(a, -2.0, x)
    evaluate, slope = polynomial.__call__, polynomial.slope()
    return evaluate(x) + slope(a) * Polynomial.__call__(slope, x)


@dataclasses.dataclass
class Body:
    """A body with a position and a list of its past."""

    mass: float
    position: float = 0.0
    speed: float = 1.0
    past: list[float] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.momentum = self.mass * self.speed

    def step(self, force: float, time: float) -> None:
        """Move on."""
        self.past.append(self.position)
        self.speed += force / self.mass * time
        self.position += self.speed * time


@dataclasses.dataclass(frozen=True)
class Spring:
    """A spring that never changes."""

    stiffness: float
    length: float = 1.0

    def force(self, position: float) -> float:
        """Hooke's law."""
        return -self.stiffness * (position - self.length)


def data_classes(mass: float, stiffness: float) -> float:
    """Data classes, frozen and not, with defaults and `replace`."""
    body, spring = Body(mass, speed=0.5), Spring(stiffness)
    for _ in range(5):
        body.step(spring.force(body.position), 0.1)
    stiffer = dataclasses.replace(spring, stiffness=stiffness * 2)
    return stiffer.force(body.position) + body.past[3] * body.momentum


class Point(NamedTuple):
    """A point with fields by name and by number."""

    x: float
    y: float = 1.0

    def distance(self, other: Point) -> float:
        """The distance between two points."""
        return math.sqrt((self.x - other.x) ** 2 + (self.y - other[1]) ** 2)


def named_tuples(x: float, y: float) -> float:
    """Named tuples, unpacked, replaced and asked."""
    a, b = Point(x), Point(y=y, x=2.0)
    first, second = b._replace(x=x * y)
    return a.distance(b) * first - second


class Celsius:
    """A descriptor that converts on the way in and out."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.slot = "_" + name

    def __get__(self, instance: Any, owner: type | None = None) -> float:
        return float(getattr(instance, self.slot) - 273.15)

    def __set__(self, instance: Any, value: float) -> None:
        setattr(instance, self.slot, float(value) + 273.15)


class Room:
    """A room that stores kelvins and shows degrees."""

    __slots__ = ("_temperature", "volume")
    temperature = Celsius()

    def __init__(self, temperature: float, volume: float) -> None:
        self.temperature = temperature
        self.volume = volume

    def __getattr__(self, name: str) -> float:
        if name == "pressure":
            return 8.314 * self._temperature / self.volume
        raise AttributeError(name)


def descriptors(temperature: float, volume: float) -> float:
    """A descriptor, slots, and an attribute made when asked for."""
    room = Room(temperature, volume)
    room.temperature += 5.0
    missing = getattr(room, "colour", 2.0)
    return room.pressure * missing - room.temperature


class Tree:
    """A binary tree that keeps what is put into it in order."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.left: Tree | None = None
        self.right: Tree | None = None

    def insert(self, value: float) -> None:
        """Put a value where it belongs."""
        side = "left" if value < self.value else "right"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Tree(value))
        else:
            child.insert(value)

    def __iter__(self) -> Iterator[float]:
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree_median(x: float, y: float) -> float:
    """A recursive structure walked by a recursive generator."""
    tree = Tree(x)
    for value in (y, x * y, x - y, 0.7):
        tree.insert(value)
    inorder = list(tree)
    return inorder[2] * inorder[4] + math.exp(inorder[0])


class Countdown:
    """An iterator written by hand."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __iter__(self) -> Countdown:
        return self

    def __next__(self) -> float:
        self.value = self.value * 0.5 - 0.1
        if self.value <= 0:
            raise StopIteration
        return self.value


def own_iterator(x: float) -> float:
    """A `for` loop and `zip` over a hand-written iterator."""
    total = 0.0
    for value, weight in zip(Countdown(x), range(1, 10), strict=False):
        total += weight * math.log(1.0 + value)
    return total


class Dual:
    """A number with its derivative: somebody else's way of differentiating."""

    def __init__(self, value: float, slope: float = 0.0) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Dual | float) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual | float) -> Dual:
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    __radd__, __rmul__ = __add__, __mul__


def derivative_inside(x: float) -> float:
    """The derivative of x**3 + 2 x taken by dual numbers, so that its own derivative is 6 x."""
    variable = Dual(x, 1.0)
    return (variable * variable * variable + 2.0 * variable).slope


class Phase(enum.Enum):
    """The phases of water."""

    ICE = 2.1
    LIQUID = 4.2

    def heat(self, degrees: float) -> float:
        """The heat to warm it."""
        return self.value * degrees  # type: ignore[no-any-return]


def enumerated(temperature: float) -> float:
    """An enumeration with methods, chosen by the value."""
    phase = Phase.ICE if temperature < 0 else Phase.LIQUID
    return phase.heat(temperature) + Phase["ICE"].heat(temperature**2)
