"""Decompositions of matrices: one Function per factor, which are made together, with the vjp of each.

The formulas are those of M. Giles, An extended collection of matrix derivative results (Oxford, 2008), section 3, and
for complex factors those of Z.-Q. Wan and S.-X. Zhang, Automatic Differentiation for Complex Valued SVD (2019).

Where a factor is not unique it is as numpy has it: eigenvectors of length 1 whose largest element is real. Within a
space of equal values vectors are as good as any others; what depends on which they are has no derivative there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.arrays.tensor import current
from minitorch.scalars.lost_history import history_ends, loses_history

__all__ = ["DECOMPOSITIONS", "eig", "eigh", "eigvals", "in_triangle", "on_diagonal", "qr", "real_as", "svd"]

linalg: Any = numpy.linalg

EPSILON: Final = 2.0**-52


def real_as(share: Any, x: Any) -> Any:
    """Return a share as real as the input."""
    return share.real if share.dtype.kind == "c" and x.dtype.kind != "c" else share


def on_diagonal(values: Any) -> Any:
    """Return matrices with these values on the diagonal."""
    return values[..., None] * numpy.eye(values.shape[-1])


def in_triangle(share: Any, uplo: str) -> Any:
    """Return the cotangent of the triangle that is read of a symmetric matrix, from that of the whole."""
    both = share + transposed(share)
    half = 1.0 - 0.5 * numpy.eye(share.shape[-1])
    return (numpy.tril if uplo.upper() == "L" else numpy.triu)(both * half)


def gaps(values: Any) -> Any:
    """Return one over the differences of the values, 0 on the diagonal and between equal ones."""
    plain = detached(values)
    apart = plain[..., None, :] - plain[..., :, None]
    size = numpy.max(numpy.abs(plain), -1, initial=0.0)[..., None, None]
    equal = numpy.abs(apart) <= 8.0 * EPSILON * size
    differences = numpy.where(equal, 1.0, values[..., None, :] - values[..., :, None])
    return numpy.where(equal, 0.0, 1.0 / differences)


# -- eigenvalues -------------------------------------------------------------------------------------------------------


def eigh_values_vjp(g: Any, y: Any, a: Any, w: Any, v: Any, uplo: str) -> Any:
    """Return the cotangent of a symmetric matrix, from that of its eigenvalues."""
    _, v = linalg.eigh(a, uplo)
    return in_triangle(real_as(matmul(v * g[..., None, :], transposed(v)), a), uplo)


def eigh_vectors_vjp(g: Any, y: Any, a: Any, w: Any, v: Any, uplo: str) -> Any:
    """Return the cotangent of a symmetric matrix, from that of its eigenvectors."""
    w, v = linalg.eigh(a, uplo)
    inner = gaps(w) * matmul(transposed(v), g)
    return in_triangle(real_as(matmul(v, matmul(inner, transposed(v))), a), uplo)


EighValues = row("ArrayEighValues", lambda a, w, v, uplo: w, eigh_values_vjp, keeps_output=False)
EighVectors = row("ArrayEighVectors", lambda a, w, v, uplo: v, eigh_vectors_vjp, keeps_output=False)


def eigh(a: Any, UPLO: str = "L") -> Any:
    """`numpy.linalg.eigh`."""
    x = asarray(a)
    found = linalg.eigh(current(x).array, UPLO)
    parameters = {"w": found[0], "v": found[1], "uplo": UPLO}
    return type(found)(apply(EighValues, (x,), parameters), apply(EighVectors, (x,), parameters))


def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """`numpy.linalg.eigvalsh`."""
    x = asarray(a)
    found = linalg.eigvalsh(current(x).array, UPLO)
    return apply(EighValues, (x,), {"w": found, "v": None, "uplo": UPLO})


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
    if v.dtype.kind == "c":
        # Each vector is turned so that its largest element is real.
        plain = detached(v)
        largest = numpy.equal(numpy.arange(plain.shape[-2])[:, None], numpy.argmax(numpy.abs(plain), -2)[..., None, :])
        turned = numpy.imag(numpy.sum(conj(v) * g, -2, keepdims=True))
        real_part = numpy.sum(numpy.where(largest, v, 0.0), -2, keepdims=True).real
        g = g - numpy.where(largest, 1j * turned / real_part, 0.0)
    g = g - v * numpy.sum(conj(v) * g, -2, keepdims=True)
    inner = conj(gaps(w)) * matmul(transposed(v), g)
    return real_as(matmul(transposed(linalg.inv(v)), matmul(inner, transposed(v))), a)


EigVectors = row("ArrayEigVectors", lambda a, v: v, eig_vectors_vjp, keeps_output=False)


def eig(a: Any) -> Any:
    """`numpy.linalg.eig`."""
    x = asarray(a)
    found = linalg.eig(current(x).array)
    return type(found)(apply(EigValues, (x,), {"w": found[0]}), apply(EigVectors, (x,), {"v": found[1]}))


# -- singular values ---------------------------------------------------------------------------------------------------


def thin(matrix: Any, count: int) -> tuple[Any, Any]:
    """Return the first columns of each matrix, and the others."""
    return matrix[..., :count], matrix[..., count:]


def left_share(g: Any, u: Any, s: Any, v: Any) -> Any:
    """Return the cotangent of a matrix, from that of all the left singular vectors (u, v: as many as wanted)."""
    count = s.shape[-1]
    (first, beyond), (g, g_beyond), v = thin(u, count), thin(g, count), v[..., :count]
    inner = gaps(s * s) * matmul(transposed(first), g)
    inner = (inner + transposed(inner)) * s[..., None, :]
    rest = (g - matmul(first, matmul(transposed(first), g))) / s[..., None, :]
    share = matmul(matmul(first, inner) + rest, transposed(v))
    if beyond.shape[-1]:
        # The vectors beyond turn only as far as they have to, to stay at right angles to the others.
        turned = matmul(transposed(g_beyond), first / s[..., None, :])
        share = share - matmul(beyond, matmul(turned, transposed(v)))
    return share


def svd_vjp(part: int, g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix, from that of one factor of its singular value decomposition."""
    u, s, vt = linalg.svd(a, full_matrices=part != 1 and g.shape[-1] == g.shape[-2])
    v, count = transposed(vt), s.shape[-1]
    if part == 1:
        return real_as(matmul(u[..., :count] * g[..., None, :], vt[..., :count, :]), a)
    if part == 0:
        return real_as(left_share(g, u, s, v), a)
    share = transposed(left_share(transposed(g), v, s, u))
    if u.dtype.kind == "c":
        # As the vectors on both sides turn together, those on the left take their angle from those on the right.
        along = numpy.sum(conj(v[..., :count]) * transposed(g)[..., :count], -2)
        angle = -1j * numpy.imag(along) / s
        share = share + matmul(u[..., :count] * angle[..., None, :], vt[..., :count, :])
    return real_as(share, a)


SvdFactors = [
    row(
        f"ArraySvd{name}", lambda a, value: value, lambda g, y, a, value, part=part: svd_vjp(part, g, y, a, value),
        keeps_output=False,
    )
    for part, name in enumerate(("Left", "Values", "Right"))
]  # fmt: skip


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """`numpy.linalg.svd`."""
    x = asarray(a)
    plain = current(x).array
    if not compute_uv:
        return apply(SvdFactors[1], (x,), {"value": linalg.svd(plain, compute_uv=False, hermitian=hermitian)})
    found = linalg.svd(plain, full_matrices, True, hermitian)
    return type(found)(*(apply(f, (x,), {"value": v}) for f, v in zip(SvdFactors, found, strict=True)))


# -- orthogonal and triangular -----------------------------------------------------------------------------------------


def qr_vjp(part: int, g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix from that of one factor; columns beyond a square are made of the others."""
    q, r = linalg.qr(a)
    count = q.shape[-1]
    zero = numpy.zeros(())
    gq, gr = (g, zero * r) if part == 0 else (zero * q, g)
    (r, _), (gr, g_beyond) = thin(r, count), thin(gr, count)
    if g_beyond.shape[-1]:
        gq = gq + matmul(a[..., count:], transposed(g_beyond))
    m = matmul(r, transposed(gr)) - matmul(transposed(gq), q)
    below = numpy.tril(m, -1)
    m = below + transposed(below) + on_diagonal(numpy.real(numpy.diagonal(m, 0, -2, -1)))
    share = transposed(linalg.solve(r, transposed(gq + matmul(q, m))))
    if g_beyond.shape[-1]:
        share = numpy.concatenate([share, matmul(q, g_beyond)], -1)
    return real_as(share, a)


QrFactors = [
    row(
        f"ArrayQr{name}", lambda a, value: value, lambda g, y, a, value, part=part: qr_vjp(part, g, y, a, value),
        keeps_output=False,
    )
    for part, name in enumerate(("Q", "R"))
]  # fmt: skip


def qr_rest_vjp(g: Any, y: Any, a: Any, value: Any) -> Any:
    """Return the cotangent of a matrix, from that of the columns of a complete Q beyond its own, as in `left_share`."""
    q, r = linalg.qr(a)
    _, rest = thin(linalg.qr(a, "complete")[0], q.shape[-1])
    return real_as(-matmul(matmul(rest, transposed(g)), matmul(q, transposed(linalg.inv(r)))), a)


QrRest = row("ArrayQrRest", lambda a, value: value, qr_rest_vjp, keeps_output=False)


def completed(x: Any, found: Any) -> Any:
    """Return the complete factors of a matrix with more rows than columns."""
    rows, columns = x.shape[-2:]
    thin_q, thin_r = qr(x)
    rest = apply(QrRest, (x,), {"value": found[0][..., columns:]})
    zeros = numpy.zeros((*x.shape[:-2], rows - columns, columns))
    factors: Any = numpy.concatenate([thin_q, rest], -1), numpy.concatenate([thin_r, zeros], -2)
    for factor, value in zip(factors, found, strict=True):
        current(factor).array = value
    return type(found)(*factors)


def qr(a: Any, mode: str = "reduced") -> Any:
    """`numpy.linalg.qr`."""
    x = asarray(a)
    plain = current(x).array
    if mode == "r":
        return apply(QrFactors[1], (x,), {"value": linalg.qr(plain, "r")})
    found = linalg.qr(plain, mode)
    if mode not in ("reduced", "complete"):
        if not loses_history(current(x)):
            return found
        cure = "What LAPACK keeps of the factors has no rule: take mode='reduced'."
        raise history_ends(f"numpy.linalg.qr(mode={mode!r})", x.label(), cure, [current(x)])
    if mode == "complete" and plain.shape[-2] > plain.shape[-1]:
        return completed(x, found)
    return type(found)(*(apply(f, (x,), {"value": v}) for f, v in zip(QrFactors, found, strict=True)))


DECOMPOSITIONS: Final[dict[Any, Callable[..., Any]]] = {
    linalg.eigh: eigh, linalg.eigvalsh: eigvalsh, linalg.eig: eig, linalg.eigvals: eigvals, linalg.svd: svd,
    linalg.qr: qr,
}  # fmt: skip
"""By function of numpy's: what stands in for it."""
if hasattr(linalg, "svdvals"):
    DECOMPOSITIONS[linalg.svdvals] = lambda x: svd(x, compute_uv=False)
