"""Distances of scipy.spatial between all pairs of points, by the points and by the weights and matrices of a metric."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.movers import gathered
from minitorch.arrays.tensor import current
from minitorch.scipy_functions.fitpack import no_rule
from minitorch.scipy_functions.twins import is_active, with_value

__all__ = ["between", "hausdorff", "minkowski_length", "squareform", "within"]

linalg: Any = numpy.linalg


def summed(x: Any, w: Any) -> Any:
    """Return weighed sums over coordinates."""
    return (x if w is None else x * asarray(w)).sum(axis=-1)


def root(x: Any, power: float) -> Any:
    """Return roots, of which the derivative at 0 is 0."""
    zero = detached(x) == 0
    return numpy.where(zero, 0.0, numpy.where(zero, 1.0, x) ** power)


def minkowski_length(d: Any, p: Any, w: Any = None) -> Any:
    """Return the lengths of differences in the norm of an order."""
    order = detached(p)
    size = numpy.abs(d)
    if order == 1:
        return summed(size, w)
    if numpy.isinf(order):
        return numpy.max(size if w is None else size * (numpy.asarray(detached(w)) > 0), axis=-1)
    if order == 2:
        return root(summed(numpy.square(d), w), 0.5)
    return root(summed(size**p, w), 1.0 / p)


def cosine(u: Any, v: Any, w: Any = None) -> Any:
    """Return one less the cosine of the angle between points."""
    lengths = numpy.sqrt(summed(numpy.square(u), w)) * numpy.sqrt(summed(numpy.square(v), w))
    return 1.0 - summed(u * v, w) / lengths


def correlation(u: Any, v: Any, w: Any = None) -> Any:
    """Return one less the correlation of the coordinates of points."""
    total = u.shape[-1] if w is None else asarray(w).sum()
    centred = [x - (summed(x, w) / total)[..., None] for x in (u, v)]
    return cosine(centred[0], centred[1], w)


def canberra(u: Any, v: Any, w: Any = None) -> Any:
    """Return the sum of differences, each by the sum of the sizes."""
    total = numpy.abs(u) + numpy.abs(v)
    none = detached(total) == 0
    return summed(numpy.abs(u - v) / numpy.where(none, 1.0, total), w)


def entropy(p: Any, q: Any) -> Any:
    """Return p log(p / q), which is 0 at p = 0."""
    none = detached(p) == 0
    return numpy.where(none, 0.0, p * numpy.log(numpy.where(none, 1.0, p) / numpy.where(none, 1.0, q)))


def jensenshannon(u: Any, v: Any, base: Any = None) -> Any:
    """Return the distance of Jensen and Shannon."""
    p, q = (x / x.sum(axis=-1, keepdims=True) for x in (u, v))
    m = (p + q) / 2.0
    both = (entropy(p, m) + entropy(q, m)).sum(axis=-1)
    return root((both if base is None else both / numpy.log(base)) / 2.0, 0.5)


def mahalanobis(d: Any, VI: Any) -> Any:
    """Return lengths in the metric of a matrix."""
    return root((numpy.matmul(d, asarray(VI)) * d).sum(axis=-1), 0.5)


METRICS: Final[dict[str, Callable[..., Any]]] = {
    "euclidean": lambda u, v, w=None: minkowski_length(u - v, 2, w),
    "sqeuclidean": lambda u, v, w=None: summed(numpy.square(u - v), w),
    "cityblock": lambda u, v, w=None: minkowski_length(u - v, 1, w),
    "chebyshev": lambda u, v, w=None: minkowski_length(u - v, numpy.inf, w),
    "minkowski": lambda u, v, p=2.0, w=None: minkowski_length(u - v, p, w),
    "cosine": cosine,
    "correlation": correlation,
    "canberra": canberra,
    "braycurtis": lambda u, v, w=None: summed(numpy.abs(u - v), w) / summed(numpy.abs(u + v), w),
    "jensenshannon": jensenshannon,
    "seuclidean": lambda u, v, V=None: root((numpy.square(u - v) / asarray(V)).sum(axis=-1), 0.5),
    "mahalanobis": lambda u, v, VI=None: mahalanobis(u - v, VI),
}
"""By name: the distance of points that are broadcast together."""

COUNTING: Final = frozenset({"hamming", "jaccard", "dice", "rogerstanimoto", "russellrao", "sokalsneath", "yule",
                             "sokalmichener", "kulczynski1", "kulczynski", "matching"})  # fmt: skip
"""Metrics that count whether coordinates are equal, or not zero: their derivative is zero."""


def with_statistics(name: str, points: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a metric with what it takes from the points themselves."""
    if name == "seuclidean" and options.get("V") is None:
        return {**options, "V": numpy.var(points, axis=0, ddof=1)}
    if name == "mahalanobis" and options.get("VI") is None:
        return {**options, "VI": linalg.inv(numpy.atleast_2d(numpy.cov(points.T))).T}
    return options


def history(name: str, u: Any, v: Any, points: Any, options: dict[str, Any], value: Any) -> Any:
    """Return the value with the history of the metric."""
    made = METRICS[name](u, v, **with_statistics(name, points, options))
    if not numpy.allclose(detached(made), value, rtol=1e-8, atol=1e-10, equal_nan=True):
        raise no_rule(f"the metric {name!r} with these options", "", u, v, *options.values())
    return with_value(made, value)


def canonical(library: Any, metric: Any) -> str | None:
    """Return the name of a metric; None for a function of somebody's own."""
    name = getattr(metric, "__name__", "") if callable(metric) else str(metric).lower()
    info = library._METRIC_ALIAS.get(name)
    if info is not None and (not callable(metric) or info.dist_func is metric):
        return str(info.canonical_name)
    return None if callable(metric) else name


def between(function: Any, library: Any, followed: Callable[..., Any]) -> Callable[..., Any]:
    """Make what stands in for `cdist`."""

    def call(XA: Any, XB: Any, metric: Any = "euclidean", *, out: Any = None, **options: Any) -> Any:
        name = canonical(library, metric)
        if name is None:
            return followed(XA, XB, metric, out=out, **options)
        value = function(*map(detached, (XA, XB)), name, **detached(options))
        if is_active(XA, XB, *options.values()) and name not in COUNTING:
            u, v = asarray(XA), asarray(XB)
            points = numpy.concatenate([u, v])
            value = history(name, u[:, None, :], v[None, :, :], points, options, value)
        if out is None:
            return value
        out[...] = value
        return out

    return call


def within(function: Any, library: Any, followed: Callable[..., Any]) -> Callable[..., Any]:
    """Make what stands in for `pdist`."""

    def call(X: Any, metric: Any = "euclidean", *, out: Any = None, **options: Any) -> Any:
        name = canonical(library, metric)
        if name is None:
            return followed(X, metric, out=out, **options)
        value = function(detached(X), name, **detached(options))
        if is_active(X, *options.values()) and name not in COUNTING:
            x = asarray(X)
            first, second = numpy.triu_indices(x.shape[0], 1)
            value = history(name, x[first], x[second], x, options, value)
        if out is None:
            return value
        out[...] = value
        return out

    return call


def squareform(function: Any) -> Callable[..., Any]:
    """Make what stands in for `squareform`, which moves elements."""

    def call(X: Any, force: str = "no", checks: bool = True) -> Any:
        value = function(detached(X), force, checks)
        if not is_active(X):
            return value
        node = current(asarray(X))
        places = numpy.arange(1, node.array.size + 1).reshape(node.array.shape)
        return gathered([node], function(places, force, False), value)

    return call


def hausdorff(function: Any) -> Callable[..., Any]:
    """Make what stands in for `directed_hausdorff`: the distance of the two points that it finds."""

    def call(u: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        value, i, j = function(detached(u), detached(v), *args, **kwargs)
        if not is_active(u, v):
            return value, i, j
        return with_value(minkowski_length(asarray(u)[i] - asarray(v)[j], 2), numpy.float64(value)), i, j

    return call
