"""Questions that a special value would answer otherwise than the value it stands for, as rewritten code asks them.

    (x > 0) is True            ->  truth(x > 0) is True
    match x > 1: case True:    ->  match x > 1: case Truth.true:
    x.data                     ->  plainly(x).data                 names that the table has, in code for plain values
    getattr(x, name, None)     ->  getattr(*owner_and_name(x, name), None)

Python decides these by identity and by type, so no operator of the value's own is asked. What is put around a value
gives back whatever is nothing special, and is done before the question itself is asked: that still stands in the user's
own frame.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from .alias import Alias
from .callees import Callees, at
from .walk import replaced

__all__ = ["Questions", "QuestionsRewritten", "imported_names", "names_any"]

BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})
"""Builtins that are given an object and the name of an attribute."""

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Fields of statements that hold statements."""

OWN_NAMES = frozenset({"self", "cls"})
"""What a method calls its own object, which is of the method's class."""


@dataclass(frozen=True)
class Questions:
    """The functions that replace questions about identity and about attributes.

    Args:
        truth: put around the operands of `is` and `is not`, and around what `__bool__` returns.
        singletons: what replaces `True` and `False` in a pattern; it equals the subjects that the pattern matches.
        owners: put around an object whose attribute of that name is read, set or deleted.
        owner_and_name: makes an object and a name, which only the run knows, such as `owners` would have the object;
            gives back whatever else it is given.
        dir: put around the argument of `dir`.
    """

    truth: Alias
    singletons: Mapping[bool, Alias]
    owners: Mapping[str, Alias] = field(default_factory=dict)
    owner_and_name: Alias | None = None
    dir: Alias | None = None

    def aliases(self) -> list[Alias]:
        """Return everything that rewritten code may reach."""
        found = [self.truth, *self.singletons.values(), *self.owners.values(), self.owner_and_name, self.dir]
        return [alias for alias in found if alias is not None]


class QuestionsRewritten:
    """Puts what the table has around operands, owners and patterns.

    Args:
        questions: the table.
        callees: how the result refers to the runtime.
        visit: makes traced code of a node.
        hidden: whether the code is for plain values, which have none of the attributes named in the table.
        imported: names that imports bind: those of modules, whose attributes are nobody's question.
    """

    def __init__(
        self,
        questions: Questions,
        callees: Callees,
        visit: Callable[[Any], Any],
        hidden: bool,
        imported: Set[str],
    ) -> None:
        self.questions = questions
        self.callees = callees
        self.visit = visit
        self.owners = questions.owners if hidden else {}
        self.hidden = hidden
        self.imported = imported

    def around(self, alias: Alias, place: ast.expr, *arguments: ast.expr) -> ast.expr:
        """Return the call of a runtime function on expressions; the first one starts to run where it did."""
        function = self.callees.callee(alias.name, arguments[0])
        return at(place, ast.Call(func=function, args=list(arguments), keywords=[]))

    def identities(self, node: ast.Compare) -> ast.Compare:
        """Rewrite a comparison with `is` in it: operands that may be a truth value become plain ones."""
        operands = [node.left, *node.comparators]
        asked = set()
        for index, operator in enumerate(node.ops):
            pair = operands[index : index + 2]
            if isinstance(operator, (ast.Is, ast.IsNot)) and all(map(may_be_truth, pair)):
                asked |= {index, index + 1}
        new = [
            self.truth(operand, self.visit(operand))
            if index in asked and not isinstance(operand, ast.Constant)
            else self.visit(operand)
            for index, operand in enumerate(operands)
        ]
        return node if new == operands else replaced(node, left=new[0], comparators=new[1:])

    def truth(self, place: ast.expr, value: ast.expr) -> ast.expr:
        """Return the call that makes a plain bool of a value which stands for one, in the place of an expression."""
        return self.around(self.questions.truth, place, value)

    def pattern(self, node: Any) -> Any:
        """Return a pattern whose `True` and `False` match by what a value stands for."""
        if isinstance(node, ast.MatchSingleton):
            alias = self.questions.singletons.get(node.value) if type(node.value) is bool else None
            return node if alias is None else at(node, ast.MatchValue(self.callees.value(alias.name, node)))
        if not isinstance(node, ast.pattern):
            return node
        changes: dict[str, Any] = {}
        for name, value in ast.iter_fields(node):
            new = [self.pattern(item) for item in value] if isinstance(value, list) else self.pattern(value)
            if new != value:
                changes[name] = new
        return replaced(node, **changes) if changes else node

    def owner(self, name: str, owner: ast.expr) -> Alias | None:
        """Return what is put around an object whose attribute of that name is asked for; `None` for nothing."""
        alias = self.owners.get(name)
        if alias is None or (isinstance(owner, ast.Name) and owner.id in self.imported | OWN_NAMES):
            return None
        return alias

    def arguments(self, node: ast.Call, visited: list[ast.expr]) -> list[ast.expr]:
        """Return the arguments of a call, made ready for builtins that ask for an attribute by name."""
        if not self.hidden or not isinstance(node.func, ast.Name) or not visited:
            return visited
        starred = any(isinstance(argument, ast.Starred) for argument in visited[:2])
        if node.func.id == "dir" and self.questions.dir is not None and len(visited) == 1 and not starred:
            return [self.around(self.questions.dir, visited[0], visited[0])]
        if node.func.id not in BY_NAME or (len(visited) < 2 and not starred):
            return visited
        name = None if starred else node.args[1]
        if isinstance(name, ast.Constant):
            alias = self.owner(name.value, node.args[0]) if isinstance(name.value, str) else None
            return visited if alias is None else [self.around(alias, visited[0], visited[0]), *visited[1:]]
        if self.questions.owner_and_name is None:
            return visited
        asked, others = (visited, []) if starred else (visited[:2], visited[2:])
        pair = self.around(self.questions.owner_and_name, node, *asked)
        return [at(node, ast.Starred(value=pair, ctx=ast.Load())), *others]


def may_be_truth(operand: ast.expr) -> bool:
    """Return whether an operand of `is` may be a truth value, as far as the source tells.

    >>> [may_be_truth(ast.parse(text, mode="eval").body) for text in ("True", "x > 0", "None", "type(x)")]
    [True, True, False, False]
    """
    if isinstance(operand, ast.Constant):
        return type(operand.value) is bool
    return not (isinstance(operand, ast.Call) and isinstance(operand.func, ast.Name) and operand.func.id == "type")


def imported_names(tree: ast.AST) -> set[str]:
    """Return the names that import statements bind, anywhere in a tree.

    >>> text = "import os.path\\ntry:\\n    from math import sin as s\\nexcept ImportError:\\n    import slow as fast"
    >>> sorted(imported_names(ast.parse(text)))
    ['fast', 'os', 's']
    """
    names: set[str] = set()
    pending: list[Any] = [tree]
    # Imports are statements: no expression is looked into.
    while pending:
        node = pending.pop()
        if type(node) in (ast.Import, ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            continue
        for block in map(node.__dict__.get, BLOCKS):
            if type(block) is list:
                pending += block
    return names


def names_any(namespace: Mapping[str, Any], modules: Set[str]) -> bool:
    """Return whether a namespace has a module, class or function of one of the top-level modules.

    >>> names_any({"ast": ast}, {"ast"}), names_any({"ast": ast}, {"os"})
    (True, False)
    """
    for value in list(namespace.values()):
        kind = type(value)
        if kind is ModuleType:
            home: Any = value.__name__
        elif kind is FunctionType or issubclass(kind, type):
            home = value.__module__
        else:
            continue
        if isinstance(home, str) and home.partition(".")[0] in modules:
            return True
    return False
