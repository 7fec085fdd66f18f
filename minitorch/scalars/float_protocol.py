"""Everything that Python asks of a float, for objects that have a float in `data` and a Function for each operation.

Arithmetic and `math`-like methods go through the Function of their name; questions are answered by the float.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Callable, Set
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from minitorch.autodiff.decisions import decide
from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.run_notes import ACTIVE, note_printed, note_tie, note_whole, runs_here
from minitorch.autodiff.straight import is_straight, straight_through
from minitorch.autodiff.variable import Variable
from minitorch.scalars.array_slot import ARRAYS, PYTHON_OPERATORS, is_pandas, priority_in_pandas, ufunc_in_plain_run

__all__ = [
    "COMPLEX",
    "FUNCTIONS",
    "RECORDED",
    "WHOLE",
    "Number",
    "Operations",
    "OperatorMethods",
    "Tracked",
    "is_operand",
    "is_tracked",
    "plain_value",
    "printed",
]

N = TypeVar("N", bound="Tracked")

T = TypeVar("T")


class Operations(dict[str, T]):
    """What numbers call for their operators and methods, by name: a slot.

    A Function makes Scalars, so it is defined after them. Each name is filled once, while `minitorch.scalars` is
    imported, and stays what it is.
    """

    def define(self, name: str, operation: T) -> None:
        """Fill one name.

        Raises:
            KeyError: it is filled.
        """
        if name in self:
            raise KeyError(f"{name} is defined already")
        self[name] = operation


FUNCTIONS: Final[Operations[type[FunctionBase]]] = Operations()
"""The Function of each row of the table of rules, filled by `minitorch.scalars.primitives`."""

RECORDED: Final[Operations[Callable[..., Any]]] = Operations()
"""What operators of Scalars call: the `record` of each of these Functions, by the recorder where all is usual."""

COMPLEX: Final[Operations[Callable[..., Any]]] = Operations()
"""What operators do where an operand or the result is complex, filled by `minitorch.scalars.complex_primitives`."""

WHOLE: Final[Operations[Callable[..., Any]]] = Operations()
"""What makes whole numbers that keep their history, by kind, filled by `minitorch.scalars.straight_through`."""

_operand_types: set[type] = {float, int, bool}

PLAIN = frozenset({float, int})
"""The usual types of a plain number beside a Scalar."""

INTEGERS_ONLY = "pow() 3rd argument not allowed unless all arguments are integers"

RATIO_READERS = frozenset({"fractions", "statistics"})
"""Modules of the standard library that make another number from what `as_integer_ratio` answers."""


def is_operand(value: object) -> bool:
    """Return whether a float takes the value as the other operand of arithmetic, as it takes an int or a Fraction.

    >>> is_operand(2), is_operand("2")
    (True, False)
    """
    kind = type(value)
    # By type, because a Scalar calls itself a float.
    return kind in _operand_types or issubclass(kind, (float, int)) or issubclass(kind, numbers.Rational)


def beyond_floats(name: str, x: Any, y: Any, other: Any) -> Any:
    """Do an operation whose operand `other` no float takes: complex numbers take part, other kinds are left to Python.

    Raises:
        HistoryLostError: it is a time span, which takes plain numbers only and says nothing of derivatives.
    """
    kind = type(other)
    if issubclass(kind, complex) and name in COMPLEX:
        return COMPLEX[name](x, y)
    if kind.__name__ == "timedelta" and kind.__module__ == "datetime":
        function: Any = FUNCTIONS[name]
        return function.rule.function(*(each if each is other else float(each) for each in (x, y)))
    if is_pandas(other):
        return ARRAYS.column(PYTHON_OPERATORS[name], x, y)
    return NotImplemented


@dataclass(frozen=True)
class OperatorMethods:
    """Makes the methods by which numbers of one kind do their operators: each calls an operation of a table.

    Attributes:
        operations: the operations by name; they are looked up when a method is called.
        is_operand: tells whether the numbers take a value as the other operand of arithmetic.
        usual_operands: types of such values, for which that is not asked.
        otherwise: does an operation, given its name and operands, where the last argument is no such value.
    """

    operations: Operations[Callable[..., Any]]
    is_operand: Callable[[object], bool]
    usual_operands: Set[type]
    otherwise: Callable[[str, Any, Any, Any], Any]

    # The methods read local names alone, for arithmetic is what costs time.

    def unary(self, name: str) -> Callable[[N], N]:
        """Make the method that applies an operation to the number."""
        operations = self.operations

        def method(self: N) -> Any:
            return operations[name](self)

        return method

    def binary(self, name: str) -> Callable[[N, Any], N]:
        """Make the method for `self op other`; Python asks the other operand where it is not one for these numbers."""
        operations, usual, fits, otherwise = self.operations, self.usual_operands, self.is_operand, self.otherwise

        def method(self: N, other: Any) -> Any:
            if type(other) in usual or fits(other):
                return operations[name](self, other)
            return otherwise(name, self, other, other)

        return method

    def reflected(self, name: str) -> Callable[[N, Any], N]:
        """Make the method for `other op self`."""
        operations, usual, fits, otherwise = self.operations, self.usual_operands, self.is_operand, self.otherwise

        def method(self: N, other: Any) -> Any:
            if type(other) in usual or fits(other):
                return operations[name](other, self)
            return otherwise(name, other, self, other)

        return method

    def comparison(self, name: str) -> Any:
        """Make the method for a comparison, which floats do with numbers of any kind, such as Decimal."""
        operations, fits = self.operations, self.is_operand
        orders = name not in ("EQ", "NE")

        def method(self: Tracked, other: object) -> Any:
            if fits(other) or (isinstance(other, numbers.Number) and not (orders and isinstance(other, complex))):
                if ACTIVE:
                    value = other if type(other) in PLAIN else plain_value(other)
                    if self.data == value and may_differ(self, other):
                        note_tie(name, self, other)
                return operations[name](self, other)
            if is_pandas(other):
                return ARRAYS.column(PYTHON_OPERATORS[name], self, other)
            return NotImplemented

        return method


def printed(x: Any, text: str) -> str:
    """Return text of a number, noted where a run goes on: what is read from it has lost the history."""
    if ACTIVE and x.creator is not None:
        note_printed(text, x)
    return text


def quotient_beside_remainder(x: Any, y: Any) -> Any:
    """Return `x // y` where `x % y` is taken as well: that has the whole derivative, also straight through rounding."""
    with straight_through(False) if is_straight() else nullcontext():
        return RECORDED["FloorDiv"](x, y)


def whole(x: Any, kind: str, function: Callable[[float], int]) -> Any:
    """Return the whole number that a function makes of a number; with its history only straight through rounding."""
    if ACTIVE:
        if x.creator is not None and is_straight():
            return WHOLE[kind](x)
        note_whole(kind, x)
    return decide(kind, x, function(x.data))


def may_differ(x: Any, y: Any) -> bool:
    """Return whether equal numbers may move apart: one has a history, and neither is a truth value."""
    if getattr(x, "creator", None) is None and getattr(y, "creator", None) is None:
        return False
    return x.__class__ is not bool and y.__class__ is not bool


class Tracked:
    """What behaves as a plain number does, but knows how it was made."""

    __slots__ = ()

    @property
    def data(self) -> Any:
        """The plain number."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its plain number is")


def is_tracked(value: object) -> bool:
    """Return whether a value has a history, also as a complex number; no code of the value's runs."""
    return issubclass(type(value), (Variable, Tracked))


def plain_value(x: Any) -> Any:
    """Return the plain number of a Scalar or a complex one, without its history; anything else as it is.

    >>> from minitorch.scalars.scalar import Scalar
    >>> plain_value(Scalar(2.0)), plain_value("text")
    (2.0, 'text')
    """
    return x.data if isinstance(x, Tracked) else x


methods = OperatorMethods(RECORDED, is_operand, _operand_types, beyond_floats)
unary, binary, reflected, comparison = methods.unary, methods.binary, methods.reflected, methods.comparison


class Number(Tracked):
    """The protocol of float; a subclass says when its plain value may be had (`__float__`)."""

    __slots__ = ()

    __pandas_priority__ = property(priority_in_pandas)

    data: float

    def __float__(self) -> float:
        raise NotImplementedError(f"{type(self).__name__} does not say when its plain value may be had")

    def __init_subclass__(cls) -> None:
        _operand_types.add(cls)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        result = ufunc_in_plain_run(ufunc, method, inputs, kwargs) if ACTIVE else NotImplemented
        return ARRAYS.ufunc(ufunc, method, inputs, kwargs) if result is NotImplemented else result

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    __add__, __radd__ = binary("Add"), reflected("Add")
    __sub__, __rsub__ = binary("Sub"), reflected("Sub")
    __mul__, __rmul__ = binary("Mul"), reflected("Mul")
    __truediv__, __rtruediv__ = binary("TrueDiv"), reflected("TrueDiv")
    __floordiv__, __rfloordiv__ = binary("FloorDiv"), reflected("FloorDiv")
    __mod__, __rmod__ = binary("Mod"), reflected("Mod")
    __neg__, __pos__, __abs__ = unary("Neg"), unary("Pos"), unary("Abs")

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            raise TypeError(INTEGERS_ONLY)
        return RECORDED["Pow"](self, other) if is_operand(other) else beyond_floats("Pow", self, other, other)

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            raise TypeError(INTEGERS_ONLY)
        return RECORDED["Pow"](other, self) if is_operand(other) else beyond_floats("Pow", other, self, other)

    def __divmod__(self, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        divmod(self.data, plain_value(other))  # raises as divmod does, which is not how // and % do
        return quotient_beside_remainder(self, other), self % other

    def __rdivmod__(self, other: Any) -> Any:
        if not is_operand(other):
            return NotImplemented
        divmod(plain_value(other), self.data)
        return quotient_beside_remainder(other, self), other % self

    # -- comparison ----------------------------------------------------------------------------------------------------

    __lt__, __le__, __gt__, __ge__ = comparison("LT"), comparison("LE"), comparison("GT"), comparison("GE")
    __eq__, __ne__ = comparison("EQ"), comparison("NE")

    def __hash__(self) -> int:
        return hash(decide("value", self, self.data))

    # -- questions to the float: the answer has no derivative ----------------------------------

    def __bool__(self) -> bool:
        if ACTIVE and not self.data and may_differ(self, 0.0):
            note_tie("truth", self, 0.0)
        return decide("truth", self, bool(self.data))

    def __int__(self) -> int:
        if ACTIVE:
            note_whole("int", self)
        return decide("int", self, int(self.data))

    def __trunc__(self) -> Any:
        return whole(self, "int", math.trunc)

    def __floor__(self) -> Any:
        return whole(self, "floor", math.floor)

    def __ceil__(self) -> Any:
        return whole(self, "ceil", math.ceil)

    def __round__(self, ndigits: int | None = None) -> Any:
        return whole(self, "round", round) if ndigits is None else RECORDED["Round"](self, ndigits)

    def __str__(self) -> str:
        return printed(self, str(decide("value", self, self.data)))

    def __format__(self, spec: str) -> str:
        return printed(self, format(decide("value", self, self.data), spec))

    def is_integer(self) -> bool:
        """Return whether the value is a whole number."""
        if ACTIVE and self.data.is_integer() and may_differ(self, 0.0):
            note_tie("is_integer", self, self.data)
        return decide("is_integer", self, self.data.is_integer())

    def hex(self) -> str:
        """Return the value as hexadecimal text."""
        return printed(self, decide("value", self, self.data).hex())

    def as_integer_ratio(self) -> tuple[Any, int]:
        """Return two integers whose quotient is the value; while a derivative is taken the first keeps the history.

        Raises:
            HistoryLostError: if `fractions` or `statistics` asks, to make a plain number of them, or no float is as
                large as the second integer.
        """
        _, denominator = self.data.as_integer_ratio()
        is_read = sys._getframe(1).f_globals.get("__name__") in RATIO_READERS
        is_kept = self.creator is not None and not all(notes.is_plain for notes in runs_here())  # type: ignore[attr-defined]
        if is_read or (is_kept and denominator > sys.float_info.max):
            float(self)  # raises, unless nothing gets lost there
        elif is_kept:
            return WHOLE["numerator"](self), denominator
        return decide("value", self, self.data).as_integer_ratio()

    @property
    def real(self: N) -> N:
        """The number itself."""
        return self

    @property
    def imag(self) -> float:
        """The imaginary part of a real number."""
        return 0.0

    def conjugate(self: N) -> N:
        """Return the number itself."""
        return self

    def __complex__(self) -> complex:
        return complex(float(self))

    def __copy__(self: N) -> N:
        return self

    def __deepcopy__(self: N, memo: object) -> N:
        return self

    # -- functions, by the names that the course and numpy's arrays of objects call ------------------------------------

    exp, exp2, expm1 = unary("Exp"), unary("Exp2"), unary("Expm1")
    log, log2, log10, log1p = unary("Log"), unary("Log2"), unary("Log10"), unary("Log1p")
    sqrt, cbrt, fabs = unary("Sqrt"), unary("Cbrt"), unary("Fabs")
    sin, cos, tan = unary("Sin"), unary("Cos"), unary("Tan")
    sinh, cosh, tanh = unary("Sinh"), unary("Cosh"), unary("Tanh")
    arcsin, arccos, arctan = unary("Asin"), unary("Acos"), unary("Atan")
    arcsinh, arccosh, arctanh = unary("Asinh"), unary("Acosh"), unary("Atanh")
    arctan2, hypot, fmod = binary("Atan2"), binary("Hypot"), binary("Fmod")
    degrees, radians = unary("Degrees"), unary("Radians")
    rad2deg, deg2rad = unary("Degrees"), unary("Radians")
    sigmoid, relu = unary("Sigmoid"), unary("ReLU")

    def item(self: N) -> N:
        """Return the number itself, as numpy's scalars give theirs."""
        return self

    def rint(self: N) -> Any:
        """Return the nearest whole number, as a number of the same kind."""
        return RECORDED["Round"](self, 0)
