"""Interpolation in several variables: on grids, by tensor products of splines, and on triangles."""

from __future__ import annotations

from typing import Any

import numpy

from minitorch.arrays.makers import asarray, detached
from minitorch.scipy_functions.bsplines import basis, interval_of
from minitorch.scipy_functions.fitpack import chosen_knots, interpolating
from minitorch.scipy_functions.piecewise import falling, piece_of

__all__ = [
    "coordinates",
    "evaluate_nd",
    "evaluate_tensor_spline",
    "interpolating_grid",
    "linear_2d",
    "norm_distances",
    "on_triangles",
    "tensor_values",
]


def coordinates(points: Any, ndim: Any = None) -> Any:
    """Return points in rows, of what may be a tuple with one array for each coordinate."""
    if isinstance(points, tuple) and len(points) == 1:
        points = points[0]
    if isinstance(points, tuple):
        parts = numpy.broadcast_arrays(*map(asarray, points))
        return numpy.stack([asarray(part) * 1.0 for part in parts], -1)
    made = asarray(points)
    if made.ndim == 1:
        return made.reshape(-1, 1) if ndim is None else made.reshape(-1, ndim)
    return made


def norm_distances(found: Any, grid: Any, xi: Any) -> Any:
    """Return the cell of each point, and how far into it the point is."""
    cells = detached(found[0])
    parts = []
    for axis, x in enumerate(grid):
        nodes, cell = asarray(x), cells[axis]
        if nodes.shape[0] < 2:
            parts.append(asarray(xi)[axis] * 0.0)
        else:
            parts.append((asarray(xi)[axis] - nodes[cell]) / (nodes[cell + 1] - nodes[cell]))
    return found[0], numpy.stack(parts)


def linear_2d(values: Any, indices: Any, distances: Any, grid: Any) -> Any:
    """Return the values between the four corners of each cell."""
    values, distances = asarray(values), asarray(distances)
    i, j = detached(indices)
    u, v = distances[0], distances[1]
    low = values[i, j] * (1.0 - v) + values[i, numpy.minimum(j + 1, values.shape[1] - 1)] * v
    i = numpy.minimum(i + 1, values.shape[0] - 1)
    high = values[i, j] * (1.0 - v) + values[i, numpy.minimum(j + 1, values.shape[1] - 1)] * v
    return low * (1.0 - u) + high * u


# -- tensor products of splines ----------------------------------------------------------------------------------------


def tensor_values(knots: Any, c: Any, degrees: Any, points: Any, orders: Any, is_grid: bool = False) -> Any:
    """Return a tensor product spline at points.

    Args:
        knots: those along each axis.
        c: the coefficients, the first axes of which belong to the knots.
        degrees: one for each axis.
        points: for each axis the coordinates of all points.
        orders: of the derivative, one for each axis.
        is_grid: whether the points are all pairs of coordinates.
    """
    result = asarray(c)
    for axis, (t, x, k, nu) in enumerate(zip(knots, points, degrees, orders, strict=True)):
        k, nu, at = int(k), int(nu), asarray(x)
        interval = interval_of(t, at, k)
        values = numpy.stack(basis(asarray(t), at, k, nu, interval), -1)
        rows = interval[:, None] + numpy.arange(-k, 1)
        if is_grid:
            taken = numpy.moveaxis(result, axis, 0)[rows]
            result = numpy.moveaxis(numpy.einsum("pj,pj...->p...", values, taken), 0, axis)
        elif axis == 0:
            result = numpy.einsum("pj,pj...->p...", values, result[rows])
        else:
            result = numpy.einsum("pj,pj...->p...", values, result[numpy.arange(len(rows))[:, None], rows])
    return result


def evaluate_tensor_spline(
    xi: Any, t: Any, len_t: Any, k: Any, nu: Any, extrapolate: Any, c1r: Any, num_c_tr: int, strides: Any, indices: Any
) -> Any:
    """Return what `_dierckx.evaluate_ndbspline` gives: a row for each point."""
    knots = [asarray(t)[d, : int(n)] for d, n in enumerate(detached(len_t))]
    degrees = [int(d) for d in detached(k)]
    shape = [len(detached(x)) - d - 1 for x, d in zip(knots, degrees, strict=True)]
    c, xi = asarray(c1r).reshape((*shape, int(num_c_tr))), asarray(xi)
    columns = [xi[:, d] for d in range(len(knots))]
    result = tensor_values(knots, c, degrees, columns, detached(nu))
    plain = detached(xi)
    none = numpy.isnan(plain).any(axis=1)
    if not extrapolate:
        for d, x in enumerate(knots):
            low, high = detached(x)[degrees[d]], detached(x)[-degrees[d] - 1]
            none = none | (plain[:, d] < low) | (plain[:, d] > high)
    return numpy.where(none[:, None], numpy.nan, result) if none.any() else result


def interpolating_grid(points: Any, values: Any, degrees: Any, knots: Any) -> tuple[Any, Any]:
    """Return knots and coefficients of the tensor product spline through values on a grid.

    Args:
        points: the grid, for each axis.
        values: those at its points.
        degrees: one for each axis.
        knots: the plain ones.
    """
    c, made = asarray(values), []
    for axis, (x, k, t) in enumerate(zip(points, degrees, knots, strict=True)):
        along = chosen_knots(t, asarray(x), asarray(x)[0], asarray(x)[-1], k)
        moved = numpy.moveaxis(c, axis, 0)
        flat = interpolating(along, asarray(x), moved.reshape(moved.shape[0], -1), k)
        c = numpy.moveaxis(flat.reshape(moved.shape), 0, axis)
        made.append(along)
    return tuple(made), c


def evaluate_nd(c: Any, xs: Any, ks: Any, xp: Any, dx: Any, extrapolate: Any) -> Any:
    """Return what `_ppoly.evaluate_nd` gives: values of piecewise polynomials in several variables."""
    xp = asarray(xp)
    ndim = len(xs)
    pieces, powers, none = [], [], numpy.zeros(xp.shape[0], bool)
    for d in range(ndim):
        piece, out = piece_of(xs[d], xp[:, d], bool(extrapolate))
        pieces.append(piece)
        none = none | out
        s = xp[:, d] - asarray(xs[d])[piece]
        order, degree = int(detached(dx)[d]), int(detached(ks)[d]) - 1
        terms = [
            falling(degree - j, order) * s ** max(degree - j - order, 0) if degree - j >= order else 0.0 * s
            for j in range(degree + 1)
        ]
        powers.append(numpy.stack(terms, -1))
    sizes = [len(detached(x)) - 1 for x in xs]
    shaped = asarray(c).reshape((*[int(k) for k in detached(ks)], *sizes, -1))
    moved = numpy.moveaxis(shaped, range(ndim, 2 * ndim), range(ndim))
    result = moved[tuple(pieces)]
    for d in range(ndim):
        result = numpy.einsum("pj,pj...->p...", powers[d], result)
    return numpy.where(none[:, None], numpy.nan, result) if none.any() else result


# -- triangles ---------------------------------------------------------------------------------------------------------


def on_triangles(triangles: Any, simplex: Any, points: Any, values: Any, xi: Any, fill_value: Any) -> Any:
    """Return the values between the corners of the simplex that each point is in.

    Args:
        triangles: the corners of each simplex, by number.
        simplex: the number of that which each point is in; -1 outside of all.
        points: the corners.
        values: the values there.
        xi: the points, in rows.
        fill_value: what is outside.
    """
    points, values, xi = asarray(points), asarray(values), asarray(xi)
    corners = triangles[numpy.where(simplex < 0, 0, simplex)]
    last = points[corners[:, -1]]
    edges = numpy.swapaxes(points[corners[:, :-1]] - last[:, None, :], 1, 2)
    solve: Any = numpy.linalg.solve
    first = solve(edges, (xi - last)[..., None])[..., 0]
    weights = numpy.concatenate([first, 1.0 - first.sum(axis=-1, keepdims=True)], -1)
    made = numpy.einsum("pj,pj...->p...", weights, values[corners])
    out = simplex < 0
    if out.any():
        made = numpy.where(out.reshape((-1,) + (1,) * (made.ndim - 1)), fill_value, made)
    return made
