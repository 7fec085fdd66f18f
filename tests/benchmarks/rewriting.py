"""How fast modules are rewritten: lines per second on one core, over the standard library."""

from __future__ import annotations

import ast
import sysconfig
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from minitorch.tracing.tracer import targets
from transformer.callees import Constants
from transformer.loader import compile_rewritten
from transformer.rewriter import imports_any, rewrite

from .figures import Figure

__all__ = ["figures"]

LEFT_OUT = frozenset({"test", "tests", "idle_test", "site-packages", "__pycache__"})
MIN_LINES_PER_SECOND = 50_000


def library_files() -> Iterator[Path]:
    """The modules of the standard library, without its tests."""
    root = Path(sysconfig.get_path("stdlib"))
    return (path for path in sorted(root.rglob("*.py")) if not LEFT_OUT & set(path.relative_to(root).parts))


def figures() -> list[Figure]:
    """Rewriting alone, and everything that happens to a module that is not in the cache."""
    lines = 0
    rewriting = everything = plain = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in library_files():
            source = path.read_bytes()
            try:
                start = time.process_time()
                compile(source, path, "exec", dont_inherit=True)
                plain += time.process_time() - start
            except (SyntaxError, ValueError):
                continue
            lines += source.count(b"\n")
            tree = ast.parse(source)
            start = time.process_time()
            rewrite(tree, targets, Constants(), two_bodies=not imports_any(tree, targets.always_traced))
            rewriting += time.process_time() - start
            start = time.process_time()
            compile_rewritten(source, str(path), targets)
            everything += time.process_time() - start
    return [
        Figure("rewriting alone", lines / rewriting, "lines/s", MIN_LINES_PER_SECOND, more_is_better=True),
        Figure("parse, rewrite and compile", lines / everything, "lines/s"),
        Figure("plain parse and compile", lines / plain, "lines/s"),
    ]
