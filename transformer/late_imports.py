"""Does something to a module once it is there: at once, or when it is imported.

    when_imported("numba.core.bytecode", adapt)      ->      adapt(module), before anybody who imports it goes on

Nothing else about imports changes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .finders import finders_behind, put_first

__all__ = ["when_imported"]

Action = Callable[[ModuleType], None]


class Watcher:
    """A finder that finds nothing itself, but waits for some modules.

    Attributes:
        actions: what to do to the modules that are still to come.
    """

    def __init__(self) -> None:
        self.actions: dict[str, Action] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module that is waited for by the other finders, and act when its loader has executed it."""
        action = self.actions.pop(name, None)
        if action is None:
            return None
        for finder in finders_behind(self):
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find is None else find(name, path, target)
            if spec is not None and spec.loader is not None:
                act_after(spec.loader, action)
                return spec
        return None


def act_after(loader: Any, action: Action) -> None:
    """Have one loader act on the module that it executes."""
    plain = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        plain(module)
        action(module)

    loader.exec_module = exec_module


_watcher = Watcher()


def when_imported(name: str, action: Action) -> None:
    """Act on a module now, if it is imported already, else as soon as it is.

    >>> when_imported("sys", lambda module: print(module.__name__))
    sys
    """
    module = sys.modules.get(name)
    if module is not None:
        action(module)
        return
    _watcher.actions[name] = action
    put_first(_watcher)
