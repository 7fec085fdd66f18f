"""A function as machine code, with its derivatives: what `minitorch.compile` makes of a plain Python function.

A function is compiled as soon as its calls are worth that: one with loops with its loops and branches; of one without,
calls that take a new trace through the function are recorded. `precompile` compiles at once. Results are those of
Python to the last bit, errors are Python's own, and what can't be compiled runs in Python, with a warning.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.autodiff.packages import require
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.compiler.call import Arguments, HoldsArrays, flatten_call
from minitorch.compiler.earnings import Earnings, seconds_to_wait
from minitorch.compiler.method import CompiledMethod
from minitorch.compiler.pickling import Portable
from minitorch.compiler.result import Answer, Result, Returned
from minitorch.compiler.specialization import Specialization
from minitorch.compiler.structural.tier import StructuralTier
from minitorch.compiler.task import Builtin, CompilationWarning, Functions, Mode, Options, Reporter, Task
from minitorch.compiler.turns import holding
from minitorch.compiler.views import Traces, views_of
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.derivatives.signatures import Argnums, by_position, parameter_names, places_in, title
from minitorch.derivatives.special_points import Options as DerivativeOptions
from minitorch.derivatives.special_points import RoundingMode, SpecialPoints
from minitorch.machine_code.availability import why_unavailable
from minitorch.machine_code.llvm.engine import is_making_code
from minitorch.machine_code.status import MISS
from minitorch.scalars.containers import load_optree
from minitorch.scalars.float_protocol import is_tracked
from minitorch.scalars.pytrees import is_dask_array
from minitorch.tracing.tracer import trace
from minitorch.transformer import taken

if TYPE_CHECKING:
    import numpy
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CompilationWarning", "CompiledFunction"]

MAX_SPECIALIZATIONS: Final = 64
"""Calls with more keys, which are made of the types of their arguments, run in Python."""

BY_POSITION: Final = (Mode.GRADIENT, Mode.HESSIAN)
"""The modes whose calls have the arguments to differentiate by among them."""


class CompiledFunction(StructuralTier, Portable):
    """A function as machine code; call it as the function itself.

    Args:
        f: a plain Python function.
        argnums: the position or the name of the argument to differentiate by, or several.
        fastmath: whether arithmetic may be reordered and rounded differently.
        max_traces: how many traces are compiled, each a run with other outcomes of its decisions.
        max_operations: how many operations are compiled; longer traces run in Python.
        max_paths: another name of `max_traces`, as it was called before.
        special_points: what derivatives do where they are those of a special case: "warn", "raise", "ignore" it, or
            give the "limit" from beside the point.
        rounding: what they do where they are zero only because something was rounded: "warn" when a trace of that is
            recorded, "ignore" it, or differentiate "straight_through".

    Attributes:
        plain: the function itself.
        single: whether `argnums` is one position, so that there is one derivative and not a tuple of them.
        positions: the positions to differentiate by.
        tasks: what is to be compiled, by mode.
        specializations: what serves calls, by mode and key.
        lock: is held while calls are recorded or compiled.
        left_out: why all calls run in Python, where machine code can't be made; `None` elsewhere.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums is not a position or a name or a sequence of them, or names what only a keyword reaches.
        ModuleNotFoundError: llvmlite is not installed.
    """

    _converts_itself = True

    def __new__(cls, *args: Any, **options: Any) -> CompiledFunction:
        """Give each function a class of its own: Python takes what a call runs from the class, here a builtin."""
        return object.__new__(type(cls.__name__, (cls,), {"__doc__": cls.__doc__, "__module__": cls.__module__}))

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: Argnums = 0,
        fastmath: bool = False,
        max_traces: int = 64,
        max_operations: int = 20_000,
        max_paths: int | None = None,
        special_points: SpecialPoints = "warn",
        rounding: RoundingMode = "warn",
    ) -> None:
        self.left_out = why_unavailable()
        if self.left_out is None:
            require("minitorch.compile", "llvmlite")
            # What is imported by the first call counts as its time.
            load_optree()
            import llvmlite.binding  # noqa: F401

        functools.update_wrapper(self, f)
        if not hasattr(f, "__name__"):
            self.__name__ = self.__qualname__ = getattr(getattr(f, "func", None), "__name__", type(f).__name__)
        self.argnums = argnums
        self.selection = by_position(f, argnums)
        self.positions, self.single = self.selection.positions, self.selection.single
        self.plain = f
        self.names = parameter_names(f)
        judged = DerivativeOptions(special_points, rounding).checked()
        self.options = Options(fastmath, max_traces if max_paths is None else max_paths, max_operations, judged)
        traced = trace(f)
        options: dict[str, Any] = judged._asdict()
        # A recording that meets a special point is not kept: Python answers, and says so every time.
        quiet: dict[str, Any] = {**options, "special_points": "ignore"}
        both = value_and_grad(f, argnums, **options)
        tangents, recorded_tangents = (functools.partial(jvp, f, **each) for each in (options, quiet))
        second, recorded_second = (hessian(f, argnums, **each) for each in (options, quiet))
        places = tuple(range(2, 2 + len(self.positions)))
        reporter = Reporter(title(f))

        def task(mode: Mode, recorded: Callable[..., Any], eager: Callable[..., Any]) -> Task:
            fallback = functools.partial(self._fallback, mode)
            builtin = Builtin(self.__name__, places[0] if self.single else places, fallback)
            return Task(mode, Functions(f, recorded, eager), builtin, self.options, reporter)

        self.tasks = {
            Mode.VALUE: task(Mode.VALUE, traced, f),
            Mode.GRADIENT: task(Mode.GRADIENT, traced, both),
            Mode.TANGENT: task(Mode.TANGENT, recorded_tangents, tangents),
            Mode.HESSIAN: task(Mode.HESSIAN, recorded_second, second),
        }
        self.specializations: dict[tuple[Mode, Hashable], Specialization] = {}
        self.begun, self.others = {}, Earnings()
        self.lock = threading.RLock()
        if self.left_out is not None:
            self.install_python_for_good(f"runs in Python: {self.left_out}")

    @short_tracebacks
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the plain function returns."""
        return self.call(Mode.VALUE, args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Be a method of the class that it stands in, as functions are; positions don't count the object then."""
        return self if instance is None else CompiledMethod(self, instance)

    @functools.cached_property
    def behind_object(self) -> CompiledFunction:
        """The same function with positions that count an object which comes first."""

        def behind(which: int | str) -> int | str:
            return which + 1 if isinstance(which, int) and which >= 0 else which

        argnums = self.argnums
        shifted = behind(argnums) if isinstance(argnums, int | str) else tuple(map(behind, argnums))
        constructor, (plain, _, *options) = self.ingredients()
        return self if shifted == argnums else constructor(plain, shifted, *options)

    @short_tracebacks
    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self.call_installed(Mode.GRADIENT, args, kwargs)

    @short_tracebacks
    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the derivatives, as `minitorch.grad` does."""
        return self.value_and_grad(*args, **kwargs)[1]

    @short_tracebacks
    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """Return the value and how it changes along tangents of the arguments, as `minitorch.jvp` does."""
        return self.call_installed(Mode.TANGENT, (primals, tangents), {})

    @short_tracebacks
    def hessian(self, *args: Any, **kwargs: Any) -> Any:
        """Return the second derivatives, as `minitorch.hessian` does."""
        return self.call_installed(Mode.HESSIAN, args, kwargs)

    # -- one call ----------------------------------------------------------------------------------------------------

    def call_installed(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a method that somebody has kept gives: by the shortcut, which the object itself has now."""
        answer = self.installed(mode)
        return self.call(mode, args, kwargs) if answer is None else answer(*args, **kwargs)

    def call(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, from machine code, a recording or Python.

        Args:
            mode: what to compute.
            args: the positional arguments.
            kwargs: the keyword arguments.
        """
        if self.left_out is not None or is_making_code() or sys.is_finalizing():
            # As the process ends, a thread may have been stopped for ever that has a lock.
            return self.tasks[mode].functions.in_python(mode)(*args, **kwargs)
        if mode is Mode.VALUE and any(map(is_tracked, args)):
            # As for each call that a derivative in Python makes.
            return self.tasks[mode].functions.recorded(*args, **kwargs)
        if mode in BY_POSITION and kwargs and len(args) < self.selection.enough:
            args, kwargs = self.selection.arranged(args, kwargs)
        answer = self.answer_at_first(mode, args, kwargs) or self.structural_answer(mode, args, kwargs)
        return self.call_traced(mode, args, kwargs) if answer is None else answer(*args, **kwargs)

    def call_traced(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives, by its traces; arguments as of `call`."""
        functions, since = self.tasks[mode].functions, Earnings.clock()
        try:
            arguments = self._arguments(mode, args, kwargs)
        except TypeError:
            arguments = None
        except HoldsArrays:
            self.install_eager()
            return functions.in_python(mode)(*args, **kwargs)
        if arguments is None:
            return functions.in_python(mode)(*args, **kwargs)
        specialization = self._specialization(mode, arguments)
        if specialization is None or specialization.policy.only_python:
            if specialization is not None:
                self.install_python(specialization)
            elif len(self.specializations) >= MAX_SPECIALIZATIONS:
                return self.answer_others(mode)(*args, **kwargs)
            return functions.eager(*args, **kwargs)
        answer: Answer | None = None
        with holding(self.lock, seconds_to_wait()) as is_ours:
            if not is_ours:
                return functions.eager(*args, **kwargs)
            try:
                direct = specialization.executable.direct
                answer = specialization.answer(arguments, since)
                is_new = specialization.executable.direct is not direct or self.installed(mode) is None
                if is_new and (self.begins_with_traces(mode) or not self.is_structural(mode)):
                    self.install_direct(specialization, arguments)
            except HoldsArrays as met:
                answer = met.answer
                self.install_eager()
        if answer is None:
            return self.answer_for_traces(specialization)(*args, **kwargs)
        result, outputs = answer
        if mode is not Mode.GRADIENT or isinstance(result, Returned):
            return result.fill(outputs)
        return self._with_derivatives(result, outputs, arguments)

    def specialization(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Specialization | None:
        """Return what serves calls with arguments such as these; `None` if Python has to.

        Args:
            mode: what is to be computed.
            args: the positional arguments.
            kwargs: the keyword arguments.
        """
        arguments = self._arguments(mode, args, kwargs)
        return None if arguments is None else self._specialization(mode, arguments)

    def _fallback(self, mode: Mode, status: int, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer to a call that machine code has none for."""
        if mode is Mode.GRADIENT and self.left_to_python > 0 and status == MISS:
            return self.answer_left(args, kwargs)
        return self.call(mode, args, kwargs)

    def _arguments(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments | None:
        """Return the arguments of a call as inputs and a key; `None` if there are Variables among them."""
        positions = places_in(args, self.positions, self.plain) if mode in BY_POSITION else []
        return flatten_call(args, kwargs, self.names, positions)

    def _specialization(self, mode: Mode, arguments: Arguments) -> Specialization | None:
        """Return what serves calls with a key; `None` if there are too many keys, or another thread records."""
        key = (mode, arguments.key)
        specialization = self.specializations.get(key)
        if specialization is not None or self.left_out is not None:
            return specialization
        with holding(self.lock, seconds_to_wait()) as is_ours:
            if is_ours and len(self.specializations) >= MAX_SPECIALIZATIONS:
                message = f"calls with more than {MAX_SPECIALIZATIONS} kinds of arguments run in Python"
                self.tasks[mode].reporter.report(message)
            elif is_ours:
                specialization = self.specializations.get(key)
                if specialization is None:
                    specialization = Specialization(self.tasks[mode], arguments, self.account(mode))
                    self.specializations[key] = specialization
        return specialization

    def _with_derivatives(self, result: Result, outputs: Sequence[float], arguments: Arguments) -> tuple[Any, Any]:
        """Return the value, and the derivatives in the structures of the arguments."""
        start = result.outputs
        derivatives = []
        for layout in arguments.layouts:
            derivatives.append(layout.fill(outputs[start : start + layout.size]))
            start += layout.size
        return result.fill(outputs[: result.outputs]), derivatives[0] if self.single else tuple(derivatives)

    # -- many calls --------------------------------------------------------------------------------------------------

    def batch(
        self, rows: ArrayLike, out: NDArray[numpy.float64] | None = None, threads: int = 1
    ) -> NDArray[numpy.float64]:
        """Return the results for the rows of a matrix, each the arguments of one call.

        Args:
            rows: floats; a row per call and a column per argument. Of a dask array the results are one, too.
            out: gets the results, if given.
            threads: how many parts are computed at the same time.

        Raises:
            TypeError: the function does not return a float, or a tuple of as many for each row.
        """
        results: NDArray[numpy.float64] = self._batch(Mode.VALUE, rows, out, threads)
        return results

    def batch_value_and_grad(
        self, rows: ArrayLike, out: NDArray[numpy.float64] | None = None, threads: int = 1
    ) -> tuple[Any, Any]:
        """Return values and derivatives for the rows of a matrix; a column per argument that is differentiated by.

        Args:
            rows: as for `batch`.
            out: a matrix whose first column gets the values, and whose others get the derivatives, if given.
            threads: how many parts are computed at the same time.
        """
        both = self._batch(Mode.GRADIENT, rows, out, threads)
        return both[:, 0], both[:, 1] if self.single else both[:, 1:]

    def _batch(self, mode: Mode, rows: Any, out: Any, threads: int) -> Any:
        """Return a row of results for each row: of a dask array block by block, else here."""
        if threads < 1:
            raise ValueError(f"threads={threads}: a batch runs in one thread (threads=1, as by default) or in more")
        if is_dask_array(rows):
            from minitorch.compiler.batch.dask_blocks import run_blocks

            return run_blocks(self, mode, rows, out, threads)
        from minitorch.compiler.batch.rows import run_rows

        return run_rows(self, mode, rows, out, threads)

    # -- what was recorded -------------------------------------------------------------------------------------------

    @property
    def traces(self) -> Traces:
        """What was compiled in all modes: machine code with loops of its own, and traces, with their calls.

        Its `reasons` say why calls are left to traces, or to Python, if any are.

        >>> compiled = CompiledFunction(lambda x: x * x if x > 0.0 else -x)
        >>> compiled.precompile(2.0, derivative=False)
        >>> compiled(2.0), compiled(-2.0), [view.operations for view in compiled.traces]
        (4.0, 2.0, [2])
        """
        with taken(self.lock):
            known = list(self.specializations.values())
            # Where code with its own loops answers, or will, nobody waits for traces.
            left = [each for each in known if each.policy.only_python or not self.is_structural(each.task.mode)]
            reasons = [f"{each.task.mode.value}: {each.explanation}" for each in left if each.explanation is not None]
            programs, why = self.structural_views() if self.left_out is None else ([], [self.left_out])
            return Traces([*programs, *(view for each in known for view in views_of(each))], [*why, *reasons])

    @property
    def paths(self) -> Traces:
        """Another name of `traces`, as they were called before."""
        return self.traces

    def emit(self, language: str = "python", derivative: bool = True) -> str:
        """Return the latest program as text that stands by itself.

        A function with loops is written with its own loops and branches, and a reverse pass for its expressions; one
        without is written as its traces.

        Args:
            language: "python", "c", "llvm" or "asm".
            derivative: whether that of value and derivatives, else of the value.

        Raises:
            ValueError: there was no call yet, or it can't be written in that language.
        """
        from minitorch.compiler.emit import latest_listing

        return latest_listing(self, language, derivative)

    def ingredients(self) -> tuple[type[CompiledFunction], tuple[Any, ...]]:
        """Return the class and the arguments that make this function again."""
        fastmath, max_traces, max_operations, judged = self.options
        return CompiledFunction, (self.plain, self.argnums, fastmath, max_traces, max_operations, None, *judged)

    def __repr__(self) -> str:
        """Return the name of the function and where it is from."""
        return f"<compiled {title(self.plain)}>"

    __name__: str
    __qualname__: str
