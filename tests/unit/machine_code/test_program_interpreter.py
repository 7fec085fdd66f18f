"""The interpreter of recordings gives what eager evaluation gives, to the last bit: values, derivatives, misses."""

from __future__ import annotations

import itertools
import math
import operator
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import ARITIES, EDGES, INTEGERS, arguments, bits, numbers, outcome_of

from minitorch.autodiff.intermediate_derivatives import adjoints_of
from minitorch.autodiff.variable import Variable
from minitorch.machine_code.interpreter.instructions import (
    FINISH,
    IN_PYTHON,
    OpInstruction,
    PartialInstruction,
    code_of,
)
from minitorch.machine_code.interpreter.interpreter import Answer, Interpreter
from minitorch.machine_code.program import Constant, Guard, Operation, Step, Trace
from minitorch.machine_code.status import HIT, MISS, RAISE
from minitorch.scalars.float_protocol import FUNCTIONS, plain_value
from minitorch.scalars.scalar import Scalar


def applied(step: Operation, values: Sequence[Any]) -> Any:
    """An operation done eagerly."""
    operands = [values[operand] for operand in step.operands]
    whole = INTEGERS.get(step.function)
    if whole is not None and whole < len(operands):
        operands[whole] = int(operands[whole])
    result = FUNCTIONS[step.function].apply(*operands)
    if isinstance(plain_value(result), complex):
        raise ValueError("no real number")
    return result


def eager(trace: Trace, inputs: Sequence[float], wanted: Sequence[int]) -> Answer:
    """What eager evaluation of a trace comes to."""
    values: list[Any] = [Scalar(x) if index in wanted else x for index, x in enumerate(inputs)]
    leaves = values[: trace.inputs]
    for index, step in enumerate(trace.steps):
        try:
            if isinstance(step, Constant):
                values.append(step.value)
            elif isinstance(step, Operation):
                values.append(applied(step, values))
            elif bits(float(outcome_of(step.kind, plain(values[step.value])))) != bits(float(step.outcome)):
                return Answer(MISS, index, [], [])
        except (ArithmeticError, ValueError):
            return Answer(MISS if isinstance(step, Guard) else RAISE, index, [], [])
    outputs = [float(plain(values[number])) for number in trace.outputs]
    output = values[trace.outputs[0]]
    return Answer(HIT, len(trace.steps), outputs, adjoints_of(output, [leaves[index] for index in wanted]))


def plain(value: Any) -> Any:
    """A value without its history, the outcome of a comparison as a bool."""
    return value.get_data() if isinstance(value, Variable) else value


def same(found: Answer, expected: Answer) -> bool:
    """Whether two answers are equal to the last bit."""
    return found[:2] == expected[:2] and all(
        list(map(bits, left)) == list(map(bits, right)) for left, right in zip(found[2:], expected[2:], strict=True)
    )


def agrees(trace: Trace, inputs: Sequence[float], wanted: Sequence[int] | None = None) -> bool:
    """Whether the interpreter gives what eager evaluation gives, twice in a row."""
    wanted = range(trace.inputs) if wanted is None else wanted
    interpreter, expected = Interpreter(trace, wanted), eager(trace, inputs, wanted)
    found = [interpreter.value_and_grad(inputs) for _ in range(2)]
    return same(found[0], expected) and same(found[1], expected)


def single(name: str, arity: int) -> Trace:
    """A trace of one operation, with constants for ints."""
    steps: list[Step] = []
    operands = list(range(arity))
    whole = INTEGERS.get(name)
    if whole is not None and whole < arity:
        steps, operands[whole] = [Constant(3)], arity
    steps.append(Operation(name, tuple(operands)))
    return Trace(arity, tuple(steps), (arity + len(steps) - 1,))


def points(arity: int) -> list[tuple[float, ...]]:
    """Inputs with what is special."""
    many = {0: EDGES, 1: EDGES, 2: EDGES[::2]}
    few = many.get(arity, [0.0, -1.5, 2.0, 5e-324, math.inf, math.nan][: 9 - arity])
    return list(itertools.islice(itertools.product(few, repeat=arity), 250))


def masks(arity: int) -> list[tuple[int, ...]]:
    """Some choices of inputs to differentiate by."""
    counts = range(1, arity + 1) if arity < 3 else (1, arity)
    return [wanted for count in counts for wanted in itertools.islice(itertools.combinations(range(arity), count), 3)]


@pytest.fixture(scope="module")
def every_instruction() -> None:
    """Have the loops compiled once for all rows, not again with every row."""
    for name, arities in ARITIES.items():
        for arity in arities:
            code_of(OpInstruction(name, arity))
            for wanted in masks(arity):
                code_of(PartialInstruction(name, arity, wanted))


@pytest.mark.usefixtures("every_instruction")
@pytest.mark.parametrize(("name", "arity"), [(name, arity) for name in ARITIES for arity in ARITIES[name]])
def test_every_row(name: str, arity: int) -> None:
    trace = single(name, arity)
    for wanted in masks(arity):
        interpreter = Interpreter(trace, wanted)
        for inputs in points(arity):
            expected = eager(trace, inputs, wanted)
            assert same(interpreter.value_and_grad(inputs), expected), (inputs, wanted, expected)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Trace, list[float]]:
    """What a run at some inputs would record: operations that work there, guards with the answers there."""
    inputs = draw(arguments(3))
    values: list[Any] = [Scalar(x) for x in inputs]
    steps: list[Step] = []
    for _ in range(draw(st.integers(1, 25))):
        kind = draw(st.integers(0, 9))
        number = st.integers(max(0, len(values) - 12), len(values) - 1)
        if not kind:
            constant = draw(st.one_of(numbers, st.integers(-3, 3)))
            steps.append(Constant(constant))
            values.append(constant)
        elif kind == 1:
            asked = draw(number)
            question = draw(st.sampled_from(["truth", "int", "floor", "ceil", "round", "is_integer", "value"]))
            if math.isfinite(plain(values[asked])):
                steps.append(Guard(question, asked, outcome_of(question, plain(values[asked]))))
        else:
            name = draw(st.sampled_from(["Add", "Mul", "Sub", "TrueDiv", "Neg", *ARITIES]))
            if name not in INTEGERS:
                step = Operation(name, tuple(draw(number) for _ in range(draw(st.sampled_from(ARITIES[name])))))
                try:
                    value = applied(step, values)
                except (ArithmeticError, ValueError):
                    continue
                # What comparisons count together is not an operation of a recording.
                if isinstance(value, Variable):
                    steps.append(step)
                    values.append(value)
    active = [index for index, value in enumerate(values) if isinstance(value, Variable)]
    return Trace(3, tuple(steps), (active[-1], draw(st.sampled_from(active)))), inputs


@settings(deadline=None, max_examples=150)
@given(recording=recordings(), others=arguments(3), wanted=st.sets(st.integers(0, 2), min_size=1))
def test_recordings_run_again(recording: tuple[Trace, list[float]], others: list[float], wanted: set[int]) -> None:
    trace, inputs = recording
    assert agrees(trace, inputs, sorted(wanted))
    assert eager(trace, inputs, sorted(wanted)).status == HIT
    assert agrees(trace, others, sorted(wanted))
    assert same(Interpreter(trace).value(others), eager(trace, others, range(3))._replace(gradient=[]))


def test_sums_of_derivatives_are_taken_in_the_order_of_eager_evaluation() -> None:
    steps: list[Step] = [Constant(0.1 * index) for index in range(1, 40)]
    steps += [Operation("Mul", (0, number)) for number in range(1, 40)]
    steps.append(Operation("Add", (40, 41)))
    steps += [Operation("Add", (79 + index, 42 + index)) for index in range(37)]
    trace = Trace(1, tuple(steps), (116,))
    assert agrees(trace, [0.3])
    shares = [0.1 * index for index in range(1, 40)]
    backwards = 0.0
    for share in reversed(shares):
        backwards += share
    assert Interpreter(trace).value_and_grad([0.3]).gradient == [backwards] != [sum(shares)]


def test_a_changed_answer_is_a_miss_at_its_step() -> None:
    truth, floor, value = Guard("truth", 2, True), Guard("floor", 0, 3), Guard("value", 1, -0.0)
    steps = (Operation("GT", (0, 1)), truth, Constant(2.0), floor, value)
    interpreter = Interpreter(Trace(2, steps, (0,)))
    assert interpreter.value_and_grad([3.5, -0.0]) == Answer(HIT, 5, [3.5], [1.0, 0.0])
    assert interpreter.value([-3.5, -0.0]) == Answer(MISS, 1, [], [])
    assert interpreter.value([4.0, -0.0]) == Answer(MISS, 3, [], [])
    assert interpreter.value([3.25, 0.0]) == Answer(MISS, 4, [], [])
    assert interpreter.value([math.inf, -0.0]) == Answer(MISS, 3, [], [])


def test_an_error_ends_the_run_at_its_step_and_leaves_no_trace() -> None:
    steps = (Operation("Exp", (0,)), Operation("TrueDiv", (1, 0)), Operation("Pow", (0, 2)))
    interpreter = Interpreter(Trace(1, steps, (3,)))
    before = interpreter.value_and_grad([1.5])
    assert interpreter.value_and_grad([0.0]) == Answer(RAISE, 1, [], [])
    assert interpreter.value_and_grad([1e6]) == Answer(RAISE, 0, [], [])
    assert interpreter.value_and_grad([-1.5]) == Answer(RAISE, 2, [], [])
    assert interpreter.value_and_grad([1.5]) == before


def test_an_infinity_that_python_allows_goes_on() -> None:
    trace = Trace(1, (Operation("Exp", (0,)), Operation("Sin", (0,)), Operation("Mul", (1, 1))), (3,))
    assert agrees(Trace(1, (Operation("Exp", (0,)),), (1,)), [math.inf])
    assert Interpreter(trace).value([math.inf]).status == RAISE


def test_a_partial_derivative_with_an_answer_that_is_not_known_is_left_to_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = Trace(1, (Operation("Fmod", (0, 0)), Operation("Abs", (0,)), Operation("Add", (1, 2))), (3,))
    assert agrees(trace, [-1e300])
    left = []
    passed_on = Interpreter._pass_on
    monkeypatch.setattr(Interpreter, "_pass_on", lambda *arguments: (left.append(1), passed_on(*arguments)))
    steps = (Constant(3), Operation("Ldexp", (0, 1)), Operation("Mul", (2, 2)))
    assert agrees(Trace(1, steps, (3,)), [0.75])
    assert left == [1, 1]


@pytest.mark.parametrize("arity", [5, 9, 40])
def test_operations_of_many_operands(arity: int) -> None:
    inputs = [0.1 * index - 0.7 for index in range(arity)]
    for name in ("Sum", "Prod", "Fsum", "Hypot"):
        trace = Trace(arity, (Operation(name, tuple(range(arity))), Operation("Mul", (arity, 0))), (arity + 1,))
        assert agrees(trace, inputs)


@pytest.mark.parametrize("start", [0, 3, 10**400, True, 0.5])
def test_ints_among_the_constants(start: Any) -> None:
    steps = (Constant(start), Operation("LT", (0, 1)), Operation("Sum", (2, 0, 1, 3, 1)), Operation("Log", (2, 0)))
    for end in (4, 5):
        assert agrees(Trace(2, steps, (end,)), [0.1, 0.7])


@pytest.mark.parametrize("arity", [1, 2, 3])
@pytest.mark.parametrize("start", [0, 0.0, 2])
def test_sums_that_start_from_a_whole_number(arity: int, start: float) -> None:
    """From zero, as `sum` does by itself, they take no Python."""
    trace = Trace(arity, (Constant(start), Operation("Sum", (arity, *range(arity)))), (arity + 1,))
    for inputs in itertools.product([0.1, -0.0, 1e308, -1e308, 1e-320, math.inf, math.nan], repeat=arity):
        assert agrees(trace, list(inputs))
        assert bits(Interpreter(trace).value(inputs).outputs[0]) == bits(sum(inputs, start))
    assert (IN_PYTHON in Interpreter(trace).encoding.forward[::3]) == (start == 2)


def test_an_output_may_be_anything() -> None:
    steps = (Constant(2.5), Operation("Mul", (0, 1)), Operation("LT", (0, 1)))
    for outputs in [(0,), (1, 0), (2, 3), (3, 4), (4, 1, 3)]:
        assert agrees(Trace(2, steps, outputs), [0.1, 0.7])
    assert agrees(Trace(2, steps, (3,)), [0.1, 0.7], [])
    assert Interpreter(Trace(0, (Constant(2.5),), (0,))).value_and_grad([]) == Answer(HIT, 1, [2.5], [])


def test_a_hundred_thousand_operations() -> None:
    steps: list[Step] = []
    for number in range(0, 100_000, 4):
        steps += [Operation("Mul", (number, number)), Operation("Sub", (number + 1, 0))]
        steps += [Operation("Sin", (number + 2,)), Operation("Add", (number + 3, number))]
    trace = Trace(1, tuple(steps[:1000]), (1000,))
    assert agrees(trace, [0.3])
    assert Interpreter(Trace(1, tuple(steps), (100_000,))).value_and_grad([0.3]).status == HIT


def test_what_only_its_function_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"J0 can't be interpreted, .* run the function itself$"):
        Interpreter(Trace(1, (Operation("J0", (0,)),), (1,)))


@pytest.mark.parametrize("inputs", [[], [1.0], [1.0, 2.0, 3.0]])
def test_the_wrong_number_of_inputs_is_refused(inputs: list[float]) -> None:
    with pytest.raises(TypeError, match=f"takes 2 inputs, not {len(inputs)}"):
        Interpreter(Trace(2, (), (0,))).value(inputs)


def test_an_interpreter_serves_several_threads() -> None:
    trace = Trace(1, tuple(Operation("Sin", (number,)) for number in range(2000)), (2000,))
    interpreter = Interpreter(trace)
    points = [0.1 * index for index in range(8)]
    expected = [interpreter.value_and_grad([x]) for x in points]
    found: dict[int, list[Answer]] = {}

    def run(index: int) -> None:
        found[index] = [interpreter.value_and_grad([points[index]]) for _ in range(50)]

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(points))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == expected[index] for index in found for answer in found[index])
    assert len(found) == len(points)


@pytest.mark.parametrize("name", ["Erf", "Erfc", "Gamma", "Lgamma", "Fmod", "Mod", "Remainder", "Pow", "Atan2", "Abs"])
def test_derivatives_stay_in_the_loop(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interpreter, "_pass_on", None)
    arity = ARITIES[name][0]
    interpreter = Interpreter(single(name, arity))
    for inputs in [(0.37, 1.9), (2.6, 0.83), (12.5, 3.1), (1.1, 7.75)]:
        assert same(interpreter.value_and_grad(inputs[:arity]), eager(interpreter.trace, inputs[:arity], range(arity)))


def test_most_derivatives_need_no_python() -> None:
    rows = {name: arity for name in ARITIES for arity in ARITIES[name] if 0 < arity < 3}
    left = {
        name
        for name, arity in rows.items()
        if code_of(PartialInstruction(name, arity, tuple(range(arity)))) == IN_PYTHON
    }
    assert left <= {"Ldexp", "Round", "Nextafter"}
    assert all(code_of(OpInstruction(name, arity)) > FINISH for name, arity in rows.items())


def test_loops_grow_with_what_is_asked_of_them() -> None:
    first = Interpreter(Trace(1, (Operation("Sin", (0,)),), (1,)))
    second = Interpreter(Trace(2, (Operation("IsClose", (0, 1, 0, 1)),), (2,)))
    assert first.value([0.5]).outputs == [math.sin(0.5)]
    assert second.value([0.5, 0.5]).outputs == [1.0]
    assert operator.ge(second.sweeps.size, first.sweeps.size)
