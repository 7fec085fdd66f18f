"""Random programs of views and writes over a few arrays, run on plain arrays and on Tensors alike.

ArrayProgram(7).run(np.ones((3, 4)))
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from array_program_steps import REAL_ONLY, STEPS
from array_program_views import logged

MAX_ARRAYS = 8
MAX_MAGNITUDE = 8.0


class ArrayProgram:
    """A program that is chosen by a seed: `run` does the same steps on whatever arrays it is given.

    Args:
        seed: chooses the program.
        length: how many steps it has.
        single: whether some arrays are of single precision.
        complex_arrays: whether some arrays are of complex numbers.
    """

    def __init__(self, seed: int, length: int = 16, single: bool = True, complex_arrays: bool = False) -> None:
        self.seed = seed
        self.length = length
        self.complex_arrays = complex_arrays
        self.steps = STEPS if single and not complex_arrays else [step for step in STEPS if step not in REAL_ONLY]

    def run(self, first: Any, log: list[Any] | None = None) -> Any:
        """Return a number made of all arrays in the end.

        Args:
            first: the input, an array of shape (3, 4).
            log: gets what was decided and raised, and the arrays in the end.
        """
        log = [] if log is None else log
        choose = random.Random(self.seed)
        arrays = [np.copy(first), first * 0.5, np.array(first[:, :3]).T * 1.5]
        if self.complex_arrays:
            arrays.append(first * (1.0 + 0.5j))
        for _ in range(self.length):
            x, y = choose.choice(arrays), choose.choice(arrays)
            step = choose.choice(self.steps)
            log.append(step.__name__)
            try:
                made = step(x, y, choose, log)
            except (ValueError, IndexError, TypeError) as error:
                log.append((type(error).__name__, str(error)))
            else:
                arrays += made if type(made) is list else [] if made is None else [made]
            self.tame(x, log)
            del arrays[:-MAX_ARRAYS]
        total = 0.0
        for weight, array in enumerate(arrays):
            total = total + np.sum(np.sin(array * 1.0)) * (weight + 1.0)
        log += arrays
        if self.complex_arrays:
            return total.real + 0.7 * total.imag
        return total

    def tame(self, x: Any, log: list[Any]) -> None:
        """Scale an array whose values have grown large, as far as it can be written to."""
        if x.size and x.flags.writeable and x.dtype.kind in "fc":
            large = np.abs(x) > MAX_MAGNITUDE
            if logged(log, large).any():
                x *= 0.05
