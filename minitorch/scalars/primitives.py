"""A Function for every row of the table of rules, such as `Mul` and `Sin`, by the row's name.

>>> from minitorch.scalars.scalar import Scalar
>>> x = Scalar(0.0)
>>> Sin.apply(x).backward()
>>> x.derivative, Mul.apply(2, 3)
(1.0, 6)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from minitorch.autodiff.decisions import decide
from minitorch.autodiff.grad_mode import is_recording, pausing
from minitorch.autodiff.history import Context, History
from minitorch.autodiff.run_notes import ACTIVE, in_plain_run, note_rounded
from minitorch.autodiff.straight import is_straight
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.recorder import add_row, call_of, count_operation, counting, origin_of_caller
from minitorch.rules.lifting import rewritten
from minitorch.rules.real import RULES, Rule
from minitorch.rules.rule import for_every_rule
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.float_protocol import COMPLEX, RECORDED, is_operand, plain_value
from minitorch.scalars.float_protocol import FUNCTIONS as FUNCTIONS
from minitorch.scalars.scalar import COUNTABLE, Indicator, Scalar, ScalarFunction
from minitorch.scalars.taking import fold, fold_pairs
from minitorch.scalars.whole import Whole, floats_of

__all__ = ["RuleFunction", "frexp", "modf", *RULES]


class RuleFunction(ScalarFunction):
    """A Function that has all it does from its row.

    Attributes:
        rule: the row.
        notes_rounding: whether runs note that it rounds.
    """

    rule: ClassVar[Rule]
    notes_rounding: ClassVar[bool] = False

    @classmethod
    def apply(cls, *inputs: Any) -> Any:
        """Do the operation on inputs given one by one: on plain values plainly, on Scalars with their history.

        >>> Mul.apply(2, 3), Add.apply("a", "b"), Fsum.apply(1.5, 2)
        (6, 'ab', 3.5)
        """
        variable = foreign = False
        counted = True
        for value in inputs:
            counted = counted and type(value) in COUNTABLE
            if isinstance(value, Variable):
                variable = True
            elif not is_operand(value):
                foreign = True
        rule = cls.rule
        if not variable or (rule.dispatches and (foreign or counted)):
            return rule.function(*inputs)
        if foreign:
            rule.function(*map(plain_value, inputs))  # raises the usual TypeError for what is not a number
            inputs = tuple(value if is_operand(value) else float(value) for value in inputs)
        return cls.record(*inputs)

    @classmethod
    def call(cls, *args: Any, **kwargs: Any) -> Any:
        """Do what the row's plain callable does with the same arguments, on Scalars with their history.

        >>> Fsum.call([1.5, 2]), Prod.call([2, 3], start=2), Pow.call(2, 3, 5)
        (3.5, 12, 3)
        """
        rule = cls.rule
        if rule.flatten_arguments is None:
            return cls.apply(*args) if not kwargs else rule.callables[0](*args, **kwargs)
        if rule.dispatches and rule.iterable_arguments == 1 and args:
            return fold(cls.call_at_once, rule.callables[0], args[0], args[1:], kwargs)
        if rule.dispatches and rule.iterable_arguments == len(args) == 2 and not kwargs:
            return fold_pairs(cls.call_at_once, rule.callables[0], *args)
        return cls.call_at_once(*args, **kwargs)

    @classmethod
    def call_at_once(cls, *args: Any, **kwargs: Any) -> Any:
        """Do what the row's plain callable does with iterables whose items may be taken before it begins."""
        rule = cls.rule
        sequences = [tuple(values) for values in args[: rule.iterable_arguments]]
        args = (*sequences, *args[rule.iterable_arguments :])
        kinds = set(map(type, itertools.chain(*sequences, args, kwargs.values())))
        variables = [kind for kind in kinds if issubclass(kind, Variable)]
        flatten = rule.flatten_arguments
        if flatten and variables and not (rule.dispatches and any(kind.holds_array for kind in variables)):
            return cls.apply(*flatten(*args, **kwargs))
        return rule.callables[0](*args, **kwargs)

    @classmethod
    def apply_inplace(cls, x: Any, y: Any) -> Any:
        """Do an augmented assignment: in place on what knows how, as `apply` on Scalars.

        >>> numbers = [1]
        >>> Add.apply_inplace(numbers, [2]) is numbers
        True
        """
        if isinstance(x, Variable) or cls.rule.in_place is None:
            return cls.apply(x, y)
        return cls.rule.in_place(x, y)

    @classmethod
    def forward(cls, ctx: Context, *inputs: Any) -> Any:
        """Compute the plain result, keeping inputs and output."""
        output = cls.rule.function(*inputs)
        ctx.save_for_backward(*inputs, output)
        return output

    @classmethod
    def backward(cls, ctx: Context, d_output: Any) -> tuple[Any, ...]:
        """Return the derivative by each of the inputs."""
        *inputs, output = ctx.saved_values
        return tuple(d_output * partial for partial in cls.rule.partials_at(range(len(inputs)), inputs, output))

    @classmethod
    def record(cls, *inputs: Any) -> Any:
        """Compute the result as a Variable that keeps operands and partial derivatives; a constant of constants.

        The result of a comparison is an Indicator, a complex one is made of its parts.
        """
        active: list[int] = []
        values: list[Any] = [*inputs]
        for index, x in enumerate(inputs):
            if isinstance(x, Variable):
                if x.creator is not None:
                    active.append(index)
                values[index] = x.get_data()
        output = cls.rule.function(*values)
        if pausing and not is_recording():
            active.clear()
        if type(output) is complex:
            return cls.complex_result(output, inputs if active else None)
        is_counted = type(output) is int and not cls.rule.indicator and (is_straight() or Whole in map(type, inputs))
        variable: Any = Whole(output) if is_counted else cls.variable(output, None)
        if active:
            if Whole in map(type, inputs):
                active = [index for index in active if index != cls.rule.int_input]
                values = floats_of(values, cls.rule.int_input, inputs)
            partials = (cls.partials_or_errors if in_plain_run() else cls.partials_at)(active, values, output)
            keep_operands(variable, cls, inputs, active, partials)
        return variable

    @classmethod
    def partials_at(cls, wanted: Sequence[int], values: Sequence[Any], output: Any) -> list[Any]:
        """Evaluate the partial derivatives by the inputs at some positions; no other one is evaluated."""
        rule = cls.rule
        if rule.gradient is not None:
            return rule.partials_at(wanted, values, output)
        partials = rule.partials
        return [partials[index](*values, output) for index in wanted]

    @classmethod
    def partials_or_errors(cls, wanted: Sequence[int], values: Sequence[Any], output: Any) -> list[Any]:
        """Evaluate the partial derivatives by the inputs at some positions; an error stands where that fails."""
        try:
            return cls.partials_at(wanted, values, output)
        except Exception as error:
            if len(wanted) == 1 or cls.rule.gradient is not None:
                return [FailedPartial(error)] * len(wanted)
            return [cls.partials_or_errors([index], values, output)[0] for index in wanted]

    @classmethod
    def complex_result(cls, output: complex, inputs: Sequence[Any] | None) -> Any:
        """Make a complex number whose parts come from real operations on the inputs, None for a constant."""
        if inputs is not None:
            return COMPLEX[cls.__name__](*inputs)
        return ComplexScalar(Scalar(output.real, None), Scalar(output.imag, None))

    @classmethod
    def variable(cls, raw: Any, history: History | None) -> Any:
        """Wrap a plain result, that of a comparison as an Indicator."""
        if type(raw) is float:
            return Scalar(raw, history)
        return Indicator(raw, history) if cls.rule.indicator else super().variable(raw, history)

    @classmethod
    def chain_rule(cls, ctx: Context, inputs: Sequence[Any], d_output: Any) -> list[tuple[Variable, Any]]:
        """Return the derivative by each input that is not a constant."""
        *values, output = ctx.saved_values
        wanted = [index for index, x in enumerate(inputs) if not is_constant(x)]
        partials = cls.partials_at(wanted, values, output)
        return [(inputs[index], d_output * partial) for index, partial in zip(wanted, partials, strict=True)]

    @classmethod
    def recorded_chain_rule(cls, inputs: Sequence[Any], output: Variable, d_output: Any) -> list[tuple[Variable, Any]]:
        """Apply the chain rule by operations on Variables: the row's partials, rewritten, take inputs and output."""
        wanted = [index for index, x in enumerate(inputs) if not is_constant(x)]
        partials = cls.rule.partials_at(wanted, inputs, output, through=rewritten)
        return [(inputs[index], d_output * partial) for index, partial in zip(wanted, partials, strict=True)]


class FailedPartial:
    """A partial derivative that could not be evaluated: an error for whoever wants to differentiate through it.

    Args:
        error: what its evaluation raised.
    """

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __mul__(self, other: object) -> Any:
        raise self.error

    __rmul__ = __mul__


class RoundingFunction(RuleFunction):
    """A Function that rounds, so that its derivatives are zero: runs note that, or have it as if it did not."""

    notes_rounding = True

    @classmethod
    def record(cls, *inputs: Any) -> Any:
        """Compute the result as a Variable, as RuleFunction does."""
        if ACTIVE:
            if is_straight() and cls in STRAIGHT:
                return STRAIGHT[cls].record(*inputs)
            output = super().record(*inputs)
            note_rounded(output)
            return output
        return super().record(*inputs)


STRAIGHT: Final[dict[type[RoundingFunction], type[RuleFunction]]] = {}
"""What is recorded in place of Functions that round, filled by `minitorch.scalars.straight_through`."""


def keep_operands(
    output: Variable,
    function: type[RuleFunction],
    inputs: tuple[Any, ...],
    wanted: Sequence[int],
    partials: Sequence[Any],
) -> None:
    """Write into a new Variable which Function made it, of what, where, and the partial derivatives by those wanted."""
    if counting:
        count_operation()
    count = len(inputs)
    by_input: list[Any] = [None] * count
    for index, partial in zip(wanted, partials, strict=True):
        by_input[index] = partial
    if count == 1:
        output.first_parent, output.first_partial = inputs[0], by_input[0]
    elif count == 2:
        output.first_parent, output.second_parent = inputs
        output.first_partial, output.second_partial = by_input
    else:
        output.first_parent, output.first_partial = inputs, tuple(by_input)
    output.creator = function
    output.code, output.instruction = origin_of_caller()


ROUNDING: Final = frozenset({"FloorDiv", "ModfWhole", "Round"})
"""The rows that round."""

CALLABLES: dict[Callable[..., Any], type[RuleFunction]] = {}
"""The Function whose `call` does with Scalars what a plain callable does with floats."""


def make_function(rule: Rule) -> None:
    """Make the Function of a row, which goes by its name from then on."""
    name = rule.name
    stands_for = ", ".join(getattr(plain, "__name__", name) for plain in rule.callables) or name
    details = {"rule": rule, "__module__": __name__, "__doc__": f"The Function of {stands_for}."}
    primitive: type[RuleFunction] = type(name, (RoundingFunction if name in ROUNDING else RuleFunction,), details)
    faster = add_row(name, primitive)
    if faster is not None:
        type.__setattr__(primitive, "apply", faster)
    FUNCTIONS.define(name, primitive)
    RECORDED.define(name, call_of(name, rule.function, primitive.record) if rule.partials else primitive.record)
    globals()[name] = primitive
    CALLABLES.update(dict.fromkeys(rule.callables, primitive))


for_every_rule(make_function)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...


def modf(x: Any) -> tuple[Any, Any]:
    """Return `math.modf(x)`, fraction and whole, with their histories."""
    return (
        (FUNCTIONS["ModfFraction"].apply(x), FUNCTIONS["ModfWhole"].apply(x))
        if isinstance(x, Variable)
        else math.modf(x)
    )


def frexp(x: Any) -> tuple[Any, int]:
    """Return `math.frexp(x)`: the mantissa with its history, the exponent as a plain int."""
    if not isinstance(x, Variable):
        return math.frexp(x)
    return FUNCTIONS["FrexpMantissa"].apply(x), math.frexp(decide("value", x, plain_value(x)))[1]


PAIRS: dict[Callable[..., Any], Callable[..., Any]] = {math.modf: modf, math.frexp: frexp}
"""What does with Scalars what a plain callable with two results does with floats."""
