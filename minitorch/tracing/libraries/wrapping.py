"""Objects of libraries in C, or as good as, that have a Python function inside: numba's, and numpy's `vectorize`.

    kernel(2.0)          the machine code that numba made
    kernel(Scalar(2.0))  the Python function that it was made of, `kernel.py_func`, traced

What has neither is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from minitorch.scalars.pytrees import is_array
from minitorch.tracing.caches import holds_variable
from minitorch.transformer import is_generated

__all__ = ["TracedWrapper", "compiled_from", "traced_wrapper"]

Resolve = Callable[[Any], Any]


def compiled_from(callee: Any) -> FunctionType | None:
    """Return the Python function of which numba has made a callable; `None` for any other object."""
    kind = type(callee)
    if kind.__module__.partition(".")[0] != "numba" or isinstance(callee, type):
        return None
    function = getattr(callee, "py_func", None) or getattr(callee, "__wrapped__", None)
    # Methods of compiled classes are of generated Python, which calls the compiled ones.
    return function if type(function) is FunctionType and not is_generated(function.__code__) else None


def traced_wrapper(callee: Any, resolve: Resolve) -> Callable[..., Any] | None:
    """Return what to call in place of a wrapper, so that Variables keep their history; `None` for any other object."""
    function = compiled_from(callee)
    if function is not None:
        on_variables = elementwise(function, resolve) if hasattr(callee, "nin") else resolved(function, resolve)
    elif type(callee).__name__ == "vectorize" and type(callee).__module__ == "numpy":
        on_variables = vectorized(callee, resolve)
    else:
        return None

    def call(*args: Any, **kwargs: Any) -> Any:
        return (on_variables if holds_variable((args, kwargs)) else callee)(*args, **kwargs)

    return call


def resolved(function: FunctionType, resolve: Resolve) -> Callable[..., Any]:
    """Make a function that is resolved when it is called: before that nothing need be traced yet."""
    return lambda *args, **kwargs: resolve(function)(*args, **kwargs)


def elementwise(function: FunctionType, resolve: Resolve) -> Callable[..., Any]:
    """Make a function of numbers one of arrays, too."""

    def call(*args: Any) -> Any:
        import numpy

        from minitorch.arrays.makers import asarray

        result = numpy.frompyfunc(resolve(function), len(args), 1)(*args)
        return asarray(result) if is_array(result) else result

    return call


def vectorized(callee: Any, resolve: Resolve) -> Callable[..., Any]:
    """Make what does on Variables what an object of numpy's `vectorize` does on numbers."""

    def call(*args: Any, **kwargs: Any) -> Any:
        from minitorch.arrays.functional import vectorize

        options = {"excluded": callee.excluded, "cache": callee.cache, "signature": callee.signature}
        return vectorize(resolve(callee.pyfunc), **options)(*args, **kwargs)

    return call


class TracedWrapper:
    """A compiled function of numba's that takes Variables, too; in all else it answers as that one does.

    Args:
        compiled: what numba has made.
        call: what to call in its place.
        again: makes such an object of a compiled function that has been pickled.
    """

    def __init__(self, compiled: Any, call: Callable[..., Any], again: Callable[[Any], Any]) -> None:
        self.__wrapped__ = compiled
        self.__call, self.__again = call, again

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the Python function with Variables, the compiled one with anything else."""
        return self.__call(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        """Answer as the compiled function does: numba takes it for that one."""
        return getattr(self.__dict__["__wrapped__"], name)

    def __reduce__(self) -> Any:
        return self.__again, (self.__wrapped__,)
