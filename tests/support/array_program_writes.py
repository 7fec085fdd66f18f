"""Steps of random array programs that write into arrays."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from array_program_views import SLICES, Log, above, assert_writeable, logged, some_index, some_rows


def number_into_row(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[choose.randrange(len(x))] = choose.uniform(-1.0, 1.0)


def computed_row(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    row = choose.randrange(len(x))
    x[row] = np.cos(x[row]) + 0.1 * np.sum(y)


def halved(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x *= 0.5


def added(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x += 0.3 * y


def subtracted_row(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x -= 0.2 * y[0]


def added_transposed(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x += 0.1 * x.T


def divided(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x /= 2.0 + np.sin(y)


def raised(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x **= 2


def number_at_mask(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[above(x, log)] = 0.25


def values_at_mask(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    mask = above(y, log)
    x[mask] = np.sin(y[mask])


def added_at_mask(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[above(x, log)] += 0.1 * np.mean(y)


def scaled_at_rows_of_mask(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[above(x[:, 0], log), 1:] *= 0.7


def product_written_to_itself(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    return np.multiply(x, y, out=x)


def sum_written_to_view(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.add(x[1:], y[:-1], out=x[1:])


def shifted(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[1:] = x[:-1] * 0.9


def overlapping_sum(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[1:] += x[:-1]


def overlapping_difference(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[:-1] -= 0.5 * x[1:]


def reversed_in_place(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[:] = x[::-1]


def transposed_in_place(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[...] = x.T


def first_and_last(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[[0, -1]] += 0.2


def rows_swapped(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[[0, 1]] = x[[1, 0]]


def rows_swapped_by_tuple(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[0], x[-1] = x[-1], x[0]


def rows_with_repeats(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    rows = some_rows(x, choose)
    x[rows] = np.tanh(y[rows])


def added_to_rows_with_repeats(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[np.array(some_rows(x, choose), dtype=int)] += 0.3 * y[0]


def added_at(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    assert_writeable(x)
    np.add.at(x, some_rows(x, choose), 0.2 * y[-1])


def subtracted_at_elements(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    assert_writeable(x)
    rows, columns = [0, 1, 0], [1, -1, 1]
    np.subtract.at(x, (rows, columns), y[rows, columns])


def multiplied_at(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    assert_writeable(x)
    np.multiply.at(x, [0, 0], np.cos(y[0]))


def all_by_function(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[...] = np.sin(x)


def element_written(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[some_index(x, choose)] = y[some_index(y, choose)] * 0.8


def element_added(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[some_index(x, choose)] += np.tanh(y[some_index(y, choose)])


def flat_element(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x.flat[choose.randrange(x.size)] = y.flat[choose.randrange(y.size)]


def flat_slice(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x.flat[choose.choice(SLICES)] = 0.5 * np.sum(y)


def sorted_in_place(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    logged(log, np.argsort(x, kind="stable"))
    x.sort()


def sorted_along_first(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    logged(log, np.argsort(x, axis=0, kind="stable"))
    x.sort(axis=0)


def copied_to(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.copyto(x, y * 0.5)


def copied_where(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.copyto(x, y, where=above(y, log))


def ufunc_where(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.cos(y, out=x, where=above(x, log))


def filled(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    x[-1].fill(y[some_index(y, choose)])


def put(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.put(x, [0, 2, 0], [0.1, y[some_index(y, choose)], 0.3])


def put_at_mask(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.putmask(x, above(x, log), y)


def diagonal_filled(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.fill_diagonal(x, y[some_index(y, choose)])


def accumulated(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    # numpy 2.4 ends in a segmentation fault at arrays without axes, earlier ones write into those that are read-only.
    if x.ndim and x.flags.writeable:
        np.cumsum(0.5 * x, axis=0, out=x)


def sums_written(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    np.sum(y, axis=0, out=x[0])


def swapped_buffers(x: Any, y: Any, choose: random.Random, log: Log) -> Any:
    before = x.copy()
    x[...] = y
    y[...] = before
