"""Tracebacks show the user's frames alone, and all frames on demand."""

from __future__ import annotations

import math
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from paths import ROOT

import minitorch
from minitorch.autodiff.place import is_own

# Up to Python 3.10 what is raised again keeps the frame that raises it.
KEPT = ["shortened"] if sys.version_info < (3, 11) else []


def inner(y: Any) -> Any:
    return math.log(y - 3.0)


def outer(x: Any) -> Any:
    return sum(map(inner, [x, x * 2.0]))


def rows(x: Any) -> Any:
    return numpy.log(x) / x.no_such_attribute


def names(error: BaseException) -> list[str]:
    """The functions of a traceback, from the user's call on."""
    return [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)][1:]


CALLS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "grad": (lambda: minitorch.grad(outer)(2.0), ["outer", "inner"]),
    "value_and_grad": (lambda: minitorch.value_and_grad(outer)(2.0), ["outer", "inner"]),
    "jacobian": (lambda: minitorch.jacobian(outer)(2.0), ["outer", "inner"]),
    "jacfwd": (lambda: minitorch.jacfwd(outer)(2.0), ["outer", "inner"]),
    "hessian": (lambda: minitorch.hessian(outer)(2.0), ["outer", "inner"]),
    "hvp": (lambda: minitorch.hvp(outer, (2.0,), (1.0,)), ["outer", "inner"]),
    "jvp": (lambda: minitorch.jvp(outer, (2.0,), (1.0,)), ["outer", "inner"]),
    "vjp": (lambda: minitorch.vjp(outer, 2.0), ["outer", "inner"]),
    "linearize": (lambda: minitorch.linearize(outer, 2.0), ["outer", "inner"]),
    "second order": (lambda: minitorch.grad(minitorch.grad(outer))(2.0), ["outer", "inner"]),
    "vmap": (lambda: minitorch.vmap(minitorch.grad(outer))(numpy.array([2.0])), ["outer", "inner"]),
    "arrays": (lambda: minitorch.grad(rows)(numpy.array([2.0])), ["rows"]),
    "compile": (lambda: minitorch.compile(outer)(2.0), ["outer", "inner"]),
    "compiled derivatives": (lambda: minitorch.compile(outer).value_and_grad(2.0), ["outer", "inner"]),
    "report": (lambda: minitorch.report(outer, 2.0), ["outer", "inner"]),
    "propagate": (lambda: minitorch.propagate(outer, [2.0], [0.1]), ["outer", "inner"]),
    "a wrong argument": (lambda: minitorch.grad(outer)("text"), []),
    "a wrong argnums": (lambda: minitorch.grad(outer, "z"), []),
    "no source": (lambda: minitorch.grad(eval("lambda x: x")), []),
    "second order of backward": (lambda: minitorch.Scalar(2.0).backward(create_graph=True), []),
}


@pytest.mark.parametrize("what", CALLS)
def test_frames_are_those_of_the_user(what: str) -> None:
    call, expected = CALLS[what]
    with pytest.raises(Exception) as caught:
        call()
    assert names(caught.value)[:1] == ["<lambda>"]
    assert [name for name in names(caught.value)[1:] if name not in KEPT] == expected


def test_those_of_others_stay() -> None:
    """What calls the user's code in between is no frame of ours: numpy, functools, contextlib."""
    import functools

    @functools.singledispatch
    def f(x: Any) -> Any:
        return math.log(x - 3.0)

    with pytest.raises(ValueError) as caught:
        minitorch.grad(lambda x: f(x))(2.0)
    assert names(caught.value)[-2:] == ["wrapper", "f"]


def test_causes_and_groups() -> None:
    def f(x: Any) -> Any:
        try:
            return inner(x)
        except ValueError as error:
            raise KeyError("level") from error

    with pytest.raises(KeyError) as caught:
        minitorch.grad(f)(2.0)
    cause = caught.value.__cause__
    assert cause is not None and [frame.f_code.co_name for frame, _ in traceback.walk_tb(cause.__traceback__)] == [
        "f", "inner",
    ]  # fmt: skip


def test_a_function_within_leaves_it_to_the_outermost() -> None:
    seen: list[bool] = []

    def f(x: Any) -> Any:
        try:
            return minitorch.grad(outer)(x)
        except ValueError as error:
            seen.append(any(is_own(frame.f_code) for frame, _ in traceback.walk_tb(error.__traceback__)))
            raise

    with pytest.raises(ValueError) as caught:
        minitorch.grad(f)(2.0)
    assert seen == [True]
    assert [name for name in names(caught.value) if name not in KEPT] == ["f", "outer", "inner"]


def test_all_frames_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINITORCH_FULL_TRACEBACKS", "1")
    with pytest.raises(ValueError) as caught:
        minitorch.grad(outer)(2.0)
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert any(file.startswith(str(ROOT / "minitorch")) for file in files)


def test_functions_look_as_they_were_written() -> None:
    import inspect

    assert list(inspect.signature(minitorch.grad).parameters)[:3] == ["f", "argnums", "has_aux"]
    assert minitorch.grad.__module__ == "minitorch.derivatives.reverse_mode"
    assert minitorch.jvp.__globals__["__name__"] == "minitorch.derivatives.forward_mode"
    assert minitorch.Scalar.backward.__doc__ is not None


def test_frames_without_a_line_stay() -> None:
    """Generated code may have no lines, and an interrupt may come before a function's first one."""
    code = compile("f(x)", "generated.py", "eval").replace(co_linetable=b"")

    def failing(x: Any) -> Any:
        return eval(code, {"f": inner, "x": x})

    with pytest.raises(ValueError, match=r"domain|positive") as caught:
        minitorch.grad(failing)(2.0)
    assert names(caught.value) == [*KEPT, "failing", "<module>", "inner"]


def test_errors_in_code_without_lines_name_its_first() -> None:
    code = compile("sin(x)", "generated.py", "eval").replace(co_linetable=b"")
    with pytest.raises(minitorch.HistoryLostError, match=r"^generated\.py:1: float\(\)") as caught:
        minitorch.grad(lambda x: eval(code, {"sin": math.sin, "x": x}))(2.0)
    assert "install_import_hook" not in str(caught.value)
