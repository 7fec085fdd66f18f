"""What a test registers with `register_function` is forgotten after it, in every table that a registration fills."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import minitorch
from minitorch.autodiff.packages import is_installed
from minitorch.tracing.tracer import dispatcher

__all__ = ["forgotten_afterwards", "registrations"]


def tables() -> list[dict[Any, Any]]:
    """The tables of the process that a registration, or the first call into a library, writes into."""
    libraries = dispatcher.targets.libraries
    arrays: list[dict[Any, Any]] = []
    if is_installed("numpy"):
        from minitorch.arrays import dispatch, elementwise, special_functions

        arrays = [elementwise.UFUNCS, special_functions.UNKNOWN, dispatch.FUNCTIONS]
    return [libraries.aliases, libraries._modules, *arrays, *dispatcher._tables.values()]


def registrations() -> list[Any]:
    """What stands in these tables now."""
    return [set(dispatcher.targets.libraries.names), *map(dict, tables())]


@contextmanager
def forgotten_afterwards() -> Iterator[None]:
    """Forget, at the end of a `with` block, what was registered within."""
    names, *before = registrations()
    try:
        yield
    finally:
        dispatcher.targets.libraries.names.intersection_update(names)
        for table, rows in zip(tables(), before, strict=True):
            table.clear()
            table.update(rows)
        # The tables of a program only grow: their sizes tell the decision in C that something has changed.
        leaf = minitorch.Scalar(1.0)
        for callee in (len, registrations, minitorch.Scalar, random.random, functools.partial(len)):
            dispatcher.resolve(callee)
        del leaf
