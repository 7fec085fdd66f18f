"""One round of the soak, in a process of its own: python -m tests.soak.round SEED CALLS [DISTURBANCE …].

It writes a module twice, calls the functions of one plainly and those of the other compiled, changes both alike in
between, and raises where results, derivatives, errors or the state differ. A crash ends it. Standard output is a line
that says how many calls were compared.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import minitorch
from minitorch.compiler.earnings import Earnings, Estimate

from .changes import CHANGES, state_of
from .disturbances import DISTURBANCES, short_of_memory
from .functions import module_text

FUNCTIONS = 10
"""How many functions a module has."""

CALLS_IN_A_ROW = 5
"""So often a function is called before something changes."""

KEPT_BLOCKS = 40_000
"""So many more pieces of memory may be in use at the end of a round than after its first half."""


def imported(name: str, path: Path) -> Any:
    """Import a file under a name."""
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


def served_by(function: Any) -> int:
    """Return how many calls of a compiled function machine code has answered."""
    return sum(trace.calls for trace in function.traces)


def outcome(function: Callable[[float], Any], x: float) -> str:
    """Return what a call gives as text, its exception if it raises one."""
    try:
        return repr(function(x))
    except (ArithmeticError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


class Twins:
    """A module twice, with functions that are called plainly and compiled.

    Args:
        seed: what the module is made from.
        folder: where its files are written.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        text = module_text(Random(seed), FUNCTIONS)
        modules = []
        for name in ("soaked_plain", "soaked_compiled"):
            path = folder / f"{name}.py"
            path.write_text(text)
            modules.append(imported(name, path))
        self.plain, self.compiled = modules
        self.functions = [getattr(self.plain, f"f{index}") for index in range(FUNCTIONS)]
        self.eager = [minitorch.value_and_grad(function) for function in self.functions]
        self.compiled_functions: list[Any] = [None] * FUNCTIONS
        self.served = 0
        for index in range(FUNCTIONS):
            self.compile(index)

    def compile(self, index: int) -> None:
        """Compile a function anew; what was compiled before is freed, with what refers to itself in it."""
        before = self.compiled_functions[index]
        if before is not None:
            self.served += served_by(before)
            before.itself = [before]
        self.compiled_functions[index] = minitorch.compile(getattr(self.compiled, f"f{index}"))

    def compare(self, index: int, with_derivative: bool, x: float) -> None:
        """Do one call in both ways.

        Raises:
            AssertionError: results or states differ.
        """
        compiled = self.compiled_functions[index]
        ways = (self.eager[index], compiled.value_and_grad) if with_derivative else (self.functions[index], compiled)
        expected, got = (outcome(way, x) for way in ways)
        assert got == expected, f"f{index}({x!r}) gave {got}, not {expected}"
        before, after = state_of(self.plain), state_of(self.compiled)
        assert after == before, f"f{index}({x!r}) left\n{after}\nnot\n{before}"


def arguments(random: Random) -> float:
    """Return an argument: mostly a number in the middle, now and then a special one."""
    return random.choice([random.uniform(-2.0, 2.0)] * 6 + [0.0, -0.0, 1.0, 1e-300, 1e300])


def soak(seed: int, calls: int, disturbances: list[str]) -> tuple[int, int]:
    """Compare so many calls; return how many of them machine code has answered, and what memory is kept."""
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        twins = Twins(seed, Path(folder))
        for name in disturbances:
            stack.enter_context(DISTURBANCES[name](twins.compiled_functions, Random(seed)))
        middle = 0
        for count in range(calls):
            if count % CALLS_IN_A_ROW == 0:
                change, at = random.choice(CHANGES), random.getrandbits(32)
                index, with_derivative = random.randrange(FUNCTIONS), random.random() < 0.5
                for module in (twins.plain, twins.compiled):
                    change(module, Random(at))
                if random.random() < 0.1:
                    twins.compile(index)
            try:
                twins.compare(index, with_derivative, arguments(random))
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, call {count}, after {change.__name__}: {error}") from None
            if count == calls // 2:
                gc.collect()
                middle = sys.getallocatedblocks()
        if "memory" in disturbances:
            short_of_memory(twins.compiled_functions)
    gc.collect()
    kept = sys.getallocatedblocks() - middle
    assert kept < KEPT_BLOCKS, f"seed {seed}: {kept} pieces of memory more than after half of the calls"
    return twins.served + sum(map(served_by, twins.compiled_functions)), kept


def compile_at_once() -> None:
    """Have functions compiled however short they are: nothing else is asked about what takes how long."""
    Earnings.clock = staticmethod(lambda: 0)  # type: ignore[method-assign]
    Estimate.cost = lambda self, units: 0  # type: ignore[method-assign,assignment]


def main() -> None:
    """Do the round that the command line names."""
    seed, calls, *disturbances = sys.argv[1:]
    warnings.simplefilter("ignore")
    compile_at_once()
    served, kept = soak(int(seed), int(calls), disturbances)
    print(f"{calls} calls alike, {served} of them in machine code, {kept} pieces of memory kept")


if __name__ == "__main__":
    main()
