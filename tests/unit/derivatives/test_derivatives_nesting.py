"""Derivatives within derivatives: each by its own inputs, whatever else is a Variable around it."""

from __future__ import annotations

import functools
import math
import threading
from typing import Any

import pytest

from minitorch.autodiff.history import LIVE
from minitorch.derivatives.forward_mode import jvp, linearize
from minitorch.derivatives.matrices import hessian, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.derivatives.self_recording import is_derivative
from minitorch.scalars.detach import detach
from minitorch.scalars.scalar import Scalar


def forward(f: Any) -> Any:
    return lambda x: jvp(f, (x,), (1.0,))[1]


MODES = [grad, forward]


@pytest.mark.parametrize("inner", MODES)
@pytest.mark.parametrize("outer", MODES)
class TestNoPerturbationConfusion:
    """The examples of Siskind and Pearlmutter, in every mix of modes."""

    def test_a_sum(self, outer: Any, inner: Any) -> None:
        assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0

    def test_a_product(self, outer: Any, inner: Any) -> None:
        assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0

    def test_at_the_outer_variable(self, outer: Any, inner: Any) -> None:
        assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0

    def test_a_derivative_of_a_derivative_that_is_constant(self, outer: Any, inner: Any) -> None:
        assert outer(lambda x: inner(lambda y: y)(x))(3.0) == 0.0

    def test_a_curried_function(self, outer: Any, inner: Any) -> None:
        """The derivative of a function of functions: the two tangents must stay apart."""

        def shifted(u: float) -> Any:
            return lambda f: lambda x: f(x + u)

        assert outer(lambda u: inner(shifted(u)(math.exp))(1.0))(1.0) == pytest.approx(math.exp(2.0))

    def test_three_levels(self, outer: Any, inner: Any) -> None:
        """By z: 3 x y² z², at z = y; of that by y: 12 x y³, at y = x; of that by x: 48 x³."""

        def f(x: float) -> Any:
            return inner(lambda y: outer(lambda z: x * y**2 * z**3)(y))(x)

        assert outer(f)(2.0) == pytest.approx(THREE_LEVELS)


THREE_LEVELS = 48 * 2.0**3


def test_values_of_inner_derivatives_keep_the_outer_history_alone() -> None:
    def f(x: float) -> float:
        value, slope = value_and_grad(lambda y: x * y * y)(3.0)
        return value + slope

    assert value_and_grad(f)(2.0) == (30.0, 15.0)
    assert type(value_and_grad(f)(2.0)[0]) is float


def test_inner_derivatives_of_what_is_plain_are_plain() -> None:
    found: list[Any] = []

    def f(x: float) -> float:
        found.append(grad(lambda y: y * y)(3.0))
        found.append(jacobian(lambda y: [x * y, y * y])(3.0))
        return x

    grad(f)(2.0)
    assert type(found[0]) is float
    assert [type(part) for part in found[1]] == [Scalar, float]


def test_pullbacks_and_pushforwards_made_outside_work_inside() -> None:
    _, pull = vjp(lambda x: x**3, 2.0)
    _, push = linearize(lambda x: x**3, 2.0)
    assert grad(lambda c: pull(c)[0] * c)(1.0) == 24.0
    assert grad(lambda t: push(t) * t)(1.0) == 24.0


def test_pullbacks_made_inside_keep_the_outer_history() -> None:
    def f(x: float) -> float:
        _, pull = vjp(lambda y: [x * y, y * y], x)
        return pull([1.0, 0.0])[0] + pull([0.0, 1.0])[0]

    assert grad(f)(5.0) == 3.0


def test_scalars_made_by_hand_outside() -> None:
    a = Scalar(2.0)
    slope = grad(lambda x: a * x * x)(3.0)
    slope.backward()
    assert (slope.data, a.derivative) == (12.0, 6.0)
    assert grad(lambda x: detach(a) * x)(3.0) == 2.0


def test_a_hessian_in_a_newton_iteration_differentiates() -> None:
    def minimum(a: float) -> float:
        x = 1.0
        for _ in range(20):
            x = x - grad(lambda y: y**4 / 4 - a * y)(x) / hessian(lambda y: y**4 / 4 - a * y)(x)
        return x

    value, slope = value_and_grad(minimum)(8.0)
    assert value == pytest.approx(2.0)
    assert slope == pytest.approx(8.0 ** (-2 / 3) / 3)


# -- what is left over from a run that is over -------------------------------------------------------------------------

kept: dict[str, Any] = {}


def remembering(x: float) -> float:
    if "value" not in kept:
        kept["value"] = x * x
    return kept["value"] + x


def test_a_value_kept_from_another_derivative_is_a_constant() -> None:
    kept.clear()
    assert grad(remembering)(3.0) == 7.0
    assert value_and_grad(remembering)(4.0) == (13.0, 1.0)
    assert kept["value"].history is None and math.sqrt(kept["value"]) == 3.0
    kept.clear()
    assert grad(remembering)(4.0) == 9.0


def test_a_value_kept_within_one_derivative_is_none_of_that() -> None:
    def f(x: float) -> float:
        memo: list[float] = []

        def g(y: float) -> float:
            memo.append(y * x)
            return memo[0] * y

        return grad(g)(2.0) + grad(g)(3.0)

    # 2 y x at y = 2, then 2 x for what the memo holds.
    assert grad(f)(5.0) == 6.0


def test_nothing_is_held_when_it_is_over() -> None:
    before = len(LIVE.marks)

    def fails(x: float) -> float:
        kept["leak"] = x * x
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        grad(fails)(1.0)
    _, pull = vjp(lambda x: x * x, 3.0)
    assert len(LIVE.marks) == before
    assert pull(1.0) == (6.0,)


def test_threads_differentiate_apart() -> None:
    found: dict[int, list[float]] = {}

    def work(number: int) -> None:
        found[number] = [grad(grad(lambda x: math.sin(number * x)))(0.1 * k) for k in range(30)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        expected = [-number * number * math.sin(number * 0.1 * k) for k in range(30)]
        assert found[number] == pytest.approx(expected)


def test_what_wraps_a_derivative_is_traced() -> None:
    """`functools.wraps` copies what marks a function, so the mark of a derivative is not among that."""
    slope = grad(math.sin)

    @functools.wraps(slope)
    def scaled(x: float) -> float:
        return float(x) * slope(x)

    assert is_derivative(slope)
    assert not is_derivative(scaled)
    assert grad(scaled)(0.5) == math.cos(0.5) - 0.5 * math.sin(0.5)
