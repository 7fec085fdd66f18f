"""Files that appear in one step: what readers find under a name is whole, whoever writes at the same time."""

from __future__ import annotations

import contextlib
import os
import threading

__all__ = ["replace_file"]


def replace_file(path: str, data: bytes, mode: int = 0o666, folder: int | None = None) -> None:
    """Write a file, replacing the one of that name in one step; a place that can't be written is passed over.

    Args:
        path: its name.
        data: what is in it.
        mode: its permissions, of which the user's mask takes some away.
        folder: the descriptor of the folder that the name is looked up in.
    """
    # As Python does it: the file's mode is the user's, which that of a `tempfile` is not.
    temporary = f"{path}.{os.getpid()}.{threading.get_ident()}"
    both = {} if folder is None else {"src_dir_fd": folder, "dst_dir_fd": folder}
    try:
        handle = os.open(temporary, os.O_EXCL | os.O_CREAT | os.O_WRONLY, mode, dir_fd=folder)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path, **both)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
