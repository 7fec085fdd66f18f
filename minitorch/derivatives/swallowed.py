"""Refusals that somebody swallowed: a run that goes on after one has taken a way that plain numbers would not take.

try:
    return library.volume(x)        raises HistoryLostError, which is a TypeError
except TypeError:
    return -1.0                     wrong: for a plain number the library answers
"""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.place import Place, warn_caller
from minitorch.autodiff.run_notes import RunNotes
from minitorch.autodiff.variable import Variable, topological_sort

__all__ = ["HistoryInTextWarning", "depends_on", "raise_swallowed", "swallowed"]


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
        raise HistoryLostError(
            f"{message} This error was caught, and the code went on another way than plain numbers would take; so "
            "neither value nor derivative would be right."
        )
