"""What a program depends on besides what it reads: this package, the rules, the processor, LLVM and the C library."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from minitorch.compiler.structural.manifest.encounters import Unportable
from minitorch.machine_code.llvm.engine import machine_digest
from minitorch.rules.rule import RULES, Rule

__all__ = ["machine_and_library", "sources_digest"]

PACKAGE: Final = Path(__file__).parents[3]

LOADED_NANOSECONDS: Final = time.time_ns()
"""Sources that were written later are not those that run here."""


def sources_digest() -> str:
    """Return what tells the sources of this package from those before and after.

    Raises:
        Unportable: there are none, they were edited since, or there are rules besides those of the package.
    """
    latest, digest = stamps_of_sources()
    # Rules may be added at any time, and what theirs depend on nobody knows.
    if not latest or latest > LOADED_NANOSECONDS or not all(map(is_own, RULES.values())):
        raise Unportable
    return digest


def is_own(rule: Rule) -> bool:
    """Return whether a rule is one of this package's."""
    functions = [*rule.partials, *([] if rule.gradient is None else [rule.gradient])]
    return all(function.__module__.startswith("minitorch.") for function in functions)


@functools.cache
def stamps_of_sources() -> tuple[int, str]:
    """Return when a source of this package was written last, and a digest of all their names, times and sizes."""
    stamps = sorted(stamp for package in (PACKAGE, PACKAGE.parent / "transformer") for stamp in stamps_in(str(package)))
    return max((time for _, time, _ in stamps), default=0), hashlib.sha256(repr(stamps).encode()).hexdigest()


def stamps_in(package: str) -> Iterator[tuple[str, int, int]]:
    """Yield path, time and size of each source in a folder, and in those inside of it."""
    folders = [package]
    for folder in folders:
        try:
            entries = os.scandir(folder)
        except OSError:
            continue
        with entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    stats = entry.stat()
                    yield entry.path, stats.st_mtime_ns, stats.st_size
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)


@functools.cache
def machine_and_library() -> str:
    """Return what tells this processor, LLVM and C library from others: what was computed beforehand is theirs, too."""
    return f"{machine_digest()} {c_library()}"


def c_library() -> str:
    """Return the name and the version of the C library; of the system where it does not tell that."""
    try:
        return str(os.confstr("CS_GNU_LIBC_VERSION"))
    except (AttributeError, ValueError, OSError):
        return platform.version()
