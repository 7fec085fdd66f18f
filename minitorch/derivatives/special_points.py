"""Equalities that hold by accident: at such a point the derivative is that of a special case.

    if angle == 30:            at 30.0 the code returns a constant, whose derivative is 0;
        return 0.5             beside it the derivative is that of the sine
    return math.sin(math.radians(angle))

So is an order comparison of equal numbers, and a dict that finds a value under a key that was made in another way.
Equal numbers that stay equal when the inputs move (`math.floor(x) == 2`) are no accident.
"""

from __future__ import annotations

import ast
import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple

from minitorch.autodiff.place import Place, source_of, warn_caller
from minitorch.autodiff.run_notes import RunNotes, Tie
from minitorch.autodiff.topological_order import is_variable, topological_sort
from minitorch.autodiff.variable import Variable, value_of, vjp_contributions
from minitorch.derivatives.entries import array_points
from minitorch.transformer import parse_quietly

__all__ = [
    "DEFAULT_OPTIONS",
    "EQUALITIES",
    "Options",
    "RoundingMode",
    "Side",
    "Sides",
    "SpecialPointWarning",
    "SpecialPoints",
    "announced",
    "described",
    "moved",
    "orders_at",
    "sides_of",
    "special_ties",
]

SpecialPoints = Literal["warn", "raise", "ignore", "limit"]
RoundingMode = Literal["warn", "ignore", "straight_through"]

AGREEMENT: Final = 1e-6
"""Derivatives that differ relatively by less are the same: of equal numbers, and on both sides of a point."""

NOISE: Final = 1e-12
"""So far, relative to the largest derivative, others that are zero but for rounding are the same."""

UNITS_AWAY: Final = 4
"""How many units in the last place, at least, the sides of a point are away from it."""

TABLED: Final = frozenset({"max", "min", "sorted", "sort", "nlargest", "nsmallest", "heappush", "heappop", "heapify",
                           "merge", "heapreplace", "heappushpop", "insort", "insort_left", "insort_right"})  # fmt: skip
"""What orders equal numbers: there the derivative is, by the table, that of the object which stays first."""


EQUALITIES: Final = frozenset({"EQ", "NE", "truth", "is_integer"})
"""Questions whose answer at a special point is another one than beside it, on either side."""


class SpecialPointWarning(UserWarning):
    """A derivative is that of a special case, since numbers are equal by accident."""


class Options(NamedTuple):
    """What to do about derivatives that may be others than meant.

    Args:
        special_points: at a point where numbers are equal by accident "warn", "raise" a SpecialPointWarning, "ignore"
            it, or give the "limit" of the derivatives beside the point.
        rounding: where a derivative is zero only because something was rounded on the way "warn", "ignore" it, or
            differentiate "straight_through" as if it were not rounded. That covers, in code that is traced, `round`,
            `int`, `//`, `floor`, `ceil` and `trunc` of `math`, `modf`, and numpy's functions of these names: values are
            those of plain Python, whole numbers ints. `%` keeps its own derivative, which `divmod` goes by. What else
            makes whole numbers (`y.astype(int)`, text, code in C) still ends the history, and is said.
    """

    special_points: SpecialPoints = "warn"
    rounding: RoundingMode = "warn"

    def checked(self) -> Options:
        """Return the options themselves.

        Raises:
            ValueError: one of them is unknown.
        """
        if self.special_points not in ("warn", "raise", "ignore", "limit"):
            raise ValueError(
                f"special_points must be 'warn', 'raise', 'ignore' or 'limit', not {self.special_points!r}"
            )
        if self.rounding not in ("warn", "ignore", "straight_through"):
            raise ValueError(f"rounding must be 'warn', 'ignore' or 'straight_through', not {self.rounding!r}")
        return self


DEFAULT_OPTIONS: Final = Options()


def special_ties(notes: RunNotes, inputs: Sequence[Variable], since: int) -> list[Tie]:
    """Return the ties that would not hold beside this point, the first of each place.

    One forward pass tells: the inputs move, each at a pace of its own, and equal numbers that move apart are special.

    Args:
        notes: those of the run.
        inputs: the Variables that it began with.
        since: the `unique_id` from which on Variables belong to it.
    """
    noted = [tie for known in [*notes.ties.values()] for tie in known if not tie.is_reported]
    ties = [tie for tie in noted if tie.left is not tie.right]
    if not ties:
        return []
    paces = tangents_of([side for tie in ties for side in (tie.left, tie.right)], inputs, since)
    found: dict[tuple[int, int], Tie] = {}
    chosen: set[int] = set()
    for tie in ties:
        key = id(tie.origin[0]), tie.origin[1]
        if key not in found and is_special(tie, paces):
            if decides(tie):
                found[key] = tie
            else:
                chosen |= {side.unique_id for side in (tie.left, tie.right) if is_variable(side)}
    # What `max` has chosen of equal numbers is just one of them, or what `min` has chosen, at this point alone.
    for tie in noted if chosen else ():
        key = id(tie.origin[0]), tie.origin[1]
        if tie.left is tie.right and tie.left.unique_id in chosen and tie.question in ("EQ", "NE"):
            found.setdefault(key, tie)
    return list(found.values())


def is_special(tie: Tie, paces: dict[int, Any]) -> bool:
    """Return whether what is equal moves apart; of arrays whether some of their equal elements do."""
    left, right = pace_of(tie.left, paces), pace_of(tie.right, paces)
    if has_axes(tie.left) or has_axes(tie.right):
        return bool(array_points().apart(tie.left, tie.right, left, right, AGREEMENT))
    return moves_apart(left, right)


def has_axes(value: Any) -> bool:
    """Return whether a value is an array."""
    return bool(getattr(value, "ndim", 0))


def tangents_of(values: Iterable[Any], inputs: Sequence[Variable], since: int) -> dict[int, Any]:
    """Return how fast Variables move when the inputs do, each at a pace of its own, by `unique_id`."""
    # Paces that no sum of few of them hits by accident.
    order = topological_sort(*(value for value in values if is_variable(value)), since=since)
    if any(x.holds_array for x in order):
        moving: dict[int, Any] = array_points().paces(order, inputs)
        return moving
    tangents = {x.unique_id: 1.0 + (index * 0.6180339887498949) % 1.0 for index, x in enumerate(inputs)}
    for node in reversed(order):
        if node.unique_id in tangents:
            continue
        if hasattr(node.creator, "plain"):
            # It rounds, whatever its derivative is taken to be.
            tangents[node.unique_id] = 0.0
        else:
            parts = [(tangents.get(x.unique_id), value_of(partial)) for x, partial in vjp_contributions(node, 1.0)]
            tangents[node.unique_id] = sum((pace * partial for pace, partial in parts if pace), 0.0)
    return tangents


def pace_of(value: Any, paces: dict[int, Any]) -> Any:
    """Return how fast a value moves; a plain one does not."""
    return paces.get(value.unique_id, 0.0) if is_variable(value) else 0.0


def moves_apart(left: float, right: float) -> bool:
    """Return whether paces differ by more than what rounding, or the last step of an iteration, explains."""
    return not abs(left - right) <= AGREEMENT * max(abs(left), abs(right))


def decides(tie: Tie) -> bool:
    """Return whether a tie is the code's own question, and not one of `max` or `sorted`, for which there is a table."""
    return tie.question in EQUALITIES or not orders_at(tie.place)


def orders_at(place: Place) -> bool:
    """Return whether the code at a place orders numbers by `max`, `sorted` or their like."""
    return orders(source_of(place), place.column is not None)


@functools.lru_cache(maxsize=10_000)
def orders(text: str, is_expression: bool) -> bool:
    """Return whether source orders numbers by `max`, `sorted` or their like.

    Args:
        text: an expression, or a whole line.
        is_expression: which of the two.

    >>> orders("max(x, y)", True), orders("x < y", True), orders("if x < max(y, z):", False)
    (True, False, False)
    """
    line = text.strip()
    if line.endswith(":"):
        line = f"{line.removeprefix('el') if line.startswith('elif') else line} pass"
    try:
        tree = parse_quietly(f"({text})" if is_expression else line)
    except SyntaxError:
        return any(f"{name}(" in text for name in TABLED)
    nodes = list(ast.walk(tree))
    if is_expression:
        nodes = [tree.body[0].value] if tree.body and isinstance(tree.body[0], ast.Expr) else []
    elif any(isinstance(node, ast.Compare) for node in nodes):
        return False
    names = {callee_name(node) for node in nodes if isinstance(node, ast.Call)}
    return not names.isdisjoint(TABLED)


def callee_name(call: ast.Call) -> str:
    """Return the last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def announced(ties: Sequence[Tie], mode: SpecialPoints) -> None:
    """Tell the user of special points, as the mode has it.

    Raises:
        SpecialPointWarning: there is one, and the mode is "raise".
    """
    for tie in ties:
        tie.is_reported = mode != "ignore"
        warning = SpecialPointWarning(described(tie))
        if mode == "raise":
            raise warning
        if mode == "warn":
            warn_caller(warning)


def described(tie: Tie) -> str:
    """Say what holds by accident, and what to do."""
    place = tie.place
    left, right = value_of(tie.left), value_of(tie.right)
    if has_axes(left) or has_axes(right):
        left, right = array_points().first_equal(left, right)
    text = " ".join(source_of(place).split())
    shown = f"`{text}`" if text else "a comparison"
    what = {"truth": f"the value is just {left!r}", "is_integer": f"{left!r} is just whole"}.get(
        tie.question, f"{left!r} and {right!r} are equal"
    )
    return (
        f"{place}: {shown} depends on this very point, where {what}: the derivative is that of this special case. "
        "Evaluate beside the point, ask for special_points='limit', or, if the special case is meant, for 'ignore'."
    )


class Side(NamedTuple):
    """Where to go from a point: 1 for larger numbers, -1 for smaller ones.

    Args:
        even: where the first number goes, the third, and so on.
        odd: where the others go.
    """

    even: int
    odd: int


def moved(values: Sequence[Any], side: Side, offset: int = 0) -> list[Any]:
    """Return numbers a few units in the last place away, each by another distance.

    Args:
        values: the numbers.
        side: where to.
        offset: how many numbers have been moved before these.

    >>> moved([1.0], Side(1, 1))[0] > 1.0 > moved([1.0], Side(-1, -1))[0]
    True
    """
    scale = 2.0**-52
    found = []
    for x in values:
        if has_axes(x):
            found.append(array_points().moved_array(x, side, UNITS_AWAY, offset))
            offset += x.size
        else:
            found.append(x + side[offset % 2] * (UNITS_AWAY + 3 * offset) * scale * (abs(value_of(x)) or 1.0))
            offset += 1
    return found


def sides_of(inputs: int) -> list[Side]:
    """Return where to look at so many inputs: of one number at both sides, of several in two directions.

    >>> len(sides_of(1)), len(sides_of(3))
    (2, 4)
    """
    return [Side(-1, -1), Side(1, 1), Side(-1, 1), Side(1, -1)][: 2 if inputs == 1 else 4]


class Sides(NamedTuple):
    """The derivatives around a special point.

    Args:
        runs: the runs beside it.
        place: what to call the point in a warning.
    """

    runs: Sequence[Any]
    place: str

    def limit(self, center: Sequence[Any], multiply: Callable[[Any], Sequence[Any]]) -> list[Any]:
        """Return derivatives in the limit: the mean where all sides agree, else the point's own, with a warning.

        Args:
            center: those at the point.
            multiply: gives those of a run.
        """
        around = list(zip(*map(multiply, self.runs), strict=True))
        plain = [[] if has_axes(each[0]) else [float(value_of(x)) for x in each] for each in around]
        noise = NOISE * max((abs(x) for each in plain for x in each if math.isfinite(x)), default=0.0)
        limits = []
        for own, each, numbers in zip(center, around, plain, strict=True):
            if has_axes(own):
                limit, disagreeing = array_points().limits(own, each, AGREEMENT, NOISE)
                limits.append(limit)
                if disagreeing is not None:
                    self.disagree(*disagreeing)
                continue
            low, high = min(numbers), max(numbers)
            if low == high:
                limits.append(each[0])
            elif high - low > noise and moves_apart(low, high):
                limits.append(own)
                first, other = next((x, y) for x, y in zip(numbers, numbers[1:]) if x != y)  # noqa: B905, RUF007
                self.disagree(first, other, value_of(own))
            else:
                limits.append(sum(each[1:], each[0]) / len(each))
        return limits

    def disagree(self, low: float, high: float, own: float) -> None:
        """Warn that there is no limit."""
        warn_caller(
            SpecialPointWarning(
                f"{self.place}: the derivatives beside this point disagree, {low!r} on one side and {high!r} on the "
                f"other: there is no limit, and {own!r} is that of the branch that Python took."
            )
        )
