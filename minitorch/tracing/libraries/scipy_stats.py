"""What replaces the code in C that distributions of `scipy.stats` call; all around it is Python, and is followed.

Values are those of the code in C.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

import numpy
from scipy import special

from minitorch.arrays.elementwise import elementwise_row
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.tensor import current
from minitorch.rules.scipy_special.quadrature import segment
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import holds_history, plainly
from minitorch.transformer import Alias

__all__ = ["rows"]

KINDS: Final = ("float", "double", "long double")
"""The kinds of numbers that the estimates by kernels are compiled for."""


def kernel_estimate(function: Any, is_logarithm: bool) -> Callable[..., Any]:
    """Make what replaces the sum of normal densities around points.

    Args:
        function: the code in C. It takes points, their weights, other points, the lower triangular factor of the
            covariance and a type, and gives the density at the other points.
        is_logarithm: whether it gives the logarithm.
    """

    def call(points: Any, values: Any, xi: Any, factor: Any, *rest: Any) -> Any:
        if not holds_history((points, values, xi, factor)):
            return plainly(function, (points, values, xi, factor, *rest), {})
        found = function(*map(detached, (points, values, xi, factor)), *rest)
        centres, weights, places, lower = map(asarray, (points, values, xi, factor))
        whitening = numpy.transpose(numpy.linalg.inv(lower))
        gaps = (places @ whitening)[:, None, :] - (centres @ whitening)[None, :, :]
        norm = numpy.sum(numpy.log(numpy.diagonal(lower))) + 0.5 * lower.shape[0] * math.log(2.0 * math.pi)
        exponents = -0.5 * numpy.sum(gaps * gaps, -1) - norm
        if is_logarithm:
            largest = numpy.max(detached(exponents), -1, keepdims=True)
            result = numpy.log(numpy.exp(exponents - largest) @ weights) + largest
        else:
            result = numpy.exp(exponents) @ weights
        current(result).array = numpy.asarray(found)
        return result

    return call


def von_mises_cdf(function: Any) -> Callable[..., Any]:
    """Make what replaces the distribution function of von Mises' distribution, of concentration and angle."""

    def density(kappa: Any, x: Any) -> Any:
        return numpy.exp(kappa * (numpy.cos(x) - 1.0)) / (2.0 * math.pi * special.i0e(kappa))

    def by_concentration(kappa: Any, x: Any, y: Any) -> Any:
        # It is one half at 0 whatever the concentration; whole turns add what has no derivative.
        rest = x - 2.0 * math.pi * numpy.rint(detached(x) / (2.0 * math.pi))
        mean = special.i1e(kappa) / special.i0e(kappa)
        angle, concentration, centre = (numpy.expand_dims(v, -1) for v in (rest, kappa, mean))

        def integrand(u: Any, _: Any) -> Any:
            return (numpy.cos(angle * u) - centre) * density(concentration, angle * u)

        return rest * segment(integrand)

    own = elementwise_row("ArrayVonMisesCdf", function, (by_concentration, lambda kappa, x, y: density(kappa, x)))

    def call(kappa: Any, x: Any) -> Any:
        if not holds_history((kappa, x)):
            return plainly(function, (kappa, x), {})
        return apply(own, (asarray(kappa), asarray(x)))

    return call


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of `scipy.stats._stats`."""
    yield library.von_mises_cdf, Alias("von_mises_cdf", von_mises_cdf(library.von_mises_cdf))
    for name in ("gaussian_kernel_estimate", "gaussian_kernel_estimate_log"):
        for kind in KINDS:
            function = getattr(library, name)[kind]
            yield function, Alias(name, kernel_estimate(function, name.endswith("_log")))
