"""Replacements of callables of libraries, a file for each kind; none is loaded before code calls into its library.

    np.sin(x)              becomes   NumpySin.apply(x)
    statistics.stdev(xs)   becomes   StatisticsStdev.apply(*xs)
    random.gauss(mu, s)    stays; the method is Python, and is converted

What is derived of a library (its values, its ways of calling) is written in terms of that library as it was imported.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from minitorch.tracing.libraries.unknown import guarded, is_numerical, on_plain_numbers
from minitorch.tracing.libraries.wrapping import traced_wrapper
from minitorch.transformer import Alias, Libraries, Rows, module_name

__all__ = ["Resolve", "libraries", "replaced", "rows_of", "traced_twin", "without_rule"]

Resolve = Callable[[Any], Any]

POLYNOMIALS = tuple(
    f"numpy.polynomial.{name}"
    for name in "polynomial chebyshev legendre hermite hermite_e laguerre polyutils _polybase".split()
)
"""Modules of polynomials, which are Python all through."""

HEAP_TYPE = 1 << 9
"""Flag of classes made by a `class` statement (`Py_TPFLAGS_HEAPTYPE`)."""

FILES: dict[str, str] = {
    **dict.fromkeys(("numpy", "numpy.linalg", "numpy.fft", "numpy.lib.stride_tricks"), "tensors"),
    "scipy.integrate": "scipy_integrate",
    **dict.fromkeys(("scipy._lib._array_api", "scipy._lib._array_api_override"), "scipy_namespaces"),
    "scipy._external.array_api_compat.numpy._aliases": "scipy_namespaces",
    "scipy._external.array_api_compat.numpy.linalg": "scipy_namespaces",
    "scipy._lib.array_api_compat.numpy.linalg": "scipy_namespaces",
    "scipy._lib._util": "scipy_namespaces",
    **dict.fromkeys(("scipy.optimize", "scipy.optimize._lsap"), "scipy_optimize"),
    "scipy._lib.array_api_compat.numpy._aliases": "scipy_namespaces",
    "scipy.cluster": "scipy_cluster",
    "scipy.fft": "scipy_fft",
    "scipy.interpolate": "scipy_interpolate",
    "scipy.spatial": "scipy_spatial",
    "scipy.ndimage": "scipy_ndimage",
    "scipy.signal": "scipy_signal",
    **dict.fromkeys(("scipy.special._logsumexp", "scipy.special._multiufuncs"), "scipy_special"),
    **dict.fromkeys(("numpy.random", "numpy.random._generator", "numpy.random.mtrand"), "numpy_random"),
    **dict.fromkeys(POLYNOMIALS, ""),
    **dict.fromkeys(("numpy.lib._index_tricks_impl", "numpy.lib.index_tricks"), ""),
    "scipy.stats._stats": "scipy_stats",
    "statistics": "statistics_functions",
    "_statistics": "statistics_functions",
    **dict.fromkeys(("mpmath.ctx_mp_python", "mpmath.ctx_mp", "mpmath.ctx_base"), "mpmath_functions"),
    **dict.fromkeys(("mpmath.functions.functions", "mpmath.functions.expintegrals"), "mpmath_functions"),
    "scipy.linalg": "scipy_linalg",
    "scipy.sparse": "scipy_sparse",
    "scipy.sparse.linalg": "scipy_sparse_linalg",
    "random": "",
    "time": "times",
    "numba.core.registry": "",
    "numba.np.ufunc.dufunc": "",
    **dict.fromkeys(("ast", "datetime", "decimal", "fractions", "json", "_struct", "array"), "refused"),
}
"""By the module that callables name as theirs: the file here with its rows; none where all need only be converted."""


WITH_OPERATORS = ("scipy.sparse", "scipy.sparse.linalg")
"""Libraries whose rows are made before code runs, once they are imported: operators of their objects call nothing."""


PACKAGES = frozenset({"pandas", "scipy"})
"""Packages whose code stays as it is; calls into them are looked at one by one (`scipy_calls`, `pandas_calls`)."""


_make_twin: list[Callable[[FunctionType], FunctionType]] = []
_resolve: list[Resolve] = []


def replaced(callee: Any) -> Callable[..., Any]:
    """Return what traced code calls in place of a callable."""
    return _resolve[0](callee)  # type: ignore[no-any-return]


def traced_twin(function: FunctionType) -> FunctionType:
    """Return a twin of a function that is traced; the function itself stays as it is.

    Raises:
        RewriteError: it has no source, or none that can be rewritten.
    """
    return _make_twin[0](function)


def libraries(resolve: Resolve, make_twin: Callable[[FunctionType], FunctionType]) -> Libraries:
    """Return every library that has rows here.

    Args:
        resolve: finds the replacement of a callable that is given to one of a library.
        make_twin: makes the traced twin of a function.
    """
    _make_twin[:] = [make_twin]
    _resolve[:] = [resolve]
    return Libraries(
        {name: rows_of(file, resolve) for name, file in FILES.items()},
        otherwise=functools.partial(without_rule, resolve=resolve),
        packages=PACKAGES,
    )


def without_rule(callee: Any, resolve: Resolve) -> Callable[..., Any]:
    """Return what to call for an object of a library that has no row.

    Python inside it is traced; one in C says so where it refuses Variables.
    """
    traced = traced_wrapper(callee, resolve)
    if traced is not None:
        return traced
    if str(module_name(callee)).partition(".")[0] == "pandas":
        by_column: Callable[..., Any] = importlib.import_module(f"{__name__}.pandas_calls").called_by_column(callee)
        return by_column
    if isinstance(callee, BuiltinFunctionType) and type(callee.__self__).__module__ == "numpy":
        bound: Callable[..., Any] = importlib.import_module(f"{__name__}.numpy_methods").with_variables(callee)
        return bound
    kind = type(callee)
    if kind.__flags__ & HEAP_TYPE and kind.__module__.partition(".")[0] == "numpy":
        resolve(type(callee))  # which is converted, as far as it is to be
        return callee  # type: ignore[no-any-return]
    if str(module_name(callee)).startswith(("numpy.ma.", "numpy.matrixlib", "numpy.rec")):
        # Whether something is a masked array is a question, which scipy asks of every array.
        is_question = getattr(callee, "__name__", None) == "isMaskedArray"
        return callee if is_question else guarded(callee, always=True)
    of_numpy = type(callee) is FunctionType and callee.__module__.partition(".")[0] == "numpy"
    if of_numpy or type(callee).__name__ == "_ArrayFunctionDispatcher":
        routed: Callable[..., Any] = importlib.import_module(f"{__name__}.tensors").routed(callee, callee)
        return on_plain_numbers(routed, callee)
    if type(callee).__name__ == "ufunc":
        wrapped: Callable[..., Any] = importlib.import_module(f"{__name__}.special_ufuncs").special_or_without_rule(
            callee
        )
        return on_plain_numbers(wrapped, callee)
    if str(module_name(callee)).partition(".")[0] in PACKAGES:
        return on_plain_numbers(importlib.import_module(f"{__name__}.scipy_calls").gated(callee), callee)
    return on_plain_numbers(guarded(callee), callee) if is_numerical(callee) else callee


def rows_of(file: str, resolve: Resolve) -> Rows:
    """Return the rows that one of the files here makes of a library."""

    def rows(library: ModuleType) -> Iterable[tuple[Any, Alias]]:
        if not file:
            return ()
        aliases: Iterable[tuple[Any, Alias]] = importlib.import_module(f"{__name__}.{file}").rows(library, resolve)
        return [(known, Alias(alias.name, on_plain_numbers(alias.function, known))) for known, alias in aliases]

    return rows
