"""Records a call of a task: its arguments become inputs, and what is shared with the world outside is refused."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from inspect import iscoroutine
from typing import Any

from minitorch.autodiff.variable import Variable, value_of
from minitorch.compiler.aliasing import has_shared_parts, objects_in
from minitorch.compiler.call import Arguments
from minitorch.compiler.capture.leaving_nothing import Run
from minitorch.compiler.capture.recorder import Recording, Unrecordable, record
from minitorch.compiler.result import IMMUTABLE
from minitorch.compiler.task import Mode, Task
from minitorch.derivatives.entries import flatten_result
from minitorch.derivatives.reverse_mode import check_scalar
from minitorch.scalars.pytrees import is_array, is_object_array, unfold
from minitorch.scalars.scalar import Scalar
from minitorch.tracing.tracer import dispatcher

__all__ = ["record_call"]


def record_call(task: Task, arguments: Arguments, max_operations: int, run_so_far: Run) -> Recording:
    """Run what a task records on Variables, and return the recording.

    Args:
        task: what is compiled.
        arguments: the call.
        max_operations: how many operations are to be compiled, those of derivatives included.
        run_so_far: learns what the run has made and returned.

    Raises:
        Unrecordable: machine code could not repeat the run.
    """
    values: list[Any] = []
    returned: Any = None

    def run(inputs: Sequence[Any]) -> Any:
        nonlocal returned
        function = task.functions.recorded
        positional, keywords = arguments.fill(inputs)
        values[:] = [*positional, *keywords.values()]
        before = [leaves_of(value) for value in values]
        # A cache around the user's function is passed by; derivatives look up themselves what they call.
        if task.mode in (Mode.VALUE, Mode.GRADIENT):
            function = dispatcher.follow(function)
        returned = function(*positional, **keywords)
        after = [leaves_of(value) for value in values]
        if not all(map(same_objects, before, after)):
            raise Unrecordable("it changes an argument")
        runs_on = hasattr(type(returned), "__next__") or iscoroutine(returned)
        is_answer = task.mode is not Mode.GRADIENT and not runs_on
        if is_answer and not has_part_of_copies(returned, values, task.mode is not Mode.VALUE):
            run_so_far.returned.append(returned)
        if task.mode is Mode.GRADIENT and type(returned) is not Scalar:
            plain = task.functions.plain
            check_scalar(value_of(returned), flatten_result(returned, plain)[1], plain)
        return returned

    run_so_far.reads.callable(task.functions.plain)
    wanted = arguments.wanted if task.mode is Mode.GRADIENT else None
    differentiates, options = task.mode is not Mode.VALUE, task.options.derivatives
    inputs = arguments.recorded(), arguments.names
    try:
        recording = record(run, *inputs, wanted, max_operations, differentiates, *options, run_so_far)
    except BaseException:
        # A traceback keeps the function `run`, and so what it has kept of the run.
        values.clear()
        raise
    is_shared = has_shared_parts(returned, objects_in(values))
    if is_shared or not all(map(run_so_far.reads.is_made, objects_in(returned).values())):
        raise Unrecordable("its result has a list, a dict or an object that is also found elsewhere")
    return recording


def leaves_of(argument: Any) -> list[Any]:
    """Return what stands in an argument; of an array of objects its elements."""
    return [x for leaf in unfold(argument)[0] for x in (leaf.ravel().tolist() if is_object_array(leaf) else [leaf])]


def has_part_of_copies(returned: Any, values: Sequence[Any], is_derivative: bool) -> bool:
    """Return whether a result may have a list, a dict, an array or an object of a run's arguments, which are copies.

    Args:
        returned: the result.
        values: the arguments, filled with Variables.
        is_derivative: whether arrays in the result are made for it, unless they are those of the arguments.
    """
    copies = objects_in(values)
    del copies[id(values)]
    arrays = {id(owner_of(leaf)) for value in values for leaf in unfold(value)[0] if is_array(leaf)}
    if not copies and not arrays:
        return False
    leaves = unfold(returned)[0]
    if is_derivative:
        leaves = [x for x in leaves if not is_array(x) or id(owner_of(x)) in arrays]
    return any(key in copies for key in objects_in(returned)) or not all(map(is_number_or_text, leaves))


def owner_of(array: Any) -> Any:
    """Return the array that has the elements, of which another one may be a view."""
    while is_array(array.base):
        array = array.base
    return array


def is_number_or_text(leaf: Any) -> bool:
    """Return whether a leaf of a structure has no parts."""
    return type(leaf) is float or type(leaf) in IMMUTABLE or issubclass(type(leaf), Variable)


def same_objects(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Return whether two lists hold the same objects.

    >>> x, y = [1.0], [1.0]
    >>> same_objects([x, y], [x, y]), same_objects([x, y], [x, x]), same_objects([x], [x, y])
    (True, False, False)
    """
    return len(before) == len(after) and all(map(operator.is_, before, after))
