"""A user's project, written by a test, and what tests of the import hook ask of it."""

from __future__ import annotations

import importlib
import os
import py_compile
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from paths import ROOT

from transformer import Hook
from transformer.linking import is_linked

__all__ = ["SQUARE", "Install", "Project", "is_rewritten", "make_archive", "without_bytecode_settings"]

SQUARE = "def square(x):\n    return x * x\n"
Install = Callable[..., Hook]


class Project:
    """A user's project in a folder of its own, which is on the path.

    Attributes:
        folder: where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> Path:
        """Write a file, with the folders that it needs."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return path

    def python(self, *arguments: str, fails: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder, as a user without bytecode settings of his own does.

        Args:
            arguments: the command line behind `python`.
            fails: whether it is meant to fail.
            environment: variables to set.
        """
        variables = without_bytecode_settings()
        variables["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.pop("PYTHONPATH", "")]).rstrip(os.pathsep)
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**variables, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert fails or done.returncode == 0, done.stderr
        return done

    def forget(self) -> None:
        """Forget the modules that were imported from here."""
        for name, module in list(sys.modules.items()):
            places = [getattr(module, "__file__", None) or "", *getattr(module, "__path__", ())]
            if any(str(place).startswith(str(self.folder)) for place in places):
                del sys.modules[name]
        importlib.invalidate_caches()


def without_bytecode_settings() -> dict[str, str]:
    """The environment's variables but for those that say whether and where Python keeps what it has compiled."""
    return {
        key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    }


def is_rewritten(name: str) -> bool:
    """Whether the function `square` of a module is rewritten; the module is imported if need be."""
    return is_linked(importlib.import_module(name).square.__code__)


def make_archive(project: Project, *suffixes: str) -> str:
    """A zip archive on the path with a module `zipped`: its source, its bytecode or both."""
    source = project.write("unpacked/zipped.py", SQUARE)
    py_compile.compile(str(source), cfile=str(source) + "c", doraise=True)
    archive = project.folder / "archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for suffix in suffixes:
            file.write(source.with_suffix(suffix), f"zipped{suffix}")
    return str(archive)
