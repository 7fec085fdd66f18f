"""Errors say where (the user's file and line), what went wrong, and the way out; nothing fails in silence."""

from __future__ import annotations

import array
import contextlib
import decimal
import fractions
import inspect
import json
import math
import pickle
import re
import statistics
import struct
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hooked_project import Project

import minitorch
from minitorch import BackwardError, HistoryLostError, RewriteError, RewriteWarning, Scalar, ScalarFunction
from minitorch.autodiff.errors import place_of_caller, place_of_function

HERE = re.escape(__file__)


def active() -> Scalar:
    """A number with a history."""
    return Scalar(1.5, name="speed") * 2


# -- a history would be lost -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: float(x),
        lambda x: math.sin(x),
        lambda x: math.floor(float(x)),
        lambda x: complex(x),
        lambda x: array.array("d", [x]),
        lambda x: math.fsum([x, 1.0]),
        lambda x: fractions.Fraction(x),
        lambda x: pickle.dumps(x),
    ],
)
def test_a_plain_float_is_not_given_in_silence(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(HistoryLostError, match=r"minitorch\.detach\(x\) or x\.data") as caught:
        ask(active())
    assert re.match(r"\S+\.py:\d+: ", str(caught.value))
    assert "3.0" in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_printf_style_formats_give_no_plain_float_in_silence() -> None:
    # From Python 3.15 on `%` says in its own words what any TypeError of `__float__` said.
    says = r"%f requires a real number, not \S*Scalar" if sys.version_info >= (3, 15) else r"minitorch\.detach\(x\)"
    with pytest.raises(TypeError, match=says):
        "%.3f" % active()  # noqa: UP031


def test_the_error_names_file_line_and_cure() -> None:
    line = inspect.currentframe().f_lineno + 2  # type: ignore[union-attr]
    with pytest.raises(HistoryLostError, match=rf"^{HERE}:{line}: .*derivative of 'speed'") as caught:
        float(Scalar(1.5, name="speed"))
    assert "@minitorch.trace" in str(caught.value)
    assert "minitorch.install_import_hook(['test_errors'])" in str(caught.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda x: struct.pack("d", x),
        lambda x: json.dumps([x]),
        lambda x: decimal.Decimal(x),
        lambda x: statistics.NormalDist(0.0, 1.0).inv_cdf(fractions.Fraction(x)),
        lambda x: bytes(x),
        lambda x: [0, 1][x],
        lambda x: range(x),
    ],
)
def test_no_other_way_gives_a_plain_number(ask: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, struct.error)):
        ask(active())


def test_constants_may_become_floats() -> None:
    assert float(Scalar(2.0, back=None)) == 2.0
    assert math.sqrt(Scalar(4.0, back=None) + 5) == 3.0
    assert minitorch.detach(active()) == active().data == 3.0


# -- Functions ---------------------------------------------------------------------------------------------------------


class NoBackward(ScalarFunction):
    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        return x * 5


class TooFew(ScalarFunction):
    @staticmethod
    def forward(ctx: Any, x: float, y: float) -> float:
        return x * y

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return d_output


class NoNumber(NoBackward):
    @staticmethod
    def backward(ctx: Any, d_output: float) -> str:
        return "steep"


class NoResult(ScalarFunction):
    @staticmethod
    def forward(ctx: Any, x: float) -> Any:
        return "text"


@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        (NoBackward, 1, r"has no backward, .*: give the class a static method backward\(ctx, d_output\)"),
        (TooFew, 2, r"has 2 inputs, but its backward returned 1 derivatives: it must return one per input"),
        (NoNumber, 1, r"its backward returned 'steep' as the derivative by input 0, not a number"),
    ],
)
def test_functions_that_cant_be_differentiated(function: Any, arguments: int, reason: str) -> None:
    out = function.apply(*(Scalar(2.0) for _ in range(arguments)))
    with pytest.raises(BackwardError, match=rf"^{function.__name__} \({HERE}:\d+\):? ?{reason}"):
        out.backward()


@pytest.mark.parametrize("derivatives", [(1.0,), (1.0, 2.0, 3.0)])
def test_registered_rules_give_one_derivative_per_input(derivatives: tuple[float, ...]) -> None:
    def between(x: float, y: float) -> float:
        return (x + y) / 2.0

    minitorch.register_function(between, lambda x, y, output: derivatives)
    reason = rf"the rule registered for Between gave {len(derivatives)} derivatives for 2 inputs: it must return one"
    with pytest.raises(TypeError, match=reason):
        minitorch.grad(lambda x: between(x, x))(2.0)


def test_functions_without_a_number() -> None:
    with pytest.raises(TypeError, match=r"NoResult\.forward returned 'text', which is not a real number"):
        NoResult.apply(Scalar(1.0))


def test_functions_are_never_instantiated() -> None:
    with pytest.raises(TypeError, match=r"NoBackward is never instantiated: call NoBackward\.apply\(\.\.\.\)"):
        NoBackward()


def test_a_failed_pass_leaves_the_leaves_alone() -> None:
    x = Scalar(2.0)
    with pytest.raises(BackwardError):
        (x * x + NoBackward.apply(x)).backward()
    assert x.derivative is None


@pytest.mark.parametrize("value", ["2", b"2", None, [1.0], 1j])
def test_values_that_are_no_numbers(value: Any) -> None:
    with pytest.raises(TypeError):
        Scalar(value)


# -- what can't be rewritten -------------------------------------------------------------------------------------------


def made_by_exec() -> Callable[..., Any]:
    """A function without source."""
    names: dict[str, Any] = {}
    exec("\n\ndef f(x):\n    return x * x", names)
    return names["f"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("way", [minitorch.trace, minitorch.grad, minitorch.traced_source])
def test_no_source(way: Callable[..., Any]) -> None:
    function = made_by_exec()
    code = function.__code__
    with pytest.raises(RewriteError, match=r"source.*\(<string>") as caught:
        way(function)
    assert isinstance(caught.value, SyntaxError)
    assert caught.value.filename == "<string>"
    assert function.__code__ is code and function(3) == 9


def test_no_function() -> None:
    with pytest.raises(RewriteError, match="3 is not a Python function"):
        minitorch.trace(3)
    with pytest.raises(RewriteError, match="3 has no source to show"):
        minitorch.traced_source(3)  # type: ignore[arg-type]
    with pytest.raises(RewriteError, match="class 'int' has no source to show"):
        minitorch.traced_source(int)
    with pytest.raises(RewriteError, match="module 'sys' has no source file"):
        minitorch.traced_source(sys)  # type: ignore[arg-type]


def test_a_class_that_is_half_without_source_is_not_converted_in_half(project: Project) -> None:
    project.write("halves.py", "class Both:\n    def f(self, x):\n        return x * x\n")
    import halves  # type: ignore[import-not-found]

    minitorch.trace(halves.Both)
    x = Scalar(3.0)
    halves.Both().f(x).backward()
    assert x.derivative == 6.0


def test_hook_names() -> None:
    with pytest.raises(ValueError, match="'no name' is not the name of a module or package; give names like"):
        minitorch.install_import_hook(["no name"])
    with pytest.warns(RewriteWarning, match="no module 'nobody_has_this' is to be found now; is the name right"):
        minitorch.install_import_hook(["nobody_has_this"]).uninstall()


def test_a_module_that_is_imported_already(project: Project) -> None:
    project.write("too_late.py", "def f(x):\n    return x * x\n")
    import too_late  # type: ignore[import-not-found]

    with pytest.raises(RewriteError, match=r"imported before the hook, so not rewritten: too_late; .*reload=True"):
        minitorch.install_import_hook(["too_late"])
    with minitorch.install_import_hook(["too_late"], reload=True):
        x = Scalar(3.0)
        too_late.f(x).backward()
    assert x.derivative == 6.0


# -- where -------------------------------------------------------------------------------------------------------------


def test_places() -> None:
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    assert place_of_caller() == f"{__file__}:{line}"
    assert place_of_function(active) == f"{__file__}:{active.__code__.co_firstlineno}"


def test_rewrite_errors_print_as_syntax_errors_do() -> None:
    error = RewriteError("no way", "pump.py", 41, "x = 1\n")
    assert str(error) == "no way (pump.py, line 41)"
    assert (error.msg, error.filename, error.lineno, error.text) == ("no way", "pump.py", 41, "x = 1\n")
    assert str(RewriteError("no way")) == "no way"
    assert str(RewriteError("no way", "pump.py")) == "no way (pump.py)"


def test_the_user_s_own_errors_are_the_plain_ones() -> None:
    def failing(x: Any) -> Any:
        return {"a": 1}["b"] + x

    with contextlib.suppress(KeyError):
        failing(1)
    with pytest.raises(KeyError) as caught:
        minitorch.trace(failing)(Scalar(1.0))
    assert [entry.name for entry in caught.traceback][-1] == "failing"
