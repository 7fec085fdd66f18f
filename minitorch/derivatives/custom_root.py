"""Derivatives of what a solver finds: `custom_root`, as in JAX and jaxopt, and `custom_fixed_point`.

    def cube_root(a):
        return custom_root(lambda x: x**3 - a, 1.0, bisection)

    @custom_root(lambda x, a: x**3 - a)
    def cube_root(start, a):                    # the solver, which may do whatever it likes
        ...

The solver runs on plain values. What its result depends on is what the residual reads: its arguments, and whatever its
closure holds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

from minitorch.autodiff.grad_mode import is_recording
from minitorch.autodiff.topological_order import is_variable
from minitorch.derivatives.self_recording import is_derivative, records_itself
from minitorch.derivatives.signatures import checked_pair
from minitorch.scalars.detach import detach
from minitorch.scalars.pytrees import Layout, flatten, is_array
from minitorch.tracing.tracer import trace

__all__ = ["custom_fixed_point", "custom_root"]

LEFT_OUT: Final[Any] = object()
"""Stands for an argument that is not given."""


@functools.cache
def roots() -> Any:
    """Return the module that knows roots, which needs numpy."""
    from minitorch.implicit import structures

    return structures


def custom_root(
    f: Callable[..., Any],
    initial_guess: Any = LEFT_OUT,
    solve: Any = LEFT_OUT,
    tangent_solve: Callable[..., Any] | None = None,
    has_aux: bool = False,
) -> Any:
    """Find a root of a function by a solver, with derivatives by the implicit function theorem.

    Args:
        f: the residual: takes a number, an array or a structure of them, and gives one like it, all zero at a root.
        initial_guess: where the solver starts; it has no influence on the root, and no derivative.
        solve: the solver, which is called as `solve(f, initial_guess)`, on plain values, and returns the root.
        tangent_solve: solves the linear systems of the derivative: called as `tangent_solve(g, y)` it returns x with
            g(x) = y, given a linear function g. By default the matrix of g is made.
        has_aux: whether the solver returns a pair, of which the second is passed on without a derivative.

    Returns:
        The root, with derivatives of any order by all that `f` reads; with `initial_guess` and `solve` left out a
        decorator, as in jaxopt, for solvers that are called as `solver(initial_guess, *args)` and whose residual is
        `f(root, *args)`.

    Raises:
        TypeError: one of `initial_guess` and `solve` is given alone.

    >>> import math, minitorch
    >>> def newton(f, x):
    ...     for _ in range(50):
    ...         x = x - f(x) / (3.0 * x * x)
    ...     return x
    >>> def cube_root(a):
    ...     return custom_root(lambda x: x**3 - a, 1.0, newton)
    >>> round(minitorch.grad(cube_root)(8.0), 12), round(1 / 12, 12)
    (0.083333333333, 0.083333333333)
    """
    if initial_guess is LEFT_OUT and solve is LEFT_OUT:
        return functools.partial(decorated, f, tangent_solve, has_aux)
    if initial_guess is LEFT_OUT or solve is LEFT_OUT:
        raise TypeError("custom_root needs both initial_guess and solve, or neither, as a decorator of a solver")
    residual = traced(f)
    with_plain_values = functools.wraps(f)(lambda *args, **kwargs: detach(residual(*args, **kwargs)))
    found = detach(solve(records_itself(with_plain_values), detach(initial_guess)))
    return with_history(residual, found, tangent_solve, has_aux, solve)


def custom_fixed_point(fixed_point_fun: Callable[..., Any], has_aux: bool = False) -> Callable[..., Any]:
    """Give a solver of fixed points derivatives by the implicit function theorem; makes a decorator, as in jaxopt.

    Args:
        fixed_point_fun: takes a point and further arguments, and maps a fixed point to itself.
        has_aux: whether the solver returns the fixed point as the first of several results; the others are passed on
            without a derivative.

    Returns:
        A decorator for solvers that are called as `solver(initial_guess, *args)`.

    >>> import minitorch
    >>> @custom_fixed_point(lambda x, a: 0.5 * (x + a / x))
    ... def square_root(x, a):
    ...     while abs(x * x - a) > 1e-14 * a:
    ...         x = 0.5 * (x + a / x)
    ...     return x
    >>> round(minitorch.grad(square_root, argnums=1)(1.0, 4.0), 12)
    0.25
    """
    mapping = traced(fixed_point_fun)

    def residual(x: Any, *args: Any, **kwargs: Any) -> Any:
        return roots().difference(mapping(x, *args, **kwargs), x)

    return functools.partial(decorated, records_itself(residual), None, has_aux)


def traced(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as it is recorded."""
    return f if is_derivative(f) else trace(f)


def decorated(
    f: Callable[..., Any], tangent_solve: Callable[..., Any] | None, has_aux: bool, solver: Callable[..., Any]
) -> Callable[..., Any]:
    """Return a solver whose result has derivatives by its arguments and all that its residual reads."""
    residual = traced(f)

    @records_itself
    @functools.wraps(solver)
    def solve(initial_guess: Any, *args: Any, **kwargs: Any) -> Any:
        found = detach(solver(detach(initial_guess), *detach(args), **detach(kwargs)))
        return with_history(lambda x: residual(x, *args, **kwargs), found, tangent_solve, has_aux, solver)

    return solve


def with_history(
    residual: Callable[[Any], Any],
    found: Any,
    tangent_solve: Callable[..., Any] | None,
    has_aux: bool,
    solver: Callable[..., Any],
) -> Any:
    """Return what a solver found, with a history; what it returned beside comes back as it is."""
    if has_aux and not isinstance(found, tuple):
        checked_pair(found, solver)
    root = found[0] if has_aux else found
    numbers, layout = flatten(root, whole=True)
    if is_recording():
        root = rooted(residual, numbers, layout, tangent_solve, root)
    if not has_aux:
        return root
    return type(found)(root, *found[1:]) if hasattr(found, "_fields") else (root, *found[1:])


def rooted(
    residual: Callable[[Any], Any],
    numbers: Sequence[Any],
    layout: Layout,
    tangent_solve: Callable[..., Any] | None,
    root: Any,
) -> Any:
    """Return a root in its structure, with a history; the root itself where it depends on nothing that has one."""
    if not any(type(x) is float or is_variable(x) or is_array(x) for x in numbers):
        return root
    solution = roots().structured_root(residual, numbers, layout, tangent_solve)
    return root if solution is None else layout.fill(solution)
