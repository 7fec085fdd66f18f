"""Compiled methods: derivatives on the object, and all that Python's methods answer."""

from __future__ import annotations

import inspect
import math
import pickle

import pytest

import minitorch


class Beam:
    """Methods whose derivatives are asked for on the object."""

    def __init__(self, stiffness: float) -> None:
        self.stiffness = stiffness

    @minitorch.compile
    def force(self, x: float, power: float = 2.0) -> float:
        return self.stiffness * x**power

    @minitorch.compile(argnums=("power", 0))
    def both(self, x: float, power: float = 2.0) -> float:
        return self.stiffness * x**power


def test_derivatives_of_methods_on_their_objects() -> None:
    soft, hard = Beam(2.0), Beam(8.0)
    for beam in (soft, hard, soft):
        force, both = minitorch.value_and_grad(beam.force.plain), minitorch.value_and_grad(beam.both.plain, (1, 0))
        for x in (1.5, 2.5):
            assert beam.force.value_and_grad(x) == force(x)
            assert beam.force.grad(x, power=3.0) == force(x, 3.0)[1]
            assert beam.both.value_and_grad(x=x) == both(x, 2.0)
            assert beam.both.hessian(x) == minitorch.hessian(beam.both.plain, (1, 0))(x)
            assert minitorch.grad(beam.force)(x) == force(x)[1]
    soft.stiffness = 3.0
    assert soft.force.grad(1.0) == 6.0


def test_methods_of_objects_are_like_pythons() -> None:
    beam = Beam(2.0)
    assert beam.force == beam.force != Beam(2.0).force and len({beam.force, beam.force}) == 1
    assert str(inspect.signature(beam.force)).startswith("(x: ")
    assert beam.force.__name__ == "force" and beam.force.traces == Beam.force.traces
    assert pickle.loads(pickle.dumps(beam.force))(2.0) == 8.0
    with pytest.raises(AttributeError, match=r"minitorch.compile\(….force.plain\).batch"):
        beam.force.batch([[1.0]])
    assert minitorch.compile(beam.force.plain).batch([[1.0], [2.0]]).tolist() == [2.0, 8.0]


def test_options_are_checked_as_any_functions() -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'argnum'"):
        minitorch.compile(math.sin, argnum=1)
    assert "fastmath" in inspect.signature(minitorch.compile).parameters
