"""Hooks come and go while other threads import: each of those asks every finder for its module."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hooked_project import SQUARE, Install, Project

from transformer import Dispatcher, install
from transformer.finders import finders_behind, put_first, withdraw

Interrupt = Callable[[Callable[[], object]], None]


class Interrupted:
    """A finder that finds nothing; while it looks, another thread has its turn.

    Args:
        turn: what that thread does.
    """

    def __init__(self, turn: Callable[[], object]) -> None:
        self.turn = turn

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> Any:
        """Find nothing."""
        self.turn()


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch) -> Interrupt:
    """Give another thread its turn just before the last finder, which has the files, is asked."""

    def put(turn: Callable[[], object]) -> None:
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path[:-1], Interrupted(turn), sys.meta_path[-1]])

    return put


def test_import_goes_on_when_a_hook_goes(project: Project, hook_over: Install, interrupt: Interrupt) -> None:
    project.write("plain_module.py", SQUARE)
    project.write("another.py", SQUARE)
    hook = hook_over("another")
    interrupt(hook.uninstall)
    assert importlib.import_module("plain_module").square(3) == 9


def test_hooked_import_goes_on_when_another_hook_goes(
    project: Project, hook_over: Install, interrupt: Interrupt
) -> None:
    project.write("covered.py", SQUARE)
    project.write("another.py", SQUARE)
    hook_over("covered")
    interrupt(hook_over("another").uninstall)
    importlib.import_module("covered")


@pytest.mark.filterwarnings("error")
def test_name_is_found_when_another_hook_goes(
    project: Project, dispatcher: Dispatcher, hook_over: Install, interrupt: Interrupt
) -> None:
    project.write("covered.py", SQUARE)
    project.write("another.py", SQUARE)
    interrupt(hook_over("another").uninstall)
    install(["covered"], dispatcher).uninstall()


def test_finder_is_there_once_and_goes_at_once() -> None:
    before, finder = [*sys.meta_path], Interrupted(lambda: None)
    put_first(finder)
    put_first(finder)
    assert sys.meta_path == [finder, *before] and finders_behind(finder) == before
    withdraw(finder)
    withdraw(finder)
    assert sys.meta_path == before == finders_behind(finder)
