"""Roots that are structures of numbers and arrays: as one array they are solved for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from minitorch.arrays import methods
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.topological_order import is_variable
from minitorch.implicit.recorded import plain_value
from minitorch.implicit.roots import LinearSolve, implicit_root
from minitorch.scalars.pytrees import Layout, flatten

__all__ = ["difference", "structured_root"]

READY = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""


def structured_root(
    residual: Callable[[Any], Any],
    numbers: Sequence[Any],
    layout: Layout,
    solve: Callable[[Callable[[Any], Any], Any], Any] | None,
) -> list[Any] | None:
    """Return the numbers and arrays of a root as Variables; None where it depends on nothing that has a history.

    Args:
        residual: of the structure.
        numbers: the numbers and arrays of the root.
        layout: where they stand.
        solve: solves the linear systems of the derivative, of the structure.
    """
    shapes = [numpy.shape(x) for x in numbers]
    if len(numbers) == 1 and not shapes[0]:
        value: Any = float(numbers[0])

        def of_parts(z: Any) -> Any:
            return flat_residual(residual(layout.fill([z])), layout)[0]

    else:
        value = plain_value(joined(numbers))

        def of_parts(z: Any) -> Any:
            return joined(flat_residual(residual(layout.fill(parts_of(z, shapes))), layout))

    root = implicit_root(of_parts, value, None if solve is None else on_parts(solve, layout, shapes))
    if not is_variable(root):
        return None
    return parts_of(root, shapes) if type(root) is Tensor else [root]


def flat_residual(value: Any, layout: Layout) -> list[Any]:
    """Return the numbers and arrays of a residual, which has the structure of the root.

    Raises:
        BackwardError: it has another one.
    """
    try:
        return layout.numbers_of(value, "the residual of a root")
    except TypeError as error:
        raise BackwardError(str(error)) from error


def joined(numbers: Sequence[Any]) -> Any:
    """Return numbers and arrays as one array with one axis."""
    return numpy.concatenate([numpy.reshape(asarray(x), -1) for x in numbers])


def parts_of(z: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Return the numbers and arrays that were joined."""
    found: list[Any] = []
    start = 0
    for shape in shapes:
        size = int(numpy.prod(shape))
        part = z[start : start + size]
        if shape:
            made = part.reshape(shape)
            found.append(current(made) if type(made) is Tensor else made)
        else:
            found.append(part[0].item())
        start += size
    return found


def on_parts(
    solve: Callable[[Callable[[Any], Any], Any], Any], layout: Layout, shapes: Sequence[tuple[int, ...]]
) -> LinearSolve:
    """Return a solver of linear systems of structures as one of arrays."""
    is_number = len(shapes) == 1 and not shapes[0]

    def filled(z: Any) -> Any:
        return layout.fill([z] if is_number else parts_of(z, shapes))

    def flattened(tree: Any) -> Any:
        numbers = layout.numbers_of(tree, "a solution of the linear system")
        return numbers[0] if is_number else joined(numbers)

    def solve_flat(operator: Callable[[Any], Any], right: Any) -> Any:
        return flattened(solve(lambda x: filled(operator(flattened(x))), filled(right)))

    return solve_flat


def difference(one: Any, other: Any) -> Any:
    """Return the difference of structures, number by number."""
    numbers, layout = flatten(other, whole=True)
    return layout.fill([a - b for a, b in zip(layout.numbers_of(one, "the fixed point"), numbers, strict=True)])
