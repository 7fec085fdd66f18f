"""Quadrature of `scipy.integrate` inside differentiated functions: by the ends, and by what the integrand reads."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from closed_forms import Problem, check_first_order, check_second_order
from scipy import integrate

import minitorch

ONE = np.array([1.3])
TWO = np.array([1.2, 0.7])


def quad(*args: Any, **kwargs: Any) -> Any:
    """Return the integral alone."""
    return integrate.quad(*args, **kwargs)[0]


def decay(x: Any) -> Any:
    """Return the integral of exp(-x0 t) from 0 to 1."""
    return (1.0 - np.exp(-x[0])) / x[0]


def decays(x: Any) -> Any:
    """Return the integrals of exp(-x t) from 0 to 1."""
    return (1.0 - np.exp(-x)) / x


CASES: dict[str, Problem] = {
    "closure": (lambda x: quad(lambda t: math.exp(-x[0] * t), 0.0, 1.0), decay, ONE),
    "closure of arrays": (lambda x: quad(lambda t: np.sum(np.exp(-x * t)), 0.0, 1.0), lambda x: np.sum(decays(x)), TWO),
    "args": (lambda x: quad(lambda t, a, b: b * math.exp(-a * t), 0, 1, (x[0], x[1])), lambda x: x[1] * decay(x), TWO),
    "args, one alone": (lambda x: quad(lambda t, a: np.exp(-a * t), 0.0, 1.0, args=x[0]), decay, ONE),
    "partial": (lambda x: quad(functools.partial(lambda a, t: math.exp(-a * t), x[0]), 0.0, 1.0), decay, ONE),
    "upper end": (lambda x: quad(math.exp, 0.0, x[0]), lambda x: np.exp(x[0]) - 1.0, ONE),
    "both ends and the integrand": (
        lambda x: quad(lambda t: x[0] * t * t, x[0], 2.0 * x[1]),
        lambda x: x[0] * ((2.0 * x[1]) ** 3 - x[0] ** 3) / 3.0,
        TWO,
    ),
    "ends the wrong way round": (lambda x: quad(lambda t: t * t, x[0], 0.0), lambda x: -(x[0] ** 3) / 3.0, ONE),
    "infinite": (
        lambda x: quad(lambda t: np.exp(-x[0] * t * t), -np.inf, np.inf),
        lambda x: (np.pi / x[0]) ** 0.5,
        ONE,
    ),
    "half infinite": (
        lambda x: quad(lambda t: math.exp(-x[0] * t), x[1], math.inf),
        lambda x: np.exp(-x[0] * x[1]) / x[0],
        TWO,
    ),
    "singular": (lambda x: quad(lambda t: t ** (x[0] - 1.7), 0.0, 1.0), lambda x: 1.0 / (x[0] - 0.7), ONE),
    "points": (
        lambda x: quad(lambda t: abs(t - 0.3) * x[0] ** 2, 0.0, 1.0, points=[0.3]),
        lambda x: x[0] ** 2 * (0.3**2 + 0.7**2) / 2.0,
        ONE,
    ),
    "jumps": (
        lambda x: quad(lambda t: t * x[0] if t < x[0] else 3.0 * t, 0.0, 2.0, points=[x[0]])
        + quad(lambda t: t if t < x[1] else 3.0, 2.0, 0.0, points=[x[1]]),
        lambda x: 0.5 * x[0] ** 3 + 1.5 * (4.0 - x[0] ** 2) - 0.5 * x[1] ** 2 - 3.0 * (2.0 - x[1]),
        TWO,
    ),
    "branches": (
        lambda x: quad(lambda t: x[0] if t < 0.25 else x[1] ** 2, 0.0, 1.0, points=[0.25]),
        lambda x: 0.25 * x[0] + 0.75 * x[1] ** 2,
        TWO,
    ),
    "weight": (
        lambda x: quad(lambda t: t * x[0], 0.0, x[0], weight="cos", wvar=2.0),
        lambda x: x[0] * (x[0] * np.sin(2.0 * x[0]) / 2.0 + (np.cos(2.0 * x[0]) - 1.0) / 4.0),
        ONE,
    ),
    "algebraic weight": (
        lambda x: quad(lambda t: x[0] ** 2, 0.0, 1.0, weight="alg", wvar=(-0.5, 0.0)),
        lambda x: 2.0 * x[0] ** 2,
        ONE,
    ),
    "full_output": (lambda x: quad(lambda t: math.exp(-x[0] * t), 0.0, 1.0, full_output=1), decay, ONE),
    "complex": (
        lambda x: quad(lambda t: np.exp(1j * t * x[0]), 0.0, 1.0, complex_func=True).imag,
        lambda x: (1.0 - np.cos(x[0])) / x[0],
        ONE,
    ),
    "dblquad": (
        lambda x: integrate.dblquad(lambda t, u: t * u * x[0] ** 2, 0.0, x[0], 0.0, lambda u: x[1] * u)[0],
        lambda x: x[0] ** 6 * x[1] ** 2 / 8.0,
        TWO,
    ),
    "nquad": (
        lambda x: integrate.nquad(lambda t, u, a: t * u * a, [[0, 1], lambda a: (0, 2 * a)], args=(x[0],))[0],
        lambda x: x[0] ** 3,
        ONE,
    ),
    "quad_vec": (
        lambda x: integrate.quad_vec(lambda t: np.exp(-x * t), 0.0, 1.0, epsrel=1e-12)[0],
        decays,
        TWO,
    ),
    "quad_vec half infinite": (
        lambda x: integrate.quad_vec(lambda t: np.exp(-x * t), 0.0, np.inf, epsrel=1e-12)[0],
        lambda x: 1.0 / x,
        TWO,
    ),
    "fixed_quad": (
        lambda x: integrate.fixed_quad(lambda t: x[0] * t**3, 0.0, x[1])[0],
        lambda x: x[0] * x[1] ** 4 / 4,
        TWO,
    ),
    "trapezoid": (
        lambda x: integrate.trapezoid(x**2, dx=0.5) + integrate.trapezoid([1.0, 2.0, 4.0], x=[0.0, x[0], 2.0]),
        lambda x: 0.25 * (x[0] ** 2 + x[1] ** 2) + 0.5 * (3.0 * x[0] + 6.0 * (2.0 - x[0])),
        TWO,
    ),
    "cumulative_trapezoid": (
        lambda x: integrate.cumulative_trapezoid(x**2, initial=0),
        lambda x: np.array([0.0 * x[0], 0.5 * (x[0] ** 2 + x[1] ** 2)]),
        TWO,
    ),
    "simpson": (
        lambda x: integrate.simpson(np.array([x[0], x[1], x[0] * x[1]]), dx=1.0),
        lambda x: (x[0] + 4.0 * x[1] + x[0] * x[1]) / 3.0,
        TWO,
    ),
    "romb": (
        lambda x: integrate.romb(np.array([x[0], x[1], x[0] * x[1]])),
        lambda x: (x[0] + 4.0 * x[1] + x[0] * x[1]) / 3.0,
        TWO,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_first_order(name: str) -> None:
    check_first_order(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_second_order(name: str) -> None:
    check_second_order(CASES[name])


def test_third_order() -> None:
    third = minitorch.grad(minitorch.grad(minitorch.grad(lambda a: quad(lambda t: math.exp(-a * t), 0.0, 1.0))))
    assert third(1.3) == pytest.approx(quad(lambda t: -(t**3) * math.exp(-1.3 * t), 0.0, 1.0), rel=1e-12)


def test_what_is_changed_afterwards_does_not_matter_or_is_said() -> None:
    def changing(integrand: Callable[[float, float], float]) -> Callable[[float], float]:
        def f(a: float) -> float:
            state = {"a": a}
            found = quad(lambda t: integrand(t, state["a"]), 0.0, 1.0)
            state["a"] = 100.0 * a
            return found

        return f

    smooth = changing(lambda t, a: math.exp(-a * t))
    assert minitorch.grad(smooth)(1.3) == pytest.approx(quad(lambda t: -t * math.exp(-1.3 * t), 0.0, 1.0), rel=1e-12)
    assert minitorch.grad(minitorch.grad(smooth))(1.3) == pytest.approx(
        quad(lambda t: t * t * math.exp(-1.3 * t), 0.0, 1.0), rel=1e-12
    )
    sharp = changing(lambda t, a: math.exp(-((t - 0.5 * a) ** 2)) + t ** (a - 1.5))
    with pytest.raises(minitorch.BackwardError, match="what it reads has changed since"):
        minitorch.grad(minitorch.grad(sharp))(1.3)


def test_plain_integrals_stay_plain_and_failures_are_scipys() -> None:
    def plain(a: float) -> float:
        value, error = integrate.quad(math.exp, 0.0, 1.0)
        assert type(value) is float and error < 1e-10
        return value * a

    assert minitorch.grad(plain)(2.0) == quad(math.exp, 0.0, 1.0)
    with pytest.warns(integrate.IntegrationWarning, match="maximum number of subdivisions"):
        minitorch.grad(lambda a: quad(lambda t: a / t, 0.0, 1.0))(2.0)
    with pytest.raises(ValueError, match="Invalid 'limit' argument"):
        minitorch.grad(lambda a: quad(lambda t: a * t, 0.0, 1.0, limit=0))(2.0)


def test_what_is_not_known_is_said() -> None:
    with pytest.raises(minitorch.BackwardError, match="by wvar is not known"):
        minitorch.grad(lambda a: quad(lambda t: t, 0.0, 1.0, weight="cos", wvar=a))(2.0)
    with pytest.raises(minitorch.BackwardError, match="weight='alg' by 'b' is not known"):
        minitorch.grad(lambda a: quad(lambda t: t, 0.0, a, weight="alg", wvar=(0.5, 0.5)))(2.0)
