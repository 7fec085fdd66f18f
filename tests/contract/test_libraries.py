"""Rows of libraries: made when code first calls into one, known by identity, and gone for nothing else."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import minitorch
from transformer import Alias, Libraries

NAME = "a_library_of_the_tests"


class Callable:
    """An object of the library that can be called."""

    def __call__(self) -> None:
        """Do nothing."""


def new_library() -> ModuleType:
    """A module with a function, a class and a callable object."""
    module: Any = ModuleType(NAME)
    exec("def function(): pass\ndef other(): pass\nclass Class: pass\n", vars(module))
    module.instance = type("Instance", (), {"__module__": NAME, "__call__": lambda self: None})()
    return module  # type: ignore[no-any-return]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = new_library()
    monkeypatch.setitem(sys.modules, NAME, module)
    return module


@pytest.fixture
def libraries() -> tuple[Libraries, list[ModuleType]]:
    """Rows for it, and the modules that rows were made of so far."""
    made: list[ModuleType] = []

    def rows(module: Any) -> Iterator[tuple[Any, Alias]]:
        made.append(module)
        for name in ("function", "Class", "instance"):
            yield getattr(module, name), Alias(name, print)

    return Libraries({NAME: rows}), made


def test_rows_are_made_once(libraries: tuple[Libraries, list[ModuleType]], library: Any) -> None:
    known, made = libraries
    assert made == []
    found = [known.find(callee) for callee in (library.function, library.Class, library.instance)]
    assert [alias and alias.name for alias in found] == ["function", "Class", "instance"]
    assert known.find(library.other) is None
    assert made == [library]


def test_callables_of_others_ask_for_no_rows(libraries: tuple[Libraries, list[ModuleType]], library: Any) -> None:
    known, made = libraries
    assert [known.find(callee) for callee in (len, test_rows_are_made_once, Callable, Callable(), [].append)] == [
        None
    ] * 5
    assert made == []


def test_a_library_that_is_not_there_has_no_rows(
    libraries: tuple[Libraries, list[ModuleType]], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, made = libraries
    gone = new_library()
    assert known.find(gone.function) is None
    monkeypatch.setitem(sys.modules, NAME, None)
    assert known.find(gone.function) is None
    assert made == []


def test_a_library_imported_anew_has_rows_beside_the_old_ones(
    libraries: tuple[Libraries, list[ModuleType]], library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, made = libraries
    known.find(library.function)
    again = new_library()
    monkeypatch.setitem(sys.modules, NAME, again)
    assert known.find(again.function) is not None
    assert known.find(library.function) is not None
    assert made == [library, again]


def test_packages_of_libraries_stay_as_they_are_under_a_hook(recwarn: pytest.WarningsRecorder) -> None:
    with minitorch.install_import_hook(["scipy", "pandas"]) as hook:
        assert not hook.covers("scipy.linalg") and not hook.covers("pandas")
        import scipy.special

        assert minitorch.grad(scipy.special.ndtr)(0.0) == pytest.approx(1.0 / math.sqrt(2.0 * math.pi), rel=1e-14)
        assert hook.report() == []
    assert not recwarn.list
