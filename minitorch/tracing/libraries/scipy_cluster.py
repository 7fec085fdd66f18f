"""What replaces code in C that `scipy.cluster.vq` calls: codes have no derivative, distances and means have one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.scipy_functions.distances import minkowski_length
from minitorch.scipy_functions.twins import answering
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]


def nearest(found: Any, obs: Any, code_book: Any) -> Any:
    """Return the numbers of the nearest codes, and their distances."""
    x, codes = asarray(obs), asarray(code_book)
    difference = x - codes[detached(found[0])]
    return found[0], minkowski_length(difference, 2) if x.ndim > 1 else numpy.abs(difference)


def means(found: Any, data: Any, labels: Any, count: int) -> Any:
    """Return the mean of each cluster, and which have members."""
    x, index = asarray(data), detached(labels)
    member = (index == numpy.arange(count)[:, None]).astype(float)
    sizes = numpy.maximum(member.sum(axis=1), 1.0)
    return numpy.tensordot(member / sizes[:, None], x, 1), found[1]


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.cluster`."""
    # Newer versions have it one folder further down.
    names = (f"{library.__name__}._vq", f"{library.__name__}.vq._vq")
    code: Any = next((sys.modules[name] for name in names if name in sys.modules), None)
    for name, formula in (("vq", nearest), ("update_cluster_means", means)):
        function = getattr(code, name, None)
        if function is not None:
            yield function, Alias(f"cluster.{name}", answering(formula)(function))
