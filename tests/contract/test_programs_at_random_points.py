"""Every program at random points near those of its table: the derivatives are those of exact arithmetic.

The reference is the program itself on numbers of fifty digits, differentiated by differences so small that what they
leave out does not count; it needs no exceptions. `RANDOM_POINTS` asks for that many new points per program.
"""

from __future__ import annotations

import os
import sys

import pytest
from exact_numbers import DIGITS, exact
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from references import PROGRAMS, Program
from roads import DECORATOR, run

POINTS = "RANDOM_POINTS"
REACH = 0.05
"""How far from the given points, relative to them: not so far that programs leave the range they are written for."""
STEP = mpf(10) ** -17
TOLERANCE = 1e-10

near = st.floats(-REACH, REACH)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
@settings(
    max_examples=int(os.environ.get(POINTS, "8")),
    derandomize=POINTS not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_derivatives_are_those_of_exact_arithmetic(program: Program, data: st.DataObject) -> None:
    given_point = data.draw(st.sampled_from(program.points))
    moves = data.draw(st.tuples(*[near] * len(given_point)))
    point = tuple(coordinate * (1.0 + move) for coordinate, move in zip(given_point, moves, strict=True))
    note(f"{program.name}{point}")
    outcome = run(DECORATOR, program.function, point)
    with mp.workdps(DIGITS):
        here = exact(program.function)(*map(mpf, point))
        assert outcome.value == pytest.approx(float(here), rel=TOLERANCE, abs=0.0)
        for index, derivative in enumerate(outcome.derivatives):
            step = STEP * abs(point[index])
            ahead, behind = (
                exact(program.function)(*(mpf(x) + sign * step * (place == index) for place, x in enumerate(point)))
                for sign in (1, -1)
            )
            expected = float((ahead - behind) / (2 * step))
            # Near a zero of the derivative, what it is the difference of has been rounded.
            rounded = 16 * sys.float_info.epsilon * max(1.0, abs(outcome.value)) / abs(point[index])
            assert derivative == pytest.approx(expected, rel=TOLERANCE, abs=rounded), f"argument {index}"
