"""`solve_bvp` of `scipy.integrate`: the solution is the root of the collocation equations at the mesh of the end.

    solve_bvp(lambda t, y: [y[1], -k * y[0]], lambda a, b: [a[0], b[0] - end], …)       has derivatives by k and end

The equations are those of J. Kierzenka and L. F. Shampine, ACM Trans. Math. Softw. 27, 2001, as scipy has them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy

from minitorch.arrays.makers import asarray
from minitorch.autodiff.errors import BackwardError
from minitorch.autodiff.topological_order import is_variable
from minitorch.implicit.opaque import with_value
from minitorch.implicit.roots import implicit_root
from minitorch.scalars.detach import detach
from minitorch.tracing.libraries import Resolve
from minitorch.tracing.libraries.scipy_calls import gated
from minitorch.tracing.libraries.solver_calls import SolverCall, depends, solver_row
from minitorch.transformer import Alias

__all__ = ["bvp_rows"]


def bvp_rows(integrate: ModuleType, resolve: Resolve) -> Iterator[tuple[Any, Alias]]:
    """Yield the row of `solve_bvp`."""
    yield from solver_row(integrate.solve_bvp, solve_bvp, resolve)


def solve_bvp(call: SolverCall) -> Any:
    """Solve a boundary value problem."""
    watched = [call.watch(name) for name in ("fun", "bc", "fun_jac", "bc_jac")]
    result = call.run()
    right, ends = watched[:2]
    guesses = {"y", "p"}
    active = depends([value for name, value in call.arguments.items() if name not in guesses])
    if right is None or ends is None or not (active or right.is_active or ends.is_active):
        return result
    if call.get("S") is not None:
        raise BackwardError("solve_bvp with a singular term S has no derivative here: write it into the equations")
    n, m = result.y.shape
    mesh = moved_mesh(call.arguments["x"], result.x)
    steps = mesh[1:] - mesh[:-1]

    def parts(z: Any) -> tuple[Any, list[Any]]:
        p = [] if result.p is None else [z[n * m :]]
        return z[: n * m].reshape(n, m), p

    def residual(z: Any) -> Any:
        y, p = parts(z)
        f = asarray(right.on_variables(mesh, y, *p))
        middle = 0.5 * (y[:, 1:] + y[:, :-1]) - 0.125 * steps * (f[:, 1:] - f[:, :-1])
        f_middle = asarray(right.on_variables(mesh[:-1] + 0.5 * steps, middle, *p))
        between = y[:, 1:] - y[:, :-1] - steps / 6 * (f[:, :-1] + f[:, 1:] + 4 * f_middle)
        at_ends = asarray(ends.on_variables(y[:, 0], y[:, -1], *p))
        return numpy.concatenate([between.reshape(-1), at_ends])

    found = implicit_root(residual, numpy.concatenate([result.y.reshape(-1), [] if result.p is None else result.p]))
    if not is_variable(found):
        return result
    y, p = parts(found)
    f = with_value(asarray(right.on_variables(mesh, y, *p)), result.yp)
    result.x = with_value(mesh, result.x)
    spline = gated(importlib.import_module("scipy.integrate._bvp").create_spline)
    result.sol = spline(y, f, mesh, steps)
    result.y, result.yp = with_value(y, result.y), f
    result.p = with_value(p[0], result.p) if p else None
    return result


def moved_mesh(given: Any, final: Any) -> Any:
    """Return the mesh that a solver ends with, which moves with the one that it was given: it was refined evenly."""
    if not depends(given):
        return final
    mesh, plain = asarray(given), numpy.asarray(detach(given), float)
    places = numpy.clip(numpy.searchsorted(plain, final, side="right") - 1, 0, len(plain) - 2)
    weights = (final - plain[places]) / (plain[places + 1] - plain[places])
    return with_value(mesh[places] * (1.0 - weights) + mesh[places + 1] * weights, final)
