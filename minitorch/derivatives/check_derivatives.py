"""Derivatives of every kind and order checked against differences: `check_derivatives(f, x, y)`.

>>> check_derivatives(lambda x, y: x * y**2, 2.0, 3.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.derivatives.central_differences import estimate_derivatives
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.matrices import jacobian
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints
from minitorch.scalars.pytrees import flatten
from minitorch.scalars.whole import Whole

__all__ = ["check_derivatives"]


@dataclass(frozen=True)
class Comparison:
    """One derivative: of what, by what, as differences say, and as reverse and forward mode do."""

    output: str
    argument: str
    expected: float
    tolerance: float
    reverse: float
    forward: float

    @property
    def agrees(self) -> bool:
        """Whether both modes are right."""
        derivatives = (self.reverse, self.forward)
        return all(math.isclose(x, self.expected, rel_tol=0.0, abs_tol=self.tolerance) for x in derivatives)

    def __str__(self) -> str:
        verdict = "" if self.agrees else "  <- differs"
        return (
            f"{self.output:<16} {self.argument:<16} {self.expected:>22.14g} {self.reverse:>22.14g} "
            f"{self.forward:>22.14g}{verdict}"
        )


@short_tracebacks
def check_derivatives(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> None:
    """Compare the derivatives of a function, in reverse and in forward mode, with central differences.

    The tolerance is as tight as differences can tell: it grows with their own rounding and with how much they change
    when the step is halved.

    Args:
        f: a plain Python function with a result of any structure.
        args: where; every number in them is an input, but for ints that stay whole (see `minitorch.grad`).
        order: up to which derivatives are compared; those of order two are compared with differences of the first ones.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Raises:
        AssertionError: if one differs, with a table of all of its order.
        ValueError: the order is below one.
    """
    if order < 1:
        raise ValueError(f"order must be 1 or more, not {order}")
    positions = [place for place, value in enumerate(args) if flatten(value)[0]]
    options = Options(special_points, rounding)
    level = f
    for derivative in range(order):
        comparisons = compare(level, args, positions, "f" + "'" * derivative, options)
        if not all(comparison.agrees for comparison in comparisons):
            lines = [f"derivatives of order {derivative + 1} of {title(f)} differ from central differences"]
            columns = f"{'expected (differences)':>22} {'got in reverse':>22} {'got forward':>22}"
            lines.append(f"{'of':<16} {'by':<16} {columns}")
            raise AssertionError("\n".join([*lines, *map(str, comparisons)]))
        # What concerns the point itself is said once, by the outermost derivative.
        level = jacobian(level, argnums=positions, special_points="ignore", rounding=options.rounding)


def compare(
    f: Callable[..., Any], args: tuple[Any, ...], positions: Sequence[int], name: str, options: Options
) -> list[Comparison]:
    """Compare all first derivatives of a function."""
    function = Differentiable(f, positions, options=options, whole=False)
    run = function.at(args, {})
    rows = zip(run.matrix(forward=False), run.matrix(forward=True), strict=True)
    moving = [index for index, x in enumerate(run.inputs) if type(x) is not Whole]
    differences = {index: difference(f, args, run, positions, index) for index in moving}
    outputs = run.output_layout.names(name)
    return [
        Comparison(str(outputs[i]), x.name or str(j), *differences[j][i], reverse[j], forward[j])
        for i, (reverse, forward) in enumerate(rows)
        for j, x in enumerate(run.inputs)
        if j in differences
    ]


def difference(
    f: Callable[..., Any], args: tuple[Any, ...], run: Linearization, positions: Sequence[int], index: int
) -> list[tuple[float, float]]:
    """Return the extrapolated central difference of each output by one input, and how far it may be off."""
    epsilon = 1e-5 * max(1.0, abs(run.inputs[index].data))

    def outputs_at(step: float) -> list[float]:
        numbers = [x.data + step if i == index else x.data for i, x in enumerate(run.inputs)]
        moved = list(args)
        for place, layout in zip(positions, run.input_layouts, strict=True):
            moved[place] = layout.fill(numbers[: layout.size])
            numbers = numbers[layout.size :]
        return [float(y) for y in flatten(f(*moved))[0]]

    return estimate_derivatives(outputs_at, epsilon)
