"""Faster arithmetic: every row within 4 units in the last place, and its sums are still checked."""

from __future__ import annotations

import math

import numpy
import pytest
from lowered_rows import CASES, LEAVES, inputs_of, may_leave, plain, row

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.llvm.engine import widest_vector
from minitorch.machine_code.llvm.symbols import vector_form
from minitorch.machine_code.lowering.machine import lower
from minitorch.machine_code.program import Constant, Node, Operation

MAX_ULPS = 4.0


def units_apart(x: float, y: float) -> float:
    """How many units in the last place of the second two floats are apart."""
    if x == y or (x != x and y != y):
        return 0.0
    return abs(x - y) / math.ulp(y) if math.isfinite(x) and math.isfinite(y) else math.inf


@pytest.mark.parametrize(("name", "arity"), CASES)
def test_rows_are_near_what_python_gives(name: str, arity: int) -> None:
    rows = [inputs for inputs in inputs_of(name, arity) for _ in range(widest_vector())]
    columns = numpy.array(rows, dtype=float).reshape(len(rows), arity).T
    found = numpy.zeros(len(rows))
    status = numpy.zeros(len(rows), numpy.uint8)
    row(name, arity, fastmath=True).batch(columns, found[None], status)
    wrong = set()
    for inputs, value, ended in zip(rows, found.tolist(), status.tolist(), strict=True):
        expected = plain(name, inputs)
        if ended or expected == LEAVES or isinstance(expected, str):
            if not (ended and may_leave(expected, name)):
                wrong.add((inputs, ended, expected))
        elif units_apart(value, expected) > MAX_ULPS:
            wrong.add((inputs, value, expected))
    assert wrong == set()


def test_vector_functions_are_called_where_there_are_some() -> None:
    lanes = widest_vector()
    declarations = Declarations()
    row("Exp", 1, fastmath=True).program(declarations, "group", lanes)
    form = vector_form("exp", lanes, 1)
    assert f'@"{form or "libm.exp"}"' in declarations
    assert vector_form("gamma", lanes, 1) is vector_form("exp", 3, 1) is None


@pytest.mark.parametrize(("exponent", "others"), [(2.0, [0.0, 1e200]), (3.0, [-1e200]), (0.5, [-1.0]), (-1.0, [0.0])])
def test_powers_without_pow_fail_where_python_raises(exponent: float, others: list[float]) -> None:
    tree = Node(1, (Constant(exponent), Operation("Pow", (0, 1))), (2,))
    for fastmath in (False, True):
        power = lower(tree, 1, 1, fastmath=fastmath).callable("power", 0, lambda status, *_: LEAVES)
        assert units_apart(power(1.7), 1.7**exponent) <= MAX_ULPS * fastmath
        for x in others:
            assert power(x) == (0.0 if x == 0.0 and exponent > 0.0 else LEAVES)
