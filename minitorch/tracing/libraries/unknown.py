"""Functions of numerical libraries without a rule: where one refuses Scalars, but not plain numbers, it says so.

    scipy.linalg.solve(a, b)     ValueError: object arrays are not supported     becomes     HistoryLostError

The library's own words say nothing of derivatives, and code that catches them would take another way than usual.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.autodiff.run_notes import ACTIVE, end_plain_run, innermost, note_arrays, runs_here
from minitorch.autodiff.variable import Variable, is_constant, is_settled
from minitorch.scalars.cures import NUMERICAL
from minitorch.scalars.detach import detach, variables_at, without_history
from minitorch.scalars.lost_history import history_ends, plain_number_asked
from minitorch.scalars.pytrees import is_array, unfold
from minitorch.scalars.rule_code import of_other_kind

__all__ = ["called_blank", "guarded", "is_numerical", "on_plain_numbers", "works"]


BLANK: Final = frozenset({"zeros", "empty"})
"""Functions of numpy's that make an array of no numbers: as long as none comes into it, it takes no part."""


def is_numerical(callee: Any) -> bool:
    """Return whether a callable is a function of one of these packages."""
    kind = type(callee)
    if kind is not FunctionType and kind.__name__ != "_ArrayFunctionDispatcher":
        return False
    return str(getattr(callee, "__module__", "")).partition(".")[0] in NUMERICAL


def guarded(function: Callable[..., Any], always: bool = False) -> Callable[..., Any]:
    """Make what calls a function, and where that refuses Variables raises what says so.

    Args:
        function: the function.
        always: whether Variables are not even given to it.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        held = active_in((*args, *kwargs.values())) if always else []
        if held:
            raise refusal(function, held)
        try:
            return function(*args, **kwargs)
        except (TypeError, ValueError, AttributeError) as error:
            held = active_in((*args, *kwargs.values()))
            if not held or not works(function, args, kwargs):
                raise
            raise refusal(function, held) from error

    return call


def refusal(function: Callable[..., Any], held: list[Variable]) -> Exception:
    """Make the error for a function that refuses Variables."""
    label = label_of(held)
    known = of_other_kind(function)
    if known is not None:
        return history_ends(f"{function.__module__}.{function.__name__}()", label, known, held)
    return plain_number_asked("float", label, held)


def on_plain_numbers(function: Callable[..., Any], known: Callable[..., Any]) -> Callable[..., Any]:
    """Make what calls a function with plain numbers in a run of which no derivative is wanted.

    Args:
        function: what takes the place of a callable of a library.
        known: that callable, which is called itself where no number with a history can be in what it is given.
    """
    if getattr(known, "__module__", None) == "numpy" and getattr(known, "__name__", None) in BLANK:
        return functools.partial(called_blank, function, known)

    draws = module_of(known).startswith("numpy.random")

    def call(*args: Any, **kwargs: Any) -> Any:
        # A draw by plain parameters is noticed for what it is: other numbers each time.
        if not ACTIVE or (draws and not active_in((*args, *kwargs.values()))) or not end_plain_run():
            return function(*args, **kwargs)
        args, kwargs = without_history((args, kwargs), lambda x: not is_settled(x))
        values = (*args, *kwargs.values())
        # Code that it calls may bring in numbers of somebody else's derivative.
        is_plain = not active_in(values) and (len(runs_here()) == 1 or not any(map(callable, values)))
        result = (known if is_plain else function)(*args, **kwargs)
        if any(is_array(x) and x.ndim for x in (result, *values)):
            note_arrays()
        return without_history(result, lambda x: not is_settled(x))

    return call


def module_of(callee: Any) -> str:
    """Return the module that a callable, or the class whose method it is, says it is of; empty if it does not say."""
    return str(getattr(getattr(callee, "__objclass__", callee), "__module__", ""))


def called_blank(function: Callable[..., Any], known: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call what makes an array of no numbers; in a run of which no derivative is wanted it makes a plain one.

    Args:
        function: what takes the place of that callable.
        known: the callable.
        *args: what it is given by position.
        **kwargs: what it is given by name.
    """
    notes = innermost() if ACTIVE else None
    if notes is None or notes.end is None:
        return function(*args, **kwargs)
    note_arrays()
    return known(*args, **kwargs)


def label_of(held: Sequence[Any]) -> str:
    """Return what to call Variables in a message: one by its label, several by their number."""
    label: str = held[0].label() if len(held) == 1 else f"{len(held)} Variables"
    return label


def active_in(values: tuple[Any, ...]) -> list[Variable]:
    """Return the Variables with a history in values: numbers, arrays, lists, dicts."""
    return [x for leaf in unfold(values)[0] for x in variables_at(leaf) if not is_constant(x)]


def works(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether a function takes the plain values."""
    try:
        function(*detach(args), **detach(kwargs))
    except (TypeError, ValueError, AttributeError):
        return False
    return True
