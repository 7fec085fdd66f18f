"""Arrays as inputs and outputs of a run: each is one Variable, and one entry among the numbers.

Nothing is converted element by element; only a whole matrix of derivatives goes over the elements of an output.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays import methods
from minitorch.arrays.adjoints import fitted, plain_adjoint
from minitorch.arrays.batches import batched_pass
from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray
from minitorch.arrays.methods import number_of
from minitorch.arrays.tangents import forward_pass
from minitorch.arrays.tensor import Tensor, frozen, keep
from minitorch.autodiff.history import History
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.pytrees import Layout, Leaf

__all__ = [
    "Tensor", "array_input", "array_jvp", "array_matrix", "blocks_of", "fitted_entries", "forward_pass", "frozen",
    "plain_array", "recorded_adjoint_of", "same_arrays", "unwritable", "zeros",
]  # fmt: skip

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


def unwritable(x: Tensor) -> Any:
    """Return the array of a recorded Variable as one that nobody can write to."""
    keep(x)
    if not isinstance(x.array, numpy.ndarray):
        return x.array
    view = x.array.view()
    view.flags.writeable = False
    return view


def plain_array(value: Any) -> Any:
    """Return an array, or a number of numpy's."""
    return value if isinstance(value, (numpy.ndarray, numpy.generic)) else numpy.complex128(value)


def zeros(shape: tuple[int, ...]) -> Any:
    """Return an array of zeros."""
    return numpy.zeros(shape)


def same_arrays(one: Any, other: Any) -> bool:
    """Return whether arrays are equal, where nan is nan."""
    return other is not None and bool(numpy.array_equal(one, other, equal_nan=True))


def recorded_adjoint_of(adjoint: Any) -> Any:
    """Return an adjoint as an array, a number or a Variable, as it is now."""
    adjoint = plain_adjoint(adjoint)
    return adjoint.present() if issubclass(type(adjoint), Variable) else adjoint


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of an input or output."""
    return tuple(numpy.shape(x.array if type(x) is Tensor else 0.0 if issubclass(type(x), Variable) else x))


def array_jvp(
    outputs: Sequence[Any], inputs: Sequence[Variable], tangents: Sequence[Any], order: Sequence[Variable], nested: bool
) -> list[Any]:
    """Carry tangents forward through arrays.

    Args:
        outputs: Variables and plain values.
        inputs: the Variables to move.
        tangents: how they move.
        order: what depends on the inputs, from the outputs on.
        nested: whether to record the pass itself.

    Returns:
        How each output moves: Variables where the run or the tangents are.
    """
    seeds = {}
    for x, tangent in zip(inputs, tangents, strict=True):
        if not (type(tangent) is float and tangent == 0.0):
            seeds[x.unique_id] = recorded(tangent) if issubclass(type(tangent), Variable) else tangent
    moved = forward_pass(order, seeds, nested)
    result: list[Any] = []
    for y in outputs:
        tangent = moved.get(y.unique_id) if issubclass(type(y), Variable) else None
        shape = shape_of(y)
        if issubclass(type(tangent), Variable):
            result.append(number_of(tangent) if type(tangent) is Tensor and type(y) is not Tensor else tangent)
        elif shape:
            result.append(numpy.array(numpy.broadcast_to(0.0 if tangent is None else tangent, shape)))
        else:
            result.append(0.0 if tangent is None else float(tangent))
    return result


def recorded(tangent: Any) -> Any:
    """Return the Variable of a tangent as it is now."""
    return tangent.present()


# -- whole matrices ----------------------------------------------------------------------------------------------------

MAX_BATCH_ELEMENTS: Final = 1 << 22
"""How many numbers an array of a batch of tangents may have."""

MAX_FORWARD_RATIO: Final = 16
"""How many times more inputs than outputs there may be for forward mode, which takes all inputs in one batch."""

MAX_FORWARD_INPUTS: Final = 256
"""How many inputs there may be then."""


def array_matrix(run: Any, forward: bool | None) -> list[list[Any]]:
    """Return the derivative of each output by each input: an array with the axes of the output, then of the input.

    Args:
        run: a Linearization.
        forward: whether by forward passes or by reverse ones; by default what is less work.
    """
    rows = sum(math.prod(shape_of(y)) for y in run.outputs)
    columns = sum(math.prod(shape_of(x)) for x in run.inputs)
    if forward is None:
        few = columns <= min(MAX_FORWARD_RATIO * rows, MAX_FORWARD_INPUTS)
        forward = columns <= rows or (rows > 1 and few and not run.nested)
    return forward_matrix(run, columns) if forward else reverse_matrix(run)


def forward_matrix(run: Any, columns: int) -> list[list[Any]]:
    """Return the derivatives from the columns: tangents of 1 at one input and 0 elsewhere, in batches."""
    sizes = [math.prod(shape_of(x)) for x in run.inputs]
    found: list[list[Any]] = [[] for _ in run.outputs]
    if run.nested or run.looks_at_each:
        for tangents in unit_tangents(run.inputs, sizes, range(columns), False):
            for parts, moved in zip(found, run.jvp(tangents), strict=True):
                parts.append(moved)
        return [split(y, parts, run.inputs, sizes) for y, parts in zip(run.outputs, found, strict=True)]
    largest = max((x.array.size for x in run.order if type(x) is Tensor), default=1)
    step = max(1, MAX_BATCH_ELEMENTS // max(1, largest))
    for start in range(0, columns, step):
        numbers = range(start, min(start + step, columns))
        seeds = next(unit_tangents(run.inputs, sizes, numbers, True))
        known = {x.unique_id: seed for x, seed in zip(run.inputs, seeds, strict=True)}
        tangents_of = batched_pass(run.order, known, len(numbers))
        for parts, y in zip(found, run.outputs, strict=True):
            tangent = tangents_of.get(y.unique_id) if issubclass(type(y), Variable) else None
            shape = (len(numbers), *shape_of(y))
            parts.extend(numpy.zeros(shape) if tangent is None else numpy.broadcast_to(tangent, shape))
    return [split(y, parts, run.inputs, sizes) for y, parts in zip(run.outputs, found, strict=True)]


def unit_tangents(inputs: Sequence[Any], sizes: Sequence[int], numbers: range, batched: bool) -> Iterator[list[Any]]:
    """Yield tangents of all inputs together with a 1 at one of their elements: one by one, or a whole batch of them.

    Args:
        inputs: the inputs.
        sizes: how many elements each has.
        numbers: the numbers of the elements, counted through all inputs.
        batched: whether in one batch, with an axis in front.
    """
    seeds = []
    first = 0
    for x, size in zip(inputs, sizes, strict=True):
        seed = numpy.zeros((len(numbers), size), x.array.dtype if type(x) is Tensor else float)
        for row in range(max(first, numbers.start), min(first + size, numbers.stop)):
            seed[row - numbers.start, row - first] = 1.0
        seeds.append(seed.reshape(len(numbers), *shape_of(x)))
        first += size
    if batched:
        yield seeds
        return
    for row in range(len(numbers)):
        yield [seed[row] if seed.ndim > 1 else float(seed[row]) for seed in seeds]


def split(y: Any, parts: Sequence[Any], inputs: Sequence[Any], sizes: Sequence[int]) -> list[Any]:
    """Return the derivative of an output by each input, from its tangents by all their elements."""
    blocks = []
    start = 0
    axes = len(shape_of(y))
    for x, size in zip(inputs, sizes, strict=True):
        own = parts[start : start + size]
        start += size
        shape = (*shape_of(y), *shape_of(x))
        if any(issubclass(type(part), Variable) for part in own):
            made = numpy.moveaxis(asarray(list(own)), 0, -1) if axes else asarray(list(own))
            blocks.append(numpy.reshape(made, shape))
        else:
            columns = numpy.stack(own) if size else numpy.zeros((0, *shape_of(y)))
            blocks.append(numpy.array(numpy.moveaxis(columns, 0, -1)).reshape(shape))
    return blocks


def reverse_matrix(run: Any) -> list[list[Any]]:
    """Return the derivatives from the rows: one reverse pass for each element of an output."""
    found = []
    for index, y in enumerate(run.outputs):
        shape = shape_of(y)
        cotangents: list[Any] = [0.0] * len(run.outputs)
        rows = []
        for row in numpy.eye(math.prod(shape)) if shape else [1.0]:
            cotangents[index] = numpy.reshape(row, shape) if shape else row
            rows.append(run.vjp(cotangents))
        found.append([stacked([row[k] for row in rows], (*shape, *shape_of(x))) for k, x in enumerate(run.inputs)])
    return found


def blocks_of(output: Leaf, layouts: Sequence[Layout], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Put the derivatives of one output by all inputs into the structures of the arguments.

    Args:
        output: the output's place.
        layouts: the arguments.
        rows: derivatives by all inputs, for each entry of the output.
    """
    blocks = []
    start = 0
    for layout in layouts:
        leaves = []
        for leaf in layout.leaves:
            entries = [part for row in rows for part in row[start : start + leaf.size]]
            start += leaf.size
            if leaf.shape is None:
                leaves.append(leaf.value)
            elif leaf.is_number and output.is_number:
                leaves.append(as_one_number(entries[0]))
            else:
                own = () if leaf.is_number else leaf.shape
                leaves.append(entries[0] if len(entries) == 1 else stacked(entries, (*(output.shape or ()), *own)))
        blocks.append(layout.rebuild(leaves))
    return blocks


def as_one_number(value: Any) -> Any:
    """Return a float for an array without axes."""
    return value if issubclass(type(value), Variable) else float(value)


def stacked(parts: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Return the parts as one array."""
    if any(issubclass(type(part), Variable) for part in parts):
        return asarray(list(parts)).reshape(shape)
    return numpy.array(parts).reshape(shape) if parts else numpy.zeros(shape)
