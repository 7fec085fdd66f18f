"""Ways on which a number may be lost sight of, written for floats. Nothing here knows of derivatives."""

from __future__ import annotations

import array
import bisect
import cmath
import copy
import decimal
import fractions
import functools
import heapq
import itertools
import json
import math
import operator
import struct
from collections.abc import Callable
from typing import Any

Function = Callable[[float], Any]


def cases(x: float) -> float:
    """Patterns that ask for a float."""
    match x:
        case int():
            return 0.0
        case float():
            return x * 2
        case _:
            return 0.0


KEPT: dict[str, Function] = {
    "float": lambda x: float(x) * 3,
    "math": lambda x: math.sin(x) + math.atan2(x, 2),
    "cmath": lambda x: abs(cmath.exp(complex(x, 2 * x))),
    "operator": lambda x: operator.mul(x, x) + operator.neg(x),
    "sum": lambda x: sum([x, 2, x]) + sum((x * i for i in range(3)), x),
    "fsum": lambda x: math.fsum([x, x, 1.0]),
    "prod": lambda x: math.prod([x, 3, x], start=x),
    "dist": lambda x: math.dist((x, 1), (2, x * x)),
    "hypot": lambda x: math.hypot(x, 2 * x, 1),
    "isinstance": lambda x: x * 2 if isinstance(x, float) and not isinstance(x, int) else 0.0,
    "type": lambda x: x * 2 if type(x) is float and type(x).__name__ == "float" else 0.0,
    "case float": cases,
    "map": lambda x: sum(map(math.sin, [x, 2 * x])),
    "key": lambda x: min([x * 9, x, 2.0], key=float) + sorted([x, 0.25, 2 * x], key=math.cos)[0],
    "reduce": lambda x: functools.reduce(operator.mul, [x, x, 3]),
    "accumulate": lambda x: sum(itertools.accumulate([x, x, 2], operator.mul)),
    "partial": lambda x: functools.partial(math.pow, x)(3),
    "a dict of functions": lambda x: {"sin": math.sin, "float": float}["sin"](x),
    "real": lambda x: x.real * 2,
    "conjugate": lambda x: x.conjugate() * 2,
    "copy": lambda x: copy.copy(x) * copy.deepcopy([x, 1])[0],
    "heapq": lambda x: heapq.nsmallest(2, [2.0, x, 0.1])[1] * 2,
    "bisect": lambda x: [x, 2 * x, 3 * x][bisect.bisect([0.1, 0.2, 9.0], x)],
    "a dict of numbers": lambda x: {x: x * 2}[x] if x in {x} else 0.0,
    "an attribute": lambda x: vars(functools.partial(abs, x)).setdefault("value", x * 5),
}
"""Ways on which the derivative is kept."""

ANSWERED: dict[str, Function] = {
    "f-string": lambda x: f"{x:.3f} {x} {x:>8}",
    "str": lambda x: str(x) + format(x, "e") + "{:g}".format(*[x]),
    "%": lambda x: "%f %s %d" % (x, x, x) + "%(x)g" % {"x": x},  # noqa: UP031
    "hex": lambda x: x.hex(),
    "is_integer": lambda x: x.is_integer(),
    "as_integer_ratio": lambda x: x.as_integer_ratio(),
    "imag": lambda x: x.imag,
    "int": lambda x: int(x * 5),
    "round": lambda x: round(x),
    "floor": lambda x: (math.floor(x), math.ceil(x), math.trunc(x)),
    "range": lambda x: list(range(int(x * 5))),
    "==": lambda x: [x == 0.7, x != 0.7, x == 1, x == "0.7", x is None],
    "in": lambda x: [x in [0.7], x in (1, 2), 0.7 in {x}, x in {0.7: 1}],
    "a set": lambda x: len({x, 0.7, 1.5}),
    "hash": lambda x: hash(x) == hash(0.7),
}
"""Questions about the number whose answers have no derivative."""


def to_decimal(x: float) -> Any:
    """An exact decimal number."""
    return decimal.Decimal(x)


LOST: dict[str, Function] = {
    "array": lambda x: array.array("d", [x]),
    "decimal": to_decimal,
    "fractions": lambda x: fractions.Fraction(x),
    "json": lambda x: json.dumps({"list": [1, x]}),
    "struct": lambda x: struct.pack("<d", x),
    "an element of an array": lambda x: operator.setitem(array.array("d", [0.0]), 0, x),
    "bytes": lambda x: struct.Struct("d").pack(x),
}
"""Ways on which no derivative can follow."""

REFUSED_BY_PYTHON = frozenset({"bytes"})
"""Of those: where Python refuses what is not exactly a float, with its own message."""

calls: list[float] = []


@functools.lru_cache(maxsize=9)
def cached(x: float, scale: Any = (1.0,)) -> float:
    """A function that remembers what it gave."""
    calls.append(x)
    return x * x * scale[0]


def through_cache(x: float) -> float:
    """The same call twice, and one with the number inside a tuple."""
    return cached(x) + cached(x) + cached(2.0, (x,))


memory: dict[float, float] = {}


def remembering(x: float) -> float:
    """A function that keeps what it gave in a global dict."""
    if x not in memory:
        memory[x] = x * x
    return memory[x]


def collecting(x: float, seen: list[float] = []) -> float:  # noqa: B006
    """A function that keeps its argument in a default argument."""
    seen.append(x)
    return seen[0] * x
