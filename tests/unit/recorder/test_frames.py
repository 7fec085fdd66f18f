"""Whichever way Python comes to run code, an operation knows the innermost user's frame, its instruction and line."""

from __future__ import annotations

import asyncio
import functools
import itertools
import linecache
import sys
import threading
import types
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from both_recorders import BOTH

import minitorch


@dataclass(frozen=True)
class Asked:
    """An operation, and where the code that does it is, as Python's own frames say."""

    output: Any
    code: types.CodeType
    line: int

    def check(self) -> None:
        """Compare what was recorded with what Python says."""
        assert self.output.code is self.code
        positions = list(self.code.co_positions()) if sys.version_info >= (3, 11) else None
        if positions is not None:
            assert positions[self.output.instruction // 2][0] == self.line
        assert (self.output.place.file, self.output.place.line) == (self.code.co_filename, self.line)


def here(output: Any) -> Asked:
    """What was recorded on the line that calls this."""
    frame = sys._getframe(1)
    return Asked(output, frame.f_code, frame.f_lineno)


def of_function(x: Any) -> Asked:
    return here(x * x)


def of_variables_of_closures(x: Any) -> Asked:
    def inner() -> Asked:
        return here(x + kept)

    kept = x * 2.0
    return inner()


def of_generator(x: Any) -> Iterator[Asked]:
    while True:
        yield here(x * x)


def of_first_line_of_generator(x: Any) -> Asked:
    return next(here(value * value) for value in [x])


def of_delegating_generator(x: Any) -> Iterator[Asked]:
    yield from itertools.islice(of_generator(x), 2)


def of_thrown_into(x: Any) -> Asked:
    def waiting() -> Generator[Any, None, None]:
        try:
            yield
        except ValueError:
            yield here(x - 1.0)

    generator = waiting()
    next(generator)
    return generator.throw(ValueError())  # type: ignore[no-any-return]


def of_coroutine(x: Any) -> Asked:
    async def inner() -> Asked:
        await asyncio.sleep(0)
        return here(x / 3.0)

    return asyncio.run(inner())


def of_asynchronous_generator(x: Any) -> Asked:
    async def inner() -> Any:
        yield here(x / 3.0)

    async def outer() -> Asked:
        return [asked async for asked in inner()].pop()

    return asyncio.run(outer())


def of_class_body(x: Any) -> Asked:
    class Body:
        asked = here(x * x)

    return Body.asked


def of_comprehension(x: Any) -> Asked:
    return [here(x * value) for value in (1.0, 2.0)][1]


def of_called_by_c(x: Any) -> Asked:
    return next(map(lambda value: here(value * value), [x]))


def of_key(x: Any) -> Asked:
    asked = []

    def key(value: Any) -> float:
        asked.append(here(value * value))
        return float(value.data)

    sorted([x, x + 1.0], key=key)
    return asked[1]


def of_partial(x: Any) -> Asked:
    return functools.partial(lambda value, other: here(value * other), x)(3.0)


def of_property(x: Any) -> Asked:
    class Owner:
        @property
        def asked(self) -> Asked:
            return here(x * x)

        def __getattr__(self, name: str) -> Asked:
            return here(x + x)

    return max(Owner().asked, Owner().missing, key=lambda asked: asked.line)


def of_destructor(x: Any) -> Asked:
    asked = []

    class Owner:
        def __del__(self) -> None:
            asked.append(here(x * x))

    Owner()
    return asked[0]


def of_constructor(x: Any) -> Asked:
    class Owner:
        def __init__(self, value: Any) -> None:
            self.asked = here(value * value)

    return Owner(x).asked


def of_execution(x: Any) -> Asked:
    namespace: dict[str, Any] = {"x": x, "here": here}
    exec(compile("\n\nasked = here(x * x)", "<executed>", "exec"), namespace)
    return namespace["asked"]  # type: ignore[no-any-return]


def of_thread(x: Any) -> Asked:
    asked: list[Asked] = []
    thread = threading.Thread(target=lambda: asked.append(here(x * x)))
    thread.start()
    thread.join()
    return asked[0]


def of_deep_recursion(x: Any, depth: int = 200) -> Asked:
    return of_deep_recursion(x, depth - 1) if depth else here(x * x)


def of_a_line_far_on(x: Any) -> Asked:
    # The instruction's number takes more than one byte, and jumps need extended arguments.
    source = "def far(x):\n" + "    y = x.data + 1.0\n" * 3000 + "    return here(x * x)\n"
    namespace: dict[str, Any] = {"here": here}
    linecache.cache["<far>"] = (len(source), None, source.splitlines(keepends=True), "<far>")
    exec(compile(source, "<far>", "exec"), namespace)
    return namespace["far"](x)  # type: ignore[no-any-return]


WAYS: dict[str, Callable[[Any], Any]] = {
    name.removeprefix("of_").replace("_", " "): function
    for name, function in list(globals().items())
    if name.startswith("of_")
}


@pytest.mark.parametrize("package", BOTH.values(), ids=BOTH)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_operations_know_the_frame_that_does_them(way: Callable[[Any], Any], package: Any) -> None:
    # A second time, too: by then instructions are specialised.
    for _ in range(20):
        found = way(package.Scalar(2.0))
        for asked in [found] if isinstance(found, Asked) else list(itertools.islice(found, 2)):
            asked.check()


@pytest.mark.parametrize("watch", [sys.setprofile, sys.settrace], ids=["profiled", "traced by a debugger"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_so_they_do_where_each_call_and_line_is_watched(way: Callable[[Any], Any], watch: Callable[..., Any]) -> None:
    def watching(*_: Any) -> Any:
        return watching

    watch(watching)
    try:
        found = way(minitorch.Scalar(2.0))
        asked = found if isinstance(found, Asked) else next(found)
    finally:
        watch(None)
    asked.check()


def test_code_of_this_project_is_passed_over() -> None:
    # `reduce` in C, a method of a Function in Python, and a derivative function lie between.
    found = []

    def inner(x: Any) -> Any:
        y = functools.reduce(lambda a, b: a * b, [x] * 3)
        found.append((sys._getframe().f_code, abs(minitorch.Scalar(-2.0) + y)))
        return y

    assert minitorch.grad(inner)(2.0) == 12.0
    code, output = found[0]
    assert output.code is code
    assert output.place.function.endswith("inner")
