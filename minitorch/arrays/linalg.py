"""Linear algebra: each function with its vjp in terms of others, for stacks of matrices too.

The formulas are those of M. Giles, An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation (Oxford, 2008), sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.decompositions import DECOMPOSITIONS, in_triangle, real_as, svd
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.arrays.reductions import others
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.traced_numpy import trace_numpy

__all__ = ["LINALG"]

linalg: Any = numpy.linalg


def identity_of(matrix: Any) -> Any:
    """Return the identity matrix of that size."""
    return numpy.eye(matrix.shape[-1])


def scaled(g: Any, matrix: Any) -> Any:
    """Return matrices times one number each."""
    return g[..., None, None] * matrix


def solve_vjp(index: int, g: Any, y: Any, a: Any, b: Any) -> Any:
    """Return the cotangent of the matrix or of the right side."""
    share = linalg.solve(transposed(a), g)
    if index == 1:
        return real_as(share, b)
    product = share[..., :, None] * conj(y)[..., None, :] if b.ndim == 1 else matmul(share, transposed(y))
    return real_as(-product, a)


Solve = row("ArraySolve", linalg.solve, solve_vjp, for_all=True)
Inverse = row(
    "ArrayInverse", linalg.inv, lambda g, y, a: -matmul(matmul(transposed(y), g), transposed(y)), keeps_inputs=False
)


def cofactors(a: Any, y: Any) -> Any:
    """Return the derivative of a determinant, which a singular matrix has as well."""
    plain, size = current(a).array if type(a) is Tensor else a, a.shape[-1]
    if size == 1:
        return numpy.ones_like(plain)
    if size == 2:
        rows = [[a[..., 1, 1], -a[..., 1, 0]], [-a[..., 0, 1], a[..., 0, 0]]]
        return numpy.stack([numpy.stack(row, -1) for row in rows], -2)
    if not numpy.any(singular(plain)):
        return scaled(y, numpy.swapaxes(linalg.inv(a), -1, -2))
    u, s, vt = linalg.svd(a)
    sign = linalg.det(u) * linalg.det(vt)
    return scaled(sign, matmul(conj(u) * others(s)[..., None, :], conj(vt)))


def singular(a: Any) -> Any:
    """Return for each matrix whether it has no inverse, as far as numpy knows."""
    return numpy.equal(linalg.det(a), 0)


def det_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a matrix, from that of its determinant."""
    return scaled(g, conj(cofactors(a, y)))


Det = row("ArrayDet", linalg.det, det_vjp)
LogDet = row("ArrayLogDet", lambda a: linalg.slogdet(a)[1], lambda g, y, a: scaled(g, transposed(linalg.inv(a))))
Sign = row(
    "ArraySignOfDet", lambda a: linalg.slogdet(a)[0],
    lambda g, y, a: scaled(1j * y * numpy.imag(conj(y) * g), transposed(linalg.inv(a))),
)  # fmt: skip
"""The sign of a determinant, which is constant but for complex ones, and those turn: by Im(tr(A^-1 dA))."""


def cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of the lower triangle, from that of its lower factor."""
    size = y.shape[-1]
    weights = numpy.tril(numpy.ones((size, size))) - 0.5 * numpy.eye(size)
    inverse = linalg.inv(y)
    return in_triangle(matmul(transposed(inverse), matmul(weights * matmul(transposed(y), g), inverse)), "L")


Cholesky = row("ArrayCholesky", linalg.cholesky, cholesky_vjp)


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """`numpy.linalg.cholesky`."""
    x = asarray(a)
    if not upper:
        return apply(Cholesky, (x,))
    factor = transposed(apply(Cholesky, (transposed(x),)))
    # By LAPACK's other half, whose last digits differ.
    current(factor).array = linalg.cholesky(current(x).array, upper=True)
    return factor


def slogdet(a: Any) -> Any:
    """`numpy.linalg.slogdet`."""
    x = asarray(a)
    found = linalg.slogdet(current(x).array)
    sign = apply(Sign, (x,)) if x.dtype.kind == "c" else found[0]
    return type(found)(sign, apply(LogDet, (x,)))


def pinv_vjp(g: Any, y: Any, a: Any, **_: Any) -> Any:
    """Return the cotangent of a matrix, from that of its pseudo-inverse (Golub and Pereyra, 1973)."""
    p, pt, gt = y, transposed(y), transposed(g)
    rows, columns = numpy.eye(a.shape[-2]), numpy.eye(a.shape[-1])
    share = -matmul(matmul(pt, g), pt)
    share = share + matmul(matmul(rows - matmul(a, p), gt), matmul(p, pt))
    return share + matmul(matmul(pt, p), matmul(gt, columns - matmul(p, a)))


PseudoInverse = row("ArrayPseudoInverse", linalg.pinv, pinv_vjp)


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """`numpy.linalg.lstsq`, of a matrix whose rank stays what it is."""
    x, y = asarray(a), asarray(b)
    found = linalg.lstsq(current(x).array, current(y).array, rcond)
    solution = matmul(apply(PseudoInverse, (x,)), y)
    rest = numpy.abs(y - matmul(x, solution)) ** 2
    residuals = (rest.sum(0) if rest.ndim > 1 else rest.sum(keepdims=True)) if found[1].size else found[1]
    results = (solution, residuals, found[2], svd(x, compute_uv=False))
    for result, value in zip(results, found, strict=True):
        if type(result) is Tensor:
            current(result).array = value
    return results


def norm_vjp(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """Return the cotangent of what the length is of: along it; zero where it has none."""
    length = y
    if axis is not None and not keepdims:
        g, length = numpy.expand_dims(g, axis), numpy.expand_dims(y, axis)
    none = numpy.equal(length, 0)
    return numpy.where(none, 0.0, g / numpy.where(none, 1.0, length)) * x


Norm = row("ArrayNorm", linalg.norm, norm_vjp)


def length_vjp(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """Return the cotangent of what has a length of another order; zero where it has none."""
    length = y
    if axis is not None and not keepdims:
        g, length = numpy.expand_dims(g, axis), numpy.expand_dims(y, axis)
    safe = numpy.where(numpy.equal(length, 0), 1.0, length)
    size = numpy.absolute(x)
    along = x / numpy.where(numpy.equal(size, 0), 1.0, size)
    return numpy.where(numpy.equal(length, 0), 0.0, g * (size / safe) ** (ord - 1)) * along


Length = row("ArrayLength", linalg.norm, length_vjp)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """`numpy.linalg.norm`."""
    given = asarray(x)
    is_vector = given.ndim == 1 if axis is None else not isinstance(axis, tuple) or len(axis) == 1
    if ord is None or ord == "fro" or (is_vector and ord == 2):
        return apply(Norm, (given,), {"ord": ord, "axis": axis, "keepdims": keepdims})
    if is_vector and isinstance(ord, (int, float)) and ord not in (0, 1) and numpy.isfinite(ord):
        return apply(Length, (given,), {"ord": ord, "axis": axis, "keepdims": keepdims})
    return trace_numpy(linalg.norm)(given, ord, axis, keepdims)


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, **others: Any) -> Any:
    """`numpy.linalg.pinv`."""
    given = {"hermitian": hermitian, **others} | ({} if rcond is None else {"rcond": rcond})
    return apply(PseudoInverse, (asarray(a),), given)


def cond(x: Any, p: Any = None) -> Any:
    """`numpy.linalg.cond`; of a singular matrix it has no derivative but nan."""
    a = asarray(x)
    value = linalg.cond(current(a).array, p)
    if p in (None, 2, -2):
        s = svd(a, compute_uv=False)
        made = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    elif numpy.any(singular(current(a).array)):
        made = a.sum((-2, -1)) * numpy.nan
    else:
        made = norm(a, p, (-2, -1)) * norm(apply(Inverse, (a,)), p, (-2, -1))
    current(made).array = value
    return made


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """`numpy.linalg.tensorsolve`."""
    x, y = asarray(a), asarray(b)
    value = linalg.tensorsolve(current(x).array, current(y).array, axes)
    if axes is not None:
        order = [axis for axis in range(x.ndim) if axis not in axes] + list(axes)
        x = numpy.transpose(x, order)
    return numpy.reshape(apply(Solve, (numpy.reshape(x, (value.size, -1)), numpy.ravel(y))), value.shape)


LINALG: Final[dict[Any, Callable[..., Any]]] = {
    linalg.solve: lambda a, b: apply(Solve, (asarray(a), asarray(b))),
    linalg.inv: lambda a: apply(Inverse, (asarray(a),)),
    linalg.det: lambda a: apply(Det, (asarray(a),)),
    linalg.pinv: pinv, linalg.cond: cond, linalg.tensorsolve: tensorsolve,
    linalg.slogdet: slogdet, linalg.cholesky: cholesky, linalg.lstsq: lstsq, linalg.norm: norm, **DECOMPOSITIONS,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""
