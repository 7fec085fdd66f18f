"""The programs of one kind of call: a tree of recorded paths, its machine code, and what to do where it has no answer.

    a call        known path: machine code        new path: recorded, and soon compiled        error: plain Python

A call that is recorded is answered by its own recording. Trees are compiled again as they grow, in growing batches.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.autodiff.errors import HistoryLostError
from minitorch.compiler.aliasing import has_shared_parts, objects_in
from minitorch.compiler.capture.executed_code import Executed
from minitorch.compiler.capture.recorder import Recording, Unrecordable, record
from minitorch.compiler.guards.environment import Environment
from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.interpreted_traces import HiddenDecision, InterpretedTrace, InterpretedTraces
from minitorch.compiler.result import Result
from minitorch.compiler.task import Mode, Task
from minitorch.machine_code.llvm.emitter import bits_of
from minitorch.machine_code.program import Branching, Constant, Guard, Node, Trace, nodes_of
from minitorch.machine_code.recording import grow
from minitorch.machine_code.status import ARGUMENTS, HIT, MISS
from minitorch.scalars.pytrees import is_object_array, unfold

if TYPE_CHECKING:
    from minitorch.compiler.call import Arguments
    from minitorch.machine_code.lowering.machine import MachineCode

__all__ = ["TraceTree"]

LARGE: Final = 2_000
"""Of larger trees more calls are waited for until they are compiled again."""

MOST_REFUSED: Final = 8
"""After so many runs that can't be recorded, in a row, no more are tried."""

HIDDEN: Final = "it does other things after the same decisions, so something that can't be seen decides"


class TraceTree:
    """The programs of calls with one key.

    Args:
        task: what to compile.
        arguments: the first call.
    """

    def __init__(self, task: Task, arguments: Arguments) -> None:
        self.task = task
        self.inputs = len(arguments.numbers)
        self.objects = arguments.objects
        self.python_only = False
        self.full = False
        self.refused = self.changes = 0
        self.restarts = -1
        self.start()

    def start(self) -> None:
        """Forget all recordings."""
        self.restarts += 1
        self.tree: Node | None = None
        self.results: list[Result] = []
        self.leaves: list[Node] = []
        self.counted: Counter[int] = Counter()
        self.recorded = self.operations = 0
        self.misses = 0
        self.machine: MachineCode | None = None
        self.direct: Callable[..., Any] | None = None
        self.builtin: Callable[..., Any] | None = None
        self.roots = (*self.task.roots, *self.objects)
        self.executed: dict[int, Executed] = {}
        self.long = InterpretedTraces()
        self.compiles = True
        self.words: MemoryGuards | None = None
        self.surroundings = Environment((), {})
        if self.restarts > self.task.limits.paths:
            self.give_up(f"what it reads changes again and again (it was compiled {self.restarts} times)")

    def give_up(self, reason: str) -> None:
        """Leave all calls to Python from now on."""
        self.python_only = True
        self.builtin = self.direct = None
        self.task.report(f"runs in Python, since {reason}")

    # -- calls -------------------------------------------------------------------------------------------------------

    def run(self, numbers: Sequence[float]) -> tuple[int, tuple[Result, list[float]] | None]:
        """Run machine code: a status, and for a HIT the form of the result and the outputs."""
        if self.words is None:
            self.forget_if_changed()
        if self.builtin is None:
            return self.long.run(numbers)
        outputs = self.builtin(*numbers)
        if type(outputs) is SideExit and outputs.status == ARGUMENTS and self.words is not None:
            if self.forget_if_changed():
                return MISS, None
            self.words.refresh()
            outputs = self.builtin(*numbers)
        if type(outputs) is not SideExit:
            return HIT, (self.results[int(outputs[0])], list(outputs[1:]))
        return self.long.run(numbers) if outputs.status == MISS else (outputs.status, None)

    def forget_if_changed(self) -> bool:
        """Start anew if what the recordings have read is not as it was, and say whether that is so."""
        changed = bool(self.surroundings.readings) and self.surroundings.changed() is not None
        if changed:
            self.start()
        return changed

    def learn(self, arguments: Arguments) -> tuple[Result, list[float]] | None:
        """Record a call, and compile when it is time; the recording's own answer, None if Python has to answer."""
        if self.python_only or self.full or not (self.compiles or self.long.takes()):
            return None
        before = Environment(self.roots, None)
        try:
            recording = self.record(arguments, before.seen)
        except Unrecordable as obstacle:
            if obstacle.final:
                self.give_up(str(obstacle))
            else:
                self.refuse(str(obstacle))
            return obstacle.answer
        except HistoryLostError as error:
            self.refuse(str(error))
            return None
        except Exception:
            # What it raises it raises again in Python, where nothing stands between it and the user.
            return None
        answer = recording.result, recording.outputs
        if recording.executed.keys() - self.executed.keys():
            self.executed |= recording.executed
            self.surroundings = Environment(self.roots, self.executed)
        changed = before.changed()
        if self.surroundings.obstacle is not None:
            self.give_up(self.surroundings.obstacle)
        elif changed is not None:
            # What is made when it is first asked for is there the next time.
            self.changes += 1
            if self.changes > 1:
                self.give_up(f"it changes {changed}, which it reads")
        else:
            for told in sorted(recording.told):
                self.task.report(f"{told} takes effect only while a call is recorded")
            self.refused = 0
            if recording.is_long:
                return self.add_long(recording, arguments)
            self.add(recording, arguments)
        return answer if not recording.is_long else None

    def record(self, arguments: Arguments, known: dict[int, Any]) -> Recording:
        """Run the traced function on Variables; what is known from elsewhere must not be part of what it returns."""
        seen: list[Any] = []

        def run(inputs: Sequence[Any]) -> Any:
            filled, keywords = arguments.fill(inputs)
            before = [leaves_of(value) for value in (*filled, *keywords.values())]
            returned = self.task.recorded(*filled, **keywords)
            after = [leaves_of(value) for value in (*filled, *keywords.values())]
            if not all(map(same_objects, before, after)):
                raise Unrecordable("it changes an argument")
            seen[:] = [*filled, *keywords.values()], returned
            return returned

        wanted = arguments.wanted if self.task.kind is Mode.GRADIENT else None
        most = self.task.limits.operations if self.compiles else -1
        recording = record(run, arguments.numbers, arguments.names, wanted, most)
        taken, returned = seen
        if has_shared_parts(returned, {**known, **objects_in(taken)}):
            raise Unrecordable("its result has a list, a dict or an object that is also found elsewhere")
        return recording

    def refuse(self, reason: str) -> None:
        """Count a run that could not be recorded."""
        self.refused += 1
        if self.refused >= MOST_REFUSED:
            self.give_up(reason)

    # -- growth ------------------------------------------------------------------------------------------------------

    def add(self, recording: Recording, arguments: Arguments) -> None:
        """Add a path, and compile when enough calls have missed."""
        path = self.numbered(recording)
        before = 0 if self.tree is None else count_leaves(self.tree)
        grown = grow(self.tree, path)
        if grown is None:
            self.give_up(HIDDEN)
            return
        self.tree = grown
        self.recorded = count_leaves(grown)
        self.misses += 1
        size = self.operations = sum(len(node.steps) for node in nodes_of(grown))
        compiled = 0 if self.machine is None else len(self.machine.leaves)
        if self.recorded == before and self.misses > 2 * self.task.limits.paths:
            self.full = True
        limits = self.task.limits
        enough = self.recorded >= limits.paths or size > limits.operations
        if self.machine is None or self.misses > compiled // 4 + size // LARGE or enough:
            self.compile(arguments.numbers, recording.outputs)
        if enough:
            self.compiles = False
            self.task.report(f"new paths are interpreted after {self.extent()}")

    def add_long(self, recording: Recording, arguments: Arguments) -> tuple[Result, list[float]] | None:
        """Add a path that is interpreted, and have it answer the call that was recorded."""
        path = InterpretedTrace(recording, arguments.wanted, self.task.kind)
        status, _, outputs = path.run(arguments.numbers)
        expected = list(map(digits_of, recording.outputs))
        if status != HIT or list(map(digits_of, outputs[: len(expected)])) != expected:
            self.give_up("the interpreter gave other digits than Python")
            return None
        try:
            self.long.add(path)
        except HiddenDecision:
            self.give_up(HIDDEN)
            return None
        if self.compiles:
            limit = self.task.limits.operations
            self.task.report(f"ways of so many operations are interpreted (more than {limit}, with derivatives)")
        if self.long.is_full:
            self.full = True
            self.task.report(f"new paths run in Python after {self.extent()}")
        return path.result, outputs

    def extent(self) -> str:
        """How much there is, and the line whose decisions split most."""
        count, operations = self.recorded + len(self.long.paths), self.operations + self.long.steps
        return f"{count} of them with {operations} operations{self.splits()}"

    def numbered(self, recording: Recording) -> Trace:
        """Return a path with the number of the form of its result as the first output."""
        if recording.result not in self.results:
            self.results = [*self.results, recording.result]
        path = recording.path
        form = Constant(float(self.results.index(recording.result)))
        number = path.inputs + sum(not isinstance(step, Guard) for step in path.steps)
        return Trace(path.inputs, (*path.steps, form), (number, *path.outputs))

    def compile(self, numbers: Sequence[float], expected: Sequence[float]) -> None:
        """Make machine code of all paths, and see that it gives what was recorded last."""
        from minitorch.machine_code.lowering.machine import EntryPoint, lower

        assert self.tree is not None
        self.keep_counts()
        leaves = [node for node in nodes_of(self.tree) if isinstance(node.after, tuple)]
        width = max(len(leaf.after) for leaf in leaves if isinstance(leaf.after, tuple))
        machine = lower(padded(self.tree, width), self.inputs, width, fastmath=self.task.fastmath)
        shape, readings = self.task.shape(self.results), self.surroundings.readings
        words = MemoryGuards.of(readings) if readings else None
        ways = [EntryPoint("program", tuple(range(width)), side_exit, words)]
        if shape is not None:
            ways.append(EntryPoint(self.task.name, shape, self.task.fallback, words))
        try:
            builtin, *direct = machine.callables(ways)
        except (ValueError, RuntimeError, KeyError) as error:
            self.give_up(f"it can't be compiled: {error}")
            return
        found = builtin(*numbers) if numbers else None
        outputs = found[1 : 1 + len(expected)] if type(found) is tuple and not self.task.fastmath else expected
        if list(map(digits_of, outputs)) != list(map(digits_of, expected)):
            self.give_up("machine code gave other digits than Python")
            return
        machine.counters[:] = [0] * len(leaves)
        self.machine, self.leaves, self.builtin, self.misses = machine, leaves, builtin, 0
        self.words = words
        self.direct = direct[0] if direct else None
        if self.direct is not None and readings and words is None:
            self.direct = self.checked(self.direct)

    def checked(self, builtin: Callable[..., Any]) -> Callable[..., Any]:
        """Return a builtin of floats that answers where Python finds nothing changed."""
        unchanged, fallback = self.surroundings.unchanged, self.task.fallback

        def checked(*args: Any, **kwargs: Any) -> Any:
            return builtin(*args, **kwargs) if unchanged() else fallback(ARGUMENTS, 0, args, kwargs)

        return checked

    def compile_now(self) -> None:
        """Make machine code of paths that wait for it."""
        if self.misses and not self.python_only and self.tree is not None:
            self.compile((), ())

    def keep_counts(self) -> None:
        """Take over how often the machine code so far ran through each path."""
        for leaf, calls in zip(self.leaves, self.machine.calls if self.machine else (), strict=False):
            self.counted[id(leaf)] += calls
        for index in range(len(self.leaves) if self.machine else 0):
            assert self.machine is not None
            self.machine.counters[index] = 0

    def splits(self) -> str:
        """Name the line whose decisions split most."""
        places: Counter[str] = Counter()
        for node in nodes_of(self.tree) if self.tree is not None else ():
            if isinstance(node.after, Branching) and len(node.after.branches) > 1:
                places[str(node.after.place)] += len(node.after.branches) - 1
        if not places:
            return ""
        place, count = places.most_common(1)[0]
        return f"; {count} of them part at {place}"


class SideExit:
    """What a call of a program gives that ended otherwise than well.

    Args:
        status: how it ended.
    """

    __slots__ = ("status",)

    def __init__(self, status: int) -> None:
        self.status = status


def side_exit(status: int, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> SideExit:
    """Say how a call ended."""
    return SideExit(status)


def padded(tree: Node, width: int) -> Node:
    """Return a copy of a tree in which all paths have as many outputs; what is added is not looked at."""
    copies: dict[int, Node] = {}
    for node in reversed(nodes_of(tree)):
        after = node.after
        if isinstance(after, Branching):
            branches = {outcome: copies[id(branch)] for outcome, branch in after.branches.items()}
            after = Branching(after.kind, after.value, after.place, branches)
        else:
            after = after + after[:1] * (width - len(after))
        copies[id(node)] = Node(node.first, node.steps, after)
    return copies[id(tree)]


def digits_of(number: float) -> int:
    """Return the bits of a number, the same for all nans: the sign of a nan depends on the order of operands."""
    return bits_of(number if number == number else math.nan)


def leaves_of(argument: Any) -> list[Any]:
    """Return what stands in an argument; of an array its elements."""
    return [x for leaf in unfold(argument)[0] for x in (leaf.ravel().tolist() if is_object_array(leaf) else [leaf])]


def same_objects(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Whether two lists hold the same objects."""
    return len(before) == len(after) and all(map(operator.is_, before, after))


def count_leaves(tree: Node) -> int:
    """How many paths a tree has."""
    return sum(not isinstance(node.after, Branching) for node in nodes_of(tree))
