"""Derivative rules of one's own in forward mode, as in JAX: `custom_jvp`.

    @custom_jvp
    def f(x, y):
        return math.sin(x) * y

    @f.defjvp
    def rule(primals, tangents):
        x, y = primals
        dx, dy = tangents
        return f(x, y), math.cos(x) * dx * y + math.sin(x) * dy

A rule is linear in the tangents, so reverse mode follows from it: its tangents are Variables, and the pass goes back to
them (R. Frostig et al., Decomposing reverse-mode automatic differentiation, 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import recording
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.topological_order import is_variable, topological_sort
from minitorch.autodiff.variable import Variable, backward_pass, is_constant
from minitorch.derivatives.custom import Call, OwnRule, custom_vjp, refilled, zeros_of
from minitorch.derivatives.entries import array_entries, as_input, settled
from minitorch.derivatives.signatures import title
from minitorch.recorder import next_unique_id
from minitorch.scalars.detach import detach
from minitorch.scalars.pytrees import Layout, flatten, is_array, shown
from minitorch.tracing.tracer import trace

__all__ = ["custom_jvp"]

F = TypeVar("F", bound=Callable[..., Any])


class custom_jvp(custom_vjp):
    """A function with a derivative rule of its own in forward mode; a decorator.

    The function runs on plain values, whatever it does. For derivatives the rule runs, in plain Python; for higher ones
    it runs on Variables, and should call the decorated function rather than do its work again.

    Args:
        function: any function of numbers and arrays, or structures of them, to such.
        nondiff_argnums: the positions of arguments without a derivative.

    >>> import math, minitorch
    >>> @custom_jvp
    ... def log1pexp(x):
    ...     return math.log(1.0 + math.exp(x))
    >>> rule = log1pexp.defjvp(lambda primals, tangents: (
    ...     log1pexp(*primals), tangents[0] * (1.0 - 1.0 / (1.0 + math.exp(primals[0])))))
    >>> minitorch.jvp(log1pexp, (0.0,), (1.0,))[1], minitorch.grad(minitorch.grad(log1pexp))(0.0)
    (0.5, 0.25)
    """

    def __init__(self, function: Callable[..., Any], nondiff_argnums: Sequence[int] = ()) -> None:
        super().__init__(function, nondiff_argnums)
        details = {"owner": self, "__doc__": self.primitive.__doc__}
        self.primitive = type(self.primitive.__name__, (OwnForwardRule,), details)
        self.rule: Callable[..., Any] = self._missing

    def defjvp(self, jvp: F) -> F:
        """Set the rule; a decorator.

        Args:
            jvp: takes the arguments at `nondiff_argnums`, a tuple of the other ones and a tuple of their tangents, in
                their structures; returns the result and how it moves, as a pair.
        """
        self.rule = jvp
        self.forward = self._with_primals
        return jvp

    def defjvps(self, *jvps: Callable[..., Any] | None) -> None:
        """Set the rule argument by argument.

        Args:
            *jvps: for each differentiable argument a function of its tangent, the result and all those arguments, that
                gives its part of how the result moves; None for an argument that the result does not move with.
        """
        function = self

        def jvp(*given: Any) -> Any:
            *skipped, primals, tangents = given
            arguments = list(primals)
            for position in sorted(function.nondiff_argnums):
                arguments.insert(position, skipped.pop(0))
            output = function(*arguments)
            parts = [rule(t, output, *primals) for rule, t in zip(jvps, tangents, strict=True) if rule is not None]
            return output, sum(parts[1:], parts[0]) if parts else detach(output) * 0.0

        self.defjvp(jvp)

    def _missing(self, *_: Any) -> Any:
        raise BackwardError(f"{title(self.function)} has no derivative rule: set one with defjvp(rule)")

    def _with_primals(self, *arguments: Any) -> tuple[Any, Any]:
        """Return the result; the rule needs nothing else than the arguments."""
        return self.function(*arguments), None

    def moved(self, call: Call, primals: Sequence[Any], tangents: Sequence[Any], rule: Callable[..., Any]) -> list[Any]:
        """Return how each number of the result moves.

        Args:
            call: the call.
            primals: its numbers.
            tangents: how they move.
            rule: the rule, as it is called.
        """
        skipped = [value for place, value in enumerate(call.arguments) if place not in call.layouts]
        arguments = refilled(call.arguments, call.layouts, primals)
        moving = refilled(call.arguments, call.layouts, tangents)
        own = tuple(arguments[place] for place in call.layouts), tuple(moving[place] for place in call.layouts)
        returned = rule(*skipped, *own)
        what = f"{title(self.rule)}, the rule of {title(self.function)},"
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise BackwardError(f"{what} must return a pair, the result and how it moves, not {shown(returned)}")
        try:
            return call.output.numbers_of(returned[1], "how the result moves")
        except TypeError as error:
            raise BackwardError(f"{what} returned what does not fit the result: {error}") from error

    def transposed(self, call: Call, primals: Sequence[Any], place: int, cotangent: Any, recorded: bool) -> list[Any]:
        """Return the derivative by each number of the arguments, from the rule transposed."""
        since, history = next_unique_id(), History()
        tangents = [as_input(one_like(x), history, None) for x in primals]
        try:
            with recording():
                moved = self.moved(call, primals, tangents, trace(self.rule))[place]
        finally:
            # The pass needs no leaf that is alive.
            del history._hold
        if not is_variable(moved) or is_constant(moved.present()):
            return [0.0] * len(tangents)
        node = moved.present()
        order = topological_sort(node, since=since)
        return backward_pass(order, {node.unique_id: cotangent}, tangents, as_variables=recorded)


def one_like(x: Any) -> Any:
    """Return a plain tangent in the shape of a number or an array."""
    plain = detach(x)
    return array_entries().zeros(plain.shape) + 1.0 if is_array(plain) and plain.ndim else 1.0


class OwnForwardRule(OwnRule):
    """The Function that makes one number of the result of a call, with a rule in forward mode."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input that is not a constant, with the derivative by it."""
        call, place = ctx.saved_values
        return cls._shares(call, place, list(map(detach, inputs)), inputs, d_output, False)

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Variables."""
        assert output.history is not None and output.history.ctx is not None
        call, place = output.history.ctx.saved_values
        return cls._shares(call, place, inputs, inputs, d_output, True)

    @classmethod
    def _shares(
        cls, call: Call, place: int, primals: Sequence[Any], inputs: Sequence[Any], d_output: Any, recorded: bool
    ) -> list[tuple[Variable, Any]]:
        owner: Any = cls.owner
        found = owner.transposed(call, primals, place, settled(d_output), recorded)
        return [(x, d) for x, d in zip(inputs, found, strict=True) if not is_constant(x)]

    @classmethod
    def tangent(cls, node: Any, given: Sequence[Any], recorded: bool) -> Any:
        """Return how the number moves: what the rule says."""
        owner: Any = cls.owner
        call, place = node.history.ctx.saved_values
        inputs = node.history.inputs
        zeros = zeros_of(all_of(call))
        tangents = [zero if t is None else t for zero, t in zip(zeros, given, strict=True)]
        primals = inputs if recorded else list(map(detach, inputs))
        with recording():
            return settled(owner.moved(call, primals, tangents, trace(owner.rule))[place])


def all_of(call: Call) -> Layout:
    """Return the layout of all numbers of a call's arguments."""
    return flatten([call.arguments[place] for place in call.layouts], whole=True)[1]
