"""A specialization: all that serves the calls with one key, from the first trace to machine code.

    a call        known trace: machine code        new trace: recorded, and soon compiled        error: plain Python

Its parts: the trace tree keeps what was recorded, the executable runs it, the environment knows what was read besides
the arguments, and the policy decides what comes next. A call that is recorded is answered by its own recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from minitorch.autodiff.errors import HistoryLostError
from minitorch.compiler.call import Arguments, HoldsArrays
from minitorch.compiler.capture.instruction_events import can_watch
from minitorch.compiler.capture.leaving_nothing import Run
from minitorch.compiler.capture.recorder import Recording, SpecialPointMet, TooLong, Unrecordable
from minitorch.compiler.capture.stopwatch import RecordingStopped, Stopwatch
from minitorch.compiler.capture.task_recorder import record_call
from minitorch.compiler.earnings import Earnings, seconds_to_wait, wished
from minitorch.compiler.errors_of_runs import EXHAUSTIONS, is_that_of_python, without_own_frames
from minitorch.compiler.executable import Executable, NotCompilable, SideExit, answer_of, at_once
from minitorch.compiler.guards.environment import Environment
from minitorch.compiler.guards.reads import Reads
from minitorch.compiler.policy import Policy
from minitorch.compiler.result import Answer, Result, Returned
from minitorch.compiler.task import Mode, Task
from minitorch.compiler.trace_tree import HiddenDecision, TraceTree
from minitorch.compiler.turns import recording_turn
from minitorch.derivatives.special_points import announced
from minitorch.machine_code.status import ARGUMENTS, HIT, MISS

if TYPE_CHECKING:
    from minitorch.machine_code.lowering.machine import MachineCode

__all__ = ["Specialization"]


DERIVATIVE_PER_PLAIN: Final = 20
"""How many times as long as the plain function a derivative takes in Python, at least."""

FREE_NANOSECONDS: Final = 5_000
"""What may be compared at each call, however short that is."""


class Specialization:
    """What serves the calls with one key.

    Args:
        task: what is compiled.
        arguments: the first call.
        earnings: what such calls have earned so far.

    Attributes:
        inputs: how many floats a call has.
        first: the first call.
        policy: what becomes of calls that take a new trace.
        tree: the traces that are compiled.
        executable: the machine code.
        environment: what the traces have read besides their arguments.
    """

    def __init__(self, task: Task, arguments: Arguments, earnings: Earnings) -> None:
        self.task = task
        self.inputs = len(arguments.numbers)
        self.first = arguments
        self.plain_nanoseconds: list[float] = []
        self.policy = Policy(task.options, task.reporter, earnings)
        self.forget()

    def forget(self) -> None:
        """Drop all recordings and machine code."""
        self.tree = TraceTree()
        self.executable = Executable(self.task, self.inputs, self.first.all_floats)
        self.environment = Environment()

    def restart_if_changed(self) -> bool:
        """Drop all recordings if what they have read is not as it was, and return whether that is so."""
        changed = self.environment.changed() is not None
        if changed:
            self.forget()
            self.policy.restart()
        return changed

    def give_up(self, reason: str) -> None:
        """Leave all calls to Python from now on."""
        self.executable.close()
        self.policy.give_up(reason)

    # -- calls -------------------------------------------------------------------------------------------------------

    def answer(self, arguments: Arguments, since: int) -> Answer | None:
        """Return what a call comes to by a known trace or a recording; `None` if Python has to answer.

        Args:
            arguments: the call.
            since: when it began, by the clock of the earnings.

        Raises:
            HoldsArrays: arrays took part, which are not compiled.
        """
        earnings = self.policy.earnings
        if self.executable.is_worth_optimising:
            # Its builtins answer no more calls until this is done.
            earnings.charged(self.compile, (), (), at_once)
        if not earnings.is_open:
            return None
        status, answer = self.run(arguments.numbers)
        if status != MISS:
            return answer
        earnings.note_miss(earnings.clock() - since)
        return self.learn(arguments)

    @property
    def explanation(self) -> str | None:
        """Why calls are left to Python, in one sentence; `None` if they are not."""
        self.policy.earnings.note_hits(self.hits)
        return self.policy.explanation(self.split(), self.has_traces)

    @property
    def has_traces(self) -> bool:
        """Whether any trace is known."""
        return self.tree.root is not None

    @property
    def hits(self) -> int:
        """How many calls known traces have answered, since they were dropped last."""
        return sum(self.executable.collect_calls().values())

    def run(self, numbers: Sequence[float]) -> tuple[int, tuple[Result, list[float]] | None]:
        """Run known traces.

        Args:
            numbers: the inputs of a call.

        Returns:
            How that ended (see `machine_code.status`); for a HIT also the form of the result and the outputs.
        """
        if not self.executable.has_unchanged():
            self.restart_if_changed()
        builtin, memory_guards = self.executable.builtin, self.executable.memory_guards
        if builtin is None:
            return MISS, None
        outputs = builtin(*numbers)
        if type(outputs) is SideExit and outputs.status == ARGUMENTS:
            if memory_guards is not None:
                if self.restart_if_changed():
                    return MISS, None
                memory_guards.refresh()
            outputs = builtin(*numbers)
        if type(outputs) is not SideExit:
            return HIT, answer_of(outputs, self.tree.results, self.executable.direct is not None)
        return outputs.status, None

    def learn(self, arguments: Arguments) -> Answer | None:
        """Record a call that takes a new trace, and compile when it is time.

        Returns:
            What the recording itself came to, the form of the result and the outputs; `None` if Python has to answer.

        Raises:
            HoldsArrays: arrays took part, which are not compiled.
        """
        if not self.policy.records:
            return None
        if not can_watch():
            # A profiler or a debugger has the place from which a recording is made; it waits until that is free.
            return None
        earnings = self.policy.earnings
        earnings.note_hits(self.hits)
        if not earnings.may_record():
            self.policy.wait(self.split())
            return None
        with recording_turn(seconds_to_wait()) as is_ours:
            if not is_ours:
                return None
            run, begin = Run(Stopwatch(earnings.clock, earnings.limit)), earnings.clock()
            try:
                return self.record(arguments, run)
            finally:
                took = earnings.clock() - begin
                if run.stopwatch.is_stopped:
                    earnings.note_stopped(took)
                else:
                    earnings.note_trace(took)

    def record_first(self) -> None:
        """Record the first call again, for someone who wants to see its trace, unless there is one already."""
        if not self.has_traces:
            with wished():
                self.learn(self.first)

    def record(self, arguments: Arguments, run: Run) -> Answer | None:
        """Record a call, as `learn` does if it is time.

        Args:
            arguments: the call.
            run: learns what the call does.
        """
        run.is_derivative = self.task.mode is not Mode.VALUE
        failure: Exception | None = None
        try:
            recording = record_call(self.task, arguments, self.task.options.max_operations, run)
        except RecordingStopped as stopped:
            run.drop(stopped)
            if not run.stopwatch.is_over:
                return None
            return self.answer_without_recording(TooLong(self.task.options.max_operations), run)
        except Exception as error:
            # Up to Python 3.10 a block such as this one keeps what the traceback refers to.
            failure = error
        if failure is not None:
            try:
                return self.answer_to_failure(failure, run)
            finally:
                del failure
        run.finish()
        if not run.is_alone:
            # It read what belongs to somebody else's derivative, which it is a part of.
            return (Returned(run.answer()), []) if run.has_answer() else None
        if not self.has_constant_environment(run):
            return recording.answer
        for side_effect in sorted(recording.side_effects):
            self.policy.report(f"{side_effect} takes effect only while a call is recorded")
        self.policy.count_recorded_run()
        self.add(recording, arguments)
        self.bound_comparing(run.reads)
        return recording.answer

    def answer_to_failure(self, error: Exception, run: Run) -> Answer | None:
        """Return what a call comes to whose recording failed, or raise the error; `None` if Python has to answer."""
        is_value = self.task.mode is Mode.VALUE
        try:
            if isinstance(error, Unrecordable):
                return self.answer_without_recording(error, run)
            if isinstance(error, HoldsArrays):
                run.finish(error)
                error.answer = self.answer_of(run, error.answer)
                raise error
            if isinstance(error, SpecialPointMet):
                # Where it has no answer Python says so again.
                run.finish(error)
                return error.answer if run.is_alone else None
            if isinstance(error, HistoryLostError):
                self.refuse(str(error))
                is_doubtful = is_value
            else:
                may_go_well = not is_that_of_python(error) and (isinstance(error, EXHAUSTIONS) or run.is_repeatable())
                is_doubtful = may_go_well or (is_value and run.differs)
            if is_doubtful:
                run.finish(error)
                return None
            run.finish(raised=error)
            if not is_value:
                raise error
            raise without_own_frames(error) from error.__cause__
        finally:
            del error

    def answer_without_recording(self, obstacle: Unrecordable, run: Run) -> Answer | None:
        """Note a run that could not be recorded, and return what it came to, unless Python has to do it again."""
        run.finish(obstacle)
        if isinstance(obstacle, TooLong) and self.has_traces:
            self.policy.close(f"what no trace that is known answers runs in Python, since {obstacle}")
        elif obstacle.final or isinstance(obstacle, TooLong):
            self.give_up(str(obstacle))
        else:
            self.refuse(str(obstacle))
        return self.answer_of(run, obstacle.answer)

    def answer_of(self, run: Run, outputs: Answer | None) -> Answer | None:
        """Return what a run that was not recorded came to, unless Python has to do it again."""
        if self.task.mode is Mode.VALUE and run.is_repeatable():
            # Nothing is lost by another run, and its numbers may be numpy's, of which a run on Variables makes floats.
            return None
        if run.has_answer():
            announced(run.ties, self.task.options.derivatives.special_points)
            return Returned(run.answer()), []
        return outputs if run.is_alone else None

    def refuse(self, reason: str) -> None:
        """Note a run that could not be recorded."""
        if self.policy.count_refused_run():
            self.give_up(reason)

    def has_constant_environment(self, run: Run) -> bool:
        """Take in what a run has read, and return whether its trace may be kept."""
        if run.reads.obstacle is not None:
            self.give_up(run.reads.obstacle)
            return False
        changed = run.reads.written()
        if changed is not None:
            if self.policy.count_changed_run():
                self.give_up(f"it changes {changed}, which it reads")
            return False
        self.environment.take_in(run.reads)
        return True

    def bound_comparing(self, reads: Reads) -> None:
        """Leave all calls to Python if it takes longer to compare what they read than to run them."""
        self.plain_nanoseconds.append(reads.plain_nanoseconds)
        slower = 1 if self.task.mode is Mode.VALUE else DERIVATIVE_PER_PLAIN
        plain = slower * sum(self.plain_nanoseconds) / len(self.plain_nanoseconds)
        comparing = self.executable.comparing_nanoseconds
        if self.policy.only_python or comparing < max(plain, FREE_NANOSECONDS):
            return
        self.give_up(
            f"comparing what it reads takes longer than running it (about {comparing / 1000:.3g} µs against "
            f"{plain / 1000:.3g} µs): {self.environment.dearest()}; pass it as an argument, or read less of it"
        )

    # -- growth ------------------------------------------------------------------------------------------------------

    def add(self, recording: Recording, arguments: Arguments) -> None:
        """Add a trace to the tree, and compile when enough calls wait for that."""
        try:
            is_new = self.tree.add(recording)
        except HiddenDecision as hidden:
            self.give_up(str(hidden))
            return
        self.policy.count_recording(is_new)
        is_enough = self.policy.is_enough(self.tree.traces, self.tree.operations)
        is_time = self.policy.is_time_to_compile(self.executable.traces, self.tree.operations)
        if self.executable.machine is None or is_time or is_enough:
            self.compile(arguments.numbers, recording.outputs)
        if is_enough:
            extent = f"{self.tree.traces} of them with {self.tree.operations} operations{self.split()}"
            self.policy.close(f"new traces run in Python after {extent}")

    def split(self) -> str:
        """Return the line whose decisions split most traces, in words; nothing if all are alike."""
        split = self.tree.most_frequent_split()
        return "" if split is None else f"; {split[1]} of them part at {split[0]}"

    def compile(
        self,
        numbers: Sequence[float],
        expected: Sequence[float],
        calls_to_optimise: Callable[[int | None], int] | None = None,
    ) -> None:
        """Make machine code of all traces in the tree.

        Args:
            numbers: the inputs of a recorded call, at which the machine code is tried; if none, it is not tried.
            expected: the outputs of that call.
            calls_to_optimise: as of `Executable.compile`; what the earnings tell if it is not given.
        """
        tells = self.policy.earnings.calls_to_optimise if calls_to_optimise is None else calls_to_optimise
        try:
            self.executable.compile(self.tree, self.environment, numbers, expected, tells)
        except NotCompilable as error:
            self.give_up(str(error))
        else:
            self.policy.waiting = 0

    # -- batches -----------------------------------------------------------------------------------------------------

    def compile_waiting(self) -> None:
        """Make machine code of traces that wait for it."""
        if self.policy.waiting and not self.policy.only_python and self.tree.root is not None:
            self.compile((), ())

    def row_machine(self) -> MachineCode | None:
        """Return machine code that gives as many floats for each row of a batch; `None` if there is no such."""
        machine, results = self.executable.machine, self.tree.results
        if machine is None or self.policy.only_python or self.environment.changed() is not None:
            return None
        return machine if len(results) == 1 and results[0].floats is not None else None
