"""Differential equations of `scipy.integrate` inside differentiated functions, with solutions in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from closed_forms import Problem, check_first_order, check_second_order
from scipy import integrate

import minitorch

TWO = np.array([1.7, 0.8])
TIMES = np.linspace(0.0, 1.5, 4)
EXACTLY = {"rtol": 1e-10, "atol": 1e-12}


def swing(a: Any) -> Callable[[Any, Any], Any]:
    """Return the right side of y'' = -a y."""
    return lambda t, y: [y[1], -a * y[0]]


def of_swing(x: Any, t: Any) -> Any:
    """Return the solution of y'' = -x0 y from y = x1, y' = 0."""
    pace = x[0] ** 0.5
    return np.array([x[1] * np.cos(pace * t), -x[1] * pace * np.sin(pace * t)])


def odeint(right: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what `odeint` does, by a right side that takes the time first."""
    return integrate.odeint(right, *args, tfirst=True, **EXACTLY, **kwargs)


def solve_ivp(right: Any, span: Any, start: Any, method: str = "LSODA", **kwargs: Any) -> Any:
    """Return what `solve_ivp` does, exactly."""
    return integrate.solve_ivp(right, span, start, method=method, **EXACTLY, **kwargs)


def still(t: float, y: Any) -> Any:
    """Return what is zero where a swing turns back."""
    return y[1] + 1e-3 * t


still.terminal = True  # type: ignore[attr-defined]
still.direction = 1  # type: ignore[attr-defined]


def by_steps(name: str) -> Callable[[Any], Any]:
    """Return what solves for a swing by an integrator of `ode`, in two steps."""

    def f(x: Any) -> Any:
        solver = integrate.ode(lambda t, y, a: [y[1], -a * y[0]]).set_integrator(name, nsteps=5000, **EXACTLY)
        solver.set_initial_value([x[1], 0.0], 0.0).set_f_params(x[0])
        solver.integrate(0.7)
        assert solver.successful()
        return solver.integrate(x[0])

    return f


CASES: dict[str, Problem] = {
    "odeint": (
        lambda x: odeint(swing(x[0]), [x[1], 0.0], TIMES),
        lambda x: np.stack([of_swing(x, t) for t in TIMES]),
        TWO,
    ),
    "odeint args": (
        lambda x: integrate.odeint(lambda y, t, a: -a * y, x[1], TIMES, args=(x[0],), **EXACTLY)[:, 0],
        lambda x: x[1] * np.exp(-x[0] * TIMES),
        TWO,
    ),
    "odeint Dfun, full_output": (
        lambda x: odeint(
            lambda t, y, a: -a * y, x[1], TIMES, args=(x[0],), Dfun=lambda t, y, a: [[-a]], full_output=True
        )[0][:, 0],
        lambda x: x[1] * np.exp(-x[0] * TIMES),
        TWO,
    ),
    "odeint times": (
        lambda x: odeint(lambda t, y: t * y, 1.3, [x[0] * 0.1, 1.0, 2.0 * x[1]])[:, 0],
        lambda x: 1.3 * np.exp(0.5 * (np.array([x[0] * 0.1, 1.0, 2.0 * x[1]]) ** 2 - (x[0] * 0.1) ** 2)),
        TWO,
    ),
    "LSODA to an active time": (
        lambda x: solve_ivp(swing(x[0]), (0.0, x[0]), [x[1], 0.0]).y[:, -1],
        lambda x: of_swing(x, x[0]),
        TWO,
    ),
    "LSODA t_eval": (
        lambda x: solve_ivp(lambda t, y, a: -a * y, (0.0, 1.5), [x[1]], t_eval=TIMES[1:], args=(x[0],)).y[0],
        lambda x: x[1] * np.exp(-x[0] * TIMES[1:]),
        TWO,
    ),
    "LSODA from a plain start": (
        lambda x: solve_ivp(lambda t, y: [-x[0] * y[0] * x[1]], (0.0, 1.0), [1.0]).y[0, -1],
        lambda x: np.exp(-x[0] * x[1]),
        TWO,
    ),
    "LSODA dense output": (
        lambda x: solve_ivp(swing(x[0]), (0.0, 1.5), [x[1], 0.0], dense_output=True).sol(np.array([0.9, x[1]]))[0],
        lambda x: np.array([of_swing(x, 0.9)[0], of_swing(x, x[1])[0]]),
        TWO,
    ),
    "LSODA events": (
        lambda x: solve_ivp(lambda t, y: [-x[0], 0.0], (0, 9), [x[1], -1.0], events=[lambda t, y: y[0]]).t_events[0],
        lambda x: np.array([x[1] / x[0]]),
        TWO,
    ),
    "dopri5": (by_steps("dopri5"), lambda x: of_swing(x, x[0]), TWO),
    "complex_ode": (
        lambda x: integrate.complex_ode(lambda t, y: 1j * x[0] * y)
        .set_integrator("dop853", **EXACTLY)
        .set_initial_value([x[1]])
        .integrate(1.0)
        .imag,
        lambda x: np.array([x[1] * np.sin(x[0])]),
        TWO,
    ),
    "dop853": (by_steps("dop853"), lambda x: of_swing(x, x[0]), TWO),
    "vode": (by_steps("vode"), lambda x: of_swing(x, x[0]), TWO),
    "lsoda": (by_steps("lsoda"), lambda x: of_swing(x, x[0]), TWO),
    "solve_bvp": (
        lambda x: integrate.solve_bvp(
            lambda t, y: np.stack([y[1], -x[0] * y[0]]),
            lambda a, b: np.array([a[0] - x[1], b[1]]),
            np.linspace(0.0, 1.0, 11),
            np.ones((2, 11)),
            tol=1e-6,
        ).sol(0.3)[0],
        lambda x: x[1] * np.cos(x[0] ** 0.5 * 0.7) / np.cos(x[0] ** 0.5),
        TWO,
    ),
    "solve_bvp, a parameter and the mesh": (
        lambda x: integrate.solve_bvp(
            lambda t, y, p: np.stack([y[1], -(p[0] ** 2) * y[0]]),
            lambda a, b, p: np.array([a[0], b[0], a[1] - p[0]]),
            np.linspace(0.0, x[0], 9),
            np.stack([np.sin(np.linspace(0.0, 3.0, 9)), np.cos(np.linspace(0.0, 3.0, 9))]),
            p=[1.5],
            tol=1e-6,
        ).p,
        lambda x: np.array([np.pi / x[0]]),
        TWO,
    ),
    "DOP853": (
        lambda x: solve_ivp(swing(x[0]), (0.0, 1.5), [x[1], 0.0], "DOP853").y[:, -1],
        lambda x: of_swing(x, 1.5),
        TWO,
    ),
    "RK45 t_eval": (
        lambda x: integrate.solve_ivp(
            lambda t, y, a: -a * y, (0.0, 0.3), [x[1]], t_eval=[0.1, 0.3], args=(x[0],), rtol=1e-9, atol=1e-11
        ).y[0, -1],
        lambda x: x[1] * np.exp(-0.3 * x[0]),
        TWO,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_first_order(name: str) -> None:
    check_first_order(CASES[name], 1e-7)


SLOW = ("dopri5", "vode", "lsoda", "complex_ode", "LSODA dense output", "solve_bvp, a parameter and the mesh")
"""Cases whose second derivatives take their time, and go the way of other cases."""


@pytest.mark.parametrize("name", [name for name in CASES if name not in SLOW])
def test_second_order(name: str) -> None:
    check_second_order(CASES[name], 1e-6)


@pytest.mark.parametrize("method", ["LSODA", "RK45"])
def test_a_terminal_event_moves_the_end(method: str) -> None:
    def f(x: Any) -> Any:
        found = integrate.solve_ivp(
            swing(x[0]), (0.0, 9.0), [x[1], 0.0], method=method, events=still, rtol=1e-9, atol=1e-11
        )
        assert found.status == 1
        return np.array([found.t[-1], found.t_events[0][0], found.y[0, -1], found.y_events[0][0, 0]])

    step = 1e-5
    wanted = np.stack([(f(TWO + step * e) - f(TWO - step * e)) / (2.0 * step) for e in np.eye(2)], axis=1)
    assert np.array_equal(minitorch.vjp(f, TWO)[0], f(TWO))
    np.testing.assert_allclose(minitorch.jacobian(f)(TWO), wanted, atol=1e-6)


def test_steps_are_followed_exactly() -> None:
    def f(a: float) -> float:
        return integrate.solve_ivp(lambda t, y: [-a * y[0] ** 2], (0.0, 2.0), [1.0], rtol=1e-3).y[0, -1]

    step = 1e-5
    difference = (f(1.3 + step) - f(1.3 - step)) / (2.0 * step)
    # The closed form is 1e-5 away: these are the derivatives of the numbers that are computed.
    assert minitorch.grad(f)(1.3) == pytest.approx(difference, rel=1e-8)


def test_plain_equations_stay_plain_and_what_has_changed_is_said() -> None:
    def plain(a: float) -> float:
        found = integrate.odeint(lambda y, t: -y, 1.0, TIMES)
        assert type(found) is np.ndarray
        return found[-1, 0] * a

    assert minitorch.grad(plain)(2.0) == integrate.odeint(lambda y, t: -y, 1.0, TIMES)[-1, 0]

    def changing(a: float) -> float:
        state = {"a": a}
        found = odeint(lambda t, y: -state["a"] * y, 1.0, TIMES)[-1, 0]
        state["a"] = 100.0 * a
        return found

    assert minitorch.grad(changing)(0.8) == pytest.approx(-1.5 * np.exp(-1.2), rel=1e-9)
    with pytest.raises(minitorch.BackwardError, match="what it reads has changed since"):
        minitorch.grad(minitorch.grad(changing))(0.8)
