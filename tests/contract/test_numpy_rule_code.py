"""What errors say about a callable without a rule: its name, and code that gives it one and works as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch
from minitorch.scalars.rule_code import rule_code

POINT = np.array([0.5, 1.5, 2.5])


def test_code_for_ufuncs_and_functions() -> None:
    assert rule_code("np.hypot", np.hypot) == "minitorch.register_function(np.hypot, lambda x1, x2, y: (..., ...))"
    assert rule_code("np.sin", np.sin) == "minitorch.register_function(np.sin, lambda x, y: ...)"
    assert rule_code("np.kron", np.kron) == "minitorch.register_function(np.kron, lambda a, b, y: (..., ...))"
    assert rule_code("f", None) == "minitorch.register_function(f, lambda x, y: ...)"


def doubled(a: Any) -> Any:
    """What numpy's functions in C look like: it asks its arguments, and has no Python code that could be traced."""
    return np.frombuffer((np.asarray(a) * 2.0).tobytes())


CORE: Any = np._core if hasattr(np, "_core") else np.core  # type: ignore[attr-defined]

# numpy's own maker of functions that ask their arguments.
FOREIGN = CORE.overrides.array_function_dispatch(lambda a: (a,), module="numpy", verify=False)(doubled)
FOREIGN._implementation.__module__ = "somewhere.in.c"


def message_of(program: Callable[..., Any]) -> str:
    """What the error says."""
    with pytest.raises(minitorch.HistoryLostError) as raised:
        minitorch.grad(lambda x: np.sum(program(x)))(POINT)
    message = str(raised.value)
    assert "not supported for the input types" not in message and "dtype('O')" not in message
    assert not re.search(r"hook\(\[?'numpy|trace numpy", message)
    return message


def test_the_code_for_a_function_of_numpys_works() -> None:
    message = message_of(lambda x: FOREIGN(x))
    code = re.search(r"minitorch\.register_function\(\S+, lambda a, y: \.\.\.\)", message)
    assert code is not None and "doubled" in message, message
    text = re.sub(r"register_function\(\S+,", "register_function(FOREIGN,", code[0]).replace("...", "2.0 + 0.0 * a")
    eval(text, {"minitorch": minitorch, "FOREIGN": FOREIGN})
    assert minitorch.grad(lambda x: np.sum(FOREIGN(x * x)))(POINT) == pytest.approx(4.0 * POINT)


def test_arrays_of_other_kinds_say_what_to_take() -> None:
    assert "numpy.where(mask, a, b)" in message_of(lambda x: np.ma.masked_where(x > 1.0, x))
    assert "numpy.where(mask, a, b)" in message_of(lambda x: np.ma.array(x))
    assert "@ for products" in message_of(lambda x: np.matrix(x))
    assert "@ for products" in message_of(lambda x: np.asmatrix(x))
    assert "numpy.ravel" in message_of(lambda x: np.frombuffer(x))
    assert "an array for each field" in message_of(records)


def records(x: Any) -> Any:
    y = np.zeros(3, dtype=[("a", float)])
    y["a"] = x
    return y["a"]


def test_what_numpy_refuses_itself_it_says_in_its_own_words() -> None:
    for program in (lambda x: np.packbits(x), lambda x: np.gcd(x, 2), lambda x: np.bitwise_and(x, 1)):
        with pytest.raises(TypeError) as own:
            program(POINT)
        with pytest.raises(TypeError) as raised:
            minitorch.grad(lambda x, program=program: np.sum(program(x)))(POINT)
        assert type(raised.value) is type(own.value)
        assert str(raised.value) == str(own.value)
