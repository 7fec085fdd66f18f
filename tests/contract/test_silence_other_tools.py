"""Beside other tools: what they wrap is traced, what they add stays, and none of them notices."""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

import pysnooper
import pytest
import typeguard
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


# -- tools that change code --------------------------------------------------------------------------------------------

PUMP = """
import math

def head(x: float) -> float:
    y: float = math.sin(x)
    return y * x

def text(x: float) -> str:
    return x * x

class Pump:
    def head(self, x: float) -> float:
        z: float = x * math.sin(x)
        return z
"""

HOOKS = {
    "typeguard": "import typeguard; typeguard.install_import_hook('{name}')",
    "beartype": "from beartype.claw import beartype_package; beartype_package('{name}')",
}

CHECKS = """
import minitorch
{installs}
import {name} as pump
for f in (pump.head, pump.Pump().head):
    for _ in range(3):
        print(minitorch.value_and_grad(f)(2.0), minitorch.jvp(f, (2.0,), (1.0,))[1])
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert compiled(2.0) == f(2.0)
        print(compiled.value_and_grad(2.0), compiled.grad(2.0))
for wrong in (lambda: pump.head("a"), lambda: pump.text(2.0), lambda: pump.Pump().head("a"),
              lambda: minitorch.grad(pump.text)(2.0)):
    try:
        print("not checked:", wrong())
    except Exception as error:
        print(type(error).__module__.partition(".")[0])
if {hooked}:
    (report,) = hook.report()
    assert report.name == "{name}" and report.nodes and report.reason is None, report
    x = minitorch.Scalar(2.0)
    pump.head(x).backward()
    assert abs(x.derivative - 0.0770037537313969) < 1e-12
"""


@pytest.mark.parametrize("order", ["alone", "before", "after"])
@pytest.mark.parametrize("tool", HOOKS)
def test_both_import_hooks_see_a_module(project: Project, tool: str, order: str) -> None:
    name = "pump"
    project.write(f"{name}.py", PUMP)
    ours = f"hook = minitorch.install_import_hook(['{name}'])"
    theirs = HOOKS[tool].format(name=name)
    installs = {"alone": [theirs], "before": [theirs, ours], "after": [ours, theirs]}[order]
    if order == "after":
        # Whoever comes later is asked first, and need not ask the others: then the report catches up.
        installs.append(f"import {name}; hook.report()")
    project.write("use.py", CHECKS.format(installs="\n".join(installs), name=name, hooked=order != "alone"))
    printed = project.python("-W", "ignore", "use.py").stdout.splitlines()
    assert len(printed) == 16
    for line in printed[:12]:
        value, slope, same = map(float, line.replace("(", "").replace(")", "").replace(",", " ").split())
        assert is_right(value, slope) and math.isclose(slope, same)
    assert printed[12:] == [tool] * 4


@typeguard.typechecked
def checked(x: float) -> float:
    y: float = math.sin(x)
    return y * x


class Checked:
    @typeguard.typechecked
    def method(self, x: float) -> float:
        return math.sin(x) * x

    @staticmethod
    @typeguard.typechecked
    def static(x: float) -> float:
        return math.sin(x) * x


@typeguard.typechecked
class CheckedClass:
    def method(self, x: float) -> float:
        return math.sin(x) * x


def made_and_checked(factor: float) -> Any:
    @typeguard.typechecked
    def inner(x: float) -> float:
        return math.sin(x) * x * factor

    return inner


def reaching_a_checked_one(x: float) -> float:
    return checked(x) * 1.0


@pytest.mark.filterwarnings("ignore:.*runs in Python")
@pytest.mark.parametrize(
    "f",
    [checked, Checked().method, Checked.static, CheckedClass().method, made_and_checked(1.0), reaching_a_checked_one],
)
def test_checks_of_types_stay_in_a_function_that_is_traced(f: Any) -> None:
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert is_right(*minitorch.value_and_grad(f)(2.0))
        assert is_right(*minitorch.jvp(f, (2.0,), (1.0,)))
        assert compiled(2.0) == f(2.0)
        assert is_right(*compiled.value_and_grad(2.0))
    for wrong in (lambda: f("a"), lambda: compiled("a"), lambda: minitorch.grad(lambda x: f("a"))(2.0)):
        with pytest.raises(typeguard.TypeCheckError):
            wrong()


def asserting(x: float) -> float:
    assert x < 3.0, "too large"
    y = math.sin(x) * x
    assert math.cos(y) < 0.0
    return y


def test_assertions_explain_themselves_in_a_function_that_is_traced() -> None:
    compiled = minitorch.compile(asserting)
    for _ in range(3):
        assert is_right(*minitorch.value_and_grad(asserting)(2.0))
        assert is_right(*minitorch.jvp(asserting, (2.0,), (1.0,)))
        assert compiled(2.0) == asserting(2.0) and is_right(*compiled.value_and_grad(2.0))
    for call in (asserting, minitorch.grad(asserting), compiled):
        with pytest.raises(AssertionError, match=r"too large\nassert .*4\.0.* < 3\.0"):
            call(4.0)
        with pytest.raises(AssertionError, match=r"assert .*0\.99.* < 0\.0\n.* \+  where .*cos.*\(0\.0"):
            call(0.1)


def test_what_watches_a_function_line_by_line_goes_on_watching() -> None:
    seen = io.StringIO()

    @pysnooper.snoop(seen)
    def f(x: Any) -> Any:
        y = math.sin(x)
        return y * x

    for call in (f, minitorch.value_and_grad(f), lambda x: minitorch.jvp(f, (x,), (1.0,)), f):
        before = len(seen.getvalue())
        call(2.0)
        assert "y = math.sin(x)" in seen.getvalue()[before:]
    assert is_right(*minitorch.value_and_grad(f)(2.0))


def changed_by_hand(x: Any) -> Any:
    return math.sin(x) * x


def reaching_what_was_changed(x: Any) -> Any:
    return changed_by_hand(x) * 1.0


def test_code_that_an_unknown_tool_has_changed_stays_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    code = changed_by_hand.__code__
    other = code.replace(co_consts=(*code.co_consts, "added by a tool"))
    monkeypatch.setattr(changed_by_hand, "__code__", other)
    with pytest.raises(minitorch.RewriteError, match="is not what was compiled"):
        minitorch.grad(changed_by_hand)
    with (
        pytest.warns(minitorch.RewriteWarning, match="changed_by_hand is not traced: .* what else changes its code"),
        pytest.raises(minitorch.HistoryLostError),
    ):
        minitorch.grad(reaching_what_was_changed)(2.0)
    assert changed_by_hand.__code__ is other
