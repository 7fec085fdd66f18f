"""Calls into pandas: its code stays as it is, and computes with columns that keep histories.

pd.Series(x)           a Series of a column of ours
s.rolling(3).mean()    pandas' value; the history of a formula, by a row of `pandas_methods`
s.to_string()          pandas' own
s.expanding().rank()   refused: an error that names it
"""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Callable
from functools import cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

import pandas

from minitorch.arrays.objects import as_objects
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.variable import Variable
from minitorch.scalars.lost_history import history_ends
from minitorch.tracing.libraries import replaced
from minitorch.tracing.libraries.pandas_columns import Column, Held
from minitorch.tracing.libraries.pandas_methods import method_for
from minitorch.tracing.libraries.pandas_objects import (
    detached_all,
    entered,
    frame_of_columns,
    histories_in,
    is_tracked_object,
    normal,
    owner_of,
    tracked,
    with_histories,
)  # fmt: skip
from minitorch.tracing.libraries.unknown import label_of

__all__ = ["called_by_column", "operate"]

INSIDE: Final = f"{os.sep}pandas{os.sep}"
"""What paths of pandas' own code have in them."""

MATMUL: Final = operator.matmul
"""The only operator that is not done element by element."""

CURE: Final = (
    "Take the numbers out with `.to_numpy()`, which keeps their history, and compute with numpy's functions; or leave "
    "the history out with minitorch.detach."
)

REFUSING: Final = (TypeError, ValueError, NotImplementedError, AttributeError)


def called_by_column(callee: Any) -> Callable[..., Any]:
    """Return what traced code calls in place of a callable of pandas'."""
    if type(callee) in (FunctionType, BuiltinFunctionType) or isinstance(callee, type):
        return gate(callee)
    return callee  # type: ignore[no-any-return]


@cache
def gate(function: Any) -> Callable[..., Any]:
    """Make what calls a function, method or class of pandas' with columns that keep histories."""
    name = getattr(function, "__name__", "")
    in_place = name in IN_PLACE

    def call(*args: Any, **kwargs: Any) -> Any:
        if not is_recording():
            return function(*args, **kwargs) if in_place else function(*map(detached_all, args), **detached_all(kwargs))
        if function is pandas.DataFrame and args and type(args[0]) is Tensor and args[0].ndim == 2:
            args = (entered_table(args[0], args[1:], kwargs),)
            kwargs = {}
        if name in PLAIN_ANSWERS and not kwargs.get("retbins"):
            return function(*detached_all([prepared(x) for x in args]), **detached_all(kwargs))
        enter = held_number if name in OPERATORS else prepared
        given = [x if in_place and at == 0 else enter(x) for at, x in enumerate(args)]
        named = {key: enter(x) for key, x in kwargs.items()}
        if given and not in_place and not named.get("inplace"):
            given[0] = tracked_beside(given[0], [*given[1:], *named.values()])
        own = method_for(name, given[0]) if given else None
        try:
            return normal((function if own is None else own)(*given, **named))
        except REFUSING as error:
            failed = error
        held = histories_in((given, named))
        if not held or is_users_own(failed) or not works(function, given, named):
            raise failed
        raise refusal(function, given, held) from failed

    return call


CODE: Final = (FunctionType, BuiltinFunctionType, MethodType, functools.partial)
"""Kinds of callables that a method of pandas' may call; those of `builtins` it knows."""

IN_PLACE: Final = frozenset("__init__ insert update pop __setitem__ __delitem__ to_numpy drop rename set_axis".split())
"""Methods whose object is to stay itself."""


OPERATORS: Final = frozenset(
    """add sub mul div truediv floordiv mod pow radd rsub rmul rdiv rtruediv rfloordiv rmod rpow eq ne lt le gt ge
    subtract multiply divide""".split()
)
"""Methods that do what operators do; some of them have another one's name."""

PLAIN_ANSWERS: Final = frozenset(
    """cut qcut searchsorted get_dummies nunique info to_string to_html to_markdown to_latex memory_usage duplicated
    hist""".split()
)
"""Functions and methods whose answers are labels, counts, or text to be read."""


def held_number(value: Any) -> Any:
    """Return an operand of a method as pandas takes it: a number as something of which it knows nothing."""
    if issubclass(type(value), Variable) and not getattr(value, "ndim", 0):
        return Held(value)
    return prepared(value)


def prepared(value: Any) -> Any:
    """Return an argument as pandas takes it; functions are traced."""
    kind = type(value)
    if kind in CODE and getattr(value, "__module__", None) != "builtins":
        return replaced(value)
    if kind is dict:
        return {key: prepared(item) for key, item in value.items()}
    if kind is list and any(type(item) in CODE for item in value):
        return [prepared(item) for item in value]
    return entered(value)


def entered_table(tensor: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return a frame of an array with two axes."""
    plain = pandas.DataFrame(detached_all(tensor), *args, **kwargs)
    if not histories_in(tensor):
        return plain
    return frame_of_columns([Column(tensor[:, at].copy()) for at in range(plain.shape[1])], plain)


def tracked_beside(value: Any, others: list[Any]) -> Any:
    """Return the object of a method with columns of ours, if it is to compute with something that has a history."""
    if not isinstance(value, (pandas.Series, pandas.DataFrame)):
        return value
    if any(issubclass(type(x), (Variable, Held)) or is_tracked_object(x) for x in others):
        return tracked(value)
    return value


def is_users_own(error: Exception) -> bool:
    """Return whether an error is one of minitorch's about code that is not of pandas."""
    return isinstance(error, HistoryLostError) and INSIDE not in str(error)


def works(function: Any, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Return whether pandas does it with plain numbers."""
    if args and owner_of(args[0]) is not None:
        return True
    try:
        function(*detached_all(args), **detached_all(kwargs))
    except REFUSING:
        return False
    return True


def refusal(function: Any, args: list[Any], held: list[Any]) -> HistoryLostError:
    """Make the error for what pandas does with plain numbers only."""
    name = getattr(function, "__name__", repr(function))
    if args and not isinstance(function, type) and hasattr(type(args[0]), name):
        name = f"{type(args[0]).__name__}.{name}"
    label = label_of(held)
    return history_ends(f"pandas' {name}(), which computes with plain numbers only,", label, CURE, held)


def operate(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Do an operator where one operand is an object of pandas', and the other a Variable."""
    made = normal(operation(operand(left, right, operation), operand(right, left, operation)))
    return with_histories(made, operation(*map(detached_all, (left, right)))) if operation is MATMUL else made


def operand(value: Any, other: Any, operation: Any) -> Any:
    """Return an operand as pandas computes with it."""
    if not issubclass(type(value), Variable):
        if isinstance(value, pandas.Index):
            return value.to_numpy()
        if operation is MATMUL:
            return value
        return tracked(value) if isinstance(value, (pandas.Series, pandas.DataFrame)) else value
    if isinstance(other, pandas.Index):
        return value
    if operation is MATMUL:
        return as_objects(value)
    if not getattr(value, "ndim", 0):
        return Held(value)
    made = Column(value.copy()) if value.ndim == 1 else entered_table(value, (), {})
    if isinstance(made, pandas.DataFrame) and isinstance(other, pandas.DataFrame):
        made.index, made.columns = other.index, other.columns
    return made
