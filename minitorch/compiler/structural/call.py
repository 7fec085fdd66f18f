"""Calls of structurally compiled functions: to machine code, and to the tier below where that leaves."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from minitorch.compiler.earnings import KEPT, Earnings
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.compilation import Program, compiled, kept, manifest_of
from minitorch.compiler.structural.entry.forms import Argument, forms_of
from minitorch.compiler.structural.manifest.manifest import Manifest
from minitorch.compiler.task import Mode
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.machine_code.status import ARGUMENTS, MISS
from minitorch.transformer import taken

__all__ = ["Key", "StructuralFunction", "compile_structurally"]

Key: TypeAlias = tuple[bool, tuple[Argument, ...]]
"""Whether derivatives are wanted, and what the arguments are."""

Below: TypeAlias = Callable[[bool, tuple[Any, ...], dict[str, Any]], Any]

LOCK: Final = threading.RLock()
"""Is held while code is made or dropped: walks share what they find of syntax trees and lay out."""

FAULTS: tuple[type[Exception], ...] = (Exception,)
"""Errors of the walk itself; empty in tests, where they are raised."""

MAX_LEFT: Final = 16
"""Where machine code has left so many calls, and most of those meanwhile, it rests."""

REST_CALLS: Final = 256
"""For so many calls at first, and twice as many each further time."""

UNKNOWN: Final = object()

MAX_PROGRAMS: Final = 64
"""Calls with more forms of arguments than these are for the tier below."""


@dataclass
class Mark:
    """How far the calls of a program were when they were looked at last.

    Args:
        calls: how many there were.
        left: how many were left since then.
        rest: for how many calls the program rests when it rests next.
    """

    calls: int = 0
    left: int = 0
    rest: int = REST_CALLS


class Resting(Refused):
    """Machine code that most calls leave: it is not used for some calls.

    Args:
        program: what rests.
        calls: for how many.
    """

    def __init__(self, program: Program, calls: int) -> None:
        super().__init__("most of its calls come to what machine code leaves to Python")
        self.program = program
        self.calls = calls

    def is_over(self) -> bool:
        """Count a call, and return whether the program is to be used again."""
        self.calls -= 1
        return self.calls < 0


class StructuralFunction:
    """A function that is compiled for each kind of arguments it is called with.

    Args:
        f: a plain Python function, a bound method or a partial.
        argnums: the position of the argument to differentiate by, or several.
        below: answers the calls that machine code can't: it is given whether derivatives are wanted, the positional and
            the keyword arguments. `None` for the plain function and its eager derivatives.
        installs: is called with a builtin that answers all calls, and whether it gives derivatives; with `None` where
            there is none any more.
        again: answers a call for which another machine code, or none, is the right one; `None` for `call`.

    Attributes:
        programs: by mode and arguments the machine code, or why there is none.
        left: how many calls each of them has left for the tier below.
        manifests: what was found of each on disk and not used as yet; `None` where there is nothing.
        marks: how far each was when its calls were looked at last.
        earnings: what the calls of each have earned, and making it has cost.
        derivative: what is computed where derivatives are wanted.
    """

    derivative = Mode.GRADIENT

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: int | Sequence[int] = 0,
        below: Below | None = None,
        installs: Callable[[Any, bool], None] = lambda builtin, with_gradient: None,
        again: Below | None = None,
    ) -> None:
        self.plain = f
        self.single = isinstance(argnums, int)
        self.positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        self.below = below or eager_answers(f, argnums if isinstance(argnums, int) else tuple(argnums))
        self.installs = installs
        self.programs: dict[Key, Program | Refused] = {}
        self.again = again or self.call
        self.manifests: dict[Key, Manifest | None] = {}
        self.left: Counter[Key] = Counter()
        self.marks: dict[Key, Mark] = {}
        self.earnings: defaultdict[Key, Earnings] = defaultdict(Earnings)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        return self.call(False, args, kwargs)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self.call(True, args, kwargs)

    def call(self, with_gradient: bool, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer of machine code, which is compiled if there is none yet, or of the tier below."""
        program = self.program(args, with_gradient, kwargs)
        if not isinstance(program, Program):
            return self.below(with_gradient, args, kwargs)
        self.installs(program.builtin, with_gradient)
        return program.builtin(*args, **kwargs)

    def given(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return what machine code takes of the arguments of a call; `None` if that is nothing that it could."""
        return args

    def installed(self, builtin: Any, key: Key) -> Callable[..., Any]:
        """Have all calls go straight to a builtin, and return what answers this one."""
        self.installs(builtin, key[0])
        return self.answering(builtin)

    def answering(self, builtin: Callable[..., Any]) -> Callable[..., Any]:
        """Return what answers calls, given what takes what `given` returns."""
        return builtin

    def kinds(self, args: Sequence[Any], kwargs: Mapping[str, Any], with_gradient: bool) -> tuple[Argument, ...] | None:
        """Return what arguments are; `None` if some are of no form that is known."""
        if not with_gradient:
            return forms_of(args, kwargs, ())
        if not all(-len(args) <= position < len(args) for position in self.positions):
            return None
        return forms_of(args, kwargs, [position % len(args) for position in self.positions])

    def program(
        self, args: Sequence[Any], with_gradient: bool, kwargs: Mapping[str, Any] = MappingProxyType({})
    ) -> Program | Refused | None:
        """Return what answers calls with such arguments; `None` if they are of no form that is known."""
        key = self.key(args, with_gradient, kwargs)
        if key is None:
            return None
        found = self.known(key)
        if found is None:
            self.compile(key)
            # Another thread may have dropped it already.
            found = self.programs.get(key)
        return found

    def key(self, args: Sequence[Any], with_gradient: bool, kwargs: Mapping[str, Any]) -> Key | None:
        """Return what tells the calls that one machine code is for; `None` if there can't be any for this one."""
        kinds = self.kinds(args, kwargs, with_gradient)
        if kinds is None or (len(self.earnings) >= MAX_PROGRAMS and (with_gradient, kinds) not in self.earnings):
            return None
        return with_gradient, kinds

    def known(self, key: Key) -> Program | Refused | None:
        """Return what was made for a kind of calls: machine code, or why there is none; `None` if it was not tried."""
        found = self.programs.get(key)
        if isinstance(found, Resting) and found.is_over():
            found = self.programs[key] = found.program
        return found

    def compile(self, key: Key) -> None:
        """Make machine code for a kind of calls, or note why there can't be any; nothing if another thread has."""
        with taken(LOCK):
            if self.known(key) is None and self.found(key, is_decided=True) is None:
                self.make(key)

    def make(self, key: Key) -> None:
        """Make machine code for a kind of calls, or note why there can't be any."""
        earnings = self.earnings[key]
        settings = *self.settings(key), functools.partial(self.answer, key), earnings
        try:
            self.programs[key] = earnings.charged(compiled, self.plain, *settings)
        except Refused as refused:
            self.programs[key] = refused
        except FAULTS as error:
            # The tier below has an answer all the same, and `traces` tells of it.
            self.programs[key] = Refused(f"a fault of minitorch's; please report it: {type(error).__name__}: {error}")
        self.marks.pop(key, None)

    def settings(self, key: Key) -> tuple[Any, ...]:
        """Return what tells the machine code for a kind of calls from other code of the function."""
        with_gradient, kinds = key
        count = sum(argument.name is None for argument in kinds)
        mode = self.derivative if with_gradient else Mode.VALUE
        groups = [position % count for position in self.positions] if with_gradient else []
        return kinds, mode, groups, self.single

    def manifest(self, key: Key) -> Manifest | None:
        """Return the manifest of machine code for a kind of calls that is on disk; `None` if there is none."""
        with taken(LOCK):
            if key not in self.manifests:
                manifest = None
                with contextlib.suppress(Refused, *FAULTS):
                    manifest = manifest_of(self.plain, *self.settings(key))
                    manifest = manifest if manifest.is_found() else None
                self.manifests[key] = manifest
            return self.manifests[key]

    def found(self, key: Key, is_decided: bool = False) -> Program | None:
        """Return machine code for a kind of calls that is on disk, if its calls pay for using it; else `None`.

        Args:
            key: which calls.
            is_decided: whether there is to be machine code in any case.
        """
        if self.manifests.get(key, UNKNOWN) is None:
            return None
        with taken(LOCK):
            earnings = self.earnings[key]
            manifest = earnings.charged(self.manifest, key)
            if manifest is None:
                return None
            earnings.foretell(manifest.typical, manifest.first)
            if not (is_decided or earnings.may_use(KEPT.cost(manifest.size))):
                return None
            self.manifests[key] = program = None
            before = earnings.spent
            # What fails here is made anew, and tells of the fault if it is one of walks, too.
            with contextlib.suppress(*FAULTS):
                program = earnings.charged(kept, manifest, functools.partial(self.answer, key), earnings)
            KEPT.note(manifest.size, earnings.spent - before)
            if program is not None:
                self.programs[key] = program
                self.marks.pop(key, None)
            return program

    def current_program(self, args: Sequence[Any], key: Key) -> Program | None:
        """Return machine code for such arguments whose reads are as they were; `None` if there is none."""
        program = self.program(args, key[0])
        if isinstance(program, Program) and not self.is_current(key, program):
            program = self.program(args, key[0])
        return program if isinstance(program, Program) else None

    def answer(self, key: Key, status: int, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer to a call that machine code has left.

        Args:
            key: of the machine code.
            status: why.
            number: nothing.
            args: the positional arguments.
            kwargs: the keyword arguments.
        """
        with_gradient, kinds = key
        program = self.programs.get(key)
        if not isinstance(program, Program):
            return self.below(with_gradient, args, kwargs)
        if status == MISS and program.is_worth_optimising:
            with taken(LOCK):
                if program.is_worth_optimising:
                    self.earnings[key].charged(program.make, lambda cost: 0)
            return self.again(with_gradient, args, kwargs)
        if status == ARGUMENTS and self.kinds(args, kwargs, with_gradient) != kinds:
            return self.again(with_gradient, args, kwargs)
        if status == MISS and not self.is_current(key, program):
            return self.again(with_gradient, args, kwargs)
        if status != MISS:
            self.note_left(key, program)
        return self.below(with_gradient, args, kwargs)

    def note_left(self, key: Key, program: Program) -> None:
        """Note a call that machine code has left; let it rest where most calls are left."""
        self.left[key] += 1
        mark = self.marks.setdefault(key, Mark())
        mark.left += 1
        if mark.left < MAX_LEFT:
            return
        if 2 * mark.left > program.calls - mark.calls:
            self.installs(None, key[0])
            self.programs[key] = Resting(program, mark.rest)
            mark.rest *= 2
        mark.left, mark.calls = 0, program.calls

    def is_current(self, key: Key, program: Program) -> bool:
        """Return whether what was read is as it was; drop the machine code if not."""
        with taken(LOCK):
            if self.programs.get(key) is not program:
                # Another thread has dropped it, and may have made the next one.
                return False
            if program.reads.changed() is None and program.guards is not None:
                program.guards.refresh()
                return True
            del self.programs[key]
            self.manifests.pop(key, None)
            self.installs(None, key[0])
            self.earnings[key].note_answered(program.calls - self.left.pop(key, 0))
            return False


def eager_answers(f: Callable[..., Any], argnums: int | tuple[int, ...]) -> Below:
    """Return what answers calls of a function and its derivatives without machine code."""
    eager = value_and_grad(f, argnums)
    return lambda with_gradient, args, kwargs: (eager if with_gradient else f)(*args, **kwargs)


def compile_structurally(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> StructuralFunction:
    """Compile a function with its own loops and branches, for each kind of arguments when it is first called so.

    Args:
        f: a plain Python function, a bound method or a partial.
        argnums: the position of the argument to differentiate by, or several.

    >>> def power(x, n):
    ...     result = 1.0
    ...     for _ in range(n):
    ...         result *= x
    ...     return result
    >>> compile_structurally(power).value_and_grad(3.0, 2)
    (9.0, 6.0)
    """
    return StructuralFunction(f, argnums)
