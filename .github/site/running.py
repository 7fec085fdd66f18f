"""Finds the programs of the site's pages and runs them, as a reader would: each in a process and a folder of its own.

A block that begins with three backticks and `python` is a program that ends well; a name after `python` is that of the
error or warning that it is there to show. Blocks of `pycon` are sessions, whose answers tests compare.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

SITE: Final = Path(__file__).resolve().parent
ROOT: Final = SITE.parents[1]
EXAMPLES: Final = ROOT / "examples"

PROGRAM: Final = re.compile(r"^```python(?: (?P<shows>\w+))?\n(?P<text>.*?)^```$", re.M | re.S)
SESSION: Final = re.compile(r"^```pycon\n(?P<text>.*?)^```$", re.M | re.S)

ARGUMENTS: Final = {"16_cluster.py": ("5000",)}
"""What examples are given so that they are done in seconds."""

KEPT: Final = "output.json"
"""The file, beside those that a program wrote, with what it printed and the digest of what it was."""


class Program(NamedTuple):
    """A program of a page, or an example.

    Args:
        name: what its folder is called.
        text: its source.
        shows: the error or warning that it must end with, or give.
        file: the file of an example; other programs are written to their folder.
    """

    name: str
    text: str
    shows: str = ""
    file: Path | None = None


class Output(NamedTuple):
    """What a program left.

    Args:
        printed: its standard output.
        said: its error, or its warnings.
        files: the names of the files that it wrote.
    """

    printed: str
    said: str
    files: tuple[str, ...]


class ProgramError(Exception):
    """A program that did not end as its page says."""


def programs_in(text: str, page: str) -> list[Program]:
    """Return the programs of a page, in order.

    >>> [program.name for program in programs_in("```python\\nprint(1)\\n```\\n", "tutorial/arrays")]
    ['tutorial-arrays-1']
    """
    name = page.replace("/", "-")
    found = enumerate(PROGRAM.finditer(text), 1)
    return [Program(f"{name}-{number}", match["text"], match["shows"] or "") for number, match in found]


def example(name: str) -> Program:
    """Return the program of an example."""
    file = EXAMPLES / name
    return Program(file.stem, file.read_text(encoding="utf-8"), file=file)


@cache
def digest_of_packages() -> str:
    """Return what changes as soon as any program could print something else."""
    digest = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes())
    for folder in (ROOT / "minitorch", ROOT / "transformer", EXAMPLES):
        for file in sorted(folder.rglob("*.*")):
            if file.suffix in (".py", ".c", ".h", ".css", ".js", ".html"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def run(program: Program, folder: Path) -> Output:
    """Run a program, unless its output lies there already.

    Args:
        program: the program.
        folder: where it runs; made if it is missing.

    Raises:
        ProgramError: it did not end well, or complained of something; or not of what it is there to show.
    """
    digest = hashlib.sha256((repr(program[:3]) + digest_of_packages()).encode()).hexdigest()
    kept = folder / KEPT
    if kept.is_file():
        known = json.loads(kept.read_text(encoding="utf-8"))
        if known["digest"] == digest:
            return Output(known["printed"], known["said"], tuple(known["files"]))
    output = _run_anew(program, folder)
    kept.write_text(json.dumps({"digest": digest, **output._asdict()}), encoding="utf-8")
    return output


def _run_anew(program: Program, folder: Path) -> Output:
    """Run a program in a folder without files of earlier runs."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    file = program.file or folder / "program.py"
    if program.file is None:
        file.write_text(program.text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-B", str(file), *ARGUMENTS.get(file.name, ())],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "96", "MPLBACKEND": "Agg", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    printed, said = (_without_folders(text, folder) for text in (done.stdout, done.stderr))
    if program.shows:
        if program.shows not in said:
            raise ProgramError(f"{program.name} does not show a {program.shows}: {said or printed}")
        said = _last_message(said, program.shows)
    elif done.returncode or said:
        raise ProgramError(f"{program.name} ended with {done.returncode}: {said}")
    files = sorted(each.name for each in folder.iterdir() if each.suffix in (".svg", ".png", ".html"))
    return Output(printed, said, tuple(files))


def _without_folders(text: str, folder: Path) -> str:
    """Return a text with the names of files as they are on any machine."""
    for place in (folder, EXAMPLES, ROOT):
        text = text.replace(f"{place}{os.sep}", "")
    return re.sub(r"\S*/site-packages/", "", text)


def _last_message(said: str, shown: str) -> str:
    """Return the message of an error, and its line in the program unless it names that; warnings as they are.

    >>> frames = '  File "program.py", line 2, in f\\n    1 / x\\n  File "a.py", line 3, in g\\n    ~~\\n'
    >>> print(_last_message(f"Traceback …:\\n{frames}ZeroDivisionError: division by zero", "ZeroDivisionError"))
      File "program.py", line 2, in f
        1 / x
    ZeroDivisionError: division by zero
    """
    message = re.search(rf"^(?:[\w.]+\.)?({shown}: .*)", said, re.M | re.S)
    if message is None or "Traceback" not in said:
        return said
    frames = re.findall(r'^  File "program\.py", .*\n    .*\n', said, re.M)
    return message[1] if "program.py:" in message[1] or not frames else frames[-1] + message[1]
