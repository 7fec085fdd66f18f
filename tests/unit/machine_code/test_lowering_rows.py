"""Machine code of every row of the rules gives the bits that Python gives, in calls and in batches."""

from __future__ import annotations

import numpy
import pytest
from lowered_rows import CASES, LEAVES, inputs_of, leaves, plain, row, same

from minitorch.machine_code.lowering.rows import can_lower
from minitorch.rules.real import RULES


def test_every_row_can_be_lowered() -> None:
    assert all(can_lower(name, max(1, len(rule.partials))) for name, rule in RULES.items())


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_a_call_gives_what_python_gives(name: str, arity: int) -> None:
    function = row(name, arity).callable(name, 0, leaves)
    wrong = [
        (inputs, function(*inputs), plain(name, inputs))
        for inputs in inputs_of(name, arity)
        if not same(function(*inputs), plain(name, inputs), name)
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_a_batch_gives_what_calls_give(name: str, arity: int) -> None:
    machine = row(name, arity)
    function = machine.callable(name, 0, leaves)
    rows = [inputs for inputs in inputs_of(name, arity) if function(*inputs) != LEAVES]
    rows += list(inputs_of(name, arity))
    columns = numpy.array(rows, dtype=float).reshape(len(rows), arity).T
    found = numpy.zeros(len(rows))
    status = numpy.full(len(rows), 255, numpy.uint8)
    left = machine.batch(columns, found[None], status)
    expected = [function(*inputs) for inputs in rows]
    assert left == expected.count(LEAVES) == numpy.count_nonzero(status)
    answers = [LEAVES if ended else value for ended, value in zip(status, found.tolist(), strict=True)]
    assert [pair for pair in zip(rows, answers, expected, strict=True) if not same(pair[1], pair[2])] == []
