"""Finds the definition of a live code object in its file's syntax tree.

Sources come from `linecache`, so files, zip archives, IPython cells, doctests and the prompt of Python 3.13 are served.
"""

from __future__ import annotations
import __future__ as future_features

import ast
import linecache
import sys
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from .callees import at
from .errors import ChangedCodeError, RewriteError
from .linking import is_linked, placeholders_last
from .other_hooks import changed_trees
from .programs import program_text, why_no_source
from .rewriter import deep_recursion, imported_packages
from .walk import SCOPES

__all__ = ["Definition", "Source", "definition_of", "source_code_of", "source_of"]

_FUTURE_FLAGS = sum({getattr(future_features, name).compiler_flag for name in future_features.all_feature_names})
_MAX_KEPT_SOURCES = 128


@dataclass(frozen=True)
class Definition:
    """A function or lambda in a syntax tree.

    Attributes:
        node: its node.
        private: the innermost class around it, which mangles its `__names`; empty if none.
        qualname: its qualified name.
        imported: what its module imports; a call of an attribute of that compiles to other code.
    """

    node: Any
    private: str
    qualname: str
    imported: Set[str] = frozenset()

    def compile(self, node: Any, code: CodeType) -> list[CodeType]:
        """Compile `node`, some form of this definition, in an environment that binds what `code` finds around it.

        Returns:
            the code objects that may be the definition's own: lambdas in its defaults may look alike.
        """
        body: list[Any] = [at(node, ast.Expr(node)) if isinstance(node, ast.Lambda) else node]
        if self.private:
            body = [_class(self.private, body, node)]
        # The environment binds the free names of `code` and no others: its own name and its class's stay global.
        bound_here = {getattr(node, "name", ""), self.private} - {"", *code.co_freevars}
        if bound_here:
            body.insert(0, at(node, ast.Global(names=sorted(bound_here))))
        names = [at(node, ast.arg(name)) for name in code.co_freevars]
        aliases = [at(node, ast.alias(name)) for name in sorted(self.imported)]
        imports = [at(node, ast.Import(aliases))] if aliases else []
        tree = ast.Module(body=[*imports, _function("around", names, body, node)], type_ignores=[])
        flags = code.co_flags & _FUTURE_FLAGS
        with deep_recursion():
            around = placeholders_last(compile(tree, code.co_filename, "exec", flags=flags, dont_inherit=True))
        own = f"{self.private}.{code.co_name}" if self.private else code.co_name
        here = own if own.partition(".")[0] in bound_here else f"around.<locals>.{own}"
        there = getattr(code, "co_qualname", self.qualname)
        candidates = (candidate for candidate in _nested(around, 2) if _looks_like(candidate, code))
        return [_qualified(candidate, here, there) for candidate in candidates]


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
                Definition(node, private, prefix + name, self.imported)
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


def source_of(filename: str, module_globals: dict[str, Any] | None = None) -> Source:
    """Return the source of a file, from `linecache`; parsed once while its text stays the same.

    Raises:
        RewriteError: there is no source, or it is not valid Python.
    """
    linecache.checkcache(filename)
    text = "".join(linecache.getlines(filename, module_globals)) or program_text(filename)
    known = _sources.get(filename)
    if known is not None and known.text == text:
        return known
    if not text:
        raise RewriteError(why_no_source(filename), filename)
    try:
        tree = ast.parse(text, filename)
    except SyntaxError as error:
        raise RewriteError(f"its source does not parse: {error.msg}", filename, error.lineno, error.text) from error
    if len(_sources) >= _MAX_KEPT_SOURCES:
        _sources.pop(next(iter(_sources)))
    source = _sources[filename] = Source(filename, text, tree)
    return source


def definition_of(code: CodeType, module_globals: dict[str, Any] | None = None) -> tuple[Source, Definition, int]:
    """Return the definition that `code` was compiled from.

    Returns:
        its source, the definition, and which of the code objects that `Definition.compile` gives is its own.

    Raises:
        RewriteError: there is no source, or it isn't the one that was compiled.
    """
    source = source_of(code.co_filename, module_globals)
    matches = matching(source, code)
    if not matches:
        others = (
            Source(source.filename, source.text, tree) for tree in other_trees(source, code, module_globals or {})
        )
        source, matches = next(((other, found) for other in others if (found := matching(other, code))), (source, []))
    if not matches:
        raise ChangedCodeError(
            f"the source of {code.co_name!r} is not what was compiled; reload the module after editing it, "
            "or leave out what else changes its code",
            code.co_filename,
            code.co_firstlineno,
        )
    return source, *matches[0]


def matching(source: Source, code: CodeType) -> list[tuple[Definition, int]]:
    """Return the definitions that compile to some code, each with the number of its code object."""
    candidates = source.definitions.get((code.co_firstlineno, code.co_name), [])
    # Texts given to exec share this name with the program of `python -c`, whose source Python 3.13 knows.
    certain = len(candidates) == 1 and code.co_filename != "<string>"
    return [
        (definition, index)
        for definition in candidates
        for index, compiled in enumerate(definition.compile(definition.node, code))
        if _same_code(compiled, code, with_positions=not certain)
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
        RewriteError: there is no source, or several definitions in it look like the code's.
    """
    source = source_of(code.co_filename, module_globals)
    candidates = [
        compiled
        for definition in source.definitions.get((code.co_firstlineno, code.co_name), [])
        for compiled in definition.compile(definition.node, code)
    ]
    if len(candidates) != 1:
        raise RewriteError(f"the source of {code.co_name!r} is not found", code.co_filename, code.co_firstlineno)
    return candidates[0].replace(co_flags=code.co_flags)


def _class(name: str, body: list[Any], place: ast.AST) -> ast.ClassDef:
    node = ast.ClassDef(name=name, bases=[], keywords=[], body=body, decorator_list=[])
    node.type_params = []  # type: ignore[attr-defined]
    return at(place, node)


def _function(name: str, arguments: list[ast.arg], body: list[Any], place: ast.AST) -> ast.FunctionDef:
    parameters = ast.arguments(posonlyargs=[], args=arguments, kwonlyargs=[], kw_defaults=[], defaults=[])
    node = ast.FunctionDef(name=name, args=parameters, body=body, decorator_list=[])
    node.type_params = []  # type: ignore[attr-defined]
    return at(place, node)


def _nested(code: CodeType, depth: int) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            if depth or constant.co_name.startswith("<generic parameters"):
                yield from _nested(constant, depth - 1)


def _qualified(code: CodeType, here: str, there: str) -> CodeType:
    """Return code with the qualified names in it that it has in its source.

    Args:
        code: code that was compiled in a generated environment.
        here: its qualified name in those.
        there: its qualified name in its source.
    """

    def moved(item: Any) -> Any:
        if type(item) is CodeType:
            return _qualified(item, here, there)
        return there + item[len(here) :] if type(item) is str and item.startswith(f"{here}.<locals>.") else item

    changes: dict[str, Any] = {"co_consts": tuple(map(moved, code.co_consts))}
    if sys.version_info >= (3, 11):
        changes["co_qualname"] = there if code.co_qualname == here else moved(code.co_qualname)
    return code.replace(**changes)


def _looks_like(candidate: CodeType, code: CodeType) -> bool:
    arguments = code.co_argcount + code.co_kwonlyargcount
    return (
        (candidate.co_name, candidate.co_firstlineno) == (code.co_name, code.co_firstlineno)
        and candidate.co_freevars == code.co_freevars
        and (candidate.co_argcount, candidate.co_kwonlyargcount) == (code.co_argcount, code.co_kwonlyargcount)
        and candidate.co_varnames[:arguments] == code.co_varnames[:arguments]
    )


def _same_code(one: CodeType, other: CodeType, with_positions: bool) -> bool:
    if one.co_code != other.co_code or one.co_names != other.co_names or one.co_varnames != other.co_varnames:
        return False
    if with_positions and sys.version_info >= (3, 11) and list(one.co_positions()) != list(other.co_positions()):
        return False
    if len(one.co_consts) != len(other.co_consts):
        return False
    return all(map(_same_constant, one.co_consts, other.co_consts))


def _same_constant(one: Any, other: Any) -> bool:
    """Return whether constants are the same; nested code that has been rewritten is taken as it is."""
    if type(one) is not type(other):
        return False
    if type(one) is CodeType:
        return is_linked(other) or _same_code(one, other, with_positions=False)
    return bool(one == other) or repr(one) == repr(other)
