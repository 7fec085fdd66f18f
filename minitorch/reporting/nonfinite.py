"""Finds where a computation stopped being finite: the first operation whose value or derivative is nan or infinite.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(0.0, name="x")
>>> operation = first_nonfinite((x * x).sqrt())
>>> operation.function, operation.operands, operation.value, operation.derivative
('Sqrt', (0.0,), 0.0, inf)
"""

from __future__ import annotations

import math
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, value_of, vjp_contributions
from minitorch.derivatives.entries import settled
from minitorch.drawing.array_texts import has_axes, value_text

__all__ = ["Nonfinite", "first_nonfinite"]


@dataclass(frozen=True)
class Nonfinite:
    """An operation whose value, or derivative, is not finite.

    Args:
        function: the name of its Function.
        place: the `file:line` of the code that did it.
        operands: the plain values that it was done with.
        value: what it gave.
        derivative: the derivative of the output that is not finite; `None` where the value itself is not.
        operand: the position of the operand that it is the derivative by; `None` if it is the one by the value.
    """

    function: str
    place: str
    operands: tuple[Any, ...]
    value: Any
    derivative: Any = None
    operand: int | None = None

    def __str__(self) -> str:
        operation = f"{self.function}({', '.join(map(shown, self.operands))})"
        if self.derivative is None:
            return f"{self.place}: {operation} is {shown(self.value)}"
        by = "its value" if self.operand is None else f"operand {self.operand}"
        return (
            f"{self.place}: {operation} is {shown(self.value)}, but the derivative by {by} is {shown(self.derivative)}"
        )


def first_nonfinite(out: Any) -> Nonfinite | None:
    """Find the operation at which a computation stopped being finite.

    Args:
        out: its result. Values are looked at in the order in which they were made; if all are finite, so are the
            derivatives of `out` in the order of the backward pass.

    Returns:
        The first operation whose value is nan or infinite, or else whose derivative is; `None` if all are finite.
    """
    if not isinstance(out, Variable):
        return None
    order = topological_sort(out)
    with quiet(order):
        return first_value(order) or first_derivative(order)


def quiet(order: list[Variable]) -> AbstractContextManager[Any]:
    """Return what keeps numpy from warning of what is looked for; numpy is loaded where there are arrays."""
    if not any(node.holds_array for node in order):
        return nullcontext()
    silence: AbstractContextManager[Any] = sys.modules["numpy"].errstate(all="ignore")
    return silence


def first_value(order: list[Variable]) -> Nonfinite | None:
    """Return the earliest operation with a value that is not finite."""
    nonfinite = [node for node in order if not (node.is_leaf or is_finite(node.get_data()))]
    return described(min(nonfinite, key=lambda node: node.unique_id)) if nonfinite else None


def first_derivative(order: list[Variable]) -> Nonfinite | None:
    """Return the first operation of the backward pass, from an output on, where a derivative is not finite."""
    adjoints: dict[int, Any] = {order[0].unique_id: 1.0} if order else {}
    for node in order:
        d_node = adjoints.pop(node.unique_id, None)
        if d_node is None or node.history is None or node.history.last_fn is None:
            continue
        if not is_finite(d_node):
            return described(node, d_node)
        inputs = [id(x) for x in node.history.inputs or ()]
        for variable, share in vjp_contributions(node, d_node):
            contribution = settled(share)
            if not is_finite(contribution):
                return described(node, contribution, inputs.index(id(variable)))
            known = adjoints.get(variable.unique_id)
            adjoints[variable.unique_id] = contribution if known is None else known + contribution
    return None


def described(node: Variable, derivative: Any = None, operand: int | None = None) -> Nonfinite:
    """Describe the operation that computed a Variable."""
    history = node.history
    if history is None or history.last_fn is None:
        raise ValueError("a leaf was made by no operation")
    operands = tuple(map(value_of, history.inputs or ()))
    derivative = None if derivative is None else value_of(derivative)
    derivative = derivative if derivative is None or has_axes(derivative) else float(derivative)
    return Nonfinite(history.last_fn.__name__, str(node.place), operands, node.get_data(), derivative, operand)


def is_finite(value: Any) -> bool:
    """Return whether a number is neither nan nor infinite.

    >>> is_finite(1.0), is_finite(float("inf"))
    (True, False)
    """
    finite = abs(value_of(value)) < math.inf
    return bool(finite.all()) if has_axes(finite) else bool(finite)


def shown(value: Any) -> str:
    """Write a value, of an array how many of its elements are not finite."""
    if not has_axes(value):
        return str(value)
    odd = value.size - (abs(value) < math.inf).sum()
    return f"an array of {value_text(value)}" if not odd else f"an array with {odd} of {value.size} elements not finite"
