"""Calls of solvers that are given functions: the solver runs on plain numbers, and is told nothing of derivatives.

What it is given is called as traced code all the same, so that it is known whether anything with a history comes of it.
The number of a solver is its own to the last bit; the rows of solvers add what it depends on.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from minitorch.autodiff.run_notes import forgetting_ties
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import is_constant
from minitorch.scalars.detach import detach, variables_at
from minitorch.scalars.pytrees import unfold
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias, signature_of

__all__ = ["SolverCall", "Watched", "depends", "solver_row", "solver_rows"]


class Watched:
    """A function as a solver calls it: plain numbers come out, and whether they had a history is remembered.

    Args:
        function: the user's, as traced code calls it.
        args: further arguments that it takes, with their histories.
        keywords: likewise by name.

    Attributes:
        is_active: whether anything with a history has come out.
    """

    def __init__(self, function: Callable[..., Any], args: Sequence[Any] = (), keywords: Any = None) -> None:
        # Solvers read signatures, and attributes that users set.
        functools.update_wrapper(self, function)
        self.function, self.args, self.keywords = function, tuple(args), keywords or {}
        self.is_active = False

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function."""
        result = self.on_variables(*arguments, **keywords)
        if type(result) is float:
            return result
        if not self.is_active and depends(result):
            self.is_active = True
        return detach(result)

    def on_variables(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function, and keep histories."""
        return self.function(*arguments, *self.args, **keywords, **self.keywords)


def depends(value: Any) -> bool:
    """Return whether anything in a value has a history."""
    if is_variable(value):
        return not is_constant(value.present())
    return any(not is_constant(x) for leaf in unfold(value)[0] for x in variables_at(leaf))


class SolverCall:
    """A call of a solver.

    Args:
        function: the solver.
        bound: its arguments by name.
        resolve: finds what traced code calls in place of a callable.
        further: arguments by name that its signature does not have.

    Attributes:
        arguments: those arguments.
        watched: the callables that the solver is given, by name.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        bound: inspect.BoundArguments,
        resolve: Resolve,
        further: dict[str, Any] | None = None,
    ) -> None:
        self.function, self.bound, self.resolve, self.further = function, bound, resolve, further or {}
        self.signature = bound.signature
        self.arguments: dict[str, Any] = bound.arguments
        self.watched: dict[str, Watched] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument."""
        return self.arguments.get(name, default)

    def args(self, name: str = "args") -> tuple[Any, ...]:
        """Return what a solver passes on to its callables."""
        args = self.get(name, ())
        return args if isinstance(args, tuple) else () if args is None else (args,)

    def watch(self, name: str, args: Sequence[Any] = (), keywords: Any = None) -> Watched | None:
        """Have the solver call what it is given under a name through a Watched; return that, None where none is."""
        given = self.get(name)
        if not callable(given):
            return None
        self.watched[name] = Watched(self.resolve(given), args, keywords)
        return self.watched[name]

    def run(self, **replaced: Any) -> Any:
        """Call the solver on plain values, with some arguments replaced; those replaced by None are left out."""
        given = {name: self.watched.get(name, value) for name, value in self.arguments.items() if name not in replaced}
        # What callables take beside their argument stands in the Watched already.
        own = {name: value for name, value in replaced.items() if value is not None}
        bound = self.signature.bind_partial()
        bound.arguments |= {**{name: detach(value) for name, value in given.items()}, **own}
        with forgetting_ties():
            return self.function(*bound.args, **bound.kwargs, **self.further)

    @property
    def is_active(self) -> bool:
        """Whether anything with a history has come out of a callable, or is among the arguments."""
        return any(watched.is_active for watched in self.watched.values()) or depends(tuple(self.arguments.values()))


def solver_rows(
    library: ModuleType, solvers: Mapping[str, Callable[[SolverCall], Any]], resolve: Resolve
) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of solvers by their names in a library; which of them there are is up to its version.

    Args:
        library: the library.
        solvers: what does on Variables what each of them does.
        resolve: finds what traced code calls in place of a callable.
    """
    for name, solve in solvers.items():
        if hasattr(library, name):
            yield from solver_row(getattr(library, name), solve, resolve)


def solver_row(
    function: Callable[..., Any], solve: Callable[[SolverCall], Any], resolve: Resolve
) -> Iterator[tuple[Any, Alias]]:
    """Yield the row of a solver.

    Args:
        function: the solver.
        solve: does on Variables what it does.
        resolve: finds what traced code calls in place of a callable.
    """
    signature = signature_of(function)
    is_complete = all(p.kind is not inspect.Parameter.VAR_KEYWORD for p in signature.parameters.values())

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        # Names of yesterday, which a decorator of scipy's still takes, are not in the signature.
        further = {name: value for name, value in kwargs.items() if is_complete and name not in signature.parameters}
        try:
            bound = signature.bind(*args, **{name: value for name, value in kwargs.items() if name not in further})
        except TypeError:
            # The solver says so in its own words.
            return function(*args, **kwargs)
        return solve(SolverCall(function, bound, resolve, further))

    yield function, Alias(function.__name__, call)
