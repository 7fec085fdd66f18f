"""Adjoints of arrays on their way through a reverse pass: what arrives at a slice is added in place.

A plain array among the adjoints may be shared by several Variables and is never changed; an `Accumulator` has its
buffer for itself. So reading or writing one element costs the reverse pass a constant, not the length of the array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

__all__ = ["Accumulator", "Part", "add_share", "add_to_part", "fitted", "laid_out", "own_buffer", "plain_adjoint"]


class Accumulator:
    """An adjoint with a buffer of its own, to which others are added in place.

    >>> (Accumulator(numpy.zeros(2)) + numpy.ones(2)).buffer
    array([1., 1.])
    """

    __slots__ = ("buffer",)
    __array_ufunc__ = None

    def __init__(self, buffer: Any) -> None:
        self.buffer = buffer

    def __add__(self, other: Any) -> Accumulator:
        if type(other) is Part:
            other.add_to(self)
            return self
        share = other.buffer if type(other) is Accumulator else other
        if share.dtype.kind == "c" and self.buffer.dtype.kind != "c":
            self.buffer = self.buffer + share
        else:
            self.buffer += share
        return self

    __radd__ = __add__


class Part:
    """The adjoint of a region of an array: zero everywhere else.

    Args:
        array: what the array looks like.
        path: what takes the region, or what the index is for, from a buffer.
        key: the index.
        share: the adjoint of the region.
        once: whether the index names each element once.
    """

    __slots__ = ("array", "key", "once", "path", "share")
    __array_ufunc__ = None

    def __init__(self, array: Any, path: tuple[Callable[[Any], Any], ...], key: Any, share: Any, once: bool) -> None:
        self.array = array
        self.path = path
        self.key = key
        self.share = share
        self.once = once

    def add_to(self, accumulator: Accumulator) -> None:
        """Add the share to its region."""
        buffer, share = accumulator.buffer, self.share
        if buffer.dtype.kind != "c" and "c" in (share.dtype.kind, self.array.dtype.kind):
            buffer = accumulator.buffer = buffer.astype(complex)
        if self.path:
            buffer = accumulator.buffer = laid_out(buffer, self.array)
        for take in self.path:
            buffer = take(buffer)
        if share.dtype.kind == "c" and buffer.dtype.kind != "c":
            share = share.real
        if self.once:
            buffer[self.key] += share
        else:
            numpy.add.at(buffer, self.key, share)

    def alone(self) -> Accumulator:
        """Return the adjoint of the whole array."""
        kind = self.share.dtype
        if self.array.dtype.kind == "c" and kind.kind != "c":
            kind = self.array.dtype
        accumulator = Accumulator(numpy.zeros_like(self.array, dtype=kind))
        self.add_to(accumulator)
        return accumulator

    def __add__(self, other: Any) -> Accumulator:
        accumulator: Accumulator = self.alone() + other
        return accumulator

    def __radd__(self, other: Any) -> Accumulator:
        accumulator = Accumulator(numpy.array(other))
        self.add_to(accumulator)
        return accumulator


def add_to_part(
    adjoints: dict[int, Any], name: int, array: Any, path: tuple[Callable[[Any], Any], ...], key: Any, share: Any,
    once: bool,
) -> None:  # fmt: skip
    """Add the adjoint of a region to that of an array, in place.

    Args:
        adjoints: all adjoints so far.
        name: under which the array has its own there.
        array: what the array looks like.
        path: what takes the region, or what the index is for, from a buffer.
        key: the index.
        share: the adjoint of the region.
        once: whether the index names each element once.
    """
    known = adjoints.get(name)
    if known is None and not path and once and share.dtype is array.dtype and array.flags.c_contiguous:
        buffer = numpy.zeros(array.shape, share.dtype)
        buffer[key] = share
        adjoints[name] = Accumulator(buffer)
    else:
        part = Part(array, path, key, share, once)
        adjoints[name] = part.alone() if known is None else known + part


def add_share(adjoints: dict[int, Any], name: int, share: Any) -> None:
    """Add a share to the adjoint that goes by a name."""
    # Popped, the sum so far belongs to nobody else: numpy adds to a large one in place.
    adjoints[name] = adjoints.pop(name) + share if name in adjoints else share


def laid_out(buffer: Any, array: Any) -> Any:
    """Return a buffer with its elements in memory as those of an array, so that what is a view of one is of the other.

    >>> laid_out(numpy.zeros((2, 3), order="F"), numpy.zeros((2, 3))).strides
    (24, 8)
    """
    if buffer.strides == array.strides:
        return buffer
    copy = numpy.empty_like(array, dtype=buffer.dtype)
    copy[...] = buffer
    return copy


def own_buffer(adjoint: Any) -> Any:
    """Return an adjoint as an array that may be changed."""
    if type(adjoint) is Part:
        adjoint = adjoint.alone()
    return adjoint.buffer if type(adjoint) is Accumulator else numpy.array(adjoint)


def plain_adjoint(adjoint: Any) -> Any:
    """Return an adjoint as an array or number that must not be changed."""
    kind = type(adjoint)
    if kind is float:
        return numpy.float64(adjoint)
    if kind is complex:
        return numpy.complex128(adjoint)
    if kind is Part:
        return adjoint.alone().buffer
    return adjoint.buffer if kind is Accumulator else adjoint


def fitted(share: Any, value: Any) -> Any:
    """Return a derivative in the shape and type of the value that it belongs to."""
    share = numpy.asarray(share)
    if share.dtype.kind == "c" and value.dtype.kind != "c":
        share = share.real
    if share.shape != value.shape:
        share = numpy.broadcast_to(share, value.shape)
    # A copy: adjoints are shared among Variables.
    share = share.astype(value.dtype, copy=True)
    return share if isinstance(value, numpy.ndarray) else share[()]
