"""Methods of pandas' that compute in C, or of the whole table: pandas' value with the history of a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy
import pandas
from pandas.api.typing import Expanding, ExponentialMovingWindow, Rolling, SeriesGroupBy, Window

from minitorch.arrays.tensor import current
from minitorch.autodiff.variable import Variable
from minitorch.tracing.libraries.pandas_columns import Column, as_tensor, plain_column
from minitorch.tracing.libraries.pandas_formulas import REDUCTIONS, correlation, covariance
from minitorch.tracing.libraries.pandas_objects import (
    array_of,
    detached_all,
    frame_of_columns,
    is_tracked_object,
    normal,
    with_histories,
)  # fmt: skip
from minitorch.tracing.libraries.pandas_windows import EXPONENTIAL, WEIGHTED, WINDOWS, by_matrix

__all__ = ["method_for"]

Method = Callable[..., Any]

LINEAR: Final = frozenset("linear time index values nearest zero slinear quadratic cubic polynomial".split())
"""Methods of interpolation that are linear in the numbers."""


def interpolated(obj: Any, method: str = "linear", **kwargs: Any) -> Any:
    """Do `interpolate`."""
    if method not in LINEAR or kwargs.get("inplace") or kwargs.get("axis") in (1, "columns"):
        raise NotImplementedError(f"interpolation by {method!r} of columns with a history")
    found = detached_all(obj).interpolate(method, **kwargs)

    def column(old: Any, new: Any) -> Any:
        if type(old) is not Column or not numpy.isnan(plain_column(old)).any():
            return old
        return Column(
            by_matrix(lambda plain: plain.interpolate(method, **kwargs), old, obj.index, numpy.array(new, float))
        )

    if isinstance(obj, pandas.Series):
        return obj._constructor(column(array_of(obj), array_of(found)), index=obj.index, name=obj.name)
    columns = [column(array_of(obj.iloc[:, at]), array_of(found.iloc[:, at])) for at in range(obj.shape[1])]
    return frame_of_columns(columns, found)


def adopting(name: str) -> Method:
    """Make a method of frames whose value is that of plain frames, which sum many columns at once."""

    def method(obj: Any, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("kurt") and kwargs.get("axis") in (1, "columns"):  # unknown to groups of pandas 2
            made = getattr(normal(obj.T), name)(*args, **{**kwargs, "axis": 0})
        else:
            made = getattr(obj, name)(*args, **kwargs)
        return with_histories(normal(made), getattr(detached_all(obj), name)(*detached_all(args), **kwargs))

    return method


def of_both(x: Any, y: Any, formula: Method, value: Any, **options: Any) -> Any:
    """Return a number made of two columns, where neither misses one."""
    if value != value:
        return numpy.float64(value)
    x, y = as_tensor(x), as_tensor(y)
    there = numpy.flatnonzero(~numpy.isnan(current(x).array) & ~numpy.isnan(current(y).array))
    return with_histories(formula(x[there], y[there], **options), value)


def with_other(name: str, formula: Method) -> Method:
    """Make `Series.corr` or `Series.cov`."""

    def method(obj: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
        value = getattr(detached_all(obj), name)(detached_all(other), *args, **kwargs)
        if name == "corr" and (args[0] if args else kwargs.get("method", "pearson")) != "pearson":
            return value  # of ranks, which no small change changes
        this, other = obj.align(other, join="inner")
        options = {"ddof": kwargs["ddof"]} if "ddof" in kwargs else {}
        return of_both(this.array, other.array, formula, value, **options)

    return method


def pairwise(name: str, formula: Method) -> Method:
    """Make `DataFrame.corr` or `DataFrame.cov`."""

    def method(obj: Any, *args: Any, **kwargs: Any) -> Any:
        found = getattr(detached_all(obj), name)(*args, **kwargs)
        if name == "corr" and (args[0] if args else kwargs.get("method", "pearson")) != "pearson":
            return found
        options = {"ddof": kwargs["ddof"]} if "ddof" in kwargs else {}
        columns = []
        for second in found.columns:
            y = obj[second].array
            rows = [of_both(obj[first].array, y, formula, found.loc[first, second], **options) for first in found.index]
            columns.append(Column(as_tensor(rows)))
        return frame_of_columns(columns, found)

    return method


def autocorrelated(obj: Any, lag: int = 1) -> Any:
    """Do `Series.autocorr`."""
    return SERIES["corr"](obj, obj.shift(lag))


def described(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """Do `Series.describe`."""
    found = detached_all(obj).describe(*args, **kwargs)
    rows = []
    for name, value in found.items():
        if str(name).endswith("%"):
            column = obj.quantile(float(str(name)[:-1]) / 100)
        else:
            column = getattr(obj, name)() if name in REDUCTIONS else value
        rows.append(with_histories(column, value))
    return found._constructor(Column(as_tensor(rows)), index=found.index, name=found.name)


def described_columns(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """Do `DataFrame.describe`, of the columns of numbers."""
    found = detached_all(obj).describe(*args, **kwargs)
    columns = [described(obj[name], *args, **kwargs).array if type(obj[name].array) is Column else found[name].array
               for name in found.columns]  # fmt: skip
    return frame_of_columns(columns, found)


SERIES: Final[dict[str, Method]] = {
    "corr": with_other("corr", correlation), "cov": with_other("cov", covariance), "autocorr": autocorrelated,
    "describe": described, "interpolate": interpolated,
}  # fmt: skip

FRAMES: Final[dict[str, Method]] = {
    **{name: adopting(name) for name in (*REDUCTIONS, "kurtosis", "product") if name not in ("first", "last")},
    "corr": pairwise("corr", correlation), "cov": pairwise("cov", covariance), "describe": described_columns,
    "interpolate": interpolated,
}  # fmt: skip


def selected(name: str) -> Method:
    """Make what selects rows by what pandas finds of plain numbers."""

    def method(obj: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("inplace") or kwargs.get("ignore_index"):
            raise NotImplementedError(f"{name} of columns with a history in place, or with another index")
        plain = detached_all(obj).reset_index(drop=True)
        return obj.iloc[getattr(plain, name)(*args, **kwargs).index]

    return method


def clipped(obj: Any, lower: Any = None, upper: Any = None, *, axis: Any = None, **kwargs: Any) -> Any:
    """Do `clip`."""
    numbers = [x for x in (lower, upper) if issubclass(type(x), Variable)]
    if not numbers or kwargs.get("inplace"):
        return obj.clip(lower, upper, axis=axis, **kwargs)
    made = obj
    if lower is not None:
        made = made.where(~(made < lower), lower)
    return made if upper is None else made.where(~(made > upper), upper)


def of_each_group(name: str) -> Method:
    """Make a method of groups that pandas has in C, by that of each."""

    def method(groups: Any, *args: Any, **kwargs: Any) -> Any:
        return normal(groups.agg(lambda x: getattr(x, name)(*args, **kwargs)))

    return method


GROUPS: Final[dict[str, Method]] = {"quantile": of_each_group("quantile")}

for _name in ("nlargest", "nsmallest"):
    SERIES[_name] = FRAMES[_name] = selected(_name)
SERIES["drop_duplicates"] = selected("drop_duplicates")
SERIES["dot"] = FRAMES["dot"] = adopting("dot")
SERIES["clip"] = FRAMES["clip"] = clipped

METHODS: Final[dict[Any, dict[str, Method]]] = {
    pandas.Series: SERIES, pandas.DataFrame: FRAMES, Rolling: WINDOWS, Expanding: WINDOWS,
    ExponentialMovingWindow: EXPONENTIAL, Window: WEIGHTED,
    SeriesGroupBy: GROUPS,
}  # fmt: skip
"""By the class of the object: what does its methods."""


def method_for(name: str, value: Any) -> Method | None:
    """Return what does as a method of an object of pandas' with columns of ours; None where that does by itself."""
    for cls, methods in METHODS.items():
        if isinstance(value, cls):
            return methods[name] if name in methods and is_tracked_object(value) else None
    return None
