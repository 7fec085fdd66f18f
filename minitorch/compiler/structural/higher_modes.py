"""Tangents and second derivatives of a function by machine code with its own loops and branches."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

from minitorch.compiler.structural.arguments import Argument, forms_of
from minitorch.compiler.structural.call import StructuralFunction
from minitorch.compiler.task import Mode
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian

__all__ = ["StructuralHessian", "StructuralTangents"]


class StructuralHessian(StructuralFunction):
    """The second derivatives of a function.

    Args:
        f: a plain Python function.
        argnums: the position of the argument to differentiate by, or several.
        below: answers the calls that machine code can't; `None` for `minitorch.hessian`.

    >>> StructuralHessian(lambda x, y: x * x * y, (0, 1)).second_derivatives(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """

    derivative = Mode.HESSIAN

    def __init__(
        self, f: FunctionType, argnums: int | Sequence[int] = 0, below: Callable[..., Any] | None = None
    ) -> None:
        answers = hessian(f, argnums if isinstance(argnums, int) else tuple(argnums)) if below is None else below
        super().__init__(f, argnums, lambda _, args, kwargs: answers(*args, **kwargs))

    def second_derivatives(self, *args: Any, **kwargs: Any) -> Any:
        """Return the second derivatives, as `minitorch.hessian` does."""
        return self.call(True, args, kwargs)


class StructuralTangents(StructuralFunction):
    """How a function moves along tangents: called with all arguments, and behind them a tangent for each.

    Args:
        f: a plain Python function.
        below: answers the calls that machine code can't, given arguments and tangents; `None` for `minitorch.jvp`.

    >>> StructuralTangents(lambda x, y: x * y).jvp((2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)
    """

    derivative = Mode.TANGENT
    builtin: Any = None

    def __init__(self, f: FunctionType, below: Callable[..., Any] | None = None) -> None:
        self.answers = functools.partial(jvp, f) if below is None else below

        def answer(with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return self.answers(args[: len(args) // 2], args[len(args) // 2 :])

        super().__init__(f, (), answer, self.install)

    def install(self, builtin: Any, with_gradient: bool) -> None:
        """Have the next calls go straight to a builtin, which knows what is to be done with others than it is for."""
        self.builtin = builtin

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """Return the value and how it changes along tangents of the arguments, as `minitorch.jvp` does."""
        if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
            return self.answers(primals, tangents)
        if len(primals) != len(tangents):
            return self.answers(primals, tangents)
        if self.builtin is not None:
            return self.builtin(*primals, *tangents)
        return self.call(True, (*primals, *tangents), {})

    def kinds(self, args: Sequence[Any], kwargs: Mapping[str, Any], with_gradient: bool) -> tuple[Argument, ...] | None:
        """Return what arguments and tangents are; `None` if some are of no form that is known."""
        return forms_of(args, kwargs, range(len(args) // 2))
