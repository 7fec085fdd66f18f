"""Parts of objects that are replaced by others that look alike to machine code: no compiled function is stale."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from replaced_subjects import SUBJECTS

import minitorch
from minitorch.compiler.function import CompilationWarning

POINTS = (1.5, 2.5, 1.5)


def answers(call: Callable[[float], Any], changes: list[Callable[[], Any]]) -> list[str]:
    """Some calls, and again after each change: their results as text, which tells 0.0 from -0.0."""
    found = [repr(call(x)) for x in POINTS]
    for change in changes:
        change()
        found += [repr(call(x)) for x in POINTS]
    return found


def in_a_loop(function: Callable[[float], Any]) -> Callable[[float], Any]:
    """A function that calls another in a loop, which it has machine code for as a whole where that is possible."""

    def looping(x: float) -> Any:
        total = 0.0
        for _ in range(4):
            total = total + function(x) * x
        return total

    return looping


@pytest.mark.usefixtures("only_traces")
@pytest.mark.parametrize("name", SUBJECTS)
def test_no_value_is_stale(name: str) -> None:
    expected = answers(*SUBJECTS[name]())
    function, changes = SUBJECTS[name]()
    compiled = minitorch.compile(function)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        assert answers(compiled, changes) == expected
    assert len(set(expected)) > 1
    assert compiled.traces


@pytest.mark.usefixtures("only_traces")
@pytest.mark.parametrize("name", SUBJECTS)
def test_no_derivative_is_stale(name: str) -> None:
    function, changes = SUBJECTS[name]()
    expected = answers(minitorch.value_and_grad(function), changes)
    function, changes = SUBJECTS[name]()
    assert answers(minitorch.compile(function).value_and_grad, changes) == expected


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_value_of_a_loop_is_stale(name: str) -> None:
    function, changes = SUBJECTS[name]()
    expected = answers(in_a_loop(function), changes)
    function, changes = SUBJECTS[name]()
    assert answers(minitorch.compile(in_a_loop(function)), changes) == expected


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_derivative_of_a_loop_is_stale(name: str) -> None:
    function, changes = SUBJECTS[name]()
    expected = answers(minitorch.value_and_grad(in_a_loop(function)), changes)
    function, changes = SUBJECTS[name]()
    assert answers(minitorch.compile(in_a_loop(function)).value_and_grad, changes) == expected
