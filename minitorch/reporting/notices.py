"""Notices about derivatives: kinks, where one of several was chosen, and values that are not finite.

    abs(x) at x = 0           a kink: the derivative is taken as 0
    math.sqrt(x) at x = 0     infinite: the derivative by x is inf

The choices are those of the table of rules: the derivative is that of the branch which Python took. A derivative that
is zero only because something was rounded has a notice, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from minitorch.autodiff.decisions import Decision
from minitorch.autodiff.place import Place
from minitorch.autodiff.topological_order import parents_of
from minitorch.autodiff.variable import Variable, function_name, history_as_made, value_of
from minitorch.drawing.array_texts import has_axes
from minitorch.reporting.branches import margin_of, spot_of_decision
from minitorch.reporting.choices import number
from minitorch.reporting.model import Notice, Spot
from minitorch.reporting.numerals import numeral
from minitorch.reporting.sources import spot_of
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Indicator

__all__ = ["KINKS", "notices_of"]

Kink = tuple[Callable[..., bool], str]


def first_is_zero(x: float, *_: float) -> bool:
    """Return whether the first operand is zero."""
    return x == 0


def last_is_zero(*values: float) -> bool:
    """Return whether the output, given after the operands, is zero."""
    return values[-1] == 0


def quotient_is_whole(x: float, y: float, _: float) -> bool:
    """Return whether the second operand divides the first without a remainder."""
    return y != 0 and math.isfinite(x) and math.fmod(x, y) == 0


def both_are_equal(x: float, y: float, _: float) -> bool:
    """Return whether the operands are equal."""
    return x == y


KINKS: Final[dict[str, Kink]] = {
    "Abs": (first_is_zero, "abs at 0: its derivative is taken as 0"),
    "Fabs": (first_is_zero, "fabs at 0: its derivative is taken as 0"),
    "ReLU": (first_is_zero, "relu at 0: its derivative is taken as 0"),
    "Copysign": (first_is_zero, "copysign of 0: its derivative is taken as 0"),
    "Hypot": (last_is_zero, "hypot of zeros: its derivatives are taken as 0"),
    "Dist": (last_is_zero, "the distance of a point from itself: its derivatives are taken as 0"),
    "FloorDiv": (quotient_is_whole, "// at a jump: its derivative is taken as 0"),
    "Mod": (quotient_is_whole, "% at a jump: the derivative is that of the branch Python took"),
    "Fmod": (quotient_is_whole, "fmod at a jump: the derivative is that of the branch Python took"),
    "Fmax": (both_are_equal, "both sides are equal: fmax has the derivative of the first"),
    "Fmin": (both_are_equal, "both sides are equal: fmin has the derivative of the first"),
    "ModfFraction": (lambda x, _: x == math.floor(x), "modf of a whole number, where its fraction jumps"),
    "ModfWhole": (lambda x, _: x == math.floor(x), "modf of a whole number, where it jumps: its derivative is 0"),
}
"""For each Function with kinks: whether its operands, followed by its output, are at one, and the message then."""


def notices_of(
    nodes: Iterable[Variable],
    derivatives: dict[int, Any],
    decisions: Iterable[Decision],
    since: int,
    rounded_away: Iterable[tuple[Variable, Place]] = (),
) -> list[Notice]:
    """Find kinks and values that are not finite; what happens several times at one place is one notice.

    Args:
        nodes: the Variables of the run, the oldest first.
        derivatives: the derivative of the output by each, by `unique_id`.
        decisions: the questions asked in the run.
        since: the `unique_id` from which on Variables belong to the run.
        rounded_away: inputs whose only ways to the output lead through rounding, each with where that is.
    """
    moments_by_notice: dict[tuple[str, Spot, str], list[int]] = {}
    for node in nodes:
        for kind, message in remarks_on(node, derivatives):
            place = node.place
            spot = Spot("", 0, "") if place is None else spot_of(place)
            moments_by_notice.setdefault((kind, spot, message), []).append(node.unique_id - since)
    for decision in decisions:
        if margin_of(decision) == 0:
            message = f"{tie(decision)}: the derivative is that of the branch Python took"
            key = "kink", spot_of_decision(decision), message
            moments_by_notice.setdefault(key, []).append(decision.variable.unique_id - since)
    for x, place in rounded_away:
        message = f"the derivative by {x.name or 'an argument'} is 0 only because this is rounded"
        moments_by_notice.setdefault(("kink", spot_of(place), message), []).append(x.unique_id - since)
    notices = [Notice(*key, len(moments), min(moments)) for key, moments in moments_by_notice.items()]
    return sorted(notices, key=lambda notice: notice.moment)


def tie(decision: Decision) -> str:
    """Return why a decision has no margin."""
    if type(decision.variable) is Indicator:
        return "both sides are equal"
    return "the value is zero" if decision.kind == "truth" else f"{decision.kind} at a jump"


def remarks_on(node: Variable, derivatives: dict[int, Any]) -> Iterable[tuple[str, str]]:
    """Yield the kind and message of each notice about one operation."""
    if node.holds_array:
        yield from remarks_on_array(node, derivatives)
        return
    value = float(node.get_data())
    if not math.isfinite(value) or not math.isfinite(derivatives.get(node.unique_id, 0.0)):
        yield from remarks_on_nonfinite(node, value, derivatives)
        return
    operands = parents_of(node)
    if any(isinstance(x, Variable) and not_finite(derivatives.get(x.unique_id, 0.0)) for x in operands):
        yield from remarks_on_derivatives(node, derivatives)
    name = function_name(node)
    if name in KINKS:
        at_kink, message = KINKS[name]
        if at_kink(*map(value_of, operands), value):
            yield "kink", message


def not_finite(value: Any) -> int:
    """Return how many elements are not finite."""
    finite = abs(value) < math.inf
    return int(value.size - finite.sum()) if has_axes(value) else int(not finite)


def remarks_on_array(node: Variable, derivatives: dict[int, Any]) -> Iterable[tuple[str, str]]:
    """Yield a notice of elements, or derivatives by elements, that are not finite, where they arise."""
    value, own = value_of(node), derivatives.get(node.unique_id, 0.0)
    operands = [x for x in parents_of(node) if isinstance(x, Variable)]
    count = not_finite(value)
    if count:
        if not any(not_finite(value_of(x)) for x in operands):
            yield "nan" if is_nan(value) else "infinite", f"{function_name(node)}: {count} elements are not finite"
        return
    for x in operands:
        slope = derivatives.get(x.unique_id, 0.0)
        if not_finite(slope) and not not_finite(own):
            what = f"its derivative by {x.name or 'an operand'} is not finite at {not_finite(slope)} elements"
            yield "nan" if is_nan(slope) else "infinite", f"{function_name(node)}: {what}"


def is_nan(value: Any) -> bool:
    """Return whether something in a value is not a number."""
    return bool((value != value).any()) if has_axes(value) else bool(value != value)


def remarks_on_nonfinite(node: Variable, value: float, derivatives: dict[int, float]) -> Iterable[tuple[str, str]]:
    """Yield a notice of a value that is not finite where it arises, not wherever it goes from there."""
    operands: Sequence[Any] = [plain_value(x) for x in parents_of(node)]
    if not math.isfinite(value) and all(not isinstance(x, (int, float)) or math.isfinite(x) for x in operands):
        yield kind_of(value), f"{function_name(node)}({', '.join(map(number, operands))}) is {numeral(value)}"


def remarks_on_derivatives(node: Variable, derivatives: dict[int, float]) -> Iterable[tuple[str, str]]:
    """Yield a notice of a derivative that is not finite where the backward pass computes it."""
    history = history_as_made(node)
    contributions = [] if history is None else history.backprop_step(derivatives.get(node.unique_id, 0.0))
    for x, contribution in contributions:
        if not x.holds_array and not math.isfinite(contribution):
            what = f"its derivative by {x.name or 'an operand'} (at {number(x)}) is {number(contribution)}"
            yield kind_of(contribution), f"{function_name(node)}: {what}"


def kind_of(value: float) -> str:
    """Return the kind of notice for a value that is not finite."""
    return "nan" if math.isnan(value) else "infinite"
