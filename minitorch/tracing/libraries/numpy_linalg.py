"""Linear algebra on arrays of Scalars: determinants, inverses and solutions by elimination.

numpy's own are written for floats in C. They give the value, to the last bit; elimination gives the history.

    det([[a, b], [c, d]])     a * d - b * c
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy

from minitorch.scalars.float_protocol import plain_value
from minitorch.tracing.libraries.arrays import as_variables, detached, holds_variable, object_array, with_values
from minitorch.transformer import Alias

__all__ = ["linalg_rows"]

Matrix = list[list[Any]]


def linalg_rows() -> Iterator[tuple[Any, Alias]]:
    """Yield what stands in for functions of `numpy.linalg`."""
    for name, of_arrays in (("det", determinants), ("inv", inverses), ("solve", solutions)):
        function = getattr(numpy.linalg, name)
        yield function, Alias(f"np.linalg.{name}", on_arrays(function, of_arrays))


def on_arrays(function: Callable[..., Any], of_arrays: Callable[..., Any]) -> Callable[..., Any]:
    """Make what stands in for a function: its value, and the history that another one gives."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_variable, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        plain = function(*map(detached, args), **{name: detached(value) for name, value in kwargs.items()})
        arrays = (as_variables(numpy.asarray(value, dtype=object)) for value in (*args, *kwargs.values()))
        return with_values(of_arrays(*arrays), plain)

    return call


def determinants(a: Any) -> Any:
    """Return the determinant of a matrix, or an array of those of many."""
    if a.ndim == 2:
        return determinant([list(row) for row in a])
    items = [determinant([list(row) for row in matrix]) for matrix in a.reshape(-1, *a.shape[-2:])]
    return object_array(items, a.shape[:-2])


def inverses(a: Any) -> Any:
    """Return the inverse of a matrix, or an array of those of many."""
    return solutions(a, numpy.broadcast_to(numpy.eye(a.shape[-1]).astype(object), a.shape))


def solutions(a: Any, b: Any) -> Any:
    """Return the solution x of a @ x = b for one vector or matrix b, or an array of those of many."""
    is_vector = b.ndim == 1 or (b.ndim == a.ndim - 1 and numpy.lib.NumpyVersion(numpy.__version__) < "2.0.0")
    right = b[..., None] if is_vector else b
    shape = numpy.broadcast_shapes(a.shape[:-2], right.shape[:-2])
    lefts = numpy.broadcast_to(a, (*shape, *a.shape[-2:])).reshape(-1, *a.shape[-2:])
    rights = numpy.broadcast_to(right, (*shape, *right.shape[-2:])).reshape(-1, *right.shape[-2:])
    solved = [solution([list(row) for row in m], [list(row) for row in n]) for m, n in zip(lefts, rights, strict=True)]
    found = object_array([x for rows in solved for row in rows for x in row], (*shape, *right.shape[-2:]))
    return found[..., 0] if is_vector else found


def pivot_of(rows: Matrix, column: int) -> int:
    """Return the row below the diagonal with the largest element in a column, chosen by plain values."""
    return max(range(column, len(rows)), key=lambda row: abs(plain_value(rows[row][column])))


def determinant(rows: Matrix) -> Any:
    """Return the determinant of a matrix.

    >>> determinant([[2.0, 1.0], [1.0, 3.0]]), determinant([[0.0, 1.0], [1.0, 0.0]]), determinant([])
    (5.0, -1.0, 1.0)
    """
    size = len(rows)
    if size <= 3:
        return without_division(rows)
    product: Any = 1.0
    for column in range(size):
        pivot = pivot_of(rows, column)
        if plain_value(rows[pivot][column]) == 0:
            # Of a singular matrix the derivative need not be zero, but elimination ends here.
            return product * without_division([row[column:] for row in rows[column:]])
        if pivot != column:
            rows[column], rows[pivot] = rows[pivot], rows[column]
            product = -product
        product = product * rows[column][column]
        eliminate(rows, column)
    return product


def eliminate(rows: Matrix, column: int) -> None:
    """Subtract a row from those below it, so that their elements in a column become zero."""
    pivot = rows[column]
    for row in rows[column + 1 :]:
        factor = row[column] / pivot[column]
        for index in range(column + 1, len(row)):
            row[index] = row[index] - factor * pivot[index]


def without_division(rows: Matrix) -> Any:
    """Return a determinant by products and sums alone (R. S. Bird, Inf. Process. Lett. 111, 2011, p. 1072).

    >>> without_division([[0.0, 2.0, 1.0], [0.0, 3.0, 1.0], [4.0, 1.0, 0.0]])
    -4.0
    """
    size = len(rows)
    if size == 0:
        return 1.0
    power = rows
    for _ in range(size - 1):
        upper: Matrix = [[0.0] * size for _ in range(size)]
        below: Any = 0.0
        for row in range(size - 1, -1, -1):
            upper[row][row] = below
            upper[row][row + 1 :] = power[row][row + 1 :]
            below = below - power[row][row]
        power = [
            [sum((upper[i][k] * rows[k][j] for k in range(i, size)), 0.0) for j in range(size)] for i in range(size)
        ]
    return power[0][0] if size % 2 else -power[0][0]


def solution(rows: Matrix, right: Matrix) -> Matrix:
    """Return x with rows @ x = right, of a matrix that is not singular.

    >>> solution([[0.0, 2.0], [1.0, 1.0]], [[2.0], [4.0]])
    [[3.0], [1.0]]
    """
    size = len(rows)
    joined = [[*row, *other] for row, other in zip(rows, right, strict=True)]
    for column in range(size):
        pivot = pivot_of(joined, column)
        joined[column], joined[pivot] = joined[pivot], joined[column]
        eliminate(joined, column)
    found: Matrix = [[] for _ in range(size)]
    for row in range(size - 1, -1, -1):
        for index in range(size, len(joined[row])):
            rest = joined[row][index]
            for column in range(row + 1, size):
                rest = rest - joined[row][column] * found[column][index - size]
            found[row].append(rest / joined[row][row])
    return found
