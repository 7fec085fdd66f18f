"""Scalar: a float that knows how it was made; ScalarFunction: the base of the Functions on Scalars.

A Scalar behaves as its float does everywhere, prints as it does and calls itself one (`isinstance(x, float)`), so code
that was written for floats takes it. Only what would turn it into a plain number in silence raises.

    >>> x = Scalar(3.0, name="x")
    >>> y = x * x + 1
    >>> y.backward()
    >>> y.data, x.derivative
    (10.0, 6.0)
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final, NoReturn

from minitorch.autodiff.decisions import decide, observing
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.grad_mode import pausing
from minitorch.autodiff.history import Context, History, InputHistory
from minitorch.autodiff.run_notes import ACTIVE, end_plain_run
from minitorch.autodiff.variable import Variable, is_settled
from minitorch.recorder import ScalarBase, connect, leaves
from minitorch.recorder.own_files import OWN_FOLDERS
from minitorch.scalars.askers import asked_by_code_for_floats, asked_where_it_ends
from minitorch.scalars.float_protocol import Number, printed
from minitorch.scalars.lost_history import history_ends, plain_number_asked
from minitorch.scalars.standing_for import StandingFor

__all__ = ["VARIABLE_TYPES", "Indicator", "Scalar", "ScalarFunction", "made_as", "make_leaves"]

NEW_LEAF: Final[History] = History.__new__(History)
"""Stands for a History of its own per Scalar; itself it belongs to none."""


class Scalar(ScalarBase, Number, Variable, metaclass=StandingFor, stands_for="float"):
    """A float that knows how it was made.

    Args:
        v: the value, any real number.
        back: how it was made; by default it is a leaf, with None a constant.
        name: what reports and pictures call it.

    Raises:
        TypeError: if the value is not a number, or is a Scalar with a history.

    >>> Scalar(2, back=None) * 4
    Scalar(8.0)
    """

    __slots__ = ()

    fromhex = float.fromhex
    if hasattr(float, "from_number"):
        from_number = getattr(float, "from_number")  # noqa: B009 (Python 3.13 has none)

    def __init__(self, v: Any, back: History | None = NEW_LEAF, name: str | None = None) -> None:
        Variable.__init__(self, History() if back is NEW_LEAF else back, name)
        self.data = v if type(v) is float else as_float(v)

    # Python code asks isinstance(x, float); inside minitorch type(x) tells.
    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return float

    def get_data(self) -> float:
        """Return the plain value."""
        return self.data

    def __repr__(self) -> str:
        if asked_by_code_for_floats():
            return printed(self, repr(decide("value", self, self.data)))
        return f"Scalar({self.data!r})" if self.name is None else f"Scalar({self.data!r}, name={self.name!r})"

    def __float__(self) -> float:
        if self.creator is not None and not is_settled(self):
            if asked_where_it_ends():
                return decide("value", self, self.data)
            if not (end_plain_run() and is_settled(self)):
                raise plain_number_asked("float", self.label(), [self])
        return self.data

    def label(self) -> str:
        """Return what errors call it: its name, or its value.

        >>> Scalar(1.5, name="x").label(), Scalar(1.5).label()
        ("'x'", '1.5')
        """
        return repr(self.data) if self.name is None else repr(self.name)

    def __reduce_ex__(self, protocol: Any) -> Any:
        if end_plain_run() and is_settled(self):
            # What is kept as bytes is no more to be found when the run is over.
            return float, (self.data,)
        active = self.creator is not None and not is_settled(self)
        if ACTIVE and active and not (self.is_leaf and type(self.creator) is History):
            # Within a run it comes back as itself; elsewhere there is nothing that it could come back as.
            for notes in ACTIVE.copy():
                notes.table("pickled")[self.unique_id] = self
            return unpickled_in_run, (self.unique_id, self.label())
        if active and not self.is_leaf:
            raise history_ends("pickling", self.label(), "Only leaves and constants can be pickled.", [self])
        return unpickled, (type(self), self.data, bool(self.is_leaf), self.name, self.derivative)


numbers.Real.register(Scalar)


def made_as(variable: Scalar, value: float) -> Scalar:
    """Make a Scalar with that value and the history of another."""
    return Scalar(value, variable.history)


def leaves_one_by_one(values: list[Any], history: History, names: list[str | None]) -> list[Scalar]:
    """Make a leaf of each of some numbers, all with one history."""
    return [Scalar(value, history, name) for value, name in zip(values, names, strict=True)]


make_leaves: Final[Callable[[list[Any], History, list[str | None]], list[Scalar]]] = leaves or leaves_one_by_one
"""Makes a leaf of each of some numbers, all with one history: values, history, names."""


def as_float(value: Any) -> float:
    """Return a real number as a float; raise TypeError for text."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError(f"a Scalar's value must be a real number, not {type(value).__name__} {value!r}")
    return float(value)


def unpickled_in_run(unique_id: int, label: str) -> Scalar:
    """Return the Scalar that was pickled in a run which still goes on.

    Raises:
        HistoryLostError: the run is over, or belongs to another process.
    """
    for notes in ACTIVE.copy():
        if unique_id in notes.pickled:
            found: Scalar = notes.pickled[unique_id]  # type: ignore[assignment]
            return found
    cure = "What is pickled while a derivative is taken can be loaded only until that is done, in the same process."
    raise history_ends("unpickling", label, cure, ())


def unpickled(kind: type[Scalar], data: float, leaf: bool, name: str | None, derivative: float | None) -> Scalar:
    """Make a Scalar from what pickle kept of it."""
    scalar = kind(data, History() if leaf else None, name)
    scalar.derivative = derivative
    return scalar


class Indicator(Scalar, stands_for="bool"):
    """The outcome of a comparison: true or false, with a derivative of zero.

    It behaves as the bool does; counting with it (`sum(x > 0 for x in xs)`, `2 * (x < y)`) gives plain integers, since
    there is no derivative to lose.

    >>> Scalar(1.0) < 2, ["no", "yes"][Scalar(1.0) < 2], (Scalar(1.0) < 2) + 1
    (True, 'yes', 2)
    """

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return bool

    def get_data(self) -> Any:
        """Return the plain value: a bool, with which Python multiplies as with an integer (`0 * -2` is not -0.0)."""
        return bool(self.data)

    def __index__(self) -> int:
        return int(bool(self))

    def __float__(self) -> float:
        return float(bool(self))

    @property
    def real(self) -> Any:
        """The truth as a plain whole number, as a bool's."""
        return int(bool(self))

    @property
    def imag(self) -> int:
        """The imaginary part of a whole number."""
        return 0

    def conjugate(self) -> Any:
        """Return the truth as a plain whole number, as a bool does."""
        return int(bool(self))

    def __str__(self) -> str:
        return str(bool(self))

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(bool(self), spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return bool, (bool(self),)


VARIABLE_TYPES: Final = frozenset({Scalar, Indicator})
"""The types whose values have histories, to be asked of `type(x)`."""

COUNTABLE: Final = frozenset({bool, int, Indicator})
"""Types that are integers to arithmetic."""


def counting(name: str) -> Callable[..., Any]:
    """Make the method of Indicator that counts with integers as bool does, and else does what Scalar does."""
    count: Callable[..., Any] = getattr(bool, name)
    tracked: Callable[..., Any] | None = getattr(Scalar, name, None)

    def method(self: Indicator, *others: Any) -> Any:
        if all(type(other) in COUNTABLE for other in others):
            whole = [bool(other) if type(other) is Indicator else other for other in others]
            return count(bool(self), *whole)
        return NotImplemented if tracked is None else tracked(self, *others)

    return method


connect(
    scalar=Scalar,
    indicator=Indicator,
    histories=(History, InputHistory),
    pausing=pausing,
    observing=observing,
    active=ACTIVE,
    own_folders=OWN_FOLDERS,
    usual={name: method for name, method in vars(Number).items() if type(method) is FunctionType},
)

for _name in ("neg", "pos", "abs", "invert", "round"):
    setattr(Indicator, f"__{_name}__", counting(f"__{_name}__"))
for _name in (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "divmod", "and", "or", "xor", "lshift", "rshift"
):  # fmt: skip
    for _side in ("", "r"):
        setattr(Indicator, f"__{_side}{_name}__", counting(f"__{_side}{_name}__"))


class ScalarFunction(FunctionBase):
    """A Function on Scalars: a subclass gives static methods `forward(ctx, …)` and `backward(ctx, d_output)`.

    >>> class TimesFive(ScalarFunction):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 5
    ...     @staticmethod
    ...     def backward(ctx, d_output):
    ...         return d_output * 5
    >>> x = Scalar(10.0)
    >>> TimesFive.apply(x).backward()
    >>> x.derivative
    5.0
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a Function has no instances."""
        raise TypeError(f"{cls.__name__} is never instantiated: call {cls.__name__}.apply(...)")

    @classmethod
    def variable(cls, raw: Any, history: History | None) -> Scalar:
        """Wrap a plain number."""
        if type(raw) is not float:
            try:
                raw = as_float(raw)
            except TypeError as error:
                raise TypeError(f"{cls.__name__}.forward returned {raw!r}, which is not a real number") from error
        return Scalar(raw, history)

    @staticmethod
    def forward(ctx: Context, *inputs: Any) -> Any:
        """Compute the plain result from plain inputs; what `backward` needs goes to `ctx.save_for_backward`."""
        return FunctionBase.forward(ctx, *inputs)
