"""Estimates the rounding error of a result, and which lines of source it comes from: `rounding_error(output)`.

    root = math.sqrt(b * b - 4 * a * c)     is off by half a unit in its last place, 7e-9 where it is 1e8;
    return (-b + root) / (2 * a)            this subtraction is exact, but takes away all that was right in it

Each operation's own rounding, times the derivative of the output by that operation's value, is what it contributes to
first order (Iri 1984; in ADAPT and Clad as well). The sum of the sizes is the bound. Roundings that are independent and
evenly distributed give the estimate, the root of the sum of squares over three. Where an operation's local error is
known, sign and all (arithmetic; see `local_errors`), so is its contribution, and what they add up to can be taken off
the output: Langlois' CENA method.

An error of second order, such as that of a square near zero, is not seen.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from sys import float_info
from typing import TYPE_CHECKING, Any

from minitorch.autodiff.intermediate_derivatives import adjoints_of
from minitorch.autodiff.place import Place
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.autodiff.variable import Variable, function_of, history_as_made, value_of
from minitorch.rules.real import RULES, Rule
from minitorch.scalars.float_protocol import FUNCTIONS
from minitorch.scalars.scalar import Scalar
from minitorch.transformer import file_name

if TYPE_CHECKING:
    from minitorch.rules.local_errors import LocalError

__all__ = ["Cancellation", "Line", "Rounding", "rounding_error"]

MAX_PRINTED_LINES = 5
MIN_PRINTED_SHARE = 0.01
"""Lines with less than this share of the bound are not printed, and cancellations not listed."""

SUMS = frozenset({"Add", "Sub", "Sum", "Fsum"})


def shown_place(place: Place | None) -> str:
    """Return the `file:line` of a place, relative to the working directory where the file lies below it."""
    if place is None:
        return "an unknown place"
    file = Path(file_name(place.file))
    return f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}:{place.line}"


def source_line(place: Place | None) -> str:
    """Return the source of a place's first line, without indentation; an empty text where it is not known."""
    return "" if place is None else linecache.getline(place.file, place.line).strip()


@dataclass(frozen=True)
class Line:
    """What the roundings of one source line contribute to the error of an output.

    Args:
        place: the place of its first operation; `None` for an input.
        label: that place as text, or the name of the input.
        contribution: at most how much the line contributes.
        share: its contribution as a part of the whole bound.
    """

    place: Place | None
    label: str
    contribution: float
    share: float

    @property
    def text(self) -> str:
        """The line's source, without indentation; empty where it is not known."""
        return source_line(self.place)

    def __str__(self) -> str:
        return f"{self.share:6.1%}  {self.label}  {self.text}".rstrip()


@dataclass(frozen=True)
class Cancellation:
    """A sum or difference that is much smaller than its operands, and so shows what was rounded in them.

    Args:
        place: where it is.
        operands: what was added or subtracted.
        value: what is left of them.
        contribution: how much of the output's bound goes through it.
    """

    place: Place | None
    operands: tuple[float, ...]
    value: float
    contribution: float

    @property
    def digits(self) -> float:
        """How many of the operands' decimal digits are lost: infinitely many where zero is left."""
        size = max(map(abs, self.operands))
        return math.log10(size) - math.log10(abs(self.value)) if self.value else math.inf

    @property
    def text(self) -> str:
        """The line's source, without indentation; empty where it is not known."""
        return source_line(self.place)

    def __str__(self) -> str:
        numbers = " and ".join(f"{x:.6g}" for x in self.operands)
        if len(self.operands) > 2:
            numbers = f"{len(self.operands)} numbers of up to {max(map(abs, self.operands)):.6g}"
        lost = f"{self.digits:.1f} digits are lost" if self.value else "all digits are lost"
        where = f"cancellation at {shown_place(self.place)}  {self.text}".rstrip()
        return f"{where}: {numbers} leave {self.value:.6g}, {lost}"


@dataclass(frozen=True)
class Rounding:
    """The first-order rounding error of an output.

    Args:
        value: the output.
        bound: at most how far it is off.
        estimate: one standard deviation, for roundings that are independent and evenly distributed.
        signed: value minus exact value, as far as the operations' local errors are known.
        unknown: at most how much the operations add to `signed` whose local error is not known.
        contributions: of each operation, and each input where asked for, its part of the bound by `unique_id`.
        lines: the same by source line, the largest first.
        cancellations: the sums and differences that made rounding errors large relative to the value, the worst first.

    >>> from minitorch.scalars.scalar import Scalar
    >>> a = Scalar(1e8, name="a")
    >>> rounding = rounding_error((a * a + 1).sqrt() - a)
    >>> rounding.value, rounding.corrected
    (0.0, 5e-09)
    """

    value: float
    bound: float
    estimate: float
    signed: float
    unknown: float
    contributions: dict[int, float] = field(repr=False)
    lines: list[Line] = field(repr=False)
    cancellations: list[Cancellation] = field(repr=False)

    @property
    def corrected(self) -> float:
        """The output without the part of its error that is known."""
        return self.value - self.signed

    @property
    def digits(self) -> float:
        """How many decimal digits of the value are right, by the estimate: infinitely many if nothing was rounded."""
        if not self.estimate:
            return math.inf
        return max(0.0, math.log10(abs(self.value) / self.estimate)) if self.value else 0.0

    def __str__(self) -> str:
        if not self.bound:
            return f"{self.value!r} is exact: nothing was rounded"
        right = f"{self.digits:.1f} of its digits are right" if math.isfinite(self.bound) else "it may be anything"
        sentences = [f"{self.value!r} is off by about {self.estimate:.2g}, at most {self.bound:.2g}: {right}"]
        if math.isfinite(self.signed) and self.unknown < abs(self.signed) and self.corrected != self.value:
            sentences.append(f"corrected by what is known of that: {self.corrected!r}")
        sentences += [str(line) for line in self.lines[:MAX_PRINTED_LINES] if not line.share < MIN_PRINTED_SHARE]
        sentences += map(str, self.cancellations[:1])
        return "\n".join(sentences)


@short_tracebacks
def rounding_error(output: Any, inputs: bool = False) -> Rounding:
    """Return how far a value is off because the operations that made it were rounded, to first order.

    Args:
        output: what traced code computed, a Scalar.
        inputs: whether inputs and constants count, too, as rounded from the decimals that they are written as (0.1 from
            a tenth, `math.pi` from pi); by default they are exactly the floats that they are. Constants that are given
            to a Function without a row in the table of rules are its own business.

    Raises:
        TypeError: the output is not a Scalar, so it has no history.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(1e-9, name="x")
    >>> rounding_error((1 + x) - 1).signed
    8.274037093680878e-17
    >>> rounding_error(x - x / 2).bound
    0.0
    """
    if not issubclass(type(output), Scalar):
        raise TypeError(
            f"rounding_error needs a Scalar that traced code computed, not {output!r}: call the function, traced by "
            "minitorch.trace, on minitorch.Scalar(…); of a complex number take .real, .imag or abs()"
        )
    order = topological_sort(output)
    array = next((node for node in order if node.holds_array), None)
    if array is not None:
        raise TypeError(
            f"{shown_place(array.place)}: rounding_error follows numbers one by one, and a whole array took part here: "
            "give the function its numbers in a list, and compute with them by Python's operators and math"
        )
    adjoints = adjoints_of(output, order)
    local = [own_error(node, inputs) for node in order]
    effects = {node.unique_id: times(*pair) for node, *pair in zip(order, adjoints, local, strict=True)}
    contributions = {node.unique_id: effects[node.unique_id][0] for node in order if inputs or not node.is_leaf}
    bound = total(contributions.values())
    return Rounding(
        value=output.data,
        bound=bound,
        estimate=not_nan(math.hypot(*contributions.values()) / math.sqrt(3)),
        signed=total(signed for _, signed in effects.values() if signed is not None),
        unknown=total(own for own, signed in effects.values() if signed is None),
        contributions=contributions,
        lines=by_line(order, contributions, bound),
        cancellations=worst_cancellations(order, adjoints, local, bound),
    )


def own_error(node: Variable, inputs: bool) -> LocalError:
    """Return the local error of a value: that of its operation, and that of constants in it where inputs count."""
    # Fractions import decimals, which `import minitorch` must not, to start fast.
    from minitorch.rules.local_errors import as_decimal_error, local_error

    history = history_as_made(node)
    if history is None or history.last_fn is None:
        return as_decimal_error(value_of(node)) if inputs else (0.0, 0.0)
    operands = tuple(map(value_of, history.inputs or ()))
    rule = row_of(node)
    value = value_of(node)
    errors = [local_error(None if rule is None else rule.name, operands, float(value))]
    if inputs and rule is not None:
        for position, x in enumerate(history.inputs or ()):
            error = (0.0, 0.0) if isinstance(x, Variable) else as_decimal_error(x)
            if error[0]:
                errors.append(times(rule.partials_at([position], operands, value)[0], error))
    signs = [signed for _, signed in errors if signed is not None]
    return total(bound for bound, _ in errors), total(signs) if len(signs) == len(errors) else None


def row_of(node: Variable) -> Rule | None:
    """Return the row of the table of rules that computed a value, `None` if it was a Function of the user's own."""
    function = function_of(node)
    if function is None or FUNCTIONS.get(function.__name__) is not function:
        return None
    return RULES[function.__name__]


def times(derivative: Any, error: LocalError) -> LocalError:
    """Multiply an error by the derivative there; zero times infinity is zero: what is exact contributes nothing."""
    bound, signed = error
    if not bound or not derivative:
        return 0.0, 0.0
    return not_nan(abs(derivative) * bound), None if signed is None else not_nan(derivative * signed)


def total(terms: Iterable[float]) -> float:
    """Return the sum of terms; infinity where it is nan, or beyond the range of floats."""
    try:
        return not_nan(math.fsum(terms))
    except (OverflowError, ValueError):
        return math.inf


def not_nan(x: float) -> float:
    """Return a number, or infinity in place of nan: an error that is not known may be anything."""
    return math.inf if x != x else x


def by_line(order: list[Variable], contributions: dict[int, float], bound: float) -> list[Line]:
    """Add up contributions by source line, and those of inputs by input; sort the largest first, then as they ran."""
    sums: dict[object, list[float]] = {}
    first: dict[object, Variable] = {}
    for node in reversed(order):
        contribution = contributions.get(node.unique_id, 0.0)
        if contribution:
            place = node.place
            key: object = node.unique_id if place is None else (place.file, place.line)
            first.setdefault(key, node)
            sums.setdefault(key, []).append(contribution)
    lines = []
    for key, terms in sums.items():
        node, contribution = first[key], total(terms)
        share = contribution / bound if contribution < math.inf else 1.0
        lines.append(Line(node.place, label_of(node), contribution, share))
    return sorted(lines, key=lambda line: -line.contribution)


def label_of(node: Variable) -> str:
    """Return the place at which a value was computed, or the name of the input that it is, as text."""
    if node.place is not None:
        return f"{shown_place(node.place)} in {node.place.function}"
    return f"input {node.name}" if node.name else f"input {value_of(node)!r}"


def worst_cancellations(
    order: list[Variable], adjoints: list[Any], local: list[LocalError], bound: float
) -> list[Cancellation]:
    """Find sums and differences of rounded numbers that leave less than half of the largest, one for each line."""
    errors: dict[int, float] = {}
    worst: dict[object, Cancellation] = {}
    for node, adjoint, (own, _) in reversed(list(zip(order, adjoints, local, strict=True))):
        history = history_as_made(node)
        partials = [] if history is None else history.backprop_step(1.0)
        inherited = total(times(partial, (errors[x.unique_id], None))[0] for x, partial in partials)
        errors[node.unique_id] = inherited + own
        contribution, _ = times(adjoint, (inherited, None))
        here = cancellation_at(node, contribution)
        if here is not None and contribution >= MIN_PRINTED_SHARE * bound:
            key: object = node.unique_id if here.place is None else (here.place.file, here.place.line)
            worst[key] = max(here, worst.get(key, here), key=weight)
    return sorted(worst.values(), key=weight, reverse=True)


def cancellation_at(node: Variable, contribution: float) -> Cancellation | None:
    """Return the cancellation in one operation, `None` if it does not cancel or nothing rounded goes through it."""
    rule = row_of(node)
    if rule is None or rule.name not in SUMS or not contribution or function_of(node) is None:
        return None
    operands = tuple(float(value_of(x)) for x in parents_of(node))
    value = float(value_of(node))
    return Cancellation(node.place, operands, value, contribution) if 2 * abs(value) < max(map(abs, operands)) else None


def weight(cancellation: Cancellation) -> float:
    """Return how bad a cancellation is: the error that goes through it, times the number of digits lost."""
    return cancellation.contribution * min(cancellation.digits, float_info.dig)
