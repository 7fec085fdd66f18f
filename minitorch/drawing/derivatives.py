"""The derivatives that a picture shows: of the result by the values drawn, computed in one backward pass.

(x = 3) ─▸ [Mul] ─▸ ((x * x = 9))   becomes   6.0 by x, 1.0 by x * x
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import Variable, backward_pass, is_constant
from minitorch.drawing.array_texts import has_axes, norm_of

__all__ = ["Derivatives"]


class Derivatives:
    """The derivatives of a result by some of the Variables behind it.

    A result that can't be differentiated is drawn, too: `problem` says then why there are no derivatives.

    Args:
        out: the result.
        variables: those by which it is differentiated.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(3.0)
    >>> Derivatives(x * x, [x]).of(x)
    6.0
    """

    def __init__(self, out: Variable, variables: Sequence[Variable]) -> None:
        self.problem: str | None = None
        self._by_id: dict[int, Any] = {}
        self._moving: set[int] = set()
        if is_constant(out):
            return
        # What is older than all that is drawn can't lie between it and the result.
        oldest = min(variable.unique_id for variable in variables)
        order = topological_sort(out, since=oldest)
        try:
            derivatives = backward_pass(order, {out.unique_id: 1.0}, variables)
        except (ArithmeticError, TypeError, ValueError) as error:
            self.problem = f"{type(error).__name__}: {error}"
            return
        self._by_id = {variable.unique_id: d for variable, d in zip(variables, derivatives, strict=True)}
        self._moving = {
            operand.unique_id
            for variable in variables
            if not _is_zero(self.of(variable))
            for operand in parents_of(variable)
            if not is_constant(operand)
        }

    def is_idle(self, variable: Variable) -> bool:
        """Return whether a derivative is zero only because those of all that is computed from the Variable are.

        >>> from minitorch.scalars.scalar import Scalar
        >>> x = Scalar(3.0)
        >>> y = x * 2.0
        >>> none = y * 0.0
        >>> derivatives = Derivatives(none + x, [x, y, none])
        >>> derivatives.of(y), derivatives.is_idle(y)
        (0.0, False)
        """
        derivative = self.of(variable)
        return derivative is not None and _is_zero(derivative) and variable.unique_id not in self._moving

    def of(self, variable: Variable) -> Any:
        """Return the derivative by a Variable, `None` if it is not known."""
        return self._by_id.get(variable.unique_id)


def _is_zero(derivative: Any) -> bool:
    return not norm_of(derivative) if has_axes(derivative) else derivative == 0
