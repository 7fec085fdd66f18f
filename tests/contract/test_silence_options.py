"""What to do at special points and about rounding can be said wherever a derivative is taken."""

from __future__ import annotations

import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import SpecialPointWarning

Function = Callable[[float], Any]


def tax(income: float) -> float:
    return 0.1 * income if income < 30.0 else 3.0 + 0.4 * (income - 30.0)


def smooth(x: float) -> float:
    return x * x if x < 3.0 else 6.0 * x - 9.0


def half_of_thirty(angle: float) -> float:
    if angle == 30:
        return 0.5
    return math.sin(math.radians(angle))


def larger(x: float) -> float:
    return max(x, 3.0) * 2.0


def derivatives_of(compiled: minitorch.CompiledFunction, x: float) -> list[Callable[[], Any]]:
    return [
        lambda: compiled.value_and_grad(x)[1],
        lambda: compiled.grad(x),
        lambda: compiled.jvp((x,), (1.0,))[1],
        lambda: compiled.batch_value_and_grad([[x], [x]])[1][1],
    ]


@pytest.mark.parametrize("f", [tax, half_of_thirty])
def test_compiled_functions_say_so_at_every_call(f: Function) -> None:
    compiled = minitorch.compile(f)
    beside, slope = minitorch.grad(f)(31.0), minitorch.grad(f, special_points="ignore")(30.0)
    for _ in range(3):
        for at_the_point, away in zip(derivatives_of(compiled, 30.0), derivatives_of(compiled, 31.0), strict=True):
            with pytest.warns(SpecialPointWarning, match="30") as said:
                assert at_the_point() == slope
            assert {each.filename for each in said if each.category is SpecialPointWarning} == {__file__}
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert away() == beside
                assert compiled(30.0) == f(30.0)
    with pytest.warns(SpecialPointWarning):
        compiled.hessian(30.0)


@pytest.mark.parametrize("f", [tax, half_of_thirty])
def test_compiled_functions_know_what_to_do(f: Function) -> None:
    slope = minitorch.grad(f, special_points="ignore")(30.0)
    ignoring, raising = (minitorch.compile(f, special_points=mode) for mode in ("ignore", "raise"))
    for _ in range(3):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert [derivative() for derivative in derivatives_of(ignoring, 30.0)] == [slope] * 4
        for derivative in derivatives_of(raising, 30.0):
            with pytest.raises(SpecialPointWarning):
                derivative()
    assert raising.grad(31.0) == minitorch.grad(f)(31.0)
    assert ignoring.traces[0].calls > 0
    with pytest.raises(ValueError, match="special_points must be"):
        minitorch.compile(f, special_points="maybe")


@pytest.mark.parametrize(("f", "x"), [(smooth, 3.0), (half_of_thirty, 30.0)])
def test_compiled_functions_give_the_limit(f: Function, x: float) -> None:
    compiled, expected = minitorch.compile(f, special_points="limit"), minitorch.grad(f, special_points="limit")(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            assert [derivative() for derivative in derivatives_of(compiled, x)] == [expected] * 4
            assert compiled.value_and_grad(x)[0] == f(x)
    assert math.isclose(expected, 6.0 if f is smooth else math.cos(math.radians(30.0)) * math.radians(1.0))


def test_compiled_functions_have_no_limit_where_both_sides_disagree() -> None:
    compiled = minitorch.compile(tax, special_points="limit")
    for _ in range(3):
        with pytest.warns(SpecialPointWarning, match=r"disagree, 0\.1 on one side and 0\.4 on the other"):
            assert compiled.value_and_grad(30.0) == (3.0, 0.4)


def test_ties_of_max_are_compiled() -> None:
    compiled = minitorch.compile(larger)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for x in (3.0, 3.0, 4.0, 3.0):
            assert compiled.value_and_grad(x) == minitorch.value_and_grad(larger)(x)
    assert len(compiled.traces) == 1


def test_programs_do_not_show_the_margins() -> None:
    compiled = minitorch.compile(tax)
    compiled.grad(20.0), compiled.grad(40.0)
    text = compiled.emit("python")
    assert "!=" not in text and text.count("if ") == 1
    assert "!=" not in compiled.emit("c")
    assert not any("margin" in str(view) for view in compiled.traces)
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    assert namespace["tax"](30.0) == (3.0, 0.4)


def test_long_traces_have_margins_too() -> None:
    compiled = minitorch.compile(tax, max_operations=1)
    with pytest.warns(minitorch.CompilationWarning):
        assert compiled.grad(31.0) == 0.4
    for _ in range(3):
        with pytest.warns(SpecialPointWarning):
            assert compiled.grad(30.0) == 0.4
        assert compiled.grad(32.0) == 0.4


def test_batches_say_so() -> None:
    compiled = minitorch.compile(tax)
    rows = np.array([[20.0], [31.0], [30.0], [25.0], [30.0], [40.0]])
    with pytest.warns(SpecialPointWarning):
        assert compiled.batch_value_and_grad(rows)[1].tolist() == [0.1, 0.4, 0.4, 0.1, 0.4, 0.4]


def test_options_travel_with_a_compiled_function() -> None:
    compiled = minitorch.compile(tax, special_points="raise", rounding="ignore")
    cls, arguments = compiled.ingredients()
    assert cls(*arguments).options == compiled.options
    assert pickle.loads(pickle.dumps(compiled.options)) == compiled.options
