"""The structural tier of a compiled function: tried first, with the traces below."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from types import FunctionType
from typing import Any

from minitorch.compiler.structural.call import StructuralFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.row_loop import RowLoop
from minitorch.compiler.task import Mode, Options

__all__ = ["StructuralTier"]


class StructuralTier:
    """What a compiled function has of it.

    Attributes:
        tries_structurally: whether it is tried; not yet, unless a test or a subclass wants it.
    """

    tries_structurally = False
    plain: Any
    single: bool
    positions: Sequence[int]
    options: Options

    @functools.cached_property
    def structural(self) -> StructuralFunction | None:
        """The function with its own loops and branches; `None` if it is none that is taken so."""
        if not self.tries_structurally or type(self.plain) is not FunctionType or self.options.fastmath:
            return None
        argnums = self.positions[0] if self.single else tuple(self.positions)
        return StructuralFunction(self.plain, argnums, self.answer_below, self.install_structural)

    def call_traced(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, by its traces."""
        raise NotImplementedError

    def answer_below(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the tier below answers."""
        return self.call_traced(Mode.GRADIENT if with_gradient else Mode.VALUE, args, kwargs)

    def structural_builtin(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the builtin that answers calls such as this one; `None` if the tier below does."""
        structural = self.structural
        if structural is None or mode not in (Mode.VALUE, Mode.GRADIENT):
            return None
        program = structural.program(args, mode is Mode.GRADIENT, kwargs)
        if not isinstance(program, Program):
            return None
        self.install_structural(program.builtin, mode is Mode.GRADIENT)
        return program.builtin

    def row_loop(self, mode: Mode, args: tuple[Any, ...]) -> RowLoop | None:
        """Return a loop over rows of such arguments, with the function's own loops inside; `None` if there is none."""
        structural, with_gradient = self.structural, mode is Mode.GRADIENT
        if structural is None or mode not in (Mode.VALUE, Mode.GRADIENT):
            return None
        program = structural.current_program(args, with_gradient)
        return None if program is None else program.row_loop

    def install_structural(self, builtin: Any, with_gradient: bool) -> None:
        """Have all calls go straight to a builtin, or no longer."""
        if with_gradient:
            self.__dict__.pop("value_and_grad", None)
            if builtin is not None:
                self.__dict__["value_and_grad"] = builtin
        elif builtin is not None:
            type(self).__call__ = staticmethod(builtin)  # type: ignore[method-assign]
        elif "__call__" in vars(type(self)):
            del type(self).__call__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        raise NotImplementedError
