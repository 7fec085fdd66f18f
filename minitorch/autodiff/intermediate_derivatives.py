"""Derivatives of one value by any of the Variables that it was made from, be they inputs or made on the way.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(3.0)
>>> square = x * x
>>> adjoints_of(square * x, [square, x])
[3.0, 27.0]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, backward_pass

__all__ = ["adjoints_of"]


def adjoints_of(
    output: Any, variables: Sequence[Variable], d_output: Any = 1.0, as_variables: bool = False
) -> list[Any]:
    """Return the derivatives of a value by some of the Variables behind it, and leave all `derivative`s alone.

    Args:
        output: the value to differentiate; a plain number depends on nothing.
        variables: any of the Variables that it may have been made from, leaves or not.
        d_output: the derivative by the output that the pass starts from.
        as_variables: whether to record the pass itself, so that its results can be differentiated.

    Returns:
        One derivative per variable, 0.0 where the output does not depend on it. With `as_variables` it is a Variable
        unless it depends on none.
    """
    if not isinstance(output, Variable):
        return [0.0] * len(variables)
    return backward_pass(topological_sort(output), {output.unique_id: d_output}, variables, as_variables)
