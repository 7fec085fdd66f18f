"""A Function for every row: called as the plain callable is, failing as it does, and nothing of `math` is missing."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch import Scalar
from minitorch.rules.real import PASS_THROUGH, RULES
from minitorch.scalars.primitives import CALLABLES, FUNCTIONS, PAIRS, Fsum, RuleFunction


def test_nothing_of_math_is_missing() -> None:
    public = {name for name in dir(math) if not name.startswith("_")}
    with_rule = {name for name in public if getattr(math, name) in {**CALLABLES, **PAIRS}}
    assert public - with_rule - PASS_THROUGH.keys() == set()
    assert with_rule & PASS_THROUGH.keys() <= {"modf", "frexp"}


def test_every_row_has_its_function() -> None:
    assert FUNCTIONS.keys() == RULES.keys()
    for name, made in FUNCTIONS.items():
        assert getattr(minitorch, name) is made
        assert issubclass(made, RuleFunction) and made.__name__ == name


PLAIN_CALLS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (math.fsum, ([0.1, 0.2, 0.3],), {}),
    (math.prod, ((2.0, 3.5),), {"start": 4.0}),
    (math.prod, ([],), {"start": 2.5}),
    (math.dist, ((1.0, 2.0), [4.0, 6.5]), {}),
    (sum, ([0.1] * 10,), {}),
    (sum, ((0.1, 0.2), 5.0), {}),
    (sum, ((0.1, 0.2),), {"start": 5}),
    (math.hypot, (3.0, 4.0, 12.0), {}),
    (math.log, (5.0, 3.0), {}),
    (math.isclose, (1.0, 1.1), {"rel_tol": 0.5}),
    (math.nextafter, (1.0, 2.0), {}),
    (pow, (), {"base": 2.0, "exp": 3.0}),
]


@pytest.mark.parametrize(("plain", "args", "kwargs"), PLAIN_CALLS)
def test_call_has_the_arguments_of_the_plain_callable(
    plain: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    def active(value: Any) -> Any:
        if isinstance(value, float):
            return Scalar(value)
        return type(value)(map(active, value)) if isinstance(value, (list, tuple)) else value

    expected = plain(*args, **kwargs)
    call = CALLABLES[plain].call
    assert call(*args, **kwargs) == expected
    result = call(*active(args), **{key: active(value) for key, value in kwargs.items()})
    assert float(result.data).hex() == float(expected).hex()


def test_iterators_are_read_once() -> None:
    x = Scalar(2.0)
    total = Fsum.call(v * x for v in (1.0, 2.0))
    total.backward()
    assert (total.data, x.derivative) == (6.0, 3.0)


BAD_CALLS: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (math.sin, ("1.5",)),
    (math.sin, ()),
    (math.hypot, (1.0, "2")),
    (math.fsum, (5,)),
    (math.fsum, (["a"],)),
    (math.dist, ((1.0,), (1.0, 2.0))),
    (math.log, (-1.0,)),
    (math.exp, (1000.0,)),
    (operator.truediv, (1.0, 0.0)),
    (operator.mod, (1.0, 0.0)),
    (pow, (0.0, -1.0)),
    (pow, (2.0, 3.0, 5)),
    (operator.add, (1.0, "a")),
]


@pytest.mark.parametrize(("plain", "args"), BAD_CALLS)
@pytest.mark.parametrize("on_scalars", [False, True])
def test_errors_are_python_s_own(plain: Callable[..., Any], args: tuple[Any, ...], on_scalars: bool) -> None:
    with pytest.raises(Exception) as expected:
        plain(*args)
    if on_scalars:
        args = tuple(Scalar(x) if isinstance(x, float) else x for x in args)
    with pytest.raises(expected.type) as actual:
        CALLABLES[plain].call(*args)
    assert str(actual.value).replace("Scalar", "float") == str(expected.value)


def test_pairs() -> None:
    x = Scalar(-2.75)
    fraction, whole = PAIRS[math.modf](x)
    assert (fraction.data, whole.data) == math.modf(-2.75) == PAIRS[math.modf](-2.75)
    mantissa, exponent = PAIRS[math.frexp](x)
    assert (mantissa.data, exponent) == math.frexp(-2.75) == PAIRS[math.frexp](-2.75)
    (mantissa * 2**exponent).backward()
    assert x.derivative == 1.0


def test_augmented_assignment_in_place() -> None:
    numbers = [1]
    assert minitorch.Add.apply_inplace(numbers, [2]) is numbers == [1, 2]
    x = Scalar(2.0)
    assert minitorch.Mul.apply_inplace(3.0, x).data == minitorch.Mul.apply_inplace(x, 3.0).data == 6.0
