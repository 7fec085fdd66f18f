"""Writes minitorch/recorder/c/rows.c: what the recorder in C computes of each row of the table of rules.

python .github/write_rows.py    (with Python 3.11 or newer, whose `math` has all the functions)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from unittest import mock

from minitorch.machine_code.export.c import c_library
from minitorch.machine_code.export.c_helpers import helpers_in
from minitorch.machine_code.export.c_operations import can_write
from minitorch.machine_code.lowering import exact_sequences
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Node, Operation
from minitorch.rules.real import RULES
from minitorch.rules.rule import Rule
from minitorch.scalars.primitives import ROUNDING

FILE = Path(__file__).parents[1] / "minitorch/recorder/c/rows.c"

MAX_INPUTS: Final = 2
"""Rows of more inputs are left to Python."""

LEFT_TO_PYTHON: Final = {"Fmax", "Fmin", "SignBit", "IsNormal", "IsSubnormal"}
"""Rows whose functions only the newest Pythons have, so that others could not write them."""

VALUE_SINCE: Final = {"MathPow": "0x030B0000"}
"""Before these versions Python's own functions have another value somewhere."""

ROW_SINCE: Final = {"Cbrt": "0x030B0000", "Exp2": "0x030B0000"}
"""Before these versions Python has no such function; a row of that name would be a user's."""

OPENING = """\
/* Values and partial derivatives of the rows of the table of rules: values of the inputs, partials of those and the
   output. Written from the rows by `python .github/write_rows.py`; a test compares.

   Each returns 0; or, without a result, what is left to Python: where Python would raise, and where no sample was.
   Numbers are those of Python to the last bit, without fused arithmetic (-ffp-contract=off). */
"""

POWER = """

/* pow(x, 1.0) is x. */
static inline double power(double x, double y)
{
    return y == 1.0 ? x : pow(x, y);
}

"""

TABLE = """\
typedef int Compute(const double *inputs, double *outputs);

enum {{ MAX_INPUTS = {inputs} }};

typedef struct {{
    const char *name;
    int inputs;
    Compute *value;       /* NULL: that of Python's own function is taken. */
    Compute *partials[MAX_INPUTS];
    int notes_rounding;   /* Runs that want to know of it are served by Python. */
    int is_truth;         /* The result is an Indicator. */
}} Row;

static const Row rows[] = {{
{rows}
}};
"""


class Entry(NamedTuple):
    """A row with a number of inputs.

    Args:
        name: the row's name.
        inputs: how many there are.
        value: the program of its value; `None` where only Python has it.
        partials: the programs of its partial derivatives by each input.
    """

    name: str
    inputs: int
    value: Node | None
    partials: tuple[Node, ...]

    @property
    def title(self) -> str:
        """What its functions are called after: the row, and the number of inputs where that varies."""
        return self.name if len(RULES[self.name].partials) == self.inputs else f"{self.name}_of_{self.inputs}"

    def functions(self) -> Iterator[tuple[Node, str]]:
        """Yield the programs with the names of their functions."""
        if self.value is not None:
            yield self.value, f"value_{self.title}"
        yield from zip(self.partials, partial_names(self), strict=True)


def partial_names(entry: Entry) -> list[str]:
    """Return what the functions of partial derivatives are called."""
    sides = [""] if entry.inputs == 1 else ["first_", "second_"]
    return [f"{side}partial_{entry.title}" for side in sides]


def arities(rule: Rule) -> tuple[int, ...]:
    """Return the numbers of inputs for which a row is written."""
    if rule.gradient is not None:
        return (2,) if rule.name == "Hypot" else ()
    return (1, 2) if rule.name == "Log" else (len(rule.partials),)


def entries() -> Iterator[Entry]:
    """Yield the rows that the recorder has in C."""
    for name, rule in RULES.items():
        if name in LEFT_TO_PYTHON:
            continue
        for inputs in arities(rule):
            partials = [partials_tree(name, inputs, (index,)) for index in range(inputs)]
            known = [partial for partial in partials if partial is not None]
            if inputs > MAX_INPUTS or rule.int_input is not None or len(known) < inputs:
                continue
            value = Node(inputs, (Operation(name, tuple(range(inputs))),), (inputs,))
            yield Entry(name, inputs, value if can_write(name, inputs) else None, tuple(known))


def length_of_two(enlarges: bool) -> str:
    """Return the function in C that computes the length of a vector, as Pythons compute that of tiny ones."""
    with mock.patch.object(exact_sequences, "SUBNORMALS_ARE_ENLARGED", enlarges):
        return helpers_in(["norm2_"])["norm2_"]


def text() -> str:
    """Return the file."""
    every = list(entries())
    library = c_library([function for entry in every for function in entry.functions()])
    newer, older = length_of_two(True), length_of_two(False)
    # What is called most, a square's derivative, needs no function of the library.
    library = library.replace(" pow(", " power(").replace("\n\n", POWER, 1)
    both = f"#if PY_VERSION_HEX >= 0x030C0000\n{newer}#else\n{older}#endif\n"
    library = library.replace(newer, both) if newer in library else library.replace(older, both)
    rows = "\n".join(map(line, every))
    return "\n".join([OPENING + library, TABLE.format(inputs=MAX_INPUTS, rows=rows)])


def line(entry: Entry) -> str:
    """Return the line of the table for a row."""
    rule = RULES[entry.name]
    details = int(entry.name in ROUNDING), int(rule.indicator)
    value, since = f"value_{entry.title}", VALUE_SINCE.get(entry.name)
    if entry.value is None:
        value = "NULL"
    elif since is not None:
        value = f"PY_VERSION_HEX >= {since} ? {value} : NULL"
    partials = ", ".join(partial_names(entry))
    name, since = f'"{entry.name}"', ROW_SINCE.get(entry.name)
    if since is not None:
        name = f'PY_VERSION_HEX >= {since} ? {name} : ""'
    return f"    {{{name}, {entry.inputs}, {value}, {{{partials}}}, {details[0]}, {details[1]}}},"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
