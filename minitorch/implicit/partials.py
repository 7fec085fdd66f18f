"""What is known by its partial derivatives, which are known by theirs: a number or an array made outside of histories.

known(value, [(x, partial, again), …])      again() gives the partial as a Variable, for derivatives of higher order
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy

from minitorch.arrays.adjoints import plain_adjoint
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.place import origin_of_caller
from minitorch.autodiff.variable import Variable
from minitorch.implicit.recorded import as_share, new_variable, plain_value

__all__ = ["Partial", "known"]


class Partial(NamedTuple):
    """A partial derivative.

    Attributes:
        variable: by what.
        value: the derivative, with the axes of the output, then those of the variable.
        again: gives it as a Variable.
    """

    variable: Variable
    value: Any
    again: Callable[[], Any]


def known(value: Any, partials: Sequence[Partial]) -> Any:
    """Return a value as a Variable that has these partial derivatives; the plain value where there are none.

    Args:
        value: a number or an array.
        partials: its derivatives.
    """
    if not partials:
        return value
    context = Context()
    context.save_for_backward(list(partials))
    made = new_variable(value, History(Known, context, tuple(partial.variable for partial in partials)))
    made.code, made.instruction = origin_of_caller()
    return made


def pulled(d_output: Any, partial: Any, axes: int) -> Any:
    """Return the share that a derivative by the output brings: its axes are summed over."""
    return numpy.tensordot(d_output, partial, axes) if axes else d_output * partial


def pushed(partial: Any, tangent: Any, axes: int) -> Any:
    """Return how the output moves with a tangent, whose axes are summed over."""
    return numpy.tensordot(partial, tangent, axes) if axes else partial * tangent


def shares(partials: list[Partial], d_output: Any, recorded: bool) -> list[tuple[Variable, Any]]:
    """Return each Variable that a value depends on with the derivative by it."""
    d_output = d_output if type(d_output) is float else plain_adjoint(d_output)
    found = []
    for x, value, again in partials:
        partial = again() if recorded else value
        axes = numpy.ndim(value) - numpy.ndim(plain_value(x))
        found.append((x, as_share(x, pulled(d_output, partial, axes))))
    return found


class Known(FunctionBase):
    """The Function of what is known by its partial derivatives."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each Variable that the value depends on with the derivative by it."""
        return shares(ctx.saved_values, d_output, False)

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Variables."""
        assert output.history is not None and output.history.ctx is not None
        return shares(output.history.ctx.saved_values, d_output, True)

    @staticmethod
    def tangent(node: Any, given: Sequence[Any], recorded: bool) -> Any:
        """Return how the value moves."""
        total: Any = None
        for (_, value, again), tangent in zip(node.history.ctx.saved_values, given, strict=True):
            if tangent is not None:
                moved = pushed(again() if recorded else value, tangent, numpy.ndim(plain_value(tangent)))
                total = moved if total is None else total + moved
        return total
