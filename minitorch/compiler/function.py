"""`minitorch.compile(f)`: machine code for a plain Python function and its derivatives, correct on every path.

    @minitorch.compile                        distance(3.0, 4.0)                     5.0
    def distance(x, y):                       distance.value_and_grad(3.0, 4.0)      (5.0, 0.6)
        return math.hypot(x, y)               distance.batch(rows)                   an array

The first call is recorded and compiled; a call that takes another way through the function is recorded, too. Results
are those of Python to the last bit, errors are Python's own, and what can't be compiled runs in Python, with a warning.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Any, Final, overload

from minitorch.compiler.call import Arguments, taken_apart
from minitorch.compiler.task import CompilationWarning, Limits, Mode, Task
from minitorch.compiler.trace_tree import TraceTree
from minitorch.compiler.views import TraceView, views_of
from minitorch.derivatives.forward_mode import jvp
from minitorch.derivatives.matrices import hessian
from minitorch.derivatives.reverse_mode import value_and_grad
from minitorch.derivatives.signatures import Argnums, checked_positions, parameter_names, places_in, title
from minitorch.machine_code.status import MISS
from minitorch.tracing.tracer import trace

if TYPE_CHECKING:
    import numpy
    from numpy.typing import ArrayLike, NDArray

__all__ = ["CompilationWarning", "CompiledFunction", "compile"]

MOST_KEYS: Final = 64
"""Calls with more kinds of arguments run in Python."""


class CompiledFunction:
    """A function as machine code; call it as the function itself.

    Args:
        f: a plain Python function.
        argnums: the position of the argument to differentiate by, or several.
        fastmath: whether arithmetic may be reordered and rounded differently.
        max_paths: how many ways through the function are compiled.
        max_operations: how many operations are compiled; longer ways are interpreted.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.
        TypeError: argnums are no positions.
    """

    def __new__(cls, *args: Any, **options: Any) -> CompiledFunction:
        """Make each a class of its own: Python takes what a call runs from the class, and it is to run a builtin."""
        return object.__new__(type(cls.__name__, (cls,), {"__doc__": cls.__doc__, "__module__": cls.__module__}))

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: Argnums = 0,
        fastmath: bool = False,
        max_paths: int = 64,
        max_operations: int = 20_000,
    ) -> None:
        functools.update_wrapper(self, f)
        if not hasattr(f, "__name__"):
            self.__name__ = self.__qualname__ = getattr(getattr(f, "func", None), "__name__", type(f).__name__)
        self.argnums = argnums
        self.positions = checked_positions(argnums)
        self.single = isinstance(argnums, int)
        self.plain = f
        self.names = parameter_names(f)
        traced = trace(f)
        reported: set[str] = set()
        both = value_and_grad(f, argnums)
        tangents, second = functools.partial(jvp, f), hessian(f, argnums)
        limits = Limits(max_paths, max_operations)
        places = tuple(range(2, 2 + len(self.positions)))
        derivatives = places[0] if self.single else places

        def task(kind: Mode, recorded: Callable[..., Any], eager: Callable[..., Any]) -> Task:
            fallback = functools.partial(self._fallback, kind)
            details = (f,), reported, self.__name__, derivatives, fallback
            return Task(title(f), kind, recorded, eager, fastmath, limits, *details)

        self.tasks = {
            Mode.VALUE: task(Mode.VALUE, traced, f),
            Mode.GRADIENT: task(Mode.GRADIENT, traced, both),
            Mode.TANGENT: task(Mode.TANGENT, tangents, tangents),
            Mode.HESSIAN: task(Mode.HESSIAN, second, second),
        }
        self.programs: dict[tuple[Mode, Hashable], TraceTree] = {}
        self.lock = threading.RLock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value of the function for these arguments."""
        return self._answer(Mode.VALUE, args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Be a method of the class that it stands in, as functions are; positions count the object then."""
        return self if instance is None else MethodType(self, instance)

    def value_and_grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the value and the derivatives, as `minitorch.value_and_grad` does."""
        return self._answer(Mode.GRADIENT, args, kwargs)

    def grad(self, *args: Any, **kwargs: Any) -> Any:
        """Return the derivatives, as `minitorch.grad` does."""
        return self.value_and_grad(*args, **kwargs)[1]

    def jvp(self, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
        """Return the value and how it moves if the arguments do, as `minitorch.jvp` does."""
        return self._answer(Mode.TANGENT, (primals, tangents), {})

    def hessian(self, *args: Any, **kwargs: Any) -> Any:
        """Return the second derivatives, as `minitorch.hessian` does."""
        return self._answer(Mode.HESSIAN, args, kwargs)

    # -- one call ----------------------------------------------------------------------------------------------------

    def _answer(self, kind: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        task = self.tasks[kind]
        try:
            arguments = self._taken_apart(kind, args, kwargs)
        except TypeError:
            arguments = None
        if arguments is None:
            return task.recorded(*args, **kwargs) if kind is Mode.VALUE else task.eager(*args, **kwargs)
        answer = None
        paths = self._paths(kind, arguments)
        if paths is not None and not paths.python_only:
            with self.lock:
                status, answer = paths.run(arguments.numbers)
                if status == MISS:
                    answer = paths.learn(arguments)
                    self._shorten(kind, paths, arguments)
        if answer is None:
            return task.eager(*args, **kwargs)
        result, outputs = answer
        return self._filled(result, outputs, arguments) if kind is Mode.GRADIENT else result.fill(outputs)

    def _shorten(self, kind: Mode, paths: TraceTree, arguments: Arguments) -> None:
        """Have calls of plain floats go straight to machine code, where its results need no work in Python."""
        if not arguments.plain:
            return
        if kind is Mode.GRADIENT:
            self.__dict__.pop("value_and_grad", None)
            if paths.direct is not None:
                self.__dict__["value_and_grad"] = paths.direct
        elif kind is Mode.VALUE:
            if paths.direct is not None:
                type(self).__call__ = staticmethod(paths.direct)  # type: ignore[method-assign]
            elif "__call__" in vars(type(self)):
                del type(self).__call__

    def _fallback(self, kind: Mode, status: int, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a call that machine code can't."""
        return self._answer(kind, args, kwargs)

    def _taken_apart(self, kind: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Arguments | None:
        by_position = kind in (Mode.GRADIENT, Mode.HESSIAN)
        positions = places_in(args, self.positions, self.plain) if by_position else []
        return taken_apart(args, kwargs, self.names, positions)

    def _paths(self, kind: Mode, arguments: Arguments) -> TraceTree | None:
        """Return the programs for calls like one, `None` if there are too many kinds of calls."""
        key = (kind, arguments.key)
        paths = self.programs.get(key)
        if paths is None:
            with self.lock:
                if len(self.programs) >= MOST_KEYS:
                    message = f"calls with more than {MOST_KEYS} kinds of arguments run in Python"
                    self.tasks[kind].report(message)
                    return None
                paths = self.programs.get(key) or TraceTree(self.tasks[kind], arguments)
                self.programs[key] = paths
        return paths

    def _filled(self, result: Any, outputs: Sequence[float], arguments: Arguments) -> tuple[Any, Any]:
        """Value and derivatives, in the structures of the arguments."""
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
        from minitorch.compiler.batch.rows import run_rows

        results: NDArray[numpy.float64] = run_rows(self, Mode.VALUE, rows, out, threads)
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
        from minitorch.compiler.batch.rows import run_rows

        both = run_rows(self, Mode.GRADIENT, rows, out, threads)
        return both[:, 0], both[:, 1] if self.single else both[:, 1:]

    # -- what was made -----------------------------------------------------------------------------------------------

    @property
    def paths(self) -> list[TraceView]:
        """The ways through the function that have been recorded, with their decisions; for value and derivative."""
        with self.lock:
            return [view for (_, _), paths in self.programs.items() for view in views_of(paths)]

    def emit(self, language: str = "python", derivative: bool = True) -> str:
        """Return the latest program as text that stands by itself.

        Args:
            language: "python", "c", "llvm" or "asm".
            derivative: whether that of value and derivatives, else of the value.

        Raises:
            ValueError: nothing has been compiled yet, or it can't be written in that language.
        """
        from minitorch.compiler.emit import listing

        wanted = Mode.GRADIENT if derivative else Mode.VALUE
        known = [paths for (kind, _), paths in self.programs.items() if kind is wanted and paths.tree is not None]
        if not known:
            called = "value_and_grad" if derivative else "the function"
            raise ValueError(f"nothing is recorded yet: call {called} once, and then emit")
        return listing(known[-1], language, self.__name__, self.names)

    def __reduce__(self) -> Any:
        from minitorch.compiler.pickling import reduced

        return reduced(self)

    def __repr__(self) -> str:
        return f"<compiled {title(self.plain)}>"

    __name__: str
    __qualname__: str


@overload
def compile(f: Callable[..., Any], **options: Any) -> CompiledFunction: ...


@overload
def compile(f: None = None, **options: Any) -> Callable[[Callable[..., Any]], CompiledFunction]: ...


def compile(f: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Compile a function and its derivatives to machine code; also a decorator, with or without options.

    Args:
        f: a plain Python function; it is traced, as are the functions it calls.
        options: `argnums`, the position of the argument to differentiate by or several (0); `fastmath`, whether
            arithmetic may be rounded differently (no); `max_paths`, how many ways through it are compiled (64);
            `max_operations`, how many operations (20,000), beyond which recordings are interpreted. As a method it has
            the object for its first argument, which `argnums` count.

    Raises:
        RewriteError: f has no source, or none that can be rewritten.

    >>> import math
    >>> wave = compile(lambda t: math.exp(-t) * math.sin(t))
    >>> wave(0.0), wave.value_and_grad(0.0), wave.grad(0.0)
    (0.0, (0.0, 1.0), 1.0)
    """
    return CompiledFunction(f, **options) if f is not None else functools.partial(compile, **options)
