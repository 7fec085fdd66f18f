"""Snapshot `real` and `imag`, also of numpy's arrays of objects, which know nothing of the parts of their elements.

>>> part("imag")(3 - 4j)
-4.0
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from minitorch.recorder import faster
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.float_protocol import Tracked
from minitorch.transformer import Alias

__all__ = ["PARTS", "part"]


def part(name: str) -> Callable[[Any], Any]:
    """Make what reads `real` or `imag`; of an array with Variables and complex numbers, element by element."""
    read = operator.attrgetter(name)

    def reading(owner: Any, /) -> Any:
        kind = type(owner)
        if kind.__name__ != "ndarray" or kind.__module__ != "numpy" or owner.dtype != object:
            return read(owner)
        kinds = set(map(type, owner.flat))
        if not any(issubclass(each, Tracked) for each in kinds):
            return read(owner)
        if not any(issubclass(each, (ComplexScalar, complex)) for each in kinds):
            return read(owner)
        parts = owner.copy()
        for index, element in enumerate(owner.flat):
            parts.flat[index] = read(element)
        # numpy gives a view: what is written to it would have to arrive in the array.
        parts.setflags(write=False)
        return parts

    return reading


real_part, imag_part = part("real"), part("imag")
# Rewritten code has them among its constants and is pickled with their names.
real_part.__qualname__, imag_part.__qualname__ = "real_part", "imag_part"
real_part, imag_part = faster("attribute", "real")(real_part), faster("attribute", "imag")(imag_part)

PARTS: Final = {"real": Alias("real_part", real_part), "imag": Alias("imag_part", imag_part)}
"""Replacements of reading these attributes."""
