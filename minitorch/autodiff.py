"""The history of a computation, and derivatives from it: module 1 of the minitorch course, for any kind of Variable.

A Variable whose `history` is None is a constant; one whose `history.last_fn` is None is a leaf; any other one was made
by the Function `last_fn` from `inputs`. There is no global tape.

A Function of the table of rules knows its partial derivatives when it runs: the Variable that it makes keeps operands
and partials itself, and a `History` is made of them when somebody asks.

    z = x * y      z.left, z.d_left = x, 3.0      z.right, z.d_right = y, 2.0      where x is 2.0 and y is 3.0

While a leaf lives, `LIVE` is up: that is what rewritten code looks at to choose its traced body.
"""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, Final

from minitorch.errors import BackwardError, place_of_function
from minitorch.grad_mode import is_recording
from minitorch.places import Place, origin_of_caller
from minitorch.rewriting import rewritten
from transformer.switch import Switch

__all__ = [
    "LIVE", "Context", "FunctionBase", "History", "Variable", "function_name", "function_of", "is_constant",
    "operands_of",
]  # fmt: skip

LIVE: Final = Switch((__name__, "LIVE"))
"""Held by every leaf that is alive."""

unique_ids = itertools.count(1)
next_unique_id: Callable[[], int] = unique_ids.__next__


class _Hold:
    """Holds `LIVE` for as long as the leaf's History is there."""

    __slots__ = ()

    def __init__(self, hold: Callable[[], None] = LIVE.hold) -> None:
        hold()

    def __del__(self, release: Callable[[], object] = LIVE.release) -> None:
        release()


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
        partials: the partial derivative by each of them, where the Function knew them; None by a constant.

    >>> History().is_leaf()
    True
    """

    __slots__ = ("_hold", "ctx", "inputs", "last_fn", "partials")

    def __init__(
        self,
        last_fn: type[FunctionBase] | None = None,
        ctx: Context | None = None,
        inputs: Sequence[Any] | None = None,
        partials: Sequence[Any] | None = None,
    ) -> None:
        self.last_fn = last_fn
        self.ctx = ctx
        self.inputs = inputs
        self.partials = partials
        if last_fn is None:
            self._hold = _Hold()

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
        if self.partials is not None:
            pairs = zip(self.inputs or (), self.partials, strict=True)
            return [(x, d_output * partial) for x, partial in pairs if partial is not None]
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
        left, right, d_left, d_right: the operands of a Function of the table of rules and the partial derivatives by
            them; `right` is None if there is one, and with more than two `left` and `d_left` are tuples of all. The
            partial derivative by a constant is None, and `left` is None for whatever was made otherwise.
        code, instruction: the code that had the Function applied, and how far it was; `place` says where that is.
    """

    __slots__ = (
        "_made_by", "code", "d_left", "d_right", "derivative", "instruction", "left", "name", "right", "unique_id",
    )  # fmt: skip

    _made_by: History | type[FunctionBase] | None
    code: CodeType | None

    def __init__(self, history: History | None, name: str | None = None) -> None:
        self._made_by = history
        self.name = name
        self.unique_id = next_unique_id()
        self.derivative: Any = None
        self.left: Any = None
        self.right: Any = None
        self.d_left: Any = None
        self.d_right: Any = None
        self.code, self.instruction = None, 0
        if history is not None and history.last_fn is not None:
            self.code, self.instruction = origin_of_caller()

    @property
    def history(self) -> History | None:
        """How it was made: None for a constant."""
        made_by = self._made_by
        if made_by is None or isinstance(made_by, History):
            return made_by
        context = Context()
        inputs = operands_of(self)
        context.save_for_backward(*map(value_of, inputs), value_of(self))
        partials = self.d_left if type(self.left) is tuple else (self.d_left, self.d_right)[: len(inputs)]
        self._made_by = History(made_by, context, inputs, partials)
        return self._made_by

    @history.setter
    def history(self, history: History | None) -> None:
        self._made_by = history
        self.left = self.right = self.d_left = self.d_right = None
        if history is not None and history.inputs:
            # Reverse passes go by age: it is younger than what it is made from now.
            self.unique_id = next_unique_id()

    @property
    def place(self) -> Place | None:
        """Where the user's source does the operation that made it; None for what no operation made."""
        return None if self.code is None else Place.of((self.code, self.instruction))

    @property
    def grad(self) -> Any:
        """Another name of `derivative`."""
        return self.derivative

    def get_data(self) -> Any:
        """Return the plain value, which a Function's `forward` works on."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its plain value is: define get_data")

    def is_leaf(self) -> bool:
        """Whether derivatives arrive here: not a constant, and made by no Function."""
        made_by = self._made_by
        return isinstance(made_by, History) and made_by.last_fn is None

    def requires_grad_(self, value: bool = True) -> None:
        """Make it a leaf if it is a constant, or (with False) a constant, whatever it was."""
        if not value:
            self.history = None
        elif self._made_by is None:
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
        from minitorch.reverse import backpropagate

        backpropagate(self, d_output)


def is_constant(value: object) -> bool:
    """Whether no derivative passes through a value: a plain one, or a Variable without history.

    >>> is_constant(2.0), is_constant(Variable(None)), is_constant(Variable(History()))
    (True, True, False)
    """
    return not isinstance(value, Variable) or value._made_by is None


def value_of(x: Any) -> Any:
    """The plain value of a Variable, anything else as it is."""
    return x.get_data() if isinstance(x, Variable) else x


def operands_of(variable: Variable) -> Sequence[Any]:
    """Return what a Variable was made from, Variables and plain values: nothing for leaves and constants."""
    left = variable.left
    if left is None:
        made_by = variable._made_by
        return (made_by.inputs or ()) if isinstance(made_by, History) else ()
    if type(left) is tuple:
        return left
    return (left,) if variable.right is None else (left, variable.right)


def function_of(variable: Variable) -> type[FunctionBase] | None:
    """Return the Function that made a Variable, without building its history: None for leaves and constants."""
    made_by = variable._made_by
    return made_by.last_fn if isinstance(made_by, History) else made_by


def function_name(variable: Variable) -> str:
    """Return the name of the Function that made a Variable: nothing for leaves and constants."""
    function = function_of(variable)
    return "" if function is None else function.__name__


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
                active = active or value._made_by is not None
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
