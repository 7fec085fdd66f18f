"""Linear filters: recursive ones by coefficients, signal and state, sections in series, and those that change the rate.

The adjoint of a filter is the same filter run backwards in time; with it come the derivatives by the coefficients.
"""

from __future__ import annotations

from typing import Any

import numpy
import scipy.signal

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached, wrapped
from minitorch.scipy_functions.correlations import correlated, padded
from minitorch.scipy_functions.twins import contiguous, is_active, with_value

__all__ = ["applied", "filtered", "first_state", "linear_filter", "sections", "upsampled"]


def conj(x: Any) -> Any:
    """Return the complex conjugate."""
    return numpy.conjugate(x) if getattr(x, "dtype", numpy.dtype(float)).kind == "c" else x


def plain_filter(b: Any, a: Any, x: Any) -> Any:
    """Return the signal, along the last axis, filtered from rest."""
    # One coefficient alone is another way through scipy, which takes convolutions.
    a = numpy.concatenate([a, numpy.zeros(1)]) if len(a) == 1 else a
    return scipy.signal.lfilter(b, a, x, axis=-1)


def lagged_products(share: Any, x: Any, count: int) -> Any:
    """Return the sums of products with the signal before: for each delay one."""
    x = conj(x)
    length = x.shape[-1]
    sums = [
        (share[..., k:] * x[..., : length - k]).sum() if k < length else numpy.zeros(()) * x.sum() for k in range(count)
    ]
    return numpy.stack(sums)


def filter_vjp(index: int, g: Any, y: Any, b: Any, a: Any, x: Any) -> Any:
    """Return the cotangent of the coefficients in front, of those of the recursion, or of the signal."""
    backwards = numpy.flip(g, -1)
    if index == 2:
        share = numpy.flip(filtered(conj(b), conj(a), backwards), -1)
    else:
        rest = numpy.flip(filtered(numpy.ones(1), conj(a), backwards), -1)
        share = lagged_products(rest, x, b.shape[0]) if index == 0 else -lagged_products(rest, y, a.shape[0])
    value = (b, a, x)[index]
    return share if value.dtype.kind == "c" else numpy.real(share)


Filter = row("ScipyFilter", plain_filter, filter_vjp, for_all=True)


def filtered(b: Any, a: Any, x: Any) -> Any:
    """Return a signal filtered from rest along the last axis."""
    return apply(Filter, (asarray(b), asarray(a), asarray(x)))


def with_length(x: Any, length: int) -> Any:
    """Return an array that is cut or filled with zeros at the end of its last axis."""
    if x.shape[-1] >= length:
        return x[..., :length]
    return padded(x, [(0, 0)] * (x.ndim - 1) + [(0, length - x.shape[-1])])


def past(values: Any, coefficients: Any, offset: int) -> Any:
    """Return what a signal adds to a state after its end, by the delays that reach back into it."""
    total: Any = 0.0
    for k in range(offset + 1, coefficients.shape[0]):
        at = values.shape[-1] + offset - k
        if at >= 0:
            total = total + coefficients[k] * values[..., at]
    return total


def applied(b: Any, a: Any, x: Any, state: Any = None) -> tuple[Any, Any]:
    """Return a signal filtered along the last axis, from a state, and the state that it ends in."""
    b, a, x = asarray(b), asarray(a), asarray(x)
    b, a = b / a[0], a / a[0]
    size = max(a.shape[0], b.shape[0]) - 1
    y = filtered(b, a, x)
    if state is None:
        return y, None
    state = asarray(state)
    y = y + filtered(numpy.ones(1), a, with_length(state, x.shape[-1]))
    ends = []
    for i in range(size):
        end = past(x, b, i) - past(y, a, i)
        at = x.shape[-1] + i
        ends.append(end + state[..., at] if at < size else end + 0.0 * state[..., 0])
    return y, numpy.stack(ends, -1) if ends else state


def linear_filter(function: Any) -> Any:
    """Make what replaces `_sigtools._linear_filter`."""

    def call(b: Any, a: Any, x: Any, axis: int = -1, *zi: Any) -> Any:
        found = function(*map(contiguous, (b, a, x)), axis, *map(contiguous, zi))
        if not is_active(b, a, x, *zi):
            return found
        moved = numpy.moveaxis(asarray(x), axis, -1)
        if not zi:
            return with_value(numpy.moveaxis(applied(b, a, moved)[0], -1, axis), found)
        state = numpy.moveaxis(asarray(zi[0]), axis, -1)
        state = numpy.broadcast_to(state, (*moved.shape[:-1], state.shape[-1]))
        both = applied(b, a, moved, state)
        return tuple(with_value(numpy.moveaxis(y, -1, axis), value) for y, value in zip(both, found, strict=True))

    return call


def sections(function: Any) -> Any:
    """Make what replaces `sosfilt`: sections in series."""

    def call(sos: Any, x: Any, axis: int = -1, zi: Any = None) -> Any:
        found = function(*map(detached, (sos, x)), axis, detached(zi))
        if not is_active(sos, x, zi):
            return wrapped(found)
        sos, signal = asarray(sos), numpy.moveaxis(asarray(x), axis, -1)
        states = None if zi is None else numpy.moveaxis(asarray(zi), axis % signal.ndim + 1, -1)
        ends = []
        for section in range(sos.shape[0]):
            state = None if states is None else states[section]
            signal, end = applied(sos[section, :3], sos[section, 3:], signal, state)
            ends.append(end)
        signal = numpy.moveaxis(signal, -1, axis)
        if zi is None:
            return with_value(signal, found)
        last = numpy.moveaxis(numpy.stack(ends), -1, axis % signal.ndim + 1)
        return with_value(signal, found[0]), with_value(last, found[1])

    return call


def first_state(found: Any, x: Any, z1: Any, precision: Any) -> Any:
    """Return the state in which a recursive filter of first order begins on a mirrored signal."""
    x = asarray(x)
    powers = asarray(z1) ** numpy.arange(1.0, x.shape[-1] + 1.0)
    return (x[..., 0] + (x * powers).sum(axis=-1)).reshape(found.shape)


# -- other rates -------------------------------------------------------------------------------------------------------


def by_columns(function: Any, x: Any, flipped: Any, out: Any, up: int, down: int, *rest: Any) -> Any:
    """Return the signal filtered along its last axis, by what the filter makes of each of its places alone."""
    size = x.shape[-1]
    answers = numpy.zeros((size, out.shape[-1]), out.dtype)
    function(numpy.eye(size, dtype=out.dtype), detached(flipped), answers, up, down, 1, *rest)
    return x @ answers


def upsampled(function: Any, mode_names: dict[int, str]) -> Any:
    """Make what replaces `_upfirdn_apply._apply`: values between, a filter, and each so manieth value."""

    def call(x: Any, flipped: Any, out: Any, up: int, down: int, axis: int = -1, mode: int = 0, cval: Any = 0) -> Any:
        value = numpy.array(detached(out))
        function(contiguous(x), contiguous(flipped), value, up, down, axis, mode, cval)
        if not is_active(x, flipped):
            out[...] = value
            return
        signal = numpy.moveaxis(asarray(x), axis, -1)
        last = numpy.moveaxis(value, axis, -1)
        if mode_names.get(int(mode), "constant") != "constant" or cval:
            made = by_columns(function, signal, flipped, last, up, down, mode, 0)
        else:
            parts = asarray(flipped).reshape(up, -1)
            h = numpy.reshape(numpy.flip(parts, 1).T, -1)
            spread = numpy.reshape(
                padded(signal[..., None], [(0, 0)] * signal.ndim + [(0, up - 1)]), (*signal.shape[:-1], -1)
            )
            before = h.shape[0] - 1
            after = max(0, (last.shape[-1] - 1) * down + 1 - spread.shape[-1])
            wide = padded(spread, [(0, 0)] * (signal.ndim - 1) + [(before, after)])
            kernel = numpy.reshape(conj(numpy.flip(h, 0)), (1,) * (signal.ndim - 1) + (-1,))
            made = correlated(wide, kernel)[..., ::down][..., : last.shape[-1]]
        out[...] = with_value(numpy.moveaxis(made, -1, axis), value)

    return call
