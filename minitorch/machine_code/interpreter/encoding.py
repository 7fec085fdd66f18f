"""A recording as arrays of numbers, which the loops of the interpreter run through.

inputs 0, 1      2 = 2.5      3 = Mul(0, 1)      truth of 3 is True      4 = Add(3, 2)      outputs 4

values     two inputs, one constant, then a result for each instruction
forward    Mul 0 1    GuardInstruction 3 -    Add 3 2    FINISH        an instruction and two operands
backward   Add 3 2 5    Mul 0 1 3    FINISH                 the last one first, and where its result is
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from minitorch.machine_code.interpreter.instructions import (
    FINISH,
    IN_PYTHON,
    GuardInstruction,
    OpInstruction,
    PartialInstruction,
    code_of,
    width_of,
)
from minitorch.machine_code.llvm.emitter import bits_of
from minitorch.machine_code.program import MARGIN, TWO_ANSWERS, Constant, Guard, Operation, Trace
from minitorch.rules.real import RULES

__all__ = ["Encoding", "encode"]

MIXED = frozenset({"Add", "Sub", "Mul", "TrueDiv"})
"""Rows that make a float of an int and a float, having made one of the int first."""

COMPARING = frozenset({"LT", "LE", "EQ", "NE", "GT", "GE"})
"""Rows to which the sign of a zero is nothing."""

MAX_EXACT_INT = 2**53
"""Up to here every int is a float."""


@dataclass
class Encoding:
    """The arrays, and how to find in the trace what they stand for.

    Args:
        values: inputs, constants, and room for a result per instruction.
        first: the place of the first instruction's result.
        places: where each value of the trace is, by its number.
        definitions: what defines each value, by its number; None for inputs.
        inexact: the numbers of constants that are not floats.
        whole: the numbers of values that are ints or bools to Python, which knows no -0 of them.
        forward: instructions of three numbers.
        answers: the bits of the answers that guards expect, where there are more than two.
        steps: for each forward instruction the position of its step in the trace.
        backward: instructions of four numbers.
        numbers: for each instruction back the number of the value whose adjoint it passes on.
        active: whether each value depends on an input that is differentiated by.
        reached: whether the output depends on each active value.
    """

    values: array[float]
    first: int
    places: list[int]
    definitions: list[Constant | Operation | None]
    inexact: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    forward: array[int] = field(default_factory=lambda: array("i"))
    answers: array[int] = field(default_factory=lambda: array("Q", [0]))
    steps: array[int] = field(default_factory=lambda: array("i"))
    backward: array[int] = field(default_factory=lambda: array("i"))
    numbers: array[int] = field(default_factory=lambda: array("i"))
    active: bytearray = field(default_factory=bytearray)
    reached: bytearray = field(default_factory=bytearray)


def encode(trace: Trace, wanted: Sequence[int]) -> Encoding:
    """Turn a recording into arrays.

    Args:
        trace: the recording.
        wanted: the positions of the inputs to differentiate its first output by.

    Raises:
        ValueError: it has an operation that is not in the table of rules.

    >>> encoding = encode(Trace(1, (Operation("Exp", (0,)), Operation("Mul", (1, 0))), (2,)), [0])
    >>> list(encoding.forward[4:6]), encoding.places, list(encoding.numbers)
    ([1, 0], [0, 1, 2], [2, 1])
    """
    constants = [step.value for step in trace.steps if isinstance(step, Constant)]
    inputs = list(range(trace.inputs))
    values = array("d", [0.0] * trace.inputs)
    values.extend(map(nearest, constants))
    encoding = Encoding(values, len(values), inputs, [None] * trace.inputs)
    encode_forward(encoding, trace)
    encode_backward(encoding, trace, wanted)
    values.extend([0.0] * len(encoding.steps))
    return encoding


def nearest(number: float) -> float:
    """Return a float for a constant; one that is not a float is used by the Python version alone."""
    return float(number) if is_float(number) else 0.0


def is_float(number: float) -> bool:
    """Whether a constant is exactly a float."""
    return isinstance(number, float) or abs(number) <= MAX_EXACT_INT


def encode_forward(encoding: Encoding, trace: Trace) -> None:
    """Fill the arrays of the forward loop."""
    places, definitions, steps = encoding.places, encoding.definitions, encoding.steps
    constant = trace.inputs
    codes: dict[tuple[str, int], int] = {}
    for index, step in enumerate(trace.steps):
        if isinstance(step, Constant):
            if not is_float(step.value):
                encoding.inexact.add(len(places))
            if not isinstance(step.value, float):
                encoding.whole.add(len(places))
            places.append(constant)
            definitions.append(step)
            constant += 1
            continue
        if isinstance(step, Guard):
            add(encoding.forward, guard_code(step), [places[step.value], answer_of(step, encoding)])
            steps.append(index)
            continue
        key = step.function, len(step.operands)
        code = codes.get(key)
        if code is None:
            refuse_unknown(step)
            code = codes[key] = code_of(OpInstruction(*key))
        operands = [places[operand] for operand in step.operands]
        code = IN_PYTHON if needs_python(step, encoding) else code
        if RULES[step.function].indicator or (
            RULES[step.function].keeps_int and encoding.whole.issuperset(step.operands)
        ):
            encoding.whole.add(len(places))
        places.append(encoding.first + len(steps))
        definitions.append(step)
        width = add(encoding.forward, code, operands)
        steps.extend([index] * width)
    add(encoding.forward, FINISH, [])


def refuse_unknown(step: Operation) -> None:
    """Refuse an operation that only its Function knows."""
    if step.function not in RULES:
        raise ValueError(
            f"{step.place or 'unknown place'}: {step.function} can't be interpreted, since its rule is not one of "
            "minitorch's own; run the function itself"
        )


def guard_code(guard: Guard) -> int:
    """Return the code of a guard."""
    kind = "truth" if guard.kind == MARGIN else guard.kind
    return code_of(GuardInstruction(kind, bool(guard.outcome) if guard.kind in TWO_ANSWERS else None))


def answer_of(guard: Guard, encoding: Encoding) -> int:
    """Where the answer that a guard expects stands in the table."""
    if guard.kind in TWO_ANSWERS:
        return 0
    encoding.answers.append(bits_of(float(guard.outcome)))
    return len(encoding.answers) - 1


def needs_python(step: Operation, encoding: Encoding) -> bool:
    """Return whether an operation takes a number that is not a float, where that matters.

    `sum` adds ints in its own way but for the zero that it starts from, not every int is a float, and no float is the
    zero that has no sign.
    """
    whole = encoding.whole.intersection(step.operands)
    if not whole:
        return False
    if not encoding.inexact.isdisjoint(whole):
        return True
    if step.function == "Sum":
        return not starts_from_zero(step, whole, encoding)
    if step.function in MIXED and not whole.issuperset(step.operands):
        return False
    constants = [definition for operand in whole if isinstance(definition := encoding.definitions[operand], Constant)]
    if len(constants) < len(whole):
        return True
    return step.function not in COMPARING and any(constant.value == 0 for constant in constants)


def starts_from_zero(step: Operation, whole: set[int], encoding: Encoding) -> bool:
    """Return whether the only whole number of a sum is the zero that it starts from: Python adds the float 0.0 then."""
    start = encoding.definitions[step.operands[0]]
    is_zero = isinstance(start, Constant) and start.value == 0
    return is_zero and len(step.operands) > 1 and whole.isdisjoint(step.operands[1:])


def add(words: array[int], code: int, operands: Sequence[int], *rest: int) -> int:
    """Append an operation to an array of instructions, and return how many it takes.

    Args:
        words: the array.
        code: what it does.
        operands: what it takes; what Python does finds its operands in the trace.
        rest: what comes behind the operands.
    """
    if len(operands) == 2:
        words.extend((code, *operands, *rest))
        return 1
    width = 1 if code == IN_PYTHON else width_of(len(operands))
    for index in range(width):
        pair = [*operands[2 * index : 2 * index + 2], 0, 0][:2]
        words.extend((code, *pair, *rest))
    return width


def encode_backward(encoding: Encoding, trace: Trace, wanted: Sequence[int]) -> None:
    """Fill the arrays of the loop back, from the trace's first output on."""
    definitions, places = encoding.definitions, encoding.places
    active = encoding.active = bytearray(len(definitions))
    for position in wanted:
        active[position] = True
    for number, definition in enumerate(definitions):
        if isinstance(definition, Operation):
            active[number] = any([active[operand] for operand in definition.operands])
    reached = encoding.reached = bytearray(len(definitions))
    # A result that depends on no input is not among the outputs.
    output = trace.outputs[0] if trace.outputs else -1
    if trace.outputs:
        reached[output] = active[output]
    codes: dict[tuple[str, int, tuple[int, ...]], int] = {}
    for number in range(output, trace.inputs - 1, -1):
        definition = definitions[number]
        if not reached[number] or not isinstance(definition, Operation):
            continue
        by = tuple([position for position, operand in enumerate(definition.operands) if active[operand]])
        for position in by:
            reached[definition.operands[position]] = True
        key = definition.function, len(definition.operands), by
        code = codes.get(key)
        if code is None:
            code = codes[key] = code_of(PartialInstruction(*key))
        operands = [places[operand] for operand in definition.operands]
        code = IN_PYTHON if needs_python(definition, encoding) else code
        width = add(encoding.backward, code, operands, places[number])
        encoding.numbers.extend([number] * width)
    add(encoding.backward, FINISH, [], 0)
