"""Rewritten bytecode on disk, beside Python's own and never in its place.

A file's name carries a tag made of the rewriter's sources, the targets and Python's own tag; its head carries the hash
of the source it was made from, checked as Python checks hash-based `.pyc` files (PEP 552).  Whatever is wrong with the
cache (unwritable, damaged, missing), the module is rewritten again and nobody hears of it.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
from pathlib import Path
from types import CodeType

__all__ = ["cache_path", "load", "store"]

_HEAD = importlib.util.MAGIC_NUMBER + b"\x03\x00\x00\x00"


@functools.lru_cache(maxsize=1)
def rewriter_digest() -> str:
    """Fingerprint of the code that rewrites: an edited transformer never reads what another one wrote."""
    here = Path(__file__).parent
    sources = b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))
    return hashlib.sha256(sources).hexdigest()[:12]


def cache_path(source_path: str, targets_digest: str) -> str:
    """Where the rewritten code of a source file is kept (honours `PYTHONPYCACHEPREFIX` and `-O`)."""
    plain = Path(importlib.util.cache_from_source(source_path))
    return str(plain.with_name(f"{plain.stem}.rewritten-{rewriter_digest()}-{targets_digest}.pyc"))


def load(path: str, source: bytes) -> tuple[CodeType, int] | None:
    """The code kept at `path` and its number of rewritten nodes, if it was made from this very source."""
    try:
        data = Path(path).read_bytes()
        if data[:8] != _HEAD or data[8:16] != importlib.util.source_hash(source):
            return None
        code = marshal.loads(memoryview(data)[20:])
    except (OSError, EOFError, ValueError, TypeError):
        return None
    return (code, int.from_bytes(data[16:20], "little")) if isinstance(code, CodeType) else None


def store(path: str, source: bytes, code: CodeType, nodes: int) -> None:
    """Keep rewritten code, replacing the file in one step; a place that can't be written is passed over."""
    if sys.dont_write_bytecode:
        return
    data = _HEAD + importlib.util.source_hash(source) + nodes.to_bytes(4, "little") + marshal.dumps(code)
    directory = os.path.dirname(path)
    try:
        os.makedirs(directory, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=directory, suffix=".tmp")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
