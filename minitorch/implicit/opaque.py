"""Values that depend on what has a history in a way that nobody knows: they are there, and refuse a derivative.

result.hess_inv      an approximation that a minimiser has come by; its derivative is not zero, and not known
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy

from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.place import place_of_caller
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.implicit.recorded import new_variable
from minitorch.scalars.primitives import FUNCTIONS

__all__ = ["opaque", "with_value"]


def opaque(value: Any, what: str, source: Any) -> Any:
    """Return a value that depends on another one in a way that is not known.

    Args:
        value: the plain value; what has no derivative, such as a whole number, comes back as it is.
        what: what to call it in the error.
        source: what it depends on; where that has no history, the value has none either.

    >>> opaque(3, "the number of steps", None)
    3
    """
    is_array = isinstance(value, (numpy.ndarray, numpy.generic)) and value.dtype.kind in "fc"
    if not (is_array or type(value) is float) or not is_variable(source) or is_constant(source.present()):
        return value
    context = Context()
    context.save_for_backward(f"{place_of_caller()}: the derivative of {what} is not known. Take its plain value with "
                              "minitorch.detach(x), or compute it from what has a derivative")  # fmt: skip
    return new_variable(value, History(Opaque, context, (source.present(),)))


class Opaque(FunctionBase):
    """The Function of a value whose derivative is not known."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> NoReturn:
        """Raise the error that says so."""
        raise BackwardError(ctx.saved_values)

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> NoReturn:
        """Raise it."""
        assert output.history is not None and output.history.ctx is not None
        raise BackwardError(output.history.ctx.saved_values)

    @staticmethod
    def tangent(node: Any, given: Sequence[Any], recorded: bool) -> NoReturn:
        """Raise it."""
        raise BackwardError(node.history.ctx.saved_values)


def with_value(x: Any, value: Any) -> Any:
    """Return what has the history of a Variable and the value, to the last bit and in shape, that a solver gave.

    >>> with_value(2.0, 3.0)
    3.0
    """
    if not is_variable(x) or is_constant(x.present()):
        return value
    if type(value) is float:
        made = FUNCTIONS["Pos"].apply(x.item() if type(x) is Tensor else x)
        made.data = value
        return made
    made = x if type(x) is Tensor else asarray(x)
    shape = numpy.shape(value)
    made = apply(UFUNCS[numpy.positive], (made.reshape(shape) if numpy.shape(made.array) != shape else made,))
    current(made).array = value if isinstance(value, (numpy.ndarray, numpy.generic)) else numpy.asarray(value)[()]
    return made
