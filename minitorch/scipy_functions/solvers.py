"""Solutions of linear equations as scipy gives them: its value, the history of the solution of the full matrix."""

from __future__ import annotations

from typing import Any, Final

import numpy
import scipy.linalg

from minitorch.arrays.decompositions import real_as
from minitorch.arrays.function import apply, row
from minitorch.arrays.linalg import cholesky_vjp, pinv_vjp, solve_vjp
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.autodiff.errors import BackwardError
from minitorch.scipy_functions.structured import (
    adjoint_bands,
    bands_of,
    full_bands,
    hermitian_of,
    of_bands,
    strict_triangle_of,
    symmetric_of,
    toeplitz_of,
    triangle_of,
)
from minitorch.scipy_functions.valued import Formula, given

__all__ = ["SOLVERS", "rows_of", "solution", "turned"]

numpy_linalg: Any = numpy.linalg

Solution = row(
    "ScipySolve", given, lambda index, g, y, a, b, value: solve_vjp(index, g, y, a, b), for_all=True
)  # fmt: skip
Factor = row("ScipyCholesky", given, lambda g, y, a, value: cholesky_vjp(g, y, a))
Inverse = row("ScipyPseudoInverse", given, lambda g, y, a, value: pinv_vjp(g, y, a))


def solution(found: Any, a: Any, b: Any) -> Any:
    """Return what was found with the history of the solution of a @ x = b, also for stacks of matrices.

    Args:
        found: the plain solution.
        a: the matrix, or a stack of them.
        b: one vector, or as many right sides as there are columns; stacks of those.
    """
    a, b = asarray(a), asarray(b)
    if a.ndim == 2 and b.ndim <= 2:
        return apply(Solution, (a, b), {"value": found})
    is_vector = b.ndim == 1
    columns = b[:, None] if is_vector else b
    stack = numpy.broadcast_shapes(a.shape[:-2], columns.shape[:-2])
    left = numpy.broadcast_to(a, (*stack, *a.shape[-2:]))
    right = numpy.broadcast_to(columns, (*stack, *columns.shape[-2:]))
    value = found[..., None] if is_vector else found
    made = apply(Solution, (left, right), {"value": value})
    return made[..., 0] if is_vector else made


STRUCTURES: Final[dict[str, str]] = {
    "sym": "symmetric", "her": "hermitian", "pos": "hermitian", "positive definite": "hermitian", "diag": "diagonal",
    "tridiag": "tridiagonal",
}  # fmt: skip
"""By other names of a structure: the name that says which elements are read."""


def as_assumed(a: Any, structure: Any, lower: bool) -> Any:
    """Return the matrix that is solved for: of one whose structure was told only some elements are read."""
    structure = STRUCTURES.get(structure, structure)
    if structure == "symmetric":
        return symmetric_of(a, lower)
    if structure == "hermitian":
        return hermitian_of(a, lower)
    if structure in ("upper triangular", "lower triangular"):
        return triangle_of(a, structure == "lower triangular")
    if structure == "diagonal":
        return a * numpy.eye(a.shape[-1])
    if structure == "tridiagonal":
        return numpy.triu(numpy.tril(a, 1), -1)
    return a


def solve(
    found: Any, a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False, **_: Any
) -> Any:
    """`scipy.linalg.solve`."""
    a = as_assumed(asarray(a), assume_a, lower)
    return solution(found, numpy.swapaxes(a, -1, -2) if transposed else a, b)


def inv(found: Any, a: Any, assume_a: Any = None, lower: bool = False, **_: Any) -> Any:
    """`scipy.linalg.inv`."""
    return numpy_linalg.inv(as_assumed(asarray(a), assume_a, lower))


def det(found: Any, a: Any, **_: Any) -> Any:
    """`scipy.linalg.det`."""
    return numpy_linalg.det(asarray(a))


def turned(a: Any, trans: Any) -> Any:
    """Return a matrix, its transpose or its conjugate transpose, as LAPACK's letters or numbers say."""
    if trans in (1, "T"):
        return numpy.swapaxes(a, -1, -2)
    return transposed(a) if trans in (2, "C") else a


def solve_triangular(
    found: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **_: Any
) -> Any:
    """`scipy.linalg.solve_triangular`."""
    return solution(found, turned(triangle_of(asarray(a), lower, unit_diagonal), trans), b)


def solve_toeplitz(found: Any, c_or_cr: Any, b: Any, **_: Any) -> Any:
    """`scipy.linalg.solve_toeplitz`."""
    return solution(found, of_generators(c_or_cr), b)


def of_generators(c_or_cr: Any) -> Any:
    """Return the matrix of a first column, or of a pair of that and a first row."""
    return toeplitz_of(*c_or_cr) if isinstance(c_or_cr, tuple) else toeplitz_of(c_or_cr)


def matmul_toeplitz(found: Any, c_or_cr: Any, x: Any, **_: Any) -> Any:
    """`scipy.linalg.matmul_toeplitz`."""
    return matmul(of_generators(c_or_cr), asarray(x))


def solve_circulant(
    found: Any,
    c: Any,
    b: Any,
    singular: str = "raise",
    tol: Any = None,
    caxis: int = -1,
    baxis: int = 0,
    outaxis: int = 0,
) -> Any:
    """`scipy.linalg.solve_circulant`: a quotient of spectra."""
    spectrum = numpy.fft.fft(numpy.moveaxis(numpy.atleast_1d(asarray(c)), caxis, -1), axis=-1)
    b = numpy.atleast_1d(asarray(b))
    if singular != "raise":
        size = numpy.abs(spectrum)
        limit = (size.max(axis=-1) * spectrum.shape[-1] * numpy.finfo(float).eps)[..., None] if tol is None else tol
        small = size <= limit
        spectrum = numpy.where(small, 1.0, spectrum)
        quotient = numpy.where(small, 0.0, numpy.fft.fft(numpy.moveaxis(b, baxis, -1), axis=-1) / spectrum)
    else:
        quotient = numpy.fft.fft(numpy.moveaxis(b, baxis, -1), axis=-1) / spectrum
    made = numpy.fft.ifft(quotient, axis=-1)
    made = made if found.dtype.kind == "c" else numpy.real(made)
    return numpy.moveaxis(made, -1, outaxis)


# -- bands -------------------------------------------------------------------------------------------------------------


def solve_bands(ab: Any, b: Any, value: Any = None, below: int = 0, above: int = 0) -> Any:
    """Return the solution for a matrix that is given by its bands."""
    return scipy.linalg.solve_banded((below, above), ab, b) if value is None else value


def bands_vjp(index: int, g: Any, y: Any, ab: Any, b: Any, below: int, above: int, value: Any = None) -> Any:
    """Return the cotangent of the bands or of the right side."""
    turned_around = {"below": above, "above": below}
    share = apply(Bands, (adjoint_bands(ab, below), g), turned_around)
    if index == 1:
        return real_as(share, b)
    k, j = numpy.indices((below + above + 1, ab.shape[1]))
    i = j + k - above
    inside = (i >= 0) & (i < ab.shape[1])
    product = share[numpy.where(inside, i, 0)] * conj(y)[None]
    product = numpy.sum(product, -1) if product.ndim == 3 else product
    return real_as(-product * inside, ab)


Bands = row("ScipySolveBands", solve_bands, bands_vjp, for_all=True)


def solve_banded(found: Any, l_and_u: Any, ab: Any, b: Any, **_: Any) -> Any:
    """`scipy.linalg.solve_banded`."""
    below, above = l_and_u
    return apply(Bands, (asarray(ab), asarray(b)), {"value": found, "below": below, "above": above})


def solveh_banded(found: Any, ab: Any, b: Any, lower: bool = False, **_: Any) -> Any:
    """`scipy.linalg.solveh_banded`."""
    ab = asarray(ab)
    count = ab.shape[0] - 1
    return apply(Bands, (full_bands(ab, lower), asarray(b)), {"value": found, "below": count, "above": count})


# -- factors -----------------------------------------------------------------------------------------------------------


def cholesky(found: Any, a: Any, lower: bool = False, **_: Any) -> Any:
    """`scipy.linalg.cholesky`, which reads one triangle."""
    value = found if lower else transposed(found)
    factor = apply(Factor, (hermitian_of(asarray(a), lower),), {"value": value})
    return factor if lower else transposed(factor)


def cho_factor(found: Any, a: Any, lower: bool = False, **_: Any) -> Any:
    """`scipy.linalg.cho_factor`, which leaves the other triangle as it was, or in newer versions empty."""
    a = asarray(a)
    factor = cholesky(triangle_of(found[0], lower), a, lower)
    rest = strict_triangle_of(a, not lower)
    return factor + rest * (found[0] == rest.data), found[1]


def as_columns(x: Any) -> Any:
    """Return a vector as a matrix of one column, a matrix as it is."""
    return x[:, None] if x.ndim == 1 else x


def minus_product(left: Any, right: Any) -> Any:
    """Return minus the product of columns with the conjugates of others."""
    return -matmul(as_columns(left), transposed(as_columns(right)))


def solve_by_cholesky(factor: Any, b: Any, lower: Any, value: Any = None) -> Any:
    """Return the solution for the matrix of which this is the triangular factor."""
    return scipy.linalg.cho_solve((factor, lower), b) if value is None else value


def by_cholesky_vjp(index: int, g: Any, y: Any, factor: Any, b: Any, lower: Any, value: Any = None) -> Any:
    """Return the cotangent of the factor or of the right side."""
    share = apply(ByCholesky, (factor, g), {"lower": lower})
    if index == 1:
        return real_as(share, b)
    r = transposed(triangle_of(factor, lower)) if lower else triangle_of(factor, lower)
    found = minus_product(matmul(r, share), y) + minus_product(matmul(r, y), share)
    return real_as(triangle_of(transposed(found) if lower else found, lower), factor)


ByCholesky = row("ScipyCholeskySolve", solve_by_cholesky, by_cholesky_vjp, for_all=True)


def cho_solve(found: Any, c_and_lower: Any, b: Any, **_: Any) -> Any:
    """`scipy.linalg.cho_solve`."""
    factor, b, lower = asarray(c_and_lower[0]), asarray(b), c_and_lower[1]
    if factor.ndim > 2 or b.ndim > 2:
        return solution(found, product_of(triangle_of(factor, lower), lower), b)
    return apply(ByCholesky, (factor, b), {"lower": lower, "value": found})


def product_of(factor: Any, lower: Any) -> Any:
    """Return the matrix of which this is the triangular factor."""
    return matmul(factor, transposed(factor)) if lower else matmul(transposed(factor), factor)


def solve_by_lu(packed: Any, b: Any, pivots: Any, trans: int, value: Any = None) -> Any:
    """Return the solution for the matrix of which these are the factors."""
    return scipy.linalg.lu_solve((packed, pivots), b, trans) if value is None else value


def by_lu_vjp(index: int, g: Any, y: Any, packed: Any, b: Any, pivots: Any, trans: int, value: Any = None) -> Any:
    """Return the cotangent of the packed factors or of the right side."""
    if trans == 1:
        share = conj(apply(ByLu, (packed, conj(g)), {"pivots": pivots, "trans": 0}))
    else:
        share = apply(ByLu, (packed, g), {"pivots": pivots, "trans": 2 - trans})
    if index == 1:
        return real_as(share, b)
    # Of the matrix the cotangent is a product of columns; of its factors it is what that gives with the other factor.
    left, right = [(share, y), (conj(y), conj(share)), (y, share)][trans]
    left = left[rows_of(pivots, packed.shape[0])]
    lower, upper = triangle_of(packed, True, True), triangle_of(packed, False)
    of_lower = minus_product(left, matmul(upper, right))
    of_upper = minus_product(matmul(transposed(lower), left), right)
    return real_as(strict_triangle_of(of_lower, True) + triangle_of(of_upper, False), packed)


ByLu = row("ScipyLuSolve", solve_by_lu, by_lu_vjp, for_all=True)


def lu_solve(found: Any, lu_and_piv: Any, b: Any, trans: int = 0, **_: Any) -> Any:
    """`scipy.linalg.lu_solve`."""
    packed, pivots, b = asarray(lu_and_piv[0]), detached(lu_and_piv[1]), asarray(b)
    if packed.ndim > 2 or b.ndim > 2:
        raise BackwardError("lu_solve of a stack of matrices has no derivative here; use solve")
    return apply(ByLu, (packed, b), {"pivots": pivots, "trans": int(trans), "value": found})


def rows_of(pivots: Any, count: int) -> Any:
    """Return the order that exchanges of rows, one after the other, make."""
    order = list(range(count))
    for index, other in enumerate(pivots):
        order[index], order[other] = order[other], order[index]
    return numpy.array(order)


def cholesky_banded(found: Any, ab: Any, lower: bool = False, **_: Any) -> Any:
    """`scipy.linalg.cholesky_banded`."""
    ab = asarray(ab)
    count = ab.shape[0] - 1
    factor = cholesky(of_bands(found, lower).data, of_bands(ab, lower), lower)
    # What stands beside the bands stays there.
    unused = bands_of(numpy.ones((ab.shape[1],) * 2), count, lower).data == 0
    return bands_of(factor, count, lower) + ab * unused


def cho_solve_banded(found: Any, cb_and_lower: Any, b: Any, **_: Any) -> Any:
    """`scipy.linalg.cho_solve_banded`."""
    factor, lower = cb_and_lower
    return solution(found, product_of(of_bands(asarray(factor), lower), lower), b)


def pinv(found: Any, a: Any, return_rank: bool = False, **_: Any) -> Any:
    """`scipy.linalg.pinv`."""
    made = apply(Inverse, (asarray(a),), {"value": found[0] if return_rank else found})
    return (made, None) if return_rank else made


def pinvh(found: Any, a: Any, lower: bool = True, return_rank: bool = False, **_: Any) -> Any:
    """`scipy.linalg.pinvh`."""
    return pinv(found, hermitian_of(asarray(a), lower), return_rank)


def lstsq(found: Any, a: Any, b: Any, cond: Any = None, **_: Any) -> Any:
    """`scipy.linalg.lstsq`: the solution, the sums of squares, the rank and the singular values."""
    a, b = asarray(a), asarray(b)
    plain = scipy.linalg.pinv(a.data, rtol=cond)
    x = matmul(apply(Inverse, (a,), {"value": plain}), b)
    squares = numpy.square(numpy.abs(b - matmul(a, x))).sum(axis=0) if numpy.size(found[1]) else None
    return x, squares, None, None if found[3] is None else numpy_linalg.svd(a, compute_uv=False)


SOLVERS: Final[dict[str, Formula]] = {
    formula.__name__: formula
    for formula in (
        solve,
        inv, det, solve_triangular, solve_toeplitz, matmul_toeplitz, solve_circulant, solve_banded, solveh_banded,
        cholesky, cho_factor, cho_solve, lu_solve, cholesky_banded, cho_solve_banded, pinv, pinvh, lstsq,
    )
}  # fmt: skip
"""By name in `scipy.linalg`: what gives the history."""
