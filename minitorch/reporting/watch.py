"""Watches the lines that run, and keeps what each of them gave a value: by `sys.monitoring`, by `sys.settrace` before.

    head = max(level - 0.9, 0.0)      `head` is 0.31 and has the history of the Variable with number 17
    return head                       so is what is returned

Of a line that runs a million times some thousand values are kept, among them the first and the last. Nothing that is
read runs code of the user's, and no Variable is kept alive.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any, Final

from minitorch.autodiff.place import OWN_FILES
from minitorch.recorder import next_unique_id
from minitorch.reporting.plain_values import MISSING, Seen, read, seen
from minitorch.reporting.sources import definition_of
from minitorch.reporting.steps import NO_STEP, Step, Target, steps_of
from minitorch.tracing.tracer import NEVER_FOLLOWED

__all__ = ["RETURNED", "Track", "Watch"]

MAX_KEPT: Final = 2048
"""So many values of a line are kept; of more, every second one is dropped."""

MAX_PARAMETERS: Final = 8
RETURNED: Final = "return"
RESULT: Final = Target.named(RETURNED)
INTERNAL: Final = NEVER_FOLLOWED | sys.stdlib_module_names
GENERATORS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
LAMBDA: Final = "<lambda>"

LOOKED_AT_LATER: Final = frozenset({int, float, bool, str, type(None)})
"""Types of values that stay what they are, and hold nothing else."""


@dataclass(slots=True)
class Track:
    """The values that a name got at a line, or that were returned there.

    Args:
        code: the function.
        line: the line at which the statement begins.
        name: what got the values, `RETURNED` for what was returned.
        times: how often it got one.
        stride: of so many values in a row one is kept.
        moments: when each value that is kept was seen, by the number that a Variable made then would have.
        values: the values that are kept.
        last: when the last value was seen, and what it is, if it is not among them.
    """

    code: CodeType
    line: int
    name: str
    times: int = 0
    stride: int = 1
    moments: list[int] = field(default_factory=list)
    values: list[Seen] = field(default_factory=list)
    last: tuple[int, Any] | None = None

    def add(self, value: Any) -> None:
        """Note a value: the first one is kept, one of each `stride`, and until the next comes the last."""
        skipped = self.times % self.stride
        self.times += 1
        if skipped:
            # What a name of a long loop gets is looked at only if it was the last.
            self.last = next_unique_id(), value if type(value) in LOOKED_AT_LATER else seen(value)
            return
        self.last = None
        self.moments.append(next_unique_id())
        self.values.append(seen(value))
        if len(self.values) > MAX_KEPT:
            del self.moments[1::2], self.values[1::2]
            self.stride *= 2

    def finish(self) -> None:
        """Keep the last value with the others."""
        if self.last is not None:
            moment, value = self.last
            self.moments.append(moment)
            self.values.append(value if type(value) is Seen else seen(value))
            self.last = None


@dataclass(slots=True)
class Call:
    """A call that goes on.

    Args:
        code: the function.
        steps: the statements of its file, by line.
        tracks: what its targets got, by the `id` of the target.
        step: that which runs.
        line: the line that runs.
        before: what the targets of a step were when it began, by `id`, where not all of them need be given a value.
        returning: the line of a `return` whose value is on its way while a `finally` runs.
    """

    code: CodeType
    steps: dict[int, Step]
    tracks: dict[int, Track]
    step: Step = NO_STEP
    line: int = 0
    before: list[int] | None = None
    returning: int = 0


class Watch:
    """What is told of the lines that run.

    Args:
        entry: the code of the function that is run, `None` if it is not Python's: its folder is not that of a library.

    Attributes:
        called: the code of the functions that were called, in order, by `id`.
        is_active: whether lines are watched; where they cannot be, functions alone are.
    """

    def __init__(self, entry: CodeType | None) -> None:
        self.called: dict[int, CodeType] = {}
        self._tracks: dict[int, dict[int, Track]] = {}
        self.is_active = True
        self._folder = None if entry is None else os.path.dirname(entry.co_filename)
        self._internal: dict[str, bool] = {}
        self._calls: dict[int, Call] = {}
        self._parameters: dict[int, tuple[int, tuple[Target, ...]]] = {}
        # What is told apart by `id` must live as long.
        self._steps: dict[str, dict[int, Step]] = {}

    def tracks(self) -> Iterator[Track]:
        """Yield what was seen, once nothing more will be."""
        for of_code in self._tracks.values():
            for track in of_code.values():
                track.finish()
                yield track

    def is_internal(self, file: str) -> bool:
        """Return whether a file that ran is one of Python's library or of another one that is not the user's."""
        return self._internal.get(file, False)

    def call(self, frame: FrameType, may_go_on: bool = False) -> bool:
        """Look at a call that begins; return whether its lines are to be watched.

        Args:
            frame: its frame.
            may_go_on: whether a generator that goes on after a `yield` is called a call.
        """
        code = frame.f_code
        file = code.co_filename
        if OWN_FILES[file] or not code.co_flags & inspect.CO_OPTIMIZED:
            return False
        self.called.setdefault(id(code), code)
        internal = self._internal.get(file)
        if internal is None:
            package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            internal = self._internal[file] = package in INTERNAL and os.path.dirname(file) != self._folder
        if not self.is_active or internal or (code.co_name[0] == "<" and code.co_name != LAMBDA):
            return False
        if may_go_on and code.co_flags & GENERATORS and id(frame) in self._calls:
            return self._calls[id(frame)].code is code
        if file not in self._steps:
            self._steps[file] = steps_of(file)
        is_lambda = code.co_name == LAMBDA
        known = self._tracks.setdefault(id(code), {})
        call = self._calls[id(frame)] = Call(code, {} if is_lambda else self._steps[file], known)
        if not is_lambda:
            line, parameters = self._parameters.get(id(code)) or self._parameters_of(code)
            for parameter in parameters:
                note(call, line, parameter, read(parameter.node, frame))
        return True

    def line(self, frame: FrameType, line: int) -> None:
        """Look at a line that is about to run: the one before it has given its targets values."""
        call = self._calls.get(id(frame))
        if call is None or call.code is not frame.f_code:
            return
        before, step = call.step, call.steps.get(line, NO_STEP)
        again = step.repeats and line == call.line and not call.code.co_flags & GENERATORS
        if before is not NO_STEP and (step is not before or again):
            self._bound(frame, call, before.bound_before(line))
            if before.returns:
                call.returning = before.first
        call.line = line
        if step is not before:
            call.step = step
            call.before = [id(read(x.node, frame)) for x in step.targets] if step.is_shared else None

    def raised(self, frame: FrameType) -> None:
        """Look at an error: the line that runs gives nothing a value."""
        call = self._calls.get(id(frame))
        if call is not None:
            call.step, call.returning = NO_STEP, 0

    def returned(self, frame: FrameType, value: Any) -> None:
        """Look at a call that ends with a value."""
        call = self._calls.pop(id(frame), None)
        if call is None or call.code is not frame.f_code:
            return
        self._bound(frame, call, call.step.targets)
        line = call.line if call.code.co_name == LAMBDA else call.step.first if call.step.returns else call.returning
        if line and value is not None and not call.code.co_flags & GENERATORS:
            note(call, line, RESULT, value)

    def _bound(self, frame: FrameType, call: Call, targets: tuple[Target, ...]) -> None:
        """Note what targets have got."""
        before = call.before or ()
        for place, target in enumerate(targets):
            value = read(target.node, frame)
            if not before or id(value) != before[place]:
                note(call, call.step.first, target, value)

    def _parameters_of(self, code: CodeType) -> tuple[int, tuple[Target, ...]]:
        """Return the line of a function's `def`, and its first parameters."""
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        is_method = names[:1] in (("self",), ("cls",))
        found = definition_of(code).header, tuple(map(Target.named, names[is_method:][:MAX_PARAMETERS]))
        self._parameters[id(code)] = found
        return found


def note(call: Call, line: int, target: Target, value: Any) -> None:
    """Note what a target has got at a line of a call, if it could be read."""
    if value is MISSING:
        return
    key = line if target is RESULT else id(target)
    track = call.tracks.get(key)
    if track is None:
        track = call.tracks[key] = Track(call.code, line, target.text)
    track.add(value)
