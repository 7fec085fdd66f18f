"""The package of this process and a second copy of it, with the recorder in Python: what each says is compared."""

from __future__ import annotations

from typing import Any, Final

from benchmarks.fresh import reference

import minitorch

__all__ = ["BOTH"]

BOTH: Final[dict[str, Any]] = {"of this process": minitorch, "in Python": reference()}
