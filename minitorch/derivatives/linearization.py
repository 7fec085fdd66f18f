"""A function that was run once at a point: its value there, and its derivative as a linear map that goes both ways.

What a run depends on from outside (the Variables of an enclosing derivative) stays Variable in all that comes out;
everything else comes out plain. Nothing looks back further than the run's own inputs, so its cost does not grow with
the history around it.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.topological_order import is_variable, order_between, parents_of, topological_sort
from minitorch.autodiff.variable import (
    Variable,
    backward_pass,
    is_constant,
    recorded_vjp_contributions,
    variables_in,
    vjp_contributions,
)
from minitorch.derivatives import entries
from minitorch.recorder import SELF_CONTAINED, TO_INPUTS, jvp, sweep
from minitorch.scalars.detach import variables_at, without_history
from minitorch.scalars.pytrees import ONE_NUMBER, Layout, rebuild, unfold
from minitorch.scalars.scalar import Scalar

__all__ = ["Linearization"]


holds_array = operator.attrgetter("holds_array")


class Lifetime:
    """What is there as long as somebody can ask a run for derivatives."""

    __slots__ = ("__weakref__",)


class Linearization:
    """The derivative of a function at a point, by numbers in order.

    Args:
        f: the function.
        inputs: the Variables it was run on.
        input_layouts: where they stand in the arguments.
        output: what it returned.
        aux: what it returned beside that.
        since: the `unique_id` from which on Variables belong to this run.
        whole: whether an array counts as one output.
        has_arrays: whether there are arrays among the inputs.

    Attributes:
        value: the output, plain unless it depends on Variables outside.
        outputs: its numbers, Variables or plain ones.
        output_layout: where they stand.
        nested: whether it depends on Variables outside.
        older: those.
        looks_at_each: whether derivatives are looked at one by one before they are given.
        lifetime: what it shares with copies of itself: as long as it is there, the Variables have histories.

    Raises:
        TypeError: the output has numbers that are not real.
    """

    looks_at_each = nested = has_arrays = False
    older: Sequence[Variable] = ()
    _own_order: list[Variable] | None = None

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: list[Scalar],
        input_layouts: list[Layout],
        output: Any,
        aux: Any,
        since: int,
        whole: bool = True,
        has_arrays: bool = False,
    ) -> None:
        self.inputs = inputs
        self.input_layouts = input_layouts
        self.since = since
        self.lifetime = Lifetime()
        self.aux = aux
        # Of one output the derivative is what most likely is asked for next; a pass that comes to its end has also seen
        # that nothing older is behind the output, and no array between.
        self._gradient: list[float] | None = None
        if type(output) is Scalar and sweep is not None and not has_arrays:
            active, ones = ([], []) if output.creator is None else ([output], [1.0])
            self._gradient = sweep(active, ones, inputs, since, SELF_CONTAINED)
        if self._gradient is not None:
            self.outputs, self.output_layout, self.value = [output], ONE_NUMBER, output.data
        else:
            self.has_arrays = has_arrays
            self._look_behind(output, f, whole)
        if aux is not None:
            self.aux = self._settled_aux(aux)

    def _look_behind(self, output: Any, f: Callable[..., Any], whole: bool) -> None:
        """Find what is behind any output: other numbers than one, arrays, Variables from outside."""
        self.outputs, self.output_layout = [output], ONE_NUMBER
        if type(output) is not Scalar:
            self.outputs, self.output_layout = entries.flatten_result(output, f, whole)
        variables = variables_in(self.outputs)
        active = [y for y in variables if y.creator is not None]
        outer: set[int] = set()
        self.has_arrays = self.has_arrays or any(map(holds_array, variables))
        swept = None
        if sweep is not None and not self.has_arrays and type(output) is not Scalar:
            swept = sweep(active, [1.0] * len(active), self.inputs, self.since, SELF_CONTAINED)
        self._own_order = order_between(self.inputs, active, self.since) if swept is None else None
        if swept is None and self._own_order is None:
            _, outer, older = self._sources(topological_sort(*variables, since=self.since))
            self.older = (*older, *(y for y in variables if y.unique_id < self.since))
        self.nested = bool(outer)
        keeps = self._belongs_to(outer)
        self.value = output.data if type(output) is Scalar and not keeps(output) else entries.as_returned(output, keeps)

    def gradient(self) -> list[Any]:
        """Return the derivatives of the one output by every input."""
        return self.vjp([1.0]) if self._gradient is None or self.looks_at_each else self._gradient

    def vjp(self, cotangents: Sequence[Any]) -> list[Any]:
        """Multiply by the derivative from the left, in one reverse pass: one number per output gives one per input."""
        if self._gradient is not None and type(cotangents[0]) is float and cotangents[0] == 1.0:
            return list(self._gradient)
        plain = all(type(cotangent) is float for cotangent in cotangents) and not self.has_arrays
        if sweep is not None and plain and not self.nested:
            seeds = [
                (y, cotangent)
                for y, cotangent in zip(self.outputs, cotangents, strict=True)
                if cotangent and issubclass(type(y), Variable) and not is_constant(y)
            ]
            swept = sweep([y for y, _ in seeds], [d for _, d in seeds], self.inputs, self.since, TO_INPUTS)
            if swept is not None:
                return swept
        adjoints: dict[int, Any] = {}
        for output, cotangent in zip(self.outputs, cotangents, strict=True):
            if issubclass(type(output), Variable) and not is_zero(cotangent):
                known = adjoints.get(output.unique_id)
                adjoints[output.unique_id] = cotangent if known is None else known + cotangent
        derivatives = backward_pass(self.order, adjoints, self.inputs, as_variables=self.nested)
        if self.has_arrays:
            derivatives = entries.array_entries().fitted_entries(self.inputs, derivatives)
        return self._settled(derivatives, () if plain else variables_in(cotangents))

    def jvp(self, tangents: Sequence[Any]) -> list[Any]:
        """Multiply by the derivative from the right, in one forward pass: one number per input gives one per output."""
        plain = not self.nested and not self.has_arrays and all(type(tangent) is float for tangent in tangents)
        if jvp is not None and plain:
            if self._gradient is not None and self.outputs[0].creator is not None:
                moved = jvp(self.outputs, self.inputs, list(tangents), self.since)
                if moved is not None:
                    return moved
            moving = [y for y in self.outputs if is_variable(y) and not is_constant(y)]
            out_tangents = jvp(moving, self.inputs, list(tangents), self.since)
            if out_tangents is not None:
                tangent_of = {y.unique_id: moved for y, moved in zip(moving, out_tangents, strict=True)}
                return [tangent_of.get(y.unique_id, 0.0) if is_variable(y) else 0.0 for y in self.outputs]
        if self.has_arrays or any(node.holds_array for node in self.order):
            moved = entries.array_entries().array_jvp(self.outputs, self.inputs, tangents, self.order, self.nested)
            return self._settled(moved, variables_in(tangents))
        known = {x.unique_id: t for x, t in zip(self.inputs, tangents, strict=True) if not is_zero(t)}
        for unique_id, partials in self._partials:
            total = None
            for source, partial in partials:
                tangent = known.get(source)
                if tangent is not None:
                    total = partial * tangent if total is None else total + partial * tangent
            if total is not None:
                known[unique_id] = total
        moved = [known.get(y.unique_id, 0.0) if is_variable(y) else 0.0 for y in self.outputs]
        return self._settled(moved, variables_in(tangents))

    def matrix(self, forward: bool | None = None) -> list[Sequence[Any]]:
        """Return the whole derivative, a row per output.

        Args:
            forward: whether by forward passes, one per input, or by reverse ones, one per output; by default the fewer.
        """
        rows, columns = len(self.outputs), len(self.inputs)
        if forward if forward is not None else columns < rows:
            moved = [self.jvp(entries.unit_vector(i, columns)) for i in range(columns)]
            return list(zip(*moved, strict=True)) or [()] * rows
        return [self.vjp(entries.unit_vector(i, rows)) for i in range(rows)]

    @functools.cached_property
    def order(self) -> list[Variable]:
        """What depends on the inputs, from the outputs on."""
        if self._own_order is not None:
            return self._own_order
        order = topological_sort(*variables_in(self.outputs), since=self.since)
        dependent = self._sources(order)[0]
        return [node for node in order if node.unique_id in dependent]

    @functools.cached_property
    def _partials(self) -> list[tuple[int, list[tuple[int, Any]]]]:
        """Every operation from the inputs on: what it made, and its partial derivatives by what it took."""
        own = {x.unique_id for x in self.inputs}
        steps = []
        for node in reversed(self.order):
            if node.unique_id in own or node.is_leaf:
                continue
            taken = recorded_vjp_contributions(node, 1.0) if self.nested else vjp_contributions(node, 1.0)
            steps.append((node.unique_id, [(x.unique_id, partial) for x, partial in taken]))
        return steps

    def _sources(
        self, order: list[Variable], given: Sequence[Variable] = ()
    ) -> tuple[set[int], set[int], list[Variable]]:
        """Return which Variables depend on the inputs, which on Variables outside or those given, and those outside."""
        dependent = {x.unique_id for x in self.inputs}
        outer = {x.unique_id for x in given}
        older: dict[int, Variable] = {}
        for node in reversed(order):
            for x in parents_of(node):
                if is_constant(x):
                    continue
                if x.unique_id < self.since:
                    older[x.unique_id] = x
                    outer.add(node.unique_id)
                    continue
                if x.unique_id in dependent:
                    dependent.add(node.unique_id)
                if x.unique_id in outer:
                    outer.add(node.unique_id)
        return dependent, outer, list(older.values())

    def _settled(self, values: list[Any], given: Sequence[Variable] = ()) -> list[Any]:
        """Make plain what depends neither on Variables outside nor on those given."""
        if all(type(value) is float for value in values):
            return values
        variables = [variable for value in values for variable in variables_at(value)]
        if not variables:
            return values
        outer = self._sources(topological_sort(*variables, since=self.since), given)[1]
        return [without_history(value, self._belongs_to(outer)) for value in values]

    def _settled_aux(self, aux: Any) -> Any:
        leaves, spec = unfold(aux)
        settled = self._settled(leaves)
        return aux if settled is leaves else rebuild(spec, settled)

    def _belongs_to(self, outer: set[int]) -> Callable[[Variable], bool]:
        """Tell Variables that depend on those outside; what tells them does not keep the run."""
        since = self.since
        return lambda x: not is_constant(x) and (x.unique_id < since or x.unique_id in outer)


def is_zero(value: Any) -> bool:
    """Return whether a number is plainly zero: then nothing depends on it, even where a derivative is infinite."""
    if type(value) is float:
        return value == 0
    return not is_variable(value) and not getattr(value, "ndim", 0) and bool(value == 0)
