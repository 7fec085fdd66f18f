"""What numpy asks a Tensor to do: ufuncs by `__array_ufunc__`, other functions by `__array_function__`.

What has neither a row nor Python code raises: a derivative is never lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays import traced_numpy
from minitorch.arrays.fourier import FOURIER
from minitorch.arrays.functional import FUNCTIONAL, PLAIN
from minitorch.arrays.linalg import LINALG
from minitorch.arrays.makers import MAKERS, detached, in_copies, is_plain, wrapped
from minitorch.arrays.movers import MOVERS
from minitorch.arrays.noting import EQUALITIES, note_equal
from minitorch.arrays.operators import CALLS
from minitorch.arrays.partials import FLOAT
from minitorch.arrays.reductions import REDUCTIONS
from minitorch.arrays.structure import STRUCTURE
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.traced_numpy import is_traceable, trace_numpy
from minitorch.arrays.ufunc_methods import call_ufunc, call_ufunc_method
from minitorch.arrays.views import VIEWS
from minitorch.autodiff.errors import HistoryLostError
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.array_slot import priority_in_pandas
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.scalars.rule_code import advice

__all__ = ["FUNCTIONS", "call_function"]

FUNCTIONS: Final[dict[Any, Callable[..., Any]]] = {
    numpy.nanstd: traced_numpy.nanstd, **MOVERS, **MAKERS, **REDUCTIONS, **STRUCTURE, **LINALG, **FOURIER, **FUNCTIONAL,
}  # fmt: skip
"""By function of numpy's: what does the same on Tensors."""


def call_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a function of numpy's where one of its arguments is a Tensor; what is wrong is said in numpy's words.

    Raises:
        HistoryLostError: if it has no rule.
    """
    try:
        return called(function, args, kwargs)
    except (ValueError, TypeError, IndexError) as error:
        if isinstance(error, HistoryLostError):
            raise
        failed = error
    function(*in_copies(args), **in_copies(kwargs))
    raise failed


def called(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what `call_function` does, with errors as they come."""
    if function not in SHARING and is_plain((*args, *kwargs.values())) and kwargs.get("out") is None:
        result = function(*map(detached, args), **detached(kwargs))
        if not shares_memory(result, (*args, *kwargs.values())):
            return wrapped(result)
    own = FUNCTIONS.get(function)
    if own is not None:
        return own(*args, **kwargs)
    if isinstance(function, numpy.ufunc):
        return call_ufunc(function, args, kwargs)
    if function in PLAIN:
        answer = function(*map(detached, args), **detached(kwargs))
        if ACTIVE and answer is True and function in EQUALITIES:
            note_equal("EQ", *args[:2])
        return answer
    if getattr(function, "__module__", "").startswith("numpy.testing"):
        return function(*map(detached, args), **detached(kwargs))
    active = active_in([*args, *kwargs.values()])
    if not active and str(function.__module__).startswith("numpy.linalg"):
        # Functions of linear algebra give views where there is nothing to do, and run as they are without histories.
        result = function(*map(detached, args), **detached(kwargs))
        if not shares_memory(result, (*args, *kwargs.values())):
            return wrapped(result)
    if is_traceable(function):
        return trace_numpy(function)(*args, **kwargs)
    if not any(map(loses_history, active)):
        return wrapped(function(*map(detached, args), **detached(kwargs)))
    # What numpy refuses itself it says in its own words; whole numbers and truths have no derivative.
    answer = function(*in_copies(args), **in_copies(kwargs))
    if isinstance(answer, (bool, int, str)) or getattr(answer, "dtype", FLOAT).kind not in "fcO":
        return answer
    name = f"{function.__module__}.{getattr(function, '__name__', repr(function))}"
    cure = f"minitorch has no rule for it. {advice(name, function)}"
    raise history_ends(f"{name}()", active[0].label(), cure, active)


SHARING: Final = frozenset({
    *MAKERS, *VIEWS, numpy.copyto, numpy.fill_diagonal, numpy.put, numpy.place, numpy.putmask, numpy.put_along_axis,
    numpy.apply_along_axis, numpy.apply_over_axes, numpy.piecewise, numpy.fromfunction, numpy.nan_to_num,
})  # fmt: skip
"""Functions that give views, write into their arguments or call a function, which Variables may come by."""


def shares_memory(result: Any, values: Any) -> bool:
    """Return whether a result is a view of one of the arrays in nested lists."""
    if isinstance(result, (list, tuple)):
        return any(shares_memory(part, values) for part in result)
    if not isinstance(result, numpy.ndarray):
        return False
    for value in values:
        if type(value) in (list, tuple):
            if shares_memory(result, value):
                return True
        elif type(value) is Tensor and numpy.may_share_memory(result, current(value).array):
            return True
    return False


def active_in(values: Any) -> list[Any]:
    """Return the Variables with a history in nested lists."""
    found: list[Any] = []
    for value in values:
        if type(value) in (list, tuple):
            found += active_in(value)
        elif issubclass(type(value), Variable) and not is_constant(value.present()):
            found.append(value.present())
    return found


def array_ufunc(self: Tensor, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """Do what numpy asks of a ufunc."""
    try:
        if method != "__call__":
            return call_ufunc_method(ufunc, method, inputs, kwargs)
        result = CALLS[ufunc](*inputs) if not kwargs and ufunc in CALLS else NotImplemented
        return call_ufunc(ufunc, inputs, kwargs) if result is NotImplemented else result
    except (ValueError, TypeError, IndexError) as error:
        if isinstance(error, HistoryLostError):
            raise
        failed = error
    getattr(ufunc, method)(*in_copies(inputs), **in_copies(kwargs))
    raise failed


def array_function(self: Tensor, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what numpy asks of another function."""
    return call_function(function, args, kwargs)


traced_numpy.dispatch_with(call_function)
Tensor.__array_ufunc__ = array_ufunc  # type: ignore[attr-defined]
Tensor.__array_function__ = array_function  # type: ignore[attr-defined]
Tensor.__array_priority__ = 1000.0  # type: ignore[attr-defined]
Tensor.__pandas_priority__ = property(priority_in_pandas)  # type: ignore[attr-defined]
