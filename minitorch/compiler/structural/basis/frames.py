"""Functions while they run, ways through their code, and the tops of loops."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from minitorch.compiler.structural.basis.kinds import Kind, Value
from minitorch.compiler.structural.basis.writer import BlockWriter

__all__ = ["COUNT", "RESULT", "SET", "Cell", "Env", "Frame", "Generator", "Header", "Way", "carried"]

COUNT: Final = "edges on the tape"
"""Among the variables: how many edges there are."""

RESULT: Final = "result of a choice"

SET: Final = "is set: "
"""Among the variables begin so those that tell which attributes of an object are set while it is made."""

Env = dict[str, Value]


class Cell(str):
    """The name of a variable that calls carry along: an inner function changes it, or it is the default of one."""

    __slots__ = ()


def carried(env: Env) -> Env:
    """Return the variables that calls are given and give back."""
    return {
        name: value for name, value in env.items() if name == COUNT or isinstance(name, Cell) or name.startswith(SET)
    }


class Way(NamedTuple):
    """A way that leaves a block: the label of an empty block on it, and the variables there."""

    label: str
    env: Env


@dataclass(eq=False)
class Frame:
    """A function while it runs.

    Attributes:
        env: its variables; `None` behind a return.
        names: those that are its own.
        function: what it was called as; `None` for a function that was made inside.
        around: the frame that the function was made in.
        depth: how many of its comprehensions it was made in.
        cells: by its own name what a variable is called that calls carry along.
        nonlocals: the names that it declares as variables of functions around it.
        outside: the names that it declares as globals.
        kept: the names that functions inside use which may be called later.
        path: the calls that led here.
        returns: the ways out, with the result.
        loops: for each loop around the code the ways that go on with it, and those that leave it.
        hidden: for each comprehension that runs the names of its own, and the variables of the function that they hide.
        consumer: of a generator what its values are for; `None` for other functions.
    """

    env: Env | None
    names: frozenset[str]
    function: Any = None
    around: Frame | None = None
    depth: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)
    nonlocals: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    path: tuple[Hashable, ...] = ()
    returns: list[tuple[Way, Value]] = field(default_factory=list)
    loops: list[tuple[list[Way], list[Way]]] = field(default_factory=list)
    hidden: list[tuple[set[str], Env]] = field(default_factory=list)
    consumer: Any = None

    @property
    def file(self) -> str | None:
        """The file that the function is in; `None` if that is not known."""
        code = getattr(self.function, "__code__", None)
        if code is not None:
            return str(code.co_filename)
        return None if self.around is None else self.around.file


@dataclass(eq=False)
class Generator:
    """A call of a generator function, which runs where it is gone over.

    Args:
        node: the function.
        frame: it, with the arguments among its variables.
        loops: how many loops were around the call.
        mapped: makes what gives its values by their numbers, if there is one for each element of something.
        is_used: whether it has been gone over.
    """

    node: ast.FunctionDef
    frame: Frame
    loops: int
    mapped: Any = None
    is_used: bool = False


@dataclass
class Header:
    """The top of a loop.

    Attributes:
        label: its block.
        turn: the number of the turn.
        names: the variables that the loop may change.
        kinds: those that are known to have a value there at some time, with their kinds.
        flags: whether they may have none.
        phis: where the phis of all these stand, and what they are on each way.
    """

    label: str
    turn: str
    names: Sequence[str]
    kinds: dict[str, Kind]
    flags: dict[str, bool]
    phis: list[tuple[int, list[tuple[str, str]]]] = field(default_factory=list)

    def fill(self, writer: BlockWriter) -> None:
        """Fill in the phis."""
        for place, ways in self.phis:
            writer.fill(place, ways)
