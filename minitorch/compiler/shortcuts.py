"""Shortcuts of a compiled function: what its calls go straight to, where that answers them all.

direct       a builtin function, where arguments are floats and results need no work in Python
eager        the Python functions, where arrays take part
waiting      the Python function for some calls, until there is time for a recording
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.task import Mode, Task

if TYPE_CHECKING:
    from minitorch.compiler.call import Arguments
    from minitorch.compiler.specialization import Specialization

__all__ = ["Shortcuts"]

MIN_WAITING_CALLS: Final = 8
"""For fewer calls it does not pay to be ready for none but Python's."""


class Shortcuts:
    """What calls of a compiled function go to: put into the object, or into its class for calls of itself.

    Attributes:
        tasks: what is to be compiled, by mode.
        specializations: what serves calls, by mode and key.
    """

    tasks: Mapping[Mode, Task]
    specializations: Mapping[tuple[Mode, Hashable], Specialization]

    def call(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, without a shortcut."""
        raise NotImplementedError

    def install_direct(self, specialization: Specialization, arguments: Arguments) -> None:
        """Have calls of plain floats go straight to machine code, where its results need no work in Python."""
        if not arguments.all_floats:
            return
        mode, direct = specialization.task.mode, specialization.executable.direct
        if mode is Mode.GRADIENT:
            self.__dict__.pop("value_and_grad", None)
            if direct is not None:
                self.__dict__["value_and_grad"] = direct
        elif mode is Mode.VALUE:
            if direct is not None:
                type(self).__call__ = staticmethod(direct)  # type: ignore[method-assign]
            elif "__call__" in vars(type(self)):
                del type(self).__call__

    def install_waiting(self, specialization: Specialization) -> None:
        """Have the next calls go straight to Python, where they are all alike and too short for a recording."""
        budget, eager = specialization.policy.budget, specialization.task.functions.eager
        calls = budget.calls_to_wait
        alike = [each for (mode, _), each in self.specializations.items() if mode is Mode.GRADIENT]
        if calls < MIN_WAITING_CALLS or len(alike) > 1 or specialization.has_traces:
            return

        def waiting(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls -= 1
            if calls >= 0:
                return budget.timed(eager, args, kwargs)
            if self.__dict__.get("value_and_grad") is waiting:
                del self.__dict__["value_and_grad"]
            return self.call(Mode.GRADIENT, args, kwargs)

        self.__dict__["value_and_grad"] = waiting

    def install_eager(self) -> None:
        """Have calls go straight to the Python functions: arrays take part in them."""
        reporter = self.tasks[Mode.VALUE].reporter
        reporter.report("runs in Python, at numpy's speed: functions of arrays are not compiled")
        type(self).__call__ = staticmethod(self.tasks[Mode.VALUE].functions.recorded)  # type: ignore[method-assign]
        for name, mode in (("value_and_grad", Mode.GRADIENT), ("jvp", Mode.TANGENT), ("hessian", Mode.HESSIAN)):
            self.__dict__[name] = self.tasks[mode].functions.eager
