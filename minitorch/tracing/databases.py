"""What sqlite3 does with a Variable: it asks whoever adapts values of that type, and nobody else gets a word in.

sqlite3 has an error of its own for values of types that it does not know, which says nothing of derivatives.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["UNTOLD", "tell_databases"]

UNTOLD: Final = ["sqlite3"]
"""The modules that do not know of Scalars yet; asking whether one of them is there costs no call."""


def tell_databases() -> None:
    """Have sqlite3, if it is there, ask a Variable for its plain number, which says what gets lost."""
    sqlite3: Any = sys.modules.get("sqlite3")
    if UNTOLD and hasattr(sqlite3, "register_adapter"):
        UNTOLD.clear()
        sqlite3.register_adapter(Scalar, float)
        sqlite3.register_adapter(Indicator, int)
