"""Modules and files that the user names: imported through the import hook, under names that Python can import.

pump, parts.wheel            modules, looked for in the current folder first
pump.py, ~/parts/wheel.py    files; those within packages are imported as their modules
my-file.py, 01_x.py          files whose names are none of modules get one: my_file, _01_x
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from minitorch.cli.failures import BadInput, describe
from minitorch.cli.progress import ModuleProgress
from minitorch.tracing.tracer import install_import_hook

__all__ = ["find_function", "import_module", "install_hooks", "module_of", "near", "package_of"]

_OWN = ("minitorch", "transformer")


class RenamedFiles:
    """Finds files whose names are none of modules, behind all other finders.

    Attributes:
        files: the files, by the names that they are imported under.
    """

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Find the file that is imported under a name."""
        file = self.files.get(name)
        return None if file is None else importlib.util.spec_from_file_location(name, file)

    def name_of(self, file: Path, package: list[str]) -> str:
        """Return the name for a file, which nothing else has.

        Args:
            file: the file.
            package: the names of the packages that it is in.
        """
        stem = re.sub(r"\W", "_", file.stem)
        stem = stem if stem[:1].isidentifier() else f"_{stem}"
        while self.files.get(name := ".".join([*package, stem]), file) != file or (not package and _is_found(name)):
            stem += "_"
        self.files[name] = file
        if self not in sys.meta_path:
            sys.meta_path.append(self)
        return name


_renamed: Final = RenamedFiles()


def find_function(target: str, hooks: Iterable[str] | None = None) -> Callable[..., Any]:
    """Import the callable that module:function or file.py:function names.

    `hooks` are packages to rewrite, beside the target's own; `None` rewrites nothing.
    Raises BadInput where the module or a part of the dotted name does not exist.
    """
    place, colon, path = target.rpartition(":")
    if not colon or not place or not path:
        raise BadInput(f"target {target!r} names no function: write module:function or file.py:function")
    module_name = module_of(place)
    if hooks is not None:
        install_hooks([package_of(module_name), *hooks])
    owner: Any = import_module(module_name)
    for part in path.split("."):
        if not hasattr(owner, part):
            title = place if isinstance(owner, ModuleType) else f"{place}:{owner.__name__}"
            raise BadInput(f"{title} has no {part!r}{near(part, vars(owner))}")
        owner = getattr(owner, part)
    if not callable(owner):
        raise BadInput(f"{target} is a {type(owner).__name__}, not a function")
    return owner  # type: ignore[no-any-return]


def install_hooks(names: Iterable[str]) -> None:
    """Install the import hook for the packages of these names, for as long as the process lives."""
    wanted = []
    for name in dict.fromkeys(names):
        spec = _find_spec(name)
        if name not in _OWN and spec.origin not in ("built-in", "frozen"):
            wanted.append(name)
    try:
        install_import_hook(wanted, reload=True, rewriting=ModuleProgress())
    except (SyntaxError, ImportError, ValueError) as error:
        raise BadInput(f"hook for {', '.join(wanted)}: {error}") from None


def _find_spec(name: str) -> Any:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        raise BadInput(f"there is no module named {name!r} (is it installed in {sys.prefix}?)")
    return spec


def import_module(name: str) -> ModuleType:
    """Import a module, or raise BadInput with one line about what it raises."""
    _find_spec(package_of(name))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise BadInput(f"there is no module named {error.name!r}") from None
        raise BadInput(f"importing {name} failed: {describe(error)}") from None
    except (Exception, SystemExit) as error:
        raise BadInput(f"importing {name} failed: {describe(error)}") from None


def module_of(place: str) -> str:
    """Return the name under which a module, or a file, is imported; the current folder, or the file's, is looked in.

    Raises:
        BadInput: there is no such file.
    """
    if place.endswith(".py") or "/" in place or "\\" in place:
        return _module_of_file(place)
    _put_first_on_path(Path.cwd())
    return place


def _module_of_file(text: str) -> str:
    """Return the name under which a file is imported, from the folder above its outermost package."""
    file = Path(text).expanduser()
    if not file.is_file():
        raise BadInput(f"there is no file {text}" if not file.exists() else f"{text} is not a file")
    if file.suffix != ".py":
        raise BadInput(f"{text} is not a Python file (name.py)")
    file = file.resolve()
    root = file.parent
    parts: list[str] = []
    while (root / "__init__.py").is_file() and root.name.isidentifier():
        parts.insert(0, root.name)
        root = root.parent
    if not file.stem.isidentifier():
        _put_first_on_path(root)
        return _renamed.name_of(file, parts)
    parts.append(file.stem)
    name = ".".join(parts)
    if parts[0] in sys.stdlib_module_names:
        # First on the path, it would hide Python's own module of that name.
        raise BadInput(f"{text}: another module is named {name!r}, too (Python's own); rename the file")
    for folder in dict.fromkeys((file.parent, root)):
        _put_first_on_path(folder)
    origin = _find_spec(name).origin
    if origin is None or Path(origin).resolve() != file:
        raise BadInput(f"{text}: another module is named {name!r}, too ({origin}); rename the file")
    return name


def _is_found(name: str) -> bool:
    if name in sys.modules:
        return True
    spec = importlib.util.find_spec(name)
    return spec is not None and name not in _renamed.files


def _put_first_on_path(folder: Path) -> None:
    if sys.path[:1] != [str(folder)]:
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()


def package_of(module_name: str) -> str:
    """Return the name of the outermost package of a module."""
    return module_name.partition(".")[0]


def near(name: str, known: Iterable[str]) -> str:
    """Return a question for what may have been meant, or nothing."""
    import difflib

    matches = difflib.get_close_matches(name, [key for key in known if not key.startswith("_")], n=1)
    return f" (did you mean {matches[0]!r}?)" if matches else ""
