"""Attributes of Variables that somebody sets by hand: obeyed, or refused with a way out, by both recorders."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch import BackwardError, Context, History, Mul, Scalar, topological_sort
from minitorch.autodiff.variable import Variable

WAY_OUT = "set history"


def product_of(x: Any, y: Any) -> History:
    """Return the history of a product, as the course writes it."""
    context = Context()
    context.save_for_backward(x.data, y.data)
    return History(Mul, context, (x, y), (y.data, x.data))


def chain() -> tuple[Scalar, Any, Any]:
    """Return x = 3, x * x and x * x * x."""
    x = Scalar(3.0)
    z = x * x
    return x, z, z * x


@pytest.mark.parametrize("number", [0, -1, 1, 10**6, 2**62, 2**70, "a", None])
def test_the_order_of_creation_cannot_be_set(number: Any) -> None:
    x, z, y = chain()
    before = z.unique_id
    for write in (setattr, object.__setattr__):
        with pytest.raises(AttributeError, match=WAY_OUT):
            write(z, "unique_id", number)
    with pytest.raises(AttributeError, match=WAY_OUT):
        del z.unique_id
    assert z.unique_id == before
    y.backward()
    assert x.derivative == 27.0


@pytest.mark.parametrize("name", ["creator", "first_parent", "second_parent", "first_partial", "second_partial"])
def test_what_it_was_made_from_is_not_lost_in_silence(name: str) -> None:
    x, z, y = chain()
    with pytest.raises((AttributeError, BackwardError)):
        delattr(z, name)
        y.backward()
    assert x.derivative is None


@pytest.mark.parametrize("value", [3, None, "text", object()])
def test_half_of_how_it_was_made_says_so(value: Any) -> None:
    x, z, y = chain()
    z.first_parent = value
    with pytest.raises(BackwardError, match=rf"test_attributes_set.py:\d+: .*Mul.*{WAY_OUT}"):
        y.backward()
    assert x.derivative is None


def test_histories_are_obeyed() -> None:
    x, z, y = chain()
    y.history = product_of(x, x)
    y.backward()
    assert x.derivative == 6.0
    x, z, y = chain()
    y.history = History(Mul, Context(), (x, x))
    with pytest.raises(BackwardError, match="nothing was saved"):
        y.backward()
    x, z, y = chain()
    z.history = History()
    y.backward()
    assert (x.derivative, z.derivative) == (9.0, 3.0)
    x, z, y = chain()
    z.history = None
    y.backward()
    assert x.derivative == 9.0


@pytest.mark.parametrize("how", ["history", "parents"])
def test_a_value_may_be_made_from_something_younger_than_what_was_made_of_it(how: str) -> None:
    """z is used by y before it gets a history that begins at w, which is the youngest."""
    x, z, y = chain()
    w = x * 5.0
    if how == "history":
        z.history = product_of(w, x)
    else:
        z.first_parent, z.second_parent, z.first_partial, z.second_partial = w, x, x.data, w.data
    y.backward()
    # y = z * x, where z = w * x says 9 x, and w = 5 x
    assert x.derivative == 9.0 + 3.0 * (15.0 + 3.0 * 5.0)
    assert [topological_sort(y).index(v) for v in (y, z, w, x)] == sorted(
        topological_sort(y).index(v) for v in (y, z, w, x)
    )


def test_a_value_that_is_made_from_itself_says_so() -> None:
    for change in (
        lambda z, y: setattr(z, "history", product_of(y, y)),
        lambda z, y: setattr(z, "history", product_of(z, z)),
        lambda z, y: setattr(z, "first_parent", y),
    ):
        x, z, y = chain()
        change(z, y)
        with pytest.raises(BackwardError, match=r"test_attributes_set.py:\d+: .*itself.* set histories"):
            y.backward()
        assert x.derivative is None


def test_a_history_that_is_older_keeps_the_order() -> None:
    x, z, y = chain()
    before = z.unique_id
    z.history = product_of(x, x)
    assert z.unique_id == before
    y.backward()
    assert x.derivative == 27.0


def test_a_history_that_is_set_within_a_derivative() -> None:
    def f(x: Any) -> Any:
        z = x * x
        y = z * x
        w = x * 5.0
        z.history = product_of(w, x)
        return y

    expected = 9.0 + 3.0 * (15.0 + 3.0 * 5.0)
    assert minitorch.grad(f)(3.0) == expected
    assert minitorch.jvp(f, (3.0,), (1.0,))[1] == expected


def test_begun_anew_it_is_a_leaf() -> None:
    x, z, y = chain()
    y.__init__(4.0)
    y.backward()
    assert (x.derivative, y.derivative) == (None, 1.0)
    x, z, y = chain()
    z.__init__(4.0)
    y.backward()
    assert (x.derivative, z.derivative) == (9.0, 3.0)


class Kind(Variable):
    """A kind of Variable of one's own."""

    __slots__ = ("value",)

    def get_data(self) -> Any:
        """Return the plain value."""
        return self.value


@pytest.mark.parametrize("again", [copy.copy, lambda x: pickle.loads(pickle.dumps(x))], ids=["copy", "pickle"])
def test_copies_are_made_without_the_public_name(again: Callable[[Any], Any]) -> None:
    x = Kind(None)
    x.value = 1.5
    assert again(x).unique_id == x.unique_id


def test_numbers_of_deep_copies() -> None:
    x = Scalar(2.0)
    assert operator.attrgetter("unique_id")(copy.deepcopy(x)) == x.unique_id
