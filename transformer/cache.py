"""The cache of rewritten bytecode on disk, beside Python's own and never in its place.

A file's name carries a tag made of the rewriter's sources, the targets and Python's own tag; its head carries the time
and size of the source it was made from, checked as Python checks its `.pyc` files.  Whatever is wrong with the cache
(unwritable, damaged, missing), the module is rewritten again, without a warning.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import marshal
import os
import struct
import sys
from io import FileIO
from pathlib import Path
from typing import Any

from .files import replace_file
from .linking import Part

__all__ = ["cache_path", "load", "source_stamp", "store", "tag"]

_HEAD = importlib.util.MAGIC_NUMBER + b"\0\0\0\0"
_STAMP = struct.Struct("<dQ")
_DATA_AT = len(_HEAD) + _STAMP.size


@functools.cache
def rewriter_digest() -> str:
    """Return a fingerprint of the code that rewrites: an edited transformer never reads what another one wrote."""
    # `Path.glob` imports modules, from Python 3.15 on, that the hook is to cover.
    files = sorted(path for path in Path(__file__).parent.iterdir() if path.suffix == ".py")
    sources = b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(sources).hexdigest()[:12]


def tag(targets_digest: str) -> str:
    """Return the tag in the names of cached files that tells one table of targets from another."""
    return f"rewritten-{rewriter_digest()}-{targets_digest}"


def cache_path(source_path: str, tag: str) -> str:
    """Return the file in which the rewritten code of a source file is kept (honours `PYTHONPYCACHEPREFIX` and `-O`)."""
    return f"{importlib.util.cache_from_source(source_path).removesuffix('pyc')}{tag}.pyc"


def source_stamp(loader: Any, path: str) -> bytes | None:
    """Return what tells one state of a source file from another; `None` where a loader can't say."""
    path_stats = getattr(loader, "path_stats", None)
    if path_stats is None:
        return None
    try:
        stats = path_stats(path)
        return _STAMP.pack(stats["mtime"], stats["size"])
    except (OSError, KeyError, struct.error):
        return None


def load(path: str, stamp: bytes) -> tuple[list[Part], int] | None:
    """Read the code kept at `path`, in parts, and its number of rewritten nodes; `None` if its stamp is another."""
    try:
        with FileIO(path) as file:
            data = file.read()
        kept = marshal.loads(memoryview(data)[_DATA_AT:]) if data.startswith(_HEAD + stamp) else None
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return kept if type(kept) is tuple and len(kept) == 2 else None


def store(path: str, stamp: bytes, parts: list[Part], nodes: int, source_path: str) -> None:
    """Keep rewritten code, replacing the file in one step; a place that can't be written is passed over.

    Args:
        path: its file, which may be read by those who may read the source.
        stamp: that of the source.
        parts: the code.
        nodes: how many nodes were rewritten.
        source_path: the source.
    """
    if sys.dont_write_bytecode:
        return
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError:
        return
    replace_file(path, _HEAD + stamp + marshal.dumps((parts, nodes)), mode_of(source_path))


def mode_of(source_path: str) -> int:
    """Return the permissions of what is made from a source, as Python gives them to its own bytecode."""
    try:
        return os.stat(source_path).st_mode & 0o666 | 0o200
    except OSError:
        return 0o666
