"""What replaces the ufuncs of `scipy.special` in traced code: on numbers a Function of Scalars, made of the same rows.

special.erf(x)   becomes   ScipyErf.record(x): forward is scipy's own, the partial that of the table of scipy.special
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy

from minitorch.arrays.function import OfNumber, apply
from minitorch.arrays.methods import real_number_of
from minitorch.arrays.special_functions import is_special, partials_of, refuse_unknown
from minitorch.arrays.tensor import Tensor
from minitorch.arrays.ufunc_methods import call_ufunc
from minitorch.autodiff.topological_order import is_variable
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.rules.rule import Rule
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.primitives import RuleFunction
from minitorch.tracing.libraries.arrays import holds_variable
from minitorch.tracing.libraries.numpy_ufuncs import UfuncFunction, without_rule

__all__ = ["special_or_without_rule"]

NUMBERS: Final = (int, float, numpy.integer, numpy.floating)
"""What a function of real numbers takes beside a Scalar."""


class SpecialFunction(UfuncFunction):
    """A Function of scipy's floats; its partials are differentiated as those of arrays without axes."""

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Tensors, whose results become Scalars."""
        wanted = [index for index, x in enumerate(inputs) if not is_constant(x)]
        values = [apply(OfNumber, (x,)) if is_variable(x) else x for x in (*inputs, output)]
        with numpy.errstate(all="ignore"):
            partials = [cls.rule.partials[index](*values) for index in wanted]
        slopes = [real_number_of(partial) for partial in partials]
        return [(inputs[index], d_output * slope) for index, slope in zip(wanted, slopes, strict=True)]


@functools.cache
def functions_of(ufunc: Any) -> list[type[RuleFunction]]:
    """Return the Functions of the outputs of a ufunc of `scipy.special`."""
    title = "Scipy" + ufunc.__name__.title().replace("_", "")
    found = []
    for index, partials in enumerate(partials_of(ufunc)):
        name = title if ufunc.nout == 1 else f"{title}{index}"
        rule = Rule(name, output_of(ufunc, index), partials)  # type: ignore[arg-type]
        details = {"rule": rule, "__module__": __name__, "__doc__": f"The Function of scipy.special.{ufunc.__name__}."}
        found.append(type(name, (SpecialFunction,), details))
    return found


def output_of(ufunc: Any, index: int) -> Callable[..., Any]:
    """Make the function of floats that gives one output of a ufunc."""
    if ufunc.nout == 1:
        return lambda *inputs: ufunc(*inputs).item()
    return lambda *inputs: ufunc(*inputs)[index].item()


@functools.cache
def is_real(ufunc: Any) -> bool:
    """Return whether a ufunc gives real numbers of real ones."""
    loops = [loop.split("->") for loop in ufunc.types]
    return any(set(outputs) <= set("fdg") for inputs, outputs in loops if not set(inputs) & set("FDG"))


@functools.cache
def special_or_without_rule(ufunc: Any) -> Callable[..., Any]:
    """Return what traced code calls in place of a ufunc that no library's rows have."""
    if not is_special(ufunc):
        return without_rule(ufunc)
    functions = functions_of(ufunc)

    def call(*args: Any, **kwargs: Any) -> Any:
        operands = args[: ufunc.nin]
        if not any(map(holds_any, operands)) and not holds_any(kwargs.get("out")):
            return ufunc(*args, **kwargs)
        if kwargs or len(args) != ufunc.nin or not all(map(is_number, operands)) or not is_real(ufunc):
            return call_ufunc(ufunc, tuple(map(as_operand, args)), kwargs)
        refuse_unknown(ufunc, operands)
        operands = tuple(x.item() if isinstance(x, numpy.generic) and not is_variable(x) else x for x in operands)
        results = tuple(function.record(*operands) for function in functions)
        return results if ufunc.nout > 1 else results[0]

    return call


def holds_any(value: Any) -> bool:
    """Return whether a value is a Variable or a complex number made of some, or an array or list with one in it."""
    return (
        type(value) is ComplexScalar or holds_variable(value) or (type(value) is tuple and any(map(holds_any, value)))
    )


def is_number(value: Any) -> bool:
    """Return whether a value is a Scalar or a plain real number."""
    kind = type(value)
    return kind is not Tensor and (issubclass(kind, Variable) or issubclass(kind, NUMBERS))


def as_operand(value: Any) -> Any:
    """Return an operand for arrays: a Scalar, and a complex number made of some, as a Tensor."""
    if is_variable(value) and not value.holds_array:
        return apply(OfNumber, (value,))
    if type(value) is not ComplexScalar:
        return value
    real, imag = (apply(OfNumber, (part,)) if is_variable(part) else part for part in (value.real, value.imag))
    return real + 1j * imag
