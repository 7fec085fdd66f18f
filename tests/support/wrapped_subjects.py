"""Functions inside wrappers of other tools, each of x sin x; a plain module that is traced as it is."""

from __future__ import annotations

import contextlib
import functools
import math
from typing import Any

import attrs
import beartype
import deprecated
import numpy as np
import wrapt


@wrapt.decorator
def doubled(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
    return math.sqrt(4.0) * wrapped(*args, **kwargs)


@doubled
def by_wrapt(x):
    return math.sin(x) * x / 2.0


class Halves:
    @doubled
    def method(self, x):
        return math.sin(x) * x / 2.0

    def times(self, x, factor):
        return math.sin(x) * x * factor

    once = functools.partialmethod(times, factor=1.0)

    @functools.singledispatchmethod
    def kind(self, x):
        return math.sin(x) * x

    @kind.register
    def _(self, x: str):
        return len(x)


@deprecated.deprecated(reason="there is a better one")
def by_deprecated(x):
    return math.sin(x) * x


@beartype.beartype
def by_beartype(x: float) -> float:
    return math.sin(x) * x


@np.vectorize
def by_vectorize(x):
    return math.sin(x) * x


@functools.singledispatch
def by_type(x):
    return math.sin(x) * x


@by_type.register
def _(x: list):
    return math.sin(x[0]) * x[0]


@functools.lru_cache
def by_cache(x):
    return math.sin(x) * x


def sine(x):
    return math.sin(x)


@attrs.define
class Tank:
    level: float = attrs.field(converter=sine)
    other: float = attrs.field(default=None, converter=attrs.converters.optional(sine))


@contextlib.contextmanager
def level(x):
    yield math.sin(x)


class Wave:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return math.sin(x) * x * self.factor


class Derived(Wave):
    pass


def by_context_manager(x):
    with level(x) as y:
        return y * x


def by_converter(x):
    return Tank(x).level * x


def by_optional_converter(x):
    return Tank(0.0, x).other * x


polynomial = np.polynomial.Polynomial([-4.0 * math.cos(2.0), math.sin(2.0) + 2.0 * math.cos(2.0)])
# x sin x at 2, to first order.

SUBJECTS: dict[str, Any] = {
    "wrapt": by_wrapt,
    "a method in wrapt": Halves().method,
    "deprecated": by_deprecated,
    "beartype": by_beartype,
    "numpy.vectorize": by_vectorize,
    "singledispatch": by_type,
    "a cache": by_cache,
    "a callable object": Wave(1.0),
    "a callable object by inheritance": Derived(1.0),
    "a partial method": Halves().once,
    "a dispatched method": Halves().kind,
    "a partial": functools.partial(Halves().times, factor=1.0),
    "a wrapper around a wrapper": functools.wraps(by_wrapt)(functools.partial(by_wrapt)),
    "a context manager": by_context_manager,
    "a converter of attrs": by_converter,
    "an optional converter of attrs": by_optional_converter,
    "a polynomial of numpy": polynomial,
}
"""The wrappers themselves."""


def reaching(name):
    """A function that reaches one of them."""
    subject = SUBJECTS[name]

    def reach(x):
        return subject(x) * 1.0

    return reach
