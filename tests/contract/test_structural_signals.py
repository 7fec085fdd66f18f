"""A signal ends a call in a loop of machine code, as it ends one of Python's."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.task import Mode

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


class CallsAtItsEnd:
    """What a function's calls went straight to, which calls it when it is freed, as a signal's handler may."""

    def __init__(self, function: Any, answers: list[float]) -> None:
        self.function, self.answers = function, answers

    def __call__(self, x: float) -> float:
        return x

    def __del__(self) -> None:
        self.answers.append(self.function(3.0))


def test_what_runs_while_machine_code_is_replaced_calls_the_new_one() -> None:
    compiled, answers = minitorch.compile(lambda x: x * x), []
    compiled.install(Mode.VALUE, CallsAtItsEnd(compiled, answers))
    assert compiled(3.0) == 3.0
    compiled.install(Mode.VALUE, lambda x: x * 5.0)
    assert (answers, compiled(3.0)) == ([15.0], 15.0)
    compiled.install(Mode.VALUE, CallsAtItsEnd(compiled, answers))
    compiled.install(Mode.VALUE, None)
    assert (answers, compiled(3.0)) == ([15.0, 9.0], 9.0)


HANDLER = """
import signal, warnings
import minitorch

def looped(x):
    total = 0.0
    for index in range(4):
        total += x * x + index
    return total

warnings.simplefilter("ignore")
functions = [minitorch.compile(looped) for _ in range(40)]
answers, depth = [], 0

def handle(*_):
    global depth
    depth += 1
    if depth < 8:
        answers.append(functions[len(answers) % 40](1.5))
    depth -= 1

signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
for function in functions:
    function.precompile(1.5)
    function.precompile(1.5, derivative=False)
    assert function.value_and_grad(1.5) == (15.0, 12.0)
    assert minitorch.compile(looped).value_and_grad(1.5) == (15.0, 12.0)
signal.setitimer(signal.ITIMER_REAL, 0.0)
assert set(answers) == {15.0}
"""


def test_a_handler_calls_what_is_being_compiled() -> None:
    subprocess.run([sys.executable, "-X", "faulthandler", "-c", HANDLER], check=True, timeout=300)
