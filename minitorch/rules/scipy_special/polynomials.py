"""Derivatives of orthogonal polynomials by their argument, and of hypergeometric functions.

The formulas are those of the Digital Library of Mathematical Functions, 18.9(iii), 13.3, 14.10 and 15.5.
"""

from __future__ import annotations

from typing import Any

import numpy
from scipy import special

from minitorch.rules.scipy_special.questions import plain

__all__ = ["PARTIALS", "PARTIALS_OF_SEVERAL"]


def unless_constant(n: Any, value: Any) -> Any:
    """Return a value, 0 where the degree is."""
    return numpy.where(numpy.equal(plain(n), 0), 0.0, value)


def below(n: Any) -> Any:
    """Return the next lower degree; of degree 0 it does not matter."""
    return numpy.where(numpy.equal(plain(n), 0), 0, n - 1)


def jacobi_slope(n: Any, a: Any, b: Any, x: Any) -> Any:
    """Return the derivative of Jacobi's polynomial."""
    return unless_constant(n, 0.5 * (n + a + b + 1.0) * special.eval_jacobi(below(n), a + 1.0, b + 1.0, x))


def legendre_function_slope(m: Any, v: Any, x: Any, y: Any) -> Any:
    """Return the derivative of an associated Legendre function: infinite or nan at the ends of its interval."""
    lower = numpy.where(numpy.equal(v + m, 0), 0.0, (v + m) * special.lpmv(m, v - 1, x))
    return (v * x * y - lower) / (x * x - 1.0)


def harmonic_by_polar(m: Any, n: Any, theta: Any, phi: Any, y: Any) -> Any:
    """Return the derivative of a spherical harmonic by the polar angle, of those with the orders next to its own."""
    up, down = numpy.sqrt((n - m) * (n + m + 1.0)), numpy.sqrt((n + m) * (n - m + 1.0))
    above, lower = numpy.where(numpy.equal(m, n), m, m + 1), numpy.where(numpy.equal(m, -n), m, m - 1)
    turn = numpy.exp(1j * theta)
    first = up / turn * special.sph_harm(above, n, theta, phi)
    return 0.5 * (first - down * turn * special.sph_harm(lower, n, theta, phi))


PARTIALS: dict[str, tuple[Any, ...]] = {
    "eval_jacobi": (None, None, None, lambda n, a, b, x, y: jacobi_slope(n, a, b, x)),
    "eval_sh_jacobi": (
        None, None, None, lambda n, p, q, x, y: n * special.eval_sh_jacobi(below(n), p + 2.0, q + 1.0, x),
    ),
    "eval_legendre": (None, lambda n, x, y: jacobi_slope(n, 0.0, 0.0, x)),
    "eval_sh_legendre": (None, lambda n, x, y: 2.0 * jacobi_slope(n, 0.0, 0.0, 2.0 * x - 1.0)),
    "eval_gegenbauer": (
        None, None,
        lambda n, a, x, y: unless_constant(n, 2.0 * a * special.eval_gegenbauer(below(n), a + 1.0, x)),
    ),
    "eval_chebyt": (None, lambda n, x, y: n * special.eval_chebyu(below(n), x)),
    "eval_chebyu": (None, lambda n, x, y: unless_constant(n, 2.0 * special.eval_gegenbauer(below(n), 2.0, x))),
    "eval_chebyc": (None, lambda n, x, y: n * special.eval_chebys(below(n), x)),
    "eval_chebys": (None, lambda n, x, y: unless_constant(n, special.eval_gegenbauer(below(n), 2.0, 0.5 * x))),
    "eval_sh_chebyt": (None, lambda n, x, y: 2.0 * n * special.eval_sh_chebyu(below(n), x)),
    "eval_sh_chebyu": (
        None, lambda n, x, y: unless_constant(n, 4.0 * special.eval_gegenbauer(below(n), 2.0, 2.0 * x - 1.0)),
    ),
    "eval_laguerre": (None, lambda n, x, y: unless_constant(n, -special.eval_genlaguerre(below(n), 1.0, x))),
    "eval_genlaguerre": (
        None, None, lambda n, a, x, y: unless_constant(n, -special.eval_genlaguerre(below(n), a + 1.0, x)),
    ),
    "eval_hermite": (None, lambda n, x, y: 2.0 * n * special.eval_hermite(below(n), x)),
    "eval_hermitenorm": (None, lambda n, x, y: n * special.eval_hermitenorm(below(n), x)),
    "lpmv": (None, None, legendre_function_slope),
    "sph_harm": (None, None, lambda m, n, theta, phi, y: 1j * m * y, harmonic_by_polar),
    "hyp0f1": (None, lambda v, z, y: special.hyp0f1(v + 1.0, z) / v),
    "hyp1f1": (None, None, lambda a, b, z, y: a / b * special.hyp1f1(a + 1.0, b + 1.0, z)),
    "hyp2f1": (
        None, None, None, lambda a, b, c, z, y: a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, z),
    ),
    "hyperu": (None, None, lambda a, b, z, y: -a * special.hyperu(a + 1.0, b + 1.0, z)),
}  # fmt: skip
"""By name, the partial derivatives."""

PARTIALS_OF_SEVERAL: dict[str, list[tuple[Any, ...]]] = {}
"""Likewise of each output."""
