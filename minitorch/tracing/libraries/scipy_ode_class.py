"""`ode` and `complex_ode` of `scipy.integrate`, whose integrators are in Fortran or C.

solver = ode(lambda t, y, k: -k * y).set_integrator("dopri5").set_initial_value(start).set_f_params(k)
solver.integrate(1.0)                                                       has derivatives by start and k
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.autodiff.errors import BackwardError
from minitorch.implicit.trajectories import Trajectory
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.solver_calls import Watched, depends
from minitorch.transformer import Alias

__all__ = ["for_size", "joined", "ode_classes"]


def ode_classes(integrate: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the rows of both classes."""
    traced = traced_ode(integrate.ode, integrate.odeint, resolve)
    yield integrate.ode, Alias("ode", traced)
    yield integrate.complex_ode, Alias("complex_ode", in_two_parts(traced, resolve))


def for_size(tolerance: Any, size: int, total: int) -> Any:
    """Return tolerances for values together with their derivatives: those of the values in turn."""
    plain = detach(tolerance)
    return numpy.tile(plain, total // size) if numpy.ndim(plain) else plain


def joined(first: Any, times: Any) -> Any:
    """Return times with another one before them."""
    return numpy.concatenate([numpy.reshape(asarray(first), -1), numpy.reshape(asarray(times), -1)])


USUAL = {"rtol": 1e-6, "atol": 1e-12}
"""The tolerances of `ode`, where none are set."""


def traced_ode(kind: Any, odeint: Callable[..., Any], resolve: Resolve) -> Any:
    """Return the class of `ode` objects whose values have histories.

    Args:
        kind: scipy's.
        odeint: scipy's other solver.
        resolve: finds what traced code calls in place of a callable.
    """

    class TracedOde(kind):  # type: ignore[misc]
        def __init__(self, f: Any, jac: Any = None) -> None:
            self._given = resolve(f)
            self._params: tuple[Any, ...] = ()
            self._start: Any = None
            self._since: Any = 0.0
            self._made: tuple[str, dict[str, Any]] = ("", {})
            super().__init__(f, None if jac is None else Watched(resolve(jac)))

        @property
        def y(self) -> Any:
            return self._y if self._start is None else self._start

        def set_integrator(self, name: str, **params: Any) -> Any:
            self._made = name, detach(params)
            return super().set_integrator(name, **detach(params))

        def set_f_params(self, *args: Any) -> Any:
            self._params = args
            return self

        def set_jac_params(self, *args: Any) -> Any:
            return super().set_jac_params(*detach(args))

        def set_initial_value(self, y: Any, t: Any = 0.0) -> Any:
            super().set_initial_value(detach(y), detach(t))
            self._start = numpy.reshape(asarray(y), -1) if depends(y) else None
            self._since = t
            return self

        def integrate(self, t: Any, step: bool = False, relax: bool = False) -> Any:
            start = numpy.array(self._y) if self._start is None else self._start
            since, params = self._since, self._params
            given = self._given

            def slope(at: Any, y: Any) -> Any:
                return given(at, y, *params)

            path = Trajectory(slope, self._again, start, joined(since, t if not (step or relax) else detach(t)))
            self.f = path.watched
            before = detach(start)
            value = numpy.array(super().integrate(detach(t), step, relax))
            self._since = t if not (step or relax) else self.t
            if not (path.outer or depends((start, since, t))):
                self._start = None
                return value
            if value.dtype.kind == "c":
                raise BackwardError(
                    "an ode of complex values has no derivative here: make it a complex_ode, which has two real parts"
                )
            self._start = path.with_history(numpy.stack([before, value]))[1]
            return self._start

        def _again(self, function: Any, z: Any, times: Any) -> Any:
            name, params = self._made
            own = {key: for_size(params.get(key, usual), len(self._y), len(z)) for key, usual in USUAL.items()}
            if times[0] == times[1]:
                return numpy.stack([z, z])
            if name not in ("dopri5", "dop853"):
                # The other integrators solve one problem at a time, and this one is not done.
                steps = {"mxstep": params.get("nsteps", 500) * 10}
                return odeint(function, z, times, tfirst=True, **own, **steps)
            own["nsteps"] = params.get("nsteps", 500) * 10
            solver = kind(function).set_integrator(name, **own).set_initial_value(z, times[0])
            values = numpy.stack([z, solver.integrate(times[1])])
            if not solver.successful():
                raise BackwardError("the derivatives of what ode.integrate returned can't be solved for")
            return values

    TracedOde.__name__, TracedOde.__qualname__, TracedOde.__module__ = kind.__name__, kind.__qualname__, kind.__module__
    return TracedOde


def in_two_parts(traced: Any, resolve: Resolve) -> Any:
    """Return the class of `complex_ode` objects: the real and imaginary parts in turn are the values of an `ode`.

    Args:
        traced: the class of those.
        resolve: finds what traced code calls in place of a callable.
    """

    class TracedComplexOde(traced):  # type: ignore[misc]
        def __init__(self, f: Any, jac: Any = None) -> None:
            given = resolve(f)

            def slope(t: Any, y: Any, *args: Any) -> Any:
                found = asarray(given(t, together(y), *args))
                return apart(found)

            super().__init__(slope)

        @property
        def y(self) -> Any:
            return together(super().y)

        def set_initial_value(self, y: Any, t: Any = 0.0) -> Any:
            return super().set_initial_value(apart(numpy.reshape(asarray(y), -1)), t)

        def integrate(self, t: Any, step: bool = False, relax: bool = False) -> Any:
            return together(super().integrate(t, step, relax))

    return TracedComplexOde


def together(parts: Any) -> Any:
    """Return the complex numbers of their parts in turn."""
    return parts[::2] + 1j * parts[1::2]


def apart(numbers: Any) -> Any:
    """Return the parts of complex numbers in turn."""
    return numpy.reshape(numpy.stack([numpy.real(numbers), numpy.imag(numbers)], axis=1), -1)
