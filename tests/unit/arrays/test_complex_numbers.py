"""Complex numbers made of Scalars, given to numpy: its own values, derivatives of their parts, histories in arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch

Function = Callable[[Any], Any]

NAMES = """sin cos tan arcsin arctan arcsinh arctanh sinh cosh tanh exp exp2 expm1 log log2 log10 log1p sqrt square
absolute conjugate real imag angle negative reciprocal sign max min mean sum prod asarray array atleast_1d nan_to_num
cumsum transpose ravel""".split()

OTHERS: dict[str, Function] = {
    "+": lambda z: np.add(z, 2.0),
    "*": lambda z: np.multiply(z, z),
    "/": lambda z: np.divide(1.0, z),
    "**": lambda z: np.power(z, 2.5),
    "a list of it": lambda z: np.array([z, 1.0]).sum(),
    "times an array": lambda z: z * np.array([1.0, 2.0]),
    "an array times it": lambda z: np.array([1.0, 2.0]) * z,
    "an array minus it": lambda z: np.subtract(np.ones(3), z),
    "outer": lambda z: np.outer(z, [1.0, 2.0]),
    "rotation": lambda z: np.exp(1j * z),
    "polyval": lambda z: np.polyval([1.0, 2.0, 3.0], z),
    "where": lambda z: np.where(True, z, 0.0),
    "full": lambda z: np.full(3, z),
    "linspace": lambda z: np.linspace(0, z, 3),
    "vdot": lambda z: np.vdot(z, z),
    "written": lambda z: written(z),
    "asked": lambda z: z if np.iscomplexobj(z) and np.isfinite(z) and not np.isreal(z) else None,
}
CASES: dict[str, Function] = {**{name: getattr(np, name) for name in NAMES}, **OTHERS}
STEP = 1e-6


def written(z: Any) -> Any:
    made = np.zeros(3, complex)
    made[1] = z
    return made * z


def parts(f: Function) -> Callable[[float, float], list[Any]]:
    return lambda a, b: [np.real(f(a + 1j * b)), np.imag(f(a + 1j * b))]


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives_by_both_parts(name: str) -> None:
    f = parts(CASES[name])
    for tangent in ((1.0, 0.0), (0.0, 1.0)):
        value, pushed = minitorch.jvp(f, (0.6, 0.3), tangent)
        for ours, theirs in zip(value, f(0.6, 0.3), strict=True):
            # numpy's own square has other digits by the place in memory.
            assert np.allclose(ours, theirs, rtol=1e-15, atol=0) and np.shape(ours) == np.shape(theirs)
        ahead = f(0.6 + STEP * tangent[0], 0.3 + STEP * tangent[1])
        behind = f(0.6 - STEP * tangent[0], 0.3 - STEP * tangent[1])
        for ours, high, low in zip(pushed, ahead, behind, strict=True):
            assert np.allclose(ours, (high - low) / (2 * STEP), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_reverse_is_forward(name: str) -> None:
    f = parts(CASES[name])
    value, pushed = minitorch.jvp(f, (0.6, 0.3), (0.7, -0.4))
    cotangents = [np.full(np.shape(y), 0.3 + k) if np.ndim(y) else 0.3 + k for k, y in enumerate(value)]
    shares = minitorch.vjp(f, 0.6, 0.3)[1](cotangents)
    along = sum(float(np.sum(np.multiply(c, p))) for c, p in zip(cotangents, pushed, strict=True))
    assert 0.7 * shares[0] - 0.4 * shares[1] == pytest.approx(along, rel=1e-12, abs=1e-12)


def test_an_element_is_a_complex_number_with_a_history() -> None:
    def f(x: Any) -> Any:
        z = np.exp(1j * x)
        return complex(z[1]).real * abs(z[0]) + z.tolist()[2].imag

    x = np.array([0.2, 0.5, 0.9])
    assert minitorch.grad(f)(x) == pytest.approx([0.0, -np.sin(0.5), np.cos(0.9)], rel=1e-12, abs=1e-12)
