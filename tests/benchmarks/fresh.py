"""Modules that are imported anew, and processes that start anew."""

from __future__ import annotations

import functools
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import minitorch

__all__ = ["fresh", "reference", "seconds_of_a_fresh_process", "set_aside"]

ROOT = Path(__file__).parents[2]


@contextmanager
def set_aside(names: Sequence[str]) -> Iterator[None]:
    """Have modules of these names imported anew, and give the ones that were there back."""
    kept = {name: module for name, module in sys.modules.items() if name.startswith(tuple(names))}
    for name in kept:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.startswith(tuple(names))]:
            del sys.modules[name]
        sys.modules.update(kept)


def fresh(name: str) -> ModuleType:
    """Import a module of which nobody else has the functions: one is traced for good, another one stays plain."""
    with set_aside([name.partition(".")[0]]):
        return importlib.import_module(name)


@functools.cache
def reference() -> Any:
    """Import a `minitorch` whose operations Python records; nothing else in the process finds it.

    What it imports late is that of the process, so it serves where all is imported at once.
    """
    chosen = os.environ.get("MINITORCH_NATIVE")
    os.environ["MINITORCH_NATIVE"] = "0"
    try:
        with set_aside(["minitorch", "transformer"]):
            return importlib.import_module("minitorch")
    finally:
        if chosen is None:
            del os.environ["MINITORCH_NATIVE"]
        else:
            os.environ["MINITORCH_NATIVE"] = chosen


def seconds_of_a_fresh_process(program: str, arguments: Sequence[str], cache: str) -> float:
    """Have a new interpreter run a program that prints how many seconds something took.

    Args:
        program: its source.
        arguments: what it finds in `sys.argv`.
        cache: the folder of its bytecode, which the next process finds there.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    environment["PYTHONPATH"] = os.pathsep.join([str(Path(minitorch.__file__).parents[1]), str(ROOT)])
    command = [sys.executable, "-c", program, *arguments]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)
