"""Images between their pixels: splines of order 0 to 5 at coordinates, by image and by where it is asked.

The weights are those of uniform B-splines; what is beyond the image is as scipy.ndimage documents its modes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.scipy_functions.twins import contiguous, is_active, with_value

__all__ = ["at_coordinates", "geometric_transform", "zoom_shift"]

NEAREST, WRAP, REFLECT, MIRROR, CONSTANT, GRID_WRAP, GRID_CONSTANT = range(7)


def weights_of(order: int, part: Any) -> list[Any]:
    """Return the values of the B-splines that are not zero between two knots, from the lowest on.

    Args:
        order: the degree.
        part: how far into the interval the points are, from 0 to 1.
    """
    values: list[Any] = [numpy.ones(numpy.shape(detached(part)))]
    for j in range(1, order + 1):
        raised: list[Any] = []
        saved: Any = 0.0
        for r in range(j):
            term = values[r] / float(j)
            raised.append(saved + (r + 1.0 - part) * term)
            saved = (part + (j - 1.0 - r)) * term
        values = [*raised, saved]
    return values


def mapped(coordinate: Any, size: int, mode: int) -> tuple[Any, Any]:
    """Return coordinates that lie on the image, and which have no value."""
    plain = detached(coordinate)
    none = numpy.zeros(plain.shape, bool)
    if mode == CONSTANT:
        none = (plain < 0) | (plain > size - 1) | (plain != plain)
        return numpy.where(none, 0.0, coordinate), none
    if mode == NEAREST:
        return numpy.clip(coordinate, 0.0, size - 1.0), none
    if mode == WRAP and size > 1:
        beyond = (plain < 0) | (plain > size - 1)
        return coordinate - numpy.where(beyond, (size - 1.0) * numpy.floor(plain / (size - 1.0)), 0.0), none
    return coordinate, none


def places_of(index: Any, size: int, mode: int) -> tuple[Any, Any]:
    """Return the pixels that stand for places beyond the image, and which stand for the constant."""
    outside = (index < 0) | (index > size - 1)
    if mode == GRID_CONSTANT:
        return numpy.clip(index, 0, size - 1), outside
    if size == 1:
        return index * 0, outside & False
    if mode == GRID_WRAP:
        return index % size, outside & False
    if mode == REFLECT:
        within = index % (2 * size)
        return numpy.where(within >= size, 2 * size - 1 - within, within), outside & False
    within = index % (2 * size - 2)
    return numpy.where(within >= size, 2 * size - 2 - within, within), outside & False


def at_coordinates(image: Any, coordinates: list[Any], order: int, mode: int, cval: Any, padding: int) -> Any:
    """Return an image of coefficients at coordinates.

    Args:
        image: the coefficients.
        coordinates: for each axis those of all points.
        order: the degree of the splines.
        mode: the number in C of what is beyond the image.
        cval: the constant beyond it.
        padding: how far the image was extended at each end of each axis.
    """
    shape = image.shape
    none: Any = False
    steps = numpy.cumprod([1, *shape[:0:-1]])[::-1]
    places: Any = 0
    outside: Any = False
    weights: Any = None
    for axis, size in enumerate(shape):
        at, without = mapped(coordinates[axis] + float(padding), size, mode)
        none = none | without
        plain = detached(at)
        low = numpy.floor(plain) if order % 2 else numpy.floor(plain + 0.5)
        part = at - low if order % 2 else at - low + 0.5
        start = low.astype(int) - order // 2
        index, beyond = places_of(start[..., None] + numpy.arange(order + 1), size, mode)
        own = numpy.stack(weights_of(order, part), -1)
        weights = own if weights is None else (weights[..., :, None] * own[..., None, :])
        lead = places[..., :, None] if axis else places
        places = lead + (index[..., None, :] if axis else index) * steps[axis]
        outside = (outside[..., :, None] if axis else outside) | (beyond[..., None, :] if axis else beyond)
        if axis:
            flat = (*plain.shape, -1)
            weights, places, outside = weights.reshape(flat), places.reshape(flat), outside.reshape(flat)
    taken = image.reshape(-1)[places]
    if mode == GRID_CONSTANT and numpy.any(outside):
        taken = numpy.where(outside, cval, taken)
    made = (weights * taken).sum(axis=-1)
    return numpy.where(none, cval, made) if numpy.any(none) else made


Resolve = Callable[[Any], Any]


def coordinates_by(mapping: Any, shape: Any, extra: Any, named: Any) -> Any:
    """Return the coordinates that a function gives for each pixel."""
    rows = [
        asarray(list(mapping(tuple(int(i) for i in index), *(extra or ()), **(named or {}))))
        for index in numpy.ndindex(*shape)
    ]
    return numpy.moveaxis(numpy.stack(rows).reshape(*shape, -1), -1, 0)


def geometric_transform(function: Any, resolve: Resolve) -> Any:
    """Make what replaces `_nd_image.geometric_transform`."""

    def call(
        image: Any, mapping: Any, coordinates: Any, matrix: Any, shift: Any, output: Any, order: int, mode: int,
        cval: Any, padding: int = 0, extra: Any = None, named: Any = None,
    ) -> None:  # fmt: skip
        value = numpy.array(detached(output))
        if mapping is not None:
            coordinates = coordinates_by(resolve(mapping), value.shape, extra, named)
        function(
            contiguous(image), None, *map(contiguous, (coordinates, matrix, shift)), value, order, mode,
            detached(cval), padding, None, None,
        )  # fmt: skip
        if not is_active(image, coordinates, matrix, shift, cval):
            output[...] = value
            return
        x = asarray(image)
        if coordinates is not None:
            points = [asarray(coordinates)[axis] for axis in range(x.ndim)]
        else:
            indices = numpy.indices(value.shape).astype(float)
            points = list(numpy.tensordot(asarray(matrix), indices, 1))
            if shift is not None:
                points = [point + asarray(shift)[axis] for axis, point in enumerate(points)]
        output[...] = with_value(at_coordinates(x, points, order, mode, cval, padding), value)

    return call


def zoom_shift(function: Any) -> Any:
    """Make what replaces `_nd_image.zoom_shift`."""

    def call(
        image: Any, zoom: Any, shift: Any, output: Any, order: int, mode: int, cval: Any, padding: int = 0,
        on_cells: Any = False,
    ) -> None:  # fmt: skip
        value = numpy.array(detached(output))
        plain = map(contiguous, (zoom, shift))
        function(contiguous(image), *plain, value, order, mode, detached(cval), padding, on_cells)
        if not is_active(image, zoom, shift, cval):
            output[...] = value
            return
        points: list[Any] = []
        for axis, point in enumerate(numpy.indices(value.shape).astype(float)):
            at: Any = point + 0.5 if on_cells else point
            at = at if shift is None else at + asarray(shift)[axis]
            at = at if zoom is None else at * asarray(zoom)[axis]
            points.append(at - 0.5 if on_cells else at)
        output[...] = with_value(at_coordinates(asarray(image), points, order, mode, cval, padding), value)

    return call
