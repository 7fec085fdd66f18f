"""Radial basis functions: the equations that scipy builds in C, for points, data and smoothing with a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.makers import asarray, detached

__all__ = ["build_and_solve", "evaluation_coefficients"]

linalg: Any = numpy.linalg


def distance(r2: Any, differences: Any) -> Any:
    """Return the lengths of differences, of which the derivative at 0 is 0."""
    return linalg.norm(differences, axis=-1)


def thin_plate(r2: Any, differences: Any) -> Any:
    """Return r² log r."""
    zero = detached(r2) == 0
    return 0.5 * r2 * numpy.log(numpy.where(zero, 1.0, r2))


KERNELS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "linear": lambda r2, d: -distance(r2, d),
    "thin_plate_spline": thin_plate,
    "cubic": lambda r2, d: distance(r2, d) ** 3,
    "quintic": lambda r2, d: -(distance(r2, d) ** 5),
    "multiquadric": lambda r2, d: -numpy.sqrt(r2 + 1.0),
    "inverse_multiquadric": lambda r2, d: 1.0 / numpy.sqrt(r2 + 1.0),
    "inverse_quadratic": lambda r2, d: 1.0 / (r2 + 1.0),
    "gaussian": lambda r2, d: numpy.exp(-r2),
}
"""By name: a function of the square of the distance, and of the differences themselves."""


def kernel_matrix(x: Any, y: Any, kernel: str) -> Any:
    """Return the kernel of each point with each node."""
    differences = x[:, None, :] - y[None, :, :]
    return KERNELS[kernel](numpy.square(differences).sum(axis=-1), differences)


def polynomials(x: Any, powers: Any) -> Any:
    """Return the monomials at each point."""
    columns = [numpy.prod(x ** numpy.asarray(power), axis=-1) for power in detached(powers)]
    return numpy.stack(columns, -1) if columns else numpy.zeros((x.shape[0], 0))


def shift_and_scale(y: Any) -> tuple[Any, Any]:
    """Return what moves the nodes into the range from -1 to 1."""
    low, high = numpy.min(y, axis=0), numpy.max(y, axis=0)
    scale = 0.5 * (high - low)
    return 0.5 * (high + low), numpy.where(detached(scale) == 0, 1.0, scale)


def build_and_solve(
    found: Any, y: Any, d: Any, smoothing: Any, kernel: str, epsilon: Any, powers: Any, xp: Any = None
) -> Any:
    """Return shift, scale and coefficients of the interpolation."""
    y, d = asarray(y), asarray(d)
    shift, scale = shift_and_scale(y)
    nodes = y * epsilon
    count, degree = y.shape[0], len(powers)
    monomials = polynomials((y - shift) / scale, powers)
    square = kernel_matrix(nodes, nodes, kernel) + asarray(smoothing) * numpy.eye(count)
    top = numpy.concatenate([square, monomials], 1)
    bottom = numpy.concatenate([monomials.T, numpy.zeros((degree, degree))], 1)
    right = numpy.concatenate([d, numpy.zeros((degree, d.shape[1]))])
    return shift, scale, linalg.solve(numpy.concatenate([top, bottom]), right)


def evaluation_coefficients(
    x: Any, y: Any, kernel: str, epsilon: Any, powers: Any, shift: Any, scale: Any, xp: Any = None
) -> Any:
    """Return what each coefficient counts for at each point."""
    x, y = asarray(x), asarray(y)
    kernels = kernel_matrix(x * epsilon, y * epsilon, kernel)
    return numpy.concatenate([kernels, polynomials((x - shift) / scale, powers)], 1)
