"""What autograd's own tests import, with plain numpy and scipy for its wrappers and our derivatives for its own.

Complex arguments are differentiated by their real and imaginary parts, which is what autograd's convention is about.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy
import scipy.integrate
import scipy.linalg
import scipy.signal
import scipy.special
import scipy.stats

import minitorch

STEP, TOLERANCE = 1e-6, 1e-6
"""Those of autograd's checks."""


def install() -> None:
    """Let `import autograd` and its submodules give what is here."""
    names = {name: getattr(minitorch, name) for name in ("jacobian", "value_and_grad", "hessian")}
    modules: dict[str, Any] = {
        "autograd": module("autograd", **names, grad=grad, tuple=tuple, list=list, dict=dict),
        "autograd.numpy": numpy, "autograd.numpy.random": numpy.random, "autograd.numpy.linalg": numpy.linalg,
        "autograd.scipy": scipy, "autograd.scipy.stats.multivariate_normal": scipy.stats.multivariate_normal,
        "autograd.test_util": module("autograd.test_util", check_grads=check_grads, combo_check=combo_check),
    }  # fmt: skip
    for part in ("integrate", "linalg", "signal", "special", "stats"):
        modules[f"autograd.scipy.{part}"] = getattr(scipy, part)
    modules["autograd"].numpy, modules["autograd"].scipy = numpy, scipy
    sys.modules.update(modules)


def grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """Do what `minitorch.grad` does, and take an array of one element for a number, as autograd does."""
    return minitorch.grad(lambda *args, **kwargs: numpy.sum(f(*args, **kwargs)))


def module(name: str, **contents: Any) -> ModuleType:
    """Return a new module."""
    made = ModuleType(name)
    made.__path__ = []
    made.__dict__.update(contents)
    return made


def check_grads(f: Callable[..., Any], argnum: Any = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2) -> Any:
    """Make what compares derivatives of `f` with differences, as autograd's own check does.

    Args:
        f: the function.
        argnum: the positions of the arguments to differentiate by; all are, where tests give none.
        modes: of `fwd` and `rev`, those to check.
        order: the highest derivative.
    """

    def check(*values: Any, **kwargs: Any) -> None:
        places = range(len(values)) if argnum == 0 else argnum
        chosen = [place for place in places if is_numeric(values[place])]

        def of_parts(*parts: Any) -> Any:
            given, rest = list(values), list(parts)
            for place in chosen:
                given[place] = joined(values[place], rest)
            return real_parts(f(*given, **kwargs))

        primals = [part for place in chosen for part in parts_of(values[place])]
        check_real(of_parts, primals, modes, order)

    return check


def combo_check(f: Callable[..., Any], argnum: Any = 0, **options: Any) -> Callable[..., None]:
    """Make what checks all combinations of arguments."""

    def check(*choices: Any, **named: Any) -> None:
        pairs = [[(name, value) for value in values] for name, values in named.items()]
        for values in itertools.product(*choices):
            for keywords in itertools.product(*pairs):
                check_grads(f, argnum, **options)(*values, **dict(keywords))

    return check


def is_numeric(value: Any) -> bool:
    """Return whether a value is a number, an array of numbers, or a list or tuple of such."""
    if isinstance(value, (list, tuple)):
        return all(map(is_numeric, value)) and len(value) > 0
    return isinstance(value, (int, float, complex, numpy.number, numpy.ndarray)) and numpy.asarray(value).dtype != bool


def parts_of(value: Any) -> list[Any]:
    """Return the numbers and arrays of a value, complex ones as their real and imaginary parts."""
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in parts_of(item)]
    if numpy.iscomplexobj(value):
        return [numpy.real(value) + 0.0, numpy.imag(value) + 0.0]
    return [value + 0.0]


def joined(like: Any, parts: list[Any]) -> Any:
    """Return a value made of the next parts, which are taken off the list."""
    if isinstance(like, (list, tuple)):
        return type(like)(joined(item, parts) for item in like)
    first = parts.pop(0)
    return first + 1j * parts.pop(0) if numpy.iscomplexobj(like) else first


def real_parts(value: Any) -> list[Any]:
    """Return the real and imaginary parts of all arrays in a result."""
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in real_parts(item)]
    if numpy.iscomplexobj(value):
        return [numpy.real(value), numpy.imag(value)]
    return [value]


def check_real(f: Callable[..., Any], primals: list[Any], modes: Sequence[str], order: int) -> None:
    """Compare derivatives of a function of real arrays, which returns a list of them."""
    outputs = [numpy.asarray(minitorch.detach(y), float) for y in f(*primals)]
    tangents, cotangents = [random_like(x) for x in primals], [random_like(y) for y in outputs]
    ahead = f(*[x + v * (STEP / 2) for x, v in zip(primals, tangents, strict=True)])
    behind = f(*[x - v * (STEP / 2) for x, v in zip(primals, tangents, strict=True)])
    change = [(numpy.asarray(a) - numpy.asarray(b)) / STEP for a, b in zip(ahead, behind, strict=True)]
    if "rev" in modes:
        shares = minitorch.vjp(f, *primals)[1](cotangents)
        close(inner(cotangents, change), inner(shares, tangents))
        if order > 1:
            check_real(reverse(f, len(primals)), [*primals, *cotangents], modes, order - 1)
    if "fwd" in modes:
        pushed = minitorch.jvp(f, tuple(primals), tuple(tangents))[1]
        close(inner(cotangents, change), inner(cotangents, pushed))
        if order > 1:
            check_real(forward(f, len(primals)), [*primals, *tangents], modes, order - 1)


def reverse(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Make the function of primals and cotangents that gives the derivatives."""
    return lambda *values: list(minitorch.vjp(f, *values[:count])[1](list(values[count:])))


def forward(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Make the function of primals and tangents that gives the tangents of the results."""
    return lambda *values: list(minitorch.jvp(f, values[:count], values[count:])[1])


def random_like(value: Any) -> Any:
    """Return random numbers in the shape of a value."""
    made = numpy.random.standard_normal(numpy.shape(value))
    return float(made) if numpy.ndim(value) == 0 else made


def inner(one: Sequence[Any], other: Sequence[Any]) -> float:
    """Return the inner product of two lists of arrays."""
    return sum(float(numpy.sum(numpy.asarray(a) * numpy.asarray(b))) for a, b in zip(one, other, strict=True))


def close(one: float, other: float) -> None:
    """Compare two numbers as autograd does."""
    difference = abs(one - other)
    assert difference < TOLERANCE or difference / abs(one + other) < TOLERANCE, (one, other)
