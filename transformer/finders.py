"""Changes and reads the list of finders that Python asks for modules, while other threads import.

    put_first(hook)         the hook is asked before all others
    finders_behind(hook)    those that are asked after it
    withdraw(hook)          it is asked no more

Python goes through `sys.meta_path` by position. Were a finder removed from that list, an import under way in another
thread would pass over the one that moves into its place, and may find no module.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from .brackets import taken

__all__ = ["finders_behind", "put_first", "withdraw"]

_lock = threading.Lock()


def put_first(finder: Any) -> None:
    """Have a finder asked before all others, unless it is asked already.

    An import under way asks one of the others twice, which finds nothing again.
    """
    with taken(_lock):
        if finder not in sys.meta_path:
            sys.meta_path.insert(0, finder)


def withdraw(finder: Any) -> None:
    """Have a finder asked no more; imports under way go through the list that has it to the end."""
    with taken(_lock):
        if finder in sys.meta_path:
            sys.meta_path = [each for each in sys.meta_path.copy() if each is not finder]


def finders_behind(finder: Any) -> list[Any]:
    """Return the finders that are asked after one; all others if it is asked no more.

    >>> import sys
    >>> finders_behind(sys.meta_path[-2]) == sys.meta_path[-1:]
    True
    """
    finders: list[Any] = sys.meta_path.copy()
    return finders[finders.index(finder) + 1 :] if finder in finders else finders
