"""Calls of structurally compiled functions: in, out, and to the tier below where they leave."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

from minitorch.compiler.structural.compilation import Argument, Program, compiled
from minitorch.compiler.structural.kinds import Bool, Float, Int, Kind, Tuple
from minitorch.compiler.structural.refusals import Refused
from minitorch.derivatives.reverse_mode import value_and_grad

__all__ = ["StructuralFunction", "compile_structurally"]


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

    def __call__(self, *args: Any) -> Any:
        """Return what the plain function returns."""
        answer = self.answer(args, False)
        return self.plain(*args) if answer is None else answer[0]

    def value_and_grad(self, *args: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        answer = self.answer(args, True)
        return self.eager(*args) if answer is None else answer

    def program(self, args: Sequence[Any], with_gradient: bool) -> Program | Refused | None:
        """Return what answers calls with such arguments; `None` if they are of no kind that is known."""
        kinds = []
        for position, value in enumerate(args):
            kind = type(value).__name__
            if type(value) is list:
                if not value or set(map(type, value)) != {float}:
                    return None
            elif type(value) not in (float, int, bool):
                return None
            kinds.append(Argument(kind, with_gradient and position in self.positions))
            if kinds[-1].active and kind not in ("float", "list"):
                return None
        key = with_gradient, tuple(kinds)
        found = self.programs.get(key)
        if isinstance(found, Program) and not found.reads.unchanged():
            found = None
        if found is None:
            try:
                found = compiled(self.plain, kinds, with_gradient)
            except Refused as refused:
                found = refused
            self.programs[key] = found
        return found

    def answer(self, args: Sequence[Any], with_gradient: bool) -> tuple[Any, Any] | None:
        """Return the value and the derivatives (`None` without); `None` if the tier below has to answer."""
        program = self.program(args, with_gradient)
        if not isinstance(program, Program):
            return None
        words: list[bytes] = []
        keeps = []
        node = 1
        for position, value in enumerate(args):
            active = with_gradient and position in self.positions
            if type(value) is list:
                data = ctypes.create_string_buffer(struct.pack(f"{len(value)}d", *value), 8 * len(value))
                keeps.append(data)
                words.append(struct.pack("<qqQ", len(value), node, ctypes.addressof(data)))
                node += len(value) if active else 0
            elif type(value) is float:
                words.append(struct.pack("<dqq", value, node, 0))
                node += active
            else:
                if not -(2**63) <= value < 2**63:
                    return None
                words.append(struct.pack("<qqq", value, 0, 0))
        inputs = struct.pack("<q", node - 1) + b"".join(words)
        outputs = ctypes.create_string_buffer(8 * (1 + leaf_count(program.result)))
        gradient = (ctypes.c_double * node)()
        context = program.context()
        status = program.run(context, inputs, outputs, gradient)
        program.contexts.append(context)
        if status:
            self.left += 1
            return None
        result, _ = filled(program.result, outputs.raw, 0)
        if not with_gradient:
            return result, None
        derivatives, start = {}, 0
        for position, value in enumerate(args):
            if position in self.positions:
                size = len(value) if type(value) is list else 1
                derivatives[position] = gradient[start : start + size] if type(value) is list else gradient[start]
                start += size
        ordered = tuple(derivatives[position] for position in self.positions)
        return result, ordered[0] if self.single else ordered


def leaf_count(kind: Kind) -> int:
    """Return how many numbers a result has."""
    return sum(map(leaf_count, kind.items)) if isinstance(kind, Tuple) else 1


def filled(kind: Kind, outputs: bytes, offset: int) -> tuple[Any, int]:
    """Return a result, and where the next one begins."""
    if isinstance(kind, Tuple):
        items = []
        for each in kind.items:
            item, offset = filled(each, outputs, offset)
            items.append(item)
        return tuple(items), offset
    code = "<d" if isinstance(kind, Float) else "<q"
    (number,) = struct.unpack_from(code, outputs, 8 * offset)
    if isinstance(kind, Bool):
        number = bool(number)
    return (number if isinstance(kind, (Float, Int, Bool)) else None), offset + 1


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
