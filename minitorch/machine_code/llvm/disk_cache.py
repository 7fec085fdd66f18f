"""The cache of machine code on disk: a folder `minitorch` beside the bytecode of the module that code was made from.

An entry's file is named by the digest of its key, which says all that the content depends on, and begins with a digest
of key and content. Machine code is run as it is read, so nothing is read that anybody with less rights could have
written: folder and file must be this user's (or root's), not writable for others, and no symbolic links. Whatever is
wrong with the cache (unwritable, damaged, missing), the code is compiled again, without a warning. As for bytecode,
`PYTHONPYCACHEPREFIX` moves it elsewhere and nothing is written with `PYTHONDONTWRITEBYTECODE` or `python -B`.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from minitorch.transformer import replace_file

__all__ = ["MAX_BYTES", "MAX_FILES", "DiskCache"]

MAX_BYTES: Final = 1 << 28
MAX_FILES: Final = 4096
"""How much a folder holds; beyond that the files that were written first go."""

MARK: Final = b"minitorch machine code 1\n"
HEAD_SIZE: Final = len(MARK) + hashlib.sha256().digest_size
CHECKED_EVERY: Final = 64
"""Files that a process writes to a folder until it looks again whether that holds too much."""


class DiskCache:
    """The entries that belong to one source file.

    Args:
        source: its path; of what has no file, such as a cell of a notebook, nothing is kept.

    Attributes:
        folder: where they are; `None` where none are kept.

    >>> DiskCache("<stdin>").load("key") is None
    True
    """

    written: int = 0

    def __init__(self, source: str) -> None:
        self.folder: str | None = None
        # Who else may write a file is not told by its mode everywhere.
        if os.name == "posix" and os.path.isfile(source):
            with contextlib.suppress(NotImplementedError):
                self.folder = str(Path(importlib.util.cache_from_source(os.path.abspath(source))).parent / "minitorch")

    @property
    def exists(self) -> bool:
        """Whether anything may be kept."""
        return self.folder is not None and os.path.isdir(self.folder)

    @property
    def is_writable(self) -> bool:
        """Whether this user may keep anything."""
        if self.folder is None:
            return False
        place = Path(self.folder)
        return os.access(next(each for each in (place, *place.parents) if each.exists()), os.W_OK)

    def load(self, key: str) -> bytes | None:
        """Return what is kept under a key; `None` if that is nothing, or can't be trusted."""
        with self.opened() as folder:
            if folder is None:
                return None
            try:
                data = trusted_content(file_name(key), folder)
            except OSError:
                return None
        content = data[HEAD_SIZE:]
        return content if data[:HEAD_SIZE] == head(key, content) else None

    def store(self, key: str, content: bytes) -> None:
        """Keep something under a key, in place of what was there."""
        if self.folder is None or sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        with self.opened() as folder:
            if folder is not None:
                replace_file(file_name(key), head(key, content) + content, mode=0o600, folder=folder)
                if self.written % CHECKED_EVERY == 0:
                    trim(folder)
                self.written += 1

    @contextlib.contextmanager
    def opened(self) -> Iterator[int | None]:
        """Open the folder, and close it again; `None` if it is not there, or others may write to it."""
        handle = None
        try:
            if self.folder is not None:
                handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            pass
        try:
            yield handle if handle is not None and is_trusted(os.fstat(handle)) else None
        finally:
            if handle is not None:
                os.close(handle)


def file_name(key: str) -> str:
    """Return the name of the file of a key."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.bin"


def head(key: str, content: bytes) -> bytes:
    """Return what a file begins with that is whole, and the one that was asked for."""
    return MARK + hashlib.sha256(hashlib.sha256(key.encode()).digest() + content).digest()


def is_trusted(stats: os.stat_result) -> bool:
    """Return whether nobody but this user and root can have written a file, or written in a folder."""
    return stats.st_uid in (0, os.geteuid()) and not stats.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def trusted_content(name: str, folder: int) -> bytes:
    """Return what is in a file.

    Raises:
        OSError: it can't be read, or others may have written it.
    """
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        stats = os.fstat(handle)
        if not (stat.S_ISREG(stats.st_mode) and is_trusted(stats)):
            raise PermissionError(f"others may have written {name}")
        return file.read()


def trim(folder: int) -> None:
    """Remove the oldest files of a folder that holds too much."""
    files = []
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):
                stats = os.stat(name, dir_fd=folder, follow_symlinks=False)
                files.append((stats.st_mtime_ns, name, stats.st_size))
    bytes_kept = files_kept = 0
    for _, name, size in sorted(files, reverse=True):
        bytes_kept, files_kept = bytes_kept + size, files_kept + 1
        if bytes_kept > MAX_BYTES or files_kept > MAX_FILES:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=folder)
