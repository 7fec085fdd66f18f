"""The import hook: modules under the given names are rewritten as they load.

The hook asks the other finders for the module and takes over the loader that they give back, overriding its `get_code`
alone.  Files are found, read and executed by whoever did that before, so editable installs, zip archives, namespace
packages and other hooks keep working, and no frame of ours stands in an import's traceback.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import Any

from . import cache, loader
from .brackets import taken
from .dispatch import Dispatcher
from .errors import RewriteError, RewriteWarning
from .finders import finders_behind, put_first, withdraw
from .late_imports import Watcher
from .libraries import is_loading

__all__ = ["Hook", "ModuleReport", "install"]

ModuleReport = loader.ModuleReport
Announce = Callable[[Sequence[str]], None]
Around = Callable[[str], AbstractContextManager[object]]
_lock = threading.RLock()
_installed: list[Hook] = []


class Hook:
    """An installed import hook: a context manager, with `uninstall` and `report`.

    Attributes:
        names: the modules and packages that it covers, with all below them.
        cache_tag: names the cached files of what it rewrites.
        announce: called, when a hook comes or goes, with the names that all hooks with this `announce` cover.
        rewriting: gives the context in which a module of that name is rewritten, such as one that shows progress.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        dispatcher: Dispatcher,
        announce: Announce | None = None,
        rewriting: Around = nullcontext,
    ) -> None:
        self.names = names
        self.dispatcher = dispatcher
        self.announce = announce
        self.rewriting = rewriting
        self._prefixes = tuple(name + "." for name in names)
        self._reports: dict[str, ModuleReport] = {}
        self._before: frozenset[str] = frozenset()
        # Made here, because imports are to be fast.
        self.cache_tag = cache.tag(dispatcher.targets.digest())

    def covers(self, name: str) -> bool:
        """Return whether a module is one of the hook's or below one; packages of libraries stay as they are."""
        named = name in self.names or name.startswith(self._prefixes)
        return named and not self.dispatcher.targets.libraries.of_package(name)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a covered module by the finders behind this one, and take over its loader."""
        if not isinstance(next(iter(sys.meta_path), self), (Hook, Watcher)):
            self.catch_up()
        if not self.covers(name):
            return None
        for finder in finders_behind(self):
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find is not None else None
            if spec is not None:
                return self._fallback(spec)
        return None

    def _fallback(self, spec: ModuleSpec) -> ModuleSpec:
        if spec.loader is None:
            return spec
        if isinstance(spec.loader, loader.RewritingLoader):
            spec.loader.hooks.append(self)
            return spec
        rewriting = loader.rewriting_form(spec.loader)
        if rewriting is None:
            self.record(ModuleReport(spec.name, spec.origin, None, loader.why_not(spec.loader)))
            return spec
        rewriting.hooks = [self]
        spec.loader = rewriting
        return spec

    def record(self, report: ModuleReport) -> None:
        """Record whether a module was rewritten, and warn if it was not."""
        self._reports[report.name] = report
        if report.nodes is not None and report.reason is not None:
            warnings.warn(RewriteWarning(f"{report.name}: {report.reason}"), stacklevel=4)
        elif report.nodes is None:
            warnings.warn(
                RewriteWarning(f"{report.name} loads untouched: {report.reason} ({report.origin or 'no file'})"),
                stacklevel=4,  # past the loader or finder; `warnings` passes by the frames of importlib
            )

    def catch_up(self) -> None:
        """Convert, in place, what a hook has loaded past this one: who comes later is asked first."""
        if self not in sys.meta_path:
            return
        for name, module in sys.modules.copy().items():
            known = name in self._reports or name in self._before or not self.covers(name)
            if known or not loader.could_be_rewritten(module) or is_loading(module):
                continue
            refused: list[str] = []
            with self.rewriting(name):
                count = loader.convert_module(module, self.dispatcher.converter, refused)
            reason = f"some of it stays as it is: {'; '.join(refused)}" if refused else None
            self.record(ModuleReport(name, getattr(module, "__file__", None), count if count else None, reason))

    def report(self) -> list[ModuleReport]:
        """Return every module seen so far, with how many of its nodes were rewritten, or why none was."""
        self.catch_up()
        return list(self._reports.values())

    def code_runtime(self) -> dict[str, Any]:
        """Return the functions that rewritten modules of this hook reach by name."""
        return self.dispatcher.hooked_runtime

    def install(self) -> None:
        """Start rewriting imports."""
        with taken(_lock):
            self._before = frozenset(filter(self.covers, sys.modules.copy()))
            put_first(self)
            _installed.append(self)
            self._announce_names()

    def uninstall(self) -> None:
        """Stop rewriting imports; modules that were rewritten stay so.  Calling it twice does no harm."""
        with taken(_lock):
            self.catch_up()
            withdraw(self)
            if self in _installed:
                _installed.remove(self)
                self._announce_names()

    def _announce_names(self) -> None:
        if self.announce is not None:
            hooks = [hook for hook in _installed if hook.announce is self.announce]
            self.announce(list(dict.fromkeys(name for hook in hooks for name in hook.names)))

    def __enter__(self) -> Hook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.uninstall()

    def __repr__(self) -> str:
        return f"<import hook over {', '.join(self.names)}>"


def install(
    names: Iterable[str],
    dispatcher: Dispatcher,
    reload: bool = False,
    announce: Announce | None = None,
    inherited: bool = False,
    rewriting: Around = nullcontext,
) -> Hook:
    """Rewrite the named modules and packages, and all below them, when they are imported from now on.

    Args:
        names: module or package names; one string is one name.
        dispatcher: what rewritten code is linked to.
        reload: convert covered modules that are imported already, in place.
        announce: called with the names that the installed hooks cover, whenever one comes or goes.
        inherited: the names are those of the process that started this one, which is only starting itself: none is
            looked up yet, and what Python imports to start stays plain.
        rewriting: gives the context in which a module of that name is rewritten; what comes from the cache is not.

    Raises:
        RewriteError: covered modules are imported already; with another hook installed, whose program this
            may be, that is a warning.
        ValueError: a name is not a module name.
    """
    wanted = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in wanted:
        if not isinstance(name, str) or not all(part.isidentifier() for part in name.split(".")):
            raise ValueError(f"{name!r} is not the name of a module or package; give names like 'geographiclib'")
    hook = Hook(wanted, dispatcher, announce, rewriting)
    early = [
        (name, module)
        for name, module in sys.modules.copy().items()
        if hook.covers(name) and loader.could_be_rewritten(module)
    ]
    if inherited:
        early = [(name, module) for name, module in early if name.partition(".")[0] not in sys.stdlib_module_names]
    _settle_early_imports(hook, early, reload or inherited)
    hook.install()
    if not inherited:
        _warn_of_unknown_names(hook)
    return hook


def _settle_early_imports(hook: Hook, early: list[tuple[str, ModuleType]], reload: bool) -> None:
    if reload:
        for name, module in early:
            with hook.rewriting(name):
                nodes = loader.convert_module(module, hook.dispatcher.converter)
            hook.record(ModuleReport(name, getattr(module, "__file__", None), nodes, None))
    elif early:
        listed = ", ".join(name for name, _ in early)
        reason = (
            f"imported before the hook, so not rewritten: {listed}; install the hook before the first import, "
            "or pass reload=True to convert them in place"
        )
        if not _installed:
            raise RewriteError(reason)
        warnings.warn(RewriteWarning(reason), stacklevel=4)


def _warn_of_unknown_names(hook: Hook) -> None:
    for name in hook.names:
        top = name.partition(".")[0]
        if top in sys.modules or any(_finds(finder, top) for finder in sys.meta_path.copy() if finder is not hook):
            continue
        warnings.warn(
            RewriteWarning(f"no module {top!r} is to be found now; is the name right, is it installed?"), stacklevel=4
        )


def _finds(finder: Any, name: str) -> bool:
    find = getattr(finder, "find_spec", None)
    return find is not None and find(name, None) is not None
