"""Random programs of views and writes over a few arrays, run on plain arrays and on Tensors alike."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

SLICES = (
    slice(None), slice(1, None), slice(None, -1), slice(None, None, -1), slice(None, None, 2), slice(1, 3),
)  # fmt: skip


class ArrayProgram:
    """A program that is chosen by a seed: `run` does the same steps on whatever arrays it is given."""

    def __init__(self, seed: int, steps: int = 12) -> None:
        self.seed = seed
        self.steps = steps

    def run(self, first: Any, copy: Any) -> Any:
        """Return a number made of all arrays in the end.

        Args:
            first: the input, an array of shape (3, 4).
            copy: what makes an array that may be written to of any other.
        """
        choose = random.Random(self.seed)
        base = copy(first)
        arrays = [base, copy(first * 0.5), first * 1.5]
        for _ in range(self.steps):
            self.step(choose, arrays, copy)
        total = 0.0
        for weight, array in enumerate(arrays):
            total = total + np.sum(np.sin(array) * (weight + 1.0))
        return total

    def step(self, choose: random.Random, arrays: list[Any], copy: Any) -> None:
        """Do one step: take a view, compute, or write."""
        x = choose.choice(arrays)
        y = choose.choice(arrays)
        kind = choose.randrange(14)
        if kind == 0 and x.ndim:
            arrays.append(x[choose.choice(SLICES)])
        elif kind == 1 and x.ndim == 2:
            arrays.append(x[:, choose.choice(SLICES)])
        elif kind == 2:
            arrays.append(x.T)
        elif kind == 3:
            arrays.append(x.reshape(-1))
        elif kind == 4 and x.ndim and len(x):
            x[choose.randrange(len(x))] = choose.uniform(-1.0, 1.0)
        elif kind == 5 and x.ndim and len(x):
            row = choose.randrange(len(x))
            x[row] = np.cos(x[row]) + 0.1 * np.sum(y)
        elif kind == 6:
            x *= 0.5
        elif kind == 7 and x.size and x.shape == y.shape:
            x += 0.3 * y
        elif kind == 8:
            x[x > 0.41379] = 0.25
        elif kind == 9 and x.size:
            arrays.append(copy(x) * np.tanh(x))
        elif kind == 10 and x.shape == y.shape:
            np.multiply(x, y, out=x)
        elif kind == 11 and x.ndim == 1 and len(x) > 2:
            x[1:] = x[:-1] * 0.9
        elif kind == 12 and x.ndim and len(x) > 1:
            x[[0, -1]] += 0.2
        elif kind == 13:
            x[...] = np.sin(x)
        del arrays[:-8]
