"""Callables that make of a float what can have no derivative: exact numbers, bytes, text for machines.

They would ask an active Scalar for its plain value, or refuse it in words that say nothing of derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from minitorch.autodiff.variable import Variable
from minitorch.scalars.containers import MAPPINGS
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.scalars.scalar import Indicator, Scalar
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.read_back import reading
from minitorch.transformer import Alias

__all__ = ["rows"]

NAMES: dict[str, tuple[str, ...]] = {
    "array": ("array",),
    "datetime": ("timedelta", "date.fromtimestamp", "datetime.fromtimestamp", "datetime.utcfromtimestamp"),
    "decimal": ("Decimal", "Decimal.from_float", "Decimal.from_number"),
    "fractions": ("Fraction",),
    "json": ("dump", "dumps"),
    "_struct": ("pack", "pack_into"),
}
"""By module: what takes floats and keeps no histories, where this Python has it."""

READERS: dict[str, tuple[str, ...]] = {
    "ast": ("literal_eval",),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "json": ("load", "loads"),
}
"""By module: what makes numbers of text."""


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Make what replaces callables of such a library: itself, unless there is a derivative to lose."""
    readers = READERS.get(library.__name__, ())
    for name in dict.fromkeys((*NAMES.get(library.__name__, ()), *readers)):
        owner, _, method = name.rpartition(".")
        function = getattr(getattr(library, owner) if owner else library, method, None)
        if function is None:  # a method of a later Python
            continue
        refused = refusing(function, f"{library.__name__.lstrip('_')}.{name}()")
        yield function, Alias(name, reading(refused) if name in readers else refused)


def refusing(function: Callable[..., Any], title: str) -> Callable[..., Any]:
    """Return a callable that takes plain numbers and constant Scalars only.

    Args:
        function: what it does with these.
        title: what errors call it.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        if not any(map(has_variable, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        plain = {key: without_constants(value, title) for key, value in kwargs.items()}
        return function(*(without_constants(value, title) for value in args), **plain)

    return call


def has_variable(value: Any) -> bool:
    """Return whether there is a Variable in a value, or in a list, tuple or dict."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(has_variable, value))
    if kind in MAPPINGS:
        return any(map(has_variable, value)) or any(map(has_variable, value.values()))
    return issubclass(kind, Variable)


def without_constants(value: Any, title: str) -> Any:
    """Return a value with plain floats for constant Scalars.

    Raises:
        HistoryLostError: there is a Scalar with a history in it.
    """
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(without_constants(item, title) for item in value)
    if kind in MAPPINGS:
        return {without_constants(key, title): without_constants(item, title) for key, item in value.items()}
    if kind is Indicator:
        return bool(value)
    if issubclass(kind, Scalar) and loses_history(value):
        cure = "Its result is not a number that could have a history."
        raise history_ends(title, value.label(), cure, [value])
    return plain_value(value)
