"""Tangents and second derivatives of a function by machine code with its own loops and branches."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from minitorch.compiler.structural.call import StructuralFunction
from minitorch.compiler.structural.entry.forms import Argument, forms_of
from minitorch.compiler.task import Mode
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian

__all__ = ["StructuralHessian", "StructuralTangents"]


class StructuralHessian(StructuralFunction):
    """The second derivatives of a function.

    Args:
        f: a plain Python function, a bound method or a partial.
        argnums: the position of the argument to differentiate by, or several.
        below: answers the calls that machine code can't; `None` for `minitorch.hessian`.
        installs: is called with what answers all calls; with `None` where there is no such thing any more.
        again: answers a call for which another machine code, or none, is the right one; `None` for this itself.

    >>> StructuralHessian(lambda x, y: x * x * y, (0, 1)).second_derivatives(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """

    derivative = Mode.HESSIAN

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: int | Sequence[int] = 0,
        below: Callable[..., Any] | None = None,
        installs: Callable[[Any], None] = lambda answers: None,
        again: Callable[..., Any] | None = None,
    ) -> None:
        answers = hessian(f, argnums if isinstance(argnums, int) else tuple(argnums)) if below is None else below
        super().__init__(
            f,
            argnums,
            lambda _, args, kwargs: answers(*args, **kwargs),
            lambda builtin, _: installs(builtin),
            None if again is None else lambda _, args, kwargs: again(*args, **kwargs),
        )

    def second_derivatives(self, *args: Any, **kwargs: Any) -> Any:
        """Return the second derivatives, as `minitorch.hessian` does."""
        return self.call(True, args, kwargs)


class StructuralTangents(StructuralFunction):
    """How a function moves along tangents: its code takes all arguments, and behind them a tangent for each.

    Args:
        f: a plain Python function, a bound method or a partial.
        below: answers the calls that machine code can't, given arguments and tangents; `None` for `minitorch.jvp`.
        installs: is called with what answers all calls; with `None` where there is no such thing any more.
        again: answers a call for which another machine code, or none, is the right one; `None` for this itself.

    >>> StructuralTangents(lambda x, y: x * y).jvp((2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)
    """

    derivative = Mode.TANGENT

    def __init__(
        self,
        f: Callable[..., Any],
        below: Callable[..., Any] | None = None,
        installs: Callable[[Any], None] = lambda answers: None,
        again: Callable[..., Any] | None = None,
    ) -> None:
        self.answers = functools.partial(jvp, f) if below is None else below
        super().__init__(
            f,
            (),
            in_halves(self.answers),
            lambda builtin, _: installs(None if builtin is None else self.answering(builtin)),
            None if again is None else in_halves(again),
        )

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """Return the value and how it changes along tangents of the arguments, as `minitorch.jvp` does."""
        given = self.given((primals, tangents))
        return self.answers(primals, tangents) if given is None else self.call(True, given, {})

    def given(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return what the code takes of arguments and tangents; `None` if they are no pairs."""
        primals, tangents = args
        if type(primals) not in (tuple, list) or type(tangents) not in (tuple, list) or len(primals) != len(tangents):
            return None
        return (*primals, *tangents)

    def answering(self, builtin: Callable[..., Any]) -> Callable[..., Any]:
        """Return what answers calls with arguments and tangents, given the code."""

        def answered(primals: Any, tangents: Any) -> Any:
            given = self.given((primals, tangents))
            return self.answers(primals, tangents) if given is None else builtin(*given)

        return answered

    def kinds(self, args: Sequence[Any], kwargs: Mapping[str, Any], with_gradient: bool) -> tuple[Argument, ...] | None:
        """Return what arguments and tangents are; `None` if some are of no form that is known."""
        return forms_of(args, kwargs, range(len(args) // 2))


def in_halves(answers: Callable[..., Any]) -> Callable[[bool, tuple[Any, ...], dict[str, Any]], Any]:
    """Return what answers calls of the code, given what answers those with arguments and tangents."""
    return lambda _, args, kwargs: answers(args[: len(args) // 2], args[len(args) // 2 :])
