"""Methods of `float` that are called by name, on Variables or with them: `float.__mul__(x, y)`, `(2.0).__pow__(x)`.

Code that makes operators of its own of those of floats calls them so.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodDescriptorType, MethodWrapperType, WrapperDescriptorType
from typing import Any

from minitorch.autodiff.decisions import decide
from minitorch.autodiff.topological_order import is_variable
from minitorch.recorder import faster
from minitorch.scalars.float_protocol import Number
from minitorch.scalars.scalar import VARIABLE_TYPES, Scalar
from minitorch.tracing.text_formatting import FORMATTERS, as_arguments, formatting

__all__ = ["float_method_kinds"]


def unbound_of_array(method: Any) -> Callable[..., Any]:
    """Make what calls a method of numpy's arrays by its class, `numpy.ndarray.dot(x, y)`, of a Tensor, too."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        if arguments and is_variable(arguments[0]) and arguments[0].holds_array:
            return getattr(type(arguments[0]), method.__name__)(*arguments, **keywords)
        return method(*arguments, **keywords)

    return call


def float_method_kinds(to_float: Callable[..., Any]) -> dict[type, Callable[[Any], Callable[..., Any]]]:
    """Make what replaces methods of floats, by the kinds of callables that these are.

    Args:
        to_float: `float` that gives back a Scalar as it is.
    """

    def tracked(method: Any, number: Any, *others: Any) -> Any:
        name: str = method.__name__
        if name == "__float__":
            return to_float(number, *others)
        if name == "__repr__":
            return method(decide("value", number, number.data), *others)
        variable = number if issubclass(type(number), Number) else Scalar(number, None)
        # Those of its own, not those of a subclass that calls them.
        own = getattr(type(variable) if type(variable) in VARIABLE_TYPES else Scalar, name, None)
        return method(number, *others) if own is None else own(variable, *others)

    @faster("method")
    def unbound(method: Any) -> Callable[..., Any]:
        if method.__objclass__ is not float:
            of_array = method.__objclass__.__name__ == "ndarray" and method.__objclass__.__module__ == "numpy"
            return formatting(method) if method in FORMATTERS else unbound_of_array(method) if of_array else method

        def call(*arguments: Any, **keywords: Any) -> Any:
            numeric = bool(arguments) and issubclass(type(arguments[0]), (float, Number))
            if numeric and any(map(is_variable, arguments)):
                return tracked(method, *arguments, **keywords)
            return method(*arguments, **keywords)

        return call

    @faster("method")
    def bound(method: Any) -> Callable[..., Any]:
        if method.__objclass__ is not float:
            if method.__name__ == "__mod__" and method.__objclass__ in (str, bytes, bytearray):
                return lambda value, /: method(as_arguments(method.__self__, value))
            return method  # type: ignore[no-any-return]

        def call(*others: Any, **keywords: Any) -> Any:
            if any(map(is_variable, others)):
                return tracked(getattr(float, method.__name__), method.__self__, *others, **keywords)
            return method(*others, **keywords)

        return call

    return {WrapperDescriptorType: unbound, MethodDescriptorType: unbound, MethodWrapperType: bound}
