"""What derivatives cost, counted in operations: a bounded multiple of the function, whatever surrounds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from paths import ROOT

from minitorch.autodiff import variable
from minitorch.autodiff.grad_mode import pausing
from minitorch.derivatives import linearization
from minitorch.derivatives.forward_mode import jvp, linearize
from minitorch.derivatives.matrices import hvp, jacobian
from minitorch.derivatives.reverse_mode import grad, value_and_grad, vjp
from minitorch.scalars import primitives


@dataclass
class Count:
    """How many operations were recorded, and how many were differentiated."""

    forward: int = 0
    backward: int = 0


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Counts, within, all operations and chain rules, and has Python do them: the usual way, by its own passes."""
    count = Count()
    for module in (variable, linearization):
        monkeypatch.setattr(module, "sweep", None)
    monkeypatch.setattr(linearization, "jvp", None)

    recorded = primitives.keep_operands

    def counted_operation(*args: Any) -> Any:
        count.forward += 1
        return recorded(*args)

    monkeypatch.setattr(primitives, "keep_operands", counted_operation)

    def wrap_function(name: str, module: Any) -> None:
        original = getattr(module, name)

        def counted(node: Any, d_node: Any) -> Any:
            count.backward += not node.is_leaf()
            return original(node, d_node)

        monkeypatch.setattr(module, name, counted)

    for module in (variable, linearization):
        wrap_function("vjp_contributions", module)
        wrap_function("recorded_vjp_contributions", module)

    @contextmanager
    def start() -> Iterator[Count]:
        count.forward = count.backward = 0
        pausing.append(count)
        try:
            yield count
        finally:
            pausing.remove(count)

    return start


def quartic(xs: Any) -> Any:
    """Five operations per element."""
    total = 0.0
    for x in xs:
        total += x * x * x * x + x
    return total


@pytest.mark.parametrize("size", [10, 1000, 10_000])
def test_a_gradient_of_any_number_of_inputs_is_one_pass(counting: Any, size: int) -> None:
    with counting() as count:
        value, slope = value_and_grad(quartic)([1.0] * size)
    assert (value, slope) == (2.0 * size, [5.0] * size)
    assert count == Count(forward=5 * size, backward=5 * size)


def test_directions_cost_one_pass_each_and_partials_are_kept(counting: Any) -> None:
    with counting() as count:
        jvp(quartic, ([1.0] * 100,), ([1.0] * 100,))
    assert count == Count(500, 500)
    with counting() as count:
        _, push = linearize(quartic, [1.0] * 100)
        for _ in range(5):
            push([1.0] * 100)
    assert count == Count(500, 500)
    with counting() as count:
        _, pull = vjp(quartic, [1.0] * 100)
        for _ in range(5):
            pull(1.0)
    assert count == Count(500, 2500)


def test_a_jacobian_takes_the_cheaper_way(counting: Any) -> None:
    with counting() as count:
        jacobian(lambda x: [x * k for k in range(50)])(1.0)
    assert count == Count(50, 50)
    with counting() as count:
        jacobian(lambda x: [quartic(x)])([1.0] * 50)
    assert count == Count(250, 250)


def test_a_hessian_times_a_vector_is_a_small_multiple(counting: Any) -> None:
    costs = []
    for size in (50, 500):
        with counting() as count:
            hvp(quartic, ([1.0] * size,), ([1.0] * size,))
        costs.append((count.forward + count.backward) / (5 * size))
    assert costs[0] == pytest.approx(costs[1], rel=0.05)
    assert costs[1] < 12


def test_inner_derivatives_do_not_look_back(counting: Any) -> None:
    """Each step's derivative costs the same, however long the history before it is."""

    def descent(x: float, steps: int) -> float:
        for _ in range(steps):
            x = x - 0.1 * grad(lambda y: y * y * y)(x)
        return x

    costs = []
    for steps in (20, 200):
        with counting() as count:
            grad(descent)(0.5, steps)
        costs.append((count.forward + count.backward) / steps)
    assert costs[0] == pytest.approx(costs[1], rel=0.02)


def test_what_does_not_depend_on_the_inputs_is_not_differentiated(counting: Any) -> None:
    def outer(x: float) -> float:
        def inner(y: float) -> float:
            z = x
            for _ in range(100):
                z = z * 1.01
            return z * y

        return grad(inner)(2.0)

    with counting() as count:
        jvp(outer, (1.0,), (1.0,))
    assert count.backward <= 110


def test_plain_numbers_load_neither_optree_nor_numpy() -> None:
    program = (
        "import sys, math\n"
        "import minitorch\n"
        "from minitorch.derivatives import reverse_mode, forward_mode, matrices\n"
        "from minitorch.derivatives import uncertainty, check_derivatives, custom\n"
        "reverse_mode.grad(math.sin)(1.0)\n"
        "reverse_mode.value_and_grad(math.hypot, argnums=(0, 1))(1.0, 2)\n"
        "matrices.hessian(math.hypot, argnums=0)(1.0, 2)\n"
        "reverse_mode.grad(sum)([1.0, 2])\n"
        "print([name for name in ('numpy', 'optree') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_derivative_of_two_operations_is_followed_through_few_files() -> None:
    """What a reader of the calls has to open: bounds with room for other versions of Python."""
    command = [sys.executable, "-m", "tests.benchmarks.hops"]
    environment = {**os.environ, "MINITORCH_NATIVE": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    rows = [line.rsplit(maxsplit=3) for line in done.stdout.splitlines()[1:]]
    hops = {title.strip(): (int(files), int(hops)) for title, files, _, hops in rows}
    for title, most in {"to call grad(f)(0.5)": (14, 36), "to run f on a Scalar": (6, 10)}.items():
        assert all(count <= bound for count, bound in zip(hops[title], most, strict=True)), title
