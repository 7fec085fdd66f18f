"""Containers in structural machine code: arguments, results and what is done with lists, as eager runs have them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from structural_rows import Row, checked, exact

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

# -- arguments ---------------------------------------------------------------------------------------------------------


def nested(matrix: list[list[float]], x: float) -> float:
    total = 0.0
    for row in matrix:
        for value in row:
            total += value * value * x
    return total


def pairs(points: Any, x: float) -> float:
    return sum(a * b + x for a, b in points)


def mixed(values: list[float], weights: list[float]) -> float:
    total = 0.0
    for value, weight in zip(values, weights):  # noqa: B905 - two arguments
        total += value * weight
    return total


def structure(p: Any, scale: float) -> float:
    (a, b), values, rest = p
    return a * scale + b * values[0] + values[-1] * (1.0 if rest is None else 2.0)


def chosen(x: float, method: str, flag: bool, nothing: None) -> float:
    if method == "square" and flag:
        return x * x
    if nothing is not None:
        return -x
    return x if method == "cube" else x * x * x


def applied(g: Callable[[float], float], x: float) -> float:
    return g(x) * x


def square(x: float) -> float:
    return x * x


def changing(x: list[float]) -> float:
    copy = list(x)
    for i in range(1, len(copy)):
        copy[i] += copy[i - 1] * x[i]
    copy.append(x[0])
    return copy[-2] * copy[-1]


def with_defaults(x: float, y: float = 2.0, *, n: int = 3) -> float:
    return x**n * y


def two(x: list[float], y: list[float]) -> float:
    return sum(a * b for a, b in zip(x, y))  # noqa: B905 - two arguments


def ints(counts: list[int], x: float) -> float:
    total = 0
    for count in counts:
        total += count
    return x * total


def index_of(table: tuple[int, ...], x: float) -> float:
    return x * table[2] + table[-1]


SHARED = [1.5, 2.5]

ARGUMENTS: list[Row] = [
    (nested, (0, 1), [([[1.5, 2.0], [3.0, -1.0]], 0.5), ([[0.1], [0.2, 0.3], [-1.0]], 2.0)]),
    (nested, 1, [([[1.5, 2.0], [3.0, -1.0]], 0.5), ([[1, 2, 0.5], [-3]], 0.25)]),
    (nested, (1, 0), [([(1.5, 2.0), (3.0, -1.0)], 0.5), ([[1, 2.5], [3, True]], 0.5), (((1.0, 2.0), (0.5, 1.5)), 3.0)]),
    (pairs, 0, [([(1.5, 2.5), (0.5, -1.0)], 2.0), (((1.5, 2.5), (0.5, -1.0)), 2.0)]),
    (pairs, -1, [([(1, 2.5), (0.5, -1)], 2.25)]),
    (mixed, 0, [([1, 2.5, 3], [2.0, 3.1, 0.3]), ([1, 2, 3], [0.51, 0.25, -1.0])]),
    (mixed, 1, [([1, 2.5, 7], [2.0, 3.1, 0.3]), ([1, 2, 3], [0.51, 0.25, -1.0])]),
    (structure, 0, [(((1.5, 2), [0.5, 3.0], None), 2.0), (((1.5, 2.5), [0.5, 3.0], "text"), 2.0)]),
    (structure, (0, 1), [(([1.5, 2.0], (0.5, 3.0), None), 2.0)]),
    (chosen, 0, [(1.5, "square", True, None), (1.5, "cu" + "be", False, None), (2.5, "none", True, None)]),
    (applied, 1, [(square, 1.5), (math.sin, 0.5), (applied.__globals__["square"], 2.5)]),
    (changing, 0, [([1.5, 2.0, 3.0],), ([0.5] * 40,)]),
    (with_defaults, 0, [(1.5,), (1.5, 3.0)]),
    (two, (0, 1), [(SHARED, SHARED), ([1.1], [2])]),
    (two, 0, [(SHARED, SHARED), ((1.0, 2.0, 3.0), [1.1, 0.5, 2.0]), (tuple(map(float, range(50))), [0.51] * 50)]),
    (ints, 1, [([1, 2, 3], 0.5), ([2**40, -5], 1.5)]),
    (index_of, 1, [((1, 2, 3), 0.5), (tuple(range(40)), 0.5)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), ARGUMENTS)
def test_arguments_of_all_forms(function: Callable[..., Any], argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


@pytest.mark.parametrize("kwargs", [{"y": 3.0}, {"n": 2}, {"n": 4, "y": 0.5}])
def test_arguments_by_name(kwargs: dict[str, Any]) -> None:
    compiled = compile_structurally(with_defaults)
    assert exact(compiled(1.5, **kwargs)) == exact(with_defaults(1.5, **kwargs))
    for _ in range(2):
        expected = minitorch.value_and_grad(with_defaults)(1.5, **kwargs)
        assert exact(compiled.value_and_grad(1.5, **kwargs)) == exact(expected)
    assert all(isinstance(each, Program) for each in compiled.programs.values()) and not compiled.left


def test_an_argument_that_is_differentiated_by_is_changed_in_a_copy() -> None:
    def filled(x: list[float], rows: list[list[float]]) -> float:
        x[0] *= 2.0
        x.append(x[0] * x[1])
        rows[0][1] = x[2]
        return x[-1] * rows[0][1] + rows[1][0]

    given, rows = [1.5, 2.5], [[1.0, 2.0], [3.0]]
    checked_given, checked_rows = [1.5, 2.5], [[1.0, 2.0], [3.0]]
    compiled = compile_structurally(filled, (0, 1))
    expected = minitorch.value_and_grad(filled, (0, 1))(checked_given, checked_rows)
    assert exact(compiled.value_and_grad(given, rows)) == exact(expected)
    assert given == [1.5, 2.5] and rows == [[1.0, 2.0], [3.0]]
    assert all(isinstance(each, Program) for each in compiled.programs.values()) and not compiled.left


def test_bools_count_as_floats_where_they_are_differentiated_by() -> None:
    compiled = compile_structurally(mixed, 0)
    for values in ([True, 2.5, 3], [True, 2, 3], [True, False, True]):
        args = values, [2.0, 3.1, 0.3]
        assert exact(compiled(*args)) == exact(mixed(*args))
        assert exact(compiled.value_and_grad(*args)) == exact(minitorch.value_and_grad(mixed)(*args))
    assert not compiled.left


def test_calls_of_other_forms_get_other_programs() -> None:
    compiled = compile_structurally(nested, (0, 1))
    eager = minitorch.value_and_grad(nested, (0, 1))
    calls: list[Any] = [
        ([[1.0, 2.0]], 0.5),
        ([[1, 2.0]], 0.5),
        ([(1.0, 2.0)], 0.5),
        ([], 0.5),
        ([[]], 1.0),
        ([[], [2.0]], 1),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for args in (*calls, *reversed(calls)):
            assert exact(compiled.value_and_grad(*args)) == exact(eager(*args))


# -- results -----------------------------------------------------------------------------------------------------------

TABLE = [1.0, 2.5]


def lists_of(x: float, n: int) -> Any:
    return [x * i for i in range(n)], [[(x, i)] for i in range(n)], (), [], n, n > 2, None, "text"


def rows_of(x: float, n: int) -> Any:
    row = [x, -0.0]
    return [row, row, [x]], row


def aliased(x: float, n: int) -> Any:
    grid = [[0.0] * n] * n
    grid[0][0] = x
    other = [[0.0] * n for _ in range(n)]
    other[0][0] = x
    return grid, other


def whole(x: float, n: int) -> Any:
    found = [0] * n
    for i in range(n):
        found[i] = x * (i + 1)
    return found


def ragged(x: float, n: int) -> Any:
    rows = []
    for i in range(n):
        rows.append(tuple([x] * i))
    return rows, [(x, i % 2 == 0, None) for i in range(n)]


def constants(x: float, n: int) -> Any:
    return TABLE, math.pi, square, (TABLE, x)


RESULTS: list[Row] = [
    (lists_of, None, [(1.5, 0), (1.5, 5), (float("nan"), 1)]),
    (rows_of, None, [(1.5, 3)]),
    (aliased, None, [(1.5, 3)]),
    (whole, None, [(1.3, 4)]),
    (ragged, None, [(1.5, 0), (1.5, 4)]),
    (constants, None, [(1.5, 0)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), RESULTS)
def test_results_of_all_kinds(function: Callable[..., Any], argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


def test_what_is_one_object_in_a_result_stays_one() -> None:
    rows, row = compile_structurally(rows_of)(1.5, 3)
    assert rows[0] is rows[1] is row
    grid, other = compile_structurally(aliased)(1.5, 3)
    assert grid[0] is grid[2] and other[0] is not other[2]
    assert compile_structurally(constants)(1.5, 3)[0] is TABLE
    given = [[1.0], [2.0]]
    compiled = compile_structurally(lambda x: (x, x[1]))
    returned = compiled(given)
    assert returned[0] is given and returned[1] is given[1] and not compiled.left


def pair(x: float, n: int) -> Any:
    values = [0] * 3
    values[0] = x
    return [x, n], values, max(0, x), abs(values[1]), -values[0], -values[1], values[0] * n, values[1] * -n, sum(values)


def numbers(x: float, n: int) -> float:
    total = 0
    for i in range(n):
        total += x * i
    return total


def sums(x: float, n: int) -> Any:
    mixed = [1, x, 2, 0.1, x, n, 1e16, 1]
    return (
        sum(mixed),
        sum([n, 2]),
        sum([x, 0.1, 0.2], 5),
        sum([0.1] * n, 0.3),
        sum([x > 1.0, n > 2]),
        sum([], x),
        sum(()),
    )


def sum_from(x: float, y: float, n: int) -> float:
    values = [x * i for i in range(n)]
    return (
        sum(values, y) * sum([1, x, 3], 2)
        + sum([y, 2.5], -0.5) * sum(range(n))
        + sum(v * w for v, w in enumerate(values, 1))
    )


def constant(x: list[float], n: int) -> float:
    return 2.5 if n else 0.5 * n


def not_active(x: float, y: float) -> float:
    return sum([]) if x > y else max(2, 1)


TAGGED: list[Row] = [
    (pair, None, [(1.5, 3), (2.0, 0), (-0.0, -1)]),
    (numbers, 0, [(1.5, 3), (1.5, 0)]),
    (sums, None, [(1.5, 3), (2.0, 0), (-0.0, 1), (0.1, 40)]),
    (sum_from, (0, 1), [(1.5, 0.5, 3), (1.5, 2.0, 0)]),
    (constant, 0, [([1.5, 2.0], 3)]),
    (not_active, (1, 0), [(1.5, 2.5), (3.5, 2.5)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), TAGGED)
def test_ints_among_floats_stay_ints(function: Callable[..., Any], argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)
