"""What engineers ask of derivatives: how uncertain a result is, and how sensitive to each input.

>>> propagate(lambda x: 2 * x + 1000, [1.0], [0.1])
(1002.0, 0.2)
>>> condition(lambda x, y: x * y**3, 2.0, 5.0)
(1.0, 3.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints
from minitorch.scalars.pytrees import flatten, is_array, shown

__all__ = ["condition", "propagate"]


@short_tracebacks
def propagate(
    f: Callable[..., Any],
    values: Sequence[Any],
    uncertainties: Any,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> tuple[Any, Any]:
    """Propagate uncertainties through a function, to first order.

    Args:
        f: a plain Python function with a result of any structure.
        values: its arguments, numbers or structures of them.
        uncertainties: a standard deviation per number, for independent arguments, or the covariance matrix of all.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        The value, and its standard deviation (for several results, theirs, in the same structure).

    Raises:
        TypeError: values and uncertainties do not fit each other.
        ValueError: a standard deviation or variance is negative, or a covariance matrix not symmetric.

    >>> propagate(lambda u, v: u + 10 * v, [1.0, 0.1], [[0.01, -0.001], [-0.001, 0.0001]])
    (2.0, 0.0)
    """
    if not isinstance(values, (tuple, list)) and not is_array(values):
        raise TypeError(f"values must be the arguments of {title(f)}, such as propagate(f, (x, y), (dx, dy))")
    arguments = tuple(values)
    options = Options(special_points, rounding)
    run = Differentiable(f, range(len(arguments)), options=options, whole=False).at(arguments, {})
    count = len(run.inputs)
    given = [float(x) for x in flatten(uncertainties)[0]]
    if is_matrix(uncertainties) and len(given) == count * count:
        deviation = deviation_by_covariance([given[i * count : (i + 1) * count] for i in range(count)])
    elif len(given) == count:
        deviation = deviation_by_deviations(given)
    else:
        raise TypeError(
            f"the {count} numbers in values need as many standard deviations, or a covariance matrix of {count} by "
            f"{count}, not {shown(uncertainties)}"
        )
    return run.value, run.output_layout.fill([deviation(row) for row in run.matrix()])


@short_tracebacks
def condition(
    f: Callable[..., Any], *args: Any, special_points: SpecialPoints = "warn", rounding: RoundingMode = "warn"
) -> tuple[Any, ...]:
    """Return the relative condition numbers of a function: how many times a relative change of an input is amplified.

    Args:
        f: a plain Python function with a real result.
        args: where.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        `|x · f'(x) / f(x)|` for every number x of the arguments, in the structure of each.

    >>> [f"{number:.0f}" for number in condition(lambda x, y: x - y, 1.001, 1.0)]
    ['1001', '1000']
    """
    positions = range(len(args))
    value, derivatives = value_and_grad(f, positions, special_points=special_points, rounding=rounding)(*args)
    numbers = zip(flatten(args)[0], flatten(derivatives)[0], strict=True)
    relative = [relative_size(x * derivative, value) for x, derivative in numbers]
    filled: tuple[Any, ...] = flatten(args)[1].fill(relative)
    return filled


def relative_size(change: Any, value: Any) -> Any:
    """Return |change / value|, infinite where the value is zero and the change is not."""
    if value:
        return abs(change / value)
    return math.inf if change else math.nan


def is_matrix(uncertainties: Any) -> bool:
    """Return whether rows are given: a matrix, not a number for each value."""
    if is_array(uncertainties):
        return bool(uncertainties.ndim == 2)
    return isinstance(uncertainties, (tuple, list)) and all(
        isinstance(row, (tuple, list)) or (is_array(row) and row.ndim == 1) for row in uncertainties
    )


def deviation_by_deviations(deviations: list[float]) -> Callable[[Sequence[Any]], float]:
    """Make the function from derivatives to a standard deviation, for independent arguments."""
    for deviation in deviations:
        if deviation < 0:
            raise ValueError(f"a standard deviation can't be negative: {deviation}")

    def of_row(row: Sequence[Any]) -> float:
        # Where an argument is certain its derivative does not matter, even an infinite one.
        return math.hypot(*(partial * given for partial, given in zip(row, deviations, strict=True) if given))

    return of_row


def deviation_by_covariance(covariance: list[list[float]]) -> Callable[[Sequence[Any]], float]:
    """Make the function from derivatives to a standard deviation, for arguments with a covariance matrix."""
    check_covariance(covariance)

    def of_row(partials: Sequence[Any]) -> float:
        terms = [
            partials[i] * entry * partials[j]
            for i, row in enumerate(covariance)
            for j, entry in enumerate(row)
            if entry
        ]
        variance = math.fsum(terms)
        if variance < -1e-9 * math.fsum(map(abs, terms)):
            raise ValueError(f"the matrix gives a negative variance, {variance}, so it is not a covariance matrix")
        return math.sqrt(max(variance, 0.0))

    return of_row


def check_covariance(matrix: list[list[float]]) -> None:
    """Refuse a matrix with negative variances, or one that is not symmetric."""
    for i, row in enumerate(matrix):
        if row[i] < 0:
            raise ValueError(f"a variance can't be negative: {row[i]}, at [{i}][{i}] of the covariance matrix")
        for j in range(i):
            one, other = row[j], matrix[j][i]
            if not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12 * math.sqrt(row[i] * matrix[j][j])):
                raise ValueError(f"a covariance matrix is symmetric, but this has {one} at [{i}][{j}], {other} across")
