"""Both recorders do the same: to the last bit, with the same histories and places."""

from __future__ import annotations

import gc
import importlib.util
import math
import operator
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from both_recorders import BOTH
from hypothesis import given
from hypothesis import strategies as st
from paths import ROOT
from random_trees import bits

import minitorch
import minitorch.recorder
from minitorch import Scalar
from minitorch.autodiff.decisions import observed
from minitorch.autodiff.topological_order import topological_sort
from minitorch.autodiff.variable import backward_pass
from minitorch.rules.real import RULES

OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.floordiv, operator.mod,
    operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge, lambda x, y: -x,
]  # fmt: skip

NUMBERS = [
    0.0, -0.0, 1.0, -1.0, 0.1, 2.0, -2.5, 1e308, 5e-324, math.inf, -math.inf, math.nan, 3, 0, -7, 2, True, 2**53,
    2**60 + 1, 10**400,
]  # fmt: skip


ONE_NUMBER = {
    name: rule.callables[0] if getattr(math, getattr(rule.callables[0], "__name__", ""), None) else None
    for name, rule in RULES.items()
    if not rule.dispatches
    and len(rule.callables) == 1
    and ((len(rule.partials) == 1 and rule.partials[0].__code__.co_argcount == 2) or name == "Log")
}
"""The rows of functions of one number, with the function of `math` that each stands for or `None`."""


def described(package: Any, result: Any, operands: Sequence[Any] = ()) -> Any:
    """All that a Variable knows, but its age; an operand by its position."""
    kind = type(result)
    if kind not in (package.Scalar, package.scalars.scalar.Indicator):
        return kind.__qualname__, bits(result) if isinstance(result, float) else result
    history = result.history
    if history is None:
        return kind.__qualname__, bits(result.data), None
    partials = [None if p is None else bits(float(p)) for p in history.partials or ()]
    saved = [bits(float(value)) for value in history.ctx.saved_values]
    places = [[i for i, y in enumerate(operands) if x is y] or bits(float(x)) for x in history.inputs]
    made = (history.last_fn.__name__, places, partials, saved)
    return kind.__qualname__, bits(result.data), made, str(result.place), result.derivative, result.name


def outcome(package: Any, function: Callable[..., Any], *operands: Any) -> Any:
    """What comes of a call: a value, or an error."""
    try:
        return described(package, function(*operands), operands)
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error).__qualname__, str(error)


@pytest.mark.parametrize("function", OPERATORS)
@pytest.mark.parametrize("y", NUMBERS, ids=lambda y: repr(y)[:20])
def test_operators_record_what_python_records(function: Callable[[Any, Any], Any], y: Any) -> None:
    for x in (0.0, -1.5, 3.0, math.inf):
        outcomes = []
        for package in BOTH.values():
            second = package.Scalar(1.0 if y == 10**400 else float(y))
            first, constant = package.Scalar(x), package.Scalar(x, None)
            pairs = [(first, y), (y, first), (first, second), (constant, y), (y, constant), (constant, second),
                     (second, constant), (first, first), (first, first < 1.0), (first < 1.0, first)]  # fmt: skip
            outcomes.append([outcome(package, function, *pair) for pair in pairs])
        assert outcomes[0] == outcomes[1]


def program(xs: list[Any], steps: list[tuple[int, int, int]]) -> list[Any]:
    """Straight-line code: each step combines two of the values so far."""
    values = list(xs)
    for kind, i, j in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append(
            [x + y, x - y, x * y, x / y if y != 0 else x, -x, x**2 if abs(x) < 1e100 else y, sum([x, y, x])][kind]
        )
    return values


CODE_OF_PROGRAM = program.__code__


def graph_of(package: Any, output: Any) -> list[Any]:
    """All Variables behind an output, the oldest first: each as it is, with its operands by their ages."""
    nodes = package.topological_sort(output)[::-1]
    ages = {id(node): age for age, node in enumerate(nodes)}

    def shown(x: Any) -> Any:
        return ages[id(x)] if id(x) in ages else bits(float(x))

    graph = []
    for node in nodes:
        function, place, partials = node.creator, node.place, (node.first_partial, node.second_partial)
        made = None if node.is_leaf() else function.__name__
        parents = [shown(x) for x in (node.first_parent, node.second_parent) if x is not None and type(x) is not tuple]
        if type(node.first_parent) is tuple:
            parents, partials = [shown(x) for x in node.first_parent], node.first_partial
        at = place and (place.line, place.column, place.end_column, place.function, place.name)
        graph.append((made, bits(node.data), parents, [None if p is None else bits(float(p)) for p in partials], at))
    return graph


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 99)), max_size=30),
    st.booleans(),
)
def test_graphs_are_the_same(numbers: list[float], steps: list[tuple[int, int, int]], traced: bool) -> None:
    graphs = []
    for package in BOTH.values():
        run: Any = FunctionType(CODE_OF_PROGRAM, globals())
        leaves = [package.Scalar(x) for x in numbers]
        outputs = (package.trace(run) if traced else run)(leaves, steps)
        graphs.append(graph_of(package, sum(outputs)))
    assert graphs[0] == graphs[1]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 99)), max_size=30),
)
def test_sweeps_give_what_python_gives(numbers: list[float], steps: list[tuple[int, int, int]]) -> None:
    leaves = [Scalar(x) for x in numbers]
    out = minitorch.trace(program)(leaves, steps)[-1]
    out.backward()
    by_machine = [0.0 if x.derivative is None else x.derivative for x in leaves]
    by_python = backward_pass(topological_sort(out), {out.unique_id: 1.0}, leaves)
    assert list(map(bits, by_machine)) == list(map(bits, by_python))
    gradient = minitorch.grad(lambda xs: program(xs, steps)[-1] * 1.0)(numbers)
    if out.unique_id != leaves[-1].unique_id:
        assert list(map(bits, gradient)) == list(map(bits, by_python))


@pytest.mark.parametrize("name", ONE_NUMBER)
def test_functions_of_math_record_what_python_records(name: str) -> None:
    plain: Any = ONE_NUMBER[name]
    traced = {package: package.trace(lambda f, x: f(x)) for package in BOTH.values()}
    points = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 7.0, 700.0, 1e300, 5e-324, math.inf, -math.inf, math.nan]
    for x in [*points, 2, True, "a", None, 10**400]:
        outcomes = []
        for package in BOTH.values():
            operands = (package.Scalar(x), package.Scalar(x, None), x) if type(x) is float else (x,)
            outcomes.append([outcome(package, traced[package], plain, operand) for operand in operands])
        assert outcomes[0] == outcomes[1], x
    for package in BOTH.values():
        with pytest.raises(TypeError):
            traced[package](lambda x: plain(x, x, x), package.Scalar(1.0))


@given(
    st.lists(st.floats() | st.integers(-9, 9) | st.booleans() | st.sampled_from(["leaf", "constant"]), max_size=9),
    st.one_of(st.none(), st.just(0), st.floats(), st.just("leaf"), st.integers(-3, 3)),
    st.booleans(),
)
def test_sums_are_what_python_records(values: list[Any], start: Any, named: bool) -> None:
    outcomes = []
    for package in BOTH.values():

        def add(xs: Any, first: Any) -> Any:
            if first is None:
                return sum(x for x in xs)
            return sum(iter(xs), start=first) if named else sum(xs, first)

        special = {"leaf": package.Scalar(0.1), "constant": package.Scalar(-0.7, None)}
        items = [special.get(value, value) if isinstance(value, str) else value for value in values]
        first = special.get(start, start) if isinstance(start, str) else start
        outcomes.append(described(package, package.trace(add)(items, first), [*special.values()]))
    assert outcomes[0] == outcomes[1]


def test_sums_of_other_things() -> None:
    x = Scalar(1.0)
    join = minitorch.trace(lambda values, start: sum(values, start))
    assert join([[1], [x]], []) == [1, x]
    assert join(range(4), 0) == 6
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        join(5, 0)
    with pytest.raises(ZeroDivisionError):
        join((1 / y for y in (1, 0)), 0)


class Tripled(minitorch.ScalarFunction):
    """A Function that no table knows."""

    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        return 3.0 * x

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return 3.0 * d_output


def test_graphs_with_other_functions_are_pythons() -> None:
    x = Scalar(2.0)
    (Tripled.apply(x * x) * x).backward()
    assert x.derivative == 36.0


def test_nested_derivatives() -> None:
    cube = minitorch.grad(minitorch.grad(lambda x: x * x * x))
    assert cube(2.0) == 12.0
    assert minitorch.grad(lambda x: x * minitorch.grad(lambda y: x * y * y)(3.0))(2.0) == 24.0


def test_an_old_leaf_and_a_young_graph() -> None:
    weight = Scalar(0.5)
    for _ in range(200_000):
        _ = weight * 2.0
    loss = weight * weight + weight
    loss.backward()
    assert weight.derivative == 2.0


def test_nothing_is_recorded_where_nothing_is_to_be() -> None:
    x = Scalar(2.0)
    with minitorch.no_grad():
        for y in (x * x, 2.0 / x, -x, +x, abs(x), x < 1.0, operator.ge(3, x)):
            assert y.history is None
    with observed() as decisions:
        assert x * x > 1.0
    assert [decision.kind for decision in decisions] == ["truth"]


def test_all_is_freed() -> None:
    def run() -> None:
        x = Scalar(1.0)
        y = x
        for _ in range(20_000):
            y = y * 1.0000001 + x
        y.backward()

    run()
    gc.collect()
    tracemalloc.start()
    try:
        run()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(3):
            run()
        assert tracemalloc.get_traced_memory()[0] < before + 20_000
    finally:
        tracemalloc.stop()


def test_a_million_operations_deep() -> None:
    x = Scalar(1.0)
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    y.backward()
    assert x.derivative == 1.0


def test_threads_record_at_once() -> None:
    failures: list[Any] = []

    def work(number: float) -> None:
        for _ in range(50):
            x = Scalar(number)
            y = x
            for _ in range(200):
                y = y * x
                y = y / x
            y.backward()
            if abs((x.derivative or 0.0) - 1.0) > 1e-9:
                failures.append(x.derivative)

    threads = [threading.Thread(target=work, args=(1.0 + i / 8,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_the_environment_chooses_the_recorder() -> None:
    code = (
        "import minitorch; x = minitorch.Scalar(1.0)\n"
        "y = x * x\n"
        "from minitorch.recorder import is_native; print(is_native, y.place.line)"
    )
    is_built = importlib.util.find_spec("minitorch.recorder._native") is not None
    for setting, expected in (("", is_built), ("0", False)):
        environment = {**os.environ, "MINITORCH_NATIVE": setting}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
        assert done.stdout.split() == [str(expected), "2"], done.stderr


def test_what_is_recorded_beforehand_changes_no_compiled_function(tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text(
        "import minitorch\n"
        "def slowly(x):\n"
        "    for _ in range(300):\n"
        "        x = x * 1.0001\n"
        "    return x\n"
        "x = minitorch.Scalar(1.0)\n"
        "for _ in range(1000): x * x\n"
        "compiled = minitorch.compile(slowly)\n"
        "compiled(1.0)\n"
        "print(compiled(2.0) == slowly(2.0), type(compiled(3.0)).__name__)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "steps.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("True float\n", "")


# -- forward mode ------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 99)), max_size=30),
    st.lists(st.sampled_from([0.0, -0.0, 1.0, -2.5, math.inf, math.nan]), min_size=4, max_size=4),
)
def test_tangents_are_those_of_python(
    numbers: list[float], steps: list[tuple[int, int, int]], tangents: list[float]
) -> None:
    moved = []
    for package in BOTH.values():
        # Each of the two rewrites functions of its own.
        own = FunctionType(CODE_OF_PROGRAM, globals())

        def results(xs: list[Any], own: Any = own) -> list[Any]:
            return [*own(xs, steps)[-4:], 1.5]

        moved.append(package.jvp(results, (numbers,), (tangents[: len(numbers)],))[1])
    assert list(map(bits, moved[0])) == list(map(bits, moved[1]))


@pytest.mark.skipif(not minitorch.recorder.is_native, reason="Python's recorder has no passes of its own")
@pytest.mark.parametrize(
    ("tangents", "moved"), [([1.0, 0.0], 1.0), ([1.0, 1.0], 4.0), ([0.0, 0.0], 0.0), ([0.0, 1.0], 3.0)]
)
def test_an_input_that_stands_still_stays_whatever_it_was_made_of(tangents: list[float], moved: float) -> None:
    x = Scalar(2.0)
    y = x * 5.0
    assert minitorch.recorder.jvp is not None
    assert minitorch.recorder.jvp([y * 3.0 + x], [x, y], tangents, 0) == [moved]


def test_tangents_of_other_functions_and_of_outer_variables() -> None:
    assert minitorch.jvp(lambda x: Tripled.apply(x * x) * x, (2.0,), (1.0,)) == (24.0, 36.0)
    assert minitorch.grad(lambda x: minitorch.jvp(lambda y: x * y * y, (3.0,), (1.0,))[1])(2.0) == 6.0
    assert minitorch.jvp(lambda x, y: [x, 2.0, y * 1.0], (2.0, 3.0), (1.0, None))[1] == [1.0, 0.0, 0.0]
    assert minitorch.jacobian(lambda x: [x, x * x], argnums=0)(3.0) == [1.0, 6.0]


# -- apply -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ONE_NUMBER, "Add", "Sub", "Mul", "TrueDiv"])
def test_apply_records_what_python_records(name: str) -> None:
    outcomes = []
    for package in BOTH.values():
        Scalar, apply = package.Scalar, getattr(package, name).apply
        operands = [Scalar(0.5), Scalar(0.5, None), 0.5, 2, True, Scalar(2.0) > 1.0, "a", None, [1]]
        arguments: list[tuple[Any, ...]] = [(), *((x,) for x in operands)]
        arguments += [(x, y) for x in operands for y in operands]
        outcomes.append([outcome(package, apply, *values) for values in arguments])
    assert outcomes[0] == outcomes[1]


def test_a_function_derived_from_another_is_itself() -> None:
    class Halved(minitorch.Mul):  # type: ignore[misc, name-defined]
        """A product that calls itself by another name."""

    x = Scalar(3.0)
    assert (x * x).history.last_fn is minitorch.Mul
    assert Halved.apply(x, x).history.last_fn is Halved
