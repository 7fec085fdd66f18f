"""What a run must not forget: refusals that somebody may swallow, equalities by accident, numbers rounded or printed.

While a derivative, a recording or a command runs, it holds its notes in `ACTIVE`. Whatever happens is noted in all runs
that are active: each of them looks, at its end, at what concerns Variables that were made from its own inputs. So runs
nest, and threads need know nothing of each other; what is asked of the run that goes on is asked of the thread's own.

    >>> with noting() as notes:
    ...     note_refusal("pump.py:41: struct.pack() would lose …", ())
    >>> notes.refusals[0].message
    'pump.py:41: struct.pack() would lose …'
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import get_ident
from types import CodeType, MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from minitorch.autodiff.place import OWN_FILES, Origin, Place, origin_of_caller
from minitorch.recorder.own_files import RECORDER
from minitorch.transformer import bracket

if TYPE_CHECKING:
    from minitorch.autodiff.variable import Variable

__all__ = [
    "ACTIVE",
    "STANDING_IN",
    "Printed",
    "Refusal",
    "RunNotes",
    "Tie",
    "WholeNumber",
    "end_plain_run",
    "forgetting_ties",
    "in_plain_run",
    "innermost",
    "keep_tie",
    "note_arrays",
    "note_printed",
    "note_read",
    "note_refusal",
    "note_rounded",
    "note_tie",
    "note_whole",
    "noting",
    "runs_here",
]

MAX_TIES_PER_PLACE: Final = 64
"""How many ties at one place are looked at: they keep what they were made from alive."""

MAX_ROUNDED: Final = 64
"""How many rounded numbers are looked at where nothing seems to depend on them: they keep what they were made from."""

MAX_PRINTED: Final = 100_000
"""How many printed numbers are remembered."""


class Refusal(NamedTuple):
    """A refusal to give a plain number.

    Args:
        message: what the error says.
        variables: whose history would have been lost; none where that is not known.
    """

    message: str
    variables: Sequence[Variable]


class Tie:
    """A comparison of equal numbers, or a number that is just zero or whole where that was asked.

    Args:
        question: the name of the comparison's Function, "truth" or "is_integer".
        left: the first number, a Variable or a plain one.
        right: what it is equal to.
        origin: where the code asked.

    Attributes:
        is_reported: whether a run has told its user of it.
    """

    __slots__ = ("is_reported", "left", "origin", "question", "right")

    def __init__(self, question: str, left: Any, right: Any, origin: Origin) -> None:
        self.question = question
        self.left = left
        self.right = right
        self.origin = origin
        self.is_reported = False

    @property
    def place(self) -> Place:
        """Where the code asked, in terms of the source."""
        return Place.of(self.origin)


class WholeNumber(NamedTuple):
    """A whole number that was made of a Variable, which ends its history: `int(x)`.

    Args:
        kind: how it was made: "int", "floor", "ceil" or "round".
        variable: of what.
        origin: where.
    """

    kind: str
    variable: Variable
    origin: Origin


class Printed(NamedTuple):
    """A number that was written as text.

    Args:
        variable: the number.
        origin: where.
    """

    variable: Variable
    origin: Origin


class RunNotes:
    """What happened in a run.

    Attributes:
        refusals: attempts to take a plain number.
        ties: equalities, by the place of the code that asked.
        has_rounded: whether a Function that rounds was applied.
        rounded: the first of what such Functions have made, by `unique_id`.
        whole: whole numbers that were made of Variables, the first of each place.
        printed: by its value as text, the last number written so.
        read: numbers that were made from text, with where, and the printed number equal to each.
        pickled: Variables that were pickled, by `unique_id`.
        remembered: results of functions with caches, by what tells the calls apart.
        is_plain: whether the run stands for a call of the plain function, so that no error of a derivative may show.
        end: makes the Variables of a run constants of which no derivative is wanted; `None` for other runs.
        has_arrays: whether there are arrays in such a run, which take part once it has ended.
        thread: which thread it runs in.
    """

    __slots__ = ("__dict__", "thread")

    # Every derivative makes one, and few notice anything: what is empty is shared.
    refusals: Sequence[Refusal] = ()
    ties: Mapping[tuple[int, int], list[Tie]] = MappingProxyType({})
    has_rounded = False
    rounded: Mapping[int, Variable] = MappingProxyType({})
    whole: Mapping[tuple[int, int], WholeNumber] = MappingProxyType({})
    printed: Mapping[float, Printed] = MappingProxyType({})
    read: Sequence[tuple[Origin, Printed]] = ()
    pickled: Mapping[int, Variable] = MappingProxyType({})
    remembered: Mapping[Any, Any] = MappingProxyType({})
    is_plain = False
    end: Callable[[], None] | None = None
    has_arrays = False

    def __init__(self) -> None:
        self.thread = get_ident()

    def table(self, name: str) -> dict[Any, Any]:
        """Return one of the tables, to be written to."""
        return vars(self).setdefault(name, {})  # type: ignore[no-any-return]

    def sequence(self, name: str) -> list[Any]:
        """Return one of the sequences, to be written to."""
        return vars(self).setdefault(name, [])  # type: ignore[no-any-return]


ACTIVE: Final[list[RunNotes]] = []
"""The notes of every run that goes on, in whatever thread; asking whether a list is empty costs next to nothing.

Whoever goes through it takes a copy: as runs of other threads end, one would be passed over.
"""


def noting() -> AbstractContextManager[RunNotes]:
    """Within, note what happens."""
    notes = RunNotes()

    def begin() -> RunNotes:
        ACTIVE.append(notes)
        return notes

    def end() -> None:
        if notes in ACTIVE:
            ACTIVE.remove(notes)

    return bracket(begin, end)


def runs_here() -> list[RunNotes]:
    """Return the notes of the runs that go on in this thread; of all, in one that some run may have started."""
    runs, thread = ACTIVE.copy(), get_ident()
    return [notes for notes in runs if notes.thread == thread] or runs


def innermost() -> RunNotes | None:
    """Return the notes of the innermost run in this thread, as `runs_here` has them; `None` if there is none."""
    runs = runs_here()
    return runs[-1] if runs else None


def in_plain_run() -> bool:
    """Return whether the run that goes on stands for a plain call, which must not fail where a derivative does."""
    notes = innermost() if ACTIVE else None
    return notes is not None and notes.is_plain


def end_plain_run() -> bool:
    """Make the Variables of the innermost run constants if no derivative is wanted of it; return whether that is so.

    To be called before a plain number is refused: such a run goes on as plain Python does.
    """
    notes = innermost() if ACTIVE else None
    end = None if notes is None else notes.end
    if end is not None:
        end()
    return end is not None


def note_arrays() -> None:
    """Note that there are arrays in the innermost run, of which no derivative is wanted."""
    notes = innermost()
    if notes is not None:
        notes.has_arrays = True


def note_refusal(message: str, variables: Sequence[Variable]) -> None:
    """Note that a plain number was refused."""
    for notes in ACTIVE.copy():
        notes.sequence("refusals").append(Refusal(message, variables))


STANDING_IN: Final[set[CodeType]] = set()
"""Code of this project that calls builtins such as `max` for the code that calls it."""


def asking() -> tuple[CodeType, int] | None:
    """Return the origin of the code that asks a method of a Scalar something; None if that is this project's own.

    To be called by what the method calls.
    """
    frame = sys._getframe(3)
    while frame.f_back is not None and (frame.f_code.co_filename.startswith(RECORDER) or frame.f_code in STANDING_IN):
        frame = frame.f_back
    return None if OWN_FILES[frame.f_code.co_filename] else (frame.f_code, frame.f_lasti)


def note_tie(question: str, left: Any, right: Any) -> None:
    """Note that numbers were equal, or one was zero or whole, unless this project itself asked."""
    origin = asking()
    if origin is None:
        return
    keep_tie(Tie(question, left, right, origin), MAX_TIES_PER_PLACE)


def keep_tie(tie: Tie, most: int) -> None:
    """Note a tie in all runs that go on, but for those whose ties this thread forgets, and those with so many there."""
    key = id(tie.origin[0]), tie.origin[1]
    for notes in ACTIVE.copy():
        known = [] if notes in FORGETTING.runs else notes.table("ties").setdefault(key, [])
        if len(known) < most:
            known.append(tie)


class Forgetting(threading.local):
    """The runs in which this thread notes no ties."""

    runs: tuple[RunNotes, ...] = ()


FORGETTING: Final = Forgetting()


@contextmanager
def forgetting_ties() -> Iterator[None]:
    """Within, note no equalities: a solver comes by many points, and its result depends on none but the last."""
    before = FORGETTING.runs
    FORGETTING.runs = tuple(ACTIVE)
    try:
        yield
    finally:
        FORGETTING.runs = before


def note_whole(kind: str, variable: Any) -> None:
    """Note that a whole number was made of a Variable."""
    if variable.creator is not None:
        origin = origin_of_caller()
        key = id(origin[0]), origin[1]
        for notes in ACTIVE.copy():
            if key not in notes.whole:
                notes.table("whole")[key] = WholeNumber(kind, variable, origin)


def note_rounded(output: Any) -> None:
    """Note what a Function that rounds has made of a Variable."""
    for notes in ACTIVE.copy():
        notes.has_rounded = True
        if len(notes.rounded) < MAX_ROUNDED and getattr(output, "creator", None) is not None:
            notes.table("rounded")[output.unique_id] = output


def note_printed(text: str, variable: Variable) -> None:
    """Note that a Variable was written as text."""
    try:
        value = float.fromhex(text) if "x" in text else float(text)
    except ValueError:
        return
    printed = Printed(variable, origin_of_caller())
    for notes in ACTIVE.copy():
        if len(notes.printed) < MAX_PRINTED:
            notes.table("printed")[value] = printed


def note_read(value: float) -> None:
    """Note that a number was made from text, where one like it was printed."""
    for notes in ACTIVE.copy():
        printed = notes.printed.get(value)
        if printed is not None:
            notes.sequence("read").append((origin_of_caller(), printed))
