"""What sqlite3 does with a Variable: it asks whoever adapts values of that type, and nobody else gets a word in.

sqlite3 has an error of its own for values of types that it does not know, which says nothing of derivatives.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from minitorch.scalars.scalar import Indicator, Scalar

__all__ = ["speak_to_databases"]

_spoken_to: Final[list[Any]] = []


def speak_to_databases() -> None:
    """Have sqlite3, if it is there, ask a Variable for its plain number, which says what gets lost."""
    # No call of C: recordings are watched for those.
    if _spoken_to or "sqlite3" not in sys.modules:
        return
    sqlite3: Any = sys.modules["sqlite3"]
    if hasattr(sqlite3, "register_adapter"):
        _spoken_to.append(sqlite3)
        sqlite3.register_adapter(Scalar, float)
        sqlite3.register_adapter(Indicator, int)
