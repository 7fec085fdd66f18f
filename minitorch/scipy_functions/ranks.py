"""Functions that choose elements by their order: they run once more on ranks, which say where each result came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.movers import gathered
from minitorch.arrays.tensor import current

__all__ = ["chosen"]


def chosen(function: Callable[[Any, float], Any], x: Any, constant: float = 0.0) -> Any:
    """Return what a function chooses of the elements of an array, or of a constant that stands around it.

    Args:
        function: is called with the array and the constant.
        x: the array.
        constant: the constant, without a history.
    """
    node = current(asarray(x))
    plain = numpy.asarray(detached(node))
    flat = plain.reshape(-1)
    order = numpy.argsort(flat, kind="stable")
    ranks = numpy.empty(flat.size)
    ranks[order] = numpy.arange(flat.size)
    around = float(numpy.searchsorted(flat[order], constant)) - 0.5
    found = numpy.asarray(function(ranks.reshape(plain.shape), around))
    inside = found != around
    places = numpy.where(inside, order[numpy.where(inside, found, 0).astype(int)] + 1, 0)
    value = numpy.asarray(function(plain, constant))
    return gathered([node], places, value)
