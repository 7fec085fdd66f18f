"""The definition of a function in a syntax tree, and the code that some form of it compiles to."""

from __future__ import annotations
import __future__ as future_features

import ast
import sys
from collections.abc import Iterator, Set
from dataclasses import dataclass
from types import CodeType
from typing import Any

from .callees import at
from .compiler_warnings import compiling_quietly
from .linking import is_linked, placeholders_last
from .rewriter import deep_recursion

__all__ = ["Definition", "same_code"]

_FUTURE_FLAGS = sum({getattr(future_features, name).compiler_flag for name in future_features.all_feature_names})


@dataclass(frozen=True)
class Definition:
    """A function or lambda in a syntax tree.

    Attributes:
        node: its node.
        private: the innermost class around it, which mangles its `__names`; empty if none.
        qualname: its qualified name.
        imported: what its module imports; a call of an attribute of that compiles to other code.
        packages: the top-level modules that its module imports from, anywhere.
    """

    node: Any
    private: str
    qualname: str
    imported: Set[str] = frozenset()
    packages: Set[str] = frozenset()

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
        with deep_recursion(), compiling_quietly():
            around = placeholders_last(compile(tree, code.co_filename, "exec", flags=flags, dont_inherit=True))
        own = f"{self.private}.{code.co_name}" if self.private else code.co_name
        here = own if own.partition(".")[0] in bound_here else f"around.<locals>.{own}"
        there = getattr(code, "co_qualname", self.qualname)
        candidates = (candidate for candidate in _nested(around, 2) if _looks_like(candidate, code))
        return [_qualified(candidate, here, there) for candidate in candidates]


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


def same_code(one: CodeType, other: CodeType, with_positions: bool) -> bool:
    """Return whether code objects do the same, on request also at the same places of the source."""
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
        return is_linked(other) or same_code(one, other, with_positions=False)
    if type(one) is tuple:
        return len(one) == len(other) and all(map(_same_constant, one, other))
    if type(one) is frozenset:
        return sorted(map(_written, one)) == sorted(map(_written, other))
    return _written(one) == _written(other)


def _written(constant: Any) -> str:
    """Return the text of a constant: zeros of either sign are equal otherwise, and nan is not equal to itself."""
    # Python refuses to write long whole numbers in decimal digits.
    return hex(constant) if type(constant) is int else repr(constant)
