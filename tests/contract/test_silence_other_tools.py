"""Beside other tools: what they wrap is traced, what they add stays, and none of them notices."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import wrapped_subjects
from hooked_project import Project
from module_roads import ROADS, module_by

import minitorch

NAMES = list(wrapped_subjects.SUBJECTS)
SLOPE = 0.0770037537313969
"""The derivative of x sin x at 2."""


def subject(road: str, name: str, reached: bool) -> Any:
    module = module_by(road, "wrapped_subjects")
    return module.reaching(name) if reached else module.SUBJECTS[name]


def is_right(value: Any, derivative: Any) -> bool:
    return math.isclose(value, 2.0 * math.sin(2.0), rel_tol=1e-9) and math.isclose(derivative, SLOPE, rel_tol=1e-9)


@pytest.mark.filterwarnings("ignore:Call to deprecated")
@ROADS
@pytest.mark.parametrize("reached", [False, True], ids=["given", "reached"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrapped_is_traced(name: str, reached: bool, road: str) -> None:
    f = subject(road, name, reached)
    plain = f(2.0)
    assert is_right(*minitorch.value_and_grad(f)(2.0))
    assert is_right(*minitorch.jvp(f, (2.0,), (1.0,)))
    assert f(2.0) == plain and type(f(2.0)) is type(plain)


@pytest.mark.filterwarnings("ignore:Call to deprecated")
@ROADS
@pytest.mark.parametrize("reached", [False, True], ids=["given", "reached"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrapped_is_compiled(name: str, reached: bool, road: str) -> None:
    f = subject(road, name, reached)
    plain = f(2.0)
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert compiled(2.0) == plain
        assert is_right(*compiled.value_and_grad(2.0))


@ROADS
def test_what_the_wrapper_does_it_does_in_a_derivative(road: str) -> None:
    module = module_by(road, "wrapped_subjects")
    with pytest.warns(DeprecationWarning, match="there is a better one"):
        minitorch.grad(module.by_deprecated)(2.0)
    with pytest.raises(Exception, match="by_beartype"):
        minitorch.grad(lambda x: module.by_beartype(str(x)))(2.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(module.by_beartype)(2.0) == pytest.approx(SLOPE)


# -- compilers that read code ------------------------------------------------------------------------------------------

BYTECODE = """
def get_function_object(obj):
    attr = getattr(obj, "__numba__", None)
    return getattr(obj, attr) if attr else obj
"""

REGISTRY = """
import functools
from types import CodeType, FunctionType
from numba.core import bytecode

class CPUDispatcher:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.py_func = function
        self.made = {}

    def __call__(self, *args):
        kinds = tuple(map(type, args))
        for kind in kinds:
            if kind not in (int, float):
                raise TypeError(f"bad argument type for built-in operation: {kind}")
        if kinds not in self.made:
            read = bytecode.get_function_object(self.py_func)
            check(read.__code__)
            self.made[kinds] = read
        return self.made[kinds](*args)

def check(code):
    for constant in code.co_consts:
        if type(constant) is CodeType:
            check(constant)
        elif type(constant) not in (int, float, str, tuple, type(None)):
            raise TypeError(f"Cannot determine Numba type of {type(constant)}")

njit = CPUDispatcher
"""

KERNELS = """
import math
from numba.core.registry import njit

@njit
def wave(x):
    return math.sin(x) * x

@njit
def outer(x):
    def half(v):
        return v / 2.0
    return half(wave(x)) + half(wave(x))

def reached(x):
    return outer(x) * 1.0
"""
"""Dispatchers of the shape of numba's, which read nothing but plain code; tests/peers has the real ones."""

USE = """
import minitorch
{hook}
import kernels
for f in (kernels.wave, kernels.outer, kernels.reached):
    for _ in range(3):
        plain = f(2.0)
        print(plain, minitorch.value_and_grad(f)(2.0), minitorch.jvp(f, (2.0,), (1.0,))[1])
    compiled = minitorch.compile(f)
    for _ in range(3):
        print(compiled(2.0), compiled.value_and_grad(2.0), compiled.value_and_grad(2.0)[1])
assert kernels.wave.made and kernels.wave(2) == kernels.wave(2.0)

traced = minitorch.trace(kernels.njit(kernels.wave.py_func))
x = minitorch.Scalar(2.0)
traced(x).backward()
print(traced(2.0), (traced.py_func(2.0), x.derivative), x.derivative)
later = kernels.njit(minitorch.trace(lambda x: x * x))
assert later(3.0) == 9.0
"""


@pytest.mark.parametrize("early", [False, True], ids=["imported later", "imported before"])
@pytest.mark.parametrize("hook", ["", "minitorch.install_import_hook(['kernels'])"], ids=["plain", "hooked"])
def test_compilers_of_bytecode_read_plain_code(project: Project, hook: str, early: bool) -> None:
    project.write("numba/__init__.py", "")
    project.write("numba/core/__init__.py", "")
    project.write("numba/core/bytecode.py", BYTECODE)
    project.write("numba/core/registry.py", REGISTRY)
    project.write("kernels.py", KERNELS)
    before = "import numba.core.bytecode\n" if early else ""
    project.write("use.py", before + USE.format(hook=hook))
    printed = project.python("use.py", PYTHONPATH=str(project.folder)).stdout.splitlines()
    assert len(printed) == 19
    for line in printed:
        value, (again, slope), same = eval(line.replace(" (", ", (", 1).replace(") ", "), ", 1))
        assert value == again and is_right(value, slope) and math.isclose(slope, same)
