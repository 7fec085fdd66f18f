"""Filters of scipy.ndimage: correlations with every boundary, order statistics, and filters of spectra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain
from minitorch.scipy_functions import ranks
from minitorch.scipy_functions.correlations import correlated
from minitorch.scipy_functions.twins import contiguous, is_active, with_value

__all__ = [
    "correlate",
    "correlate1d",
    "correlated_along",
    "extended",
    "extreme_filter",
    "extreme_filter1d",
    "generic_filter",
    "rank_filter",
    "rank_filter1d",
    "spectrum_filter",
    "spectrum_shift",
    "spline_filter1d",
    "uniform_filter1d",
]

MODES: Final = {0: "edge", 1: "wrap", 2: "symmetric", 3: "reflect", 4: "constant"}
"""By the number of a boundary in C: how numpy pads an array so."""


def extended(x: Any, axis: int, before: int, after: int, mode: int, cval: Any) -> Any:
    """Return an array that goes on beyond the ends of an axis."""
    if not before and not after:
        return x
    if MODES[mode] == "constant":
        places = numpy.pad(numpy.arange(x.shape[axis]), (before, after), constant_values=-1)
        outside = places < 0
        shape = [1] * x.ndim
        shape[axis] = -1
        taken = numpy.take(x, numpy.where(outside, 0, places), axis)
        return numpy.where(outside.reshape(shape), cval, taken)
    mode_name: Any = MODES[mode]
    return numpy.take(x, numpy.pad(numpy.arange(x.shape[axis]), (before, after), mode=mode_name), axis)


def written(output: Any, value: Any, history: Callable[[], Any], *inputs: Any) -> None:
    """Write the value, which has a history if one of the inputs has."""
    output[...] = with_value(history(), value) if is_active(*inputs) else value


def correlate1d(function: Any) -> Any:
    """Make what replaces `_nd_image.correlate1d`."""

    def call(x: Any, weights: Any, axis: int, output: Any, mode: int, cval: Any, origin: int) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), contiguous(weights), axis, value, mode, detached(cval), origin)

        def history() -> Any:
            return correlated_along(asarray(x), asarray(weights), axis, mode, cval, origin, value)

        written(output, value, history, x, weights, cval)

    return call


def correlated_along(x: Any, weights: Any, axis: int, mode: int, cval: Any, origin: int, value: Any = None) -> Any:
    """Return the correlation along an axis with weights that are centred, but for the origin."""
    size = weights.shape[0]
    wide = extended(x, axis, size // 2 + origin, size - size // 2 - 1 - origin, mode, cval)
    shape = [1] * x.ndim
    shape[axis] = size
    return correlated(wide, weights.reshape(shape), value)


def uniform_filter1d(function: Any) -> Any:
    """Make what replaces `_nd_image.uniform_filter1d`."""

    def call(x: Any, size: int, axis: int, output: Any, mode: int, cval: Any, origin: int) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), size, axis, value, mode, detached(cval), origin)

        def history() -> Any:
            return correlated_along(asarray(x), numpy.full(size, 1.0 / size), axis, mode, cval, origin, value)

        written(output, value, history, x, cval)

    return call


def correlate(function: Any) -> Any:
    """Make what replaces `_nd_image.correlate`."""

    def call(x: Any, weights: Any, output: Any, mode: int, cval: Any, origins: Any) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), contiguous(weights), value, mode, detached(cval), origins)

        def history() -> Any:
            kernel, wide = asarray(weights), asarray(x)
            for axis, (size, origin) in enumerate(zip(kernel.shape, origins, strict=True)):
                wide = extended(wide, axis, size // 2 + origin, size - size // 2 - 1 - origin, mode, cval)
            return correlated(wide, kernel, value)

        written(output, value, history, x, weights, cval)

    return call


# -- order statistics --------------------------------------------------------------------------------------------------


def choosing(function: Callable[..., Any], x: Any, output: Any, cval: Any) -> None:
    """Write what a filter chooses of the elements of an array.

    Args:
        function: the filter: called with an array, where to write and the constant around it.
        x: the array.
        output: where to write.
        cval: the constant.
    """
    if is_plain((x,)):
        value = numpy.array(detached(output))
        function(contiguous(x), value, detached(cval))
        output[...] = value
        return

    def run(values: Any, around: float) -> Any:
        found = numpy.empty(output.shape, values.dtype)
        function(numpy.ascontiguousarray(values), found, around)
        return found

    output[...] = ranks.chosen(run, x, detached(cval))


def extreme_filter1d(function: Any) -> Any:
    """Make what replaces `_nd_image.min_or_max_filter1d`."""

    def call(x: Any, size: int, axis: int, output: Any, mode: int, cval: Any, origin: int, minimum: int) -> None:
        choosing(lambda v, out, c: function(v, size, axis, out, mode, c, origin, minimum), x, output, cval)

    return call


def extreme_filter(function: Any) -> Any:
    """Make what replaces `_nd_image.min_or_max_filter`."""

    def call(
        x: Any, footprint: Any, structure: Any, output: Any, mode: int, cval: Any, origins: Any, minimum: int
    ) -> None:
        given = contiguous(footprint)
        if structure is None:
            choosing(lambda v, out, c: function(v, given, None, out, mode, c, origins, minimum), x, output, cval)
            return
        value = numpy.array(detached(output))
        function(contiguous(x), given, contiguous(structure), value, mode, detached(cval), origins, minimum)

        def history() -> Any:
            wide, mask = asarray(x), numpy.asarray(given, bool)
            for axis, (size, origin) in enumerate(zip(mask.shape, origins, strict=True)):
                wide = extended(wide, axis, size // 2 + origin, size - size // 2 - 1 - origin, mode, cval)
            parts = []
            for place in numpy.argwhere(mask):
                window = tuple(slice(p, p + n) for p, n in zip(place, value.shape, strict=True))
                step = asarray(structure)[tuple(place)]
                parts.append(wide[window] - step if minimum else wide[window] + step)
            every = numpy.stack(parts)
            return numpy.min(every, axis=0) if minimum else numpy.max(every, axis=0)

        written(output, value, history, x, structure, cval)

    return call


def rank_filter(function: Any) -> Any:
    """Make what replaces `_nd_image.rank_filter`."""

    def call(x: Any, rank: int, footprint: Any, output: Any, mode: int, cval: Any, origins: Any) -> None:
        choosing(lambda v, out, c: function(v, rank, footprint, out, mode, c, origins), x, output, cval)

    return call


def rank_filter1d(function: Any) -> Any:
    """Make what replaces `_rank_filter_1d.rank_filter`."""

    def call(x: Any, rank: int, size: int, output: Any, mode: int, cval: Any, origin: int) -> None:
        choosing(lambda v, out, c: function(v, rank, size, out, mode, c, origin), x, output, cval)

    return call


# -- linear maps along an axis -----------------------------------------------------------------------------------------


def spline_filter1d(function: Any) -> Any:
    """Make what replaces `_nd_image.spline_filter1d`: coefficients of splines, of what each place alone gives."""

    def call(x: Any, order: int, axis: int, output: Any, mode: int) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), order, axis, value, mode)

        def history() -> Any:
            size = value.shape[axis]
            answers = numpy.zeros((size, size))
            function(numpy.eye(size), order, 1, answers, mode)
            return numpy.moveaxis(numpy.matmul(numpy.moveaxis(asarray(x), axis, -1), answers), -1, axis)

        written(output, value, history, x)

    return call


def spectrum_filter(function: Any) -> Any:
    """Make what replaces `_nd_image.fourier_filter`: products with a window."""

    def call(x: Any, sizes: Any, n: int, axis: int, output: Any, kind: int) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), contiguous(sizes), n, axis, value, kind)

        def history() -> Any:
            window = numpy.ones(value.shape, value.dtype)
            function(window.copy(), contiguous(sizes), n, axis, window, kind)
            return asarray(x) * window

        written(output, value, history, x)

    return call


def spectrum_shift(function: Any) -> Any:
    """Make what replaces `_nd_image.fourier_shift`: products with phases."""

    def call(x: Any, shifts: Any, n: int, axis: int, output: Any) -> None:
        value = numpy.array(detached(output))
        function(contiguous(x), contiguous(shifts), n, axis, value)

        def history() -> Any:
            steps, phase = asarray(shifts), numpy.zeros(value.shape)
            for along, size in enumerate(value.shape):
                whole = n if n > 0 and along == axis else size
                frequencies = numpy.arange(size) if n > 0 and along == axis else numpy.fft.fftfreq(size) * size
                shape = [1] * value.ndim
                shape[along] = -1
                phase = phase - steps[along] * (2.0 * numpy.pi / whole * frequencies.reshape(shape))
            return asarray(x) * numpy.exp(1j * phase)

        written(output, value, history, x, shifts)

    return call


def generic_filter(function: Any, resolve: Callable[[Any], Any]) -> Any:
    """Make what replaces `_nd_image.generic_filter`, which calls a function with each window."""

    def call(
        x: Any, callback: Any, footprint: Any, output: Any, mode: int, cval: Any, origins: Any, extra: Any, named: Any
    ) -> None:
        mask, wide = numpy.asarray(detached(footprint), bool), asarray(x)
        for axis, (size, origin) in enumerate(zip(mask.shape, origins, strict=True)):
            wide = extended(wide, axis, size // 2 + origin, size - size // 2 - 1 - origin, mode, cval)
        apply_to = resolve(callback)
        for place in numpy.ndindex(*output.shape):
            window = wide[tuple(slice(p, p + n) for p, n in zip(place, mask.shape, strict=True))][mask]
            output[place] = apply_to(window, *(extra or ()), **(named or {}))

    return call
