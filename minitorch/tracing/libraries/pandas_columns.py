"""A column of pandas' that keeps histories: a Tensor behind pandas' own interface for kinds of columns.

    df["a"] = x            the column of x, which says that it is one of floats
    df["a"].mean()         pandas' value, with the history of a formula

See https://pandas.pydata.org/docs/development/extending.html. It is loaded when code calls into pandas first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy
import pandas
from pandas.api.extensions import ExtensionArray, ExtensionDtype, ExtensionScalarOpsMixin
from pandas.api.indexers import check_array_indexer

from minitorch.arrays import methods
from minitorch.arrays.makers import asarray
from minitorch.arrays.objects import as_objects
from minitorch.arrays.tensor import Tensor, constant, current
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.tracing.libraries.pandas_formulas import (
    ACCUMULATIONS,
    REDUCTIONS,
    accumulated,
    of_segments,
    placed,
    reduced,
)

__all__ = ["Column", "ColumnDtype", "Held", "as_tensor", "plain_column"]

READY: Final = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""

ARRAY_METHODS: Final = frozenset(
    """T all any argpartition clip compress conj conjugate cumprod cumsum diagonal dot flatten imag itemset max mean
    min nonzero prod ptp real reshape round std sum trace transpose var""".split()
)
"""Methods of numpy's arrays that a column has none of, and its Tensor has."""


LABELS: Final = frozenset("any all rank idxmin idxmax".split())
"""What is asked of groups that has no derivative."""


class ColumnDtype(ExtensionDtype):  # type: ignore[misc]
    """The kind of such columns; to code that is not of pandas it is that of floats."""

    name = "float64"
    type: Any = numpy.float64
    kind = "f"
    na_value = numpy.nan
    _is_numeric = True

    @classmethod
    def construct_array_type(cls) -> Any:
        """Return the class of the columns."""
        return Column

    @classmethod
    def construct_from_string(cls, string: str) -> ColumnDtype:
        """Refuse: text never means this kind."""
        raise TypeError(f"Cannot construct a {cls.__name__!r} from {string!r}")

    def __eq__(self, other: Any) -> bool:
        if type(other) is ColumnDtype:
            return True
        if str(sys._getframe(1).f_globals.get("__name__")).partition(".")[0] == "pandas":
            return False
        try:
            return bool(numpy.dtype(other) == numpy.dtype(float))
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(ColumnDtype)

    def _get_common_dtype(self, dtypes: list[Any]) -> Any:
        numeric = all(type(x) is ColumnDtype or (isinstance(x, numpy.dtype) and x.kind in "fiub") for x in dtypes)
        return self if numeric else None


class Held:
    """A number with a history, as something of which pandas knows nothing but that it is one thing."""

    def __init__(self, value: Any) -> None:
        self.value = value


def taken(value: Any) -> Any:
    """Return what Tensors compute with in place of what columns are given."""
    kind = type(value)
    if kind is Column:
        return value.tensor
    if kind is Held:
        return value.value
    if value is None or value is pandas.NA:
        return numpy.nan
    if isinstance(value, ExtensionArray):
        return numpy.asarray(value, dtype=float)
    if kind is list or (kind is numpy.ndarray and value.dtype.kind == "O"):
        return as_tensor(value)
    return value


def as_tensor(values: Any) -> Any:
    """Return a sequence of Variables, numbers and what is missing as a Tensor of one axis."""
    if type(values) is Tensor:
        return values
    if type(values) is numpy.ndarray and values.dtype.kind in "fiub":
        return constant(numpy.array(values, dtype=float))
    numbers = [taken(x) for x in values]
    for x in numbers:
        if not issubclass(type(x), (Variable, float, int, numpy.number, bool, numpy.bool_)):
            raise TypeError(f"{x!r} is not a number")
    made = asarray(numbers, dtype=float)
    return made if type(made) is Tensor else constant(numpy.array(made, dtype=float).reshape(-1))


def plain_column(values: Any) -> Any:
    """Return the plain array of a column."""
    return current(values.tensor).array


class Column(ExtensionArray, ExtensionScalarOpsMixin):  # type: ignore[misc]
    """A column of numbers that know how they were made.

    Args:
        tensor: the numbers, which belong to the column alone from now on.
    """

    __array_priority__ = 2000.0

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    # -- what pandas asks of every kind of column ----------------------------------------------------------------------

    @classmethod
    def _from_sequence(cls, scalars: Any, *, dtype: Any = None, copy: bool = False) -> Column:
        if type(scalars) is Column:
            return scalars.copy() if copy else scalars
        return cls(as_tensor(scalars))

    @classmethod
    def _from_factorized(cls, values: Any, original: Any) -> Column:
        plain = plain_column(original)
        first = [int(numpy.flatnonzero(plain == value)[0]) for value in values]
        return cls(original.tensor[numpy.array(first, dtype=int)])

    def _values_for_factorize(self) -> tuple[Any, Any]:
        return plain_column(self), numpy.nan

    def _values_for_argsort(self) -> Any:
        return plain_column(self)

    @property
    def dtype(self) -> Any:
        """The kind of the column."""
        return ColumnDtype()

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return int(plain_column(self).nbytes)

    def __len__(self) -> int:
        return len(plain_column(self))

    def __getitem__(self, item: Any) -> Any:
        item = check_array_indexer(self, item)
        made = self.tensor[item]
        return Column(made) if getattr(made, "ndim", 0) else made

    def __iter__(self) -> Iterator[Any]:
        return iter(as_objects(self.tensor))

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(value, (pandas.Series, pandas.Index)):
            value = value.array
        self.tensor[check_array_indexer(self, key)] = taken(value)

    def isna(self) -> Any:
        """Return where nothing is."""
        return numpy.isnan(plain_column(self))

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Column:
        """Return the numbers at positions."""
        at = numpy.asarray(indices, dtype=int)
        if not allow_fill:
            return Column(self.tensor[at])
        missing = at < 0
        if (at < -1).any():
            raise ValueError("positions are -1, for what is missing, or more")
        if not len(self) and (at >= 0).any():
            raise IndexError("cannot do a non-empty take from an empty axes.")
        there = numpy.flatnonzero(~missing)
        made = constant(numpy.full(len(at), numpy.nan))
        if len(there) == len(at):
            return Column(self.tensor[at])
        if len(there):
            made[there] = self.tensor[at[there]]
        filling = taken(fill_value)
        if issubclass(type(filling), Variable) or filling == filling:
            made[missing] = filling
        return Column(made)

    def copy(self) -> Column:
        """Return a copy, which is written without this column."""
        return Column(self.tensor.copy())

    @classmethod
    def _concat_same_type(cls, to_concat: Any) -> Column:
        return cls(numpy.concatenate([column.tensor for column in to_concat]))

    # -- numbers out ---------------------------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if dtype is None and not loses_history(current(self.tensor)):
            return numpy.array(plain_column(self))
        if dtype is None or numpy.dtype(dtype) == object:
            return as_objects(self.tensor)
        return numpy.array(self.tensor, dtype=dtype)

    def to_numpy(self, dtype: Any = None, copy: bool = False, na_value: Any = numpy.nan) -> Any:
        """Return the numbers as a Tensor, which numpy's functions take."""
        made = self.tensor.copy()
        if na_value is not numpy.nan and self.isna().any():
            made[self.isna()] = taken(na_value)
        if dtype is None or numpy.dtype(dtype) == float:
            return made
        if numpy.dtype(dtype) == object:
            return as_objects(made)
        return made.astype(dtype)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        """Return the column as it is for floats, as single objects, or as pandas makes it of plain numbers."""
        dtype = pandas.api.types.pandas_dtype(dtype)
        if dtype == numpy.dtype(float) or type(dtype) is ColumnDtype:
            return self.copy() if copy else self
        if dtype.kind == "O":
            return self.to_numpy(object)
        if dtype.kind in "fc" and isinstance(dtype, numpy.dtype):
            self.refuse(f"a column of {dtype}", "Columns keep histories as float64: leave astype out.")
        if pandas.api.types.is_extension_array_dtype(dtype) and pandas.api.types.is_numeric_dtype(dtype):
            self.refuse(f"a column of {dtype}", "Columns keep histories as float64: leave astype out.")
        return pandas.Series(plain_column(self)).astype(dtype).array

    def refuse(self, attempt: str, cure: str) -> None:
        """Raise what says that something asks for plain numbers, if any of them has a history."""
        node = current(self.tensor)
        if not is_constant(node):
            raise history_ends(attempt, self.tensor.label(), cure, [node])

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:
        return str

    # -- computing -----------------------------------------------------------------------------------------------------

    @classmethod
    def _create_arithmetic_method(cls, op: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        def method(self: Column, other: Any) -> Any:
            if isinstance(other, (pandas.Series, pandas.Index, pandas.DataFrame)):
                return NotImplemented
            with numpy.errstate(all="ignore"):
                return boxed(op(self.tensor, taken(other)))

        return method

    _create_comparison_method = _create_arithmetic_method
    _create_logical_method = _create_arithmetic_method

    def __neg__(self) -> Column:
        return Column(-self.tensor)

    def __pos__(self) -> Column:
        return self.copy()

    def __abs__(self) -> Column:
        return Column(abs(self.tensor))

    def round(self, decimals: int = 0) -> Column:
        """Return the numbers rounded."""
        return Column(numpy.round(self.tensor, decimals))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, (pandas.Series, pandas.Index, pandas.DataFrame)) for x in inputs):
            return NotImplemented
        if "out" in kwargs:
            kwargs["out"] = tuple(map(taken, kwargs["out"]))
        return boxed(getattr(ufunc, method)(*map(taken, inputs), **kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return function(*unboxed(list(args)), **{name: unboxed(value) for name, value in kwargs.items()})

    def __getattr__(self, name: str) -> Any:
        if name in ARRAY_METHODS:
            return getattr(self.tensor, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _reduce(self, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any) -> Any:
        plain = plain_column(self)
        value = getattr(pandas.Series(plain), name)(skipna=skipna, **kwargs)
        if name not in REDUCTIONS:
            made = value
        else:
            options = {"ddof": kwargs["ddof"]} if "ddof" in kwargs else {}
            there = numpy.flatnonzero(~numpy.isnan(plain))
            some = there.size == plain.size
            made = reduced(name, self.tensor if some else self.tensor[there], value, **options) if there.size else value
        return Column(as_tensor([made])) if keepdims else made

    def _accumulate(self, name: str, *, skipna: bool = True, **kwargs: Any) -> Column:
        value = getattr(pandas.Series(plain_column(self)), name)(skipna=skipna, **kwargs).to_numpy()
        return Column(accumulated(name, self.tensor, value))

    def _quantile(self, qs: Any, interpolation: str) -> Column:
        plain = plain_column(self)
        value = pandas.Series(plain).quantile(list(qs), interpolation).to_numpy()
        there = numpy.flatnonzero(~numpy.isnan(plain))
        if not there.size:
            return Column(constant(value))
        made = [REDUCTIONS["quantile"](self.tensor[there], q, interpolation) for q in qs]
        return Column(placed(numpy.stack(made), numpy.arange(len(made)), value))

    def _groupby_op(
        self, *, how: str, has_dropped_na: bool, min_count: int, ngroups: int, ids: Any, **kwargs: Any
    ) -> Any:
        plain = plain_column(self)
        # The masked columns of pandas have the same interface, and the same code below it.
        masked: Any = pandas.arrays.FloatingArray(plain.copy(), numpy.isnan(plain))
        options = {"has_dropped_na": has_dropped_na, "min_count": min_count, "ngroups": ngroups, "ids": ids}
        found = masked._groupby_op(how=how, **options, **kwargs)
        value = found.to_numpy(float, na_value=numpy.nan) if hasattr(found, "to_numpy") else numpy.asarray(found)
        there = numpy.flatnonzero((ids >= 0) & ~numpy.isnan(plain))
        if how in ACCUMULATIONS:
            there = there[~numpy.isnan(value[there])]
            order = there[numpy.argsort(ids[there], kind="stable")]
            parts = numpy.split(order, numpy.flatnonzero(numpy.diff(ids[order])) + 1)
            made = [ACCUMULATIONS[how](self.tensor[part]) for part in parts if len(part)]
            return Column(placed(numpy.concatenate(made) if made else self.tensor[:0], order, value))
        if how not in REDUCTIONS:
            if how not in LABELS:
                raise NotImplementedError(f"{how} of groups of a column with a history")
            return value if value.dtype != object else numpy.asarray(found)
        named = {"ddof": kwargs["ddof"]} if "ddof" in kwargs else {}
        return Column(of_segments(how, self.tensor[there], ids[there], value, **named))

    def map(self, mapper: Any, na_action: Any = None) -> Any:
        """Return what a function makes of each number."""
        made = super().map(mapper, na_action=na_action)
        try:
            return Column(as_tensor(made)) if getattr(made, "dtype", ColumnDtype).kind == "O" else made
        except TypeError:
            return made


def boxed(made: Any) -> Any:
    """Return new Tensors with one axis as columns."""
    if type(made) is tuple:
        return tuple(map(boxed, made))
    return Column(made) if type(made) is Tensor and made.ndim == 1 else made


def unboxed(value: Any) -> Any:
    """Return arguments with Tensors in place of columns."""
    if type(value) in (list, tuple):
        return type(value)(map(unboxed, value))
    return value.tensor if type(value) is Column else value


Column._add_arithmetic_ops()
Column._add_comparison_ops()
