"""A Function on arrays for each of numpy's elementwise functions; broadcasting is undone where shares are handed on."""

from __future__ import annotations

import dis
import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.function import ArrayFunction, apply, nothing, plain, row
from minitorch.arrays.noting import ROUNDED, STRAIGHT, note_rounding, note_whole_numbers
from minitorch.arrays.partials import FLOAT, is_minus_one, is_one, is_zero, read_as_numpy, sech_squared, twin
from minitorch.arrays.sweep import pull_by_one, pull_by_sum, pull_by_two
from minitorch.arrays.ufuncs import PARTIALS, ROWS
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.autodiff.topological_order import is_variable
from minitorch.rules import special
from minitorch.rules.real import RULES, zero

__all__ = ["UFUNCS", "ComplexSign", "InversePower", "KnownSlope", "Square", "apply_pair", "elementwise_row"]

Partial = Callable[..., Any]
Vjp = Callable[..., Any]


def conjugated(partial: Any) -> Any:
    """Return the complex conjugate, which a real number is itself."""
    # As `is_complex` says, without another call.
    if type(partial) is float:
        return partial
    if getattr(partial, "dtype", FLOAT).kind == "c" or type(partial) is complex:
        return numpy.conjugate(partial)
    return partial


def vjp_of(partial: Partial, inputs: int) -> Vjp:
    """Return the vjp that multiplies by a partial derivative."""
    if is_one(partial):
        return lambda g, *_: g
    if is_minus_one(partial):
        return lambda g, *_: -g
    if is_zero(partial):
        return nothing
    # One and two inputs are the usual case, and calls with stars take longer.
    if inputs == 1:
        return lambda g, y, x: g * conjugated(partial(x, y))
    if inputs == 2:
        return lambda g, z, x, y: g * conjugated(partial_of_two(partial, x, y, z))
    return lambda g, y, *inputs: g * conjugated(partial(*inputs, y))


def partial_of_two(partial: Partial, x: Any, y: Any, z: Any) -> Any:
    """Return a partial derivative; where numbers of Python's raise, as those of numpy's answer."""
    try:
        return partial(x, y, z)
    except ArithmeticError:
        return partial(*(numpy.float64(v) if type(v) in (float, int) else v for v in (x, y)), z)


def arguments_read(function: Any) -> set[int] | None:
    """Return the positions of those arguments that a function in Python looks at, None where its code does not say.

    >>> sorted(arguments_read(lambda x, y, z: z / y))
    [1, 2]
    """
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & inspect.CO_VARARGS:
        return None
    found: set[Any] = set()
    for instruction in dis.get_instructions(code):
        value = instruction.argval
        found.update(value if type(value) is tuple else (value,))
    return {position for position, name in enumerate(code.co_varnames[: code.co_argcount]) if name in found}


def needs(partials: Sequence[Partial], vjps: Sequence[Vjp] | None, count: int) -> dict[str, Any]:
    """Return what a row says of the values that its vjps look at.

    Args:
        partials: the partial derivatives, called with the inputs and the output.
        vjps: what does their work, if anything, called with the cotangent, the output and the inputs.
        count: how many inputs there are.
    """
    bits, output = [], False
    for index in range(count):
        if vjps is None and (index >= len(partials) or flat(partials[index])):
            bits.append(0)
            continue
        read = arguments_read(vjps[index] if vjps is not None else partials[index])
        read = set(range(count + 2)) if read is None else {(p - 2) % (count + 2) for p in read} if vjps else read
        # The output stands after the inputs among the arguments of a partial, and last but one of a vjp's, counted so.
        output = output or (count + 1 if vjps else count) in read
        bits.append(sum(1 << position for position in read if position < count))
    return {"looks_at": tuple(bits), "keeps_inputs": any(bits), "keeps_output": output}


def flat(partial: Partial) -> bool:
    """Return whether a partial derivative is the same everywhere."""
    return is_one(partial) or is_minus_one(partial) or is_zero(partial)


def elementwise_row(
    name: str, function: Any, partials: Sequence[Partial], vjps: Sequence[Vjp] | None = None
) -> type[ArrayFunction]:
    """Make the Function of an elementwise function from its partial derivatives, or from vjps that take fewer steps."""
    count = getattr(function, "nin", len(partials))
    details = needs(partials, vjps, count)
    vjps = vjps or [vjp_of(partial, count) for partial in partials[:count]]
    if count == 1:
        details["pull"] = staticmethod(pull_by_one(None if vjps[0] is nothing else vjps[0]))
    elif count == 2:
        by_first, by_second = (None if vjp is nothing else vjp for vjp in (*vjps, nothing)[:2])
        details["pull"] = staticmethod(pull_by_two(by_first, by_second))
    return row(
        name, function, *vjps, elementwise=True, partials=tuple(partials), **details,
    )  # fmt: skip


def chosen_first(x: Any, y: Any, output: Any) -> Any:
    """Return where the output is the first operand; of equal ones it is."""
    return numpy.equal(output, x) | numpy.isnan(x) & numpy.isnan(output)


def first_share(x: Any, y: Any, output: Any) -> Any:
    """Return the partial by the first operand of a choice."""
    return 1.0 * chosen_first(x, y, output)


def second_share(x: Any, y: Any, output: Any) -> Any:
    """Return the partial by the second operand of a choice."""
    return 1.0 - chosen_first(x, y, output)


DirectionCosine = elementwise_row(
    "ArrayDirectionCosine", lambda x, length, rest: x / length, (*map(twin, RULES["DirectionCosine"].partials),)
)  # fmt: skip
"""As of the scalars: the component of a vector over its length, where the other components have the length `rest`."""


def along(component: Any, rest: Any, length: Any) -> Any:
    """Return the partial of a length by a component: along the vector; zero where it has no length."""
    size = plain(length)
    short = numpy.less(size, special.SHORT)
    if numpy.any(short):
        longer = numpy.where(short, special.LENGTHENED, 1.0)
        component, rest = component * longer, rest * longer
        length = numpy.where(size == 0, 1.0, numpy.hypot(component, rest))
    if is_variable(component) or is_variable(rest):
        return apply(DirectionCosine, (component, length, rest))
    return component / length


OWN: Final[dict[str, tuple[Partial, ...]]] = {
    "cbrt": (lambda x, y: 1.0 / (3.0 * y * y),),
    "heaviside": (twin(PARTIALS["sign"][0]), lambda x, y, z: 1.0 * numpy.equal(x, 0)),
    "conjugate": (lambda x, y: 1.0,),
    "hypot": (along, lambda x, y, length: along(y, x, length)),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), (first_share, second_share)),
}
"""Partials of arrays alone: choices between operands, and what has branches among the scalars."""


def vjp_of_absolute(g: Any, y: Any, x: Any) -> Any:
    """Return the share of a number whose length was taken: along it; zero where it has none."""
    if getattr(x, "dtype", FLOAT).kind == "c":
        size = numpy.absolute(x)
        return g * x / numpy.where(numpy.equal(size, 0), 1.0, size)
    return g * numpy.sign(x)


def vjp_of_tanh(g: Any, y: Any, x: Any) -> Any:
    """Return g / cosh(x) ** 2; where that overflows it is 0. To be differentiated again it is made of what does not."""
    if is_variable(x):
        return g * conjugated(sech_squared(x))
    growth = numpy.cosh(conjugated(x))
    return g / growth / growth


VJPS: Final[dict[str, tuple[Vjp, ...]]] = {
    "absolute": (vjp_of_absolute,),
    "conjugate": (lambda g, y, x: numpy.conjugate(g),),
    "divide": (
        lambda g, z, x, y: g / conjugated(y),
        lambda g, z, x, y: g * conjugated(-z / y),
    ),
    "multiply": (lambda g, z, x, y: g * conjugated(y), lambda g, z, x, y: g * conjugated(x)),
    "log": (lambda g, y, x: g / conjugated(x),),
    "log1p": (lambda g, y, x: g / (1.0 + conjugated(x)),),
    "tanh": (vjp_of_tanh,),
}  # fmt: skip
"""Vjps that are no products with a partial, or that are so in fewer steps, each of which goes over whole arrays."""


def functions() -> dict[Any, type[ArrayFunction]]:
    """Return the Function of each ufunc with one output."""
    made: dict[Any, type[ArrayFunction]] = {}
    for name in {**ROWS, **PARTIALS, **OWN}:
        ufunc = getattr(numpy, name)
        if name in OWN:
            partials = OWN[name]
        elif name in ROWS:
            partials = read_as_numpy(ROWS[name].name)
        else:
            partials = tuple(map(twin, PARTIALS[name]))
        made[ufunc] = elementwise_row("Array" + name.title().replace("_", ""), ufunc, partials, VJPS.get(name))
    clip = getattr(numpy, "_core", None) or numpy.core
    made[clip.umath.clip] = elementwise_row(
        "ArrayClip", clip.umath.clip,
        (
            lambda x, low, high, y: 1.0 * ((x >= low) & (x <= high)),
            lambda x, low, high, y: 1.0 * ((x < low) & (low <= high)),
            lambda x, low, high, y: 1.0 * ((x > high) | (low > high)),
        ),
    )  # fmt: skip
    return made


UFUNCS: Final = functions()
"""By ufunc: its Function."""

UFUNCS[numpy.add].pull = staticmethod(pull_by_sum(1.0))
UFUNCS[numpy.subtract].pull = staticmethod(pull_by_sum(-1.0))

Square = elementwise_row("ArrayPower", numpy.power, (lambda x, y, z: 2.0 * x, zero))
"""`x ** 2`, which needs neither its result nor another power."""

InversePower = elementwise_row(
    "ArrayPower", numpy.power, read_as_numpy("Pow"), (lambda g, z, x, y: g * conjugated(y * (z / x)), nothing)
)  # fmt: skip
"""`x ** y` of a number y below zero, where z / x is as exact as x ** (y - 1) and takes far less time."""

KnownSlope = row(
    "ArrayPower", numpy.positive, lambda g, z, x, slope: g * slope, elementwise=True, keeps_inputs=False,
    keeps_output=False,
)  # fmt: skip
"""A function of one array whose derivative was computed with it: kept in place of two arrays, for one order alone."""

ComplexSign = row(
    "ArraySign", numpy.sign,
    lambda g, y, x: (g - y * numpy.real(numpy.conjugate(y) * g)) / numpy.where(x == 0, math.inf, numpy.absolute(x)),
    elementwise=True,
)  # fmt: skip
"""The sign of complex numbers, z / abs(z), which turns with them."""

STRAIGHT.update(dict.fromkeys(ROUNDED, UFUNCS[numpy.positive]))
STRAIGHT[numpy.floor_divide] = UFUNCS[numpy.divide]

ModfFraction = elementwise_row("ArrayModfFraction", lambda x: numpy.modf(x)[0], read_as_numpy("ModfFraction"))
FrexpMantissa = elementwise_row("ArrayFrexpMantissa", lambda x: numpy.frexp(x)[0], read_as_numpy("FrexpMantissa"))
DivmodRemainder = elementwise_row("ArrayDivmod", lambda x, y: numpy.divmod(x, y)[1], read_as_numpy("Mod"))


def apply_pair(ufunc: Any, inputs: Sequence[Any], values: Sequence[Any]) -> tuple[Any, Any]:
    """Compute both results of a ufunc that has two."""
    if ufunc is numpy.modf:
        if ACTIVE:
            note_whole_numbers("modf", inputs[0])
        return apply(ModfFraction, inputs), numpy.modf(*values)[1]
    if ufunc is numpy.frexp:
        return apply(FrexpMantissa, inputs), numpy.frexp(*values)[1]
    if ACTIVE:
        note_rounding(*inputs)
    return apply(UFUNCS[numpy.floor_divide], inputs), apply(DivmodRemainder, inputs)
