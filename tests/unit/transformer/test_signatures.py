"""Signatures of functions whose annotations name what is not there at run time."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hooked_project import Project
from paths import ROOT

import minitorch
from transformer import signature_of
from transformer.converter import with_code

LATE = """
import dataclasses
from typing import TYPE_CHECKING, NamedTuple
if TYPE_CHECKING:
    from numbers import Real

def half(x: Real, *, scale: Real = 2.0) -> Real:
    return x / scale

class Line:
    def __init__(self, slope: Real):
        self.slope = slope
    def __call__(self, x: Real) -> Real:
        return self.slope * x
    def at(self, x: Real) -> Real:
        return self.slope * x

def made_of(x):
    @dataclasses.dataclass
    class Pair:
        first: Real
        second: Real = 2.0
    return dataclasses.replace(Pair(x), second=3.0).first * x

class Sides(NamedTuple):
    first: Real
    second: Real

def area(x):
    sides = Sides(x, 2.0)
    return sides.first * sides.second
"""


@pytest.fixture
def late(project: Project) -> Iterator[ModuleType]:
    """A module whose annotations can't be evaluated; where Python evaluates them at once they are texts."""
    future = "" if sys.version_info >= (3, 14) else "from __future__ import annotations\n"
    project.write("late.py", future + LATE)
    yield importlib.import_module("late")


def test_signatures_evaluate_no_annotations(late: ModuleType) -> None:
    parameters = signature_of(late.half).parameters
    assert [*parameters] == ["x", "scale"] and parameters["scale"].default == 2.0
    assert parameters["x"].annotation == "Real"
    assert [*signature_of(late.Line).parameters] == ["slope"]
    assert [*signature_of(late.Line(1.0)).parameters] == ["x"]


@pytest.mark.parametrize("derivative", ["grad", "value_and_grad", "jacobian", "hessian", "jvp", "report", "compile"])
def test_derivatives_of_functions_whose_annotations_are_late(late: ModuleType, derivative: str) -> None:
    def told(f: Any) -> Any:
        f.note = "with attributes, a function's signature is asked for"
        return f

    for f in (told(late.half), late.Line(0.5), late.Line(0.5).at):
        function: Any = getattr(minitorch, derivative)
        if derivative == "jvp":
            assert function(f, (3.0,), (1.0,)) == (1.5, 0.5)
        elif derivative == "report":
            assert "0.5" in str(function(f, 3.0))
        elif derivative == "compile":
            assert minitorch.compile(minitorch.grad(f))(3.0) == 0.5
        else:
            assert function(f)(3.0) == {"value_and_grad": (1.5, 0.5), "hessian": 0.0}.get(derivative, 0.5)


def test_custom_derivatives_of_functions_whose_annotations_are_late(late: ModuleType) -> None:
    f = minitorch.custom_vjp(late.Line(0.5).at)
    f.defvjp(lambda x: (x / 2, None), lambda residuals, cotangent: (cotangent * 7.0,))
    assert minitorch.grad(lambda x: f(x=x))(3.0) == 7.0


def test_the_command_takes_functions_whose_annotations_are_late(late: ModuleType, project: Project) -> None:
    done = project.python("-m", "minitorch", "grad", "late:half", "x=3", PYTHONWARNINGS="ignore")
    assert "0.5" in done.stdout, done


def test_twins_keep_annotations(late: ModuleType) -> None:
    twin = with_code(late.half, late.half.__code__)
    late.Real = float  # type: ignore[attr-defined]
    expected = "Real" if sys.version_info < (3, 14) else float
    assert twin.__annotations__ == {"x": expected, "scale": expected, "return": expected}
    late.half.__annotations__ = {"x": int}
    assert with_code(late.half, late.half.__code__).__annotations__ == {"x": int}


def test_functions_that_evaluate_annotations_are_left_alone(late: ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(late.made_of)(2.0) == 4.0
        assert minitorch.grad(late.area)(3.0) == 2.0


def test_signatures_are_taken_in_one_place() -> None:
    taking = []
    for package in ("transformer", "minitorch"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and ast.unparse(node) == "inspect.signature":
                    taking.append(path.relative_to(ROOT).as_posix())
    assert taking == ["transformer/signatures.py"]
    assert inspect.signature(signature_of) == signature_of(signature_of)
