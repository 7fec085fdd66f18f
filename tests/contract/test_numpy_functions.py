"""Every function of numpy's with a derivative: its value to the last bit, and its derivatives of two orders."""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy_differences import slope
from numpy_expressions import EXPRESSIONS, POLYNOMIAL_EXPRESSIONS

import minitorch
from minitorch import Tensor

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::minitorch.SpecialPointWarning"),
]

POINT = np.array([0.93, 0.38, 1.7, 0.61, 1.28, 2.13, 0.77, 0.44, 1.51])
DIRECTION = np.array([0.31, -0.22, 0.17, 0.43, -0.38, 0.29, -0.14, 0.36, 0.21])

MODULES = {
    "polynomial": ("Polynomial", "poly"), "chebyshev": ("Chebyshev", "cheb"), "legendre": ("Legendre", "leg"),
    "hermite": ("Hermite", "herm"), "hermite_e": ("HermiteE", "herme"), "laguerre": ("Laguerre", "lag"),
}  # fmt: skip


def texts() -> list[str]:
    """The expressions, those of polynomials for each of their modules."""
    found = [part.strip() for line in EXPRESSIONS.splitlines() for part in line.split("; ") if part.strip()]
    for module, (cls, prefix) in MODULES.items():
        for part in POLYNOMIAL_EXPRESSIONS.replace("\n", "; ").split("; "):
            text = part.replace("M.C", f"np.polynomial.{cls}").replace("M.N", f"np.polynomial.{module}.{prefix}")
            if text.strip():
                found.append(text.strip())
    return [text for text in found if exists(text)]


def exists(text: str) -> bool:
    """Whether all functions in an expression are there in this version of numpy."""
    for name in re.findall(r"np((?:\.[A-Za-z_]\w*)+)", text):
        owner: Any = np
        for part in name[1:].split("."):
            if not hasattr(owner, part):
                return False
            owner = getattr(owner, part)
    return True


TEXTS = list(dict.fromkeys(texts()))


@functools.cache
def programs() -> dict[str, Callable[..., Any]]:
    """The expressions as functions of nine numbers, in a module with a source of its own."""
    lines = ["import numpy as np", ""]
    for index, text in enumerate(TEXTS):
        lines += [
            f"def program_{index}(u):",
            "    s, v, x, a = u[0], u[:4], u[:6].reshape(2, 3), u.reshape(3, 3)",
            "    z, p = x + 1j * u[3:].reshape(2, 3), a.T @ a + np.eye(3)",
            f"    return {text}",
            "",
        ]
    folder = Path(tempfile.mkdtemp())
    (folder / "numpy_programs.py").write_text("\n".join(lines))
    spec = importlib.util.spec_from_file_location("numpy_programs", folder / "numpy_programs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["numpy_programs"] = module
    spec.loader.exec_module(module)
    return {text: getattr(module, f"program_{index}") for index, text in enumerate(TEXTS)}


def parts_of(result: Any) -> list[Any]:
    """The arrays and numbers in a result."""
    if isinstance(result, (tuple, list)):
        return [part for item in result for part in parts_of(item)]
    return [np.asarray(result)] if not isinstance(result, (Tensor, minitorch.Scalar)) else [result]


def weighed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The sum of all elements of a result, each with a weight of its own."""

    def total(u: Any) -> Any:
        found: Any = 0.0
        for part in parts_of(function(u)):
            if part.dtype.kind in "fc" and part.size:
                weights = np.cos(np.arange(part.size)).reshape(part.shape)
                found = found + np.sum(
                    np.real(part * weights) + (np.imag(part * weights) if part.dtype.kind == "c" else 0.0)
                )
        return found

    return total


@pytest.mark.parametrize("text", TEXTS)
def test_value_and_derivatives(text: str) -> None:
    program = programs()[text]
    expected = parts_of(program(POINT))
    found = [np.asarray(minitorch.detach(part)) for part in parts_of(minitorch.trace(program)(Tensor(POINT)))]
    assert [part.shape for part in found] == [part.shape for part in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other, equal_nan=True), (one, other)
    total = weighed(program)
    gradient = minitorch.grad(total)
    first = gradient(POINT) @ DIRECTION
    difference = slope(lambda h: total(POINT + h * DIRECTION))
    assert abs(first - difference) < 1e-8 * max(1.0, abs(difference)), (first, difference)
    forward = minitorch.jvp(total, (POINT,), (DIRECTION,))[1]
    assert abs(first - forward) < 1e-12 * max(1.0, abs(first), np.abs(gradient(POINT)).max()), (first, forward)
    second = minitorch.jvp(lambda u: gradient(u) @ DIRECTION, (POINT,), (DIRECTION,))[1]
    difference = slope(lambda h: gradient(POINT + h * DIRECTION) @ DIRECTION)
    assert abs(second - difference) < 1e-6 * max(1.0, abs(difference)), (second, difference)
