"""Programs written as Python: readable, and the same numbers to the last bit."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_trees import ARITIES, EDGES, Unmet, answer, arguments, evaluate, trees

from minitorch.autodiff.place import Place
from minitorch.machine_code.export import python_source
from minitorch.machine_code.program import Branching, Constant, Node, Operation


def at(line: int, name: str | None = None, file: str = "/tmp/pump.py") -> Place:
    return Place(file, line, 0, line, 9, "f", name)


def compiled(tree: Node, inputs: int = 2) -> Callable[..., Any]:
    """The function that a program is written as."""
    source = python_source(tree, [f"x[{index}]" for index in range(inputs)], (0, 1), "written")
    namespace: dict[str, Any] = {}
    exec(compile(source, "written.py", "exec"), namespace)
    return namespace["written"]  # type: ignore[no-any-return]


def outputs(function: Callable[..., Any], inputs: Sequence[float]) -> Sequence[float]:
    """What a written function gives, its refusals told from Python's own errors."""
    try:
        return function(*inputs)  # type: ignore[no-any-return]
    except ValueError as error:
        if "no recorded run" in str(error):
            raise Unmet(str(error)) from error
        raise


def row(name: str, count: int) -> Node:
    """A program of one operation, with constants where it takes ints."""
    steps: list[Constant | Operation] = []
    operands = list(range(count))
    if name in ("Round", "Ldexp"):
        steps, operands = [Constant(3)], [0, count]
    elif name == "Nextafter" and count == 3:
        steps, operands = [Constant(3)], [0, 1, count]
    steps.append(Operation(name, tuple(operands)))
    last = count + len(steps) - 1
    return Node(count, tuple(steps), (last, last))


def grid(count: int) -> list[tuple[float, ...]]:
    """Inputs with all combinations of what is special, or some where these are many."""
    few = EDGES if count < 3 else [0.0, -1.5, 2.0, 1e300, 5e-324, math.inf, math.nan][: 9 - count]
    return list(itertools.islice(itertools.product(few, repeat=count), 2000))


@pytest.mark.parametrize(("name", "count"), [(name, count) for name in ARITIES for count in ARITIES[name]])
def test_every_row(name: str, count: int) -> None:
    tree = row(name, count)
    written = compiled(tree, count)
    for inputs in grid(count):
        assert answer(lambda: outputs(written, inputs)) == answer(lambda: evaluate(tree, inputs)), inputs  # noqa: B023


@settings(deadline=None, max_examples=150)
@given(tree=trees(), data=st.data())
@pytest.mark.slow
def test_random_programs(tree: Node, data: st.DataObject) -> None:
    written = compiled(tree)
    for _ in range(4):
        inputs = data.draw(arguments(2))
        assert answer(lambda: outputs(written, inputs)) == answer(lambda: evaluate(tree, inputs))  # noqa: B023


PUMP = Node(
    2,
    (Operation("Mul", (0, 0), at(3)), Operation("Mul", (2, 1), at(3, "head")), Constant(2.5),
     Operation("GT", (3, 4), at(4))),
    Branching("truth", 5, at(4), {
        True: Node(6, (Operation("Sqrt", (3,), at(5, "flow")), Operation("TrueDiv", (6, 1), at(6))), (7, 3)),
        False: Node(6, (Operation("Sigmoid", (3,), at(7, "flow")),), (6, 5)),
    }),
)  # fmt: skip

PUMP_SOURCE = '''\
import math


def sigmoid(x):
    """Return 1 / (1 + exp(-x)), computed so that no sign of x overflows."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    growth = math.exp(x)
    return growth / (1.0 + growth)


def pump(speed, rho):
    """Flow and head."""
    # pump.py:3
    head = speed * speed * rho
    # pump.py:4
    t1 = head > 2.5
    if t1:
        # pump.py:5
        flow = math.sqrt(head)
        # pump.py:6
        return [flow / rho, {'head': head}]
    # pump.py:7
    flow = sigmoid(head)
    return [flow, {'head': float(t1)}]
'''


def test_the_source_reads_like_the_user_s() -> None:
    assert python_source(PUMP, ["speed", "rho"], [0, {"head": 1}], "pump", "Flow and head.") == PUMP_SOURCE


def test_an_answer_that_no_run_met_is_refused_by_name() -> None:
    tree = Node(1, (), Branching("int", 0, at(12), {2: Node(1, (), (0,)), 3: Node(1, (), (0,))}))
    namespace: dict[str, Any] = {}
    exec(python_source(tree, ["level"], 0, "f"), namespace)
    assert namespace["f"](3.5) == 3.5
    with pytest.raises(ValueError, match=r"^pump.py:12: no recorded run .* answer to int\(level\)$"):
        namespace["f"](4.0)


def test_names_never_clash() -> None:
    words = ["math", "float", "t1", "t1", "for", "real_power", "sigmoid", "x", "2x", "€", "x²"]
    steps = tuple(Operation("Exp", (index,), at(index, word)) for index, word in enumerate(words))
    source = python_source(Node(1, steps, (len(steps),)), ["x"], 0, "f")
    assigned = [node.targets[0].id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign)]  # type: ignore[attr-defined]
    assert len({*assigned, "x", "math", "float"}) == len(assigned) + 3
    assert assigned[2:6] == ["t1", "t1_2", "for_2", "real_power_2"]


@pytest.mark.slow
def test_a_thousand_decisions_nest_no_deeper_than_their_paths_need() -> None:
    node = Node(3001, (), (0, 3000))
    for number in range(3000, 0, -1):
        leave = Node(number + 1, (), (0, number))
        decision = Branching("truth", number, at(4), {False: leave, True: node})
        node = Node(number, (Operation("Sub", (number - 1, 0), at(3, "rest")),), decision)
    written = compiled(node, 1)
    assert written(0.0) == (0.0, 3000 * 0.0 or 0.0)
    assert answer(lambda: written(math.nan)) == answer(lambda: evaluate(node, [math.nan]))


def test_a_sum_of_ten_thousand_terms_is_no_deep_expression() -> None:
    steps = tuple(Operation("Add", (number, 0)) for number in range(10_000))
    assert compiled(Node(1, steps, (10_000, 0)), 1)(0.1)[0] == pytest.approx(1000.1)


def test_files_of_one_name_are_told_apart() -> None:
    steps = (Operation("Exp", (0,), at(1)), Operation("Sin", (1,), at(1, file="/tmp/other/pump.py")))
    source = python_source(Node(1, steps, (2, 2)), ["x"], (0, 1), "f")
    assert "# /tmp/other/pump.py:1\n" in source


def test_what_python_alone_can_t_do_is_refused() -> None:
    tree = Node(1, (Operation("J0", (0,), at(8)),), (1,))
    with pytest.raises(ValueError, match=r"^pump.py:8: J0 can't be written .* call the compiled function instead$"):
        python_source(tree, ["x"], 0, "f")
