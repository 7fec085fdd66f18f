"""What replaces scipy's questions after the kind of arrays: a Tensor is an array of numpy's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.tensor import Tensor
from minitorch.tracing.libraries import Resolve
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
        return function(*args, **kwargs)

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy._lib._array_api`."""
    yield library.array_namespace, Alias("array_namespace", namespace(library.array_namespace))
    if hasattr(library, "xp_promote"):
        yield library.xp_promote, Alias("xp_promote", promoting(library.xp_promote))
