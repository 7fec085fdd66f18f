"""Machine code of trees: every kind of decision, trees at random against an interpreter, long and deep ones."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given, settings
from tree_interpreter import QUESTIONS, Ending, bits, run, trees

from minitorch.autodiff.decisions import KINDS
from minitorch.machine_code.llvm.engine import widest_vector
from minitorch.machine_code.lowering.guards import DECISIONS
from minitorch.machine_code.lowering.machine import HIT, MISS, RAISE, MachineCode, lower
from minitorch.machine_code.program import MARGIN, Branching, Constant, Node, Operation, Outcome

INF, NAN = math.inf, math.nan


def ending(status: int, number: int, *_: object) -> Ending:
    """The fallback: return how the call ended."""
    return Ending(status, number, (), True)


def agrees(found: Ending, expected: Ending) -> bool:
    """Whether machine code ended as it must; it may ask Python where that is not certain."""
    if found.status == RAISE:
        return expected.status == RAISE or not expected.certain
    at = (found.status, found.number) == (expected.status, expected.number)
    outputs = zip(found.outputs, expected.outputs, strict=True)
    return at and all(bits(x) == bits(y) or (x != x and y != y) for x, y in outputs)


def called(machine: MachineCode, rows: list[list[float]]) -> list[Ending]:
    """How a call with each row ends."""
    function = machine.callable("f", tuple(range(machine.outputs)), ending)
    found = []
    for row in rows:
        before = machine.calls
        answer = function(*row)
        reached = [now - then for now, then in zip(machine.calls, before, strict=True)]
        found.append(Ending(HIT, reached.index(1), answer, True) if isinstance(answer, tuple) else answer)
    return found


def batched(machine: MachineCode, rows: list[list[float]], threads: int = 1) -> list[Ending]:
    """How each row of a batch ends; it does not say the number of a miss."""
    columns = numpy.array(rows).reshape(len(rows), machine.inputs).T
    outputs = numpy.full((len(rows), machine.outputs), NAN)
    status = numpy.full(len(rows), 255, numpy.uint8)
    left = machine.batch(columns, outputs.T, status, threads)
    assert left == numpy.count_nonzero(status)
    return [Ending(ended, 0, tuple(row), True) for ended, row in zip(status.tolist(), outputs.tolist(), strict=True)]


@settings(max_examples=60, deadline=None)
@given(trees())
def test_random_trees_do_what_the_interpreter_does(drawn: object) -> None:
    tree, rows = drawn  # type: ignore[misc]
    machine = lower(tree, len(rows[0]), 3)
    expected = [run(tree, row) for row in rows]
    calls = called(machine, rows)
    for row, found, right in zip(rows, calls, expected, strict=True):
        assert agrees(found, right), row
    # So often that groups of rows that go together and such that part both occur.
    many = [row for row in rows for _ in range(widest_vector() + 1)] + rows
    again = [end for end in calls for _ in range(widest_vector() + 1)] + calls
    before = machine.calls
    for found, right in zip(batched(machine, many), again, strict=True):
        assert found.status == right.status
        if found.status == HIT:
            assert list(map(bits, found.outputs)) == list(map(bits, right.outputs))
    assert sum(machine.calls) - sum(before) == sum(end.status == HIT for end in again)


ASKED: dict[str, tuple[list[Outcome], list[float]]] = {
    "truth": ([True, False], [0.0, -0.0, 5e-324, -1.0, INF, NAN]),
    "is_integer": ([True, False], [0.0, -0.0, 1.5, -3.0, 1e300, 5e-324, INF, NAN]),
    "int": ([0, 1, -1, 2**70], [0.9, -0.9, -0.0, 1.0, 1.999, -1.5, 2.0**70, 2.0**71, 2.0, INF, -INF, NAN]),
    "floor": ([0, -1, 1], [0.9, -0.9, -0.0, -1.0, 1.999, -1.5, INF, NAN]),
    "ceil": ([0, -1, 1], [0.9, -0.9, -0.0, -1.0, 1.999, -1.5, INF, NAN]),
    "round": ([0, 2, -2, 4503599627370498], [0.5, -0.5, 1.5, 2.5, -2.5, -1.5, 0.49999999999999994,
                                             4503599627370497.5, INF, NAN]),
    "value": ([0.1, -0.0, 2.0, INF], [0.1, math.nextafter(0.1, 1.0), 0.0, -0.0, 2.0, INF, -INF, NAN]),
}  # fmt: skip


def test_every_kind_of_decision_is_known() -> None:
    assert {*KINDS, MARGIN} == DECISIONS.keys() and KINDS.keys() == QUESTIONS.keys() == ASKED.keys()


@pytest.mark.parametrize("kind", ASKED)
def test_a_decision_comes_out_as_in_python(kind: str) -> None:
    outcomes, asked = ASKED[kind]
    for known in (outcomes, outcomes[:1], outcomes[1:2]):
        branches = {outcome: Node(1, (Constant(float(i)),), (1,)) for i, outcome in enumerate(known)}
        tree = Node(1, (), Branching(kind, 0, None, branches))
        machine = lower(tree, 1, 1)
        for x, found in zip(asked, called(machine, [[x] for x in asked]), strict=True):
            assert agrees(found, run(tree, [x])), (known, x)
        rows = [[x] for x in asked for _ in range(11)]
        assert [end.status for end in batched(machine, rows)] == [run(tree, row).status for row in rows]


def test_numbers_count_nodes_before_what_follows_them() -> None:
    leaf = [Node(2, (), (index % 2,)) for index in range(3)]
    inner = Branching("truth", 1, None, {True: leaf[1]})
    tree = Node(2, (), Branching("int", 0, None, {5: leaf[0], 0: Node(2, (), inner), -1: leaf[2]}))
    machine = lower(tree, 2, 1)
    assert machine.leaves == leaf
    assert machine.branchings == [tree.after, inner]
    ends = called(machine, [[5.5, 0.0], [0.0, 1.0], [-1.0, 0.0], [7.0, 0.0], [0.0, 0.0]])
    assert [(end.status, end.number) for end in ends] == [(HIT, 0), (HIT, 1), (HIT, 2), (MISS, 0), (MISS, 1)]
    assert machine.calls == [1, 1, 1]


def test_what_nobody_needs_is_still_checked() -> None:
    tree = Node(2, (Operation("TrueDiv", (0, 1)), Operation("Log", (0,)), Operation("Exp", (0,))), (0,))
    rows = [[1.0, 2.0], [1.0, 0.0], [-1.0, 2.0], [800.0, 1.0]]
    assert [end.status for end in called(lower(tree, 2, 1), rows)] == [HIT, RAISE, RAISE, RAISE]


def test_an_operation_after_a_decision_does_not_fail_before_it() -> None:
    safe, risky = Node(2, (), (0,)), Node(2, (Operation("TrueDiv", (0, 1)),), (2,))
    tree = Node(2, (), Branching("truth", 1, None, {False: safe, True: risky}))
    assert [end.outputs for end in called(lower(tree, 2, 1), [[3.0, 0.0], [3.0, 2.0]])] == [(3.0,), (1.5,)]


def chain(length: int, every: int) -> Node:
    """A loop of additions as a recording has it, with a decision after so many of them."""
    node = Node(2 + length, (), (1 + length, 1))
    for start in range(2 + length - every, 1, -every):
        steps = tuple(Operation("Add", (number - 1 if number > 2 else 0, 1)) for number in range(start, start + every))
        after = Branching("truth", start + every - 1, None, {True: node}) if start + every < 2 + length else node.after
        node = Node(start, steps, after)
    return node


@pytest.mark.parametrize(("length", "every"), [(4000, 4000), (4000, 4)])
def test_long_programs_and_deep_trees(length: int, every: int) -> None:
    total = 0.5
    for _ in range(length):
        total += 0.1
    [end] = called(lower(chain(length, every), 2, 2), [[0.5, 0.1]])
    assert end.outputs == (total, 0.1)


def test_rows_that_part_are_done_one_by_one() -> None:
    tree = Node(1, (), Branching("truth", 0, None, {
        True: Node(1, (Operation("Exp", (0,)),), (1,)), False: Node(1, (Constant(7.0),), (1,)),
    }))  # fmt: skip
    rows = [[float(index % 3 == 0)] for index in range(500)] + [[0.0]] * 500 + [[800.0]] + [[1.0]] * 500
    machine = lower(tree, 1, 1)
    ends = batched(machine, rows)
    assert [end.status for end in ends] == [RAISE if row == [800.0] else HIT for row in rows]
    assert all(end.outputs == run(tree, row).outputs for end, row in zip(ends, rows, strict=True) if end.status == HIT)
    assert machine.calls == [sum(row == [1.0] for row in rows), sum(row == [0.0] for row in rows)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_do_all_rows(threads: int) -> None:
    machine = lower(Node(2, (Operation("Mul", (0, 1)),), (2,)), 2, 1)
    rows = [[float(index), 3.0] for index in range(1003)]
    assert [end.outputs for end in batched(machine, rows, threads)] == [(index * 3.0,) for index in range(1003)]
    assert machine.calls == [1003]


def test_columns_of_any_stride() -> None:
    machine = lower(Node(3, (Operation("Sub", (0, 1)), Operation("Mul", (3, 2))), (4, 3)), 3, 2)
    backwards, wide = numpy.arange(50.0)[::-1], numpy.arange(200.0).reshape(50, 4)[:, 1]
    same = numpy.broadcast_to(numpy.array(2.0), 50)
    product, difference = numpy.zeros((50, 3))[:, 1], numpy.zeros(50)[::-1]
    assert machine.batch([backwards, wide, same], [product, difference], numpy.zeros(50, numpy.uint8)) == 0
    assert difference.tolist() == (backwards - wide).tolist()
    assert product.tolist() == ((backwards - wide) * 2.0).tolist()
    for wrong in ([backwards, wide], [backwards, wide, same[1:]], [backwards, wide, same.astype(int)]):
        with pytest.raises(ValueError, match=r"takes 3 columns|50 float64"):
            machine.batch(wrong, [product, difference], numpy.zeros(50, numpy.uint8))
    assert machine.batch([backwards[:0]] * 3, [product[:0]] * 2, numpy.zeros(0, numpy.uint8)) == 0
