"""Correlations of arrays with any number of axes: of the full one every mode and every boundary is a part."""

from __future__ import annotations

from typing import Any, Final

import numpy
import scipy.ndimage
import scipy.signal

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached
from minitorch.scipy_functions.twins import contiguous, is_active, with_value

__all__ = ["convolve2d", "correlate_nd", "correlated", "padded"]


def pad(x: Any, widths: Any) -> Any:
    """Return an array with zeros around it."""
    return numpy.pad(x, widths)


def pad_vjp(g: Any, y: Any, x: Any, widths: Any) -> Any:
    """Return the cotangent of what zeros were put around."""
    return g[tuple(slice(before, before + size) for (before, _), size in zip(widths, x.shape, strict=True))]


Pad = row("ScipyPad", pad, pad_vjp, linear=True)


def padded(x: Any, widths: Any) -> Any:
    """Return an array with zeros around it."""
    return apply(Pad, (asarray(x),), {"widths": tuple(map(tuple, widths))})


def conj(x: Any) -> Any:
    """Return the complex conjugate."""
    return numpy.conjugate(x) if x.dtype.kind == "c" else x


def plain_correlation(a: Any, b: Any, value: Any = None) -> Any:
    """Return where all of `b` lies within `a` the sum of products with its conjugate."""
    if value is not None:
        return value
    sizes = [n - m + 1 for n, m in zip(a.shape, b.shape, strict=True)]
    real = a.dtype == b.dtype == numpy.float64
    if not real or a.size > 4 * numpy.prod(sizes):
        return scipy.signal.correlate(a, b, "valid", "direct")
    # Where little is beyond the ends, the code for images is a hundred times as fast.
    within = part_of_slices([n // 2 for n in b.shape], sizes)
    long = [axis for axis, n in enumerate(b.shape) if n > 1]
    if len(long) < 2:
        axis = long[0] if long else 0
        return scipy.ndimage.correlate1d(a, numpy.ravel(b), axis, mode="constant")[within]
    return scipy.ndimage.correlate(a, b, mode="constant")[within]


def correlation_vjp(index: int, g: Any, y: Any, a: Any, b: Any, value: Any = None) -> Any:
    """Return the cotangent of what is correlated."""
    if index == 1:
        share = correlated(a, g)
    else:
        wide = padded(g, [(n - 1, n - 1) for n in b.shape])
        share = correlated(wide, conj(numpy.flip(b)))
    value = (a, b)[index]
    return share if value.dtype.kind == "c" else numpy.real(share)


Correlation = row("ScipyCorrelation", plain_correlation, correlation_vjp, for_all=True, keeps_output=False)


def correlated(a: Any, b: Any, value: Any = None) -> Any:
    """Return the correlation of an array with a smaller one, where that lies within; its value may be known."""
    return apply(Correlation, (asarray(a), asarray(b)), {} if value is None else {"value": value})


def part_of_slices(starts: Any, shape: Any) -> tuple[slice, ...]:
    """Return the slices of the part of a shape that begins at a place."""
    return tuple(slice(start, start + size) for start, size in zip(starts, shape, strict=True))


def part_of(full: Any, starts: Any, shape: Any) -> Any:
    """Return the part of an array of a shape that begins at a place."""
    return full[part_of_slices(starts, shape)]


def full_correlation(a: Any, b: Any) -> Any:
    """Return the correlation wherever the arrays overlap."""
    return correlated(padded(a, [(n - 1, n - 1) for n in b.shape]), b)


def correlate_nd(function: Any) -> Any:
    """Make what replaces `_sigtools._correlateND`, which is given an array with room at its ends, and one to write."""

    def call(a: Any, b: Any, out: Any, mode: int) -> Any:
        plain = numpy.array(detached(out))
        found = function(contiguous(a), contiguous(b), plain, mode)
        if not is_active(a, b):
            return found
        x, y = asarray(a), asarray(b)
        if mode == 0:
            return with_value(correlated(x, y), found)
        sizes = [n - m + 1 for n, m in zip(x.shape, y.shape, strict=True)]
        full = full_correlation(part_of(x, [0] * x.ndim, sizes), y)
        starts = [0 if mode == 2 else (n - m) // 2 for n, m in zip(full.shape, found.shape, strict=True)]
        return with_value(part_of(full, starts, found.shape), found)

    return call


BOUNDARIES: Final = {0: "constant", 4: "symmetric", 8: "wrap", 16: "reflect"}
"""By the number of a boundary in C: how numpy pads an array so."""


def convolve2d(function: Any) -> Any:
    """Make what replaces `_sigtools._convolve2d`, which convolves or correlates."""

    def call(a: Any, b: Any, flip: int, mode: int, boundary: int, fill: Any = 0) -> Any:
        found = function(contiguous(a), contiguous(b), flip, mode, boundary, detached(fill))
        if not is_active(a, b, fill):
            return found
        x, y = asarray(a), asarray(b)
        kernel = conj(numpy.flip(y)) if flip else conj(y)
        if mode == 0:
            return with_value(correlated(x, kernel), found)
        widths = [(n - 1, n - 1) for n in y.shape]
        if BOUNDARIES[boundary] == "constant":
            wide = numpy.pad(x, widths, constant_values=fill)
        else:
            mode_name: Any = BOUNDARIES[boundary]
            wide = numpy.pad(x, widths, mode=mode_name)
        full = correlated(wide, kernel)
        starts = [0 if mode == 2 else (n - 1) // 2 if flip else n // 2 for n in y.shape]
        return with_value(part_of(full, starts, found.shape), found)

    return call
