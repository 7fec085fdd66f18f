"""The machine code of a trace tree, and the two builtin functions that run it.

builtin(0.5, 2.0)     the outputs of the program, or a `SideExit` where it has no answer: what a specialization runs
direct(0.5, 2.0)      what the function returns, or what its fallback returns: what users may hold and call
"""

from __future__ import annotations

import math
import timeit
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from minitorch.compiler.guards.environment import Environment
from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.guards.snapshots import Snapshot
from minitorch.compiler.task import Task
from minitorch.compiler.trace_tree import TraceTree
from minitorch.machine_code.llvm.emitter import bits_of
from minitorch.machine_code.program import Node
from minitorch.machine_code.status import ARGUMENTS

if TYPE_CHECKING:
    from minitorch.machine_code.lowering.machine import MachineCode

__all__ = ["Executable", "NotCompilable", "SideExit", "same_bits"]


LONG_SECONDS = 1e-4
"""What takes longer is measured well by a few runs."""


class NotCompilable(Exception):
    """A tree has no machine code that could answer calls; the message says why."""


class SideExit:
    """What a builtin function gives where its program has no answer.

    Args:
        status: why it has none.
    """

    __slots__ = ("status",)

    def __init__(self, status: int) -> None:
        self.status = status


class Executable:
    """Machine code, which is made again as the tree grows.

    Args:
        task: what is compiled.
        inputs: how many floats a call has.

    Attributes:
        machine: the machine code; `None` as long as there is none.
        builtin: returns all outputs of the program as a tuple of floats.
        direct: returns what the function returns; `None` if that needs work in Python.
        memory_guards: the memory that the builtin functions compare at each call; `None` if there is none.
        compared: what Python has to compare besides; `None` as long as there is no machine code.
    """

    def __init__(self, task: Task, inputs: int) -> None:
        self.task = task
        self.inputs = inputs
        self.machine: MachineCode | None = None
        self.builtin: Callable[..., Any] | None = None
        self.direct: Callable[..., Any] | None = None
        self.memory_guards: MemoryGuards | None = None
        self.compared: list[Snapshot] | None = None
        self.leaves: list[Node] = []
        self.counted_calls: Counter[int] = Counter()

    @property
    def traces(self) -> int:
        """How many traces have machine code."""
        return 0 if self.machine is None else len(self.machine.leaves)

    def compile(
        self, tree: TraceTree, environment: Environment, numbers: Sequence[float], expected: Sequence[float]
    ) -> None:
        """Make machine code of all traces.

        Args:
            tree: the traces.
            environment: what they have read.
            numbers: the inputs of a recorded call, at which the machine code is tried; if none, it is not tried.
            expected: the outputs of that call.

        Raises:
            NotCompilable: it can't be made, or gives other outputs.
        """
        from minitorch.machine_code.lowering.machine import EntryPoint, lower

        self.collect_calls()
        width, fastmath = max(tree.widths), self.task.options.fastmath
        machine = lower(tree.padded(width), self.inputs, width, fastmath=fastmath)
        shape, snapshots = self.task.shape(tree.results), environment.snapshots
        memory_guards, compared = MemoryGuards.of(snapshots)
        entries = [EntryPoint("program", tuple(range(width)), side_exit, memory_guards)]
        if shape is not None:
            entries.append(EntryPoint(self.task.builtin.name, shape, self.task.builtin.fallback, memory_guards))
        try:
            builtin, *direct = machine.callables(entries)
        except (ValueError, RuntimeError, KeyError) as error:
            raise NotCompilable(f"it can't be compiled: {error}") from error
        output = builtin(*numbers) if numbers else None
        if type(output) is tuple and not fastmath and not same_bits(output[1 : 1 + len(expected)], expected):
            raise NotCompilable("machine code gave other digits than Python")
        # Trying it out was no call of the user's.
        leaves = tree.leaves
        machine.counters[:] = [0] * len(leaves)
        self.machine, self.leaves, self.memory_guards, self.compared = machine, leaves, memory_guards, compared
        self.builtin = builtin
        self.direct = direct[0] if direct else None
        if self.direct is not None and compared:
            self.direct = self.compared_by_python(self.direct, compared)

    def compared_by_python(self, builtin: Callable[..., Any], snapshots: Sequence[Snapshot]) -> Callable[..., Any]:
        """Return a function that calls a builtin where Python finds some things unchanged, else the fallback."""
        fallback = self.task.builtin.fallback

        def compared(*args: Any, **kwargs: Any) -> Any:
            for snapshot in snapshots:
                if not snapshot.unchanged():
                    return fallback(ARGUMENTS, 0, args, kwargs)
            return builtin(*args, **kwargs)

        return compared

    @property
    def comparing_nanoseconds(self) -> float:
        """About how long it takes at each call to compare what was read."""
        by_python = shortest_nanoseconds(self.has_unchanged) if self.compared else 0.0
        return by_python + (0.0 if self.memory_guards is None else self.memory_guards.nanoseconds)

    def has_unchanged(self) -> bool:
        """Return whether what Python has to compare is as it was; false as long as there is no machine code."""
        return self.compared is not None and all(snapshot.unchanged() for snapshot in self.compared)

    def close(self) -> None:
        """Answer no more calls; what was counted is kept."""
        self.builtin = self.direct = None

    def collect_calls(self) -> Counter[int]:
        """Take the counters of the machine code over, and return how many calls ended at each leaf, by its identity."""
        if self.machine is not None:
            for leaf, calls in zip(self.leaves, self.machine.calls, strict=False):
                self.counted_calls[id(leaf)] += calls
            for index in range(len(self.leaves)):
                self.machine.counters[index] = 0
        return self.counted_calls


def shortest_nanoseconds(function: Callable[[], object]) -> float:
    """Return how long a function takes at its fastest; a short one runs more often, since others may interrupt it."""
    shortest = min(timeit.repeat(function, number=1, repeat=3))
    if shortest < LONG_SECONDS:
        shortest = min(shortest, *timeit.repeat(function, number=1, repeat=30))
    return shortest * 1e9


def side_exit(status: int, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> SideExit:
    """Return how a call ended, as the fallback of a builtin function."""
    return SideExit(status)


def same_bits(numbers: Sequence[float], others: Sequence[float]) -> bool:
    """Return whether two rows of floats are the same to the last bit.

    All nans are the same: which sign a nan has depends on the order of operands.

    >>> same_bits([0.0, math.nan], [0.0, -math.nan]), same_bits([0.0], [-0.0]), same_bits([0.0], [])
    (True, False, False)
    """
    return list(map(comparable_bits, numbers)) == list(map(comparable_bits, others))


def comparable_bits(number: float) -> int:
    """Return the bits of a number, the same ones for all nans."""
    return bits_of(number if number == number else math.nan)
