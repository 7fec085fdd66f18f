"""Root finders of `scipy.optimize` inside differentiated functions: roots depend on what their functions read.

Each problem has a solution in closed form, whose derivatives are the reference.
"""

from __future__ import annotations

import functools
import gc
import math
import struct
import warnings
import weakref
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


def cube_root(solve: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return what finds the root of t ** 3 = x[0] between 0.5 and 3."""
    return lambda x: solve(lambda t: t**3 - x[0], 0.5, 3.0)


def of_cube_root(x: Any) -> Any:
    """Return the root of t ** 3 = x[0]."""
    return x[0] ** (1 / 3)


def product_and_ratio(x: Any) -> Any:
    """Return the solution of t0 * t1 = x0, t0 = x1 * t1."""
    return np.array([(x[0] * x[1]) ** 0.5, (x[0] / x[1]) ** 0.5])


def equations(x: Any) -> Callable[[Any], Any]:
    """Return the equations of `product_and_ratio`."""
    return lambda t: [t[0] * t[1] - x[0], t[0] - x[1] * t[1]]


CASES: dict[str, Problem] = {
    "brentq": (cube_root(functools.partial(optimize.brentq, xtol=1e-15)), of_cube_root, ONE),
    "brenth": (cube_root(functools.partial(optimize.brenth, xtol=1e-15)), of_cube_root, ONE),
    "bisect": (cube_root(functools.partial(optimize.bisect, xtol=1e-15)), of_cube_root, ONE),
    "ridder": (cube_root(functools.partial(optimize.ridder, xtol=1e-15)), of_cube_root, ONE),
    "toms748": (cube_root(functools.partial(optimize.toms748, xtol=1e-15)), of_cube_root, ONE),
    "brentq full_output": (
        lambda x: optimize.brentq(lambda t: t**3 - x[0], 0.0, 3.0, full_output=True, xtol=1e-15)[1].root,
        of_cube_root,
        ONE,
    ),
    "brentq args": (
        lambda x: optimize.brentq(lambda t, a, b: t**3 - a * b, 0.0, 3.0, args=(x[0], x[1]), xtol=1e-15),
        lambda x: (x[0] * x[1]) ** (1 / 3),
        TWO,
    ),
    "brentq of an active bracket": (
        lambda x: optimize.brentq(lambda t: t**3 - x[0], x[0] * 0.1, x[0] * 2.0, xtol=1e-15),
        of_cube_root,
        ONE,
    ),
    "newton secant": (lambda x: optimize.newton(lambda t: t**3 - x[0], 1.0, tol=1e-15), of_cube_root, ONE),
    "newton": (
        lambda x: optimize.newton(lambda t, a: t**3 - a, 1.0, fprime=lambda t, a: 3.0 * t * t, args=(x[0],)),
        of_cube_root,
        ONE,
    ),
    "newton halley": (
        lambda x: optimize.newton(
            lambda t: t**3 - x[0], 1.0, fprime=lambda t: 3.0 * t * t, fprime2=lambda t: 6.0 * t, tol=1e-14
        ),
        of_cube_root,
        ONE,
    ),
    "newton many": (
        lambda x: optimize.newton(lambda t: t**3 - x, np.ones(3), fprime=lambda t: 3.0 * t * t, tol=1e-14),
        lambda x: x ** (1 / 3),
        THREE,
    ),
    "newton many secant args": (
        lambda x: optimize.newton(lambda t, a: t**3 - a, np.ones(3), args=(x,), tol=1e-14),
        lambda x: x ** (1 / 3),
        THREE,
    ),
    "newton complex": (
        lambda x: optimize.newton(lambda t: t**2 + x[0], 1.0 + 1.0j, tol=1e-15).imag,
        lambda x: x[0] ** 0.5,
        ONE,
    ),
    "root_scalar brentq": (
        lambda x: optimize.root_scalar(lambda t: t**3 - x[0], bracket=[0.0, 3.0], xtol=1e-15).root,
        of_cube_root,
        ONE,
    ),
    "root_scalar newton fprime=True": (
        lambda x: optimize.root_scalar(lambda t: (t**3 - x[0], 3.0 * t**2), x0=1.0, fprime=True, xtol=1e-14).root,
        of_cube_root,
        ONE,
    ),
    "root_scalar secant": (
        lambda x: optimize.root_scalar(lambda t, a: t**3 - a, args=(x[0],), x0=1.0, x1=1.2, xtol=1e-14).root,
        of_cube_root,
        ONE,
    ),
    "fsolve list": (lambda x: optimize.fsolve(equations(x), [1.0, 1.0], xtol=1e-14), product_and_ratio, TWO),
    "fsolve args, fprime": (
        lambda x: optimize.fsolve(
            lambda t, a, b: np.array([t[0] * t[1] - a, t[0] - b * t[1]]),
            np.ones(2),
            args=(x[0], x[1]),
            fprime=lambda t, a, b: np.array([[t[1], t[0]], [1.0, -b]]),
            xtol=1e-14,
        ),
        product_and_ratio,
        TWO,
    ),
    "fsolve full_output": (
        lambda x: optimize.fsolve(equations(x), [1.0, 1.0], full_output=True, xtol=1e-13)[0],
        product_and_ratio,
        TWO,
    ),
    "fsolve of one number": (lambda x: optimize.fsolve(lambda t: t**3 - x[0], 1.0, xtol=1e-14)[0], of_cube_root, ONE),
    "root hybr": (lambda x: optimize.root(equations(x), [1.0, 1.0], tol=1e-13).x, product_and_ratio, TWO),
    "root lm": (lambda x: optimize.root(equations(x), [1.0, 1.0], method="lm", tol=1e-14).x, product_and_ratio, TWO),
    "root jac=True": (
        lambda x: (
            optimize.root(
                lambda t: (np.array([t[0] * t[1] - x[0], t[0] - x[1] * t[1]]), np.array([[t[1], t[0]], [1.0, -x[1]]])),
                [1.0, 1.0],
                jac=True,
                tol=1e-13,
            ).x
        ),
        product_and_ratio,
        TWO,
    ),
    "root krylov": (
        lambda x: (
            optimize.root(
                lambda t: np.array([t[0] * t[1] - x[0], t[0] - x[1] * t[1]]), [1.0, 1.0], method="krylov", tol=1e-13
            ).x
        ),
        product_and_ratio,
        TWO,
    ),
    "broyden1": (
        lambda x: optimize.broyden1(lambda t: t**3 + t - x**3 - x, np.ones(3), f_tol=1e-13),
        lambda x: x,
        THREE,
    ),
    "newton_krylov": (
        lambda x: optimize.newton_krylov(lambda t: t**3 + t - x**3 - x, np.ones(3), f_tol=1e-12),
        lambda x: x,
        THREE,
    ),
    "fixed_point": (
        lambda x: optimize.fixed_point(lambda t: 0.5 * (t + x[0] / t), 1.0, xtol=1e-15),
        lambda x: x[0] ** 0.5,
        ONE,
    ),
    "fixed_point args": (
        lambda x: optimize.fixed_point(lambda t, a: 0.5 * (t + a / t), np.ones(3), args=(x,), xtol=1e-14),
        lambda x: x**0.5,
        THREE,
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_first_order(name: str) -> None:
    check_first_order(CASES[name])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_second_order(name: str) -> None:
    check_second_order(CASES[name])


def price(volatility: float, strike: float) -> float:
    """Return the price of a call option on a share at 100 in a year's time."""
    spread = volatility * math.sqrt(1.0)
    d = math.log(100.0 / strike) / spread + 0.5 * spread
    return 50.0 * (1.0 + math.erf(d / math.sqrt(2.0))) - strike * 0.5 * (1.0 + math.erf((d - spread) / math.sqrt(2.0)))


def test_implied_volatility_moves_with_quote_and_strike_that_a_closure_holds() -> None:
    def implied(quote: float, strike: float) -> float:
        return optimize.brentq(lambda v: price(v, strike) - quote, 0.01, 2.0, xtol=1e-15)

    volatility = implied(9.0, 104.0)
    value, (by_quote, by_strike) = minitorch.value_and_grad(implied, argnums=(0, 1))(9.0, 104.0)
    vega, by_price = minitorch.grad(price, argnums=(0, 1))(volatility, 104.0)
    assert type(value) is float and value == volatility
    assert by_quote == pytest.approx(1.0 / vega, rel=1e-12)
    assert by_strike == pytest.approx(-by_price / vega, rel=1e-12)


def test_variables_of_a_loop_are_those_of_their_round() -> None:
    def total(a: float) -> float:
        roots = []
        for k in (1.0, 2.0, 3.0):
            roots.append(optimize.brentq(lambda v: v * v - k * a, 0.0, 9.0, xtol=1e-15))  # noqa: B023
        return sum(roots)

    assert minitorch.grad(total)(2.0) == pytest.approx(sum(0.5 * (k / 2.0) ** 0.5 for k in (1, 2, 3)), rel=1e-12)


def test_what_is_changed_afterwards_does_not_matter() -> None:
    def f(a: float) -> float:
        state = {"a": a}
        root = optimize.brentq(lambda v: v * v - state["a"], 0.0, 9.0, xtol=1e-15)
        state["a"] = 100.0 * a
        return root

    assert minitorch.grad(f)(2.0) == pytest.approx(0.5 / 2.0**0.5, rel=1e-12)
    assert minitorch.grad(minitorch.grad(f))(2.0) == pytest.approx(-0.25 / 2.0**1.5, rel=1e-12)


class Pipe:
    """A pipe whose pressure drop is to be matched."""

    def __init__(self, drop: float) -> None:
        self.drop = drop

    def residual(self, v: float) -> float:
        """Return by how much a flow misses the pressure drop."""
        return v**2 - self.drop

    __call__ = residual


@pytest.mark.parametrize("of", [lambda p: p.residual, lambda p: p, lambda p: functools.partial(Pipe.residual, p)])
def test_methods_objects_and_partials_are_solved(of: Callable[[Pipe], Callable[..., Any]]) -> None:
    def f(drop: float) -> float:
        return optimize.brentq(of(Pipe(drop)), 0.0, 9.0, xtol=1e-15)

    assert minitorch.grad(f)(2.0) == pytest.approx(0.5 / 2.0**0.5, rel=1e-12)


def test_a_root_inside_a_residual_and_inside_a_derivative() -> None:
    def f(a: float) -> float:
        def inner(w: float) -> float:
            return optimize.brentq(lambda v: v * v - w * a, 0.0, 50.0, xtol=1e-15)

        return optimize.brentq(lambda w: inner(w) - 2.0, 0.1, 50.0, xtol=1e-14)

    assert f(1.6) == pytest.approx(4.0 / 1.6)
    assert minitorch.grad(f)(1.6) == pytest.approx(-4.0 / 1.6**2, rel=1e-9)
    assert minitorch.grad(minitorch.grad(f))(1.6) == pytest.approx(8.0 / 1.6**3, rel=1e-7)


def test_plain_roots_stay_plain_and_calls_without_convergence_fail_as_scipys_do() -> None:
    def plain(a: float) -> float:
        root = optimize.brentq(math.cos, 1.0, 2.0)
        assert type(root) is float
        return root * a

    assert minitorch.grad(plain)(3.0) == optimize.brentq(math.cos, 1.0, 2.0)
    with pytest.raises(ValueError, match="different signs"):
        minitorch.grad(lambda a: optimize.brentq(lambda v: v * v + a, 0.0, 1.0))(1.0)
    with pytest.raises(RuntimeError, match="Failed to converge after 3 iterations"):
        minitorch.grad(lambda a: optimize.brentq(lambda v: v**3 - a, 0.0, 9.0, maxiter=3))(1.0)
    with pytest.raises(TypeError, match="missing"):
        minitorch.grad(lambda a: optimize.brentq(lambda v: v - a, 0.0) * a)(1.0)
    with pytest.warns(RuntimeWarning, match="iteration is not making good progress"):
        value, _ = minitorch.vjp(lambda x: optimize.fsolve(lambda t: t**2 + x, np.ones(1)), np.ones(1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.array_equal(value, optimize.fsolve(lambda t: t**2 + 1.0, np.ones(1)))


def test_a_solver_may_come_by_points_where_its_function_has_kinks() -> None:
    def f(a: float) -> float:
        # The first point is the very kink.
        return optimize.newton(lambda v: abs(v - a) + v**3 + 3.0 * a, a, fprime=lambda v: 3.0 * v**2 + 1.0)

    root = f(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(f)(1.0) == pytest.approx(-4.0 / (3.0 * root**2 - 1.0), rel=1e-9)


def test_many_roots_at_once_come_in_scipys_tuple() -> None:
    def f(x: Any) -> Any:
        found = optimize.newton(lambda t: t**3 - x, np.ones(2), tol=1e-13, full_output=True)
        assert found.converged.all()
        return found.root

    np.testing.assert_allclose(minitorch.jacobian(f)(TWO), np.diag(TWO ** (-2 / 3) / 3.0), rtol=1e-12)


def test_what_is_no_smooth_root_has_no_derivative() -> None:
    with pytest.raises(minitorch.BackwardError, match=r"test_scipy_roots.py:\d+: .*singular, as at a double root"):
        minitorch.grad(lambda a: optimize.brentq(lambda v: v**3 * a, -1.0, 1.0))(1.0)
    with pytest.raises(minitorch.BackwardError, match="singular"):
        minitorch.grad(lambda a: optimize.bisect(lambda v: -1.0 * a if v < 0.3 else 1.0 * a, 0.0, 1.0))(1.0)
    with pytest.warns(RuntimeWarning), pytest.raises(minitorch.BackwardError, match="is not a root"):
        minitorch.grad(lambda a: optimize.fsolve(lambda t: t**2 + 0.1 * t + a, np.ones(1))[0])(1.0)


def test_residuals_that_lose_their_history_say_so() -> None:
    def through_bytes(x: float) -> float:
        return struct.unpack("d", struct.pack("d", x))[0]

    for residual in (lambda v, a: v - through_bytes(a), lambda v, a: through_bytes(v) - a):
        with pytest.raises(minitorch.HistoryLostError, match=r"struct\.pack"):
            minitorch.grad(lambda a, f=residual: optimize.brentq(f, 0.0, 9.0, args=(a,)))(2.0)


def test_nothing_is_left_behind() -> None:
    class Marked(float):
        """A number that can be referred to weakly."""

    marks = []

    def f(a: float) -> float:
        mark = Marked(1.0)
        marks.append(weakref.ref(mark))
        return optimize.brentq(lambda v: v * v * mark - a, 0.0, 9.0)

    minitorch.grad(f)(2.0)
    gc.collect()
    assert marks[0]() is None
    before = len(gc.get_objects())
    for _ in range(50):
        minitorch.grad(f)(2.0)
    gc.collect()
    assert len(gc.get_objects()) - before < 500
