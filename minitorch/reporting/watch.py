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
INTERNAL: Final = NEVER_FOLLOWED | sys.stdlib_module_names
GENERATORS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
LAMBDA: Final = "<lambda>"


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
    """

    code: CodeType
    line: int
    name: str
    times: int = 0
    stride: int = 1
    moments: list[int] = field(default_factory=list)
    values: list[Seen] = field(default_factory=list)

    def add(self, value: Seen) -> None:
        """Note a value: the last one is always kept."""
        if self.times and (self.times - 1) % self.stride:
            self.moments.pop()
            self.values.pop()
        self.times += 1
        self.moments.append(next_unique_id())
        self.values.append(value)
        if len(self.values) > MAX_KEPT and not (self.times - 1) % self.stride:
            del self.moments[1::2], self.values[1::2]
            self.stride *= 2


@dataclass(slots=True)
class Call:
    """A call that goes on.

    Args:
        code: the function.
        steps: the statements of its file, by line.
        step: that which runs.
        line: the line that runs.
        before: what the targets of a step were when it began, by `id`, where not all of them need be given a value.
        returning: the line of a `return` whose value is on its way while a `finally` runs.
    """

    code: CodeType
    steps: dict[int, Step]
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
        tracks: the values that were seen, by code, line and name.
        is_active: whether lines are watched; where they cannot be, functions alone are.
    """

    def __init__(self, entry: CodeType | None) -> None:
        self.called: dict[int, CodeType] = {}
        self.tracks: dict[tuple[int, int, str], Track] = {}
        self.is_active = True
        self._folder = None if entry is None else os.path.dirname(entry.co_filename)
        self._internal: dict[str, bool] = {}
        self._calls: dict[int, Call] = {}
        self._parameters: dict[int, tuple[int, tuple[Target, ...]]] = {}

    def is_internal(self, file: str) -> bool:
        """Return whether a file that ran is one of Python's library or of another one that is not the user's."""
        return self._internal.get(file, False)

    def call(self, frame: FrameType) -> bool:
        """Look at a call that begins; return whether its lines are to be watched."""
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
        if code.co_flags & GENERATORS and id(frame) in self._calls and self._calls[id(frame)].code is code:
            # It goes on after a `yield`, which `sys.settrace` calls a call.
            return True
        self._calls[id(frame)] = Call(code, steps_of(file) if code.co_name != LAMBDA else {})
        if code.co_name != LAMBDA:
            line, parameters = self._parameters.get(id(code)) or self._parameters_of(code)
            for parameter in parameters:
                self._note(code, line, parameter.text, read(parameter.node, frame))
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
            self._note(call.code, line, RETURNED, value)

    def _bound(self, frame: FrameType, call: Call, targets: tuple[Target, ...]) -> None:
        """Note what targets have got."""
        before = call.before or ()
        for place, target in enumerate(targets):
            value = read(target.node, frame)
            if not before or id(value) != before[place]:
                self._note(call.code, call.step.first, target.text, value)

    def _note(self, code: CodeType, line: int, name: str, value: Any) -> None:
        if value is MISSING:
            return
        key = id(code), line, name
        track = self.tracks.get(key)
        if track is None:
            track = self.tracks[key] = Track(code, line, name)
        track.add(seen(value))

    def _parameters_of(self, code: CodeType) -> tuple[int, tuple[Target, ...]]:
        """Return the line of a function's `def`, and its first parameters."""
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        is_method = names[:1] in (("self",), ("cls",))
        found = definition_of(code).header, tuple(map(Target.named, names[is_method:][:MAX_PARAMETERS]))
        self._parameters[id(code)] = found
        return found
