"""A new primitive in plain Python, under fifteen lines in one place, is known to everything.

It is added in a process of its own, so that the table of the other tests stays what it is.
"""

from __future__ import annotations

import ctypes
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parents[1] / "support"
ROOT = SUPPORT.parents[1]
ROW = SUPPORT / "new_primitive.py"

POINTS = [-700.0, -3.25, -0.0, 0.5, 14.9, 15.0, 15.1, 400.0]


def run(*arguments: str) -> str:
    """Run Python on arguments and return what it printed."""
    paths = [str(SUPPORT), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_row_is_short() -> None:
    row = ROW.read_text().partition("import rule\n")[2]
    assert len([line for line in row.splitlines() if line.strip()]) < 15


@pytest.mark.parametrize("part", ["derivatives", "compiled", "plain", "python", "c", "documented"])
def test_everything_knows_the_row(part: str, tmp_path: Path) -> None:
    assert run(__file__, part, str(tmp_path)) == "known\n"


def test_the_tests_of_every_row_include_it() -> None:
    command = "pytest -vv -n 0 -p no:cacheprovider -p new_primitive tests/unit/rules/test_primitives.py"
    command += " tests/unit/machine_code/test_lowering_rows.py -k Softplus or every_row"
    options, _, selected = command.partition(" -k ")
    output = run("-m", *options.split(), "-k", selected)
    for test in ("test_a_call_gives_what_python_gives", "test_a_batch_gives_what_calls_give"):
        assert f"{test}[Softplus-1] PASSED" in output
    assert "test_every_row_has_its_function PASSED" in output


# -- what runs in the process with the row -----------------------------------------------------------------------------


def derivatives(f: Any, softplus: Any, folder: Path) -> None:
    """Every way to differentiate, against the closed form."""
    import minitorch
    from minitorch.autodiff.variable import function_name

    for x in (-3.25, 0.5, 14.9):
        slope = 1.0 / (1.0 + math.exp(-2.0 * x))
        first = 2.0 * slope * x + softplus(2.0 * x)
        second = 4.0 * slope + 4.0 * slope * (1.0 - slope) * x
        assert math.isclose(minitorch.grad(f)(x), first, rel_tol=1e-14)
        assert math.isclose(minitorch.jvp(f, (x,), (1.0,))[1], first, rel_tol=1e-14)
        assert math.isclose(minitorch.grad(minitorch.grad(f))(x), second, rel_tol=1e-13)
    output = minitorch.trace(f)(minitorch.Scalar(0.5))
    assert {"Softplus", "Mul"} <= {function_name(node) for node in minitorch.topological_sort(output)}


def compiled(f: Any, softplus: Any, folder: Path) -> None:
    """Machine code, to the last bit."""
    import minitorch

    function = minitorch.compile(f)
    for x in POINTS:
        try:
            expected = minitorch.value_and_grad(f)(x)
        except OverflowError:
            continue
        assert [*map(float.hex, function.value_and_grad(x))] == [*map(float.hex, expected)]
        assert function(x).hex() == f(x).hex()


def plain(f: Any, softplus: Any, folder: Path) -> None:
    """A plain call, which does not fail where the partial derivative does, nor happen twice."""
    import minitorch

    seen: list[float] = []

    def kept(x: float) -> float:
        seen.append(x)
        return softplus(x) * softplus(2.0 * x)

    function = minitorch.compile(kept)
    assert [function(x) for x in (-800.0, -800.0, -900.0)] == [0.0] * 3
    assert seen == [-800.0, -800.0, -900.0] and set(map(type, seen)) == {float}

    def fails(call: Callable[..., Any], *args: Any) -> bool:
        try:
            call(*args)
        except OverflowError:
            return True
        return False

    assert fails(minitorch.grad(kept), -800.0) and fails(function.value_and_grad, -800.0)
    nested = minitorch.compile(lambda x: x * minitorch.grad(softplus)(-800.0))
    assert fails(nested, 2.0)

    def outer(k: float) -> float:
        inner = minitorch.compile(lambda x: softplus(x) + k * k)
        return float(inner(-800.0))

    assert minitorch.value_and_grad(outer)(3.0) == (9.0, 6.0)


def python(f: Any, softplus: Any, folder: Path) -> None:
    """Source in Python that stands alone."""
    import minitorch

    function = minitorch.compile(f)
    answers = {x: function(x) for x in POINTS}
    namespace: dict[str, Any] = {}
    source = function.emit("python", derivative=False)
    exec(source, namespace)
    assert "def softplus(x):" in source and "minitorch" not in source
    for x, answer in answers.items():
        assert namespace["f"](x).hex() == answer.hex()


def c(f: Any, softplus: Any, folder: Path) -> None:
    """Source in C, compiled without fused arithmetic."""
    import minitorch

    function = minitorch.compile(f)
    expected = {x: function.value_and_grad(x) for x in POINTS[1:]}
    (folder / "f.c").write_text(function.emit("c"))
    options = ["-std=c11", "-O2", "-ffp-contract=off", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run(["gcc", *options, "-o", folder / "f.so", folder / "f.c", "-lm"], check=True)
    library = ctypes.CDLL(str(folder / "f.so"))
    for x, answer in expected.items():
        outputs = (ctypes.c_double * 2)()
        assert library.f((ctypes.c_double * 1)(x), outputs) == 0
        assert [*map(float.hex, outputs)] == [*map(float.hex, answer)]


def documented(f: Any, softplus: Any, folder: Path) -> None:
    """The report and the table for documentation."""
    import minitorch
    from minitorch.rules.table import rules_table

    assert "| `Softplus` | `new_primitive.softplus` | 1 |" in rules_table()
    assert "Softplus" in minitorch.report(f, 0.5).html()


if __name__ == "__main__":
    from new_primitive import softplus

    def f(x: float) -> float:
        """Return a function with the new primitive in it."""
        return softplus(x * 2.0) * x

    globals()[sys.argv[1]](f, softplus, Path(sys.argv[2]))
    print("known")
