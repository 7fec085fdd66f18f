"""Random numbers whose parameters have histories: numpy's own draw, and its derivative by reparameterisation.

rng.normal(loc, scale, 5)   draws as numpy does; the same stream has given z, so that it is loc + scale * z

The base draw is one of numpy's with plain parameters, from the state that the generator was in: the stream is consumed
as ever, and the value is numpy's to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy

from minitorch.arrays.makers import arrays, asarray, detached, is_plain, wrapped
from minitorch.arrays.movers import gathered
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.variable import Variable
from minitorch.scalars.lost_history import history_ends

__all__ = ["DRAWS", "MOVING", "WITHOUT_DERIVATIVE", "drawing", "moving", "plainly_drawn", "refusing"]

linalg: Any = numpy.linalg

Draw = Callable[..., Any]


class Form(NamedTuple):
    """A distribution as a function of a base draw.

    Attributes:
        parameters: the names of the parameters, in order.
        defaults: those of the last ones.
        base: the method that gives the base draw from the same stream.
        given: its parameters.
        formula: the result of the base draw and the parameters.
    """

    parameters: str
    defaults: tuple[float, ...]
    base: str
    given: tuple[float, ...]
    formula: Draw


def located(base: str, given: tuple[float, ...]) -> Form:
    """Return the form of a distribution with a place and a width."""
    return Form("loc scale", (0.0, 1.0), base, given, lambda z, loc, scale: loc + scale * z)


def scaled(base: str, given: tuple[float, ...] = ()) -> Form:
    """Return the form of a distribution with a width alone."""
    return Form("scale", (1.0,), base, given, lambda z, scale: scale * z)


def triangular(u: Any, left: Any, mode: Any, right: Any) -> Any:
    """Return the inverse of the distribution function of a triangle."""
    width = right - left
    rising = numpy.less_equal(u, (mode - left) / width)
    low = numpy.where(rising, u, 0.25) * (mode - left) * width
    high = numpy.where(rising, 0.25, 1.0 - u) * (right - mode) * width
    # What is not taken must not be the root of zero.
    return numpy.where(rising, left + numpy.sqrt(low), right - numpy.sqrt(high))


DRAWS: Final[dict[str, Form]] = {
    "normal": located("normal", (0.0, 1.0)),
    "laplace": located("laplace", (0.0, 1.0)),
    "logistic": located("logistic", (0.0, 1.0)),
    "gumbel": located("gumbel", (0.0, 1.0)),
    "exponential": scaled("exponential", (1.0,)),
    "rayleigh": scaled("rayleigh", (1.0,)),
    "uniform": Form("low high", (0.0, 1.0), "uniform", (0.0, 1.0), lambda u, low, high: low + (high - low) * u),
    "lognormal": Form(
        "mean sigma", (0.0, 1.0), "normal", (0.0, 1.0), lambda z, mean, sigma: numpy.exp(mean + sigma * z)
    ),
    "weibull": Form("a", (), "weibull", (1.0,), lambda e, a: e ** (1.0 / a)),
    "pareto": Form("a", (), "standard_exponential", (), lambda e, a: numpy.expm1(e / a)),
    "power": Form("a", (), "power", (1.0,), lambda w, a: w ** (1.0 / a)),
    "triangular": Form("left mode right", (), "uniform", (0.0, 1.0), triangular),
    "gamma": Form("shape scale", (1.0,), "standard_gamma", (), lambda z, shape, scale: z * scale),
    "vonmises": Form("mu kappa", (), "vonmises", (), lambda z, mu, kappa: z + mu),
}
"""Methods of generators with a derivative by their parameters."""

FIXED: Final = {
    "gamma": ("shape", "the derivative of numpy's draw by its shape is not known"),
    "vonmises": ("kappa", "the derivative of numpy's draw by kappa is not known"),
}
"""By method: a parameter that the base draw takes, so that it must be plain, and why."""

WHOLE: Final = "its results are whole numbers, which jump as their parameters move"
ROUNDS: Final = "numpy accepts and rejects numbers until one fits, which jumps as the parameters move"

WITHOUT_DERIVATIVE: Final[dict[str, str]] = {
    **dict.fromkeys(
        """binomial geometric hypergeometric integers logseries multinomial multivariate_hypergeometric
        negative_binomial poisson zipf randint random_integers tomaxint bytes""".split(),
        WHOLE,
    ),
    **dict.fromkeys(
        """beta chisquare dirichlet f noncentral_chisquare noncentral_f standard_gamma standard_t wald""".split(),
        ROUNDS,
    ),
}
"""By method: why its parameters have no derivative."""

MOVING: Final = ("choice", "permutation", "permuted", "shuffle")
"""Methods that move elements."""

PLAIN: Final = (
    "random random_sample standard_normal standard_exponential standard_cauchy rand randn ranf sample".split()
)
"""Methods without parameters that could have a history."""


def state_of(generator: Any) -> Any:
    """Return the state that a generator is in."""
    bits = getattr(generator, "bit_generator", None)
    return generator.get_state(legacy=False) if bits is None else bits.state


def set_state(generator: Any, state: Any) -> None:
    """Set a generator back to a state."""
    bits = getattr(generator, "bit_generator", None)
    if bits is None:
        generator.set_state(state)
    else:
        bits.state = state


def twice(generator: Any, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """Return two draws from the same state; it goes on where the first of them ends."""
    before = state_of(generator)
    value = first()
    after = state_of(generator)
    set_state(generator, before)
    try:
        return value, second()
    finally:
        set_state(generator, after)


def arguments(form: Form, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[list[Any], Any]:
    """Return the parameters of a draw and its size."""
    names = form.parameters.split()
    bound = dict(zip((*names, "size"), args, strict=False)) | kwargs
    size = bound.pop("size", None)
    defaults = dict(zip(names[len(names) - len(form.defaults) :], form.defaults, strict=True))
    return [bound[name] if name in bound else defaults[name] for name in names], size


def drawing(name: str, method: Draw) -> Draw:
    """Make what stands in for a method with a derivative by its parameters.

    Args:
        name: its name.
        method: the method, of a generator that is given.
    """
    form = DRAWS[name]
    fixed, reason = FIXED.get(name, (None, ""))

    def draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        if is_plain((*args, *kwargs.values())):
            return plainly_drawn(method)(self, *args, **kwargs)

        def value_of() -> Any:
            return method(self, *map(detached, args), **detached(kwargs))

        try:
            given, size = arguments(form, args, kwargs)
        except KeyError:
            return value_of()  # raises in numpy's words
        named = dict(zip(form.parameters.split(), given, strict=True))
        if fixed is not None and not is_plain(named[fixed]):
            raise lost(name, [named[fixed]], reason)
        shape = numpy.broadcast_shapes(*(numpy.shape(detached(v)) for v in given)) if size is None else size
        given_to_base = [detached(named[fixed])] if fixed is not None else list(form.given)
        if name == "vonmises":
            given_to_base = [0.0, *given_to_base]
        value, base = twice(self, value_of, lambda: getattr(self, form.base)(*given_to_base, size=shape))
        numbers = all(not numpy.ndim(v) for v in given) and not any(type(v) is Tensor for v in given)
        # A parameter is an array, so that infinite and missing numbers are numpy's.
        made = asarray(form.formula(base, *map(asarray, given)))
        if made.shape != numpy.shape(value):
            made = arrays.broadcast_to(made, numpy.shape(value))
        current(made).array = value if isinstance(value, numpy.ndarray) else numpy.float64(value)
        return made.item() if numbers and not made.ndim else made

    return draw


def lost(name: str, values: Sequence[Any], reason: str) -> Exception:
    """Make the error for a parameter with a history where a draw has no derivative by it."""
    active = [x for value in values for x in variables_in(value)]
    cure = f"It has none: {reason}. Draw with plain parameters: rng.{name}(minitorch.detach(x), …)."
    return history_ends(f"np.random's {name}()", active[0].label(), cure, active)


def variables_in(value: Any) -> list[Any]:
    """Return the Variables with a history in a value."""
    kind = type(value)
    if kind in (list, tuple):
        return [x for item in value for x in variables_in(item)]
    if kind is numpy.ndarray and value.dtype.kind == "O":
        return variables_in(value.ravel().tolist())
    if not issubclass(kind, Variable) or is_plain(value):
        return []
    return [value.present()]


def refusing(name: str, method: Draw) -> Draw:
    """Make what stands in for a method without a derivative by its parameters."""

    def draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_plain((*args, *kwargs.values())):
            raise lost(name, [*args, *kwargs.values()], WITHOUT_DERIVATIVE[name])
        return plainly_drawn(method)(self, *args, **kwargs)

    return draw


def plainly_drawn(method: Draw) -> Draw:
    """Make what draws with plain parameters; new arrays can be written to, and `out` may be a Tensor."""

    def draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out")
        if type(out) is Tensor:
            drawn = numpy.empty(out.shape, out.dtype)
            method(self, *map(detached, args), **{**detached(kwargs), "out": drawn})
            out[...] = drawn
            return out
        result = method(self, *map(detached, args), **detached(kwargs))
        return result if out is not None else wrapped(result)

    return draw


# -- those that move elements ------------------------------------------------------------------------------------------


def moving(name: str, method: Draw) -> Draw:
    """Make what stands in for a method that moves the elements of its first argument: positions are moved likewise."""

    def draw(self: Any, *args: Any, **kwargs: Any) -> Any:
        first = args[0] if args else next((kwargs[n] for n in ("a", "x") if n in kwargs), None)
        rest = (*args[1:], *(v for n, v in kwargs.items() if n not in ("a", "x", "out")))
        if not is_plain(rest):
            raise lost(name, rest, "what is chosen jumps as the probabilities move")
        if type(first) is not Tensor and is_plain(first):
            return plainly_drawn(method)(self, *args, **kwargs)
        return moved(self, method, name, first, args, kwargs)

    return draw


def moved(generator: Any, method: Draw, name: str, first: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Return the elements of an array where a generator moves them, or move them in place."""
    others = {n: detached(v) for n, v in kwargs.items() if n not in ("a", "x", "out")}
    rest = list(map(detached, args[1:]))
    if name == "shuffle" and isinstance(first, list):
        return method(generator, first, *rest, **others)
    x = asarray(first)
    plain = numpy.array(current(x).array)
    numbers = numpy.arange(1, plain.size + 1).reshape(plain.shape)
    value, positions = twice(
        generator,
        lambda: method(generator, plain, *rest, **others),
        lambda: method(generator, numbers, *rest, **others),
    )
    if name == "shuffle":
        first[...] = gathered([current(x)], numbers, plain)
        return None
    made = gathered([current(x)], positions, numpy.asarray(value)[()])
    out = kwargs.get("out")
    if out is None:
        return made
    out[...] = made
    return out


# -- many numbers at once ----------------------------------------------------------------------------------------------


def multivariate_normal(method: Draw, legacy: bool) -> Draw:
    """Make what stands in for `multivariate_normal`: the mean, and a factor of the covariance times a base draw."""

    def draw(self: Any, mean: Any, cov: Any, size: Any = None, *args: Any, **kwargs: Any) -> Any:
        if is_plain((mean, cov)):
            return plainly_drawn(method)(self, mean, cov, size, *args, **kwargs)
        plain_mean, plain_cov = detached(mean), detached(cov)
        size_of_base = () if size is None else size if isinstance(size, (tuple, list)) else (size,)
        value, base = twice(
            self,
            lambda: method(self, plain_mean, plain_cov, size, *args, **kwargs),
            lambda: self.standard_normal((*size_of_base, len(plain_mean))),
        )
        how = "svd" if legacy else kwargs.get("method", "svd")
        made = asarray(mean) + numpy.matmul(base, factor(asarray(cov), how))
        current(made).array = value
        return made

    return draw


def factor(cov: Any, how: str) -> Any:
    """Return the factor of a covariance that numpy multiplies a base draw by, from the right."""
    if how == "cholesky":
        return numpy.swapaxes(linalg.cholesky(cov), -1, -2)
    if how == "eigh":
        values, vectors = linalg.eigh(cov)
        return numpy.swapaxes(vectors * numpy.sqrt(values), -1, -2)
    _, values, rows = linalg.svd(cov)
    return numpy.sqrt(values)[:, None] * rows
