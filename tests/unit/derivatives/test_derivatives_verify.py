"""check_derivatives finds wrong rules, in the order and the mode where they are wrong, and only those."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minitorch.derivatives.check_derivatives import check_derivatives
from minitorch.derivatives.custom import custom_vjp
from minitorch.scalars.scalar import ScalarFunction


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (math.sin, (0.7,)),
        (math.atan2, (1.0, -2.0)),
        (lambda x, y: x**y, (2.0, 3.0)),
        (lambda p: {"r": math.hypot(p["x"], p["y"]), "name": p["name"]}, ({"x": 3.0, "y": 4, "name": "p"},)),
        (lambda a, n: np.sin(a) * n, (np.array([0.1, 2.0]), 3)),
        (lambda x, word: x * len(word), (2.0, "text")),
        (lambda x: 1e9 * x * x, (1e3,)),
        (lambda x: x * abs(x), (1e-3,)),
    ],
)
def test_right_ones_pass(f: Any, args: tuple[Any, ...]) -> None:
    check_derivatives(f, *args, order=3 if f is math.sin else 2)


class WrongSquare(ScalarFunction):
    """Off by a factor in the first order."""

    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return d_output * 1.99 * ctx.saved_values


def test_a_wrong_rule_is_shown_in_a_table() -> None:
    with pytest.raises(AssertionError) as caught:
        check_derivatives(lambda x, y: [WrongSquare.apply(x), x * y], 2.0, 3.0)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("derivatives of order 1 of ")
    assert lines[1].split() == ["of", "by", "expected", "(differences)", "got", "in", "reverse", "got", "forward"]
    assert [line.split()[:2] for line in lines[2:]] == [["f[0]", "x"], ["f[0]", "y"], ["f[1]", "x"], ["f[1]", "y"]]
    assert [line.endswith("<- differs") for line in lines[2:]] == [True, False, False, False]
    assert [float(number) for number in lines[2].split()[2:5]] == pytest.approx([4.0, 3.98, 3.98])


def test_a_rule_that_is_wrong_in_the_second_order_only() -> None:
    @custom_vjp
    def cube(x: float) -> float:
        return x**3

    cube.defvjp(lambda x: (cube(x), float(3 * x * x)), lambda kept, d: (d * detached(kept),))
    check_derivatives(cube, 2.0, order=1)
    with pytest.raises(AssertionError, match=r"derivatives of order 2(.|\n)*f'"):
        check_derivatives(cube, 2.0)


def detached(x: Any) -> float:
    return x.data if hasattr(x, "data") else float(x)


def test_a_kink_is_no_derivative() -> None:
    with pytest.raises(AssertionError, match="differs"):
        check_derivatives(lambda x: max(x, 0.5 * x), 0.0, order=1)


def test_the_order_must_be_positive() -> None:
    with pytest.raises(ValueError, match="order must be 1 or more, not 0"):
        check_derivatives(math.sin, 1.0, order=0)
