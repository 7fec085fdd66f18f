"""The package `transformer` that lies beside this one, also where a user's own `transformer` stands in the way.

A script may have a file `transformer.py` or a folder `transformer/` beside it, which `import transformer` then finds.
In that case ours is loaded under a name of its own, and the user's stays what it is. So it is where a script is still
to be found: in the console command, and in processes that trace from their start.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from transformer import (
        Alias,
        Comment,
        Constants,
        Converter,
        Dispatcher,
        Hook,
        Libraries,
        Questions,
        RewriteError,
        RewriteWarning,
        Rows,
        Switch,
        Targets,
        WeakMembers,
        bracket,
        compile_rewritten,
        deep_recursion,
        file_name,
        install,
        is_generated,
        is_linked,
        link,
        make_resolve,
        module_name,
        names_any,
        parse_quietly,
        placeholders_last,
        replace_file,
        rewrite,
        signature_of,
        syntax_of,
        taken,
        thread_nanoseconds,
        to_source,
        traced_text,
        when_imported,
    )

__all__ = [
    "PACKAGE",
    "Alias",
    "Comment",
    "Constants",
    "Converter",
    "Dispatcher",
    "Hook",
    "Libraries",
    "Questions",
    "RewriteError",
    "RewriteWarning",
    "Rows",
    "Switch",
    "Targets",
    "WeakMembers",
    "bracket",
    "compile_rewritten",
    "deep_recursion",
    "file_name",
    "install",
    "is_generated",
    "is_linked",
    "link",
    "make_resolve",
    "module_name",
    "names_any",
    "parse_quietly",
    "placeholders_last",
    "replace_file",
    "rewrite",
    "signature_of",
    "syntax_of",
    "taken",
    "thread_nanoseconds",
    "to_source",
    "traced_text",
    "when_imported",
]

FILE: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "transformer", "__init__.py")
"""Where our package lies."""

OWN_NAME: Final = "minitorch._transformer"
"""What it is called where its name is taken."""


def is_ours(file: str | None) -> bool:
    """Return whether a module's file is that of our package."""
    return file is not None and os.path.exists(file) and os.path.samefile(file, FILE)


def found_file() -> str | None:
    """Return the file that `import transformer` leads to, `None` if there is none."""
    loaded = sys.modules.get("transformer")
    if loaded is not None:
        return getattr(loaded, "__file__", None)
    spec = importlib.util.find_spec("transformer")
    return None if spec is None else spec.origin


def precedes_program() -> bool:
    """Return whether the user's program is still to begin, so that one beside it may yet be found.

    So it is in the console command, and in a process that imports minitorch while Python itself starts.
    """
    arguments = sys.orig_argv
    name = os.path.splitext(os.path.basename(sys.argv[0] if sys.argv else ""))[0]
    if name == "minitorch" or ("-m", "minitorch") in itertools.pairwise(arguments):
        return True
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_globals.get("__name__") != "site":
        frame = frame.f_back
    return frame is not None


def load() -> ModuleType:
    """Return our package, loaded under its own name where another one has the name `transformer`, or may have it."""
    if is_ours(found_file()) and ("transformer" in sys.modules or not precedes_program()):
        return importlib.import_module("transformer")
    spec = importlib.util.spec_from_file_location(OWN_NAME, FILE, submodule_search_locations=[os.path.dirname(FILE)])
    if spec is None or spec.loader is None:
        raise ImportError(f"minitorch is not complete: {FILE} is missing; install it again")
    package = importlib.util.module_from_spec(spec)
    sys.modules[OWN_NAME] = package
    spec.loader.exec_module(package)
    return package


_package: Final = load()

PACKAGE: Final = _package.__name__
"""The name by which our package is imported in this process."""


def __getattr__(name: str) -> Any:
    """Take a name from our package; a module's names are asked for here when they are not there yet."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(_package, name)
    return globals()[name]
