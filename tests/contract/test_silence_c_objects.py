"""Objects of C among what a compiled function reads: they are compared or refused, and never stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from registered_subjects import SUBJECTS

import minitorch

pytestmark = pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")

POINTS = (2.0, 2.0, 3.0)


def answers(call: Callable[[float], Any], change: Callable[[], Any]) -> list[Any]:
    """Three calls, a change, and so on."""
    found = []
    for _ in range(3):
        found += [call(x) for x in POINTS]
        change()
    return found


@pytest.mark.parametrize("name", SUBJECTS)
def test_plain_calls_are_never_stale(name: str) -> None:
    f, change = SUBJECTS[name]()
    expected = answers(f, change)
    f, change = SUBJECTS[name]()
    found = answers(minitorch.compile(f), change)
    assert found == expected and list(map(type, found)) == list(map(type, expected))


@pytest.mark.parametrize("name", SUBJECTS)
def test_derivatives_are_never_stale(name: str) -> None:
    f, change = SUBJECTS[name]()
    plain = answers(f, change)
    f, change = SUBJECTS[name]()
    eager = answers(minitorch.value_and_grad(f), change)
    f, change = SUBJECTS[name]()
    compiled = answers(minitorch.compile(f).value_and_grad, change)
    assert [value for value, _ in eager] == plain
    assert [slope for _, slope in eager] == [value / x for value, x in zip(plain, POINTS * 3, strict=True)]
    assert compiled == eager
