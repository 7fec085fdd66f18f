"""A traced loop without end is an error that names its line, and whatever ends in time never notices the limit."""

from __future__ import annotations

import asyncio
import gc
import math
import threading
from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from typing import Any

import numpy as np
import pytest
from both_recorders import BOTH

import minitorch
from minitorch import OperationLimitError, max_operations
from minitorch.recorder import counting


def settle(x: Any) -> Any:
    while x != 0.5:
        x = 3.6 * x * (1.0 - x)
    return x


def converging(x: Any, turns: int) -> Any:
    total, i = 0.0, 0.0
    while i < turns:
        total, i = 0.5 * total + x, i + 1.0
    return total


def powers(x: Any, n: int) -> Any:
    total = 0.0
    for _ in range(n):
        total = total + x * x**2
    return total


def arrays(x: Any) -> Any:
    while True:
        x = np.cos(x)


def course(x: Any) -> Any:
    while True:
        x = Twice.apply(x)


def chooses(x: Any) -> Any:
    while x > 0.0:
        pass


def sums(x: Any) -> Any:
    while True:
        x = sum([x, x, 1.0]) / 2.0


def refused(x: Any) -> Any:
    while True:
        x = pow(x, 2.0) if x < 1.0 else math.fma(x, 0.5, 0.1) if hasattr(math, "fma") else math.hypot(x, 0.5, 0.1) / 2.0


class Twice(minitorch.ScalarFunction):
    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        return 2.0 * x

    @staticmethod
    def backward(ctx: Any, d: float) -> float:
        return 2.0 * d


@pytest.mark.parametrize("recorder", BOTH)
@pytest.mark.parametrize("n", [0, 1, 2, 10, 999, 10_000, 10_001, 50_000])
def test_a_loop_without_end_names_its_line(recorder: str, n: int) -> None:
    package = BOTH[recorder]
    with pytest.raises(package.OperationLimitError) as caught, package.max_operations(n):
        settle(package.Scalar(0.3))
    first = settle.__code__.co_firstlineno
    # x != 0.5 is the first of each four operations.
    line, source = (first + 1, "while x != 0.5:") if n < 2 else (first + 2, "x = 3.6 * x * (1.0 - x)")
    exact = 1 if n < 2 else n + 1 - math.ceil((n + 1) / 4)
    message = str(caught.value)
    assert message.startswith(f"{__file__}:{line} (in settle): more than {n:,} operations were recorded, ")
    assert f" of them by `{source}`. " in message and message.endswith("allow more: minitorch.max_operations(n)")
    told = int(message.partition("recorded, ")[2].partition(" of them")[0].replace("about ", "").replace(",", ""))
    assert ("about" in message) == (n > 2 * 10_000 - 1)
    assert told == exact if n < 20_000 else abs(told - exact) < 0.02 * n


@pytest.mark.parametrize("recorder", BOTH)
@pytest.mark.parametrize("count", [1, 7, 4000, 5001, 20_000])
def test_the_limit_is_exact(recorder: str, count: int) -> None:
    """Three operations for each round, the first sum included: 0.0 + x is recorded, too."""
    package = BOTH[recorder]

    def slope() -> Any:
        x = package.Scalar(0.5)
        powers(x, count).backward()
        return x.derivative

    with package.max_operations(3 * count):
        assert slope() == pytest.approx(0.75 * count)
    with pytest.raises(package.OperationLimitError), package.max_operations(3 * count - 1):
        slope()
    # After the error everything is as it was.
    assert slope() == pytest.approx(0.75 * count)


@pytest.mark.parametrize("recorder", BOTH)
def test_what_counts_is_what_is_recorded(recorder: str) -> None:
    package = BOTH[recorder]
    with package.max_operations(0):
        assert powers(0.5, 10) == 1.25
        x = package.Scalar(2.0)
        with package.no_grad():
            assert float((x * x).data) == 4.0
        assert float((package.Scalar(2.0, None) * 3.0).data) == 6.0
        with pytest.raises(package.OperationLimitError):
            x * x


@pytest.mark.parametrize("loop", [settle, chooses, sums, refused, course, arrays], ids=lambda loop: loop.__name__)
@pytest.mark.parametrize("n", [50, 30_000])
def test_every_kind_of_operation_counts(loop: Callable[..., Any], n: int) -> None:
    start = np.array([0.3, 0.4]) if loop is arrays else 0.3
    said = rf"{loop.__name__}\): more than {n:,} operations"
    with pytest.raises(OperationLimitError, match=said), max_operations(n):
        minitorch.grad(loop)(start)
    assert minitorch.grad(math.sin)(0.0) == 1.0


def test_what_is_refused_has_not_been_written() -> None:
    x = minitorch.Tensor([1.0, 2.0])
    y = x * 1.0
    y[1] = 3.0
    with pytest.raises(OperationLimitError), max_operations(0):
        y[0] = 5.0
    with pytest.raises(OperationLimitError), max_operations(0):
        y += 5.0
    assert y.plain().tolist() == [1.0, 3.0]
    y.sum().backward()
    assert x.derivative.tolist() == [1.0, 0.0]


def test_as_a_decorator_each_call_counts_from_zero() -> None:
    limited = max_operations(30)(powers)
    assert limited.__name__ == "powers" and limited(2.0, 100) == powers(2.0, 100)
    for _ in range(3):
        assert minitorch.grad(limited)(0.5, 10) == minitorch.grad(powers)(0.5, 10)
        with pytest.raises(OperationLimitError, match=r"\(in powers\): more than 30 operations"):
            minitorch.grad(limited)(0.5, 11)
    outside = max_operations(30)(minitorch.grad(powers))
    assert outside(0.5, 10) == minitorch.grad(powers)(0.5, 10)
    with pytest.raises(OperationLimitError):
        outside(0.5, 11)


@pytest.mark.parametrize(("inner", "outer", "said"), [(12, 100, 12), (100, 30, 30), (9, 30, 9)])
def test_nested_limits_count_all(inner: int, outer: int, said: int) -> None:
    with pytest.raises(OperationLimitError, match=f"more than {said} operations"), max_operations(outer):
        minitorch.grad(powers)(0.5, 3)
        with max_operations(inner):
            minitorch.grad(powers)(0.5, 50)
    with max_operations(30):
        for _ in range(2):
            with max_operations(15):
                minitorch.grad(powers)(0.5, 5)
        with pytest.raises(OperationLimitError, match="more than 30 operations"):
            minitorch.grad(powers)(0.5, 1)


@pytest.mark.parametrize("recorder", BOTH)
@pytest.mark.parametrize("exact", [3000, 45_000])
@pytest.mark.usefixtures("busy_threads")
def test_a_limit_is_that_of_its_thread(recorder: str, exact: int) -> None:
    package = BOTH[recorder]
    ready, failures, slopes = threading.Barrier(4), [], []

    def rounds() -> None:
        ready.wait()
        for _ in range(20):
            x = package.Scalar(0.5)
            powers(x, exact // 60).backward()
            slopes.append(x.derivative)

    def limited(most: int) -> None:
        try:
            with package.max_operations(most):
                rounds()
        except package.OperationLimitError as error:
            failures.append((most, str(error)))

    threads = [threading.Thread(target=limited, args=(most,)) for most in (exact - 1, exact, 3 * exact)]
    threads.append(threading.Thread(target=rounds))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [most for most, _ in failures] == [exact - 1]
    assert len(slopes) == 79 and len(set(slopes)) == 1


@pytest.mark.parametrize("recorder", BOTH)
def test_a_thread_with_the_context_of_a_limit_has_it(recorder: str) -> None:
    package = BOTH[recorder]

    async def beside() -> None:
        x = package.Scalar(0.5)
        with package.max_operations(60):
            await asyncio.to_thread(powers, x, 10)
            powers(x, 5)
            await asyncio.to_thread(powers, x, 5)
            with pytest.raises(package.OperationLimitError, match="more than 60 operations"):
                await asyncio.to_thread(powers, x, 1)
        await asyncio.to_thread(powers, x, 100)

    asyncio.run(beside())


@pytest.mark.parametrize("recorder", BOTH)
@pytest.mark.parametrize("exact", [10, 15_000])
def test_a_limit_is_that_of_its_task(recorder: str, exact: int) -> None:
    package = BOTH[recorder]

    async def rounds(count: int) -> Any:
        x = package.Scalar(0.5)
        y = 0.0
        for i in range(count):
            y = y + x * 2.0
            if i % 7 == 0:
                await asyncio.sleep(0)
        return y.data

    @package.max_operations(2 * exact)
    async def limited(count: int) -> Any:
        return await rounds(count)

    async def all_of_them() -> list[Any]:
        tasks = [limited(exact), limited(exact + 1), rounds(4 * exact), limited(exact)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third, fourth = asyncio.run(all_of_them())
    assert (first, third, fourth) == (exact, 4 * exact, exact)
    assert isinstance(second, package.OperationLimitError)
    assert f"rounds): more than {2 * exact:,} operations" in str(second)


def test_a_compiled_function_is_limited_where_it_is_recorded() -> None:
    compiled = minitorch.compile(settle)
    for _ in range(3):
        with pytest.raises(OperationLimitError, match=r"in settle\): more than 1,000"), max_operations(1000):
            compiled.value_and_grad(0.3)
    assert minitorch.compile(powers).value_and_grad(0.5, 3) == minitorch.value_and_grad(powers)(0.5, 3)


def test_machine_code_that_goes_on_past_a_limit_is_left_and_recorded() -> None:
    """Its operations are not counted one by one, but those of a loop without end come to an end all the same."""
    compiled = minitorch.compile(converging)
    compiled.precompile(0.3, 10)
    for most in (10, 100_000, 1_000_000):
        expected = minitorch.value_and_grad(converging)(0.3, 10_000)
        with max_operations(most):
            assert compiled.value_and_grad(0.3, 10_000) == expected
            with pytest.raises(OperationLimitError, match=rf"in converging\): more than {most:,}"):
                compiled.value_and_grad(0.3, 10**9)
    assert len(compiled.traces) == 1 and compiled.traces[0].calls == 4


def test_nothing_stays_behind() -> None:
    def many() -> None:
        try:
            with max_operations(1000):
                minitorch.grad(settle)(0.3)
        except OperationLimitError:
            pass

    def living() -> int:
        gc.collect()
        return sum(1 for x in gc.get_objects() if type(x).__name__ == "Limit")

    many()
    before = living()
    for _ in range(20):
        many()
    assert living() == before
    from minitorch.recorder import counted, counting

    assert (counted.get(), counting) == (None, [])


@pytest.mark.parametrize("run", [list, lambda it: Context().run(list, it), lambda it: copy_context().run(list, it)])
def test_a_generator_may_end_its_limit_in_another_context(run: Callable[[Any], Any]) -> None:
    def limited() -> Iterator[None]:
        with minitorch.max_operations(10):
            yield

    def check() -> None:
        waiting = limited()
        next(waiting)
        with minitorch.max_operations(1_000):
            run(waiting)
        assert not counting
        with minitorch.max_operations(1_000):
            assert minitorch.grad(powers)(1.0, 100) == 300.0
        with minitorch.max_operations(100), pytest.raises(OperationLimitError):
            minitorch.grad(powers)(1.0, 100)

    copy_context().run(check)


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError), max_operations(5):
        minitorch.grad(lambda x: x / 0.0)(1.0)
    assert issubclass(OperationLimitError, RuntimeError)


def generator(x: Any) -> Iterator[Any]:
    yield x


async def async_generator(x: Any) -> Any:
    yield x


@pytest.mark.parametrize(("n", "error"), [(-1, ValueError), (2.5, TypeError), ("3", TypeError), (None, TypeError)])
def test_numbers_that_are_no_limit(n: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        max_operations(n)


@pytest.mark.parametrize("function", [generator, async_generator])
def test_generators_can_not_be_limited(function: Any) -> None:
    with pytest.raises(TypeError, match=f"can't limit the generator function {function.__name__}"):
        max_operations(3)(function)
    with max_operations(np.int64(3)):
        assert list(generator(2.0)) == [2.0]
