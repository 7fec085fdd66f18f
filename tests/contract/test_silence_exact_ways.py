"""Exact ways round: what can be kept is kept, and what ends in text or whole numbers is said."""

from __future__ import annotations

import ast
import json
import math
import operator
import pickle
import warnings
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import text_subjects

import minitorch
from minitorch import HistoryInTextWarning, HistoryLostError, RoundingWarning

KEPT: dict[str, tuple[Any, float]] = {
    "pickle, the input": (lambda x: pickle.loads(pickle.dumps(x)) * 3.0, 3.0),
    "pickle, a result": (lambda x: pickle.loads(pickle.dumps([x * x, "text"]))[0], 5.0),
    "frexp and ldexp": (lambda x: math.ldexp(*math.frexp(x)) * 3.0, 3.0),
    "as_integer_ratio": (lambda x: operator.truediv(*x.as_integer_ratio()) * x, 5.0),
    "as_integer_ratio, in ints": (lambda x: (lambda n, d: (n * n + d) / d)(*x.as_integer_ratio()), 10.0),
}

TEXT: dict[str, Any] = {
    "str": lambda x: float(str(x)),
    "hex": lambda x: float.fromhex(x.hex()),
    "format": lambda x: float(f"{x:.3f}") * 2.0,
    "a result": lambda x: float(str(x * x)),
    "%": lambda x: float("%.17g" % x) * 2.0,  # noqa: UP031  what is tested
    "% among others": lambda x: float(("%s is %.2f" % ("x", x)).split()[2]),  # noqa: UP031
    "float of a Decimal": lambda x: float(Decimal(str(x))),
    "int": lambda x: int(f"{x * 2.0:.0f}") * 2.0,
    "int of bytes": lambda x: int(b"%d" % (x * 2.0)) * 2.0,
    "int with a base": lambda x: float(int("%.0f" % (x * 2.0), base=10)),
    "Decimal": lambda x: float(Decimal(str(x)) * 2),
    "Fraction": lambda x: float(Fraction(f"{x}") * 2),
    "complex": lambda x: complex(str(x)).real * 2.0,
    "JSON": lambda x: json.loads(f'{{"rates": [1, {x}]}}')["rates"][1] * 2.0,
    "a literal": lambda x: ast.literal_eval(f"(1.0, {x})")[1] * 2.0,
    "a text of several numbers": lambda x: float(("%s: %.2f %s" % ("rate", x, 3)).split()[1]) * 2.0,  # noqa: UP031
    "a text by names": lambda x: float("%(rate).1f" % {"rate": x}) * 2.0,  # noqa: UP031
    "a list of texts": lambda x: sum(map(int, f"{x * 2.0:.0f} 7".split())) * 1.0,
    **text_subjects.READ_BACK,
}


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("way", KEPT)
def test_kept(way: str) -> None:
    f, derivative = KEPT[way]
    compiled = minitorch.compile(f)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RoundingWarning)
        for _ in range(3):
            assert minitorch.value_and_grad(f)(2.5) == (f(2.5), derivative)
            assert minitorch.jvp(f, (2.5,), (1.0,)) == (f(2.5), derivative)
            assert compiled(2.5) == f(2.5) and compiled.value_and_grad(2.5) == (f(2.5), derivative)


def test_what_was_pickled_in_a_run_that_is_over() -> None:
    kept: list[bytes] = []
    assert minitorch.grad(lambda x: (kept.append(pickle.dumps(x * x)), x)[1])(2.0) == 1.0
    with pytest.raises(HistoryLostError, match=r"unpickling.*only until that is done"):
        pickle.loads(kept[0])


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("way", TEXT)
def test_text_and_back_is_said(way: str) -> None:
    f = TEXT[way]
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert compiled(2.5) == f(2.5)
        for call in (minitorch.value_and_grad(f), compiled.value_and_grad):
            with pytest.warns(
                HistoryInTextWarning, match=r"(exact_ways|text_subjects)\.py:\d+: .*which was printed at"
            ):
                assert call(2.5) == (f(2.5), 0.0)


def test_other_text_is_not() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minitorch.grad(lambda x: float("1.5") * x if str(x) else x)(2.5) == 1.5
        others = minitorch.grad(lambda x: int("7") * x + json.loads("[1.5, true]")[0] if str(x) else x)
        assert others(1.0) == 7.0


def test_whole_numbers_are_said() -> None:
    with pytest.warns(RoundingWarning, match="int"):
        assert minitorch.grad(lambda x: int(math.frexp(x)[0] * 2**53) * 2.0**-53)(2.5) == 0.0
