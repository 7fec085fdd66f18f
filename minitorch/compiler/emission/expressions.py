"""Expressions: each gives a value, and writes lines only for what has to be done before."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from types import FunctionType, ModuleType
from typing import Any, Final

from minitorch.compiler.emission.items import Item, is_active
from minitorch.compiler.emission.questions import Questions
from minitorch.compiler.emission.writing import Unreachable
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, Kind, List, Static, Tuple
from minitorch.compiler.structural.constructs.closures import LocalFunction
from minitorch.compiler.structural.shape import uncompiled
from minitorch.compiler.structural.values.builtin_calls import ROWS
from minitorch.machine_code.export.terms import Name

__all__ = ["Expressions"]

STILL: Final = (len, float, int, bool, range, enumerate, zip, reversed)
"""Builtins that put nothing on the tape."""

EXACT_BITS: Final = 53
"""An int of so many bits is a float."""


class Expressions(Questions):
    """The part of a writer that knows expressions."""

    def expression(self, node: ast.expr, direct: bool = False) -> Item:
        """Return the value of an expression.

        Args:
            node: it.
            direct: whether it is used at once, so that a call needs no variable for its result.
        """
        value = self.known(node)
        if value.is_constant and isinstance(value.kind, (Float, Int, Bool)) and not isinstance(node, ast.Name):
            if self.is_literal(node):
                return self.of(value.constant)
            return self.evaluated(node, direct).but(constant=value.constant, varies=True)
        return self.evaluated(node, direct)

    def is_literal(self, node: ast.expr) -> bool:
        """Return whether an expression is the same in all calls, and nothing of it has to be computed."""
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                found = self.module.walk.notes.get((self.path, id(each.func)))
                thing = uncompiled(found[0].constant) if found else None
                if isinstance(thing, LocalFunction) or (type(thing) is FunctionType and thing not in ROWS):
                    return False
            if isinstance(each, ast.Name) and each.id in self.own and each.id not in self.literals:
                return False
        return True

    def evaluated(self, node: ast.expr, direct: bool) -> Item:
        """Return the value of an expression that is computed; arguments as of `expression`."""
        method: Callable[[Any], Item] | None = getattr(self, f"expression_{type(node).__name__}", None)
        if method is None:
            raise self.refusal(node, type(node).__name__)
        item = method(node)
        if isinstance(node, ast.Call) and not direct and item.operation is None and self.interferes(node):
            # What it puts on the tape, or changes, it does here.
            return self.flushed(item)
        return item

    def several(self, nodes: Sequence[ast.expr]) -> list[Item]:
        """Return the values of expressions, in their order."""
        items: list[Item] = []
        for index, node in enumerate(nodes):
            inner = node.value if isinstance(node, ast.Starred) else node
            item = self.expression(inner)
            if any(self.interferes(other) for other in nodes[index + 1 :]):
                item = self.flushed(item)
            items += self.items_of(item) if isinstance(node, ast.Starred) else [item]
        return items

    def interferes(self, node: ast.AST) -> bool:
        """Return whether an expression may put something on the tape or change something when it is evaluated."""
        for each in ast.walk(node):
            if isinstance(each, (ast.IfExp, ast.BoolOp, ast.ListComp, ast.GeneratorExp, ast.NamedExpr, ast.List)):
                return True
            if isinstance(each, ast.Call):
                found = self.module.values(self.path, each.func) if not isinstance(each.func, ast.Attribute) else []
                found = found or self.module.walk.notes.get((self.path, id(each.func)), [])
                thing = found[0].constant if found else None
                if not any(thing is other for other in STILL) and not (callable(thing) and thing in ROWS):
                    return True
        return False

    # -- names ---------------------------------------------------------------------------------------------------------

    def expression_Constant(self, node: ast.Constant) -> Item:
        """Return `Constant`."""
        return self.of(node.value)

    def expression_Name(self, node: ast.Name) -> Item:
        """Return `Name`."""
        value = self.known(node)
        if isinstance(value.kind, Static):
            return self.of(value.kind.object, node.id)
        variable = self.variable(node.id, value.kind)
        if variable is None and node.id not in self.own and self.frame is not None:
            variable = self.extra(node.id, value.kind)
        if variable is not None:
            if variable.flag is not None:
                self.leave_if(self.language.negated(variable.flag))
            varies = node.id not in self.literals
            return self.stored(variable.name, variable.kind, value.kind).but(constant=value.constant, varies=varies)
        if value.is_constant and isinstance(value.kind, (Float, Int, Bool)):
            name = self.module.scalar(node.id, value.constant)
            return self.of(value.constant).but(term=Name(name, truth=isinstance(value.kind, Bool)))
        raise self.refusal(node, f"the name {node.id!r}")

    def expression_NamedExpr(self, node: ast.NamedExpr) -> Item:
        """Return `NamedExpr`."""
        item = self.expression(node.value)
        self.store(node.target.id, item)
        variable = self.variable(node.target.id, item.kind)
        return item if variable is None else self.stored(variable.name, variable.kind, item.kind)

    def expression_Attribute(self, node: ast.Attribute) -> Item:
        """Return `Attribute`."""
        owner = self.known(node.value)
        value = self.known(node)
        if isinstance(owner.kind, Static) and isinstance(owner.kind.object, ModuleType) and value.is_constant:
            return self.of(value.constant, node.attr)
        raise self.refusal(node, f"the attribute {node.attr!r}")

    def expression_Lambda(self, node: ast.Lambda) -> Item:
        """Return `Lambda`."""
        return self.of(self.known(node).constant)

    # -- elements ------------------------------------------------------------------------------------------------------

    def expression_Tuple(self, node: ast.Tuple) -> Item:
        """Return `Tuple`."""
        items = self.several(node.elts)
        return Item(Tuple(tuple(each.kind for each in items)), items=items)

    def list_kind(self, node: ast.AST) -> List:
        """Return the kind of a list that an expression makes."""
        kind = self.known(node).kind
        assert isinstance(kind, List)
        return kind

    def element_kind(self, kind: Kind) -> Kind:
        """Return the kind of the elements of a list."""
        assert isinstance(kind, List)
        if kind.site.element is None:
            raise Unreachable
        return kind.site.element

    def expression_List(self, node: ast.List) -> Item:
        """Return `List`."""
        kind = self.list_kind(node)
        items = self.several(node.elts)
        texts = self.all_converted(items, [self.element_kind(kind)] * len(items)) if items else []
        return self.list_of(kind, texts)

    def list_of(self, kind: List, texts: Sequence[str]) -> Item:
        """Return a new list."""
        if self.language.is_checked:
            return Item(kind, f"[{', '.join(texts)}]")
        name = self.temporary(kind, self.language.of_list("new", kind, str(len(texts))))
        for index, text in enumerate(texts):
            self.does(f"{name}->items[{index}] = {text}")
        return Item(kind, name)

    def as_list(self, item: Item) -> Item:
        """Return what is gone over or searched as a list."""
        if isinstance(item.kind, Static) and type(item.constant) in (list, tuple):
            kind, name = self.module.constant(item.constant, item.text, self.node)
            return Item(kind, name)
        if isinstance(item.kind, List):
            return item
        if isinstance(item.kind, Tuple):
            items = self.items_of(item)
            site = self.module.list_of_tuple(item.kind)
            return self.list_of(site, self.all_converted(items, [self.element_kind(site)] * len(items)))
        raise self.refusal(self.statement or self.node, "such a value in the place of a list")

    def expression_Subscript(self, node: ast.Subscript) -> Item:
        """Return `Subscript`."""
        owner = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            return self.sliced(node, owner, node.slice)
        index = self.expression(node.slice)
        if isinstance(owner.kind, Static):
            value = self.known(node)
            if value.is_constant and index.is_constant:
                return self.of(value.constant, self.part(owner.text, index.constant))
            owner = self.as_list(owner)
        if isinstance(owner.kind, Tuple):
            if not index.is_constant:
                raise self.refusal(node, "an element of a tuple by an index that is computed")
            return self.items_of(owner)[int(index.constant)]
        return self.element(owner, index)

    def part(self, text: str, index: int) -> str:
        """Return what an element of a constant container is called."""
        return f"{text}[{index}]" if self.language.is_checked else f"{text}_{index}"

    def element(self, owner: Item, index: Item, wanted: str | None = None) -> Item:
        """Return an element of a list."""
        kind = self.element_kind(owner.kind)
        if isinstance(kind, Static):
            return self.of(kind.object)
        text = self.language.element(owner.kind, owner.text, self.whole(index))
        if (is_active(kind) or isinstance(kind, (List, Tuple))) and not self.language.is_checked:
            text = self.temporary(kind, text, f"{owner.text}_{self.whole(index)}")
        return self.stored(text, kind)

    def sliced(self, node: ast.AST, owner: Item, bounds: ast.Slice) -> Item:
        """Return a slice."""
        if bounds.step is not None:
            raise self.refusal(node, "a slice with a step")
        ends = [None if each is None else self.expression(each) for each in (bounds.lower, bounds.upper)]
        if isinstance(owner.kind, Tuple):
            limits = [None if each is None else each.constant for each in ends]
            items = self.items_of(owner)[slice(*limits)]
            return Item(Tuple(tuple(each.kind for each in items)), items=items)
        values = self.as_list(owner)
        texts = [None if each is None else self.whole(each) for each in ends]
        return Item(self.known(node).kind, self.language.sliced(values.kind, values.text, *texts))

    # -- given by others -----------------------------------------------------------------------------------------------

    def store(self, name: str, item: Item) -> None:
        """Write that a variable gets a value."""
        raise NotImplementedError

    def drop(self, item: Item) -> None:
        """Write what is done, but used by nobody."""
        raise NotImplementedError
