"""Functions that numba compiles: in plain calls its machine code, in derivatives the Python that it was made of."""

from __future__ import annotations

import importlib
import math
import pickle
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numba
import numpy as np
import psychrolib
import pytest
from hooked_project import Project

import minitorch

KERNELS = """
import math
import numpy
from numba import cfunc, jit, njit, prange, vectorize

@njit
def wave(x):
    return x * x + math.sin(x)

@njit
def calling(x):
    total = 0.0
    for _ in range(3):
        total += wave(x)
    return total

@jit(nopython=False, forceobj=True)
def in_object_mode(x):
    return wave(x) * 2.0

@njit(cache=True)
def cached(x):
    return x ** 3

@njit("float64(float64)")
def early(x):
    return x * 4.0 + x * x

@njit
def with_closure(x):
    def square(v):
        return v * v + x
    return square(x) * 2.0

@vectorize
def elementwise(x):
    return math.exp(x) * x

@vectorize(["float64(float64)"])
def elementwise_early(x):
    return math.exp(x) * x

@cfunc("float64(float64)")
def for_c(x):
    return x * x * 3.0

def reached(x):
    return calling(x) + cached(x) + early(x) + elementwise(x) + for_c(x)

@njit(parallel=True)
def squares(a):
    total = 0.0
    for i in prange(a.shape[0]):
        total += a[i] * a[i]
    return total
"""

NAMES = """
    wave calling in_object_mode cached early with_closure elementwise elementwise_early for_c reached
""".split()


@pytest.fixture(params=["plain", "hook"])
def kernels(project: Project, request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    name = f"kernels_{request.param}"
    project.write(f"{name}.py", KERNELS)
    if request.param == "hook":
        with minitorch.install_import_hook([name]):
            yield importlib.import_module(name)
    else:
        yield importlib.import_module(name)


@pytest.mark.filterwarnings("ignore:.*runs in Python")
@pytest.mark.parametrize("name", NAMES)
def test_a_function_of_numbas(kernels: ModuleType, name: str) -> None:
    f = getattr(kernels, name)
    step = 1e-6
    plain, slope = f(2.0), (f(2.0 + step) - f(2.0 - step)) / (2.0 * step)
    compiled = minitorch.compile(f)
    for _ in range(3):
        assert minitorch.value_and_grad(f)(2.0) == pytest.approx((plain, slope))
        assert minitorch.jvp(f, (2.0,), (1.0,)) == pytest.approx((plain, slope))
        assert compiled(2.0) == pytest.approx(plain)
        assert compiled.value_and_grad(2.0) == pytest.approx((plain, slope))
        assert f(2.0) == plain
    assert f(2) == plain, "of another type it compiles anew"


def test_arrays(kernels: ModuleType) -> None:
    a = np.arange(3.0)
    value, gradient = minitorch.value_and_grad(kernels.squares)(a)
    assert value == kernels.squares(a) == 5.0
    assert gradient.tolist() == [0.0, 2.0, 4.0]
    total = minitorch.grad(lambda a: kernels.elementwise(a).sum())(a)
    assert total == pytest.approx(np.exp(a) * (1.0 + a))


def test_traced_ones_go_on_to_be_numbas() -> None:
    @minitorch.trace
    @numba.njit
    def above(x: Any) -> Any:
        return math.sin(x) * x

    @numba.njit
    @minitorch.trace
    def below(x: Any) -> Any:
        return math.cos(x) * x

    @numba.njit
    def both(x: Any) -> Any:
        return above(x) + below(x)

    assert both(2.0) == pytest.approx(2.0 * (math.sin(2.0) + math.cos(2.0)))
    assert minitorch.grad(both)(2.0) == pytest.approx(3.0 * math.cos(2.0) - math.sin(2.0))
    x = minitorch.Scalar(2.0)
    above(x).backward()
    assert x.derivative == minitorch.grad(above)(2.0) == pytest.approx(math.sin(2.0) + 2.0 * math.cos(2.0))
    assert above.nopython_signatures and pickle.loads(pickle.dumps(both))(2.0) == both(2.0)


def test_a_function_is_differentiated_first_and_compiled_by_numba_later() -> None:
    def f(x: Any) -> Any:
        return math.exp(x) * x

    slope = minitorch.grad(f)(1.0)
    assert slope == pytest.approx(2.0 * math.e)
    assert numba.njit(f)(1.0) == math.e and numba.vectorize(f)(1.0) == math.e
    assert minitorch.grad(f)(1.0) == slope


def test_a_library_that_takes_numba_where_it_is_installed() -> None:
    assert psychrolib.has_numba
    psychrolib.SetUnitSystem(psychrolib.SI)
    step = 1e-5
    f = psychrolib.GetSatVapPres
    slope = (f(25.0 + step) - f(25.0 - step)) / (2.0 * step)
    assert minitorch.value_and_grad(f)(25.0) == pytest.approx((f(25.0), slope))
    compiled = minitorch.compile(lambda t: psychrolib.GetTWetBulbFromRelHum(t, 0.5, 101325.0))
    for _ in range(3):
        assert compiled.grad(25.0) == pytest.approx(0.9472745745865804)
