"""How far the run was from another one: every question that the code asked about a value, and by what margin.

    if x > 0:      True, by 0.003; a change of the inputs by 0.1 % may bring the other branch

What an `if` compares, what `int` cuts off and what `sorted` puts in order are questions alike: no derivative shows
what would happen on the other side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from minitorch.autodiff.decisions import Decision
from minitorch.autodiff.variable import backward_pass, function_name, parents_of, topological_sort
from minitorch.reporting.model import Branch, Spot
from minitorch.reporting.sources import spot_of, text_at
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import VARIABLE_TYPES, Indicator

__all__ = ["SYMBOLS", "branches_of", "margin_of", "spot_of_decision"]

SYMBOLS: Final = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "==", "NE": "!="}
"""How the Functions of comparisons are written."""

ROUNDED: Final = {"int": "int", "floor": "math.floor", "ceil": "math.ceil", "round": "round"}
"""How the questions are written whose answer is a whole number."""


def branches_of(decisions: Iterable[Decision], inputs: list[Any], since: int) -> list[Branch]:
    """Describe decisions, those of one place with one answer together, the nearest to another answer first.

    Args:
        decisions: what was asked in the run.
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
        # Whole numbers may be as many as runs; true and false are worth telling apart.
        answer = decision.outcome if type(decision.outcome) is bool else None
        groups.setdefault((spots[where], decision.kind, function_name(decision.variable), answer), []).append(decision)
    branches = [branch_of(spot, group, inputs, since) for (spot, *_), group in groups.items()]
    return sorted(branches, key=lambda branch: (order_of(branch.reach), order_of(branch.margin)))


def spot_of_decision(decision: Decision) -> Spot:
    """Where the code asked, and what."""
    place = decision.place
    if place is None:
        return Spot("", 0, "")
    spot = spot_of(place)
    # Python says of every part of `a or b` that it is asked for where `a` stands; a comparison knows its own place.
    compared = decision.variable.place if type(decision.variable) is Indicator else None
    return spot if compared is None else replace(spot, text=text_at(compared))


def branch_of(spot: Spot, group: list[Decision], inputs: list[Any], since: int) -> Branch:
    """Describe decisions of one kind at one place by that with the smallest margin."""
    nearest = min(group, key=lambda decision: order_of(margin_of(decision)))
    margin = margin_of(nearest)
    differ = any(decision.outcome != nearest.outcome for decision in group)
    return Branch(
        spot=spot,
        question=question_of(nearest),
        outcome="" if nearest.kind == "value" else f"{nearest.outcome}{', …' if differ else ''}",
        times=len(group),
        margin=margin,
        reach=math.nan if margin is None else reach_of(nearest, margin, inputs, since),
        moment=nearest.variable.unique_id - since,
    )


def order_of(distance: float | None) -> float:
    """A distance for sorting, with what can't be told at the end."""
    return math.inf if distance is None or math.isnan(distance) else distance


def sides_of(decision: Decision) -> tuple[Any, Any] | None:
    """The two values whose distance decides: those of a comparison, or the value and zero; None for other questions."""
    if decision.kind != "truth":
        return None
    if type(decision.variable) is not Indicator:
        return decision.variable, 0.0
    left, *others = parents_of(decision.variable)
    return (left, others[0]) if function_name(decision.variable) in SYMBOLS and others else None


def question_of(decision: Decision) -> str:
    """Write a question with the values that it was asked about."""
    sides = sides_of(decision)
    if sides is not None:
        symbol = SYMBOLS.get(function_name(decision.variable), "!=") if type(decision.variable) is Indicator else "!="
        return f"{number(sides[0])} {symbol} {number(sides[1])}"
    if decision.kind == "truth":
        return f"{function_name(decision.variable)}({', '.join(map(number, parents_of(decision.variable)))})"
    asked = {**ROUNDED, "is_integer": "is_integer"}.get(decision.kind)
    return f"{asked}({number(decision.variable)})" if asked else f"{number(decision.variable)} as a plain value"


def number(value: Any) -> str:
    """Write a number of any kind briefly."""
    plain = plain_value(value)
    return f"{plain:.6g}" if type(plain) is float else str(plain)


def margin_of(decision: Decision) -> float | None:
    """By how much the answer was what it was: the distance to the nearest value with another one.

    Returns:
        None where there is no such distance: `isnan`, a value used as a key, operands that are no real numbers.
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
        # Between -1 and 1 the answer is zero, so zero itself is no edge.
        return 1 - abs(value) if abs(value) < 1 else min(abs(value) - math.floor(abs(value)), 1 - abs(value) % 1)
    if decision.kind == "round":
        return abs(abs(value - round(value)) - 0.5)
    return min(below, above) if decision.kind == "is_integer" else None


def distance(left: Any, right: Any) -> float | None:
    """How far apart two real numbers are; None for anything else."""
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
    change = math.fsum(abs(plain_value(slope) * x.data) for slope, x in zip(slopes, inputs, strict=True))
    if math.isnan(change):
        return math.nan
    return margin / change if change else math.inf
