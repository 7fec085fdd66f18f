"""How C writes each row of the table of rules, and when Python would raise.

    "TrueDiv": Row("{0} / {1}", MULTIPLICATIVE, raises="{1} == 0.0")

A row that may raise gets a statement of its own: `if (…) return 2;` goes with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from minitorch.machine_code.export.c_helpers import COMPENSATED

__all__ = ["ADDITIVE", "ATOM", "COMPARING", "MULTIPLICATIVE", "REFUSED", "ROWS", "UNARY", "Row", "row_of"]

COMPARING, ADDITIVE, MULTIPLICATIVE, UNARY, ATOM = range(5)
"""How tightly an expression binds."""


class Row(NamedTuple):
    """An expression.

    Args:
        text: with operands `{0}`, `{1}`, …; `{all}`, `{differences}` and `{kinds}` stand for lists of them.
        binding: how tightly it binds; a call keeps to itself.
        raises: when Python would raise, of operands and the result `{r}`; empty for never.
        join: instead of a text, for any number of operands: the operator between them.
        constants: whether the compiler may know operands that are constants: not if it would then compute by itself.
    """

    text: str
    binding: int = ATOM
    raises: str = ""
    join: str = ""
    constants: bool = True


def library(name: str, raises: str = "", operands: int = 1) -> Row:
    """A function of C's library that compilers compute of constants themselves, and not to the same last bit."""
    text = f"{name}({', '.join(f'{{{index}}}' for index in range(operands))})"
    return Row(text, raises=raises, constants=False)


NOT_A_NUMBER: Final = "isnan({r}) && !isunordered({0}, {1})"
OVERFLOW: Final = "!isfinite({r}) && isfinite({0})"
POWER_RAISES: Final = "!isfinite({r}) && isfinite({0}) && isfinite({1})"

COMPENSATED_SUM: Final = Row('sum_of({count}, (const double[]){{{all}}}, "{kinds}")')
PLAIN_SUM: Final = Row("", ADDITIVE, join=" + ")


def zero_to_minus_infinity() -> str:
    """When `math.pow` raises for 0 to the power of -inf, if this Python does."""
    try:
        math.pow(0.0, -math.inf)
    except ValueError:
        return " || ({0} == 0.0 && {1} == -INFINITY)"
    return ""


ROWS: Final[dict[str, Row]] = {
    "Add": Row("{0} + {1}", ADDITIVE),
    "Sub": Row("{0} - {1}", ADDITIVE),
    "Mul": Row("{0} * {1}", MULTIPLICATIVE),
    "TrueDiv": Row("{0} / {1}", MULTIPLICATIVE, "{1} == 0.0"),
    "FloorDiv": Row("floor_divide({0}, {1})", raises="{1} == 0.0"),
    "Mod": Row("modulo({0}, {1})", raises="{1} == 0.0"),
    "Pow": library("pow", POWER_RAISES, 2),
    "Neg": Row("-{0}", UNARY),
    "Pos": Row("+{0}", UNARY),
    "Abs": Row("fabs({0})"),
    "Round": Row("round_to({0}, {1})", raises=OVERFLOW),
    "Sum": COMPENSATED_SUM if COMPENSATED else PLAIN_SUM,
    "LT": Row("{0} < {1}", COMPARING),
    "LE": Row("{0} <= {1}", COMPARING),
    "GT": Row("{0} > {1}", COMPARING),
    "GE": Row("{0} >= {1}", COMPARING),
    "EQ": Row("{0} == {1}", COMPARING, constants=False),
    "NE": Row("{0} != {1}", COMPARING, constants=False),
    "Exp": library("exp", OVERFLOW),
    "Expm1": library("expm1", OVERFLOW),
    "Exp2": library("exp2", OVERFLOW),
    "Log": library("log", "{0} <= 0.0"),
    "Log2": library("log2", "{0} <= 0.0"),
    "Log10": library("log10", "{0} <= 0.0"),
    "Log1p": library("log1p", "{0} <= -1.0"),
    "MathPow": library("pow", f"({POWER_RAISES}){zero_to_minus_infinity()}", 2),
    "Sqrt": Row("sqrt({0})", raises="{0} < 0.0"),
    "Cbrt": library("cbrt"),
    "Sin": library("sin", "isinf({0})"),
    "Cos": library("cos", "isinf({0})"),
    "Tan": library("tan", "isinf({0})"),
    "Asin": library("asin", "fabs({0}) > 1.0"),
    "Acos": library("acos", "fabs({0}) > 1.0"),
    "Atan": library("atan"),
    "Atan2": library("atan2", operands=2),
    "Sinh": library("sinh", OVERFLOW),
    "Cosh": library("cosh", OVERFLOW),
    "Tanh": library("tanh"),
    "Asinh": library("asinh"),
    "Acosh": library("acosh", "{0} < 1.0"),
    "Atanh": library("atanh", "fabs({0}) >= 1.0"),
    "Degrees": Row(f"{{0}} * {180.0 / math.pi!r}", MULTIPLICATIVE),
    "Radians": Row(f"{{0}} * {math.pi / 180.0!r}", MULTIPLICATIVE),
    "Hypot": Row("norm({count}, (const double[]){{{all}}})"),
    "Dist": Row("norm({half}, (const double[]){{{differences}}})"),
    "Fsum": Row("exact_sum({count}, (const double[]){{{all}}}, &failed)", raises="failed"),
    "Prod": Row("", MULTIPLICATIVE, join=" * "),
    "Fma": Row(
        "fma({0}, {1}, {2})",
        raises="!isfinite({r}) && ((isfinite({0}) && isfinite({1}) && isfinite({2})) || "
        "(isnan({r}) && !isunordered({0}, {1}) && !isnan({2})))",
    ),
    "Fmod": Row("fmod({0}, {1})", raises=NOT_A_NUMBER),
    "Remainder": Row("remainder({0}, {1})", raises=NOT_A_NUMBER),
    "Copysign": Row("copysign({0}, {1})"),
    "Fabs": Row("fabs({0})"),
    "ModfFraction": Row("fraction({0})"),
    "ModfWhole": Row("trunc({0})"),
    "FrexpMantissa": Row("mantissa({0})"),
    "Ldexp": Row("ldexp({0}, {1})", raises=OVERFLOW),
    "Nextafter": Row("nextafter({0}, {1})"),
    "Ulp": Row("ulp({0})"),
    "IsNan": Row("isnan({0}) != 0", COMPARING),
    "IsInf": Row("isinf({0}) != 0", COMPARING),
    "IsFinite": Row("isfinite({0}) != 0", COMPARING),
    "IsClose": Row("is_close({0}, {1}, {2}, {3})", raises="{2} < 0.0 || {3} < 0.0"),
    "Erf": library("erf"),
    "Erfc": library("erfc"),
    "Sigmoid": library("sigmoid"),
    "ReLU": Row("relu({0})"),
    "Inv": Row("1.0 / {0}", MULTIPLICATIVE, "{0} == 0.0"),
}

BASED_LOGARITHM: Final = Row(
    "log({0}) / log({1})", MULTIPLICATIVE, "{0} <= 0.0 || {1} <= 0.0 || {1} == 1.0", constants=False
)
"""`math.log` with a base."""

NOTHING: Final = Row("0.0")
"""Any sum or length of no numbers."""

REFUSED: Final[dict[str, str]] = {
    "Gamma": "math.gamma",
    "Lgamma": "math.lgamma",
    "Sumprod": "math.sumprod",
}
"""Rows that CPython computes by algorithms of its own, for which C has none, and what they are called."""


def row_of(function: str, constants: Sequence[float | None]) -> Row:
    """Return a row as it is for operands of which some are constants.

    >>> row_of("TrueDiv", [None, 2.0]).raises, row_of("TrueDiv", [None, None]).raises
    ('', '{1} == 0.0')
    """
    if not constants:
        return NOTHING
    if function == "Log" and len(constants) == 2:
        return BASED_LOGARITHM
    row = ROWS[function]
    if row.raises == "{1} == 0.0" and constants[1]:
        return row._replace(raises="")
    return row
