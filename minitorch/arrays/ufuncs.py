"""numpy's elementwise functions: which row of the scalars' table each one takes its partial derivatives from.

    np.sin     the row "Sin": numpy's own value, the row's partial

What the table has no row for, or not on every Python, has its partials here, in the same style.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from minitorch.rules.real import RULES, Rule, zero

__all__ = ["PARTIALS", "PREDICATES", "ROWS"]

ROWS: Final[dict[str, Rule]] = {name: rule for rule in RULES.values() for name in rule.numpy}
"""By the name of a ufunc: the row whose partial derivatives it has."""

PARTIALS: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "exp2": (lambda x, y: y * math.log(2.0),),
    "cbrt": (lambda x, y: 1.0 / (3.0 * y * y) if y else math.inf,),
    "square": (lambda x, y: 2.0 * x,),
    "sign": (zero,),
    "floor": (zero,),
    "ceil": (zero,),
    "trunc": (zero,),
    "rint": (zero,),
    "heaviside": (zero, lambda x, y, z: 1.0 if x == 0 else 0.0),
    "logaddexp": (lambda x, y, z: math.exp(x - z), lambda x, y, z: math.exp(y - z)),
    "logaddexp2": (lambda x, y, z: 2.0 ** (x - z), lambda x, y, z: 2.0 ** (y - z)),
    "signbit": (zero,),
}
"""By the name of a ufunc that the table has no row for, or not on every Python: its partial derivatives."""

PREDICATES: Final = frozenset({"isnan", "isinf", "isfinite", "signbit"})
"""Ufuncs whose results are true or false."""
