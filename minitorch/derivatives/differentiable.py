"""A function made ready to be differentiated: it runs on Variables in place of the arguments to differentiate by.

    >>> at = Differentiable(lambda x, y: x * y, (0, 1)).at((3.0, 4.0), {})
    >>> at.value, at.vjp([1.0]), at.jvp([1.0, 0.0])
    (12.0, [4.0, 3.0], [4.0])

Every run has Variables of its own as inputs, so derivatives nest without confusion.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from contextvars import ContextVar
from types import FunctionType
from typing import Any, Final

from minitorch.autodiff.grad_mode import FOR_ANY_ORDER, FOR_ONE_ORDER, SPARES, sparing
from minitorch.autodiff.history import History, InputHistory
from minitorch.autodiff.run_notes import ACTIVE, RunNotes
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.variable import is_settled
from minitorch.derivatives import entries
from minitorch.derivatives.judgement import take_limits, warn_of_zeros
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.self_recording import is_derivative
from minitorch.derivatives.signatures import Argnums, checked_pair, parameter_names, places_in, selected, title
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
from minitorch.recorder import next_unique_id
from minitorch.scalars.pytrees import ONE_NUMBER, Layout, flatten
from minitorch.scalars.scalar import Scalar, make_leaves
from minitorch.tracing.strangers import UNTOLD, tell_strangers
from minitorch.tracing.tracer import dispatcher, trace

__all__ = ["Differentiable"]

FLOATS: Final = frozenset({float})
_inside: ContextVar[bool] = ContextVar("inside", default=False)

HOLDERS: Final[tuple[list[Any], ...]] = (sparing, ACTIVE, dispatcher.followed)
"""What holds the notes of a run while it lasts."""


class Differentiable:
    """A function made ready to be differentiated by some of its arguments.

    Args:
        f: a plain Python function; it is traced, as are the functions it calls.
        argnums: the position or the name of the argument to differentiate by, or several.
        has_aux: whether it returns a pair, of which the second is passed on without a derivative.
        whole: whether an array is one input or output, and not a number for each element.
        spares: whether arrays that no derivative needs are let go of; who looks at all values of a run keeps them.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are not positions or names of arguments.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
        options: Options = DEFAULT_OPTIONS,
        whole: bool = True,
        spares: bool = True,
    ) -> None:
        self.f, self.argnums, self.whole, self.spares = f, argnums, whole, whole and spares
        self.options = options.checked()
        self.is_straight = options.rounding == "straight_through"
        self.selection = selected(f, argnums)
        self.positions, self.keywords = self.selection.positions, self.selection.keywords
        self.single, self.has_aux = self.selection.single, has_aux
        self.needed = self.selection.enough
        self.traced = f if is_derivative(f) else trace(f)
        self.is_function = type(self.traced) is FunctionType
        self.names: list[str | None] = [*parameter_names(f)]
        # With so many arguments the positions are places among them as they are; 0 where they have to be looked at.
        self.enough = self.needed
        if min(self.positions) < 0 or len(set(self.positions)) < len(self.positions):
            self.enough = 0
        self.names += [None] * (self.enough - len(self.names))
        self.own_layouts = [ONE_NUMBER] * len(self.positions)

    def at(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Linearization:
        """Run the function.

        Raises:
            TypeError: an argument to differentiate by has no real numbers, or no pair is returned.
        """
        if self.keywords or len(args) < self.needed:
            args, kwargs = self.selection.arranged(args, kwargs)
        return self._run(args, kwargs)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Linearization:
        """Run the function on arguments that stand where the selection says."""
        since, history = next_unique_id(), InputHistory()
        inputs, layouts, arguments = self._inputs(args, history)
        plain_kwargs = kwargs
        if self.keywords:
            by_position = len(arguments) - len(self.keywords)
            kwargs = {**kwargs, **dict(zip(self.keywords, arguments[by_position:], strict=True))}
            del arguments[by_position:]
        enclosed, spared = _inside.get(), SPARES.get()
        run = ties = None
        notes = RunNotes()
        try:
            _inside.set(True)
            SPARES.set(0 if not self.spares else FOR_ANY_ORDER if enclosed else FOR_ONE_ORDER)
            for holders in HOLDERS:
                holders.append(notes)
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
            if noted:
                ties = special_ties(notes, inputs, since)
                announced(ties, self.options.special_points)
            has_arrays = layouts is not self.own_layouts and any([x.holds_array for x in inputs])
            run = Linearization(self.f, inputs, layouts, output, aux, since, self.whole, has_arrays)
            if run.older and not enclosed and any([is_settled(x) for x in run.older]):
                # Left over from a derivative taken before: they were Variables until now, and are constants.
                run = Linearization(self.f, inputs, layouts, output, aux, since, self.whole, has_arrays)
            if noted and self.options.rounding != "ignore" and (notes.has_rounded or notes.whole):
                warn_of_zeros(run, notes, self.is_straight)
        except Exception as error:
            raise_in_place_of(error, notes, inputs)
            lost = entries.lost_behind(error)
            if lost is not error:
                raise lost from error.__cause__
            raise
        finally:
            # As `bracket` does, which costs too much here.
            try:
                leave(notes, enclosed, spared)
                history.end(None if run is None else run.lifetime, next_unique_id())
            except BaseException:
                leave(notes, enclosed, spared)
                history.end(None, next_unique_id())
                raise
            if run is None:
                make_plain(sys.exc_info()[1])
        if ties and self.options.special_points == "limit":
            around = [self._beside(args, plain_kwargs, side) for side in sides_of(entries.count_of(inputs))]
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
        return Differentiable(self.f, self.argnums, self.has_aux, quiet, self.whole)._run(tuple(shifted), kwargs)

    def _inputs(self, args: tuple[Any, ...], history: History) -> tuple[list[Scalar], list[Layout], list[Any]]:
        """Make a Variable for each number to differentiate by; return them, where they stand, and the arguments."""
        inputs: list[Scalar] = []
        arguments = list(args)
        if 0 < self.enough <= len(args):
            # Floats alone are the usual case, and quickly done.
            for place in self.positions:
                value = args[place]
                if type(value) is not float:
                    break
                arguments[place] = x = Scalar(value, history, self.names[place])
                inputs.append(x)
            else:
                return inputs, self.own_layouts, arguments
        inputs, layouts = [], []
        own: dict[int, tuple[list[Scalar], Layout, Any]] = {}
        for place in places_in(args, self.positions, self.f):
            if place not in own:
                own[place] = self._entries(args[place], self._name(place, len(args)), history)
            scalars, layout, arguments[place] = own[place]
            inputs += scalars
            layouts.append(layout)
        return inputs, layouts, arguments

    def _name(self, place: int, count: int) -> str | None:
        """Return the name of the parameter at one of so many places, if it is known."""
        if self.keywords and place >= count - len(self.keywords):
            return self.keywords[place - count]
        return self.names[place] if place < len(self.names) else None

    def _entries(self, value: Any, name: str | None, history: History) -> tuple[list[Scalar], Layout, Any]:
        """Make a Variable for each number of an argument; return them, where they stand, and the argument of them."""
        try:
            values, layout = flatten(value, self.whole)
        except TypeError as error:
            raise self._refusal(name, str(error)) from error
        if layout.spec is None and layout.leaves[0].shape is None:
            raise self._refusal(name, f"must be a real number, not {value!r}")
        names = layout.names(name)
        if FLOATS.issuperset(map(type, values)):
            inputs = make_leaves(values, history, names)
        else:
            stays_whole = itertools.repeat(layout.keeps_whole)
            inputs = list(map(entries.as_input, values, itertools.repeat(history), names, stays_whole))
        return inputs, layout, layout.fill(inputs)

    def _refusal(self, name: str | None, reason: str) -> TypeError:
        by = f"argument {name!r}" if name else "an argument"
        return TypeError(f"can't differentiate {title(self.f)} by {by}: it {reason}")


def leave(notes: RunNotes, enclosed: bool, spared: int) -> None:
    """Have everything be as it was before a run, however far it came."""
    for holders in HOLDERS:
        if notes in holders:
            holders.remove(notes)
    SPARES.set(spared)
    _inside.set(enclosed)
