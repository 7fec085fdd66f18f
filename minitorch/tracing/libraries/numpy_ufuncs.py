"""A Function for each of numpy's elementwise functions: numpy's own value, the partial derivatives of THE table.

    np.sin(x)   becomes   NumpySin.apply(x): forward is np.sin, the partial is that of the row "Sin"

What numpy answers with nan or inf, where `math` raises, stays nan or inf; so does the derivative there.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy

from minitorch.arrays.ufuncs import PARTIALS, PREDICATES, ROWS
from minitorch.autodiff.straight import straight_through
from minitorch.autodiff.topological_order import is_variable
from minitorch.rules.real import Rule
from minitorch.scalars.lost_history import plain_number_asked
from minitorch.scalars.primitives import PAIRS, RoundingFunction, RuleFunction
from minitorch.scalars.scalar import Scalar
from minitorch.scalars.straight_through import add_straight
from minitorch.tracing.libraries.arrays import holds_variable, variables_in
from minitorch.tracing.libraries.unknown import works
from minitorch.transformer import Alias

__all__ = ["elementwise", "ufunc_rows", "without_rule"]

ROUNDING = frozenset({"ceil", "floor", "floor_divide", "rint", "trunc"})
"""Ufuncs that round."""


class UfuncFunction(RuleFunction):
    """A Function of numpy's floats, which divide by zero without an error."""

    @classmethod
    def partials_at(cls, wanted: Sequence[int], values: Sequence[Any], output: Any) -> list[Any]:
        """Evaluate the partial derivatives by the inputs at some positions."""
        *values, output = (numpy.float64(value) if type(value) is float else value for value in (*values, output))
        with numpy.errstate(all="ignore"):
            return [cls.partial_at(index, values, output) for index in wanted]

    @classmethod
    def partial_at(cls, index: int, values: Sequence[Any], output: Any) -> float:
        """Return the derivative by one input, nan where `math` has none."""
        try:
            return float(cls.rule.partials_at([index], values, output)[0])
        except (ValueError, ArithmeticError):
            return math.nan


def ufunc_rows() -> Iterator[tuple[Any, Alias]]:
    """Make what replaces numpy's elementwise functions."""
    functions = {name: ufunc_function(name) for name in (*ROWS, *PARTIALS)}
    for name, function in functions.items():
        yield getattr(numpy, name), Alias(f"{function.__name__}.apply", elementwise_function(name, function))
    for name, choose in CHOICES.items():
        yield getattr(numpy, name), Alias(f"np.{name}", elementwise(getattr(numpy, name), choose))
    for name, pair in (("modf", PAIRS[math.modf]), ("frexp", PAIRS[math.frexp])):
        yield getattr(numpy, name), Alias(f"np.{name}", elementwise(getattr(numpy, name), pair))
    both = elementwise(numpy.divmod, lambda x, y: quotient_and_remainder(functions, x, y))
    yield numpy.divmod, Alias("np.divmod", both)


def quotient_and_remainder(functions: Mapping[str, type[RuleFunction]], x: Any, y: Any) -> tuple[Any, Any]:
    """Return both; the remainder has the whole derivative, also straight through rounding."""
    with straight_through(False):
        return functions["floor_divide"].record(x, y), functions["remainder"].record(x, y)


def ufunc_function(name: str) -> type[RuleFunction]:
    """Return the Function of a ufunc."""
    ufunc = getattr(numpy, name)
    row = ROWS.get(name)
    title = "Numpy" + (name.title().replace("_", "") if row is None else row.name)
    rule = Rule(title, ufunc, PARTIALS[name]) if row is None else row
    rule = replace(
        rule, name=title, function=lambda *inputs: ufunc(*inputs).item(), callables=(ufunc,), flatten_arguments=None,
        in_place=None, dispatches=False, indicator=name in PREDICATES,
    )  # fmt: skip
    details = {"rule": rule, "__module__": __name__, "__doc__": f"The Function of numpy.{name}."}
    if name not in ROUNDING:
        return type(title, (UfuncFunction,), details)
    rounding: type[RoundingFunction] = type(title, (RoundingFunction, UfuncFunction), details)
    add_straight(rounding)
    return rounding


def elementwise_function(name: str, function: type[RuleFunction]) -> Callable[..., Any]:
    """Make what replaces a ufunc that has a Function."""
    call = elementwise(getattr(numpy, name), function.record)
    if name not in PREDICATES:
        return call

    def predicate(*args: Any, **kwargs: Any) -> Any:
        outcome = call(*args, **kwargs)
        return outcome.astype(bool) if isinstance(outcome, numpy.ndarray) else outcome

    return predicate


def elementwise(ufunc: Any, on_variables: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ufunc that does another thing where one of its operands is a Variable.

    Args:
        ufunc: what is done with plain operands.
        on_variables: what is done with the elements of each position where one is a Variable.
    """

    def element(*operands: Any) -> Any:
        return on_variables(*operands) if any(map(is_variable, operands)) else ufunc(*operands)

    on_objects = numpy.frompyfunc(element, ufunc.nin, ufunc.nout)

    def call(*args: Any, **kwargs: Any) -> Any:
        operands = args[: ufunc.nin]
        # An array with a history of its own knows the rule of a ufunc.
        if not any(map(holds_variable, operands)) or any(is_variable(x) and x.holds_array for x in operands):
            return ufunc(*args, **kwargs)
        if kwargs.get("dtype") in (float, numpy.float64):
            del kwargs["dtype"]
        return on_objects(*args, **kwargs)

    return call


@functools.cache
def without_rule(ufunc: Any) -> Callable[..., Any]:
    """Return a ufunc of unknown derivative: on objects that hold Variables it does what numpy can, and else says so."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return ufunc(*args, **kwargs)
        except TypeError as error:
            held = [x for arg in args if holds_variable(arg) for x in variables_in(arg)]
            if not held or not works(ufunc, args, kwargs):
                raise
            whole = next(filter(holds_variable, args))
            label = whole.label() if issubclass(type(whole), Scalar) else f"the Scalars in its {type(whole).__name__}"
            raise plain_number_asked("float", label, held) from error

    return call


# -- the operand that numpy chooses, nan before others or after them ---------------------------------------------------


def maximum(x: Any, y: Any) -> Any:
    """Return the larger operand, the first of equal ones; nan if there is one."""
    return x if x >= y or x != x else y


def minimum(x: Any, y: Any) -> Any:
    """Return the smaller operand, the first of equal ones; nan if there is one."""
    return x if x <= y or x != x else y


def fmax(x: Any, y: Any) -> Any:
    """Return the larger operand, the first of equal ones; nan only if both are."""
    return x if x >= y or y != y else y


def fmin(x: Any, y: Any) -> Any:
    """Return the smaller operand, the first of equal ones; nan only if both are."""
    return x if x <= y or y != y else y


CHOICES: dict[str, Callable[..., Any]] = {"maximum": maximum, "minimum": minimum, "fmax": fmax, "fmin": fmin}
