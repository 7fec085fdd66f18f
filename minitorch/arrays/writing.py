"""Writing into arrays, as numpy writes: `a[i] = x`, `a[mask] += x`, slices as views that write through, `out=`.

A write gives the buffer a new Variable, made of the one before and of what was written. A buffer that a vjp still
needs is copied first; in the reverse pass the adjoint is changed in place.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.adjoints import Accumulator, laid_out, own_buffer, plain_adjoint
from minitorch.arrays.function import ArrayFunction, as_number, plain, recorded_adjoint, unbroadcast
from minitorch.arrays.indexing import normal_key
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.tensor import Tensor, constant, current, frozen, output_of, region
from minitorch.autodiff.grad_mode import is_recording, pausing
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.recorder import count_operation, counting
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.lost_history import history_ends, loses_history
from minitorch.scalars.plain_arrays import other_kind

__all__ = [
    "SIGNS",
    "Augment",
    "Write",
    "augment",
    "computes_otherwise",
    "refuse_history",
    "setitem",
    "write_at",
    "write_out",
]


class Write(ArrayFunction):
    """The Function of a write: inputs are the array before and the value; parameters say where."""

    keeps_inputs = keeps_output = False
    linear = in_place = True

    @staticmethod
    def function(base: Any, value: Any, path: Any, key: Any, once: bool) -> Any:
        """Return a written copy of the array."""
        copy = numpy.array(base)
        region(copy, path)[key] = value
        return copy

    @classmethod
    def vjp_contributions(cls, node: Tensor, d_output: Any) -> list[tuple[Variable, Any]]:
        """Return the shares of the array, which loses that of the region, and of the value."""
        base, value = node.first_parent
        buffer = own_buffer(d_output)
        if node.array.dtype.kind == "c" and buffer.dtype.kind != "c":
            buffer = buffer.astype(node.array.dtype)
        place = node.first_partial
        if place["path"]:
            buffer = laid_out(buffer, node.array)
        target = region(buffer, place["path"])
        found: list[tuple[Variable, Any]] = []
        if not is_constant(value):
            share = at_last_writes(numpy.array(target[place["key"]]), target, place)
            found.append((value, share_of(value, share, plain(value))))
        if not is_constant(base):
            target[place["key"]] = 0.0
            found.append((base, Accumulator(buffer)))
        return found

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Any, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Tensors."""
        base, value = inputs
        place = output.first_partial
        adjoint = recorded_adjoint(d_output)
        adjoint = Tensor(adjoint, None) if type(adjoint) is not Tensor else adjoint
        found: list[tuple[Variable, Any]] = []
        if not is_constant(value):
            target = region(adjoint, place["path"])
            share = at_last_writes(target[place["key"]], target, place)
            found.append((value, share_of(value, share, frozen(value))))
        if not is_constant(base):
            rest = constant(numpy.empty_like(output.array, dtype=adjoint.dtype))
            rest[...] = adjoint
            region(rest, place["path"])[place["key"]] = 0.0
            found.append((base, current(rest)))
        return found


class Augment(ArrayFunction):
    """The Function of `+=` and `-=`: inputs are the array before and what is added to a region of it.

    The array before has the adjoint of the array after, so a pass hands its buffer on as it is.
    """

    keeps_inputs = keeps_output = False
    linear = in_place = True

    @staticmethod
    def function(base: Any, value: Any, path: Any, sign: float) -> Any:
        """Return a changed copy of the array."""
        copy = numpy.array(base)
        target = region(copy, path)
        target += sign * value
        return copy

    @classmethod
    def vjp_contributions(cls, node: Tensor, d_output: Any) -> list[tuple[Variable, Any]]:
        """Return the shares of the array and of what was added."""
        base, value = node.first_parent
        place = node.first_partial
        owned = type(d_output) is Accumulator
        buffer = d_output.buffer if owned else plain_adjoint(d_output)
        found: list[tuple[Variable, Any]] = []
        if not is_constant(value):
            target = region(laid_out(buffer, node.array), place["path"]) if place["path"] else buffer
            if place["sign"] < 0:
                target = -target
            elif owned and not is_constant(base):
                target = numpy.array(target)
            found.append((value, share_of(value, target, plain(value))))
        if not is_constant(base):
            found.append((base, d_output))
        return found

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Any, d_output: Any) -> list[tuple[Variable, Any]]:
        """Do the same by operations on Tensors."""
        base, value = inputs
        place = output.first_partial
        adjoint = recorded_adjoint(d_output)
        found: list[tuple[Variable, Any]] = []
        if not is_constant(value):
            target = region(adjoint, place["path"])
            found.append((value, share_of(value, -target if place["sign"] < 0 else target, frozen(value))))
        if not is_constant(base):
            found.append((base, adjoint))
        return found


def share_of(value: Any, share: Any, shape: Any) -> Any:
    """Return the share of what was written: an array for a Tensor, a number for a Scalar.

    Args:
        value: what was written.
        share: the adjoint of the region.
        shape: what has the shape of the value.
    """
    share = in_shape_of(share, shape)
    return share if type(value) is Tensor else as_number(share)


def in_shape_of(share: Any, value: Any) -> Any:
    """Return the share of a value that was broadcast to a region, where leading axes of length 1 do not count."""
    if share.shape == getattr(value, "shape", None) and share.dtype is value.dtype:
        return share
    extra = getattr(value, "ndim", 0) - share.ndim
    if extra > 0:
        share = share.reshape((1,) * extra + share.shape)
    return unbroadcast(share, value)


def at_last_writes(share: Any, target: Any, place: dict[str, Any]) -> Any:
    """Return a share without what was written over at once: of equal indices the last one counts."""
    if place["once"]:
        return share
    numbers = numpy.arange(share.size).reshape(share.shape)
    written = numpy.full(target.shape, -1)
    written[place["key"]] = numbers
    return numpy.where(written[place["key"]] == numbers, share, 0.0)


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Do `self[key] = value`."""
    key, _, once = (key, True, True) if type(key) is slice else normal_key(key)
    root, path = (self, ()) if self.window is None else self.window[:2]
    written = value.window if type(value) is Tensor else None
    if written is not None and written.root is root and is_taken_at(value, path, key):
        return  # as below, in the usual case
    base = current(root)
    source, raw = source_of(value)
    shown = current(self).array
    if not isinstance(shown, numpy.ndarray):
        raise TypeError(f"'numpy.{shown.dtype}' object does not support item assignment")
    if not shown.flags.writeable:
        shown[key] = raw  # raises in numpy's words
    if written is not None and written.root is root:
        region_written = region(region(base.array, path), (operator.itemgetter(key),))
        if is_same_memory(region_written, region(base.array, written.path)):
            return  # `u[1:] += x` has written into the view already, and puts it where it is
    active = not is_constant(source) and is_recording()
    is_recorded = active or base.creator is not None
    if counting and is_recorded:
        # Before anything is written: where it is one too many nothing has been done.
        count_operation()
    buffer = base.array.copy(order="K") if base.kept else base.array
    region(buffer, path)[key] = raw
    if is_recorded:
        where = {"path": path, "key": key, "once": once}
        made = output_of(Write, buffer, (base, source if active else raw), where)
        made.kept = False
        root.now = made
    elif base.kept:
        root.now = constant(buffer)
    root.version += 1


def is_taken_at(value: Tensor, path: Any, key: Any) -> bool:
    """Whether a view was taken with this very index from what `path` shows, so that it may be written there."""
    parameters = value.first_partial
    if type(parameters) is not dict or parameters.get("key", parameters) is not key or value.window is None:
        return False
    return value.window.path[:-1] == path and bool(value.array.flags.writeable)


def augment(self: Tensor, value: Any, operation: Callable[[Any, Any], Any]) -> bool:
    """Add to an array in place, or subtract from it.

    Returns:
        Whether that could be done so; if not, nothing has been done.
    """
    source = current(value) if type(value) is Tensor else value
    raw = source.array if type(value) is Tensor else value
    usual = type(raw) is float or (isinstance(raw, (numpy.ndarray, numpy.generic)) and raw.dtype.kind in "fciub")
    if not usual or not current(self).array.flags.writeable or (pausing and not is_recording()):
        return False
    root, path = (self, ()) if self.window is None else self.window[:2]
    base = root if root.now is None else root.now
    is_recorded = base.creator is not None or (type(source) is Tensor and source.creator is not None)
    if counting and is_recorded:
        count_operation()
    buffer = base.array.copy(order="K") if base.kept else base.array
    operation(region(buffer, path) if path else buffer, raw)
    if is_recorded:
        root.now = output_of(Augment, buffer, (base, source), {"path": path, "sign": SIGNS[operation]})
    elif base.kept:
        root.now = constant(buffer)
    root.version += 1
    return True


SIGNS: Final[dict[Any, float]] = {operator.iadd: 1.0, operator.isub: -1.0}
"""By what is done in place of an array: what the derivative by the other operand is."""


def is_same_memory(one: Any, other: Any) -> bool:
    """Whether two views are of the same elements in the same order."""
    if not isinstance(one, numpy.ndarray) or not isinstance(other, numpy.ndarray):
        return False
    if one.shape != other.shape or one.strides != other.strides:
        return False
    return bool(one.__array_interface__["data"][0] == other.__array_interface__["data"][0])


def source_of(value: Any) -> tuple[Any, Any]:
    """Return what is written: the current Variable, if it is one, and its plain value."""
    if type(value) in (list, tuple, ComplexScalar):
        value = asarray(value)
    if type(value) is Tensor:
        source = current(value)
        return source, source.array
    return (value, value.get_data()) if issubclass(type(value), Variable) else (value, value)


def write_out(out: Any, value: Any, where: Any = True, *, broadcast: bool = False) -> Any:
    """Write a result where `out` says, and return that.

    Args:
        out: an array, or a tuple of one.
        value: the result.
        where: where it is written.
        broadcast: whether `out` may be larger, and must be of a kind that holds the result, as for ufuncs.

    Raises:
        HistoryLostError: if it has a history and `out` is a plain array.
        ValueError: if `out` has another shape.
        TypeError: if it has a kind that the result does not go into.
    """
    if type(out) is tuple:
        out = out[0]
    if type(out) is not Tensor:
        refuse_history("out=", value)
        out[...] = detached(value)
        return out
    given = value if isinstance(value, (numpy.ndarray, numpy.generic)) else numpy.asarray(value)
    if broadcast and not numpy.can_cast(given.dtype, out.dtype, "same_kind"):
        raise TypeError(f"Cannot cast output from {given.dtype!r} to {out.dtype!r} with casting rule 'same_kind'")
    if given.shape != out.shape and not (broadcast and given.ndim <= out.ndim):
        raise ValueError(f"output array has the shape {out.shape}, and the result {given.shape}")
    if where is True:
        setitem(out, ..., value)
        return out
    mask = numpy.broadcast_to(numpy.asarray(where), out.shape)
    chosen = value if numpy.ndim(value) == 0 else numpy.broadcast_to(value, out.shape)[mask]
    setitem(out, mask, chosen)
    return out


def computes_otherwise(value: Any, other: Any) -> bool:
    """Return whether a value is an array that computes by rules of its own, such as a masked one.

    Args:
        value: an operand.
        other: what it would compute with.

    Raises:
        HistoryLostError: if it is, and the other operand has a history.
    """
    refusal = None if type(value) in (numpy.ndarray, Tensor) else other_kind(value)
    if refusal is not None and type(other) is Tensor and loses_history(current(other)):
        attempt = f"computing with an array of type {type(value).__name__}"
        raise history_ends(attempt, other.label(), f"What it computes with must be {refusal}.", [current(other)])
    return refusal is not None


def write_at(target: Any, numbers: Any, value: Any) -> None:
    """Write at elements that are counted through an array."""
    if not target.ndim:
        target = target.reshape(1)
    target[numpy.unravel_index(numbers, target.shape)] = value


def refuse_history(what: str, *values: Any) -> None:
    """Raise where one of the values that would be written into a plain array has a history."""
    for value in values:
        if type(value) in (list, tuple):
            refuse_history(what, *value)
        elif issubclass(type(value), Variable) and loses_history(value.present()):
            raise plain_target(what, value)


def plain_target(what: str, value: Any = None) -> Exception:
    """Make the error for a value with a history that would be written into a plain array."""
    label = value.label() if type(value) is Tensor else "what is written"
    return history_ends(
        f"writing into a plain array with {what}", label,
        "The array was made where nothing is traced: make it inside the traced function, for instance with "
        "np.zeros_like, or start from a copy made there.", [current(value)] if type(value) is Tensor else (),
    )  # fmt: skip


Tensor.__setitem__ = setitem  # type: ignore[method-assign]
