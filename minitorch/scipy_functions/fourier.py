"""Transforms of scipy.fft: linear maps, each with the transform that is its adjoint.

The cosine and sine transforms are those of the documentation of scipy.fft.dct and scipy.fft.dst: of types 1 and 4 the
matrix is symmetric, those of types 2 and 3 are each other's transposes, but for the scaling of one element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy

from minitorch.arrays.fourier import INVERSE_NORM, irfft_vjp, resized, rfft_vjp
from minitorch.arrays.function import apply, row
from minitorch.arrays.makers import asarray, detached, is_plain, wrapped
from minitorch.scipy_functions.twins import twin
from minitorch.transformer import signature_of

__all__ = ["transforms"]

fft: Any = numpy.fft

IGNORED: Final = ("overwrite_x", "workers", "plan")
"""How a transform is computed; what it gives does not depend on that."""


def standing_in(function: Callable[..., Any], vjp: Callable[..., Any]) -> Callable[..., Any]:
    """Make what stands in for a transform, whose vjp is given its parameters by name."""
    signature = signature_of(function)
    of_tensors = row("Scipy" + function.__name__.title(), function, vjp, linear=True)

    def call(*args: Any, **kwargs: Any) -> Any:
        if is_plain((*args, *kwargs.values())):
            return wrapped(function(*map(detached, args), **detached(kwargs)))
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        x, *_ = bound.arguments.values()
        parameters = {name: detached(value) for name, value in list(bound.arguments.items())[1:]}
        return apply(of_tensors, (asarray(x),), {**parameters, "overwrite_x": False})

    return call


def axes_of(x: Any, s: Any, axes: Any) -> tuple[int, ...]:
    """Return the axes that are transformed."""
    if axes is not None:
        return tuple(axis % x.ndim for axis in (axes if numpy.ndim(axes) else [axes]))
    count = x.ndim if s is None else int(numpy.size(s))
    return tuple(range(x.ndim - count, x.ndim))


def back_along(g: Any, x: Any, axes: Iterable[int], norm: Any, back: Any) -> Any:
    """Return a cotangent transformed back along axes."""
    axes = tuple(axes)
    for axis in axes:
        g = back(g, None, axis, INVERSE_NORM[norm])
    return resized_along(g, x, axes)


def resized_along(g: Any, x: Any, axes: Any) -> Any:
    """Return a cotangent in the shape of the input along some axes, as complex as it was."""
    kind = g.dtype.kind
    return g if not axes else resized(g, x if kind != "c" or x.dtype.kind == "c" else ComplexShape(x), axes)


class ComplexShape:
    """The shape of an array of which more than its real part is wanted."""

    dtype = numpy.dtype(complex)

    def __init__(self, x: Any) -> None:
        self.shape, self.ndim = x.shape, x.ndim


def real_as(share: Any, x: Any) -> Any:
    """Return a share as real as the input."""
    return share.real if share.dtype.kind == "c" and x.dtype.kind != "c" else share


def complex_vjp(back: Any) -> Callable[..., Any]:
    """Make the vjp of a complex transform along one axis."""

    def vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any, **_: Any) -> Any:
        return real_as(back_along(g, x, [axis], norm, back), x)

    return vjp


def complex_vjp_along(back: Any) -> Callable[..., Any]:
    """Make the vjp of a complex transform along several axes."""

    def vjp(g: Any, y: Any, x: Any, s: Any, axes: Any, norm: Any, **_: Any) -> Any:
        return real_as(back_along(g, x, axes_of(x, s, axes), norm, back), x)

    return vjp


def size_along(x: Any, s: Any, axis: int) -> int:
    """Return how many elements of the input were transformed along the last of the axes."""
    return int(x.shape[axis] if s is None else numpy.ravel(s)[-1])


def real_vjp_along(g: Any, y: Any, x: Any, s: Any, axes: Any, norm: Any, **_: Any) -> Any:
    """Return the cotangent of real numbers that were transformed along several axes."""
    *others, last = axes_of(x, s, axes)
    g = back_along(g, x, others, norm, fft.ifft)
    return rfft_vjp(g, y, x, size_along(x, s, last), last, norm)


def inverse_real_vjp_along(g: Any, y: Any, x: Any, s: Any, axes: Any, norm: Any, **_: Any) -> Any:
    """Return the cotangent of half a spectrum that was transformed back along several axes."""
    *others, last = axes_of(x, s, axes)
    return real_as(back_along(irfft_vjp(g, y, ComplexShape(x), None, last, norm), x, others, norm, fft.fft), x)


def one(vjp: Callable[..., Any]) -> Callable[..., Any]:
    """Make a vjp that takes the parameters of scipy's transforms along one axis."""
    return lambda g, y, x, n, axis, norm, **_: vjp(g, y, x, n, axis % x.ndim, norm)


def hermitian_vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
    """Return the cotangent of half a Hermitian signal: of the transform back of its conjugate."""
    return numpy.conjugate(irfft_vjp(g, y, x, n, axis, INVERSE_NORM[norm]))


def inverse_hermitian_vjp(g: Any, y: Any, x: Any, n: Any, axis: int, norm: Any) -> Any:
    """Return the cotangent of a real spectrum."""
    return rfft_vjp(numpy.conjugate(g), y, x, n, axis, INVERSE_NORM[norm])


# -- cosine and sine transforms ----------------------------------------------------------------------------------------

OTHER_TYPE: Final = {1: 1, 2: 3, 3: 2, 4: 4}


def weighed(g: Any, axis: int, weights: dict[int, float]) -> Any:
    """Return an array of which the elements at some positions along an axis are weighed."""
    factors = numpy.ones(g.shape[axis])
    for position, weight in weights.items():
        factors[position] = weight
    shape = [1] * g.ndim
    shape[axis] = -1
    return g * factors.reshape(shape)


def transposed(transform: Any, cosine: bool, g: Any, kind: int, axis: int, norm: Any, orthogonal: bool) -> Any:
    """Return the transpose of a cosine or sine transform along an axis, applied to an array of its size.

    Args:
        transform: applies such a transform.
        cosine: whether it is of cosines.
        g: the array.
        kind: the type of the transform.
        axis: the axis.
        norm: the name of its scaling.
        orthogonal: whether elements are scaled so that the matrix is a multiple of an orthogonal one.
    """

    def along(x: Any) -> Any:
        given = {"type": OTHER_TYPE[kind], "axis": axis, "norm": norm, "orthogonalize": orthogonal}
        return transform(x, **given)

    if orthogonal or kind == 4 or (kind == 1 and not cosine):
        return along(g)
    if kind == 1:
        ends = {0: 0.5, -1: 0.5}
        return weighed(along(weighed(g, axis, {0: 2.0, -1: 2.0})), axis, ends)
    at = 0 if cosine else -1
    return along(weighed(g, axis, {at: 2.0})) if kind == 2 else weighed(along(g), axis, {at: 0.5})


def trigonometric(library: Any, cosine: bool) -> dict[str, Callable[..., Any]]:
    """Return what stands in for the four transforms of cosines, or of sines."""
    made: dict[str, Callable[..., Any]] = {}
    name = "dct" if cosine else "dst"

    def transform(x: Any, **parameters: Any) -> Any:
        return made[name](x, **parameters)

    def back(g: Any, x: Any, kind: int, axes: Any, norm: Any, orthogonalize: Any, inverse: bool) -> Any:
        orthogonal = norm == "ortho" if orthogonalize is None else bool(orthogonalize)
        if inverse:
            kind, norm = OTHER_TYPE[kind], INVERSE_NORM[norm]
        for axis in axes:
            g = transposed(transform, cosine, g, kind, axis, norm, orthogonal)
        return resized_along(g, x, axes)

    def along_one(inverse: bool) -> Callable[..., Any]:
        def vjp(g: Any, y: Any, x: Any, type: int, n: Any, axis: int, norm: Any, orthogonalize: Any, **_: Any) -> Any:
            return back(g, x, type, (axis % x.ndim,), norm, orthogonalize, inverse)

        return vjp

    def along_many(inverse: bool) -> Callable[..., Any]:
        def vjp(g: Any, y: Any, x: Any, type: int, s: Any, axes: Any, norm: Any, orthogonalize: Any, **_: Any) -> Any:
            return back(g, x, type, axes_of(x, s, axes), norm, orthogonalize, inverse)

        return vjp

    for form, make in ((name, along_one), (name + "n", along_many)):
        made[form] = standing_in(getattr(library, form), make(False))
        made["i" + form] = standing_in(getattr(library, "i" + form), make(True))
    return made


def transforms(library: Any) -> dict[str, Callable[..., Any]]:
    """Return what stands in for each transform of scipy.fft, by name."""
    vjps: dict[str, Callable[..., Any]] = {
        "fft": complex_vjp(fft.ifft), "ifft": complex_vjp(fft.fft),
        "fft2": complex_vjp_along(fft.ifft), "ifft2": complex_vjp_along(fft.fft),
        "fftn": complex_vjp_along(fft.ifft), "ifftn": complex_vjp_along(fft.fft),
        "rfft": one(rfft_vjp), "irfft": one(irfft_vjp), "hfft": one(hermitian_vjp), "ihfft": one(inverse_hermitian_vjp),
        "rfft2": real_vjp_along, "rfftn": real_vjp_along,
        "irfft2": inverse_real_vjp_along, "irfftn": inverse_real_vjp_along,
    }  # fmt: skip
    made = {name: standing_in(getattr(library, name), vjp) for name, vjp in vjps.items()}
    return {**made, **trigonometric(library, True), **trigonometric(library, False), **hermitian_along(library, made)}


def hermitian_along(library: Any, made: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return what stands in for Hermitian transforms along several axes: those of real numbers, of conjugates."""

    def standing_for(name: str, inner: str) -> Callable[..., Any]:
        default = (-2, -1) if name.endswith("2") else None

        def formula(x: Any, s: Any = None, axes: Any = default, norm: Any = None, *_: Any, **__: Any) -> Any:
            if inner.startswith("i"):
                return made[inner](numpy.conjugate(asarray(x)), s, axes, INVERSE_NORM[norm])
            return numpy.conjugate(made[inner](asarray(x), s, axes, INVERSE_NORM[norm]))

        return twin(getattr(library, name), formula)

    pairs = {"hfft2": "irfft2", "hfftn": "irfftn", "ihfft2": "rfft2", "ihfftn": "rfftn"}
    return {name: standing_for(name, inner) for name, inner in pairs.items()}
