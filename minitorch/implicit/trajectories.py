"""Solutions of differential equations by solvers whose steps are not seen: their derivatives solve equations, too.

    y' = f(t, y, a)       S = dy/da      S' = df/dy S + df/da      with the solver and the tolerances of y itself

So it is by whatever the right side reads, and by the initial values; by the times the derivative is the right side
(E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I, 1993, section I.14).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy

from minitorch.arrays.batches import batched_pass
from minitorch.arrays.makers import asarray
from minitorch.arrays.tensor import current
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.grad_mode import recording
from minitorch.autodiff.outer import outer_variables
from minitorch.autodiff.place import place_of_caller
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.implicit.partials import Partial, known
from minitorch.implicit.recorded import Recorded, leaf, one_variable, plain_value
from minitorch.recorder import next_unique_id

__all__ = ["Trajectory"]

Slope = Callable[[Any, Any], Any]
"""The right side: of a time and an array of values."""

Solver = Callable[[Slope, Any, Any], Any]
"""Takes a plain right side, initial values and times, and returns the values at all times, with a row per time."""


class Trajectory:
    """A solution of a differential equation.

    Args:
        slope: the right side, of numbers or Variables.
        solve: solves an equation with any number of values, for the times and with the tolerances of this one.
        start: the initial values, an array or a Tensor.
        times: when the solution is wanted, the first of them that of the initial values.
        since: the smallest `unique_id` of what the right side records; by default it is yet to be called.

    Attributes:
        outer: what the right side reads.
    """

    def __init__(self, slope: Slope, solve: Solver, start: Any, times: Any, since: int | None = None) -> None:
        self.slope, self.solve = slope, solve
        self.start, self.times = one_variable(start), one_variable(times)
        self.since = next_unique_id() if since is None else since
        self.outer: list[Variable] = []
        self.place = place_of_caller()
        self.first: tuple[float, Any, Any] | None = None
        self.size = int(numpy.size(plain_value(self.start)))
        # Where the times move, so do the values at the first of them.
        self.moves_start = is_active(self.start) or is_active(self.times)
        self.node: Any = None
        self._again: Any = None

    # -- the plain run -------------------------------------------------------------------------------------------------

    def watched(self, t: float, y: Any) -> Any:
        """Return the right side as a plain array, and remember what it reads."""
        # The solver may use its array again.
        found = one_variable(self.slope(t, numpy.array(y)))
        value = plain_value(found)
        if self.first is None:
            self.first = t, numpy.array(y), value
        self.note(found)
        return value

    def note(self, found: Any, own: Sequence[Variable] = ()) -> None:
        """Remember what a value was made from."""
        if is_variable(found) and not is_constant(found):
            names = {x.unique_id for x in (*self.outer, *own)}
            self.outer += [x for x in outer_variables([found], self.since) if x.unique_id not in names]

    # -- sensitivities -------------------------------------------------------------------------------------------------

    @property
    def parameters(self) -> list[Any]:
        """What the solution depends on, beside the times: the initial values, if they may move, then the rest."""
        return [self.start, *self.outer] if self.moves_start else list(self.outer)

    def with_history(self, values: Any) -> Any:
        """Return values, with a row per time, that the solver found by `watched`, as a Variable."""
        if not self.parameters and not is_active(self.times):
            return values
        sensitivities = self.sensitivities()
        partials, first = [], 0
        for x in self.parameters:
            shape = numpy.shape(plain_value(x))
            size = int(numpy.prod(shape))
            value = sensitivities[:, first : first + size].transpose(0, 2, 1).reshape(*values.shape, *shape)
            if is_active(x):
                partials.append(Partial(x, value, self.part(first, size, shape)))
            first += size
        if is_active(self.times):
            partials.append(self.by_times(values, sensitivities))
        self.node = known(values, partials)
        return self.node

    def sensitivities(self) -> Any:
        """Return the derivatives of the values at all times by all parameters: axes are time, parameter, value."""
        while True:
            parameters = list(self.parameters)
            count = sum(int(numpy.size(plain_value(x))) for x in parameters)
            whole = self.solve(self.with_tangents(count), self.extended(count), plain_value(self.times))
            if len(self.parameters) == len(parameters):
                return numpy.reshape(whole[:, self.size :], (len(whole), count, self.size))

    def extended(self, count: int) -> Any:
        """Return the initial values together with their sensitivities."""
        moved = numpy.zeros((count, self.size))
        if self.moves_start:
            moved[: self.size] = numpy.eye(self.size)
        return numpy.concatenate([numpy.reshape(plain_value(self.start), -1), moved.reshape(-1)])

    def with_tangents(self, count: int) -> Slope:
        """Return the right side for the values together with their sensitivities, plain."""
        seeds = self.seeds(count)

        def slope(t: float, z: Any) -> Any:
            z = numpy.array(z)
            y, moving = z[: self.size], z[self.size :].reshape(count, self.size)
            with leaf(y) as u:
                found = one_variable(self.slope(t, u))
            self.note(found, [u])
            value = numpy.reshape(plain_value(found), -1)
            if not is_variable(found) or is_constant(found):
                return numpy.concatenate([value, numpy.zeros(count * self.size)])
            recorded = Recorded(found, [u], outer=self.outer)
            moved = batched_pass(recorded.order, {**seeds, u.unique_id: moving}, count).get(found.unique_id)
            rest = numpy.zeros(count * self.size) if moved is None else numpy.reshape(moved, -1)
            return numpy.concatenate([value, rest])

        return slope

    def seeds(self, count: int) -> dict[int, Any]:
        """Return tangents of all parameters of the right side together, one of each 1 in turn."""
        found = {}
        first = self.size if self.moves_start else 0
        for x in self.outer:
            shape = numpy.shape(plain_value(x))
            size = int(numpy.prod(shape))
            seed = numpy.zeros((count, size))
            seed[numpy.arange(first, first + size), numpy.arange(size)] = 1.0
            found[x.unique_id] = seed.reshape(count, *shape)
            first += size
        return found

    # -- times ---------------------------------------------------------------------------------------------------------

    def by_times(self, values: Any, sensitivities: Any) -> Partial:
        """Return the derivative by the times: the right side, and back through the solution for the first."""
        partial = numpy.zeros((*values.shape, len(values)))
        slopes = [self.slope_at(float(t), y) for t, y in zip(plain_value(self.times), values, strict=True)]
        for row, slope in enumerate(slopes):
            partial[row, :, row] = plain_value(slope)
        partial[:, :, 0] -= numpy.einsum("kpn,p->kn", sensitivities[:, : self.size], plain_value(slopes[0]))
        return Partial(self.times, partial, self.by_times_again)

    def slope_at(self, t: Any, y: Any) -> Any:
        """Return the right side at a time, as an array of one axis."""
        return numpy.reshape(asarray(self.slope(t, y)), -1)

    def by_times_again(self) -> Any:
        """Return the derivative by the times, recorded."""
        self.verify()
        count = len(plain_value(self.times))
        units = numpy.eye(count)
        with recording():
            slopes = [self.slope_at(self.times[row], current(self.node[row])) for row in range(count)]
            own = [numpy.reshape(slope, (-1, 1)) * unit for slope, unit in zip(slopes, units, strict=True)]
            back = numpy.einsum("kpn,p->kn", self.solution_again()[:, : self.size], slopes[0])
            return numpy.stack(own) - numpy.reshape(back, (count, self.size, 1)) * units[0]

    # -- once more -----------------------------------------------------------------------------------------------------

    def part(self, first: int, size: int, shape: tuple[int, ...]) -> Callable[[], Any]:
        """Return what gives the derivative by one of the parameters, recorded."""

        def again() -> Any:
            found = self.solution_again()[:, first : first + size]
            return numpy.transpose(found, (0, 2, 1)).reshape(*found.shape[:1], self.size, *shape)

        return again

    def solution_again(self) -> Any:
        """Return the sensitivities as a Variable: the solution of their equations."""
        if self._again is None:
            self.verify()
            with recording():
                parameters = list(self.parameters)
                count = sum(int(numpy.size(plain_value(x))) for x in parameters)
                start = self.extended(count)
                if is_active(self.start):
                    start = numpy.concatenate([numpy.reshape(self.start, -1), start[self.size :]])
                again = Trajectory(self.recorded_slope(count), self.solve, start, self.times, self.since)
                values = self.solve(again.watched, plain_value(again.start), plain_value(self.times))
                found = again.with_history(values)
                self._again = found[:, self.size :].reshape(-1, count, self.size)
        return self._again

    def recorded_slope(self, count: int) -> Slope:
        """Return the right side for the values together with their sensitivities, recorded."""
        seeds = self.seeds(count)

        def slope(t: Any, z: Any) -> Any:
            z = one_variable(z)
            with leaf(plain_value(z)[: self.size]) as fresh:
                y = current(z[: self.size] * 1.0) if is_active(z) else fresh
                found = one_variable(self.slope(t, y))
            rest = numpy.zeros(count * self.size)
            if not is_variable(found) or is_constant(found):
                return numpy.concatenate([numpy.reshape(asarray(found), -1), rest])
            recorded = Recorded(found, [y], outer=self.outer)
            rows = []
            for row in range(count):
                tangent = current(z[self.size * (row + 1) : self.size * (row + 2)])
                moved = recorded.jvp([tangent, *(seeds[x.unique_id][row] for x in self.outer)], recorded=True)
                rows.append(rest[: self.size] if moved is None else moved)
            return numpy.concatenate([found, *rows])

        return slope

    def verify(self) -> None:
        """Call the right side where it is known.

        Raises:
            BackwardError: it has another value there.
        """
        if self.first is None:
            return
        t, y, before = self.first
        if not numpy.array_equal(plain_value(one_variable(self.slope(t, y))), before, equal_nan=True):
            raise BackwardError(
                f"{self.place}: for a second derivative the right side of the equation had to be called again, and at "
                f"t = {t!r} it has another value than before: what it reads has changed since. Give it what varies as "
                "args"
            )


def is_active(x: Any) -> bool:
    """Return whether a value has a history."""
    return is_variable(x) and not is_constant(x.present())
