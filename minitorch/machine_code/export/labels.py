"""How places of the user's source are called in source that is written: by the file's name alone where that is clear.

>>> first, second = (Place(f, 3, None, None, None, "f") for f in ("/a/pump.py", "/a/valve.py"))
>>> labels = Labels([first, second])
>>> labels.of(first), labels.of(None)
('pump.py:3', 'unknown place')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath

from minitorch.autodiff.place import Place
from minitorch.machine_code.program import Branching, Node, Operation, nodes_of
from minitorch.transformer import file_name

__all__ = ["Labels", "places_in"]


class Labels:
    """Short names of places.

    Args:
        places: all that will be asked for.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        files = {place.file for place in places}
        names = [PurePath(file_name(file)).name for file in files]
        self.files = {file: name if names.count(name) == 1 else file for file, name in zip(files, names, strict=True)}

    def of(self, place: Place | None) -> str:
        """Return file and line of a place."""
        return "unknown place" if place is None else f"{self.files[place.file]}:{place.line}"


def places_in(tree: Node) -> Iterator[Place]:
    """Every place that a program names."""
    for node in nodes_of(tree):
        for step in (*node.steps, node.after):
            if isinstance(step, (Operation, Branching)) and step.place is not None:
                yield step.place
