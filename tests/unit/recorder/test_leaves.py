"""Leaves and constants: however a Scalar is asked for, it knows the same."""

from __future__ import annotations

import gc
import inspect
import math
from fractions import Fraction
from typing import Any

import pytest
from both_recorders import BOTH

from minitorch import Scalar
from minitorch.autodiff.history import LIVE, History, InputHistory
from minitorch.autodiff.variable import is_settled
from minitorch.scalars.scalar import Indicator, make_leaves


def knows(x: Any) -> Any:
    """What a Scalar without parents knows, but its age."""
    parents = x.first_parent, x.second_parent, x.first_partial, x.second_partial
    return type(x).__qualname__, repr(x.data), x.name, x.derivative, parents, x.code, x.instruction, x.is_leaf()


CALLS: list[tuple[Any, ...]] = [
    (0.5,), (-0.0, None), (math.inf, None, "x"), (True,), (2, None, "n"), (Fraction(1, 2),), (0.5, None, None),
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_a_scalar_is_the_same_by_either_recorder(call: tuple[Any, ...]) -> None:
    one, other = (knows(package.Scalar(*call)) for package in BOTH.values())
    assert one == other == knows(Scalar(*call[:1], **dict(zip(("back", "name"), call[1:], strict=False))))


def test_leaves_are_what_the_class_makes_one_by_one() -> None:
    history = History()
    values: list[Any] = [0.5, 3, True, -0.0, Fraction(1, 4)]
    names = ["a", None, "c", "d", None]
    made = make_leaves(values, history, names)
    assert [*map(knows, made)] == [knows(Scalar(x, history, name)) for x, name in zip(values, names, strict=True)]
    assert all(x.creator is history for x in made)
    assert [x.unique_id for x in made] == sorted({x.unique_id for x in made})


def test_leaves_of_different_histories() -> None:
    run = InputHistory()
    (x,) = make_leaves([2.0], run, ["x"])
    assert x.is_leaf() and x.history is run
    (x * x).backward()
    assert x.derivative == 4.0
    run.end(None, x.unique_id + 100)
    assert is_settled(x)


@pytest.mark.parametrize("value", ["1.0", None, [1.0], 1j])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        Scalar(value)
    with pytest.raises(TypeError):
        make_leaves([1.0, value], History(), [None, None])


def test_as_many_names_as_numbers_are_needed() -> None:
    with pytest.raises((TypeError, ValueError)):
        make_leaves([1.0, 2.0], History(), ["x"])


def test_a_leaf_of_its_own_holds_the_switch_as_long_as_it_is_there() -> None:
    gc.collect()
    before = len(LIVE.marks)
    x = Scalar(1.0)
    assert len(LIVE.marks) == before + 1
    del x
    assert len(LIVE.marks) == before


def test_other_initialisations_take_the_usual_way() -> None:
    class Own(Scalar):
        def __init__(self, v: float) -> None:
            super().__init__(v, None, "own")

    x, y = Own(2.0), Indicator(1.0, None)
    assert (x.data, x.name, x.creator) == (2.0, "own", None) and bool(y)
    again = Scalar(1.0, None, "x")
    again.__init__(2.0, None, "y")  # type: ignore[misc]
    assert (again.data, again.name) == (2.0, "y")
    made = Scalar(1.0) * 2
    made_again = Scalar(3.0, made.history, "z")
    assert made_again.history is made.history and made_again.code is not None
    with pytest.raises(TypeError):
        Scalar()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Scalar(1.0, None, None, None)  # type: ignore[call-arg]
    assert [*inspect.signature(Scalar).parameters] == ["v", "back", "name"]


def test_a_leaf_may_begin_anew_while_another_gets_its_derivative() -> None:
    y, z = Scalar(2.0), Scalar(3.0)

    class Own(Scalar):
        def accumulate_derivative(self, value: float) -> None:
            super().accumulate_derivative(value)
            for each in (y, z):
                each.__init__(4.0)  # type: ignore[misc]

    first, last = Own(5.0), Own(7.0)
    (first * y * z * last).backward()
    assert (first.derivative, last.derivative) == (42.0, 30.0)
    assert {y.derivative, z.derivative} <= {None, 105.0, 70.0}
    assert (y.data, z.data) == (4.0, 4.0)
