"""What replaces functions of `scipy.special` that are no ufuncs: sums of exponentials, and Legendre's with derivatives.

All others are Python around ufuncs, and are followed. Values are those that scipy itself gives of plain arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

import numpy

from minitorch.arrays.function import apply, row, unbroadcast
from minitorch.arrays.makers import asarray, detached
from minitorch.arrays.methods import real_number_of
from minitorch.autodiff.errors import BackwardError
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import holds_history, plainly
from minitorch.transformer import Alias

__all__ = ["rows"]


# -- sums of exponentials ----------------------------------------------------------------------------------------------


def expanded(x: Any, ndim: int, axis: Any, keepdims: bool) -> Any:
    """Return what was reduced along axes with those axes again."""
    if keepdims:
        return x
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return numpy.expand_dims(x, tuple(a % ndim for a in axes)) if ndim else x


def share_of_sum(g: Any, y: Any, terms: Any, options: dict[str, Any]) -> Any:
    """Return the cotangent of each exponential in a sum, times what it stands with.

    Args:
        g: the cotangent of the logarithm of the sum.
        y: that logarithm.
        terms: what the exponent of a term gives when y is taken from it, as a function of y.
        options: `value`, `sign`, `ndim`, `axis` and `keepdims` of the call.
    """
    given = {"ndim": options["ndim"], "axis": options["axis"], "keepdims": options["keepdims"]}
    weight = expanded(g * options["sign"], **given)
    return weight * numpy.conjugate(terms(expanded(y, **given)))


def by_exponents(g: Any, y: Any, a: Any, b: Any = 1.0, **options: Any) -> Any:
    """Return the cotangent of the exponents of a sum of exponentials; what has no weight gets nothing."""
    share = share_of_sum(g, y, lambda total: b * numpy.exp(a - total), options)
    return unbroadcast(numpy.where(numpy.equal(detached(b), 0), 0.0, share), a)


def by_weights(g: Any, y: Any, a: Any, b: Any, **options: Any) -> Any:
    """Return the cotangent of the weights of a sum of exponentials."""
    return unbroadcast(share_of_sum(g, y, lambda total: numpy.exp(a - total), options), b)


LogSum: Final = row("ArrayLogsumexp", lambda *inputs, value, **_: value, by_exponents, by_weights)
Softmax: Final = row(
    "ArraySoftmax", lambda x, value, axis: value,
    lambda g, y, x, value, axis: y * (g - numpy.sum(g * y, axis=axis, keepdims=True)), keeps_inputs=False,
)  # fmt: skip
LogSoftmax: Final = row(
    "ArrayLogSoftmax", lambda x, value, axis: value,
    lambda g, y, x, value, axis: g - numpy.exp(y) * numpy.sum(g, axis=axis, keepdims=True), keeps_inputs=False,
)  # fmt: skip


def logsumexp(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make what replaces `logsumexp`."""

    def call(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
        if not holds_history((a, b)):
            return plainly(function, (a, axis, b, keepdims, return_sign), {})
        inputs = [asarray(a)] if b is None else [asarray(a), asarray(b)]
        found = function(detached(a), axis, detached(b), keepdims, True)
        is_complex = numpy.asarray(found[1]).dtype.kind == "c"
        if is_complex and return_sign:
            raise NotImplementedError("the derivative of logsumexp of complex numbers with return_sign=True")
        value = found[0] if return_sign else function(detached(a), axis, detached(b), keepdims)
        ndim = max(len(numpy.shape(detached(x))) for x in inputs)
        options = {"value": value, "sign": 1.0 if is_complex or not return_sign else found[1], "ndim": ndim}
        result = real_number_of(apply(LogSum, inputs, {**options, "axis": axis, "keepdims": keepdims}))
        return (result, found[1]) if return_sign else result

    return call


def normalised(function: Callable[..., Any], own: Any) -> Callable[..., Any]:
    """Make what replaces `softmax` or `log_softmax`, by their Function."""

    def call(x: Any, axis: Any = None) -> Any:
        if not holds_history((x,)):
            return plainly(function, (x, axis), {})
        return real_number_of(apply(own, (asarray(x),), {"value": function(detached(x), axis), "axis": axis}))

    return call


# -- Legendre's functions, which scipy gives with their derivatives ----------------------------------------------------


def refuse_order(name: str) -> None:
    """Raise where scipy gives no further derivative.

    Raises:
        BackwardError: always.
    """
    raise BackwardError(f"scipy.special.{name} gives derivatives up to the second one, and no more")


def legendre(name: str, function: Any) -> Callable[..., Any]:
    """Make what replaces one of Legendre's functions of one argument, the last; the first axis has its derivatives."""

    def vjp(g: Any, y: Any, z: Any, value: Any, whole: Any, order: int, options: dict[str, Any]) -> Any:
        if order > 1:
            refuse_order(name)
        slopes = call(*whole, z, diff_n=order + 1, **options)[1:]
        leading = slopes.ndim - len(numpy.shape(numpy.broadcast_arrays(*whole, detached(z))[0])) if not_all else None
        axes = range(slopes.ndim - len(numpy.shape(detached(z))) if leading is None else leading)
        return unbroadcast(numpy.sum(g * numpy.conjugate(slopes), axis=tuple(axes)), z)

    own = row("Array" + name.title().replace("_", ""), lambda z, value, **_: value, vjp)
    not_all = not name.endswith("_all")

    def call(*args: Any, diff_n: int = 0, **options: Any) -> Any:
        *whole, z = args
        if not holds_history((z,)):
            return plainly(function, args, {"diff_n": diff_n, **options})
        numbers = tuple(map(detached, whole))
        value = function(*numbers, detached(z), diff_n=diff_n, **options)
        return apply(own, (asarray(z),), {"value": value, "whole": numbers, "order": diff_n, "options": options})

    return call


def harmonic(name: str, function: Any) -> Callable[..., Any]:
    """Make what replaces spherical harmonics: their gradient has one axis more, and their Hessian two."""

    def vjp(index: int, g: Any, y: Any, *angles: Any, value: Any, whole: Any, order: int) -> Any:
        if order > 1:
            refuse_order(name)
        slopes = derivatives(whole, angles, order + 1)[..., index]
        share = numpy.sum(g * numpy.conjugate(slopes), axis=tuple(range(-order, 0))) if order else g * slopes.conj()
        if name.endswith("_all"):
            share = numpy.sum(share, axis=(0, 1))
        return unbroadcast(share, angles[index])

    own = row("ArraySphericalHarmonic", lambda *angles, value, **_: value, vjp, for_all=True)

    def derivatives(whole: Any, angles: Any, order: int) -> Any:
        found = function(*whole, *map(detached, angles), diff_n=order)
        value = found[order] if order else found
        inputs = [asarray(x) for x in angles]
        return apply(own, inputs, {"value": value, "whole": whole, "order": order})

    def call(*args: Any, diff_n: int = 0) -> Any:
        *whole, theta, phi = args
        if not holds_history((theta, phi)):
            return plainly(function, args, {"diff_n": diff_n})
        numbers = tuple(map(detached, whole))
        found = tuple(derivatives(numbers, (theta, phi), order) for order in range(diff_n + 1))
        return found if diff_n else found[0]

    return call


MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "logsumexp": lambda name, function: logsumexp(function),
    "softmax": lambda name, function: normalised(function, Softmax),
    "log_softmax": lambda name, function: normalised(function, LogSoftmax),
    **dict.fromkeys(
        (f"{name}{ending}" for name in ("legendre_p", "assoc_legendre_p", "sph_legendre_p") for ending in ("", "_all")),
        legendre,
    ),
    **dict.fromkeys(("sph_harm_y", "sph_harm_y_all"), harmonic),
}  # fmt: skip
"""By the name of a function of `scipy.special`: what makes its replacement."""


def rows(library: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Return the rows of a module of `scipy.special`; which functions there are is up to the version of scipy."""
    for name, make in MAKERS.items():
        function = getattr(library, name, None)
        owner = function if hasattr(function, "__code__") else type(function)
        if function is not None and owner.__module__ == library.__name__:
            yield function, Alias(f"special.{name}", make(name, function))
