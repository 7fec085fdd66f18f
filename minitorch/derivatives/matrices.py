"""Whole matrices of derivatives, with the signatures of JAX: Jacobians, Hessians, and Hessians times a vector.

>>> jacobian(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
[[3.0, 2.0], [1.0, 0.0]]
>>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
[[6.0, 4.0], [4.0, 0.0]]
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Literal

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.entries import array_entries
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.reverse_mode import grad
from minitorch.derivatives.self_recording import records_itself
from minitorch.derivatives.signatures import Argnums
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints
from minitorch.scalars.pytrees import Layout, Leaf, array_of

__all__ = ["hessian", "hvp", "jacfwd", "jacobian", "jacrev"]


@short_tracebacks
def jacobian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    mode: Literal["forward", "reverse"] | None = None,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., Any]:
    """Make the function that gives all derivatives of `f`'s results by its arguments.

    `f` runs once; then there is a pass per output or per input, whichever are fewer.

    Args:
        f: a plain Python function with a result of any structure.
        argnums: the position of the argument to differentiate by, or several.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        mode: "forward", a pass per input, as `jacfwd`, or "reverse", a pass per output, as `jacrev`; by default the
            cheaper one.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        A function of the same arguments. It returns the structure of the result, with the structure of the argument in
        place of each number (a tuple of them if `argnums` is a sequence); an array by an array has the shapes of both,
        one after the other. With `has_aux` it returns the pair of that and the rest. Ints in structures stay whole as
        they do for `grad`; the derivatives by them are 0.0 where nothing is computed with them.

    Raises:
        ValueError: there is no such mode.

    >>> jacobian(lambda x, y: {"sum": x + y, "product": x * y}, argnums=(0, 1))(2.0, 3.0)
    {'sum': (1.0, 1.0), 'product': (3.0, 2.0)}
    """
    if mode not in (None, "forward", "reverse"):
        raise ValueError(f"mode must be 'forward', 'reverse' or None, not {mode!r}")
    forward = None if mode is None else mode == "forward"
    return matrix_function(f, argnums, has_aux, forward, Options(special_points, rounding))


@short_tracebacks
def jacfwd(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., Any]:
    """Make `jacobian(f)` by forward passes, one per input; arguments and results are the same.

    >>> jacfwd(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """
    return matrix_function(f, argnums, has_aux, True, Options(special_points, rounding))


@short_tracebacks
def jacrev(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., Any]:
    """Make `jacobian(f)` by reverse passes, one per output; arguments and results are the same.

    >>> jacrev(lambda x: [x[0] * x[1], x[0]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 0.0]]
    """
    return matrix_function(f, argnums, has_aux, False, Options(special_points, rounding))


@short_tracebacks
def hessian(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., Any]:
    """Make the function that gives all second derivatives of `f`: forward passes over its gradient.

    Args:
        f: a plain Python function with a real result.
        argnums: the position of the argument to differentiate by, or several.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        A function of the same arguments. It returns the structure of the argument, with the same structure in place of
        each number; for an array of n elements an array of n by n. Ints in structures stay whole as they do for `grad`.

    >>> hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    ((6.0, 4.0), (4.0, 0.0))
    """
    inner = grad(f, argnums, has_aux, special_points="ignore", rounding=rounding)
    return matrix_function(inner, argnums, has_aux, True, Options(special_points, "ignore"))


@records_itself
@short_tracebacks
def hvp(
    f: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Any:
    """Multiply the Hessian of `f` by a vector, at a small multiple of the cost of `f`.

    Args:
        f: a plain Python function with a real result.
        primals: its arguments.
        tangents: the vector, in their structures.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        The product, in the structure of the argument; a tuple of them where there are several.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    """
    inner = grad(f, range(len(primals)), special_points="ignore", rounding=rounding)
    products: tuple[Any, ...] = jvp(inner, primals, tangents, special_points=special_points, rounding="ignore")[1]
    return products[0] if len(products) == 1 else products


def matrix_function(
    f: Callable[..., Any], argnums: Argnums, has_aux: bool, forward: bool | None, options: Options
) -> Callable[..., Any]:
    """Make the function that gives all derivatives, by forward passes or reverse ones."""
    function = Differentiable(f, argnums, has_aux, options)

    @records_itself
    @short_tracebacks
    @functools.wraps(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        run = function.at(args, kwargs)
        if run.has_arrays:
            entries = array_entries()
            rows, blocks_of = entries.array_matrix(run, forward), entries.blocks_of
        else:
            rows, blocks_of = run.matrix(forward), structured_rows
        blocks = structured_matrix(run, rows, function.single, blocks_of)
        return (blocks, run.aux) if has_aux else blocks

    return matrix


def structured_matrix(
    run: Linearization, rows: Sequence[Sequence[Any]], single: bool, blocks_of: Callable[..., list[Any]]
) -> Any:
    """Put a matrix into the structure of the result, of structures of the arguments.

    Args:
        run: the run.
        rows: the derivatives by all inputs, for each entry of the result.
        single: whether one argument is meant, and not a tuple of them.
        blocks_of: puts the rows of one leaf of the result into the structures of the arguments.
    """
    outputs = []
    start = 0
    for leaf in run.output_layout.leaves:
        if leaf.shape is None:
            outputs.append(leaf.value)
            continue
        blocks = blocks_of(leaf, run.input_layouts, rows[start : start + leaf.size])
        outputs.append(blocks[0] if single else tuple(blocks))
        start += leaf.size
    return run.output_layout.rebuild(outputs)


def structured_rows(output: Leaf, layouts: list[Layout], rows: list[Sequence[Any]]) -> list[Any]:
    """Put the rows that belong to one leaf of the result into the structures of the arguments."""
    blocks = []
    start = 0
    for layout in layouts:
        leaves = []
        for leaf in layout.leaves:
            values = [value for row in rows for value in row[start : start + leaf.size]]
            start += leaf.size
            if leaf.shape is None or (output.is_number and leaf.is_number):
                leaves.append(leaf.fill(values))
            else:
                leaves.append(array_of(values, (*(output.shape or ()), *leaf.shape)))
        blocks.append(layout.rebuild(leaves))
    return blocks
