"""Equations of matrices: Sylvester's, Lyapunov's and Riccati's, by the derivative of the equation that holds."""

from __future__ import annotations

from typing import Any, Final

import numpy
import scipy.linalg

from minitorch.arrays.decompositions import real_as
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import matmul, transposed
from minitorch.autodiff.errors import BackwardError
from minitorch.scipy_functions.valued import Formula, given

__all__ = ["EQUATIONS", "sylvester"]

linalg: Any = numpy.linalg


def product(*factors: Any) -> Any:
    """Return the product of matrices."""
    result = factors[0]
    for factor in factors[1:]:
        result = matmul(result, factor)
    return result


# -- linear in the unknown ---------------------------------------------------------------------------------------------


def solve_sylvester_or(a: Any, b: Any, q: Any, value: Any = None) -> Any:
    """Return x with a @ x + x @ b = q."""
    return scipy.linalg.solve_sylvester(a, b, q) if value is None else value


def sylvester_vjp(index: int, g: Any, x: Any, a: Any, b: Any, q: Any, value: Any = None) -> Any:
    """Return the cotangent of a coefficient or of the right side."""
    share = sylvester(transposed(a), transposed(b), g)
    if index == 2:
        return real_as(share, q)
    if index == 0:
        return real_as(-matmul(share, transposed(x)), a)
    return real_as(-matmul(transposed(x), share), b)


Sylvester = row("ScipySylvester", solve_sylvester_or, sylvester_vjp, for_all=True)


def sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return x with a @ x + x @ b = q, as a Tensor."""
    return apply(Sylvester, (asarray(a), asarray(b), asarray(q)))


def solve_sylvester(found: Any, a: Any, b: Any, q: Any) -> Any:
    """`scipy.linalg.solve_sylvester`."""
    return apply(Sylvester, (asarray(a), asarray(b), asarray(q)), {"value": found})


def solve_continuous_lyapunov(found: Any, a: Any, q: Any) -> Any:
    """`scipy.linalg.solve_continuous_lyapunov`: a @ x + x @ a* = q."""
    return solve_sylvester(found, asarray(a), transposed(asarray(a)), q)


def solve_stein_or(a: Any, q: Any, value: Any = None) -> Any:
    """Return x with x = a @ x @ a* + q."""
    return scipy.linalg.solve_discrete_lyapunov(a, q) if value is None else value


def stein_vjp(index: int, g: Any, x: Any, a: Any, q: Any, value: Any = None) -> Any:
    """Return the cotangent of the coefficient or of the constant term."""
    share = stein(transposed(a), g)
    if index == 1:
        return real_as(share, q)
    return real_as(product(share, a, transposed(x)) + product(transposed(share), a, x), a)


Stein = row("ScipyStein", solve_stein_or, stein_vjp, for_all=True)


def stein(a: Any, q: Any) -> Any:
    """Return x with x = a @ x @ a* + q, as a Tensor."""
    return apply(Stein, (asarray(a), asarray(q)))


def solve_discrete_lyapunov(found: Any, a: Any, q: Any, method: Any = None) -> Any:
    """`scipy.linalg.solve_discrete_lyapunov`."""
    return apply(Stein, (asarray(a), asarray(q)), {"value": found})


# -- Riccati's ---------------------------------------------------------------------------------------------------------


def riccati_inputs(a: Any, b: Any, q: Any, r: Any, e: Any, s: Any, balanced: bool) -> tuple[Any, ...]:
    """Return all matrices of an equation, those that were left out as well.

    Raises:
        BackwardError: for a pencil that scipy balances wrongly: its result does not solve the equation.
    """
    if e is not None and balanced and numpy.any(detached(e) - numpy.diag(numpy.diagonal(detached(e)))):
        message = "what scipy finds for an e that is not diagonal solves the equation with balanced=False alone"
        raise BackwardError(message)
    a, b, q, r = map(asarray, (a, b, q, r))
    b = numpy.atleast_2d(b)
    e = numpy.eye(a.shape[0]) if e is None else e
    s = numpy.zeros(b.shape) if s is None else s
    return (*map(numpy.atleast_2d, (a, b, q, r)), numpy.atleast_2d(asarray(e)), numpy.atleast_2d(asarray(s)))


def continuous_vjp(index: int, g: Any, x: Any, a: Any, b: Any, q: Any, r: Any, e: Any, s: Any, value: Any) -> Any:
    """Return the cotangent of a matrix of the continuous equation, by the equation's derivative."""
    gain = linalg.solve(r, product(transposed(b), x, e) + transposed(s))
    closed = a - matmul(b, gain)
    inverse = linalg.inv(e)
    motion = matmul(closed, inverse)
    weight = -product(inverse, sylvester(motion, transposed(motion), g), transposed(inverse))
    left, right = product(transposed(x), e, weight), product(x, e, transposed(weight))
    return real_as(riccati_share(index, weight, left, right, gain, product(transposed(x), closed, weight),
                                 product(x, closed, transposed(weight))), (a, b, q, r, e, s)[index])  # fmt: skip


def discrete_vjp(index: int, g: Any, x: Any, a: Any, b: Any, q: Any, r: Any, e: Any, s: Any, value: Any) -> Any:
    """Return the cotangent of a matrix of the discrete equation, by the equation's derivative."""
    cross = product(transposed(b), x, a) + transposed(s)
    gain = linalg.solve(r + product(transposed(b), x, b), cross)
    closed = a - matmul(b, gain)
    inverse = linalg.inv(e)
    weight = product(inverse, stein(matmul(closed, inverse), g), transposed(inverse))
    left, right = product(transposed(x), closed, weight), product(x, closed, transposed(weight))
    return real_as(riccati_share(index, weight, left, right, gain, -product(transposed(x), e, weight),
                                 -product(x, e, transposed(weight))), (a, b, q, r, e, s)[index])  # fmt: skip


def riccati_share(index: int, weight: Any, left: Any, right: Any, gain: Any, of_e: Any, of_other_e: Any) -> Any:
    """Return the cotangent of one matrix: `weight` is that of the equation's residual."""
    both = weight + transposed(weight)
    if index == 0:
        return left + right
    if index == 1:
        return -matmul(left + right, transposed(gain))
    if index == 2:
        return weight
    if index == 3:
        return product(gain, weight, transposed(gain))
    return of_e + of_other_e if index == 4 else -matmul(both, transposed(gain))


Continuous = row("ScipyContinuousRiccati", given, continuous_vjp, for_all=True)
Discrete = row("ScipyDiscreteRiccati", given, discrete_vjp, for_all=True)


def solve_continuous_are(
    found: Any, a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None, balanced: bool = True
) -> Any:
    """`scipy.linalg.solve_continuous_are`."""
    return apply(Continuous, riccati_inputs(a, b, q, r, e, s, balanced), {"value": found})


def solve_discrete_are(
    found: Any, a: Any, b: Any, q: Any, r: Any, e: Any = None, s: Any = None, balanced: bool = True
) -> Any:
    """`scipy.linalg.solve_discrete_are`."""
    return apply(Discrete, riccati_inputs(a, b, q, r, e, s, balanced), {"value": found})


EQUATIONS: Final[dict[str, Formula]] = {
    "solve_sylvester": solve_sylvester,
    "solve_continuous_lyapunov": solve_continuous_lyapunov,
    "solve_lyapunov": solve_continuous_lyapunov,
    "solve_discrete_lyapunov": solve_discrete_lyapunov,
    "solve_continuous_are": solve_continuous_are,
    "solve_discrete_are": solve_discrete_are,
}
"""By name in `scipy.linalg`: what gives the history."""
