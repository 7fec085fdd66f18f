"""Messages of HistoryLostError name the cure that works for the place: a case per kind of place."""

from __future__ import annotations

import array
import importlib
import math
import re
import struct
import textwrap
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.linalg

import minitorch
from minitorch import HistoryLostError, Scalar


def untraced_root(x: Any) -> Any:
    return math.sqrt(x)


def untraced_float(x: Any) -> Any:
    return float(x)


def untraced_packing(x: Any) -> Any:
    return array.array("d", [x])


def cast(x: Any) -> Any:
    y = np.array([x, 1.0], dtype=object)
    return y.astype(float)


OUTSIDE = np.zeros(2)


def element(x: Any) -> Any:
    OUTSIDE[0] = x
    return OUTSIDE


def slice_of_an_array(x: Any) -> Any:
    OUTSIDE[:] = np.array([x, 1.0])
    return OUTSIDE


def out(x: Any) -> Any:
    np.multiply(np.array([x, 1.0]), 2.0, out=OUTSIDE)
    return OUTSIDE


def element_of_array(x: Any) -> Any:
    a = array.array("d", [0.0])
    a[0] = x
    return a


def in_a_library(x: Any) -> Any:
    # One call on the line: Python 3.10 knows no columns.
    value = mpmath.sinpi(x)
    return 1 * value


def method_in_c(x: Any) -> Any:
    a = array.array("d")
    a.append(x)
    return a


def no_rule(x: Any) -> Any:
    return scipy.linalg.blas.drotg(x, 1.0)


def sorted_in_c(x: Any) -> Any:
    values = [x, 1.0]
    values.sort(key=math.sqrt)
    return values[0]


def slice_of_array(x: Any) -> Any:
    a = np.zeros(2)
    a[:] = [x, 1.0]
    return a


def filled(x: Any) -> Any:
    a = np.zeros(2)
    a.fill(x)
    return a


def filled_outside(x: Any) -> Any:
    OUTSIDE.fill(x)
    return OUTSIDE


def untraced_method(x: Any) -> Any:
    a = array.array("d")
    a.append(x)
    return a


def packed(x: Any) -> Any:
    return struct.pack("d", x)


UNTRACED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "math, which has a rule": (untraced_root, "decorate the function with @minitorch.trace, or import it under"),
    "float": (untraced_float, "decorate the function with @minitorch.trace, or import it under"),
    "a cast of an array": (cast, "leave `y.astype(…)` out, or keep dtype=object"),
    "an element of an array": (element, "make a copy of it in traced code"),
    "a slice of an array": (slice_of_array, "make a copy of it in traced code"),
    "an array filled": (filled, "leave `a.fill(…)` out, or keep dtype=object"),
    "a method in C": (untraced_method, "decorate the function with @minitorch.trace, or import it under"),
    "code in C": (untraced_packing, "If array.array is code in C without a rule"),
}

TRACED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a cast of an array": (cast, "leave `y.astype(…)` out, or keep dtype=object"),
    "an element of an array": (element, "make a copy of it in traced code"),
    "a slice of an array": (slice_of_an_array, "make a copy of it in traced code"),
    "out=": (out, "make it inside the traced function"),
    "an element of an array of Python's": (element_of_array, "make it a list"),
    "an array filled": (filled_outside, "leave `OUTSIDE.fill(…)` out, or keep dtype=object"),
    "a key of a method in C": (sorted_in_c, "`values.sort` is a method in C"),
    "a method in C": (method_in_c, "`a.append` is a method in C"),
    "a function without a rule": (no_rule, "minitorch.register_function(scipy.linalg.blas.drotg, lambda"),
    "what makes bytes": (packed, "Its result is not a number that could have a history"),
    "within a library": (in_a_library, "Give mpmath.sinpi a rule: minitorch.register_function(mpmath.sinpi, lambda"),
}

MAIN = """
import math, minitorch
def f(x):
    return math.sqrt(x)
f(minitorch.Scalar(2.0, name="x"))
"""

NEVER = [
    r"install_import_hook\(\['(numpy|scipy|mpmath|__main__)'",
    r"register_function\(\w+\.(astype|append|fill|sort)",
    r"register_function\(math\.",
    r"rule for (math\.|float|complex)",
]


@pytest.mark.parametrize("name", UNTRACED)
def test_code_that_is_not_traced(name: str) -> None:
    function, cure = UNTRACED[name]
    with pytest.raises(HistoryLostError) as raised:
        function(Scalar(2.0, name="x"))
    check(str(raised.value), cure)


@pytest.mark.parametrize("name", TRACED)
def test_code_that_is_traced(name: str) -> None:
    function, cure = TRACED[name]
    for call in (minitorch.grad(function), lambda x: minitorch.jvp(function, (x,), (1.0,))):
        with pytest.raises(HistoryLostError) as raised:
            call(2.0)
        check(str(raised.value), cure)
        assert "'x'" in str(raised.value)


def check(message: str, cure: str) -> None:
    assert cure in message
    assert re.search(r"\.py:\d+", message) and "detach" in message
    assert not [pattern for pattern in NEVER if re.search(pattern, message)]


def test_the_cures_work() -> None:
    assert minitorch.grad(untraced_root)(4.0) == 0.25
    assert minitorch.grad(lambda x: np.array([x, 1.0])[0] * 2.0)(4.0) == 2.0

    def in_an_array_of_objects(x: Any) -> Any:
        a = np.zeros(2, dtype=object)
        a[0] = x
        return a[0] * 3.0

    assert minitorch.grad(in_an_array_of_objects)(4.0) == 3.0
    for made_inside in (slice_of_array, filled):
        assert minitorch.grad(lambda x, f=made_inside: f(x)[0] * 3.0)(4.0) == 3.0


def test_hooked_modules(project: Any) -> None:
    project.write(
        "casting.py",
        textwrap.dedent("""\
        def f(y):
            return y.astype(float)
        """),
    )
    with minitorch.install_import_hook(["casting"]):
        f = importlib.import_module("casting").f
        with pytest.raises(HistoryLostError, match=r"leave `y\.astype\(…\)` out"):
            f(np.array([Scalar(2.0), 1.0]))


def test_the_program_itself(project: Any) -> None:
    project.write("program.py", MAIN)
    done = project.python("program.py", fails=True)
    check(done.stderr, "decorate the function with @minitorch.trace, or run the program by `minitorch run`")
    assert not project.python("-m", "minitorch", "run", "program.py").stderr
