"""Eigenvalues, singular values, exponentials, inverses and norms of sparse matrices, by those of the full matrix."""

from __future__ import annotations

from typing import Any, Final

import numpy
import scipy.linalg
import scipy.sparse as sparse

from minitorch.arrays.function import apply
from minitorch.arrays.linalg import norm as norm_of_tensor
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.products import conj, matmul, transposed
from minitorch.scipy_functions.decompositions import eig_of, phases
from minitorch.scipy_functions.decompositions import eigh as formula_of_eigh
from minitorch.scipy_functions.matrix_functions import MatrixFunction
from minitorch.scipy_functions.sparse_entries import Entries, numbered, with_entries
from minitorch.scipy_functions.sparse_solvers import dense_of
from minitorch.scipy_functions.valued import Formula

__all__ = ["SPARSE_FUNCTIONS"]

linalg: Any = numpy.linalg


def nearest(found: Any, values: Any) -> Any:
    """Return for each value found the position of the nearest one."""
    return numpy.argmin(numpy.abs(numpy.asarray(found)[:, None] - values[None, :]), axis=1)


def eigsh(found: Any, A: Any, k: int = 6, M: Any = None, return_eigenvectors: bool = True, **_: Any) -> Any:
    """`scipy.sparse.linalg.eigsh`, of a matrix that is symmetric."""
    a = dense_of(A)
    a = 0.5 * (a + transposed(a))
    b = None if M is None else dense_of(M)
    plain = scipy.linalg.eigh(a.data, None if b is None else b.data)
    w, v = formula_of_eigh(plain, a, b)
    order = nearest(found[0] if return_eigenvectors else found, plain[0])
    if not return_eigenvectors:
        return w[order]
    return w[order], v[:, order] * phases(found[1], plain[1][:, order])


def eigs(found: Any, A: Any, k: int = 6, M: Any = None, return_eigenvectors: bool = True, **_: Any) -> Any:
    """`scipy.sparse.linalg.eigs`."""
    a = dense_of(A)
    a = a if M is None else linalg.solve(dense_of(M), a)
    if not return_eigenvectors:
        return eig_of(a, found, None)[0]
    return eig_of(a, *found)


def svds(found: Any, A: Any, k: int = 6, return_singular_vectors: Any = True, **_: Any) -> Any:
    """`scipy.sparse.linalg.svds`."""
    u, s, vt = linalg.svd(dense_of(A), full_matrices=False)
    if return_singular_vectors is False:
        return s[nearest(found, s.data)]
    order = nearest(found[1], s.data)
    left = right = None
    if found[0] is not None:
        signs = phases(found[0], u.data[:, order])
        left = u[:, order] * signs
    if found[2] is not None:
        signs = phases(transposed(found[2]), transposed(vt.data[order]))
        right = conj(signs)[:, None] * vt[order]
    return left, s[order], right


def exponential(a: Any) -> Any:
    """Return the exponential of a matrix."""
    return apply(MatrixFunction, (a,), {"function": scipy.linalg.expm})


def in_places_of(plain: Any, full: Any) -> Any:
    """Return a sparse matrix with the histories of the elements of a full one."""
    rows, columns, _ = numbered(plain)
    return with_entries(plain, Entries(rows, columns, full[rows, columns], plain.shape))


def expm(found: Any, A: Any) -> Any:
    """`scipy.sparse.linalg.expm`."""
    made = exponential(dense_of(A))
    return in_places_of(found, made) if sparse.issparse(found) else made


def inv(found: Any, A: Any) -> Any:
    """`scipy.sparse.linalg.inv`."""
    return in_places_of(found, linalg.inv(dense_of(A)))


def expm_multiply(
    found: Any,
    A: Any,
    B: Any,
    start: Any = None,
    stop: Any = None,
    num: Any = None,
    endpoint: Any = None,
    traceA: Any = None,
) -> Any:
    """`scipy.sparse.linalg.expm_multiply`, at one time or at several."""
    a, b = dense_of(A), dense_of(B)
    if start is None and stop is None and num is None:
        return matmul(exponential(a), b)
    times = numpy.linspace(
        detached(start), detached(stop), 50 if num is None else num, True if endpoint is None else endpoint
    )
    return numpy.stack([matmul(exponential(a * time), b) for time in times])


def norm(found: Any, x: Any, ord: Any = None, axis: Any = None) -> Any:
    """`scipy.sparse.linalg.norm`."""
    return norm_of_tensor(asarray(dense_of(x)), ord, axis)


SPARSE_FUNCTIONS: Final[dict[str, Formula]] = {
    formula.__name__: formula for formula in (eigsh, eigs, svds, expm, inv, expm_multiply, norm)
}
"""By name in `scipy.sparse.linalg`: what gives the history."""
