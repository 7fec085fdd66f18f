"""`custom_jvp`: rules of one's own in forward mode, from which reverse mode follows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from closed_forms import check_first_order, check_second_order

import minitorch


def test_numbers_forward_reverse_and_second_order() -> None:
    @minitorch.custom_jvp
    def f(x: float, y: float) -> float:
        return float(f"{math.sin(x) * y!r}")

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (x, y), (dx, dy) = primals, tangents
        return f(x, y), math.cos(x) * dx * y + math.sin(x) * dy

    exact = lambda x, y: math.sin(x) * y  # noqa: E731
    both = {"argnums": (0, 1)}
    assert f(0.3, 2.0) == exact(0.3, 2.0) and f.__name__ == "f"
    assert minitorch.grad(f, **both)(0.3, 2.0) == minitorch.grad(exact, **both)(0.3, 2.0)
    assert minitorch.jvp(f, (0.3, 2.0), (1.0, 0.5)) == pytest.approx(minitorch.jvp(exact, (0.3, 2.0), (1.0, 0.5)))
    np.testing.assert_allclose(minitorch.hessian(f, **both)(0.3, 2.0), minitorch.hessian(exact, **both)(0.3, 2.0))
    third = lambda g: minitorch.grad(minitorch.grad(minitorch.grad(g)))(0.3, 2.0)  # noqa: E731
    assert third(f) == pytest.approx(third(exact), rel=1e-14)


def test_arrays_and_structures() -> None:
    @minitorch.custom_jvp
    def f(state: dict[str, Any], scale: float) -> list[Any]:
        return [np.asarray(state["x"]) ** 2 * scale, float(np.sum(state["x"]))]

    @f.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        (state, scale), (moving, d_scale) = primals, tangents
        x, dx = state["x"], moving["x"]
        return f(state, scale), [2.0 * x * dx * scale + x**2 * d_scale, np.sum(dx)]

    def through(x: Any) -> Any:
        y, total = f({"x": x, "name": "a"}, x[0])
        return y * total

    problem = through, lambda x: x**2 * x[0] * np.sum(x), np.array([1.3, 0.8])
    check_first_order(problem, 1e-14)
    check_second_order(problem, 1e-13)


def test_nondiff_argnums_and_a_rule_for_each_argument() -> None:
    def power(n: int, x: float, y: float) -> float:
        return float(x) ** n * float(y)

    f = minitorch.custom_jvp(power, nondiff_argnums=(0,))
    f.defjvps(lambda t, ans, x, y: t * y * 3.0 * x**2, lambda t, ans, x, y: ans / y * t)
    assert minitorch.grad(f, argnums=(1, 2))(3, 2.0, 5.0) == (60.0, 8.0)
    assert minitorch.jvp(lambda x: f(3, x, 5.0), (2.0,), (1.0,)) == (40.0, 60.0)
    f.defjvps(lambda t, ans, x, y: t * y * 3.0 * x**2, None)
    assert minitorch.grad(f, argnums=(1, 2))(3, 2.0, 5.0) == (60.0, 0.0)


def test_mistakes() -> None:
    f = minitorch.custom_jvp(lambda x: float(x))
    with pytest.raises(minitorch.BackwardError, match=r"no derivative rule: set one with defjvp\(rule\)"):
        minitorch.grad(f)(1.0)
    f.defjvp(lambda primals, tangents: tangents[0])
    with pytest.raises(minitorch.BackwardError, match="must return a pair"):
        minitorch.grad(f)(1.0)
    f.defjvp(lambda primals, tangents: (primals[0], [tangents[0]]))
    with pytest.raises(minitorch.BackwardError, match="does not fit the result"):
        minitorch.grad(f)(1.0)
