"""Batches beyond one machine: the rows of a dask array, block by block, on whatever cluster computes it.

rows = dask.array.random.uniform(size=(1_000_000_000, 5), chunks=(1_000_000, 5))
values, greeks = price.batch_value_and_grad(rows)       nothing runs yet
values.mean().compute()                                 machine code, in each process that has a block
"""

from __future__ import annotations

from typing import Any

from minitorch.compiler.batch.rows import BatchFunction, run_rows
from minitorch.compiler.task import Mode
from minitorch.derivatives.signatures import places_in
from minitorch.transformer import taken

__all__ = ["run_blocks"]

PROBES = (1.0, 0.5)
"""Arguments at which a function shows what it returns, if nobody has called it yet."""


def run_blocks(function: BatchFunction, mode: Mode, rows: Any, out: Any, threads: int) -> Any:
    """Return a dask array of the results for the rows of one, as `run_rows` does for an array in memory.

    Whether the function returns a float or a tuple is seen from the calls before, or from one with ones.

    Args:
        function: the function.
        mode: what to compute.
        rows: floats; a row per call, in blocks of any number of rows, also of an unknown one.
        out: must be None.
        threads: how many parts of each block are computed at the same time.

    Raises:
        ValueError: the rows are not a matrix, have an unknown number of columns, or `out` is given.
        TypeError: there are fewer columns than an argument to differentiate by needs.
    """
    import numpy
    from dask.array import map_blocks
    from dask.base import tokenize

    if rows.ndim != 2:
        raise ValueError(f"a batch is a matrix with a row per call, not an array of shape {rows.shape}")
    if rows.shape[1] != rows.shape[1]:
        raise ValueError("a batch must know its number of columns: call compute_chunk_sizes() of the dask array first")
    if out is not None:
        raise ValueError("out must be in memory, and so must the rows: have dask.array.store keep what this returns")
    if rows.numblocks[1] != 1:
        rows = rows.rechunk({1: -1})
    columns = int(rows.shape[1])
    if mode is Mode.GRADIENT:
        places_in((None,) * columns, function.positions, function.plain)
        width: int | None = 1 + len(function.positions)
    else:
        width = width_of(function, columns)
    shape: dict[str, Any] = {"drop_axis": 1} if width is None else {"chunks": (rows.chunks[0], (width,))}
    return map_blocks(
        run_block,
        rows,
        **shape,
        name=f"{function.__name__}-{tokenize(function, mode.name, rows.name, width, threads)}",
        meta=numpy.empty((0,) * (1 if width is None else 2)),
        function=function,
        mode=mode,
        width=width,
        threads=threads,
    )


def run_block(block: Any, function: BatchFunction, mode: Mode, width: int | None, threads: int) -> Any:
    """Return the results for the rows of one block.

    Args:
        block: the rows.
        function: the function.
        mode: what to compute.
        width: how many results there are for each row; `None` if the function returns a float and not a tuple.
        threads: how many parts are computed at the same time.

    Raises:
        TypeError: the function returns something else.
    """
    import numpy

    if not len(block):
        return numpy.empty((0,) if width is None else (0, width))
    results = run_rows(function, mode, block, None, threads)
    actual = results.shape[1] if results.ndim == 2 else None
    if actual != width:
        raise TypeError(
            f"{function.__name__} returns {described(actual)} here and not {described(width)}, as was expected; "
            "call it with the numbers of one row before the batch is made"
        )
    return results


def width_of(function: BatchFunction, columns: int) -> int | None:
    """Return how many floats a function returns for a row.

    Returns:
        `None` if it returns a float and not a tuple, or if that can't be known yet.
    """
    with taken(function.lock):
        for (mode, _), specialization in function.specializations.items():
            results = specialization.tree.results
            if mode is Mode.VALUE and specialization.inputs == columns and results:
                floats = results[-1].floats
                return floats if floats is not None and floats >= 0 else None
    for probe in PROBES:
        try:
            result = function.plain(*[probe] * columns)
        except Exception:
            # Not a point where it can be called; the user will see errors of the rows themselves.
            continue
        return len(result) if type(result) is tuple else None
    return None


def described(width: int | None) -> str:
    """Return in words what comes out of a row.

    >>> described(None), described(2)
    ('a float', 'a tuple of 2')
    """
    return "a float" if width is None else f"a tuple of {width}"
