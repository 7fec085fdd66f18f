"""Batches, listings and the object that `minitorch.compile` makes."""

from __future__ import annotations

import math
import pickle
import types
from typing import Any

import numpy
import pytest

import minitorch
from minitorch.machine_code.compiled import CompiledFunction
from minitorch.native.layout import is_supported


def branching_pair(x: float, y: float) -> float:
    z = x * y
    return math.sin(z) if z > 1.0 else math.sqrt(x + 3.0) * y


@pytest.mark.parametrize("threads", [1, 2])
def test_batches_equal_calls(threads: int) -> None:
    rows = numpy.random.default_rng(0).uniform(-2.0, 2.0, (101, 2))
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    eager = minitorch.value_and_grad(branching_pair, argnums=(0, 1))
    out = numpy.empty(101)
    assert compiled.batch(rows, out=out, threads=threads) is out
    values, gradients = compiled.batch_value_and_grad(rows, threads=threads)
    for row, value, result, gradient in zip(rows.tolist(), out, values, gradients, strict=True):
        assert (value, result, tuple(gradient)) == (branching_pair(*row), *eager(*row))


def test_a_row_that_raises_raises() -> None:
    compiled = minitorch.compile(branching_pair)
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        compiled.batch([[1.0, 2.0], [-5.0, 1.0]])
    with pytest.raises(ValueError, match="a batch is a matrix"):
        compiled.batch([1.0, 2.0])


@pytest.mark.parametrize("language", ["python", "c", "llvm", "asm"])
def test_listings(language: str) -> None:
    compiled = minitorch.compile(branching_pair, argnums=(0, 1))
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        compiled.emit(language)
    answer = compiled.value_and_grad(1.5, 2.0)
    text = compiled.emit(language)
    assert "branching_pair" in text
    if language == "python":
        scope: dict[str, Any] = {}
        exec(text, scope)
        assert scope["branching_pair"](1.5, 2.0) == answer


@minitorch.compile
def decorated(x: float) -> float:
    """Square."""
    return x * x


def test_it_is_the_function_it_was_made_of() -> None:
    assert isinstance(decorated, CompiledFunction)
    assert (decorated.__name__, decorated.__doc__) == ("decorated", "Square.")
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    again = pickle.loads(pickle.dumps(minitorch.compile(branching_pair, argnums=1)))
    assert again.value_and_grad(1.5, 2.0) == minitorch.value_and_grad(branching_pair, argnums=1)(1.5, 2.0)


def test_a_call_runs_no_python_frame() -> None:
    decorated(1.0), decorated.value_and_grad(1.0)
    # Where this Python's memory is not known, Python compares what the function reads.
    kind = types.BuiltinFunctionType if is_supported() else types.FunctionType
    assert type(decorated.value_and_grad) is kind
    assert type(type(decorated).__dict__["__call__"].__func__) is kind
    assert [decorated(3.0), decorated.value_and_grad(3.0), decorated.grad(3.0)] == [9.0, (9.0, 6.0), 6.0]
