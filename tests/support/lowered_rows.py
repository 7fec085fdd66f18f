"""Inputs for every row of the rules, and what machine code must say to them."""

from __future__ import annotations

import itertools
import math
import random
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.machine_code.lowering.machine import MachineCode, lower
from minitorch.machine_code.program import Node, Operation
from minitorch.rules.real import RULES

LEAVES = "leaves to Python"

SPECIAL = [
    0.0, 1.0, 0.5, 1.5, 2.0, 2.5, 3.0, 4503599627370497.5, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-8, 0.1, 0.7,
    math.pi, 709.7, 710.5, 1e16, 1e200, 8.9e307, 1.7976931348623157e308, math.inf,
]  # fmt: skip
GRID = [*SPECIAL, *(-x for x in SPECIAL), math.nan]
FEWER = [0.0, -0.0, 1.5, -3.0, 0.1, 5e-324, -1e-310, 1e200, -8.9e307, math.inf, -math.inf, math.nan]
FEW = [0.0, -1.5, 3.25, 1e200, -math.inf, math.nan]

ARITIES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("Add", "Sub", "Mul", "TrueDiv", "FloorDiv", "Mod", "Pow", "MathPow"), (2,)),
    **dict.fromkeys(("LT", "LE", "GT", "GE", "EQ", "NE", "Atan2", "Fmod", "Remainder", "Copysign"), (2,)),
    **dict.fromkeys(("Fmax", "Fmin"), (2,)),
    "Nextafter": (2, 3) if sys.version_info >= (3, 12) else (2,), "Log": (1, 2),
    "Hypot": (0, 1, 2, 3), "Dist": (2, 4), "Fsum": (1, 2, 3), "Prod": (1, 2, 3),
    "Sum": (1, 2, 3, 4), "Sumprod": (2, 4), "DirectionCosine": (3,), "Fma": (3,), "Round": (2,), "Ldexp": (2,),
    "IsClose": (4,),
}  # fmt: skip
"""How many inputs the rows have, other than one."""

WHOLE: dict[str, dict[int, list[int]]] = {
    "Round": {1: [0, 2, -1, 17, 400, -400]},
    "Ldexp": {1: [0, 1, -1, 1000, -1074, 1024, 5000, -5000, 10**6]},
    "Nextafter": {2: [0, 1, 5]},
}
"""The inputs that must be ints, by their positions."""

CASES = [(name, arity) for name in RULES for arity in ARITIES.get(name, (1,))]


def inputs_of(name: str, arity: int) -> Iterator[tuple[float, ...]]:
    """Inputs at special values and some at random."""
    axis = GRID if arity <= 2 else FEWER if arity == 3 else FEW
    whole = WHOLE.get(name, {})
    yield from itertools.product(*([float(n) for n in whole.get(i, ())] or axis for i in range(arity)))
    chosen = random.Random(arity)
    draws: list[Callable[[], float]] = [
        lambda: chosen.uniform(-3.0, 3.0),
        lambda: chosen.gauss(0.0, 1.0) * 10.0 ** chosen.randint(-12, 12),
        lambda: struct.unpack("<d", chosen.randbytes(8))[0],
    ]
    for index in range(150 if arity else 0):
        draw = draws[index % len(draws)]
        yield tuple(float(chosen.choice(whole[i])) if i in whole else draw() for i in range(arity))


def plain(name: str, inputs: Sequence[float]) -> float | str:
    """What Python gives, or that it raises or leaves the floats."""
    whole = WHOLE.get(name, {})
    try:
        result: Any = RULES[name].function(*(int(x) if i in whole else x for i, x in enumerate(inputs)))
    except (ArithmeticError, ValueError):
        return LEAVES
    return float(result) if isinstance(result, (float, int)) else LEAVES


def row(name: str, arity: int, fastmath: bool = False) -> MachineCode:
    """Machine code for one operation."""
    return lower(Node(arity, (Operation(name, tuple(range(arity))),), (arity,)), arity, 1, fastmath=fastmath)


def leaves(status: int, number: int, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    """The fallback: that the program did not answer."""
    return LEAVES


def may_leave(expected: float | str, name: str = "") -> bool:
    """Whether Python may be asked: where it raises, where its result is not finite, and for some subnormal lengths."""
    if isinstance(expected, str):
        return True
    subnormal = name in ("Hypot", "Dist") and 0.0 < abs(expected) < 4 * sys.float_info.min
    return not math.isfinite(expected) or (subnormal and sys.version_info < (3, 12))


def same(found: float | str, expected: float | str, name: str = "") -> bool:
    """Whether two results are the same to the last bit, or Python is asked where it may be."""
    if found == LEAVES or isinstance(found, str) or isinstance(expected, str):
        return found == LEAVES and may_leave(expected, name)
    return struct.pack("<d", found) == struct.pack("<d", expected) or (found != found and expected != expected)
