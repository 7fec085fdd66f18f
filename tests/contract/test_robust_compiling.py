"""Compiling stands signals, interruptions, threads, forks and the end of the process: programs in their own processes.

Without machine code the same holds: in Python's recorder, and where `llvmlite` is missing.
"""

from __future__ import annotations

import sys

import pytest
from paths import ROOT
from robust_compiling import PROGRAMS
from robust_runs import run_python

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and forks as Linux has them")


def run(*arguments: str, **environment: str) -> str:
    """Run Python without warnings; return what it prints."""
    return run_python("-W", "ignore", *arguments, timeout=240, **environment)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_holds(name: str) -> None:
    assert run(str(ROOT / "tests/support/robust_compiling.py"), name) == "held\n"


@pytest.mark.parametrize("name", ["called_by_handlers", "never_lost", "replaced_methods"])
def test_it_holds_where_python_records(name: str) -> None:
    assert run(str(ROOT / "tests/support/robust_compiling.py"), name, MINITORCH_NATIVE="0") == "held\n"


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("llvmlite", "numpy", "optree", "scipy"):
            raise ModuleNotFoundError(f"no {name}", name=name)
sys.meta_path.insert(0, Missing())
import minitorch
x = minitorch.Scalar(2.0)
y = x
for _ in range(20_000):
    y = y * 1.0 + x * 0.5
y.backward()
print(x.derivative, minitorch.grad(lambda x: x * x)(3.0))
"""


@pytest.mark.parametrize("native", ["0", ""])
def test_operations_need_no_other_package(native: str) -> None:
    assert run("-c", WITHOUT, **({"MINITORCH_NATIVE": native} if native else {})) == "10001.0 6.0\n"


TEN_MILLION = """
import gc, minitorch
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
x = minitorch.Scalar(1.0)
before = resident()
y = x
for _ in range(int(1e7)):
    y = y * 1.0000001
y.backward()
assert abs(x.derivative - 2.718281828459045) < 1e-6
del y
gc.collect()
print((resident() - before) // 2**20)
"""


@pytest.mark.slow
def test_memory_of_many_operations_is_given_back() -> None:
    assert int(run("-c", TEN_MILLION)) < 64
