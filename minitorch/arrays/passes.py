"""Reverse passes through arrays: without numpy's warnings, and once more with care where something is not a number.

Where a derivative is infinite and nothing arrives, as in the arm of `np.where(x > 0, 1 / x, 0.0)` that was not taken,
the product is not a number. Looking at every share costs time, so that is done only if a result shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy

from minitorch.arrays.adjoints import plain_adjoint
from minitorch.arrays.function import careful
from minitorch.arrays.sweep import sweep
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff import variable
from minitorch.autodiff.variable import Variable

__all__ = ["pass_through_arrays"]


def pass_through_arrays(
    run: Callable[..., list[Any]],
    order: Iterable[Variable],
    adjoints: dict[int, Any],
    variables: Sequence[Variable],
    as_variables: bool,
) -> list[Any]:
    """Run a reverse pass; derivatives by arrays come out as plain arrays or, recorded, as Tensors."""
    # Whoever gives Variables one by one, as a recording does, notes what happens between them; it has no arrays.
    if not isinstance(order, Sequence) or not any(type(node) is Tensor for node in order):
        return run(order, adjoints, variables, as_variables)
    with numpy.errstate(all="ignore"):
        if as_variables or careful.get() or any(issubclass(type(d), Variable) for d in adjoints.values()):
            found = derivatives_by(variables, run(order, dict(adjoints), variables, as_variables))
        else:
            found = sweep(order, dict(adjoints), variables)
        if not any(map(has_nan, found)):
            return found
        token = careful.set(True)
        try:
            return derivatives_by(variables, run(order, dict(adjoints), variables, as_variables))
        finally:
            careful.reset(token)


def derivatives_by(variables: Sequence[Variable], adjoints: Sequence[Any]) -> list[Any]:
    """Return the adjoints of Variables as plain arrays or Tensors; those of Scalars stay what they are."""
    return [plain_adjoint(d) if type(x) is Tensor else d for x, d in zip(variables, adjoints, strict=True)]


def has_nan(adjoint: Any) -> bool:
    """Whether something in an adjoint is not a number."""
    value = current(adjoint).array if type(adjoint) is Tensor else adjoint
    if issubclass(type(value), Variable):
        value = value.get_data()
    # A sum is nan if an element is; if it is so otherwise, infinite ones of both signs cost a pass in vain.
    return bool(numpy.isnan(numpy.add.reduce(value, None)))


variable.array_passes[:] = [pass_through_arrays]
