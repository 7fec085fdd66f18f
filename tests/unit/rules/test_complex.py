"""Complex numbers made of Scalars: values bit for bit those of complex, derivatives those of mpmath."""

from __future__ import annotations

import cmath
import copy
import decimal
import fractions
import math
import numbers
import operator
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import minitorch
from minitorch import ComplexResultError, HistoryLostError, Scalar, detach
from minitorch.rules.complex import COMPLEX_PASS_THROUGH, COMPLEX_RULES
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.scalar import Indicator

PARTS = [0.0, -0.0, 1.0, -1.5, 0.3, 1e-300, 1e200, math.inf, -math.inf, math.nan]
NUMBERS: list[Any] = [2.5, -3.0, 0.0, 0, 3, True, 2**70, 10**400, fractions.Fraction(1, 3), 2j, -1.5 + 0.25j, 0j, "a"]
BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.eq, operator.ne, operator.lt,
    operator.floordiv, operator.mod, divmod,
]  # fmt: skip
UNARY: list[Callable[[Any], Any]] = [
    operator.neg, operator.pos, abs, bool, hash, str, lambda z: f"{z}", lambda z: f"{z:.3f}", lambda z: f"{z:>+20.2e}",
    lambda z: z.real, lambda z: z.imag, lambda z: z.conjugate(), lambda z: isinstance(z, complex),
    lambda z: isinstance(z, float), lambda z: isinstance(z, numbers.Complex), lambda z: isinstance(z, numbers.Real),
    lambda z: z.nothing_of_that_name, lambda z: z in [1.0, 1j], lambda z: {1j: "a"}.get(z), lambda z: pow(z, 2, 3),
    lambda z: z**2, lambda z: z**-1, lambda z: z**0, lambda z: z == None, lambda z: z == "a",  # noqa: E711
    lambda z: int(z), lambda z: round(z), lambda z: [1][z], lambda z: z < 1, lambda z: z // 2, lambda z: f"{z:d}",
    lambda z: z == decimal.Decimal(1), lambda z: z != fractions.Fraction(1, 2), lambda z: sum([z, 1, z]),
]  # fmt: skip
CMATH = [*(rule.function for rule in COMPLEX_RULES.values() if rule.callables), cmath.phase, cmath.polar,
         cmath.isnan, cmath.isinf, cmath.isfinite]  # fmt: skip


def outcome(action: Callable[..., Any], *arguments: Any) -> Any:
    """What an action gives, plain and to the last bit, or the error that it raises."""
    try:
        return bits(action(*arguments))
    except Exception as error:
        return type(error), str(error).replace("ComplexScalar", "complex").replace("Scalar", "float")


def bits(result: Any) -> Any:
    """A result without histories, by which two of them can be compared, nan and -0.0 too."""
    if type(result) is Indicator:
        return "bool", str(result)
    if isinstance(result, (tuple, list)):
        return [bits(item) for item in result]
    result = detach(result)
    if isinstance(result, complex):
        return "complex", result.real.hex(), result.imag.hex()
    return ("float", result.hex()) if isinstance(result, float) else (type(result).__name__, str(result))


def tracked(z: complex) -> Any:
    """A complex number of two leaves."""
    return ComplexScalar(Scalar(z.real), Scalar(z.imag))


def operands(value: Any) -> list[Any]:
    """A number as itself and, where it can be, as what is tracked."""
    if type(value) is complex:
        return [value, tracked(value), ComplexScalar(value.real, Scalar(value.imag))]
    return [value, Scalar(value)] if type(value) is float else [value]


# -- values ------------------------------------------------------------------------------------------------------------


def test_methods_as_those_of_complex() -> None:
    for real in PARTS[:-1]:  # the hash of nan is that of its object
        for imag in PARTS[:-1]:
            z = complex(real, imag)
            for index, action in enumerate(UNARY):
                assert outcome(action, tracked(z)) == outcome(action, z), (z, index)


@pytest.mark.parametrize("operation", BINARY, ids=lambda f: f.__name__)
def test_operators_as_those_of_complex(operation: Callable[[Any, Any], Any]) -> None:
    for real in PARTS:
        for imag in (0.0, -2.0, math.inf):
            z = complex(real, imag)
            for other in NUMBERS:
                for x, y in ((z, other), (other, z)):
                    if type(other) is fractions.Fraction and operation not in BINARY[:5]:
                        continue  # Fraction asks for the plain number and gets an error
                    expected = outcome(operation, x, y)
                    for a in operands(x):
                        for b in operands(y):
                            assert outcome(operation, a, b) == expected, (a, b)


@given(st.complex_numbers(), st.complex_numbers(), st.sampled_from(BINARY))
def test_operators_on_any_numbers(z: complex, w: complex, operation: Callable[[Any, Any], Any]) -> None:
    expected = outcome(operation, z, w)
    for a in operands(z):
        for b in operands(w):
            assert outcome(operation, a, b) == expected


@given(st.floats(), st.floats())
def test_powers_of_floats(x: float, y: float) -> None:
    expected = outcome(operator.pow, x, y)
    for a, b in ((Scalar(x), y), (x, Scalar(y)), (Scalar(x), Scalar(y)), (Scalar(x, back=None), y)):
        assert outcome(operator.pow, a, b) == expected


@minitorch.trace
def call(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    return function(*arguments, **keywords)


@pytest.mark.parametrize("function", CMATH, ids=lambda f: f.__name__)
def test_values_of_cmath(function: Callable[..., Any]) -> None:
    for real in PARTS:
        for imag in PARTS:
            z = complex(real, imag)
            expected = outcome(function, z)
            for value in operands(z):
                assert outcome(call, function, value) == expected, value
        assert outcome(call, function, Scalar(real)) == outcome(function, real)
    for wrong in ("1", None, (1.0, "1")):
        arguments = wrong if type(wrong) is tuple else (wrong,)
        assert outcome(call, function, *arguments) == outcome(function, *arguments)
    assert outcome(call, function, tracked(1j), "10") == outcome(function, 1j, "10")


@example(0j, 0j, 0.0, math.inf)
@given(st.complex_numbers(), st.complex_numbers(), st.floats(), st.floats())
def test_values_of_functions_of_two_arguments(z: complex, w: complex, x: float, y: float) -> None:
    assert outcome(call, cmath.log, tracked(z), w) == outcome(cmath.log, z, w)
    assert outcome(call, cmath.log, z, tracked(w)) == outcome(cmath.log, z, w)
    assert outcome(call, cmath.rect, Scalar(x), y) == outcome(cmath.rect, x, y)
    assert outcome(call, cmath.isclose, tracked(z), w) == outcome(cmath.isclose, z, w)
    assert outcome(lambda: call(cmath.isclose, z, w, rel_tol=Scalar(0.5))) == outcome(
        lambda: cmath.isclose(z, w, rel_tol=0.5)
    )


@given(st.one_of(st.floats(), st.complex_numbers()), st.one_of(st.floats(), st.complex_numbers(), st.integers()))
def test_values_of_the_constructor(real: Any, imag: Any) -> None:
    for a in operands(real):
        assert outcome(call, complex, a) == outcome(complex, real)
        for b in operands(imag):
            expected = outcome(complex, real, imag)
            assert outcome(call, complex, a, b) == expected
            assert outcome(lambda: call(complex, real=a, imag=b)) == expected  # noqa: B023
            assert outcome(lambda: call(complex, a, imag=b)) == expected  # noqa: B023


def test_the_constructor_takes_what_complex_takes() -> None:
    for arguments in ((), ("1+2j",), (b"1",), (True,), ("1", 2), (1, "2"), (None,), (1, 2, 3)):
        assert outcome(call, complex, *arguments) == outcome(complex, *arguments)
    assert outcome(call, complex, "1", Scalar(2.0)) == outcome(complex, "1", 2.0)
    z = call(complex, Scalar(1.0) > 0, Scalar(2.0))
    assert bits(z) == bits(1 + 2j) and type(detach(z.real)) is float


class Polar:
    """An object with a method of its own by which it becomes complex."""

    def __init__(self, length: Any, angle: Any) -> None:
        self.length, self.angle = length, angle

    def __complex__(self) -> complex:
        return complex(self.length * math.cos(self.angle), self.length * math.sin(self.angle))


class Length:
    """An object with a method by which it becomes a float."""

    def __init__(self, length: Any) -> None:
        self.length = length

    def __float__(self) -> float:
        return float(self.length)


class Asked:
    """An object that keeps a list of the questions it was asked."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def __complex__(self) -> complex:
        self.asked.append("complex")
        return 1j


def test_objects_that_become_complex() -> None:
    gradient = minitorch.grad(lambda r: complex(Polar(r, 0.5)).imag)
    assert gradient(2.0) == math.sin(0.5)
    assert complex(Polar(2.0, 0.0)) == call(complex, Polar(2.0, 0.0)) == 2
    assert call(complex, Length(2.0), Length(3.0)) == 2 + 3j
    assert outcome(call, complex, 1.0, Polar(2.0, 0.0)) == outcome(complex, 1.0, Polar(2.0, 0.0))
    asked: list[str] = []
    assert call(complex, Asked(asked)) == 1j and asked == ["complex"]
    assert call(complex, Asked(asked), 2.0) == 3j and asked == ["complex"] * 2


@pytest.mark.parametrize("arguments", [(Polar(2.0, 0.0), 1.0), (1j, 2.0), (2.0, 1j), (Polar(2.0, 0.5),)])
def test_what_python_says_of_parts_that_are_complex(arguments: tuple[Any, ...]) -> None:
    """From Python 3.14 on a warning names the class of the argument."""

    def said(run: Any) -> tuple[Any, list[str]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            return run(), [str(each.message) for each in caught]

    assert said(lambda: call(complex, *arguments)) == said(lambda: complex(*arguments))


def test_all_of_cmath_is_a_rule_or_passes_through() -> None:
    ruled = {function.__name__ for rule in COMPLEX_RULES.values() for function in rule.callables}
    public = {name for name in dir(cmath) if not name.startswith("_")}
    assert public - ruled == set(COMPLEX_PASS_THROUGH)
    assert not ruled & set(COMPLEX_PASS_THROUGH)


# -- what it is --------------------------------------------------------------------------------------------------------


def test_kind_and_text() -> None:
    z = Scalar(1.0) + 2j
    assert type(z) is ComplexScalar and repr(z) == "ComplexScalar((1+2j))" and isinstance(z, complex)
    assert not isinstance(z, (float, int)) and isinstance(z, numbers.Complex) and detach(z) == 1 + 2j
    assert call(type, z) is complex and call(isinstance, z, complex) and f"{z:.1f} {z}" == "1.0+2.0j (1+2j)"
    assert copy.copy(z) is z and copy.deepcopy([z])[0] is z and {z: "a"}[1 + 2j] == "a" and (+z) is z

    def kind(value: Any) -> str:
        match value:
            case complex():
                return "complex"
            case _:
                return "other"

    assert minitorch.trace(kind)(z) == "complex"


def test_parts_and_conjugate_keep_their_histories() -> None:
    x, y = Scalar(1.0), Scalar(2.0)
    z = call(complex, x, y)
    assert (z.real, z.imag) == (x, y) and z.real is x and z.imag is y
    (z.conjugate().imag * 3 + z.conjugate().real).backward()
    assert (x.derivative, y.derivative) == (1.0, -3.0)


def test_equality_is_recorded_and_has_no_derivative() -> None:
    z = Scalar(1.0) + 2j
    same = z == 1 + 2j
    different = z != 1 + 2j
    assert type(same) is Indicator and same and type(different) is Indicator and not different
    assert z != Scalar(1.0) and tracked(2**53 + 0j) != 2**53 + 1 and Scalar(1.0) == tracked(1 + 0j)


def test_pickle() -> None:
    leaf, constant = tracked(1 + 2j), ComplexScalar(Scalar(1.0, back=None), 2.0)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        same = pickle.loads(pickle.dumps([leaf, constant], protocol))
        assert [type(z) for z in same] == [ComplexScalar] * 2 and same[0].real.is_leaf() and same[1].data == 1 + 2j
    with pytest.raises(HistoryLostError, match="pickling"):
        pickle.dumps(leaf * 2)


def test_a_cache_is_passed_by() -> None:
    import functools

    @functools.lru_cache
    def square(z: complex) -> complex:
        return z * z

    gradient = minitorch.grad(lambda x: square(complex(x, 1.0)).real)
    assert (gradient(2.0), gradient(3.0), gradient(2.0)) == (4.0, 6.0, 4.0)


def test_constants_become_plain_and_others_say_what_is_lost() -> None:
    constant = ComplexScalar(Scalar(1.0, back=None), 2.0)
    assert complex(constant) == 1 + 2j and cmath.exp(constant) == cmath.exp(1 + 2j)
    for read in (complex, cmath.exp, cmath.phase):
        with pytest.raises(HistoryLostError, match=r"test_complex.py:\d+: .*\(1\+2j\)"):
            read(tracked(1 + 2j))


@pytest.mark.parametrize("function", [float, math.sin, math.floor, math.sqrt, math.isnan], ids=lambda f: f.__name__)
def test_it_never_becomes_real_by_itself(function: Callable[[Any], Any]) -> None:
    text = r"test_complex.py:\d+: must be a real number, not the complex number -8\+1j: take its abs\(\)"
    with pytest.raises(ComplexResultError, match=text) as plain:
        function(tracked(-8 + 1j))
    with pytest.raises(ComplexResultError, match=text):
        call(function, tracked(-8 + 1j))
    assert isinstance(plain.value, TypeError)


def test_a_complex_result_has_no_gradient() -> None:
    with pytest.raises(TypeError, match="real number"):
        minitorch.grad(lambda x: x**0.5)(-4.0)
    with pytest.raises(TypeError, match="'<' not supported"):
        minitorch.grad(lambda x: x if x**0.5 < 3 else 1.0)(-4.0)
