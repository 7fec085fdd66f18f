"""Objects of pandas' with histories in them: found, taken away, and put into what pandas has made.

A frame may hold columns of ours, and, where pandas made it of single numbers, columns of objects some of which are
Variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy
import pandas
from pandas.arrays import NumpyExtensionArray

from minitorch.arrays.makers import asarray
from minitorch.arrays.objects import as_objects
from minitorch.arrays.tensor import Tensor, constant, current
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.tracing.libraries.pandas_columns import Column, Held, as_tensor, plain_column
from minitorch.tracing.libraries.pandas_formulas import agreeing

__all__ = [
    "array_of", "columns_of", "detached_all", "entered", "for_numpy", "frame_of_columns", "histories_in",
    "is_tracked_object", "normal", "out_of_pandas", "owner_of", "tracked", "with_histories",
]  # fmt: skip

NUMBERS: Final = (int, float, numpy.number, bool, numpy.bool_, type(None), type(pandas.NA))


def columns_of(value: Any) -> Iterator[Any]:
    """Yield what is behind each column of an object of pandas', or behind the object that it groups or moves over."""
    if isinstance(value, pandas.DataFrame):
        for at in range(value.shape[1]):
            yield array_of(value.iloc[:, at])
    elif isinstance(value, (pandas.Series, pandas.Index)):
        yield array_of(value)
    elif type(value) is Column:
        yield value
    elif isinstance(owner_of(value), (pandas.DataFrame, pandas.Series)):
        yield from columns_of(owner_of(value))


def array_of(series: Any) -> Any:
    """Return the array behind a Series or an index: a column, or an array of numpy's."""
    array = series.array
    return array.to_numpy() if isinstance(array, NumpyExtensionArray) else array


def owner_of(value: Any) -> Any:
    """Return the object that something groups, moves over or is an accessor of; None for anything else."""
    if type(value).__module__.partition(".")[0] != "pandas" or isinstance(value, type):
        return None
    return vars(value).get("obj") if hasattr(value, "__dict__") else None


def histories_in(value: Any) -> list[Any]:
    """Return the Variables with a history in arguments for pandas."""
    kind = type(value)
    if kind is Held:
        value = value.value
        kind = type(value)
    if issubclass(kind, Variable):
        return [] if is_constant(value.present()) else [value.present()]
    if kind in (list, tuple):
        return [x for item in value for x in histories_in(item)]
    if kind is dict:
        return [x for item in value.values() for x in histories_in(item)]
    if kind is numpy.ndarray:
        return histories_in(value.ravel().tolist()) if value.dtype == object else []
    if kind is Column:
        return histories_in(value.tensor)
    return [x for column in columns_of(value) for x in histories_in(values_of(column))]


def values_of(column: Any) -> Any:
    """Return what may have histories behind a column."""
    if type(column) is Column:
        return column.tensor
    return list(column) if column.dtype == object else None


def is_tracked_object(value: Any) -> bool:
    """Return whether an object of pandas' has a column of ours."""
    return any(type(column) is Column for column in columns_of(value))


def detached_all(value: Any) -> Any:
    """Return arguments for pandas without histories."""
    kind = type(value)
    if kind is Held:
        return detached_all(value.value)
    if kind is Tensor:
        return current(value).array
    if issubclass(kind, Variable):
        return value.get_data()
    if kind in (list, tuple):
        return kind(map(detached_all, value))
    if kind is dict:
        return {key: detached_all(item) for key, item in value.items()}
    if kind is Column:
        return plain_column(value)
    if kind is numpy.ndarray and value.dtype == object:
        return as_objects([detached_all(x) for x in value.ravel()]).reshape(value.shape)
    if isinstance(value, (pandas.Series, pandas.DataFrame)):
        return changed(value, plain_numbers)
    return value


def plain_numbers(column: Any) -> Any:
    """Return the plain array of a column of ours, or of Variables."""
    column = normal_column(column)
    return plain_column(column) if type(column) is Column else column


def changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a Series or frame with other arrays behind its columns; itself where none is another."""
    if isinstance(value, pandas.Series):
        array = array_of(value)
        made = change(array)
        return value if made is array else value._constructor(made, index=value.index, name=value.name)
    columns = list(columns_of(value))
    arrays = [change(column) for column in columns]
    if all(new is old for new, old in zip(arrays, columns, strict=True)):
        return value
    return frame_of_columns(arrays, value)


def frame_of_columns(arrays: list[Any], like: Any) -> Any:
    """Return a frame with these columns, the index and the names of another one."""
    made = like._constructor(dict(enumerate(arrays)), index=like.index)
    made.columns = like.columns
    return made


def normal(value: Any) -> Any:
    """Return what pandas gave, or is given, with a column of ours in place of single Variables."""
    if type(value) is numpy.ndarray and value.dtype == object and holds_variable(value.ravel()):
        return asarray(value) if value.ndim > 1 else as_tensor(value)
    if isinstance(value, pandas.Series):
        return changed(value, normal_column) if value.dtype.kind == "O" else value
    if isinstance(value, pandas.DataFrame) and any(dtype.kind == "O" for dtype in value.dtypes):
        return changed(value, normal_column)
    return value


def normal_column(column: Any) -> Any:
    """Return a column of ours in place of one of objects that are numbers, one of them a Variable."""
    if type(column) is Column or column.dtype != object:
        return column
    values = list(column)
    return Column(as_tensor(values)) if holds_variable(values) else column


def holds_variable(values: Any) -> bool:
    """Return whether objects are all real numbers or missing, and one of them a Variable."""
    found = False
    for value in values:
        if issubclass(type(value), Variable):
            found = True
        elif type(value) is ComplexScalar or not issubclass(type(value), NUMBERS):
            return False
    return found


def tracked(value: Any) -> Any:
    """Return an object of pandas' with columns of ours in place of those of plain numbers."""
    return changed(value, tracked_column)


def tracked_column(column: Any) -> Any:
    """Return a column of ours in place of one of plain numbers."""
    plain = type(column) is numpy.ndarray and column.dtype.kind in "fiu"
    return Column(constant(numpy.array(column, dtype=float))) if plain else normal_column(column)


def entered(value: Any) -> Any:
    """Return an argument as pandas takes it: arrays with a history as columns."""
    kind = type(value)
    if kind is Tensor:
        if is_constant(current(value)):
            return numpy.array(current(value).array)[()]
        if value.ndim == 1:
            return Column(value.copy())
        return pandas.DataFrame({i: Column(value[:, i]) for i in range(value.shape[1])}) if value.ndim == 2 else value
    if kind is dict:
        return {key: entered(item) for key, item in value.items()}
    if kind in (list, tuple) and any(type(x) is Tensor for x in value):
        return kind(map(entered, value))
    return normal(value)


def for_numpy(args: tuple[Any, ...], by_method: bool) -> list[Any] | None:
    """Return arguments for a function of numpy's; None where nothing in them has a history.

    Args:
        args: the arguments.
        by_method: whether the function asks objects of pandas' to do it.
    """
    entered = list(map(normal, args))
    if not any(map(is_tracked_object, entered)):
        return None
    return entered if by_method else list(map(out_of_pandas, entered))


def out_of_pandas(value: Any) -> Any:
    """Return an argument for numpy with an array in place of an object of pandas' that has histories."""
    if isinstance(value, (pandas.Series, pandas.Index, pandas.DataFrame)):
        found = normal(value)
        if is_tracked_object(found):
            return normal(found.to_numpy())
    if type(value) in (list, tuple):
        return type(value)(map(out_of_pandas, value))
    return value.tensor if type(value) is Column else value


def with_histories(made: Any, found: Any) -> Any:
    """Return what pandas found of plain numbers, with the histories of what it made of columns of ours."""
    if isinstance(found, pandas.DataFrame):
        pairs = zip(columns_of(made), columns_of(found), strict=True)
        return frame_of_columns([paired(m, f) for m, f in pairs], found)
    if isinstance(found, pandas.Series):
        return found._constructor(paired(array_of(made), array_of(found)), index=found.index, name=found.name)
    return paired(made, found)


def paired(made: Any, found: Any) -> Any:
    """Do that for one column, or number."""
    if type(made) is Column:
        value = numpy.array(found, dtype=float)
        there = numpy.flatnonzero(~numpy.isnan(value))
        tensor = constant(value)
        if len(there):
            tensor[there] = agreeing(made.tensor[there], value[there])
        return Column(tensor)
    if not issubclass(type(made), Variable) or found != found:
        return found
    return agreeing(made, numpy.float64(found))
