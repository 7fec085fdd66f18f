"""Arrays, lists and tuples that hold Variables among numbers: with their plain values, and with Variables alone.

numpy keeps Variables in arrays of objects, where its loops call the operators and methods of each element.

    >>> from minitorch.scalars.scalar import Scalar
    >>> detached([Scalar(1.5), 2]), holds_variable((1.0, [Scalar(2.0)]))
    ([1.5, 2], True)
"""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Indicator, Scalar, made_as

__all__ = ["as_variables", "detached", "holds_variable", "object_array", "variables_in", "with_values"]


def holds_variable(value: Any) -> bool:
    """Return whether a value is a Variable, or an array of objects, list or tuple with one in it."""
    kind = type(value)
    if kind is list or kind is tuple:
        return any(map(holds_variable, value))
    if kind is numpy.ndarray:
        return value.dtype == object and any(map(is_variable, value.flat))
    return issubclass(kind, Variable)


def variables_in(value: Any) -> list[Variable]:
    """Return the Variables with a history in a number, array, list or tuple."""
    kind = type(value)
    if kind is list or kind is tuple:
        return [x for item in value for x in variables_in(item)]
    if kind is numpy.ndarray:
        return [x for item in value.flat for x in variables_in(item)] if value.dtype == object else []
    return [value] if issubclass(kind, Variable) and not is_constant(value) else []


def detached(value: Any) -> Any:
    """Return the value with plain numbers for the Variables in it, and an array of plain numbers for one of objects."""
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(map(detached, value))
    if kind is numpy.ndarray and value.dtype == object and any(map(is_variable, value.flat)):
        return numpy.array([plain_number(item) for item in value.flat]).reshape(value.shape)
    return plain_number(value)


def plain_number(value: Any) -> Any:
    """Return the float of a Scalar, the bool of an indicator, anything else as it is."""
    return bool(value.data) if type(value) is Indicator else plain_value(value)


def as_variables(value: Any) -> Any:
    """Return the value with Variables for all numbers in it, where there is one: constants for the plain ones.

    So each element has the methods that loops over objects call (`sqrt`, `sin`).
    """
    if not holds_variable(value):
        return value
    if type(value) is numpy.ndarray:
        return object_array([constant(item) for item in value.flat], value.shape)
    return type(value)(map(as_variables, value)) if type(value) in (list, tuple) else value


def constant(value: Any) -> Any:
    """Return a Scalar without history for a plain number."""
    return Scalar(value, back=None) if isinstance(value, (float, int)) and not is_variable(value) else value


def object_array(items: list[Any], shape: tuple[int, ...]) -> Any:
    """Return an array of objects; their elements are not inspected."""
    array = numpy.empty(len(items), dtype=object)
    for index, item in enumerate(items):
        array[index] = item
    return array.reshape(shape)


def with_values(tracked: Any, plain: Any) -> Any:
    """Return the results of a computation on Variables, with the values that the same one on floats gave.

    Args:
        tracked: what was made of Variables: a Variable, an array of objects, or a tuple or list of these.
        plain: what was made of the floats.

    Returns:
        Scalars where there is a history, else what is plain.
    """
    if is_variable(tracked):
        return plain if tracked.history is None else with_value(tracked, float(plain))
    if type(tracked) is numpy.ndarray and tracked.dtype == object:
        values = numpy.asarray(plain)
        items = [with_values(*pair) for pair in zip(tracked.flat, values.flat, strict=True)]
        if not any(map(is_variable, items)):
            return plain
        return items[0] if tracked.ndim == 0 else object_array(items, tracked.shape)
    if isinstance(tracked, (tuple, list)):
        items = [with_values(*pair) for pair in zip(tracked, plain, strict=True)]
        return type(tracked)(*items) if hasattr(tracked, "_fields") else type(tracked)(items)
    return plain


def with_value(variable: Scalar, value: float) -> Scalar:
    """Return a Scalar with that value and the history of another, which is itself where that is its value."""
    same = variable.data == value or (variable.data != variable.data and value != value)
    # A leaf is what derivatives are asked for: it was handed through, and is nobody's result.
    return variable if same or variable.is_leaf else made_as(variable, value)
