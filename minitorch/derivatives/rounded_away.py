"""Derivatives that are zero only because something was rounded on the way.

def length(x):
    return round(12.5 * x, 6)       the derivative is 0; before it was rounded it was 12.5
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from minitorch.autodiff.place import Place, source_of, warn_caller
from minitorch.autodiff.run_notes import RunNotes
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import Variable, function_name, is_constant, value_of, vjp_contributions
from minitorch.derivatives.entries import array_points
from minitorch.scalars.primitives import STRAIGHT

ARRAY_ROUNDING: Final = frozenset(
    {"ArrayRound", "ArrayFloor", "ArrayCeil", "ArrayTrunc", "ArrayRint", "ArrayFloorDivide"}
)
"""The names of Functions on arrays that round."""

__all__ = ["RoundingWarning", "rounded_away", "rounding_messages", "warn_of_rounding"]


class RoundingWarning(UserWarning):
    """A derivative is zero only because something was rounded on the way."""


def rounded_away(
    notes: RunNotes, inputs: Sequence[Variable], outputs: Sequence[Any], since: int
) -> list[tuple[Variable, Place]]:
    """Return the inputs whose only ways to the outputs lead through rounding, each with where that is.

    Args:
        notes: those of the run.
        inputs: the Variables that it began with.
        outputs: its results, Variables and plain numbers.
        since: the `unique_id` from which on Variables belong to the run.
    """
    ends = {y.unique_id: None for y in outputs if not is_constant(y)}
    roots = [y for y in outputs if not is_constant(y)] + [whole.variable for whole in [*notes.whole.values()]]
    # Also what was rounded and left no trace in the outputs: it may have been the key of a table.
    roots += notes.rounded.values()
    reached: set[int] = set(ends)
    through: dict[int, Place | None] = {x.unique_id: x.place for x in [*notes.rounded.values()]}
    through |= {whole.variable.unique_id: Place.of(whole.origin) for whole in [*notes.whole.values()]}
    for node in topological_sort(*roots, since=since):
        key = node.unique_id
        if key not in reached and key not in through:
            continue
        if node.creator in STRAIGHT or (node.holds_array and function_name(node) in ARRAY_ROUNDING):
            for x in parents_of(node)[:2]:
                if not is_constant(x):
                    through.setdefault(x.unique_id, through.get(key) or node.place)
            continue
        for x in followed(node):
            if key in reached:
                reached.add(x.unique_id)
            if key in through:
                through.setdefault(x.unique_id, through[key])
    found = []
    for x in inputs:
        place = through.get(x.unique_id)
        if place is not None and x.unique_id not in reached:
            found.append((x, place))
    return found


def followed(node: Variable) -> list[Variable]:
    """Return the Variables that a value follows."""
    if node.holds_array:
        found: list[Variable] = array_points().followed(node)
        return found
    return [x for x, partial in vjp_contributions(node, 1.0) if x.holds_array or value_of(partial) != 0]


STRAIGHT_CURE: Final = (
    "ask for rounding='straight_through' to differentiate as if it were not, or, if it is meant, for rounding='ignore'."
)

OTHER_CURE: Final = (
    "also straight through, since that covers int(), round(), // and math's and numpy's functions that round, in code "
    "that is traced. Use one of these, or, if it is meant, rounding='ignore'."
)


def warn_of_rounding(lost: Iterable[tuple[Variable, Place]], is_straight: bool = False) -> None:
    """Warn of derivatives that are zero because of rounding, once for each place.

    Args:
        lost: the inputs, each with where that is.
        is_straight: whether rounding was to be differentiated straight through.
    """
    for message in rounding_messages(lost, is_straight):
        warn_caller(RoundingWarning(message))


def rounding_messages(lost: Iterable[tuple[Variable, Place]], is_straight: bool) -> Iterator[str]:
    """Yield what to say of such derivatives, for each place."""
    names: dict[Place, list[str]] = {}
    for x, place in lost:
        names.setdefault(place, []).append(x.label())  # type: ignore[attr-defined]
    for place, labels in names.items():
        text = " ".join(source_of(place).split())
        whom = ", ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
        what, cure = f"`{text}`" if text else "a number", OTHER_CURE if is_straight else STRAIGHT_CURE
        yield f"{place}: the derivative by {whom} is 0 only because {what} is rounded there: {cure}"
