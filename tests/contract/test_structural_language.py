"""Random programs with objects, recursion, closures, dicts and matches have the results and errors of eager runs."""

from __future__ import annotations

import copy
import os

import pytest
from structural_checks import outcome
from structural_language import language_program
from structural_programs import loaded

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents

PROGRAMS = int(os.environ.get("STRUCTURAL_PROGRAMS", "12"))
POINTS = [(0.7, 1.3, 3, [0.5, -1.0, 2.0]), (-1.5, 0.0, 2, [1.5]), (2.0, 2.0, 0, []), (0.1, -2.5, 7, [3.0, 1.0, -0.5])]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_values_derivatives_errors_and_warnings(seed: int) -> None:
    text = language_program(seed)
    # The file's name is part of some messages.
    function, own = (loaded(text, f"program {seed}").__globals__["of_any"] for _ in range(2))
    eager, compiled = minitorch.value_and_grad(function, (0, 1)), compile_structurally(own, (0, 1))
    for point in POINTS:
        ours, theirs = copy.deepcopy(point), copy.deepcopy(point)
        assert outcome(lambda: compiled(*ours)) == outcome(lambda: function(*theirs))  # noqa: B023
        assert outcome(lambda: compiled.value_and_grad(*ours)) == outcome(lambda: eager(*theirs))  # noqa: B023
        assert ours == theirs


@pytest.mark.parametrize("seed", range(0, PROGRAMS, 3))
def test_tangents_and_second_derivatives(seed: int) -> None:
    text = language_program(seed)
    function, own = (loaded(text, f"program {seed}") for _ in range(2))
    moved, second = StructuralTangents(own), StructuralHessian(own, (0, 1))
    eager = minitorch.hessian(function, (0, 1))
    for point in [(0.7, 1.3), (-1.5, 0.0), (2.0, 2.0)]:
        tangents = (0.5, -1.25)
        expected = outcome(lambda: minitorch.jvp(function, point, tangents))  # noqa: B023
        assert outcome(lambda: moved.jvp(point, tangents)) == expected  # noqa: B023
        assert outcome(lambda: second.second_derivatives(*point)) == outcome(lambda: eager(*point))  # noqa: B023
