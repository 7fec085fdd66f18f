"""Many tangents in one forward pass: each array of tangents has one more axis, the first, for the tangents of a batch.

Most small arrays cost what a call of numpy's costs, so a batch costs as much as one tangent. A Function without a rule
for batches takes its tangents one by one, and the pass goes on with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays import indexing, makers, products, reductions, structure, views
from minitorch.arrays.elementwise import UFUNCS, KnownSlope
from minitorch.arrays.function import ArrayFunction, plain
from minitorch.arrays.indexing import is_basic
from minitorch.arrays.tangents import tangent_of, tangent_of_number, total
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.writing import Write
from minitorch.autodiff.history import History
from minitorch.autodiff.topological_order import parents_of
from minitorch.autodiff.variable import Variable

__all__ = ["batched_pass"]

Batch = Callable[..., Any]


def batched_pass(order: Sequence[Variable], tangents: dict[int, Any], count: int) -> dict[int, Any]:
    """Carry a batch of tangents forward.

    Args:
        order: Variables in topological order, from the outputs on.
        tangents: how the inputs move, by `unique_id`: arrays with one more axis in front.
        count: how many tangents there are.

    Returns:
        How each Variable moves, with the same axis in front; those that do not are missing.
    """
    known = dict(tangents)
    with numpy.errstate(all="ignore"):
        for node in reversed(order):
            if node.unique_id in tangents or node.is_leaf:
                continue
            given = [known.get(x.unique_id) if issubclass(type(x), Variable) else None for x in parents_of(node)]
            if any(tangent is not None for tangent in given):
                moved = batch_of(node, given, count)
                if moved is not None:
                    known[node.unique_id] = moved
    return known


def batch_of(node: Any, given: Sequence[Any], count: int) -> Any:
    """Return how one value moves."""
    function = node.creator
    if hasattr(getattr(function, "last_fn", None), "tangent"):
        return one_by_one(node, given, count)
    if type(node) is not Tensor:
        return tangent_of_number(node, False)(given)
    moved = NotImplemented
    if not isinstance(function, History) and issubclass(function, ArrayFunction):
        values = [plain(x) for x in node.first_parent]
        rule = RULES.get(function)
        if rule is not None:
            moved = rule(given, node.array, values, node.first_partial)
        elif function.elementwise and hasattr(function, "partials"):
            moved = elementwise(function, node.array, values, given)
    return one_by_one(node, given, count) if moved is NotImplemented else moved


def one_by_one(node: Any, given: Sequence[Any], count: int) -> Any:
    """Return a batch that is made of tangents by themselves."""
    moved = [tangent_of(node, [row_of(t, row) for t in given], False) for row in range(count)]
    if type(moved[0]) is dict:
        return {key: numpy.stack([parts[key] for parts in moved]) for key in moved[0]}
    return None if moved[0] is None else numpy.stack(moved)


def row_of(tangent: Any, row: int) -> Any:
    """Return one tangent of a batch, or of each of several."""
    if type(tangent) is dict:
        return {key: part[row] for key, part in tangent.items()}
    return None if tangent is None else tangent[row]


def aligned(tangent: Any, axes: int) -> Any:
    """Return tangents that broadcast as their values do in an output with so many axes."""
    missing = axes + 1 - tangent.ndim
    return tangent.reshape(len(tangent), *(1,) * missing, *tangent.shape[1:]) if missing > 0 else tangent


def whole(moved: Any, output: Any) -> Any:
    """Return tangents in the shape of the output."""
    shape = (len(moved), *output.shape)
    return moved if moved.shape == shape else numpy.broadcast_to(moved, shape)


def elementwise(function: Any, output: Any, values: Sequence[Any], given: Sequence[Any]) -> Any:
    """Return the tangents of an elementwise Function."""
    if function in UNLIKE:
        return NotImplemented
    parts = []
    for partial, tangent in zip(function.partials, given, strict=False):
        if tangent is None:
            continue
        wide = aligned(tangent, output.ndim)
        part = wide * partial(*values, output)
        if numpy.isnan(part).any():
            part = numpy.where(numpy.equal(wide, 0), 0.0, part)
        parts.append(part)
    return whole(total(parts), output)


UNLIKE: Final = frozenset({UFUNCS[numpy.absolute], UFUNCS[numpy.conjugate]})
"""Elementwise Functions whose tangents are other ones than partials times tangents, of complex numbers."""


# -- Functions with a rule of their own --------------------------------------------------------------------------------


def of_sum(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of a sum."""
    if parameters.keys() - {"axis", "keepdims"}:
        return NotImplemented
    axes = axes_of(values[0], parameters.get("axis"))
    return numpy.sum(given[0], axis=axes, keepdims=parameters.get("keepdims", False))


def of_mean(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of a mean."""
    moved = of_sum(given, output, values, parameters)
    return moved if moved is NotImplemented else moved * (output.size / max(1, values[0].size))


def axes_of(value: Any, axis: Any) -> tuple[int, ...]:
    """Return the axes that are summed, where another one stands in front."""
    if axis is None:
        return tuple(range(1, value.ndim + 1))
    axes = axis if type(axis) is tuple else (axis,)
    return tuple(a % value.ndim + 1 for a in axes)


def of_index(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of a part."""
    key = parameters["key"]
    if not is_basic(key):
        return given[0][:, key] if isinstance(key, numpy.ndarray) else NotImplemented
    return given[0][(slice(None), *key) if type(key) is tuple else (slice(None), key)]


def of_known_slope(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of what has its derivative by it."""
    return given[0] * parameters["slope"]


def of_reshape(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents in another shape."""
    return given[0].reshape(len(given[0]), *output.shape)


def of_transpose(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents with their axes exchanged."""
    inverse = parameters["axes"] or tuple(range(output.ndim))[::-1]
    return numpy.transpose(given[0], (0, *(inverse.index(axis) + 1 for axis in range(len(inverse)))))


def of_same(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents as they are."""
    return whole(given[0], output)


def of_where(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of what was chosen."""
    first, second = (0.0 if tangent is None else aligned(tangent, output.ndim) for tangent in given)
    return whole(numpy.where(parameters["condition"], first, second), output)


def of_joined(join: Batch) -> Batch:
    """Make the rule of what joins arrays along an axis, which is one further on."""

    def rule(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
        count = next(len(tangent) for tangent in given if tangent is not None)
        parts = [
            numpy.zeros((count, *numpy.shape(value))) if tangent is None else tangent
            for tangent, value in zip(given, values, strict=True)
        ]
        return join(parts, axis=parameters["axis"] % output.ndim + 1)

    return rule


def of_list(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of an array that was made of numbers and arrays."""
    count = next(len(tangent) for tangent in given if tangent is not None)
    moved = numpy.zeros((count, output.size), output.dtype)
    for tangent, starts, value in zip(given, parameters["places"], values, strict=True):
        for start in starts if tangent is not None else ():
            moved[:, start : start + numpy.size(value)] = tangent.reshape(count, -1)
    return moved.reshape(count, *output.shape)


def of_write(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of an array that was written."""
    key = parameters["key"]
    if parameters["path"] or not is_basic(key):
        return NotImplemented
    base, value = given
    count = len(base if base is not None else value)
    moved = numpy.zeros((count, *output.shape), output.dtype) if base is None else numpy.array(base)
    place = (slice(None), *key) if type(key) is tuple else (slice(None), key)
    target = moved[place]
    moved[place] = 0.0 if value is None else aligned(value, target.ndim - 1)
    return moved


def of_product(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangents of a product of matrices or vectors."""
    a, b = values
    if a.ndim > 2 or b.ndim > 2:
        return NotImplemented
    first, second = given
    parts = []
    if first is not None:
        rows = first[:, None, :] if a.ndim == 1 else first
        moved = numpy.matmul(rows, b)
        parts.append(moved[:, 0] if a.ndim == 1 else moved)
    if second is not None:
        columns = second[..., None] if b.ndim == 1 else second
        moved = numpy.matmul(a, columns)
        parts.append(moved[..., 0] if b.ndim == 1 else moved)
    return total(parts)


RULES: Final[dict[Any, Batch]] = {
    reductions.Sum: of_sum, reductions.Mean: of_mean, indexing.Index: of_index, views.Reshape: of_reshape,
    views.Transpose: of_transpose, views.AsArray: of_same, structure.Copy: of_same, structure.Where: of_where,
    structure.Concatenate: of_joined(numpy.concatenate), structure.Stack: of_joined(numpy.stack), Write: of_write,
    KnownSlope: of_known_slope, products.Matmul: of_product, makers.Joined: of_list,
}  # fmt: skip
