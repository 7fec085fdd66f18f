"""Objects, named tuples, enumerations and dicts in structural machine code: the digits are those of eager runs."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from typing import Any

import dict_programs
import object_programs
import pytest
import record_programs

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.refusals import Refused

FUNCTIONS: list[Callable[[float, float], float]] = [
    getattr(module, name) for module in (object_programs, record_programs, dict_programs) for name in module.__all__
]


def bits(value: Any) -> Any:
    """A structure with floats as their bits."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(bits, value))
    return struct.pack("<d", value) if isinstance(value, float) else value


def points() -> Iterator[tuple[float, float]]:
    """Some inputs."""
    source = random.Random(5)
    for _ in range(10):
        yield source.uniform(0.5, 3.0), source.uniform(0.1, 0.9)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_objects_have_the_digits_of_eager_runs(function: Any) -> None:
    compiled = compile_structurally(function, (0, 1))
    eager = minitorch.value_and_grad(function, (0, 1))
    for point in points():
        assert bits(compiled.value_and_grad(*point)) == bits(eager(*point))
        assert bits(compiled(*point)) == bits(function(*point))
    assert [str(each) for each in compiled.programs.values() if isinstance(each, Refused)] == []
    assert all(isinstance(each, Program) for each in compiled.programs.values())
    assert not compiled.left
