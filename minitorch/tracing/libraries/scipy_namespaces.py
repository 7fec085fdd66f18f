"""What replaces scipy's questions after the kind of arrays: a Tensor is an array of numpy's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import MAKERS, asarray, detached, is_plain, wrapped
from minitorch.arrays.tensor import Tensor
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import gated
from minitorch.transformer import Alias

__all__ = ["rows"]


def namespace(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what finds the namespace of plain arrays."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*map(detached, args), **kwargs)

    return call


def promoting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what gives arrays of one kind; a Tensor of floats is of it already."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is Tensor:
            return asarray(args[0])
        return followed(*args, **kwargs)

    followed = gated(function)
    return call


def converting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what gives arrays of what it is given; it does as `numpy.array` does, but copies only where it has to."""

    def call(value: Any, /, *, device: Any = None, copy: bool | None = None, **kwargs: Any) -> Any:
        if device not in ("cpu", None):
            return followed(value, device=device, copy=copy, **kwargs)
        return MAKERS[numpy.array](value, copy=copy, **kwargs)

    followed = gated(function)
    return call


def solving(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what solves linear equations, which the namespace does by numpy's code in C."""

    def call(x1: Any, x2: Any, /) -> Any:
        if is_plain((x1, x2)):
            return wrapped(function(detached(x1), detached(x2)))
        return numpy.linalg.solve(asarray(x1), asarray(x2))

    return call


def validating(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what makes arrays of what it is given, and looks whether their numbers are finite."""

    def call(a: Any, *args: Any, as_inexact: bool = False, **kwargs: Any) -> Any:
        checked = function(detached(a), *args, as_inexact=as_inexact, **kwargs)
        if is_plain((a,)):
            return wrapped(checked) if checked is not detached(a) else a
        return asarray(a)

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy._lib._array_api`, or of the namespace that it takes for numpy's."""
    makers = {
        "array_namespace": namespace,
        "xp_promote": promoting,
        "asarray": converting,
        "solve": solving,
        "_asarray_validated": validating,
    }
    for name, make in makers.items():
        # Which of them there are is up to the version of scipy.
        function = getattr(library, name, None)
        if function is not None and function.__module__ == library.__name__:
            yield function, Alias(name, make(function))
