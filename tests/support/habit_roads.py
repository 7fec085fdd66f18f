"""Whether all roads of a random program agree: plain Python, the decorator, the hook, derivatives, compiled calls.

Each road gets a module of its own and calls its `main` at the same points one after the other. Result, error, printed
text and all that the module keeps must be those of plain Python after each call. Derivatives must be the same on all
roads, and what differences of the plain function say, unless a warning was given.

    python tests/support/habit_roads.py 20000 7       checks that many programs, the first with seed 7
"""

from __future__ import annotations

import collections
import contextlib
import functools
import gc
import io
import linecache
import math
import multiprocessing
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence, Set
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from differences import richardson
from plain_state import neutral, shown, state_of
from random_habits import random_program

import minitorch
from minitorch.tracing.tracer import dispatcher, targets
from transformer.linking import link
from transformer.loader import compile_rewritten

__all__ = ["check_program"]

SPECIAL = (0.0, 1.0, 2.0, 0.5, -1.0, 3.0, 1.5)
DIRECTION = (1.0, 0.625)
PER_PROCESS = 100
TOLD = (minitorch.SpecialPointWarning, minitorch.RoundingWarning, minitorch.HistoryInTextWarning)
"""Warnings that a derivative is not what differences say."""

REFUSALS = (minitorch.HistoryLostError, minitorch.ComplexResultError)

Point = tuple[float, float]


class Call(NamedTuple):
    """What a call has come to.

    Args:
        outcome: the result or the error, as text.
        effects: what was printed, and the state of the module afterwards.
        value: the result itself.
        derivatives: those by both arguments, where the road gives them.
        told: the kinds of warnings that were given.
        refused: whether the road has said that it cannot do it.
        is_hushed: whether the road has said that calls do not print any more.
    """

    outcome: str
    effects: dict[str, str]
    value: Any
    derivatives: tuple[float, ...] | None = None
    told: frozenset[type] = frozenset()
    refused: bool = False
    is_hushed: bool = False


class Program:
    """A random program.

    Args:
        seed: what it is made from.
        text: its source, if it is not made from the seed.
    """

    def __init__(self, seed: int, text: str = "") -> None:
        self.name = f"random_habits_{seed}"
        self.text = text or random_program(seed)
        self.filename = f"{self.name}.py"
        linecache.cache[self.filename] = (len(self.text), None, self.text.splitlines(keepends=True), self.filename)
        self.code = self.plain_code()

    def plain_code(self) -> CodeType:
        """The module as Python compiles it; what is converted stays so, and needs code of its own."""
        return compile(self.text, self.filename, "exec", dont_inherit=True)

    def hooked_code(self) -> CodeType:
        """The module as the import hook loads it."""
        code, _ = compile_rewritten(self.text.encode(), self.filename, targets)
        return link(code, dispatcher.hooked_runtime, targets.switch)

    def module(self, code: CodeType) -> ModuleType:
        """A new module."""
        module = ModuleType(self.name)
        module.__file__ = self.filename
        sys.modules[self.name] = module
        exec(code, vars(module))
        return module

    def forget(self) -> None:
        """Leave nothing in Python's tables."""
        sys.modules.pop(self.name, None)
        linecache.cache.pop(self.filename, None)


def called(module: ModuleType, function: Callable[[], Any], is_plain: bool) -> Call:
    """Call a function, and say what that came to; one that is not plain gives value and derivatives."""
    printed, value, derivatives, refused = io.StringIO(), None, None, False
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = function()
            if not is_plain:
                value, derivatives = value
            outcome = f"returns {shown(value, is_plain)}"
        except Exception as error:
            refused = not is_plain and is_refusal(error)
            outcome = neutral(f"raises {type(error).__name__}: {error} {shown(error.args, is_plain)}")
    effects = {"print": neutral(printed.getvalue()), **state_of(module, is_plain)}
    told = frozenset(warning.category for warning in caught if issubclass(warning.category, TOLD))
    is_hushed = any("print() at" in str(warning.message) for warning in caught)
    return Call(outcome, effects, value, derivatives, told, refused, is_hushed)


def is_refusal(error: BaseException | None) -> bool:
    """Whether an error says that a derivative is lost, or was raised in the place of one that does."""
    while error is not None and not isinstance(error, REFUSALS):
        error = error.__cause__ or error.__context__
    return error is not None


def tangent(jvp: Callable[..., Any]) -> Callable[..., Any]:
    """The value, and the derivative along the direction."""
    return lambda x, y: (lambda pair: (pair[0], (pair[1],)))(jvp((x, y), DIRECTION))


def run(program: Program, road: str, points: Sequence[Point]) -> Iterator[Call]:
    """The calls of one road."""
    own = program.code if road.startswith("plain") else None
    module = program.module(own or (program.hooked_code() if "hooked" in road else program.plain_code()))
    alive = minitorch.Scalar(1.0) if "alive" in road else None
    function = ROADS[road](module.main)
    for point in points:
        yield called(module, lambda point=point: function(*point), road in PLAIN)  # type: ignore[misc]
    del alive


PLAIN: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "plain": lambda main: main,
    "traced": minitorch.trace,
    "hooked": lambda main: main,
    "hooked, a Scalar alive": lambda main: main,
    "compiled": lambda main: minitorch.compile(main, argnums=(0, 1)),
}
DERIVATIVES: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "value_and_grad": lambda main: minitorch.value_and_grad(main, (0, 1)),
    "jvp": lambda main: tangent(functools.partial(minitorch.jvp, main)),
    "value_and_grad of hooked": lambda main: minitorch.value_and_grad(main, (0, 1)),
    "compiled value_and_grad": lambda main: minitorch.compile(main, argnums=(0, 1)).value_and_grad,
    "compiled jvp": lambda main: tangent(minitorch.compile(main).jvp),
}
ROADS = {**PLAIN, **DERIVATIVES}


def points_of(seed: int) -> list[Point]:
    """Four points, of which the second is the first again."""
    source = random.Random(f"points of {seed}")

    def number() -> float:
        return source.choice(SPECIAL) if source.random() < 0.15 else round(source.uniform(-3.0, 3.0), 3)

    first, second, third = ((number(), number()) for _ in range(3))
    return [first, first, second, third]


class Check:
    """Compares the roads of one program.

    Args:
        program: what is compared.
        points: where it is called.

    Attributes:
        wrong: what disagrees.
        kinds: how many calls there were of each kind.
    """

    def __init__(self, program: Program, points: Sequence[Point]) -> None:
        self.program, self.points = program, points
        self.wrong: list[str] = []
        self.kinds: collections.Counter[str] = collections.Counter()
        self.expected = list(run(program, "plain", points))

    def same(self, road: str, index: int, what: str, actual: Any, expected: Any) -> bool:
        """Note a disagreement."""
        if actual != expected:
            self.wrong.append(f"{road}, call {index} {self.points[index]}, {what}: {actual}, expected {expected}")
        return bool(actual == expected)

    def values(self, road: str) -> list[Call]:
        """The calls of a road up to the first that it refuses, or that disagrees with plain Python."""
        calls: list[Call] = []
        hushed = False
        for index, (call, expected) in enumerate(zip(run(self.program, road, self.points), self.expected, strict=True)):
            if call.refused:
                self.kinds[f"{road}: refused"] += 1
                break
            agrees = self.same(road, index, "result", call.outcome, expected.outcome)
            hushed |= call.is_hushed
            for name in sorted({*call.effects, *expected.effects} - ({"print"} if hushed else set())):
                agrees &= self.same(road, index, name, call.effects.get(name), expected.effects.get(name))
            if not agrees:
                break
            self.kinds[f"{road}: agrees"] += 1
            calls.append(call)
        return calls

    def derivatives(self) -> None:
        """Compare the derivatives of all roads, and with differences."""
        roads = {road: self.values(road) for road in DERIVATIVES}
        eager = roads.pop("value_and_grad")
        for road, calls in roads.items():
            # Along a direction a derivative may be there that is zero by one of the arguments.
            aside: set[type] = {minitorch.RoundingWarning} if road.endswith("jvp") else set()
            for index, (call, own) in enumerate(zip(calls, eager, strict=False)):
                if call.derivatives is not None and own.derivatives is not None:
                    if road.endswith("jvp"):
                        along = sum(map(float.__mul__, own.derivatives, DIRECTION))
                        if not near(call.derivatives[0], along, own.derivatives):
                            self.same(road, index, "derivative", call.derivatives[0], along)
                    elif not all(map(near, call.derivatives, own.derivatives)):
                        self.same(road, index, "derivatives", call.derivatives, own.derivatives)
                self.same(road, index, "warnings", names_of(call.told - aside), names_of(own.told - aside))
                if road == "compiled value_and_grad":
                    # A trace says that something is rounded in it when it is recorded.
                    aside |= call.told & {minitorch.RoundingWarning}
        for index, call in enumerate(eager):
            if index != 1 or call.told != eager[0].told:
                self.differences(index, call)

    def differences(self, index: int, call: Call) -> None:
        """Compare the derivative with differences of the plain function."""
        if call.derivatives is None or not all(map(math.isfinite, call.derivatives)):
            self.kinds["derivative: none"] += 1
            return
        if call.told:
            self.kinds["derivative: warned of"] += 1
            return
        exact = sum(map(float.__mul__, call.derivatives, DIRECTION))
        try:
            self.kinds[compared(exact, lambda t: self.along(index, t))] += 1
        except Differs as differs:
            self.wrong.append(f"value_and_grad, call {index} {self.points[index]}, differences: {differs}")

    def along(self, index: int, t: float) -> float:
        """The plain value beside a point, after the calls before it."""
        module = self.program.module(self.program.code)
        x, y = self.points[index]
        with contextlib.redirect_stdout(io.StringIO()):
            for point in self.points[:index]:
                with contextlib.suppress(Exception):
                    module.main(*point)
            try:
                return float(module.main(x + t * DIRECTION[0], y + t * DIRECTION[1]))
            except Exception:
                return math.nan


def names_of(kinds: Set[type]) -> list[str]:
    """The names of warnings."""
    return sorted(kind.__name__ for kind in kinds)


class Differs(Exception):
    """Differences say another derivative."""


def near(actual: float, expected: float, scale: Sequence[float] = ()) -> bool:
    """Whether derivatives agree up to rounding."""
    if actual == expected or (actual != actual and expected != expected):
        return True
    return abs(actual - expected) <= 1e-11 * max(abs(expected), 1e-3, *map(abs, scale))


def compared(exact: float, function: Callable[[float], float]) -> str:
    """Compare a derivative with differences, and say how that went.

    Raises:
        Differs: the function is smooth, and differences say something else.
    """
    # A first look, then the exact way for the few that need it.
    for step in (1e-5, 1e-6):
        ahead, behind = function(step), function(-step)
        central = (ahead - behind) / (2 * step)
        if abs(exact - central) <= 1e-6 * max(abs(exact), 1.0, abs(ahead)):
            return "derivative: confirmed"
    center = function(0.0)
    sides = [(function(sign * step) - center) / (sign * step) for step in (1e-5, 1e-6, 1e-7) for sign in (1, -1)]
    scale = max(abs(exact), 1.0, abs(center))
    # Of a large value the differences are less exact, but a corner in it is still one.
    slope = max(abs(exact), 1.0, 1e-3 * abs(center))
    if not all(map(math.isfinite, sides)) or max(sides) - min(sides) > 1e-2 * slope:
        return "derivative: not smooth here"
    estimate = richardson(function, (0.0,), 0)
    if abs(estimate - exact) <= 1e-5 * scale:
        return "derivative: confirmed"
    raise Differs(f"{exact}, expected {estimate}")


def check_program(seed: int, text: str = "") -> tuple[collections.Counter[str], list[str]]:
    """Check one program: how many calls there were of each kind, and what disagrees."""
    program = Program(seed, text)
    try:
        check = Check(program, points_of(seed))
        for road in PLAIN:
            if road != "plain":
                check.values(road)
        if all(type(call.value) in (float, int, bool, type(None)) for call in check.expected):
            check.derivatives()
    finally:
        program.forget()
    return check.kinds, [f"seed {seed}: {line}" for line in check.wrong]


def check_programs(seeds: range) -> tuple[collections.Counter[str], list[str]]:
    """Check several programs."""
    kinds: collections.Counter[str] = collections.Counter()
    wrong: list[str] = []
    for seed in seeds:
        # What there is before has nothing of the program's numbers: who holds them is not looked for there.
        gc.freeze()
        try:
            seen, disagreements = check_program(seed)
        except Exception as error:
            seen, disagreements = collections.Counter(), [f"seed {seed}: {type(error).__name__}: {error}"]
        finally:
            gc.unfreeze()
        kinds += seen
        kinds["programs"] += 1
        wrong += disagreements
    return kinds, wrong


def main(count: int, first: int, processes: int = 2) -> int:
    """Check so many programs and print what was seen; the number of those that disagree."""
    started = time.perf_counter()
    parts = [range(seed, min(seed + PER_PROCESS, first + count)) for seed in range(first, first + count, PER_PROCESS)]
    kinds: collections.Counter[str] = collections.Counter()
    seeds: set[str] = set()
    # A process for each part: what is converted stays until its process ends.
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        for seen, wrong in pool.imap_unordered(check_programs, parts):
            kinds += seen
            seeds |= {line.split(":")[0] for line in wrong}
            print("\n".join(wrong), flush=True)
    for kind, number in sorted(kinds.items()):
        print(f"{number:8} {kind}")
    print(f"{count} programs, {len(seeds)} disagree, {time.perf_counter() - started:.0f} s")
    return len(seeds)


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(bool(main(*numbers, *(20_000, 0)[len(numbers) :])))
