"""Derivatives in reverse mode as functions, with the signatures of JAX: `grad(f)(x)` is the derivative of `f` at `x`.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0

Arguments may be numbers, numpy arrays, or structures of them (lists, tuples, dicts, dataclasses); derivatives come
back in the same structure. Inside, an array is one of Scalars. Ints and bools are differentiated as floats, and stay
whole where they stand in structures: `{"mass": 2.0, "steps": 3}` has three steps, of the derivative 0.0.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.derivatives.differentiable import Differentiable
from minitorch.derivatives.linearization import Linearization
from minitorch.derivatives.self_recording import records_itself
from minitorch.derivatives.signatures import Argnums, title
from minitorch.derivatives.special_points import Options, RoundingMode, SpecialPoints
from minitorch.scalars.pytrees import NUMBER, ONE_NUMBER, Layout, is_array

__all__ = ["check_scalar", "grad", "value_and_grad", "vjp"]


@short_tracebacks
def value_and_grad(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., tuple[Any, Any]]:
    """Make the function that gives `f`'s value and its derivatives.

    Args:
        f: a plain Python function with a real result; it is traced, as are the functions it calls.
        argnums: the position of the argument to differentiate by, or several.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        A function of the same arguments. It returns the value (with `has_aux` the pair of it and the rest) and the
        derivative in the structure of the argument, a tuple of derivatives if `argnums` is a sequence. Numbers are
        floats, or Scalars where they depend on Variables outside. Ints and bools are differentiated as floats. In a
        structure (but for lists and tuples of numbers alone) they stay whole: they count, index and print as ints, and
        where nothing else is done with them their derivative is 0.0. Texts and other objects stand in the derivative
        as they do in the argument.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are not positions; when called: an argument has no real numbers, or the result is not one.

    >>> import math
    >>> value_and_grad(math.hypot, argnums=(0, 1))(3.0, 4.0)
    (5.0, (0.6, 0.8))
    >>> value_and_grad(lambda p: p["a"] * p["b"])({"a": 2.0, "b": 3})
    (6.0, {'a': 3.0, 'b': 2.0})
    >>> value_and_grad(lambda p: sum(p["a"] for _ in range(p["n"])))({"a": 2.0, "n": 3})
    (6.0, {'a': 3.0, 'n': 0.0})
    """
    function = Differentiable(f, argnums, has_aux, Options(special_points, rounding))

    @records_itself
    @short_tracebacks
    @functools.wraps(f)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run, derivatives = derivatives_at(function, args, kwargs)
        return (run.value, run.aux) if has_aux else run.value, derivatives

    return value_and_gradient


@short_tracebacks
def grad(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> Callable[..., Any]:
    """Make the function that gives `f`'s derivatives; arguments and errors as for `value_and_grad`.

    Returns:
        A function of the same arguments. It returns the derivatives, with `has_aux` the pair of them and the rest.

    >>> grad(lambda x, y: x * y, argnums=1)(3.0, 4.0)
    3.0
    """
    function = Differentiable(f, argnums, has_aux, Options(special_points, rounding))

    @records_itself
    @short_tracebacks
    @functools.wraps(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        run, derivatives = derivatives_at(function, args, kwargs)
        return (derivatives, run.aux) if has_aux else derivatives

    return gradient


def derivatives_at(
    function: Differentiable, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Linearization, Any]:
    """Run a function with a real result; return the run, and the derivatives in the structure of the arguments."""
    run = function.at(args, kwargs)
    if run.output_layout is not ONE_NUMBER:
        check_scalar(run.value, run.output_layout, function.f)
    gradient = run.gradient()
    if function.single:
        (layout,) = run.input_layouts
        return run, gradient[0] if layout is ONE_NUMBER else layout.fill(gradient)
    return run, structured(run, gradient)


@records_itself
@short_tracebacks
def vjp(
    f: Callable[..., Any],
    *primals: Any,
    has_aux: bool = False,
    special_points: SpecialPoints = "warn",
    rounding: RoundingMode = "warn",
) -> tuple[Any, ...]:
    """Run `f` once, to multiply its derivative by vectors from the left as often as one likes.

    Args:
        f: a plain Python function with a result of any structure.
        primals: its arguments.
        has_aux: whether `f` returns a pair, the result and whatever else is to be passed on.
        special_points: what to do where the derivative is that of a special case: "warn", "raise", "ignore" it, or give
            the "limit" from beside the point.
        rounding: what to do where a derivative is zero only because something was rounded: "warn", "ignore" it, or
            differentiate "straight_through".

    Returns:
        The value, and a function of cotangents in its structure that returns a tuple of cotangents, one per argument
        in its structure; with `has_aux` the rest as a third. Ints stay whole as they do for `grad`.

    >>> value, cotangent_map = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> value, cotangent_map([1.0, 0.0]), cotangent_map([0.0, 1.0])
    ([6.0, 5.0], (3.0, 2.0), (1.0, 1.0))
    """
    run = Differentiable(f, range(len(primals)), has_aux, Options(special_points, rounding)).at(primals, {})

    @records_itself
    @short_tracebacks
    def cotangent_map(cotangents: Any) -> tuple[Any, ...]:
        numbers = run.output_layout.numbers_of(cotangents, f"the cotangents of {title(f)}")
        return structured(run, run.vjp(numbers))

    return (run.value, cotangent_map, run.aux) if has_aux else (run.value, cotangent_map)


def structured(run: Linearization, values: list[Any]) -> tuple[Any, ...]:
    """Put one number per input into the structures of the arguments."""
    filled = []
    start = 0
    for layout in run.input_layouts:
        # One number is the usual case.
        filled.append(values[start] if layout is ONE_NUMBER else layout.fill(values[start : start + layout.size]))
        start += layout.size
    return tuple(filled)


def check_scalar(output: Any, layout: Layout, f: Callable[..., Any]) -> None:
    """Raise TypeError for a result that is not a real number.

    Args:
        output: the result.
        layout: where its numbers stand.
        f: the function that returned it.
    """
    if layout is ONE_NUMBER:
        return
    if layout.spec is None and layout.leaves == (NUMBER,):
        return
    if is_array(output):
        kind, hint = f"array of shape {output.shape}", "; minitorch.jacobian differentiates all of its elements"
    elif layout.spec is not None:
        kind, hint = type(output).__name__, "; return one number, or differentiate one of its parts"
    elif inspect.isgenerator(output) or inspect.iscoroutine(output):
        kind, hint = type(output).__name__, "; write a function that runs it and returns a number"
    else:
        kind, hint = type(output).__name__, ""
    article = "an" if kind.startswith("array") else "a"
    raise TypeError(f"can't differentiate {title(f)}: its result must be a real number, not {article} {kind}{hint}")
