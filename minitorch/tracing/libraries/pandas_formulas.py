"""What pandas computes of numbers, as formulas in numpy's functions: of a whole column, and of many segments of one.

The value is always that of pandas, which sums, and takes variances, in ways of its own; a formula gives the history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.tensor import Tensor, constant, current
from minitorch.scipy_functions.twins import with_value

__all__ = [
    "ACCUMULATIONS",
    "REDUCTIONS",
    "accumulated",
    "agreeing",
    "correlation",
    "covariance",
    "of_segments",
    "placed",
    "reduced",
]

Formula = Callable[..., Any]


def variance(x: Any, ddof: int = 1) -> Any:
    """Return the variance, by default with one degree of freedom less than there are numbers."""
    return numpy.var(x, ddof=ddof)


def deviation(x: Any, ddof: int = 1) -> Any:
    """Return the standard deviation."""
    return numpy.std(x, ddof=ddof)


def standard_error(x: Any, ddof: int = 1) -> Any:
    """Return the standard error of the mean."""
    return numpy.std(x, ddof=ddof) / len(x) ** 0.5


def skewness(x: Any) -> Any:
    """Return the skewness without bias (Joanes and Gill, 1998, G1)."""
    n, d = len(x), x - numpy.mean(x)
    return n * (n - 1) ** 0.5 / (n - 2) * (numpy.sum(d * d * d) / numpy.sum(d * d) ** 1.5)


def kurtosis(x: Any) -> Any:
    """Return the kurtosis without bias, 0 for a normal distribution (Joanes and Gill, 1998, G2)."""
    n, d = len(x), x - numpy.mean(x)
    square = d * d
    scale = (n - 2) * (n - 3)
    return (
        n * (n + 1) * (n - 1) / scale * numpy.sum(square * square) / numpy.sum(square) ** 2 - 3 * (n - 1) ** 2 / scale
    )


def quantile(x: Any, q: Any = 0.5, interpolation: str = "linear") -> Any:
    """Return a quantile."""
    numbers: Any = numpy
    return numbers.quantile(x, q, method=interpolation)


REDUCTIONS: Final[dict[str, Formula]] = {
    "sum": numpy.sum, "mean": numpy.mean, "median": numpy.median, "min": numpy.min, "max": numpy.max,
    "prod": numpy.prod, "var": variance, "std": deviation, "sem": standard_error, "skew": skewness, "kurt": kurtosis,
    "quantile": quantile, "first": lambda x: x[0], "last": lambda x: x[-1],
}  # fmt: skip
"""By the name of pandas' method: what it makes of numbers none of which is missing."""

ACCUMULATIONS: Final[dict[str, Formula]] = {
    "cumsum": numpy.cumsum, "cumprod": numpy.cumprod,
    "cummin": numpy.minimum.accumulate, "cummax": numpy.maximum.accumulate,
}  # fmt: skip
"""By the name of pandas' method: what it makes of the numbers up to each."""

SegmentSum = row(
    "PandasSegmentSum",
    lambda x, ids, n: numpy.bincount(ids, x, n),
    lambda g, y, x, ids, n: g[ids],
    linear=True,
)
"""The sums of the numbers that have the same segment."""


def reduced(how: str, x: Any, value: Any, **options: Any) -> Any:
    """Return what pandas made of a column, with its history.

    Args:
        how: the name of the method.
        x: the numbers of the column that are not missing.
        value: what pandas made of them.
        **options: what the formula takes.
    """
    if numpy.isnan(value):
        return numpy.float64(value)
    return agreeing(REDUCTIONS[how](x, **options), numpy.float64(value))


def accumulated(how: str, x: Any, value: Any) -> Any:
    """Return what pandas accumulated along a column, with its history."""
    keep = numpy.flatnonzero(~numpy.isnan(value))
    return placed(ACCUMULATIONS[how](x[keep]), keep, value)


def placed(made: Any, where: Any, value: Any) -> Any:
    """Return an array that has the history of some elements in their places.

    Args:
        made: what was computed of the elements.
        where: their positions.
        value: the array; nothing is lost elsewhere, where it is missing.
    """
    found = constant(numpy.array(value, dtype=float))
    if len(where):
        found[where] = agreeing(made, found.array[where])
    return found


def agreeing(made: Any, value: Any) -> Any:
    """Return a value of pandas' with the history of a formula that gives the same, but for rounding.

    Raises:
        NotImplementedError: if it does not: this pandas computes otherwise, and the derivative would be wrong.
    """
    formula = current(made).array if type(made) is Tensor else numpy.asarray(made)
    with numpy.errstate(all="ignore"):
        largest = numpy.max(numpy.abs(value), initial=0.0, where=numpy.isfinite(value))
        if not numpy.allclose(formula, value, rtol=1e-3, atol=1e-9 + 1e-6 * largest):
            raise NotImplementedError("pandas computes it by another formula")
    return with_value(made, value)


def of_segments(how: str, x: Any, ids: Any, value: Any, **options: Any) -> Any:
    """Return what pandas made of each segment of numbers, with its history.

    Args:
        how: the name of the method.
        x: the numbers of all segments, none of them missing, those of one segment in their order.
        ids: the segment of each.
        value: what pandas made of each segment; missing where that has none.
        **options: what the formula takes.
    """
    filled = numpy.bincount(ids, minlength=len(value)) > 0
    keep = numpy.flatnonzero(filled & ~numpy.isnan(value))
    number = numpy.full(len(value), -1)
    number[keep] = numpy.arange(len(keep))
    taken = numpy.flatnonzero(number[ids] >= 0)
    ids, x = number[ids][taken], x[taken]
    if not len(keep):
        return placed(x, keep, value)
    counts = numpy.bincount(ids)
    if how in BY_SUMS:
        return placed(BY_SUMS[how](x, ids, counts, **options), keep, value)
    if how in ("min", "max"):
        plain = current(x).array
        order, ends = numpy.lexsort((plain, ids)), numpy.cumsum(counts)
        at = order[ends - 1] if how == "max" else order[ends - counts]
        if numpy.sum(plain == plain[at][ids]) == len(at):  # equal numbers share a derivative
            return placed(x[at], keep, value)
    order = numpy.argsort(ids, kind="stable")
    parts = numpy.split(order, numpy.cumsum(counts)[:-1])
    return placed(numpy.stack([REDUCTIONS[how](x[part], **options) for part in parts]), keep, value)


def sums(x: Any, ids: Any, counts: Any) -> Any:
    """Return the sum of each segment."""
    return apply(SegmentSum, (x,), {"ids": ids, "n": len(counts)})


def means(x: Any, ids: Any, counts: Any) -> Any:
    """Return the mean of each segment."""
    return sums(x, ids, counts) / counts


def variances(x: Any, ids: Any, counts: Any, ddof: int = 1) -> Any:
    """Return the variance of each segment."""
    d = x - means(x, ids, counts)[ids]
    return sums(d * d, ids, counts) / (counts - ddof)


def deviations(x: Any, ids: Any, counts: Any, ddof: int = 1) -> Any:
    """Return the standard deviation of each segment."""
    return numpy.sqrt(variances(x, ids, counts, ddof))


def standard_errors(x: Any, ids: Any, counts: Any, ddof: int = 1) -> Any:
    """Return the standard error of each segment's mean."""
    return deviations(x, ids, counts, ddof) / numpy.sqrt(counts)


BY_SUMS: Final[dict[str, Formula]] = {
    "sum": sums, "mean": means, "var": variances, "std": deviations, "sem": standard_errors,
}  # fmt: skip
"""By the name of pandas' method: what does all segments at once."""


def centred(x: Any) -> Any:
    """Return numbers without their mean."""
    return x - numpy.mean(x)


def covariance(x: Any, y: Any, ddof: int = 1) -> Any:
    """Return the covariance of two Tensors."""
    return numpy.sum(centred(x) * centred(y)) / (len(x) - ddof)


def correlation(x: Any, y: Any) -> Any:
    """Return Pearson's correlation of two Tensors."""
    a, b = centred(x), centred(y)
    return numpy.sum(a * b) / numpy.sqrt(numpy.sum(a * a) * numpy.sum(b * b))
