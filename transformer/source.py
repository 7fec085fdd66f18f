"""Finds the definition of a live code object in its file's syntax tree.

Sources come from `linecache`, so files, zip archives, IPython cells, doctests and newer Pythons' prompts are served.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from .compiler_warnings import parse_quietly
from .definition import Definition, same_code
from .errors import RewriteError
from .lines import lines_of
from .linking import is_linked
from .other_hooks import changed_trees
from .own_lines import syntax_in_own_lines
from .programs import program_text, why_no_source
from .rewriter import deep_recursion, imported_packages
from .texts import changed, check_source
from .walk import SCOPES

__all__ = ["Source", "definition_of", "source_code_of", "source_of", "syntax_of"]

_MAX_KEPT_SOURCES = 128


@dataclass
class Source:
    """A file's text and tree, and the functions it defines by first line and name.

    Attributes:
        imported: the names that its module's own imports bind.
        packages: the top-level modules that it imports from, anywhere.
    """

    filename: str
    text: str
    tree: ast.Module
    definitions: dict[tuple[int, str], list[Definition]] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        with deep_recursion():
            self._collect(self.tree, "", "")

    def _collect(self, node: ast.AST, private: str, prefix: str) -> None:
        kind = type(node)
        inside = private, prefix
        if kind in SCOPES:
            decorators = getattr(node, "decorator_list", None)
            first: Any = decorators[0] if decorators else node
            name = getattr(node, "name", "<lambda>")
            self.definitions.setdefault((first.lineno, name), []).append(
                Definition(node, private, prefix + name, self.imported, self.packages)
            )
            inside = private, f"{prefix}{name}.<locals>."
        elif kind is ast.ClassDef:
            name = node.name  # type: ignore[attr-defined]
            inside = name, f"{prefix}{name}."
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.packages |= imported_packages(node)
            if not prefix:
                self.imported |= {alias.asname or alias.name.partition(".")[0] for alias in node.names} - {"*"}
        for field_name, value in ast.iter_fields(node):
            # Decorators, defaults and bases belong to the code around a definition.
            own_private, own_prefix = inside if field_name == "body" else (private, prefix)
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self._collect(child, own_private, own_prefix)


_sources: dict[str, Source] = {}


def source_of(filename: str, module_globals: dict[str, Any] | None = None, code: CodeType | None = None) -> Source:
    """Return the source of a file, from `linecache`; parsed once while its text stays the same.

    Args:
        filename: its name.
        module_globals: the globals of its module.
        code: code that was compiled from it, by which alone it may be known.

    Raises:
        RewriteError: there is no source, or it is not valid Python.
    """
    text = "".join(lines_of(filename, module_globals, code)) or program_text(filename)
    known = _sources.get(filename)
    if known is not None and known.text == text:
        return known
    if not text:
        raise RewriteError(why_no_source(filename), filename)
    try:
        tree = parse_quietly(text, filename)
    except SyntaxError as error:
        raise RewriteError(f"its source does not parse: {error.msg}", filename, error.lineno, error.text) from error
    if len(_sources) >= _MAX_KEPT_SOURCES:
        _sources.pop(next(iter(_sources)))
    source = _sources[filename] = Source(filename, text, tree)
    return source


def definition_of(code: CodeType, module_globals: dict[str, Any] | None = None) -> tuple[Definition, int]:
    """Return the definition that `code` was compiled from, and which of the code that it compiles to is that.

    Raises:
        RewriteError: there is no source, or it isn't the one that was compiled.
    """
    source = source_of(code.co_filename, module_globals, code)
    matches = matching(source, code)
    if not matches:
        others = (
            Source(source.filename, source.text, tree) for tree in other_trees(source, code, module_globals or {})
        )
        matches = next((found for other in others if (found := matching(other, code))), [])
    if not matches:
        raise changed(code)
    return matches[0]


def matching(source: Source, code: CodeType) -> list[tuple[Definition, int]]:
    """Return the definitions that compile to some code, each with the number of its code object."""
    candidates = source.definitions.get((code.co_firstlineno, code.co_name), [])
    # Texts given to exec share this name with the program of `python -c`, whose source Python 3.13 knows.
    certain = len(candidates) == 1 and code.co_filename != "<string>"
    return [
        (definition, index)
        for definition in candidates
        for index, compiled in enumerate(definition.compile(definition.node, code))
        if same_code(compiled, code, with_positions=not certain)
    ]


def other_trees(source: Source, code: CodeType, module_globals: dict[str, Any]) -> Iterator[ast.Module]:
    """Yield the trees that other tools may have compiled some code from."""
    places = [
        (definition.qualname, line)
        for (line, name), definitions in source.definitions.items()
        for definition in definitions
        if name == code.co_name and code.co_firstlineno in (line, definition.node.lineno)
    ]
    with deep_recursion():
        yield from changed_trees(code, source.text, places, module_globals)


def source_code_of(code: CodeType, module_globals: dict[str, Any] | None = None) -> CodeType:
    """Return what Python compiles from the source of some rewritten code.

    Raises:
        RewriteError: there is no source, it was edited, or several definitions in it look like the code's.
    """
    source = source_of(code.co_filename, module_globals, code)
    check_source(code, lines_of(code.co_filename, module_globals, code))
    candidates = [
        compiled
        for definition in source.definitions.get((code.co_firstlineno, code.co_name), [])
        for compiled in definition.compile(definition.node, code)
    ]
    if len(candidates) != 1:
        raise RewriteError(f"the source of {code.co_name!r} is not found", code.co_filename, code.co_firstlineno)
    return candidates[0].replace(co_flags=code.co_flags)


def syntax_of(code: CodeType, module_globals: dict[str, Any] | None = None) -> ast.AST:
    """Return the syntax tree of the function that live code was compiled from, be the code rewritten or not.

    Raises:
        RewriteError: there is no source, or it isn't the one that was compiled.

    >>> type(syntax_of((lambda x: x + 1).__code__)).__name__
    'Lambda'
    """
    if is_linked(code):
        check_source(code, lines_of(code.co_filename, module_globals, code))
    known = syntax_in_own_lines(code, module_globals or {})
    if known is not None:
        return known
    if not is_linked(code):
        node: ast.AST = definition_of(code, module_globals)[0].node
        return node
    source = source_of(code.co_filename, module_globals, code)
    nodes: list[ast.AST] = [
        definition.node
        for definition in source.definitions.get((code.co_firstlineno, code.co_name), [])
        for compiled in definition.compile(definition.node, code)
        if compiled.co_varnames[: code.co_nlocals] == code.co_varnames[: compiled.co_nlocals]
    ]
    if len(nodes) != 1:
        raise RewriteError(f"the source of {code.co_name!r} is not found", code.co_filename, code.co_firstlineno)
    return nodes[0]
