"""What compiled code has read from outside: names of globals and closures, and constant containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Reads"]

MISSING = object()


class Reads:
    """What was read, to be compared before each call.

    Attributes:
        keeps: what the code refers to.
    """

    def __init__(self) -> None:
        self.names: dict[tuple[int, str], tuple[Callable[[], Any], Any]] = {}
        self.containers: dict[int, tuple[Any, Any]] = {}
        self.keeps: list[Any] = []

    def note_global(self, module_globals: dict[str, Any], name: str) -> Any:
        """Note a global, and return it."""
        self.names[id(module_globals), name] = (lambda: module_globals.get(name, MISSING)), module_globals.get(
            name, MISSING
        )
        return module_globals.get(name, MISSING)

    def note_cell(self, cell: Any, name: str) -> Any:
        """Note a variable of a closure, and return it."""
        self.names[id(cell), name] = (lambda: cell.cell_contents), cell.cell_contents
        return cell.cell_contents

    def note_attribute(self, owner: Any, name: str) -> Any:
        """Note an attribute of a module, and return it."""
        found = getattr(owner, name, MISSING)
        self.names[id(owner), name] = (lambda: getattr(owner, name, MISSING)), found
        return found

    def note_container(self, container: Any) -> None:
        """Note a container with all that it holds."""
        self.containers[id(container)] = container, frozen(container)

    def unchanged(self) -> bool:
        """Return whether all is what it was."""
        if any(read() is not known for read, known in self.names.values()):
            return False
        return all(frozen(container) == known for container, known in self.containers.values())


def frozen(thing: Any) -> Any:
    """Return what tells a container of numbers from another one, to the last bit."""
    if type(thing) in (list, tuple):
        return (type(thing), *map(frozen, thing))
    return id(thing) if type(thing) not in (float, int, bool, str) else (type(thing), repr(thing))
