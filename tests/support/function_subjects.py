"""Functions and classes to be converted; each test works on a fresh copy of this module.

It imports nothing of ours.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import AsyncIterator, Callable, Generator
from dataclasses import dataclass
from typing import Any

CALLS: list[str] = []


def area(radius: float, *, scale: float = 1.0) -> float:
    """The area of a disc."""
    return math.pi * radius**2 * scale


def calls_area(radius: float) -> float:
    return area(radius) * 2


def factorial(n: float) -> float:
    return 1 if n < 2 else n * factorial(n - 1)


def counter() -> tuple[Callable[[float], float], Callable[[], float]]:
    total = 0.0

    def add(amount: float) -> float:
        nonlocal total
        total += amount
        return total

    return add, lambda: total


def logged(function: Callable[..., float]) -> Callable[..., float]:
    @functools.wraps(function)
    def wrapper(*args: float) -> float:
        CALLS.append(function.__name__)
        return function(*args) + 1

    return wrapper


@logged
def decorated(x: float) -> float:
    return x * x


class Base:
    def __init__(self, x: float) -> None:
        self.__x = x

    def twice(self) -> float:
        return self.__x * 2


class Derived(Base):
    rate = 3

    def __init__(self, x: float) -> None:
        super().__init__(x)
        self.__x = x + 1

    def twice(self) -> float:
        return super().twice() + self.__x

    @property
    def half(self) -> float:
        return self.__x / 2

    @functools.cached_property
    def slow(self) -> float:
        return self.__x * 100

    @staticmethod
    def static(x: float) -> float:
        return x * 4

    @classmethod
    def of_class(cls, x: float) -> float:
        return x * cls.rate

    def local_class(self) -> str:
        class Inner:
            def get(self) -> float:
                return 1.0 * 2

        return Inner.get.__qualname__


@dataclass
class Point:
    x: float
    y: float = 2.0

    def norm(self) -> float:
        return math.sqrt(self.x * self.x + self.y * self.y)


def squares(n: int) -> Generator[float, float, str]:
    for i in range(n):
        yield i * i
    return "done"


async def slowly(x: float) -> float:
    await asyncio.sleep(0)
    return x * 2


async def ticking(n: int) -> AsyncIterator[float]:
    for i in range(n):
        yield i * 0.5


@functools.lru_cache
def cached(x: float) -> float:
    return x * x


partial = functools.partial(area, 2.0)
pair = (lambda x: x * 2, lambda x: x * 3)
same_line = [lambda x: x + 1, lambda x: x + 1]
zeros = (lambda x: x * 0.0, lambda x: x * -0.0)
default_lambda = lambda x, f=lambda x: x * 5: f(x) * 7  # noqa: E731
outer_name = 10.0


def shadows() -> float:
    outer_name = 2.0
    return (lambda: outer_name * 3)()


def nested_lambdas(x: float) -> list[float]:
    return [f(x) for f in (lambda v: v * 2, lambda v: (lambda w: w * v)(3))]


def no_arithmetic(x: float) -> float:
    return x


class Callable_:
    def __call__(self, x: float) -> float:
        return x * 6


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x: float) -> None:
        self.x = x * 2


class Watched:
    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, instance: object, owner: type) -> float:
        return getattr(instance, self.name) * 2  # type: ignore[no-any-return]

    def __set__(self, instance: object, value: float) -> None:
        setattr(instance, self.name, value + 1)


class Watching:
    value = Watched()


def keeping(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Make a decorator that puts a function in the place of what it decorates."""
    return lambda decorated: function


@keeping(lambda x: lambda y: x * y)
def decorating(x: float) -> Any:
    return x


class Decorated:
    @staticmethod
    @keeping(lambda x: lambda y: x + y)
    def decorating(x: float) -> Any:
        return x
