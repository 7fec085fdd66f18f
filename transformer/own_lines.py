"""The definition of a function by its own lines alone, so that the rest of its file, however long, is not parsed.

Whether that is the right one tells its code: the lines must compile to what runs.  Where they don't, or don't say
enough, there is none, and `source.py` looks through the whole file.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Iterator, Set
from types import CodeType, ModuleType
from typing import Any

from .compiler_warnings import parse_quietly
from .definition import Definition, same_code
from .lines import lines_of
from .linking import is_linked
from .questions import names_any
from .walk import SCOPES

__all__ = ["definition_in_own_lines", "syntax_in_own_lines"]

MAX_ATTEMPTS = 3
"""How often lines are parsed: what ends a statement, such as a bracket, may stand below the last line with code."""

MAX_KEPT_TREES = 512

_syntax: dict[int, tuple[CodeType, list[str], ast.AST | None]] = {}


def definition_in_own_lines(
    code: CodeType, module_globals: dict[str, Any], watched: Set[str]
) -> tuple[Definition, int] | None:
    """Return the definition of some code, and which of the code objects that it compiles to is that.

    Args:
        code: the code of a function or lambda.
        module_globals: the globals of its module.
        watched: the packages of which the definition should know whether its module imports from them.

    Returns:
        `None` if the lines alone do not tell.
    """
    is_lambda = code.co_name == "<lambda>"
    lines = lines_of(code.co_filename, module_globals, code)
    tree = parsed(code, lines)
    if tree is None:
        return None
    packages = imported_packages(lines, module_globals, watched)
    private = class_around(code, lines)
    if packages is None or private is None:
        return None
    imported = {name for name in names_in(code) if type(module_globals.get(name)) is ModuleType}
    for node in ast.walk(tree) if is_lambda else first_statement(tree):
        if type(node) in SCOPES and getattr(node, "name", "<lambda>") == code.co_name:
            definition = Definition(node, private, getattr(code, "co_qualname", code.co_name), imported, packages)
            for index, compiled in enumerate(definition.compile(node, code)):
                if same_code(compiled, code, with_positions=is_lambda):
                    return definition, index
    return None


def syntax_in_own_lines(code: CodeType, module_globals: dict[str, Any]) -> ast.AST | None:
    """Return the syntax tree of the one function in some code's own lines that it may come from, rewritten or not.

    Returns:
        The same one each time, while the text is the same; `None` if the lines alone do not tell.
    """
    lines = lines_of(code.co_filename, module_globals, code)
    known = _syntax.get(id(code))
    if known is not None and known[0] is code and known[1] is lines:
        return known[2]
    node = read_syntax(code, lines)
    if len(_syntax) >= MAX_KEPT_TREES:
        _syntax.pop(next(iter(_syntax)), None)
    _syntax[id(code)] = code, lines, node
    return node


def read_syntax(code: CodeType, lines: list[str]) -> ast.AST | None:
    """Return what `syntax_in_own_lines` does, parsed anew."""
    tree = parsed(code, lines) if code.co_name != "<lambda>" else None
    private = class_around(code, lines) if tree is not None else None
    if tree is None or private is None:
        return None
    found: list[ast.AST] = []
    for node in first_statement(tree):
        if type(node) in SCOPES and getattr(node, "name", "") == code.co_name:
            definition = Definition(node, private, getattr(code, "co_qualname", code.co_name), set(), set())
            compiled = definition.compile(node, code)
            if is_linked(code):
                found += [node for each in compiled if each.co_varnames == code.co_varnames[: each.co_nlocals]]
            else:
                found += [node for each in compiled if same_code(each, code, with_positions=False)]
    return found[0] if len(found) == 1 else None


def parsed(code: CodeType, lines: list[str]) -> ast.Module | None:
    """Return the tree of the statement that begins where some code does, each node at its place in the file."""
    first, last = code.co_firstlineno, last_line(code)
    if not 0 < first <= last <= len(lines):
        return None
    indentation = indentation_of(lines[first - 1])
    if indentation and first == 1:
        return None
    while last < len(lines) and (not lines[last].strip() or len(indentation_of(lines[last])) > len(indentation)):
        last += 1
    forms = [("\n" * (first - 2) + "if 1:\n" if indentation else "\n" * (first - 1), "")]
    if code.co_name == "<lambda>" and first > 1:
        # Of a call that began in a line before.
        forms.append(("\n" * (first - 2) + "_(\n", "\n)"))
    for end in range(last, min(last + MAX_ATTEMPTS, len(lines) + 1)):
        for before, after in forms:
            with contextlib.suppress(SyntaxError):
                text = before + "".join(lines[first - 1 : end]) + after
                return parse_quietly(text, code.co_filename)  # type: ignore[no-any-return]
    return None


def indentation_of(line: str) -> str:
    """Return the white space at the start of a line."""
    return line[: len(line) - len(line.lstrip())]


def first_statement(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the first statement of what `parsed` has made, which stands in a block of its own if it is indented."""
    statement = tree.body[0]
    yield statement.body[0] if isinstance(statement, ast.If) else statement


def last_line(code: CodeType) -> int:
    """Return the last line with code of a function or those within it."""
    own = max((line for _, _, line in code.co_lines() if line is not None), default=code.co_firstlineno)
    return max([own, *(last_line(inner) for inner in code.co_consts if type(inner) is CodeType)])


def names_in(code: CodeType) -> set[str]:
    """Return the names of globals and attributes in a function and those within it."""
    inner = [names_in(constant) for constant in code.co_consts if type(constant) is CodeType]
    return {*code.co_names}.union(*inner)


def class_around(code: CodeType, lines: list[str]) -> str | None:
    """Return the innermost class around a function, which mangles its `__names`.

    Returns:
        An empty text if there is none, `None` where that is not known.
    """
    if sys.version_info < (3, 11):
        # Nor does code know its columns there, so that two lambdas of a line look the same.
        top_level = code.co_name != "<lambda>" and not indentation_of(lines[code.co_firstlineno - 1])
        return "" if top_level else None
    scopes = code.co_qualname.split(".")[:-1]
    while scopes:
        scope = scopes.pop()
        if scope != "<locals>":
            return scope
        scopes.pop()
    return ""


def imported_packages(lines: list[str], module_globals: dict[str, Any], watched: Set[str]) -> Set[str] | None:
    """Return which of some packages a module imports from, as far as it matters; `None` if only its tree can tell."""
    text = "".join(lines)
    if not any(name in text for name in watched):
        return frozenset()
    return watched if names_any(module_globals, watched) else None
