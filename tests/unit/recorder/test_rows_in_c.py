"""What the recorder computes of a row in C is what the row says, to the last bit; rows.c is made of today's rows."""

from __future__ import annotations

import importlib.util
import itertools
import math
import re
import struct
import sys
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT

from minitorch.rules.real import RULES
from minitorch.scalars.primitives import FUNCTIONS
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.tracer import dispatcher

specification = importlib.util.spec_from_file_location("write_rows", ROOT / ".github/write_rows.py")
assert specification is not None and specification.loader is not None
write_rows = importlib.util.module_from_spec(specification)
specification.loader.exec_module(write_rows)

WRITTEN: Final = write_rows.FILE.read_text(encoding="utf-8")

ROWS: Final = sorted({(entry.name, entry.inputs) for entry in write_rows.entries()})

INF, NAN = math.inf, math.nan

EXTREMES: Final = [
    0.0, -0.0, 5e-324, -5e-324, 2.5e-309, 1e-300, 0.1, 0.5, 1.0, -1.0, 1.5, 2.0, -3.0, 5.0, -20.5, 400.0, 710.0, -745.0,
    1e16, 1.7e308, -1.7e308, INF, -INF, NAN,
]  # fmt: skip

numbers = st.sampled_from(EXTREMES) | st.floats() | st.floats(-5.0, 5.0) | st.integers(-(2**53), 2**53)


def test_rows_in_c_are_written_of_the_table() -> None:
    """`python .github/write_rows.py` writes them again."""
    if sys.version_info >= (3, 11):
        assert write_rows.text() == WRITTEN, "run .github/write_rows.py"
    else:
        # This Python's `math` has fewer functions.
        functions = re.findall(r"^static int (\w+)\(.*?^}$", write_rows.text(), re.MULTILINE | re.DOTALL)
        assert len(functions) > 100
        assert set(functions) <= set(re.findall(r"^static int (\w+)\(", WRITTEN, re.MULTILINE))


def test_nearly_all_rows_of_few_inputs_are_in_c() -> None:
    few = {name for name, rule in RULES.items() if 1 <= len(rule.partials) <= 2}
    assert few - {name for name, _ in ROWS} - write_rows.LEFT_TO_PYTHON == {"Ldexp", "Round"}
    assert {entry.name for entry in write_rows.entries() if entry.value is None} == {"Gamma", "Lgamma"}


def bits(number: Any) -> Any:
    """What two numbers have in common that are the same to the last bit; all nan are the same."""
    return NAN_BITS if number != number else struct.pack("d", number)


NAN_BITS: Final = b"nan"


LEAF, CONSTANT, PLAIN = "a leaf", "a constant Scalar", "a plain number"


def operand(number: Any, kind: str) -> Any:
    """Return an operand of a kind."""
    return Scalar(number) if kind is LEAF else Scalar(number, back=None) if kind is CONSTANT else number


def outcome(name: str, inputs: tuple[Any, ...], kinds: tuple[str, ...], how: str) -> Any:
    """Return value and partial derivatives as the recorder has them, or the type of what it raised."""
    operands = [*map(operand, inputs, kinds)]
    function: Any = FUNCTIONS[name]
    call = function.apply if how == "apply" else dispatcher.replacements.get(id(RULES[name].callables[0]))
    try:
        result = call(*operands)
    except Exception as error:
        return type(error)
    assert (result.creator is None) is (LEAF not in kinds)
    partials = [result.first_partial, result.second_partial][: len(inputs)]
    return bits(result.get_data()), [None if partial is None else bits(partial) for partial in partials]


def expected(name: str, inputs: tuple[Any, ...], kinds: tuple[str, ...]) -> Any:
    """Return what the row says."""
    rule = RULES[name]
    values = [x if kind is PLAIN else float(x) for x, kind in zip(inputs, kinds, strict=True)]
    try:
        output = rule.function(*values)
        partials = [
            rule.partials_at([index], values, output)[0] if kind is LEAF else None for index, kind in enumerate(kinds)
        ]
    except Exception as error:
        return type(error)
    if isinstance(output, complex):
        return complex
    return bits(output), [None if partial is None else bits(partial) for partial in partials]


def check(name: str, inputs: tuple[Any, ...], kinds: tuple[str, ...], how: str) -> None:
    """Compare the two, except for complex results, which have no partial derivatives of their own."""
    says = expected(name, inputs, kinds)
    if says is not complex:
        assert outcome(name, inputs, kinds, how) == says, (name, inputs, kinds, how)


@pytest.mark.parametrize(("name", "count"), ROWS)
def test_extremes_are_those_of_the_row(name: str, count: int) -> None:
    for inputs in itertools.product(EXTREMES, repeat=count):
        check(name, inputs, (LEAF,) * count, "apply")


@settings(max_examples=1000, deadline=None)
@given(st.data())
def test_value_and_partials_are_those_of_the_row(data: st.DataObject) -> None:
    name, count = data.draw(st.sampled_from(ROWS))
    inputs = tuple(data.draw(numbers) for _ in range(count))
    scalars = st.sampled_from([LEAF, LEAF, CONSTANT])
    kinds: Any = (data.draw(scalars),)
    if count == 2:
        kinds = data.draw(st.permutations([*kinds, data.draw(st.sampled_from([LEAF, CONSTANT, PLAIN]))]).map(tuple))
    # What dispatches is asked by Python itself, in its own order.
    replaced = [] if RULES[name].dispatches or not RULES[name].callables else ["call"]
    check(name, inputs, kinds, data.draw(st.sampled_from(["apply", *replaced])))
