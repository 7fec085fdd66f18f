"""How soon the machine code of long programs is there, straight ones and some with decisions, without the recording.

What users see of it, and how fast it runs, the benchmark "compiled" says.
"""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.machine_code.lowering.machine import lower
from minitorch.machine_code.program import Node, Operation

from .compiling import MAX_MICROSECONDS
from .figures import Figure
from .recorded import long_program
from .turns import seconds

__all__ = ["figures"]

PRODUCT = Node(2, (Operation("Mul", (0, 1)), Operation("Add", (2, 0))), (3, 2, 1))
PROGRAMS = ((1_000, 1_000), (5_000, 5_000), (20_000, 20_000), (20_000, 10))
"""The length of each, and after how many operations there is a decision."""


def raised(*_: object) -> None:
    """The fallback of programs that always know the answer."""
    raise AssertionError("the program has no answer")


def figures(programs: Sequence[tuple[int, int]] = PROGRAMS) -> list[Figure]:
    """From the recorded operations to a builtin, per operation."""
    lower(PRODUCT, 2, 3).callable("warm", 0, raised)
    made = []
    for length, between in programs:
        tree = long_program(length, between)
        taken = seconds(lambda tree=tree: lower(tree, 3, 3).callable("f", (0, 1, 2), raised))
        title = f"lowering {length:,} operations, {length // between - 1:,} decisions"
        made.append(Figure(title, taken / length * 1e6, "µs/operation", MAX_MICROSECONDS))
    return made
