"""What a run of the user's function does besides computing: prints, files, processes, connections.

A check runs the function many times. Whoever's function writes files is not to find that out afterwards.

    with watched_effects() as effects:
        save(2.0)
    effects.outside       ["writes out.txt"]
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

__all__ = ["Effects", "unheard", "watched_effects"]

MAX_NAMED: Final = 3
"""How many effects are named."""

WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

EVENTS: Final = {
    "os.remove": "removes", "os.rename": "renames", "os.rmdir": "removes", "os.mkdir": "makes", "os.truncate": "cuts",
    "os.link": "links", "os.symlink": "links", "shutil.rmtree": "removes", "os.system": "runs",
    "subprocess.Popen": "runs", "os.exec": "runs", "os.posix_spawn": "runs", "sqlite3.connect": "opens the database",
    "urllib.Request": "asks for",
}  # fmt: skip
"""What audit events of Python say of their first argument."""

CONNECTING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class Effects:
    """What has been done.

    Attributes:
        outside: what stays behind when the process has ended, as text.
        prints: whether something was printed.
    """

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.prints = False

    def note(self, effect: str) -> None:
        """Note an effect, unless it is known."""
        if effect not in self.outside:
            self.outside.append(effect)

    def __str__(self) -> str:
        named = self.outside[:MAX_NAMED]
        rest = len(self.outside) - len(named)
        return ", ".join(named) + (f" and {rest} more" if rest else "")


_watching: list[Effects] = []
_is_hooked: list[bool] = []


class Noticing:
    """A stream that notices what is written, and is another one in everything else."""

    def __init__(self, stream: TextIO, effects: Effects) -> None:
        self._stream = stream
        self._effects = effects

    def write(self, text: str) -> int:
        """Write, and note that."""
        self._effects.prints = self._effects.prints or bool(text)
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        """Write lines, likewise."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def watched_effects() -> Iterator[Effects]:
    """Within, notice what is printed and done."""
    if not _is_hooked:
        # Python has no way to take it off again.
        sys.addaudithook(audit)
        _is_hooked.append(True)
    effects = Effects()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Noticing(stream, effects) for stream in before)
    _watching.append(effects)
    try:
        yield effects
    finally:
        _watching.remove(effects)
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Within, drop what is printed."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Look at what Python says that it is about to do."""
    if not _watching:
        return
    if event == "open":
        effect = opened(*arguments)
    elif event in CONNECTING:
        effect = f"connects to {arguments[-1]}"
    elif event in EVENTS and not is_bytecode(name := shown(arguments[0])):
        effect = f"{EVENTS[event]} {name}"
    else:
        effect = None
    if effect is not None:
        for effects in _watching:
            effects.note(effect)


def opened(path: Any, mode: Any, flags: Any) -> str | None:
    """Return what opening a file does, unless it is read, or Python's own."""
    writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(int(flags or 0) & WRITING)
    if not writes or isinstance(path, int):
        return None
    name = shown(path)
    return None if name == os.devnull or is_bytecode(name) else f"writes {name}"


def is_bytecode(name: str) -> bool:
    """Return whether a file or folder is where Python keeps what it has compiled, as the first import of a module does.

    >>> is_bytecode("pump/__pycache__/pump.cpython-311.pyc"), is_bytecode("out.txt")
    (True, False)
    """
    prefix = sys.pycache_prefix
    return "__pycache__" in name or (prefix is not None and Path(name).is_relative_to(prefix))


def shown(path: Any) -> str:
    """Return a path, or what else there is, as text."""
    return os.fsdecode(path) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
