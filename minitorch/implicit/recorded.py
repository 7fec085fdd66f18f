"""A recorded value as a function of what it was recorded from: its own inputs, and whatever it read from outside.

    y = f(u)                f reads a and b from its closure
    Recorded(y, u)          y as a function of u, a and b; its derivative goes both ways

What it depends on is found in the history of the value, so nobody has to say what a closure holds. All that is needed
later is in that history: that variables are rebound or objects changed makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy

from minitorch.arrays.adjoints import plain_adjoint
from minitorch.arrays.function import as_number
from minitorch.arrays.makers import asarray
from minitorch.arrays.tangents import forward_pass
from minitorch.arrays.tensor import Tensor, constant, current
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import FOR_ANY_ORDER, FOR_ONE_ORDER, SPARES, is_sparing
from minitorch.autodiff.history import History
from minitorch.autodiff.outer import recorded_since
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, backward_pass, is_constant
from minitorch.scalars.scalar import Scalar

__all__ = [
    "Recorded",
    "as_share",
    "differentiable_again",
    "end_of",
    "gradient",
    "leaf",
    "new_variable",
    "one_variable",
    "plain_value",
]


class Recorded:
    """A value as a function of Variables.

    Args:
        output: the value, a Variable.
        own: the inputs it was computed from on purpose, each made just before.
        since: the smallest `unique_id` of what was recorded; by default that of the oldest of `own`.
        outer: Variables from outside; by default those that the value was made from.
        order: what was recorded for it, if that is known, the youngest first.

    Attributes:
        inputs: all that it depends on: `own`, then `outer`.
        order: what lies between, from the output on.
    """

    def __init__(
        self,
        output: Any,
        own: Sequence[Variable] = (),
        since: int | None = None,
        outer: Sequence[Variable] | None = None,
        order: Sequence[Variable] | None = None,
    ) -> None:
        first = min(x.unique_id for x in own) if since is None else since
        self.output = output
        if order is None:
            order, found = recorded_since([output], first)
            outer = found if outer is None else outer
        self.outer = list(outer or ())
        self.inputs = [*own, *self.outer]
        known = {x.unique_id for x in self.inputs}
        self.order = [node for node in order if node.unique_id not in known]
        self.ends = [end_of(x) for x in self.inputs]

    def vjp(self, cotangent: Any, recorded: bool = False) -> list[Any]:
        """Return the derivative by each input, given that by the output."""
        adjoints = {self.output.unique_id: cotangent}
        return backward_pass([*self.order, *self.ends], adjoints, self.ends, as_variables=recorded)

    def jvp(self, tangents: Sequence[Any], recorded: bool = False) -> Any:
        """Return how the output moves, given how the inputs do; None stands for not at all, here and there."""
        known = {x.unique_id: t for x, t in zip(self.inputs, tangents, strict=True) if t is not None}
        return forward_pass(self.order, known, recorded).get(self.output.unique_id)


def end_of(x: Any) -> Any:
    """Return what stands for a Variable where a pass ends: it has the same `unique_id`, and no history."""
    end: Any = constant(x.array) if type(x) is Tensor else Scalar(x.data, None)
    end._unique_id = x.unique_id
    return end


def new_variable(value: Any, history: History) -> Any:
    """Make a Variable of a plain value: a Scalar of a number of Python's, a Tensor of anything of numpy's."""
    return Tensor(value, history) if isinstance(value, (numpy.ndarray, numpy.generic)) else Scalar(value, history)


@contextmanager
def leaf(value: Any) -> Iterator[Any]:
    """Make a leaf of a plain value, which is alive within; what is made of it can be differentiated afterwards, too."""
    history = History()
    try:
        yield new_variable(value, history)
    finally:
        del history._hold


def plain_value(x: Any) -> Any:
    """Return the plain value of a Variable."""
    return current(x).array if type(x) is Tensor else x.get_data() if is_variable(x) else x


def one_variable(value: Any) -> Any:
    """Return a number, an array or nested lists of them as one Variable, as it is now; what has no history as it is."""
    if not is_variable(value):
        value = asarray(value)
    return current(value) if type(value) is Tensor else value


def as_share(x: Variable, share: Any) -> Any:
    """Return the share of a Variable in its kind: a float or Scalar for a Scalar, an array or Tensor for a Tensor."""
    if type(x) is not Tensor:
        return share if type(share) is float or (is_variable(share) and type(share) is not Tensor) else as_number(share)
    share = plain_adjoint(share)
    shape = numpy.shape(x.array)
    if numpy.shape(plain_value(share)) != shape:
        share = numpy.broadcast_to(share, shape) if not is_variable(share) else share * numpy.ones(shape)
    return share


@contextmanager
def differentiable_again() -> Iterator[None]:
    """Have what is recorded within keep all that a derivative of a derivative needs."""
    if not is_sparing() or SPARES.get() != FOR_ONE_ORDER:
        yield
        return
    token = SPARES.set(FOR_ANY_ORDER)
    try:
        yield
    finally:
        SPARES.reset(token)


def gradient(function: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradient of a function of a Variable at it, recorded, so that it can be differentiated again.

    Raises:
        BackwardError: the function does not return one number.
    """
    with differentiable_again():
        y = one_variable(function(x))
        if numpy.size(plain_value(y)) != 1:
            raise BackwardError(f"what is minimised must be one number, not an array of shape {numpy.shape(y)}")
        if is_constant(y):
            return numpy.zeros(numpy.shape(plain_value(x)))
        seed: Any = 1.0 if type(y) is not Tensor else numpy.ones_like(y.array)[()]
        (found, *_) = Recorded(y, [x]).vjp(seed, recorded=True)
        return found
