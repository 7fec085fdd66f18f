"""Methods in code that knows minitorch: whatever an object has under a name is followed, whenever a leaf is made."""

from __future__ import annotations

import gc
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import minitorch
from minitorch.recorder import make_receiver, received_owner
from minitorch.tracing.tracer import dispatcher

X = 0.3


class Layer:
    """Makes a leaf when it is made."""

    def __init__(self) -> None:
        self.weight = minitorch.Scalar(0.5)

    def __call__(self, x: float) -> Any:
        return math.tanh(self.weight * x)


class Network:
    """Has layers that are made when somebody asks for them."""

    made: Layer | None = None

    @property
    def layer(self) -> Layer:
        """The one that a property makes."""
        if self.made is None:
            self.made = Layer()
        return self.made

    def __getattr__(self, name: str) -> Layer:
        if not name.startswith("layer_"):
            raise AttributeError(name, name=name, obj=self)
        self.__dict__[name] = Layer()
        return self.__dict__[name]  # type: ignore[no-any-return]


class Activation:
    """Has a function as an attribute, and a method."""

    def __init__(self) -> None:
        self.function: Callable[[Any], Any] = math.sin

    def cosine(self, x: Any) -> Any:
        """A method that calls another one."""
        return self.sine(x + math.pi / 2)

    def sine(self, x: Any) -> Any:
        """Its own method."""
        return math.sin(x)

    @classmethod
    def of_class(cls, x: Any) -> Any:
        """A method of the class."""
        return math.exp(x)

    static = staticmethod(math.exp)


class Exponential:
    """Has another method of a name that Activation has."""

    def sine(self, x: Any) -> Any:
        """Not what its name says."""
        return math.exp(x)


class Slotted:
    """Has a slot for a function."""

    __slots__ = ("function",)

    def __init__(self) -> None:
        self.function = math.sin


def last(value: Any) -> str:
    return value.history.last_fn.__name__  # type: ignore[no-any-return]


@minitorch.trace
def by_property(network: Any, x: float) -> Any:
    return network.layer(x)


@minitorch.trace
def by_getattr(network: Any, x: float) -> Any:
    return network.layer_1(x)


@minitorch.trace
def missing(network: Any) -> Any:
    return network.nothing(1.0)


@pytest.mark.parametrize("way", [by_property, by_getattr])
def test_a_leaf_that_looking_up_a_method_makes(way: Callable[..., Any]) -> None:
    gc.collect()
    assert last(way(Network(), 2.0)) == "Tanh"


def test_what_is_missing_is_said_as_python_does() -> None:
    with pytest.raises(AttributeError) as plain:
        Network().nothing  # noqa: B018
    leaves: list[Any] = []
    for _ in range(2):
        with pytest.raises(AttributeError) as caught:
            missing(Network())
        assert str(caught.value) == str(plain.value) and caught.value.name == "nothing"
        assert [entry.name for entry in caught.traceback][-2:] == ["missing", "__getattr__"]
        leaves.append(minitorch.Scalar(1.0))


@minitorch.trace
def calling_attribute(owner: Any, x: Any) -> Any:
    return owner.function(x)


def test_functions_that_are_attributes() -> None:
    x = minitorch.Scalar(X)
    owner = Activation()
    assert last(calling_attribute(owner, x)) == "Sin"
    owner.function = lambda value: math.cos(value)
    assert last(calling_attribute(owner, x)) == "Cos"
    owner.function = math.exp
    assert last(calling_attribute(owner, x)) == "Exp"
    assert last(calling_attribute(Slotted(), x)) == "Sin"


@minitorch.trace
def calling_method(owner: Any, x: Any) -> Any:
    return owner.sine(x)


def test_an_attribute_hides_the_method_of_the_class_for_one_object() -> None:
    x = minitorch.Scalar(X)
    first, second = Activation(), Activation()
    for _ in range(3):
        assert last(calling_method(first, x)) == last(calling_method(second, x)) == "Sin"
    first.sine = math.exp  # type: ignore[method-assign]
    for _ in range(3):
        assert (last(calling_method(first, x)), last(calling_method(second, x))) == ("Exp", "Sin")
    del first.sine
    assert last(calling_method(first, x)) == "Sin"


def test_a_method_that_is_exchanged_in_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    x = minitorch.Scalar(X)
    owner = Activation()
    assert last(calling_method(owner, x)) == "Sin"
    monkeypatch.setattr(Activation, "sine", lambda self, value: math.log(value))
    assert last(calling_method(owner, x)) == "Log"
    monkeypatch.setattr(Activation, "sine", property(lambda self: math.exp))
    assert last(calling_method(owner, x)) == "Exp"
    monkeypatch.undo()
    assert last(calling_method(owner, x)) == "Sin"


def test_a_class_that_is_changed_thousands_of_times() -> None:
    class Owner:
        def sine(self, x: Any) -> Any:
            return math.sin(x)

    # More changes than a class has versions.
    x, owner, sine = minitorch.Scalar(X), Owner(), Owner.sine
    for _ in range(1500):
        Owner.sine = lambda self, value: math.exp(value)  # type: ignore[method-assign]
        assert last(calling_method(owner, x)) == "Exp"
        Owner.sine = sine  # type: ignore[method-assign]
        assert last(calling_method(owner, x)) == "Sin"


def test_a_base_that_is_changed() -> None:
    class Owner(Activation):
        pass

    x, owner = minitorch.Scalar(X), Owner()
    assert last(calling_method(owner, x)) == "Sin"
    Owner.sine = Activation.cosine  # type: ignore[method-assign]
    del Owner.sine
    assert last(calling_method(owner, x)) == "Sin"
    Owner.__bases__ = (Exponential,)
    assert last(calling_method(owner, x)) == "Exp"


def test_code_that_is_exchanged_is_converted_again() -> None:
    class Owner:
        def sine(self, x: Any) -> Any:
            return math.sin(x)

    def other(self: Any, x: Any) -> Any:
        return math.exp(x)

    x = minitorch.Scalar(X)
    for _ in range(3):
        assert last(calling_method(Owner(), x)) == "Sin"
    Owner.sine.__code__ = other.__code__
    assert last(calling_method(Owner(), x)) == "Exp"


@minitorch.trace
def calling_class(x: Any) -> tuple[Any, Any, Any]:
    kind: Any = Activation
    return kind.of_class(x), kind.static(x), kind().static(x)


def test_methods_of_classes() -> None:
    assert [last(value) for value in calling_class(minitorch.Scalar(X))] == ["Exp"] * 3


@minitorch.trace
def collecting(values: list[Any], x: Any) -> list[Any]:
    values.append(x)
    values.sort(key=lambda value: -value)
    return values


def test_methods_in_c() -> None:
    assert collecting([1.0], 2.0) == [2.0, 1.0]
    x = minitorch.Scalar(2.0)
    assert collecting([1.0], x)[0] is x


def test_an_owner_is_given_back_or_stood_in_for() -> None:
    receiver = None if make_receiver is None else make_receiver(dispatcher.resolve, "function")
    for owner in (Activation(), [], 1.0):
        asked: Any = owner if receiver is None else receiver[owner]
        assert received_owner(asked) is owner
    x = minitorch.Scalar(X)
    owner = Activation()
    asked = owner if receiver is None else receiver[owner]
    assert received_owner(asked) is owner and x.is_leaf()


def test_what_code_asks_is_pickled_by_its_name() -> None:
    if make_receiver is not None:
        again = pickle.loads(pickle.dumps(make_receiver(dispatcher.resolve, "sine")))
        assert repr(again) == "<receiver of 'sine'>"
        assert received_owner(again[1.0]) == 1.0
