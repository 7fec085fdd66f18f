"""Minimisers of `scipy.optimize` inside differentiated functions: minima depend on what their functions read.

Each problem has a solution in closed form, whose derivatives are the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from closed_forms import Problem, check_first_order, check_second_order
from scipy import optimize

import minitorch

ONE = np.array([1.7])
TWO = np.array([1.3, 0.8])
THREE = np.array([1.3, 0.8, 1.9])


def product_and_ratio(x: Any) -> Any:
    """Return the solution of t0 * t1 = x0, t0 = x1 * t1."""
    return np.array([(x[0] * x[1]) ** 0.5, (x[0] / x[1]) ** 0.5])


def equations(x: Any) -> Callable[[Any], Any]:
    """Return the equations of `product_and_ratio`."""
    return lambda t: [t[0] * t[1] - x[0], t[0] - x[1] * t[1]]


def valley(x: Any) -> Callable[[Any], Any]:
    """Return what has its minimum at log(x0), x0 * x1."""
    return lambda p: np.exp(p[0]) - x[0] * p[0] + np.cosh(p[1] - x[0] * x[1])


def of_valley(x: Any) -> Any:
    """Return the minimum of `valley`."""
    return np.array([np.log(x[0]), x[0] * x[1]])


def line(t: Any, a: Any, b: Any) -> Any:
    """Return a straight line."""
    return a + b * t


T = np.array([0.0, 1.0, 2.0, 4.0])
DATA = np.array([0.3, 1.9, 3.2, 7.1])
A = np.array([[1.0, 2.0, 0.5], [0.2, -1.0, 0.7], [0.3, 0.1, 2.0], [1.0, 1.0, 1.0]])


def of_line(y: Any) -> Any:
    """Return the parameters of the line through points."""
    design = np.stack([np.ones(4), T], axis=1)
    return np.linalg.solve(design.T @ design, design.T @ y)


def covariance_of_line(y: Any) -> Any:
    """Return their covariance."""
    design = np.stack([np.ones(4), T], axis=1)
    rest = y - design @ of_line(y)
    return np.linalg.inv(design.T @ design) * np.sum(rest**2) / 2.0


CASES: dict[str, Problem] = {
    "minimize": (lambda x: optimize.minimize(valley(x), [0.1, 0.9], tol=1e-12).x, of_valley, TWO),
    "minimize fun": (
        lambda x: optimize.minimize(valley(x), [0.1, 0.9], tol=1e-12).fun,
        lambda x: x[0] - x[0] * np.log(x[0]) + 1.0,
        TWO,
    ),
    "minimize jac": (
        lambda x: (
            optimize.minimize(
                lambda p, a, b: np.exp(p[0]) - a * p[0] + np.cosh(p[1] - a * b),
                [0.1, 0.9],
                args=(x[0], x[1]),
                jac=lambda p, a, b: np.array([np.exp(p[0]) - a, np.sinh(p[1] - a * b)]),
                method="BFGS",
                options={"gtol": 1e-12},
            ).x
        ),
        of_valley,
        TWO,
    ),
    "minimize jac=True": (
        lambda x: (
            optimize.minimize(
                lambda p: (valley(x)(p), np.array([np.exp(p[0]) - x[0], np.sinh(p[1] - x[0] * x[1])])),
                [0.1, 0.9],
                jac=True,
                method="L-BFGS-B",
                options={"gtol": 1e-13, "ftol": 1e-20},
            ).x
        ),
        of_valley,
        TWO,
    ),
    "minimize Nelder-Mead": (
        lambda x: optimize.minimize(
            lambda p: (p[0] - x[0]) ** 2, [0.3], method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-14}
        ).x[0],
        lambda x: x[0],
        ONE,
    ),
    "minimize within bounds": (
        lambda x: (
            optimize.minimize(
                lambda p: (p[0] - x[0]) ** 2 + (p[1] - p[0] * x[1]) ** 2, [0.3, 0.3], bounds=[(None, 1.0), (0.0, None)]
            ).x
        ),
        lambda x: np.array([1.0, x[1]]),
        TWO,
    ),
    "minimize at an active bound": (
        lambda x: (
            optimize.minimize(
                lambda p: (p[0] - 3.0) ** 2 + (p[1] - p[0] * x[1]) ** 2,
                [0.3, 0.3],
                bounds=[(None, x[0] ** 2), (0.0, None)],
            ).x
        ),
        lambda x: np.array([x[0] ** 2, x[0] ** 2 * x[1]]),
        TWO,
    ),
    "minimize under an equality": (
        lambda x: (
            optimize.minimize(
                lambda p: p[0] ** 2 + x[1] * p[1] ** 2,
                [0.5, 0.5],
                constraints={"type": "eq", "fun": lambda p: p[0] + p[1] - x[0]},
                tol=1e-14,
            ).x
        ),
        lambda x: np.array([x[1] * x[0] / (1.0 + x[1]), x[0] / (1.0 + x[1])]),
        TWO,
    ),
    "minimize under inequalities": (
        lambda x: (
            optimize.minimize(
                lambda p: (p[0] - 2.0) ** 2 + (p[1] - x[1]) ** 2,
                [0.5, 0.5],
                method="SLSQP",
                constraints=[
                    {"type": "ineq", "fun": lambda p, a: a - p[0], "args": (x[0],)},
                    {"type": "ineq", "fun": lambda p: 9.0 - p[1]},
                ],
                tol=1e-14,
            ).x
        ),
        lambda x: np.array([x[0], x[1]]),
        TWO,
    ),
    "minimize trust-constr": (
        lambda x: (
            optimize.minimize(
                lambda p: p[0] ** 2 + x[1] * p[1] ** 2,
                [0.5, 0.5],
                method="trust-constr",
                constraints=optimize.LinearConstraint(np.ones((1, 2)), x[0], x[0]),
                options={"gtol": 1e-12, "xtol": 1e-14},
            ).x
        ),
        lambda x: np.array([x[1] * x[0] / (1.0 + x[1]), x[0] / (1.0 + x[1])]),
        TWO,
    ),
    "minimize_scalar": (
        lambda x: optimize.minimize_scalar(lambda t: (t - x[0]) ** 2 + 1.0, bracket=(0.0, 1.0), tol=1e-12).x,
        lambda x: x[0],
        ONE,
    ),
    "minimize_scalar at its bound": (
        lambda x: optimize.minimize_scalar(lambda t: t * t, bounds=(x[0], 3.0), options={"xatol": 1e-13}).x,
        lambda x: x[0],
        ONE,
    ),
    "fmin": (
        lambda x: optimize.fmin(lambda p: (p[0] - x[0]) ** 2, [0.3], xtol=1e-12, ftol=1e-14, disp=0)[0],
        lambda x: x[0],
        ONE,
    ),
    "fmin_bfgs": (lambda x: optimize.fmin_bfgs(valley(x), [0.1, 0.9], gtol=1e-10, disp=0), of_valley, TWO),
    "fmin_cg full_output": (
        lambda x: optimize.fmin_cg(valley(x), [0.1, 0.9], gtol=1e-10, disp=0, full_output=1)[0],
        of_valley,
        TWO,
    ),
    "fmin_l_bfgs_b": (
        lambda x: optimize.fmin_l_bfgs_b(valley(x), [0.1, 0.9], approx_grad=1, factr=1.0, pgtol=1e-12)[0],
        of_valley,
        TWO,
    ),
    "least_squares": (
        lambda x: (
            optimize.least_squares(
                lambda p: np.array([p[0] * p[1] - x[0], p[0] - x[1] * p[1], p[1] - (x[0] / x[1]) ** 0.5]),
                [1.0, 1.0],
                xtol=1e-15,
                ftol=1e-15,
                gtol=1e-15,
            ).x
        ),
        product_and_ratio,
        TWO,
    ),
    "least_squares within bounds": (
        lambda x: optimize.least_squares(lambda p, c: p - c, [0.5, 0.5], bounds=([0.0, 0.0], [1.0, 9.0]), args=(x,)).x,
        lambda x: np.array([1.0, x[1]]),
        TWO,
    ),
    "least_squares cost": (
        lambda x: optimize.least_squares(lambda p: np.array([p[0] - x[0], p[0] + x[0], 1.0]), [1.0]).cost,
        lambda x: x[0] ** 2 + 0.5,
        ONE,
    ),
    "leastsq": (
        lambda x: optimize.leastsq(lambda p: np.array(equations(x)(p)), [1.0, 1.0], xtol=1e-14)[0],
        product_and_ratio,
        TWO,
    ),
    "curve_fit": (lambda y: optimize.curve_fit(line, T, y)[0], of_line, DATA),
    "curve_fit pcov": (lambda y: optimize.curve_fit(line, T, y, ftol=1e-14, xtol=1e-14)[1], covariance_of_line, DATA),
    "curve_fit sigma": (
        lambda y: optimize.curve_fit(line, T, y, sigma=np.full(4, 2.0), absolute_sigma=True)[0],
        of_line,
        DATA,
    ),
    "curve_fit bounds": (
        lambda y: optimize.curve_fit(line, T, y, bounds=([-9, -9], [9, 9]), ftol=1e-15)[0],
        of_line,
        DATA,
    ),
    "nnls": (
        lambda x: optimize.nnls(A[:, :2], x)[0],
        lambda x: np.linalg.solve(A[:, :2].T @ A[:, :2], A[:, :2].T @ x),
        np.array([3.0, -0.5, 0.4, 2.0]),
    ),
    "lsq_linear": (
        lambda x: optimize.lsq_linear(A[:, :2] * x[0], A @ np.ones(3)).x,
        lambda x: np.linalg.solve(A[:, :2].T @ A[:, :2], A[:, :2].T @ (A @ np.ones(3))) / x[0],
        ONE,
    ),
    "linprog": (
        lambda x: optimize.linprog([-1.0, -2.0], A_ub=[[x[0], 1.0], [1.0, 3.0]], b_ub=[4.0, 6.0 * x[1]]).x,
        lambda x: np.linalg.solve(np.array([[x[0], 1.0], [1.0, 3.0]]), np.array([4.0, 6.0 * x[1]])),
        TWO,
    ),
    "linprog fun": (
        lambda x: optimize.linprog([x[0], x[1]], A_ub=[[-1.0, 0.0], [0.0, -1.0]], b_ub=[-1.0, -2.0]).fun,
        lambda x: x[0] + 2.0 * x[1],
        TWO,
    ),
    "linear_sum_assignment": (
        lambda x: (x * A[:3])[optimize.linear_sum_assignment(x * A[:3])].sum(),
        lambda x: x[1] * A[0, 1] * 0.0 + (x * A[:3])[[0, 1, 2], [2, 1, 0]].sum(),
        THREE,
    ),
    "basinhopping with args of its own": (
        lambda x: (
            optimize.basinhopping(
                lambda p, a, b: np.exp(p[0]) - a * p[0] + np.cosh(p[1] - a * b),
                [0.1, 0.9],
                niter=1,
                minimizer_kwargs={"args": (x[0], x[1]), "method": "BFGS", "options": {"gtol": 1e-10}},
                seed=1,
            ).x
        ),
        of_valley,
        TWO,
    ),
    "fmin_slsqp": (
        lambda x: optimize.fmin_slsqp(
            lambda p: p[0] ** 2 + x[1] * p[1] ** 2, [0.1, 0.9], [lambda p: p[0] + p[1] - x[0]], iprint=0, acc=1e-15
        ),
        lambda x: np.array([x[1] * x[0] / (1.0 + x[1]), x[0] / (1.0 + x[1])]),
        TWO,
    ),
    "fmin_cobyla": (
        lambda x: optimize.fmin_cobyla(
            lambda p, a: (p[0] - 3.0) ** 2 + (p[1] - a) ** 2,
            [0.1, 0.9],
            [lambda p, a: x[0] - p[0]],
            args=(x[1],),
            rhoend=1e-9,
        ),
        lambda x: np.array([x[0], x[1]]),
        TWO,
    ),
    "milp": (
        lambda x: optimize.milp(x, integrality=[1, 1], bounds=optimize.Bounds(0.5, 9.0)).fun,
        lambda x: x[0] + x[1],
        TWO,
    ),
    "rosen": (optimize.rosen, lambda x: 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2, TWO),
    "rosen_der": (
        lambda x: optimize.rosen_der(x)[0],
        lambda x: -400.0 * x[0] * (x[1] - x[0] ** 2) - 2.0 * (1.0 - x[0]),
        TWO,
    ),
}

ROUGH = (
    "minimize", "fmin_bfgs", "fmin_cg full_output", "fmin_l_bfgs_b", "minimize trust-constr",
    "basinhopping with args of its own",
)  # fmt: skip
LOOSE = {"curve_fit bounds": 1e-6, "minimize_scalar at its bound": 1e-6, **dict.fromkeys(ROUGH, 1e-7)}
"""How far from its solution a solver ends, where that is more than rounding."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_first_order(name: str) -> None:
    check_first_order(CASES[name], LOOSE.get(name, 1e-9))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_second_order(name: str) -> None:
    check_second_order(CASES[name], max(1e-6, LOOSE.get(name, 0.0)))


def test_what_a_result_says_beside_refuses_derivatives() -> None:
    def f(x: Any) -> Any:
        return optimize.minimize(valley(x), [0.1, 0.9]).hess_inv[0, 0]

    assert minitorch.vjp(f, TWO)[0] == f(TWO)
    with pytest.raises(minitorch.BackwardError, match="'hess_inv' of a solver's result is not known"):
        minitorch.grad(f)(TWO)


def test_results_stay_what_they_are() -> None:
    def f(x: Any) -> Any:
        result = optimize.minimize(valley(x), [0.1, 0.9])
        assert isinstance(result, optimize.OptimizeResult) and result.success and isinstance(result.x, np.ndarray)
        root = optimize.root_scalar(lambda t: t**3 - x[0], bracket=(0.0, 2.0))
        assert root.converged and isinstance(root.root, float)
        return np.sum(result.x) * root.root

    assert minitorch.grad(f)(TWO).shape == (2,)
