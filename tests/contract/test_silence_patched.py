"""Functions of Python's own library that tests put others in the place of: no compiled function has the former one."""

from __future__ import annotations

import bisect
import colorsys
import functools
import itertools
import math
import operator
import os.path
import statistics
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

import minitorch

PATCHES: dict[str, tuple[Callable[[float], Any], str, Callable[..., Any]]] = {
    "math": (lambda x: math.sqrt(x), "math.sqrt", lambda v: v * 7.0),
    "operator": (lambda x: operator.mul(x, 3.0), "operator.mul", lambda a, b: a + b),
    "itertools": (lambda x: list(itertools.accumulate([x, x]))[-1], "itertools.accumulate", lambda v: [v[0] * 3.0]),
    "functools": (lambda x: functools.reduce(operator.mul, [x, x]), "functools.reduce", lambda f, v: v[0] * 11.0),
    "statistics": (lambda x: statistics.fmean([x, 2.0 * x]), "statistics.fmean", lambda v: v[0] * 9.0),
    "bisect": (lambda x: x * bisect.bisect([1, 2, 3], 2), "bisect.bisect", lambda a, b: 17),
    "colorsys": (lambda x: colorsys.rgb_to_yiq(x, x, x)[0], "colorsys.rgb_to_yiq", lambda *a: (a[0] * 5.0,)),
    "a module in a module": (lambda x: x * len(os.path.basename("a/bc")), "os.path.basename", lambda path: "abcdef"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_what_is_patched_runs(name: str) -> None:
    f, target, replacement = PATCHES[name]
    compiled = minitorch.compile(f)
    for _ in range(3):
        before = compiled(2.0), compiled.value_and_grad(2.0)
        assert before == (f(2.0), minitorch.value_and_grad(f)(2.0))
        with mock.patch(target, replacement):
            patched = compiled(2.0), compiled.value_and_grad(2.0)
            assert patched == (f(2.0), minitorch.value_and_grad(f)(2.0))
        assert patched != before
