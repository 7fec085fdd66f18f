"""Runs scripts and modules as Python's command line does, with their code traced.

The program finds itself as `__main__`, with its own `sys.argv` and `sys.path`; what it raises goes through untouched.
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

from minitorch.tracing.tracer import dispatcher, install_import_hook, targets
from minitorch.transformer import RewriteError, compile_rewritten, link

__all__ = ["run_module", "run_script"]


def run_script(path: str, arguments: list[str]) -> None:
    """Run a file, or a directory or archive with a `__main__.py`, as `python path arguments…` does.

    Args:
        path: the script.
        arguments: its command line.

    Raises:
        FileNotFoundError: there is no such file.
        RewriteError: its code can't be rewritten.
    """
    sys.argv = [path, *arguments]
    if os.path.isdir(path) or zipfile.is_zipfile(path):
        sys.path[0] = path
        code, spec = module_code("__main__")
        execute(code, spec.origin, spec)
        return
    source = Path(path).read_bytes()
    path = os.path.abspath(path)
    sys.path[0] = os.path.dirname(path)
    unlinked, _ = compile_rewritten(source, path, targets)
    execute(link(unlinked, dispatcher.hooked_runtime, targets.switch), path, None)


def run_module(name: str, arguments: list[str]) -> None:
    """Run a module, or a package's `__main__`, as `python -m name arguments…` does.

    Args:
        name: its full name.
        arguments: its command line.

    Raises:
        ModuleNotFoundError: there is no such module.
        RewriteError: it has no Python source.
    """
    sys.path[0] = os.getcwd()
    sys.argv = ["-m", *arguments]
    code, spec = module_code(name)
    sys.argv = [spec.origin or name, *arguments]
    execute(code, spec.origin, spec)


def module_code(name: str) -> tuple[CodeType, ModuleSpec]:
    """Return the traced code of a module that is to run as `__main__`."""
    with install_import_hook([name]):
        # A script's own `__main__` would be found as imported already.
        own = sys.modules.pop("__main__") if name == "__main__" else None
        try:
            spec = importlib.util.find_spec(name)
        finally:
            if own is not None:
                sys.modules["__main__"] = own
        if spec is None:
            raise ModuleNotFoundError(f"no module named {name!r}", name=name)
        if spec.submodule_search_locations is not None:
            return module_code(f"{name}.__main__")
        get_code = getattr(spec.loader, "get_code", None)
        code = get_code(spec.name) if get_code is not None else None
        if code is None:
            raise RewriteError(f"{name} has no Python source to trace", spec.origin)
        return code, spec


def execute(code: CodeType, path: str | None, spec: ModuleSpec | None) -> None:
    """Run code as the main program."""
    main = ModuleType("__main__")
    main.__dict__.update(
        __builtins__=builtins,
        __file__=path,
        __spec__=spec,
        __package__=spec.parent if spec else None,
        __loader__=spec.loader if spec else None,
        __cached__=None,
    )
    sys.modules["__main__"] = main
    exec(code, main.__dict__)
