"""Many threads that differentiate, compile and hook modules at once, each a program of a process of its own.

    python tests/support/thread_programs.py PROGRAM [THREADS [TIMES]]

A program raises where a result is not what one thread gets alone; a crash ends it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import math
import random
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minitorch
from minitorch.autodiff.packages import is_installed
from minitorch.compiler.task import CompilationWarning
from minitorch.machine_code.availability import why_unavailable

POINTS = [0.31 + index / 10 for index in range(10)]

MODULE = """
import math

def total(x):
    result = 0.0
    for index in range(3):
        result += math.sin(x * index + {number}) * x
    return result
"""


def power_of(x: float, power: int) -> float:
    return math.sin(x * power) + x**power


def product(x: float) -> float:
    return math.sin(x) * math.exp(x)


def series(x: float) -> float:
    total = 0.0
    for power in range(4):
        total += power_of(x, power) * power
    return total


def branches(x: float) -> float:
    return math.lgamma(x) * x if x > 0.7 else math.erf(x) / x


def extremes(x: float) -> float:
    values = [x, x * x, math.sqrt(x)]
    return max(values) * min(values) + sum(values)


def loops(x: float) -> float:
    y = x
    while y < 5:
        y = y * y + x
    return math.log(y) * math.hypot(x, y)


FUNCTIONS: list[Callable[[float], float]] = [product, series, branches, extremes, loops]

BY_RULE: list[Callable[[float], float]] = [
    lambda x: math.sin(x) * math.exp(x),
    lambda x: math.lgamma(x) * x,
    lambda x: math.erf(x) ** 2,
    lambda x: x**3.5,
    lambda x: math.hypot(x, 2 * x),
    lambda x: math.gamma(x),
    lambda x: math.atan2(x, 2.0) * math.log(x),
    lambda x: math.sqrt(x) / x,
]


def has_machine_code() -> bool:
    """Return whether functions are compiled here at all."""
    return is_installed("llvmlite") and why_unavailable() is None


def together(work: Callable[[int], None], threads: int) -> None:
    """Have so many threads work at the same moment; raise the first error of one of them."""
    barrier = threading.Barrier(threads)
    errors: list[str] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException:
            errors.append(traceback.format_exc())

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    started = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    sys.setswitchinterval(usual)
    assert not errors, f"{len(errors)} of {threads} threads failed, the first with\n{errors[0]}"


def second_derivatives(threads: int, times: int) -> None:
    """Ask for second derivatives, before anybody else has, so that all lift the same rules at once."""
    found: list[tuple[int, Any]] = []

    def work(number: int) -> None:
        f = BY_RULE[number % len(BY_RULE)]
        found.append((number, (minitorch.grad(minitorch.grad(f))(1.3), minitorch.hessian(f)(1.3))))

    together(work, threads)
    for number, derivatives in found:
        f = BY_RULE[number % len(BY_RULE)]
        assert derivatives == (minitorch.grad(minitorch.grad(f))(1.3), minitorch.hessian(f)(1.3)), number


def everything(threads: int, times: int, compiles: int = 1) -> None:
    """Take gradients and second derivatives, compile if asked to, and rewrite modules on import, all at once."""
    folder = Path(tempfile.mkdtemp())
    sys.path.insert(0, str(folder))
    for number in range(threads):
        (folder / f"module{number}.py").write_text(MODULE.format(number=number), encoding="utf-8")
    (folder / "shared.py").write_text(MODULE.format(number=0), encoding="utf-8")
    importlib.invalidate_caches()
    # Where there is no machine code, other threads have the more to do.
    can_compile = bool(compiles) and has_machine_code()
    found: list[tuple[str, int, float, Any]] = []

    def hook(number: int) -> None:
        with minitorch.install_import_hook([f"module{number}", "shared"]):
            module = importlib.import_module(f"module{number}")
            importlib.import_module("shared")
        x = minitorch.Scalar(0.7)
        y = module.total(x)
        y.backward()
        assert (float(y.data), x.derivative) == minitorch.value_and_grad(module.total)(0.7)

    def work(number: int) -> None:
        draws = random.Random(number)
        compiled = [minitorch.compile(f) for f in FUNCTIONS] if can_compile else []
        for time in range(times):
            index, x = draws.randrange(len(FUNCTIONS)), draws.choice(POINTS)
            f = FUNCTIONS[index]
            if time % 4 == 0:
                found.append(("gradient", index, x, minitorch.value_and_grad(f)(x)))
            elif time % 4 == 1:
                found.append(("hessian", index, x, minitorch.hessian(f)(x)))
            elif time % 4 == 2:
                found.append(("second", index, x, minitorch.grad(minitorch.grad(f))(x)))
            elif can_compile:
                if draws.random() < 0.1:
                    at_once = minitorch.compile(f)
                    at_once.precompile(x)
                    found.append(("gradient", index, x, at_once.value_and_grad(x)))
                found.append(("gradient", index, x, compiled[index].value_and_grad(x)))
            if time == times // 2:
                hook(number)

    together(work, threads)
    wanted = {
        (name, index, x): derivative(f)(x)
        for index, f in enumerate(FUNCTIONS)
        for x in POINTS
        for name, derivative in (
            ("gradient", minitorch.value_and_grad),
            ("hessian", minitorch.hessian),
            ("second", lambda f: minitorch.grad(minitorch.grad(f))),
        )
    }
    wrong = [each for each in found if each[3] != wanted[each[:3]]]
    assert not wrong, f"{len(wrong)} of {len(found)} are wrong: {wrong[:3]}"


def compiled_at_once(threads: int, times: int) -> None:
    """Have machine code made, each thread for functions of its own: all of them get it, and what they call is seen."""

    def work(number: int) -> None:
        draws = random.Random(number)
        for _ in range(times):
            f, x = draws.choice([product, branches, extremes]), draws.choice(POINTS)
            compiled = minitorch.compile(f)
            compiled.precompile(x)
            assert len(compiled.traces) == 1, compiled.traces.reasons
            assert compiled.value_and_grad(x) == minitorch.value_and_grad(f)(x)

    if has_machine_code():
        together(work, threads)
    assert gc.isenabled()


def recorded_while_callers_hold_locks(threads: int, times: int) -> None:
    """Record a function that waits for a lock of the user's, whose holder calls the same function, or another one."""
    if not has_machine_code():
        return
    lock, is_recorded = threading.RLock(), threading.Event()

    def f(x: float) -> float:
        is_recorded.set()
        with lock:
            return x * x

    for compiled, called in [(minitorch.compile(f), None), (minitorch.compile(f), minitorch.compile(product))]:
        is_recorded.clear()
        with lock:
            recording = threading.Thread(target=compiled.precompile, args=(3.0,))
            recording.start()
            is_recorded.wait()
            g, plain = (compiled, f) if called is None else (called, product)
            for x in POINTS:
                assert g.value_and_grad(x) == minitorch.value_and_grad(plain)(x)
        recording.join()


COMPILED_IN_ANOTHER = """
import sys, warnings
sys.path[:0] = {path}
import minitorch
from thread_programs import series
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    compiled = minitorch.compile(series)
[told] = [str(each.message) for each in seen]
assert told.endswith(f": runs in Python: {{compiled.left_out}}"), told
compiled.precompile(0.4)
assert compiled(0.4) == series(0.4)
assert compiled.value_and_grad(0.4) == minitorch.value_and_grad(series)(0.4)
assert not compiled.traces and compiled.traces.reasons == [compiled.left_out]
"""


def compiled_in_others(threads: int, times: int) -> None:
    """Ask for machine code in several interpreters at once: the main one makes it if it can, the others run Python."""
    warnings.simplefilter("ignore", CompilationWarning)
    compiled = minitorch.compile(series)
    failures: list[Any] = []

    def run() -> None:
        code = COMPILED_IN_ANOTHER.format(path=sys.path)
        if sys.version_info >= (3, 14):
            from concurrent import interpreters

            with contextlib.closing(interpreters.create()) as other:
                other.exec(code)
            return
        try:
            import _interpreters
        except ImportError:
            import _xxsubinterpreters as _interpreters  # type: ignore[import-not-found,no-redef,unused-ignore]
        other = _interpreters.create("legacy") if sys.version_info >= (3, 13) else _interpreters.create(isolated=False)
        failures.append(_interpreters.run_string(other, code))
        _interpreters.destroy(other)

    started = [threading.Thread(target=run) for _ in range(threads)]
    for each in started:
        each.start()
    compiled.precompile(0.4)
    for each in started:
        each.join()
    assert not any(failures), failures
    assert compiled.left_out == why_unavailable()
    assert compiled.value_and_grad(0.4) == minitorch.value_and_grad(series)(0.4)


def derivatives_of_hooked(number: int) -> Any:
    """Return what a module rewritten in this interpreter has for derivatives, and functions of this file."""
    warnings.simplefilter("ignore", CompilationWarning)
    with minitorch.install_import_hook(["colorsys"]):
        sys.modules.pop("colorsys", None)
        import colorsys
    x = 0.31 + number / 10
    leaf = minitorch.Scalar(x)
    colorsys.rgb_to_hls(leaf, 0.3, 0.2)[1].backward()
    compiled = minitorch.compile(series)
    return (
        leaf.derivative,
        [minitorch.value_and_grad(f)(x) for f in FUNCTIONS],
        [minitorch.grad(minitorch.grad(f))(x) for f in FUNCTIONS],
        minitorch.jvp(series, (x,), (1.0,)),
        compiled.value_and_grad(x),
    )


def pool_of_interpreters(threads: int, times: int) -> None:
    """Take derivatives in a pool of interpreters, which Python 3.14 brought, and the same in this one."""
    from concurrent.futures import InterpreterPoolExecutor  # type: ignore[attr-defined,unused-ignore]

    # The executor's interpreters import this file by its name.
    here: Any = importlib.import_module(Path(__file__).stem)
    with InterpreterPoolExecutor(max_workers=threads) as pool:
        found = list(pool.map(here.derivatives_of_hooked, range(threads * times)))
    assert found == [derivatives_of_hooked(number) for number in range(threads * times)]


PROGRAMS = {
    each.__name__: each
    for each in (
        second_derivatives,
        everything,
        compiled_at_once,
        recorded_while_callers_hold_locks,
        compiled_in_others,
        pool_of_interpreters,
    )
}

if __name__ == "__main__":
    warnings.simplefilter("ignore", minitorch.SpecialPointWarning)
    PROGRAMS[sys.argv[1]](*(int(given) for given in [*sys.argv[2:], *["16", "100"][len(sys.argv) - 2 :]]))
