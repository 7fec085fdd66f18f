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
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

import minitorch
from minitorch import ComplexResultError, HistoryLostError, Scalar, detach
from minitorch.complex_rules import COMPLEX_PASS_THROUGH, COMPLEX_RULES
from minitorch.complex_scalar import ComplexScalar
from minitorch.scalar import Indicator

mp.dps = 50

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


def test_objects_that_become_complex() -> None:
    gradient = minitorch.grad(lambda r: complex(Polar(r, 0.5)).imag)
    assert gradient(2.0) == math.sin(0.5)
    assert complex(Polar(2.0, 0.0)) == call(complex, Polar(2.0, 0.0)) == 2


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


# -- derivatives -------------------------------------------------------------------------------------------------------

MPMATH: dict[str, Callable[..., Any]] = {
    "Mul": lambda z, w: z * w, "TrueDiv": lambda z, w: z / w, "Pow": lambda z, w: mp.exp(w * mp.log(z)), "Exp": mp.exp,
    "Log": lambda z, base=None: mp.log(z) if base is None else mp.log(z) / mp.log(base), "Log10": mp.log10,
    "Sqrt": mp.sqrt, "Sin": mp.sin, "Cos": mp.cos, "Tan": mp.tan, "Asin": mp.asin, "Acos": mp.acos, "Atan": mp.atan,
    "Sinh": mp.sinh, "Cosh": mp.cosh, "Tanh": mp.tanh, "Asinh": mp.asinh, "Acosh": mp.acosh, "Atanh": mp.atanh,
}  # fmt: skip
POINTS = [0.3 + 0.7j, -1.2 + 0.4j, 2.5 - 3.1j, -0.6 - 0.2j, 1e-3 + 1e-4j, 20.0 + 0.5j, 0.5 - 25.0j, 1.0 + 1e-5j]
OTHERS = [1.7 - 0.3j, 0.2 + 2.0j, -1.5 + 0j, 3 + 0j]


def plain_function(name: str) -> Callable[..., Any]:
    return COMPLEX_RULES[name].function


def assert_near(found: Any, expected: Any, tolerance: float = 1e-13) -> None:
    assert abs(mp.mpc(found) - expected) <= tolerance * abs(expected) + 1e-300, (found, expected)


def derivative_of(function: Callable[..., Any], operands: list[complex], index: int) -> complex:
    """The complex derivative of a function by one operand, and a check that it is that of both parts."""
    leaves = [(Scalar(z.real), Scalar(z.imag)) for z in operands]
    result = call(function, *(ComplexScalar(*pair) for pair in leaves))
    result.real.backward()
    real, imag = leaves[index]
    by_real_part = complex(real.derivative, -imag.derivative)
    for leaf in leaves[index]:
        leaf.zero_derivative_()
    result.imag.backward()
    by_imaginary_part = complex(imag.derivative, real.derivative)
    assert by_real_part == by_imaginary_part
    return by_real_part


@pytest.mark.parametrize("name", COMPLEX_RULES)
def test_derivatives_as_those_of_mpmath(name: str) -> None:
    inputs = [[z, w] for z in POINTS for w in OTHERS] if name in ("Mul", "TrueDiv", "Pow", "Log") else []
    inputs += [[z] for z in POINTS] if name not in ("Mul", "TrueDiv", "Pow") else []
    for values in inputs:
        exact = [mp.mpc(z) for z in values]
        order = {2: [(1, 0), (0, 1)], 1: 1}[len(values)]
        for index in range(len(values)):
            point = tuple(exact) if len(values) == 2 else exact[0]
            expected = mp.diff(MPMATH[name], point, order[index] if len(values) == 2 else 1)  # type: ignore[index]
            scale = 1 + abs(values[-1]) * 20 if name == "Pow" else 4
            assert_near(derivative_of(plain_function(name), values, index), expected, 1e-15 * scale * 4)


@pytest.mark.parametrize("name", COMPLEX_RULES)
def test_second_derivatives_as_those_of_mpmath(name: str) -> None:
    function = plain_function(name)
    fixed = [0.6 + 0.4j] if name in ("Mul", "TrueDiv", "Pow") else []

    def real(x: float, y: float) -> Any:
        return function(complex(x, y), *fixed).real

    def imag(x: float, y: float) -> Any:
        return function(complex(x, y), *fixed).imag

    for z in POINTS[:5]:
        expected = mp.diff(lambda z: MPMATH[name](z, *map(mp.mpc, fixed)), mp.mpc(z), 2)
        for part, direction in ((real, (0, 1)), (imag, (1, 0))):
            by_x = minitorch.grad(minitorch.grad(part, direction[0]), direction[1])(z.real, z.imag)
            # d²u/dxdy = -Im f'', d²v/dydx = Re f''
            exact = float(-expected.imag if part is real else expected.real)
            assert abs(by_x - exact) <= 1e-12 * float(abs(expected)) + 1e-30


@pytest.mark.parametrize("name", [name for name in COMPLEX_RULES if name not in ("Mul", "TrueDiv", "Pow")])
@pytest.mark.parametrize("side", [0.0, -0.0])
def test_derivatives_on_both_sides_of_branch_cuts(name: str, side: float) -> None:
    function, step = plain_function(name), 1e-5
    for x in (-2.5, -0.5, 0.4, 1.8):
        along_real = derivative_of(function, [complex(x, side)], 0)
        difference = (function(complex(x + step, side)) - function(complex(x - step, side))) / (2 * step)
        assert abs(along_real - difference) <= 1e-8 * (1 + abs(difference)), x
        along_imaginary = derivative_of(function, [complex(side, x)], 0)
        difference = (function(complex(side, x + step)) - function(complex(side, x - step))) / (2 * step) / 1j
        assert abs(along_imaginary - difference) <= 1e-8 * (1 + abs(difference)), x


def test_where_derivatives_are_infinite() -> None:
    slope = minitorch.grad(lambda x: cmath.sqrt(x).real)
    assert slope(0.0) == math.inf and slope(4.0) == 0.25
    assert minitorch.grad(lambda x: cmath.asin(x).real)(1.0) == math.inf
    assert minitorch.grad(lambda x: cmath.acos(x).real)(1.0) == -math.inf
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 0.5).real)(0.0) == math.inf
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 2).real)(0.0) == 0.0
    assert minitorch.grad(lambda x: (complex(x, 0.0) ** 0).real)(0.0) == 0.0
    assert minitorch.grad(lambda x: abs(complex(x, 0.0)))(0.0) == 0.0
    assert minitorch.grad(lambda y: (0j ** complex(y, 0.0)).real)(2.0) == 0.0
    assert minitorch.grad(lambda x: cmath.tan(complex(x, 800.0)).imag)(1.0) == 0.0
    assert math.isnan(minitorch.grad(lambda y: cmath.phase(complex(0.0, y)))(0.0))


def test_derivatives_of_length_angle_and_rect() -> None:
    def turned(x: float, y: float) -> float:
        length, angle = cmath.polar(complex(x, y))
        z = cmath.rect(length * 2, angle + 0.25)
        return abs(z) + z.real * cmath.phase(z) + z.imag

    def expected(x: Any, y: Any) -> Any:
        z = 2 * mp.mpc(x, y) * mp.expj(mp.mpf("0.25"))
        return abs(z) + z.real * mp.arg(z) + z.imag

    for x, y in ((0.3, 0.7), (-1.5, 2.0), (-0.2, -0.9)):
        value, slopes = minitorch.value_and_grad(turned, (0, 1))(x, y)
        assert value == turned(x, y)
        for found, order in zip(slopes, ((1, 0), (0, 1)), strict=True):
            assert_near(found, mp.diff(expected, (mp.mpf(x), mp.mpf(y)), order))


@given(st.floats(1e-3, 1e3), st.sampled_from([1.0, -1.0]), st.floats(0.1, 3.0))
def test_length_of_a_power_of_any_base(size: float, sign: float, exponent: float) -> None:
    x = size * sign
    value, (by_base, by_exponent) = minitorch.value_and_grad(lambda x, n: abs(x**n), (0, 1))(x, exponent)
    assert value == abs(x**exponent)
    assert by_base == pytest.approx(exponent * abs(x) ** (exponent - 1) * math.copysign(1, x), rel=1e-12)
    if x > 0 or exponent != int(exponent):
        assert by_exponent == pytest.approx(abs(x) ** exponent * math.log(abs(x)), rel=1e-9, abs=1e-12)


def mandelbrot_distance(x: float, y: float) -> float:
    """How far the orbit of a point is after a few steps; plain Python on complex numbers."""
    c = z = complex(x, y)
    for _ in range(5):
        z = z * z + c
    return abs(z)


def cubic_root(p: float, q: float) -> float:
    """Cardano's formula through three complex roots."""
    u = (-q / 2 + cmath.sqrt(q**2 / 4 + p**3 / 27)) ** (1 / 3)
    turns = (1, cmath.rect(1.0, 2 * math.pi / 3), cmath.exp(-2j * math.pi / 3))
    return max((u * turn - p / (3 * u * turn)).real for turn in turns)


@pytest.mark.parametrize("function", [mandelbrot_distance, cubic_root], ids=lambda f: f.__name__)
def test_programs_on_complex_numbers(function: Callable[[float, float], float]) -> None:
    for x, y in ((-0.4, 0.3), (-2.0, 0.5)):
        value, slopes = minitorch.value_and_grad(function, (0, 1))(x, y)
        assert value == function(x, y)
        for index, slope in enumerate(slopes):
            assert slope == pytest.approx(minitorch.central_difference(function, x, y, arg=index), rel=1e-6)
