"""Every program by every road: the same value, the same derivatives, the same history, and all of them true."""

from __future__ import annotations

import types
from collections.abc import Iterable

import pytest
from differences import richardson
from mpmath import mp
from references import MODULES, PROGRAMS, Program
from roads import DECORATOR, PLAIN, run, tracing_roads


def _cases(programs: Iterable[Program]) -> list[object]:
    return [
        pytest.param(program, point, id=f"{program.name}-{i}")
        for program in programs
        for i, point in enumerate(program.points)
    ]


EVERY_CASE = pytest.mark.parametrize(("program", "point"), _cases(PROGRAMS))
CLOSED_CASE = pytest.mark.parametrize(("program", "point"), _cases(p for p in PROGRAMS if p.closed_form))


def test_every_program_is_registered_once() -> None:
    written = {
        f"{module.__name__}.{name}"
        for module in MODULES
        for name, item in vars(module).items()
        if isinstance(item, types.FunctionType) and item.__module__ == module.__name__ and not name.startswith("_")
    }
    names = [program.name for program in PROGRAMS]
    assert sorted(names) == sorted(written)


@EVERY_CASE
def test_values_are_equal_to_the_last_bit(program: Program, point: tuple[float, ...]) -> None:
    plain = run(PLAIN, program.function, point).value
    assert type(plain) is float
    for road in tracing_roads(program):
        traced = run(road, program.function, point).value
        assert type(traced) is float, road
        assert traced.hex() == plain.hex(), road


@EVERY_CASE
def test_derivatives_are_equal_to_the_last_bit(program: Program, point: tuple[float, ...]) -> None:
    expected = [derivative.hex() for derivative in run(DECORATOR, program.function, point).derivatives]
    for road in tracing_roads(program):
        assert [derivative.hex() for derivative in run(road, program.function, point).derivatives] == expected, road


@EVERY_CASE
def test_histories_are_equal(program: Program, point: tuple[float, ...]) -> None:
    expected = run(DECORATOR, program.function, point).graph
    assert any(not line.startswith("leaf") for line in expected)
    for road in tracing_roads(program):
        assert run(road, program.function, point).graph == expected, road


@EVERY_CASE
def test_derivatives_agree_with_differences(program: Program, point: tuple[float, ...]) -> None:
    outcome = run(DECORATOR, program.function, point)
    for argument, derivative in enumerate(outcome.derivatives):
        difference = richardson(program.function, point, argument)
        assert derivative == pytest.approx(difference, rel=1e-6, abs=1e-12), f"argument {argument}"


@CLOSED_CASE
def test_values_and_derivatives_agree_with_the_closed_form(program: Program, point: tuple[float, ...]) -> None:
    outcome = run(DECORATOR, program.function, point)
    assert program.closed_form is not None
    with mp.workdps(50):
        exact_point = tuple(mp.mpf(coordinate) for coordinate in point)
        assert outcome.value == pytest.approx(float(program.closed_form(*exact_point)), rel=1e-12)
        for argument, derivative in enumerate(outcome.derivatives):
            orders = tuple(int(i == argument) for i in range(len(point)))
            exact = float(mp.diff(program.closed_form, exact_point, orders))
            assert derivative == pytest.approx(exact, rel=1e-12, abs=0.0), f"argument {argument}"


def test_a_road_leaves_the_plain_module_alone() -> None:
    for program in PROGRAMS[:3]:
        code = program.function.__code__
        run(DECORATOR, program.function, program.points[0])
        assert program.function.__code__ is code
