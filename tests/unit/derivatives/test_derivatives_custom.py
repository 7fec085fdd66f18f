"""Rules of one's own: through iterations that tracing can't differentiate, in every mode and order."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from minitorch.autodiff.errors import BackwardError, HistoryLostError
from minitorch.autodiff.grad_mode import no_grad
from minitorch.derivatives.custom import custom_vjp
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad
from minitorch.scalars.detach import detach
from minitorch.scalars.scalar import Scalar


def bisected(a: float) -> float:
    """The x with x³ + x = a, by halving an interval: its ends depend on a by comparisons alone."""
    low, high = -10.0, 10.0
    while high - low > 1e-14:
        middle = (low + high) / 2
        low, high = (middle, high) if middle**3 + middle < a else (low, middle)
        if middle in (low, high) and high - low < 1e-14:
            break
    return (low + high) / 2


@custom_vjp
def root(a: float) -> float:
    """The x with x³ + x = a."""
    return bisected(a)


def root_forward(a: float) -> tuple[float, float]:
    x = root(a)
    return x, x


def root_backward(x: float, d_x: float) -> tuple[float]:
    return (d_x / (3 * x * x + 1),)


root.defvjp(root_forward, root_backward)

AT = 5.0
X = bisected(AT)
SLOPE = 1 / (3 * X * X + 1)
CURVATURE = -6 * X * SLOPE**3


def test_tracing_alone_sees_no_dependence() -> None:
    assert grad(bisected)(AT) == 0.0


def test_first_derivatives() -> None:
    assert root(AT) == X
    assert type(root(AT)) is float
    assert value_and_grad(root)(AT) == (X, pytest.approx(SLOPE))
    assert grad(lambda a: 2 * root(a * a))(math.sqrt(AT)) == pytest.approx(4 * math.sqrt(AT) * SLOPE)
    assert jvp(root, (AT,), (2.0,)) == (X, pytest.approx(2 * SLOPE))


def test_higher_derivatives() -> None:
    assert grad(grad(root))(AT) == pytest.approx(CURVATURE)
    assert hessian(root)(AT) == pytest.approx(CURVATURE)
    assert grad(lambda a: jvp(root, (a,), (1.0,))[1])(AT) == pytest.approx(CURVATURE)
    third = -6 * SLOPE**4 + 108 * X * X * SLOPE**5
    assert grad(grad(grad(root)))(AT) == pytest.approx(third)


def test_it_is_one_operation_of_that_name() -> None:
    y = root(Scalar(AT))
    assert y.history.last_fn.__name__ == "root"
    assert root.__doc__ == "The x with x³ + x = a."
    assert root.__name__ == "root"


def test_structures_in_and_out() -> None:
    @custom_vjp
    def sums(p: dict[str, Any], x: Any, tag: str) -> dict[str, Any]:
        return {"total": p["a"] * sum(x), "each": x * p["a"], "tag": tag, "count": len(x)}

    def backward(kept: Any, d: dict[str, Any]) -> Any:
        p, x = kept
        by_a = d["total"] * sum(x) + (d["each"] * x).sum()
        return {"a": by_a, "why": None}, d["total"] * p["a"] + d["each"] * p["a"], None

    sums.defvjp(lambda p, x, tag: (sums(p, x, tag), (p, x)), backward)
    x = np.array([1.0, 2.0, 4.0])
    point = {"a": 3.0, "why": "text"}

    def f(p: Any, x: Any) -> Any:
        out = sums(p, x, tag="t")
        assert (out["tag"], out["count"]) == ("t", 3)
        return out["total"] * out["each"][1]

    def plainly(p: Any, x: Any) -> Any:
        return p["a"] * sum(x) * x[1] * p["a"]

    ours, theirs = (grad(g, argnums=(0, 1))(point, x) for g in (f, plainly))
    assert ours[0]["why"] == theirs[0]["why"] == "text"
    assert ours[0]["a"] == pytest.approx(theirs[0]["a"])
    assert ours[1] == pytest.approx(theirs[1])
    assert hessian(f, argnums=1)(point, x) == pytest.approx(hessian(plainly, argnums=1)(point, x))
    assert jacobian(lambda x: sums(point, x, "t")["each"])(x) == pytest.approx(3.0 * np.eye(3))


def test_arguments_without_derivatives() -> None:
    @functools.partial(custom_vjp, nondiff_argnums=(0,))
    def apply(f: Callable[[float], float], x: float) -> float:
        return f(x)

    apply.defvjp(lambda f, x: (apply(f, x), x), lambda f, x, d: (d * 100.0 * f(x),))
    assert grad(lambda x: apply(math.exp, x))(0.0) == 100.0
    assert grad(lambda x: apply(math.exp, x=x))(0.0) == 100.0


def test_a_rule_may_clip() -> None:
    """JAX's own example: the derivative passes through, within bounds."""

    @custom_vjp
    def clipped(x: float) -> float:
        return x

    clipped.defvjp(lambda x: (x, None), lambda _, d: (max(-1.0, min(1.0, d)),))
    assert grad(lambda x: 5 * clipped(x))(3.0) == 1.0
    assert grad(lambda x: 0.5 * clipped(x))(3.0) == 0.5


def test_without_recording_it_is_the_plain_function() -> None:
    def f(x: float) -> float:
        with no_grad():
            y = root(x)
        return x * y

    assert grad(f)(AT) == pytest.approx(X)


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_a_rule_must_be_set() -> None:
    @custom_vjp
    def bare(x: float) -> float:
        return 2 * x

    assert bare(1.0) == 2.0
    with pytest.raises(BackwardError, match=r"bare \(.*custom.* has no derivative rule: set one with defvjp"):
        grad(bare)(1.0)


@pytest.mark.parametrize(
    ("forward", "backward", "words"),
    [
        (lambda x: x, lambda kept, d: (d,), r"the forward of .*must return a pair.*not float"),
        (lambda x: (x, x), lambda kept, d: d, r"the backward of .*one per differentiable argument: 1, not float"),
        (lambda x: (x, x), lambda kept, d: (d, d), r"argument: 1, not \(float, float\)"),
        (lambda x: (x, x), lambda kept, d: ([d],), r"a derivative must have the structure float, not \[float\]"),
    ],
)
def test_rules_that_do_not_fit(forward: Any, backward: Any, words: str) -> None:
    @custom_vjp
    def f(x: float) -> float:
        return x

    f.defvjp(forward, backward)
    with pytest.raises(BackwardError, match=words):
        grad(f)(1.0)


def test_variables_that_come_in_past_the_arguments() -> None:
    def outer(b: float) -> Any:
        @custom_vjp
        def f(x: float) -> float:
            return x * b

        f.defvjp(lambda x: (f(x), None), lambda _, d: (d,))
        return f

    with pytest.raises(HistoryLostError, match="depends on a Variable that is not among its differentiable arguments"):
        grad(lambda b: outer(b)(3.0))(2.0)
    with pytest.raises(HistoryLostError, match=r"minitorch.detach\(x\)"):
        grad(lambda b: outer(b)(b))(2.0)
    assert grad(lambda b: outer(detach(b))(b))(2.0) == 1.0


def test_arguments_by_name_only() -> None:
    @custom_vjp
    def f(x: float, *, scale: float = 1.0) -> float:
        return x * scale

    with pytest.raises(TypeError, match="can't take scale by name only"):
        f(1.0, scale=2.0)
