"""What stands in for builtins does with plain values what the builtins do, in the recorder in C and in Python's."""

from __future__ import annotations

import copy
import decimal
import fractions
import functools
import itertools
import math
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

import cloudpickle
import numpy
import pytest
from both_recorders import BOTH

import minitorch
from minitorch.tracing import questions, tracer

WHOLE_FLOATS = (2.5, -0.0, 1e300, math.inf, math.nan, True, 7, 10**400, "1e3", " 12 ", "text", b"3", bytearray(b"4"))
OBJECTS = (
    None,
    (),
    [1],
    object,
    decimal.Decimal("2.5"),
    fractions.Fraction(7, 2),
    numpy.float64(2.5),
    numpy.arange(2.0),
    1j,
)


class Own:
    """An object with numbers of its own."""

    def __float__(self) -> float:
        return 4.25

    def __floor__(self) -> str:
        return "floor"

    def __mod__(self, other: object) -> str:
        return "mod"

    def __rmod__(self, other: object) -> str:
        return "rmod"

    def __imod__(self, other: object) -> str:
        return "imod"

    real = "real"


class Text(str):
    """Text of a class of its own."""

    __slots__ = ()


def outcome(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
    """What a call gives, or how it fails."""
    try:
        result = function(*arguments, **keywords)
        text = repr(list(result) if isinstance(result, Iterator) else result)
        return type(result), re.sub(r" at 0x[0-9a-f]+", "", text)
    except TypeError:
        # The texts of these have the name of the function, or that of what stands for an argument.
        return (TypeError,)
    except Exception as error:
        return type(error), str(error)


def calls() -> Iterator[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]:
    """Builtins and arguments for them."""
    values = (*WHOLE_FLOATS, *OBJECTS, Own(), Text("2.5"))
    for function in (float, int, type, math.floor, math.ceil, math.sqrt, math.sin, abs, math.erf):
        yield from ((function, (value,), {}) for value in values)
        yield function, (), {}
    yield int, ("ff", 16), {}
    yield int, ("ff",), {"base": 16}
    yield int, (2.5, 16), {}
    yield float, (1, 2), {}
    yield type, (3,), {"metaclass": 4}
    yield math.floor, (1, 2), {}
    for largest in (max, min):
        yield largest, (1, 2.5, True), {}
        yield largest, ([3, 1, 2],), {"key": operator.neg}
        yield largest, ([3, 1, 2],), {"key": None, "default": 4}
        yield largest, ([],), {"default": 4}
        yield largest, ((),), {}
        yield largest, (), {}
        yield largest, (3,), {"kee": abs}
    yield sorted, ([3, -1, 2],), {"key": abs, "reverse": True}
    yield sorted, ([3, -1, "2"],), {}
    for each in (map, filter, itertools.starmap, itertools.filterfalse, itertools.takewhile, itertools.dropwhile):
        yield each, (operator.truth, [1, 0, 2]), {}
        yield each, (None, [1, 0, 2]), {}
        yield each, (operator.add, [(1, 2), (0, 3)]), {}
        yield each, (operator.add,), {}
        yield each, (3, [1]), {}
        yield each, (), {}
    yield map, (max, range(9), *[range(1, 10)] * 9), {}
    yield functools.reduce, (operator.add, [1, 2, 3], 4), {}
    yield itertools.accumulate, ([1, 2, 3],), {}
    yield itertools.accumulate, ([1, 2, 3], operator.mul), {}
    yield itertools.accumulate, ([1, 2, 3],), {"func": operator.mul, "initial": 2}
    yield itertools.accumulate, ([1, 2, 3], operator.mul), {"func": operator.add}
    yield itertools.groupby, ([1, -1, 2],), {"key": abs}
    yield itertools.groupby, ([1, -1, 2], abs), {}
    yield str.join, ("-", ["a", "b"]), {}
    yield str.__mod__, ("%s", (1,)), {}
    yield float.__add__, (1.0, 2), {}
    yield float.hex, (1.5,), {}
    yield "%d".__mod__, (3,), {}
    yield object.__init__, (3,), {}


@pytest.mark.parametrize("recorder", BOTH)
def test_replacements_do_with_plain_values_what_they_replace(recorder: str) -> None:
    package = BOTH[recorder]
    resolve = package.tracing.tracer.dispatcher.resolve
    leaf = package.Scalar(1.0)
    for function, arguments, keywords in calls():
        case = function, arguments, keywords
        expected = outcome(function, *arguments, **keywords)
        assert outcome(resolve(function), *arguments, **keywords) == expected, case
    del leaf


@pytest.mark.parametrize("recorder", BOTH)
def test_remainders_and_formats_of_plain_values(recorder: str) -> None:
    text_formatting = BOTH[recorder].tracing.text_formatting
    left = (
        *WHOLE_FLOATS,
        "%d",
        "%s and %r",
        "%%",
        b"%d",
        bytearray(b"%d"),
        Text("%s"),
        "%(a)s",
        Own(),
        numpy.arange(3),
        "%",
    )
    right = (3, 2.5, 0, True, "a", None, (), (1, 2.5), ("a", None), {"a": 1}, [1], (1, [2]), Own(), Text("a"))
    for x, y in itertools.product(left, right):
        assert outcome(text_formatting.modulo, x, y) == outcome(operator.mod, x, y), (x, y)
        if not isinstance(x, (numpy.ndarray, bytearray)):
            assert outcome(text_formatting.modulo_in_place, x, y) == outcome(operator.imod, x, y), (x, y)
    for arguments in ((), (1,), (1, 2, 3)):
        assert outcome(text_formatting.modulo, *arguments)[0] is TypeError


@pytest.mark.parametrize("recorder", BOTH)
def test_questions_about_plain_values(recorder: str) -> None:
    tracing, scalar = BOTH[recorder].tracing, BOTH[recorder].Scalar
    questions, real_imag = tracing.questions, tracing.real_imag
    values = (*WHOLE_FLOATS, *OBJECTS, Own(), Own, Text("a"), numpy.array([1.5, 2.5]))
    for value in values:
        for same in (questions.truth, questions.plainly, questions.plainly_without_numpy, questions.with_dtype):
            assert same(value) is value
        for name in ("real", "data", "dtype", "item", 3):
            pair = questions.owner_and_name(value, name)
            assert type(pair) is tuple
            assert pair[0] is value
            assert pair[1] is name
        assert outcome(real_imag.real_part, value) == outcome(lambda value: value.real, value)
        assert outcome(real_imag.imag_part, value) == outcome(lambda value: value.imag, value)
    positive = scalar(2.0) > 0
    assert questions.truth(positive) is True
    assert questions.truth(scalar(2.0)).data == 2.0


def test_arrays_of_scalars_have_the_dtype_of_floats() -> None:
    objects = numpy.array([minitorch.Scalar(2.0)])
    assert questions.with_dtype(objects).dtype == numpy.float64
    assert questions.owner_and_name(objects, "dtype")[0].dtype == numpy.float64


@pytest.mark.parametrize("recorder", BOTH)
def test_replacements_of_scalars(recorder: str) -> None:
    package = BOTH[recorder]
    resolve = package.tracing.tracer.dispatcher.resolve
    x, y = package.Scalar(2.5), package.Scalar(-1.5)
    product = x * y
    assert resolve(float)(product) is product
    assert resolve(type)(product) is float
    assert resolve(type)(product > 0) is bool
    assert resolve(type)(1j * x) is complex
    assert resolve(int)(x) == 2
    assert resolve(math.floor)(y) == -2
    assert resolve(max)(x, y) is x
    assert resolve(min)([x, y]) is y
    assert resolve(sorted)([x, y], key=operator.neg)[0] is x
    assert [each.history.last_fn.__name__ for each in resolve(map)(math.sin, [x, y])] == ["Sin", "Sin"]
    total = resolve(functools.reduce)(math.hypot, [x, y, 2])
    assert total.history.last_fn.__name__ == "Hypot"
    assert package.tracing.text_formatting.modulo("%.1f and %s", (x, product)) == "2.5 and -3.75"
    assert package.tracing.text_formatting.modulo(x, 2).history.last_fn.__name__ == "Mod"
    with package.autodiff.straight.straight_through():
        assert type(resolve(int)(product)).__name__ == "Whole"


@pytest.mark.parametrize("recorder", BOTH)
def test_replacements_are_known_by_the_names_of_what_python_has(recorder: str) -> None:
    tracing = BOTH[recorder].tracing
    for module, name in (
        (tracing.text_formatting, "modulo"), (tracing.questions, "truth"), (tracing.questions, "owner_and_name"),
        (tracing.real_imag, "real_part"),
    ):  # fmt: skip
        function = getattr(module, name)
        assert (function.__name__ == name or name == "real_part") and function.__qualname__ == name
        assert function.__module__ == module.__name__
        assert name in repr(function)


@pytest.mark.parametrize("function", [math.sin, float, int, math.floor, sum, max, type, map, math.hypot])
def test_replacements_are_copied_and_pickled(function: Any) -> None:
    leaf = minitorch.Scalar(1.0)
    found = tracer.resolve(function)
    assert found is not function and leaf is not None
    assert copy.deepcopy(found) is copy.copy(found) is found
    unpickled = cloudpickle.loads(cloudpickle.dumps(found))
    arguments = {sum: ([1, 2],), max: (1, 2), map: (abs, [-1]), math.hypot: (3.0, 4.0)}.get(function, (2.5,))
    assert outcome(unpickled, *arguments) == outcome(function, *arguments)


def test_what_was_pickled_numbers_variables_on() -> None:
    """Two Variables of one process never have the same number."""
    leaf = minitorch.Scalar(1.0)
    sine = cloudpickle.loads(cloudpickle.dumps(tracer.resolve(math.sin)))
    made = [sine(leaf), minitorch.Scalar(2.0), sine(leaf), minitorch.Scalar(3.0)]
    assert len({each.unique_id for each in made}) == len(made)


@pytest.mark.parametrize("is_true", [False, True])
@pytest.mark.parametrize("name", "log log2 log10 sqrt acosh atanh sin gamma lgamma exp modf frexp erf floor".split())
def test_functions_of_outcomes_say_what_they_say_of_bools(name: str, is_true: bool) -> None:
    function = getattr(math, name)

    def said(value: Any) -> str:
        try:
            return repr(minitorch.detach(function(value)))
        except ValueError as error:
            return str(error)

    asked = minitorch.trace(lambda x: said(x > 0))
    assert asked(minitorch.Scalar(1.0 if is_true else -1.0)) == said(is_true)
