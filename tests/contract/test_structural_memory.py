"""What calls of structural machine code take of memory, they give back."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from tests.benchmarks.growth import resident_bytes
from minitorch.compiler.structural import compile_structurally

def edges(x, n):
    total = x
    for _ in range(n):
        total = total * x + x
    return total

def elements(x, n):
    values = [x * i for i in range(n)]
    return sum(values)

def deep(x, n):
    return x if n == 0 else x * deep(x, n - 1)

for function, size in ((edges, 2_500_000), (elements, 3_000_000), (deep, 400)):
    compiled = compile_structurally(function)
    compiled.value_and_grad(0.5, 10)
    before = resident_bytes()
    for _ in range(2):
        compiled.value_and_grad(0.5, size)
    assert not compiled.left, function
    kept = resident_bytes() - before
    assert kept < 8 << 20, (function, kept)
"""


SAME_PAGES = """
import resource
from minitorch.compiler.structural import compile_structurally

def elements(x, n):
    values = [x * i for i in range(n)]
    return sum([value * x for value in values])

compiled = compile_structurally(elements)
for _ in range(5):
    compiled.value_and_grad(0.5, 20_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    compiled.value_and_grad(0.5, 20_000)
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
assert not compiled.left
assert faults < 1000, faults
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how many pages are waited for, Linux says")
def test_calls_use_the_same_pages() -> None:
    """A call of a megabyte does not give its memory back to the system, only to ask for it again."""
    subprocess.run([sys.executable, "-c", SAME_PAGES], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory is kept, Linux says")
def test_a_call_with_ten_million_edges_keeps_a_few_megabytes() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
