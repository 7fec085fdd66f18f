"""Differential equations that `scipy.integrate` solves in Fortran or C: `odeint`, and `solve_ivp` by LSODA.

Their steps are not seen, so the derivatives are solved for by the same solver. What is solved in Python, by the methods
of Runge and Kutta, Radau or BDF, is followed step by step instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.autodiff.errors import BackwardError
from minitorch.implicit.opaque import with_value
from minitorch.implicit.roots import implicit_root
from minitorch.implicit.trajectories import Trajectory
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import gated
from minitorch.tracing.libraries.scipy_ode_class import for_size, joined, ode_classes
from minitorch.tracing.libraries.solver_calls import SolverCall, Watched, depends, solver_row
from minitorch.transformer import Alias

__all__ = ["ode_rows"]


def ode_rows(integrate: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of what solves differential equations in Fortran or C."""
    yield from solver_row(integrate.odeint, odeint, resolve)
    followed = gated(integrate.solve_ivp)
    yield from solver_row(integrate.solve_ivp, lambda call: solve_ivp(call, followed), resolve)
    yield from ode_classes(integrate, resolve)


# -- odeint ------------------------------------------------------------------------------------------------------------


def odeint(call: SolverCall) -> Any:
    """Solve an equation by LSODA, for given times."""
    given, is_time_first = call.resolve(call.arguments["func"]), bool(call.get("tfirst"))
    args = call.args()
    call.watch("Dfun", args)

    def slope(t: Any, y: Any) -> Any:
        return given(t, y, *args) if is_time_first else given(y, t, *args)

    def in_order(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return function if is_time_first else lambda y, t: function(t, y)

    def solve(function: Callable[[Any, Any], Any], z: Any, times: Any) -> Any:
        tolerances = {name: for_size(call.get(name), size, len(z)) for name in ("rtol", "atol")}
        own = {"Dfun": None, "ml": None, "mu": None, "full_output": None, **tolerances}
        watched, call.watched = call.watched, {}
        try:
            own = {name: value for name, value in own.items() if name in call.arguments}
            return call.run(func=in_order(function), y0=z, t=times, args=(), **own)
        finally:
            call.watched = watched

    start = asarray(call.arguments["y0"])
    size = int(numpy.size(detach(start)))
    path = Trajectory(slope, solve, start, asarray(call.arguments["t"]))
    result = call.run(func=in_order(path.watched), args=())
    is_tuple = isinstance(result, tuple)
    found = path.with_history(result[0] if is_tuple else result)
    return (found, *result[1:]) if is_tuple else found


# -- solve_ivp ---------------------------------------------------------------------------------------------------------


def solve_ivp(call: SolverCall, followed: Callable[..., Any]) -> Any:
    """Solve an equation from a time to another; by another method than LSODA it is followed step by step."""
    method = call.get("method", "RK45")
    if getattr(method, "__name__", method) != "LSODA":
        return followed(*call.bound.args, **call.bound.kwargs)
    return Lsoda(call).result()


class Lsoda:
    """A call of `solve_ivp` by LSODA.

    Args:
        call: the call.
    """

    def __init__(self, call: SolverCall) -> None:
        self.call = call
        self.args = call.args()
        self.right = call.resolve(call.arguments["fun"])
        self.start = asarray(call.arguments["y0"])
        self.first, self.last = call.arguments["t_span"]
        self.options = {name: detach(value) for name, value in call.get("options", {}).items()}
        if callable(self.options.get("jac")):
            self.options["jac"] = Watched(call.resolve(self.options["jac"]), self.args)
        self.watching = Trajectory(self.slope, self.solver, self.start, numpy.zeros(0))
        given = call.get("events")
        events = [given] if callable(given) else list(given or ())
        self.events = [Watched(call.resolve(event), self.args) for event in events]

    def slope(self, t: Any, y: Any) -> Any:
        """Return the right side."""
        return self.right(t, y, *self.args)

    def result(self) -> Any:
        """Return what the solver does, with histories."""
        watching = self.watching
        result = self.run()
        active = (self.start, self.first, self.last, self.call.get("t_eval"))
        if not (watching.outer or any(event.is_active for event in self.events) or depends(active)):
            return result
        ends = self.with_events(result)
        times = self.times(result, ends)
        # The first of the times of a trajectory is that of its start.
        whole = times if self.call.get("t_eval") is None else joined(self.first, times)
        values = result.y.T if whole is times else numpy.concatenate([detach(self.start)[None], result.y.T])
        found = self.path(whole).with_history(values)
        rows = found if whole is times else found[1:]
        result.y = with_value(rows.T, result.y)
        result.t = with_value(times, result.t)
        if result.sol is not None:
            result.sol = Dense(self, result.sol)
        return result

    def path(self, times: Any) -> Trajectory:
        """Return the solution for times, the first of them that of the start."""
        made = Trajectory(self.slope, self.solver, self.start, times, self.watching.since)
        made.outer, made.first = list(self.watching.outer), self.watching.first
        return made

    def run(self) -> Any:
        """Call the solver on plain values."""
        return self.call.function(
            self.watching.watched,
            (detach(self.first), detach(self.last)),
            detach(self.start),
            method=self.call.arguments["method"],
            t_eval=detach(self.call.get("t_eval")),
            dense_output=self.call.get("dense_output", False),
            events=self.events or None,
            **self.options,
        )

    def solver(self, function: Callable[[Any, Any], Any], z: Any, times: Any) -> Any:
        """Solve an equation with this one's tolerances."""
        options = {name: value for name, value in self.options.items() if name not in ("jac", "lband", "uband")}
        size = int(numpy.size(detach(self.start)))
        for name, usual in (("atol", 1e-6), ("rtol", 1e-3)):
            options[name] = for_size(options.get(name, usual), size, len(z))
        later = times[1:]
        if not len(later) or (later == times[0]).all():
            return numpy.broadcast_to(z, (len(times), len(z)))
        found = self.call.function(function, (times[0], later[-1]), z, method="LSODA", t_eval=later, **options)
        if found.status < 0:
            raise BackwardError(f"the derivatives of a solution by LSODA can't be solved for: {found.message}")
        return numpy.concatenate([z[None], found.y.T])

    def times(self, result: Any, ends: list[Any]) -> Any:
        """Return the times of a result, as far as they have histories with them."""
        t_eval = self.call.get("t_eval")
        if t_eval is not None:
            return asarray(t_eval)[: len(result.t)] if depends(t_eval) else result.t
        last = ends[-1] if result.status == 1 else self.last
        if not depends((self.first, last)) or len(result.t) < 2:
            return result.t
        return asarray([self.first, *result.t[1:-1].tolist(), last])

    def at(self, t: Any, value: Any) -> Any:
        """Return the values at a time, which the solver has found."""
        values = numpy.stack([numpy.reshape(detach(self.start), -1), value])
        return self.path(joined(self.first, t)).with_history(values)[1]

    def with_events(self, result: Any) -> list[Any]:
        """Give the times of events and the values then histories; return all such times in order."""
        found = []
        for index, event in enumerate(self.events):
            times, values = [], []
            for t, y in zip(result.t_events[index], result.y_events[index], strict=True):
                times.append(self.event_time(event, t, y))
                values.append(self.at(times[-1], y))
            found += times
            if times:
                result.t_events[index] = with_value(asarray(times), result.t_events[index])
                result.y_events[index] = with_value(numpy.stack(values), result.y_events[index])
        return sorted(found, key=detach, reverse=bool(detach(self.last) < detach(self.first)))

    def event_time(self, event: Watched, t: Any, value: Any) -> Any:
        """Return the time of an event: a root of its function along the solution."""
        return implicit_root(lambda at: event.on_variables(at, self.at(at, value)), t)


class Dense:
    """The solution at any time, as `OdeSolution` gives it, with histories.

    Args:
        solution: the call that it comes from.
        plain: what gives the plain values.
    """

    def __init__(self, solution: Lsoda, plain: Any) -> None:
        self._solution, self._plain = solution, plain

    def __getattr__(self, name: str) -> Any:
        """Answer as the plain one does."""
        return getattr(self.__dict__["_plain"], name)

    def __call__(self, t: Any) -> Any:
        """Return the values at one time, or at several as columns."""
        at = detach(t)
        values = self._plain(at)
        if not numpy.ndim(at):
            return with_value(self._solution.at(t, values), values)
        columns = [self._solution.at(t[index], values[:, index]) for index in range(len(at))]
        return with_value(numpy.stack(columns, axis=1), values)
