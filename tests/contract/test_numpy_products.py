"""Products of arrays have numpy's digits, however their operands lie in memory: BLAS has loops for each way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import minitorch
from minitorch import Tensor

LAYOUTS: Final[dict[str, Callable[[Any], Any]]] = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[..., ::-1].copy()[..., ::-1],
    "not aligned": lambda x: np.frombuffer(b"." + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape),
}

PRODUCTS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "np.dot(x, y)": np.dot,
    "np.dot(y, x)": lambda x, y: np.dot(y, x),
    "x.dot(y)": lambda x, y: x.dot(y),
    "x @ y": lambda x, y: x @ y,
    "y @ x": lambda x, y: y @ x,
    "x @ x.T": lambda x, y: x @ x.T,
    "np.dot(x.T, x)": lambda x, y: np.dot(x.T, x),
    "np.inner(x, y)": np.inner,
    "np.inner(y, x)": lambda x, y: np.inner(y, x),
    "np.vdot(x, y)": np.vdot,
    "np.tensordot(x, y, 1)": lambda x, y: np.tensordot(x, y, 1),
    "np.einsum('...i,...i', x, y)": lambda x, y: np.einsum("...i,...i", x, y),
    "np.cov(x)": lambda x, y: np.cov(x),
    **{f"np.{name}(x, y)": getattr(np, name) for name in ("vecdot", "matvec", "vecmat") if hasattr(np, name)},
    **{f"np.linalg.{name}(x, y)": getattr(np.linalg, name) for name in ("vecdot",) if hasattr(np.linalg, name)},
}

SHAPES: Final = [(), (1,), (3,), (8,), (17,), (3, 3), (8, 8), (17, 3), (3, 17), (2, 3, 3), (1, 8, 8)]


def pairs(kind: type) -> list[tuple[Any, Any]]:
    """Return arrays of all pairs of shapes."""
    draw = np.random.default_rng(0)

    def array(shape: tuple[int, ...]) -> Any:
        parts = draw.normal(size=(2, *shape))
        return np.asarray(parts[0] + 1j * parts[1] if kind is complex else parts[0], kind)

    return [(array(one), array(other)) for one in SHAPES for other in SHAPES]


def laid_out(x: Any) -> list[Any]:
    """Return an array in all layouts that its shape has."""
    return [way(x) for way in LAYOUTS.values()] if x.ndim else [x]


@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
@pytest.mark.parametrize("kind", [float, complex, np.float32], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", PRODUCTS)
def test_digits_are_those_of_numpy(name: str, kind: type) -> None:
    product, compared = PRODUCTS[name], 0
    for x, y in pairs(kind):
        try:
            with np.errstate(all="ignore"):
                product(x, y)
        except (ValueError, IndexError):
            # The shapes do not go together.
            continue
        for one in laid_out(x):
            for other in laid_out(y):
                expected = np.asarray(product(one, other))
                found = np.asarray(minitorch.detach(product(Tensor(one), other)))
                assert found.dtype == expected.dtype
                assert np.array_equal(found, expected, equal_nan=True)
                compared += 1
    assert compared > 100
