"""The history of a computation, and derivatives from it: module 1 of the minitorch course, for any kind of Variable.

A Variable whose `history` is None is a constant; one whose `history.last_fn` is None is a leaf; any other one was made
by the Function `last_fn` from `inputs`. Nothing here recurses over the graph, and there is no global tape.

While a leaf lives, `LIVE` is up: that is what rewritten code looks at to choose its traced body.
"""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.errors import BackwardError, place_of_function
from minitorch.grad_mode import is_recording
from minitorch.rewriting import rewritten
from transformer.switch import Switch

__all__ = [
    "LIVE", "Context", "FunctionBase", "History", "Variable", "adjoints_of", "backpropagate", "is_constant",
    "pulled_back", "topological_sort",
]  # fmt: skip

LIVE: Final = Switch()
"""Held by every leaf that is alive."""

_unique_ids = itertools.count(1)


class _Hold:
    """Holds `LIVE` for as long as the leaf's History is there."""

    __slots__ = ("switch",)

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        switch.hold()

    def __del__(self) -> None:
        self.switch.release()


class Context:
    """What a Function's `forward` keeps for its `backward`.

    Args:
        no_grad: whether nothing will be differentiated, so that nothing need be kept.

    >>> context = Context()
    >>> context.save_for_backward(1.0, 2.0)
    >>> context.saved_values
    (1.0, 2.0)
    """

    __slots__ = ("_saved_values", "no_grad")

    def __init__(self, no_grad: bool = False) -> None:
        self.no_grad = no_grad
        self._saved_values: tuple[Any, ...] | None = None

    def save_for_backward(self, *values: Any) -> None:
        """Keep values, unless nothing will be differentiated."""
        if not self.no_grad:
            self._saved_values = values

    @property
    def saved_values(self) -> Any:
        """The values kept, as a tuple; one value alone comes as itself."""
        if self._saved_values is None:
            why = "this Context was made with no_grad=True" if self.no_grad else "forward called no save_for_backward"
            raise BackwardError(f"nothing was saved for backward: {why}")
        return self._saved_values[0] if len(self._saved_values) == 1 else self._saved_values


class History:
    """How a Variable was made.

    Args:
        last_fn: the Function class that made it, None for a leaf.
        ctx: what its forward saved.
        inputs: its operands in order, Variables and plain values.

    >>> History().is_leaf()
    True
    """

    __slots__ = ("_hold", "ctx", "inputs", "last_fn", "place")
    place: str
    """Where the operation was done; there only if somebody noted it."""

    def __init__(
        self,
        last_fn: type[FunctionBase] | None = None,
        ctx: Context | None = None,
        inputs: Sequence[Any] | None = None,
    ) -> None:
        self.last_fn = last_fn
        self.ctx = ctx
        self.inputs = inputs
        if last_fn is None:
            self._hold = _Hold(LIVE)

    def is_leaf(self) -> bool:
        """Whether no Function made it."""
        return self.last_fn is None

    def backprop_step(self, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule to the last Function.

        Args:
            d_output: the derivative by what the Function made.

        Returns:
            Each input that is no constant, with its share of the derivative.
        """
        if self.last_fn is None:
            return []
        return self.last_fn.chain_rule(self.ctx or Context(), self.inputs or (), d_output)

    def __repr__(self) -> str:
        if self.last_fn is None:
            return "History()"
        return f"History(last_fn={self.last_fn.__name__}, with {len(self.inputs or ())} inputs)"


class Variable:
    """A value that knows how it was made.

    Args:
        history: None for a constant, `History()` for a leaf.
        name: what reports and pictures call it.

    Attributes:
        derivative: for a leaf, the sum of what `backward` gave it; None before that.
        unique_id: later Variables have larger ones.
    """

    __slots__ = ("derivative", "history", "name", "unique_id")

    def __init__(self, history: History | None, name: str | None = None) -> None:
        self.history = history
        self.derivative: Any = None
        self.name = name
        self.unique_id = next(_unique_ids)

    @property
    def grad(self) -> Any:
        """Another name of `derivative`."""
        return self.derivative

    def get_data(self) -> Any:
        """Return the plain value, which a Function's `forward` works on."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its plain value is: define get_data")

    def is_leaf(self) -> bool:
        """Whether derivatives arrive here: not a constant, and made by no Function."""
        return self.history is not None and self.history.last_fn is None

    def requires_grad_(self, value: bool = True) -> None:
        """Make it a leaf if it is a constant, or (with False) a constant, whatever it was."""
        if not value:
            self.history = None
        elif self.history is None:
            self.history = History()

    def accumulate_derivative(self, value: Any) -> None:
        """Add to the derivative of this leaf."""
        if not self.is_leaf():
            raise BackwardError("only a leaf Variable has a derivative; ask minitorch.grad for that of another value")
        self.derivative = float(value) if self.derivative is None else self.derivative + float(value)

    def zero_derivative_(self) -> None:
        """Start again from a derivative of zero."""
        self.derivative = 0.0

    zero_grad_ = zero_derivative_

    def backward(self, d_output: Any = 1.0) -> None:
        """Add the derivatives of this value to those of the leaves that it was made from."""
        backpropagate(self, d_output)


def is_constant(value: object) -> bool:
    """Whether no derivative passes through a value: a plain one, or a Variable without history.

    >>> is_constant(2.0), is_constant(Variable(None)), is_constant(Variable(History()))
    (True, True, False)
    """
    return not isinstance(value, Variable) or value.history is None


class FunctionBase:
    """An operation on Variables: `forward` computes on plain values, `backward` gives derivatives.

    Never instantiated; `apply` is how it is used. A kind of Variable defines `variable`, which wraps a plain result.
    """

    @staticmethod
    def forward(ctx: Context, *inputs: Any) -> Any:
        """Compute the plain result from plain inputs."""
        raise NotImplementedError("a Function needs a static method forward(ctx, *inputs)")

    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        """Return the derivative by each input, given that by the output; one value alone needs no tuple."""
        raise NotImplementedError("a Function needs a static method backward(ctx, d_output) to be differentiated")

    @classmethod
    def variable(cls, raw: Any, history: History | None) -> Variable:
        """Wrap a plain result."""
        raise NotImplementedError(f"{cls.__name__} does not say what kind of Variable it makes: define variable")

    @classmethod
    def apply(cls, *values: Any) -> Any:
        """Compute the result: a Variable if any of the values is one, else a plain value."""
        if any(isinstance(value, Variable) for value in values):
            return cls.record(*values)
        return cls.forward(Context(no_grad=True), *values)

    @classmethod
    def record(cls, *values: Any) -> Variable:
        """Compute the result as a Variable; a constant one if all the values are constants."""
        raw = []
        active = False
        for value in values:
            if isinstance(value, Variable):
                active = active or value.history is not None
                value = value.get_data()
            raw.append(value)
        active = active and is_recording()
        ctx = Context(not active)
        output = cls.forward(ctx, *raw)
        return cls.variable(output, History(cls, ctx, values) if active else None)

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input that is no constant, with the derivative by it.

        Raises:
            BackwardError: if the class has no `backward`, or one that does not fit its inputs.
        """
        derivatives = cls._backward_checked(ctx, inputs, d_output)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """The chain rule as operations on Variables, so that what it gives can be differentiated again.

        `forward` and `backward` run once more, on the Variables themselves, as the rewriter makes them.
        """
        ctx = Context()
        rewritten(cls.forward)(ctx, *inputs)
        derivatives = cls._backward_checked(ctx, inputs, d_output, rewritten)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]

    @classmethod
    def _backward_checked(
        cls,
        ctx: Context,
        inputs: Sequence[Any],
        d_output: Any,
        through: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda function: function,
    ) -> tuple[Any, ...]:
        where = f"{cls.__name__} ({place_of_function(cls.forward)})"
        if cls.backward is FunctionBase.backward:
            raise BackwardError(
                f"{where} has no backward, so its derivative is unknown: "
                "give the class a static method backward(ctx, d_output) that returns one derivative per input"
            )
        returned = through(cls.backward)(ctx, d_output)
        derivatives: tuple[Any, ...] = returned if isinstance(returned, tuple) else (returned,)
        if len(derivatives) != len(inputs):
            raise BackwardError(
                f"{where} has {len(inputs)} inputs, but its backward returned {len(derivatives)} derivatives: "
                "it must return one per input, in their order"
            )
        for position, (x, derivative) in enumerate(zip(inputs, derivatives, strict=True)):
            if not is_constant(x) and not isinstance(derivative, (Variable, numbers.Real)):
                raise BackwardError(
                    f"{where}: its backward returned {derivative!r} as the derivative by input {position}, not a number"
                )
        return derivatives


def topological_sort(*variables: Variable, since: int = 0) -> list[Variable]:
    """Return the Variables that values were made from, each before those it was made from itself.

    Args:
        variables: where to start; one alone comes first.
        since: the smallest `unique_id` to go back to; older Variables were made from none that is younger.

    Returns:
        The Variables that are no constants, from the outputs to the leaves.
    """
    order: list[Variable] = []
    entered: set[int] = set()
    pending = [(x, False) for x in reversed(variables) if not is_constant(x) and x.unique_id >= since]
    while pending:
        node, complete = pending.pop()
        if complete:
            order.append(node)
        elif node.unique_id not in entered:
            entered.add(node.unique_id)
            pending.append((node, True))
            if node.history is not None and node.history.inputs:
                pending.extend(
                    (x, False) for x in node.history.inputs if not is_constant(x) and x.unique_id >= since
                )
    order.reverse()
    return order


def backpropagate(variable: Variable, deriv: Any = 1.0) -> None:
    """Add the derivatives of a value to those of the leaves that it was made from.

    Leaves change only once the whole pass has gone well. A constant has no leaves, so nothing happens.

    Args:
        variable: the value to differentiate.
        deriv: the derivative by that value that the pass starts from.
    """
    adjoints: dict[int, Any] = {variable.unique_id: deriv}
    leaves: list[tuple[Variable, Any]] = []
    for node in topological_sort(variable):
        history = node.history
        d_node = adjoints.pop(node.unique_id, None)
        if d_node is None or history is None:
            continue
        if history.last_fn is None:
            leaves.append((node, d_node))
        else:
            _add_to(adjoints, history.backprop_step(d_node))
    for leaf, d_leaf in leaves:
        leaf.accumulate_derivative(d_leaf)


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
        One derivative per variable, 0.0 where no path leads there. With `as_variables` it is a Variable unless it
        depends on none.
    """
    if not isinstance(output, Variable):
        return [0.0] * len(variables)
    return pulled_back(topological_sort(output), {output.unique_id: d_output}, variables, as_variables)


def pulled_back(
    order: Sequence[Variable], adjoints: dict[int, Any], variables: Sequence[Variable], as_variables: bool = False
) -> list[Any]:
    """Run the reverse pass of `adjoints_of` from any number of outputs.

    Args:
        order: Variables in topological order, from the outputs on.
        adjoints: the derivative by each output, by its `unique_id`; it is used up.
        variables: those whose derivatives are returned.
        as_variables: whether to record the pass itself.
    """
    wanted = {variable.unique_id for variable in variables}
    found: dict[int, Any] = {}
    for node in order:
        history = node.history
        d_node = adjoints.pop(node.unique_id, None)
        if d_node is None or history is None:
            continue
        if node.unique_id in wanted:
            found[node.unique_id] = d_node
        if history.last_fn is None:
            continue
        if as_variables:
            _add_to(adjoints, history.last_fn.recorded_chain_rule(history.inputs or (), node, d_node))
        else:
            _add_to(adjoints, history.backprop_step(d_node))
    return [found.get(variable.unique_id, 0.0) for variable in variables]


def _add_to(adjoints: dict[int, Any], shares: list[tuple[Variable, Any]]) -> None:
    for variable, share in shares:
        key = variable.unique_id
        adjoints[key] = adjoints[key] + share if key in adjoints else share
