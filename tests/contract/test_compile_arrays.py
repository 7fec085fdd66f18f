"""Compiled functions that arrays take part in: they run in Python as they are, do everything once, and say so once."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch import CompilationWarning

LOG: list[float] = []
OUTSIDE = np.arange(3.0)
POINT = np.array([0.5, 1.5, 2.5])


def energy(x: Any) -> Any:
    return np.sum(np.sin(x) * x)


def made_inside(x: Any) -> Any:
    LOG.append(1.0)
    a = np.zeros(3)
    a[1] = x
    return (a**2).sum()


def from_outside(x: Any) -> Any:
    LOG.append(1.0)
    return np.sum(OUTSIDE * x * x)


def called_by_numpy(x: Any) -> Any:
    LOG.append(1.0)
    return np.sum(np.apply_along_axis(lambda row: row * x, 0, OUTSIDE))


def whole_in_the_end(x: Any) -> Any:
    LOG.append(1.0)
    return int(np.array([x, 1.0]).max())


def of_numbers(x: float) -> float:
    cells = np.zeros(3)
    cells[1] = 4.0
    return math.sin(x) * float(cells.sum())


def once(compiled: Any) -> Any:
    """Call with a warning that says so once."""
    with pytest.warns(CompilationWarning, match="runs in Python, at numpy's speed") as caught:
        result = compiled()
    assert len([warning for warning in caught if issubclass(warning.category, CompilationWarning)]) == 1
    return result


def test_arrays_as_arguments() -> None:
    compiled = minitorch.compile(energy)
    assert once(lambda: compiled(POINT)) == energy(POINT)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        value, slope = compiled.value_and_grad(POINT)
        assert value == energy(POINT) and slope.tolist() == minitorch.grad(energy)(POINT).tolist()
        assert compiled.grad(POINT).tolist() == slope.tolist()
        assert compiled.hessian(POINT).tolist() == minitorch.hessian(energy)(POINT).tolist()
        assert compiled.jvp((POINT,), (POINT,)) == minitorch.jvp(energy, (POINT,), (POINT,))
    assert minitorch.grad(lambda x: compiled(x * x))(POINT).tolist() == (2.0 * POINT * _slope(POINT**2)).tolist()


def _slope(x: Any) -> Any:
    return np.cos(x) * x + np.sin(x)


@pytest.mark.parametrize("function", [made_inside, from_outside, called_by_numpy, whole_in_the_end])
def test_what_a_call_does_besides_is_done_once(function: Callable[[Any], Any]) -> None:
    LOG.clear()
    compiled = minitorch.compile(function)
    expected = function(2.0)
    found = once(lambda: compiled(2.0))
    assert repr(found) == repr(expected)
    assert len(LOG) == 2
    assert repr(compiled(3.0)) == repr(function(3.0))
    assert len(LOG) == 4


def array_of_two(x: Any) -> Any:
    LOG.append(1.0)
    return np.array([x, x * x])


def tangents(function: Any) -> Callable[..., Any]:
    jvp = function.jvp if hasattr(function, "jvp") else functools.partial(minitorch.jvp, function)
    return lambda x: jvp((x,), (1.0,))


def second(function: Any) -> Callable[..., Any]:
    return function.hessian if hasattr(function, "hessian") else minitorch.hessian(function)  # type: ignore[no-any-return]


def gradient(function: Any) -> Callable[..., Any]:
    known = hasattr(function, "value_and_grad")
    return function.value_and_grad if known else minitorch.value_and_grad(function)  # type: ignore[no-any-return]


@pytest.mark.parametrize("mode", [gradient, tangents, second])
@pytest.mark.parametrize("function", [made_inside, from_outside, called_by_numpy, whole_in_the_end, array_of_two])
def test_what_a_derivative_does_besides_is_done_once(function: Callable[[Any], Any], mode: Any) -> None:
    compiled = minitorch.compile(function)
    if function is array_of_two and mode is not tangents:
        with pytest.raises(TypeError):
            mode(compiled)(2.0)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompilationWarning)
        for x in (2.0, 3.0, 4.0):
            expected = mode(function)(x)
            LOG.clear()
            assert repr(mode(compiled)(x)) == repr(expected)
            assert len(LOG) == 1


def test_arrays_that_no_history_comes_into_are_no_obstacle() -> None:
    compiled = minitorch.compile(of_numbers)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        for x in (1.0, 2.0, 3.0):
            assert compiled(x) == of_numbers(x)
    assert compiled.traces
