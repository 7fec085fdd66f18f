"""Runs a function once and turns its history into the data of a report.

analyse(run_of(area, (2.0,), {}))   ->   Analysis(title="area(r=2)", value=12.56…, inputs=(Input("r", …),), …)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.decisions import Decision, observed
from minitorch.autodiff.place import Place
from minitorch.autodiff.run_notes import noting
from minitorch.autodiff.topological_order import is_variable, topological_sort
from minitorch.autodiff.variable import Variable, backward_pass, value_of
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.reverse_mode import check_scalar
from minitorch.derivatives.rounded_away import rounded_away
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options
from minitorch.drawing.array_texts import has_axes
from minitorch.drawing.safe_text import readable
from minitorch.reporting.array_summaries import ArraySummary, size_of, slope_of, summary_of
from minitorch.reporting.branches import branches_of, size_of_change
from minitorch.reporting.line_events import watching
from minitorch.reporting.linked_diagram import diagram_of
from minitorch.reporting.listing import Listing, code_of, real_part
from minitorch.reporting.model import Analysis, Input, relative_to
from minitorch.reporting.notices import notices_of
from minitorch.reporting.numerals import numeral
from minitorch.reporting.rounding import rounding_error
from minitorch.reporting.watch import Watch
from minitorch.scalars.detach import detach
from minitorch.scalars.pytrees import flatten
from minitorch.transformer import is_linked, signature_of

__all__ = ["Run", "analyse", "run_of"]

MAX_NAME_CHARACTERS = 80


class Run:
    """A function that was run once, with its Variables.

    Args:
        f: the function.
        linearization: its run.
        decisions: the questions that it asked about values.
        watch: what watched the functions and lines that ran.
        rounded_away: inputs whose only ways to the result lead through rounding, each with where that is.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        linearization: Linearization,
        decisions: Sequence[Any],
        watch: Watch,
        rounded_away: Sequence[tuple[Variable, Place]] = (),
    ) -> None:
        self.f = f
        self.rounded_away = rounded_away
        # As long as it is there, its Variables have histories.
        self.linearization = linearization
        # Functions with nothing to rewrite in them count where others of their file were traced.
        called = watch.called.values()
        files = {code.co_filename for code in called if is_linked(code)}
        self.called = [code for code in called if code.co_filename in files]
        self.watch = watch
        self.inputs = linearization.inputs
        self.since = linearization.since
        self.decisions = [x for x in decisions if x.variable.unique_id >= self.since]
        self.output = linearization.outputs[0]
        decided = topological_sort(*(x.variable for x in self.decisions), since=self.since)
        nodes = {x.unique_id: x for x in (*decided, *linearization.order, *self.inputs)}
        self.nodes: list[Variable] = sorted(nodes.values(), key=lambda x: x.unique_id)
        self.derivatives = self._derivatives(linearization.order)

    @property
    def value(self) -> float:
        """The number that the function returned."""
        return float(value_of(self.output))

    def _derivatives(self, order: Sequence[Variable]) -> dict[int, Any]:
        """Return the derivative of the output by every value that it was computed from, by `unique_id`."""
        if not is_variable(self.output):
            return {}
        derivatives = backward_pass(order, {self.output.unique_id: 1.0}, order)
        plain = map(value_of, derivatives)
        return {x.unique_id: d if has_axes(d) else real_part(d) for x, d in zip(order, plain, strict=True)}


def run_of(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Run:
    """Run a function on Variables in place of the floats among its arguments.

    Raises:
        TypeError: no argument has a float, or the result is not a real number.
    """
    args, kwargs, positions = arranged(f, args, kwargs)
    if not positions:
        raise TypeError(
            f"can't report on {title(f)}: no argument has a float to differentiate by; write 3.0 instead of 3 for one"
        )
    names = [name for position in positions for name in names_given(args[position])]
    plain = tuple(without_variables(value) if place in positions else value for place, value in enumerate(args))
    with observed() as decisions, watching(code_of(f)) as watch, noting() as notes:
        run = Differentiable(f, positions, options=Options("ignore", "ignore"), spares=False).at(plain, kwargs)
    check_scalar(run.value, run.output_layout, f)
    for x, name in zip(run.inputs, names, strict=True):
        x.name = name or x.name
    lost = rounded_away(notes, run.inputs, run.outputs, run.since)
    return Run(f, run, decisions, watch, lost)


def arranged(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any], list[int]]:
    """Put arguments by position where that is possible, and find the positions of those with floats.

    Defaults and keyword-only arguments stay as they are.
    """
    defaults: set[int] = set()
    try:
        bound = signature_of(f).bind(*args, **kwargs)
    except (TypeError, ValueError):
        # The arguments do not fit: the call itself will raise Python's own error.
        return args, kwargs, [place for place, value in enumerate(args) if has_floats(value)]
    given = set(bound.arguments)
    bound.apply_defaults()
    for place, parameter in enumerate(bound.signature.parameters.values()):
        by_position = parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        if by_position and parameter.name not in given:
            defaults.add(place)
    positions = [place for place, value in enumerate(bound.args) if place not in defaults and has_floats(value)]
    return bound.args, bound.kwargs, positions


def has_floats(value: Any) -> bool:
    """Return whether an argument has numbers to differentiate by: floats, not integers alone."""
    try:
        return any(isinstance(x, float) or has_axes(x) for x in flatten(value, whole=True)[0])
    except TypeError:
        # It has numbers that are not real; differentiating raises an error about them.
        return True


def names_given(value: Any) -> list[str | None]:
    """Return the names that a user gave to the Variables among an argument's numbers."""
    return [x.name if is_variable(x) else None for x in flatten(value, whole=True)[0]]


def without_variables(value: Any) -> Any:
    """Return an argument with plain numbers in place of Variables."""
    numbers, layout = flatten(value, whole=True)
    return layout.fill([detach(x) for x in numbers]) if any(map(is_variable, numbers)) else value


def analyse(run: Run, label: str | None = None, entry: Callable[..., Any] | None = None) -> Analysis:
    """Describe a run.

    Args:
        run: the run.
        label: what to call the function; by default its own name.
        entry: the function whose source comes first, if the one that was run does no more than call it.
    """
    called = run.called if entry is None else [code for code in run.called if code is not code_of(run.f)]
    has_arrays = any(x.holds_array for x in run.nodes)
    rounding = rounding_error(run.output) if is_variable(run.output) and not has_arrays else None
    listing = Listing(run.since)
    for node in run.nodes:
        contribution = rounding.contributions.get(node.unique_id, 0.0) if rounding else 0.0
        listing.add(node, run.derivatives.get(node.unique_id, 0.0), contribution)
    inputs = inputs_of(run)
    for track in run.watch.tracks():
        listing.bind(track, run.derivatives)
    functions = listing.functions(entry or run.f, inputs, called, run.watch.is_internal)
    questions = [x for x in run.decisions if not is_asked_within(x, run.watch)]
    return Analysis(
        title=call_text(label or name_of(run.f), inputs),
        value=run.value,
        inputs=tuple(inputs),
        functions=tuple(functions),
        branches=tuple(branches_of(questions, run.inputs, run.since)),
        notices=tuple(notices_of(run.nodes, run.derivatives, run.decisions, run.since, run.rounded_away)),
        operations=sum(not x.is_leaf for x in run.nodes),
        rounding_bound=rounding.bound if rounding else math.nan if has_arrays else 0.0,
        rounding_estimate=rounding.estimate if rounding else math.nan if has_arrays else 0.0,
        diagram=diagram_of(run.output, run.nodes, listing, functions) if is_variable(run.output) else None,
        internal_questions=len(run.decisions) - len(questions),
        is_watched=run.watch.is_active,
    )


def is_asked_within(decision: Decision, watch: Watch) -> bool:
    """Return whether a question was asked by code of a library's, which the user did not write."""
    return decision.origin is not None and watch.is_internal(decision.origin[0].co_filename)


def inputs_of(run: Run) -> list[Input]:
    """Describe the numbers that a run began with."""
    slopes = [run.derivatives.get(x.unique_id, 0.0) for x in run.inputs]
    values = [value_of(x) for x in run.inputs]
    parts = [size_of_change(slope * x) for slope, x in zip(slopes, values, strict=True)]
    arrays = [summary_of(x, slope) if has_axes(x) else None for x, slope in zip(values, slopes, strict=True)]
    slopes = [slope_of(x, slope) if has_axes(x) else slope for x, slope in zip(values, slopes, strict=True)]
    values = [size_of(x) if has_axes(x) else x for x in values]
    whole = math.fsum(parts) if all(map(math.isfinite, parts)) else math.nan
    return [
        Input(
            name=readable(x.name or f"argument {number}", MAX_NAME_CHARACTERS),
            value=value,
            derivative=slope,
            elasticity=relative_to(slope * value, run.value),
            share=relative_to(part, whole),
            moment=x.unique_id - run.since,
            array=array,
        )
        for number, (x, value, slope, part, array) in enumerate(
            zip(run.inputs, values, slopes, parts, arrays, strict=True), start=1
        )
    ]


def name_of(f: Callable[..., Any]) -> str:
    """Return what to call a function in a heading."""
    return str(getattr(f, "__qualname__", None) or getattr(getattr(f, "func", None), "__qualname__", None) or "result")


def call_text(name: str, inputs: Sequence[Input], most: int = 8) -> str:
    """Write a call with its inputs."""
    words = [f"{x.name}={array_text(x.array) or numeral(x.value)}" for x in inputs[:most]]
    words += ["…"] * (len(inputs) > most)
    return f"{readable(name, MAX_NAME_CHARACTERS)}({', '.join(words)})"


def array_text(array: ArraySummary | None) -> str:
    """Write an array in a call: its shape; nothing for a number."""
    return "" if array is None else f"[{' by '.join(map(str, array.shape))}]"
