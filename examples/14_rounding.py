"""Which line loses the digits? First-order rounding errors of two formulas for one root of a quadratic."""

from fractions import Fraction

from plain import quadratic

import minitorch

COEFFICIENTS = (1.0, 1e8, 1.0)


def exact_root() -> Fraction:
    """The root with thirty digits, by Newton's method in fractions."""
    a, b, c = map(Fraction, COEFFICIENTS)
    x = -c / b
    for _ in range(3):
        x -= (a * x * x + b * x + c) / (2 * a * x + b)
        x = x.limit_denominator(10**30)
    return x


for function in (minitorch.trace(quadratic.textbook), minitorch.trace(quadratic.careful)):
    a, b, c = (minitorch.Scalar(value, name=name) for name, value in zip("abc", COEFFICIENTS, strict=True))
    found = minitorch.rounding_error(function(a, b, c))
    print(f"{function.__name__}: {found}")
    print(f"true error {float(Fraction(found.value) - exact_root()):.2e}, known from the roundings: {found.signed:.2e}")
    print()
