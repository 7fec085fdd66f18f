"""Functions that call numpy, written for floats. Nothing here knows of derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[[float, float], Any]


def sum_of_sines(values: Any) -> float:
    """A function to be called by numpy."""
    return sum(math.sin(value) for value in values)


SUBJECTS: list[Function] = [
    lambda x, y: np.sin(x) * np.cos(y) + np.tan(x),
    lambda x, y: np.arcsin(x) + np.arccos(x) + np.arctan(y),
    lambda x, y: np.exp(x) + np.log(x) + np.log2(x) + np.log10(x),
    lambda x, y: np.log1p(x) + np.expm1(y) + np.exp2(x),
    lambda x, y: np.sqrt(x) + np.cbrt(y) + np.square(y),
    lambda x, y: np.abs(y) + np.absolute(x) + np.fabs(y) + np.sign(y),
    lambda x, y: np.power(x, y) + np.float_power(x, 2) + np.power(2.0, y),
    lambda x, y: np.hypot(x, y) + np.arctan2(x, y),
    lambda x, y: np.maximum(x, y) + np.minimum(x, 2 * y) + np.fmax(x, y) * 3 + np.fmin(x, y),
    lambda x, y: np.floor(3.2 * x) + np.ceil(1.3 * y) + np.trunc(7 * x) + np.rint(1.1 * y),
    lambda x, y: np.mod(7 * y, 1.1 * x) + np.fmod(7 * y, 1.1 * x) + np.remainder(y, 0.36),
    lambda x, y: np.deg2rad(x) + np.rad2deg(y) + np.degrees(x) + np.radians(y),
    lambda x, y: np.sinh(x) + np.cosh(y) + np.tanh(x) + np.arcsinh(y) + np.arctanh(x),
    lambda x, y: np.arccosh(x + 3),
    lambda x, y: np.where(x > y, x * 2, y * 3),
    lambda x, y: np.where(x > y, x, 0.0) * 2,
    lambda x, y: np.clip(x, 0.4, 1) + np.clip(y, -0.5, 0.5),
    lambda x, y: np.interp(x, [0, 0.4, 1], [2, y, 3]),
    lambda x, y: np.interp(x, [0, y + 3], [2.0, 3.0]),
    lambda x, y: np.interp([x, y, 0.2], [0, 0.4, 1], [2, 1, x]),
    lambda x, y: np.interp(y, [0, 0.4, 1], [2, 1, x], left=x * x, right=7.0),
    lambda x, y: np.interp(y, [0.1, 0.4, 0.8], [2, 1, x], period=1.0),
    lambda x, y: np.float64(x) * y,
    lambda x, y: np.array([x, y], dtype=float) @ np.array([3.0, 4.0]),
    lambda x, y: np.asarray([x, y], dtype=np.float64).sum(),
    lambda x, y: np.asarray(x, dtype=float) * 2,
    lambda x, y: np.sum([x, y, 1.0]) + np.mean([x, y]) + np.prod([x, y, 3.0]),
    lambda x, y: np.sum([[x, y], [y, 1]], axis=0),
    lambda x, y: np.sum(np.array([x, y] * 9) / 3),
    lambda x, y: np.mean(np.array([x, y] * 9) / 3),
    lambda x, y: np.dot([x, y], [1, y]) + np.vdot([x, y], [1, y]) + np.inner([x, y], [1, y]),
    lambda x, y: np.dot(np.array([[x, y], [1, 2]]), [x, y]),
    lambda x, y: np.outer([x, y], [1, y]),
    lambda x, y: np.cumsum([x, y, 2.0]),
    lambda x, y: np.linspace(x, y, 5),
    lambda x, y: np.polyval([x, y, 1], 2.0),
    lambda x, y: np.polyval([1, 2, 3.0], x),
    lambda x, y: np.trapezoid([x, y, 1.0], dx=0.1),
    lambda x, y: np.trapezoid([1, 2, 3.0], [x, y, 4.0]),
    lambda x, y: np.diff([x, y, x * y]),
    lambda x, y: np.average([x, y], weights=[1, y + 3]),
    lambda x, y: np.std([x, y, 1.0]) + np.var([x, y, 1.0], ddof=1),
    lambda x, y: np.linalg.norm([x, y]),
    lambda x, y: np.linalg.norm(np.array([[x, y], [1.0, 2.0]])),
    lambda x, y: np.linalg.norm(np.array([[x, y], [1.0, 2.0]]), axis=1),
    lambda x, y: np.linalg.norm([x, y], 1),
    lambda x, y: np.linalg.norm([x, y], np.inf),
    lambda x, y: np.linalg.norm([x, y], 3),
    lambda x, y: np.isnan(x) * y,
    lambda x, y: np.isfinite(x) * 1.0,
    lambda x, y: x if np.isclose(x, y) else y,
    lambda x, y: x if np.allclose([x, y], [x, y]) else y,
    lambda x, y: np.array([x, y])[np.array([x > 0, y > 0])],
    lambda x, y: np.array([x, y]) * np.isfinite(np.array([x, y])),
    lambda x, y: np.float64(2) * x + np.float64(2) / y,
    lambda x, y: x if np.float64(0.4) < x else y,
    lambda x, y: np.array([1.0, 2.0]) * x + y,
    lambda x, y: np.sin(np.array([x, y, 1.0])),
    lambda x, y: np.exp([x, y]),
    lambda x, y: np.sqrt(np.array([[x, 1.0], [4.0, x]])),
    lambda x, y: np.add(x, y) + np.subtract(x, y) * np.multiply(x, y) / np.divide(x, y),
    lambda x, y: np.divmod(x, y)[1] + np.modf(x)[0] + np.frexp(1.1 * y)[0],
    lambda x, y: np.logaddexp(x, y) + np.logaddexp2(x, y),
    lambda x, y: np.heaviside(x, y) + np.copysign(x, y),
    lambda x, y: np.sinc(x) + np.sinc(y),
    lambda x, y: np.sinc(np.array([x, y, 0.0])),
    lambda x, y: np.cross([x, y, 1], [1, 2, x]),
    lambda x, y: np.einsum("i,i", np.array([x, y]), np.array([1.0, 2.0])),
    lambda x, y: np.einsum("ij,j->i", np.array([[x, y], [1, 2.0]]), np.array([x, 2.0])),
    lambda x, y: np.median([x, y, 1.0]) + np.percentile([x, y], 30),
    lambda x, y: np.max([x, y]) + np.min([x, y]) + np.ptp([x, y]),
    lambda x, y: np.sort([x, y, 1.0]),
    lambda x, y: np.round(x, 1) + np.around(y),
    lambda x, y: np.nan_to_num(x) * y,
    lambda x, y: np.cumprod([x, y, 2.0]),
    lambda x, y: np.convolve([x, y], [1.0, y]),
    lambda x, y: np.kron([x, y], [1.0, y]),
    lambda x, y: np.tensordot(np.array([x, y]), np.array([1.0, y]), 1),
    lambda x, y: np.select([x > y, x <= y], [x * 2, y]),
    lambda x, y: np.full(3, x) + np.full((2, 3), y, dtype=float),
    lambda x, y: np.fromiter((v * x for v in (1.0, 2.0)), float),
    lambda x, y: np.arange(3) * x,
    lambda x, y: np.stack([np.array([x, y]), np.array([1.0, 2.0])]).sum(),
    lambda x, y: np.concatenate([[x], [y]]) * 2,
    lambda x, y: np.matmul(np.array([[x, y], [1, 2]]), np.array([[x, 1.0], [y, 2]])),
    lambda x, y: np.trace(np.array([[x, y], [1, 2]])),
    lambda x, y: np.log(np.exp(np.array(x))),
    lambda x, y: math.sin(np.float64(x)),
    lambda x, y: math.sin(np.sin(x)),
    lambda x, y: np.sum(np.array([x, y]) ** 2),
    lambda x, y: np.nansum([x, y]) + np.nanmean([x, float("nan")]),
    lambda x, y: np.array([x, y]).mean() + np.array([x, y]).std(),
    lambda x, y: np.array([x, y]).dot([1.0, 2.0]),
    lambda x, y: (np.array([x, y]) > 0).sum() * x,
    lambda x, y: np.reciprocal(x) + np.negative(y) + np.positive(x),
    lambda x, y: np.square(np.array([x, y])).sum(),
    lambda x, y: np.sqrt(x * x + y * y),
    lambda x, y: np.float64(2) ** x,
    lambda x, y: float(np.sum(np.array([x, y]))),
    lambda x, y: float(np.array(x)) * y,
    lambda x, y: math.exp(np.array(x)),
    lambda x, y: math.sqrt(np.asarray(x, dtype=float)),
    lambda x, y: np.piecewise(x, [x > 0], [lambda v: v * 2]),
    lambda x, y: np.any(np.array([x, y]) > 0) * x,
    lambda x, y: np.argmax([x, y]) * x,
    lambda x, y: np.vectorize(math.sin)(np.array([x, y])),
    lambda x, y: np.apply_along_axis(sum_of_sines, 0, np.array([x, y])),
    lambda x, y: np.vectorize(lambda v: math.sin(v))(np.array([x, y])),
]
"""Each gives a number or an array."""


def increments(x: float, y: float) -> Any:
    """An array changed in place."""
    values = np.array([x, y])
    values += y
    values[0] *= x
    return values
