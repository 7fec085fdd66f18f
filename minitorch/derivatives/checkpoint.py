"""Checkpoints: parts of a run that record nothing, and are computed again on the way back. Memory is had for time.

    @checkpoint
    def layer(x, w):                a thousand layers keep a thousand inputs, and not what each layer computes
        return np.tanh(x @ w)

A call is one operation, whatever it does inside. What it returns beside one number or array comes from that operation
as its parts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.grad_mode import is_recording, recording
from minitorch.autodiff.history import Context, History, InputHistory
from minitorch.autodiff.outer import outer_variables
from minitorch.autodiff.run_notes import noting
from minitorch.autodiff.straight import is_straight, straight_through
from minitorch.autodiff.topological_order import is_variable, parents_of, topological_sort
from minitorch.autodiff.variable import Variable, backward_pass, is_constant
from minitorch.derivatives.entries import array_entries, as_input, settled
from minitorch.derivatives.self_recording import is_derivative, records_itself
from minitorch.derivatives.signatures import title
from minitorch.recorder import next_unique_id
from minitorch.scalars.float_protocol import Tracked
from minitorch.scalars.pytrees import is_array, is_object_array, rebuild, unfold
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.tracer import dispatcher, trace

__all__ = ["checkpoint"]

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(f: Callable[P, R]) -> Callable[P, R]:
    """Return a function that does what `f` does, keeps its arguments alone, and is computed again for its derivative.

    Args:
        f: a plain Python function of numbers, arrays and structures of them. It must give the same result when it is
            called again, and must not write into its arguments.

    Returns:
        The function; a decorator, too. Checkpoints nest, and have derivatives of any order.

    Raises:
        BackwardError: on the way back, where `f` comes to another value than before.

    >>> import math, minitorch
    >>> minitorch.grad(lambda x: checkpoint(math.sin)(x) * 2.0)(0.0)
    2.0
    """
    function = f if is_derivative(f) else trace(f)

    @records_itself
    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, function, args, kwargs)
        if not call.active or not is_recording():
            return function(*args, **kwargs)
        return call.first()

    return checkpointed


class Call:
    """A call of a function that can be repeated.

    Args:
        f: the function, as the user has it.
        function: what is called.
        args: its positional arguments.
        kwargs: its keyword arguments.

    Attributes:
        active: the Variables among the leaves of the arguments, as they are now.
        values: the results, in order; None for those that have no derivative.
    """

    def __init__(
        self, f: Callable[..., Any], function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.f = f
        self.function = function
        self.trees = [unfold(value) for value in (*args, *kwargs.values())]
        self.positional = len(args)
        self.names = tuple(kwargs)
        self.is_straight = is_straight()
        self.places: list[tuple[int, int]] = []
        self.active: list[Any] = []
        self.values: list[Any] = []
        for tree, (leaves, _) in enumerate(self.trees):
            for place, leaf in enumerate(leaves):
                if is_variable(leaf) and not is_constant(leaf.present()):
                    self.places.append((tree, place))
                    self.active.append(leaf.present())
                elif (issubclass(type(leaf), Tracked) and not is_variable(leaf)) or is_object_array(leaf):
                    raise TypeError(
                        f"a checkpoint of {title(f)} takes numbers and arrays of them; what it is given here is a "
                        f"{type(leaf).__name__} of numbers with histories: pass its parts, or an array"
                    )

    def run(self, inputs: Iterable[Any]) -> Any:
        """Call the function with other inputs in the places of the Variables."""
        leaves = [list(leaves) for leaves, _ in self.trees]
        for (tree, place), value in zip(self.places, inputs, strict=True):
            leaves[tree][place] = value
        values = [rebuild(spec, own) for own, (_, spec) in zip(leaves, self.trees, strict=True)]
        with recording(), straight_through(self.is_straight), dispatcher.following_hooked_code():
            return self.function(
                *values[: self.positional], **dict(zip(self.names, values[self.positional :], strict=True))
            )

    def first(self) -> Any:
        """Return what the function returns, each number and array of it made by one operation of the arguments."""
        since = next_unique_id()
        returned = self.run(map(unwritable, self.active))
        leaves, spec = unfold(returned)
        nodes = [leaf.present() for leaf in leaves if is_variable(leaf)]
        self.values = [plain_result(leaf) for leaf in leaves]
        # What a closure holds counts as an argument.
        inputs = (*self.active, *outer_variables(nodes, since))
        context = Context()
        context.save_for_backward(self)
        made = [place for place, value in enumerate(self.values) if value is not None]
        results = list(leaves)
        if len(made) == 1:
            results[made[0]] = wrapped(self.values[made[0]], History(Checkpoint, context, inputs))
        elif made:
            whole = Results(self.values, History(Checkpoint, context, inputs))
            for place in made:
                part = Context()
                part.save_for_backward(place)
                results[place] = wrapped(self.values[place], History(CheckpointPart, part, (whole,)))
        return rebuild(spec, results)

    def again(self, inputs: Sequence[Any], recorded: bool) -> Again:
        """Compute the call again on Variables of its own.

        Raises:
            BackwardError: it comes to another value.
        """
        since = next_unique_id()
        history = InputHistory()
        own = inputs[: len(self.places)]
        fresh = [as_input(frozen(x) if recorded else unwritable(x), history, None) for x in own]
        run: Again | None = None
        try:
            with noting():
                outputs = unfold(self.run(fresh))[0]
            nodes = [leaf.present() if is_variable(leaf) else leaf for leaf in outputs]
            run = Again(fresh, list(inputs[len(self.places) :]), nodes, since)
        finally:
            history.end(run, next_unique_id())
        for value, node in zip(self.values, nodes, strict=True):
            if value is not None and not same(value, plain_result(node)):
                raise BackwardError(
                    f"{title(self.f)}, a checkpoint, came to another value when it was computed again: it draws random "
                    "numbers, or what it reads has changed since. Give it what varies as arguments"
                )
        return run


class Again:
    """A call that is computed again.

    Args:
        fresh: its inputs.
        others: Variables from outside that it reads.
        outputs: its results.
        since: the `unique_id` from which on Variables belong to it.
    """

    def __init__(self, fresh: list[Any], others: list[Any], outputs: list[Any], since: int) -> None:
        self.fresh = fresh
        self.others = others
        self.outputs = outputs
        self.order = topological_sort(*(y for y in outputs if is_variable(y)), since=since)

    def vjp(self, cotangents: Mapping[int, Any], recorded: bool) -> list[Any]:
        """Return the derivatives by the inputs and by what is read from outside."""
        adjoints: dict[int, Any] = {}
        for place, cotangent in cotangents.items():
            y = self.outputs[place]
            if is_variable(y) and not is_constant(y):
                known = adjoints.get(y.unique_id)
                adjoints[y.unique_id] = cotangent if known is None else known + cotangent
        outer = sorted(self.others, key=lambda x: x.unique_id, reverse=True)
        return backward_pass([*self.order, *outer], adjoints, [*self.fresh, *self.others], as_variables=recorded)

    def jvp(self, tangents: Sequence[Any], recorded: bool) -> dict[int, Any]:
        """Return how the results move, by their places; those that do not are missing."""
        inputs = [*self.fresh, *self.others]
        known = {x.unique_id: t for x, t in zip(inputs, tangents, strict=True) if t is not None}
        moved = array_entries().forward_pass(self.order, known, recorded)
        places = {place: y.unique_id for place, y in enumerate(self.outputs) if is_variable(y)}
        return {place: moved[key] for place, key in places.items() if key in moved}


class Cotangents(dict[int, Any]):
    """Derivatives by several results of a call, by their places."""

    def __add__(self, other: Any) -> Cotangents:
        """Return the sum; what is missing is zero."""
        total = Cotangents(self)
        for place, cotangent in other.items():
            total[place] = total[place] + cotangent if place in total else cotangent
        return total

    def __rmul__(self, pace: float) -> float:
        """Return how fast a result moves where all are taken to move as fast as the call does."""
        return pace


class Results(Variable):
    """All results of a call together; not a value of the user's.

    Args:
        values: the results.
        history: the call.
    """

    __slots__ = ("values",)

    holds_array = True

    def __init__(self, values: list[Any], history: History) -> None:
        super().__init__(history)
        self.values = values

    def get_data(self) -> Any:
        """Return the results as a tuple."""
        return tuple(self.values)


class Checkpoint(FunctionBase):
    """The Function of a call that is computed again."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return each input with the derivative by it."""
        return cls._shares(ctx, inputs, d_output, False)

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Variables."""
        assert output.history is not None and output.history.ctx is not None
        return cls._shares(output.history.ctx, inputs, d_output, True)

    @classmethod
    def _shares(cls, ctx: Context, inputs: Sequence[Any], d_output: Any, recorded: bool) -> list[tuple[Variable, Any]]:
        call = ctx.saved_values
        run = call.again(inputs, recorded)
        made = [place for place, value in enumerate(call.values) if value is not None]
        cotangents = d_output if type(d_output) is Cotangents else dict.fromkeys(made, settled(d_output))
        found = run.vjp(cotangents, recorded)
        return [(x, d) for x, d in zip(inputs, found, strict=True) if not (type(d) is float and d == 0.0)]

    @staticmethod
    def tangent(node: Any, given: Sequence[Any], recorded: bool) -> Any:
        """Return how the result moves, given how the inputs do; of several results a dict by their places."""
        call = node.history.ctx.saved_values
        moved = call.again(parents_of(node), recorded).jvp(given, recorded)
        return moved if type(node) is Results else next(iter(moved.values()), None)


class CheckpointPart(FunctionBase):
    """The Function that takes one result of a call."""

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return the call with the derivative by this result."""
        return [(inputs[0], Cotangents({ctx.saved_values: settled(d_output)}))]

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same."""
        assert output.history is not None and output.history.ctx is not None
        return cls.chain_rule(output.history.ctx, inputs, d_output)

    @staticmethod
    def tangent(node: Any, given: Sequence[Any], recorded: bool) -> Any:
        """Return how this result moves."""
        return given[0].get(node.history.ctx.saved_values)


# -- values ------------------------------------------------------------------------------------------------------------


def unwritable(x: Any) -> Any:
    """Return the plain value of a Variable, an array as one that nobody can write to."""
    if not x.holds_array:
        return x.data
    return array_entries().unwritable(x)


def frozen(x: Any) -> Any:
    """Return a Variable as it was when it was recorded."""
    return array_entries().frozen(x) if x.holds_array else x


def plain_result(leaf: Any) -> Any:
    """Return the plain value of a result that can have a derivative; None for any other."""
    if is_variable(leaf):
        leaf = leaf.present()
        return array_entries().unwritable(leaf) if leaf.holds_array else leaf.data
    if type(leaf) is float:
        return leaf
    if type(leaf) is complex or (is_array(leaf) and leaf.dtype.kind in "fc"):
        return array_entries().plain_array(leaf)
    return None


def wrapped(value: Any, history: History) -> Any:
    """Return a Variable with a value and a history."""
    return Scalar(value, history) if type(value) is float else array_entries().Tensor(value, history)


def same(one: Any, other: Any) -> bool:
    """Return whether values are equal to the last bit, where nan is nan."""
    if type(one) is float or type(other) is float:
        return bool(one == other) or (one != one and other != other)
    return bool(array_entries().same_arrays(one, other))
