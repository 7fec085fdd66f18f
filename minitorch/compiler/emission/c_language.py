"""C11: how numbers, lists, branches and the reverse pass are written there."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from minitorch.compiler.emission.c_runtime import RUNTIME_WORDS
from minitorch.compiler.emission.c_types import CTypes
from minitorch.compiler.emission.items import is_active, is_simple
from minitorch.compiler.emission.language import Kept, Language, WithStatus, parameters_of_partial
from minitorch.compiler.structural.basis.kinds import Bool, Float, Int, Kind, List
from minitorch.machine_code.export.c import CWriter
from minitorch.machine_code.export.c_helpers import WORDS
from minitorch.machine_code.export.c_operations import CHECKED, UNARY, can_write, is_known
from minitorch.machine_code.export.c_terms import CTerms
from minitorch.machine_code.export.terms import Call, Name, Term, is_truth
from minitorch.machine_code.program import Constant, Node

if TYPE_CHECKING:
    from minitorch.compiler.emission.statements import Statements
    from minitorch.compiler.emission.writing import Writing

__all__ = ["CLanguage"]

MAX_LINE_CHARACTERS: Final = 118

INTS: Final = {
    "Add": "plus", "Sub": "minus", "Mul": "times", "FloorDiv": "floor_quotient", "Mod": "floor_remainder",
}  # fmt: skip


class CLanguage(CTypes, Language):
    """C."""

    name, title = "c", "C"
    reserved = WORDS | RUNTIME_WORDS
    is_checked = False
    work, true, false, none = "w", "true", "false", ""
    otherwise, end = "} else {", "}"

    def __init__(self) -> None:
        super().__init__()
        self.terms = CTerms()

    # -- numbers -------------------------------------------------------------------------------------------------------

    def is_known(self, row: str) -> bool:
        """Return whether it can write a row by itself."""
        return is_known(row)

    def can_write(self, row: str, arity: int) -> bool:
        """Return whether it can write a row at all."""
        return can_write(row, arity)

    def text(self, term: Term, tight: bool = False) -> str:
        """Return a number; in brackets where it must bind tightly."""
        return self.terms.term(term, UNARY + 1 if tight else 0)

    def condition(self, term: Term) -> str:
        """Return the outcome of a comparison."""
        return self.terms.expression(term)[0] if isinstance(term, Call) and is_truth(term) else self.text(term)

    def value(self, cell: str) -> str:
        """Return the value of a float that derivatives pass through."""
        return f"{cell}->value"

    def as_int(self, text: str) -> str:
        """Return a number that is known to be an int as one."""
        return f"(int64_t){text}" if is_simple(text) or "->" in text else f"(int64_t)({text})"

    def as_float(self, text: str) -> str:
        """Return a number as a float."""
        return f"(double){text}"

    def plain(self, text: str) -> str:
        """Return a float without a history as one that derivatives may pass through."""
        return f"plain(w, {text})"

    def truncated(self, text: str) -> str:
        """Return the int of a float."""
        return f"truncated(w, {text})"

    def absolute(self, text: str) -> str:
        """Return the size of an int."""
        return f"absolute(w, {text})"

    def of_ints(self, row: str) -> str:
        """Return the function for an operation on ints."""
        return INTS[row]

    def power(self, base: Term, exponent: Constant) -> Term:
        """Return a power in a partial derivative, which is infinite where Python raises."""
        return Call("Pow", (base, exponent))

    def guarded(self, writing: Writing, call: Call) -> Term:
        """Return an operation behind a check that Python would not raise."""
        row = self.terms.row(call)
        if not row.raises:
            return call
        known = [
            Name(writing.temporary(Float(False), self.text(x))) if isinstance(x, Call) else x for x in call.operands
        ]
        call = Call(call.function, tuple(known))
        if row.raises == CHECKED:
            writing.may_fail = True
            name = writing.temporary(Float(False), self.text(call))
            writing.line("if (failed) fail(w, failed);")
            return Name(name)
        texts = [self.text(operand, True) for operand in known]
        if "{r}" not in row.raises:
            writing.line(f"if ({row.raises.format(*texts)}) fail(w, 2);")
            return call
        name = writing.temporary(Float(False), self.text(call))
        writing.line(f"if ({row.raises.format(*texts, r=name)}) fail(w, 2);")
        return Name(name)

    # -- conditions ----------------------------------------------------------------------------------------------------

    def negated(self, condition: str) -> str:
        """Return the opposite of a condition."""
        return f"!{condition}" if is_simple(condition) else f"!({condition})"

    def joined(self, is_and: bool, conditions: Sequence[str]) -> str:
        """Return whether all conditions are true, or one of them."""
        texts = [f"({each})" if " && " in each or " || " in each else each for each in conditions]
        return (" && " if is_and else " || ").join(texts)

    def choice(self, condition: str, yes: str, no: str) -> str:
        """Return one of two values."""
        return f"({condition} ? {yes} : {no})"

    # -- statements ----------------------------------------------------------------------------------------------------

    def start(self, word: str, condition: str) -> str:
        """Return the line that begins a block."""
        return f"{word} ({condition}) {{"

    def declared(self, kind: Kind, name: str) -> str:
        """Return the declaration of a variable."""
        return f"{self.typed(kind, name)} = {self.initial(kind)};"

    def defined(self, kind: Kind, name: str, text: str) -> str:
        """Return the line that gives a new variable its value."""
        return f"{self.typed(kind, name)} = {text};"

    def fixed(self, kind: Kind, name: str, text: str) -> str:
        """Return the line that gives a new variable its value, which nothing changes."""
        is_number = isinstance(kind, (Float, Int)) and not is_active(kind)
        return f"{'const ' if is_number else ''}{self.defined(kind, name, text)}"

    def initial(self, kind: Kind) -> str:
        """Return what a variable is before it gets a value."""
        if is_active(kind) or isinstance(kind, List):
            return "NULL"
        return {Float: "0.0", Int: "0", Bool: "false"}.get(type(kind), "{0}")

    def assigned(self, name: str, text: str) -> str:
        """Return the line that gives a variable a value."""
        return f"{name} = {text};"

    def statement(self, text: str) -> str:
        """Return the line that does something."""
        return f"{text};"

    def comment(self, text: str) -> str:
        """Return a line that says something to the reader."""
        return f"/* {text.replace('/*', '/ *').replace('*/', '* /')} */"

    def dropped(self, text: str) -> str:
        """Return a statement that computes something nobody uses."""
        return f"(void)({text})"

    def failure(self, text: str = "") -> str:
        """Return the statement that leaves where Python raises."""
        return "fail(w, 2)"

    def label(self, text: str) -> str:
        """Return what an expression is called on the tape."""
        return text.upper()

    def function(self, writing: Statements, title: str) -> list[str]:
        """Return the text of a function."""
        given = writing.parameters()
        own = {variable.name for _, variable in given}
        declared = [
            f"    {self.typed(variable.kind, variable.name)} = {self.initial(variable.kind)};"
            for variable in writing.variables.values()
            if variable.home is None and variable.name not in own
        ]
        declared += [
            f"    bool {each.flag} = {'true' if each.name in own else 'false'};"
            for each in writing.variables.values()
            if each.flag
        ]
        if writing.may_fail:
            declared.append("    int failed = 0;")
        text = "\n".join(line for line in writing.lines if not line.lstrip().startswith("/*"))
        variables = [*writing.variables.values(), *writing.extras.values()]
        names = ["w", *(each.name for each in variables), *(each.flag for each in variables if each.flag)]
        made = re.findall(r"^ *(?:const )?\w+ \*?(\w+) = ", text, re.MULTILINE)
        idle = {name for name in {*names, *made} if not re.search(rf"(?<![\w.>]){name}\b(?! = )", text)}
        top = {
            "w",
            *(each.flag for each in variables if each.flag),
            *(each.name for each in variables if each.home is None),
        }
        declared += [f"    (void){name};" for name in names if name in idle and name in top]
        written = []
        for line in writing.lines:
            written.append(line)
            found = re.match(r"( *)(?:const )?\w+ \*?(\w+) = ", line)
            if found and found[2] in idle - top:
                written.append(f"{found[1]}(void){found[2]};")
        inputs = [self.typed(each.kind, each.name) for _, each in (*given, *writing.extras.items())]
        known = self.type_of(writing.result)
        head = f"static {known}{'' if known.endswith('*') else ' '}{title}({', '.join(['work *w', *inputs])})"
        lines = [line for each in written for line in broken(each)]
        end = [] if ends(writing.lines) or known == "void" else ["    fail(w, 1);"]
        return [head, "{", *declared, *lines, *end, "}", ""]

    def takes_work(self, writing: Statements) -> bool:
        """Return whether a function gets the memory of the call."""
        return True

    # -- containers ----------------------------------------------------------------------------------------------------

    def tuple_of(self, kind: Kind, texts: Sequence[str]) -> str:
        """Return a tuple."""
        return f"({self.type_of(kind)}){{{', '.join(text for text in texts if text)}}}"

    def item(self, text: str, index: int) -> str:
        """Return an element of a tuple."""
        return f"{text}.item_{index}"

    def length(self, text: str) -> str:
        """Return how long a list is."""
        return f"{text}->length"

    def element(self, kind: Kind, text: str, index: str) -> str:
        """Return an element of a list."""
        self.list_type(kind)
        return f"{self.item_type(kind)[0]}_at(w, {text}, {index})"

    def surely(self, text: str, index: str) -> str:
        """Return an element of a list that is known to be there."""
        return f"{text}->items[{index}]"

    def put(self, kind: Kind, text: str, index: str, item: str) -> str:
        """Return the line that changes an element of a list."""
        self.list_type(kind)
        return f"put_{self.item_type(kind)[0]}(w, {text}, {index}, {item})"

    def appended(self, kind: Kind, text: str, item: str) -> str:
        """Return the line that appends to a list."""
        self.list_type(kind)
        return f"append_{self.item_type(kind)[0]}(w, {text}, {item})"

    def of_list(self, what: str, kind: Kind, text: str, *others: str) -> str:
        """Return what comes of a list."""
        plural, (item, _) = self.list_type(kind), self.item_type(kind)
        if what == "column":
            assert isinstance(kind, List) and kind.site.element is not None
            return f"column_of_{self.list_type(kind.site.element)}(w, {', '.join([text, *others])})"
        names = {
            "sum": f"sum_of_{plural}", "largest": f"largest_{item}", "smallest": f"smallest_{item}",
            "new": f"new_{plural}", "repeated": f"repeated_{plural}", "width": f"width_of_{plural}",
        }  # fmt: skip
        return f"{names[what]}(w, {', '.join([text, *others])})"

    def sliced(self, kind: Kind, text: str, lower: str | None, upper: str | None) -> str:
        """Return a slice."""
        return f"slice_of_{self.list_type(kind)}(w, {text}, {lower or '0'}, {upper or 'INT64_MAX'})"

    def bisected(self, what: str, kind: Kind, text: str, wanted: str) -> str:
        """Return where a number belongs in a sorted list."""
        return f"{what}({text}, {wanted})"

    def extreme(self, what: str, kind: Kind, texts: Sequence[str]) -> str:
        """Return the largest or smallest of several numbers."""
        name = ("larger" if what == "largest" else "smaller") + (
            "_number" if is_active(kind) else "_integer" if isinstance(kind, Int) else ""
        )
        best = texts[0]
        for text in texts[1:]:
            best = f"{name}({best}, {text})"
        return best

    # -- the reverse pass ----------------------------------------------------------------------------------------------

    def partial_function(self, title: str, row: str, arity: int, index: int, program: Node) -> WithStatus:
        """Return a function for a partial derivative, and whether it gets a place for a status."""
        parameters = [*parameters_of_partial(arity), "result"]
        if row in ("Pow", "MathPow"):
            # `special.power` is infinite where Python raises, as C's own function.
            return CWriter.single(title, program, parameters, (row, arity), False, never_raises=True), False
        text = CWriter.single(title, program, parameters, (row, arity), True)
        if "*status =" in text:
            return text, True
        return CWriter.single(title, program, parameters, (row, arity), False), False

    def noted(self, value: str, label: str, kept: Kept) -> tuple[list[str], str]:
        """Return the lines that keep what the adjoints of an expression need, and the float with its value."""
        calls = [f"{'keep' if has_adjoint else 'keep_value'}(w, {text});" for text, has_adjoint in kept]
        return [" ".join(calls)] if calls else [], f"noted(w, {value}, {label})"

    def give(self, name: str, share: str) -> str:
        """Return the statement that adds to an adjoint."""
        return f"give({name}, {share})"

    def case(self, label: str, source: str, kept: Kept, lines: Sequence[str]) -> list[str]:
        """Return the adjoints of an expression as a part of the reverse pass."""
        text = [f"        case {label}: {{ {self.comment(source)}"]
        for has_adjoint, names in itertools.groupby(reversed(kept), lambda pair: pair[1]):
            call, star = ("kept(w)", "*") if has_adjoint else ("kept_value(w)", "")
            known = ", ".join(f"{star}{name} = {call}" for name, _ in names)
            text.append(f"            {'number' if has_adjoint else 'const double'} {known};")
        text += ["            if (!result->counts) break;", "            const double d = result->bar;"]
        return [*text, *("            " + line for line in lines), "            break;", "        }"]


def broken(line: str) -> list[str]:
    """Break a long line; a program has no text with spaces in quotes."""
    if len(line) <= MAX_LINE_CHARACTERS or line.lstrip().startswith("/*"):
        return [line]
    margin = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(), MAX_LINE_CHARACTERS, initial_indent=margin, subsequent_indent=margin + "    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def ends(lines: Sequence[str]) -> bool:
    """Return whether a function ends with a result, or by leaving."""
    return bool(lines) and lines[-1].lstrip().startswith(("return ", "fail("))
