"""Types in C: those of values, of lists and of tuples; and constants, which are laid out with the program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from minitorch.compiler.emission.items import is_active
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, Kind, List, Static, Tuple
from minitorch.machine_code.export.c_functions import literal

__all__ = ["CTypes"]


class CTypes:
    """The types of a text.

    Attributes:
        lists: the types of lists: what an element is called, and its type.
        tuples: the types of tuples: those of the elements.
    """

    def __init__(self) -> None:
        self.lists: dict[str, tuple[str, str]] = {}
        self.tuples: dict[tuple[str, ...], str] = {}

    def type_of(self, kind: Kind) -> str:
        """Return the type of a value; a pointer ends in a star."""
        if is_active(kind):
            return "number *"
        if isinstance(kind, List):
            return f"{self.list_type(kind)} *"
        if isinstance(kind, Tuple):
            types = tuple(self.type_of(each) for each in kind.items if not isinstance(each, Static))
            return self.tuples.setdefault(types, f"tuple_{len(self.tuples) + 1}")
        return {Float: "double", Int: "int64_t", Bool: "bool"}.get(type(kind), "void")

    def typed(self, kind: Kind, name: str) -> str:
        """Return the declaration of a variable, without its end."""
        known = self.type_of(kind)
        return known + name if known.endswith("*") else f"{known} {name}"

    def list_type(self, kind: Kind) -> str:
        """Return the type of a list without the star."""
        item, known = self.item_type(kind)
        name = {"int64_t": "integers", "bool": "truths", "double": "doubles", "number *": "numbers"}.get(known)
        if name is None:
            name = f"rows_of_{item}" if known.endswith("*") else f"list_of_{item}"
        self.lists[name] = item, known
        return name

    def item_type(self, kind: Kind) -> tuple[str, str]:
        """Return what an element of a list is called in the names of functions, and its type."""
        assert isinstance(kind, List)
        element = kind.site.element or Float(False)
        known = self.type_of(element)
        names = {"int64_t": "integer", "bool": "truth", "double": "double", "number *": "number"}
        return names.get(known, known.rstrip(" *")), known

    def bare(self, text: str) -> str:
        """Return a text without its comments."""
        return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)

    # -- constants -----------------------------------------------------------------------------------------------------

    def number(self, value: Any) -> str:
        """Return a constant."""
        if type(value) is bool:
            return "true" if value else "false"
        return str(value) if type(value) is int else literal(value)

    def constant(self, name: str, thing: Any, kind: Kind | None) -> str:
        """Return the definition of a constant."""
        if kind is None:
            return f"static const {'double' if type(thing) is float else 'int64_t'} {name} = {self.number(thing)};\n"
        lines: list[str] = []
        head = self.laid_out(name, thing, kind, lines)
        known = self.list_type(kind)
        lines += [f"static {known} {name}_list = {head};", f"static {known} *const {name} = &{name}_list;", ""]
        return "\n".join(lines)

    def laid_out(self, name: str, thing: Any, kind: Kind, lines: list[str]) -> str:
        """Return the initial value of a constant list, and write what it points to."""
        assert isinstance(kind, List)
        element = kind.site.element or Float(False)
        texts = [self.packed(f"{name}_{index}", each, element, lines) for index, each in enumerate(thing)]
        known = self.type_of(element)
        space = "" if known.endswith("*") else " "
        if texts:
            lines.append(wrapped(f"static {known}{space}{name}_items[] = {{", texts))
        items = f"{name}_items" if texts else "NULL"
        return f"{{{len(thing)}, {len(thing)}, {items}}}"

    def packed(self, name: str, thing: Any, kind: Kind, lines: list[str]) -> str:
        """Return the initial value of a constant in a list."""
        if is_active(kind):
            lines.append(f"static number {name}_number = {{{self.number(float(thing))}, 0.0, 0}};")
            return f"&{name}_number"
        if isinstance(kind, Tuple):
            pairs = zip(thing, kind.items, strict=True)
            inner = [self.packed(f"{name}_{index}", x, each, lines) for index, (x, each) in enumerate(pairs)]
            return f"{{{', '.join(inner)}}}"
        if isinstance(kind, List):
            head = self.laid_out(name, thing, kind, lines)
            lines.append(f"static {self.list_type(kind)} {name}_list = {head};")
            return f"&{name}_list"
        return self.number(float(thing) if isinstance(kind, Float) else thing)


def wrapped(head: str, texts: Sequence[str]) -> str:
    """Return the definition of an array, in lines of some length."""
    lines, line = [head], "   "
    for text in texts:
        if len(line) + len(text) > 108:
            lines.append(line)
            line = "   "
        line += f" {text},"
    return "\n".join([*lines, line, "};"])
