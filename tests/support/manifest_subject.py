"""A module that is made anew in one process, as other processes have it; a plugin of pytest for tests of manifests."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from minitorch.compiler.structural import compilation

PROGRAM = """
import math
from math import exp

RATES = [0.5, 0.25, 0.125]
PAIRS = ((0.5, 1), (1.5, 2))
TABLE = [[1.0, 2.0], [3.0]]
LIMIT = 2.0
MODE = "up"


def damped(x, rate, scale=1.0, *, shift=0.5):
    return scale * x * rate / (1.0 + x * x) + shift


def grown(limit):
    def grow(x):
        return exp(-x) * limit
    return grow


grow = grown(1.5)


def f(x, n, kind="plain", numbers=()):
    total = 0.0
    for i in range(n):
        for rate in RATES:
            total += damped(x + i, rate)
        for weight, power in PAIRS:
            total += weight * x ** power
        for row in TABLE:
            total += sum(row) * math.sin(x)
        if total > LIMIT and MODE == "up":
            total = total - 1.0
    return total + grow(x)


def named(x, n):
    best = None
    for i in range(n):
        if best is None or x * i > best:
            best = x * i
    return best, "up", [x, x + 1.0]


WORDS = "one;two;three;four"


def of_words(x):
    lengths = {}
    for word in WORDS.split(";"):
        lengths[word.upper()] = len(word) * 0.5
    for word in sorted(lengths):
        x = x * lengths[word] + len(word)
    return x


def of_sets(x):
    seen = set()
    for word in WORDS.split(";"):
        seen.add(word)
    for word in seen:
        x = x * 1.5 + len(word)
    return x


class Rate:
    def __init__(self, value):
        self.value = value


RATE = Rate(0.5)


def of_object(x, n):
    total = 0.0
    for i in range(n):
        total += x * RATE.value
    return total


def of_three(x):
    first, second, third = x
    return first * second + math.exp(third) * first
"""


@pytest.fixture
def program() -> str:
    """The module's text."""
    return PROGRAM


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], ModuleType]:
    """Makes the module anew, as another process does: none of its objects is one of an earlier instance."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    path = tmp_path / "subject.py"
    path.write_text(PROGRAM)

    def make() -> ModuleType:
        spec = importlib.util.spec_from_file_location("subject", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return make


@pytest.fixture
def walks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The functions that were walked over so far."""
    seen: list[Any] = []
    plain = compilation.settle

    def counted(*args: Any) -> Any:
        seen.append(args[0])
        return plain(*args)

    monkeypatch.setattr(compilation, "settle", counted)
    return seen
