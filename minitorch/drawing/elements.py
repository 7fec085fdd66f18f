"""A picture as plain data, independent of its layout: nodes, edges and groups.

x * 2   becomes   Node("value-1", "leaf", ("x = 3",)), Node("op-2", "operation", ("Mul",)), …
                  Edge("value-1", "op-2", "0"), …
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from minitorch.autodiff.variable import Variable

__all__ = [
    "Collapse",
    "Collapsing",
    "Edge",
    "Group",
    "Kind",
    "Node",
    "Options",
    "Picture",
    "Spot",
    "checked",
    "counted",
]

Collapse: TypeAlias = Literal["line", "function"]
Collapsing: TypeAlias = Literal["auto", "line", "function"] | None
Kind: TypeAlias = Literal[
    "leaf", "value", "idle", "result", "cut", "operation", "underived", "constant", "note", "line", "function"
]


@dataclass(frozen=True)
class Options:
    """The options of a picture, which `minitorch.graph` documents."""

    limit: int = 300
    values: bool = True
    derivatives: bool = True
    names: bool = True


@dataclass(frozen=True)
class Spot:
    """The place in the source of a node, as it is shown: file from the working folder, line, function."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


@dataclass(frozen=True)
class Node:
    """One box, oval or note of a picture.

    Args:
        id: its id in DOT and SVG.
        kind: what it shows, which decides how it looks.
        lines: the text in it.
        title: the text under the pointer.
        spot: where in the source it belongs, if it does.
        variables: the `unique_id`s of the values it stands for.
        operations: how many operations it stands for.
        group: the id of the group that it stands in.
    """

    id: str
    kind: Kind
    lines: tuple[str, ...]
    title: str = ""
    spot: Spot | None = None
    variables: tuple[int, ...] = ()
    operations: int = 0
    group: str | None = None


@dataclass(frozen=True)
class Edge:
    """An arrow between two nodes.

    Args:
        tail: the id of the node it starts from.
        head: the id of the node it points to.
        text: a short text: the argument position, the number of values.
        title: the text under the pointer.
        values: how many values go this way.
        back: whether it leads back to what ran before, as from one run of a loop to the next.
    """

    tail: str
    head: str
    text: str = ""
    title: str = ""
    values: int = 1
    back: bool = False


@dataclass(frozen=True)
class Group:
    """A frame around nodes that belong together, with its text."""

    id: str
    text: str


@dataclass
class Picture:
    """A picture of one history graph.

    Args:
        title: what it shows, in a phrase.
        operations: how many operations it stands for; those left out do not count.
        caption: what a reader should know of how it was drawn, line by line; stands below.
        collapsed: what was drawn in place of the operations without being asked for.
        down: whether it runs from top to bottom unless the caller says otherwise, or else from left to right.
    """

    title: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    operations: int = 0
    caption: tuple[str, ...] = ()
    collapsed: Collapse | None = None
    down: bool = False

    def node(self, id: str) -> Node:
        """Return the node of an id.

        >>> Picture("empty").node("line-1")
        Traceback (most recent call last):
        KeyError: 'line-1'
        """
        for node in self.nodes:
            if node.id == id:
                return node
        raise KeyError(id)


def checked(out: Any) -> None:
    """Raise `TypeError` if a result has no history that could be drawn."""
    if not issubclass(type(out), Variable):
        raise TypeError(
            f"a picture needs the Variable that was computed, not {type(out).__name__} {reprlib.repr(out)}; "
            "a plain number has no history: compute it from Scalars, by operators or through minitorch.trace"
        )


def counted(count: int, things: Sequence[str]) -> str:
    """Return a count with the singular or plural of the things counted.

    >>> counted(1, ("line", "lines")), counted(1200, ("line", "lines"))
    ('1 line', '1,200 lines')
    """
    return f"{count:,} {things[count != 1]}"
