"""Derivative rules of one's own for plain functions, as in JAX: `custom_vjp`.

For what tracing can't see through, such as an iteration whose result depends on its inputs only by an equation:

    @custom_vjp
    def root(a):                                    # x with x**3 + x == a, found by bisection
        ...

    root.defvjp(
        lambda a: (root(a),) * 2,                   # the result, and what the derivative needs
        lambda x, d_x: (d_x / (3.0 * x * x + 1.0),)   # by the implicit function theorem
    )
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from minitorch.autodiff.errors import BackwardError, HistoryLostError
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.run_notes import note_refusal
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.derivatives.entries import array_entries, settled
from minitorch.derivatives.self_recording import records_itself
from minitorch.derivatives.signatures import title
from minitorch.scalars.detach import detach
from minitorch.scalars.pytrees import Layout, flatten, is_array, rebuild, shown, unfold
from minitorch.scalars.scalar import Scalar, ScalarFunction
from minitorch.tracing.tracer import trace
from minitorch.transformer import signature_of

__all__ = ["custom_vjp"]


@dataclass(frozen=True)
class Call:
    """What one call leaves for its derivative.

    Args:
        arguments: those it was made with.
        layouts: where numbers stand in the differentiable ones, by position.
        residuals: what `forward` kept.
        output: where numbers stand in the result.
    """

    arguments: tuple[Any, ...]
    layouts: Mapping[int, Layout]
    residuals: Any
    output: Layout


class custom_vjp:
    """A function with a derivative rule of its own; a decorator.

    The function runs on plain values, whatever it does. With Variables among its arguments `forward` runs in its place,
    on plain values too, and `backward` gives the derivatives. For higher derivatives both run on Variables: they should
    be plain Python, and `forward` should call the decorated function rather than do its work again.

    Args:
        function: any function of numbers, or structures of them, to such.
        nondiff_argnums: the positions of arguments without a derivative.

    >>> import math, minitorch
    >>> @custom_vjp
    ... def log1pexp(x):
    ...     return math.log(1.0 + math.exp(x))
    >>> log1pexp.defvjp(lambda x: (log1pexp(x), x), lambda x, d: (d * (1.0 - 1.0 / (1.0 + math.exp(x))),))
    >>> minitorch.grad(log1pexp)(0.0), minitorch.grad(minitorch.grad(log1pexp))(0.0)
    (0.5, 0.25)
    """

    def __init__(self, function: Callable[..., Any], nondiff_argnums: Sequence[int] = ()) -> None:
        functools.update_wrapper(self, function)
        records_itself(self)
        self.function = function
        self.nondiff_argnums = tuple(nondiff_argnums)
        self.forward: Callable[..., Any] = self._missing
        self.backward: Callable[..., Any] = self._missing
        details = {"owner": self, "__doc__": f"The Function of calls of {title(function)}."}
        self.primitive: type[OwnRule] = type(getattr(function, "__name__", "OwnRule"), (OwnRule,), details)

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Set the rule.

        Args:
            forward: takes the arguments; returns the result, and whatever `backward` needs.
            backward: takes the arguments at `nondiff_argnums`, what `forward` kept, and the derivative by the result in
                its structure; returns a tuple of derivatives, one per differentiable argument in its structure, with
                None for zero.
        """
        self.forward = forward
        self.backward = backward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function; with Variables, each number that it returns comes from one operation."""
        arguments = self._by_position(args, kwargs)
        skipped = {place % len(arguments) for place in self.nondiff_argnums}
        flat = {place: flatten(value, whole=True) for place, value in enumerate(arguments) if place not in skipped}
        inputs = tuple(number for numbers, _ in flat.values() for number in numbers)
        if not is_recording() or all(map(is_constant, inputs)):
            return self._checked(self.function(*arguments))
        layouts = {place: layout for place, (_, layout) in flat.items()}
        output, residuals = self.run_forward(self.forward, refilled(arguments, layouts, list(map(detach, inputs))))
        outputs, output_layout = flatten(self._checked(output), whole=True)
        call = Call(arguments, layouts, residuals, output_layout)
        results = [self._recorded(y, place, call, inputs) for place, y in enumerate(outputs)]
        return with_whole_numbers(output_layout.fill(results), output)

    def _by_position(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if not kwargs:
            return args
        bound = signature_of(self.function).bind(*args, **kwargs)
        bound.apply_defaults()
        if bound.kwargs:
            names = ", ".join(bound.kwargs)
            raise TypeError(f"{title(self.function)} has a derivative rule, so it can't take {names} by name only")
        return bound.args

    def _missing(self, *_: Any) -> Any:
        raise BackwardError(f"{title(self.function)} has no derivative rule: set one with defvjp(forward, backward)")

    def _checked(self, output: Any) -> Any:
        """Refuse a result with a history: what it depends on came in past the arguments."""
        if not all(map(is_constant, flatten(output)[0])) and is_recording():
            message = (
                f"{title(self.function)} has a derivative rule, but its result depends on a Variable that is not among "
                "its differentiable arguments, so that derivative would be lost: pass it as an argument, or its plain "
                "value, minitorch.detach(x)"
            )
            note_refusal(message, [number for number in flatten(output)[0] if not is_constant(number)])
            raise HistoryLostError(message)
        return output

    def _recorded(self, value: Any, place: int, call: Call, inputs: tuple[Any, ...]) -> Any:
        if type(value) in (bool, int):
            return value
        ctx = Context()
        ctx.save_for_backward(call, place)
        plain, history = detach(value), History(self.primitive, ctx, inputs)
        return array_entries().Tensor(plain, history) if is_array(plain) and plain.ndim else Scalar(plain, history)

    def run_forward(self, forward: Callable[..., Any], arguments: Sequence[Any]) -> tuple[Any, Any]:
        """Run `forward` and check what it returns."""
        returned = forward(*arguments)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise BackwardError(
                f"{title(self.forward)}, the forward of {title(self.function)}, must return a pair, the result and "
                f"what backward needs, not {shown(returned)}"
            )
        return returned

    def run_backward(
        self, backward: Callable[..., Any], call: Call, residuals: Any, place: int, d_output: Any
    ) -> list[Any]:
        """Run `backward` for one number of the result, and return a derivative per input."""
        skipped = [value for index, value in enumerate(call.arguments) if index not in call.layouts]
        cotangents: list[Any] = zeros_of(call.output)
        cotangents[place] = settled(d_output)
        returned = backward(*skipped, residuals, call.output.fill(cotangents))
        what = f"{title(self.backward)}, the backward of {title(self.function)},"
        if not isinstance(returned, tuple) or len(returned) != len(call.layouts):
            raise BackwardError(
                f"{what} must return a tuple of derivatives, one per differentiable argument: "
                f"{len(call.layouts)}, not {shown(returned)}"
            )
        try:
            pairs = zip(call.layouts.values(), returned, strict=True)
            return [number for layout, derivative in pairs for number in layout.numbers_of(derivative, "a derivative")]
        except TypeError as error:
            raise BackwardError(f"{what} returned what does not fit its arguments: {error}") from error


class OwnRule(ScalarFunction):
    """The Function that makes one number of the result of a call.

    Attributes:
        owner: the function with the rule.
    """

    owner: ClassVar[custom_vjp]

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input that is not a constant, with the derivative by it."""
        call, place = ctx.saved_values
        derivatives = cls.owner.run_backward(cls.owner.backward, call, call.residuals, place, d_output)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Variables: `forward` and `backward` run once more, on them."""
        assert output.history is not None and output.history.ctx is not None
        call, place = output.history.ctx.saved_values
        arguments = refilled(call.arguments, call.layouts, inputs)
        _, residuals = cls.owner.run_forward(trace(cls.owner.forward), arguments)
        derivatives = cls.owner.run_backward(trace(cls.owner.backward), call, residuals, place, d_output)
        return [(x, d) for x, d in zip(inputs, derivatives, strict=True) if not is_constant(x)]


def zeros_of(layout: Layout) -> list[Any]:
    """Return zeros for all numbers and arrays of a structure."""
    return [
        array_entries().zeros(leaf.shape) if leaf.whole else 0.0 for leaf in layout.leaves for _ in range(leaf.size)
    ]


def with_whole_numbers(made: Any, output: Any) -> Any:
    """Return a result in which arrays of whole numbers and truths are as they were, since they have no derivative."""
    if type(output) is float:
        return made
    leaves, spec = unfold(output)
    if not any(is_array(leaf) and leaf.dtype.kind in "iub" for leaf in leaves):
        return made
    own = unfold(made)[0]
    kept = [old if is_array(old) and old.dtype.kind in "iub" else new for old, new in zip(leaves, own, strict=True)]
    return rebuild(spec, kept)


def refilled(arguments: Sequence[Any], layouts: Mapping[int, Layout], numbers: Sequence[Any]) -> list[Any]:
    """Return arguments with other numbers in the places of their numbers."""
    filled = list(arguments)
    start = 0
    for place, layout in layouts.items():
        filled[place] = layout.fill(numbers[start : start + layout.size])
        start += layout.size
    return filled
