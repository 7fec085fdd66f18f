"""One run of a function as a path: its operations in order, the decisions between them, and what it returned.

    def f(x, y):                         inputs 0, 1
        z = x * y                        2 = Mul(0, 1)
        return z if z > 1.0 else x       3 = Constant(1.0)   4 = GT(2, 3)   truth of 4 is True   outputs 2

With `positions` to differentiate by, the reverse pass runs in the same recording, on Variables, by the same rules: its
operations and decisions follow those of the function, and value and derivatives are one straight line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from minitorch.autodiff.history import History
from minitorch.autodiff.place import Place
from minitorch.autodiff.variable import (
    Variable,
    backward_pass,
    function_name,
    function_of,
    is_constant,
    is_variable,
    parents_of,
    topological_sort,
    value_of,
)
from minitorch.compiler.capture.executed_code import Executed
from minitorch.compiler.capture.monitor import TraceMonitor, watched
from minitorch.compiler.capture.value_numbering import ValueNumbering
from minitorch.compiler.result import Result, Unrecordable, shape_of
from minitorch.derivatives.linearization import as_input
from minitorch.machine_code.program import Trace
from minitorch.scalars.primitives import FUNCTIONS
from minitorch.scalars.scalar import VARIABLE_TYPES, Scalar
from minitorch.tracing.tracer import dispatcher

__all__ = ["Recording", "Unrecordable", "record"]

SMALL: Final = 1 << 31
"""Sums of smaller whole numbers are exact, however they are taken."""

SUMS: Final = frozenset({"Sum", "Prod", "Fsum", "Sumprod"})


TIMES_AS_LONG: Final = 4
"""With derivatives a program has about so many times as many operations."""


class Recording(NamedTuple):
    """A run.

    Args:
        path: what it did.
        result: how its outputs make what the function returns.
        outputs: their values in this run.
        executed: the code that ran.
        told: what it did besides computing.
        is_long: whether it has more operations than are to be compiled: then it is as it was run, without derivatives.
    """

    path: Trace
    result: Result
    outputs: list[float]
    executed: dict[int, Executed]
    told: set[str]
    is_long: bool = False


def record(
    run: Callable[[Sequence[Any]], Any],
    values: Sequence[float],
    names: Sequence[str | None],
    differentiated: Sequence[int] | None = None,
    most: int = 1 << 60,
) -> Recording:
    """Run a function once and write down what it does.

    Args:
        run: takes the inputs, calls the traced function and returns its result.
        values: the inputs.
        names: what to call each of them.
        differentiated: by which inputs to differentiate; None for the value alone.
        most: how many operations are to be compiled, those of derivatives included.

    Raises:
        Unrecordable: machine code could not repeat the run.

    >>> record(lambda inputs: inputs[0] * inputs[0], [3.0], ["x"], [0]).outputs
    [9.0, 6.0]
    """
    since = Variable(None).unique_id
    history = History()
    inputs = [as_input(float(value), name, history) for value, name in zip(values, names, strict=True)]
    with watched() as watch:
        with dispatcher.following_hooked_code():
            returned = run(inputs)
        result, outputs = shape_of(returned)
        if differentiated is not None:
            if not result.is_number:
                raise Unrecordable("its result is not one real number")
            is_long = len(watch.made) * TIMES_AS_LONG > most
            if not is_long:
                outputs += gradient(returned, [inputs[index] for index in differentiated], since, watch)
        else:
            is_long = len(watch.made) > most
    values = [float(value_of(output)) for output in outputs]
    if watch.obstacle is not None:
        raise Unrecordable(watch.obstacle, None if watch.foreign or is_long else (result, values), watch.final)
    try:
        path = TraceWriter(inputs, merges=not is_long).path(watch, outputs)
    except Unrecordable as obstacle:
        raise Unrecordable(str(obstacle), None if is_long else (result, values)) from None
    return Recording(path, result, values, watch.executed, watch.told, is_long)


def gradient(output: Any, wanted: list[Scalar], since: int, watch: TraceMonitor) -> list[Any]:
    """Return the derivatives of a result by some inputs, as Variables: the backward pass over what depends on them."""
    if not is_variable(output) or is_constant(output):
        return [0.0] * len(wanted)
    dependent = {x.unique_id for x in wanted}
    order = topological_sort(output, since=since)
    for node in reversed(order):
        if any(is_variable(x) and x.unique_id in dependent for x in parents_of(node)):
            dependent.add(node.unique_id)
    order = [node for node in order if node.unique_id in dependent]
    return backward_pass(watch.differentiating(order), {output.unique_id: 1.0}, wanted, as_variables=True)


class TraceWriter:
    """Gives each value of a run its number, and writes the path.

    Args:
        inputs: the first values.
        merges: whether equal operations become one.
    """

    def __init__(self, inputs: Sequence[Scalar], merges: bool) -> None:
        self.stream = ValueNumbering(len(inputs), merges)
        self.numbers = {id(x): number for number, x in enumerate(inputs)}
        self.of_constants: set[int] = set()

    def path(self, watch: TraceMonitor, outputs: Sequence[Any]) -> Trace:
        """Write operations and decisions as they came."""
        decided = 0
        for index, (before, variable) in enumerate(watch.made):
            self.decide(watch, decided, before)
            decided = before
            self.operation(variable, watch.place_of_derivative(index) or variable.place)
        self.decide(watch, decided, len(watch.decisions))
        numbers = tuple(self.number_of(output, "Return") for output in outputs)
        return Trace(self.stream.inputs, tuple(self.stream.steps), numbers)

    def decide(self, watch: TraceMonitor, first: int, last: int) -> None:
        """Write some of the decisions; those about constants come out the same every time."""
        for index in range(first, last):
            decision = watch.decisions[index]
            if not self.is_constant(decision.variable):
                value = self.numbers[id(decision.variable)]
                place = watch.place_of_question(index) or decision.place
                self.stream.guard(decision.kind, value, decision.outcome, place)

    def is_constant(self, variable: Variable) -> bool:
        """Whether a value depends on no input."""
        if id(variable) in self.numbers:
            return False
        if variable.creator is None or variable.is_leaf() or id(variable) in self.of_constants:
            return True
        raise Unrecordable("a number took part whose history was not seen")

    def operation(self, variable: Variable, place: Place | None) -> None:
        """Write what made a Variable, unless it was made of constants alone."""
        function, name = function_of(variable), function_name(variable)
        if type(variable) not in VARIABLE_TYPES or FUNCTIONS.get(name) is not function:
            raise Unrecordable(f"{name or 'a leaf'} is no row of the table of rules, or made a number of another kind")
        operands = parents_of(variable)
        if any(id(operand) in self.numbers for operand in operands):
            numbers = [self.number_of(operand, name) for operand in operands]
            self.numbers[id(variable)] = self.stream.operation(name, tuple(numbers), place)
        else:
            self.of_constants.add(id(variable))

    def number_of(self, value: Any, function: str) -> int:
        """Return the number of a value, new for a constant."""
        known = self.numbers.get(id(value))
        if known is not None:
            return known
        if is_variable(value):
            if type(value) not in VARIABLE_TYPES:
                raise Unrecordable("a number of another kind took part")
            self.is_constant(value)
            value = value_of(value)
        return self.stream.constant(exact(value, function))


def exact(value: Any, function: str) -> float:
    """Return a constant as a float or an int that machine code treats as Python treats it."""
    kind = type(value)
    if kind is float:
        return value  # type: ignore[no-any-return]
    if kind not in (int, bool, Fraction):
        raise Unrecordable(f"a constant of type {kind.__name__} took part")
    try:
        same = float(value) == value and not math.isinf(float(value))
    except OverflowError:
        same = False
    if not same or (function in SUMS and not -SMALL < value < SMALL):
        raise Unrecordable(f"the constant {value!r} is no float")
    return int(value) if kind is not Fraction else float(value)
