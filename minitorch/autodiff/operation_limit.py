"""A limit to how many operations are recorded: a traced loop without end is an error before it has eaten the memory.

    with minitorch.max_operations(1_000_000):
        minitorch.grad(settle)(0.3)

What is recorded is counted down by the recorder, which has the limit of its context look when that comes to its end:
at every operation where the limit is small, and some ten thousand times in all where it is not, at irregular distances.
So a limit costs next to nothing, and what is said of lines is exact or an estimate.
"""

from __future__ import annotations

import functools
import inspect
import linecache
import operator
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, TypeVar

from minitorch.autodiff.errors import OperationLimitError
from minitorch.autodiff.grad_mode import set_within
from minitorch.autodiff.place import Origin, Place, origin_of_caller
from minitorch.recorder import Countdown, counted, counting

__all__ = ["ALLOW_MORE", "Limit", "max_operations", "operations_left"]

F = TypeVar("F", bound=Callable[..., Any])

MAX_LOOKS: Final = 10_000
"""About how many times somebody looks before a limit is reached: at each operation, if these are fewer."""

ALLOW_MORE: Final = "minitorch.max_operations(n)"
"""The way out that the error names."""

# Not that of the module, whose draws are the user's.
_draws: Final = random.Random(0)


class Limit(Countdown):
    """A limit, and what has been recorded within it.

    Args:
        most: how many operations may be recorded.
        outer: the limit around it.

    Attributes:
        done: how many have been.
        counts: how many at each place, by what tells places apart.
        spacing: how many are recorded between two looks, on average.
        has_ended: whether its block has; a context that was left otherwise than it was entered may still have it.
    """

    __slots__ = ("counts", "done", "has_ended", "most", "outer", "spacing")

    def __init__(self, most: int, outer: Limit | None) -> None:
        super().__init__()
        self.most = most
        self.outer = outer
        self.done = 0
        self.counts: dict[tuple[int, int], tuple[Origin, int]] = {}
        self.spacing = max(1, most // MAX_LOOKS)
        self.has_ended = False

    def in_force(self) -> Iterator[Limit]:
        """Give this limit, then those around it, without such as have ended."""
        limit: Limit | None = self
        while limit is not None:
            if not limit.has_ended:
                yield limit
            limit = limit.outer

    def look(self) -> None:
        """Count what was recorded and the operation that is about to be, and refuse that where there are too many.

        Raises:
            OperationLimitError: there are.
        """
        operations, origin = self.begin(0), origin_of_caller()
        for limit in self.in_force():
            limit.add(operations, origin)
        self.begin(min((limit.until_look() for limit in self.in_force()), default=sys.maxsize))
        for limit in self.in_force():
            if limit.done > limit.most:
                raise limit.error()

    def settle(self) -> None:
        """Count what was recorded until a limit within this one begins or ends, and look at the next operation."""
        operations = self.begin(0)
        for limit in self.in_force():
            limit.add(operations)
        if self.outer is not None:
            self.outer.settle()

    def until_look(self) -> int:
        """Return how many operations are to pass before the one at which it looks."""
        # Loops repeat: at regular distances always the same line would be seen.
        irregular = _draws.randrange(2 * self.spacing - 1)
        return max(0, min(irregular, self.most - self.done))

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


def operations_left() -> int:
    """Return how many operations the limits of this thread and context still allow."""
    limit = counted.get()
    left = () if limit is None else (each.most - each.done for each in limit.in_force())
    return max(0, min(left, default=sys.maxsize))


@contextmanager
def limited(most: int) -> Iterator[Limit]:
    """Limit how many operations are recorded within."""
    outer = counted.get()
    if outer is not None:
        outer.settle()
    limit = Limit(most, outer)
    try:
        with set_within(counted, limit, counting):
            yield limit
    finally:
        limit.settle()
        limit.has_ended = True


class max_operations:
    """Limit how many operations are recorded within, in this thread and context; a decorator, too.

    Each entry, and each call of what is decorated, counts from zero, and counts for limits around it, too. Operations
    of compiled machine code, and those on plain numbers, are not recorded; but a call of machine code that needs more
    than the limit, and some 100,000, is recorded instead.

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
        # Nothing else refers to what ends a block: so that it ends also where an interrupt comes before `__exit__`.
        self.entered: dict[Limit, AbstractContextManager[Limit]] = {}

    def __enter__(self) -> Limit:
        within = limited(self.n)
        limit = within.__enter__()
        self.entered[limit] = within
        return limit

    def __exit__(self, *raised: Any) -> None:
        # Not the one of this context, if that was left in between: code of a generator may run in several.
        own = counted.get()
        (self.entered.pop(own) if own in self.entered else self.entered.popitem()[1]).__exit__(*raised)

    def __call__(self, function: F) -> F:
        """Limit what each call of a function records."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"max_operations can't limit the generator function {function.__qualname__}, whose code runs piece by "
                "piece in that of others: use it with `with`, around what goes over the generator"
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call(*args: Any, **kwargs: Any) -> Any:
                with limited(self.n):
                    return await function(*args, **kwargs)
        else:

            @functools.wraps(function)
            def call(*args: Any, **kwargs: Any) -> Any:
                with limited(self.n):
                    return function(*args, **kwargs)

        return call  # type: ignore[return-value]
