"""Fourier transforms: linear maps, each with the transform that is its adjoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray
from minitorch.arrays.movers import mover

__all__ = ["FOURIER"]

fft: Any = numpy.fft

INVERSE_NORM: Final = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
"""The scaling of the transform back that makes it the adjoint."""


def resized(share: Any, x: Any, axes: Any) -> Any:
    """Return a cotangent in the shape of the input, which the transform had cut or filled with zeros."""
    for axis in axes:
        n, m = x.shape[axis], share.shape[axis]
        if m > n:
            share = share[(slice(None),) * (axis % x.ndim) + (slice(n),)]
        elif m < n:
            widths = [(0, 0)] * x.ndim
            widths[axis % x.ndim] = (0, n - m)
            share = numpy.pad(share, widths)
    return share.real if share.dtype.kind == "c" and x.dtype.kind != "c" else share


def one_axis(forward: Any, back: Any) -> Callable[..., Any]:
    """Make what stands in for a complex transform along one axis."""

    def vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
        return resized(back(g, None, axis, INVERSE_NORM[norm]), x, (axis,))

    function = row("Array" + forward.__name__.title(), forward, vjp, linear=True)

    def transform(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        return apply(function, (asarray(a),), {"n": n, "axis": axis, "norm": norm})

    return transform


def many_axes(forward: Any, back: Any, default: Any) -> Callable[..., Any]:
    """Make what stands in for a complex transform along several axes."""

    def vjp(g: Any, y: Any, x: Any, s: Any, axes: Any, norm: Any) -> Any:
        along = tuple(range(x.ndim)) if axes is None else axes
        return resized(back(g, None, axes, INVERSE_NORM[norm]), x, along)

    function = row("Array" + forward.__name__.title(), forward, vjp, linear=True)

    def transform(a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Any:
        return apply(function, (asarray(a),), {"s": s, "axes": axes, "norm": norm})

    return transform


fft_of, ifft_of = one_axis(fft.fft, fft.ifft), one_axis(fft.ifft, fft.fft)


def rfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`numpy.fft.rfft`."""
    return apply(RealTransform, (asarray(a),), {"n": n, "axis": axis, "norm": norm})


def rfft_vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
    """Return the cotangent of the real numbers: the transform back of the spectrum, with nothing in its other half."""
    size = x.shape[axis] if n is None else n
    widths = [(0, 0)] * g.ndim
    widths[axis % g.ndim] = (0, size - g.shape[axis])
    return resized(numpy.real(fft.ifft(numpy.pad(g, widths), None, axis, INVERSE_NORM[norm])), x, (axis,))


RealTransform = row("ArrayRfft", fft.rfft, rfft_vjp, linear=True)


def irfft_vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
    """Return the cotangent of half a spectrum: what stands for two frequencies counts twice."""
    size = g.shape[axis]
    share = fft.rfft(g, None, axis, INVERSE_NORM[norm])
    weights = numpy.full(share.shape[axis], 2.0)
    weights[0] = 1.0
    if size % 2 == 0:
        weights[-1] = 1.0
    shape = [1] * g.ndim
    shape[axis] = -1
    return resized(share * weights.reshape(shape), x, (axis,))


InverseReal = row("ArrayIrfft", fft.irfft, irfft_vjp, linear=True)


def irfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`numpy.fft.irfft`."""
    return apply(InverseReal, (asarray(a),), {"n": n, "axis": axis, "norm": norm})


def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`numpy.fft.hfft`: the transform back of the conjugate, scaled the other way."""
    return irfft(numpy.conjugate(asarray(a)), n, axis, INVERSE_NORM[norm])


def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """`numpy.fft.ihfft`."""
    return numpy.conjugate(rfft(a, n, axis, INVERSE_NORM[norm]))


FOURIER: Final[dict[Any, Callable[..., Any]]] = {
    fft.fft: fft_of, fft.ifft: ifft_of, fft.rfft: rfft, fft.irfft: irfft, fft.hfft: hfft, fft.ihfft: ihfft,
    fft.fft2: many_axes(fft.fft2, fft.ifft2, (-2, -1)), fft.ifft2: many_axes(fft.ifft2, fft.fft2, (-2, -1)),
    fft.fftn: many_axes(fft.fftn, fft.ifftn, None), fft.ifftn: many_axes(fft.ifftn, fft.fftn, None),
    fft.fftshift: mover(fft.fftshift, 0), fft.ifftshift: mover(fft.ifftshift, 0),
}  # fmt: skip
"""By function of numpy's: what stands in for it."""
