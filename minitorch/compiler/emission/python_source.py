"""A text in Python, put together: constants, helpers, the functions, the reverse pass and the function itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from types import FunctionType

from minitorch.compiler.emission.items import is_active, words_in
from minitorch.compiler.emission.module import Made, Module, summary
from minitorch.compiler.emission.python_language import HELPERS, PythonLanguage
from minitorch.compiler.structural.basis.kinds import Kind
from minitorch.compiler.structural.entry.forms import Argument, Listed
from minitorch.machine_code.export.python import printed, row_definition

__all__ = ["PythonText"]


class PythonText:
    """Puts a text in Python together.

    Args:
        module: its parts.
        given: what the function gets: the names, and what they are.
        made: the function that computes the value.
        result: the kind of that.
        groups: the positions whose derivatives are returned, in the order of the arguments; `None` for the value alone.
        single: whether that is one derivative and no tuple.
    """

    def __init__(
        self, module: Module, given: Sequence[tuple[str, Argument]], made: Made, result: Kind,
        groups: Sequence[int] | None, single: bool,
    ) -> None:  # fmt: skip
        self.module, self.given, self.made, self.result = module, given, made, result
        self.groups, self.single = groups, single

    def text(self, function: FunctionType) -> str:
        """Return the text."""
        module = self.module
        parts = [module.functions[name] for name in module.functions_used(self.made.title)]
        if self.groups is not None:
            parts += [self.reverse(), self.entry(function)]
        elif [name for name, _ in self.made.parameters] != [name for name, _ in self.given]:
            names = ", ".join(name for name, _ in self.made.parameters)
            title = f"{self.made.title}_value"
            own = parts.pop().replace(f"def {self.made.title}(", f"def {title}(", 1)
            head = f"def {self.made.title}({', '.join(name for name, _ in self.given)}):\n"
            parts += [own, f"{head}    return {title}({names})\n"]
        partials = [text for _, text, _ in module.partials.values()]
        rows = [printed(ast.Module([row_definition(*row)], [])).strip() + "\n" for row in module.rows]
        used = words_in(parts)
        constants = [module.language.constant(*each) for each in module.constants.values() if each[0] in used]
        body = "\n".join([*rows, *partials, *parts, *constants])
        helpers: list[str] = []
        for name, text in reversed(HELPERS.items()):
            if re.search(rf"\b{name}\b", "\n".join([body, *helpers])):
                helpers.insert(0, text)
        assert isinstance(module.language, PythonLanguage)
        real_power = module.language.real_power("\n".join([*parts, *partials, *rows]))
        blocks = [*helpers, *real_power, *rows, *partials, *parts]
        imports = ["import math\n\n"] if re.search(r"\bmath\.", "\n".join([body, *helpers])) else []
        doc = f'"""{summary(function)}, written by minitorch: the same digits, from the same operations."""\n\n'
        return "".join(
            [doc, *imports, *constants, *["\n" if constants else ""], "\n" * bool(constants), "\n\n".join(blocks)]
        )

    def reverse(self) -> str:
        """Return the reverse pass."""
        lines = [
            "def reverse(tape):",
            '    """Go back over the tape: each expression gives its adjoint d on to what it was made from."""',
            "    while tape:",
            "        expression, result, *kept = tape.pop()",
            "        d = result.bar",
            "        if d is None:",
            "            continue",
        ]
        cases: list[str] = []
        if self.module.has_sums:
            cases += [
                '        elif expression == "sum":',
                "            for number in kept:",
                "                give(number, d)",
            ]
        for _, label, source, kept, adjoints in self.module.cases_used(self.made.title):
            cases += self.module.language.case(label, source, kept, adjoints)
        if cases:
            cases[0] = cases[0].replace("elif", "if", 1)
        return "\n".join([*lines, *cases, ""])

    def entry(self, function: FunctionType) -> str:
        """Return the function that gives value and derivatives."""
        assert self.groups is not None
        names = [name for name, _ in self.given]
        lines = [f"def {self.module.title}({', '.join(names)}):", '    """Return the value and the derivatives."""']
        for name, argument in self.given:
            if argument.active:
                several = isinstance(argument.kind, Listed)
                lines.append(f"    {name} = [Number(x) for x in {name}]" if several else f"    {name} = Number({name})")
        passed = []
        for name, kind in self.made.parameters:
            argument = dict(self.given)[name]
            plain = f"{name}.value" if argument.active and argument.kind == "float" and not is_active(kind) else name
            passed.append(f"Number({name})" if is_active(kind) and not argument.active else plain)
        call = ", ".join([*["tape"] * self.made.takes_work, *passed])
        lines += [
            "    tape = []",
            f"    result = {self.made.title}({call})",
            "    result.bar = 1.0",
            "    reverse(tape)",
        ]
        texts = []
        for position in self.groups:
            name, argument = self.given[position]
            one = f"derivative({name})"
            texts.append(f"[derivative(x) for x in {name}]" if isinstance(argument.kind, Listed) else one)
        whole = texts[0] if self.single else f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
        return "\n".join([*lines, f"    return result.value, {whole}", ""])
