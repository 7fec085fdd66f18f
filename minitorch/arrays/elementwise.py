"""A Function on arrays for each of numpy's elementwise functions; broadcasting is undone where shares are handed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.function import ArrayFunction, apply, nothing, row
from minitorch.arrays.noting import note_rounding, note_whole_numbers
from minitorch.arrays.partials import FLOAT, is_complex, is_minus_one, is_one, is_zero, read_as_numpy, twin
from minitorch.arrays.ufuncs import PARTIALS, ROWS
from minitorch.autodiff.run_notes import ACTIVE

__all__ = ["UFUNCS", "apply_pair", "elementwise_row"]

Partial = Callable[..., Any]


def conjugated(partial: Any) -> Any:
    """Return the complex conjugate, which a real number is itself."""
    return numpy.conjugate(partial) if is_complex(partial) else partial


def vjp_of(partial: Partial) -> Callable[..., Any]:
    """Return the vjp that multiplies by a partial derivative."""
    if is_one(partial):
        return lambda g, *_: g
    if is_minus_one(partial):
        return lambda g, *_: -g
    if is_zero(partial):
        return nothing
    return lambda g, y, *inputs: g * conjugated(partial_at(partial, inputs, y))


def partial_at(partial: Partial, inputs: Sequence[Any], y: Any) -> Any:
    """Return a partial derivative; where numbers of Python's raise, as those of numpy's answer."""
    try:
        return partial(*inputs, y)
    except ArithmeticError:
        return partial(*(numpy.float64(x) if type(x) in (float, int) else x for x in inputs), y)


def elementwise_row(name: str, function: Any, partials: Sequence[Partial]) -> type[ArrayFunction]:
    """Make the Function of an elementwise function from its partial derivatives."""
    flat = all(is_one(p) or is_minus_one(p) or is_zero(p) for p in partials)
    return row(
        name, function, *map(vjp_of, partials), elementwise=True, keeps_inputs=not flat, keeps_output=not flat,
        partials=tuple(partials),
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


OWN: Final[dict[str, tuple[Partial, ...]]] = {
    "cbrt": (lambda x, y: 1.0 / (3.0 * y * y),),
    "heaviside": (twin(PARTIALS["sign"][0]), lambda x, y, z: 1.0 * numpy.equal(x, 0)),
    "conjugate": (lambda x, y: 1.0,),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), (first_share, second_share)),
}
"""Partials of arrays alone: choices between operands, and what has branches among the scalars."""


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
        made[ufunc] = elementwise_row("Array" + name.title().replace("_", ""), ufunc, partials)
    made[numpy.absolute].vjps = (vjp_of_absolute,)
    made[numpy.conjugate].vjps = (lambda g, y, x: numpy.conjugate(g),)
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


def vjp_of_absolute(g: Any, y: Any, x: Any) -> Any:
    """Return the share of a number whose length was taken: along it; zero where it has none."""
    if getattr(x, "dtype", FLOAT).kind == "c":
        return g * x / numpy.where(numpy.equal(y, 0), 1.0, y)
    return g * numpy.sign(x)


UFUNCS: Final = functions()
"""By ufunc: its Function."""

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
