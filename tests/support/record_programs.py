"""Plain programs with enumerations, inheritance, named tuples, trees and numbers of classes of their own."""

from __future__ import annotations

import collections
import enum
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

__all__ = ["account", "controller", "dual", "lazy", "named_tuples", "shapes", "solver", "tree"]


class State(enum.Enum):
    OPEN = 1
    FROZEN = 2
    CLOSED = 3


class Account:
    def __init__(self, balance: float) -> None:
        self.balance = balance
        self.state = State.OPEN
        self.history: list[float] = []

    def deposit(self, amount: float) -> None:
        if self.state is not State.OPEN:
            self.balance -= 0.5
            return
        self.balance += amount
        self.history.append(amount)

    def advance(self, i: int) -> None:
        if self.state == State.OPEN and i >= 3:
            self.state = State.FROZEN
        elif self.state == State.FROZEN:
            self.state = State.CLOSED


def account(x: float, y: float) -> float:
    a = Account(x)
    for i in range(7):
        a.deposit(y * i)
        a.advance(i)
    return a.balance * a.state.value + sum(a.history)


class PID:
    def __init__(self, kp: float, ki: float, kd: float) -> None:
        self.kp, self.ki, self.kd = kp, ki, kd
        self.total = 0.0
        self.last = None

    def __call__(self, error: float, dt: float) -> float:
        self.total += error * dt
        slope = 0.0 if self.last is None else (error - self.last) / dt
        self.last = error
        return self.kp * error + self.ki * self.total + self.kd * slope


def controller(x: float, y: float) -> float:
    pid = PID(x, y, 0.1)
    level, cost = 0.0, 0.0
    for _ in range(30):
        level += (pid(1.0 - level, 0.1) - 0.5 * level) * 0.1
        cost += (1.0 - level) ** 2
    return cost


class Shape:
    def __init__(self, name: str) -> None:
        self.name = name

    def area(self) -> float:
        return 0.0

    def weight(self, density: float) -> float:
        return density * self.area()


class Circle(Shape):
    def __init__(self, r: float) -> None:
        super().__init__("circle")
        self.r = r

    def area(self) -> float:
        return math.pi * self.r * self.r


class Square(Shape):
    def __init__(self, side: float) -> None:
        super().__init__("square")
        self.side = side

    def area(self) -> float:
        return self.side * self.side + super().area()


def shapes(x: float, y: float) -> float:
    figures: list[Shape] = [Circle(x), Square(y), Circle(x * y)]
    total = 0.0
    for figure in figures:
        total += figure.weight(2.0)
        if figure.name == "square":
            total *= 1.5
        if isinstance(figure, Circle):
            total += figure.r
    return total


class Point(NamedTuple):
    x: float
    y: float = 1.0

    def norm(self) -> float:
        return math.hypot(self.x, self.y)

    @property
    def double(self) -> Point:
        return Point(2.0 * self.x, 2.0 * self.y)


Body = collections.namedtuple("Body", "position velocity mass")
START = Point(0.5)


def named_tuples(x: float, y: float) -> float:
    p = Point(x, y=y)
    q = p._replace(y=3.0)
    body = Body(p, q.double, 2.0)
    a, b = body.position
    for _ in range(3):
        body = body._replace(position=Point(body.position.x + body.velocity.x * 0.1, body.position.y))
    return a * b + q.norm() + body.mass * body.velocity.y + body[0][0] + START.y * START.x


class Node:
    def __init__(self, value: float, left: Node | None = None, right: Node | None = None) -> None:
        self.value = value
        self.left = left
        self.right = right


def tree(x: float, y: float) -> float:
    root = Node(x)
    for i in range(6):
        value, node = y * math.sin(i), root
        while True:
            if value < node.value:
                if node.left is None:
                    node.left = Node(value)
                    break
                node = node.left
            else:
                if node.right is None:
                    node.right = Node(value)
                    break
                node = node.right
    total, depth, node = 0.0, 1.0, root
    while node is not None:
        total += node.value * depth
        depth += 1.0
        node = node.left
    return total


class Dual:
    def __init__(self, a: float, b: float = 0.0) -> None:
        self.a, self.b = a, b

    def __add__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            other = Dual(other)
        return Dual(self.a + other.a, self.b + other.b)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, (int, float)):
            return Dual(self.a * other, self.b * other)
        if not isinstance(other, Dual):
            return NotImplemented
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    def __rmul__(self, other: float) -> Dual:
        return self * other

    def __truediv__(self, other: Dual) -> Dual:
        return Dual(self.a / other.a, (self.b * other.a - self.a * other.b) / (other.a * other.a))

    def __pow__(self, n: int) -> Dual:
        result = Dual(1.0)
        for _ in range(n):
            result = result * self
        return result

    def __lt__(self, other: Dual) -> bool:
        return self.a < other.a

    def __float__(self) -> float:
        return self.a


def dual(x: float, y: float) -> float:
    d = Dual(x, 1.0)
    f = 2.0 * d**3 + d * y + 1.0
    if d < f:
        f = f / d
    return f.b + float(f)


@dataclass
class Settings:
    tolerance: float = 1e-9
    limit: int = 50
    method: str = "newton"


SETTINGS = Settings()


def solver(x: float, y: float) -> float:
    guess = x
    for _ in range(SETTINGS.limit):
        if SETTINGS.method == "newton":  # noqa: SIM108 - a branch that constants decide
            change = (guess * guess - x - y) / (2.0 * guess)
        else:
            change = 0.0
        guess -= change
        if abs(change) < SETTINGS.tolerance:
            break
    return guess


class Lazy:
    scale = 2.0
    count = 0

    def __init__(self, x: float, full: bool) -> None:
        if full:
            self.extra = x
        self.__hidden = x
        self._build()

    def _build(self) -> None:
        self.built = self.__hidden * self.scale

    def total(self) -> float:
        self.count += 1
        extra = self.extra if hasattr(self, "extra") else 0.0
        return self.built + extra + getattr(self, "absent", 1.0) * self.count

    @property
    def half(self) -> float:
        return self.built / 2.0

    @half.setter
    def half(self, value: float) -> None:
        self.built = value * 2.0


def lazy(x: float, y: float) -> float:
    total = 0.0
    for i in range(4):
        thing = Lazy(x * i, i % 2 == 0)
        thing.half = thing.half + y
        setattr(thing, "scale", y)  # noqa: B010 - what is tested
        total += thing.total() * thing.scale + Lazy.scale
        total += thing.total()
    return total
