"""What replaces classes of `scipy.sparse`: they take numbers with a history, and their operators see Variables."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

from minitorch.arrays import methods
from minitorch.scipy_functions.sparse_methods import construct
from minitorch.scipy_functions.sparse_operators import take_over_operators
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["CLASSES", "rows"]

READY: Final = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""

CLASSES: Final = [f"{name}_{kind}" for name in "bsr coo csc csr dia dok lil".split() for kind in ("array", "matrix")]
"""The classes, by name."""


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield what stands in for the classes of sparse matrices."""
    take_over_operators()
    for name in CLASSES:
        cls = getattr(library, name, None)
        if cls is not None:
            yield cls, Alias(f"sparse.{name}", construct(cls))
