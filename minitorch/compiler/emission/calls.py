"""Calls: of functions, which become functions of the text, and of builtins."""

from __future__ import annotations

import ast
import bisect
import builtins
from collections.abc import Callable
from types import FunctionType
from typing import Any

from minitorch.compiler.emission.items import Item, covering, is_active
from minitorch.compiler.emission.loops import Loops
from minitorch.compiler.structural.basis.frames import Cell
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, Kind, List, Static, Tuple
from minitorch.compiler.structural.constructs.closures import LocalFunction
from minitorch.compiler.structural.constructs.functions import definition_node
from minitorch.compiler.structural.constructs.parameters import bound
from minitorch.compiler.structural.shape import uncompiled
from minitorch.compiler.structural.values.builtin_calls import ROWS
from minitorch.machine_code.export.terms import Name
from minitorch.machine_code.lowering.exact_sequences import SUM_IS_COMPENSATED

__all__ = ["Calls"]


class Calls(Loops):
    """The part of a writer that knows calls."""

    def expression_Call(self, node: ast.Call) -> Item:
        """Return `Call`."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            return self.append(node, node.func.value)
        function = uncompiled(self.known(node.func).constant)
        if isinstance(function, LocalFunction) or (type(function) is FunctionType and function not in ROWS):
            return self.call(node, function)
        if any(isinstance(each, ast.GeneratorExp) for each in node.args) and len(node.args) != 1:
            raise self.refusal(node, "a generator among other arguments")
        known: dict[Any, Callable[[ast.Call], Item]] = {
            builtins.sum: self.sum, builtins.max: self.extreme, builtins.min: self.extreme,
            builtins.len: self.length, builtins.float: self.to_float, builtins.int: self.to_int,
            builtins.bool: lambda call: self.truth_item(self.truth(self.expression(call.args[0]))),
            builtins.list: self.copied, builtins.tuple: self.copied,
            bisect.bisect_right: self.bisected, bisect.bisect_left: self.bisected,
        }  # fmt: skip
        if node.keywords:
            raise self.refusal(node, "an argument by name of a builtin")
        if function in known:
            return known[function](node)
        name = ROWS.get(function)
        if name is None:
            raise self.refusal(node, f"a call of {getattr(function, '__name__', 'such a thing')}")
        operands = self.several(node.args)
        if name == "Abs" and isinstance(operands[0].kind, (Int, Bool)):
            return Item(Int(), term=Name(self.language.absolute(self.whole(operands[0]))), bits=operands[0].bits)
        if name == "Pow" and all(isinstance(each.kind, Int) for each in operands):
            return self.of_ints("Pow", *operands)
        return self.operation(name, [self.exact(each) for each in operands])

    def append(self, node: ast.Call, owner: ast.expr) -> Item:
        """Write `append`."""
        values = self.expression(owner)
        item = self.expression(node.args[0], direct=True)
        kind = self.element_kind(values.kind)
        self.does(self.language.appended(values.kind, values.text, self.converted(item, kind)))
        return self.of(None)

    # -- functions -----------------------------------------------------------------------------------------------------

    def call(self, node: ast.Call, function: Any) -> Item:
        """Return the result of a function."""
        result = self.known(node).kind
        arguments = self.several(node.args)
        if any(each.arg is None for each in node.keywords):
            raise self.refusal(node, "`**` in a call")
        values = self.several([each.value for each in node.keywords])
        named = {str(each.arg): value for each, value in zip(node.keywords, values, strict=True)}
        if isinstance(function, LocalFunction):
            definition, frame = function.node, function.frame.path
            if function.only or any(isinstance(each, Cell) for each in function.defaults):
                raise self.refusal(node, "a default that is computed")
            defaults = [self.of(each.constant) for each in function.defaults if not isinstance(each, Cell)]
            only: dict[str, Item] = {}
            title = getattr(definition, "name", "function")
        else:
            definition, frame = definition_node(function), None
            defaults = [self.of(each) for each in function.__defaults__ or ()]
            only = {key: self.of(each) for key, each in (function.__kwdefaults__ or {}).items()}
            title = function.__name__ if function.__name__.isidentifier() else "function"
            self.module.files[id(definition)] = function.__code__.co_filename
        if frame is not None:
            self.module.files[id(definition)] = self.module.files[id(self.node)]
        if definition.args.vararg is not None or definition.args.kwarg is not None:
            raise self.refusal(node, "a function of any number of arguments")
        refused: Any = None
        given: Any = bound(definition.args, arguments, named, defaults, only, refused)  # type: ignore[arg-type]
        path = (*self.path, id(node), id(definition))
        made = self.module.function(type(self), definition, path, title, frame, result)
        for name, item in given.items():
            if all(name != other for other, _ in made.parameters):
                self.drop(item)
        values = [given[name] for name, _ in made.parameters]
        values += [self.around(node, name, kind, frame) for name, kind in made.extras]
        texts = self.all_converted(values, [kind for _, kind in (*made.parameters, *made.extras)])
        text = f"{made.title}({', '.join([self.language.work, *texts] if made.takes_work else texts)})"
        if isinstance(result, Static):
            self.does(text)
            return self.of(result.object)
        return self.stored(text, result) if not is_active(result) else Item(result, text)

    def around(self, node: ast.AST, name: str, kind: Kind, frame: Any) -> Item:
        """Return a variable that a function which was made inside another finds there."""
        if frame != self.path:
            variable = self.extra(name, kind)
            return self.stored(variable.name, variable.kind, kind)
        own = self.variable(name, kind)
        if own is None:
            raise self.refusal(node, f"the variable {name!r} of a function around")
        if own.flag is not None:
            self.leave_if(self.language.negated(own.flag))
        return self.stored(own.name, own.kind, kind)

    # -- builtins ------------------------------------------------------------------------------------------------------

    def sum(self, node: ast.Call) -> Item:
        """Return `sum`."""
        values = self.as_list(self.expression(node.args[0]))
        kind = values.kind
        assert isinstance(kind, List)
        if kind.site.element is None:
            return self.of(0)
        element = kind.site.element
        is_mixed = isinstance(element, Float) and element.whole and SUM_IS_COMPENSATED and not self.language.is_checked
        if len(node.args) > 1 or is_mixed or not isinstance(element, (Float, Int)):
            raise self.refusal(node, "a sum with a start, or of other things than floats alone or ints alone,")
        text = self.language.of_list("sum", kind, values.text)
        if is_active(element):
            self.module.has_sums = True
            return Item(Float(True), text)
        if isinstance(element, Int):
            return Item(Int(), term=Name(text))
        return Item(Float(False), term=Name(text))

    def extreme(self, node: ast.Call) -> Item:
        """Return `max` or `min`."""
        what = "largest" if self.known(node.func).constant is builtins.max else "smallest"
        if len(node.args) == 1:
            values = self.as_list(self.expression(node.args[0]))
            kind = self.element_kind(values.kind)
            return self.stored(self.language.of_list(what, values.kind, values.text), kind)
        items = self.several(node.args)
        whole = covering(each.kind for each in items)
        if not isinstance(whole, (Float, Int)):
            raise self.refusal(node, "the largest or smallest of other things than numbers")
        texts = self.all_converted(items, [whole] * len(items))
        bits = max(each.bits for each in items)
        return self.stored(self.language.extreme(what, whole, texts), whole).but(bits=bits)

    def length(self, node: ast.Call) -> Item:
        """Return `len`."""
        item = self.expression(node.args[0])
        if isinstance(item.kind, Tuple):
            return self.of(len(item.kind.items))
        values = self.as_list(item)
        return Item(Int(), term=Name(self.language.length(values.text)), bits=40)

    def to_float(self, node: ast.Call) -> Item:
        """Return `float`."""
        item = self.expression(node.args[0])
        if isinstance(item.kind, Float) and (item.kind.active or not item.kind.whole):
            return item
        return Item(
            Float(False), term=Name(self.language.as_float(self.language.text(self.value(self.exact(item)), True)))
        )

    def to_int(self, node: ast.Call) -> Item:
        """Return `int`."""
        item = self.expression(node.args[0])
        if isinstance(item.kind, Int):
            return item
        if isinstance(item.kind, Bool):
            return Item(Int(), term=Name(self.whole(item)), bits=1)
        return Item(Int(), term=Name(self.language.truncated(self.language.text(self.value(item)))))

    def copied(self, node: ast.Call) -> Item:
        """Return `list` or `tuple`."""
        found = self.known(node)
        if isinstance(found.kind, Tuple):
            return self.several(node.args)[0]
        assert isinstance(found.kind, List)
        if not node.args:
            return self.list_of(found.kind, [])
        if isinstance(node.args[0], ast.GeneratorExp):
            return self.expression(node.args[0])
        turns = self.turns(node.args[0])
        name = self.temporary(found.kind, self.language.of_list("new", found.kind, "0"))
        if found.kind.site.element is None:
            return Item(found.kind, name)
        if self.language.is_checked:
            with self.block(f"for item in {turns.text}:"):
                text = self.converted(self.stored("item", turns.kind), found.kind.site.element)
                self.does(self.language.appended(found.kind, name, text))
            return Item(found.kind, name)
        turn = self.identifiers.new("turn")
        head, following = self.head(turns, turn, set())
        with self.block(f"for (int64_t {turn} = {head}; {following}) {{"):
            text = self.converted(turns.item(turn), found.kind.site.element)
            self.does(self.language.appended(found.kind, name, text))
        return Item(found.kind, name)

    def bisected(self, node: ast.Call) -> Item:
        """Return `bisect_right` or `bisect_left`."""
        values, wanted = self.several(node.args)
        values = self.as_list(values)
        what = self.known(node.func).constant.__name__
        text = self.language.bisected(what, values.kind, values.text, self.language.text(self.value(wanted)))
        return Item(Int(), term=Name(text), bits=40)
