"""Processes that a traced one starts are traced like it: an environment variable carries the names of the hooks.

    MINITORCH_HOOK=geographiclib,pump python orbit.py

While import hooks are installed, the variable names what they cover.  A process that starts with it (`spawn`,
`forkserver`, `subprocess`, Dask) imports minitorch before any code of the user's, by `child.pth` among its
site-packages, and installs the same hook as it does so.  Without that file (minitorch on `PYTHONPATH` only, or a Python
that was started with `-S`) the hook comes with the process's own first `import minitorch`.  Python's `-E` and `-I`, by
which a program is not to depend on its environment, hold for this variable, too.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence

from minitorch.transformer import RewriteError, RewriteWarning

__all__ = ["VARIABLE", "cover_this_process", "pass_on"]

VARIABLE = "MINITORCH_HOOK"


def pass_on(names: Sequence[str]) -> None:
    """Have processes that start from now on trace the named modules; with no names, none.

    >>> pass_on(["geographiclib", "pump"]); os.environ[VARIABLE]
    'geographiclib,pump'
    >>> pass_on([]); VARIABLE in os.environ
    False
    """
    if names:
        os.environ[VARIABLE] = ",".join(names)
    else:
        os.environ.pop(VARIABLE, None)


def cover_this_process(install: Callable[[Sequence[str]], object]) -> None:
    """Trace what the process that started this one traced; a bad name warns, and the process goes on without.

    Args:
        install: installs the hook over the given names.

    >>> os.environ[VARIABLE] = "pump, orbit"
    >>> cover_this_process(print)
    ['pump', 'orbit']
    >>> pass_on([])
    """
    value = "" if sys.flags.ignore_environment else os.environ.get(VARIABLE, "")
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:
        return
    try:
        install(names)
    except (ValueError, RewriteError) as error:
        warnings.warn(RewriteWarning(f"{VARIABLE}={value!r} is passed over: {error}"), stacklevel=2)
