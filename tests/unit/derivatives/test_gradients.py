"""`grad` and `value_and_grad`: which arguments, what nests in what, and what they refuse."""

from __future__ import annotations

import functools
import gc
import math
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import minitorch
from minitorch import RewriteError, Scalar, grad, value_and_grad

HERE = re.escape(__file__)


def power(x: float, y: float = 3.0, *, scale: float = 1.0) -> float:
    return x**y * scale


def forwarding(*args: float, **kwargs: float) -> float:
    return power(*args, **kwargs)


class Spring:
    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    def energy(self, x: float) -> float:
        return 0.5 * self.stiffness * x * x

    def __call__(self, x: float) -> float:
        return self.energy(x) + x

    @staticmethod
    def static(x: float) -> float:
        return x * x

    @classmethod
    def of_class(cls, x: float) -> float:
        return cls(4.0).energy(x)


# -- which arguments ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 12.0),
        (1, 8 * math.log(2)),
        (-1, 8 * math.log(2)),
        (-2, 12.0),
        ((0,), (12.0,)),
        ((0, 1), (12.0, 8 * math.log(2))),
        ((1, 0), (8 * math.log(2), 12.0)),
        ([0, -1], (12.0, 8 * math.log(2))),
    ],
)
def test_argnums(argnums: Any, expected: Any) -> None:
    value, derivative = value_and_grad(power, argnums)(2.0, 3.0)
    assert (value, type(value), type(derivative)) == (8.0, float, type(expected))
    assert derivative == pytest.approx(expected, rel=1e-14)
    assert grad(power, argnums)(2.0, 3.0) == derivative


def test_other_arguments_go_through() -> None:
    assert grad(power)(2.0) == 12.0
    assert grad(power)(2.0, 2.0, scale=10.0) == 40.0
    assert grad(power)(2.0, y=2) == 4.0
    assert grad(forwarding)(2.0, 2.0, scale=10.0) == 40.0


@pytest.mark.parametrize(("value", "expected"), [(2, 12.0), (True, 3.0), (2.0, 12.0)])
def test_real_numbers_of_all_kinds(value: Any, expected: float) -> None:
    derivative = grad(power)(value)
    assert (derivative, type(derivative)) == (expected, float)


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        (math.sin, 0.0, 1.0),
        (Spring(4.0).energy, 3.0, 12.0),
        (Spring(4.0), 3.0, 13.0),
        (Spring.static, 3.0, 6.0),
        (Spring.of_class, 3.0, 12.0),
        (functools.partial(power, y=2.0), 3.0, 6.0),
        (functools.lru_cache(power), 2.0, 12.0),
        (lambda x: x if x > 0 else -x, -2.0, -1.0),
        (lambda x: 7, 1.0, 0.0),
        (lambda x: x, 5.0, 1.0),
        (lambda x: sum(x * k for k in range(4)), 1.0, 6.0),
        (lambda x: float(str(2)) * x, 1.0, 2.0),
    ],
)
def test_callables_of_all_kinds(function: Callable[..., Any], at: float, expected: float) -> None:
    assert grad(function)(at) == pytest.approx(expected)


def test_the_function_keeps_its_name_and_its_plain_behaviour() -> None:
    assert (grad(power).__name__, grad(power).__doc__) == (power.__name__, power.__doc__)
    assert type(power(2.0)) is float


def test_derivatives_leave_no_trace() -> None:
    x = Scalar(2.0)
    assert type(grad(power)(2.0)) is float
    assert x.derivative is None
    value = x * 3
    grad(lambda y: y * y)(1.0)
    value.backward()
    assert x.derivative == 3.0


# -- nesting and closures ----------------------------------------------------------------------------------------------


def test_higher_derivatives() -> None:
    derivative: Callable[..., Any] = math.sin
    for expected in (math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3)):
        derivative = grad(derivative)
        assert derivative(0.3) == pytest.approx(expected, rel=1e-14)


def test_mixed_derivatives() -> None:
    def f(x: float, y: float) -> float:
        return x**3 * y**2

    assert grad(grad(f, 0), 1)(2.0, 5.0) == grad(grad(f, 1), 0)(2.0, 5.0) == 120.0
    assert grad(lambda x, y: sum(grad(f, (0, 1))(x, y)))(2.0, 5.0) == 12 * 25 + 6 * 4 * 5


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [
        # The classic case of perturbation confusion: d/dx [x * d/dy (x + y)] = 1, not 2.
        (lambda x: x * grad(lambda y: x + y)(1.0), 1.0, 1.0),
        (lambda x: x * grad(lambda y: x * y)(2.0), 3.0, 6.0),
        (lambda x: grad(lambda y: x * y * y)(x), 3.0, 12.0),
        (lambda x: grad(lambda y: x)(x), 3.0, 0.0),
        (lambda x: grad(lambda x: x * x)(x) * x, 3.0, 12.0),
        (lambda x: grad(lambda y: grad(lambda z: x * y * z)(1.0))(1.0), 3.0, 1.0),
        (lambda x: grad(lambda y: y * grad(lambda z: z * x + y)(x))(x) * x, 3.0, 6.0),
        (lambda x: value_and_grad(lambda y: x * y)(4.0)[0], 3.0, 4.0),
        (lambda x: grad(lambda y: y * y)(4.0) * x, 3.0, 8.0),
        (lambda x: x * grad(lambda y: 5.0)(x), 3.0, 0.0),
    ],
)
def test_perturbations_are_not_confused(function: Callable[..., Any], at: float, expected: float) -> None:
    assert grad(function)(at) == expected


def test_a_variable_of_the_enclosing_function() -> None:
    k = Scalar(3.0, name="k")
    derivative = grad(lambda x: k * x * x)(2.0)
    assert (derivative.data, type(derivative)) == (12.0, Scalar)
    derivative.backward()
    assert k.derivative == 4.0


def test_a_variable_as_argument() -> None:
    x = Scalar(2.0)
    slope = grad(power)(x)
    slope.backward()
    assert (slope.data, x.derivative) == (12.0, 12.0)


def test_a_value_that_does_not_depend_on_the_enclosing_function_is_plain() -> None:
    k = Scalar(3.0)
    assert type(grad(lambda x: x * x)(2.0)) is float
    assert type(grad(lambda x: x * minitorch.detach(k))(2.0)) is float


def test_newton_s_method_through_its_own_derivative() -> None:
    def root(a: float) -> float:
        x = a
        for _ in range(30):
            x = x - (x * x - a) / grad(lambda y: y * y - a)(x)
        return x

    assert root(2.0) == pytest.approx(math.sqrt(2))
    assert grad(root)(2.0) == pytest.approx(0.5 / math.sqrt(2), rel=1e-10)


def test_threads_do_not_meet() -> None:
    results: dict[int, float] = {}

    def work(n: int) -> None:
        results[n] = sum(grad(lambda x: x**n)(1.0) for _ in range(20))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: 20.0 * n for n in range(1, 9)}


def test_generators_inside_are_fine() -> None:
    def steps(x: float) -> Iterator[float]:
        while x > 1:
            yield x
            x = x / 2

    assert grad(lambda x: sum(steps(x)))(8.0) == 1 + 0.5 + 0.25


# -- what is refused ---------------------------------------------------------------------------------------------------


def generator(x: float) -> Iterator[float]:
    yield x


async def coroutine(x: float) -> float:
    return x


async def asynchronous(x: float) -> AsyncIterator[float]:
    yield x


def test_text_without_source() -> None:
    names: dict[str, Any] = {}
    exec("def f(x): return x * x", names)
    code = names["f"].__code__
    with pytest.raises(RewriteError, match=r"define the function in a file|is not what was compiled"):
        grad(names["f"])
    assert names["f"].__code__ is code


@pytest.mark.parametrize(
    ("function", "called"),
    [
        (generator(1.0), "<generator"),
        (3, "3"),
        (None, "None"),
        ("text", "'text'"),
        (len, "'len'"),
        (print, "'print'"),
        ([1, 2], r"\[1, 2\]"),
    ],
)
def test_what_is_no_python_function(function: Any, called: str) -> None:
    with pytest.raises(
        RewriteError, match=f"^{called}.* is not a Python function: it has no source to rewrite; give a"
    ):
        grad(function)


@pytest.mark.parametrize(
    ("function", "kind"), [(generator, "generator"), (coroutine, "coroutine"), (asynchronous, "async_generator")]
)
@pytest.mark.filterwarnings("ignore:coroutine 'coroutine' was never awaited")
def test_functions_that_only_make_something_to_run(function: Any, kind: str) -> None:
    pattern = (
        rf"can't differentiate {function.__name__} \({HERE}:\d+\): its result must be a real number, not an? {kind}"
    )
    with pytest.raises(TypeError, match=pattern):
        grad(function)(1.0)
    gc.collect()  # so that the warning comes here


@pytest.mark.parametrize(
    ("result", "kind"), [((1.0, 2.0), "tuple"), ([1.0], "list"), ({"a": 1.0}, "dict"), ("1", "str"), (None, "NoneType")]
)
def test_results_that_are_no_number(result: Any, kind: str) -> None:
    def f(x: float) -> Any:
        return result

    with pytest.raises(TypeError, match=rf"can't differentiate .*f \({HERE}:\d+\): its result .*number.*{kind}"):
        grad(f)(1.0)


@pytest.mark.parametrize("value", ["2", b"2", None, generator(1.0), object(), 1j, power])
def test_arguments_that_are_no_number(value: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"can't differentiate power \({HERE}:\d+\) by argument 'x': it must be a real"
    ):
        grad(power)(value)


@pytest.mark.parametrize(("argnums", "count"), [(-3, 2), (-2, 1), (5, 2), ((0, 2), 2), (0, 0)])
def test_arguments_that_were_not_given(argnums: Any, count: int) -> None:
    with pytest.raises(
        TypeError, match=rf"power \({HERE}:\d+\) by argument -?\d: it was called with {count} positional"
    ):
        grad(power, argnums)(*[1.0] * count)


@pytest.mark.parametrize("argnums", [(), [], 1.5, None, (0, 1.0), ((0, 1),)])
def test_argnums_that_are_no_positions(argnums: Any) -> None:
    with pytest.raises(
        TypeError, match="argnums must be the position or the name of an argument or several of them, not"
    ):
        grad(power, argnums)


def test_the_function_s_own_errors_go_through() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        grad(lambda x: x / 0)(1.0)
    assert caught.traceback[-1].path.name != ""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        grad(lambda x, y: x * y)(1.0)
    with pytest.raises(ValueError, match=r"math domain error|expected a (positive|nonnegative) input"):
        grad(math.log)(-1.0)


def test_a_refused_call_leaves_nothing_behind() -> None:
    for bad in ("text", None):
        with pytest.raises(TypeError):
            grad(power)(bad)
    assert grad(power)(2.0) == 12.0
