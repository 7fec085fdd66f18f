"""A Scalar answers what its float answers, keeps its history where that is possible, and else says so."""

from __future__ import annotations

import array
import copy
import decimal
import fractions
import json
import math
import numbers
import operator
import pickle
import statistics
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch import ComplexResultError, HistoryLostError, Scalar, detach
from minitorch.scalars.scalar import Indicator

VALUES = [0.0, -0.0, 1.0, -1.5, 2.5, 7.0, 1e-320, 1e300, -123456.789, math.inf, -math.inf, math.nan]
OTHERS = [*VALUES, 0, 3, -2, True, 2**70, 10**400, fractions.Fraction(1, 3)]

COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]
BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow, divmod,
    *COMPARISONS,
]  # fmt: skip

UNARY: list[Callable[[Any], Any]] = [
    operator.neg, operator.pos, abs, bool, int, round, math.floor, math.ceil, math.trunc, hash, str, operator.not_,
    lambda x: round(x, 2), lambda x: round(x, -1), lambda x: f"{x}", lambda x: f"{x:.3f}", lambda x: f"{x:>+12.2e}",
    lambda x: format(x, "g"), lambda x: "%s" % x, lambda x: x.is_integer(), lambda x: x.hex(), lambda x: x.real,  # noqa: UP031
    lambda x: x.as_integer_ratio(), lambda x: x.imag, lambda x: x.conjugate(), lambda x: range(x),
    lambda x: [1, 2, 3][x], lambda x: x.nothing_of_that_name, lambda x: len(x), lambda x: x[0], lambda x: x(),
    lambda x: x & 1, lambda x: pow(x, 2, 3), lambda x: "%d" % x, lambda x: f"{x:d}", lambda x: x == None,  # noqa: E711, UP031
    lambda x: x == "a", lambda x: x < "a", lambda x: x + "a", lambda x: "a" + x, lambda x: x != 1j, lambda x: x < 1j,
    lambda x: x == decimal.Decimal("2.5"), lambda x: x < decimal.Decimal(3), lambda x: x + decimal.Decimal(1),
    lambda x: x in [2.5, 7.0], lambda x: {2.5: "a", 7.0: "b"}.get(x), lambda x: x in {1.0, 2.5},
    lambda x: sorted([3, x, 1]),
    lambda x: isinstance(x, float), lambda x: isinstance(x, int), lambda x: isinstance(x, numbers.Real),
    lambda x: isinstance(x, numbers.Integral), lambda x: max(x, 2), lambda x: min(3.0, x), lambda x: sum([x, x, 1]),
    lambda x: fractions.Fraction(1, 4) + x, lambda x: fractions.Fraction(1, 4) * x, lambda x: [1] * x,
]  # fmt: skip


def outcome(action: Callable[[], Any]) -> Any:
    """What an action gives, plain and to the last bit, or the error that it raises."""
    try:
        return bits(action())
    except Exception as error:
        return type(error), str(error).replace("Scalar", "float")


def bits(result: Any) -> Any:
    """A result without histories, by which two of them can be compared, nan and -0.0 too."""
    if type(result) is Indicator:
        return "bool", str(result)
    if isinstance(result, (tuple, list)):
        return [bits(item) for item in result]
    result = detach(result)
    return ("float", result.hex()) if isinstance(result, float) else (type(result).__name__, str(result))


def shown(value: Any) -> str:
    return str(value)[:12]


@pytest.mark.parametrize("active", [True, False], ids=["leaf", "constant"])
@pytest.mark.parametrize("value", VALUES, ids=shown)
def test_methods_as_those_of_float(value: float, active: bool) -> None:
    scalar = Scalar(value) if active else Scalar(value, back=None)
    for index, action in enumerate(UNARY):
        assert outcome(lambda: action(scalar)) == outcome(lambda: action(value)), index  # noqa: B023


@pytest.mark.parametrize("operation", BINARY, ids=lambda f: f.__name__)
def test_operators_as_those_of_float(operation: Callable[[Any, Any], Any]) -> None:
    for value in VALUES:
        for other in OTHERS:
            for x, y in ((value, other), (other, value)):
                if operation in COMPARISONS and type(x) is fractions.Fraction:
                    continue  # Fraction asks for the plain float and gets an error, see below
                expected = outcome(lambda: operation(x, y))  # noqa: B023
                if "complex" in str(expected):
                    continue
                for left, right in ((True, False), (False, True), (True, True)):
                    a = Scalar(x) if left and type(x) is float else x
                    b = Scalar(y) if right and type(y) is float else y
                    if type(a) is Scalar or type(b) is Scalar:
                        assert outcome(lambda: operation(a, b)) == expected, (a, b)  # noqa: B023


@given(st.floats(), st.floats(), st.sampled_from(BINARY))
def test_operators_on_any_floats(x: float, y: float, operation: Callable[[Any, Any], Any]) -> None:
    expected = outcome(lambda: operation(x, y))
    if "complex" not in str(expected):
        assert outcome(lambda: operation(Scalar(x), Scalar(y))) == expected


def test_results_keep_their_history() -> None:
    x = Scalar(2.0)
    for result in (x + 1, 1 - x, x * True, 1 / x, x**2, 2**x, -x, abs(x), x % 2, 3 % x, x // 1, round(x, 1), x < 1):
        assert result.history is not None and result.history.last_fn is not None
    quotient, remainder = divmod(x, 1.5)
    assert (quotient.history.last_fn, remainder.history.last_fn) == (minitorch.FloorDiv, minitorch.Mod)
    assert x.real is x and x.conjugate() is x and max(x, 2) is x


def test_derivatives_of_reflected_operators() -> None:
    x = Scalar(4.0)
    (10 - x).backward()
    (8 / x).backward()
    (2**x).backward()
    (9.0 % x).backward()
    assert x.derivative == pytest.approx(-1 - 0.5 + 16 * math.log(2) - 2)


def test_fractions_as_operands() -> None:
    x = Scalar(3.0)
    for result in (x * fractions.Fraction(1, 2), fractions.Fraction(1, 2) * x):
        result.backward()
    (x ** fractions.Fraction(2)).backward()
    assert x.derivative == 1.0 + 6.0


def test_names_and_text() -> None:
    x = Scalar(1.5, name="x")
    assert (str(x), f"{x:.2f}", repr(x), repr(x * 1)) == ("1.5", "1.50", "Scalar(1.5, name='x')", "Scalar(1.5)")
    assert x.label() == "'x'"


# Not statistics.fmean: some other test may have traced it, and then it keeps the history.
@pytest.mark.parametrize(
    "read",
    [
        float, math.sin, complex, lambda x: array.array("d", [x]),
        lambda x: np.array([x], dtype=float), lambda x: np.zeros(2).__setitem__(0, x), fractions.Fraction,
        lambda x: statistics.mean([x, x]), lambda x: math.fsum([x, x]), lambda x: math.isnan(x),
        *[lambda x, compare=compare: compare(fractions.Fraction(3, 2), x) for compare in COMPARISONS],
    ],
)  # fmt: skip
def test_a_history_is_never_lost_in_silence(read: Callable[[Any], Any]) -> None:
    x = Scalar(1.5, name="speed")
    for active in (x, x * 2):
        with pytest.raises(HistoryLostError, match=r"\.py:\d+: .*would lose the derivative") as lost:
            read(active)
        for cure in ("minitorch.trace", "install_import_hook", "minitorch.detach(x)", "x.data"):
            assert cure in str(lost.value)
    with pytest.raises(HistoryLostError, match="'speed'"):
        read(x)
    constant = Scalar(1.5, back=None)
    assert str(read(constant)) == str(read(1.5))


@pytest.mark.parametrize("read", [json.dumps, decimal.Decimal, lambda x: struct.pack("d", x)])
def test_code_in_c_with_words_of_its_own_refuses(read: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, struct.error)):
        read(Scalar(1.5))


def test_the_error_names_the_line_that_asked() -> None:
    line = test_the_error_names_the_line_that_asked.__code__.co_firstlineno + 3
    with pytest.raises(HistoryLostError, match=rf"test_scalar.py:{line}: .*\['test_scalar'\]"):
        math.sin(Scalar(1.0))


def test_constants_are_floats_to_code_in_c() -> None:
    constant = Scalar(0.5, back=None)
    assert float(constant) == 0.5 and math.sin(constant) == math.sin(0.5) and complex(constant) == 0.5 + 0j


def test_type_and_class() -> None:
    x = Scalar(1.0)
    assert isinstance(x, float) and isinstance(x, Scalar) and isinstance(x, numbers.Real) and not isinstance(x, int)
    assert type(x) is Scalar and x.__class__ is float
    assert isinstance(x < 2, bool) and (x < 2).__class__ is bool
    match x:
        case float():
            pass
        case _:
            pytest.fail("a Scalar is a float to match")


def test_detach() -> None:
    assert type(detach(Scalar(2.0))) is float and detach(3) == 3 and detach(None) is None
    assert detach(Scalar(2.0) < 3) is True


@pytest.mark.parametrize("value", ["1.5", b"1", None, 1j, [1.0], "x"])
def test_values_that_are_no_numbers(value: Any) -> None:
    with pytest.raises(TypeError):
        Scalar(value)


@pytest.mark.parametrize(
    "value", [1, True, fractions.Fraction(3, 2), decimal.Decimal("1.5"), np.float32(1.5), np.int8(3)]
)
def test_values_of_other_number_types(value: Any) -> None:
    scalar = Scalar(value)
    assert type(scalar.data) is float and scalar.data == float(value)


def test_negative_base_of_a_fractional_power() -> None:
    line = test_negative_base_of_a_fractional_power.__code__.co_firstlineno + 5
    for power in (Scalar(-2.0) ** 0.5, pow(-2, Scalar(0.5)), Scalar(-2.0) ** Scalar(1.5)):
        assert isinstance(power, complex)
        with pytest.raises(ComplexResultError, match=rf"test_scalar.py:{line}: .* not the complex number .*fractional"):
            float(power)


def test_copies_are_the_scalar_itself() -> None:
    x = Scalar(1.0)
    y = x * 2
    assert copy.copy(y) is y and copy.deepcopy([x, y])[1] is y


def test_pickle() -> None:
    leaf, constant = Scalar(1.5, name="x"), Scalar(2.5, back=None)
    leaf.accumulate_derivative(4.0)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        same_leaf, same_constant, same_bool = pickle.loads(pickle.dumps([leaf, constant, leaf < 2], protocol))
        assert (same_leaf.data, same_leaf.name, same_leaf.derivative, same_leaf.is_leaf()) == (1.5, "x", 4.0, True)
        assert (same_constant.data, same_constant.history) == (2.5, None)
        assert type(same_leaf) is Scalar and same_bool is True
    with pytest.raises(HistoryLostError, match=r"test_scalar.py:\d+: pickling would lose the derivative of 3.0"):
        pickle.dumps(leaf * 2)


def test_indicator() -> None:
    x, y = Scalar(1.0), Scalar(2.0)
    less, more = x < y, x > y
    assert less.history.last_fn is minitorch.LT and less.data == 1.0 and more.data == 0.0
    assert (str(less), repr(more), f"{less}", f"{less!s:>5}", f"{less:d}") == ("True", "False", "True", " True", "1")
    assert less == True and more == False and less == 1 and hash(less) == hash(True)  # noqa: E712
    assert ["no", "yes"][less] == "yes" and list(range(less)) == [0] and [0] * less == [0]
    assert bool(less) and not more and float(less) == 1.0 and int(more) == 0
    assert {True: "a", False: "b"}[more] == "b"
    (less * x).backward()
    (x + less).backward()
    (2.5 * less).backward()
    assert (x.derivative, y.derivative) == (2.0, 0.0)


def test_counting_with_indicators() -> None:
    xs = [Scalar(v) for v in (1.0, 2.0, 3.0)]
    count = sum(x > 1 for x in xs)
    assert (type(count), count) == (int, 2) and xs[count].data == 3.0
    assert minitorch.Sum.call([x > 1 for x in xs]) == 2
    truth, lie = xs[0] < 2, xs[0] > 2
    operations = (operator.add, operator.mul, operator.and_, operator.or_, operator.xor, operator.sub, operator.lshift)
    for operation in operations:
        for a, b in ((truth, lie), (truth, 3), (4, truth), (True, lie)):
            plain = operation(*(bool(v) if type(v) is Indicator else v for v in (a, b)))
            result = operation(a, b)
            assert (type(result), result) == (type(plain), plain)
    assert (-truth, +lie, abs(truth), round(truth)) == (-1, 0, 1, 1) and type(-truth) is int
    assert [repr(part) for part in (truth.real, lie.imag, truth.conjugate())] == ["1", "0", "1"]
    # A whole number has no negative zero on the way to one.
    assert minitorch.Prod.call((-2, -1.5), start=lie).data.hex() == "-0x0.0p+0"
    with pytest.raises(TypeError):
        _ = truth & 1.5
    assert type(truth * 1.5) is Scalar and type(truth * xs[2]) is Scalar


def test_sums_of_zeros() -> None:
    zero = Scalar(-0.0)
    for arguments in (([zero],), ([zero], zero), ([-0.0, zero], -0.0), ([zero, -0.0], False), ([zero], 0.0)):
        total = minitorch.Sum.call(*arguments)
        assert total.data.hex() == sum(*minitorch.detach(list(arguments))).hex()
        zero.zero_grad_()
        total.backward()
        assert zero.derivative == sum(x is zero for x in (*arguments[0], *arguments[1:]))


def test_methods_of_the_course() -> None:
    for name in ("exp", "log", "sin", "cos", "tan", "sqrt", "tanh"):
        result = getattr(Scalar(0.5), name)()
        assert result.data == getattr(math, name)(0.5) and result.history.last_fn.__name__.lower() == name
    assert Scalar(0.0).sigmoid().data == 0.5 and Scalar(-1.0).relu().data == 0.0
    with pytest.raises(ValueError, match=r"math domain error|positive"):
        Scalar(-1.0).log()


NUMPY_FUNCTIONS = [
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arctanh", "exp", "expm1",
    "log", "log2", "log10", "log1p", "sqrt", "fabs", "degrees", "radians", "deg2rad", "rad2deg", "rint", "conjugate",
    "absolute", "negative", "positive", "square", "reciprocal",
]  # fmt: skip


@pytest.mark.parametrize("name", NUMPY_FUNCTIONS)
def test_numpy_functions_of_object_arrays(name: str) -> None:
    function = getattr(np, name)
    x = Scalar(0.3)
    for result in (function(np.array([x]))[0], function(x)):
        assert type(result) is Scalar and result.data == pytest.approx(float(function(0.3)), rel=1e-15)
    assert name == "conjugate" or result.history.last_fn is not None


def test_numpy_arithmetic() -> None:
    x = Scalar(3.0)
    for two in (np.float64(2), np.float32(2), np.int64(2), np.uint8(2)):
        for result in (two * x, x * two):
            assert type(result) is Scalar and result.data == 6.0 and result.history is not None
        assert bool(x > two) and bool(two < x)
    vector = np.array([x, 1.0])
    (vector @ vector).backward()
    assert x.derivative == 6.0
    product = np.array([1.0, 2.0]) * x
    assert type(product) is minitorch.Tensor and [v.data for v in product] == [3.0, 6.0]
    assert (x - np.array([1.0, 2.0])).data.tolist() == [2.0, 1.0]
    assert type(minitorch.Mul.apply(x, np.array([1.0, 2.0]))) is minitorch.Tensor
    assert np.arctan2(x, 2.0).data == math.atan2(3.0, 2.0) and np.hypot(x, 4).data == 5.0
    assert np.sort(np.array([x, Scalar(1.0)]))[1] is x and np.maximum(x, 2.0) is x
    assert np.floor(np.array([Scalar(1.5)]))[0] == 1


def test_types_of_others_get_their_turn() -> None:
    class Other:
        def __radd__(self, other: Any) -> tuple[str, Any]:
            return "radd", other

        def __gt__(self, other: Any) -> bool:
            return type(other) is Scalar

        def __rdivmod__(self, other: Any) -> str:
            return "rdivmod"

        def __rpow__(self, other: Any) -> str:
            return "rpow"

    x = Scalar(1.0)
    assert x + Other() == ("radd", x) and x < Other() and divmod(x, Other()) == "rdivmod" and x ** Other() == "rpow"
    assert minitorch.Add.apply(x, Other())[0] == "radd"
