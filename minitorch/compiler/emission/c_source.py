"""A text in C, put together: types, memory, lists, constants, functions, the reverse pass and the function itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import FunctionType
from typing import Final

from minitorch.compiler.emission.c_language import CLanguage, broken
from minitorch.compiler.emission.c_lists import LIST, list_functions
from minitorch.compiler.emission.c_runtime import (
    ALLOCATE,
    FAIL,
    GIVE_BACK,
    NUMBERS,
    TAPE_FIELDS,
    WORK,
    functions_used,
)
from minitorch.compiler.emission.items import Unwritten, is_active, words_in
from minitorch.compiler.emission.module import Made, Module, summary
from minitorch.compiler.structural.basis.kinds import Float, Kind, List, Static, Tuple, described
from minitorch.compiler.structural.entry.forms import Argument, Listed
from minitorch.machine_code.export.c import needed_by

__all__ = ["SCALARS", "CText"]

SCALARS: Final = {"float": "double", "int": "int64_t", "bool": "bool"}
"""The types of arguments that are numbers."""


class CText:
    """Puts a text in C together.

    Args:
        module: its parts.
        given: what the function gets: the names, and what they are.
        made: the function that computes the value.
        result: the kind of that.
        with_gradient: whether derivatives are wanted.
    """

    def __init__(
        self, module: Module, given: Sequence[tuple[str, Argument]], made: Made, result: Kind, with_gradient: bool
    ) -> None:
        self.module, self.made, self.result, self.with_gradient = module, made, result, with_gradient
        language = module.language
        assert isinstance(language, CLanguage)
        self.language = language
        self.names = {name: module.names.new(name) for name, _ in given}
        self.given = given

    def text(self, function: FunctionType) -> str:
        """Return the text."""
        module, language = self.module, self.language
        parts = [module.functions[name] for name in module.functions_used(self.made.title)]
        # Functions that call themselves may do so by way of others that stand before them.
        parts[:0] = [f"{module.functions[name].partition(chr(10))[0]};\n" for name in sorted(module.recursive)]
        used = words_in([language.bare(part) for part in parts])
        constants = [language.constant(*each) for each in module.constants.values() if each[0] in used]
        reverse = [self.reverse()] if self.with_gradient else []
        attempt = self.attempt()
        head = self.signature(function)
        labels = [label for _, label, *_ in module.cases_used(self.made.title)] + ["SUM"] * module.has_sums
        partials = [text for _, text, _ in module.partials.values()]
        body = language.bare("\n".join([*constants, *partials, *parts, *reverse, *attempt, head]))
        rows, helpers, headers = needed_by(body, list(module.rows))
        known = dict(language.lists)
        functions = functions_used(body, [list_functions(name, *each) for name, each in known.items()])
        work = (
            WORK
            + FAIL * bool(re.search(r"\bfail\(", "".join([body, *functions])))
            + ALLOCATE * ("allocate(" in "".join([body, *functions]))
            + GIVE_BACK
        ).replace("@TAPE@", TAPE_FIELDS if self.with_gradient else "")
        work = work.replace("@FREE@", "\n    free(w->tape);" if self.with_gradient else "")
        includes = sorted({*headers, "setjmp.h", "stdbool.h", "stdint.h", "stdlib.h", "string.h"})
        structures = [
            f"typedef struct {{ {' '.join(self.field(index, each) for index, each in enumerate(types))} }} {name};\n"
            for types, name in language.tuples.items()
        ]
        lists = [
            LIST.replace("@TYPE@", kind if kind.endswith("*") else f"{kind} ").replace("@LIST@", name)
            for name, (_, kind) in known.items()
        ]
        enum = wrapped_enum(labels) if labels else ""
        types = [*[NUMBERS] * self.with_gradient, *ordered(structures + lists), work, *[enum] * bool(enum)]
        heads = [*(f"#include <{header}>" for header in includes), "", *types]
        blocks = [*heads, *helpers, *functions, *constants, *rows, *partials, *parts, *reverse, *attempt, head]
        return "\n".join(blocks)

    def field(self, index: int, kind: str) -> str:
        """Return a field of a tuple."""
        return f"{kind}{'' if kind.endswith('*') else ' '}item_{index};"

    # -- the reverse pass ----------------------------------------------------------------------------------------------

    def reverse(self) -> str:
        """Return the reverse pass."""
        cases: list[str] = []
        for _, label, source, kept, adjoints in self.module.cases_used(self.made.title):
            cases += [line for each in self.language.case(label, source, kept, adjoints) for line in broken(each)]
        if self.module.has_sums:
            cases += [
                "        case SUM: {",
                "            const int64_t count = w->tape[--w->used].count;",
                "            w->used -= count;",
                "            for (int64_t index = 0; result->counts && index < count; index++) {",
                "                give(w->tape[w->used + index].number, result->bar);",
                "            }",
                "            break;",
                "        }",
            ]
        fails = any("&failed" in line for line in cases)
        return "\n".join([
            "/* Go back over the tape: each expression gives its adjoint d on to what it was made from. */",
            "static void reverse(work *w)", "{", *["    int failed = 0;"] * fails, "    while (w->used > 0) {",
            "        const int64_t expression = w->tape[--w->used].count;", "        number *result = kept(w);",
            *["        (void)result;"] * (not cases), "        switch (expression) {", *cases, "        }", "    }",
            *["    if (failed) fail(w, failed);"] * fails, "}", "",
        ])  # fmt: skip

    # -- the entry -----------------------------------------------------------------------------------------------------

    def parameters(self) -> list[tuple[str, str]]:
        """Return the declarations and the names of what the function gets."""
        found = []
        for name, argument in self.given:
            own = self.names[name]
            if isinstance(argument.kind, Listed):
                found += [(f"const double *{own}", own), (f"int64_t {own}_length", f"{own}_length")]
            else:
                known = SCALARS[str(argument.kind)]
                found.append((f"{known} {own}", own))
        found += [(self.language.typed(kind, f"*{name}"), name) for name, kind, _ in self.results()]
        found += [
            (f"double *{self.names[name]}_bar", f"{self.names[name]}_bar") for name, each in self.given if each.active
        ]
        return found

    def results(self) -> list[tuple[str, Kind, str]]:
        """Return the names, the kinds and the texts of what the function gives."""
        if self.with_gradient:
            return [("value", Float(False), "result->value")]
        leaves: list[tuple[Kind, str]] = []

        def add(kind: Kind, text: str) -> None:
            if isinstance(kind, Tuple):
                for index, each in enumerate(kind.items):
                    add(each, f"{text}.item_{index}")
            elif isinstance(kind, List):
                raise Unwritten(f"{self.module.title}: its result, {described(kind)}, can't be written down in C")
            elif not isinstance(kind, Static):
                leaves.append((kind, text))

        add(self.result, "result")
        if len(leaves) == 1:
            return [("value", *leaves[0])]
        return [(f"value_{index}", *each) for index, each in enumerate(leaves, 1)]

    def attempt(self) -> list[str]:
        """Return the function that does all that may leave."""
        lines = []
        passed = []
        kinds = dict(self.made.parameters)
        for name, argument in self.given:
            own, kind = self.names[name], kinds.get(name)
            if isinstance(argument.kind, Listed) and (kind is not None or argument.active):
                item = "plain(w, {}[index])" if argument.active else "{}[index]"
                plural = "numbers" if argument.active else "doubles"
                self.language.lists.setdefault(
                    plural, ("number", "number *") if argument.active else ("double", "double")
                )
                lines += [
                    f"    {plural} *{own}_list = new_{plural}(w, {own}_length);",
                    f"    for (int64_t index = 0; index < {own}_length; index++) {{",
                    f"        {own}_list->items[index] = {item.format(own)};", "    }",
                ]  # fmt: skip
                passed.append((name, f"{own}_list"))
            elif argument.active:
                lines.append(f"    number *{own}_number = plain(w, {own});")
                passed.append((name, f"{own}_number" if kind is not None and is_active(kind) else own))
            else:
                passed.append((name, f"plain(w, {own})" if kind is not None and is_active(kind) else own))
        given = dict(passed)
        call = ", ".join(["w", *(given[name] for name, _ in self.made.parameters)])
        if isinstance(self.result, Static):
            lines.append(f"    {self.made.title}({call});")
        else:
            lines.append(f"    {self.language.typed(self.result, 'result')} = {self.made.title}({call});")
        if self.with_gradient:
            lines += ["    result->bar = 1.0;", "    result->counts = 1;", "    reverse(w);"]
        lines += [f"    *{name} = {text};" for name, _, text in self.results()]
        for name, argument in self.given:
            own = self.names[name]
            if argument.active and isinstance(argument.kind, Listed):
                lines += [
                    f"    for (int64_t index = 0; index < {own}_length; index++) {{",
                    f"        const number *item = {own}_list->items[index];",
                    f"        {own}_bar[index] = item->counts ? item->bar : 0.0;",
                    "    }",
                ]
            elif argument.active:
                lines.append(f"    *{own}_bar = {own}_number->counts ? {own}_number->bar : 0.0;")
        text = "\n".join(lines)
        unused = [name for _, name in self.parameters() if not re.search(rf"\b{name}\b", text)]
        head = f"static void attempt({', '.join(['work *w', *(each for each, _ in self.parameters())])})"
        # In one function with `setjmp`, compilers would warn of its arguments.
        apart = ["#ifdef __GNUC__", "__attribute__((noinline))", "#endif"]
        whole = [*apart, *broken(head), "{", *(f"    (void){name};" for name in unused), *lines, "}", ""]
        return ["\n".join(whole)]

    def signature(self, function: FunctionType) -> str:
        """Return the function itself."""
        parameters = self.parameters()
        text = summary(function).replace("*/", "* /").replace("/*", "/ *")
        bars = [self.names[name] for name, each in self.given if each.active]
        about = [f"/* {text}, written by minitorch: the same digits, from the same operations."]
        if self.with_gradient:
            about.append(f"   *value gets the value, {', '.join(f'{each}_bar' for each in bars)} the derivatives by "
                         f"{', '.join(bars)}.")  # fmt: skip
        about += [
            "   Returns 0; or, without results, 1 where an int is too large, or a way is taken that was not compiled,",
            "   2 where Python would raise, and 3 where memory is short.",
            "   Compile without fused arithmetic: cc -std=c11 -O2 -ffp-contract=off -fno-builtin ... -lm */",
        ]
        head = f"int {self.module.title}({', '.join(each for each, _ in parameters)})"
        call = f"        attempt({', '.join(['&w', *(name for _, name in parameters)])});"
        lines = ["    work w = {0};", "    if (setjmp(w.way_out) == 0) {", *broken(call), "    }", "    give_back(&w);"]
        return "\n".join([*about, *broken(head), "{", *lines, "    return w.status;", "}", ""])


def ordered(texts: Sequence[str]) -> list[str]:
    """Return definitions of types, each behind those that it has in it."""
    titles = {re.findall(r"(\w+);\s*$", text)[0]: text for text in texts}
    found: dict[str, str] = {}

    def add(name: str) -> None:
        for word in re.findall(r"\w+", titles[name]):
            if word in titles and word != name and word not in found:
                add(word)
        found[name] = titles[name]

    for name in titles:
        if name not in found:
            add(name)
    return list(found.values())


def wrapped_enum(labels: Sequence[str]) -> str:
    """Return the definition of the labels of expressions."""
    lines, line = ["enum {"], "   "
    for label in labels:
        if len(line) + len(label) > 108:
            lines.append(line)
            line = "   "
        line += f" {label},"
    return "\n".join([*lines, line, "};", ""])
