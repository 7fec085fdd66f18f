"""Arrays as inputs and outputs of a run: each is one Variable, and one entry among the numbers.

Nothing is converted element by element; only a whole matrix of derivatives goes over the elements of an output.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from minitorch.arrays import methods
from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor, current, fitted
from minitorch.autodiff.history import History
from minitorch.autodiff.variable import Variable, backward_pass, is_constant, topological_sort
from minitorch.scalars.pytrees import Layout, Leaf
from minitorch.scalars.scalar import Scalar

__all__ = ["array_input", "array_jvp", "array_matrix", "blocks_of", "fitted_entries"]

READY = methods.__name__
"""The module that gives Tensor its methods, which has to be loaded."""


def array_input(value: Any, name: str | None, history: History) -> Tensor:
    """Make a Variable for an array: a leaf for a plain one, a step of the outer history for a Variable."""
    if type(value) is not Tensor:
        return Tensor(value, history, name)
    inner = Tensor(value.plain(), history) if is_constant(value) else apply(UFUNCS[numpy.positive], (value,))
    inner.name = name
    made: Tensor = inner
    return made


def fitted_entries(inputs: Sequence[Variable], derivatives: Sequence[Any]) -> list[Any]:
    """Return derivatives in the shapes of the inputs; a Variable among them stays one."""
    entries: list[Any] = []
    for x, derivative in zip(inputs, derivatives, strict=True):
        if issubclass(type(derivative), Variable):
            entries.append(derivative)
        else:
            entries.append(fitted(derivative, x.array) if type(x) is Tensor else float(derivative))
    return entries


def unit_cotangents(y: Any) -> list[Any]:
    """Return a cotangent for each element of an output: 1 there, 0 elsewhere."""
    shape = y.array.shape if type(y) is Tensor else numpy.shape(y)
    size = math.prod(shape)
    return [numpy.reshape(row, shape)[()] for row in numpy.eye(size)] if shape else [1.0]


def array_matrix(outputs: Sequence[Any], vjp: Callable[[Sequence[Any]], list[Any]]) -> list[list[Any]]:
    """Return for each output a list of derivatives by all inputs, one for each of its elements."""
    rows = []
    for index, y in enumerate(outputs):
        cotangents: list[Any] = [0.0] * len(outputs)
        own = []
        for cotangent in unit_cotangents(y):
            cotangents[index] = cotangent
            own.append(vjp(cotangents))
        rows.append(own)
    return rows


def blocks_of(output: Leaf, layouts: Sequence[Layout], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Put the derivatives of one output by all inputs into the structures of the arguments.

    Args:
        output: the output's place.
        layouts: the arguments.
        rows: derivatives by all inputs, for each element of the output.
    """
    blocks = []
    start = 0
    for layout in layouts:
        leaves = []
        for leaf in layout.leaves:
            count = leaf.size
            columns = [[row[start + k] for row in rows] for k in range(count)]
            start += count
            if leaf.shape is None:
                leaves.append(leaf.value)
            elif leaf.is_number and output.is_number:
                leaves.append(columns[0][0])
            elif leaf.is_number or leaf.whole:
                shape = (*(output.shape or ()), *(() if leaf.is_number else leaf.shape))
                leaves.append(stacked(columns[0], shape))
            else:
                leaves.append(leaf.fill([column[0] for column in columns]))
        blocks.append(layout.rebuild(leaves))
    return blocks


def stacked(parts: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Return the parts as one array."""
    if any(issubclass(type(part), Variable) for part in parts):
        return asarray(list(parts)).reshape(shape)
    return numpy.array(parts, dtype=float).reshape(shape)


def array_jvp(
    outputs: Sequence[Any], inputs: Sequence[Variable], tangents: Sequence[Any], order: Sequence[Variable]
) -> list[Any]:
    """Carry tangents forward through arrays: the reverse pass is linear in its cotangents, and is transposed.

    Args:
        outputs: Variables and plain values.
        inputs: the Variables to move.
        tangents: how they move.
        order: what depends on the inputs, from the outputs on.

    Returns:
        How each output moves: Variables where the run or the tangents are.
    """
    seeds: dict[int, Any] = {}
    for y in outputs:
        if issubclass(type(y), Variable) and not is_constant(y) and y.unique_id not in seeds:
            seeds[y.unique_id] = Tensor(numpy.ones_like(y.array)) if type(y) is Tensor else Scalar(1.0)
    shares = backward_pass(order, dict(seeds), inputs, as_variables=True)
    total: Any = 0.0
    for share, tangent in zip(shares, tangents, strict=True):
        if issubclass(type(share), Variable) and not (type(tangent) is float and tangent == 0.0):
            total = total + numpy.sum(share * tangent)
    moved: dict[int, Any] = {}
    if issubclass(type(total), Variable):
        node = current(total) if type(total) is Tensor else total
        nodes = list(seeds.values())
        found = backward_pass(topological_sort(node), {node.unique_id: numpy.float64(1.0)}, nodes, as_variables=True)
        moved = dict(zip(seeds, found, strict=True))
    result: list[Any] = []
    for y in outputs:
        tangent = moved.get(y.unique_id, 0.0) if issubclass(type(y), Variable) else 0.0
        shape = y.array if type(y) is Tensor else y
        if issubclass(type(tangent), Variable):
            result.append(tangent)
        elif numpy.shape(shape):
            result.append(numpy.array(numpy.broadcast_to(tangent, numpy.shape(shape))))
        else:
            result.append(float(tangent))
    return result
