"""The examples of JAX's documentation, in plain Python here and in JAX there: the same numbers to 1e-12.

The documented pages: `grad`, `value_and_grad`, `jacfwd`, `jacrev`, `hessian`, `jvp`, `vjp`, `linearize`, `custom_vjp`,
`stop_gradient`, the autodiff cookbook, and "Custom derivative rules for Python code".
"""

from __future__ import annotations

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from minitorch.derivatives.custom import custom_vjp
from minitorch.derivatives.forward_mode import jvp, linearize
from minitorch.derivatives.matrices import hessian, hvp, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.scalars.detach import stop_gradient

jax.config.update("jax_enable_x64", True)


def same(ours: Any, theirs: Any) -> None:
    """Compare structures of numbers."""
    our_leaves, our_structure = jax.tree_util.tree_flatten(ours)
    their_leaves, their_structure = jax.tree_util.tree_flatten(theirs)
    assert our_structure == their_structure
    for our_leaf, their_leaf in zip(our_leaves, their_leaves, strict=True):
        assert np.shape(our_leaf) == np.shape(their_leaf)
        assert np.asarray(our_leaf, float) == pytest.approx(np.asarray(their_leaf), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("order", range(1, 5))
def test_grad_of_tanh(order: int) -> None:
    ours: Any = math.tanh
    theirs: Any = jnp.tanh
    for _ in range(order):
        ours, theirs = grad(ours), jax.grad(theirs)
    same(ours(0.2), theirs(0.2))


def test_grad_of_a_polynomial() -> None:
    def f(x: Any) -> Any:
        return x**3 + 2 * x**2 - 3 * x + 1

    ours: Any = f
    theirs: Any = f
    for _ in range(4):
        ours, theirs = grad(ours), jax.grad(theirs)
        same(ours(1.0), theirs(1.0))


def rows(x: Any, sin: Any) -> list[Any]:
    return [x[0], 5 * x[2], 4 * x[1] ** 2 - 2 * x[2], x[2] * sin(x[0])]


def test_jacobians() -> None:
    point = np.array([1.0, 2.0, 3.0])
    ours = jacobian(lambda x: np.array(rows(x, math.sin)))(point)
    for make in (jax.jacfwd, jax.jacrev):
        same(ours, make(lambda x: jnp.asarray(rows(x, jnp.sin)))(point))


def test_jacobians_of_structures() -> None:
    point = {"a": 2.0, "b": (3.0, np.array([1.0, 2.0]))}

    def f(p: Any) -> Any:
        return {"y": p["a"] * p["b"][1], "z": [p["a"] * p["b"][0] ** 2]}

    same(jacobian(f)(point), jax.jacrev(f)(point))


def test_hessian() -> None:
    def g(x: Any) -> Any:
        return x[0] ** 3 - 2 * x[0] * x[1] - x[1] ** 6

    point = np.array([1.0, 2.0])
    same(hessian(g)(point), jax.hessian(g)(point))


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), (1, 0)])
def test_argnums(argnums: Any) -> None:
    def f(x: Any, p: Any, scale: float = 1.0) -> Any:
        return scale * x**2 * p["a"] + p["b"][0]

    arguments = (3.0, {"a": 2.0, "b": [5.0]})
    same(grad(f, argnums)(*arguments, scale=2.0), jax.grad(f, argnums)(*arguments, scale=2.0))
    same(jacobian(f, argnums)(*arguments), jax.jacobian(f, argnums)(*arguments))
    same(hessian(f, argnums)(*arguments), jax.hessian(f, argnums)(*arguments))
    same(value_and_grad(f, argnums)(*arguments), jax.value_and_grad(f, argnums)(*arguments))


def test_jvp() -> None:
    same(jvp(math.sin, (0.1,), (0.2,)), jax.jvp(jnp.sin, (0.1,), (0.2,)))


def test_vjp() -> None:
    ours, our_pull = vjp(lambda x, y: (math.sin(x), math.cos(y)), 0.5, 1.0)
    theirs, their_pull = jax.vjp(lambda x, y: (jnp.sin(x), jnp.cos(y)), 0.5, 1.0)
    same(ours, theirs)
    same(our_pull((-0.7, 0.3)), their_pull((-0.7, 0.3)))


def test_linearize() -> None:
    ours, our_push = linearize(lambda x: 3.0 * math.sin(x) + math.cos(x / 2.0), 2.0)
    theirs, their_push = jax.linearize(lambda x: 3.0 * jnp.sin(x) + jnp.cos(x / 2.0), 2.0)
    same(ours, theirs)
    for tangent in (3.0, 4.0):
        same(our_push(tangent), their_push(tangent))


def test_has_aux() -> None:
    def f(x: Any) -> Any:
        return (x * x).sum(), {"double": 2 * x, "name": None}

    x = np.array([1.0, 2.0])
    same(grad(f, has_aux=True)(x), jax.grad(f, has_aux=True)(x))
    same(value_and_grad(f, has_aux=True)(x), jax.value_and_grad(f, has_aux=True)(x))
    same(jacobian(f, has_aux=True)(x), jax.jacobian(f, has_aux=True)(x))
    same(jvp(f, (x,), (x,), has_aux=True), jax.jvp(f, (x,), (x,), has_aux=True))
    ours, theirs = vjp(f, x, has_aux=True), jax.vjp(f, x, has_aux=True)
    same((ours[0], ours[1](1.0), ours[2]), (theirs[0], theirs[1](1.0), theirs[2]))


# -- the cookbook: logistic regression ---------------------------------------------------------------------------------

INPUTS = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
TARGETS = (True, True, False, True)
WEIGHTS, BIAS = np.array([0.3, -0.8, 1.7]), -0.2


def loss(w: Any, b: Any) -> float:
    """Plain Python: the negative logarithm of the likelihood of the labels."""
    total = 0.0
    for row, target in zip(INPUTS, TARGETS, strict=True):
        score = b
        for x, weight in zip(row, w, strict=True):
            score += x * weight
        p = 0.5 * (math.tanh(score / 2) + 1)
        total -= math.log(p if target else 1 - p)
    return total


def loss_in_jax(w: Any, b: Any) -> Any:
    p = 0.5 * (jnp.tanh((jnp.dot(INPUTS, w) + b) / 2) + 1)
    targets = jnp.array(TARGETS)
    return -jnp.sum(jnp.log(p * targets + (1 - p) * (1 - targets)))


def test_logistic_regression() -> None:
    same(value_and_grad(loss, (0, 1))(WEIGHTS, BIAS), jax.value_and_grad(loss_in_jax, (0, 1))(WEIGHTS, BIAS))
    same(hessian(loss, (0, 1))(WEIGHTS, BIAS), jax.hessian(loss_in_jax, (0, 1))(WEIGHTS, BIAS))
    params, jax_params = {"W": WEIGHTS, "b": BIAS}, {"W": jnp.array(WEIGHTS), "b": BIAS}
    same(grad(lambda p: loss(p["W"], p["b"]))(params), jax.grad(lambda p: loss_in_jax(p["W"], p["b"]))(jax_params))


def test_hessian_vector_products() -> None:
    direction = np.array([0.2, -1.0, 0.5])

    def theirs(f: Any, primals: Any, tangents: Any) -> Any:
        return jax.jvp(jax.grad(f), primals, tangents)[1]

    same(
        hvp(lambda w: loss(w, BIAS), (WEIGHTS,), (direction,)),
        theirs(lambda w: loss_in_jax(w, BIAS), (WEIGHTS,), (direction,)),
    )
    same(
        grad(lambda w: np.vdot(grad(loss)(w, BIAS), direction))(WEIGHTS),
        jax.grad(lambda w: jnp.vdot(jax.grad(loss_in_jax)(w, BIAS), direction))(WEIGHTS),
    )


def test_modes_mix() -> None:
    def inner(m: Any, f: Any) -> Any:
        return lambda x: f(m, x) * f(m, x * x)

    def f(m: Any, x: Any) -> Any:
        return m.exp(m.sin(x)) / (1 + x)

    def push(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    def push_in_jax(f: Any) -> Any:
        return lambda x: jax.jvp(f, (x,), (1.0,))[1]

    ours, theirs = inner(math, f), inner(jnp, f)
    same(grad(push(grad(ours)))(0.6), jax.grad(push_in_jax(jax.grad(theirs)))(0.6))
    same(push(grad(push(ours)))(0.6), push_in_jax(jax.grad(push_in_jax(theirs)))(0.6))


def test_perturbations_stay_apart() -> None:
    def f(derive: Any) -> Any:
        return derive(lambda x: x * derive(lambda y: x * y * y)(2.0 * x))

    same(f(grad)(3.0), f(jax.grad)(3.0))


def test_stop_gradient() -> None:
    """Temporal differences: the target is held still."""
    theta, s_now, s_next, reward = np.array([0.1, -0.1, 0.0]), [1.0, 2.0, -1.0], [2.0, 1.0, 0.0], 1.0

    def error(theta: Any, stop: Any, dot: Any) -> Any:
        target = reward + dot(theta, np.array(s_next))
        return (stop(target) - dot(theta, np.array(s_now))) ** 2

    same(grad(error)(theta, stop_gradient, np.dot), jax.grad(error)(theta, jax.lax.stop_gradient, jnp.dot))


# -- custom derivative rules -------------------------------------------------------------------------------------------


def test_custom_vjp() -> None:
    def product(make: Any, m: Any) -> Any:
        @make
        def f(x: Any, y: Any) -> Any:
            return m.sin(x) * y

        f.defvjp(
            lambda x, y: (f(x, y), (m.cos(x), m.sin(x), y)),
            lambda kept, g: (kept[0] * g * kept[2], kept[1] * g),
        )
        return f

    ours, theirs = product(custom_vjp, math), product(jax.custom_vjp, jnp)
    same(grad(ours, (0, 1))(2.0, 3.0), jax.grad(theirs, (0, 1))(2.0, 3.0))
    same(hessian_by_reverse(grad, ours), hessian_by_reverse(jax.grad, theirs))


def hessian_by_reverse(derive: Any, f: Any) -> Any:
    return [derive(lambda x, y, k=k: derive(f, (0, 1))(x, y)[k], (0, 1))(2.0, 3.0) for k in (0, 1)]


def test_gradient_clipping() -> None:
    def clipped(make: Any) -> Any:
        @make
        def clip(low: Any, high: Any, x: Any) -> Any:
            return x

        return clip

    ours, theirs = clipped(custom_vjp), clipped(jax.custom_vjp)
    ours.defvjp(lambda lo, hi, x: (x, (lo, hi)), lambda kept, g: (None, None, max(kept[0], min(kept[1], g))))
    theirs.defvjp(lambda lo, hi, x: (x, (lo, hi)), lambda kept, g: (None, None, jnp.clip(g, kept[0], kept[1])))
    for t in (0.0, 0.5, 1.5):
        same(
            grad(lambda t: math.sin(ours(-0.75, 0.75, t)))(t),
            jax.grad(lambda t: jnp.sin(theirs(-0.75, 0.75, t)))(t),
        )


def test_implicit_differentiation_of_a_fixed_point() -> None:
    """The square root by Newton's iteration, its derivative by the implicit function theorem."""

    def ours(a: float) -> float:
        return fixed_point(newton, a, a)

    def theirs(a: Any) -> Any:
        return jax_fixed_point(newton, a, a)

    def newton(a: Any, x: Any) -> Any:
        return 0.5 * (x + a / x)

    same(ours(2.0), theirs(2.0))
    same(grad(ours)(2.0), jax.grad(theirs)(2.0))
    same(grad(grad(ours))(2.0), jax.grad(jax.grad(theirs))(2.0))


@functools.partial(custom_vjp, nondiff_argnums=(0,))
def fixed_point(f: Any, a: Any, guess: Any) -> Any:
    before, now = guess, f(a, guess)
    while abs(before - now) > 1e-14:
        before, now = now, f(a, now)
    return now


def fixed_point_forward(f: Any, a: Any, guess: Any) -> Any:
    found = fixed_point(f, a, guess)
    return found, (a, found)


def fixed_point_backward(f: Any, kept: Any, d_found: Any) -> Any:
    a, found = kept
    _, pull_a = vjp(lambda a: f(a, found), a)
    _, pull_x = vjp(lambda x: f(a, x), found)
    return pull_a(d_found / (1.0 - pull_x(1.0)[0]))[0], 0.0


fixed_point.defvjp(fixed_point_forward, fixed_point_backward)


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def jax_fixed_point(f: Any, a: Any, guess: Any) -> Any:
    return jax.lax.while_loop(
        lambda pair: jnp.abs(pair[0] - pair[1]) > 1e-14,
        lambda pair: (pair[1], f(a, pair[1])),
        (guess, f(a, guess)),
    )[1]


def jax_forward(f: Any, a: Any, guess: Any) -> Any:
    found = jax_fixed_point(f, a, guess)
    return found, (a, found)


def jax_backward(f: Any, kept: Any, d_found: Any) -> Any:
    a, found = kept
    _, pull_a = jax.vjp(lambda a: f(a, found), a)
    _, pull_x = jax.vjp(lambda x: f(a, x), found)
    return pull_a(d_found / (1.0 - pull_x(1.0)[0]))[0], 0.0


jax_fixed_point.defvjp(jax_forward, jax_backward)
