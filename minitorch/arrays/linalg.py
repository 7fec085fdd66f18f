"""Linear algebra: each function with its vjp in terms of others, for stacks of matrices too.

The formulas are those of M. Giles, An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation (Oxford, 2008), sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.arrays.reductions import others
from minitorch.arrays.tensor import Tensor, current
from minitorch.arrays.traced_numpy import trace_numpy

__all__ = ["LINALG"]

linalg: Any = numpy.linalg


def real_as(share: Any, x: Any) -> Any:
    """Return a share as real as the input."""
    return share.real if share.dtype.kind == "c" and x.dtype.kind != "c" else share


def on_diagonal(values: Any) -> Any:
    """Return matrices with these values on the diagonal."""
    return values[..., None] * numpy.eye(values.shape[-1])


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


def cholesky_vjp(g: Any, y: Any, a: Any) -> Any:
    """Return the cotangent of a symmetric matrix, from that of its lower factor."""
    size = y.shape[-1]
    weights = numpy.tril(numpy.ones((size, size))) - 0.5 * numpy.eye(size)
    inverse = linalg.inv(y)
    share = matmul(transposed(inverse), matmul(weights * matmul(transposed(y), g), inverse))
    return 0.5 * (share + transposed(share))


Cholesky = row("ArrayCholesky", linalg.cholesky, cholesky_vjp)


def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """`numpy.linalg.cholesky`."""
    lower = apply(Cholesky, (asarray(a),))
    return transposed(lower) if upper else lower


def gaps(values: Any) -> Any:
    """Return one over the differences of the values, 0 on the diagonal."""
    size = values.shape[-1]
    differences = values[..., None, :] - values[..., :, None] + numpy.eye(size)
    return (1.0 - numpy.eye(size)) / differences


# -- decompositions: one Function per factor, which are made together --------------------------------------------------


def symmetric(matrix: Any) -> Any:
    """Return the symmetric part."""
    return 0.5 * (matrix + transposed(matrix))


def eigh_values_vjp(g: Any, y: Any, a: Any, w: Any, v: Any, uplo: str) -> Any:
    """Return the cotangent of a symmetric matrix, from that of its eigenvalues."""
    _, v = linalg.eigh(a, uplo)
    return real_as(symmetric(matmul(v * g[..., None, :], transposed(v))), a)


def eigh_vectors_vjp(g: Any, y: Any, a: Any, w: Any, v: Any, uplo: str) -> Any:
    """Return the cotangent of a symmetric matrix, from that of its eigenvectors."""
    w, v = linalg.eigh(a, uplo)
    inner = gaps(w) * matmul(transposed(v), g)
    return real_as(symmetric(matmul(v, matmul(inner, transposed(v)))), a)


EighValues = row("ArrayEighValues", lambda a, w, v, uplo: w, eigh_values_vjp, keeps_output=False)
EighVectors = row("ArrayEighVectors", lambda a, w, v, uplo: v, eigh_vectors_vjp, keeps_output=False)


def eigh(a: Any, UPLO: str = "L") -> Any:
    """`numpy.linalg.eigh`."""
    x = asarray(a)
    found = linalg.eigh(current(x).array, UPLO)
    parameters = {"w": found[0], "v": found[1], "uplo": UPLO}
    return type(found)(apply(EighValues, (x,), parameters), apply(EighVectors, (x,), parameters))


def eig_values_vjp(g: Any, y: Any, a: Any, w: Any) -> Any:
    """Return the cotangent of a matrix, from that of its eigenvalues."""
    _, v = linalg.eig(a)
    back = transposed(linalg.inv(v))
    return real_as(matmul(back * g[..., None, :], transposed(v)), a)


EigValues = row("ArrayEigValues", lambda a, w: w, eig_values_vjp, keeps_output=False)


def eigvals(a: Any) -> Any:
    """`numpy.linalg.eigvals`."""
    x = asarray(a)
    return apply(EigValues, (x,), {"w": linalg.eigvals(current(x).array)})


def eig_vectors_vjp(g: Any, y: Any, a: Any, v: Any) -> Any:
    """Return the cotangent of a matrix, from that of its eigenvectors of length 1."""
    w, v = linalg.eig(a)
    inner = matmul(transposed(v), g)
    # Each vector keeps its length: what points along it is taken away.
    along = numpy.real(numpy.einsum("...ij,...ij->...j", conj(v), g))
    inner = inner - matmul(transposed(v), v) * along[..., None, :]
    back = transposed(linalg.inv(v))
    return real_as(matmul(back, matmul(conj(gaps(w)) * inner, transposed(v))), a)


EigVectors = row("ArrayEigVectors", lambda a, v: v, eig_vectors_vjp, keeps_output=False)


def eig(a: Any) -> Any:
    """`numpy.linalg.eig`."""
    x = asarray(a)
    found = linalg.eig(current(x).array)
    return type(found)(apply(EigValues, (x,), {"w": found[0]}), apply(EigVectors, (x,), {"v": found[1]}))


def svd_parts(a: Any) -> tuple[Any, Any, Any]:
    """Return the thin singular value decomposition."""
    u, s, vt = linalg.svd(a, full_matrices=False)
    return u, s, vt


def svd_vjp(part: int, g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix, from that of one factor of its thin singular value decomposition."""
    u, s, vt = svd_parts(a)
    if part == 1:
        return real_as(matmul(u * g[..., None, :], vt), a)
    square = s * s
    f = gaps(square)
    if part == 0:
        j = f * matmul(transposed(u), g)
        share = matmul(matmul(u, (j + transposed(j)) * s[..., None, :]), vt)
        rest = g - matmul(u, matmul(transposed(u), g))
        return real_as(share + matmul(rest / s[..., None, :], vt), a)
    gv, v = transposed(g), transposed(vt)
    j = f * matmul(transposed(v), gv)
    share = matmul(u, matmul(s[..., :, None] * (j + transposed(j)), vt))
    rest = gv - matmul(v, matmul(transposed(v), gv))
    return real_as(share + matmul(u / s[..., None, :], transposed(rest)), a)


SvdFactors = [
    row(
        f"ArraySvd{name}", lambda a, value: value, lambda g, y, a, value, part=part: svd_vjp(part, g, y, a, value),
        keeps_output=False,
    )
    for part, name in enumerate(("Left", "Values", "Right"))
]  # fmt: skip


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """`numpy.linalg.svd`; the vectors beyond the thin decomposition have no derivative."""
    x = asarray(a)
    plain = current(x).array
    if not compute_uv:
        return apply(SvdFactors[1], (x,), {"value": linalg.svd(plain, compute_uv=False, hermitian=hermitian)})
    found = linalg.svd(plain, full_matrices and plain.shape[-1] == plain.shape[-2], True, hermitian)
    return type(found)(*(apply(f, (x,), {"value": v}) for f, v in zip(SvdFactors, found, strict=True)))


def qr_vjp(part: int, g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix with at least as many rows as columns, from that of one factor."""
    q, r = linalg.qr(a)
    zero = numpy.zeros(())
    gq, gr = (g, zero * r) if part == 0 else (zero * q, g)
    m = matmul(r, transposed(gr)) - matmul(transposed(gq), q)
    m = numpy.tril(m) + transposed(numpy.tril(m, -1))
    return real_as(transposed(linalg.solve(r, transposed(gq + matmul(q, m)))), a)


QrFactors = [
    row(
        f"ArrayQr{name}", lambda a, value: value, lambda g, y, a, value, part=part: qr_vjp(part, g, y, a, value),
        keeps_output=False,
    )
    for part, name in enumerate(("Q", "R"))
]  # fmt: skip


def qr(a: Any, mode: str = "reduced") -> Any:
    """`numpy.linalg.qr`."""
    x = asarray(a)
    found = linalg.qr(current(x).array, "reduced" if mode == "r" else mode)
    factors = [apply(f, (x,), {"value": v}) for f, v in zip(QrFactors, found, strict=True)]
    return factors[1] if mode == "r" else type(found)(*factors)


def slogdet(a: Any) -> Any:
    """`numpy.linalg.slogdet`."""
    x = asarray(a)
    found = linalg.slogdet(current(x).array)
    return type(found)(found[0], apply(LogDet, (x,)))


def pinv_vjp(g: Any, y: Any, a: Any, **_: Any) -> Any:
    """Return the cotangent of a matrix, from that of its pseudo-inverse (Golub and Pereyra, 1973)."""
    p, pt, gt = y, transposed(y), transposed(g)
    rows, columns = numpy.eye(a.shape[-2]), numpy.eye(a.shape[-1])
    share = -matmul(matmul(pt, g), pt)
    share = share + matmul(matmul(rows - matmul(a, p), gt), matmul(p, pt))
    return share + matmul(matmul(pt, p), matmul(gt, columns - matmul(p, a)))


PseudoInverse = row("ArrayPseudoInverse", linalg.pinv, pinv_vjp)


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """`numpy.linalg.lstsq`: the solution has a derivative, its quality has none."""
    x, y = asarray(a), asarray(b)
    found = linalg.lstsq(current(x).array, current(y).array, rcond)
    solution = matmul(apply(PseudoInverse, (x,)), y)
    current(solution).array = found[0]
    return (solution, *found[1:])


def norm_vjp(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """Return the cotangent of what the length is of: along it; zero where it has none."""
    length = y
    if axis is not None and not keepdims:
        g, length = numpy.expand_dims(g, axis), numpy.expand_dims(y, axis)
    none = numpy.equal(length, 0)
    return numpy.where(none, 0.0, g / numpy.where(none, 1.0, length)) * x


Norm = row("ArrayNorm", linalg.norm, norm_vjp)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """`numpy.linalg.norm`."""
    given = asarray(x)
    is_vector = given.ndim == 1 if axis is None else not isinstance(axis, tuple) or len(axis) == 1
    if ord is None or ord == "fro" or (is_vector and ord == 2):
        return apply(Norm, (given,), {"ord": ord, "axis": axis, "keepdims": keepdims})
    return trace_numpy(linalg.norm)(given, ord, axis, keepdims)


LINALG: Final[dict[Any, Callable[..., Any]]] = {
    linalg.solve: lambda a, b: apply(Solve, (asarray(a), asarray(b))),
    linalg.inv: lambda a: apply(Inverse, (asarray(a),)),
    linalg.det: lambda a: apply(Det, (asarray(a),)),
    linalg.pinv: lambda a, *_, **parameters: apply(PseudoInverse, (asarray(a),), parameters),
    linalg.slogdet: slogdet, linalg.cholesky: cholesky, linalg.eigh: eigh, linalg.eig: eig, linalg.eigvals: eigvals,
    linalg.eigvalsh: lambda a, UPLO="L": eigh(a, UPLO)[0],
    linalg.svd: svd, linalg.qr: qr, linalg.lstsq: lstsq, linalg.norm: norm,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""
if hasattr(linalg, "svdvals"):
    LINALG[linalg.svdvals] = lambda x: svd(x, compute_uv=False)
