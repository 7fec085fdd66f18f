"""Variables as the recorder has them: their attributes, their classes, and what the garbage collector makes of them."""

from __future__ import annotations

import copy
import gc
import math
import operator
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import minitorch
from minitorch import Scalar, ScalarFunction
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.variable import Variable
from minitorch.recorder import ScalarBase, VariableBase, is_native
from minitorch.scalars.scalar import Indicator
from minitorch.scalars.whole import Whole

ANYTHING: list[Any] = [None, 1.5, -0.0, math.nan, 3, "text", (1.0, None), {"a": 1.0}, [2.0], Scalar(1.0, None), Scalar]
"""What may stand in an attribute that holds an object."""

OF_ANYTHING = (
    "creator", "name", "derivative", "first_parent", "second_parent", "first_partial", "second_partial", "code",
)  # fmt: skip


def is_same(x: Any, y: Any) -> bool:
    """Return whether two values are the same object, or the same float."""
    return x is y or (type(x) is type(y) is float and repr(x) == repr(y))


@pytest.mark.parametrize("name", OF_ANYTHING)
@pytest.mark.parametrize("kind", [Scalar, Indicator, Whole])
def test_attributes_hold_anything(name: str, kind: type[Scalar]) -> None:
    x = kind(1, None)
    for write in (setattr, object.__setattr__):
        for value in ANYTHING:
            before = sys.getrefcount(value)
            write(x, name, value)
            assert is_same(getattr(x, name), value)
            write(x, name, None)
            assert getattr(x, name) is None
            assert value is None or sys.getrefcount(value) == before


@pytest.mark.parametrize("value", [1.5, -0.0, math.nan, 3, True, 10**400, None, "text"])
def test_data_is_what_was_written(value: Any) -> None:
    x: Any = Scalar(1.0)
    x.data = value
    assert is_same(x.data, value)
    del x.data
    with pytest.raises(AttributeError, match="data"):
        x.data  # noqa: B018
    x.data = 2.0
    assert (x * x).data == 4.0


@pytest.mark.parametrize("name", ["_unique_id", "instruction"])
def test_numbers_are_numbers(name: str) -> None:
    x = Scalar(1.0, None)
    for number in (0, 1, 2**31 - 1, -1):
        setattr(x, name, number)
        assert getattr(x, name) == number
    if is_native:
        with pytest.raises(TypeError):
            setattr(x, name, "one")
        with pytest.raises(OverflowError):
            setattr(x, name, 2**70)


def test_other_data_takes_the_way_of_python() -> None:
    """Only an exact float is quick; whatever else stands in `data` is computed with as Python does."""
    x: Any = Scalar(1.0)
    x.data = 3
    assert repr((x * 2).data) == "6.0"
    x.data = third = Fraction(1, 3)
    assert (x + third).data == 2 / 3


def test_partials_and_parents_of_the_slots() -> None:
    x, y, constant = Scalar(3.0), Scalar(4.0), Scalar(5.0, None)
    for made, expected in [
        (x * y, (x, y, 4.0, 3.0)),
        (x * 2, (x, 2, 2.0, None)),
        (2.5 / y, (2.5, y, None, -0.15625)),
        (x - constant, (x, constant, 1.0, None)),
        (-x, (x, None, -1.0, None)),
        (x < y, (x, y, 0.0, 0.0)),
        (constant * 2, (None, None, None, None)),
    ]:
        found = (made.first_parent, made.second_parent, made.first_partial, made.second_partial)
        assert all(one is other or one == other for one, other in zip(found, expected, strict=True))
        assert (made.name, made.derivative) == (None, None)
        assert (made.creator is None) == (made.code is None) == (made.first_parent is None)


def test_a_class_of_ones_own() -> None:
    class Marked(Scalar):
        """One with a dict, weak references, and an operator of its own."""

        def __radd__(self, other: Any) -> Any:
            return "radd", other

        def __eq__(self, other: object) -> bool:
            return self is other

        __hash__ = object.__hash__

    x: Any = Marked(2.0)
    x.anything = [x]
    mark = weakref.ref(x)
    assert (1.0 + x, Scalar(1.0) + x) == (("radd", 1.0), ("radd", Scalar(1.0)))
    assert type(x + 1.0) is Scalar
    assert (x + 1.0).first_parent is x
    assert type(x * x) is Scalar
    assert (x == 2.0, {x: 1}[x]) == (False, 1)
    del x
    gc.collect()
    assert mark() is None


@pytest.mark.parametrize("kind", [Scalar, Indicator])
def test_classes_are_what_they_were(kind: type[Scalar]) -> None:
    x: Any = kind(1.0)
    assert issubclass(kind, VariableBase)
    assert issubclass(kind, ScalarBase)
    with pytest.raises(TypeError, match="weak reference"):
        weakref.ref(x)
    with pytest.raises(AttributeError):
        x.anything = 1
    assert not hasattr(x, "__dict__")
    assert (copy.copy(x) is x, copy.deepcopy(x) is x) == (True, True)


class Kind(Variable):
    """A kind of Variable of one's own."""

    __slots__ = ("value",)

    def get_data(self) -> Any:
        """Return the plain value."""
        return self.value


def test_a_kind_of_ones_own_is_copied() -> None:
    x = Kind(None, "x")
    x.value, x.derivative, x.first_parent, x.second_partial = 1.5, 2.5, (3.5,), 4.5
    for y in (copy.copy(x), pickle.loads(pickle.dumps(x))):
        found = (type(y), y.value, y.name, y.derivative, y.first_parent, y.second_partial, y.unique_id, y.creator)
        assert found == (Kind, 1.5, "x", 2.5, (3.5,), 4.5, x.unique_id, None)


def test_scalars_are_pickled() -> None:
    x = Scalar(2.5, name="x")
    x.derivative = 1.5
    y = pickle.loads(pickle.dumps(x))
    assert (type(y), y.data, y.name, y.derivative, y.is_leaf()) == (Scalar, 2.5, "x", 1.5, True)


@pytest.mark.parametrize("unusual", ["3", None, [1], object()], ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("apply", [operator.add, operator.mul, operator.pow, operator.lt, operator.eq, divmod])
def test_what_is_no_number_is_refused_as_floats_do(apply: Callable[[Any, Any], Any], unusual: Any) -> None:
    for swap in (False, True):
        outcomes = []
        for x in (2.0, Scalar(2.0)):
            operands = (unusual, x) if swap else (x, unusual)
            try:
                outcomes.append(apply(*operands))
            except TypeError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


def test_powers_modulo_are_refused() -> None:
    for base, exponent in ((Scalar(2.0), 3), (2, Scalar(3.0))):
        with pytest.raises(TypeError):
            pow(base, exponent, 5)


def test_a_chain_ends_without_recursion() -> None:
    x = Scalar(1.0)
    before = sys.getrefcount(x)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    del y
    assert sys.getrefcount(x) == before


class Keeps(ScalarFunction):
    """Keeps whatever is in `kept` in its Context."""

    kept: list[Any] = []  # noqa: RUF012  one list for all

    @staticmethod
    def forward(ctx: Context, x: Any) -> Any:
        """Return x."""
        ctx.save_for_backward(Keeps.kept[-1])
        return x

    @staticmethod
    def backward(ctx: Context, d_output: Any) -> Any:
        """Return the same derivative."""
        return d_output


class Box:
    """Holds something."""

    held: Any = None


@pytest.mark.parametrize("is_quick", [False, True])
def test_cycles_through_a_context_are_collected(is_quick: bool) -> None:
    """What is made of a Variable with a Context may be what that Context leads to."""
    box = Box()
    Keeps.kept.append(box)
    y = Keeps.apply(Scalar(2.0))
    Keeps.kept.clear()
    z = y
    for _ in range(5):
        z = z * 2.0 if is_quick else minitorch.Hypot.apply(z, 2.0)
    box.held = sum([z, z, y])
    mark = weakref.ref(box)
    del box, y, z
    gc.collect()
    assert mark() is None


@pytest.mark.parametrize("name", ["name", "derivative", "first_partial", "second_parent", "creator", "data", "code"])
def test_cycles_through_what_is_written_are_collected(name: str) -> None:
    x: Any = Scalar(2.0)
    box = Box()
    setattr(x, name, box)
    box.held = [x, x]
    mark = weakref.ref(box)
    del x, box
    gc.collect()
    assert mark() is None


def test_a_history_that_is_set_makes_no_leak() -> None:
    x = Scalar(2.0)
    box = Box()
    context = Context()
    context.save_for_backward(box)
    x.history = History(minitorch.Neg, context, (Scalar(1.0),))
    box.held = x * 2.0 + 1.0
    mark = weakref.ref(box)
    del x, box, context
    gc.collect()
    assert mark() is None


def test_a_collector_that_runs_all_the_time() -> None:
    code = """
import gc, sys
from minitorch import Scalar, Sin, grad
gc.set_threshold(1)
x = Scalar(1.5)
y = x
for i in range(300):
    y = sum([y * 0.5, Sin.apply(x), -y / 3.0]) ** 2 + (y > 0)
y.backward()
print(x.derivative, grad(lambda a: a * a * a)(2.0), sys.getrefcount(x))
"""
    results = []
    for switch in ("1, 1, 1", "700, 10, 10"):
        text = code.replace("set_threshold(1)", f"set_threshold({switch})")
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        results.append(done.stdout)
    assert results[0] == results[1]


def test_an_operation_takes_few_bytes() -> None:
    x = Scalar(1.0)
    assert sys.getsizeof(x * x) <= (112 if is_native else 120)
