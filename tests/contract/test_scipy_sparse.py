"""scipy.sparse inside a differentiated function: constant matrices, matrices made of active numbers, and solvers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse.linalg as sparse_linalg
from scipy import sparse
from scipy.sparse import csgraph
from scipy_rules import assert_derivatives

from minitorch.autodiff.errors import BackwardError, HistoryLostError
from minitorch.derivatives.reverse_mode import grad
from minitorch.tracing.libraries.scipy_sparse import CLASSES
from minitorch.tracing.libraries.scipy_sparse_linalg import FACTORS, FORMULAS, PLAIN, REFUSED

V = np.array([0.53, 1.3, 2.15, 0.92])
M = np.array([[2.0, 0.3, -0.5], [0.7, 1.5, 0.4], [-0.2, 0.6, 3.0]])
A = np.array([[1.0, 0, 2, 0], [0, 3, 0, 0], [0, 0, 0, 1.5]])
S = np.array([[4.0, 1, 0, 0], [1, 5, 0.5, 0], [0, 0.3, 3, 0.7], [0.2, 0, 0, 6]])
ROW, COL = np.array([0, 1, 2, 3, 0, 3]), np.array([0, 1, 2, 3, 2, 1])
D = np.array([4.0, 3.0, 5.0, 2.5, 0.5, -0.7])

Case = Callable[[Any], Any]


def made(x: Any, kind: Any = sparse.csc_matrix) -> Any:
    """Return a sparse matrix of active numbers."""
    return kind((x, (ROW, COL)), shape=(4, 4))


def spd(x: Any, kind: Any = sparse.csr_matrix) -> Any:
    """Return a symmetric sparse matrix that is positive definite."""
    a = made(x, kind)
    return a @ a.T + 3.0 * sparse.eye(4, format="csr")


@pytest.mark.parametrize("name", CLASSES)
def test_constant_matrices_times_arrays(name: str) -> None:
    if not hasattr(sparse, name):
        return
    a = getattr(sparse, name)(A)
    assert_derivatives(lambda x: a @ x, V)
    assert_derivatives(lambda x: a.dot(np.stack([x, x**2], 1)) * x[0], V)
    assert_derivatives(lambda x: x @ a, V[:3])
    assert_derivatives(lambda x: (x @ a) ** 2, M[:2])
    assert_derivatives(lambda x: a.T @ x[:3], V, order=1)
    assert_derivatives(lambda x: (x[0] * a).toarray() if name.startswith(("csr", "coo")) else a @ (x[0] * V), V)
    if name.endswith("matrix"):
        assert_derivatives(lambda x: a * x, V)
    elif not name.startswith("dok"):
        assert_derivatives(lambda x: (a * x).sum(axis=1), V)


@pytest.mark.parametrize("name", [name for name in CLASSES if not name.startswith(("dok", "lil", "dia"))])
def test_matrices_of_active_numbers(name: str) -> None:
    if not hasattr(sparse, name):
        return
    kind = getattr(sparse, name)
    assert_derivatives(lambda x: made(x, kind).toarray(), D)
    assert_derivatives(lambda x: made(x, kind) @ x[:4], D)
    assert_derivatives(lambda x: x[:4] @ made(x, kind), D)
    assert_derivatives(lambda x: kind(np.outer(x, x)) @ x, V)


B = sparse.csr_array(S)

MATRICES: dict[str, tuple[Case, Any]] = {
    "duplicates": (lambda x: sparse.coo_matrix((x, ([0, 0, 1, 0], [1, 1, 0, 2])), shape=(2, 3)).tocsr() @ V[:3], V),
    "duplicates dense": (lambda x: sparse.csr_array((x, ([0, 0, 1, 0], [1, 1, 0, 2])), shape=(2, 3)).toarray(), V),
    "indptr": (lambda x: sparse.csr_matrix((x, [0, 2, 1, 2], [0, 2, 3, 4])) @ V[:3], V),
    "data": (lambda x: (made(x) * x[0]).data, D),
    "list": (lambda x: sparse.csr_matrix([[x[0], 0.0], [1.0, x[1] * x[2]]]) @ np.ones(2), V),
    "diags": (lambda x: sparse.diags([x, x[1:] ** 2], [0, 1]) @ x, V),
    "diags one": (lambda x: sparse.diags(x, format="csr").toarray(), V),
    "diags csc": (lambda x: sparse.diags([x[1:], x, x[:-1]], [-1, 0, 1], format="csc") @ V, V),
    "dia": (lambda x: sparse.dia_matrix((np.stack([x, x**2]), [0, 1]), shape=(4, 4)) @ V, V),
    "spdiags": (lambda x: sparse.spdiags(np.stack([x, x**2]), [0, -1], 4, 4) @ V, V),
    "eye": (lambda x: (x[0] * sparse.eye(4) + sparse.identity(4) / x[1]) @ x, V),
    "kron": (lambda x: sparse.kron(made(x), sparse.eye(2)) @ np.arange(8.0), D),
    "kron both": (lambda x: sparse.kron(made(x), made(x**2), format="csr").toarray(), D),
    "hstack": (lambda x: sparse.hstack([made(x), sparse.csr_matrix(S)]) @ np.arange(8.0), D),
    "vstack": (lambda x: sparse.vstack([made(x, sparse.csr_matrix), 2.0 * made(x)], format="csr") @ V, D),
    "bmat": (lambda x: sparse.bmat([[made(x), None], [None, sparse.eye(2)]]).toarray(), D),
    "block_diag": (lambda x: sparse.block_diag([made(x), S]) @ np.arange(8.0), D),
    "tril": (lambda x: sparse.tril(made(x)).toarray(), D),
    "triu": (lambda x: sparse.triu(made(x), k=1, format="csr") @ V, D),
    "transpose": (lambda x: made(x).T @ V, D),
    "slices": (lambda x: made(x, sparse.csr_matrix)[1:, :3].toarray(), D),
    "row": (lambda x: made(x, sparse.csr_array)[[0, 2]] @ V, D),
    "element": (lambda x: made(x, sparse.csr_matrix)[0, 2] * made(x)[1, 1], D),
    "sum": (lambda x: made(x).sum() ** 2, D),
    "sum 0": (lambda x: made(x, sparse.csr_array).sum(axis=0), D),
    "sum 1": (lambda x: made(x, sparse.coo_array).sum(axis=1), D),
    "mean": (lambda x: made(x, sparse.coo_array).mean(axis=-1) * made(x).mean(), D),
    "diagonal": (lambda x: made(x).diagonal() * made(x).trace(), D),
    "add": (lambda x: (made(x) + made(x**2, sparse.csr_matrix) + sparse.csr_matrix(S)).toarray(), D),
    "subtract": (lambda x: (sparse.csr_matrix(S) - made(x)).toarray(), D),
    "cancel": (lambda x: (made(x) - made(x**2 / x)).toarray() * x[0] ** 2, D),
    "plus dense": (lambda x: made(x, sparse.csr_array) + x[:4], D),
    "dense minus": (lambda x: x[:4] - B, D),
    "negative": (lambda x: (-made(x)) @ V, D),
    "divide": (lambda x: (made(x) / x[1] / 2.0) @ V, D),
    "multiply": (lambda x: made(x).multiply(x[:4]).toarray(), D),
    "multiply sparse": (lambda x: made(x).multiply(made(x + 1.0)).toarray(), D),
    "multiply constant": (lambda x: B.multiply(made(x, sparse.csr_array)).toarray(), D),
    "array times": (lambda x: (made(x, sparse.csr_array) * B).toarray(), D),
    "matrix times": (lambda x: (made(x) * made(x) * sparse.csc_matrix(S)).toarray(), D),
    "products": (lambda x: (B @ made(x, sparse.csr_array) @ made(x**2, sparse.csc_array)).toarray(), D),
    "power": (lambda x: (made(x) ** 3).toarray(), D),
    "power elementwise": (lambda x: (made(x, sparse.csr_array) ** 2).power(3).toarray(), D),
    "sin": (lambda x: made(x).sin().expm1().toarray(), D),
    "abs": (lambda x: abs(made(x)).toarray(), D),
    "conj": (lambda x: (made(x) * 1j).conj().T.toarray(), D),
    "complex": (lambda x: (made(x) * (1.0 + 2.0j)) @ (x[:4] * 1j), D),
    "formats": (lambda x: made(x).tobsr().tocoo().todia().tocsr().asformat("csc") @ V, D),
    "copies": (lambda x: made(x).copy().tocsr(copy=True) @ V, D),
    "sums of matrices": (lambda x: sum([made(x), made(x)]).toarray(), D),
    "scalar kron": (lambda x: (sparse.kron(sparse.eye(2), M) * x[0]) @ np.arange(6.0), V),
    "laplacian": (lambda x: made(x, sparse.csr_array).astype(float).reshape((2, 8)) @ np.arange(8.0), D),
}

CG = {"rtol": 1e-13}
OPERATOR = sparse_linalg.aslinearoperator(S)

SOLVERS: dict[str, tuple[Case, Any]] = {
    "spsolve": (lambda x: sparse_linalg.spsolve(made(x), V), D),
    "spsolve b": (lambda x: sparse_linalg.spsolve(sparse.csr_matrix(S), x), V),
    "spsolve both": (lambda x: sparse_linalg.spsolve(made(x, sparse.csr_array), np.stack([x[:4], V], 1)), D),
    "spsolve column": (lambda x: sparse_linalg.spsolve(made(x), x[:4, None]), D),
    "spsolve complex": (lambda x: sparse_linalg.spsolve(made(x) * (1.0 + 1.0j), V * 1j), D),
    "spsolve_triangular": (lambda x: sparse_linalg.spsolve_triangular(sparse.tril(made(x), format="csr"), x[:4]), D),
    "spsolve_triangular unit": (
        lambda x: sparse_linalg.spsolve_triangular(sparse.triu(made(x), format="csr"), V, False, unit_diagonal=True),
        D,
    ),
    "splu": (lambda x: sparse_linalg.splu(made(x)).solve(x[:4]), D),
    "splu T": (lambda x: sparse_linalg.splu(made(x)).solve(V, "T"), D),
    "splu constant": (lambda x: sparse_linalg.splu(sparse.csc_matrix(S)).solve(x, "T"), V),
    "spilu": (lambda x: sparse_linalg.spilu(sparse.csc_matrix(S)).solve(x), V),
    "factorized": (lambda x: sparse_linalg.factorized(made(x))(x[:4]) + sparse_linalg.factorized(B.tocsc())(x[:4]), D),
    "cg": (lambda x: sparse_linalg.cg(spd(x), V, **CG)[0], D),
    "cg dense": (lambda x: sparse_linalg.cg(x @ x.T + np.eye(3), V[:3], **CG)[0], M),
    "cg operator": (
        lambda x: sparse_linalg.cg(
            sparse_linalg.LinearOperator((4, 4), matvec=lambda v: x**2 * v + 0.5 * v.sum(), dtype=float), V, **CG
        )[0],
        V,
    ),
    "gmres": (lambda x: sparse_linalg.gmres(made(x), x[:4], **CG)[0], D),
    "gmres operator": (lambda x: sparse_linalg.gmres(OPERATOR, x, **CG)[0], V),
    "gmres preconditioned": (
        lambda x: sparse_linalg.gmres(made(x), V, M=sparse_linalg.aslinearoperator(np.eye(4) / 3.0), **CG)[0],
        D,
    ),
    "bicgstab": (lambda x: sparse_linalg.bicgstab(made(x), V, x0=V, **CG)[0], D),
    "minres": (lambda x: sparse_linalg.minres(spd(x), V, shift=0.5, **CG)[0], D),
    "lgmres": (lambda x: sparse_linalg.lgmres(made(x), V, **CG)[0], D),
    "lsqr": (lambda x: sparse_linalg.lsqr(made(x)[:, :3], V, atol=1e-15, btol=1e-15)[0], D),
    "lsqr damp": (lambda x: sparse_linalg.lsqr(A, x, damp=0.5, atol=1e-15, btol=1e-15)[0], V[:3]),
    "lsmr": (lambda x: sparse_linalg.lsmr(made(x)[:, :3], x[:4], atol=1e-15, btol=1e-15)[3], D),
}

FUNCTIONS: dict[str, tuple[Case, Any]] = {
    "eigsh": (lambda x: sparse_linalg.eigsh(spd(x), k=2, v0=V)[0], D),
    "eigsh v": (lambda x: sparse_linalg.eigsh(spd(x), k=2, which="SM", v0=V)[1] ** 2, D),
    "eigsh only": (lambda x: sparse_linalg.eigsh(spd(x), 1, sigma=2.0, v0=V, return_eigenvectors=False), D),
    "eigsh M": (lambda x: sparse_linalg.eigsh(spd(x), 2, M=spd(x + 1.0).tocsc(), v0=V)[0], D),
    "eigs": (lambda x: sparse_linalg.eigs(made(x), k=2, v0=V)[0], D),
    "svds": (lambda x: sparse_linalg.svds(made(x), k=2, v0=V)[1], D),
    "svds only": (lambda x: sparse_linalg.svds(made(x), 2, v0=V, return_singular_vectors=False), D),
    "svds u": (lambda x: sparse_linalg.svds(made(x), 2, v0=V)[0] ** 2, D),
    "expm": (lambda x: sparse_linalg.expm(0.2 * made(x)).toarray(), D),
    "inv": (lambda x: sparse_linalg.inv(made(x)).toarray(), D),
    "expm_multiply": (lambda x: sparse_linalg.expm_multiply(0.2 * made(x), x[:4]), D),
    "expm_multiply constant": (lambda x: sparse_linalg.expm_multiply(B, np.stack([x, V], 1)), V),
    "expm_multiply times": (lambda x: sparse_linalg.expm_multiply(made(x), V, start=0.1, stop=0.3, num=3), D),
    "norm": (lambda x: sparse_linalg.norm(made(x)), D),
    "norm 1": (lambda x: sparse_linalg.norm(made(x), 1), D),
    "norm axis": (lambda x: sparse_linalg.norm(made(x), axis=0), D),
    "matrix_power": (lambda x: sparse_linalg.matrix_power(made(x, sparse.csr_array), 3).toarray(), D),
    "LinearOperator": (lambda x: sparse_linalg.aslinearoperator(made(x)).matvec(x[:4]), D),
    "LinearOperator matmat": (lambda x: (OPERATOR @ np.stack([x, x**2], 1)) + OPERATOR.matvec(x)[:, None], V),
}

CASES = {**MATRICES, **SOLVERS, **FUNCTIONS}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning", "ignore::FutureWarning")
def test_derivatives(name: str) -> None:
    f, x = CASES[name]
    assert_derivatives(f, x, first=1e-7)


MORE: dict[str, tuple[Case, Any]] = {
    "find": (lambda x: sparse.find(made(x))[2] * x, D),
    "kronsum": (lambda x: sparse.kronsum(made(x), S) @ np.arange(16.0), D),
    "numbers": (lambda x: (float(x[0]) * sparse.csr_matrix(S) + made(x)) @ [x[1], 1.0, 2.0, x[2]], D),
    "rows of numbers": (lambda x: sparse.csr_matrix(S) @ [x[0], x[1], 1.0, 0.0], V),
}


@pytest.mark.parametrize("name", MORE)
def test_more_derivatives(name: str) -> None:
    f, x = MORE[name]
    assert_derivatives(f, x)


def test_numbers_take_part() -> None:
    a, v = sparse.csr_matrix(S), V

    def f(s: float, t: float) -> Any:
        return ((s * a + a * t / s) @ v)[0] + sparse.diags([s, t], 0).toarray()[1, 1]

    slope = grad(f, argnums=(0, 1))(2.0, 3.0)
    product = (S @ V)[0]
    assert slope == pytest.approx((product * (1.0 - 3.0 / 4.0), product / 2.0 + 1.0), rel=1e-13)


def filled(a: Any, x: Any) -> Any:
    """Return a matrix of which an element was set."""
    a[0, 1] = x[0]
    return a


REFUSALS: dict[str, Case] = {
    "lobpcg": lambda x: sparse_linalg.lobpcg(spd(x), np.eye(4)[:, :1])[0],
    "onenormest": lambda x: sparse_linalg.onenormest(made(x)),
    "csgraph": lambda x: csgraph.shortest_path(made(x)),
    "laplacian of arrays": lambda x: csgraph.minimum_spanning_tree(np.outer(x, x)).sum(),
    "spilu": lambda x: sparse_linalg.spilu(made(x)).solve(V),
    "lil": lambda x: made(x).tolil(),
    "dok": lambda x: sparse.dok_matrix(np.outer(x, x)),
    "todense": lambda x: made(x).todense(),
    "element": lambda x: filled(sparse.lil_matrix((2, 2)), x).toarray(),
    "element of csr": lambda x: filled(sparse.csr_matrix(S), x).toarray(),
    "element of dok": lambda x: filled(sparse.dok_matrix((2, 2)), x).tocsr() @ V[:2],
    "maximum": lambda x: made(x).maximum(made(x**2)).toarray(),
    "factors": lambda x: sparse_linalg.splu(made(x)).L,
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_has_no_derivative_says_so(name: str) -> None:
    with pytest.raises((HistoryLostError, BackwardError, NotImplementedError)):
        grad(lambda x: np.sum(REFUSALS[name](x)))(D)


def test_matrices_stay_what_they_are() -> None:
    seen = []

    def f(x: Any) -> Any:
        a = made(x, sparse.csr_matrix)
        seen.append(
            (isinstance(a, sparse.csr_matrix), a.__class__ is sparse.csr_matrix, a.format, a.shape, a.nnz, a.dtype)
        )
        return a.sum()

    grad(f)(D)
    f(D)
    assert seen[0] == seen[1]


CONSTANT = """eye eye_array identity get_index_dtype issparse isspmatrix isspmatrix_bsr isspmatrix_coo isspmatrix_csc
    isspmatrix_csr isspmatrix_dia isspmatrix_dok isspmatrix_lil rand random random_array safely_cast_index_arrays
    load_npz LaplacianNd use_solver get_array_api_strict test""".split()
"""Functions that take no numbers of which there is a derivative."""

FOLLOWED = """block_array block_diag bmat diags diags_array find hstack kron kronsum spdiags tril triu vstack
    permute_dims matrix_transpose swapaxes expand_dims matrix_power aslinearoperator LinearOperator""".split()
"""Functions that are Python, and traced."""

LOST = ["save_npz"]
"""Functions that write files, where histories end."""


@pytest.mark.parametrize("library", [sparse, sparse_linalg])
def test_every_function_has_a_place(library: Any) -> None:
    public = {name for name in library.__all__ if callable(getattr(library, name))}
    public -= {name for name in public if name.endswith(("Warning", "Error", "NoConvergence"))}
    known = {*CONSTANT, *FOLLOWED, *LOST, *CLASSES, *FORMULAS, *FACTORS, *PLAIN, *REFUSED, "sparray", "spmatrix"}
    assert public - known - {"SuperLU"} == set()
