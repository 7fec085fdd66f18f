"""The structural tier of a compiled function, and which calls are its own.

    no loop, no branch          traces: one way, and code without any tape
    branches alone              traces, until there are MAX_TRACES_OF_BRANCHES
    loops, recursion            structural machine code, as soon as it is earned (`earnings`); until then eager

What the structural tier refuses, or leaves, is for the traces; so are functions that differentiate straight through
roundings. Structural machine code keeps all digits, whether or not others were allowed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from minitorch.compiler.shortcuts import TIMED, Shortcuts
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.call import Resting, StructuralFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.earnings import Earnings, expected_cost
from minitorch.compiler.structural.entry.row_loop import RowLoop
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents
from minitorch.compiler.structural.shape import Shape, python_function, shape_of
from minitorch.compiler.task import Mode, Options
from minitorch.compiler.views import ProgramView

__all__ = ["StructuralTier"]

MAX_TRACES_OF_BRANCHES: Final = 8
"""A function of branches that has more traces is compiled structurally."""

NUMBERS: Final = frozenset({float, int, bool})


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

    @functools.cached_property
    def structural(self) -> StructuralFunction | None:
        """The function with its own loops and branches; `None` if it is none that is taken so."""
        if not self.tries_structurally or self.options.derivatives.rounding == "straight_through":
            return None
        if self.shape is None or not (self.shape.has_loops or self.shape.has_branches):
            return None
        argnums = self.positions[0] if self.single else tuple(self.positions)
        return StructuralFunction(self.plain, argnums, self.answer_below, self.install_structural, self.answer_again)

    @functools.cached_property
    def structural_modes(self) -> Mapping[Mode, StructuralFunction]:
        """What compiles the function structurally for each mode; nothing if it is none that is taken so."""
        structural = self.structural
        if structural is None:
            return {}
        argnums = self.positions[0] if self.single else tuple(self.positions)

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
        given = None if structural is None else structural.given(args)
        if structural is None or given is None:
            return None
        key = structural.key(given, mode is not Mode.VALUE, kwargs)
        if key is None:
            return None
        found = structural.known(key)
        if found is None:
            earnings = structural.earnings[key]
            assert self.shape is not None
            if self.shape.has_loops:
                cost = expected_cost(self.shape.nodes)
                if not earnings.may_spend(cost):
                    return self.answer_meanwhile(mode, earnings, cost)
            elif self.trace_count(mode) <= MAX_TRACES_OF_BRANCHES:
                return None
            structural.compile(key)
            found = structural.known(key)
        if not isinstance(found, Program):
            return None
        structural.installs(found.builtin, mode is not Mode.VALUE)
        return structural.answering(found.builtin)

    def compile_now(self, with_gradient: bool, args: tuple[Any, ...]) -> None:
        """Make machine code with loops for calls such as this one, whether or not it is earned yet."""
        structural = self.structural_modes.get(mode_of(with_gradient))
        given = None if structural is None or self.shape is None or not self.shape.has_loops else structural.given(args)
        if structural is None or given is None:
            return
        key = structural.key(given, with_gradient, {})
        if key is not None and structural.known(key) is None:
            structural.compile(key)

    def answer_meanwhile(self, mode: Mode, earnings: Earnings, cost: int) -> Callable[..., Any]:
        """Return what answers calls until machine code that costs so much is earned; it is ready for the next ones."""
        plain, known = self.tasks[mode].functions.eager, self.structural_modes[mode].earnings
        eager = earnings.timed(plain)
        if sum(with_gradient == (mode is not Mode.VALUE) for with_gradient, _ in known) != 1:
            return eager

        def for_all(*args: Any, **kwargs: Any) -> Any:
            earnings.note_answered(TIMED - 1)
            return eager(*args, **kwargs)

        def if_numbers(*args: Any, **kwargs: Any) -> Any:
            # Others may hold Variables, for which the plain function is not the right one.
            if NUMBERS.issuperset(map(type, args)) and not kwargs:
                return plain(*args)
            return self.call(mode, args, kwargs)

        def timed_if_numbers(*args: Any, **kwargs: Any) -> Any:
            if NUMBERS.issuperset(map(type, args)) and not kwargs:
                return for_all(*args)
            return self.call(mode, args, kwargs)

        answers = (if_numbers, timed_if_numbers) if mode is Mode.VALUE else (plain, for_all)
        self.wait(mode, earnings.calls_to_wait(cost), *answers)
        return eager

    def row_loop(self, mode: Mode, args: tuple[Any, ...]) -> RowLoop | None:
        """Return a loop over rows of such arguments, with the function's own loops inside; `None` if there is none."""
        if mode not in (Mode.VALUE, Mode.GRADIENT) or not self.is_structural(mode):
            return None
        program = self.structural_modes[mode].current_program(args, mode is Mode.GRADIENT)
        return None if program is None else program.row_loop

    def is_structural(self, mode: Mode) -> bool:
        """Return whether structural machine code answers calls of a mode, or may yet."""
        structural = self.structural_modes.get(mode)
        if structural is None or self.shape is None:
            return False
        programs = structural.programs.items()
        known = [found for (with_gradient, _), found in programs if with_gradient == (mode is not Mode.VALUE)]
        if known:
            return any(isinstance(found, (Program, Resting)) for found in known)
        return self.shape.has_loops or self.trace_count(mode) > MAX_TRACES_OF_BRANCHES

    def trace_count(self, mode: Mode) -> int:
        """Return how many traces are known of a mode."""
        return max(
            (each.tree.traces + len(each.interpreted.traces) for (own, _), each in self.specializations.items()
             if own is mode), default=0,
        )  # fmt: skip

    def structural_views(self) -> tuple[list[ProgramView], list[str]]:
        """Return views of the machine code, and why there is none for other calls."""
        views, reasons = [], []
        tried = [
            (mode, structural, key, earnings)
            for mode, structural in self.structural_modes.items()
            for key, earnings in list(structural.earnings.items())
            if key[0] == (mode is not Mode.VALUE)
        ]
        for mode, structural, key, earnings in tried:
            found = structural.programs.get(key)
            program = found.program if isinstance(found, Resting) else found
            given = f"({', '.join(map(str, key[1]))})"
            if isinstance(program, Program):
                views.append(program.view(mode, key[1], structural.left[key], earnings.spent))
            if isinstance(found, Refused):
                reasons.append(f"{mode.value}: its loops are not compiled for {given}, since {found}")
            elif found is None and self.shape is not None and self.shape.has_loops:
                reasons.append(f"{mode.value}: {given} {earnings.explanation(expected_cost(self.shape.nodes))}")
        return views, reasons

    def install_structural(self, builtin: Any, with_gradient: bool) -> None:
        """Have all calls go straight to a builtin, or no longer."""
        self.install(mode_of(with_gradient), builtin)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        raise NotImplementedError


def mode_of(with_gradient: bool) -> Mode:
    """Return the mode of calls with or without derivatives."""
    return Mode.GRADIENT if with_gradient else Mode.VALUE
