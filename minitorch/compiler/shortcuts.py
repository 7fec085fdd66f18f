"""Shortcuts of a compiled function: what its calls go straight to, where that answers them all.

direct       a builtin function, where arguments are floats and results need no work in Python
eager        the Python functions, where arrays take part, or nothing can be compiled
waiting      the Python function for some calls, until there is time for a recording
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.task import Mode, Task

if TYPE_CHECKING:
    from minitorch.compiler.call import Arguments
    from minitorch.compiler.specialization import Specialization

__all__ = ["TIMED", "Shortcuts"]

MIN_WAITING_CALLS: Final = 8
"""For fewer calls it does not pay to be ready for none but Python's."""

TIMED: Final = 8
"""Of so many waiting calls one is timed, for all of them: two looks at the clock take a tenth of a short function."""

METHODS: Final = {Mode.GRADIENT: "value_and_grad", Mode.TANGENT: "jvp", Mode.HESSIAN: "hessian"}
"""What is called for each mode but for the value, which is a call of the object itself."""


class Shortcuts:
    """What calls of a compiled function go to: put into the object, or into its class for calls of itself.

    Attributes:
        tasks: what is to be compiled, by mode.
        specializations: what serves calls, by mode and key.
        left_to_python: how many calls for derivatives that machine code has no answer to go straight to Python.
    """

    left_to_python = 0
    tasks: Mapping[Mode, Task]
    specializations: Mapping[tuple[Mode, Hashable], Specialization]

    def call(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, without a shortcut."""
        raise NotImplementedError

    def install_direct(self, specialization: Specialization, arguments: Arguments) -> None:
        """Have calls of plain floats go straight to machine code, where its results need no work in Python."""
        if not arguments.all_floats:
            return
        if specialization.task.mode in (Mode.VALUE, Mode.GRADIENT):
            self.install(specialization.task.mode, specialization.executable.direct)

    def install_waiting(self, specialization: Specialization) -> None:
        """Have the next calls go straight to Python, where they are all alike and too short for a recording."""
        budget, eager = specialization.policy.budget, specialization.task.functions.eager
        if not self.is_only_one(specialization):
            return
        if specialization.has_traces:
            # Machine code goes on answering the calls that take one of them.
            self.left_to_python = 0 if specialization.interpreted.traces else budget.calls_to_wait
            return

        def timed(*args: Any, **kwargs: Any) -> Any:
            budget.note_alike(TIMED - 1)
            return budget.timed(eager, args, kwargs)

        self.wait(specialization.task.mode, budget.calls_to_wait, eager, timed)

    def answer_left(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the derivatives of one of the calls that are left to Python."""
        self.left_to_python -= 1
        eager = self.tasks[Mode.GRADIENT].functions.eager
        if self.left_to_python % TIMED:
            return eager(*args, **kwargs)
        budget = next(each.policy.budget for (mode, _), each in self.specializations.items() if mode is Mode.GRADIENT)
        budget.note_alike(TIMED - 1)
        return budget.timed(eager, args, kwargs)

    def install_python(self, specialization: Specialization) -> None:
        """Have all calls go straight to Python for good, where nothing can be compiled and all are alike."""
        task = specialization.task
        # A value may be asked for with Variables, for which the plain function is not the right one.
        if task.mode is not Mode.VALUE and self.is_only_one(specialization):
            self.install(task.mode, task.functions.eager)

    def is_only_one(self, specialization: Specialization) -> bool:
        """Return whether all calls of a mode so far are served by one specialization."""
        mode = specialization.task.mode
        return all(each is specialization for (own, _), each in self.specializations.items() if own is mode)

    def wait(self, mode: Mode, calls: int, answer: Callable[..., Any], timed: Callable[..., Any]) -> None:
        """Have the next calls go straight to what answers them meanwhile, if there are many.

        Args:
            mode: which calls.
            calls: how many.
            answer: what answers them.
            timed: does the same, and notes its time as that of `TIMED` calls.
        """
        if calls < MIN_WAITING_CALLS:
            return

        def waiting(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls -= 1
            if calls > 0:
                return answer(*args, **kwargs) if calls % TIMED else timed(*args, **kwargs)
            if self.installed(mode) is waiting:
                self.install(mode, None)
            return self.call(mode, args, kwargs)

        self.install(mode, waiting)

    def installed(self, mode: Mode) -> Any:
        """Return what calls go straight to; `None` if they don't."""
        if mode is not Mode.VALUE:
            return self.__dict__.get(METHODS[mode])
        found = vars(type(self)).get("__call__")
        return None if found is None else found.__func__

    def install(self, mode: Mode, answer: Callable[..., Any] | None) -> None:
        """Have calls go straight to what answers them all, or no longer.

        Args:
            mode: which calls.
            answer: what does.
        """
        if mode is not Mode.VALUE:
            self.__dict__.pop(METHODS[mode], None)
            if answer is not None:
                self.__dict__[METHODS[mode]] = answer
        elif answer is not None:
            type(self).__call__ = staticmethod(answer)  # type: ignore[method-assign]
        else:
            # Another thread may have been faster.
            with contextlib.suppress(AttributeError):
                del type(self).__call__

    def install_eager(self) -> None:
        """Have calls go straight to the Python functions: arrays take part in them."""
        reporter = self.tasks[Mode.VALUE].reporter
        reporter.report("runs in Python, at numpy's speed: functions of arrays are not compiled")
        for mode, task in self.tasks.items():
            self.install(mode, task.functions.recorded if mode is Mode.VALUE else task.functions.eager)
