"""What a report says, as data: no text is laid out here, and no Variable is kept.

    def area(r):
        return pi * r * r     a Line, with an Expression `pi * r` and one `pi * r * r`, each with a value per run

Numbers of the many runs of one expression stand in parallel lists, in the order in which they were computed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from minitorch.drawing.elements import Picture, counted
from minitorch.reporting.array_summaries import ArraySummary

__all__ = [
    "Analysis", "Branch", "Diagram", "Expression", "Function", "Input", "Line", "Link", "Notice", "RunText", "Spot",
    "relative_to",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the source, as a reader wants it shown.

    Args:
        file: the file, as short as it is clear.
        line: the line, from 1.
        text: the source of the expression, on one line.
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def short(self) -> str:
        """The file without its folders, and the line."""
        return f"{self.file.rpartition('/')[2]}:{self.line}"


@dataclass(frozen=True, slots=True)
class Input:
    """One number that the function was called with.

    Args:
        name: what the parameter, or the element of it, is called.
        value: the number.
        derivative: the derivative of the output by it.
        elasticity: by how many per cent the output changes for one per cent of it; nan where the output is zero.
        share: its part in the sensitivity to relative changes of all inputs; nan where the output has none.
        moment: its place in the order of all values.
        array: what it is, if it is an array; value and derivative are then those of its norm.
    """

    name: str
    value: float
    derivative: float
    elasticity: float
    share: float
    moment: int
    array: ArraySummary | None = None


class RunText(NamedTuple):
    """What is shown of one run where a number alone does not say it.

    Args:
        value: the value in words.
        derivative: the derivative in words; empty where there is none.
        is_plain: whether the value has no history.
    """

    value: str
    derivative: str = ""
    is_plain: bool = False


@dataclass(slots=True)
class Expression:
    """One operation of the source, with all its runs.

    Args:
        text: its source.
        operation: the name of its Function; "input" for what the function was called with.
        name: the name that its value is assigned to, if it is.
        span: where it begins and where it ends, each as line and column, from 0 and in bytes; `None` where Python
            does not know.
        truth: whether its value is true or false.
        inner: whether it was done within a call that stands there, as `max` compares its arguments.
        moments: when each run happened, as ascending numbers.
        values, derivatives, roundings: per run, the value, the derivative of the output by it, and the first-order
            bound of what rounding it contributes to the error of the output. Of an array they are those of its norm.
        arrays: per run what the array is; `None` for a number, and empty if there are no arrays.
        texts: per run what is shown of a value that a name got or that was returned; `None` where its number says it,
            and empty for operations.
        seen: how often a name got a value there, of which not all need be kept; zero for operations.
        stride: of so many runs in a row one is kept; the last one always is.
    """

    text: str
    operation: str
    name: str | None = None
    span: tuple[tuple[int, int], tuple[int, int]] | None = None
    truth: bool = False
    inner: bool = False
    moments: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    derivatives: list[float] = field(default_factory=list)
    roundings: list[float] = field(default_factory=list)
    arrays: list[ArraySummary | None] = field(default_factory=list)
    texts: list[RunText | None] = field(default_factory=list)
    seen: int = 0
    stride: int = 1

    @property
    def times(self) -> int:
        """How often the expression ran."""
        return self.seen or len(self.moments)

    def text_of(self, run: int) -> RunText | None:
        """Return what is shown of a run, `None` where its numbers are."""
        if self.texts:
            return self.texts[run]
        if self.truth:
            return RunText(str(bool(self.values[run])))
        array = self.arrays[run] if self.arrays else None
        return None if array is None else RunText(array.short_value, array.short_derivative)

    @property
    def last_array(self) -> ArraySummary | None:
        """What the array of the last run is, if it is one."""
        return self.arrays[-1] if self.arrays else None

    def add(
        self, moment: int, value: float, derivative: float, rounding: float, array: ArraySummary | None = None
    ) -> None:
        """Add one run."""
        if array is not None or self.arrays:
            self.arrays += [None] * (len(self.moments) - len(self.arrays)) + [array]
        self.moments.append(moment)
        self.values.append(value)
        self.derivatives.append(derivative)
        self.roundings.append(rounding)

    def holds(self, other: Expression) -> bool:
        """Return whether another expression is a part of this one."""
        if self.span is None or other.span is None or self.span == other.span:
            return False
        return self.span[0] <= other.span[0] and other.span[1] <= self.span[1]


@dataclass
class Line:
    """A line of source with what was computed there.

    Args:
        number: from 1, in its file.
        text: its source; empty where there is none.
        expressions: the operations that begin on it, in the order in which they first ran.
        results: those whose values are worth a look: they get a name there, or are not a part of another one.
        bindings: those of the results that are no operations: what a name got, and what was returned.
    """

    number: int
    text: str
    expressions: list[Expression] = field(default_factory=list)
    results: list[Expression] = field(default_factory=list)
    bindings: list[Expression] = field(default_factory=list)

    @cached_property
    def rounding(self) -> float:
        """The contribution of all operations of the line, in all their runs, to the bound of the rounding error."""
        return math.fsum(abs(x) for expression in self.expressions for x in expression.roundings if math.isfinite(x))


@dataclass
class Function:
    """A piece of source that ran: a function, or a statement outside of all functions.

    Args:
        name: its qualified name.
        file: its file, as short as it is clear.
        lines: all its lines; those with operations alone where there is no source.
    """

    name: str
    file: str
    lines: list[Line]

    @cached_property
    def clock(self) -> Expression | None:
        """The expression that ran most often (of several, the last to run), by which to step through the function."""
        ran = [x for line in self.lines for x in line.results]
        return max(ran, key=lambda x: (len(x.moments), not x.texts, x.moments[-1]), default=None)

    @property
    def operations(self) -> int:
        """How many operations the function did."""
        return sum(x.times for line in self.lines for x in line.expressions if x.operation != "input")

    @property
    def first_moment(self) -> float:
        """The moment of the function's first operation; infinite if it did none itself."""
        return min((x.moments[0] for line in self.lines for x in line.expressions), default=math.inf)


@dataclass(frozen=True, slots=True)
class Branch:
    """A question that the code asked about a value, with one of its answers.

    Args:
        spot: where it asked.
        question: what was compared or rounded, with the values.
        outcome: the answer.
        times: how often the answer was this one.
        margin: the distance of the nearest of these values to one with another answer; `None` where it is unknown.
        reach: the relative change of all inputs together that would, to first order, bring another answer; infinite
            where no change does, nan where that is unknown.
        moment: when the nearest one was asked.
        is_choice: whether a function chose among its arguments; the question says which, then.
    """

    spot: Spot
    question: str
    outcome: str
    times: int
    margin: float | None
    reach: float
    moment: int
    is_choice: bool = False

    @property
    def answer(self) -> str:
        """The question with its answer, in a phrase."""
        return self.question if self.is_choice else f"{self.spot.text or self.question} is {self.outcome}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about a derivative that a reader should know: a kink, or a value that is not finite.

    Args:
        kind: "kink", "infinite" or "nan".
        spot: where it is.
        message: what happened there.
        times: how often.
        moment: when first.
    """

    kind: str
    spot: Spot
    message: str
    times: int
    moment: int


@dataclass(frozen=True, slots=True)
class Link:
    """The part of the source that a box of the diagram stands for.

    Args:
        lines: the lines, each by the position of its function in the report and its number.
        moment: when its value was computed, `None` where the box stands for several values.
    """

    lines: tuple[tuple[int, int], ...]
    moment: int | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """The picture of the history.

    Args:
        picture: what is drawn.
        links: what the boxes stand for, by their ids.
    """

    picture: Picture
    links: dict[str, Link]


@dataclass(frozen=True)
class Analysis:
    """All that a report says.

    Args:
        title: the call.
        value: what it returned.
        inputs: the numbers it was called with.
        functions: the source that ran, the function itself first.
        branches: the questions asked, the nearest to another answer first.
        notices: kinks and what is not finite, in the order in which they happened.
        operations: how many operations were recorded.
        rounding_bound: the first-order bound of the error of the value by rounding; nan where arrays took part.
        rounding_estimate: what that error is likely to be.
        diagram: the picture of the history; `None` where the value was not computed from the inputs.
        internal_questions: how many questions were asked within libraries that the report leaves out.
        is_watched: whether all lines were watched; a debugger may have been in the way.
    """

    title: str
    value: float
    inputs: tuple[Input, ...]
    functions: tuple[Function, ...]
    branches: tuple[Branch, ...]
    notices: tuple[Notice, ...]
    operations: int
    rounding_bound: float
    rounding_estimate: float
    diagram: Diagram | None = None
    internal_questions: int = 0
    is_watched: bool = True

    @cached_property
    def roundings(self) -> float:
        """The sum of the contributions of all lines to the bound of the rounding error."""
        return math.fsum(line.rounding for function in self.functions for line in function.lines)

    @property
    def statistics(self) -> str:
        """The numbers of operations, lines and functions that ran, in a phrase."""
        lines = sum(1 for function in self.functions for line in function.lines if line.expressions)
        counts = ((self.operations, "operation"), (lines, "line"), (len(self.functions), "function"))
        return ", ".join(counted(count, (thing, f"{thing}s")) for count, thing in counts)

    @property
    def nearest(self) -> Branch | None:
        """The branch whose other side is nearest; `None` if no branch has a known distance."""
        return next((branch for branch in self.branches if branch.margin is not None), None)

    @cached_property
    def largest_elasticity(self) -> float:
        """The largest finite elasticity of any value of any line, to which bars are drawn."""
        return max(
            (
                abs(elasticity)
                for function in self.functions
                for line in function.lines
                for x in line.results
                for value, derivative in zip(x.values, x.derivatives, strict=True)
                if math.isfinite(elasticity := self.elasticity(value, derivative))
            ),
            default=0.0,
        )

    def elasticity(self, value: float, derivative: float) -> float:
        """Return by how many per cent the output changes for one per cent of a value; nan where the output is zero.

        >>> Analysis("", 8.0, (), (), (), (), 0, 0.0, 0.0).elasticity(2.0, 12.0)
        3.0
        """
        return relative_to(value * derivative, self.value)


def relative_to(change: float, value: float) -> float:
    """Return a change as a part of a value; nan where the value is zero.

    >>> relative_to(1.0, 4.0), relative_to(1.0, 0.0)
    (0.25, nan)
    """
    # A sum with zero has no negative zero.
    return change / value + 0.0 if value else math.nan
