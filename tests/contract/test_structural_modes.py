"""All that a structurally compiled function is asked for has the digits of eager runs, from whatever thread."""

from __future__ import annotations

import gc
import math
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import minitorch
from minitorch.compiler.structural import compile_structurally


def bits(value: Any) -> Any:
    """A structure with floats as their bits, of which all nans count as one."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(bits, value))
    return repr(value) if value != value else struct.pack("<d", value) if isinstance(value, float) else value


def decay(rates: list[float], start: float) -> float:
    level, total = start, 0.0
    for step in range(40):
        rate = rates[step % len(rates)]
        level -= 0.1 * rate * level
        if level < 0.5:
            level += math.exp(-rate)
        total += level * level
    return total


# -- calls at the same time --------------------------------------------------------------------------------------------


def inputs(index: int) -> tuple[list[float], float]:
    return [0.1 + 0.01 * index, 0.5 + 0.003 * index, 1.1], 1.0 + 0.1 * index


def test_threads_do_not_disturb_each_other() -> None:
    compiled = compile_structurally(decay, (0, 1))  # type: ignore[arg-type]
    eager = minitorch.value_and_grad(decay, (0, 1))
    expected = [bits(eager(*inputs(index))) for index in range(40)]
    assert bits(compiled.value_and_grad(*inputs(0))) == expected[0]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            found = threads.map(lambda index: bits(compiled.value_and_grad(*inputs(index))), range(40))
            assert list(found) == expected
    assert not compiled.left


def test_a_call_may_begin_while_another_makes_its_result() -> None:
    def product(a: list[float], b: list[float], c: list[float]) -> float:
        return sum(x * b[i] * c[i] for i, x in enumerate(a))

    compiled = compile_structurally(product, (0, 1, 2))  # type: ignore[arg-type]
    outer, other = ([1.0, 2.0], [3.0, 4.0], [5.0, 6.0]), ([1.5], [2.5], [3.5])
    expected = [bits(compiled.value_and_grad(*each)) for each in (outer, other)]
    inner: list[Any] = []

    def collected(phase: str, info: Any) -> None:
        if phase == "start":
            inner.append(compiled.value_and_grad(*other))

    # Lists that were given back would be made again without the collector.
    held: list[list[float]] = [[] for _ in range(500)]
    threshold = gc.get_threshold()
    gc.callbacks.append(collected)
    try:
        gc.set_threshold(1)
        found = [compiled.value_and_grad(*outer) for _ in range(50)]
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collected)
    assert held and inner and all(bits(each) == expected[1] for each in inner)
    assert all(bits(each) == expected[0] for each in found)
    assert not compiled.left
