"""What minitorch does with Python and numbers alone, on whatever runs Python: PyPy, Pyodide, without the global lock.

    python tests/support/pure_programs.py [PROGRAM ...]

Nothing but the standard library and minitorch is imported. A program raises where something is wrong; all of them run
where none is named.
"""

from __future__ import annotations

import importlib
import math
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import minitorch
from minitorch import Scalar, ScalarFunction
from minitorch.machine_code.availability import why_unavailable

MODULE = """
from math import exp, sin as sine

class Wave:
    def __init__(self, damping):
        self.damping = float(damping)

    def height(self, time):
        return exp(-self.damping * time) * sine(time) if isinstance(time, float) else None
"""


def wave(t: float, damping: float) -> float:
    return math.exp(-damping * t) * math.sin(t) if t > 0 else t


def heron(area: float) -> float:
    x = area
    for _ in range(8):
        x = (x + area / x) / 2
    return x


def grown(x: float, operations: int) -> float:
    for _ in range(operations):
        x = x * 1.000001
    return x


class Cube(ScalarFunction):
    @staticmethod
    def forward(ctx: Any, x: float) -> float:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, d_output: float) -> float:
        return d_output * 3 * ctx.saved_values**2


def close(found: Any, wanted: float) -> None:
    assert math.isclose(found, wanted, rel_tol=1e-9), (found, wanted)


def derivatives() -> None:
    """Take derivatives in every mode, of the second order too."""
    assert minitorch.grad(math.sin)(0.0) == 1.0
    assert minitorch.value_and_grad(heron)(2.0) == (heron(2.0), minitorch.grad(heron)(2.0))
    close(minitorch.grad(heron)(2.0), 0.5 / math.sqrt(2.0))
    close(minitorch.grad(minitorch.grad(heron))(2.0), -0.25 * 2.0**-1.5)
    close(minitorch.jvp(heron, (2.0,), (1.0,))[1], 0.5 / math.sqrt(2.0))
    assert minitorch.hessian(lambda v: v[0] ** 2 * v[1])([3.0, 5.0]) == [[10.0, 6.0], [6.0, 0.0]]
    assert minitorch.jacobian(lambda x, y: (x * y, x + y), argnums=(0, 1))(2.0, 3.0) == ((3.0, 2.0), (1.0, 1.0))
    assert minitorch.check_derivatives(wave, 0.5, 0.1) is None


def course() -> None:
    """Do what the course does: Variables, a Function of one's own, the backward pass."""
    x = Scalar(2.0, name="x")
    y = Cube.apply(x) + x / 4
    y.backward()
    assert (y.data, x.derivative) == (8.5, 12.25)
    try:
        math.sin(x)
    except minitorch.HistoryLostError as error:
        assert "pure_programs.py" in str(error), error
    else:
        raise AssertionError("C code got a plain number")


def hook() -> None:
    """Rewrite a module as it is imported, and twice: the second time from its cache."""
    folder = Path(tempfile.mkdtemp())
    (folder / "waving.py").write_text(MODULE, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        for _ in range(2):
            with minitorch.install_import_hook(["waving"]):
                waves = importlib.import_module("waving").Wave
            found = minitorch.grad(lambda damping, waves=waves: waves(damping).height(0.5))(0.1)
            close(found, -0.5 * math.exp(-0.05) * math.sin(0.5))
            del sys.modules["waving"]
    finally:
        sys.path.remove(str(folder))


def compiled() -> None:
    """Ask for machine code where there is none: a warning says why, and Python answers."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        function = minitorch.compile(heron)
    told = [str(each.message) for each in seen]
    why = why_unavailable()
    assert (why is None) == (not told), told
    assert why is None or told[0].endswith(f": runs in Python: {why}"), told
    assert function.value_and_grad(2.0) == minitorch.value_and_grad(heron)(2.0)


def long_histories() -> None:
    """Differentiate and free chains of many operations; nothing recurs over them."""
    for operations in (10_000, 210_000, 1_000_000):
        x = Scalar(1.0)
        y = grown(x, operations)
        y.backward()
        close(x.derivative, 1.000001**operations)
        del x, y
    # Histories of the course's kind, whose inputs stand in lists, and of derivatives of derivatives.
    x = Scalar(1.0)
    y = x
    for _ in range(20_000):
        y = Cube.apply(y)
    del x, y
    close(minitorch.grad(minitorch.grad(lambda x: grown(x, 10_000) ** 2))(1.0), 2 * 1.000001**20_000)
    close(minitorch.jvp(minitorch.grad(lambda x: grown(x, 10_000) ** 2), (1.0,), (1.0,))[1], 2 * 1.000001**20_000)


PROGRAMS: list[Callable[[], None]] = [derivatives, course, hook, compiled, long_histories]


def main(names: Sequence[str]) -> None:
    """Run programs, and say how long each took."""
    print(sys.version)
    for program in PROGRAMS:
        if not names or program.__name__ in names:
            begin = time.perf_counter()
            program()
            print(f"{program.__name__}: right, {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
