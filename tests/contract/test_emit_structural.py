"""Functions written down with their own loops and branches give what eager runs give, to the last bit."""

from __future__ import annotations

import bisect
import ctypes
import functools
import math
import random
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import minitorch
from minitorch.compiler.emit import structural_listing
from minitorch.compiler.structural import compile_structurally

GRID = [0.5 * i for i in range(9)]
DRIFTS = ((0.1, 0.2), (0.3, -0.1), (-0.2, 0.4))
STAGES = ((), (0.2,), (3 / 40, 9 / 40), (44 / 45, -56 / 15, 32 / 9))
RATE = 0.05


def falling(x: list[float]) -> float:
    height, mass, drag = x
    t = v = fallen = 0.0
    dt = 0.01
    while fallen < height:
        v += (9.81 - drag * v * v / mass) * dt
        fallen += v * dt
        t += dt
    return t - (fallen - height) / v


def tree(x: list[float]) -> float:
    s, k, vol = x
    u = math.exp(vol * math.sqrt(0.1))
    d = 1.0 / u
    p = (math.exp(RATE * 0.1) - d) / (u - d)
    spots = [s * u ** (8 - 2 * i) for i in range(9)]
    values = [max(k - spot, 0.0) for spot in spots]
    for step in range(7, -1, -1):
        for i in range(step + 1):
            spots[i] = spots[i] * d
            values[i] = max(k - spots[i], p * values[i] + (1.0 - p) * values[i + 1])
    return values[0]


def rates(y: list[float], a: float, b: float) -> list[float]:
    return [-a * y[0], a * y[0] - b * y[1] / (1.0 + 0.02 * y[1])]


def stepping(x: list[float]) -> float:
    y, a, b = [x[0], 0.0], x[1], x[2]
    t, h = 0.0, 0.1
    while t < 2.0:
        k: list[list[float]] = []
        for row in STAGES:
            yi = [y[j] + h * sum(w * k[m][j] for m, w in enumerate(row)) for j in range(2)]
            k.append(rates(yi, a, b))
        error = abs(k[3][0] - k[2][0]) + 1e-9
        if error < 5.0:
            t += h
            y = [yj + h * kj for yj, kj in zip(y, k[3])]  # noqa: B905 - they are of one length
        h *= min(2.0, max(0.5, 0.9 * error**-0.2))
    return y[0] + 2.0 * y[1]


def product(a: list[list[float]], b: list[list[float]]) -> list[list[float]]:
    return [[sum(x * y for x, y in zip(row, col)) for col in zip(*b)] for row in a]  # noqa: B905


def filtered(x: list[float]) -> float:
    q, r, decay = x
    f = [[1.0, 1.0], [0.0, decay]]
    p = [[1.0, 0.0], [0.0, 1.0]]
    total = 0.0
    for z in GRID:
        p = product(product(f, p), [list(row) for row in zip(*f)])  # noqa: B905
        p[0][0] += q
        s = p[0][0] + r
        total -= 0.5 * (math.log(2 * math.pi * s) + z * z / s)
        p = [[e * r / s for e in row] for row in p]
    return total


def logsumexp(values: list[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(v - top) for v in values))


def markov(x: list[float]) -> float:
    alpha = [-math.log(3.0)] * 3
    for t, (low, high) in enumerate(DRIFTS):
        alpha = [
            logsumexp([alpha[i] - 0.3 * abs(i - j) * x[i] for i in range(3)]) + x[j] * low + high for j in range(3)
        ]
        if t == 1 and alpha[0] > 100.0:
            return alpha[1]
    return logsumexp(alpha)


def spline(x: list[float]) -> float:
    n = len(x)
    c = [0.0] * n
    for i in range(1, n - 1):
        h = GRID[i + 1] - GRID[i]
        w = 4 * h - h * c[i - 1]
        c[i] = (x[i + 1] - 2 * x[i] + x[i - 1]) / w
    i = min(bisect.bisect_right(GRID, 0.7) - 1, n - 2)
    return c[i] * x[0] ** 3 + sum(v**2 for v in c)


def wall(x: list[float]) -> float:
    place, speed, bounce = x
    score = 0.0
    for turn in range(200):
        place += speed * 0.05
        if place < 0.0:
            place, speed = -place, -bounce * speed
        elif place > 1.0:
            place, speed = 2.0 - place, -bounce * speed
        else:
            continue
        score += 0.1 * speed * speed
        if turn % 7 == 3 and score > 0.05:
            break
    else:
        score += 1.0
    return score + place


def closures(x: list[float]) -> float:
    scale = x[0]

    def scaled(y: float) -> float:
        return y * scale + offset

    offset = x[1]
    total = 0.0
    for v in x:
        total += scaled(v) if v > 0.4 else (lambda z: z * offset)(v)
    return total


def search(x: list[float]) -> float:
    lo, hi = 0.01, 2.0
    while hi - lo > 1e-3:
        mid = 0.5 * (lo + hi)
        if mid * mid * x[0] > x[1] and not x[2] < 0.0:
            hi = mid
        else:
            lo = mid
    return 0.5 * (lo + hi) * x[2] + x[0]


PROGRAMS: list[Callable[[list[float]], float]] = [
    falling, tree, stepping, filtered, markov, spline, wall, closures, search,
]  # fmt: skip


def bits(value: Any) -> Any:
    """A structure with floats as their bits."""
    return type(value)(map(bits, value)) if isinstance(value, (tuple, list)) else struct.pack("<d", value)


def listings(function: Any, language: str, *point: Any) -> tuple[str, str]:
    """A function in a language: value and derivatives, and the value alone."""
    compiled = compile_structurally(function)
    compiled.value_and_grad(*point)
    compiled(*point)
    texts = [structural_listing(compiled, language, derivative) for derivative in (True, False)]
    assert None not in texts
    return texts[0] or "", texts[1] or ""


def python_calls(text: str, name: str) -> Any:
    """The function of a text in Python, which finds nothing but what it imports."""
    names: dict[str, Any] = {}
    exec(compile(text, "<emitted>", "exec"), names)
    return names[name]


def library(text: str, folder: Path) -> ctypes.CDLL:
    """A text in C, compiled without a warning."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    assert compiler is not None
    source, made = folder / "program.c", folder / "program.so"
    source.write_text(text)
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-fno-builtin", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(source), "-o", str(made), "-lm"], check=True)
    return ctypes.CDLL(str(made))


def points(function: Callable[..., Any], count: int) -> list[list[float]]:
    """Random inputs."""
    source = random.Random(7)
    size = 9 if function is spline else 3
    return [[source.uniform(0.3, 1.5) for _ in range(size)] for _ in range(count)]


@pytest.mark.parametrize("function", PROGRAMS)
def test_python_gives_the_digits_of_eager_runs(function: Callable[[list[float]], float]) -> None:
    both, alone = listings(function, "python", points(function, 1)[0])
    name = function.__name__
    assert {line for line in (both + alone).splitlines() if line.startswith(("import", "from"))} <= {"import math"}
    eager, derived, valued = minitorch.value_and_grad(function), python_calls(both, name), python_calls(alone, name)
    for point in points(function, 10):
        assert bits(derived(list(point))) == bits(eager(list(point)))
        assert bits(valued(list(point))) == bits(function(list(point)))


@pytest.mark.parametrize("function", PROGRAMS)
def test_c_gives_the_digits_of_eager_runs(function: Callable[[list[float]], float], tmp_path: Path) -> None:
    both, alone = listings(function, "c", points(function, 1)[0])
    (tmp_path / "value").mkdir()
    derived, valued = library(both, tmp_path), library(alone, tmp_path / "value")
    eager = minitorch.value_and_grad(function)
    for point in points(function, 10):
        size = ctypes.c_int64(len(point))
        given = (ctypes.c_double * len(point))(*point)
        bars, value = (ctypes.c_double * len(point))(), ctypes.c_double()
        assert derived[function.__name__](given, size, ctypes.byref(value), bars) == 0
        assert bits((value.value, list(bars))) == bits(eager(list(point)))
        assert valued[function.__name__](given, size, ctypes.byref(value)) == 0
        assert bits(value.value) == bits(function(list(point)))


def guarded(x: float, n: int) -> float:
    total = 0.0
    for i in range(n):
        total += x / (3 - i)
    return total * x**n


def test_c_says_where_python_would_raise_and_what_is_too_large(tmp_path: Path) -> None:
    both, _ = listings(guarded, "c", 2.0, 2)
    call = library(both, tmp_path).guarded
    value, bar = ctypes.c_double(), ctypes.c_double()
    results = ctypes.byref(value), ctypes.byref(bar)
    assert call(ctypes.c_double(2.0), ctypes.c_int64(2), *results) == 0
    assert (value.value, bar.value) == minitorch.value_and_grad(guarded)(2.0, 2)
    assert call(ctypes.c_double(2.0), ctypes.c_int64(5), *results) == 2
    assert call(ctypes.c_double(2.0), ctypes.c_int64(-(2**60)), *results) == 1


def test_text_reads_like_the_source() -> None:
    both, alone = listings(falling, "python", [0.7, 1.2, 0.4])
    assert "    while fallen.value < height.value:\n" in both
    assert "# v += (9.81 - drag * v * v / mass) * dt\n" in both
    assert "            give(v, t2_bar * t1)\n" in both
    assert "        fallen += v * dt\n" in alone
    both, _ = listings(falling, "c", [0.7, 1.2, 0.4])
    assert "    while (fallen->value < height->value) {\n" in both
    assert "v += (9.81 - drag * v * v / mass) * dt */\n" in both


def test_what_cannot_be_written_down_is_said_with_its_line() -> None:
    compiled = minitorch.compile(looked_up)
    compiled.value_and_grad(1.5, 3)
    with pytest.raises(ValueError, match=r"test_emit_structural\.py:\d+: .* call the compiled function instead"):
        compiled.emit("c")


class Weight:
    def __init__(self, factor: float) -> None:
        self.factor = factor


def looked_up(x: float, n: int) -> float:
    weight = Weight(2.0)
    for _ in range(n):
        x = x * weight.factor
    return x


def test_compiled_functions_emit_their_loops() -> None:
    compiled = minitorch.compile(falling)
    point = [0.7, 1.2, 0.4]
    compiled.value_and_grad(point)
    call = python_calls(compiled.emit("python"), "falling")
    assert bits(call(point)) == bits(compiled.value_and_grad(point))
    assert "define " in compiled.emit("llvm")


def root(x: list[float]) -> float:
    total = 0.0
    for v in x:
        total += v**0.5 + v ** (1.0 + v)
    return total


def late(x: list[float]) -> float:
    for v in x:
        if v > 0.5:
            if v > 0.9:
                scale = v
            scale += 1.0
    return scale * x[0]


def test_powers_at_zero_and_variables_without_a_value(tmp_path: Path) -> None:
    for function, point, raises in ((root, [0.0, 0.7, 1.2], False), (late, [0.6, 1.0, 0.2], True)):
        usual = [1.0, 1.2, 0.7]
        call = python_calls(listings(function, "python", usual)[0], function.__name__)
        (tmp_path / function.__name__).mkdir()
        in_c = library(listings(function, "c", usual)[0], tmp_path / function.__name__)[function.__name__]
        bars, value = (ctypes.c_double * 3)(), ctypes.c_double()
        status = in_c((ctypes.c_double * 3)(*point), ctypes.c_int64(3), ctypes.byref(value), bars)
        if raises:
            assert status == 2
            with pytest.raises(UnboundLocalError):
                call(point)
            continue
        want = minitorch.value_and_grad(function)(point)
        assert (status, bits((value.value, list(bars)))) == (0, bits(want))
        assert bits(call(point)) == bits(want)


class Decay:
    def after(self, x: float, turns: int) -> float:
        for _ in range(turns):
            x = x * 0.5
        return x


@pytest.mark.parametrize("language", ["python", "c"])
@pytest.mark.parametrize("function", [Decay().after, functools.partial(Decay.after, Decay())], ids=["bound", "partial"])
def test_what_has_arguments_already_says_what_to_write_instead(function: Any, language: str) -> None:
    compiled = minitorch.compile(function)
    assert compiled.value_and_grad(8.0, 2) == (2.0, 0.25)
    with pytest.raises(ValueError, match=r"_structural.py:\d+: a bound method or a partial .* compile a function"):
        compiled.emit(language)
