"""From a tree of traces to machine code: the entry for those who record and run programs.

    from minitorch.machine_code.lowering import lower

    machine = lower(tree, inputs=2, outputs=3)       # nothing is compiled yet

    # One call: a builtin function. What the program can't answer goes to `fallback`, whose result is the call's.
    def fallback(status, number, arguments, keywords):
        if status == MISS:                          # machine.branchings[number] had another answer than it knows
            …                                       # trace anew, lower the larger tree, make a new builtin
        return plain(*arguments, **keywords)        # RAISE: raises the real thing; ARGUMENTS: not floats, or keywords

    value_and_gradient = machine.callable("f", (0, (1, 2)), fallback)
    value_and_gradient(0.5, 2.0)                    # (output 0, (output 1, output 2))
    machine.calls                                   # how often each of machine.leaves was reached

    # Arrays: columns of float64 with any stride (`matrix.T` gives those of a matrix with a row per run).
    left = machine.batch(X.T, Y.T, status, threads=2)
    if left:                                        # rows that the caller does by itself
        for row in numpy.flatnonzero(status): …     # status[row] is MISS or RAISE

A tree may be lowered again and again as it grows; each builtin keeps its own machine code and frees it with itself.
Results are those of CPython to the last bit, unless `fastmath` lets sums be reordered, products fused and vector
functions be used that are within 4 units in the last place.

    >>> from minitorch.machine_code.program import Node, Operation
    >>> machine = lower(Node(2, (Operation("Mul", (0, 1)), Operation("Sin", (2,))), (3, 2)), inputs=2, outputs=2)
    >>> function = machine.callable("f", (0, 1), lambda status, number, arguments, keywords: (status, arguments))
    >>> function(0.5, 0.0), function("a", 1), machine.calls
    ((0.0, 0.0), (3, ('a', 1)), [1])
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from minitorch.machine_code.llvm.builtins import Fallback, Shape, builtin_function, entry_text
from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import Engine, Lease, optimisation_cost, widest_vector
from minitorch.machine_code.llvm.memory_comparison import MemoryGuardTable, fill_guards
from minitorch.machine_code.lowering.batch_kernel import Batch
from minitorch.machine_code.lowering.function_writer import write_tree
from minitorch.machine_code.program import Branching, Node, nodes_of
from minitorch.machine_code.status import ARGUMENTS, HIT, MISS, RAISE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

__all__ = ["ARGUMENTS", "HIT", "MISS", "RAISE", "EntryPoint", "Fallback", "MachineCode", "Shape", "lower"]

MAX_WIDE_STEPS: Final = 2_000
MAX_GROUPED_STEPS: Final = 20_000
"""Of larger programs fewer rows are computed at once, and then single ones: wide vectors take long to compile."""

NARROW_LANES: Final = 4
"""Floats in the narrower vectors."""

UNBOUNDED: Final = 1 << 62
"""More calls than there are."""

NO_GROUP: Final = "define i64 @group(ptr %inputs, ptr %outputs) { ret i64 2 }\n"


class EntryPoint(NamedTuple):
    """An entry point of a program: what a builtin function takes and returns.

    Args:
        name: its `__name__`.
        shape: the number of an output for a float, a tuple of such for a tuple.
        fallback: answers the calls that the program can't.
        memory_guards: what must be in memory as it was for the program to answer.
        floats_only: whether ints and bools are left to the fallback, which knows what they are to Python.
        documentation: its `__doc__`.
    """

    name: str
    shape: Shape
    fallback: Fallback
    memory_guards: MemoryGuardTable | None = None
    floats_only: bool = True
    documentation: str = ""


class MachineCode:
    """A tree of traces as machine code, which is made when it is first asked for.

    Args:
        tree: the programs.
        inputs: how many inputs they have.
        outputs: how many results.
        fastmath: whether arithmetic may be reordered and rounded differently.

    Attributes:
        leaves: the ends of the traces, in the order of their numbers.
        branchings: the decisions, in the order of their numbers.
        size: how many constants and operations there are.
        most_calls: how many calls that end at one leaf builtins answer; then they are to be optimised.
    """

    def __init__(self, tree: Node, inputs: int, outputs: int, fastmath: bool = False) -> None:
        self.tree = tree
        self.inputs = inputs
        self.outputs = outputs
        self.fastmath = fastmath
        nodes = nodes_of(tree)
        self.leaves = [node for node in nodes if not isinstance(node.after, Branching)]
        self.branchings = [node.after for node in nodes if isinstance(node.after, Branching)]
        self.size = sum(len(node.steps) for node in nodes)
        self.counters = (ctypes.c_int64 * len(self.leaves))()
        self.most_calls = ctypes.c_int64(UNBOUNDED)

    @property
    def calls(self) -> list[int]:
        """How often each leaf was reached, in calls and in rows of batches."""
        return list(self.counters)

    @property
    def is_used_up(self) -> bool:
        """Whether so many calls have ended at a leaf that builtins answer no more of them."""
        return self.most_calls.value < UNBOUNDED // 2 and max(self.counters) >= self.most_calls.value

    def program(self, declarations: Declarations, name: str = "program", lanes: int = 1) -> str:
        """Return the function that computes the tree, as text in LLVM's assembly language.

        Args:
            declarations: gets what it calls.
            name: what the function is called.
            lanes: how many rows it computes at once.
        """
        return write_tree(self.tree, self.inputs, declarations, name=name, lanes=lanes, fastmath=self.fastmath)

    def callable(
        self,
        name: str,
        shape: Shape,
        fallback: Fallback,
        *,
        module: str = "minitorch",
        documentation: str = "",
        floats_only: bool = False,
        memory_guards: MemoryGuardTable | None = None,
    ) -> Any:
        """Return a builtin function of as many floats as there are inputs.

        Args:
            name: its `__name__`.
            shape: what it returns: the number of an output for a float, a tuple of such for a tuple.
            fallback: answers the calls that the program can't.
            module: its `__module__`.
            floats_only: whether ints and bools are left to the fallback, which knows what they are to Python.
            memory_guards: what must be in memory as it was for the program to answer.
            documentation: its `__doc__`; a first line `f(x, y)` and one of `--` are its signature.

        Raises:
            RuntimeError: if this system lacks a function that the program calls.
        """
        entry = EntryPoint(name, shape, fallback, memory_guards, floats_only, documentation)
        return self.callables([entry], module)[0]

    def callables(
        self,
        entries: Sequence[EntryPoint],
        module: str = "minitorch",
        calls_to_optimise: Callable[[int | None], int] = lambda cost: 0,
    ) -> list[Any]:
        """Return a builtin function for each of several entry points; they share the machine code.

        Args:
            entries: what each of them takes and returns.
            module: their `__module__`.
            calls_to_optimise: tells, given what optimising costs, after how many calls that is to be done; 0: at once.

        Raises:
            RuntimeError: if this system lacks a function that the program calls.
        """
        declarations = Declarations()
        texts = [self.program(declarations)]
        names: dict[Any, str] = {}
        # Those that differ in their fallback alone are one function.
        kinds = [(entry.shape, entry.floats_only, id(entry.memory_guards)) for entry in entries]
        for kind, entry in zip(kinds, entries, strict=True):
            if kind not in names:
                names[kind] = f"entry{len(names)}"
                arguments = self.inputs, self.outputs, entry.shape, entry.floats_only, entry.memory_guards
                texts.append(entry_text(declarations, *arguments, names[kind]))
        text = "\n".join([declarations.text(), *texts])
        calls = calls_to_optimise(optimisation_cost(text))
        engine = Engine(text, is_optimised=calls == 0)
        self.most_calls.value = UNBOUNDED if engine.is_optimised else calls
        for slot, counts in (("counters", self.counters), ("most.calls", self.most_calls)):
            engine.keeps.append(counts)
            engine.fill(slot, ctypes.addressof(counts))
        for kind, entry in dict(zip(kinds, entries, strict=True)).items():
            if entry.memory_guards is not None:
                fill_guards(engine, entry.memory_guards, names[kind])
        lease = Lease(module, engine)
        return [
            builtin_function(engine, entry.name, lease, entry.documentation, entry.fallback, names[kind])
            for kind, entry in zip(kinds, entries, strict=True)
        ]

    @functools.cached_property
    def rows(self) -> Batch:
        """The programs over rows of arrays."""
        declarations = Declarations()
        program = self.program(declarations)
        # Around calls, which take one float each, all vectors go to memory and come back: narrow ones do so sooner.
        calls = not self.fastmath and any(name.startswith('@"libm.') for name in declarations)
        lanes = min(widest_vector(), NARROW_LANES) if calls or self.size > MAX_WIDE_STEPS else widest_vector()
        group = self.program(declarations, "group", lanes) if self.size <= MAX_GROUPED_STEPS else NO_GROUP
        engine = Engine(f"{declarations.text()}\n{program}{group}")
        return Batch(engine, lanes, self.inputs, self.outputs, len(self.leaves))

    def batch(
        self,
        inputs: Sequence[NDArray[numpy.float64]],
        outputs: Sequence[NDArray[numpy.float64]],
        status: NDArray[numpy.uint8],
        threads: int = 1,
    ) -> int:
        """Compute all rows of arrays without the interpreter's lock, and return how many are left to the caller.

        Args:
            inputs: a column for each input, of any stride (0 for one that is the same in all rows).
            outputs: a column for each output; rows with a status other than 0 are not written.
            status: gets HIT, MISS or RAISE for each row.
            threads: how many parts run at the same time.

        Raises:
            ValueError: if these are not as many arrays of equal length as the programs have inputs and outputs.
            RuntimeError: if this system lacks a function that the program calls.
        """
        left, counts = self.rows.run(inputs, outputs, status, threads)
        for leaf, count in enumerate(counts):
            self.counters[leaf] += count
        return left


def lower(tree: Node, inputs: int, outputs: int, *, fastmath: bool = False) -> MachineCode:
    """Return machine code for a tree of traces.

    Args:
        tree: the programs.
        inputs: how many inputs they have.
        outputs: how many results.
        fastmath: whether arithmetic may be reordered and rounded differently.

    >>> from minitorch.machine_code.program import Node, Operation
    >>> lower(Node(1, (Operation("Exp", (0,)),), (1,)), 1, 1).callable("exp", 0, print)(0.0)
    1.0
    """
    return MachineCode(tree, inputs, outputs, fastmath)
