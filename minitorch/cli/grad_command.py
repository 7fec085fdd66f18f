"""`minitorch grad`: a value, its partial derivatives, and central differences beside them."""

from __future__ import annotations

import math
import numbers
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import click

from minitorch.autodiff.run_notes import Tie
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.variable import Variable
from minitorch.cli.arguments import call_from, evaluate_noting, judging_options, target_options
from minitorch.cli.calls import Call
from minitorch.cli.effects import Effects, unheard, watched_effects
from minitorch.cli.failures import BadInput, describe, in_one_line
from minitorch.cli.outputs import json_option, print_json
from minitorch.cli.progress import progress
from minitorch.cli.table import Row, print_heading, print_lines, print_rows
from minitorch.derivatives.ridders import ridders_difference
from minitorch.derivatives.rounded_away import rounded_away, rounding_messages
from minitorch.derivatives.special_points import (
    Options,
    RoundingMode,
    Sides,
    SpecialPoints,
    SpecialPointWarning,
    described,
    moved,
    sides_of,
    special_ties,
)
from minitorch.reporting.nonfinite import Nonfinite, first_nonfinite
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.scalar import Scalar

__all__ = ["grad"]

_MAX_RELATIVE_DIFFERENCE = 1e-6


@dataclass(frozen=True)
class Partial:
    """One argument's row: the exact partial derivative, and the estimate from function values with its error."""

    name: str
    value: float
    exact: float
    estimate: tuple[float, float] | None

    @property
    def differs(self) -> bool:
        """Whether both are known, and are not the same."""
        return self.agreement.startswith("NO")

    @property
    def agreement(self) -> str:
        """Whether both agree, and how far apart they are, as text."""
        if self.estimate is None:
            return "no difference here"
        difference, error = self.estimate
        apart = abs(self.exact - difference)
        size = max(abs(self.exact), abs(difference))
        if size > 0.0:
            apart /= size
            error /= size
        if not math.isfinite(apart):
            return "no"
        if apart <= _MAX_RELATIVE_DIFFERENCE or size <= 1e-12:
            return f"yes, to {apart:.0e}" if apart else "yes, exactly"
        return f"unsure, differences vary by {error:.0e}" if error >= apart / 10.0 else f"NO, off by {apart:.0e}"


@click.command()
@target_options
@judging_options
@click.option(
    "--check/--no-check",
    default=None,
    help="Whether central differences stand beside.  [default: unless the function writes or sends something]",
)
@json_option
def grad(
    words: tuple[str, ...],
    expression: str | None,
    modules: tuple[str, ...],
    hooks: tuple[str, ...],
    fixed: tuple[str, ...],
    special_points: SpecialPoints,
    rounding: RoundingMode,
    check: bool | None,
    as_json: bool,
) -> None:
    """Print a value and its partial derivatives.

    Beside them stand central differences of the plain function, which runs once for the derivatives and then some 20 to
    50 times for each argument. The exit code is 1 if one differs, but at a special point or straight through what
    rounds.

    \b
    minitorch grad pump.py:power dp=2e5 flow=0.01
    minitorch grad fluids.core:Reynolds V=2.5 D=0.25 nu=1e-6
    minitorch grad --from geographiclib.geodesic \\
        --expr "Geodesic.WGS84.Inverse(a, b, c, d)['s12']" a=40.6 b=-73.8 c=51.6 d=-0.5
    """
    call, values = call_from(words, expression, modules, hooks, fixed)
    options = Options(special_points, rounding)
    with watched_effects() as effects:
        value, exact, nonfinite, may_differ = _value_and_partials(call, values, options)
    rows = [Partial(*row, None) for row in zip(call.names, values, exact, strict=True)]
    is_checked = _is_checked(call.label, effects, check)
    if is_checked:
        rows = _checked(call, values, rows)
    if as_json:
        print_json(_told(call, value, rows, is_checked))
    else:
        _print(call, value, rows, is_checked)
    if nonfinite is not None:
        print_lines([in_one_line(f"first not finite at {nonfinite}")], err=as_json)
    if not may_differ and any(row.differs for row in rows):
        raise SystemExit(1)


def _is_checked(label: str, effects: Effects, check: bool | None) -> bool:
    """Return whether the function is run again and again, and say beforehand what that does."""
    if check is False:
        return False
    if effects.outside and not check:
        said = f"{label} {effects} at each run: it runs once, without central differences (--check: with them)"
        print_lines([in_one_line(said)], err=True)
        return False
    if effects.prints:
        print_lines(
            [f"{label} prints; it runs again for central differences, unheard (--no-check: it runs once)"], err=True
        )
    return True


def _checked(call: Call, values: list[float], rows: list[Partial]) -> list[Partial]:
    """Return the rows with the estimates from central differences."""
    checked = []
    with progress("central differences", len(values)) as begin:
        for i, row in enumerate(rows):
            begin(row.name)
            with unheard():
                estimate = ridders_difference(partial(_plain, call, values, i), values[i])
            checked.append(replace(row, estimate=estimate))
    return checked


def _told(call: Call, value: float, rows: list[Partial], is_checked: bool) -> dict[str, Any]:
    """Return what is printed as JSON."""
    partials: dict[str, Any] = {}
    for row in rows:
        partials[row.name] = {"value": row.value, "derivative": row.exact}
        if is_checked:
            difference = None if row.estimate is None else row.estimate[0]
            agrees = {"y": True, "N": False}.get(row.agreement[0])
            partials[row.name] |= {"difference": difference, "agrees": agrees}
    return {"function": call.label, "value": value, "partials": partials, "kept": call.kept}


def _value_and_partials(
    call: Call, values: list[float], options: Options
) -> tuple[float, list[float], Nonfinite | None, bool]:
    """Return the value, the partial derivatives, where it first was not finite, and whether differences may differ."""
    leaves = [Scalar(value, name=name) for name, value in zip(call.names, values, strict=True)]
    with straight_through(options.rounding == "straight_through"):
        result, notes = evaluate_noting(call, leaves)
    since = leaves[0].unique_id
    ties = special_ties(notes, leaves, since)
    if ties and options.special_points in ("warn", "raise"):
        for tie in ties:
            click.echo(f"special point: {described(tie)}", err=True)
        if options.special_points == "raise":
            raise BadInput("the derivative is that of a special case")
    is_variable = issubclass(type(result), Variable)
    if is_variable:
        try:
            result.backward()
        except (ArithmeticError, TypeError, ValueError) as error:
            raise BadInput(f"backward: {describe(error)}") from None
    elif not isinstance(result, numbers.Real):
        raise BadInput(f"{call.label} returns {_kind(result)}, not a number{_way_to_number(result)}")
    may_differ = bool(ties) or options.rounding == "straight_through"
    partials = [0.0 if leaf.derivative is None else leaf.derivative for leaf in leaves]
    if ties and options.special_points == "limit":
        partials = _beside(call, values, partials, ties[0], options)
    elif options.rounding != "ignore" and not all(partials):
        lost = rounded_away(notes, leaves, [result], since)
        for message in rounding_messages(lost, options.rounding == "straight_through"):
            click.echo(f"rounding: {message}", err=True)
    if not is_variable:
        return float(result), partials, None, may_differ
    return float(result.data), partials, first_nonfinite(result), may_differ


def _beside(call: Call, values: list[float], partials: list[float], tie: Tie, options: Options) -> list[float]:
    """Return the partial derivatives in the limit from both sides of a point."""
    quiet = options._replace(special_points="ignore")
    around = [_value_and_partials(call, moved(values, side), quiet)[1] for side in sides_of(len(values))]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SpecialPointWarning)
        limits = Sides(around, str(tie.place)).limit(partials, list)
    for each in caught:
        click.echo(f"special point: {each.message}", err=True)
    return limits


def _plain(call: Call, values: list[float], position: int, x: float) -> float:
    return float(call.function(*values[:position], x, *values[position + 1 :]))


def _kind(result: Any) -> str:
    if result is None:
        return "None"
    # A complex number made of Scalars calls itself complex.
    kind = result.__class__.__name__
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _way_to_number(result: Any) -> str:
    if isinstance(result, MAPPINGS) and result:
        return f': pick one with --expr "…[{next(iter(result))!r}]"'
    if isinstance(result, (tuple, list)):
        return ': pick one with --expr "…[0]"'
    if isinstance(result, complex):
        return ': take --expr "abs(…)", or its .real or .imag'
    return ""


def _print(call: Call, value: float, rows: list[Partial], is_checked: bool) -> None:
    print_heading(call.label, repr(value))
    if not print_rows([_row(row, is_checked) for row in rows]):
        print_lines(_agreement(rows))
    if call.kept:
        print_lines([in_one_line(call.kept_in_words())])


def _agreement(rows: list[Partial]) -> list[str]:
    """Return in short what the check says, where there is no room for its columns."""
    others = [row for row in rows if not row.agreement.startswith("yes")]
    if not others:
        return ["agrees with central differences"]
    said = []
    for row in others:
        estimate = "" if row.estimate is None else f", central difference {row.estimate[0]:.10g}"
        said.append(f"{row.name}: {row.agreement}{estimate}")
    return said


def _row(row: Partial, is_checked: bool) -> Row:
    if not is_checked:
        return Row(row.name, repr(row.value), repr(row.exact))
    difference = "none" if row.estimate is None else f"{row.estimate[0]:.10g}"
    colour = {"y": "green", "N": "red"}.get(row.agreement[0], "yellow")
    return Row(row.name, repr(row.value), repr(row.exact), difference, row.agreement, colour)
