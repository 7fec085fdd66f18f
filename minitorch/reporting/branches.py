"""The branches of a run: every question that the code asked about a value, its answer, and by what margin.

    if x > 0:      True, by 0.003; a change of the inputs by 0.1 % may bring the other branch

The comparison of an `if`, the rounding by `int` and the order of `sorted` are questions alike: no derivative shows what
would happen with another answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from minitorch.autodiff.decisions import Decision
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import backward_pass, function_name, value_of
from minitorch.drawing.array_texts import has_axes
from minitorch.reporting.choices import choice_of, number
from minitorch.reporting.model import Branch, Spot
from minitorch.reporting.sources import spot_of, text_at
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import VARIABLE_TYPES, Indicator

__all__ = ["SYMBOLS", "branches_of", "margin_of", "size_of_change", "spot_of_decision"]

SYMBOLS: Final = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "==", "NE": "!="}
"""The symbol of each comparison's Function."""

ROUNDED: Final = {"int": "int", "floor": "math.floor", "ceil": "math.ceil", "round": "round"}
"""The Python function of each question whose answer is a whole number."""


def branches_of(decisions: Iterable[Decision], inputs: list[Any], since: int) -> list[Branch]:
    """Describe decisions, grouped by place and answer, the one nearest to another answer first.

    Args:
        decisions: the questions asked in the run.
        inputs: the Variables that it began with.
        since: the `unique_id` from which on Variables belong to the run.
    """
    groups: dict[Any, list[Decision]] = {}
    spots: dict[Any, Spot] = {}
    for decision in decisions:
        origin, asked = decision.origin, decision.variable
        where = (origin and (id(origin[0]), origin[1]), asked.code and (id(asked.code), asked.instruction))
        if where not in spots:
            spots[where] = spot_of_decision(decision)
        choice = choice_of(decision)
        if choice is not None:
            groups.setdefault((spots[where], "choice", choice.function, choice.group), []).append(decision)
            continue
        # Whole numbers may be as many as runs; true and false are worth telling apart.
        answer = decision.outcome if type(decision.outcome) is bool else None
        groups.setdefault((spots[where], decision.kind, function_name(decision.variable), answer), []).append(decision)
    branches = [branch_of(spot, group, inputs, since) for (spot, *_), group in groups.items()]
    return sorted(branches, key=lambda branch: (order_of(branch.reach), order_of(branch.margin)))


def spot_of_decision(decision: Decision) -> Spot:
    """Return the place where the code asked, with the text of what it asked about."""
    place = decision.place
    if place is None:
        return Spot("", 0, "")
    spot = spot_of(place)
    # Python gives every part of `a or b` the place of `a`; a comparison knows its own place.
    compared = decision.variable.place if type(decision.variable) is Indicator else None
    return spot if compared is None else replace(spot, text=text_at(compared))


def branch_of(spot: Spot, group: list[Decision], inputs: list[Any], since: int) -> Branch:
    """Describe decisions of one kind at one place by that with the smallest margin."""
    nearest = min(group, key=lambda decision: order_of(margin_of(decision)))
    margin = margin_of(nearest)
    choice = choice_of(nearest)
    differ = choice is None and any(decision.outcome != nearest.outcome for decision in group)
    outcome = "" if nearest.kind == "value" else f"{nearest.outcome}{', …' if differ else ''}"
    return Branch(
        spot=spot,
        question=question_of(nearest) if choice is None else choice.question,
        outcome=outcome if choice is None else choice.outcome,
        times=len(group),
        margin=margin,
        reach=math.nan if margin is None else reach_of(nearest, margin, inputs, since),
        moment=nearest.variable.unique_id - since,
        is_choice=choice is not None,
    )


def order_of(distance: float | None) -> float:
    """Return a distance for sorting; one that is unknown is infinite."""
    return math.inf if distance is None or math.isnan(distance) else distance


def sides_of(decision: Decision) -> tuple[Any, Any] | None:
    """Return the two values whose distance decides: those of a comparison, or a value and zero; `None` otherwise."""
    if decision.kind != "truth":
        return None
    if type(decision.variable) is not Indicator:
        return decision.variable, 0.0
    left, *others = parents_of(decision.variable)
    return (left, others[0]) if function_name(decision.variable) in SYMBOLS and others else None


def question_of(decision: Decision) -> str:
    """Return the text of a question with the values that it was asked about."""
    sides = sides_of(decision)
    if sides is not None:
        symbol = SYMBOLS.get(function_name(decision.variable), "!=") if type(decision.variable) is Indicator else "!="
        return f"{number(sides[0])} {symbol} {number(sides[1])}"
    if decision.kind == "truth":
        return f"{function_name(decision.variable)}({', '.join(map(number, parents_of(decision.variable)))})"
    function = {**ROUNDED, "is_integer": "is_integer"}.get(decision.kind)
    return f"{function}({number(decision.variable)})" if function else f"{number(decision.variable)} as a plain value"


def margin_of(decision: Decision) -> float | None:
    """Return the distance of a value to the nearest one that would have got another answer.

    Returns:
        `None` where there is no such distance: `isnan`, a value used as a key, operands that are not real numbers.
    """
    sides = sides_of(decision)
    if sides is not None:
        return distance(plain_value(sides[0]), plain_value(sides[1]))
    value = plain_value(decision.variable)
    if type(value) is not float or not math.isfinite(value):
        return None
    below, above = value - math.floor(value), math.ceil(value) - value
    if decision.kind == "floor":
        return min(below, math.floor(value) + 1 - value)
    if decision.kind == "ceil":
        return min(above, value - (math.ceil(value) - 1))
    if decision.kind == "int":
        # Between -1 and 1 the answer is zero, so zero itself is not an edge.
        return 1 - abs(value) if abs(value) < 1 else min(abs(value) - math.floor(abs(value)), 1 - abs(value) % 1)
    if decision.kind == "round":
        return abs(abs(value - round(value)) - 0.5)
    return min(below, above) if decision.kind == "is_integer" else None


def distance(left: Any, right: Any) -> float | None:
    """Return how far apart two real numbers are; `None` for anything else."""
    try:
        apart = abs(float(left) - float(right))
    except (TypeError, ValueError, OverflowError):
        return None
    return apart if math.isfinite(apart) else None


def reach_of(decision: Decision, margin: float, inputs: list[Any], since: int) -> float:
    """Return the relative change of all inputs together that would, to first order, use the margin up."""
    sides = sides_of(decision) or (decision.variable,)
    adjoints: dict[int, float] = {}
    for side, sign in zip(sides, (1.0, -1.0), strict=False):
        if type(side) in VARIABLE_TYPES:
            adjoints[side.unique_id] = adjoints.get(side.unique_id, 0.0) + sign
    variables = [side for side in sides if type(side) in VARIABLE_TYPES]
    slopes = backward_pass(topological_sort(*variables, since=since), adjoints, inputs)
    change = math.fsum(size_of_change(value_of(slope) * x.get_data()) for slope, x in zip(slopes, inputs, strict=True))
    if math.isnan(change):
        return math.nan
    return margin / change if change else math.inf


def size_of_change(change: Any) -> float:
    """Return the size of a change; that of an array is the sum over its elements."""
    return float(abs(change).sum()) if has_axes(change) else abs(change)
