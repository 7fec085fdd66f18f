"""Trees of points: what they find has no derivative, the distances to what they found have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain
from minitorch.scipy_functions.distances import minkowski_length
from minitorch.scipy_functions.fitpack import no_rule
from minitorch.scipy_functions.twins import is_active, with_value

__all__ = ["growing", "querying", "refusing", "searching"]


def growing(cls: Any) -> Callable[..., Any]:
    """Make what makes trees: of plain points, which know those with a history."""
    kinds: list[Any] = []

    def call(data: Any, *args: Any, **kwargs: Any) -> Any:
        if is_plain((data,)):
            return cls(detached(data), *args, **kwargs)
        if not kinds:
            members = {"__module__": cls.__module__, "data": property(lambda self: self.given)}
            kinds.append(type(cls.__name__, (cls,), members))
        made = kinds[0](detached(data), *args, **kwargs)
        made.given = asarray(data)
        return made

    return call


def points_of(tree: Any) -> Any:
    """Return the points of a tree."""
    return getattr(tree, "given", tree.data)


def querying(function: Any) -> Callable[..., Any]:
    """Make what replaces the method that finds the nearest neighbours."""

    def call(
        tree: Any,
        x: Any,
        k: Any = 1,
        eps: Any = 0,
        p: Any = 2,
        distance_upper_bound: Any = numpy.inf,
        *args: Any,
        **kw: Any,
    ) -> Any:
        found, places = function(tree, detached(x), k, eps, p, distance_upper_bound, *args, **kw)
        points = points_of(tree)
        if not is_active(x, points):
            return found, places
        if tree.boxsize is not None:
            raise no_rule("distances in a periodic box", "", x, points)
        x, distances, index = asarray(x), numpy.asarray(found), numpy.asarray(places)
        none = ~numpy.isfinite(distances)
        near = asarray(points)[numpy.where(none, 0, index)]
        base = x if index.ndim == x.ndim - 1 else x[..., None, :]
        made = minkowski_length(base - near, p)
        made = numpy.where(none, numpy.inf, made) if none.any() else made
        return with_value(made, distances[()]), places

    return call


def searching(function: Any) -> Callable[..., Any]:
    """Make what replaces a method that gives numbers of points."""

    def call(tree: Any, *args: Any, **kwargs: Any) -> Any:
        return function(tree, *map(detached, args), **detached(kwargs))

    return call


def refusing(function: Any, position: int | None, name: str) -> Callable[..., Any]:
    """Make what replaces a method that gives lengths or sums of weights: it takes plain ones alone.

    Args:
        function: the method.
        position: where the weights stand among its arguments; None if it gives distances.
        name: the name of that argument, or of the other tree.
    """

    def call(tree: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
        weights = kwargs.get(name, args[position] if position is not None and len(args) > position else None)
        values = [weights] if position is not None else [points_of(tree), points_of(other)]
        if is_active(*values, list(weights) if isinstance(weights, tuple) else None):
            cure = "Take the distances of the points that query_pairs or query finds."
            raise no_rule(f"{function.__name__}()", cure, *values)
        return function(tree, other, *map(detached, args), **detached(kwargs))

    return call
