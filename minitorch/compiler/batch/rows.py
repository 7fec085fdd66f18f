"""Batches of a compiled function: rows run in machine code, and those that take a new way are recorded and run again.

rows on known paths      machine code over arrays
rows on new paths        a few are recorded, the tree is compiled, the rest goes through it
rows that raise          Python, one by one
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.compiler.task import Mode
from minitorch.machine_code.status import MISS
from minitorch.scalars.pytrees import is_dask_array

if TYPE_CHECKING:
    from minitorch.compiler.function import CompiledFunction
    from minitorch.compiler.trace_tree import TraceTree

__all__ = ["run_rows"]


def run_rows(function: CompiledFunction, kind: Mode, rows: Any, out: Any, threads: int) -> Any:
    """Return an array with a row of results per row of arguments; of one result for each, an array of these.

    Raises:
        ValueError: the rows are no matrix, or `out` has another shape or type than the results.
        TypeError: the function does not return a float, or a tuple of as many for each row.
    """
    if is_dask_array(rows):
        from minitorch.compiler.batch.dask_blocks import run_blocks

        return run_blocks(function, kind, rows, out, threads)
    import numpy

    matrix = numpy.asarray(rows, dtype=numpy.float64)
    if matrix.ndim != 2:
        raise ValueError(f"a batch is a matrix with a row per call, not an array of shape {matrix.shape}")
    if not len(matrix):
        return numpy.empty((0, 1 + len(function.positions)) if kind is Mode.GRADIENT else 0)
    first = flat(function, kind, matrix[0])
    single = kind is Mode.VALUE and is_single(function, matrix[0])
    given = array_for((len(matrix),) if single else (len(matrix), len(first)), out)
    results = given[:, numpy.newaxis] if single else given
    if numpy.may_share_memory(results, matrix):
        matrix = matrix.copy()
    results[0] = first
    left = numpy.arange(1, len(matrix))
    paths = paths_of(function, kind, matrix[0])
    attempts = 1
    while len(left) and paths is not None and fits(paths, len(first), kind):
        status = machine_rows(function, paths, matrix, results, left, threads)
        missed = left[status == MISS]
        left = left[status != 0]
        if not len(missed) or paths.full or paths.python_only or not paths.compiles:
            break
        for row in missed[:attempts]:
            try:
                results[row] = flat(function, kind, matrix[row], len(first))
            except Exception:
                # Of several rows that raise it is the first one whose error counts.
                for earlier in left[left < row]:
                    flat(function, kind, matrix[earlier], len(first))
                raise
        left = numpy.setdiff1d(left, missed[:attempts], assume_unique=True)
        with function.lock:
            paths.compile_now()
        attempts *= 2
    for row in left:
        results[row] = flat(function, kind, matrix[row], len(first))
    return given


def array_for(shape: tuple[int, ...], out: Any) -> Any:
    """Return an array for results: that which was given for them, if any."""
    import numpy

    if out is None:
        return numpy.empty(shape)
    if out.shape != shape or out.dtype != numpy.float64:
        raise ValueError(f"out must be an array of shape {shape} and float64, not of {out.shape} and {out.dtype}")
    return out


def is_single(function: CompiledFunction, row: Any) -> bool:
    """Whether the function returns one number."""
    return not isinstance(function(*row.tolist()), tuple)


def paths_of(function: CompiledFunction, kind: Mode, row: Any) -> TraceTree | None:
    """Return the programs for calls with the floats of a row."""
    arguments = function._taken_apart(kind, tuple(row.tolist()), {})
    return None if arguments is None else function._paths(kind, arguments)


def fits(paths: TraceTree, width: int, kind: Mode) -> bool:
    """Whether machine code gives floats, as many for each row."""
    if paths.machine is None or paths.python_only:
        return False
    if paths.surroundings.changed() is not None:
        return False
    return all(result.floats is not None for result in paths.results) and len(paths.results) == 1


def machine_rows(
    function: CompiledFunction, paths: TraceTree, matrix: Any, results: Any, left: Any, threads: int
) -> Any:
    """Run machine code over some of the rows, and return how each of them ended."""
    import numpy

    machine = paths.machine
    assert machine is not None
    everything = len(left) == len(matrix) - 1
    some = matrix[1:] if everything else matrix[left]
    status = numpy.empty(len(some), dtype=numpy.uint8)
    form = numpy.empty(len(some))
    found = results[1:] if everything else numpy.empty((len(some), results.shape[1]))
    columns = some.T
    order = [columns[index] for index in range(len(columns))]
    machine.batch(order, [form, *found.T], status, threads)
    if not everything:
        done = status == 0
        results[left[done]] = found[done]
    return status


def flat(function: CompiledFunction, kind: Mode, row: Any, width: int | None = None) -> list[float]:
    """One call, its results one after the other."""
    answer = function._answer(kind, tuple(row.tolist()), {})
    if kind is Mode.GRADIENT:
        value, derivatives = answer
        found = [value, *([derivatives] if function.single else derivatives)]
    else:
        found = list(answer) if type(answer) is tuple else [answer]
    if not all(isinstance(number, (int, float)) for number in found) or len(found) != (width or len(found)):
        raise TypeError(f"a batch needs a float from each call, or a tuple of as many, not {answer!r}")
    return [float(number) for number in found]
