"""What a frame is calling just now, as its source has it: errors name the callable that asked for a plain number.

pump.py:41: `struct.pack("d", flow)` asks for a plain float, which would lose the derivative of 'flow'.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Sequence
from opcode import opname
from types import FrameType
from typing import Final, NamedTuple

from minitorch.autodiff.errors import HistoryLostError, history_lost
from minitorch.autodiff.place import caller, line_of, place_in, position_in
from minitorch.autodiff.run_notes import end_plain_run, note_refusal
from minitorch.autodiff.variable import Variable, is_settled
from minitorch.scalars.cures import Asking, cure_at, users_frame
from minitorch.transformer import parse_quietly

__all__ = ["SourceCall", "call_in", "call_refused", "history_ends", "loses_history", "plain_number_asked"]

MAX_SOURCE_CHARACTERS = 80

STORES: Final = frozenset({"STORE_SUBSCR", "STORE_SLICE"})
"""Instructions that set elements; since Python 3.12 some slices have one of their own."""


class SourceCall(NamedTuple):
    """A call as source text: all of it, and what is called."""

    text: str
    callee: str


def loses_history(variable: Variable) -> bool:
    """Return whether a Variable has a history that a plain number in its place would lose.

    In a run of which no derivative is wanted it has none from now on.
    """
    if variable.creator is None or is_settled(variable):
        return False
    return not (end_plain_run() and is_settled(variable))


def history_ends(
    attempt: str, label: str, cure: str, variables: Sequence[Variable], place: str | None = None
) -> HistoryLostError:
    """Make the error for an attempt to take a plain number, which the runs that go on remember if somebody swallows it.

    Args:
        attempt: what was attempted.
        label: the number, as its owner knows it.
        cure: what keeps the history.
        variables: whose history would have been lost.
        place: where; by default the nearest code outside this project.
    """
    error = history_lost(attempt, label, cure, place)
    note_refusal(str(error), variables)
    return error


def plain_number_asked(kind: str, label: str, variables: Sequence[Variable]) -> HistoryLostError:
    """Make the error for whatever asks a number with a history for a plain one.

    Args:
        kind: what it asks for, `float` or `complex`.
        label: the number, as its owner knows it.
        variables: whose history would have been lost.
    """
    frame = caller()
    asking = None if frame is None else asking_of(frame)
    call = None if frame is None else call_in(frame)
    if call is not None:
        attempt = f"`{call.text}` asks for a plain {kind}, which"
    elif asking is not None and asking.sets_element:
        attempt = f"an element that is a plain {kind}, which is set,"
    else:
        attempt = f"{kind}(), or code in C that asks for a plain {kind},"
    return refused_at(frame, attempt, label, variables)


def call_refused(name: str, label: str, variables: Sequence[Variable]) -> HistoryLostError:
    """Make the error for code in C without a rule that is called with a number that has a history.

    Args:
        name: what it is called.
        label: the number, as its owner knows it.
        variables: whose history would have been lost.
    """
    return refused_at(caller(), f"{name}, code in C without a rule,", label, variables)


def refused_at(frame: FrameType | None, attempt: str, label: str, variables: Sequence[Variable]) -> HistoryLostError:
    """Make the error for an attempt that code makes; within a library it is named with the user's line that led there.

    Args:
        frame: the code.
        attempt: what was attempted.
        label: the number, as its owner knows it.
        variables: whose history would have been lost.
    """
    asking = None if frame is None else asking_of(frame)
    place = None
    users = None if frame is None else users_frame(frame)
    if frame is not None and users is not None and users is not frame:
        place = place_in(users)
        call = call_in(users)
        led = "what is called here" if call is None else f"`{call.text}`"
        attempt = f"{led} comes to {place_in(frame)}, where {attempt}"
    return history_ends(attempt, label, cure_at(asking, asking_of), variables, place)


def asking_of(frame: FrameType) -> Asking:
    """Return what a frame is in the middle of."""
    call = call_in(frame)
    return Asking(frame, None if call is None else call.callee, sets_element(frame))


def sets_element(frame: FrameType) -> bool:
    """Return whether a frame is setting an element or a slice, which no line of source tells that calls something."""
    return frame.f_lasti >= 0 and opname[frame.f_code.co_code[frame.f_lasti]] in STORES


def call_in(frame: FrameType) -> SourceCall | None:
    """Return the call that a frame is in the middle of; None where its source or its place is not known."""
    if sets_element(frame):
        return None
    text = text_at(frame)
    try:
        tree = parse_quietly(text.strip())
    except (SyntaxError, ValueError):
        return None
    call = the_call(tree)
    if call is None:
        return None
    source = " ".join((ast.get_source_segment(text.strip(), call) or "").split())
    shown = source if len(source) <= MAX_SOURCE_CHARACTERS else source[: MAX_SOURCE_CHARACTERS - 1] + "…"
    return SourceCall(shown, ast.unparse(call.func))


def the_call(tree: ast.Module) -> ast.Call | None:
    """Return the call that an expression is; of a whole line, which is all that Python 3.10 knows, its only call."""
    if sys.version_info < (3, 11):
        operations = [node for node in ast.walk(tree) if isinstance(node, (ast.Call, ast.BinOp, ast.Compare))]
        return operations[0] if len(operations) == 1 and isinstance(operations[0], ast.Call) else None
    expression = tree.body[0] if tree.body else None
    return expression.value if isinstance(expression, ast.Expr) and isinstance(expression.value, ast.Call) else None


def text_at(frame: FrameType) -> str:
    """Return the source of the expression that a frame is at, of its line where Python knows no more."""
    code = frame.f_code
    if sys.version_info < (3, 11):
        return linecache.getline(code.co_filename, line_of(frame), frame.f_globals)
    first, last, start, end = position_in(code, frame.f_lasti)
    if last is None or start is None or end is None:
        return ""
    numbers = range(first, last + 1)
    lines = [linecache.getline(code.co_filename, number, frame.f_globals).encode() for number in numbers]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    return b"".join(lines).decode(errors="replace")
