"""Windows of pandas' that move over columns which keep histories: pandas' value with the history of a formula.

Windows are found by pandas: the same window moves over positions, and each is asked which it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy
import pandas

from minitorch.arrays.tensor import current
from minitorch.tracing.libraries.pandas_columns import Column, as_tensor, plain_column
from minitorch.tracing.libraries.pandas_formulas import (
    REDUCTIONS,
    correlation,
    covariance,
    of_segments,
    placed,
)  # fmt: skip
from minitorch.tracing.libraries.pandas_objects import detached_all, frame_of_columns, with_histories

__all__ = ["EXPONENTIAL", "WEIGHTED", "WINDOWS", "by_matrix"]

Method = Callable[..., Any]

LONGEST: Final = 4000
"""Columns up to this length have the matrix of a linear map in memory."""


def clone(window: Any, obj: Any) -> Any:
    """Return the same window over another object."""
    options = {name: getattr(window, name) for name in window._attributes}
    if options.get("on") is not None:
        options["on"] = window._on
    if hasattr(window, "_as_index"):
        options["_as_index"] = window._as_index
    return type(window)(obj, **options)


def windows_of(window: Any, n: int, index: Any) -> list[Any]:
    """Return the positions that each window holds, of n."""
    over = clone(window, pandas.Series(numpy.arange(float(n)), index=index))
    over.min_periods = 0
    found: list[Any] = []

    def collect(positions: Any) -> float:
        found.append(positions.astype(int))
        return len(found) - 1.0

    numbers = over.apply(collect, raw=True).to_numpy()
    nothing = numpy.zeros(0, dtype=int)
    return [nothing if number != number else found[int(number)] for number in numbers]


def over_columns(window: Any, found: Any, history: Callable[[Any, Any], Any]) -> Any:
    """Return what pandas found, each column with the history that a function gives it, of the column and the value."""
    obj = window._selected_obj
    if isinstance(found, pandas.Series):
        return found._constructor(Column(history(obj.array, found.to_numpy(float))), found.index, name=found.name)
    arrays = []
    for at, name in enumerate(found.columns):
        column = obj[name].array if name in obj.columns else None
        value = found.iloc[:, at]
        arrays.append(Column(history(column, value.to_numpy(float))) if type(column) is Column else value.array)
    return frame_of_columns(arrays, found)


def rolled(how: str, window: Any, *args: Any, **kwargs: Any) -> Any:
    """Do what a window's method does."""
    obj = window._selected_obj
    found = getattr(clone(window, detached_all(obj)), how)(*args, **kwargs)
    if how == "sem":  # up to pandas 2 it divides by the root of another number
        spread_plain = clone(window, detached_all(obj)).std(*args, **kwargs)
        return with_histories(rolled("std", window, *args, **kwargs) * (found / spread_plain), found)
    names = {"quantile": ("q", "interpolation"), "var": ("ddof",), "std": ("ddof",), "sem": ("ddof",)}.get(how, ())
    options = dict(zip(names, args, strict=False)) | {key: kwargs[key] for key in names if key in kwargs}
    if "quantile" in kwargs:  # its name up to pandas 2
        options["q"] = kwargs["quantile"]
    parts = windows_of(window, len(obj), obj.index)
    flat = numpy.concatenate([*parts, numpy.zeros(0, dtype=int)])
    ids = numpy.repeat(numpy.arange(len(parts)), list(map(len, parts)))

    def history(column: Any, value: Any) -> Any:
        there = ~numpy.isnan(plain_column(column)[flat])
        return of_segments(how, column.tensor[flat[there]], ids[there], value, **options)

    return over_columns(window, found, history)


def applied(window: Any, func: Any, raw: bool = False, args: Any = None, kwargs: Any = None, **_: Any) -> Any:
    """Do `window.apply`: the function is called with each window."""
    obj = window._selected_obj
    counted = clone(window, detached_all(obj)).apply(len, raw=True)
    parts = windows_of(window, len(obj), obj.index)

    def history(column: Any, value: Any) -> Any:
        keep = numpy.flatnonzero(~numpy.isnan(value))
        made = []
        for at in keep:
            part = Column(column.tensor[parts[at]])
            given = part.tensor if raw else pandas.Series(part, index=obj.index[parts[at]])
            made.append(func(given, *(args or ()), **(kwargs or {})))
        tensor = as_tensor(made)
        full = numpy.full(len(value), numpy.nan)
        full[keep] = current(tensor).array
        return placed(tensor, keep, full)

    return over_columns(window, counted, history)


def aggregated(window: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
    """Do `window.agg` with the name of a method, or several."""
    if isinstance(func, str):
        return WINDOWS[func](window, *args, **kwargs)
    if callable(func):
        return applied(window, func, *args, **kwargs)
    names = isinstance(func, list) and all(isinstance(name, str) for name in func)
    if names and isinstance(window._selected_obj, pandas.Series):
        return pandas.concat([WINDOWS[name](window) for name in func], axis=1, keys=func)
    raise NotImplementedError(f"windows of columns with a history by {func!r}")


def refused(name: str) -> Method:
    """Make what refuses a method."""

    def method(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"{name} of columns with a history")

    return method


def beside(how: str, formula: Method, window: Any, other: Any = None, pairwise: Any = None, ddof: int = 1) -> Any:
    """Do `corr` or `cov` of a window over a Series with another Series."""
    obj = window._selected_obj
    if not (isinstance(obj, pandas.Series) and isinstance(other, pandas.Series)) or not obj.index.equals(other.index):
        raise NotImplementedError(f"{how} of windows over anything but two Series with the same index")
    found = getattr(clone(window, detached_all(obj)), how)(detached_all(other), pairwise, ddof)
    parts = windows_of(window, len(obj), obj.index)
    x, y = as_tensor(obj.array), as_tensor(other.array)
    missing = numpy.isnan(current(x).array) | numpy.isnan(current(y).array)
    value = found.to_numpy(float)
    keep = numpy.flatnonzero(~numpy.isnan(value))
    kept = [parts[at][~missing[parts[at]]] for at in keep]
    options = {} if how == "corr" else {"ddof": ddof}
    made = [formula(x[part], y[part], **options) for part in kept]
    return found._constructor(Column(placed(as_tensor(made), keep, value)), index=found.index, name=found.name)


WINDOWS: Final[dict[str, Method]] = {
    **{how: partial(rolled, how) for how in REDUCTIONS if how != "prod"},
    **dict.fromkeys(("apply",), applied), **dict.fromkeys(("agg", "aggregate"), aggregated),
    "rank": refused("rank"), "corr": partial(beside, "corr", correlation), "cov": partial(beside, "cov", covariance),
}  # fmt: skip


def by_matrix(function: Callable[[Any], Any], column: Any, index: Any, value: Any) -> Any:
    """Return what a linear map makes of the numbers of a column that are not missing, by the matrix of it.

    Args:
        function: does it to the columns of a frame.
        column: the column.
        index: its index.
        value: what pandas made of the column.
    """
    there = numpy.flatnonzero(~numpy.isnan(plain_column(column)))
    if len(value) > LONGEST:
        raise NotImplementedError(f"of columns with a history it takes up to {LONGEST} numbers")
    units = numpy.full((len(value), len(there)), numpy.nan)
    units[there] = numpy.eye(len(there))
    keep = numpy.flatnonzero(~numpy.isnan(value))
    matrix = function(pandas.DataFrame(units, index=index)).to_numpy(float)[keep]
    return placed(matrix @ column.tensor[there], keep, value)


def weighted(how: str, window: Any, *args: Any, **kwargs: Any) -> Any:
    """Do what an exponential window's linear method does."""
    obj = window._selected_obj

    def run(plain: Any) -> Any:
        return getattr(clone(window, plain), how)(*args, **kwargs)

    return over_columns(window, run(detached_all(obj)), lambda column, value: by_matrix(run, column, obj.index, value))


def spread(how: str, window: Any, bias: bool = False, *args: Any, **kwargs: Any) -> Any:
    """Do `ewm.var` or `ewm.std`: the weighted mean of the squared distances to the weighted mean."""
    obj = window._selected_obj
    found = getattr(clone(window, detached_all(obj)), how)(bias, *args, **kwargs)

    def history(column: Any, value: Any) -> Any:
        x, value = column.tensor, numpy.asarray(value)
        there = numpy.flatnonzero(~numpy.isnan(plain_column(column)))
        units = numpy.full((len(value), len(there)), numpy.nan)
        units[there] = numpy.eye(len(there))
        keep = numpy.flatnonzero(~numpy.isnan(value))
        weights = clone(window, pandas.DataFrame(units, index=obj.index)).mean().to_numpy(float)[keep]
        d = x[there][None, :] - (weights @ x[there])[:, None]
        made = numpy.sum(weights * d * d, axis=1)
        if not bias:
            made = made / (1 - numpy.sum(weights * weights, axis=1))
        return placed(made if how == "var" else numpy.sqrt(made), keep, value)

    return over_columns(window, found, history)


EXPONENTIAL: Final[dict[str, Method]] = {
    **{how: partial(weighted, how) for how in ("mean", "sum")},
    **{name: refused(name) for name in ("cov", "corr")},
    **{how: partial(spread, how) for how in ("var", "std")},
}

WEIGHTED: Final[dict[str, Method]] = {
    **{how: partial(weighted, how) for how in ("mean", "sum")}, **{how: refused(how) for how in ("var", "std")},
}  # fmt: skip
"""By name: what does the methods of windows with weights."""
