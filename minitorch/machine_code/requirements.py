"""What an installation needs: hatchling's metadata hook, for what no environment marker can say.

Markers know the interpreter, the platform and the version. Whether Python does without its global lock they don't know,
and there machine code is not made, and its maker has no wheel for each version.
"""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["get_metadata_hook", "needed"]

UNDER_THE_LOCK: Final = frozenset({"llvmlite"})
"""What is of use only where Python has its global lock."""


def needed(requirements: Iterable[str]) -> list[str]:
    """Return those of some requirements that are of use to the running Python, if a marker doesn't rule them out.

    >>> "rich>=13" in needed(["llvmlite>=0.45", "rich>=13"])
    True
    """
    if not sysconfig.get_config_var("Py_GIL_DISABLED"):
        return list(requirements)
    return [each for each in requirements if re.split(r"[^\w.-]", each)[0] not in UNDER_THE_LOCK]


def get_metadata_hook() -> type:
    """Return the metadata hook, for hatchling alone."""
    from hatchling.metadata.plugin.interface import MetadataHookInterface

    class Requirements(MetadataHookInterface):  # type: ignore[misc]
        """Gives the distribution its dependencies."""

        def update(self, metadata: dict[str, Any]) -> None:
            """Write them."""
            metadata["dependencies"] = needed(self.config["requirements"])

    return Requirements
