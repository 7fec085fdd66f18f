"""Factors and eigenvalues as scipy gives them: its values, the histories of numpy's of the matrix that is read.

Vectors are known but for a factor of length 1; those of scipy's are numpy's times that factor.
"""

from __future__ import annotations

from typing import Any, Final

import numpy
import scipy.linalg

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.variable import Variable
from minitorch.scipy_functions.householder import full_factor
from minitorch.scipy_functions.matrix_functions import square_root
from minitorch.scipy_functions.solvers import rows_of
from minitorch.scipy_functions.structured import (
    dense_of_bands,
    full_bands,
    hermitian_of,
    strict_triangle_of,
    triangle_of,
)
from minitorch.scipy_functions.valued import Formula, given

__all__ = ["DECOMPOSITIONS"]

linalg: Any = numpy.linalg


def phases(found: Any, own: Any) -> Any:
    """Return by which number of length 1 each column found differs from one's own."""
    if not own.size:
        return numpy.ones(own.shape[1])
    largest = numpy.argmax(numpy.abs(own), axis=0)[None]
    ratio = numpy.take_along_axis(found, largest, 0)[0] / numpy.take_along_axis(own, largest, 0)[0]
    return numpy.sign(ratio) if ratio.dtype.kind != "c" else ratio / numpy.abs(ratio)


# -- lu ----------------------------------------------------------------------------------------------------------------


def lu_parts(a: Any, value: Any) -> tuple[Any, Any]:
    """Return both factors of a square matrix that needs no exchange of rows."""
    return apply(LuFactor, (a,), {"value": value[0], "both": value, "part": 0}), apply(
        LuFactor, (a,), {"value": value[1], "both": value, "part": 1}
    )


def lu_vjp(g: Any, y: Any, a: Any, value: Any, both: Any, part: int) -> Any:
    """Return the cotangent of a square matrix, from that of one of its factors."""
    if type(g) is type(a) is numpy.ndarray:
        lower, upper = both
        inner = numpy.tril(transposed(lower) @ g, -1) if part == 0 else numpy.triu(g @ transposed(upper))
        left = scipy.linalg.solve_triangular(lower, inner, trans=2, lower=True, unit_diagonal=True)
        return transposed(scipy.linalg.solve_triangular(upper, transposed(left)))
    lower, upper = lu_parts(a, both)
    found = matmul(transposed(lower), g) if part == 0 else matmul(g, transposed(upper))
    inner = strict_triangle_of(found, True) if part == 0 else triangle_of(found, False)
    return transposed(linalg.solve(upper, transposed(linalg.solve(transposed(lower), inner))))


LuFactor = row("ScipyLu", given, lu_vjp, keeps_output=False)


def lu_of(a: Any, lower: Any, upper: Any) -> tuple[Any, Any]:
    """Return both factors of a matrix of any shape that needs no exchange of rows, of which the values are known."""
    rows, columns = a.shape
    k = min(rows, columns)
    first, second = lu_parts(a[:k, :k], (lower[:k], upper[:, :k]))
    if rows > k:
        below = linalg.solve(numpy.swapaxes(second, 0, 1), numpy.swapaxes(a[k:], 0, 1))
        first = numpy.concatenate([first, numpy.swapaxes(below, 0, 1)])
    if columns > k:
        second = numpy.concatenate([second, linalg.solve(first, a[:, k:])], axis=1)
    return first, second


def lu(found: Any, a: Any, permute_l: bool = False, p_indices: bool = False, **_: Any) -> Any:
    """`scipy.linalg.lu`: the order of the rows has no derivative."""
    a = asarray(a)
    plain = a.data
    order, lower, upper = scipy.linalg.lu(plain, p_indices=True)
    # order[i] is the row of the product that row i of the matrix is.
    first, second = lu_of(a[numpy.argsort(order)], lower, upper)
    return (first[order], second) if permute_l else (None, first, second)


def lu_factor(found: Any, a: Any, **_: Any) -> Any:
    """`scipy.linalg.lu_factor`."""
    a, packed = asarray(a), found[0]
    if numpy.ndim(found[1]) != 1:
        raise BackwardError("this version of scipy gives no exchanges of rows for each matrix of a stack; use lu")
    k = min(a.shape)
    lower = numpy.tril(packed, -1)[:, :k] + numpy.eye(a.shape[0], k)
    first, second = lu_of(a[rows_of(found[1], a.shape[0])], lower, numpy.triu(packed)[:k])
    rows, columns = a.shape
    strict = strict_triangle_of(first, True)
    left = strict if columns == k else numpy.concatenate([strict, numpy.zeros((rows, columns - k))], axis=1)
    right = second if rows == k else numpy.concatenate([second, numpy.zeros((rows - k, columns))])
    return left + right, found[1]


# -- qr ----------------------------------------------------------------------------------------------------------------


def qr(found: Any, a: Any, lwork: Any = None, mode: str = "full", pivoting: bool = False, **_: Any) -> Any:
    """`scipy.linalg.qr`: the order of the columns has no derivative."""
    if mode == "raw":
        raise BackwardError("qr with mode='raw' has no derivative; ask for mode='economic'")
    a = asarray(a)
    if pivoting:
        a = a[:, found[-1]]
    q, r = linalg.qr(a)
    rows, columns = a.shape
    if rows > columns and mode != "economic":
        r = numpy.concatenate([r, numpy.zeros((rows - columns, columns))])
        q = None if mode == "r" else full_factor(a)
    made = (r,) if mode == "r" else (q, r)
    return (*made, None) if pivoting else made


def rq(found: Any, a: Any, lwork: Any = None, mode: str = "full", **_: Any) -> Any:
    """`scipy.linalg.rq`: the decomposition of the transpose with its rows the other way round."""
    a = asarray(a)
    rows, columns = a.shape
    if rows > columns or (rows < columns and mode == "full"):
        raise BackwardError("rq has a derivative with mode='economic' and no more rows than columns")
    q, r = linalg.qr(transposed(a[::-1]))
    right, left = transposed(q)[::-1], transposed(r)[::-1, ::-1]
    plain = (found[0] if isinstance(found, tuple) else found)[:rows, -rows:]
    signs = numpy.sign(numpy.diagonal(plain) / numpy.diagonal(left.data)).real
    return left * signs if mode == "r" else (left * signs, signs[:, None] * right)


# -- singular values ---------------------------------------------------------------------------------------------------


def svd(found: Any, a: Any, full_matrices: bool = True, compute_uv: bool = True, **_: Any) -> Any:
    """`scipy.linalg.svd`."""
    a = asarray(a)
    if not compute_uv:
        return linalg.svd(a, compute_uv=False)
    u, s, vt = linalg.svd(a, full_matrices=full_matrices)
    k = s.shape[0]
    signs = phases(found[0][:, :k], u.data[:, :k])
    left = u[:, :k] * signs
    if u.shape[1] > k:
        left = numpy.concatenate([left, turned_to(found[0][:, k:], u[:, k:])], axis=1)
    right = conj(signs)[:, None] * vt[:k]
    if vt.shape[0] > k:
        beyond = turned_to(transposed(found[2][k:]), transposed(vt[k:]))
        right = numpy.concatenate([right, transposed(beyond)])
    return left, s, right


def turned_to(found: Any, own: Any) -> Any:
    """Return vectors turned among each other so that they become those found."""
    return matmul(own, matmul(transposed(own.data), found))


def svdvals(found: Any, a: Any, **_: Any) -> Any:
    """`scipy.linalg.svdvals`."""
    return linalg.svd(asarray(a), compute_uv=False)


def orth(found: Any, A: Any, rcond: Any = None) -> Any:
    """`scipy.linalg.orth`."""
    u = linalg.svd(asarray(A), full_matrices=False)[0][:, : found.shape[1]]
    return u * phases(found, u.data)


def null_space(found: Any, A: Any, rcond: Any = None, **_: Any) -> Any:
    """`scipy.linalg.null_space`: its vectors turn only as far as they have to."""
    a = asarray(A)
    projected = found - matmul(linalg.pinv(a), matmul(a, found))
    return matmul(projected, linalg.inv(square_root(matmul(transposed(projected), projected))))


def polar(found: Any, a: Any, side: str = "right") -> Any:
    """`scipy.linalg.polar`: from the square root on the smaller side."""
    a = asarray(a)
    tall = a.shape[0] >= a.shape[1]
    small = square_root(matmul(transposed(a), a) if tall else matmul(a, transposed(a)))
    inverse = linalg.inv(small)
    unitary = matmul(a, inverse) if tall else matmul(inverse, a)
    if tall == (side == "right"):
        return unitary, small
    return unitary, matmul(transposed(unitary), a) if side == "right" else matmul(a, transposed(unitary))


# -- eigenvalues -------------------------------------------------------------------------------------------------------


def eigh(
    found: Any,
    a: Any,
    b: Any = None,
    lower: bool = True,
    eigvals_only: bool = False,
    type: int = 1,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
    eigvals: Any = None,
    **_: Any,
) -> Any:
    """`scipy.linalg.eigh`, which reads one triangle; a @ v = w * b @ v and its kin by the factor of b."""
    matrix, back = hermitian_of(asarray(a), lower), None
    if b is not None:
        factor = linalg.cholesky(hermitian_of(asarray(b), lower))
        if type == 1:
            half = linalg.solve(factor, matrix)
            matrix = linalg.solve(factor, transposed(half))
        else:
            matrix = matmul(matmul(transposed(factor), matrix), factor)
        back = factor if type == 3 else None
    w, v = linalg.eigh(matrix)
    subset_by_index = eigvals if subset_by_index is None else subset_by_index  # as older versions have it
    first, count = 0, (found if eigvals_only else found[0]).shape[0]
    if subset_by_index is not None:
        first = int(subset_by_index[0])
    elif subset_by_value is not None:
        first = int(numpy.sum(w.data <= subset_by_value[0]))
    w, v = w[first : first + count], v[:, first : first + count]
    if eigvals_only:
        return w
    if b is not None:
        v = matmul(back, v) if back is not None else linalg.solve(transposed(factor), v)
    return w, v * phases(found[1], v.data)


def eigvalsh(found: Any, a: Any, b: Any = None, **details: Any) -> Any:
    """`scipy.linalg.eigvalsh`."""
    return eigh(found, a, b, **{**details, "eigvals_only": True})


def selected(found: Any, matrix: Any, eigvals_only: bool, select: Any, select_range: Any) -> Any:
    """Return eigenvalues, and vectors, of a Hermitian matrix of which a range was selected."""
    kinds = {"i": "subset_by_index", "v": "subset_by_value"}
    kind = {1: "v", 2: "i", "index": "i", "value": "v"}.get(select, select)
    subset = {kinds[kind]: select_range} if kind in kinds else {}
    return eigh(found, matrix, eigvals_only=eigvals_only, **subset)


def tridiagonal(d: Any, e: Any) -> Any:
    """Return the symmetric matrix with this diagonal and this one beside it, in its lower triangle."""
    return dense_of_bands(numpy.stack([asarray(d), numpy.concatenate([asarray(e), numpy.zeros(1)])]), 1, 0)


def eigh_tridiagonal(
    found: Any, d: Any, e: Any, eigvals_only: bool = False, select: Any = "a", select_range: Any = None, **_: Any
) -> Any:
    """`scipy.linalg.eigh_tridiagonal`."""
    return selected(found, tridiagonal(d, e), eigvals_only, select, select_range)


def eigvalsh_tridiagonal(found: Any, d: Any, e: Any, select: Any = "a", select_range: Any = None, **_: Any) -> Any:
    """`scipy.linalg.eigvalsh_tridiagonal`."""
    return selected(found, tridiagonal(d, e), True, select, select_range)


def eig_banded(
    found: Any,
    a_band: Any,
    lower: bool = False,
    eigvals_only: bool = False,
    select: Any = "a",
    select_range: Any = None,
    **_: Any,
) -> Any:
    """`scipy.linalg.eig_banded`."""
    bands = asarray(a_band)
    count = bands.shape[0] - 1
    matrix = dense_of_bands(full_bands(bands, lower), count, count)
    return selected(found, matrix, eigvals_only, select, select_range)


def eigvals_banded(
    found: Any, a_band: Any, lower: bool = False, select: Any = "a", select_range: Any = None, **_: Any
) -> Any:
    """`scipy.linalg.eigvals_banded`."""
    return eig_banded(found, a_band, lower, True, select, select_range)


def eig_of(a: Any, values: Any, vectors: Any) -> tuple[Any, Any]:
    """Return eigenvalues and vectors of length 1 in the order and with the signs of those found.

    Args:
        a: the matrix.
        values: the eigenvalues found.
        vectors: the vectors found; None if nobody asks.
    """
    w, v = linalg.eig(a)
    order = numpy.argmin(numpy.abs(values[:, None] - w.data[None, :]), axis=1)
    w, v = w[order], v[:, order]
    return (w, None) if vectors is None else (w, v * phases(vectors, v.data))


def eig(
    found: Any,
    a: Any,
    b: Any = None,
    left: bool = False,
    right: bool = True,
    homogeneous_eigvals: bool = False,
    **_: Any,
) -> Any:
    """`scipy.linalg.eig`."""
    if homogeneous_eigvals:
        raise BackwardError("eig with homogeneous_eigvals=True has no derivative; ask for the quotients")
    a = asarray(a)
    matrix = a if b is None else linalg.solve(asarray(b), a)
    values = found[0] if isinstance(found, tuple) else found
    parts = list(found[1:]) if isinstance(found, tuple) else []
    made = []
    if left:
        vectors = parts.pop(0)
        mirrored = transposed(a) if b is None else linalg.solve(transposed(asarray(b)), transposed(a))
        made.append(eig_of(mirrored, numpy.conjugate(values), vectors)[1])
    w, v = eig_of(matrix, values, parts[0] if right else None)
    made += [v] if right else []
    return (w, *made) if made else w


def eigvals(found: Any, a: Any, b: Any = None, homogeneous_eigvals: bool = False, **_: Any) -> Any:
    """`scipy.linalg.eigvals`."""
    return eig(found, a, b, False, False, homogeneous_eigvals)


# -- stacks of matrices ------------------------------------------------------------------------------------------------


def over_stacks(formula: Formula) -> Formula:
    """Make what gives the history of a stack of matrices, one after the other."""

    def call(found: Any, **arguments: Any) -> Any:
        name = next(iter(arguments))
        first = asarray(arguments.pop(name))
        if first.ndim <= 2 or first.size == 0:
            return formula(found, **{name: first}, **arguments)
        if any(numpy.ndim(detached(x)) > 1 for x in arguments.values()):
            raise BackwardError("a stack of matrices with another one has no derivative here; take one by one")
        stack = first.shape[:-2]
        matrices = numpy.reshape(first, (-1, *first.shape[-2:]))
        made = [
            formula(element(found, index, len(stack)), **{name: matrices[index]}, **arguments)
            for index in range(matrices.shape[0])
        ]
        return restacked(made, stack)

    return call


def element(found: Any, index: int, axes: int) -> Any:
    """Return what was found for one matrix of a stack."""
    if isinstance(found, (tuple, list)):
        return tuple(element(part, index, axes) for part in found)
    return None if found is None else numpy.reshape(found, (-1, *numpy.shape(found)[axes:]))[index]


def restacked(made: list[Any], stack: tuple[int, ...]) -> Any:
    """Return stacks of what was made for each matrix."""
    if isinstance(made[0], tuple):
        return tuple(restacked(list(parts), stack) for parts in zip(*made, strict=True))
    if not issubclass(type(made[0]), Variable):
        return None
    return numpy.reshape(numpy.stack(made), (*stack, *made[0].shape))


DECOMPOSITIONS: Final[dict[str, Formula]] = {
    formula.__name__: over_stacks(formula)
    for formula in (
        lu, lu_factor, qr, rq, svd, svdvals, orth, null_space, polar, eigh, eigvalsh, eigh_tridiagonal,
        eigvalsh_tridiagonal, eig_banded, eigvals_banded, eig, eigvals,
    )
}  # fmt: skip
"""By name in `scipy.linalg`: what gives the history."""
