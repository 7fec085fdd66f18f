"""A lost history that somebody swallows: values and derivatives stay right, or the run says that they would not be."""

from __future__ import annotations

import array
import concurrent.futures
import contextlib
import ctypes
import importlib
import math
import struct
import types
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.linalg

import minitorch
from minitorch import HistoryLostError

Function = Callable[[float], Any]


def packed(x: float) -> float:
    try:
        return len(struct.pack("d", x)) * x
    except TypeError:
        return -1.0


def suppressed(x: float) -> float:
    volume = -1.0
    with contextlib.suppress(Exception):
        volume = struct.unpack("d", struct.pack("d", x))[0] * x
    return volume


def with_an_else(x: float) -> float:
    try:
        text = struct.pack("d", x * x)
    except Exception:
        return -x
    else:
        return len(text) * x


def by_the_library(x: float) -> float:
    return float(mpmath.besselj(0, x))


def drawn(x: float) -> float:
    try:
        return float(np.random.default_rng(0).poisson(x))
    except TypeError:
        return -1.0


def of_scipy(x: float) -> float:
    try:
        return float(scipy.linalg.lapack.dgetrf(np.array([[x, 1.0], [1.0, 3.0]]))[0][0, 0])
    except Exception:
        return -1.0


def in_a_generator(x: float) -> float:
    def parts() -> Any:
        try:
            yield len(struct.pack("d", x))
        except TypeError:
            yield -1.0

    return sum(parts()) * x


def in_a_nested_derivative(x: float) -> float:
    def inner(y: float) -> float:
        return len(struct.pack("d", y)) * y

    try:
        return minitorch.grad(inner)(x)
    except TypeError:
        return -1.0


def by_any_means(x: float) -> float:
    try:
        return len(struct.pack("d", x)) * x
    except:  # noqa: E722  what is tested
        return -1.0


def by_returning(x: float) -> float:
    volume = -1.0
    try:
        volume = len(struct.pack("d", x)) * x
    finally:
        return volume  # noqa: B012  what is tested


def by_a_stack(x: float) -> float:
    volume = -1.0
    with contextlib.ExitStack() as stack:
        stack.push(lambda *error: True)
        volume = len(struct.pack("d", x)) * x
    return volume


class Asked:
    def __init__(self, x: float) -> None:
        self.x = x

    @property
    def volume(self) -> float:
        try:
            return len(struct.pack("d", self.x)) * self.x
        except TypeError as error:
            raise AttributeError("volume") from error

    def __eq__(self, other: object) -> bool:
        try:
            return struct.pack("d", self.x) == struct.pack("d", other.x)  # type: ignore[attr-defined]
        except TypeError:
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]


def in_a_pool(x: float) -> float:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: len(struct.pack("d", x)) * x)
        return done.result() if done.exception() is None else -1.0


def in_objects_of_c(x: float) -> float:
    try:
        return ctypes.c_double(x).value + array.array("d", [x])[0]
    except TypeError:
        return -1.0


def in_a_masked_array(x: float) -> float:
    try:
        return float(np.ma.masked_less([x, 2.0, 3.0], 2.5).sum())
    except TypeError:
        return -1.0


SWALLOWING: dict[str, Function] = {
    "except": by_any_means,
    "return in finally": by_returning,
    "an ExitStack": by_a_stack,
    "hasattr": lambda x: x * 2.0 if hasattr(Asked(x), "volume") else -1.0,
    "getattr with a default": lambda x: getattr(Asked(x), "volume", -1.0),
    "__eq__ that gives up": lambda x: x * 2.0 if Asked(x) == Asked(x * 1.0) else -1.0,
    "a pool": in_a_pool,
    "objects of C": in_objects_of_c,
    "a masked array": in_a_masked_array,
    "except TypeError": packed,
    "suppress": suppressed,
    "except Exception, else": with_an_else,
    "a library that swallows": by_the_library,
    "numpy's refusal": drawn,
    "scipy's refusal of objects": of_scipy,
    "a generator": in_a_generator,
}

DERIVATIVES: dict[str, Callable[[Function, float], Any]] = {
    "grad": lambda f, x: minitorch.grad(f)(x),
    "value_and_grad": lambda f, x: minitorch.value_and_grad(f)(x),
    "jvp": lambda f, x: minitorch.jvp(f, (x,), (1.0,)),
    "vjp": lambda f, x: minitorch.vjp(f, x),
    "linearize": lambda f, x: minitorch.linearize(f, x),
    "jacobian": lambda f, x: minitorch.jacobian(f)(x),
    "hessian": lambda f, x: minitorch.hessian(f)(x),
    "report": lambda f, x: minitorch.report(f, x),
}


@pytest.mark.parametrize("way", DERIVATIVES)
@pytest.mark.parametrize("name", SWALLOWING)
def test_a_derivative_raises_what_was_swallowed(name: str, way: str) -> None:
    with pytest.raises(HistoryLostError, match=r"(?s)would lose the derivative.*This error was caught"):
        DERIVATIVES[way](SWALLOWING[name], 2.5)


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
@pytest.mark.parametrize("name", SWALLOWING)
def test_compiled_calls_give_the_plain_value(name: str) -> None:
    plain = SWALLOWING[name]
    compiled = minitorch.compile(plain)
    for x in (2.5, 2.5, 3.5):
        assert compiled(x) == plain(x)
    for x in (2.5, 2.5, 3.5):
        with pytest.raises(HistoryLostError):
            compiled.value_and_grad(x)


def test_an_enclosing_derivative_knows_what_was_swallowed_inside() -> None:
    with pytest.raises(HistoryLostError, match="This error was caught"):
        minitorch.grad(in_a_nested_derivative)(2.5)


def test_what_is_raised_again_is_as_it_was() -> None:
    class Failed(Exception):
        pass

    def again(x: float) -> int:
        try:
            return len(struct.pack("d", x))
        except TypeError:
            raise

    def another(x: float) -> int:
        try:
            return len(struct.pack("d", x))
        except TypeError as error:
            raise Failed from error

    with pytest.raises(HistoryLostError) as raised:
        minitorch.grad(again)(2.0)
    assert "This error was caught" not in str(raised.value)
    with pytest.raises(Failed):
        minitorch.grad(another)(2.0)


def test_a_refusal_to_others_is_not_this_run_s() -> None:
    leaf = minitorch.Scalar(3.0)

    def aside(x: float) -> float:
        with contextlib.suppress(TypeError):
            struct.pack("d", leaf)
        with contextlib.suppress(TypeError):
            minitorch.grad(lambda y: len(struct.pack("d", y)) * y)(4.0)
        return x * x

    assert minitorch.value_and_grad(aside)(3.0) == (9.0, 6.0)
    assert leaf.derivative is None


def test_threads_of_a_run_belong_to_it() -> None:
    # What a pool calls nobody follows: it has to be traced by itself.
    minitorch.trace(packed)

    def in_a_thread(x: float) -> float:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return x * pool.submit(packed, x).result()

    with pytest.raises(HistoryLostError, match="This error was caught"):
        minitorch.grad(in_a_thread)(2.0)


def test_the_next_run_starts_afresh() -> None:
    with pytest.raises(HistoryLostError):
        minitorch.grad(packed)(2.0)
    assert minitorch.grad(lambda x: x * x)(2.0) == 4.0


def determinant(x: float) -> float:
    try:
        return np.linalg.det(np.array([[x, 1.0], [1.0, 3.0]]))
    except TypeError:
        return -1.0


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_a_determinant_is_kept() -> None:
    value = float(determinant(2.0))
    assert minitorch.value_and_grad(determinant)(2.0) == (value, 3.0)
    assert minitorch.jvp(determinant, (2.0,), (1.0,)) == (value, 3.0)
    compiled = minitorch.compile(determinant)
    for _ in range(3):
        assert compiled(2.0) == value
        assert compiled.value_and_grad(2.0) == (value, 3.0)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_linear_algebra(size: int) -> None:
    rng = np.random.default_rng(size)
    a, b = rng.normal(size=(size, size)), rng.normal(size=size)
    cofactors = np.linalg.det(a) * np.linalg.inv(a).T
    assert np.allclose(minitorch.grad(lambda m: np.linalg.det(m))(a), cofactors)
    x = np.linalg.solve(a, b)
    adjoint = np.linalg.solve(a.T, 2 * x)
    by_a, by_b = minitorch.grad(lambda m, v: np.sum(np.linalg.solve(m, v) ** 2), argnums=(0, 1))(a, b)
    assert np.allclose(by_a, -np.outer(adjoint, x)) and np.allclose(by_b, adjoint)
    second = minitorch.hessian(lambda t: np.sum(np.linalg.inv(a * t)))(2.0)
    assert math.isclose(second, np.sum(np.linalg.inv(a)) / 4, rel_tol=1e-9)


def test_a_singular_matrix_has_a_derivative() -> None:
    diagonal = np.diag([1.0, 2.0, 3.0, 4.0, 0.0])
    expected = np.zeros((5, 5))
    expected[4, 4] = 24.0
    assert np.array_equal(minitorch.grad(lambda m: np.linalg.det(m))(diagonal), expected)


def test_many_matrices_at_once() -> None:
    a = np.random.default_rng(0).normal(size=(2, 3, 3))
    expected = np.linalg.det(a)[:, None, None] * np.swapaxes(np.linalg.inv(a), 1, 2)
    assert np.allclose(minitorch.grad(lambda m: np.sum(np.linalg.det(m)))(a), expected)


def test_hooked_modules(project: Any) -> None:
    project.write("swallowing.py", "import struct\ndef f(x):\n    try:\n        return len(struct.pack('d', x)) * x\n"
                  "    except TypeError:\n        return -1.0\n")  # fmt: skip
    with minitorch.install_import_hook(["swallowing"]):
        module: types.ModuleType = importlib.import_module("swallowing")
        with pytest.raises(HistoryLostError, match="This error was caught"):
            minitorch.grad(module.f)(2.0)
        assert module.f(2.0) == 16.0
