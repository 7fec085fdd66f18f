"""Programs as C11 that stands by itself and gives the same numbers as Python to the last bit.

    print(c_source(tree, ["time"], ["height"], "wave"))

    int wave(const double *inputs, double *outputs)
    {
        const double time = inputs[0];
        /* wave.py:4 */
        …
        outputs[0] = decay * t2;
        return 0;
    }

The function returns 0 when the outputs are there, 1 when a decision comes out as in no run that was recorded, and 2
when Python would raise; without outputs in both cases.
It is to be compiled without fused or reordered arithmetic: `cc -std=c11 -O2 -ffp-contract=off program.c -lm`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from minitorch.machine_code.export.c_functions import literal
from minitorch.machine_code.export.c_helpers import NEEDS, WORDS, helpers_in
from minitorch.machine_code.export.c_operations import (
    CHECKED,
    REFUSED,
    UNARY,
    can_fail,
    can_write,
    is_known,
    row_of,
)
from minitorch.machine_code.export.c_terms import CTerms
from minitorch.machine_code.export.expansion import expanded, function_name, functions_needed, parameters_of
from minitorch.machine_code.export.identifiers import Identifiers
from minitorch.machine_code.export.labels import Labels, places_in
from minitorch.machine_code.export.statements import outline, place_of
from minitorch.machine_code.export.terms import (
    Assignment,
    Branch,
    Call,
    Refusal,
    Return,
    Statement,
    is_truth,
)
from minitorch.machine_code.partials import function_tree
from minitorch.machine_code.program import Node, Operation, Outcome, nodes_of

__all__ = ["c_library", "c_source"]

MAX_LINE_CHARACTERS = 110

ROUNDINGS = {"int": "trunc", "floor": "floor", "ceil": "ceil", "round": "rint"}
"""The C functions for decisions that come to an int, which infinity and nan do not."""

NAMES_OF_INPUTS = ("x", "y", "z", "w", "v")
"""What the inputs of functions in a library are called."""

HEADER = """\
/* {}
   Inputs: {}. Outputs: {}.
   Returns 0; or, without outputs, 1 where a decision comes out as in no recorded run, 2 where Python would raise.
   Compile without fused arithmetic: cc -std=c11 -O2 -ffp-contract=off ... -lm */
"""


def c_source(tree: Node, inputs: Sequence[str], outputs: Sequence[str], name: str, summary: str = "") -> str:
    """Write a program as a C function `int name(const double *inputs, double *outputs)`.

    Args:
        tree: the program.
        inputs: what its inputs are called.
        outputs: what its outputs are called, in the comment above the function.
        name: what the function is called.
        summary: what that comment begins with.

    Returns:
        The text of a C file.

    Raises:
        ValueError: the program has an operation for which C has no function with the same results.

    >>> from minitorch.machine_code.program import Node, Operation
    >>> tree = Node(1, (Operation("Neg", (0,)), Operation("Mul", (0, 1))), (2,))
    >>> print(c_source(tree, ["x"], ["y"], "f").partition("*/\\n")[2], end="")
    int f(const double *inputs, double *outputs)
    {
        const double x = inputs[0];
        outputs[0] = x * -x;
        return 0;
    }
    """
    return CWriter(tree, inputs).file(outputs, name, summary or "Written by minitorch.")


def c_library(programs: Iterable[tuple[Node, str]]) -> str:
    """Write programs as static C functions of a file, which share what they need.

    Args:
        programs: each with what its function is called.

    Returns:
        The text of a C file; each function begins a line with `static int name(`.

    Raises:
        ValueError: a program has an operation for which C has no function with the same results.
    """
    texts: list[str] = []
    rows: dict[tuple[str, int], None] = {}
    for tree, name in programs:
        writer = CWriter(tree, NAMES_OF_INPUTS[: tree.first])
        texts.append(f"static {writer.function(name)}")
        rows.update(dict.fromkeys(writer.rows))
    functions, helpers, headers = needed_by("\n".join(texts), list(rows))
    return "\n".join([*(f"#include <{header}>" for header in headers), "", *helpers, *functions, *texts])


def needed_by(text: str, rows: Sequence[tuple[str, int]]) -> tuple[list[str], Iterable[str], list[str]]:
    """Return the functions of rows, the helpers and the headers that some text in C needs.

    Args:
        text: the text.
        rows: those that it may call, each after those that it calls itself.
    """
    used = set(re.findall(r"\w+", text))
    functions: list[str] = []
    # From the last one to the first: each stands before those that call it.
    for row in reversed(rows):
        if function_name(*row, WORDS) in used:
            functions.insert(0, CWriter.function_of(*row))
            used.update(re.findall(r"\w+", functions[0]))
    helpers = helpers_in(used)
    headers = {"math.h", *(header for helper in helpers for header in NEEDS.get(helper, ()))}
    return functions, helpers.values(), sorted(headers)


class CWriter(CTerms):
    """Turns statements into text.

    Args:
        tree: the program.
        inputs: what its inputs are called.
        row: whose recorded function this is, which returns its result; None for a function that stores its outputs.
    """

    def __init__(self, tree: Node, inputs: Sequence[str], row: tuple[str, int] | None = None) -> None:
        self.labels = Labels(places_in(tree))
        check(tree, self.labels)
        tree = expanded(tree, is_known)
        super().__init__(row)
        self.rows = functions_needed(tree, is_known)
        names = {function_name(*each, WORDS) for each in self.rows}
        self.identifiers = Identifiers(WORDS | names, ascii_only=True)
        self.inputs = [*map(self.identifiers.new, inputs)]
        self.input_names = list(inputs)
        self.statements = outline(tree, self.inputs, self.identifiers, needs_statement)

    def file(self, outputs: Sequence[str], name: str, summary: str) -> str:
        """Return the whole text."""
        text = self.function(name)
        functions, helpers, headers = needed_by(text, self.rows)
        lists = (", ".join(names) or "none" for names in (self.input_names, outputs))
        says = HEADER.format(*(words.replace("*/", "* /") for words in (summary, *lists)))
        return "\n".join([*(f"#include <{header}>" for header in headers), "", *helpers, *functions, says + text])

    def function(self, name: str) -> str:
        """Return the function that stores its outputs, without what it needs."""
        self.identifiers.forget_after(len(self.inputs))
        text = "\n".join(self.block(self.statements, 1))
        used = set(re.findall(r"\w+", text))
        declared = [
            f"    const double {each} = inputs[{index}];" for index, each in enumerate(self.inputs) if each in used
        ]
        if not declared:
            declared.append("    (void)inputs;")
        if "failed" in used:
            declared.append("    int failed = 0;")
        if "outputs" not in used:
            declared.append("    (void)outputs;")
        title = f"int {self.identifiers.new(name)}(const double *inputs, double *outputs)"
        return "\n".join([title, "{", *declared, text, "}", ""])

    @classmethod
    def function_of(cls, name: str, arity: int) -> str:
        """Return the recorded function of a row."""
        program = function_tree(name, arity)
        assert program is not None
        title = function_name(name, arity, WORDS)
        return cls.single(title, program, parameters_of(name, arity), (name, arity), can_fail(name, arity))

    @classmethod
    def single(
        cls,
        title: str,
        program: Node,
        parameters: Sequence[str],
        row: tuple[str, int],
        has_status: bool,
        never_raises: bool = False,
    ) -> str:
        """Return a function of doubles that returns its one output.

        Args:
            title: what it is called.
            program: what it does.
            parameters: what its inputs are called.
            row: whose function it is, or whose partial derivative.
            has_status: whether it gets a place for a status behind the inputs, for where it has no output.
            never_raises: whether Python never raises in it.
        """
        writer = cls(program, parameters, row)
        writer.never_raises |= never_raises
        text = "\n".join(line for line in writer.block(writer.statements, 1) if "/*" not in line)
        declarations = ", ".join([*(f"double {each}" for each in writer.inputs), *["int *status"] * has_status])
        declared = ["    int failed = 0;"] if re.search(r"\bfailed\b", text) else []
        used = re.findall(r"\w+", text)
        unused = [each for each in (*writer.inputs, *["status"] * has_status) if each not in used]
        declared += [f"    (void){each};" for each in unused]
        return "\n".join([f"static double {title}({declarations})", "{", *declared, text, "}", ""])

    def leave(self, status: str) -> str:
        """Return the statement that ends the function without a result."""
        return f"return {status};" if self.recorded is None else f"{{ *status = {status}; return 0.0; }}"

    def block(self, statements: Iterable[Statement], depth: int) -> Iterator[str]:
        """Give the lines of some statements, with comments where the line of the source changes."""
        pending = [(iter(statements), "", "", depth)]
        while pending:
            rest, label, asked, depth = pending.pop()
            margin = "    " * depth
            for statement in rest:
                place = place_of(statement)
                if place is not None and self.labels.of(place) != label:
                    label = self.labels.of(place)
                    yield f"{margin}/* {label.replace('*/', '* /')} */"
                if isinstance(statement, Branch):
                    value = self.term(statement.value, UNARY)
                    if statement.kind in ROUNDINGS and value != asked:
                        yield f"{margin}if (!isfinite({value})) {self.leave('2')}"
                        asked = value
                    yield f"{margin}if ({self.condition(statement)}) {{"
                    pending += [(rest, label, asked, depth), (iter(statement.body), label, asked, depth + 1)]
                    break
                for text in self.simple(statement):
                    yield from wrapped(text, margin)
            else:
                if depth > 1:
                    yield "    " * (depth - 1) + "}"

    def simple(self, statement: Assignment | Refusal | Return) -> Iterator[str]:
        """Give the lines of a statement without others in it."""
        if isinstance(statement, Refusal):
            yield self.leave("1")
        elif isinstance(statement, Return):
            if self.recorded is not None:
                yield f"return {self.assigned(statement.values[0])};"
                return
            for index, value in enumerate(statement.values):
                yield f"outputs[{index}] = {self.assigned(value)};"
            yield "return 0;"
        else:
            yield from self.assignment(statement)

    def assignment(self, statement: Assignment) -> Iterator[str]:
        """Give the lines that compute a variable, and leave where Python would raise."""
        call = statement.value
        raises = self.row(call).raises
        value = self.assigned(call)
        operands = [self.term(operand, UNARY) for operand in call.operands]
        condition = raises.format(*operands, r=statement.name or value)
        first = bool(raises) and "{r}" not in raises and raises != CHECKED
        left = self.leave("2" if is_known(call.function) else CHECKED)
        if first:
            yield f"if ({condition}) {left}"
        if statement.name:
            yield f"const double {statement.name} = {value};"
        elif "{r}" not in raises:
            # What only it takes would be called unused.
            yield f"(void)({value});"
        if raises and not first:
            yield f"if ({condition}) {left}"

    def condition(self, branch: Branch) -> str:
        """Return the test of a branch."""
        value = self.term(branch.value, UNARY)
        if branch.kind in ("truth", "is_integer"):
            positive = bool(branch.outcome) != branch.opposite
            if branch.kind == "is_integer":
                return f"{'' if positive else '!'}(isfinite({value}) && trunc({value}) == {value})"
            if isinstance(branch.value, Call) and is_truth(branch.value):
                test = self.expression(branch.value)[0]
                return test if positive else f"!({test})"
            return f"{value} {'!=' if positive else '=='} 0.0"
        if branch.kind == "value":
            return f"{'!' if branch.opposite else ''}{self.same_value(value, branch.outcome)}"
        return f"{ROUNDINGS[branch.kind]}({value}) {'!=' if branch.opposite else '=='} {literal(float(branch.outcome))}"

    def same_value(self, value: str, number: Outcome) -> str:
        """Return the test whether a value is this number, to the last bit."""
        return (
            f"(isnan({value}) != 0)" if number != number else f"(bits_of({value}) == bits_of({literal(float(number))}))"
        )


def needs_statement(function: str, constants: Sequence[float | None]) -> bool:
    """Whether an operation is checked, so that it needs a statement to itself."""
    return bool(row_of(function, constants).raises)


def check(tree: Node, labels: Labels) -> None:
    """Refuse operations that C can't do as Python does."""
    for node in nodes_of(tree):
        for step in node.steps:
            if isinstance(step, Operation) and not can_write(step.function, len(step.operands)):
                stepped = step.function == "Nextafter"
                what = "math.nextafter with steps" if stepped else REFUSED.get(step.function, step.function)
                raise ValueError(
                    f"{labels.of(step.place)}: {what} can't be written as C, whose library has nothing that gives "
                    "the same results; write the program as Python, or call the compiled function"
                )


def wrapped(text: str, margin: str) -> list[str]:
    """Break a long line; a program has no text with spaces in quotes."""
    return textwrap.wrap(
        text, MAX_LINE_CHARACTERS, initial_indent=margin, subsequent_indent=margin + "    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
