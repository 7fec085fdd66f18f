"""Derivatives in forward mode, with the signatures of JAX: how the result moves when the arguments do.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)

It runs over the recorded operations from the inputs on, with the same partial derivatives as reverse mode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.self_recording import records_itself
from minitorch.derivatives.signatures import title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints
from minitorch.scalars.pytrees import ONE_NUMBER

__all__ = ["jvp", "linearize"]


@records_itself
@short_tracebacks
def jvp(
    f: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> tuple[Any, ...]:
    """Run `f`, and multiply its derivative by a vector from the right.

    Args:
        f: a plain Python function with a result of any structure.
        primals: its arguments; ints in structures stay whole as they do for `grad`.
        tangents: how they move, in their structures; None where nothing moves.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        The value, and how it moves, in its structure; with `has_aux` the rest as a third.

    Raises:
        TypeError: primals and tangents differ in structure.

    >>> import math
    >>> jvp(lambda p: [p["a"] * p["b"], p["a"]], ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": None},))
    ([6.0, 2.0], [3.0, 1.0])
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError("primals and tangents must be tuples or lists of arguments, such as jvp(f, (x,), (dx,))")
    run = (
        Differentiable(f, range(len(primals)), has_aux, Options(special_points, rounding)).at(tuple(primals), {})
        if primals
        else None
    )
    if run is None or len(primals) != len(tangents):
        raise TypeError(f"jvp of {title(f)} needs one tangent per argument: {len(primals)} and {len(tangents)} given")
    moved = jvp_in_structures(f, run, tangents)
    return (run.value, moved, run.aux) if has_aux else (run.value, moved)


@records_itself
@short_tracebacks
def linearize(
    f: Callable[..., Any],
    *primals: Any,
    has_aux: bool = False,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> tuple[Any, ...]:
    """Run `f` once, to multiply its derivative by vectors from the right as often as one likes.

    Args:
        f: a plain Python function with a result of any structure.
        primals: its arguments; ints in structures stay whole as they do for `grad`.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        The value, and a function of tangents, one per argument, that returns how the value moves; with `has_aux` the
        rest as a third.

    >>> value, tangent_map = linearize(lambda x, y: x * y, 2.0, 3.0)
    >>> value, tangent_map(1.0, 0.0), tangent_map(0.0, 1.0)
    (6.0, 3.0, 2.0)
    """
    run = Differentiable(f, range(len(primals)), has_aux, Options(special_points, rounding)).at(primals, {})

    @records_itself
    @short_tracebacks
    def tangent_map(*tangents: Any) -> Any:
        if len(tangents) != len(primals):
            raise TypeError(
                f"the derivative of {title(f)} needs one tangent per argument: {len(primals)}, not {len(tangents)}"
            )
        return jvp_in_structures(f, run, tangents)

    return (run.value, tangent_map, run.aux) if has_aux else (run.value, tangent_map)


def jvp_in_structures(f: Callable[..., Any], run: Linearization, tangents: Sequence[Any]) -> Any:
    """Multiply tangents, structured as the arguments are, by the derivative; the product is structured as the value."""
    numbers = []
    for index, (layout, tangent) in enumerate(zip(run.input_layouts, tangents, strict=True)):
        if layout is ONE_NUMBER and type(tangent) is float:
            numbers.append(tangent)
            continue
        numbers.extend(layout.numbers_of(tangent, f"tangent {index} of {title(f)}"))
    return run.output_layout.fill(run.jvp(numbers))
