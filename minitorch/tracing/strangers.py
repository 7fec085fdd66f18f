"""Libraries in C that take values of types they know and have no good word for others: they are told of Variables.

sqlite3 asks whoever adapts values of a type, json asks a method in Python. Both then ask the Variable for its plain
number, which says what gets lost; one that is a constant by now is written as the float it is.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from minitorch.scalars.scalar import VARIABLE_TYPES, Indicator, Scalar

__all__ = ["UNTOLD", "tell_strangers"]


def tell_sqlite3(sqlite3: Any) -> None:
    """Have sqlite3 ask Variables for their plain numbers."""
    sqlite3.register_adapter(Scalar, float)
    sqlite3.register_adapter(Indicator, int)


def tell_json(json: Any) -> None:
    """Have json ask Variables for their plain numbers."""
    usual: Callable[[Any, Any], Any] = json.JSONEncoder.default

    @functools.wraps(usual)
    def default(self: Any, o: Any) -> Any:
        kind = type(o)
        if kind not in VARIABLE_TYPES:
            return usual(self, o)
        return bool(o) if kind is Indicator else float(o)

    json.JSONEncoder.default = default


TELLING: Final[dict[str, Callable[[Any], None]]] = {"json": tell_json, "sqlite3": tell_sqlite3}

UNTOLD: Final = list(TELLING)
"""The libraries that do not know of Scalars yet; asking whether one of them is imported costs no call."""


def tell_strangers() -> None:
    """Tell the libraries that are imported by now."""
    for name, tell in TELLING.items():
        module: Any = sys.modules.get(name)
        if name in UNTOLD and hasattr(module, "JSONEncoder" if name == "json" else "register_adapter"):
            tell(module)
            # Another thread or a signal's handler may have told it at the same moment, which does no harm.
            with suppress(ValueError):
                UNTOLD.remove(name)
