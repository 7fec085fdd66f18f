"""Shortcuts of a compiled function: what its calls go straight to, where that answers them all.

direct       a builtin function, where arguments are floats and results need no work in Python
eager        the Python functions, where arrays take part, or nothing can be compiled
waiting      the Python function for some calls, until machine code or another recording is earned
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.earnings import NEVER, Earnings, least_cost
from minitorch.compiler.task import Mode, Task

if TYPE_CHECKING:
    from minitorch.compiler.call import Arguments
    from minitorch.compiler.specialization import Specialization

__all__ = ["Shortcuts"]

MIN_WAITING_CALLS: Final = 8
"""For fewer calls it does not pay to be ready for none but Python's."""

TIMED: Final = 8
"""Of so many short calls that wait one is timed, for all of them: two looks at the clock take a tenth of one."""

SHORT_NANOSECONDS: Final = 20_000
"""Calls that take longer are all timed."""

FEW: Final = 11
"""So many calls of all kinds go straight to Python where several kinds wait: a prime, so that each has its turn."""

NUMBERS: Final = frozenset(map(id, (float, int, bool)))
"""Types of plain numbers by identity: other classes may have no hash."""

ATOMS: Final = NUMBERS | {id(str), id(type(None))}
"""Those of what holds no Variable."""

METHODS: Final = {Mode.GRADIENT: "value_and_grad", Mode.TANGENT: "jvp", Mode.HESSIAN: "hessian"}
"""What is called for each mode but for the value, which is a call of the object itself."""


def is_plain(value: Any) -> bool:
    """Return whether a value is a number or a text, or a list, tuple or dict of such: no Variable is in it.

    >>> is_plain([1.0, 2]), is_plain({"a": [1.0]}), is_plain(object())
    (True, False, False)
    """
    kind = type(value)
    if kind is list or kind is tuple:
        return ATOMS.issuperset(map(id, map(type, value)))
    if kind is dict:
        return ATOMS.issuperset(map(id, map(type, value.values())))
    return id(kind) in ATOMS


class Begun:
    """The calls of one mode before it is asked how machine code is to be made of them: they are too short for any.

    Attributes:
        earnings: what they have earned.
        args: the arguments of one of them, which are numbers; `None` if there is none.
        is_handed_over: whether later calls of some kind go on the account.
    """

    def __init__(self) -> None:
        self.earnings = Earnings()
        self.args: tuple[Any, ...] | None = None
        self.is_handed_over = False


class Shortcuts:
    """What calls of a compiled function go to: put into the object, or into its class for calls of itself.

    Attributes:
        plain: the function itself.
        tasks: what is to be compiled, by mode.
        specializations: what serves calls, by mode and key.
        left_to_python: how many calls for derivatives that machine code has no answer to go straight to Python.
        others: what the calls have earned of more kinds than are told apart.
        begun: the first calls of each mode.
    """

    plain: Any
    left_to_python = 0
    others: Earnings
    begun: dict[Mode, Begun]
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

    def answer_at_first(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any] | None:
        """Return what answers a call of numbers as long as no machine code could be earned; `None` after that."""
        if kwargs or not NUMBERS.issuperset(map(id, map(type, args))):
            return None
        begun = self.begun.setdefault(mode, Begun())
        cost = least_cost()
        if begun.is_handed_over or begun.earnings.may_spend(cost):
            return None
        begun.args = args
        return self.answer_meanwhile(mode, begun.earnings, cost, most=NEVER)

    def reasons_at_first(self) -> list[str]:
        """Return why the first calls of each mode are left to Python, in words."""
        return [
            f"{mode.value}: {begun.earnings.explanation(least_cost())}"
            for mode, begun in self.begun.items()
            if not begun.is_handed_over
        ]

    def account(self, mode: Mode) -> Earnings:
        """Return what a new kind of calls has earned: what the first calls of the mode have, if it is the first one."""
        begun = self.begun.setdefault(mode, Begun())
        if begun.is_handed_over:
            return Earnings()
        begun.is_handed_over = True
        return begun.earnings

    def answer_meanwhile(self, mode: Mode, earnings: Earnings, cost: int, most: int) -> Callable[..., Any]:
        """Return what answers calls until what costs so much is earned; it is ready for the next ones.

        Args:
            mode: which calls.
            earnings: what these have earned.
            cost: what recording or compiling will take.
            most: how many calls may go straight to Python; 0 where others of the mode have machine code already.
        """
        plain = self.tasks[mode].functions.eager
        eager = earnings.timed(plain)
        # Of several kinds one may take much longer.
        share = TIMED if earnings.typical < SHORT_NANOSECONDS and most > FEW else 1

        def for_all(*args: Any, **kwargs: Any) -> Any:
            earnings.note_answered(share - 1)
            return eager(*args, **kwargs)

        def if_plain(answer: Callable[..., Any]) -> Callable[..., Any]:
            # Others may hold Variables, for which the plain function is not the right one.
            def answered(*args: Any, **kwargs: Any) -> Any:
                if all(map(is_plain, args)) and all(map(is_plain, kwargs.values())):
                    return answer(*args, **kwargs)
                return self.call(mode, args, kwargs)

            return answered

        if most:
            answers = (if_plain(plain), if_plain(for_all)) if mode is Mode.VALUE else (plain, for_all)
            self.wait(mode, earnings, cost, share, most, *answers)
        return eager

    def answer_for_traces(self, specialization: Specialization) -> Callable[..., Any]:
        """Return what answers calls until another trace is earned."""
        mode, earnings = specialization.task.mode, specialization.policy.earnings
        alike = [each for (own, _), each in self.specializations.items() if own is mode]
        if len(alike) == 1 and specialization.has_traces and mode is Mode.GRADIENT:
            # Machine code goes on answering the calls that take one of them.
            self.left_to_python = earnings.calls_to_wait(earnings.trace_cost)
        waits = all(not each.has_traces and each.policy.records for each in alike)
        return self.answer_meanwhile(mode, earnings, earnings.trace_cost, NEVER if waits else 0)

    def answer_left(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the derivatives of one of the calls that are left to Python."""
        self.left_to_python -= 1
        eager = self.tasks[Mode.GRADIENT].functions.eager
        if self.left_to_python % TIMED:
            return eager(*args, **kwargs)
        known = (each.policy for (mode, _), each in self.specializations.items() if mode is Mode.GRADIENT)
        earnings = next(known).earnings
        earnings.note_answered(TIMED - 1)
        result = earnings.timed(eager)(*args, **kwargs)
        if earnings.waits_too_long(self.left_to_python, earnings.trace_cost):
            self.left_to_python = 0
        return result

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

    def wait(
        self,
        mode: Mode,
        earnings: Earnings,
        cost: int,
        share: int,
        most: int,
        answer: Callable[..., Any],
        timed: Callable[..., Any],
    ) -> None:
        """Have the next calls go straight to what answers them meanwhile, if there are many.

        Args:
            mode: which calls.
            earnings: what these have earned.
            cost: of what they wait for.
            share: of so many calls one is timed.
            most: no more calls than these.
            answer: what answers them.
            timed: does the same, and notes its time as that of so many calls.
        """
        calls = min(earnings.calls_to_wait(cost), most - 1)
        if calls < MIN_WAITING_CALLS:
            return
        # So that the first one is timed.
        calls += 1 - calls % share

        def waiting(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls -= 1
            if calls > 0:
                if calls % share:
                    return answer(*args, **kwargs)
                result = timed(*args, **kwargs)
                if earnings.waits_too_long(calls, cost):
                    calls = 0
                return result
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
        # Python's cache of attributes has it until a class has got another one: what runs while machine code is freed,
        # such as a signal's handler, would call it.
        before = self.installed(mode)
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
        del before

    def install_eager(self) -> None:
        """Have calls go straight to the Python functions: arrays take part in them."""
        self.install_python_for_good("runs in Python, at numpy's speed: functions of arrays are not compiled")

    def install_python_for_good(self, message: str) -> None:
        """Have calls of all modes go straight to the Python functions, and warn that they do."""
        self.tasks[Mode.VALUE].reporter.report(message)
        for mode, task in self.tasks.items():
            self.install(mode, task.functions.in_python(mode))
