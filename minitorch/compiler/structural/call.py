"""Calls of structurally compiled functions: to machine code, and to the tier below where that leaves."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, MappingProxyType
from typing import Any, Final, TypeAlias

from minitorch.compiler.structural.arguments import Argument, forms_of
from minitorch.compiler.structural.compilation import Program, compiled
from minitorch.compiler.structural.refusals import Refused
from minitorch.compiler.task import Mode
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.machine_code.status import ARGUMENTS, MISS

__all__ = ["StructuralFunction", "compile_structurally"]

Key: TypeAlias = tuple[bool, tuple[Argument, ...]]
"""Whether derivatives are wanted, and what the arguments are."""

Below: TypeAlias = Callable[[bool, tuple[Any, ...], dict[str, Any]], Any]

MAX_LEFT: Final = 16
"""Machine code that has left more calls, and most of all, is not used any more."""

MAX_PROGRAMS: Final = 64
"""Calls with more forms of arguments than these are for the tier below."""


class StructuralFunction:
    """A function that is compiled for each kind of arguments it is called with.

    Args:
        f: a plain Python function.
        argnums: the position of the argument to differentiate by, or several.
        below: answers the calls that machine code can't: it is given whether derivatives are wanted, the positional and
            the keyword arguments. `None` for the plain function and its eager derivatives.
        installs: is called with a builtin that answers all calls, and whether it gives derivatives; with `None` where
            there is none any more.

    Attributes:
        programs: by mode and arguments the machine code, or why there is none.
        left: how many calls each of them has left for the tier below.
        derivative: what is computed where derivatives are wanted.
    """

    derivative = Mode.GRADIENT

    def __init__(
        self,
        f: FunctionType,
        argnums: int | Sequence[int] = 0,
        below: Below | None = None,
        installs: Callable[[Any, bool], None] = lambda builtin, with_gradient: None,
    ) -> None:
        self.plain = f
        self.single = isinstance(argnums, int)
        self.positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        self.below = below or eager_answers(f, argnums if isinstance(argnums, int) else tuple(argnums))
        self.installs = installs
        self.programs: dict[Key, Program | Refused] = {}
        self.left: Counter[Key] = Counter()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        return self.call(False, args, kwargs)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self.call(True, args, kwargs)

    def call(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer of machine code, which is compiled if there is none yet, or of the tier below."""
        program = self.program(args, with_gradient, kwargs)
        if not isinstance(program, Program):
            return self.below(with_gradient, args, kwargs)
        self.installs(program.builtin, with_gradient)
        return program.builtin(*args, **kwargs)

    def kinds(self, args: Sequence[Any], kwargs: Mapping[str, Any], with_gradient: bool) -> tuple[Argument, ...] | None:
        """Return what arguments are; `None` if some are of no form that is known."""
        if not with_gradient:
            return forms_of(args, kwargs, ())
        if not all(-len(args) <= position < len(args) for position in self.positions):
            return None
        return forms_of(args, kwargs, [position % len(args) for position in self.positions])

    def program(
        self, args: Sequence[Any], with_gradient: bool, kwargs: Mapping[str, Any] = MappingProxyType({})
    ) -> Program | Refused | None:
        """Return what answers calls with such arguments; `None` if they are of no form that is known."""
        kinds = self.kinds(args, kwargs, with_gradient)
        if kinds is None:
            return None
        key = with_gradient, kinds
        if key not in self.programs:
            if len(self.programs) >= MAX_PROGRAMS:
                return None
            try:
                mode = self.derivative if with_gradient else Mode.VALUE
                groups = [position % len(args) for position in self.positions] if with_gradient else []
                fallback = functools.partial(self.answer, key)
                self.programs[key] = compiled(self.plain, kinds, mode, groups, self.single, fallback)
            except Refused as refused:
                self.programs[key] = refused
        return self.programs[key]

    def current_program(self, args: Sequence[Any], with_gradient: bool) -> Program | None:
        """Return machine code for such arguments whose reads are as they were; `None` if there is none."""
        kinds = self.kinds(args, {}, with_gradient)
        program = self.program(args, with_gradient)
        if isinstance(program, Program) and kinds is not None and not self.is_current((with_gradient, kinds), program):
            program = self.program(args, with_gradient)
        return program if isinstance(program, Program) else None

    def answer(self, key: Key, status: int, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer to a call that machine code has left.

        Args:
            key: of the machine code.
            status: why.
            number: nothing.
            args: the positional arguments.
            kwargs: the keyword arguments.
        """
        with_gradient, kinds = key
        program = self.programs.get(key)
        if not isinstance(program, Program):
            return self.below(with_gradient, args, kwargs)
        if status == ARGUMENTS and self.kinds(args, kwargs, with_gradient) != kinds:
            return self.call(with_gradient, args, kwargs)
        if status == MISS and not self.is_current(key, program):
            return self.call(with_gradient, args, kwargs)
        if status != MISS:
            self.left[key] += 1
            if self.left[key] > MAX_LEFT and 2 * self.left[key] > program.calls:
                self.installs(None, with_gradient)
                self.programs[key] = Refused("most of its calls come to what machine code leaves to Python")
        return self.below(with_gradient, args, kwargs)

    def is_current(self, key: Key, program: Program) -> bool:
        """Return whether what was read is as it was; drop the machine code if not."""
        if program.reads.changed() is None and program.guards is not None:
            program.guards.refresh()
            return True
        self.installs(None, key[0])
        del self.programs[key]
        return False


def eager_answers(f: FunctionType, argnums: int | tuple[int, ...]) -> Below:
    """Return what answers calls of a function and its derivatives without machine code."""
    eager = value_and_grad(f, argnums)
    return lambda with_gradient, args, kwargs: (eager if with_gradient else f)(*args, **kwargs)


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
