"""A function run once at a point: its value there, and its derivative as a linear map that goes both ways.

    >>> at = Differentiable(lambda x, y: x * y, (0, 1)).at((3.0, 4.0), {})
    >>> at.value, at.vjp([1.0]), at.jvp([1.0, 0.0])
    (12.0, [4.0, 3.0], [4.0])

Every run has Variables of its own as inputs, so derivatives nest without confusion. What a run depends on from outside
(the Variables of an enclosing derivative) stays Variable in all that comes out; everything else comes out plain.
Nothing looks back further than the run's own inputs, so its cost does not grow with the history around it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from types import FunctionType
from typing import Any

from minitorch.autodiff.acceleration import NATIVE, SELF_CONTAINED, TO_INPUTS
from minitorch.autodiff.grad_mode import FOR_ANY_ORDER, FOR_ONE_ORDER, SPARES, sparing
from minitorch.autodiff.history import History, InputHistory
from minitorch.autodiff.run_notes import ACTIVE, RunNotes
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.variable import (
    Variable,
    backward_pass,
    is_constant,
    is_settled,
    is_variable,
    order_between,
    parents_of,
    recorded_vjp_contributions,
    topological_sort,
    variables_in,
    vjp_contributions,
)
from minitorch.derivatives import entries
from minitorch.derivatives.judgement import take_limits, warn_of_zeros
from minitorch.derivatives.self_recording import is_derivative
from minitorch.derivatives.signatures import Argnums, checked_pair, checked_positions, parameter_names, places_in, title
from minitorch.derivatives.special_points import (
    DEFAULT_OPTIONS,
    Options,
    Side,
    Sides,
    announced,
    moved,
    sides_of,
    special_ties,
)
from minitorch.derivatives.swallowed import make_plain, raise_in_place_of, raise_swallowed
from minitorch.scalars.detach import variables_at, without_history
from minitorch.scalars.pytrees import ONE_NUMBER, Layout, flatten, rebuild, unfold
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.strangers import UNTOLD, tell_strangers
from minitorch.tracing.tracer import dispatcher, trace

__all__ = ["Differentiable", "Linearization"]

_inside: ContextVar[bool] = ContextVar("inside", default=False)


class Differentiable:
    """A function made ready to be differentiated by some of its arguments.

    Args:
        f: a plain Python function; it is traced, as are the functions it calls.
        argnums: the position of the argument to differentiate by, or several.
        has_aux: whether it returns a pair, of which the second is passed on without a derivative.
        whole: whether an array is one input or output, and not a number for each element.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are not positions of arguments.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
        options: Options = DEFAULT_OPTIONS,
        whole: bool = True,
    ) -> None:
        self.f, self.whole = f, whole
        self.options = options.checked()
        self.is_straight = options.rounding == "straight_through"
        self.positions = checked_positions(argnums)
        self.single, self.has_aux = isinstance(argnums, int), has_aux
        self.traced = f if is_derivative(f) else trace(f)
        self.is_function = type(self.traced) is FunctionType
        self.names = parameter_names(f)

    def at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Linearization:
        """Run the function.

        Raises:
            TypeError: an argument to differentiate by has no real numbers, or no pair is returned.
        """
        since, history = NATIVE.next_unique_id(), InputHistory()
        places, arguments = places_in(args, self.positions, self.f), list(args)
        inputs, layouts = list[Scalar](), list[Layout]()
        own: dict[int, tuple[list[Scalar], Layout, Any]] = {}
        for place in places:
            if place not in own:
                own[place] = self._inputs(args[place], place, history)
            scalars, layout, arguments[place] = own[place]
            inputs += scalars
            layouts.append(layout)
        enclosed = _inside.get()
        token = _inside.set(True)
        sparing_token = SPARES.set(0 if not self.whole else FOR_ANY_ORDER if enclosed else FOR_ONE_ORDER)
        sparing.append(sparing_token)
        run, notes = None, RunNotes()
        ACTIVE.append(notes)
        dispatcher.followed.append(notes)
        try:
            for library in UNTOLD:
                if library in sys.modules:
                    tell_strangers()
                    break
            # A cache is passed by also where it is what is differentiated.
            run_traced = self.traced if self.is_function else dispatcher.follow(self.traced)
            if self.is_straight:
                with straight_through():
                    returned = run_traced(*arguments, **kwargs)
            else:
                returned = run_traced(*arguments, **kwargs)
            noted = bool(notes.__dict__)
            if noted:
                raise_swallowed(notes, inputs)
            output, aux = checked_pair(returned, self.f) if self.has_aux else (returned, None)
            ties = special_ties(notes, inputs, since) if noted else None
            if noted:
                announced(ties or (), self.options.special_points)
            run = Linearization(self.f, inputs, layouts, output, aux, since, self.whole)
            if run.older and not enclosed and any([is_settled(x) for x in run.older]):
                # Left over from a derivative taken before: they were Variables until now, and are constants.
                run = Linearization(self.f, inputs, layouts, output, aux, since, self.whole)
            if noted and self.options.rounding != "ignore" and (notes.has_rounded or notes.whole):
                warn_of_zeros(run, notes, self.is_straight)
        except Exception as error:
            raise_in_place_of(error, notes, inputs)
            lost = entries.lost_behind(error)
            if lost is not error:
                raise lost from error.__cause__
            raise
        finally:
            ACTIVE.remove(notes)
            sparing.pop()
            SPARES.reset(sparing_token)
            dispatcher.followed.pop()
            _inside.reset(token)
            history.end(None if run is None else run.lifetime, NATIVE.next_unique_id())
            if run is None:
                make_plain(sys.exc_info()[1])
        if ties and self.options.special_points == "limit":
            around = [self._beside(args, kwargs, side) for side in sides_of(entries.count_of(inputs))]
            take_limits(run, Sides(around, str(ties[0].place)))
        return run

    def _beside(self, args: tuple[Any, ...], kwargs: dict[str, Any], side: Side) -> Linearization:
        """Run the function a few units away from arguments."""
        shifted, offset = list(args), 0
        for position in places_in(args, self.positions, self.f):
            numbers, layout = flatten(args[position], self.whole)
            shifted[position] = layout.fill(moved(numbers, side, offset))
            offset += sum(getattr(number, "size", 1) for number in numbers)
        quiet = Options("ignore", self.options.rounding)
        return Differentiable(self.f, self.positions, self.has_aux, quiet, self.whole).at(tuple(shifted), kwargs)

    def _inputs(self, value: Any, place: int, history: History) -> tuple[list[Scalar], Layout, Any]:
        """Make a Variable for each number of an argument; return them, where they stand, and the argument of them."""
        name = self.names[place] if place < len(self.names) else None
        if type(value) is float:
            x = Scalar(value, history, name)
            return [x], ONE_NUMBER, x
        try:
            values, layout = flatten(value, self.whole)
        except TypeError as error:
            raise self._refusal(name, str(error)) from error
        if layout.spec is None and layout.leaves[0].shape is None:
            raise self._refusal(name, f"must be a real number, not {value!r}")
        names = layout.names(name)
        inputs = [entries.as_input(x, label, history) for x, label in zip(values, names, strict=True)]
        return inputs, layout, layout.fill(inputs)

    def _refusal(self, name: str | None, reason: str) -> TypeError:
        by = f"argument {name!r}" if name else "an argument"
        return TypeError(f"can't differentiate {title(self.f)} by {by}: it {reason}")


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

    looks_at_each = False

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: list[Scalar],
        input_layouts: list[Layout],
        output: Any,
        aux: Any,
        since: int,
        whole: bool = True,
    ) -> None:
        self.outputs, self.output_layout = [output], ONE_NUMBER
        if type(output) is not Scalar:
            self.outputs, self.output_layout = entries.flatten_result(output, f, whole)
        self.inputs = inputs
        self.input_layouts = input_layouts
        self.since = since
        self.lifetime = Lifetime()
        variables = variables_in(self.outputs)
        active = [y for y in variables if y.creator is not None]
        outer: set[int] = set()
        self.older: list[Variable] = []
        # Of one output the derivative is what most likely is asked for next; a pass that comes to its end has also seen
        # that nothing older is behind the outputs.
        swept = None
        self.has_arrays = any(x.holds_array for x in (*variables, *inputs))
        if NATIVE.sweep is not None and not self.has_arrays:
            swept = NATIVE.sweep(active, [1.0] * len(active), inputs, since, SELF_CONTAINED)
        self._gradient = swept if len(active) == len(self.outputs) == 1 else None
        self._own_order = order_between(inputs, active, since) if swept is None else None
        if swept is None and self._own_order is None:
            _, outer, self.older = self._sources(topological_sort(*variables, since=since))
            self.older += [y for y in variables if y.unique_id < since]
        self.nested = bool(outer)
        keeps = self._belongs_to(outer)
        self.value = output.data if type(output) is Scalar and not keeps(output) else entries.as_returned(output, keeps)
        self.aux = None if aux is None else self._settled_aux(aux)

    def vjp(self, cotangents: Sequence[Any]) -> list[Any]:
        """Multiply by the derivative from the left, in one reverse pass: one number per output gives one per input."""
        if self._gradient is not None and type(cotangents[0]) is float and cotangents[0] == 1.0:
            return list(self._gradient)
        plain = all(type(cotangent) is float for cotangent in cotangents) and not self.has_arrays
        if NATIVE.sweep is not None and plain and not self.nested:
            seeds = [
                (y, cotangent)
                for y, cotangent in zip(self.outputs, cotangents, strict=True)
                if cotangent and issubclass(type(y), Variable) and not is_constant(y)
            ]
            swept = NATIVE.sweep([y for y, _ in seeds], [d for _, d in seeds], self.inputs, self.since, TO_INPUTS)
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
        if NATIVE.jvp is not None and plain:
            moving = [y for y in self.outputs if is_variable(y) and not is_constant(y)]
            out_tangents = NATIVE.jvp(moving, self.inputs, list(tangents), self.since)
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
            if node.unique_id in own or node.is_leaf():
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
