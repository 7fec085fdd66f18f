"""Programs written as C: no warnings, and the same numbers as Python to the last bit. They are compiled with gcc."""

from __future__ import annotations

import ctypes
import math
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from random_trees import ARITIES, Unmet, answer, arguments, evaluate, trees
from test_emit_python import PUMP, at, grid, row

from minitorch.machine_code.export import c_source
from minitorch.machine_code.program import Branching, Constant, Node, Operation

REFUSED = {"Gamma", "Lgamma", "Sumprod"}
WRITTEN = [
    (name, count)
    for name in ARITIES
    for count in ARITIES[name]
    if name not in REFUSED and (name, count) != ("Nextafter", 3)
]
ROWS = list(dict.fromkeys(name for name, _ in WRITTEN if name != "Nextafter"))
FLAGS = "-std=c11 -O2 -ffp-contract=off -Wall -Wextra -pedantic -Werror -fPIC -shared -lm".split()


def compiled(sources: dict[str, str], folder: Path) -> Any:
    """A library of functions, each from a file of its own."""
    for name, source in sources.items():
        (folder / f"{name}.c").write_text(source, encoding="utf-8")
    library = folder / f"{next(iter(sources))}.so"
    files = [str(folder / f"{name}.c") for name in sources]
    subprocess.run(["gcc", *files, *FLAGS, "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


def outputs(function: Any, inputs: Sequence[float], count: int = 2) -> list[float]:
    """What a compiled function gives; its codes as errors."""
    results = (ctypes.c_double * count)()
    code = function((ctypes.c_double * max(1, len(inputs)))(*inputs), results)
    if code == 1:
        raise Unmet
    if code == 2:
        raise ValueError
    assert code == 0
    return list(results)


def agrees(function: Any, tree: Node, inputs: Sequence[float]) -> bool:
    """Whether C and Python come to the same."""
    calls: list[Callable[[], Sequence[float]]] = [lambda: outputs(function, inputs), lambda: evaluate(tree, inputs)]
    return answer(calls[0]) == answer(calls[1])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every row that C knows, as a function."""
    sources = {
        f"{name}{count}": c_source(row(name, count), ["x"] * count, ["y", "z"], f"{name}{count}")
        for name, count in WRITTEN
    }
    return compiled(sources, tmp_path_factory.mktemp("rows"))


@pytest.mark.parametrize(("name", "count"), WRITTEN)
def test_every_row(name: str, count: int, rows: Any) -> None:
    for inputs in grid(count):
        assert agrees(rows[f"{name}{count}"], row(name, count), inputs), inputs


# A failure is not made smaller: every attempt would take a run of gcc.
@settings(deadline=None, max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(batch=st.lists(trees(tuple(ROWS)), min_size=6, max_size=6), data=st.data())
def test_random_programs(batch: list[Node], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    sources = {f"f{index}": c_source(tree, ["x", "for"], ["y", "z"], f"f{index}") for index, tree in enumerate(batch)}
    library = compiled(sources, tmp_path_factory.mktemp("random"))
    for index, tree in enumerate(batch):
        for _ in range(4):
            assert agrees(library[f"f{index}"], tree, data.draw(arguments(2)))


def test_rounding_to_decimals_and_tens(tmp_path: Path) -> None:
    trees_by_digits = {
        digits: Node(1, (Constant(digits), Operation("Round", (0, 1))), (2, 0))
        for digits in (-320, -309, -308, -16, -3, -2, -1, 0, 1, 2, 5, 16, 300, 323, 324)
    }
    names = {digits: f"round_{index}" for index, digits in enumerate(trees_by_digits)}
    library = compiled(
        {names[digits]: c_source(tree, ["x"], ["y", "z"], names[digits]) for digits, tree in trees_by_digits.items()},
        tmp_path,
    )
    numbers = [
        x * sign
        for x in (0.0, 0.5, 2.5, 5.0, 14.9, 15.0, 15.000000000000002, 25.0, 50.0, 149.5, 950.0, 995.0, 1e16, 5e22,
                  1.5e300, 1.7976931348623157e308, 0.125, 0.375, 2.675, 1e-5, 5e-324, math.inf, math.nan)
        for sign in (1, -1)
    ]  # fmt: skip
    for digits, tree in trees_by_digits.items():
        for number in numbers:
            assert agrees(library[names[digits]], tree, [number]), (digits, number)


@settings(deadline=None, max_examples=400)
@given(values=st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5))
def test_what_python_computes_more_exactly_than_c(values: list[float], sums: Any) -> None:
    for name in ("Sum", "Fsum", "Hypot"):
        assert agrees(sums[name], Node(5, (Operation(name, (0, 1, 2, 3, 4)),), (5, 5)), values)


@pytest.fixture(scope="module")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Sums and lengths of five numbers."""
    sources = {
        name: c_source(Node(5, (Operation(name, (0, 1, 2, 3, 4)),), (5, 5)), list("abcde"), ["y", "z"], name)
        for name in ("Sum", "Fsum", "Hypot")
    }
    return compiled(sources, tmp_path_factory.mktemp("sums"))


def test_constants_are_not_computed_by_the_compiler(tmp_path: Path) -> None:
    numbers = [0.1 * index for index in range(1, 120)]
    steps: list[Constant | Operation] = []
    for number in numbers:
        steps += [Constant(number), Operation("EQ", (0, len(steps) + 1))]
    constants = [Operation("Sin", (2 * index + 1,)) for index in range(len(numbers))]
    powers = [Operation("Pow", (0, 2 * index + 1)) for index in range(len(numbers))]
    first = 1 + len(steps)
    tree = Node(1, (*steps, *constants, *powers), tuple(range(first, first + 2 * len(numbers))))
    library = compiled({"f": c_source(tree, ["x"], [], "f")}, tmp_path)
    for x in (0.3, 1.7, 2.1):
        assert answer(lambda: outputs(library.f, [x], 2 * len(numbers))) == answer(lambda: evaluate(tree, [x]))  # noqa: B023
    equal = Node(1, (Constant(0.7), Operation("EQ", (0, 1))), Branching("truth", 2, None, {
        True: Node(3, (Operation("Tan", (0,)),), (3, 0)), False: Node(3, (), (0, 0))
    }))  # fmt: skip
    library = compiled({"g": c_source(equal, ["x"], [], "g")}, tmp_path)
    assert agrees(library.g, equal, [0.7])


def test_sine_and_cosine_of_one_argument(tmp_path: Path) -> None:
    tree = Node(1, (Operation("Sin", (0,)), Operation("Cos", (0,))), (1, 2))
    library = compiled({"f": c_source(tree, ["x"], ["sine", "cosine"], "f")}, tmp_path)
    assert all(agrees(library.f, tree, [0.37 * index]) for index in range(-3000, 3000))


PUMP_SOURCE = """\
int pump(const double *inputs, double *outputs)
{
    const double speed = inputs[0];
    const double rho = inputs[1];
    /* pump.py:3 */
    const double head = speed * speed * rho;
    /* pump.py:4 */
    const double t1 = head > 2.5;
    if (t1 != 0.0) {
        /* pump.py:5 */
        if (head < 0.0) return 2;
        const double flow = sqrt(head);
        /* pump.py:6 */
        if (rho == 0.0) return 2;
        const double t2 = flow / rho;
        outputs[0] = t2;
        outputs[1] = head;
        return 0;
    }
    /* pump.py:7 */
    const double flow = sigmoid(head);
    outputs[0] = flow;
    outputs[1] = t1;
    return 0;
}
"""


def test_the_source_reads_like_the_user_s() -> None:
    source = c_source(PUMP, ["speed", "rho"], ["flow", "head"], "pump", "Flow and head.")
    assert source.endswith(PUMP_SOURCE)
    assert "/* Flow and head.\n   Inputs: speed, rho. Outputs: flow, head.\n" in source


@pytest.mark.parametrize("name", ["double", "NAN", "sin", "norm", "x*/", "größe", "2x", "outputs", "y1", "_"])
def test_names_never_clash(name: str, tmp_path: Path) -> None:
    steps = (Operation("Sin", (0,), at(1, name)), Operation("Hypot", (1, 0), at(2, name)), Operation("Exp", (2,)))
    tree = Node(1, steps, (3, 1))
    library = compiled({"f": c_source(tree, [name], [name], "f", name)}, tmp_path)
    assert agrees(library.f, tree, [0.75])


@pytest.mark.parametrize("name", sorted(REFUSED & ARITIES.keys()))
def test_what_c_can_t_do_is_refused(name: str) -> None:
    tree = Node(2, (Operation(name, tuple(range(ARITIES[name][0])), at(8)),), (2,))
    with pytest.raises(ValueError, match=rf"^pump.py:8: math.{name.lower()} can't be written as C, .*; write"):
        c_source(tree, ["x", "y"], ["z"], "f")


def test_a_thousand_decisions_nest_no_deeper_than_their_paths_need(tmp_path: Path) -> None:
    node = Node(1001, (), (0, 1000))
    for number in range(1000, 0, -1):
        leave = Node(number + 1, (), (0, number))
        decision = Branching("truth", number, at(4), {False: leave, True: node})
        node = Node(number, (Operation("Sub", (number - 1, 0), at(3, "rest")),), decision)
    source = c_source(node, ["x"], ["y", "z"], "f")
    assert "\n            if" not in source
    assert agrees(compiled({"f": source}, tmp_path).f, node, [0.25])
