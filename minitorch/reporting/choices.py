"""Questions that Python's own functions ask of what they are given, in the words of the code that called them.

max(level - 0.9, 0.0)     max: 1st argument `level - 0.9` = 0.42 over 0
sorted(prices)            sorted: the nearest two are 2.75 and 3.3
"""

from __future__ import annotations

import ast
import functools
from typing import Any, Final, NamedTuple

from minitorch.autodiff.decisions import Decision
from minitorch.autodiff.place import Place, source_of
from minitorch.autodiff.topological_order import is_variable, parents_of
from minitorch.reporting.numerals import numeral
from minitorch.reporting.sources import text_at
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Indicator
from minitorch.transformer import parse_quietly

__all__ = ["Choice", "choice_of", "number"]

EXTREMES: Final = frozenset({"max", "min"})
ORDERS: Final = frozenset({"sorted", "sort", "nlargest", "nsmallest"})
ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}


class Choice(NamedTuple):
    """What a function chose.

    Args:
        function: its name.
        question: what it chose, and over what.
        outcome: the answer in a few words.
        group: the same for choices that a reader takes for the same.
    """

    function: str
    question: str
    outcome: str
    group: str


def choice_of(decision: Decision) -> Choice | None:
    """Return what a function chose by a comparison; `None` where the code compared by itself."""
    place = decision.place
    if place is None or decision.kind != "truth" or type(decision.variable) is not Indicator:
        return None
    parents = list(parents_of(decision.variable))
    call = call_at(place)
    if call is None or len(parents) != 2:
        return None
    function = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if function in ORDERS:
        low, high = sorted(map(plain_value, parents))
        words = f"{number(low)} {'<' if low < high else '='} {number(high)}"
        return Choice(function, f"{function}: the nearest two are {number(low)} and {number(high)}", words, "")
    if function not in EXTREMES or not isinstance(call.func, ast.Name):
        return None
    # Python compares each argument with the best before it; a plain number has its Variable ask the other way round.
    ahead = max(parents, key=plain_value) if function == "max" else min(parents, key=plain_value)
    behind = parents[1] if ahead is parents[0] else parents[0]
    by_key = " by its key" if any(x.arg == "key" for x in call.keywords) else ""
    index = index_of(call, ahead, bool(decision.outcome))
    beaten = f"{number(ahead)} over {number(behind)}"
    if index is None:
        return Choice(function, f"{function}{by_key}: {beaten}", number(ahead), "")
    which = f"{ORDINALS.get(index + 1, f'{index + 1}th')} argument"
    text = ast.unparse(call.args[index])
    return Choice(function, f"{function}{by_key}: {which} `{text}`{',' if by_key else ' ='} {beaten}", which, which)


def call_at(place: Place) -> ast.Call | None:
    """Return the call that stands at a place; where only its line is known, the only one of such a function there."""
    return call_in(source_of(place), place.column is not None)


@functools.lru_cache(maxsize=1024)
def call_in(source: str, is_expression: bool) -> ast.Call | None:
    """Return the call that some source is, or the only one of such a function in a line of which more is not known."""
    try:
        tree = parse_quietly(f"({source})" if is_expression else source.strip())
    except SyntaxError:
        return None
    if is_expression:
        (statement,) = tree.body
        value = statement.value if isinstance(statement, ast.Expr) else None
        return value if isinstance(value, ast.Call) else None
    if any(isinstance(node, ast.Compare) for node in ast.walk(tree)):
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    known = [x for x in calls if getattr(x.func, "id", getattr(x.func, "attr", "")) in EXTREMES | ORDERS]
    return known[0] if len(known) == 1 else None


def index_of(call: ast.Call, winner: Any, is_second: bool) -> int | None:
    """Return which argument won, `None` if the arguments are items of another object, or several may be it."""
    if len(call.args) < 2 or any(isinstance(x, ast.Starred) for x in call.args):
        return None
    if len(call.args) == 2:
        return int(is_second)
    texts = [ast.unparse(x) for x in call.args]
    if is_variable(winner):
        made = winner.place
        names = {winner.name, made.name if made else None, text_at(made) if made else None}
        fitting = [index for index, text in enumerate(texts) if text in names]
    else:
        value = plain_value(winner)
        fitting = [k for k, x in enumerate(call.args) if isinstance(x, ast.Constant) and x.value == value]
    return fitting[0] if len(fitting) == 1 else None


def number(value: Any) -> str:
    """Write a number of any kind briefly."""
    plain = plain_value(value)
    return numeral(plain) if type(plain) is float else str(plain)
