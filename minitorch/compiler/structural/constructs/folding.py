"""Statements and expressions that depend on constants alone: Python runs them while code is written (`pure_code`).

groups = {}                               run with the loop below: what it comes to is a constant
for line in TEXT.splitlines():
    …groups.setdefault(key, []).append(…)
for key in sorted(groups):                a loop over a table of texts
    n = len(groups[key])                  computed for each text, and read from the table of the results
    total += x * n                        written

What was run is a constant that nothing may change. Where a walk finds that the function does change it, or returns it,
the next walks write the statement itself (`Memory.written`).
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final

from minitorch.compiler.structural.basis.kinds import UNKNOWN, Bool, Float, Int, List, Mixed, Record, Value
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.syntax import assigned_names, names_of_expressions, names_used
from minitorch.compiler.structural.basis.tables import Table
from minitorch.compiler.structural.constructs.known_things import KnownThings, has_more_than_numbers
from minitorch.compiler.structural.constructs.pure_code import Impure, expression_code, free_names, statements_code
from minitorch.compiler.structural.constructs.pure_run import Run
from minitorch.compiler.structural.values.entries import entries_of, entry_value

__all__ = ["Begun", "Folding"]

MAX_COMBINATIONS: Final = 4096
"""An expression is not evaluated more often."""

FOLDED: Final = frozenset({
    ast.Call, ast.Subscript, ast.Compare, ast.BinOp, ast.BoolOp, ast.IfExp, ast.UnaryOp, ast.JoinedStr, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.List, ast.Tuple,
})  # fmt: skip
"""Expressions that are evaluated so: of lists and tuples only those with `*`."""

NUMBERS: Final = (Float, Int, Bool, List, Record)
"""Kinds of most values; these are known only as entries of tables."""

MAKERS: Final = ("list", "dict", "set", "defaultdict", "Counter")


class Begun:
    """The containers that statements of a block have made, of constants alone, and that nothing else has used since.

    Attributes:
        statements: by variable those that have made what it is now.
    """

    def __init__(self) -> None:
        self.statements: dict[str, tuple[ast.stmt, ...]] = {}

    def note(self, node: ast.stmt, made: tuple[ast.stmt, ...] = (), names: Iterable[str] = ()) -> None:
        """Note a statement, and if Python has run it, with which others, and the variables that they have left."""
        changed = assigned_names([node])
        own = set(names)
        used = names_used(node) - own
        for group in set(self.statements.values()):
            reads = {name for each in group for name in free_names(each)} - set(assigned_names(group))
            if not used.isdisjoint(assigned_names(group)) or not reads.isdisjoint(changed):
                self.forget(group)
        if made:
            self.statements.update(dict.fromkeys(own, made))
        elif makes_container(node):
            self.statements.update(dict.fromkeys(changed, (node,)))

    def forget(self, group: tuple[ast.stmt, ...]) -> None:
        """Forget what some statements have made."""
        self.statements = {name: each for name, each in self.statements.items() if each is not group}

    def needed(self, node: ast.stmt) -> tuple[list[ast.stmt], set[str]]:
        """Return the statements that have made what a statement uses, and the variables that they have left."""
        groups = {self.statements[name] for name in free_names(node) if name in self.statements}
        names = {name for name, each in self.statements.items() if each in groups}
        made = {each for group in groups for each in group}
        return sorted(made, key=lambda each: each.lineno), names


def makes_container(node: ast.stmt) -> bool:
    """Return whether a statement gives a new container to a variable, perhaps beside other constants."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return False
    targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [each for target in targets for each in (target.elts if isinstance(target, ast.Tuple) else [target])]
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    return all(isinstance(each, ast.Name) for each in names) and any(map(is_new_container, values))


def is_new_container(value: ast.expr | None) -> bool:
    """Return whether an expression makes a container."""
    function = getattr(value, "func", None)
    name = getattr(function, "id", None) or getattr(function, "attr", None)
    return isinstance(value, (ast.Dict, ast.List, ast.Set)) or name in MAKERS


@functools.lru_cache(maxsize=4096)
def is_evaluated(node: ast.expr) -> bool:
    """Return whether an expression may be evaluated as a whole."""
    if isinstance(node, (ast.List, ast.Tuple)) and not any(isinstance(each, ast.Starred) for each in node.elts):
        return False
    return not names_of_expressions(node)


class Raising:
    """In the place of what an expression gives: it raises an exception.

    Args:
        error: its class.
    """

    def __init__(self, error: type[Exception]) -> None:
        self.error = error


def raised_by(entries: Sequence[Any], error: type[Exception]) -> Table:
    """Return a table that tells for which entries an expression raises an exception of a class."""
    return Table([type(each) is Raising and each.error is error for each in entries])


class Folding(KnownThings):
    """The part of a walk that has Python run what depends on constants alone."""

    # -- expressions ---------------------------------------------------------------------------------------------------

    def expression(self, node: ast.expr) -> Value:
        """Write an expression, or evaluate it now."""
        if self.memory.folds and type(node) in FOLDED and not self.reads_unknown(node):
            try:
                value = self.evaluated_now(node)
            except Impure:
                value = None
            if value is not None:
                return self.note(node, value)
        return super().expression(node)

    def reads_unknown(self, node: ast.expr) -> bool:
        """Return whether an expression obviously depends on what is not known, which most do."""
        env = self.env
        for name in free_names(node):
            value = env.get(name)
            if value is not None and value.constant is UNKNOWN and isinstance(value.kind, NUMBERS) and not value.entry:
                return True
        return False

    def evaluated_now(self, node: ast.expr) -> Value | None:
        """Return what an expression is that depends on constants, or entries of tables, alone; `None` otherwise."""
        names, key = free_names(node), self.key(node)
        if not names or key in self.memory.written or not is_evaluated(node):
            return None
        values = self.values_named(names)
        varying = {name: value for name, value in values.items() if entries_of(value) is not None}
        if not varying and not any(map(self.has_texts, values.values())):
            return None
        constants = {name: self.admitted(value, name, node) for name, value in values.items() if name not in varying}
        table, index = self.table_of(node, key, constants, varying)
        if table is None:
            return None
        if not varying:
            return self.constant_value(table.entries[0])
        return entry_value(self, self.without_errors(table, index), index)

    def table_of(
        self, node: ast.expr, key: Hashable, constants: dict[str, Any], varying: dict[str, Value]
    ) -> tuple[Table | None, str]:
        """Return the results of an expression for all entries of tables, and which of them is meant.

        Args:
            node: the expression.
            key: what tells it from others.
            constants: the names in it that are constants.
            varying: those that are entries.
        """
        by_index: dict[str, dict[str, Sequence[Any]]] = {}
        for name, value in varying.items():
            found = entries_of(value)
            assert found is not None
            by_index.setdefault(found[1], {})[name] = found[0]
        sizes = [len(next(iter(each.values()))) for each in by_index.values()]
        total = 1
        for size in sizes:
            total *= size
        if not total:
            raise Unreached
        if total > MAX_COMBINATIONS:
            return None, "0"
        groups = [list(zip(*each.values(), strict=True)) for each in by_index.values()]
        names = [name for each in by_index.values() for name in each]
        given = (key, tuple(names), tuple(sizes), *(self.identity(values) for values in (constants, varying)))
        table: Table | None = self.memory.once(
            given, (constants, varying), lambda: self.results(node, key, constants, names, groups)
        )  # fmt: skip
        index = ""
        for each, size in zip(by_index, sizes, strict=True):
            scaled = self.writer.integers("mul", index, str(size)) if index else ""
            index = self.writer.integers("add", scaled, each) if index else each
        return table, index or "0"

    def results(
        self,
        node: ast.expr,
        key: Hashable,
        constants: dict[str, Any],
        names: Sequence[str],
        groups: Sequence[Sequence[tuple[Any, ...]]],
    ) -> Table | None:
        """Return what an expression gives for all combinations of what names stand for; `None` if it is not run."""
        code = expression_code(node, tuple(names))
        if code is None:
            return None
        run = Run(constants, lambda identity: True)
        function = eval(code, run.names)
        results: list[Any] = []
        try:
            for chosen in itertools.product(*groups):
                try:
                    results.append(self.data(function(*itertools.chain(*chosen)), key))
                except Exception as error:
                    results.append(Raising(type(error)))
        except Impure:
            return None
        self.memory.has_sets |= run.has_sets
        return None if all(type(each) is Raising for each in results) else Table(results)

    def without_errors(self, table: Table, index: str) -> Table:
        """Write that Python raises exceptions for some entries, and return a table with others in their places."""
        entries = table.entries
        errors = dict.fromkeys(each.error for each in entries if type(each) is Raising)
        if not errors:
            return table
        for error in errors:
            make = functools.partial(raised_by, entries, error)
            asked = table.derive(f"raises {error.__name__} {id(error)}", make)
            self.raises(error, entry_value(self, asked, index).parts[0])
        self.writer.check()
        fine = next(each for each in entries if type(each) is not Raising)
        others: Table = table.derive(
            "fine", lambda: Table([fine if type(each) is Raising else each for each in entries])
        )  # fmt: skip
        return others

    # -- statements ----------------------------------------------------------------------------------------------------

    def run_now(self, node: ast.stmt, begun: Begun) -> bool:
        """Have Python run a loop that depends on constants alone, and take the variables from there.

        Args:
            node: the loop.
            begun: the containers that were made so far.

        Returns:
            Whether it was such a loop.
        """
        key = self.key(node)
        if not self.memory.folds or key in self.memory.written or statements_code((node,)) is None:
            return False
        made, left = begun.needed(node)
        statements = (*made, node)
        try:
            things = self.things_read(node, statements)
        except Impure:
            return False
        assigned, frame = assigned_names(statements), self.frame
        # A function inside may have changed a container that no statement since has named.
        if not {*frame.cells, *frame.nonlocals, *frame.outside, *(frame.kept if made else ())}.isdisjoint(assigned):
            return False
        found = self.memory.once(
            (key, self.identity(things)), (things, statements), lambda: self.variables(statements, things, key)
        )  # fmt: skip
        if found is None:
            return False
        for name in assigned:
            if name in left or name in assigned_names([node]):
                if name in found:
                    self.set_variable(name, self.constant_value(found[name]))
                elif name in things or name in left:
                    self.env.pop(name, None)
        begun.note(node, statements, found)
        return True

    def things_read(self, node: ast.stmt, statements: tuple[ast.stmt, ...]) -> dict[str, Any]:
        """Return the constants that statements read, the last of which is a loop."""
        names = {name for each in statements for name in free_names(each)}
        made, assigned = assigned_names(statements[:-1]), assigned_names([node])
        values: dict[str, Value] = {}
        for name in names - set(made):
            try:
                values |= self.values_named([name])
            except Impure:
                # It may get its first value in the loop; where it does not, Python says so.
                if name not in assigned:
                    raise
        # Numbers have machine code with loops of its own.
        if not made and not any(map(self.has_texts, values.values())):
            raise Impure
        module = ast.Module(list(statements), [])
        return {name: self.admitted(value, name, module) for name, value in values.items()}

    def variables(
        self, statements: tuple[ast.stmt, ...], things: dict[str, Any], key: Hashable
    ) -> dict[str, Any] | None:
        """Return the variables that statements leave; `None` if these are none that are run."""
        code = statements_code(statements)
        if code is None:
            return None
        run = Run(things, lambda identity: identity in self.memory.folded or identity in self.admitted_containers)
        try:
            exec(code, run.names)
        except (Impure, Exception):
            return None
        self.memory.has_sets |= run.has_sets
        found = {name: run.names[name] for name in assigned_names(statements) if name in run.names}
        if not any(map(has_more_than_numbers, (*things.values(), *found.values()))):
            return None
        try:
            return {name: self.data(thing, key) for name, thing in found.items()}
        except Impure:
            return None

    def statement(self, node: ast.stmt, begun: Begun) -> None:
        """Write a statement, or have Python run it."""
        if isinstance(node, (ast.For, ast.While)) and self.run_now(node, begun):
            return
        begun.note(node)
        method: Any = getattr(self, f"statement_{type(node).__name__}", None)
        if method is None:
            raise Refused(f"{type(node).__name__} is not compiled", node)
        go_back = self.checkpoint() if self.memory.folds and makes_container(node) else None
        try:
            method(node)
        except Refused as refused:
            if go_back is None:
                raise
            # It may be for code alone that is run.
            go_back()
            for name in assigned_names([node]):
                self.set_variable(name, Value(Mixed(refused.reason)))
