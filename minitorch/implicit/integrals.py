"""Integrals, by Leibniz' rule: the derivative of an integral is the integral of the derivative, and its ends.

    I = integral of f(t, a) from p to q      dI/da = integral of df/da,  dI/dq = f(q, a),  dI/dp = -f(p, a)

Whatever the integrand was evaluated at is recorded; the integrals of its derivatives use those evaluations, with the
rule and the tolerances of the integral itself (H. Flanders, Differentiation under the Integral Sign, 1973).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from minitorch.arrays.elementwise import UFUNCS
from minitorch.arrays.function import apply
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import Tensor, current
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import recording
from minitorch.autodiff.outer import recorded_since
from minitorch.autodiff.place import place_of_caller
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.implicit.partials import Partial, known
from minitorch.implicit.recorded import Recorded, one_variable, plain_value
from minitorch.recorder import next_unique_id
from minitorch.scalars.primitives import FUNCTIONS

__all__ = ["Bound", "integral"]

Rule = Callable[[Callable[[float], Any]], Any]
"""Integrates a plain function of a plain number."""


class Bound:
    """An end of an integral that has a history.

    Args:
        at: the end, a Variable.
        sign: 1.0 for the upper end, -1.0 for the lower.
        weight: by what the integrand is multiplied there.
        towards: where the integrand may jump there, in which direction the next number is that counts.
    """

    def __init__(
        self, at: Any, sign: float, weight: Callable[[Any], Any] | None = None, towards: float | None = None
    ) -> None:
        self.at, self.sign, self.weight, self.towards = at, sign, weight, towards

    def share(self, samples: Samples) -> Partial:
        """Return the derivative by this end, recorded as it is called."""
        value = samples.at(self.at, self.towards).output * self.sign
        if self.weight is not None:
            value = value * self.weight(self.at)
        number = value.item() if type(value) is Tensor and type(self.at) is not Tensor else value
        return Partial(self.at, plain_value(number), lambda: number)


class Sample:
    """An integrand at one point.

    Args:
        output: its value there, a Variable or a plain number.
        own: the point itself, if it is a Variable.
        order: what was recorded, the youngest first.
        since: the smallest `unique_id` of what was recorded.
    """

    def __init__(self, output: Any, own: list[Any], order: list[Variable], since: int) -> None:
        self.output, self.own, self.order, self.since = output, own, order, since
        self._recorded: Recorded | None = None
        self._plain: Any = None
        self._again: list[Any] = []

    def gradient(self, outer: Sequence[Variable]) -> Any:
        """Return the derivatives by all numbers that the integrand reads, as one plain array."""
        if self._plain is None or self.is_older(outer):
            found = self.shares(outer, False)
            if all(type(share) is float for share in found):
                self._plain = numpy.array(found)
            else:
                self._plain = numpy.concatenate([numpy.zeros(0), *(numpy.reshape(share, -1) for share in found)])
        return self._plain

    def gradient_again(self, outer: Sequence[Variable]) -> list[Any]:
        """Return them recorded, one by one."""
        if not self._again:
            self._again = [part for share in self.shares(outer, True) for part in numbers_in(share)]
        return self._again

    def is_older(self, outer: Sequence[Variable]) -> bool:
        """Return whether more was found by now that the integrand reads."""
        return self._recorded is not None and len(self._recorded.outer) != len(outer)

    def shares(self, outer: Sequence[Variable], recorded: bool) -> list[Any]:
        """Return the derivative by each Variable that the integrand reads."""
        y = self.output
        if not is_variable(y) or is_constant(y):
            return [numpy.zeros(numpy.shape(plain_value(x))) for x in outer]
        if self._recorded is None or self.is_older(outer):
            self._recorded = Recorded(y, self.own, self.since, outer, self.order)
        seed: Any = numpy.ones_like(y.array)[()] if type(y) is Tensor else 1.0
        found = self._recorded.vjp(seed, recorded)[len(self.own) :]
        return [full(share, numpy.shape(plain_value(x))) for share, x in zip(found, outer, strict=True)]


def full(share: Any, shape: tuple[int, ...]) -> Any:
    """Return a share in the shape of what it is by; one that may be zero for all."""
    if not shape or numpy.shape(plain_value(share)) == shape:
        return share
    return numpy.broadcast_to(share, shape)


def numbers_in(share: Any) -> list[Any]:
    """Return the numbers of an array, or the one number."""
    if not numpy.shape(plain_value(share)):
        return [share]
    flat = numpy.reshape(share, -1)
    return [flat[index] for index in range(numpy.size(plain_value(share)))]


class Samples:
    """The points at which an integrand was evaluated.

    Args:
        evaluate: the integrand, of a number or a Variable.
        since: the smallest `unique_id` of what evaluations record.

    Attributes:
        outer: all that the integrand reads.
        is_closed: whether the integral is done: from then on the integrand may be another one.
    """

    def __init__(self, evaluate: Callable[[Any], Any], since: int) -> None:
        self.evaluate, self.since = evaluate, since
        self.known: dict[float, Sample] = {}
        self.outer: list[Variable] = []
        self.place = place_of_caller()
        self.is_closed = False

    def at(self, t: Any, towards: float | None = None) -> Sample:
        """Return the integrand at a point, which may be a Variable; at the number next to it in a direction, if any."""
        if not is_variable(t):
            if t not in self.known:
                if self.is_closed:
                    self.verify()
                self.known[t] = self.sample(t, [])
            return self.known[t]
        point: Any = apply(UFUNCS[numpy.positive], (t,)) if type(t) is Tensor else FUNCTIONS["Pos"].apply(t)
        if towards is not None and type(point) is Tensor:
            point.array = numpy.nextafter(point.array, towards)
        elif towards is not None:
            point.data = float(numpy.nextafter(point.data, towards))
        return self.sample(point, [point])

    def sample(self, t: Any, own: list[Any]) -> Sample:
        """Evaluate the integrand."""
        y = self.evaluate(t)
        y = current(y) if type(y) is Tensor else y
        if not is_variable(y):
            y = one_variable(y) if not isinstance(y, (int, float)) else y
        order: list[Variable] = []
        if is_variable(y) and not is_constant(y):
            names = {x.unique_id for x in (*self.outer, *own)}
            order, outer = recorded_since([y], self.since)
            self.outer += [x for x in outer if x.unique_id not in names]
        return Sample(y, own, order, self.since)

    def verify(self) -> None:
        """Evaluate the integrand where it is known.

        Raises:
            BackwardError: it has another value there, or reads something else.
        """
        t, before = next(iter(self.known.items()))
        count = len(self.outer)
        now = self.sample(t, [])
        same = numpy.array_equal(plain_value(now.output), plain_value(before.output), equal_nan=True)
        if not same or len(self.outer) != count:
            raise BackwardError(
                f"{self.place}: for a second derivative the integrand had to be evaluated at other points, and at "
                f"{t!r} it has another value than before: what it reads has changed since. Give it what varies as args"
            )
        self.is_closed = False


def integral(
    evaluate: Callable[[Any], Any], rule: Rule, bounds: Sequence[Bound] = (), since: int | None = None
) -> tuple[Any, Any]:
    """Integrate a function, and return the integral as a Variable, with what the rule returned.

    Args:
        evaluate: the integrand, of a number or a Variable.
        rule: integrates a plain function and returns a tuple, the integral first.
        bounds: the ends that have a history.
        since: the smallest `unique_id` of what evaluations record; by default they are yet to come.
    """
    samples = Samples(evaluate, next_unique_id() if since is None else since)
    result = rule(lambda t: plain_value(samples.at(t).output))
    ends = [bound.share(samples) for bound in bounds]
    derivatives = by_outer(samples, rule)
    samples.is_closed = True
    partials, start = list(ends), 0
    for x in samples.outer:
        shape = numpy.shape(plain_value(x))
        size = int(numpy.prod(shape))
        value = numpy.reshape(derivatives[start : start + size], shape)
        again = by_need(samples, rule, bounds, range(start, start + size), shape)
        partials.append(Partial(x, value if shape else float(value), again))
        start += size
    return known(result[0], partials), result


def by_outer(samples: Samples, rule: Rule) -> Any:
    """Return the integrals of the derivatives by all numbers that the integrand reads."""
    while True:
        outer = list(samples.outer)
        size = sum(int(numpy.size(plain_value(x))) for x in outer)
        rows = [sample.gradient(outer) for sample in samples.known.values()]
        moving = numpy.any(rows, axis=0) if rows else numpy.zeros(size, bool)
        found = numpy.zeros(size)
        for index in numpy.flatnonzero(moving):
            found[index] = rule(functools.partial(slope_at, samples, outer, int(index)))[0]
        if len(samples.outer) == len(outer):
            return found
        # A part of the integrand that was not seen before reads something else: once more, with all.


def slope_at(samples: Samples, outer: Sequence[Variable], index: int, t: float) -> Any:
    """Return the derivative of an integrand at a point by one of the numbers that it reads."""
    return samples.at(t).gradient(outer)[index]


def by_need(
    samples: Samples, rule: Rule, bounds: Sequence[Bound], places: range, shape: tuple[int, ...]
) -> Callable[[], Any]:
    """Make what gives the derivative by a Variable as an integral of its own, made when it is first needed."""
    made: list[Any] = []

    def again() -> Any:
        if not made:
            with recording():
                found = [derived(samples, rule, bounds, place) for place in places]
            made.append(found[0] if not shape else numpy.reshape(asarray(found), shape))
        return made[0]

    return again


def derived(samples: Samples, rule: Rule, bounds: Sequence[Bound], place: int) -> Any:
    """Return the integral of the derivative by one number."""
    outer = list(samples.outer)
    return integral(lambda t: samples.at(t).gradient_again(outer)[place], rule, bounds, samples.since)[0]
