"""`minitorch run`: a script or module, rewritten, that otherwise runs as under `python`.

Arguments, `__main__`, `sys.path`, exit code and tracebacks are those of `python script.py` and `python -m module`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import click

from minitorch.autodiff.operation_limit import max_operations
from minitorch.autodiff.tracebacks import errors_within, linked
from minitorch.cli.arguments import hook_option, split_names
from minitorch.cli.failures import BadInput, is_own_file
from minitorch.cli.modules import install_hooks
from minitorch.tracing.scripts import run_module, run_script

__all__ = ["Program", "run"]


@dataclass(frozen=True)
class Program:
    """A script or module that is ready to run."""

    name: str
    arguments: tuple[str, ...]
    is_module: bool
    most: int | None

    def run(self) -> None:
        """Run as `__main__`; what the program raises goes on to the interpreter, without this project's frames."""
        sys.excepthook = _show_without_own_frames
        start = run_module if self.is_module else run_script
        with nullcontext() if self.most is None else max_operations(self.most):
            start(self.name, list(self.arguments))


@click.command(context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@hook_option
@click.option("--max-operations", "most", type=click.IntRange(min=0), metavar="N", help="End it if it records more.")
@click.option("-m", "is_module", is_flag=True, help="Run a module, as python -m does.")
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(hooks: tuple[str, ...], most: int | None, is_module: bool, program: str, arguments: tuple[str, ...]) -> Program:
    """Run a script or module, rewritten.

    What stands after its name belongs to it.

    \b
    minitorch run --hook geographiclib survey.py --steps 10
    minitorch run -m survey.main --steps 10
    """
    if is_module:
        _set_first_path(os.getcwd())
        if _find(program) is None:
            raise BadInput(f"there is no module named {program!r}")
    else:
        script = Path(program)
        if not script.exists():
            raise BadInput(f"can't open {program!r}: there is no such file")
        if script.is_dir() and not (script / "__main__.py").is_file():
            raise BadInput(f"can't run {program!r}: the folder has no __main__.py")
        _set_first_path(str(script.resolve().parent))
    if hooks:
        install_hooks(split_names(hooks))
    return Program(program, arguments, is_module, most)


def _find(module: str) -> object:
    try:
        return importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None


def _set_first_path(folder: str) -> None:
    """Put a folder first on `sys.path`, where Python puts that of its script, in place of this command's own."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = folder
        importlib.invalidate_caches()


def _show_without_own_frames(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Print an uncaught exception as Python does, without the frames of this project."""
    for each in errors_within(error):
        each.__traceback__ = _without_own_frames(each.__traceback__)
    sys.__excepthook__(kind, error, error.__traceback__)


def _without_own_frames(trace: TracebackType | None) -> TracebackType | None:
    kept = []
    while trace is not None:
        kept.append(trace)
        trace = trace.tb_next
    starts = [i for i, part in enumerate(kept) if part.tb_frame.f_code is Program.run.__code__]
    kept = kept[starts[-1] + 1 :] if starts else kept
    return linked(part for part in kept if not _is_hidden(part.tb_frame.f_code.co_filename))


def _is_hidden(filename: str) -> bool:
    return is_own_file(filename) or filename == "<frozen runpy>" or os.path.basename(filename) == "runpy.py"
