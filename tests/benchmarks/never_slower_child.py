"""The process of one program of `never_slower`: prints the times of its calls as JSON.

python -m tests.benchmarks.never_slower_child suite:programs.cubic 200
"""

from __future__ import annotations

import contextlib
import importlib
import json
import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import minitorch

from .fresh import fresh

__all__ = ["RANDOM_PROGRAMS"]

RANDOM_PROGRAMS = 50
REACH = 0.05
"""How far from the given points inputs are, relative to them."""

Function = Callable[..., Any]
Points = list[tuple[float, ...]]


def of_the_suite(name: str) -> tuple[Function, Function, Points]:
    """Return a program of the suite, another copy of it, and its points."""
    from references import PROGRAMS

    (program,) = [each for each in PROGRAMS if each.name == name]
    module, _, function = name.rpartition(".")
    return getattr(fresh(module), function), getattr(fresh(module), function), program.points


def of_random_ones(seed: str) -> tuple[Function, Function, Points]:
    """Return a random program with loops, another copy of it, and points."""
    from structural_programs import loaded, program

    text = program(int(seed))
    first, second = (loaded(text, f"never_slower_{seed}_{copy}") for copy in "ab")
    source = random.Random(int(seed))
    points = [(source.uniform(0.2, 2.0), source.uniform(0.2, 2.0), source.randint(0, 6)) for _ in range(3)]
    return first, second, points


def of_the_corpus(name: str) -> tuple[Function, Function, Points]:
    """Return a function of a published library, another copy of it, and its points."""
    package, _, case = name.partition("/")
    importlib.import_module("cases")
    framework = importlib.import_module("framework")
    references = json.loads((Path(framework.__file__ or "").parent / "references.json").read_text(encoding="utf-8"))
    (reference,) = [each for each in references[package]["cases"] if each["name"] == case]
    entry = framework.REGISTRY[package]
    found = []
    for _ in range(2):
        for module in [module for module in sys.modules if module.split(".")[0] in entry.hook]:
            del sys.modules[module]
        with minitorch.install_import_hook(list(entry.hook)):
            found += [f for each, f, *_ in framework.iter_cases(entry) if each == case]
    return found[0], found[1], [tuple(map(float, point["x"])) for point in reference["points"]]


KINDS = {"suite": of_the_suite, "random": of_random_ones, "corpus": of_the_corpus}


def timed(function: Function, point: Sequence[float]) -> tuple[float, str]:
    """Return the CPU time of a call, and the text of its result or its error."""
    start = time.thread_time()
    try:
        result = function(*point)
    except Exception as error:
        return time.thread_time() - start, f"{type(error).__name__}: {error}"
    return time.thread_time() - start, repr(result)


def main(name: str, calls: int) -> None:
    """Time all calls of a program."""
    kind, _, rest = name.partition(":")
    with contextlib.redirect_stdout(sys.stderr):
        f, twin, points = KINDS[kind](rest)
    argnums = tuple(index for index, x in enumerate(points[0]) if type(x) is float)
    compiled, eager = minitorch.compile(f, argnums=argnums), minitorch.value_and_grad(twin, argnums)
    source = random.Random(7)
    taken: dict[str, list[float]] = {"compiled": [], "eager": []}
    with contextlib.redirect_stdout(sys.stderr):
        for index in range(calls):
            near = points[index % len(points)]
            point = [x * (1.0 + source.uniform(-REACH, REACH)) if type(x) is float else x for x in near]
            # The one that comes second finds what both share in the processor's caches.
            ways = [("compiled", compiled.value_and_grad), ("eager", eager)]
            results = set()
            for way, function in ways if index % 2 else ways[::-1]:
                seconds, result = timed(function, point)
                taken[way].append(seconds)
                results.add(result)
            if len(results) > 1:
                raise AssertionError(f"{name} differs at {point}: {results}")
    print(json.dumps({**taken, "reasons": compiled.traces.reasons}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], int(sys.argv[2]))
