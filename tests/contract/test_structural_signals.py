"""A signal ends a call in a loop of machine code, as it ends one of Python's."""

from __future__ import annotations

import signal

import pytest

from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers that interrupt")


class Interrupted(Exception):
    """What the handler raises."""


def endless(x: float) -> float:
    while x > 0.0:
        for _ in range(3):
            x = x + 1e-300
    return x


def interrupt(*_: object) -> None:
    raise Interrupted


def test_a_loop_that_never_ends_is_interrupted() -> None:
    compiled = compile_structurally(endless)
    assert compiled(-1.0) == -1.0
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            compiled(1.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert [type(each) for each in compiled.programs.values()] == [Program]
    assert compiled(-1.0) == -1.0 and not compiled.left
