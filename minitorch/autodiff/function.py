"""An operation on Variables, with the names of module 1 of the minitorch course: `forward`, `backward`, `apply`.

Mul.apply(x, y)     a Variable that was made by `Mul` from x and y; plain values give a plain result
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.errors import BackwardError, place_of_function
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.rules.lifting import rewritten

__all__ = ["FunctionBase"]


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
                active = active or value.creator is not None
                value = value.get_data()
            raw.append(value)
        active = active and is_recording()
        ctx = Context(not active)
        output = cls.forward(ctx, *raw)
        return cls.variable(output, History(cls, ctx, values) if active else None)

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input that is not a constant, with the derivative by it.

        Raises:
            BackwardError: if the class has no `backward`, or one that does not fit its inputs.
        """
        derivatives = cls._backward_checked(ctx, inputs, d_output)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Variables, so that what it gives can be differentiated again.

        `forward` and `backward` run once more, on the Variables themselves, as the rewriter makes them.
        """
        ctx = Context()
        rewritten(cls.forward)(ctx, *inputs)
        derivatives = cls._backward_checked(ctx, inputs, d_output, rewritten)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]

    @classmethod
    def has_backward(cls) -> bool:
        """Return whether the class says what its derivatives are."""
        return cls.backward is not FunctionBase.backward

    @classmethod
    def _backward_checked(
        cls,
        ctx: Context,
        inputs: Sequence[Any],
        d_output: Any,
        through: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda function: function,
    ) -> tuple[Any, ...]:
        where = f"{cls.__name__} ({place_of_function(cls.forward)})"
        if not cls.has_backward():
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
            wrong = None if is_constant(x) else cls.misfit(x, derivative)
            if wrong is not None:
                given, wanted = wrong
                raise BackwardError(
                    f"{where}: its backward returned {given} as the derivative by input {position}, {wanted}"
                )
        return derivatives

    @classmethod
    def misfit(cls, x: Any, derivative: Any) -> tuple[str, str] | None:
        """Return what was given as the derivative by an input, and why that is wrong; `None` if it may be right."""
        return None if isinstance(derivative, (Variable, numbers.Real)) else (repr(derivative), "not a number")
