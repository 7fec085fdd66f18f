"""The structural tier of a compiled function, and which calls are its own.

    loops, recursion            structural machine code, as soon as it is earned (`compiler.earnings`); until then eager
    more than floats            the same: what traces answer takes Python's work at each call, for structures and modes
    floats, branches            traces, until there are MAX_TRACES_OF_BRANCHES
    floats, no branch           traces: one way, and code without any tape

What the structural tier refuses, or leaves, is for the traces; so are functions that differentiate straight through
roundings. Structural machine code keeps all digits, whether or not others were allowed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from minitorch.compiler.earnings import KEPT, NEVER, PROGRAMS, Earnings, wished
from minitorch.compiler.shortcuts import FEW, Shortcuts
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.call import Key, Resting, StructuralFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.entry.forms import NUMBERS
from minitorch.compiler.structural.entry.row_loop import RowLoop
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents
from minitorch.compiler.structural.shape import Shape, python_function, shape_of
from minitorch.compiler.task import Mode, Options
from minitorch.compiler.views import ProgramView

__all__ = ["StructuralTier"]

MAX_TRACES_OF_BRANCHES: Final = 8
"""A function of branches that has more traces is compiled structurally."""

BUILTIN_MODES: Final = (Mode.VALUE, Mode.GRADIENT)
"""The modes in which a builtin of traces answers calls with floats alone."""


class StructuralTier(Shortcuts):
    """What a compiled function has of it.

    Attributes:
        tries_structurally: whether it is tried at all.
    """

    tries_structurally = True
    plain: Any
    single: bool
    positions: Sequence[int]
    options: Options

    @property
    def structural(self) -> StructuralFunction | None:
        """The function with its own loops and branches; `None` if it is none that is taken so."""
        return self.structural_modes.get(Mode.VALUE)

    @functools.cached_property
    def structural_modes(self) -> Mapping[Mode, StructuralFunction]:
        """What compiles the function structurally for each mode; nothing if it is none that is taken so."""
        return {} if self.shape is None else self.structural_functions

    @functools.cached_property
    def structural_functions(self) -> Mapping[Mode, StructuralFunction]:
        """What compiles the function structurally for each mode, whatever it is; nothing if that is not wanted."""
        if not self.tries_structurally or self.options.derivatives.rounding == "straight_through":
            return {}
        argnums = self.positions[0] if self.single else tuple(self.positions)
        structural = StructuralFunction(
            self.plain, argnums, self.answer_below, self.install_structural, self.answer_again
        )

        def answers(mode: Mode) -> tuple[Callable[..., Any], Callable[[Any], None], Callable[..., Any]]:
            return (
                lambda *args, **kwargs: self.call_traced(mode, args, kwargs),
                lambda answer: self.install(mode, answer),
                lambda *args, **kwargs: self.call(mode, args, kwargs),
            )

        return {
            Mode.VALUE: structural,
            Mode.GRADIENT: structural,
            Mode.TANGENT: StructuralTangents(self.plain, *answers(Mode.TANGENT)),
            Mode.HESSIAN: StructuralHessian(self.plain, argnums, *answers(Mode.HESSIAN)),
        }

    @functools.cached_property
    def shape(self) -> Shape | None:
        """What there is in the function's text; `None` if that is not found."""
        function = python_function(self.plain)
        return None if function is None else shape_of(function)

    def call_traced(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, by its traces."""
        raise NotImplementedError

    def answer_below(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the tier below answers."""
        return self.call_traced(mode_of(with_gradient), args, kwargs)

    def answer_again(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer to a call that came to the wrong machine code."""
        return self.call(mode_of(with_gradient), args, kwargs)

    def structural_answer(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
        """Return what answers calls such as this one: machine code, or eager for now; `None` if the tier below does."""
        structural = self.structural_modes.get(mode)
        key = None if structural is None else key_of(structural, mode, args, kwargs)
        if structural is None or key is None:
            return None
        found = structural.known(key)
        if found is None:
            self.open_account(structural, mode, key)
            found = structural.found(key)
        if found is None:
            assert self.shape is not None
            is_own = self.is_own(mode, key)
            if not is_own:
                if self.begins_with_traces(mode):
                    return None
                structural.earnings[key] = self.earnings_of_traces(mode)
            cost = PROGRAMS.cost(self.shape.nodes)
            self.make(structural, key, cost)
            found = structural.known(key)
            self.examples[mode] = args, kwargs
            if found is None and is_own:
                return self.answer_meanwhile(mode, structural.earnings[key], cost, self.most_waiting(mode, structural))
        return structural.installed(found.builtin, key) if isinstance(found, Program) else None

    def answer_others(self, mode: Mode) -> Callable[..., Any]:
        """Return what answers calls of more kinds than are told apart, and at once the next ones if none has code."""
        structural = self.structural_modes.get(mode)
        most = 0 if structural is None or not self.most_waiting(mode, structural) else FEW
        return self.answer_meanwhile(mode, self.others, NEVER, most)

    def most_waiting(self, mode: Mode, structural: StructuralFunction) -> int:
        """Return how many calls of a mode may go straight to Python: none where any of them has machine code."""
        if any(isinstance(found, (Program, Resting)) for found in programs_of(structural, mode)):
            return 0
        if any(each.has_traces for (own, _), each in self.specializations.items() if own is mode):
            return 0
        return NEVER if len(kinds_of(structural, mode)) == 1 else FEW

    def answer_at_first(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
        """Return what answers a call of numbers as long as no machine code could be earned, or is on disk."""
        return self.kept_answer(mode, args, kwargs) or super().answer_at_first(mode, args, kwargs)

    def kept_answer(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
        """Return what answers the first calls for derivatives: machine code on disk, or eager until that pays.

        The source is not read for that, which would take longer.

        Returns:
            `None` if there is no such code.
        """
        # Eager values are there at once.
        if mode is Mode.VALUE or mode in self.sought_modes:
            return None
        structural = self.structural_functions.get(mode)
        key = None if structural is None else key_of(structural, mode, args, kwargs)
        manifest = None if structural is None or key is None else structural.manifest(key)
        if structural is None or key is None or manifest is None:
            self.sought_modes.add(mode)
            return None
        if key not in structural.earnings:
            structural.earnings[key] = self.account(mode)
        program = structural.found(key)
        if program is None and structural.manifest(key) is not None:
            return self.answer_meanwhile(mode, structural.earnings[key], KEPT.cost(manifest.size), most=NEVER)
        self.sought_modes.add(mode)
        self.examples[mode] = args, kwargs
        return None if program is None else structural.installed(program.builtin, key)

    @functools.cached_property
    def examples(self) -> dict[Mode, tuple[tuple[Any, ...], dict[str, Any]]]:
        """The latest calls before there was code: without loops, their traces can be written down, too."""
        return {}

    @functools.cached_property
    def sought_modes(self) -> set[Mode]:
        """Those of which there is no machine code on disk that the first calls wait for."""
        return set()

    def precompile(self, *args: Any, derivative: bool = True, **kwargs: Any) -> None:
        """Make machine code for calls such as this one, which is made: at once, whether or not it is earned yet.

        Args:
            args: the positional arguments.
            derivative: whether machine code is for value and derivatives, else for the value.
            kwargs: the keyword arguments.

        >>> import minitorch
        >>> square = minitorch.compile(lambda x: x * x)
        >>> square.precompile(1.0)
        >>> len(square.traces), square.value_and_grad(3.0)
        (1, (9.0, 6.0))
        """
        self.call_at_once(mode_of(derivative), args, kwargs)

    def compile_begun(self, mode: Mode) -> None:
        """Make machine code for one of the calls of a mode, if there is none for any yet."""
        begun = self.begun.get(mode)
        if begun is not None and begun.args is not None and not begun.is_handed_over:
            self.call_at_once(mode, begun.args, {})

    def call_at_once(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a call gives, for which machine code is made if there is none."""
        self.install(mode, None)
        with wished():
            return self.call(mode, args, kwargs)

    def open_account(self, structural: StructuralFunction, mode: Mode, key: Key) -> None:
        """Begin to note what a kind of calls earns, with the first calls of the mode if it is the first one."""
        if self.is_own(mode, key) and key not in structural.earnings:
            structural.earnings[key] = self.account(mode)

    def make(self, structural: StructuralFunction, key: Key, cost: int) -> None:
        """Make machine code for a kind of calls if it is earned.

        Args:
            structural: the function.
            key: which calls.
            cost: what is expected of it.
        """
        earnings = structural.earnings[key]
        assert self.shape is not None
        if earnings.may_spend(cost):
            before = earnings.spent
            structural.compile(key)
            PROGRAMS.note(self.shape.nodes, earnings.spent - before)

    def row_loop(self, mode: Mode, args: tuple[Any, ...], rows: int) -> RowLoop | None:
        """Return a loop over rows of such arguments, with the function's own loops inside; `None` if there is none.

        Args:
            mode: what is computed.
            args: those of a row.
            rows: how many there are; so many calls are expected.
        """
        structural = self.structural_modes.get(mode)
        if structural is None or mode not in (Mode.VALUE, Mode.GRADIENT) or not self.is_structural(mode):
            return None
        key = structural.key(args, mode is Mode.GRADIENT, {})
        if key is None:
            return None
        if structural.known(key) is None:
            self.open_account(structural, mode, key)
            structural.earnings[key].expect(rows)
        if structural.known(key) is None and structural.found(key) is None:
            assert self.shape is not None
            self.make(structural, key, PROGRAMS.cost(self.shape.nodes))
        program = structural.current_program(args, key) if structural.known(key) is not None else None
        return None if program is None else program.row_loop

    def is_structural(self, mode: Mode) -> bool:
        """Return whether structural machine code answers calls of a mode, or may yet."""
        structural = self.structural_modes.get(mode)
        if structural is None or self.shape is None:
            return False
        known = programs_of(structural, mode)
        if known:
            return any(isinstance(found, (Program, Resting)) for found in known)
        if any(self.is_own(mode, key) for key in kinds_of(structural, mode)):
            return True
        return not self.begins_with_traces(mode)

    def begins_with_traces(self, mode: Mode) -> bool:
        """Return whether calls with floats alone are for traces, as far as is known of these."""
        if self.shape is None or not self.structural_modes:
            return True
        is_many = self.shape.has_branches and self.trace_count(mode) > MAX_TRACES_OF_BRANCHES
        return not (self.shape.has_loops or is_many)

    def is_own(self, mode: Mode, key: Key) -> bool:
        """Return whether a kind of calls is for structural machine code from the first one on, and not for traces.

        Args:
            mode: of the calls.
            key: which.
        """
        if self.shape is None:
            return False
        if self.shape.has_loops or mode not in BUILTIN_MODES:
            return True
        return any(
            each.name is not None or not (each.kind == "float" or (each.active and each.kind in NUMBERS.values()))
            for each in key[1]
        )

    def earnings_of_traces(self, mode: Mode) -> Earnings:
        """Return what the calls of a mode have earned whose traces are the most: its code goes on their account."""
        known = [each for (own, _), each in self.specializations.items() if own is mode]
        return max(known, key=lambda each: each.tree.traces).policy.earnings

    def trace_count(self, mode: Mode) -> int:
        """Return how many traces are known of a mode."""
        return max((each.tree.traces for (own, _), each in self.specializations.items() if own is mode), default=0)

    def structural_views(self) -> tuple[list[ProgramView], list[str]]:
        """Return views of the machine code, and why there is none for other calls."""
        views, reasons = [], self.reasons_at_first()
        tried = [
            (mode, structural, key, structural.earnings[key])
            for mode, structural in self.structural_modes.items()
            for key in kinds_of(structural, mode)
        ]
        for mode, structural, key, earnings in tried:
            found = structural.programs.get(key)
            program = found.program if isinstance(found, Resting) else found
            given = f"({', '.join(map(str, key[1]))})"
            if isinstance(program, Program):
                views.append(program.view(mode, key[1], structural.left[key], earnings.spent))
            if isinstance(found, Refused):
                reasons.append(f"{mode.value}: its loops are not compiled for {given}, since {found}")
            elif found is None and self.shape is not None and self.is_own(mode, key):
                reasons.append(f"{mode.value}: {given} {earnings.explanation(PROGRAMS.cost(self.shape.nodes))}")
        return views, reasons

    def install_structural(self, builtin: Any, with_gradient: bool) -> None:
        """Have all calls go straight to a builtin, or no longer."""
        self.install(mode_of(with_gradient), builtin)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        raise NotImplementedError


def key_of(structural: StructuralFunction, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Key | None:
    """Return what tells calls such as this one from others; `None` if they have no structural machine code."""
    given = structural.given(args)
    return None if given is None else structural.key(given, mode is not Mode.VALUE, kwargs)


def kinds_of(structural: StructuralFunction, mode: Mode) -> list[Key]:
    """Return the kinds of calls of a mode that are told apart."""
    return [key for key in list(structural.earnings) if key[0] == (mode is not Mode.VALUE)]


def programs_of(structural: StructuralFunction, mode: Mode) -> list[Any]:
    """Return what there is for the kinds of calls of a mode for which machine code was made, or tried."""
    return [found for key, found in structural.programs.items() if key[0] == (mode is not Mode.VALUE)]


def mode_of(with_gradient: bool) -> Mode:
    """Return the mode of calls with or without derivatives."""
    return Mode.GRADIENT if with_gradient else Mode.VALUE
