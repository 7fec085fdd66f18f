"""Batches of a compiled function: rows run in machine code, and those that take a new trace are recorded and run again.

functions with loops     structural machine code over all rows, and the function for those that it leaves, one by one
rows on known traces     machine code over arrays
rows on new traces       a few are recorded, the tree is compiled, the rest goes through it
rows that raise          Python, one by one
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Protocol

from minitorch.autodiff.packages import require
from minitorch.compiler.earnings import MEASURED_CALLS
from minitorch.compiler.task import Mode
from minitorch.machine_code.status import HIT, MISS
from minitorch.transformer import taken

if TYPE_CHECKING:
    from minitorch.compiler.specialization import Specialization
    from minitorch.compiler.structural.entry.row_loop import RowLoop
    from minitorch.machine_code.lowering.machine import MachineCode

__all__ = ["BatchFunction", "run_rows"]


MIN_ROWS: Final = 16
"""Fewer rows are called one by one rather than that a loop over them is compiled."""


class BatchFunction(Protocol):
    """What a batch needs of a compiled function."""

    __name__: str

    @property
    def plain(self) -> Callable[..., Any]:
        """The function as Python runs it."""

    @property
    def positions(self) -> Sequence[int]:
        """The positions to differentiate by."""

    @property
    def single(self) -> bool:
        """Whether there is one derivative and not a tuple of them."""

    @property
    def lock(self) -> RLock:
        """What is held while calls are recorded or compiled."""

    @property
    def specializations(self) -> Mapping[tuple[Mode, Hashable], Specialization]:
        """What serves calls, by mode and key."""

    def call(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what a mode of the function gives for one call."""

    def row_loop(self, mode: Mode, args: tuple[Any, ...], rows: int) -> RowLoop | None:
        """Return a loop over rows of such arguments with the function's own loops inside; `None` if there is none."""

    def specialization(self, mode: Mode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Specialization | None:
        """Return what serves calls with such arguments; `None` if Python has to."""


def run_rows(function: BatchFunction, mode: Mode, rows: Any, out: Any, threads: int) -> Any:
    """Return an array with a row of results per row of arguments; of one result for each, an array of these.

    Args:
        function: the function.
        mode: what to compute.
        rows: floats; a row per call.
        out: gets the results, if given.
        threads: how many parts are computed at the same time.

    Raises:
        ValueError: the rows are not a matrix, or masked, or `out` has another shape or type than the results.
        TypeError: the function does not return a float, or a tuple of as many for each row, or rows are complex.
    """
    require("A batch", "numpy")
    import numpy

    if numpy.ma.is_masked(rows):
        raise ValueError("some of the rows are masked: fill them (rows.filled(0.0)), or leave them out")
    if numpy.iscomplexobj(rows):
        raise TypeError("the rows are complex: a batch is of floats; give real and imaginary parts as columns")
    matrix = numpy.asarray(rows, dtype=numpy.float64)
    if matrix.ndim != 2:
        raise ValueError(f"a batch is a matrix with a row per call, not an array of shape {matrix.shape}")
    if not len(matrix):
        return numpy.empty((0, 1 + len(function.positions)) if mode is Mode.GRADIENT else 0)
    first = call_row(function, mode, matrix[0])
    single = mode is Mode.VALUE and is_single(function, matrix[0])
    output = array_for((len(matrix),) if single else (len(matrix), len(first)), out)
    results = output[:, numpy.newaxis] if single else output
    if numpy.may_share_memory(results, matrix):
        matrix = matrix.copy()
    results[0] = first
    pending = numpy.arange(1, len(matrix))
    args = tuple(matrix[0].tolist())
    loop = function.row_loop(mode, args, len(matrix)) if len(matrix) >= MIN_ROWS else None
    if loop is not None and loop.width == results.shape[1]:
        pending = pending[run_loop(loop, matrix, results, threads) != HIT]
        specialization = None
    else:
        specialization = function.specialization(mode, args, {})
    if specialization is not None:
        specialization.policy.earnings.expect(len(matrix))
        for _ in range(MEASURED_CALLS):
            if len(pending) and specialization.row_machine() is None:
                record_rows(function, mode, matrix, results, pending, pending[:1])
                pending = pending[1:]
    recordings = 1
    while len(pending) and specialization is not None:
        machine = specialization.row_machine()
        if machine is None:
            break
        status = run_machine(machine, matrix, results, pending, threads)
        missed = pending[status == MISS]
        pending = pending[status != HIT]
        if not len(missed) or not specialization.policy.records:
            break
        record_rows(function, mode, matrix, results, pending, missed[:recordings])
        pending = numpy.setdiff1d(pending, missed[:recordings], assume_unique=True)
        with taken(function.lock):
            specialization.compile_waiting()
        recordings *= 2
    for row in pending:
        results[row] = call_row(function, mode, matrix[row], len(first))
    return output


def array_for(shape: tuple[int, ...], out: Any) -> Any:
    """Return an array for results: that which was given for them, if any.

    Raises:
        ValueError: it has another shape or type.
    """
    import numpy

    if out is None:
        return numpy.empty(shape)
    if out.shape != shape or out.dtype != numpy.float64:
        raise ValueError(f"out must be an array of shape {shape} and float64, not of {out.shape} and {out.dtype}")
    return out


def is_single(function: BatchFunction, row: Any) -> bool:
    """Return whether a function returns one number and not a tuple."""
    return not isinstance(function.call(Mode.VALUE, tuple(row.tolist()), {}), tuple)


def run_machine(machine: MachineCode, matrix: Any, results: Any, pending: Any, threads: int) -> Any:
    """Run machine code over some of the rows, and return how each of them ended.

    Args:
        machine: the machine code.
        matrix: all rows of arguments.
        results: all rows of results; those of the pending rows that end well are written.
        pending: the numbers of the rows to run.
        threads: how many parts are computed at the same time.
    """
    import numpy

    are_all = len(pending) == len(matrix) - 1
    rows = matrix[1:] if are_all else matrix[pending]
    status = numpy.empty(len(rows), dtype=numpy.uint8)
    forms = numpy.empty(len(rows))
    outputs = results[1:] if are_all else numpy.empty((len(rows), results.shape[1]))
    columns = rows.T
    machine.batch([columns[index] for index in range(len(columns))], [forms, *outputs.T], status, threads)
    if not are_all:
        hits = status == HIT
        results[pending[hits]] = outputs[hits]
    return status


def run_loop(loop: RowLoop, matrix: Any, results: Any, threads: int) -> Any:
    """Run a loop over all rows but the first, and return how each of them ended.

    Args:
        loop: the loop.
        matrix: all rows of arguments.
        results: all rows of results; those of the rows that end well are written.
        threads: how many parts are computed at the same time.
    """
    import numpy

    rows = numpy.ascontiguousarray(matrix[1:])
    is_direct = results.flags.c_contiguous
    outputs = results[1:] if is_direct else numpy.empty((len(rows), results.shape[1]))
    status = numpy.empty(len(rows), dtype=numpy.uint8)
    loop.run(rows, outputs, status, threads)
    if not is_direct:
        hits = status == HIT
        results[1:][hits] = outputs[hits]
    return status


def record_rows(function: BatchFunction, mode: Mode, matrix: Any, results: Any, pending: Any, missed: Any) -> None:
    """Call the function for rows whose traces are not known, so that they are recorded.

    Args:
        function: the function.
        mode: what to compute.
        matrix: all rows of arguments.
        results: all rows of results.
        pending: the numbers of all rows without results.
        missed: those of the rows to record.
    """
    width = results.shape[1]
    for row in missed:
        try:
            results[row] = call_row(function, mode, matrix[row], width)
        except Exception:
            # Of several rows that raise it is the first one whose error counts.
            for earlier in pending[pending < row]:
                call_row(function, mode, matrix[earlier], width)
            raise


def call_row(function: BatchFunction, mode: Mode, row: Any, width: int | None = None) -> list[float]:
    """Return the results of one call, one after the other.

    Args:
        function: the function.
        mode: what to compute.
        row: the arguments.
        width: how many results there have to be; `None` for any number.

    Raises:
        TypeError: there are other results.
    """
    answer = function.call(mode, tuple(row.tolist()), {})
    if mode is Mode.GRADIENT:
        value, derivatives = answer
        numbers = [value, *([derivatives] if function.single else derivatives)]
    else:
        numbers = list(answer) if type(answer) is tuple else [answer]
    if not all(isinstance(number, (int, float)) for number in numbers) or len(numbers) != (width or len(numbers)):
        raise TypeError(f"a batch needs a float from each call, or a tuple of as many, not {answer!r}")
    return [float(number) for number in numbers]
