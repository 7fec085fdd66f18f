"""Where derivatives end on purpose: `detach(x)` takes the plain value of whatever has a history.

>>> import minitorch
>>> minitorch.grad(lambda x: x * detach(x))(3.0)
3.0
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from minitorch.autodiff.variable import Variable
from minitorch.scalars.float_protocol import Tracked
from minitorch.scalars.pytrees import array_of, is_object_array, map_leaves
from minitorch.scalars.scalar import Indicator

__all__ = ["detach", "stop_gradient", "variables_at", "without_history"]


def detach(x: Any) -> Any:
    """Return a value without its history: floats for Scalars, also in lists, dicts, dataclasses and arrays.

    Anything without a Scalar in it comes back as it is.

    >>> from minitorch.scalars.scalar import Scalar
    >>> detach(Scalar(2.0)), detach([Scalar(3.0), "text"]), detach("text")
    (2.0, [3.0, 'text'], 'text')
    """
    return without_history(x, lambda variable: False)


stop_gradient = detach
"""Another name of `detach`, JAX's."""


def variables_at(leaf: Any) -> list[Variable]:
    """Return the Variables in one leaf: itself, the parts of a complex number, or the elements of an array."""
    if issubclass(type(leaf), Variable):
        return [leaf.present()]
    if issubclass(type(leaf), Tracked):
        return [part for part in (leaf.real, leaf.imag) if issubclass(type(part), Variable)]
    if is_object_array(leaf):
        return [variable for element in leaf.ravel().tolist() for variable in variables_at(element)]
    return []


def without_history(tree: Any, keeps: Callable[[Variable], bool]) -> Any:
    """Return a structure with plain values in place of its Variables, but for those to be kept."""
    return map_leaves(functools.partial(plain, keeps), tree)


def plain(keeps: Callable[[Variable], bool], leaf: Any) -> Any:
    """Return a leaf without history."""
    if issubclass(type(leaf), Tracked):
        if any(map(keeps, variables_at(leaf))):
            return leaf
        return bool(leaf.data) if type(leaf) is Indicator else leaf.data
    if issubclass(type(leaf), Variable):
        return leaf if keeps(leaf.present()) else leaf.plain()
    if is_object_array(leaf):
        elements = leaf.ravel().tolist()
        changed = [plain(keeps, element) for element in elements]
        if all(new is old for new, old in zip(changed, elements, strict=True)):
            return leaf
        return array_of(changed, leaf.shape) if leaf.ndim else changed[0]
    return leaf
