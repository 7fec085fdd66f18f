"""Runs commands on a terminal of their own, as a person would see them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from paths import ROOT

SECONDS = 60.0
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|[\r\a]")


class Terminal:
    """A process on a pseudo-terminal.

    Args:
        command: what to run, behind the program.
        folder: where to run it.
        environment: variables beside those of this process.
        piped: whether standard output goes to a pipe, and only the rest to the terminal.
        columns: how wide the terminal is, which the environment then does not say; `None` for 100 that it says.
        program: what runs, by default the Python that runs the tests.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] = {},
        piped: bool = False,
        columns: int | None = None,
        program: str = sys.executable,
    ) -> None:
        self._master, slave = pty.openpty()
        self.seen = ""
        inherited = {**os.environ, "COLUMNS": "100"}
        if columns is not None:
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 40, columns, 0, 0))
            del inherited["COLUMNS"]
        own = {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
        self.process = subprocess.Popen(
            [program, *command],
            stdin=slave,
            stdout=subprocess.PIPE if piped else slave,
            stderr=slave,
            cwd=folder,
            env={**inherited, **own, **environment},
            start_new_session=True,
        )
        os.close(slave)

    def type(self, text: str) -> None:
        """Type text."""
        os.write(self._master, text.encode())

    def read_until(self, text: str | None = None) -> None:
        """Read what comes, until the text has come (or, with None, until the process ends).

        Raises:
            AssertionError: it does not come.
        """
        begun = time.monotonic()
        while text is None or text not in plain(self.seen):
            ready, _, _ = select.select([self._master], [], [], 1.0)
            try:
                chunk = os.read(self._master, 65536) if ready else b""
            except OSError:  # how Linux says that nobody writes there any more
                break
            self.seen += chunk.decode(errors="replace")
            assert time.monotonic() - begun < SECONDS, f"no {text!r} in {self.seen!r}"

    def finish(self) -> tuple[str, str]:
        """Wait for the end, and return all that the terminal saw and what went to the pipe."""
        self.read_until()
        piped, _ = self.process.communicate(timeout=SECONDS)
        os.close(self._master)
        return self.seen, (piped or b"").decode()


def plain(seen: str) -> str:
    """What was seen, without colours and movements."""
    return CONTROLS.sub("", seen)
