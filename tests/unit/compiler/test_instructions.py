"""Instructions of the running Python: what each finds on the evaluation stack, and that none is unknown."""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from minitorch.compiler.capture.instruction_events import watching_instructions
from minitorch.compiler.capture.instructions import Access, Step, access_of
from minitorch.machine_code.llvm.frame_layout import EMPTY, cell_at, cell_names, local_at, stack_values

TABLE: dict[str, float] = {"rate": 1.5}
ITEMS = [2.5, 3.5]
PAIR = (4.5, 5.5)
KEYWORDS: dict[str, Any] = {"reverse": True}
SPACE = SimpleNamespace(rate=6.5, items=ITEMS)
TEXT = "some text"
LEFT, RIGHT = Ellipsis, SimpleNamespace(__add__=None)


class Seen:
    """Keeps what each instruction of this file is about to take from the stack."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[Any]]] = []
        self.first: list[Any] = []

    def step(self, frame: FrameType, step: Step) -> None:
        """Keep the access and its values, without nulls."""
        if frame.f_globals is not globals():
            return
        values = stack_values(frame, step.depth, step.taken) if step.taken else []
        self.taken.append((step.access.name, [value for value in values if value is not EMPTY]))

    def begin(self, frame: FrameType) -> None:
        """Keep the dict of further keyword arguments."""
        self.first.append(local_at(frame, 0))


def stores() -> None:
    ITEMS[1] = 3.5


def unpacks() -> float:
    first, _ = PAIR
    return first


def goes_through() -> None:
    for _ in ITEMS:
        pass


def goes_through_iterator() -> None:
    for _ in map(abs, ITEMS):
        pass


def goes_in_text() -> list[float]:
    return [TABLE["rate"] for _ in (1, 2)]


def matches() -> float | None:
    match SPACE:
        case SimpleNamespace(rate=rate):
            return rate  # type: ignore[no-any-return]
    return None


CASES: dict[str, tuple[Callable[[], Any], str, list[Any]]] = {
    "element": (lambda: TABLE["rate"], "ELEMENT", [TABLE, "rate"]),
    "element among other values": (lambda: pow(2.0, pow(2.0, TABLE["rate"])), "ELEMENT", [TABLE, "rate"]),
    "element in a comprehension": (goes_in_text, "ELEMENT", [TABLE, "rate"]),
    "element that is set": (stores, "STORED_ELEMENT", [ITEMS, 1]),
    "call": (lambda: pow(2.0, 3.0), "CALL", [pow, 2.0, 3.0]),
    "call of a call": (lambda: pow(2.0, abs(-3.0)), "CALL", [pow, 2.0, 3.0]),
    "call with names": (lambda: sorted(ITEMS, reverse=True), "CALL", [sorted, ITEMS, True]),
    "call with a tuple": (lambda: pow(*PAIR), "CALL", [pow, PAIR]),
    "call with a tuple and a dict": (lambda: sorted(*(ITEMS,), **KEYWORDS), "CALL", [sorted, (ITEMS,), KEYWORDS]),
    "call of a method": (lambda: TEXT.upper(), "CALL", [str.upper, TEXT]),
    "attribute": (lambda: SPACE.rate, "ATTRIBUTE", [SPACE]),
    "attribute of an attribute": (lambda: SPACE.items[0], "ELEMENT", [ITEMS, 0]),
    "membership": (lambda: 2.5 in ITEMS, "MEMBERSHIP", [2.5, ITEMS]),
    "iteration": (goes_through, "ITERATION", [ITEMS]),
    "unpacking": (unpacks, "ITERATION", [PAIR]),
    "truth": (lambda: not ITEMS, "TRUTH", [ITEMS]),
    "operator": (lambda: SPACE == TABLE, "OPERANDS", [SPACE, TABLE]),
    "text of a number": (lambda: f"{PAIR!r:>30}", "OPERANDS", [PAIR]),
    "pattern": (matches, "PATTERN", [SPACE, SimpleNamespace, ("rate",)]),
}  # fmt: skip


def watched(function: Callable[[], Any]) -> Seen:
    """Return what is seen of a call."""
    seen = Seen()
    with watching_instructions(seen):
        function()
    return seen


@pytest.mark.parametrize("name", CASES)
def test_what_an_instruction_takes_is_on_the_stack(name: str) -> None:
    function, access, values = CASES[name]
    # Above it there may be the names of arguments, or a format.
    assert (access, values) in [(seen, taken[: len(values)]) for seen, taken in watched(function).taken]


def test_an_iterator_is_there_for_each_turn() -> None:
    turns = [values for access, values in watched(goes_through_iterator).taken if access == "NEXT"]
    assert [[type(value) for value in values] for values in turns] == [[map]] * 3


def test_an_iterator_of_a_generator_expression_is_new_at_its_first_turn() -> None:
    made = []

    class Look:
        def step(self, frame: FrameType, step: Step) -> None:
            if frame.f_code.co_name == "<genexpr>" and step.access is Access.NEXT:
                values = stack_values(frame, step.depth, max(step.taken, step.after))
                made.append(type(values[-step.after]) if step.after else None)

        def begin(self, frame: FrameType) -> None: ...

    with watching_instructions(Look()):
        sum(values := (x for x in range(2)))
    # 3.14 does not ask for it within the generator, 3.13's patches and 3.15 do.
    is_made_within = any(instruction.opname == "GET_ITER" for instruction in dis.get_instructions(values.gi_code))
    assert made == [type(iter(range(2))) if is_made_within else None] * 3


def test_constants_and_variables_read_nothing() -> None:
    def moves(first: int = 1, second: int = 2) -> tuple[Any, ...]:
        other = first
        return (7, -1, 2.5, None, "text", (1, 2), True, other, second, first)

    assert [access for access, _ in watched(moves).taken if access != "NOTHING"] == []


def test_further_keywords_are_a_dict_of_the_frame() -> None:
    def keeps(**more: float) -> dict[str, float]:
        return more

    assert watched(lambda: keeps(rate=1.5)).first == [{"rate": 1.5}]


def test_cells_are_found_by_the_number_of_the_instruction() -> None:
    outer = [1.5]
    found = []

    class Look:
        def step(self, frame: FrameType, step: Step) -> None:
            if step.access is Access.CELL:
                cell = cell_at(frame, step.argument)
                found.append((cell_names(frame.f_code)[step.argument], cell.cell_contents))

        def begin(self, frame: FrameType) -> None: ...

    def reads(unused: float = 2.5) -> list[float]:
        kept = outer
        return [*kept, unused]

    with watching_instructions(Look()):
        reads()
    assert found == [("outer", [1.5])]


OPERATORS = """
    BINARY_ COMPARE_OP UNARY_ INPLACE_ FORMAT_ CONVERT_VALUE CALL_INTRINSIC_ MATCH_ CHECK_EG_MATCH GET_AITER GET_ANEXT
    GET_AWAITABLE LOAD_SPECIAL BEFORE_WITH BEFORE_ASYNC_WITH SETUP_WITH SETUP_ASYNC_WITH IMPORT_STAR PRINT_EXPR
    PREP_RERAISE_STAR""".split()
"""What the names of instructions begin with that may read all of what they take."""

OF_THE_INTERPRETER = ("INSTRUMENTED_", "ENTER_EXECUTOR", "TRACE_RECORD", "RESERVED", "<")
"""Instructions that code has only while it runs."""

FIRST_OF_THE_COMPILER = 256
"""From this number on instructions stand for others until code is complete."""


def test_every_instruction_of_this_python_is_known() -> None:
    codes = [name for name, code in dis.opmap.items() if code < FIRST_OF_THE_COMPILER]
    names = [name for name in codes if not name.startswith(OF_THE_INTERPRETER)]
    unknown = [name for name in names if access_of(name) is Access.OPERANDS and not name.startswith(tuple(OPERATORS))]
    assert unknown == []
