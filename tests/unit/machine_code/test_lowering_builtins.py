"""Machine code as builtin functions: arguments, results, what takes over, and that everything is freed."""

from __future__ import annotations

import gc
import inspect
import resource
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import minitorch
from minitorch.machine_code.llvm.builtins import Shape
from minitorch.machine_code.llvm.engine import close_unused, engines
from minitorch.machine_code.lowering.machine import ARGUMENTS, MISS, RAISE, MachineCode, lower
from minitorch.machine_code.program import Branching, Constant, Node, Operation

OPERATIONS = (Operation("Mul", (0, 1)), Operation("TrueDiv", (0, 1)), Operation("Sub", (0, 1)))


def quotients(offset: float = 0.0) -> MachineCode:
    """Product, quotient and difference of two numbers."""
    return lower(Node(2, (*OPERATIONS, Constant(offset), Operation("Add", (2, 5))), (6, 3, 4)), 2, 3)


def fallback(status: int, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """The fallback: return its arguments."""
    return status, number, arguments, keywords


SHAPES: list[tuple[Shape, Any]] = [
    (0, 3.0),
    ((), ()),
    ((1,), (0.75,)),
    ((0, 1), (3.0, 0.75)),
    ((0, (1, 2)), (3.0, (0.75, -0.5))),
    (((2, 2), ((0,), 1)), ((-0.5, -0.5), ((3.0,), 0.75))),
    ((0,) * 20, (3.0,) * 20),
    ((0, tuple([1, 2] * 10)), (3.0, (0.75, -0.5) * 10)),
]


@pytest.mark.parametrize(("shape", "expected"), SHAPES)
def test_results_have_the_shape_asked_for(shape: Shape, expected: object) -> None:
    assert quotients().callable("f", shape, fallback)(1.5, 2.0) == expected


def test_it_is_a_builtin_with_name_module_and_signature() -> None:
    function = quotients().callable("ratio", 1, fallback, module="physics", documentation="ratio(x, y)\n--\n\nDivide.")
    assert inspect.isbuiltin(function)
    assert (function.__name__, function.__module__, function.__doc__) == ("ratio", "physics", "Divide.")
    assert str(inspect.signature(function)) == "(x, y)"


@pytest.mark.parametrize("arguments", [(3, 2), (True, 2.0), (3.0, True), (2**1000, 2.0**990), (-0.0, 1)])
def test_ints_and_bools_are_numbers(arguments: tuple[float, float]) -> None:
    x, y = map(float, arguments)
    assert quotients().callable("f", (0, 1, 2), fallback)(*arguments) == (x * y, x / y, x - y)


class Number(float):
    """Another kind of float."""


@pytest.mark.parametrize(
    "arguments",
    [
        (), (1.0,), (1.0, 2.0, 3.0), ("1", 2.0), (1.0, None), (2**2000, 1.0), (1j, 1.0), (Number(1.0), 2.0),
        (numpy.float64(1.0), 2.0), (numpy.array(1.0), 2.0), (minitorch.Scalar(1.0), 2.0),
    ],
)  # fmt: skip
def test_other_arguments_are_left_to_the_caller(arguments: tuple[Any, ...]) -> None:
    status, number, passed, keywords = quotients().callable("f", 0, fallback)(*arguments)
    assert (status, number, keywords) == (ARGUMENTS, 0, {})
    assert len(passed) == len(arguments) and all(x is y for x, y in zip(passed, arguments, strict=True))


def test_keywords_are_left_to_the_caller() -> None:
    function = quotients().callable("f", 0, fallback)
    assert function(1.0, y=2.0) == (ARGUMENTS, 0, (1.0,), {"y": 2.0})
    assert function(y=2.0, x=None) == (ARGUMENTS, 0, (), {"y": 2.0, "x": None})
    assert function(*(3.0, 2.0), **{}) == 6.0


def test_a_program_without_inputs() -> None:
    function = lower(Node(0, (Constant(2.5),), (0,)), 0, 1).callable("f", 0, fallback)
    assert function() == 2.5
    assert function(1.0) == (ARGUMENTS, 0, (1.0,), {})


def test_what_takes_over_is_told_why_and_its_exception_is_the_call_s() -> None:
    def fallback(status: int, number: int, arguments: tuple[float, ...], keywords: dict[str, Any]) -> float:
        if status == RAISE:
            return arguments[0] / arguments[1]
        raise LookupError(status, number)

    tree = Node(2, OPERATIONS[1:2], Branching("truth", 2, None, {True: Node(3, (), (2,))}))
    function = lower(tree, 2, 1).callable("f", 0, fallback)
    assert function(3.0, 2.0) == 1.5
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        function(3.0, 0.0)
    with pytest.raises(LookupError) as raised:
        function(0.0, 2.0)
    assert raised.value.args == (MISS, 0)


def test_an_exception_in_python_functions_is_nobody_s() -> None:
    function = lower(Node(1, (Operation("Gamma", (0,)),), (1,)), 1, 1).callable("gamma", 0, fallback)
    assert function(5.0) == 24.0
    assert function(-1.0) == (RAISE, 0, (-1.0,), {})


def test_calls_from_threads() -> None:
    function = lower(Node(1, (Operation("Lgamma", (0,)), Operation("Mul", (0, 1))), (2,)), 1, 1).callable(
        "f", 0, fallback
    )
    expected, found = function(3.5), []

    def work() -> None:
        found.extend(function(3.5) for _ in range(2000))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8000


# -- lifetimes ---------------------------------------------------------------------------------------------------------


def resident() -> int:
    """The most memory this process had so far, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_machine_code_is_freed_with_its_builtin() -> None:
    gc.collect()
    close_unused()
    before, machine = len(engines), quotients()
    first, second = machine.callable("f", 0, fallback), machine.callable("f", 0, fallback)
    column = numpy.ones(20)
    machine.batch([column] * 2, [column.copy() for _ in range(3)], numpy.zeros(20, numpy.uint8))
    assert len(engines) == before + 3
    del machine
    close_unused()
    assert len(engines) == before + 2
    del first
    assert second(1.5, 2.0) == 3.0
    del second
    close_unused()
    assert len(engines) == before


def test_a_builtin_in_a_cycle_works_until_the_collector_is_done() -> None:
    answers: list[float] = []

    class Last:
        """Calls the builtin when the collector has found it."""

        function: Callable[..., float]

        def __del__(self) -> None:
            answers.append(self.function(1.5, 2.0))

    gc.collect()
    close_unused()
    before, lasts = len(engines), [Last() for _ in range(20)]
    for last in lasts:
        last.function = quotients().callable("f", 0, lambda *_, held=last: held)
    del lasts, last
    gc.collect()
    assert answers == [3.0] * 20
    close_unused()
    assert len(engines) == before


def test_thousands_of_programs_leave_nothing_behind() -> None:
    def rounds(count: int, start: int) -> None:
        for index in range(count):
            assert quotients(start + index).callable("f", 0, fallback)(1.0, 1.0) == 1.0 + start + index

    rounds(100, 0)
    before = resident()
    rounds(400, 1000)
    # Machine code that stayed would take 70 kB each.
    assert resident() - before < 4000


def test_calls_leave_nothing_behind() -> None:
    answer = object()
    function = quotients().callable("f", (0, (1, 2)), lambda *_: answer)
    text = "an argument"

    def calls(count: int) -> None:
        for _ in range(count):
            function(1.5, 2.0)
            function(1.5, 0.0)
            function(text, True)
            function(2**2000, 1.0)
            function(x=text)

    calls(10)
    blocks, references = sys.getallocatedblocks(), (sys.getrefcount(text), sys.getrefcount(answer))
    calls(20_000)
    assert (sys.getrefcount(text), sys.getrefcount(answer)) == references
    assert abs(sys.getallocatedblocks() - blocks) < 100
