"""Rules for somebody else's functions: `register_function` says what a callable's derivative is.

    @minitorch.register_function(scipy.special.j0)
    def slope(x, y):                                    # inputs and output; one derivative per input
        return -scipy.special.j1(x)

From then on traced code, old and new, that calls the callable keeps its history: what is called is known by identity.
A derivative in plain Python can be differentiated again, as far as what it calls has a rule.
"""

from __future__ import annotations

import numbers
import sys
from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, TypeVar, overload

from minitorch.autodiff.function import FunctionBase
from minitorch.autodiff.topological_order import is_variable
from minitorch.rules.lifting import registered_derivatives
from minitorch.rules.real import Gradient, Rule
from minitorch.scalars.float_protocol import is_tracked
from minitorch.scalars.primitives import RuleFunction
from minitorch.tracing.tracer import dispatcher
from minitorch.transformer import Alias, signature_of

__all__ = ["register_function"]

F = TypeVar("F", bound=Callable[..., Any])


@overload
def register_function(callee: Callable[..., Any]) -> Callable[[F], F]: ...


@overload
def register_function(callee: Callable[..., Any], function: F) -> F: ...


def register_function(callee: Callable[..., Any], function: Any = None) -> Any:
    """Give a callable that has no Python code, or none that should be traced, its rule.

    Args:
        callee: the callable, as code calls it: a function of an extension module, a numpy ufunc, a class, an object.
        function: a Function (a subclass of `ScalarFunction` or, for arrays, `TensorFunction`), or a plain function of
            the inputs and the output that gives the derivative by each input, as a tuple if there are several: of
            arrays the derivatives of each element, or of the one number that is returned. Left out, a decorator is
            returned.

    Returns:
        `function` itself.

    Raises:
        TypeError: one of them is something else.

    >>> import math
    >>> def rise(x):
    ...     return math.floor(x) + x % 1 * 2
    >>> register_function(rise, lambda x, y: 2.0) is None
    False
    >>> import minitorch
    >>> minitorch.grad(lambda x: rise(x) * x)(1.25)
    4.0
    """
    if function is None:
        return lambda function: register_function(callee, function)
    if not callable(callee) or type(callee) is MethodType:
        raise TypeError(f"register_function needs a callable that is found again by its identity, not {callee!r}")
    if isinstance(function, type) and issubclass(function, FunctionBase):
        apply, on_arrays, name = function.apply, function.apply, function.__name__
    elif callable(function) and not isinstance(function, type):
        primitive = function_of(callee, function)
        apply, name = primitive.apply, primitive.__name__
        on_arrays = array_rule(callee, name, function)
    else:
        raise TypeError(
            f"the rule of {title(callee)} must be a subclass of ScalarFunction, or a plain function that gives "
            f"its derivatives, not {function!r}"
        )
    if type(callee).__name__ == "_ArrayFunctionDispatcher":
        from minitorch.arrays.registered import register_array_function

        register_array_function(callee, lambda *args, **kwargs: on_arrays(*positional(callee, args, kwargs)))
    dispatcher.register(callee, Alias(f"{name}.apply", replacement(callee, apply, on_arrays)))
    return function


def function_of(callee: Callable[..., Any], derivative: Callable[..., Any]) -> type[RuleFunction]:
    """Make the Function of a callable from a plain function that gives its derivatives."""
    name = title(callee).rpartition(".")[2].title().replace("_", "")
    rule = Rule(name, lambda *inputs: plain_float(callee(*inputs)), gradient=gradient_of(name, derivative))
    details = {"rule": rule, "__module__": __name__, "__doc__": f"The Function of {title(callee)}."}
    return type(name, (RuleFunction,), details)


def array_rule(callee: Any, name: str, derivative: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is called in place of a callable where there are arrays with histories.

    Args:
        callee: the callable.
        name: the name of its Function.
        derivative: gives the derivative by each input.
    """
    if is_ufunc(callee):
        from minitorch.arrays.registered import register_ufunc

        # numpy is loaded, and asks for the rule of a ufunc wherever that is called.
        register_ufunc(callee, f"Array{name}", derivative)
        return callee  # type: ignore[no-any-return]

    def call(*inputs: Any) -> Any:
        from minitorch.arrays.registered import apply_registered, array_function

        return apply_registered(array_function(f"Array{name}", callee, derivative), inputs)

    return call


def is_ufunc(callee: Any) -> bool:
    """Return whether a callable is a ufunc of numpy's, asked without loading numpy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(callee, numpy.ufunc)


def holds_array(value: Any) -> bool:
    """Return whether a value is an array with a history of its own."""
    return is_variable(value) and value.holds_array


def gradient_of(name: str, derivative: Callable[..., Any]) -> Gradient:
    """Make the gradient of a row from a plain function of the inputs and the output."""

    def gradient(inputs: Sequence[Any], output: Any) -> list[Any]:
        on_variables = any(map(is_tracked, (*inputs, output)))
        return list(map(plain_float, registered_derivatives(name, derivative, inputs, output, on_variables)))

    return gradient


def plain_float(value: Any) -> Any:
    """Return a float for a number of another kind, such as one of numpy's; anything else as it is."""
    return float(value) if isinstance(value, numbers.Real) and not is_tracked(value) else value


def replacement(
    callee: Callable[..., Any], apply: Callable[..., Any], on_arrays: Callable[..., Any]
) -> Callable[..., Any]:
    """Return what runs in place of the callable: itself on plain values, the Function where there is a Variable."""
    if is_ufunc(callee):
        from minitorch.tracing.libraries.numpy_ufuncs import elementwise

        return elementwise(callee, apply)

    def call(*args: Any, **kwargs: Any) -> Any:
        values = (*args, *kwargs.values())
        arrays = any(map(holds_array, values))
        if not arrays and not any(map(is_tracked, values)):
            return callee(*args, **kwargs)
        return (on_arrays if arrays else apply)(*(args if not kwargs else positional(callee, args, kwargs)))

    return call


def positional(callee: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return the arguments of a call in their order, which is how a Function takes them.

    Raises:
        TypeError: the callable does not say where an argument that was given by name stands.
    """
    try:
        bound = signature_of(callee).bind(*args, **kwargs)
    except ValueError:
        bound = None
    if bound is None or bound.kwargs:
        raise TypeError(
            f"the rule of {title(callee)} takes arguments by position; it was called with {', '.join(kwargs)} by name"
        )
    return bound.args


def title(callee: Any) -> str:
    """Return what to call a callable in a sentence."""
    name = getattr(callee, "__qualname__", None) or getattr(callee, "__name__", None)
    return name if isinstance(name, str) else repr(callee)
