"""What replaces code in C that `scipy.signal` calls: filters and correlations; its Python is followed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached, is_plain
from minitorch.scipy_functions import correlations, filters, images, ranks
from minitorch.scipy_functions.twins import answering, plainly
from minitorch.tracing.libraries import Resolve
from minitorch.transformer import Alias

__all__ = ["rows"]


def median_2d(function: Any) -> Callable[..., Any]:
    """Make what replaces the median filter of images, around which there are zeros."""

    def call(image: Any, size: Any) -> Any:
        if is_plain((image,)):
            return function(detached(image), size)

        def shifted(values: Any, around: float) -> Any:
            return function(numpy.asarray(values - around, float), size) + around if around else function(values, size)

        return ranks.chosen(shifted, image)

    return call


def prominences(found: Any, x: Any, peaks: Any, *_: Any) -> Any:
    """Return how far peaks stand out: from the higher of the two bases."""
    x = asarray(x)
    at, left, right = (detached(v) for v in (peaks, found[1], found[2]))
    return x[at] - numpy.maximum(x[left], x[right]), found[1], found[2]


def crossing(x: Any, height: Any, place: Any, toward: int) -> Any:
    """Return where between a sample and its neighbour the signal has a height."""
    size = x.shape[0]
    near = numpy.floor(place).astype(int) if toward < 0 else numpy.ceil(place).astype(int)
    exact = near == place
    other = numpy.clip(near - toward, 0, size - 1)
    step = x[other] - x[near]
    share = (height - x[near]) / numpy.where(detached(step) == 0, 1.0, step)
    return numpy.where(exact, place, near - toward * share)


def widths(found: Any, x: Any, peaks: Any, relative: Any, proms: Any, left: Any, right: Any) -> Any:
    """Return widths of peaks, the heights where they are taken, and the ends."""
    x, proms = asarray(x), asarray(proms)
    height = x[detached(peaks)] - proms * asarray(relative)
    first, last = crossing(x, height, found[2], -1), crossing(x, height, found[3], 1)
    return last - first, height, first, last


def separable(found: Any, image: Any, rows: Any, columns: Any) -> Any:
    """Return an image filtered along both axes, as if it were mirrored at its edges."""
    by_rows = images.correlated_along(asarray(image), asarray(rows)[::-1], 1, 2, 0.0, 0)
    return images.correlated_along(by_rows, asarray(columns)[::-1], 0, 2, 0.0, 0)


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.signal`."""

    def part(name: str) -> Any:
        return sys.modules[f"{library.__name__}.{name}"]

    modes = {part("_upfirdn").mode_enum(name): name for name in part("_upfirdn")._upfirdn_modes}
    peaks = part("_peak_finding_utils")
    made: list[tuple[Any, str, Callable[[Any], Callable[..., Any]]]] = [
        (part("_sigtools"), "_linear_filter", filters.linear_filter),
        (part("_sigtools"), "_correlateND", correlations.correlate_nd),
        (part("_sigtools"), "_convolve2d", correlations.convolve2d),
        (part("_sigtools"), "_medfilt2d", median_2d),
        (part("_signaltools"), "sosfilt", filters.sections),
        (part("_spline"), "sepfir2d", answering(separable)),
        (part("_spline"), "symiirorder1_ic", answering(filters.first_state)),
        (part("_upfirdn_apply"), "_apply", lambda f: filters.upsampled(f, modes)),
        (peaks, "_local_maxima_1d", plainly),
        (peaks, "_select_by_peak_distance", plainly),
        (peaks, "_peak_prominences", answering(prominences)),
        (peaks, "_peak_widths", answering(widths)),
    ]
    for module, name, make in made:
        function = getattr(module, name)
        yield function, Alias(f"signal.{name}", make(function))
