"""Expressions that make dicts, and the methods of dicts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from enum import EnumMeta
from typing import Any, Final

from minitorch.compiler.structural.basis.alternatives import present
from minitorch.compiler.structural.basis.kinds import (
    UNKNOWN,
    Dict,
    OneOf,
    Static,
    Tuple,
    Value,
    static,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.dicts import Dicts
from minitorch.compiler.structural.values.iteration import KeyValues, Range

__all__ = ["DictMethods"]

MAX_ITEMS: Final = 64
"""A comprehension over so many known elements is written without a loop."""


class DictMethods(Dicts):
    """The part of a walk that makes dicts and calls their methods."""

    # -- expressions ---------------------------------------------------------------------------------------------------

    def expression_Dict(self, node: ast.Dict) -> Value:
        """Write `Dict`."""
        pairs: list[tuple[Any, Value]] = []
        if any(key is None for key in node.keys):
            raise Refused("`**` in a dict", node)
        for key, each in zip(node.keys, node.values, strict=True):
            assert key is not None
            name = self.known_key(self.expression(key))
            if name is UNKNOWN:
                raise Refused("a dict with a key that is computed", node)
            pairs.append((name, self.expression(each)))
        return self.new_dict(self.key(node), pairs)

    def expression_DictComp(self, node: ast.DictComp) -> Value:
        """Write `DictComp`."""
        first = self.expression(node.generators[0].iter)
        if self.is_function(node, first):
            return self.run_comprehension(node, first)
        made = self.new_dict(self.key(node), [])

        def put() -> None:
            key = self.expression(node.key)
            self.set_key(made, key, self.expression(node.value))

        items = self.known_items(first)
        if items is None or len(node.generators) > 1:
            self.comprehended(node, lambda: self.generate(node, 0, put, first))
        else:
            self.comprehended(node, lambda: self.put_each(node.generators[0], items, put))
        return made

    def known_items(self, value: Value) -> Sequence[Value] | None:
        """Return the elements of what is known to have few of them."""
        if isinstance(value.kind, Tuple):
            items = self.items_of(value)
        elif isinstance(value.constant, Range) and value.constant.known is not None:
            items = [self.of(number) for number in value.constant.known[: MAX_ITEMS + 1]]
        elif isinstance(value.kind, Static) and type(value.kind.object) in (list, tuple):
            self.reads.note_container(value.kind.object)
            items = [self.of(each) for each in value.kind.object[: MAX_ITEMS + 1]]
        else:
            return None
        return items if len(items) <= MAX_ITEMS else None

    def put_each(self, generator: ast.comprehension, items: Sequence[Value], put: Callable[[], None]) -> None:
        """Write what a comprehension does with each of some elements."""
        for item in items:
            mark, ways = self.writer.mark(), []
            self.assign(generator.target, item)
            for question in generator.ifs:
                asked = self.expression(question)
                ways += self.parted(asked, True, asked)
                if self.frame.env is None:
                    break
            if self.frame.env is not None:
                put()
                ways.append(self.way())
            self.merge(mark, ways)

    def made_dict(self, given: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write `dict`."""
        made = self.new_dict(("dict", self.frame.path, self.place_key), [])
        if len(given) > 1 or (given and isinstance(given[0].kind, OneOf)):
            raise Refused("a dict of such things")
        if given or named:
            self.method_of_dict("update", made, given, named)
        return made

    def items_of_constant(self, thing: dict[Any, Any], part: str) -> Value:
        """Return the keys, values or items of a dict from outside."""
        self.reads.note_container(thing)
        if part == "items":
            return self.tuple_of([self.tuple_of([self.of(key), self.of(value)]) for key, value in thing.items()])
        return self.tuple_of([self.of(each) for each in (thing if part == "keys" else thing.values())])

    def opened(self, value: Value) -> Value:
        """Return what is gone over as a tuple, where there is more to know then."""
        value = present(self, value)
        thing = value.constant
        if type(thing) is EnumMeta:
            self.reads.note_enumeration(thing)
            return self.tuple_of([self.of(each) for each in thing])  # type: ignore[var-annotated]
        if type(thing) is dict:
            return self.items_of_constant(thing, "keys")
        if isinstance(thing, KeyValues) and isinstance(thing.owner.kind, Dict) and thing.part != "keys":
            site = thing.owner.kind.site
            if site.is_fixed and not site.changed and len(set(site.fields.values())) > 1:
                pairs = [(self.of(key), self.get_known(thing.owner, key)) for key in site.fields]
                return self.tuple_of([self.tuple_of(pair) if thing.part == "items" else pair[1] for pair in pairs])
        return value

    def as_list(self, value: Value) -> Value:
        """Return what is gone over as a list in memory."""
        value = self.opened(value)
        if isinstance(value.kind, Dict) or isinstance(value.constant, KeyValues):
            return self.copied([value])
        return super().as_list(value)

    # -- methods -------------------------------------------------------------------------------------------------------

    def method_of_dict(self, name: str, owner: Value, given: Sequence[Value], named: dict[str, Value]) -> Value:
        """Write a call of a method of a dict."""
        assert isinstance(owner.kind, Dict)
        if name in ("keys", "values", "items") and not given:
            return static(KeyValues(owner, name))
        if name == "get" and len(given) in (1, 2):
            default = given[1] if len(given) > 1 else static(None)
            return self.choice(self.has_key(owner, given[0]), lambda: self.get_there(owner, given[0]), lambda: default)
        if name == "setdefault" and len(given) == 2:

            def put() -> Value:
                self.set_key(owner, *given)
                return self.get_there(owner, given[0])

            return self.choice(self.has_key(owner, given[0]), lambda: self.get_there(owner, given[0]), put)
        if name == "update":
            for each in given:
                if isinstance(each.kind, Static) and type(each.kind.object) is dict:
                    each = self.constant_dict(each.kind.object)
                if not isinstance(each.kind, Dict) or not each.kind.site.is_fixed:
                    raise Refused("`update` of a dict by something else than a dict of known keys")
                for key in each.kind.site.fields:
                    self.set_key(owner, self.of(key), self.get_known(each, key))
            for key, value in named.items():
                self.set_key(owner, static(key), value)
            return static(None)
        if name == "copy" and owner.kind.site.is_fixed:
            items = [(key, self.get_known(owner, key)) for key in owner.kind.site.fields]
            return self.new_dict(("copy", self.frame.path, self.place_key), items)
        raise Refused(f"the method {name!r} of a dict")
