"""Python: how numbers, lists, branches and the reverse pass are written there."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from minitorch.compiler.emission.items import is_active
from minitorch.compiler.emission.language import Kept, Language, WithStatus, parameters_of_partial
from minitorch.compiler.structural.basis.kinds import Kind, List, Tuple
from minitorch.machine_code.export import python_operations
from minitorch.machine_code.export.python import PythonWriter, printed, term_tree
from minitorch.machine_code.export.terms import Call, Name, Term
from minitorch.machine_code.program import Constant, Node
from minitorch.rules import special

if TYPE_CHECKING:
    from minitorch.compiler.emission.statements import Statements
    from minitorch.compiler.emission.writing import Writing

__all__ = ["HELPERS", "PythonLanguage"]

HELPERS: Final[dict[str, str]] = {
    "Number": '''\
class Number:
    """A float on the way from the inputs to the result, and the derivative of the result by it so far."""

    __slots__ = ("bar", "value")

    def __init__(self, value):
        self.value = value
        self.bar = None
''',
    "value_of": '''\
def value_of(number):
    """Return the value of a number."""
    return number.value
''',
    "noted": '''\
def noted(tape, value, expression, *kept):
    """Return the result of an expression, and put what its adjoints need on the tape."""
    result = Number(value)
    tape.append((expression, result, *kept))
    return result
''',
    "sum_of": '''\
def sum_of(tape, numbers):
    """Return the sum of numbers."""
    return noted(tape, sum(number.value for number in numbers), "sum", *numbers)
''',
    "give": '''\
def give(number, share):
    """Add to the derivative by a number."""
    number.bar = share if number.bar is None else number.bar + share
''',
    "power": '''\
def power(x, y):
    """Return x ** y, infinite where Python raises."""
    try:
        return x**y
    except (ZeroDivisionError, OverflowError):
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
''',
    "derivative": '''\
def derivative(number):
    """Return the derivative by a number, once the tape is empty."""
    return 0.0 if number.bar is None else number.bar
''',
    "bisect_right": '''\
def bisect_right(values, x):
    """Return where x belongs in a sorted list, to the right of its equals."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if x < values[middle]:
            high = middle
        else:
            low = middle + 1
    return low
''',
    "bisect_left": '''\
def bisect_left(values, x):
    """Return where x belongs in a sorted list, to the left of its equals."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low
''',
}
"""Functions of which a text has those that it needs, each behind those that it calls."""


class PythonLanguage(Language):
    """Python."""

    name, title = "python", "Python"
    reserved = python_operations.RESERVED | {*HELPERS, "tape", "reverse", "item"}
    is_checked = True
    work, true, false, none = "tape", "True", "False", "None"
    otherwise, end = "else:", ""

    # -- numbers -------------------------------------------------------------------------------------------------------

    def is_known(self, row: str) -> bool:
        """Return whether it can write a row by itself."""
        return python_operations.is_known(row)

    def can_write(self, row: str, arity: int) -> bool:
        """Return whether it can write a row at all."""
        return True

    def text(self, term: Term, tight: bool = False) -> str:
        """Return a number; in brackets where it must bind tightly."""
        text = ast.unparse(term_tree(term))
        return f"({text})" if tight and isinstance(term, Call) else text

    def condition(self, term: Term) -> str:
        """Return the outcome of a comparison."""
        return self.text(term)

    def value(self, cell: str) -> str:
        """Return the value of a float that derivatives pass through."""
        return f"{cell}.value"

    def number(self, value: Any) -> str:
        """Return a constant."""
        if isinstance(value, (list, tuple)):
            inner = ", ".join(map(self.number, value))
            if isinstance(value, list):
                return f"[{inner}]"
            return f"({inner}{',' if len(value) == 1 else ''})"
        if isinstance(value, float) and not math.isfinite(value):
            return "math.nan" if value != value else "math.inf" if value > 0 else "-math.inf"
        return repr(value)

    def as_int(self, text: str) -> str:
        """Return a number that is known to be an int as one."""
        return text

    def as_float(self, text: str) -> str:
        """Return a number as a float."""
        return f"float({text})"

    def plain(self, text: str) -> str:
        """Return a float without a history as one that derivatives may pass through."""
        return f"Number({text})"

    def truncated(self, text: str) -> str:
        """Return the int of a float."""
        return f"int({text})"

    def absolute(self, text: str) -> str:
        """Return the size of an int."""
        return f"abs({text})"

    def of_ints(self, row: str) -> str:
        """Return the function for an operation on ints."""
        raise NotImplementedError

    def power(self, base: Term, exponent: Constant) -> Term:
        """Return a power in a partial derivative, which is infinite where Python raises."""
        return Name(f"power({self.text(base)}, {self.text(exponent)})")

    def guarded(self, writing: Writing, call: Call) -> Term:
        """Return an operation; Python raises itself."""
        return call

    # -- conditions ----------------------------------------------------------------------------------------------------

    def negated(self, condition: str) -> str:
        """Return the opposite of a condition."""
        return f"not {condition}" if re.fullmatch(r"[\w.]+", condition) else f"not ({condition})"

    def joined(self, is_and: bool, conditions: Sequence[str]) -> str:
        """Return whether all conditions are true, or one of them."""
        word = " and " if is_and else " or "
        return word.join(f"({each})" if re.search(r" (and|or|if) |^not ", each) else each for each in conditions)

    def choice(self, condition: str, yes: str, no: str) -> str:
        """Return one of two values."""
        return f"({yes} if {condition} else {no})"

    # -- statements ----------------------------------------------------------------------------------------------------

    def start(self, word: str, condition: str) -> str:
        """Return the line that begins a block."""
        return f"{word} {condition}:"

    def declared(self, kind: Kind, name: str) -> str:
        """Return the declaration of a variable."""
        raise NotImplementedError

    def defined(self, kind: Kind, name: str, text: str) -> str:
        """Return the line that gives a new variable its value."""
        return f"{name} = {text}"

    def assigned(self, name: str, text: str) -> str:
        """Return the line that gives a variable a value."""
        return f"{name} = {text}"

    def statement(self, text: str) -> str:
        """Return the line that does something."""
        return text

    def comment(self, text: str) -> str:
        """Return a line that says something to the reader."""
        return f"# {text}"

    def dropped(self, text: str) -> str:
        """Return a statement that computes something nobody uses."""
        return text

    def failure(self, text: str = "") -> str:
        """Return the statement that leaves where Python raises."""
        return text or 'raise ValueError("there is no result for these arguments")'

    def label(self, text: str) -> str:
        """Return what an expression is called on the tape."""
        return f'"{text}"'

    def function(self, writing: Statements, title: str) -> list[str]:
        """Return the text of a function."""
        names = [variable.name for _, variable in (*writing.parameters(), *writing.extras.items())]
        given = ", ".join([*["tape"] * self.takes_work(writing), *names])
        lines = [
            line if line.lstrip().startswith("#") else wrapped(line, " " * (len(line) - len(line.lstrip()) + 4))
            for line in writing.lines
        ]
        return [f"def {title}({given}):", *(lines or ["    pass"]), ""]

    def takes_work(self, writing: Statements) -> bool:
        """Return whether a function gets the tape."""
        return any(re.search(r"\btape\b", line) and not line.lstrip().startswith("#") for line in writing.lines)

    def bare(self, text: str) -> str:
        """Return a text without its comments."""
        return re.sub(r"^ *#.*", "", text, flags=re.MULTILINE)

    # -- containers ----------------------------------------------------------------------------------------------------

    def tuple_of(self, kind: Kind, texts: Sequence[str]) -> str:
        """Return a tuple."""
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"

    def item(self, text: str, index: int) -> str:
        """Return an element of a tuple."""
        return f"{text}[{index}]"

    def length(self, text: str) -> str:
        """Return how long a list is."""
        return f"len({text})"

    def element(self, kind: Kind, text: str, index: str) -> str:
        """Return an element of a list."""
        return f"{text}[{index}]"

    def surely(self, text: str, index: str) -> str:
        """Return an element of a list that is known to be there."""
        return f"{text}[{index}]"

    def put(self, kind: Kind, text: str, index: str, item: str) -> str:
        """Return the line that changes an element of a list."""
        return f"{text}[{index}] = {item}"

    def appended(self, kind: Kind, text: str, item: str) -> str:
        """Return the line that appends to a list."""
        return f"{text}.append({item})"

    def of_list(self, what: str, kind: Kind, text: str, *others: str) -> str:
        """Return what comes of a list."""
        if what in ("new", "repeated"):
            return "[]" if what == "new" else f"{text} * {others[0]}"
        assert isinstance(kind, List)
        active = kind.site.element is not None and is_active(kind.site.element)
        if what == "sum":
            return f"sum_of(tape, {text})" if active else f"sum({text})"
        name = "max" if what == "largest" else "min"
        return f"{name}({text}, key=value_of)" if active else f"{name}({text})"

    def sliced(self, kind: Kind, text: str, lower: str | None, upper: str | None) -> str:
        """Return a slice."""
        return f"{text}[{lower or ''}:{upper or ''}]"

    def bisected(self, what: str, kind: Kind, text: str, wanted: str) -> str:
        """Return where a number belongs in a sorted list."""
        return f"{what}({text}, {wanted})"

    def extreme(self, what: str, kind: Kind, texts: Sequence[str]) -> str:
        """Return the largest or smallest of several numbers."""
        name = "max" if what == "largest" else "min"
        return f"{name}({', '.join([*texts, *['key=value_of'] * is_active(kind)])})"

    def constant(self, name: str, thing: Any, kind: Kind | None) -> str:
        """Return the definition of a constant."""
        text = self.number(thing) if kind is None else self.packed(thing, kind)
        return wrapped(f"{name} = {text}", "    ") + "\n"

    def packed(self, thing: Any, kind: Kind) -> str:
        """Return a constant in a list."""
        if is_active(kind):
            return f"Number({self.number(thing)})"
        if isinstance(kind, List) and kind.site.element is not None:
            inner = [self.packed(each, kind.site.element) for each in thing]
        elif isinstance(kind, Tuple):
            inner = [self.packed(each, one) for each, one in zip(thing, kind.items, strict=True)]
        else:
            return self.number(thing)
        text = ", ".join(inner)
        return f"[{text}]" if isinstance(thing, list) else f"({text}{',' if len(inner) == 1 else ''})"

    def real_power(self, text: str) -> list[str]:
        """Return the function for powers, if a text needs it."""
        power = python_operations.HELPERS["Pow"]
        if power.__name__ not in text:
            return []
        return [printed(ast.Module([python_operations.helper_definition(power)], [])).strip() + "\n"]

    # -- the reverse pass ----------------------------------------------------------------------------------------------

    def partial_function(self, title: str, row: str, arity: int, index: int, program: Node) -> WithStatus:
        """Return a function for a partial derivative, and whether it gets a place for a status."""
        parameters = [*parameters_of_partial(arity), "result"]
        if row in ("Pow", "MathPow") and index == 0:
            # It is infinite where Python raises.
            definition = python_operations.helper_definition(special.power_by_base)
            definition.name = title
            return printed(ast.Module([definition], [])).strip() + "\n", False
        tree = PythonWriter(program, parameters, 0).function(title, "", commented=False)
        return printed(ast.Module([tree], [])).strip() + "\n", False

    def noted(self, value: str, label: str, kept: Kept) -> tuple[list[str], str]:
        """Return the lines that keep what the adjoints of an expression need, and the float with its value."""
        return [], f"noted({', '.join(['tape', value, label, *(text for text, _ in kept)])})"

    def give(self, name: str, share: str) -> str:
        """Return the statement that adds to an adjoint."""
        return f"give({name}, {share})"

    def case(self, label: str, source: str, kept: Kept, lines: Sequence[str]) -> list[str]:
        """Return the adjoints of an expression as a part of the reverse pass."""
        text = [f"        elif expression == {label}:  # {source}"]
        names = ", ".join(name for name, _ in kept)
        if kept:
            text.append(f"            {names if len(kept) > 1 else f'[{names}]'} = kept")
        return [*text, *("            " + line for line in lines)]


def wrapped(text: str, margin: str, length: int = 118) -> str:
    """Break a long line behind commas.

    >>> print(wrapped("x = [1, 2]", "    ", 8))
    x = [1,
        2]
    """
    lines, line = [], ""
    for piece in re.split(r"(?<=,) ", text):
        if line and len(line) + len(piece) + 1 > length:
            lines.append(line)
            line = margin + piece
        else:
            line = f"{line} {piece}" if line else piece
    return "\n".join([*lines, line])
