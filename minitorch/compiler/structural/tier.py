"""The structural tier of a compiled function, and which calls are its own.

    no loop, no branch          traces: one way, and code without any tape
    branches alone              traces, until there are MAX_TRACES_OF_BRANCHES
    loops, recursion            structural machine code, as soon as it is earned (`earnings`); until then eager

What the structural tier refuses, or leaves, is for the traces.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.structural.call import StructuralFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.earnings import expected_cost
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents
from minitorch.compiler.structural.row_loop import RowLoop
from minitorch.compiler.structural.shape import Shape, shape_of
from minitorch.compiler.task import Mode, Options, Task

if TYPE_CHECKING:
    from minitorch.compiler.specialization import Specialization

__all__ = ["StructuralTier"]

MAX_TRACES_OF_BRANCHES: Final = 8
"""A function of branches that has more traces is compiled structurally."""


class StructuralTier:
    """What a compiled function has of it.

    Attributes:
        tries_structurally: whether it is tried at all.
    """

    tries_structurally = True
    plain: Any
    single: bool
    positions: Sequence[int]
    options: Options
    tasks: Mapping[Mode, Task]
    specializations: Mapping[tuple[Mode, Hashable], Specialization]

    @functools.cached_property
    def structural(self) -> StructuralFunction | None:
        """The function with its own loops and branches; `None` if it is none that is taken so."""
        if not self.tries_structurally or type(self.plain) is not FunctionType or self.shape is None:
            return None
        if not (self.shape.has_loops or self.shape.has_branches):
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
            name = "hessian" if mode is Mode.HESSIAN else "jvp"
            return (
                lambda *args, **kwargs: self.call_traced(mode, args, kwargs),
                lambda answer: self.install_attribute(name, answer),
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
        return shape_of(self.plain)

    def call(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives."""
        raise NotImplementedError

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
                if not earnings.may_spend(expected_cost(self.shape.nodes)):
                    return earnings.timed(self.tasks[mode].functions.eager)
            elif self.trace_count(mode) <= MAX_TRACES_OF_BRANCHES:
                return None
            structural.compile(key)
            found = structural.known(key)
        if not isinstance(found, Program):
            return None
        structural.installs(found.builtin, mode is not Mode.VALUE)
        return structural.answering(found.builtin)

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
        if any(with_gradient == (mode is not Mode.VALUE) for with_gradient, _ in structural.programs):
            return True
        return self.shape.has_loops or self.trace_count(mode) > MAX_TRACES_OF_BRANCHES

    def trace_count(self, mode: Mode) -> int:
        """Return how many traces are known of a mode."""
        return max(
            (each.tree.traces + len(each.interpreted.traces) for (own, _), each in self.specializations.items()
             if own is mode), default=0,
        )  # fmt: skip

    def install_structural(self, builtin: Any, with_gradient: bool) -> None:
        """Have all calls go straight to a builtin, or no longer."""
        if with_gradient:
            self.install_attribute("value_and_grad", builtin)
        elif builtin is not None:
            type(self).__call__ = staticmethod(builtin)  # type: ignore[method-assign]
        elif "__call__" in vars(type(self)):
            del type(self).__call__

    def install_attribute(self, name: str, answer: Any) -> None:
        """Have all calls of a method go straight to what answers them, or no longer."""
        self.__dict__.pop(name, None)
        if answer is not None:
            self.__dict__[name] = answer

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        raise NotImplementedError


def mode_of(with_gradient: bool) -> Mode:
    """Return the mode of calls with or without derivatives."""
    return Mode.GRADIENT if with_gradient else Mode.VALUE
