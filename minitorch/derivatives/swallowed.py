"""Refusals that somebody swallowed: a run that goes on after one has taken a way that plain numbers would not take.

try:
    return library.volume(x)        raises HistoryLostError, which is a TypeError
except TypeError:
    return -1.0                     wrong: for a plain number the library answers
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.place import Place, warn_caller
from minitorch.autodiff.run_notes import RunNotes
from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import Variable, is_settled
from minitorch.scalars.detach import without_history

__all__ = [
    "HistoryInTextWarning",
    "caught_before",
    "depends_on",
    "make_plain",
    "raise_in_place_of",
    "raise_swallowed",
    "swallowed",
]


class HistoryInTextWarning(UserWarning):
    """A number was made from text that a Variable was printed as: text keeps no history."""


def depends_on(variables: Sequence[Variable], inputs: Sequence[Variable]) -> bool:
    """Return whether one of the Variables was made from one of the inputs, or is one."""
    own = {x.unique_id for x in inputs}
    return bool(own) and any(x.unique_id in own for x in topological_sort(*variables, since=min(own)))


def swallowed(notes: RunNotes, inputs: Sequence[Variable]) -> str | None:
    """Return what the first refusal said that concerns a run which has ended well; None if there was none.

    Args:
        notes: those of the run.
        inputs: the Variables that it began with.
    """
    for refusal in notes.refusals:
        if not refusal.variables or depends_on(refusal.variables, inputs):
            return refusal.message
    return None


def raise_swallowed(notes: RunNotes, inputs: Sequence[Variable]) -> None:
    """Raise the first refusal that concerns a run which has ended well; warn of numbers that went through text.

    Raises:
        HistoryLostError: there is one.
    """
    for (code, instruction), printed in notes.read:
        if depends_on([printed.variable], inputs):
            where, source = Place.of((code, instruction)), Place.of(printed.origin)
            label = printed.variable.label()  # type: ignore[attr-defined]
            warn_caller(
                HistoryInTextWarning(
                    f"{where}: the number that is made from text here is equal to {label}, which was printed at "
                    f"{source}: text keeps no history, so its derivative is 0. Pass the number on beside its text."
                )
            )
    message = swallowed(notes, inputs)
    if message is not None:
        raise caught_before(message)


def caught_before(message: str) -> HistoryLostError:
    """Make the error that tells of one which the user's code has caught."""
    return HistoryLostError(
        f"{message} This error was caught, and the code went on another way than plain numbers would take; so "
        "neither value nor derivative would be right."
    )


def raise_in_place_of(error: BaseException, notes: RunNotes, inputs: Sequence[Variable]) -> None:
    """Raise the first refusal that concerns a run which ends in another error, unless that was raised because of it.

    Args:
        error: what was raised.
        notes: those of the run.
        inputs: the Variables that it began with.

    Raises:
        HistoryLostError: there is one.
    """
    message = swallowed(notes, inputs) if notes.refusals else None
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, HistoryLostError):
        cause = cause.__cause__ or cause.__context__
    if message is not None and cause is None:
        raise caught_before(message) from error


def make_plain(error: BaseException | None) -> None:
    """Put plain numbers in the place of constants among the arguments of an error that leaves a run."""
    if error is not None and error.args:
        plain = without_history(error.args, lambda x: not is_settled(x))
        if any(map(operator.is_not, plain, error.args)):
            error.args = plain
