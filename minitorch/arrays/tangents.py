"""Forward mode through arrays: how each value of a run moves, given how its inputs do.

y = sin(x)         moves by   cos(x) * tangent of x        elementwise: partials times tangents
y = x[1:], sum(x)  moves by   the function of the tangent  linear
y = a @ b          moves by   a' @ b + a @ b'              linear in each input
y = eigvalsh(a)    moves by   the transpose of its vjp     all others: the vjp is linear in its cotangent
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays import elementwise, indexing, products, reductions, structure
from minitorch.arrays.adjoints import plain_adjoint
from minitorch.arrays.function import ArrayFunction, apply, plain, shares
from minitorch.arrays.partials import FLOAT
from minitorch.arrays.tensor import Tensor, constant, current, frozen, region
from minitorch.arrays.writing import Write
from minitorch.autodiff.history import History
from minitorch.autodiff.topological_order import parents_of, topological_sort
from minitorch.autodiff.variable import (
    Variable,
    backward_pass,
    is_constant,
    recorded_vjp_contributions,
    vjp_contributions,
)

__all__ = ["elementwise_tangent", "forward_pass", "tangent_of"]

MULTILINEAR: Final = frozenset(
    {products.Matmul, products.Outer, products.Einsum, products.Convolve, products.Correlate}
)
"""Functions that are linear in each input by itself."""


def forward_pass(order: Sequence[Variable], tangents: dict[int, Any], as_variables: bool) -> dict[int, Any]:
    """Carry tangents forward.

    Args:
        order: Variables in topological order, from the outputs on.
        tangents: how the inputs move, by `unique_id`.
        as_variables: whether to record the pass itself.

    Returns:
        How each Variable moves; those that do not are missing.
    """
    known = dict(tangents)
    with numpy.errstate(all="ignore"):
        for node in reversed(order):
            key = node.unique_id
            if key in tangents or node.is_leaf:
                continue
            given = [known.get(x.unique_id) if issubclass(type(x), Variable) else None for x in parents_of(node)]
            if any(tangent is not None for tangent in given):
                moved = tangent_of(node, given, as_variables)
                if moved is not None:
                    known[key] = moved
    return known


def tangent_of(node: Any, given: Sequence[Any], as_variables: bool) -> Any:
    """Return how one value moves.

    Args:
        node: the Variable of the value.
        given: how its parents move; None for those that do not.
        as_variables: whether to record that.

    Returns:
        The tangent; None for one that does not move.
    """
    function = node.creator
    own_rule = getattr(getattr(function, "last_fn", None), "tangent", None)
    if own_rule is not None:
        return own_rule(node, given, as_variables)
    if type(node) is not Tensor:
        return tangent_of_number(node, as_variables)(given)
    if isinstance(function, History) or not issubclass(function, ArrayFunction):
        return transposed_tangent(node, given, as_variables)
    inputs = node.first_parent
    if function is Write:
        return written_tangent(node, given)
    own = OWN.get(function)
    values = [frozen(x) for x in inputs] if as_variables else [plain(x) for x in inputs]
    if own is not None:
        return own(given, node.array, values, node.first_partial)
    if function.linear:
        tangents = [zero_of(value) if t is None else t for t, value in zip(given, values, strict=True)]
        return applied(function, tangents, node.first_partial)
    if function in MULTILINEAR:
        return total(
            applied(function, [*values[:index], tangent, *values[index + 1 :]], node.first_partial)
            for index, tangent in enumerate(given)
            if tangent is not None
        )
    if function.elementwise and hasattr(function, "partials"):
        return elementwise_tangent(function, frozen(node) if as_variables else node.array, values, given)
    return transposed_tangent(node, given, as_variables)


def applied(function: Any, inputs: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return what a Function gives of tangents and values; recorded where there are Variables among them."""
    if any(issubclass(type(x), Variable) for x in inputs):
        return apply(function, inputs, parameters)
    return function.function(*inputs, **parameters)


def zero_of(value: Any) -> Any:
    """Return zeros in the shape of a value."""
    value = plain(value)
    return numpy.zeros_like(value, dtype=getattr(value, "dtype", FLOAT))[()]


def total(parts: Any) -> Any:
    """Return the sum of at least one part."""
    result = None
    for part in parts:
        result = part if result is None else result + part
    return result


def elementwise_tangent(function: Any, output: Any, values: Sequence[Any], given: Sequence[Any]) -> Any:
    """Return the tangent of an elementwise Function: partials times tangents; nothing comes from what stays."""
    parts = []
    for partial, tangent in zip(function.partials, given, strict=False):
        if tangent is None:
            continue
        part = tangent * partial(*values, output)
        plain_part = current(part).array if type(part) is Tensor else part
        if numpy.isnan(plain_part).any():
            part = numpy.where(numpy.equal(plain_of(tangent), 0), 0.0, part)
        parts.append(part)
    moved = total(parts)
    shape = plain(output).shape
    return moved if numpy.shape(moved) == shape else numpy.broadcast_to(moved, shape)


def plain_of(tangent: Any) -> Any:
    """Return the plain array of a tangent."""
    return current(tangent).array if type(tangent) is Tensor else plain(tangent)


def tangent_of_number(node: Any, as_variables: bool) -> Callable[[Sequence[Any]], Any]:
    """Return what gives the tangent of a Scalar of those of its parents."""
    contributions = recorded_vjp_contributions(node, 1.0) if as_variables else vjp_contributions(node, 1.0)
    parents = parents_of(node)

    def tangent(given: Sequence[Any]) -> Any:
        known = {x.unique_id: t for x, t in zip(parents, given, strict=True) if t is not None}
        found = [along(partial, known[x.unique_id]) for x, partial in contributions if x.unique_id in known]
        return total(found)

    return tangent


def written_tangent(node: Any, given: Sequence[Any]) -> Any:
    """Return the tangent of an array that was written: that of the array before, with that of what was written."""
    base, value = given
    place = node.first_partial
    if base is not None and type(base) is not Tensor:
        base = numpy.asarray(base)
    if type(base) is Tensor or issubclass(type(value), Variable):
        rest = constant(numpy.zeros_like(node.array))
        if base is not None:
            rest[...] = base
        region(rest, place["path"])[place["key"]] = 0.0 if value is None else value
        return current(rest)
    buffer = numpy.zeros_like(node.array)
    if base is not None:
        buffer[...] = base
    region(buffer, place["path"])[place["key"]] = 0.0 if value is None else value
    return buffer


def transposed_tangent(node: Any, given: Sequence[Any], as_variables: bool) -> Any:
    """Return the tangent as the transpose of the vjp, which is linear in its cotangent."""
    cotangent = Tensor(numpy.zeros_like(node.array))
    function = node.creator
    if not as_variables and not isinstance(function, History) and issubclass(function, ArrayFunction):
        inputs = node.first_parent
        found = shares(function, node.array, inputs, list(map(plain, inputs)), cotangent, node.first_partial)
    else:
        found = list(recorded_vjp_contributions(node, cotangent))
    known = {x.unique_id: t for x, t in zip(parents_of(node), given, strict=True) if t is not None}
    paired = total(pairing(share, known[x.unique_id]) for x, share in found if x.unique_id in known)
    if not issubclass(type(paired), Variable):
        return None
    end = current(paired) if type(paired) is Tensor else paired
    order = topological_sort(end, since=cotangent.unique_id)
    one: Any = numpy.float64(1.0)
    moved = backward_pass(order, {end.unique_id: one}, [cotangent], as_variables=as_variables or not all_plain(known))[
        0
    ]
    shape = node.array.shape
    return moved if numpy.shape(moved) == shape else numpy.broadcast_to(moved, shape)


def all_plain(tangents: dict[int, Any]) -> bool:
    """Return whether no tangent has a history."""
    return all(is_constant(current(t) if type(t) is Tensor else t) for t in tangents.values())


def pairing(share: Any, tangent: Any) -> Any:
    """Return the inner product of a cotangent and a tangent."""
    product = numpy.conjugate(share) * tangent if is_complex(share) else share * tangent
    product = numpy.sum(product) if numpy.shape(product) else product
    return numpy.real(product) if is_complex(product) else product


def is_complex(value: Any) -> bool:
    """Return whether a tangent or cotangent is one of complex numbers."""
    return bool(getattr(plain_of(value), "dtype", FLOAT).kind == "c")


def along(derivative: Any, tangent: Any) -> Any:
    """Return how a number moves along a tangent, or each tangent of a batch: an array's elements are summed over."""
    if type(derivative) is float:
        return derivative * tangent
    derivative = plain_adjoint(derivative)
    axes = len(numpy.shape(derivative))
    product = derivative * tangent
    return numpy.sum(product, axis=tuple(range(-axes, 0))) if axes else product


# -- Functions with a rule of their own --------------------------------------------------------------------------------


def of_sum(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangent of a sum, which an initial value does not move."""
    return numpy.sum(given[0], **{name: value for name, value in parameters.items() if name != "initial"})


def of_mean(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangent of a mean."""
    return numpy.mean(given[0], **parameters)


def of_absolute(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangent of a length; that of a complex number is what its tangent has along it."""
    value, tangent = values[0], given[0]
    if not is_complex(value):
        return numpy.sign(value) * tangent
    length = numpy.abs(value)
    return numpy.real(numpy.conjugate(value) * tangent) / numpy.where(numpy.equal(plain_of(length), 0), 1.0, length)


def of_conjugate(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangent of a conjugate."""
    return numpy.conjugate(given[0])


def of_index(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the part of a tangent."""
    return given[0][parameters["key"]]


def of_known_slope(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> Any:
    """Return the tangent of what has its derivative by it."""
    return given[0] * parameters["slope"]


def nowhere(given: Sequence[Any], output: Any, values: Sequence[Any], parameters: dict[str, Any]) -> None:
    """Return None, for what is rounded does not move."""
    return


OWN: Final[dict[Any, Callable[..., Any]]] = {
    reductions.Sum: of_sum, reductions.Mean: of_mean, indexing.Index: of_index, structure.Round: nowhere,
    elementwise.UFUNCS[numpy.absolute]: of_absolute, elementwise.UFUNCS[numpy.conjugate]: of_conjugate,
    elementwise.KnownSlope: of_known_slope,
}  # fmt: skip
