"""What else an array answers: attributes and methods without a rule, which a Tensor leaves to its plain array.

Without a history it does so as it is asked; with one, the shape and place of its elements are told and their values are
not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

import numpy

from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.place import package_of
from minitorch.autodiff.torch_names import HERE_ON_VARIABLES, no_such_name
from minitorch.scalars.array_slot import ARRAYS
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.scalars.rule_code import of_other_kind

__all__ = ["answer", "attribute_of", "view_as"]

TOLD: Final = frozenset({"setflags", "__array_priority__", "is_integer", "as_integer_ratio", "hex"})
"""What has no derivative."""

LEFT_TO_ARRAY: Final = frozenset({"__array_interface__", "__array_struct__", "__buffer__"})
"""Ways to the buffer that numpy tries before it asks `__array__`, which knows about histories."""


def answer(self: Tensor, name: str) -> Any:
    """Return an attribute of the plain array that a Tensor has not.

    Where pandas takes the array out of what it is given, it takes that of a Series: a Tensor has its column ready.

    Raises:
        AttributeError: if the array has it neither.
        HistoryLostError: if it would lose a history; a method raises when it is called.
    """
    if name == "_typ" and sys._getframe(1).f_code.co_name == "extract_array":
        return "series"
    if name == "_values" and package_of(sys._getframe(1)) == "pandas":
        return ARRAYS.column_of(self)
    node = current(self)
    if name in HERE_ON_VARIABLES and not hasattr(node.array, name):
        raise no_such_name(self, name)
    value = getattr(node.array, name)
    if name in LEFT_TO_ARRAY and node.creator is not None:
        raise AttributeError(f"a Tensor has no {name}: ask numpy.asarray(x) for it")
    if name in TOLD or not loses_history(node):
        return value
    if callable(value):
        return refusing(self, f".{name}()")
    raise lost(self, f".{name}")


def lost(self: Tensor, what: str) -> Exception:
    """Make the error for what would read the values of an array with a history."""
    return history_ends(f"asking for {what}", self.label(), "numpy has it in C, without a rule.", [current(self)])


def refusing(self: Tensor, what: str) -> Callable[..., NoReturn]:
    """Make the method that raises."""

    def method(*_: Any, **__: Any) -> NoReturn:
        raise lost(self, what)

    return method


def view_as(self: Tensor, dtype: Any = None, type: Any = None) -> Any:
    """Do `self.view()`: another name of the same elements, without a history also as another kind of them."""
    kind = dtype if isinstance(dtype, builtin_type) and issubclass(dtype, numpy.ndarray) else type
    if dtype is kind:
        dtype = None
    if kind in (None, numpy.ndarray) and (dtype is None or numpy.dtype(dtype) == self.dtype):
        return self[...]
    node = current(self)
    if loses_history(node) and kind not in (None, numpy.ndarray):
        cure = of_other_kind(kind) or "It computes by rules of its own: take a plain array."
        raise history_ends(f"making a {kind.__module__}.{kind.__name__}", self.label(), cure, [node])
    if loses_history(node):
        attempt = "reading the bits of an array as another kind of number"
        raise history_ends(attempt, self.label(), "Use astype().", [node])
    plain = numpy.asarray(node.array)
    given = {"dtype": dtype, "type": kind}
    return plain.view(**{name: value for name, value in given.items() if value is not None})


builtin_type: Final = type


def attribute_of(name: str, cure: str | None = None) -> property:
    """Make the attribute that the plain array answers.

    Args:
        name: the attribute.
        cure: what to do where there is a history, if it can be set.
    """

    def get(self: Tensor) -> Any:
        return getattr(current(self).array, name)

    def set_(self: Tensor, value: Any) -> None:
        node = current(self)
        if loses_history(node):
            raise history_ends(f"setting .{name}", self.label(), cure or "", [node])
        setattr(node.array, name, value)

    return property(get, set_ if cure else None)


Tensor.__getattr__ = answer  # type: ignore[method-assign]
