"""Rules that users give to callables, and errors that name callables which have none."""

from __future__ import annotations

import array
import importlib
import math
import operator
import random
import re
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special
from mpmath import mp
from registrations import forgotten_afterwards, registrations
from scipy.special._ufuncs import _lanczos_sum_expg_scaled as lanczos

import minitorch
from minitorch import HistoryLostError, Scalar, ScalarFunction
from minitorch.scalars.lost_history import call_in
from minitorch.tracing.registering import register_function

PLAIN = """
import functools
import scipy.special
from scipy.special import j0 as bessel
from scipy.special._ufuncs import _lanczos_sum_expg_scaled as lanczos

TABLE = {"j0": scipy.special.j0}


def wave(x, height):
    return height * scipy.special.j0(x) + bessel(x / 2)


def by_table(x):
    return TABLE["j0"](x) + sum(map(bessel, [x, 2.0])) + functools.partial(bessel, x)()


def other(x):
    return lanczos(x)
"""


pytestmark = pytest.mark.usefixtures("registrations_are_forgotten")


def slope_of_j0(x: float, y: float) -> float:
    return -scipy.special.j1(x)


def slope_of_j1(x: float, y: float) -> float:
    return scipy.special.j0(x) - y / x


class J0(ScalarFunction):
    """The Function of the Bessel function of order 0."""

    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        ctx.save_for_backward(x)
        return float(scipy.special.j0(x))

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return float(-d_output * scipy.special.j1(ctx.saved_values))


@pytest.fixture(params=["decorator", "hook"])
def module(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A plain module that calls scipy, by either road."""
    (tmp_path / "drum.py").write_text(PLAIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "drum", raising=False)
    if request.param == "hook":
        with minitorch.install_import_hook(["drum"]):
            yield importlib.import_module("drum")
    else:
        plain = importlib.import_module("drum")
        for function in (plain.wave, plain.by_table, plain.other):
            minitorch.trace(function)
        yield plain


def near(found: float, expected: Any) -> bool:
    return abs(found - expected) <= 1e-13 * (1 + abs(expected))


@pytest.mark.parametrize("rule", [J0, slope_of_j0], ids=["Function", "derivative"])
def test_a_rule_for_a_ufunc_of_scipy(rule: Any, module: Any) -> None:
    register_function(scipy.special.j0, lambda x, y: 7.0)
    assert minitorch.grad(module.wave)(1.5, 2.0) == 2.0 * 7.0 + 0.5 * 7.0
    assert register_function(scipy.special.j0, rule) is rule
    value, slopes = minitorch.value_and_grad(module.wave, (0, 1))(1.5, 2.0)
    assert value == module.wave(1.5, 2.0)
    expected = mp.diff(lambda x: 2 * mp.besselj(0, x) + mp.besselj(0, x / 2), 1.5)
    assert near(slopes[0], expected) and slopes[1] == scipy.special.j0(1.5)
    assert near(minitorch.grad(module.by_table)(0.7), -3 * mp.besselj(1, mp.mpf(0.7)))
    assert near(minitorch.grad(scipy.special.j0)(0.7), -mp.besselj(1, mp.mpf(0.7)))


def test_the_decorator_form(module: Any) -> None:
    @register_function(scipy.special.j0)
    class Bessel(J0):
        pass

    out = module.wave(Scalar(1.5), 2.0)
    assert Bessel in {node.history.last_fn for node in minitorch.topological_sort(out)}
    assert "Bessel.apply(x)" in minitorch.traced_source(module.wave)

    @register_function(scipy.special.j0)
    def slope(x: float, y: float) -> float:
        return 0.0

    assert minitorch.grad(module.wave)(1.5, 2.0) == 0.0 and slope(1.0, 2.0) == 0.0


def test_derivatives_of_derivatives(module: Any) -> None:
    register_function(scipy.special.j0, slope_of_j0)
    register_function(scipy.special.j1, slope_of_j1)
    second = mp.diff(lambda x: 2 * mp.besselj(0, x) + mp.besselj(0, x / 2), 1.5, 2)
    third = mp.diff(lambda x: 2 * mp.besselj(0, x) + mp.besselj(0, x / 2), 1.5, 3)
    assert near(minitorch.grad(minitorch.grad(module.wave))(1.5, 2.0), second)
    assert near(minitorch.grad(minitorch.grad(minitorch.grad(module.wave)))(1.5, 2.0), third)


def test_arrays_of_scalars() -> None:
    register_function(scipy.special.j0, slope_of_j0)
    x = Scalar(0.5)

    @minitorch.trace
    def total(items: Any) -> Any:
        return scipy.special.j0(items).sum()

    total(np.array([x, x * 2, 1.0], dtype=object)).backward()
    assert x.derivative == pytest.approx(-scipy.special.j1(0.5) - 2 * scipy.special.j1(1.0))
    assert total(np.array([0.5, 1.0])) == scipy.special.j0([0.5, 1.0]).sum()


def test_several_inputs() -> None:
    register_function(scipy.special.hyp0f1, lambda b, z, y: (math.nan, scipy.special.hyp0f1(b + 1, z) / b))
    assert minitorch.grad(lambda z: scipy.special.hyp0f1(1.5, z))(0.3) == scipy.special.hyp0f1(2.5, 0.3) / 1.5
    register_function(scipy.special.hyp0f1, lambda b, z, y: 1.0)
    with pytest.raises(TypeError, match="Hyp0F1 gave 1 derivatives for 2 inputs"):
        minitorch.grad(lambda z: scipy.special.hyp0f1(1.5, z))(0.3)


# -- callables of every kind -------------------------------------------------------------------------------------------


class Table:
    """An object that is called; it looks its values up, which has no derivative in itself."""

    def __call__(self, x: float) -> float:
        return struct.unpack("d", struct.pack("d", x * x))[0]  # type: ignore[no-any-return]


def through_bytes(x: float, scale: float = 1.0) -> float:
    """A Python function through which no history goes."""
    return struct.unpack("d", struct.pack("d", x * x * scale))[0]  # type: ignore[no-any-return]


class Bytes(float):
    """A class that is called as a function."""


TABLE = Table()


CALLABLES = [through_bytes, TABLE, operator.methodcaller("__pow__", 2), Bytes]


@pytest.mark.parametrize("callee", CALLABLES, ids=lambda callee: type(callee).__name__)
def test_kinds_of_callables(callee: Callable[..., Any]) -> None:
    register_function(callee, lambda x, y: 10.0 * x)

    def program(x: float) -> float:
        return callee(x) + 1

    assert program(3.0) == callee(3.0) + 1
    assert minitorch.value_and_grad(program)(3.0) == (callee(3.0) + 1, 30.0)
    assert minitorch.grad(lambda x: max(map(callee, [x, -1.0])))(3.0) == 30.0


def test_code_that_ran_before_is_reached_too() -> None:
    def program(x: float) -> float:
        return through_bytes(x)

    with pytest.raises(HistoryLostError, match=r"struct\.pack"):
        minitorch.grad(program)(3.0)
    register_function(through_bytes, lambda x, y: 2 * x)
    assert minitorch.grad(program)(3.0) == 6.0


def test_a_rule_can_be_replaced_and_takes_precedence() -> None:
    register_function(math.sin, lambda x, y: 7.0)
    assert minitorch.grad(lambda x: math.sin(x))(0.5) == 7.0
    register_function(np.sin, lambda x, y: 8.0)
    assert minitorch.grad(lambda x: np.sin(x))(0.5) == 8.0


def test_arguments_by_name() -> None:
    register_function(through_bytes, lambda x, scale, y: (2 * x * scale, x * x))
    gradient = minitorch.grad(lambda x, s: through_bytes(scale=s, x=x), (0, 1))
    assert gradient(3.0, 4.0) == (24.0, 9.0)

    def options(x: float, *, scale: float) -> float:
        return x * scale

    register_function(options, lambda x, y: 1.0)
    with pytest.raises(TypeError, match="takes arguments by position; it was called with scale by name"):
        minitorch.grad(lambda x: options(x, scale=2.0))(1.0)
    assert options(2.0, scale=3.0) == 6.0


def test_results_that_are_no_numbers() -> None:
    register_function(through_bytes, lambda x, y: "steep")
    with pytest.raises(TypeError):
        minitorch.grad(lambda x: through_bytes(x))(1.0)

    def words(x: float) -> Any:
        return "many"

    register_function(words, lambda x, y: 1.0)
    with pytest.raises(TypeError, match="'many', which is not a real number"):
        minitorch.grad(lambda x: words(x))(1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3.0, J0), "found again by its identity, not 3.0"),
        ((math.sin, int), "must be a subclass of ScalarFunction"),
        ((math.sin, 3.0), "the rule of sin must be a subclass of ScalarFunction, or a plain function"),
        ((math.sin, float), "not <class 'float'>"),
    ],
)
def test_what_is_no_rule(arguments: tuple[Any, Any], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        register_function(*arguments)


def test_methods_are_refused() -> None:
    with pytest.raises(TypeError, match="found again by its identity"):
        register_function(TABLE.__call__, slope_of_j0)


# -- errors that name what has no rule ---------------------------------------------------------------------------------


def test_a_ufunc_without_a_rule_says_so_by_name(module: Any) -> None:
    message = (
        r"drum.py:\d+: `lanczos\(x\)` asks for a plain float, which would lose the derivative of 'x'. "
        r"minitorch has no rule for lanczos. Give it one: minitorch.register_function\(lanczos, lambda x, y: ...\)"
    )
    with pytest.raises(HistoryLostError, match=message if sys.version_info >= (3, 11) else "lanczos"):
        minitorch.grad(module.other)(1.5)
    assert module.other(1.5) == lanczos(1.5)


def test_errors_of_a_ufunc_without_a_rule_are_its_own() -> None:
    with pytest.raises(TypeError, match="not supported for the input types"):
        minitorch.trace(lambda x: lanczos("text") * x)(Scalar(1.0))


def test_arrays_of_scalars_without_a_rule() -> None:
    with pytest.raises(HistoryLostError, match=r"the Scalars in its ndarray"):
        minitorch.trace(lambda x: lanczos(np.array([x], dtype=object)))(Scalar(1.0))


def test_other_callables_in_c_are_named() -> None:
    x, floats = Scalar(1.5, name="flow"), array.array("d", [0.0])
    with pytest.raises(HistoryLostError) as lost:
        time_of_day = math.sin(x)
        assert time_of_day
    assert f"{__file__}:{lost.traceback[0].lineno + 1}: `math.sin(x)` asks for a plain float" in str(lost.value)
    assert "the derivative of 'flow'. The code there is not traced: decorate the function" in str(lost.value)
    with pytest.raises(HistoryLostError, match=r"`float\(x\)` asks .*hook\(\['test_registry'\]\)\. If the plain"):
        float(x)
    with pytest.raises(
        HistoryLostError,
        match=r"an element that is a plain float, which is set, would lose the derivative of 'flow'\. What",
    ):
        floats[0] = x


def call_here(*arguments: Any) -> Any:
    """What the caller's frame is calling."""
    return call_in(sys._getframe(1))


def test_the_text_of_a_call() -> None:
    assert call_here(1, "é") == ('call_here(1, "é")', "call_here") or sys.version_info < (3, 11)
    found = call_here()
    assert found == ("call_here()", "call_here")
    if sys.version_info >= (3, 11):
        found = call_here(
            1,
            [2, 3],
        )
        assert found == ("call_here( 1, [2, 3], )", "call_here")
        assert len(call_here("a long text that is of no use to anybody", "and another that is not better").text) == 80
    assert eval("call_here()") is None


def test_what_a_test_registers_is_forgotten() -> None:
    """In all tables: a half that stays would have other tests differentiate by rules of this one."""
    before = registrations()
    with forgotten_afterwards():
        register_function(scipy.special.hyp0f1, lambda b, z, y: (0.0, 1.0))
        register_function(np.sort, lambda x, y: 1.0)
        register_function(np.geterr, lambda y: ())
        register_function(through_bytes, lambda x, y: 2 * x)
        register_function(random.random, lambda y: ())
        assert sum(map(operator.ne, registrations(), before)) >= 6
    assert registrations() == before
    with pytest.raises(HistoryLostError, match="by its argument 1 is not known"):
        minitorch.grad(lambda x: scipy.special.hyp0f1(x, 2.0))(1.0)
