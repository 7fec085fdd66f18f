"""No result is stale, in either tier: what functions with loops read may change in every way between calls."""

from __future__ import annotations

import builtins
import importlib.util
import math
import pathlib
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import looping_surroundings
import pytest
import surroundings
import test_compile_environment

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

MODULES: dict[str, Any] = {
    "loops": looping_surroundings,
    "environment": test_compile_environment,
    "surroundings": surroundings,
}

STRUCTURAL_ALONE = {"function of a library", "partial by hand"}
"""What nobody changes but on purpose; traces take it for a constant."""

ROWS = [
    (world, name, tier)
    for world, module in MODULES.items()
    for name in module.CASES
    for tier in ("structural", "traces")
    if tier == "structural" or name not in STRUCTURAL_ALONE
]


@pytest.fixture(autouse=True)
def libraries_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(math, "sin", math.sin)
    monkeypatch.setattr(math, "pi", math.pi)
    monkeypatch.setattr(builtins, "abs", abs)
    monkeypatch.setattr(sys, "argv", list(sys.argv))


@pytest.fixture
def load(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Any]]:
    """Loads a module of cases anew, so that nothing in it is changed yet."""
    loaded = []

    def fresh(world: str) -> types.ModuleType:
        path = MODULES[world].__file__
        spec = importlib.util.spec_from_file_location(f"fresh_{pathlib.Path(path).stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        loaded.append(spec.name)
        spec.loader.exec_module(module)
        return module

    yield fresh
    for name in loaded:
        del sys.modules[name]


def looped(function: Callable[[float], float]) -> Callable[[float], float]:
    """Return a function with a loop that calls another one."""

    def looping(x: float) -> float:
        total = 0.0
        for _ in range(3):
            total += function(x)
        return total

    return looping


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return a result as text, or the exception."""
    try:
        return repr(function(*arguments))
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize(("world", "name", "tier"), ROWS)
def test_nothing_is_stale(world: str, name: str, tier: str, load: Callable[[str], Any]) -> None:
    function, *changes = load(world).CASES[name]
    looping: Any = looped(function)
    compiled: Any = compile_structurally(looping) if tier == "structural" else minitorch.compile(looping)
    compiled.tries_structurally = False
    eager = minitorch.value_and_grad(looping)

    def agrees() -> None:
        for x in (1.5, 2.5, 1.5):
            assert outcome(compiled, x) == outcome(looping, x)
            assert outcome(compiled.value_and_grad, x) == outcome(eager, x)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agrees()
        if tier == "structural" and world == "loops":
            assert [each for each in compiled.programs.values() if not isinstance(each, Program)] == []
            assert len(compiled.programs) == 2
            assert not compiled.left
        for change in (each for some in changes for each in some):
            change()
            agrees()
