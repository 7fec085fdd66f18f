"""The arguments to differentiate by, named by position, by name, or both, and given by position or keyword."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import pytest

import minitorch


def plain(a: float, b: float = 2.0, *, scale: float = 3.0) -> float:
    return a * b**2 * scale


def open_ended(a: float, **others: float) -> float:
    return a * others["b"] ** 2


def flag(x: float, /, y: float) -> float:
    return x * y


CASES: list[tuple[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any], Any]] = [
    (plain, "a", (5.0,), {}, 12.0),
    (plain, "b", (5.0, 7.0), {}, 210.0),
    (plain, "b", (5.0,), {}, 60.0),
    (plain, 1, (5.0,), {}, 60.0),
    (plain, "b", (), {"a": 5.0, "b": 7.0}, 210.0),
    (plain, 0, (), {"a": 5.0, "b": 7.0}, 147.0),
    (plain, ("b", "a"), (), {"b": 7.0, "a": 5.0}, (210.0, 147.0)),
    (plain, ("a", 1), (5.0,), {"b": 7.0}, (147.0, 210.0)),
    (plain, "scale", (5.0, 7.0), {}, 245.0),
    (plain, "scale", (5.0,), {"scale": 4.0}, 20.0),
    (plain, ("scale", "a", "b"), (5.0,), {"scale": 4.0, "b": 7.0}, (245.0, 196.0, 280.0)),
    (plain, ("scale", -1), (5.0, 7.0), {}, (245.0, 210.0)),
    (plain, ["a"], (5.0,), {}, (12.0,)),
    (open_ended, "b", (5.0,), {"b": 7.0}, 70.0),
    (open_ended, ("b", "a"), (5.0,), {"b": 7.0}, (70.0, 49.0)),
    (flag, "x", (5.0,), {"y": 7.0}, 7.0),
    (functools.partial(plain, 5.0), "b", (7.0,), {}, 210.0),
    (functools.wraps(plain)(lambda *args, **kwargs: plain(*args, **kwargs)), "b", (5.0, 7.0), {}, 210.0),
    (math.hypot, 1, (3.0, 4.0), {}, 0.8),
]


@pytest.mark.parametrize(("f", "argnums", "args", "kwargs", "derivative"), CASES)
def test_arguments_by_name(f: Any, argnums: Any, args: Any, kwargs: Any, derivative: Any) -> None:
    assert minitorch.grad(f, argnums)(*args, **kwargs) == derivative
    assert minitorch.value_and_grad(f, argnums)(*args, **kwargs) == (f(*args, **kwargs), derivative)
    assert minitorch.jacobian(f, argnums)(*args, **kwargs) == derivative


@pytest.mark.parametrize("argnums", ["b", ("b",), ("scale", "b")])
def test_second_derivatives_by_name(argnums: Any) -> None:
    expected = {"b": 30.0, ("b",): ((30.0,),), ("scale", "b"): ((0.0, 70.0), (70.0, 30.0))}
    assert minitorch.hessian(plain, argnums)(a=5.0, b=7.0) == expected[argnums]


def test_the_derivative_beside_a_special_point_takes_the_same_arguments() -> None:
    def kink(x: float, *, y: float, shift: float = 0.0) -> float:
        return 3.0 * x if y == 1.0 else x * y + shift

    assert minitorch.grad(kink, ("y", "x"), special_points="limit")(2.0, y=1.0) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("f", "argnums", "message"),
    [
        (plain, "scael", "by 'scael': no parameter of that name is known; did you mean 'scale'?"),
        (plain, "time", "by 'time': no parameter of that name is known; it has 'a', 'b', 'scale'"),
        (math.hypot, "x", "by 'x': no parameter of that name is known; take its position"),
        (lambda *a: a[0], "a", "by 'a': no parameter of that name is known; take its position"),
        (plain, 1.0, "argnums must be the position or the name of an argument or several of them, not 1.0"),
        (plain, (), "argnums must be the position or the name"),
        (plain, None, "argnums must be the position or the name"),
    ],
)
def test_names_that_are_none(f: Any, argnums: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        minitorch.grad(f, argnums)
    assert message in str(caught.value)


def test_what_is_not_given() -> None:
    with pytest.raises(TypeError, match="by 'b': it was called without it"):
        minitorch.grad(open_ended, "b")(5.0)
    with pytest.raises(TypeError, match="by argument 0: it was called with 0 positional arguments"):
        minitorch.grad(plain, "a")(b=2.0)
    with pytest.raises(TypeError, match="multiple values for argument 'b'"):
        minitorch.grad(plain, "b")(1.0, 2.0, b=3.0)


@pytest.mark.parametrize("argnums", ["b", 1, ("a", "b"), ["b"]])
def test_compiled_derivatives_by_name(argnums: Any) -> None:
    compiled = minitorch.compile(plain, argnums=argnums)
    expected = minitorch.value_and_grad(plain, argnums)
    compiled.precompile(5.0, 7.0)
    for args, kwargs in [((5.0, 7.0), {}), ((5.0,), {"b": 7.0}), ((), {"b": 7.0, "a": 5.0}), ((5.0,), {})]:
        assert compiled.value_and_grad(*args, **kwargs) == expected(*args, **kwargs)
        assert compiled.hessian(*args, **kwargs) == minitorch.hessian(plain, argnums)(*args, **kwargs)


def test_what_only_a_keyword_reaches_is_not_compiled() -> None:
    with pytest.raises(TypeError, match=r"by 'scale', which only a keyword reaches; compile a function that takes it"):
        minitorch.compile(plain, argnums="scale")
