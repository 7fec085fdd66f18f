"""One run of a function as a trace: its operations in order, the decisions between them, and what it returned.

    def f(x, y):                         inputs 0, 1
        z = x * y                        2 = Mul(0, 1)
        return z if z > 1.0 else x       3 = Constant(1.0)   4 = GT(2, 3)   truth of 4 is True   outputs 2

With inputs to differentiate by, the reverse pass runs in the same recording, on Variables, by the same rules: its
operations and decisions follow those of the function, and value and derivatives are one straight line.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from minitorch.autodiff.history import History, InputHistory
from minitorch.autodiff.place import Place
from minitorch.autodiff.run_notes import noting
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.topological_order import is_variable, parents_of, topological_sort
from minitorch.autodiff.variable import Variable, backward_pass, function_name, function_of, is_constant, value_of
from minitorch.compiler.call import HoldsArrays
from minitorch.compiler.capture.leaving_nothing import Run
from minitorch.compiler.capture.monitor import TraceMonitor, monitored
from minitorch.compiler.capture.read_watch import watched
from minitorch.compiler.capture.stopwatch import RecordingStopped
from minitorch.compiler.capture.value_numbering import ValueNumbering
from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.result import Result, Unrecordable, shape_of
from minitorch.derivatives.entries import as_input
from minitorch.derivatives.rounded_away import rounded_away, warn_of_rounding
from minitorch.derivatives.special_points import RoundingMode, SpecialPoints, announced, orders_at, special_ties
from minitorch.derivatives.swallowed import caught_before, raise_in_place_of, raise_swallowed, swallowed
from minitorch.machine_code.program import MARGIN, Trace
from minitorch.recorder import next_unique_id
from minitorch.scalars.containers import load_optree
from minitorch.scalars.primitives import FUNCTIONS
from minitorch.scalars.pytrees import flatten
from minitorch.scalars.scalar import VARIABLE_TYPES, Scalar
from minitorch.scalars.whole import Whole
from minitorch.tracing.strangers import tell_strangers
from minitorch.tracing.tracer import dispatcher

__all__ = ["Recording", "SpecialPointMet", "TooLong", "Unrecordable", "record"]

MAX_EXACT_SUMMAND: Final = 1 << 31
"""Sums of smaller whole numbers are exact, however they are taken."""

ORDERS: Final = frozenset({"LT", "LE", "GT", "GE"})

SUMS: Final = frozenset({"Sum", "Prod", "Fsum", "Sumprod"})

DERIVATIVE_OPERATIONS_PER_OPERATION: Final = 4
"""With derivatives a trace has about so many times as many operations."""


class TooLong(Unrecordable):
    """A run did more operations than are compiled.

    Args:
        most: how many are.
        answer: what the run came to, as of `Unrecordable`.
    """

    def __init__(self, most: int, answer: tuple[Result, list[float]] | None = None) -> None:
        super().__init__(f"it does more than {most} operations, with those of derivatives", answer)


class Recording(NamedTuple):
    """A run of a function.

    Args:
        trace: what it did.
        result: how its outputs make what the function returns.
        outputs: their values in this run.
        side_effects: what it did besides computing.
        answer: what the call comes to, the form of the result and its outputs with derivatives.
    """

    trace: Trace
    result: Result
    outputs: list[float]
    side_effects: set[str]
    answer: tuple[Result, list[float]]


class SpecialPointMet(Exception):
    """A derivative is that of a special point: no trace of it is kept, and users are told every time.

    Args:
        answer: what the run came to, of which users have been told; `None` if Python has to do it again.
    """

    def __init__(self, answer: tuple[Result, list[float]] | None = None) -> None:
        self.answer = answer


def record(
    run: Callable[[Sequence[Any]], Any],
    values: Sequence[float],
    names: Sequence[str | None],
    differentiated: Sequence[int] | None = None,
    max_operations: int = 1 << 60,
    differentiates: bool = False,
    special_points: SpecialPoints = "ignore",
    rounding: RoundingMode = "ignore",
    known: Run | None = None,
) -> Recording:
    """Run a function once and return what it does.

    Args:
        run: takes the inputs, calls the traced function and returns its result.
        values: the inputs.
        names: what to call each of them.
        differentiated: by which inputs to differentiate; `None` for the value alone.
        max_operations: how many operations are to be compiled, those of derivatives included.
        differentiates: whether what is recorded is a derivative, by whatever way.
        special_points: whether to record traces of special points, as only "ignore" has it.
        rounding: whether to warn of derivatives that are zero because of rounding, or differentiate past that.
        known: learns what the run has made, also of a run that fails.

    Raises:
        Unrecordable: machine code could not repeat the run.
        TooLong: it does more than is to be compiled.
        HoldsArrays: arrays took part, which are not compiled.
        RecordingStopped: it took too long, or was seen to be too long before it came to its end.
        SpecialPointMet: numbers are equal by accident, of which users are to be told, or what they get is the limit:
            the trace is one for this point.

    >>> record(lambda inputs: inputs[0] * inputs[0], [3.0], ["x"], [0]).outputs
    [9.0, 6.0]
    """
    since = Variable(None).unique_id
    # Rewritten code runs its traced body as long as a leaf is alive, also when the inputs have become constants.
    history, _leaf = InputHistory(), History()
    inputs = [as_input(value, history, name, stays_whole=True) for value, name in zip(values, names, strict=True)]
    tell_strangers()
    load_optree()
    lost: list[tuple[Variable, Place]] = []
    known = Run() if known is None else known
    known.made += inputs
    most = max_operations if differentiated is None else max_operations // DERIVATIVE_OPERATIONS_PER_OPERATION
    stopwatch = known.stopwatch
    with monitored(stopwatch) as monitor, watched(known.reads, stopwatch):
        stopwatch.may_stop = functools.partial(can_be_done_again, monitor, known.reads)
        stopwatch.most = most
        # A plain call rounds as Python does, and returns ints where that does.
        is_straight = differentiates and rounding == "straight_through"
        with noting() as notes:
            notes.is_plain = differentiated is None and not differentiates
            if notes.is_plain:
                notes.end = functools.partial(end, history, monitor)
            try:
                with dispatcher.following_hooked_code(), straight_through(is_straight):
                    returned = run(inputs)
            except Exception as error:
                if differentiates:
                    raise_in_place_of(error, notes, inputs)
                raise
            finally:
                stopwatch.finish()
                refusal = swallowed(notes, inputs) if notes.refusals else None
                known.made += [variable for _, variable in monitor.outputs]
                known.differs = (notes.is_plain and monitor.differs) or refusal is not None
                known.acts = monitor.is_outside or bool(monitor.side_effects)
        if stopwatch.is_stopped:
            # It has caught what was to end it.
            raise RecordingStopped
        if refusal is not None:
            if differentiates:
                raise caught_before(refusal)
            raise Unrecordable(f"it goes on after an error that plain numbers do not raise: {refusal}")
        has_margins = differentiates and special_points != "ignore"
        ties = special_ties(notes, inputs, since) if has_margins and notes.ties else []
        is_special = bool(ties or (differentiates and notes.read))
        if is_special and special_points == "limit":
            raise SpecialPointMet
        known.ties = ties
        wanted = None if differentiated is None else [inputs[index] for index in differentiated]
        if monitor.has_arrays or (monitor.is_plain and notes.has_arrays):
            if wanted is None:
                raise HoldsArrays
            raise_swallowed(notes, inputs)
            announced(ties, special_points)
            if rounding != "ignore" and (notes.has_rounded or notes.whole):
                warn_of_rounding(rounded_away(notes, wanted, [returned], since), is_straight)
            raise HoldsArrays(gradient_through_arrays(returned, wanted, since))
        try:
            result, outputs = shape_of(returned)
        except Unrecordable as obstacle:
            values, layout = ([returned], None) if wanted is None else flatten(returned)
            if layout is None or any(map(is_variable, values)):
                raise
            # Of a plain number, of whatever type, the derivatives are zero.
            result, outputs = Result(layout, tuple((value,) for value in values)), []
            monitor.refuse(str(obstacle), None)
        is_long = len(monitor.outputs) > most
        if wanted is not None:
            if not result.is_number:
                raise Unrecordable("its result is not one real number")
            if not (is_long or is_special or monitor.obstacle):
                try:
                    outputs += gradient(returned, wanted, since, monitor)
                except Exception as error:
                    # The partial derivatives of those that are wanted may not exist.
                    monitor.refuse(f"its derivatives can't be differentiated ({error})", None)
            if rounding != "ignore" and (notes.has_rounded or notes.whole):
                lost = rounded_away(notes, wanted, [returned], since)
    values = [float(value_of(output)) for output in outputs]
    answer = result, values
    if is_special or is_long or monitor.obstacle:
        # What a derivative that is not recorded does is what was done: its answer is that of this run.
        if wanted is not None:
            raise_swallowed(notes, inputs)
            answer = (result, values[: result.outputs] + plain_gradient(returned, wanted, since))
        announced(ties, special_points)
    warn_of_rounding(lost, rounding == "straight_through")
    if is_special:
        raise SpecialPointMet(answer)
    if monitor.obstacle:
        raise Unrecordable(monitor.obstacle, None if known.differs else answer, monitor.final)
    if is_long:
        raise TooLong(max_operations, None if known.differs else answer)
    try:
        trace = TraceWriter(inputs, has_margins).trace(monitor, outputs)
    except Unrecordable as obstacle:
        obstacle.answer = answer
        raise
    return Recording(trace, result, values, monitor.side_effects, answer)


def can_be_done_again(monitor: TraceMonitor, reads: Reads) -> bool:
    """Return whether nobody notices that a run is ended in its midst, and the call done again."""
    acts = monitor.is_outside or bool(monitor.side_effects)
    return not acts and reads.obstacle is None and not reads.has_written()


def end(history: InputHistory, monitor: TraceMonitor) -> None:
    """Go on with a run as plain Python does: its Variables are constants from now on, and no trace can repeat it."""
    if not history.is_over():
        history.end(None, next_unique_id())
        monitor.is_plain = True
        monitor.refuse("a plain number was asked for", sys._getframe())


def gradient_through_arrays(returned: Any, wanted: list[Scalar], since: int) -> tuple[Result, list[float]] | None:
    """Return the result of a run and its derivatives by some of the inputs; `None` if it is not a number."""
    output = returned.present() if is_variable(returned) else returned
    value = value_of(output)
    try:
        result, outputs = shape_of(float(value) if isinstance(value, float) else value)
    except Unrecordable:
        return None
    return (result, [*outputs, *plain_gradient(output, wanted, since)]) if result.is_number else None


def plain_gradient(output: Any, wanted: list[Scalar], since: int) -> list[float]:
    """Return the derivatives of a result by some of the inputs."""
    if not is_variable(output) or is_constant(output):
        return [0.0] * len(wanted)
    order = topological_sort(output, since=since)
    return [float(x) for x in backward_pass(order, {output.unique_id: 1.0}, wanted, as_variables=False)]


def gradient(output: Any, wanted: list[Scalar], since: int, monitor: TraceMonitor) -> list[Any]:
    """Return the derivatives of a result by some of the inputs, as Variables, by a reverse pass that is monitored."""
    if not is_variable(output) or is_constant(output):
        return [0.0] * len(wanted)
    dependent = {x.unique_id for x in wanted}
    order = topological_sort(output, since=since)
    for node in reversed(order):
        if any(is_variable(x) and x.unique_id in dependent for x in parents_of(node)):
            dependent.add(node.unique_id)
    order = [node for node in order if node.unique_id in dependent]
    return backward_pass(monitor.differentiating(order), {output.unique_id: 1.0}, wanted, as_variables=True)


class TraceWriter:
    """Gives each value of a run its number, and writes the trace.

    Args:
        inputs: the first values.
        has_margins: whether calls at which the operands of an order comparison are equal take another trace.
    """

    def __init__(self, inputs: Sequence[Scalar], has_margins: bool = False) -> None:
        self.numbering = ValueNumbering(len(inputs))
        self.has_margins = has_margins
        self.numbers = {id(x): number for number, x in enumerate(inputs)}
        self.of_constants: set[int] = set()

    def trace(self, monitor: TraceMonitor, outputs: Sequence[Any]) -> Trace:
        """Return the trace: operations and decisions as they came."""
        decided = 0
        for index, (before, variable) in enumerate(monitor.outputs):
            self.decide(monitor, decided, before)
            decided = before
            self.operation(variable, monitor.place_of_derivative(index) or variable.place)
        self.decide(monitor, decided, len(monitor.decisions))
        numbers = tuple(self.number_of(output, "Return") for output in outputs)
        return Trace(self.numbering.inputs, tuple(self.numbering.steps), numbers)

    def decide(self, monitor: TraceMonitor, first: int, last: int) -> None:
        """Write a range of the decisions, without those about constants, which come out the same every time."""
        for index in range(first, last):
            decision = monitor.decisions[index]
            if not self.is_constant(decision.variable):
                value = self.numbers[id(decision.variable)]
                place = monitor.place_of_decision(index) or decision.place
                if self.has_margins and function_name(decision.variable) in ORDERS:
                    self.margin(decision.variable, decision.place)
                self.numbering.guard(decision.kind, value, decision.outcome, place)

    def margin(self, comparison: Variable, place: Place | None) -> None:
        """Write whether the operands of an order comparison differ, unless it is one of `max` or `sorted`."""
        if place is not None and orders_at(place):
            return
        left, right = parents_of(comparison)
        differs = self.numbering.operation("NE", (self.number_of(left, "NE"), self.number_of(right, "NE")))
        self.numbering.guard(MARGIN, differs, bool(value_of(left) != value_of(right)), place)

    def is_constant(self, variable: Variable) -> bool:
        """Return whether a value depends on no input.

        Raises:
            Unrecordable: that is not known.
        """
        if id(variable) in self.numbers:
            return False
        if variable.creator is None or variable.is_leaf or id(variable) in self.of_constants:
            return True
        raise Unrecordable("a number took part whose history was not seen")

    def operation(self, variable: Variable, place: Place | None) -> None:
        """Write the operation that gave a Variable, unless all its operands are constants."""
        function, name = function_of(variable), function_name(variable)
        # What is differentiated straight through rounding computes what the row does.
        function = getattr(function, "plain", function)
        if type(variable) is Whole and name == "Pos":
            # A whole number of a structure, as a derivative within has it.
            self.numbers[id(variable)] = self.number_of(parents_of(variable)[0], name)
            return
        if type(variable) is Whole:
            raise Unrecordable(f"{name} makes a whole number of one in an argument: write it as a float, such as 3.0")
        if type(variable) not in VARIABLE_TYPES or FUNCTIONS.get(name) is not function:
            raise Unrecordable(f"{name or 'a leaf'} is not in the table of rules, or made a number of another kind")
        operands = parents_of(variable)
        if any(id(operand) in self.numbers for operand in operands):
            numbers = [self.number_of(operand, name) for operand in operands]
            self.numbers[id(variable)] = self.numbering.operation(name, tuple(numbers), place)
        else:
            self.of_constants.add(id(variable))

    def number_of(self, value: Any, function: str) -> int:
        """Return the number of a value, a new one for a constant."""
        known = self.numbers.get(id(value))
        if known is not None:
            return known
        if is_variable(value):
            if type(value) not in VARIABLE_TYPES:
                raise Unrecordable("a number of another kind took part")
            self.is_constant(value)
            value = value_of(value)
        return self.numbering.constant(exact(value, function))


def exact(value: Any, function: str) -> float:
    """Return a constant as a float or an int that machine code treats as Python treats it.

    Raises:
        Unrecordable: there is no such float or int.
    """
    number_type = type(value)
    if number_type is float:
        return value  # type: ignore[no-any-return]
    if number_type not in (int, bool, Fraction):
        raise Unrecordable(f"a constant of type {number_type.__name__} took part")
    try:
        same = float(value) == value and not math.isinf(float(value))
    except OverflowError:
        same = False
    if not same or (function in SUMS and not -MAX_EXACT_SUMMAND < value < MAX_EXACT_SUMMAND):
        raise Unrecordable(f"the constant {value!r} is not a float")
    return int(value) if number_type is not Fraction else float(value)
