"""The machine code of a trace tree, and the two builtin functions that run it.

builtin(0.5, 2.0)     the outputs of the program, or a `SideExit` where it has no answer: what a specialization runs
direct(0.5, 2.0)      what the function returns, or what its fallback returns: what users may hold and call

Where there is a direct one, the other differs from it in its fallback alone. Code is made without optimisation first,
and again with it when enough calls have earned that.
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
from minitorch.compiler.result import Result
from minitorch.compiler.task import Task
from minitorch.compiler.trace_tree import TraceTree
from minitorch.machine_code.llvm.emitter import bits_of
from minitorch.machine_code.program import Node
from minitorch.machine_code.status import ARGUMENTS

if TYPE_CHECKING:
    from minitorch.machine_code.lowering.machine import MachineCode

__all__ = ["Executable", "NotCompilable", "SideExit", "answer_of"]


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
        all_floats: whether all arguments are such floats.

    Attributes:
        machine: the machine code; `None` as long as there is none.
        builtin: returns the outputs of the program: as `direct` does, or all in a tuple if there is none.
        direct: returns what the function returns; `None` if that or the arguments need work in Python.
        memory_guards: the memory that the builtin functions compare at each call; `None` if there is none.
        compared: what Python has to compare besides; `None` as long as there is no machine code.
    """

    def __init__(self, task: Task, inputs: int, all_floats: bool) -> None:
        self.task = task
        self.inputs = inputs
        self.all_floats = all_floats
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
        self,
        tree: TraceTree,
        environment: Environment,
        numbers: Sequence[float],
        expected: Sequence[float],
        calls_to_optimise: Callable[[int | None], int],
    ) -> None:
        """Make machine code of all traces.

        Args:
            tree: the traces.
            environment: what they have read.
            numbers: the inputs of a recorded call, at which the machine code is tried; if none, it is not tried.
            expected: the outputs of that call.
            calls_to_optimise: tells, given what optimising costs, after how many calls that is to be done; 0: at once.

        Raises:
            NotCompilable: it can't be made, or gives other outputs.
        """
        from minitorch.machine_code.lowering.machine import UNBOUNDED, EntryPoint, lower

        self.collect_calls()
        width, fastmath = max(tree.widths), self.task.options.fastmath
        machine = lower(tree.padded(width), self.inputs, width, fastmath=fastmath)
        shape = self.task.shape(tree.results) if self.all_floats else None
        memory_guards, compared = MemoryGuards.of(environment.snapshots)
        entries = [EntryPoint("program", tuple(range(width)) if shape is None else shape, side_exit, memory_guards)]
        if shape is not None:
            entries.append(EntryPoint(self.task.builtin.name, shape, self.task.builtin.fallback, memory_guards))
        try:
            # Who wants other digits wants speed.
            builtin, *direct = machine.callables(entries, calls_to_optimise=at_once if fastmath else calls_to_optimise)
        except (ValueError, RuntimeError, KeyError) as error:
            raise NotCompilable(f"it can't be compiled: {error}") from error
        output = builtin(*numbers) if numbers else None
        if type(output) in (tuple, float) and not fastmath:
            _, outputs = answer_of(output, tree.results, shape is not None)
            if not same_bits(outputs[: len(expected)], expected):
                raise NotCompilable("machine code gave other digits than Python")
        # Trying it out was no call of the user's.
        leaves = tree.leaves
        machine.counters[:] = [0] * len(leaves)
        if self.machine is not None:
            # Who holds the builtin before is not to be sent for a better one at each call.
            self.machine.most_calls.value = UNBOUNDED
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
            self.machine.most_calls.value -= max(self.machine.calls)
            for index in range(len(self.leaves)):
                self.machine.counters[index] = 0
        return self.counted_calls

    @property
    def is_worth_optimising(self) -> bool:
        """Whether calls have earned optimised code."""
        return self.builtin is not None and self.machine is not None and self.machine.is_used_up


def at_once(cost: int | None) -> int:
    """Return after how many calls code is optimised that is to be fast from the beginning."""
    return 0


def answer_of(returned: Any, results: Sequence[Result], is_direct: bool) -> tuple[Result, list[float]]:
    """Return the form of a result and its outputs, of what a builtin has returned that had an answer.

    Args:
        returned: that.
        results: the forms of results met so far.
        is_direct: whether that is what the function returns, rather than all outputs of the program.
    """
    return (results[0], floats_in(returned)) if is_direct else (results[int(returned[0])], list(returned[1:]))


def floats_in(returned: Any) -> list[float]:
    """Return the numbers in nested tuples.

    >>> floats_in((1.0, (2.0, 3.0)))
    [1.0, 2.0, 3.0]
    """
    return [returned] if type(returned) is float else [number for item in returned for number in floats_in(item)]


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
