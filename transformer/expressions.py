"""Turns plain expressions and statements into traced ones, node by node.

    x * y            ->  x * y                   an operator that is left to its operands; printed as Mul.apply(x, y)
    x % y            ->  modulo(x, y)            one that is replaced, as are x < y and x += y where the table says so
    f(x)             ->  resolve(f)(x)
    z.real           ->  real_part(z)            attributes that the table names
    (x > y) is True  ->  truth(GT.apply(x, y)) is True          see `questions`

Only what Python can't already dispatch on its operands is touched.  Left as they are, because they reach a Variable's
own operators and evaluate each operand just once: comparison chains, augmented assignment to attributes and
subscripts, `and`/`or`/`not`/`in`.  Left alone for good: annotations, constant expressions.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from typing import Any

from .alias import Alias
from .callees import RESOLVE, Callees, at
from .linking import METHOD
from .questions import QuestionsRewritten
from .targets import Targets
from .walk import SCOPES, first_to_run, map_children, replaced

__all__ = ["Expressions"]


GONE_THROUGH_AT_ONCE = frozenset(
    [*["all", "any", "tuple"] * (sys.version_info >= (3, 14)), *["list", "set"] * (sys.version_info >= (3, 15))]
)
"""Builtins that the compiler makes a loop of if they are called with a generator expression."""

TESTING: tuple[type[ast.AST], ...] = (ast.If, ast.While, ast.IfExp, ast.Assert)


class Expressions:
    """Makes traced code of plain code, node by node.

    Attributes:
        rewritten: how many nodes were rewritten so far, or are operators of the table that are left to their operands.
        scopes: how many functions and lambdas were met so far.
    """

    def __init__(
        self, targets: Targets, callees: Callees, for_plain_values: bool = True, imported: Set[str] = frozenset()
    ) -> None:
        self.operators = targets.operators
        self.in_place = targets.in_place
        self.attributes = targets.attributes
        self.callees = callees
        self.subscripts = targets.subscripts and not callees.shows_names
        self.imported = imported
        self.rewritten = 0
        self.scopes = 0
        self.handlers: dict[type[ast.AST], Callable[[Any], Any]] = {
            ast.BinOp: self.binary,
            ast.UnaryOp: self.unary,
            ast.Compare: self.comparison,
            ast.AugAssign: self.augmented_assignment,
            ast.Call: self.call,
            ast.Attribute: self.attribute,
            **dict.fromkeys(TESTING, self.testing),
            ast.ClassDef: self.class_scope,
            **dict.fromkeys(SCOPES, self.scope),
        }
        self.questions: QuestionsRewritten | None = None
        if targets.questions is not None:
            self.questions = QuestionsRewritten(targets.questions, callees, self.visit, for_plain_values, imported)
            self.handlers.update({ast.match_case: self.case, ast.Return: self.answer})
        self.truths: set[int] = set()

    def visit(self, node: Any) -> Any:
        """Return the traced form of any statement or expression."""
        handler = self.handlers.get(type(node))
        return map_children(node, self.visit) if handler is None else handler(node)

    @contextmanager
    def scopes_become(self, form: Callable[[Any], Any]) -> Iterator[None]:
        """Turn functions and lambdas into what `form` makes of them, for a `with` block."""

        def counted(node: Any) -> Any:
            self.scopes += 1
            self.enter(node)
            return form(node)

        before = self.handlers[ast.Lambda]
        self.handlers.update(dict.fromkeys(SCOPES, counted))
        try:
            yield
        finally:
            self.handlers.update(dict.fromkeys(SCOPES, before))

    def scope(self, node: Any) -> Any:
        """Return a function with a traced body alone."""
        self.scopes += 1
        self.enter(node)
        return map_children(node, self.visit)

    def enter(self, node: Any) -> None:
        """Note which statements of a function are to return a bool, as Python itself demands of `__bool__`."""
        if self.questions is not None and isinstance(node, ast.FunctionDef) and node.name == "__bool__":
            self.truths.update(map(id, own_returns(node)))

    def answer(self, node: ast.Return) -> Any:
        """Rewrite a statement that returns something, a bool where one is demanded."""
        new: Any = map_children(node, self.visit)
        if self.questions is None or node.value is None or id(node) not in self.truths:
            return new
        self.rewritten += 1
        return replaced(new, value=self.questions.truth(node.value, new.value))

    def class_scope(self, node: ast.ClassDef) -> Any:
        """Trace the body of a class, which keeps its declarations."""
        self.scopes += 1
        with self.keeping_declarations():
            return map_children(node, self.visit)

    @contextmanager
    def keeping_declarations(self, keep: bool = True) -> Iterator[None]:
        """Keep `global` and `nonlocal` statements, or leave them out, for a `with` block."""
        before = self.handlers.get(ast.Global)
        if keep:
            self.handlers.pop(ast.Global, None)
            self.handlers.pop(ast.Nonlocal, None)
        else:
            self.handlers.update(dict.fromkeys((ast.Global, ast.Nonlocal), left_out))
        try:
            yield
        finally:
            if before is not None:
                self.handlers.update(dict.fromkeys((ast.Global, ast.Nonlocal), before))
            else:
                self.handlers.pop(ast.Global, None)
                self.handlers.pop(ast.Nonlocal, None)

    def keeps(self, target: Alias | str | None) -> bool:
        """Return whether code goes on having an operator itself."""
        return target is None or (isinstance(target, str) and not self.callees.shows_names)

    def operands(self, node: Any, target: Alias | str | None) -> Any:
        """Rewrite the operands alone of an operation that stays one."""
        self.rewritten += target is not None
        return map_children(node, self.visit)

    def apply(self, target: Alias | str, place: ast.expr, *operands: ast.expr) -> ast.Call:
        """Return the call that does an operation; its callee stands where the plain operation starts to run."""
        self.rewritten += 1
        name = target if isinstance(target, str) else target.name
        first: Any = operands[0]
        # Calls that were made here know their start: a chain of a thousand additions is not walked for each.
        start = first.func if hasattr(first, "applied") else first_to_run(place)
        call = at(place, ast.Call(func=self.callees.callee(name, start), args=list(operands), keywords=[]))
        call.applied = True  # type: ignore[attr-defined]
        return call

    def binary(self, node: ast.BinOp) -> Any:
        """Turn `x * y` into a call, if the table replaces the operator and an operand is not constant."""
        target = None if is_constant(node) else self.operators.get(type(node.op))
        if target is None or self.keeps(target):
            return self.operands(node, target)
        return self.apply(target, node, self.visit(node.left), self.visit(node.right))

    def unary(self, node: ast.UnaryOp) -> Any:
        """Turn `-x` into a call, if the table replaces the operator and the operand is not constant."""
        target = None if is_constant(node.operand) else self.operators.get(type(node.op))
        if target is None or self.keeps(target):
            return self.operands(node, target)
        return self.apply(target, node, self.visit(node.operand))

    def is_rewritten(self, node: ast.Compare) -> bool:
        """Return whether a comparison is rewritten: it is not a chain, and its operands decide (not `is` or `in`)."""
        return len(node.ops) == 1 and not self.keeps(self.operators.get(type(node.ops[0])))

    def comparison(self, node: ast.Compare) -> Any:
        """Turn `x < y` into a call; chains stay."""
        if not self.is_rewritten(node):
            self.rewritten += len(node.ops) == 1 and type(node.ops[0]) in self.operators
            return self.other_comparison(node)
        target = self.operators[type(node.ops[0])]
        return self.apply(target, node, self.visit(node.left), self.visit(node.comparators[0]))

    def other_comparison(self, node: ast.Compare) -> Any:
        """Rewrite the operands of a comparison that stays one: a chain, `is` or `in`."""
        if self.questions is None or not any(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops):
            return map_children(node, self.visit)
        new = self.questions.identities(node)
        self.rewritten += new is not node
        return new

    def case(self, node: Any) -> Any:
        """Rewrite a case of `match`."""
        new = map_children(node, self.visit)
        pattern = node.pattern if self.questions is None else self.questions.pattern(node.pattern)
        if pattern is node.pattern:
            return new
        self.rewritten += 1
        return replaced(new, pattern=pattern)

    def augmented_assignment(self, node: ast.AugAssign) -> Any:
        """Turn `x += y` into an assignment of a call's result; other targets than names stay."""
        target = self.in_place.get(type(node.op)) if isinstance(node.target, ast.Name) else None
        if target is None or self.keeps(target) or not isinstance(node.target, ast.Name):
            return self.operands(node, target)
        before = at(node.target, ast.Name(id=node.target.id, ctx=ast.Load()))
        value = self.apply(target, node, before, self.visit(node.value))  # type: ignore[arg-type]
        return at(node, ast.Assign(targets=[node.target], value=value))

    def testing(self, node: Any) -> Any:
        """Rewrite code that tests a truth; before Python 3.12 a comparison says where the test, or `assert`, is."""
        tests = comparisons(node.test) if sys.version_info < (3, 12) else []
        several_lines = node.test.lineno < node.test.end_lineno and len(tests) + isinstance(node.test, ast.BoolOp) > 1
        if several_lines or not all(map(self.is_rewritten, tests[:-1])):
            # Python asks for each of them at its own place, and for one that stays last: one place is not enough.
            return self.with_plain_comparisons(node)
        new = map_children(node, self.visit)
        if not tests or new is node:
            return new
        return at(tests[-1 if isinstance(node, ast.Assert) else 0], replaced(new))

    def with_plain_comparisons(self, node: Any) -> Any:
        """Return the traced form of a statement whose test keeps its comparisons."""
        self.handlers[ast.Compare] = self.other_comparison
        try:
            test = self.visit(node.test)
        finally:
            self.handlers[ast.Compare] = self.comparison
        return map_children(node, lambda child: test if child is node.test else self.visit(child))

    def attribute(self, node: ast.Attribute) -> Any:
        """Turn the reading of an attribute into a call, if the table has its name."""
        target = self.attributes.get(node.attr) if isinstance(node.ctx, ast.Load) else None
        if target is None:
            return self.owned(node)
        self.rewritten += 1
        read = self.callees.callee(target.name, node)
        return at(method_line(node), ast.Call(func=read, args=[self.visit(node.value)], keywords=[]))

    def owned(self, node: ast.Attribute) -> Any:
        """Rewrite the owner of an attribute, read or set, where it may be a value that should not have it."""
        alias = None if self.questions is None else self.questions.owner(node.attr, node.value)
        if self.questions is None or alias is None:
            return map_children(node, self.visit)
        self.rewritten += 1
        return replaced(node, value=self.questions.around(alias, method_line(node), self.visit(node.value)))

    def call(self, node: ast.Call) -> Any:
        """Turn `f(x)` into `resolve(f)(x)`, except for the few calls that are Python's own."""
        function = self.visit(node.func)
        is_method = is_method_call(node)
        if not is_python_only(node):
            self.rewritten += 1
            place = method_line(node.func)
            if not self.subscripts:
                function = self.callees.resolved(function, place)
            elif is_method and isinstance(function, ast.Attribute) and self.has_receiver(function):
                owner = self.callees.asked(METHOD + function.attr, function.value, place)
                function = replaced(function, value=owner)
            else:
                function = self.callees.asked(RESOLVE, function, place)
        arguments = [self.visit(argument) for argument in node.args]
        new = replaced(
            node,
            func=function,
            args=arguments if self.questions is None else self.questions.arguments(node, arguments),
            keywords=[self.visit(keyword) for keyword in node.keywords],
        )
        if is_gone_through_at_once(node):
            return at(node.func, new)
        return at(method_line(node.func, node), new) if is_method else new

    def has_receiver(self, method: ast.Attribute) -> bool:
        """Return whether the owner of a method is asked: not a module, nor `super()`, which the compiler looks for."""
        if method.attr.startswith("__") and not method.attr.endswith("__"):
            return False
        owner = method.value
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        if isinstance(owner, ast.Call):
            return not is_python_only(owner)
        return not (isinstance(owner, ast.Name) and owner.id in self.imported)


def own_returns(function: ast.FunctionDef) -> Iterator[ast.Return]:
    """Yield the statements of a function, and not of others in it, that return something but constants.

    >>> tree = ast.parse("def f(x):\\n  if x:\\n    return True\\n  return x > 0")
    >>> [each.lineno for each in own_returns(tree.body[0])]
    [4]
    """
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
            yield node
        elif not isinstance(node, (*SCOPES, ast.ClassDef)):
            pending += ast.iter_child_nodes(node)


def left_out(node: ast.stmt) -> None:
    """Leave out a statement, which another body makes already."""


def is_constant(node: ast.expr) -> bool:
    """Return whether an expression has constants alone: the compiler folds it, or leaves its error for the run.

    >>> is_constant(ast.parse("-1 ** 2", mode="eval").body)
    True
    """
    while isinstance(node, ast.UnaryOp):
        node = node.operand
    if isinstance(node, ast.BinOp):
        return is_constant(node.right) and is_constant(node.left)
    return isinstance(node, ast.Constant)


def comparisons(test: ast.expr) -> list[ast.Compare]:
    """Return the comparisons whose truth decides a test, in their order."""
    if isinstance(test, ast.Compare):
        return [test]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return comparisons(test.operand)
    if isinstance(test, ast.BoolOp):
        return [comparison for value in test.values for comparison in comparisons(value)]
    if isinstance(test, ast.IfExp):
        return [inner for value in (test.test, test.body, test.orelse) for inner in comparisons(value)]
    return []


def is_python_only(node: ast.Call) -> bool:
    """Return whether a call must stay as it is: `super(…)` and `type(name, bases, namespace)`.

    The compiler looks for a direct call of `super`; `type` reads the namespace of the frame that calls it.
    """
    if not isinstance(node.func, ast.Name):
        return False
    return node.func.id == "super" or (node.func.id == "type" and len(node.args) != 1)


def is_gone_through_at_once(node: ast.Call) -> bool:
    """Return whether the compiler makes a loop of a call of a builtin, which stands where the builtin's name does."""
    return (
        isinstance(node.func, ast.Name)
        and node.func.id in GONE_THROUGH_AT_ONCE
        and not node.keywords
        and [type(argument) for argument in node.args] == [ast.GeneratorExp]
    )


def is_method_call(node: ast.Call) -> bool:
    """Return whether the compiler makes a method call of `node` (attribute lookup and call in one)."""
    if not isinstance(node.func, ast.Attribute) or any(isinstance(item, ast.Starred) for item in node.args):
        return False
    if sys.version_info < (3, 11):
        return not node.keywords
    return all(keyword.arg for keyword in node.keywords)


def method_line(function: ast.expr, call: ast.expr | None = None) -> ast.expr:
    """Return a place for a call: where its method's name stands, if that is on a later line, as in plain code.

    Args:
        function: what is called.
        call: what gives the place otherwise, and its end; `function` itself by default.
    """
    call = call or function
    if not isinstance(function, ast.Attribute) or function.lineno == function.end_lineno:
        return call
    # The compiler counts characters, and leaves out both columns where a normalized name has too many.
    column = (function.end_col_offset or 0) - len(function.attr)
    columns = {"col_offset": column} if column >= 0 else {"col_offset": -1, "end_col_offset": -1}
    return replaced(call, lineno=function.end_lineno, **columns)  # type: ignore[no-any-return]
