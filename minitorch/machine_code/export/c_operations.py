"""How C writes each row of the table of rules, and when Python would raise.

    "Fmod" has the facet libm="fmod"       fmod({0}, {1})
    "TrueDiv": Row("{0} / {1}", MULTIPLICATIVE)

Python raises where the row's domain ends. A row that may raise gets a statement of its own, with `if (…) return 2;`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from minitorch.machine_code.export.c_functions import literal
from minitorch.machine_code.export.c_helpers import WORDS
from minitorch.machine_code.export.expansion import expanded, function_name
from minitorch.machine_code.lowering.exact_sequences import SUM_IS_COMPENSATED
from minitorch.machine_code.partials import domain_tree, function_tree
from minitorch.machine_code.program import Branching, Constant, Node, nodes_of
from minitorch.rules.real import RULES

__all__ = [
    "ADDITIVE", "ATOM", "CHECKED", "COMPARING", "MULTIPLICATIVE", "REFUSED", "ROWS", "UNARY", "Row", "can_fail",
    "can_write", "is_known", "row_of",
]  # fmt: skip

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
    """Return a function of C's library that compilers compute of constants themselves, and not to the same last bit."""
    text = f"{name}({', '.join(f'{{{index}}}' for index in range(operands))})"
    return Row(text, raises=raises, constants=False)


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
    "TrueDiv": Row("{0} / {1}", MULTIPLICATIVE),
    "FloorDiv": Row("floor_divide({0}, {1})"),
    "Mod": Row("modulo({0}, {1})"),
    "Neg": Row("-{0}", UNARY),
    "Pos": Row("+{0}", UNARY),
    "Abs": Row("fabs({0})"),
    "Round": Row("round_to({0}, {1})", raises=OVERFLOW),
    "Sum": COMPENSATED_SUM if SUM_IS_COMPENSATED else PLAIN_SUM,
    "LT": Row("{0} < {1}", COMPARING),
    "LE": Row("{0} <= {1}", COMPARING),
    "GT": Row("{0} > {1}", COMPARING),
    "GE": Row("{0} >= {1}", COMPARING),
    "EQ": Row("{0} == {1}", COMPARING, constants=False),
    "NE": Row("{0} != {1}", COMPARING, constants=False),
    "MathPow": library("pow", f"({POWER_RAISES}){zero_to_minus_infinity()}", 2),
    "Sqrt": Row("sqrt({0})"),
    "Degrees": Row(f"{{0}} * {180.0 / math.pi!r}", MULTIPLICATIVE),
    "Radians": Row(f"{{0}} * {math.pi / 180.0!r}", MULTIPLICATIVE),
    "Hypot": Row("norm{count}_({all})"),
    "Dist": Row("norm{half}_({differences})"),
    "Fsum": Row("exact_sum({count}, (const double[]){{{all}}}, &failed)", raises="failed"),
    "Prod": Row("", MULTIPLICATIVE, join=" * "),
    "Fma": Row(
        "fma({0}, {1}, {2})",
        raises="!isfinite({r}) && ((isfinite({0}) && isfinite({1}) && isfinite({2})) || "
        "(isnan({r}) && !isunordered({0}, {1}) && !isnan({2})))",
    ),
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
    "IsNormal": Row("isnormal({0}) != 0", COMPARING),
    "IsSubnormal": Row("(fpclassify({0}) == FP_SUBNORMAL)"),
    "SignBit": Row("signbit({0}) != 0", COMPARING),
    "IsClose": Row("is_close({0}, {1}, {2}, {3})"),
}

BASED_LOGARITHM: Final = Row("log({0}) / log({1})", MULTIPLICATIVE, constants=False)
"""`math.log` with a base."""

WHOLE: Final = Row("rint({0})")
"""`round(x, 0)`: as halves go to the even number in C, too."""

NOTHING: Final = Row("0.0")
"""Any sum or length of no numbers."""

REFUSED: Final[dict[str, str]] = {
    "Gamma": "math.gamma",
    "Lgamma": "math.lgamma",
    "Sumprod": "math.sumprod",
}
"""Rows that CPython computes by algorithms of its own, for which C has none, and what they are called."""


CHECKED: Final = "failed"
"""When Python would raise, of a function that says so itself."""

COMPARISONS: Final = {"LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "==", "NE": "!="}
OPPOSITE: Final = {"==": "!=", "!=": "=="}


def is_known(function: str) -> bool:
    """Return whether C can write a row by itself."""
    return function in ROWS or function in REFUSED or (function in RULES and bool(RULES[function].libm))


def can_write(function: str, arity: int) -> bool:
    """Return whether C can write a row, by itself or by its recorded function.

    >>> can_write("Sin", 1), can_write("ReLU", 1), can_write("Gamma", 1)
    (True, True, False)
    """
    if function in REFUSED or (function == "Nextafter" and arity > 2):
        return False
    if is_known(function):
        return True
    program = function_tree(function, arity) if function in RULES else None
    return program is not None and all(
        isinstance(step, Constant) or can_write(step.function, len(step.operands))
        for node in nodes_of(program)
        for step in node.steps
    )


def row_of(function: str, constants: Sequence[float | None]) -> Row:
    """Return a row as it is for operands of which some are constants.

    >>> row_of("TrueDiv", [None, 2.0]).raises, row_of("TrueDiv", [None, None]).raises
    ('', '{1} == 0.0')
    """
    if not constants:
        return NOTHING
    arity, rule = len(constants), RULES[function]
    if function == "Log" and arity == 2:
        row = BASED_LOGARITHM
    elif function == "Round" and constants[1] == 0:
        row = WHOLE
    elif function in ROWS:
        row = ROWS[function]
    elif rule.libm:
        overflows = " && ".join(["!isfinite({r})", *(f"isfinite({{{position}}})" for position in range(arity))])
        row = library(rule.libm, "" if rule.never_raises else overflows, arity)
    else:
        return recorded(function, arity)
    domain = domain_tree(function, arity)
    if domain is not None:
        row = row._replace(raises=outside(domain, [f"{{{position}}}" for position in range(arity)]))
    if row.raises == "{1} == 0.0" and constants[1]:
        return row._replace(raises="")
    return row


def recorded(function: str, arity: int) -> Row:
    """Return the call of a row's recorded function."""
    operands = ", ".join(f"{{{position}}}" for position in range(arity))
    name = function_name(function, arity, WORDS)
    if can_fail(function, arity):
        return Row(f"{name}({operands}, &failed)", raises=CHECKED, constants=False)
    return Row(f"{name}({operands})", constants=False)


@functools.cache
def can_fail(function: str, arity: int) -> bool:
    """Return whether the recorded function of a row may end without a result."""
    program = function_tree(function, arity)
    if RULES[function].never_raises or program is None:
        return False
    for node in nodes_of(expanded(program, is_known)):
        if isinstance(node.after, Branching) and (node.after.kind != "truth" or len(node.after.branches) < 2):
            return True
        for step in node.steps:
            if not isinstance(step, Constant):
                operands = [node.steps[x - node.first] if x >= node.first else None for x in step.operands]
                known = [x.value if isinstance(x, Constant) else None for x in operands]
                if row_of(step.function, known).raises:
                    return True
    return False


def outside(node: Node, known: Sequence[str]) -> str:
    """Return the condition under which the program of a domain says no; empty for never, "1" for always."""
    values = list(known)
    for step in node.steps:
        if isinstance(step, Constant):
            values.append(literal(float(step.value)))
        elif step.function == "Abs":
            values.append(f"fabs({values[step.operands[0]]})")
        else:
            x, y = (values[operand] for operand in step.operands)
            values.append(f"{x} {COMPARISONS[step.function]} {y}")
    if not isinstance(node.after, Branching):
        result = node.steps[node.after[0] - node.first]
        if isinstance(result, Constant):
            return "" if result.value else "1"
        return negated(values[node.after[0]])
    asked = values[node.after.value]
    yes, no = (
        outside(branch, values) if (branch := node.after.branches.get(answer)) else "" for answer in (True, False)
    )
    return either(both(asked, yes), both(negated(asked), no) if yes != "1" else no)


def negated(condition: str) -> str:
    """Return the opposite of a comparison; of nan it is true where the comparison is false."""
    x, operator, y = condition.split(" ")
    return f"{x} {OPPOSITE[operator]} {y}" if operator in OPPOSITE else f"!({condition})"


def both(x: str, y: str) -> str:
    """Return the condition that two conditions hold."""
    if not y or y == "1":
        return x if y else ""
    return f"{x} && ({y})" if " || " in y else f"{x} && {y}"


def either(x: str, y: str) -> str:
    """Return the condition that one of two conditions holds."""
    if not x or not y:
        return x or y
    return f"({x}) || ({y})" if " && " in x + y else f"{x} || {y}"
