"""scipy's solvers take the derivatives as they are; its own test functions say whether these are right."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize

from minitorch.derivatives.matrices import hessian, hvp, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad

START = np.array([1.3, 0.7, 0.8, 1.9])


def rosenbrock(x: Any) -> Any:
    """As its plain Python goes, over a list."""
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in itertools.pairwise(x))


@pytest.mark.parametrize("f", [rosenbrock, optimize.rosen])
def test_derivatives_of_rosen(f: Any) -> None:
    value, slope = value_and_grad(f)(START)
    assert value == pytest.approx(optimize.rosen(START), rel=1e-15)
    assert slope == pytest.approx(optimize.rosen_der(START), rel=1e-13)
    assert hessian(f)(START) == pytest.approx(optimize.rosen_hess(START), rel=1e-13)
    direction = np.array([1.0, -2.0, 0.5, 3.0])
    assert hvp(f, (START,), (direction,)) == pytest.approx(optimize.rosen_hess_prod(START, direction), rel=1e-13)


@pytest.mark.parametrize("method", ["BFGS", "L-BFGS-B", "CG", "SLSQP", "TNC"])
def test_minimize_with_value_and_gradient(method: str) -> None:
    found = optimize.minimize(value_and_grad(rosenbrock), START, jac=True, method=method, tol=1e-10)
    assert found.x == pytest.approx(np.ones(4), abs=1e-3)


@pytest.mark.parametrize("method", ["Newton-CG", "trust-exact", "trust-ncg"])
def test_minimize_with_a_hessian(method: str) -> None:
    found = optimize.minimize(
        value_and_grad(optimize.rosen), [-1.2, 1.0], jac=True, hess=hessian(optimize.rosen), method=method, tol=1e-9
    )
    assert found.x == pytest.approx(np.ones(2), abs=1e-6)


def test_minimize_with_hessian_products() -> None:
    found = optimize.minimize(
        rosenbrock,
        START,
        jac=grad(rosenbrock),
        hessp=lambda x, p: hvp(rosenbrock, (x,), (p,)),
        method="trust-krylov",
        tol=1e-9,
    )
    assert found.x == pytest.approx(np.ones(4), abs=1e-6)


def test_constraints() -> None:
    def on_circle(x: Any) -> Any:
        return x[0] ** 2 + x[1] ** 2 - 2.0

    constraint = {"type": "eq", "fun": on_circle, "jac": grad(on_circle)}
    f = value_and_grad(lambda x: x[0] + x[1])
    found = optimize.minimize(f, [-2.0, -0.5], jac=True, constraints=constraint, method="SLSQP")
    assert found.x == pytest.approx([-1.0, -1.0], abs=1e-6)


def test_least_squares() -> None:
    times = [0.0, 1.0, 2.0, 3.0]
    data = [2.0 * math.exp(-0.5 * t) for t in times]

    def residuals(p: Any) -> list[Any]:
        return [p[0] * math.exp(-p[1] * t) - y for t, y in zip(times, data, strict=True)]

    found = optimize.least_squares(residuals, [1.0, 1.0], jac=jacobian(residuals), method="lm")
    assert found.x == pytest.approx([2.0, 0.5])


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root(method: str) -> None:
    def equations(x: Any) -> list[Any]:
        return [x[0] + 0.5 * (x[0] - x[1]) ** 3 - 1.0, 0.5 * (x[1] - x[0]) ** 3 + x[1]]

    found = optimize.root(equations, [0.0, 0.0], jac=jacobian(equations), method=method)
    assert found.success
    assert found.x == pytest.approx([0.8411639, 0.1588361])


def test_root_of_arrays() -> None:
    matrix = np.array([[4.0, 1.0], [1.0, 3.0]])

    def equations(x: Any) -> Any:
        return matrix @ x + x**3 - 1.0

    assert optimize.root(equations, np.zeros(2), jac=jacobian(equations)).success


def test_root_scalar() -> None:
    def f(x: float) -> float:
        return math.cos(x) - x

    found = optimize.root_scalar(value_and_grad(f), x0=1.0, fprime=True, method="newton")
    assert found.root == pytest.approx(0.7390851332151607, rel=1e-15)
    found = optimize.root_scalar(f, x0=1.0, fprime=grad(f), fprime2=hessian(f), method="halley")
    assert found.root == pytest.approx(0.7390851332151607, rel=1e-15)


@pytest.mark.parametrize("method", ["Radau", "BDF"])
def test_solve_ivp_of_a_stiff_equation(method: str) -> None:
    def van_der_pol(t: float, y: Any) -> list[Any]:
        return [y[1], 100.0 * (1.0 - y[0] ** 2) * y[1] - y[0]]

    span, start = (0.0, 60.0), [2.0, 0.0]
    tolerances = {"rtol": 1e-8, "atol": 1e-10}
    exact = integrate.solve_ivp(van_der_pol, span, start, method, jac=jacobian(van_der_pol, argnums=1), **tolerances)
    reference = integrate.solve_ivp(van_der_pol, span, start, "Radau", **tolerances)
    assert exact.y[0, -1] == pytest.approx(reference.y[0, -1], rel=1e-4)
    assert exact.njev > 0


def test_solve_ivp_in_fortran() -> None:
    """Older Fortran wrappers count a callback's parameters, which a function of any arguments does not show."""

    def decay(t: float, y: Any) -> list[Any]:
        return [-100.0 * (y[0] - math.cos(t))]

    jac = jacobian(decay, argnums=1)
    found = integrate.solve_ivp(decay, (0.0, 3.0), [0.0], "LSODA", jac=lambda t, y: jac(t, y), rtol=1e-9, atol=1e-11)
    assert found.y[0, -1] == pytest.approx((100**2 * math.cos(3.0) + 100 * math.sin(3.0)) / (100**2 + 1), rel=1e-6)


def test_curve_fit() -> None:
    def model(x: Any, height: float, rate: float) -> Any:
        return height * np.exp(-rate * x)

    x = np.linspace(0.0, 2.0, 20)

    def slopes(x: Any, height: float, rate: float) -> Any:
        return np.stack(jacobian(model, argnums=(1, 2))(x, height, rate), axis=-1)

    found, _ = optimize.curve_fit(model, x, model(x, 3.0, 1.2), p0=[1.0, 1.0], jac=slopes)
    assert found == pytest.approx([3.0, 1.2])
