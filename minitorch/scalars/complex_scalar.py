"""ComplexScalar: a complex number whose real and imaginary parts know how they were made.

Python makes one where a Scalar meets a complex number (`x + 2j`, `complex(x, y)`, `cmath.exp(z)`) or leaves the real
line (`x ** 0.5` below zero). It behaves as its complex number does everywhere and calls itself one; derivatives are
those of real numbers made of it: `abs(z)`, `z.real`, `z.imag`.

    >>> import minitorch
    >>> x = minitorch.Scalar(3.0)
    >>> z = x + 4j
    >>> z * z, abs(z)
    (ComplexScalar((-7+24j)), Scalar(5.0))
    >>> abs(z).backward()
    >>> x.derivative
    0.6
"""

from __future__ import annotations

import numbers
from typing import Any

from minitorch.autodiff.errors import complex_result
from minitorch.autodiff.run_notes import end_plain_run, in_plain_run
from minitorch.autodiff.variable import is_constant, is_settled
from minitorch.scalars.askers import asked_by_code_for_floats, asked_where_it_ends
from minitorch.scalars.float_protocol import COMPLEX, OperatorMethods, Tracked, plain_value, printed
from minitorch.scalars.lost_history import plain_number_asked
from minitorch.scalars.standing_for import StandingFor

__all__ = ["ComplexScalar", "joined"]


def is_operand(value: object) -> bool:
    """Return whether a complex number takes the value as the other operand of arithmetic.

    >>> is_operand(2), is_operand(2j), is_operand("2")
    (True, True, False)
    """
    # By type, because a Scalar calls itself a float.
    kind = type(value)
    return issubclass(kind, (Tracked, complex, float, int)) or issubclass(kind, numbers.Rational)


def left_to_other(name: str, x: Any, y: Any, other: Any) -> Any:
    """Leave an operation to the other operand."""
    return NotImplemented


methods = OperatorMethods(COMPLEX, is_operand, frozenset({complex, float, int}), left_to_other)
unary, binary, reflected, comparison = methods.unary, methods.binary, methods.reflected, methods.comparison


class ComplexScalar(Tracked, metaclass=StandingFor, stands_for="complex"):
    """A complex number whose parts know how they were made.

    Args:
        real: the real part, a Scalar or a float.
        imag: the imaginary part, a Scalar or a float.
    """

    __slots__ = ("imag", "real")

    if hasattr(complex, "from_number"):
        from_number = getattr(complex, "from_number")  # noqa: B009 (Python 3.13 has none)

    def __init__(self, real: Any, imag: Any) -> None:
        self.real = real
        self.imag = imag

    # As with Scalar and float: Python code asks isinstance(z, complex); inside minitorch type(z) tells.
    @property  # type: ignore[misc]
    def __class__(self) -> type[Any]:
        return complex

    @property
    def data(self) -> complex:
        """The plain complex number."""
        return complex(plain_value(self.real), plain_value(self.imag))

    def conjugate(self) -> Any:
        """Return the number with the other sign of its imaginary part."""
        return joined(self.real, -self.imag)

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    __add__, __radd__ = binary("Add"), reflected("Add")
    __sub__, __rsub__ = binary("Sub"), reflected("Sub")
    __mul__, __rmul__ = binary("Mul"), reflected("Mul")
    __truediv__, __rtruediv__ = binary("TrueDiv"), reflected("TrueDiv")
    __eq__, __ne__ = comparison("EQ"), comparison("NE")
    __abs__ = unary("Abs")

    def __pow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            raise ValueError("complex modulo")
        return COMPLEX["Pow"](self, other) if is_operand(other) else NotImplemented

    def __rpow__(self, other: Any, modulo: Any = None) -> Any:
        if modulo is not None:
            raise ValueError("complex modulo")
        return COMPLEX["Pow"](other, self) if is_operand(other) else NotImplemented

    def __neg__(self) -> Any:
        return joined(-self.real, -self.imag)

    def __pos__(self) -> Any:
        return self

    # -- questions to the complex number -------------------------------------------------------------------------------

    def __hash__(self) -> int:
        return hash(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        if asked_by_code_for_floats():
            return self.printed(repr(self.data))
        return f"ComplexScalar({self.data!r})"

    def __str__(self) -> str:
        return self.printed(str(self.data))

    def __format__(self, spec: str) -> str:
        return self.printed(format(self.data, spec))

    def printed(self, text: str) -> str:
        """Return text of the number; its parts are noted where a run goes on."""
        for part in (self.real, self.imag):
            if issubclass(type(part), Tracked):
                printed(part, repr(part.data))
        return text

    def __complex__(self) -> complex:
        parts = [part for part in (self.real, self.imag) if not is_constant(part) and not is_settled(part)]
        if parts and not asked_where_it_ends() and not (end_plain_run() and all(map(is_settled, parts))):
            raise plain_number_asked("complex", str(self.data), parts)
        return self.data

    def __float__(self) -> float:
        if in_plain_run():
            raise TypeError("must be real number, not complex")
        raise complex_result(self.data)

    def __copy__(self) -> ComplexScalar:
        return self

    def __deepcopy__(self, memo: object) -> ComplexScalar:
        return self

    def __reduce__(self) -> Any:
        parts = [part for part in (self.real, self.imag) if not is_constant(part)]
        if end_plain_run() and all(map(is_settled, parts)):
            # What is kept as bytes is no more to be found when the run is over.
            return complex, (plain_value(self.real), plain_value(self.imag))
        return ComplexScalar, (self.real, self.imag)

    # -- functions, by the names that numpy's arrays of objects call ---------------------------------------------------

    exp, log, log10, sqrt = unary("Exp"), unary("Log"), unary("Log10"), unary("Sqrt")
    sin, cos, tan = unary("Sin"), unary("Cos"), unary("Tan")
    sinh, cosh, tanh = unary("Sinh"), unary("Cosh"), unary("Tanh")
    arcsin, arccos, arctan = unary("Asin"), unary("Acos"), unary("Atan")
    arcsinh, arccosh, arctanh = unary("Asinh"), unary("Acosh"), unary("Atanh")


numbers.Complex.register(ComplexScalar)


def joined(real: Any, imag: Any) -> Any:
    """Make a complex number of its parts: a plain one, unless there is a Scalar among them.

    >>> joined(1.0, -2.0)
    (1-2j)
    """
    tracked = issubclass(type(real), Tracked) or issubclass(type(imag), Tracked)
    return ComplexScalar(real, imag) if tracked else complex(real, imag)
