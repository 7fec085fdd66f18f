"""What replaces the methods of numpy's random generators: draws with derivatives by their parameters.

rng.normal(mu, sigma, 5)      the numbers that numpy draws, each with its derivative by mu and sigma
np.random.shuffle(x)          moves the elements of x, and their histories with them
rng.poisson(rate)             has none by the rate, which it says
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays import methods
from minitorch.arrays.random_draws import (
    DRAWS,
    MOVING,
    PLAIN,
    WITHOUT_DERIVATIVE,
    drawing,
    moving,
    multivariate_normal,
    plainly_drawn,
    refusing,
)
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]

READY = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""


def stand_in(name: str, method: Callable[..., Any], legacy: bool) -> Callable[..., Any] | None:
    """Return what stands in for a method of a generator; `None` for one that draws nothing."""
    if name in DRAWS:
        return drawing(name, method)
    if name in WITHOUT_DERIVATIVE:
        return refusing(name, method)
    if name in MOVING:
        return moving(name, method)
    if name == "multivariate_normal":
        return multivariate_normal(method, legacy)
    return plainly_drawn(method) if name in PLAIN else None


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the replacements of the methods of both kinds of generators."""
    for generator in (numpy.random.Generator, numpy.random.RandomState):
        for name, method in vars(generator).items():
            made = None if name.startswith("_") else stand_in(name, method, generator is numpy.random.RandomState)
            if made is not None:
                yield method, Alias(f"rng.{name}", made)
