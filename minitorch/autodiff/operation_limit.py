"""A limit to how many operations are recorded: a traced loop without end is an error before it has eaten the memory.

    with minitorch.max_operations(1_000_000):
        minitorch.grad(settle)(0.3)

What is recorded is counted down by the recorder, which calls `look` when that comes to its end: at every operation
where the limit is small, and some ten thousand times in all where it is not, at irregular distances. So a limit costs
next to nothing, and what is said of lines is exact or an estimate.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import linecache
import operator
import random
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, TypeVar

from minitorch.autodiff.errors import OperationLimitError
from minitorch.autodiff.place import Origin, Place, origin_of_caller
from minitorch.recorder import count_down, counting

__all__ = ["ALLOW_MORE", "Limit", "max_operations"]

F = TypeVar("F", bound=Callable[..., Any])

MAX_LOOKS: Final = 10_000
"""About how many times somebody looks before a limit is reached: at each operation, if these are fewer."""


ALLOW_MORE: Final = "minitorch.max_operations(n)"
"""The way out that the error names."""


class Limit:
    """A limit, and what has been recorded within it.

    Args:
        most: how many operations may be recorded.
        outer: the limit around it.

    Attributes:
        done: how many have been.
        counts: how many at each place, by what tells places apart.
        spacing: how many are recorded between two looks, on average.
    """

    __slots__ = ("counts", "done", "most", "outer", "spacing")

    def __init__(self, most: int, outer: Limit | None) -> None:
        self.most = most
        self.outer = outer
        self.done = 0
        self.counts: dict[tuple[int, int], tuple[Origin, int]] = {}
        self.spacing = max(1, most // MAX_LOOKS)

    def add(self, operations: int, origin: Origin | None = None) -> None:
        """Count operations, for those of a place where that is known; what is refused later does not count."""
        if self.done > self.most:
            return
        self.done += operations
        if origin is not None:
            key = id(origin[0]), origin[1]
            self.counts[key] = origin, self.counts.get(key, (origin, 0))[1] + operations

    def busiest_line(self) -> tuple[Place, int]:
        """Return where most operations were recorded, and how many."""
        lines: dict[tuple[str, int], tuple[Place, int]] = {}
        for origin, count in self.counts.values():
            place = Place.of(origin)
            key = place.file, place.line
            lines[key] = lines.get(key, (place, 0))[0], lines.get(key, (place, 0))[1] + count
        return max(lines.values(), key=operator.itemgetter(1))

    def error(self) -> OperationLimitError:
        """Make the error that says where most operations were recorded."""
        place, count = self.busiest_line()
        about = "" if self.spacing == 1 else "about "
        source = linecache.getline(place.file, place.line).strip()
        return OperationLimitError(
            f"{place} (in {place.function}): more than {self.most:,} operations were recorded, "
            f"{about}{count:,} of them by {f'`{source}`' if source else 'this line'}. "
            f"Does a loop there never end? If it does, allow more: {ALLOW_MORE}"
        )


LIMIT: Final[ContextVar[Limit | None]] = ContextVar("LIMIT", default=None)
"""The innermost limit in this thread and context."""

LIMITS: Final[list[Limit]] = []
"""All limits within which some code runs, in whatever thread."""

# Not that of the module, whose draws are the user's.
_draws: Final = random.Random(0)


def add_counted(operations: int, origin: Origin | None = None) -> None:
    """Count operations for all limits of this thread and context."""
    limit = LIMIT.get()
    while limit is not None:
        limit.add(operations, origin)
        limit = limit.outer


def pass_until_look() -> int:
    """Return how many operations are to pass before the one at which somebody looks."""
    passing = []
    for limit in LIMITS.copy():
        # Loops repeat: at regular distances always the same line would be seen.
        irregular = _draws.randrange(2 * limit.spacing - 1)
        passing.append(max(0, min(irregular, limit.most - limit.done)))
    return min(passing, default=0)


def look() -> None:
    """Count what was recorded, the operation that is about to be included, and refuse that where there are too many."""
    operations = count_down(0, look)
    add_counted(operations, origin_of_caller())
    count_down(pass_until_look(), look)
    limit = LIMIT.get()
    while limit is not None:
        if limit.done > limit.most:
            raise limit.error()
        limit = limit.outer


def look_again() -> None:
    """Count what was recorded until limits begin or end, and go on with those that there are."""
    add_counted(count_down(0, look if LIMITS else None))
    if LIMITS:
        count_down(pass_until_look(), look)


class max_operations(contextlib.ContextDecorator):
    """Limit how many operations are recorded within, in this thread and context; a decorator, too.

    Each entry, and each call of what is decorated, counts from zero, and counts for limits around it, too. Operations
    of compiled machine code, and those on plain numbers, are not recorded.

    Args:
        n: how many may be.

    Raises:
        OperationLimitError: by the operation after these; it names the line that recorded most.
        TypeError: n is not a whole number, or what is decorated is a generator function.
        ValueError: n is negative.

    >>> import minitorch
    >>> def settle(x):
    ...     while x != 0.5:
    ...         x = 3.6 * x * (1.0 - x)
    ...     return x
    >>> with minitorch.max_operations(1000):
    ...     minitorch.grad(settle)(0.3)
    Traceback (most recent call last):
        ...
    minitorch.autodiff.errors.OperationLimitError: ...
    """

    def __init__(self, n: int) -> None:
        self.n = operator.index(n)
        if self.n < 0:
            raise ValueError(f"max_operations takes a number of operations, not {n}")

    def __enter__(self) -> Limit:
        outer = LIMIT.get()
        look_again()
        limit = Limit(self.n, outer)
        LIMIT.set(limit)
        LIMITS.append(limit)
        counting.append(limit)
        look_again()
        return limit

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        limit = LIMIT.get()
        if limit is None:
            return
        look_again()
        LIMIT.set(limit.outer)
        LIMITS.remove(limit)
        counting.remove(limit)
        look_again()

    def __call__(self, function: F) -> F:
        """Limit what each call of a function records."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"max_operations can't limit the generator function {function.__qualname__}, whose code runs piece by "
                "piece in that of others: use it with `with`, around what goes over the generator"
            )
        if not inspect.iscoroutinefunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        async def limited(*args: Any, **kwargs: Any) -> Any:
            with max_operations(self.n):
                return await function(*args, **kwargs)

        return limited  # type: ignore[return-value]
