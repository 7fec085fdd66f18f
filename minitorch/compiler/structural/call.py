"""Calls of structurally compiled functions: to machine code, and to the tier below where that leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.compiler.structural.compilation import Program, compiled
from minitorch.compiler.structural.entry import Argument
from minitorch.compiler.structural.refusals import Refused
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.machine_code.status import MISS, RAISE

__all__ = ["StructuralFunction", "compile_structurally"]

KINDS: Final = {float: "float", int: "int", bool: "bool", list: "list"}


class StructuralFunction:
    """A function that is compiled for each kind of arguments it is called with.

    Args:
        f: a plain Python function.
        argnums: the position of the argument to differentiate by, or several.

    Attributes:
        programs: by mode and arguments the machine code, or why there is none.
        left: how many calls have left for the tier below.
    """

    def __init__(self, f: FunctionType, argnums: int | Sequence[int] = 0) -> None:
        self.plain = f
        self.single = isinstance(argnums, int)
        self.positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        self.eager: Callable[..., Any] = value_and_grad(f, argnums if isinstance(argnums, int) else tuple(argnums))
        self.programs: dict[tuple[bool, tuple[Argument, ...]], Program | Refused] = {}
        self.left = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        return self.call(False, args, kwargs)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self.call(True, args, kwargs)

    def call(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer of machine code, which is compiled if there is none yet, or of the tier below."""
        program = None if kwargs else self.program(args, with_gradient)
        if not isinstance(program, Program):
            return self.below(with_gradient, args, kwargs)
        if with_gradient:
            self.__dict__["value_and_grad"] = program.builtin
        return program.builtin(*args)

    def below(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer of the tier below."""
        return (self.eager if with_gradient else self.plain)(*args, **kwargs)

    def kinds(self, args: Sequence[Any], with_gradient: bool) -> tuple[Argument, ...] | None:
        """Return what arguments are; `None` if some are of no kind that is known."""
        found = []
        for position, value in enumerate(args):
            active = with_gradient and position in self.positions
            if type(value) not in KINDS or (active and type(value) not in (float, list)):
                return None
            if type(value) is list and set(map(type, value)) != {float}:
                return None
            found.append(Argument(KINDS[type(value)], active))
        if with_gradient and not all(-len(args) <= position < len(args) for position in self.positions):
            return None
        return tuple(found)

    def program(self, args: Sequence[Any], with_gradient: bool) -> Program | Refused | None:
        """Return what answers calls with such arguments; `None` if they are of no kind that is known."""
        kinds = self.kinds(args, with_gradient)
        if kinds is None:
            return None
        key = with_gradient, kinds
        if key not in self.programs:

            def fallback(status: int, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
                return self.answer(status, key, args, kwargs)

            try:
                groups = self.positions if with_gradient else None
                self.programs[key] = compiled(self.plain, kinds, groups, self.single, fallback)
            except Refused as refused:
                self.programs[key] = refused
        return self.programs[key]

    def answer(
        self,
        status: int,
        key: tuple[bool, tuple[Argument, ...]],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """Return the answer to a call that machine code has left.

        Args:
            status: why.
            key: of the machine code.
            args: the positional arguments.
            kwargs: the keyword arguments.
        """
        with_gradient, kinds = key
        if status == RAISE or kwargs or self.kinds(args, with_gradient) == kinds:
            program = self.programs.get(key)
            if status == MISS and isinstance(program, Program):
                if program.reads.changed() is None and program.guards is not None:
                    program.guards.refresh()
                    return self.below(with_gradient, args, kwargs)
                self.__dict__.pop("value_and_grad", None)
                del self.programs[key]
                return self.call(with_gradient, args, kwargs)
            self.left += 1
            return self.below(with_gradient, args, kwargs)
        return self.call(with_gradient, args, kwargs)


def compile_structurally(f: FunctionType, argnums: int | Sequence[int] = 0) -> StructuralFunction:
    """Compile a function with its own loops and branches, for each kind of arguments when it is first called so.

    Args:
        f: a plain Python function.
        argnums: the position of the argument to differentiate by, or several.

    >>> def power(x, n):
    ...     result = 1.0
    ...     for _ in range(n):
    ...         result *= x
    ...     return result
    >>> compile_structurally(power).value_and_grad(3.0, 2)
    (9.0, 6.0)
    """
    return StructuralFunction(f, argnums)
