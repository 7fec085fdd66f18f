"""scipy.linalg inside a differentiated function: each function, with its options, against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import linalg
from scipy_rules import assert_derivatives

from minitorch.autodiff.errors import BackwardError, HistoryLostError
from minitorch.derivatives.reverse_mode import grad
from minitorch.scipy_functions.made_matrices import MOVERS
from minitorch.tracing.libraries.scipy_linalg import FORMULAS, PLAIN, REFUSED

M = np.array([[2.0, 0.3, -0.5], [0.7, 1.5, 0.4], [-0.2, 0.6, 3.0]])
K = np.array([[1.0, 2.0, 0.5], [0.2, -1.0, 0.7], [0.3, 0.1, 2.0]])
V = np.array([0.53, 1.3, 2.15, 0.92])
B = np.array([1.0, 2.0, 3.0])
B2 = np.array([[1.0, 0.5], [2.0, -1.0], [3.0, 0.25]])
TALL = np.array([[2.0, 0.3], [0.7, 1.5], [-0.2, 0.6]])
WIDE = np.array([[2.0, 0.7, -0.2], [0.3, 1.5, 0.6]])
BAND = np.array([[0.0, 1.0, 0.7, 0.4], [4.0, 5.0, 3.0, 6.0], [0.5, 1.1, -0.6, 0.0]])
HALF = np.array([[0.0, 1.0, 0.7, 0.4], [4.0, 5.0, 3.0, 6.0]])
LOW = np.array([[4.0, 5.0, 3.0, 6.0], [1.0, 0.7, 0.4, 0.0]])
ROWS = np.array([[0.1, -0.4, 2.0], [3.0, 0.2, 0.3], [0.2, 1.7, 0.4]])


def spd(x: Any) -> Any:
    """Return a symmetric matrix that is positive definite."""
    return x @ x.T + 3.0 * np.eye(x.shape[0])


def hermitian(x: Any) -> Any:
    """Return a complex matrix of which a triangle that is positive definite is read."""
    return x + 1j * np.tril(K, -1) * x[0, 0] - 1j * np.triu(K, 1) * x[0, 0] + 5.0 * np.eye(3)


def are(x: Any, solver: Any = linalg.solve_continuous_are, **more: Any) -> Any:
    """Return the solution of Riccati's equation of which every matrix depends on x."""
    return solver(0.3 * x, x[:, :2] + 1.0, spd(x), np.eye(2) + x[0, 1] ** 2, **more)


Case = Callable[[Any], Any]

SOLVE: dict[str, tuple[Case, Any]] = {
    "solve": (lambda x: linalg.solve(x, B), M),
    "solve b": (lambda x: linalg.solve(M, x), B),
    "solve both": (lambda x: linalg.solve(x, x[:, :2], check_finite=False), M),
    "solve sym": (lambda x: linalg.solve(x + 2.0, B, assume_a="sym"), M),
    "solve sym lower": (lambda x: linalg.solve(x + 2.0, B2, lower=True, assume_a="sym"), M),
    "solve pos": (lambda x: linalg.solve(x + 2.0 * np.eye(3), B, assume_a="pos"), M),
    "solve her": (lambda x: linalg.solve(hermitian(x), B, assume_a="her", lower=True), M),
    "solve transposed": (lambda x: linalg.solve(a=x, b=B, transposed=True), M),
    "solve overwrite": (lambda x: linalg.solve(x * 1.0, x[0] * 1.0, overwrite_a=True, overwrite_b=True) + x, M),
    "solve complex": (lambda x: linalg.solve(x + 1j * K, B), M),
    "solve lists": (lambda x: linalg.solve([[x[0], 1.0], [0.0, 2.0]], [1.0, x[1]]), V),
    "inv": (lambda x: linalg.inv(x), M),
    "inv overwrite": (lambda x: linalg.inv(x, True, False), M),
    "det": (lambda x: linalg.det(x), M),
    "det stack": (lambda x: linalg.det(np.stack([x, x @ x])), M),
    "det complex": (lambda x: linalg.det(x + 1j * K), M),
    "solve_triangular": (lambda x: linalg.solve_triangular(x, B), M),
    "solve_triangular lower": (lambda x: linalg.solve_triangular(x, x[:, :2], lower=True, trans="T"), M),
    "solve_triangular unit": (lambda x: linalg.solve_triangular(x, B, 1, True, True), M),
    "solve_triangular C": (lambda x: linalg.solve_triangular(x + 1j * K, B, trans=2), M),
    "solve_banded": (lambda x: linalg.solve_banded((1, 1), x, V), BAND),
    "solve_banded b": (lambda x: linalg.solve_banded((1, 1), BAND, np.stack([x, x**2], 1)), V),
    "solve_banded 0 2": (lambda x: linalg.solve_banded((0, 2), x[[0, 2, 1]], x[1] * V), BAND),
    "solve_banded complex": (lambda x: linalg.solve_banded((2, 0), x + 1j * BAND + 3.0, V), BAND),
    "solveh_banded": (lambda x: linalg.solveh_banded(x, V), HALF),
    "solveh_banded lower": (lambda x: linalg.solveh_banded(x, np.stack([V, x[0]], 1), lower=True), LOW),
    "solveh_banded complex": (lambda x: linalg.solveh_banded(x + 1j * np.array([[0.5], [0.0]]), V), HALF),
    "solve_toeplitz": (lambda x: linalg.solve_toeplitz(x, x - 1.0), np.append(4.0, V)),
    "solve_toeplitz pair": (lambda x: linalg.solve_toeplitz((x, x**2), x), np.append(4.0, V)),
    "matmul_toeplitz": (lambda x: linalg.matmul_toeplitz((x, x**2), np.stack([x, V], 1)), V),
    "solve_circulant": (lambda x: linalg.solve_circulant(x, V * x), V),
    "solve_circulant lstsq": (lambda x: linalg.solve_circulant(x, V * x, singular="lstsq"), V),
    "cholesky": (lambda x: linalg.cholesky(spd(x)), M),
    "cholesky triangle": (lambda x: linalg.cholesky(x), M),
    "cholesky lower": (lambda x: linalg.cholesky(x, lower=True), M),
    "cholesky complex": (lambda x: linalg.cholesky(hermitian(x), lower=True), M),
    "cho_factor": (lambda x: linalg.cho_factor(x)[0], M),
    "cho_factor lower": (lambda x: linalg.cho_factor(x, True)[0], M),
    "cho_solve": (lambda x: linalg.cho_solve(linalg.cho_factor(spd(x)), x), M),
    "cho_solve lower": (lambda x: linalg.cho_solve((x, True), B), M),
    "cho_solve complex": (lambda x: linalg.cho_solve((x + 1j * K, False), B), M),
    "cholesky_banded": (lambda x: linalg.cholesky_banded(x), HALF),
    "cholesky_banded lower": (lambda x: linalg.cholesky_banded(x, lower=True), LOW),
    "cho_solve_banded": (lambda x: linalg.cho_solve_banded((linalg.cholesky_banded(x), False), x[1]), HALF),
    "cho_solve_banded lower": (lambda x: linalg.cho_solve_banded((x, True), V), LOW),
    "lstsq": (lambda x: linalg.lstsq(x, B)[0], TALL),
    "lstsq residuals": (lambda x: linalg.lstsq(x, B2)[1], TALL),
    "lstsq values": (lambda x: linalg.lstsq(x, B2)[3], TALL),
    "lstsq wide": (lambda x: linalg.lstsq(x, x[:, 0], lapack_driver="gelsy")[0], WIDE),
    "pinv": (lambda x: linalg.pinv(x), TALL),
    "pinv rank": (lambda x: linalg.pinv(x, return_rank=True)[0], WIDE),
    "pinvh": (lambda x: linalg.pinvh(x), M),
    "pinvh upper": (lambda x: linalg.pinvh(x, lower=False, return_rank=True)[0], M),
}

FACTORS: dict[str, tuple[Case, Any]] = {
    "lu": (lambda x: np.stack(linalg.lu(x)[1:]), ROWS),
    "lu permute": (lambda x: linalg.lu(x, permute_l=True)[0], ROWS),
    "lu indices": (lambda x: linalg.lu(x, p_indices=True)[2], ROWS),
    "lu tall": (lambda x: linalg.lu(x)[1], ROWS[:, :2]),
    "lu tall u": (lambda x: linalg.lu(x)[2], ROWS[:, :2]),
    "lu wide": (lambda x: linalg.lu(x)[2], ROWS[:2]),
    "lu complex": (lambda x: linalg.lu(x + 0.1j * K)[1], ROWS),
    "lu_factor": (lambda x: linalg.lu_factor(x)[0], ROWS),
    "lu_solve": (lambda x: linalg.lu_solve(linalg.lu_factor(x), B2), ROWS),
    "lu_solve 1": (lambda x: linalg.lu_solve(linalg.lu_factor(x), x, trans=1), ROWS),
    "lu_solve 2": (lambda x: linalg.lu_solve(linalg.lu_factor(x + 1j * K), B, 2), ROWS),
    "lu_solve b": (lambda x: linalg.lu_solve(linalg.lu_factor(M), x), B),
    "qr": (lambda x: np.stack(linalg.qr(x)), M),
    "qr r": (lambda x: linalg.qr(x, mode="r")[0], TALL),
    "qr full": (lambda x: linalg.qr(x)[0], TALL),
    "qr full r": (lambda x: linalg.qr(x)[1], TALL),
    "qr economic": (lambda x: linalg.qr(x, mode="economic")[0], TALL),
    "qr wide": (lambda x: linalg.qr(x)[1], WIDE),
    "qr wide q": (lambda x: linalg.qr(x, mode="economic")[0], WIDE),
    "qr pivoting": (lambda x: linalg.qr(x, pivoting=True)[1], ROWS),
    "rq": (lambda x: np.stack(linalg.rq(x)), M),
    "rq economic": (lambda x: linalg.rq(x, mode="economic")[1], WIDE),
    "rq r": (lambda x: linalg.rq(x, mode="r"), M),
    "svd u": (lambda x: linalg.svd(x)[0], M),
    "svd s": (lambda x: linalg.svd(x)[1], TALL),
    "svd vt": (lambda x: linalg.svd(x, False)[2], TALL),
    "svd tall": (lambda x: linalg.svd(x)[2], TALL),
    "svd wide": (lambda x: linalg.svd(x, lapack_driver="gesvd")[0], WIDE),
    "svd product": (lambda x: (lambda u, s, v: (u[:, :2] * s**2) @ v)(*linalg.svd(x, full_matrices=False)), TALL),
    "svd values": (lambda x: linalg.svd(x, compute_uv=False), M),
    "svdvals": (lambda x: linalg.svdvals(x), M),
    "orth": (lambda x: linalg.orth(x), TALL),
    "null_space": (lambda x: linalg.null_space(x), WIDE),
    "null_space product": (lambda x: (lambda n: n @ n.T)(linalg.null_space(x[:1])), WIDE),
    "svd beyond": (lambda x: linalg.svd(x)[0], TALL),
    "svd beyond wide": (lambda x: linalg.svd(x)[2] ** 2, WIDE),
    "polar": (lambda x: linalg.polar(x)[0], TALL),
    "polar p": (lambda x: linalg.polar(x)[1], M),
    "polar left": (lambda x: linalg.polar(x, side="left")[1], TALL),
    "polar wide": (lambda x: linalg.polar(x)[1], WIDE),
    "eigh w": (lambda x: linalg.eigh(x)[0], M),
    "eigh v": (lambda x: linalg.eigh(x)[1] ** 2, M),
    "eigh upper": (lambda x: linalg.eigh(x, lower=False)[1] ** 2, M),
    "eigh subset": (lambda x: linalg.eigh(x, subset_by_index=[1, 2])[1] ** 2, M),
    "eigh by value": (lambda x: linalg.eigh(x, subset_by_value=[1.8, 9.0])[0], M),
    "eigh only": (lambda x: linalg.eigh(spd(x), eigvals_only=True), M),
    "eigh generalised": (lambda x: linalg.eigh(x, spd(x))[1] ** 2, M),
    "eigh generalised w": (lambda x: linalg.eigh(x, x @ x.T + np.eye(3), subset_by_index=(0, 1))[0], M),
    "eigh type 2": (lambda x: linalg.eigh(x, spd(x), type=2)[1] ** 2, M),
    "eigh type 3": (lambda x: linalg.eigh(x, spd(x), type=3)[1] ** 2, M),
    "eigh complex": (lambda x: linalg.eigh(hermitian(x))[0], M),
    "eigh complex v": (lambda x: np.abs(linalg.eigh(hermitian(x))[1]), M),
    "eigvalsh": (lambda x: linalg.eigvalsh(spd(x)), M),
    "eigvalsh generalised": (lambda x: linalg.eigvalsh(x, spd(x), lower=False, subset_by_index=[1, 1]), M),
    "eigh_tridiagonal": (lambda x: linalg.eigh_tridiagonal(x, x[:-1] ** 2)[1] ** 2, V),
    "eigh_tridiagonal i": (lambda x: linalg.eigh_tridiagonal(x, x[1:], select="i", select_range=(1, 2))[0], V),
    "eigvalsh_tridiagonal": (lambda x: linalg.eigvalsh_tridiagonal(x, V[1:]), V),
    "eig_banded": (lambda x: linalg.eig_banded(x)[1] ** 2, HALF),
    "eig_banded lower": (lambda x: linalg.eig_banded(x, True, True), LOW),
    "eigvals_banded": (lambda x: linalg.eigvals_banded(x, select="i", select_range=[0, 1]), HALF),
    "eig w": (lambda x: linalg.eig(x)[0], K),
    "eig v": (lambda x: np.real(linalg.eig(x)[1]), K),
    "eig complex": (lambda x: linalg.eig(x)[1], np.array([[0.1, 2.0, 0.3], [-1.0, 0.4, 0.2], [0.5, 0.1, 3.0]])),
    "eig left": (lambda x: linalg.eig(x, left=True, right=False)[1], K),
    "eig both": (lambda x: np.stack(linalg.eig(x + 0.5j * M, left=True)[1:]), K),
    "eig generalised": (lambda x: np.real(linalg.eig(x, M)[1]), K),
    "eig generalised w": (lambda x: linalg.eig(M, x)[0], K),
    "eigvals": (lambda x: linalg.eigvals(x), K),
}

EQUATIONS: dict[str, tuple[Case, Any]] = {
    "solve_sylvester": (lambda x: linalg.solve_sylvester(spd(x), x, K), M),
    "solve_sylvester q": (lambda x: linalg.solve_sylvester(M, np.eye(2), x), TALL),
    "solve_sylvester complex": (lambda x: linalg.solve_sylvester(x, M + 1j * x, x @ K), M),
    "solve_continuous_lyapunov": (lambda x: linalg.solve_continuous_lyapunov(x, x @ K), M),
    "solve_lyapunov": (lambda x: linalg.solve_lyapunov(x + 1j * K, K), M),
    "solve_discrete_lyapunov": (lambda x: linalg.solve_discrete_lyapunov(0.2 * x, x), M),
    "solve_discrete_lyapunov bilinear": (lambda x: linalg.solve_discrete_lyapunov(0.2 * x, x, method="bilinear"), M),
    "solve_continuous_are": (are, M),
    "solve_continuous_are e s": (lambda x: are(x, e=0.1 * x + np.eye(3), s=0.1 * x[:, 1:], balanced=False), M),
    "solve_discrete_are": (lambda x: are(x, linalg.solve_discrete_are), M),
    "solve_discrete_are e s": (
        lambda x: are(x, linalg.solve_discrete_are, e=0.1 * x + np.eye(3), s=0.1 * x[:, 1:], balanced=False),
        M,
    ),
}

FUNCTIONS: dict[str, tuple[Case, Any]] = {
    "expm": (lambda x: linalg.expm(x), M),
    "expm stack": (lambda x: linalg.expm(np.stack([x, -x])), M),
    "expm complex": (lambda x: linalg.expm(1j * x), M),
    "expm_frechet": (lambda x: linalg.expm_frechet(x, x @ K)[1], M),
    "expm_frechet only": (lambda x: linalg.expm_frechet(x, K, compute_expm=False), M),
    "logm": (lambda x: linalg.logm(x), M),
    "sqrtm": (lambda x: linalg.sqrtm(x), M),
    "sqrtm complex": (lambda x: linalg.sqrtm(x + 1j * K), M),
    "fractional_matrix_power": (lambda x: linalg.fractional_matrix_power(x, 0.3), M),
    "fractional_matrix_power t": (lambda x: linalg.fractional_matrix_power(spd(x), x[0, 1]), M),
    "sinm": (lambda x: linalg.sinm(x), M),
    "cosm": (lambda x: linalg.cosm(x), M),
    "tanm": (lambda x: linalg.tanm(0.2 * x), M),
    "sinhm": (lambda x: linalg.sinhm(x), M),
    "coshm": (lambda x: linalg.coshm(x), M),
    "tanhm": (lambda x: linalg.tanhm(x), M),
    "signm": (lambda x: linalg.signm(x), K),
    "funm": (lambda x: linalg.funm(x, lambda w: np.exp(w) * w), M),
}

MADE: dict[str, tuple[Case, Any]] = {
    "norm": (lambda x: linalg.norm(x), M),
    "norm 1": (lambda x: linalg.norm(x, 1), M),
    "norm 2": (lambda x: linalg.norm(x, 2), M),
    "norm nuc": (lambda x: linalg.norm(x, "nuc"), M),
    "norm inf": (lambda x: linalg.norm(x, np.inf, axis=1), M),
    "norm 3": (lambda x: linalg.norm(x, 3.0, axis=0, keepdims=True), M),
    "norm vector": (lambda x: linalg.norm(x, ord=-1), V),
    "norm complex": (lambda x: linalg.norm(x + 1j * K), M),
    "toeplitz": (lambda x: linalg.toeplitz(x), V),
    "toeplitz pair": (lambda x: linalg.toeplitz(x, r=x**2), V),
    "toeplitz complex": (lambda x: linalg.toeplitz(x * (1.0 + 2.0j)), V),
    "hankel": (lambda x: linalg.hankel(x, x**2), V),
    "circulant": (lambda x: linalg.circulant(x), V),
    "block_diag": (lambda x: linalg.block_diag(x, x[0], [[1.0, 2.0]], x[0, 0]), M),
    "khatri_rao": (lambda x: linalg.khatri_rao(x, K), M),
    "companion": (lambda x: linalg.companion(x), V),
    "leslie": (lambda x: linalg.leslie(x, x[1:]), V),
    "fiedler": (lambda x: linalg.fiedler(x), V),
    "fiedler_companion": (lambda x: linalg.fiedler_companion(x), np.append(V, [0.3, -1.0])),
    "convolution_matrix": (lambda x: linalg.convolution_matrix(x, 5, mode="same"), V),
    "diagsvd": (lambda x: linalg.diagsvd(x, 4, 5), V),
    "matrix_balance": (
        lambda x: linalg.matrix_balance(x * [[1.0, 99.0, 1.0], [0.01, 1.0, 1.0], [1.0, 1.0, 1.0]])[0],
        M,
    ),
    "subspace_angles": (lambda x: linalg.subspace_angles(x, np.vander(V, 2)), np.vstack([TALL, [[0.1, -1.0]]])),
    "orthogonal_procrustes": (lambda x: linalg.orthogonal_procrustes(x, K)[0], M),
    "orthogonal_procrustes scale": (lambda x: linalg.orthogonal_procrustes(x, K)[1], M),
}
if hasattr(linalg, "kron"):
    MADE["kron"] = (lambda x: linalg.kron(x, K), M)

STACK = np.stack([M, K + 2.0 * np.eye(3)])
STACKS: dict[str, tuple[Case, Any]] = {
    "svdvals": (lambda x: linalg.svdvals(x), STACK),
    "svd": (lambda x: linalg.svd(x)[0] ** 2, STACK),
    "eigh": (lambda x: linalg.eigh(x)[1] ** 2, STACK),
    "eigvals": (lambda x: linalg.eigvals(x), STACK),
    "lu": (lambda x: linalg.lu(x)[2], STACK[None]),
    "qr": (lambda x: linalg.qr(x)[1], STACK),
    "cholesky": (lambda x: linalg.cholesky(np.swapaxes(x, 1, 2) @ x, lower=True), STACK),
    "solve": (lambda x: linalg.solve(x, x[:, :, :2]), STACK),
    "solve one": (lambda x: linalg.solve(x, B2), STACK),
    "inv": (lambda x: linalg.inv(x), STACK),
    "logm": (lambda x: linalg.logm(x), STACK),
    "pinv": (lambda x: linalg.pinv(x), STACK),
    "norm": (lambda x: linalg.norm(x, axis=(1, 2)), STACK),
    "solve_triangular": (lambda x: linalg.solve_triangular(x, B2), STACK),
    "solve_sylvester": (lambda x: linalg.solve_sylvester(x, x, x), STACK),
    "cho_solve": (lambda x: linalg.cho_solve((x, False), B2), STACK),
    "toeplitz": (lambda x: linalg.toeplitz(x[0, 0]), STACK),
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_stacks(name: str) -> None:
    f, x = STACKS[name]
    try:
        f(x)
    except (ValueError, linalg.LinAlgError, IndexError):
        # Which functions take stacks is up to the version of scipy.
        with pytest.raises((ValueError, linalg.LinAlgError, IndexError)):
            grad(lambda x: np.sum(np.real(f(x))))(x)
        return
    assert_derivatives(f, x)


CASES = {**SOLVE, **FACTORS, **EQUATIONS, **FUNCTIONS, **MADE}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_derivatives(name: str) -> None:
    f, x = CASES[name]
    assert_derivatives(f, x)


REFUSALS: dict[str, Case] = {
    "schur": lambda x: linalg.schur(x)[0],
    "ldl": lambda x: linalg.ldl(x)[0],
    "lapack": lambda x: linalg.get_lapack_funcs("gesv", (x,))(x, B)[2],
    "blas": lambda x: linalg.blas.dgemm(1.0, x, x),
    "expm_cond": lambda x: linalg.expm_cond(x),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_has_no_derivative_says_so(name: str) -> None:
    with pytest.raises(HistoryLostError, match=r"no derivative|without a rule"):
        grad(lambda x: np.sum(REFUSALS[name](x)))(M)


UNDETERMINED: dict[str, tuple[Case, Any]] = {
    "qr raw": (lambda x: linalg.qr(x, mode="raw")[0][0], M),
    "rq full": (lambda x: linalg.rq(x)[1], WIDE),
    "are": (lambda x: are(x, e=0.1 * x + np.eye(3)), M),
}


@pytest.mark.parametrize("name", UNDETERMINED)
def test_what_is_not_determined_says_so(name: str) -> None:
    f, x = UNDETERMINED[name]
    with pytest.raises(BackwardError, match=r"derivative|balanced"):
        grad(lambda x: np.sum(f(x)))(x)


def test_plain_arrays_get_plain_answers() -> None:
    def f(x: float) -> Any:
        factors = linalg.lu_factor(M)
        return x * linalg.lu_solve(factors, B)[0] + linalg.bandwidth(M)[0] * x

    assert grad(f)(2.0) == pytest.approx(linalg.solve(M, B)[0] + 2.0, rel=1e-13)


def test_float32_stays_what_it_is() -> None:
    x, b = M.astype(np.float32), B.astype(np.float32)
    for f in (lambda x: linalg.solve(x, b), linalg.inv, linalg.expm, linalg.cholesky, linalg.svdvals):
        found = grad(lambda x, f=f: np.sum(f(x)))(x)
        assert found.dtype == np.float32
        assert found == pytest.approx(grad(lambda x, f=f: np.sum(f(x)))(M), rel=1e-3, abs=1e-4)


def test_empty_arrays() -> None:
    empty = np.zeros((0, 0))
    for f in (lambda x: linalg.solve(x, np.zeros(0)), linalg.inv, linalg.expm, linalg.svdvals, linalg.cholesky):
        assert grad(lambda x, f=f: np.sum(f(x)) + 0.0 * np.sum(x))(empty).shape == (0, 0)


def test_scalars_in_lists_take_part() -> None:
    def f(a: float, b: float) -> Any:
        x = linalg.solve([[a, 1.0], [0.0, 2.0]], [1.0, b])
        return x[0] + linalg.expm([[a, 0.0], [0.0, b]])[1, 1]

    slope = grad(f, argnums=(0, 1))(2.0, 3.0)
    assert slope == pytest.approx((-(1.0 - 1.5) / 4.0, -0.25 + np.exp(3.0)), rel=1e-11)


FOLLOWED = {"subspace_angles"}
"""Functions of scipy that are Python, and traced."""

CONSTANT = {"dft", "hadamard", "helmert", "hilbert", "invhilbert", "invpascal", "pascal"}
"""Functions of the size of a matrix alone."""


def test_every_function_has_a_place() -> None:
    public = {name for name in linalg.__all__ if callable(getattr(linalg, name))}
    public -= {name for name in public if isinstance(getattr(linalg, name), type)}
    known = {*FORMULAS, *MOVERS, *PLAIN, *REFUSED, *FOLLOWED, *CONSTANT}
    assert public - known == set()
