"""Who follows a program line by line sees rewritten code pass the same lines, in the same order."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from types import CodeType, FrameType
from typing import Any

import pytest
from bare_transformer import make_dispatcher, up

from transformer.line_table import without_lines
from transformer.linking import link
from transformer.loader import compile_rewritten

FILENAME = "spread_out.py"
SPREAD_OUT = """
def spread_out(a, b):
    product = (
        a
    ) * b
    negative = (
        -
        a
    )
    chosen = (
        a
        if b
        else negative
    ) * b
    less = (
        chosen
    ) < b
    if (
        a
    ) < b and (
        product
    ) > a:
        product += (
            less
        )
    while (
        product
        < a
    ):
        product = a
    assert (
        a
        < b
    ), negative
    sums = [
        (
            a
        ) + b
        for each in (1, 2)
    ]
    return (
        max
    )(
        a,
        sums[0]
    )
"""


def events(code: CodeType) -> list[tuple[str, int]]:
    """What a tracer sees of a call of the module's function."""
    names: dict[str, Any] = {"__name__": "spread_out"}
    exec(code, names)
    seen = []

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if frame.f_code.co_filename != FILENAME:
            return None
        seen.append((event, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        names["spread_out"](1.5, 2.5)
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.parametrize("switch_is_up", [False, True])
def test_expressions_over_many_lines(switch_is_up: bool) -> None:
    dispatcher = make_dispatcher()
    targets = dispatcher.targets
    code, _ = compile_rewritten(SPREAD_OUT.encode(), FILENAME, targets)
    rewritten = link(code, dispatcher.hooked_runtime, targets.switch)
    expected = events(compile(SPREAD_OUT, FILENAME, "exec", dont_inherit=True))
    with up(targets.switch) if switch_is_up else nullcontext():
        assert events(rewritten) == expected


def test_a_function_without_lines_does_the_same() -> None:
    def halved(x: float) -> float:
        return x / 2

    expected = halved(3.0)
    halved.__code__ = without_lines(halved.__code__)
    assert halved(3.0) == expected
    lines = {line for *_, line in halved.__code__.co_lines()}
    assert lines <= {None, halved.__code__.co_firstlineno} or sys.version_info < (3, 12)
