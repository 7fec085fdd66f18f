"""`custom_root` and `custom_fixed_point`: solvers of one's own, with derivatives by the implicit function theorem."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from closed_forms import check_first_order, check_second_order

import minitorch

TWO = np.array([1.3, 0.8])


def newton(f: Callable[[float], float], x: float) -> float:
    """Return a root of a function of one number by secants."""
    last, fx = x * 1.1 + 0.1, f(x)
    for _ in range(60):
        f_last = f(last)
        if fx == f_last:
            break
        last, x = x, x - fx * (x - last) / (fx - f_last)
        fx = f(x)
    return x


def cube_root(a: float) -> float:
    """Return the cube root of a number."""
    return minitorch.custom_root(lambda x: x**3 - a, 1.0, newton)


def test_a_number_to_third_order() -> None:
    for order, factor in ((1, 1 / 3), (2, -2 / 9), (3, 10 / 27)):
        f: Any = cube_root
        for _ in range(order):
            f = minitorch.grad(f)
        assert f(1.7) == pytest.approx(factor * 1.7 ** (1 / 3 - order), rel=1e-12)
    assert minitorch.jvp(cube_root, (1.7,), (2.0,))[1] == pytest.approx(2.0 * minitorch.grad(cube_root)(1.7), rel=1e-14)
    assert type(cube_root(1.7)) is float


def by_matrix(g: Callable[[Any], Any], y: Any) -> Any:
    """Solve a linear system by its matrix."""
    return np.linalg.solve(minitorch.jacobian(g)(y), y)


@pytest.mark.parametrize("tangent_solve", [None, by_matrix])
def test_an_array(tangent_solve: Any) -> None:
    matrix = np.array([[2.0, 1.0], [1.0, 3.0]])

    def f(x: Any) -> Any:
        def solve(residual: Callable[[Any], Any], start: Any) -> Any:
            assert type(residual(start)) is np.ndarray
            return np.linalg.solve(matrix * minitorch.detach(x)[0], minitorch.detach(x))

        return minitorch.custom_root(lambda z: x[0] * (matrix @ z) - x, np.zeros(2), solve, tangent_solve)

    problem = f, lambda x: np.linalg.solve(matrix, x) / x[0], TWO
    check_first_order(problem)
    check_second_order(problem)


def test_tangent_solve_of_a_number() -> None:
    f = lambda a: minitorch.custom_root(lambda x: x**3 - a, 1.0, newton, lambda g, y: y / g(1.0))  # noqa: E731
    assert minitorch.grad(f)(1.7) == pytest.approx(minitorch.grad(cube_root)(1.7), rel=1e-14)
    assert minitorch.grad(minitorch.grad(f))(1.7) == pytest.approx(minitorch.grad(minitorch.grad(cube_root))(1.7))


def test_a_structure_and_what_is_returned_beside() -> None:
    def f(a: float, b: float) -> float:
        def solve(residual: Any, start: Any) -> Any:
            return {"x": np.array([a, a * b]), "y": [a + b]}, "direct"

        root, how = minitorch.custom_root(
            lambda z: {"x": z["x"] - np.array([a, a * b]), "y": [z["y"][0] - a - b]},
            {"x": np.zeros(2), "y": [0.0]},
            solve,
            has_aux=True,
        )
        assert how == "direct" and isinstance(root["x"], np.ndarray)
        return root["x"][1] ** 2 * root["y"][0]

    exact = lambda a, b: (a * b) ** 2 * (a + b)  # noqa: E731
    assert minitorch.grad(f, argnums=(0, 1))(1.3, 0.8) == pytest.approx(minitorch.grad(exact, argnums=(0, 1))(1.3, 0.8))
    found, wanted = (minitorch.hessian(g, argnums=(0, 1))(1.3, 0.8) for g in (f, exact))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


Step = namedtuple("Step", "params state")


def test_as_decorators() -> None:
    @minitorch.custom_root(lambda x, a, power=3: x**power - a)
    def root(start: float, a: float, power: int = 3) -> float:
        return newton(lambda x: x**power - a, start)

    @minitorch.custom_fixed_point(lambda x, a: 0.5 * (x + a / x), has_aux=True)
    def square_root(start: Any, a: Any) -> Step:
        x = start
        for _ in range(50):
            x = 0.5 * (x + a / x)
        return Step(x, 50)

    assert minitorch.grad(root, argnums=(0, 1))(1.0, 1.7) == pytest.approx((0.0, minitorch.grad(cube_root)(1.7)))
    assert minitorch.grad(lambda a: root(1.0, a, power=2))(4.0) == pytest.approx(0.25)
    step = square_root(np.ones(2), TWO)
    assert type(step) is Step and type(step.params) is np.ndarray and root.__name__ == "root"
    problem = lambda x: square_root(np.ones(2), x).params, lambda x: x**0.5, TWO
    check_first_order(problem)
    check_second_order(problem)


def test_mistakes() -> None:
    with pytest.raises(TypeError, match="needs both initial_guess and solve"):
        minitorch.custom_root(lambda x: x, 1.0)
    with pytest.raises(TypeError, match="must return a pair"):
        minitorch.grad(lambda a: minitorch.custom_root(lambda x: x - a, 1.0, newton, has_aux=True))(2.0)
    with pytest.raises(minitorch.BackwardError, match="the residual of a root must have the structure float"):
        minitorch.grad(lambda a: minitorch.custom_root(lambda x: [x - a], 1.0, lambda f, x: 2.0))(2.0)
    with pytest.raises(minitorch.BackwardError, match="is not a root"):
        minitorch.grad(lambda a: minitorch.custom_root(lambda x: x - a, 1.0, lambda f, x: 5.0))(2.0)
