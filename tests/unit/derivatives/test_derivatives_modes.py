"""Reverse mode, forward mode, whole matrices: every way to a derivative gives the same numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from minitorch.derivatives.forward_mode import jvp, linearize
from minitorch.derivatives.matrices import hessian, hvp, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.scalars.scalar import ScalarFunction


def wave(x: float, y: float) -> float:
    total = 0.0
    for k in range(1, 4):
        total += math.sin(k * x) * math.exp(-y / k) + x**k / (1 + y * y)
    return max(total, x) if y > 0 else -total


def pair(x: float, y: float) -> list[float]:
    return [wave(x, y), x * y, 3.0]


POINT = (0.7, 1.3)


def test_modes_agree() -> None:
    by_x, by_y = grad(wave, argnums=(0, 1))(*POINT)
    assert jvp(wave, POINT, (1.0, 0.0)) == (wave(*POINT), pytest.approx(by_x, rel=1e-14))
    assert jvp(wave, POINT, (0.0, 1.0))[1] == pytest.approx(by_y, rel=1e-14)
    assert vjp(wave, *POINT)[1](1.0) == (by_x, by_y)
    assert jacobian(wave, argnums=(0, 1))(*POINT) == (by_x, by_y)
    value, push = linearize(wave, *POINT)
    assert value == wave(*POINT)
    assert push(2.0, -1.0) == pytest.approx(2 * by_x - by_y, rel=1e-14)


def test_vjp_and_jvp_are_transposes() -> None:
    value, pull = vjp(pair, *POINT)
    cotangents, tangents = [0.3, -2.0, 5.0], (1.5, -0.25)
    pulled = pull(cotangents)
    pushed = jvp(pair, POINT, tangents)[1]
    assert value == pair(*POINT)
    assert sum(map(float.__mul__, pulled, tangents)) == pytest.approx(sum(map(float.__mul__, cotangents, pushed)))
    assert pushed[2] == 0.0


def test_a_pullback_serves_as_often_as_one_likes() -> None:
    _, pull = vjp(pair, *POINT)
    rows = [pull([1.0, 0.0, 0.0]), pull([0.0, 1.0, 0.0]), pull([0.0, 0.0, 1.0])]
    assert rows == [grad(wave, argnums=(0, 1))(*POINT), (1.3, 0.7), (0.0, 0.0)]
    assert pull([1, 1, 1]) == pytest.approx(tuple(map(sum, zip(*rows, strict=True))), rel=1e-14)


def test_jacobian_by_either_mode() -> None:
    def tall(x: float) -> list[float]:
        return [x, x * x, x**3]

    def wide(x: list[float]) -> list[float]:
        return [x[0] * x[1] * x[2]]

    assert jacobian(tall)(2.0) == [1.0, 4.0, 12.0]
    assert jacobian(wide)([2.0, 3.0, 5.0]) == [[15.0, 10.0, 6.0]]


@pytest.mark.parametrize("order", range(1, 7))
def test_any_order_by_nesting_grad(order: int) -> None:
    derivative: Any = lambda x: x**6 * 1.0  # noqa: E731
    for _ in range(order):
        derivative = grad(derivative)
    assert derivative(1.5) == pytest.approx(math.perm(6, order) * 1.5 ** (6 - order))


def test_any_order_by_nesting_jvp() -> None:
    def once(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    assert once(math.sin)(0.4) == math.cos(0.4)
    assert once(once(math.sin))(0.4) == -math.sin(0.4)
    assert once(once(once(math.sin)))(0.4) == pytest.approx(-math.cos(0.4))


def test_modes_mix() -> None:
    def f(x: float) -> float:
        return math.exp(x) * math.sin(x)

    second = 2 * math.exp(0.3) * math.cos(0.3)
    assert grad(grad(f))(0.3) == pytest.approx(second)
    assert jvp(grad(f), (0.3,), (1.0,))[1] == pytest.approx(second)
    assert grad(lambda x: jvp(f, (x,), (1.0,))[1])(0.3) == pytest.approx(second)
    assert vjp(jacobian(f), 0.3)[1](1.0)[0] == pytest.approx(second)
    assert grad(lambda x: vjp(f, x)[1](1.0)[0])(0.3) == pytest.approx(second)
    assert linearize(grad(f), 0.3)[1](1.0) == pytest.approx(second)
    assert hessian(f)(0.3) == pytest.approx(second)
    third = grad(hessian(f))(0.3)
    assert third == pytest.approx(2 * math.exp(0.3) * (math.cos(0.3) - math.sin(0.3)))


def test_derivatives_by_tangents_and_cotangents() -> None:
    assert grad(lambda t: jvp(lambda x: x**3, (2.0,), (t,))[1])(5.0) == 12.0
    assert grad(lambda c: vjp(lambda x: x**3, 2.0)[1](c)[0])(5.0) == 12.0


def test_hessian_and_its_product_with_a_vector() -> None:
    (xx, xy), (yx, yy) = hessian(wave, argnums=(0, 1))(*POINT)
    assert xy == pytest.approx(yx, rel=1e-14)
    product = hvp(wave, POINT, (2.0, -1.0))
    assert product == pytest.approx((2 * xx - xy, 2 * yx - yy), rel=1e-13)
    assert hvp(lambda x: x**3, (2.0,), (1.0,)) == 12.0


def test_has_aux() -> None:
    def f(x: float) -> tuple[float, dict[str, Any]]:
        return x * x, {"twice": 2 * x, "big": x > 1, "why": "text"}

    aux = {"twice": 6.0, "big": True, "why": "text"}
    assert grad(f, has_aux=True)(3.0) == (6.0, aux)
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, aux), 6.0)
    assert jacobian(f, has_aux=True)(3.0) == (6.0, aux)
    assert hessian(f, has_aux=True)(3.0) == (2.0, aux)
    assert jvp(f, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, aux)
    value, push, kept = linearize(f, 3.0, has_aux=True)
    assert (value, push(1.0), kept) == (9.0, 6.0, aux)
    value, pull, kept = vjp(f, 3.0, has_aux=True)
    assert (value, pull(1.0), kept) == (9.0, (6.0,), aux)
    assert type(grad(f, has_aux=True)(3.0)[1]["big"]) is bool


def test_aux_of_a_nested_derivative_keeps_its_history() -> None:
    def outer(x: float) -> float:
        slope, aux = grad(lambda y: (y * y * x, y * x), has_aux=True)(x)
        return slope + aux

    assert grad(outer)(3.0) == 18.0


@pytest.mark.parametrize("make", [grad, jacobian, hessian, value_and_grad])
def test_keyword_arguments_pass_through(make: Any) -> None:
    def f(x: float, *, scale: float = 1.0) -> float:
        return scale * x * x

    assert make(f)(3.0, scale=2.0) == {grad: 12.0, jacobian: 12.0, hessian: 4.0, value_and_grad: (18.0, 12.0)}[make]


def test_argnums() -> None:
    def f(x: float, y: float, z: float) -> float:
        return x * y**2 * z**3

    assert grad(f, argnums=-1)(2.0, 3.0, 1.0) == 54.0
    assert grad(f, argnums=[2, 0])(2.0, 3.0, 1.0) == (54.0, 9.0)
    assert grad(f, argnums=(1, 1))(2.0, 3.0, 1.0) == (12.0, 12.0)
    assert hessian(f, argnums=(0, 1))(2.0, 3.0, 1.0) == ((0.0, 6.0), (6.0, 4.0))
    assert jacobian(f, argnums=(1, 1))(2.0, 3.0, 1.0) == (12.0, 12.0)


def test_infinite_derivatives_do_not_reach_what_does_not_depend_on_them() -> None:
    def f(x: float, y: float) -> list[float]:
        return [math.sqrt(x), y, y]

    assert jacobian(f, argnums=(0, 1))(0.0, 2.0) == [(math.inf, 0.0), (0.0, 1.0), (0.0, 1.0)]
    assert jvp(f, (0.0, 2.0), (0.0, 1.0))[1] == [0.0, 1.0, 1.0]


def test_a_function_of_ones_own_goes_forward_by_its_backward() -> None:
    class Cube(ScalarFunction):
        @staticmethod
        def forward(ctx: Any, x: float) -> float:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, d_output: float) -> float:
            x = ctx.saved_values
            return d_output * 3.0 * x * x

    assert jvp(Cube.apply, (2.0,), (1.0,)) == (8.0, 12.0)
    assert hessian(lambda x: Cube.apply(x))(2.0) == 12.0


@pytest.mark.parametrize("outputs", [1, 2])
def test_results_that_are_inputs_or_constants(outputs: int) -> None:
    assert jacobian(lambda x: [x] * outputs)(2.0) == [1.0] * outputs
    assert jacobian(lambda x: [5] * outputs)(2.0) == [0.0] * outputs
    assert vjp(lambda x: [x] * outputs, 2.0)[1]([1.0] * outputs) == (float(outputs),)
    assert jvp(lambda x: [x, 5.0], (2.0,), (3,)) == ([2.0, 5.0], [3.0, 0.0])


def test_wrong_calls_say_what_is_wrong() -> None:
    def f(x: float, y: float) -> list[float]:
        return [x, y]

    with pytest.raises(TypeError, match=r"jvp\(f, \(x,\), \(dx,\)\)"):
        jvp(f, 1.0, 2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one tangent per argument: 2 and 1 given"):
        jvp(f, (1.0, 2.0), (1.0,))
    with pytest.raises(TypeError, match="one tangent per argument: 2, not 3"):
        linearize(f, 1.0, 2.0)[1](1.0, 2.0, 3.0)
    with pytest.raises(TypeError, match=r"the cotangents of .*f \(.*\) must have the structure \[float, float\], not"):
        vjp(f, 1.0, 2.0)[1]((1.0, 2.0))
    with pytest.raises(TypeError, match=r"tangent 1 of .* must have the structure float, not \[float\]"):
        jvp(f, (1.0, 2.0), (1.0, [1.0]))
    with pytest.raises(TypeError, match=r"with has_aux, .* must return a pair \(result, aux\), not float"):
        grad(lambda x: x, has_aux=True)(1.0)
    with pytest.raises(TypeError, match="its result must be a real number, not a list"):
        hessian(lambda x: [x])(1.0)
    with pytest.raises(TypeError, match="called with 0 positional arguments"):
        jacobian(lambda x: x)()
