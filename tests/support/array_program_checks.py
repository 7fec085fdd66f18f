"""Compares random array programs on Tensors with the same programs on plain arrays.

python tests/support/array_program_checks.py 10000      compares that many, and second derivatives of every tenth
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

import array_programs
import numpy as np
from array_programs import ArrayProgram

import minitorch
from minitorch import Tensor

POINT = np.array([[0.3, -0.7, 0.9, 0.2], [1.1, 0.4, -0.3, 0.6], [-0.5, 0.8, 0.1, -0.9]])
COMPLEX_STEP = 1e-20


def plain_class() -> type[ArrayProgram]:
    """Return the class of programs from modules that nobody has traced."""
    names = [name for name, module in sys.modules.items() if name.startswith("array_program") and name != __name__]
    kept = {name: sys.modules.pop(name) for name in names}
    try:
        return importlib.import_module(array_programs.__name__).ArrayProgram  # type: ignore[no-any-return]
    finally:
        sys.modules.update(kept)


PlainProgram = plain_class()


@cache
def traced() -> Any:
    """Return the function that runs a program, as traced code."""
    return minitorch.trace(ArrayProgram.run)


def outcome(log: list[Any]) -> list[Any]:
    """Return a log with arrays as their bytes."""
    found = []
    for item in log:
        if isinstance(item, (np.ndarray, np.generic)):
            plain = np.asarray(item.data if type(item) is Tensor else item)
            found.append((str(plain.dtype), plain.shape, plain.tobytes()))
        else:
            found.append(item)
    return found


def decisions(log: list[Any]) -> list[Any]:
    """Return what a log says of decisions."""
    return [item for item in log if type(item) in (list, bool)]


class UndecidedError(Exception):
    """Values are equal but for rounding, so that differences take other decisions however small they are."""


@dataclass
class Disagreement(Exception):
    """A program and what differs."""

    seed: int
    what: str
    made: Any
    wanted: Any

    def __str__(self) -> str:
        return f"program {self.seed}, {self.what}: {self.made} instead of {self.wanted}"


def compare(seed: int, direction: Any) -> None:
    """Compare a program on Tensors with the same one on arrays.

    Values, errors and decisions have to be the same to the last bit; the derivatives along a direction, by reverse and
    forward mode, that by a complex step, or by central differences where arrays are complex.

    Raises:
        Disagreement: if something differs.
    """
    options: dict[str, Any] = {"complex_arrays": seed % 4 == 3}
    program, plain = ArrayProgram(seed, **options), PlainProgram(seed, **options)
    plain_log: list[Any] = []
    log: list[Any] = []
    with np.errstate(all="ignore"):
        expected = plain.run(POINT, plain_log)
        x = Tensor(POINT)
        result = traced()(program, x, log)
        for made, wanted in zip(outcome(log), outcome(plain_log), strict=False):
            if made != wanted:
                raise Disagreement(seed, f"after {names(log)[-6:]}", made, wanted)
        if len(log) != len(plain_log) or np.float64(result.data).tobytes() != np.float64(expected).tobytes():
            raise Disagreement(seed, "value", result.data, expected)
        result.backward()
        reverse = 0.0 if x.derivative is None else float(np.sum(x.derivative * direction))
        _, forward = minitorch.jvp(lambda first: program.run(first), (POINT,), (direction,))
        reference = derivative(plain, POINT, direction)
    # What went through single precision has seven digits, and sums of cancelling terms fewer.
    small = any(getattr(item, "dtype", None) in (np.float32, np.complex64) for item in plain_log)
    near = (2e-3 if small or "in_single_precision" in names(log) else 1e-6) * (1.0 + np.abs(reference))
    for mode, made in (("reverse", reverse), ("forward", float(forward))) if np.isfinite(expected) else ():
        if not abs(made - reference) <= near:
            central(plain, plain.run, POINT, direction)  # raises where the program has no derivative
            raise Disagreement(seed, f"{mode} derivative", made, reference)


def names(log: list[Any]) -> list[str]:
    """Return the names of the steps in a log."""
    return [item for item in log if isinstance(item, str)]


def derivative(program: ArrayProgram, point: Any, direction: Any) -> float:
    """Return the derivative of a program along a direction, from plain arrays alone."""
    if not program.complex_arrays:
        return float(program.run(point + 1j * COMPLEX_STEP * direction).imag / COMPLEX_STEP)
    return central(program, lambda at: program.run(at), point, direction)


def central(program: ArrayProgram, function: Any, point: Any, direction: Any) -> float:
    """Return a derivative by differences of fourth order, of points that took the same decisions."""
    logs: list[list[Any]] = []
    step = 2e-4
    while True:
        logs = [[] for _ in range(5)]
        for log, sign in zip(logs, (-2.0, -1.0, 0.0, 1.0, 2.0), strict=True):
            program.run(point + sign * step * direction, log)
        if all(decisions(log) == decisions(logs[0]) for log in logs):
            break
        step /= 4.0
        if step < 1e-6:
            raise UndecidedError
    values = [function(point + sign * step * direction) for sign in (-2.0, -1.0, 1.0, 2.0)]
    return float((values[0] - 8.0 * values[1] + 8.0 * values[2] - values[3]) / (12.0 * step))


def compare_second(seed: int, direction: Any, other: Any) -> None:
    """Compare second derivatives with differences of derivatives by complex steps, which no Tensor was asked for.

    Raises:
        Disagreement: if they differ.
    """
    program, plain = ArrayProgram(seed, single=False), PlainProgram(seed, single=False)
    with np.errstate(all="ignore"):
        made = minitorch.grad(lambda at: np.sum(minitorch.grad(lambda x: program.run(x))(at) * direction))(POINT)
        wanted = central(plain, lambda at: derivative(plain, at, direction), POINT, other)
    if not np.isfinite(wanted):
        return
    second = float(np.sum(made * other))
    if not abs(second - wanted) <= 1e-5 * (1.0 + abs(wanted)):
        raise Disagreement(seed, "second derivative", second, wanted)


def main(count: int, start: int = 0) -> int:
    """Compare so many programs, and second derivatives of every tenth; print what disagrees."""
    failed = undecided = 0
    for seed in range(start, start + count):
        rng = np.random.default_rng(seed)
        direction, other = rng.standard_normal((2, *POINT.shape))
        try:
            compare(seed, direction)
            if seed % 10 == 0:
                compare_second(seed, direction, other)
        except UndecidedError:
            undecided += 1
        except Disagreement as found:
            failed += 1
            print(str(found)[:600], flush=True)
        except Exception as error:
            failed += 1
            print(f"program {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
    print(f"{undecided} have values that are equal but for rounding, where differences say nothing")
    print(f"{count - failed - undecided} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
