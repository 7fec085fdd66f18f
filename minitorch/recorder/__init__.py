"""The recorder: the base classes of Variables, and what happens many times per program, in C or else in Python.

    x * y      a new Scalar that keeps its Function, its operands, its partial derivatives and where the code stands

`_native` does it in C where it was built; `reference` does the same in Python, to the last bit. Which of the two a
process has is chosen here, once, as it imports this package: with `MINITORCH_NATIVE=0` in the environment it is Python,
with `MINITORCH_NATIVE=1` the one in C must be there. This room imports no class of the rooms above; they tell it of
theirs by `connect` and `add_row`.

    VariableBase, ScalarBase       what Variables keep; the operators of Scalars
    next_unique_id()               the number of a new Variable
    origin_of_caller()             where the nearest code outside this project is
    connect(**parts)               what the operators need to know of other rooms
    add_row(name, function)        the Function of a row of the table of rules; returns a faster `apply`, or None
    call_of(name, plain, usual)    what stands in for a plain callable; `usual` itself, where nothing is faster
    make_receiver(resolve, name)   the decision whose method of a name is called; None where `resolve` decides itself
    received_owner(value)          the object in whose place one is that a receiver has given
    track(nodes)                   have the garbage collector look after Variables that refer to themselves
    faster(kind, *parts)           a decorator of what stands in for a builtin: does the same, faster where that can be
    usual_of(function)             the Python function of which `faster` has made one; anything else itself
    make_resolve(parts)            makes the decision what is called in traced code
    sweep(outputs, cotangents, wanted, since, how), jvp(outputs, inputs, tangents, since)
                                   the passes, which return None where those of `autodiff` and `derivatives` must run;
                                   None themselves where there are none
    add_derivatives(leaves, derivatives)
                                   what comes after a pass: each leaf's derivative grows
    Countdown                      the base class of limits, whose `look` is called when it is over
    count_operation()              counts one that neither recorder records: where `counting` holds something
    leaves(values, history, names) a Scalar of each number; None where `scalars` makes them one by one
"""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from minitorch.recorder.countdown import counted, counting

if TYPE_CHECKING:
    from minitorch.recorder.reference import (
        Countdown,
        ScalarBase,
        VariableBase,
        add_derivatives,
        add_row,
        call_of,
        connect,
        count_operation,
        jvp,
        leaves,
        make_receiver,
        make_resolve,
        next_unique_id,
        origin_of_caller,
        received_owner,
        sweep,
        track,
        usual_of,
    )

__all__ = [
    "SELF_CONTAINED",
    "TO_INPUTS",
    "TO_THE_LEAVES",
    "Countdown",
    "ScalarBase",
    "VariableBase",
    "add_derivatives",
    "add_row",
    "call_of",
    "connect",
    "count_operation",
    "counted",
    "counting",
    "faster",
    "is_native",
    "jvp",
    "leaves",
    "make_receiver",
    "make_resolve",
    "next_unique_id",
    "origin_of_caller",
    "received_owner",
    "sweep",
    "track",
    "usual_of",
]

TO_INPUTS, TO_THE_LEAVES, SELF_CONTAINED = 0, 1, 2
"""How to sweep: to the given inputs, to all leaves, or not at all where anything older is behind the outputs."""


INTERFACE: Final = 4
"""Goes up when what this package and `_native` expect of each other changes."""


def chosen() -> Any:
    """Return the module that records in this process.

    Raises:
        ImportError: the environment requires the one in C, which is not there, or was built from other sources.
    """
    wish = os.environ.get("MINITORCH_NATIVE")
    if wish != "0":
        try:
            native = importlib.import_module("minitorch.recorder._native")
            if native.interface == INTERFACE:
                return native
            message = "the recorder in C was built from other sources: python minitorch/recorder/build.py"
            warnings.warn(f"Python records, since {message}", RuntimeWarning, stacklevel=2)
            raise ImportError(message)
        except ImportError:
            # There was no compiler, or this interpreter is none that it can serve.
            if wish == "1":
                raise
    return importlib.import_module("minitorch.recorder.reference")


_recorder: Final = chosen()

is_native: Final[bool] = _recorder.__name__.endswith("._native")
"""Whether operations are recorded in C."""

if not TYPE_CHECKING:
    VariableBase, ScalarBase = _recorder.VariableBase, _recorder.ScalarBase
    next_unique_id, origin_of_caller = _recorder.next_unique_id, _recorder.origin_of_caller
    add_derivatives = _recorder.add_derivatives
    connect, add_row, call_of = _recorder.connect, _recorder.add_row, _recorder.call_of
    Countdown, count_operation = _recorder.Countdown, _recorder.count_operation
    sweep, jvp, leaves, track = _recorder.sweep, _recorder.jvp, _recorder.leaves, _recorder.track
    make_resolve, usual_of = _recorder.make_resolve, _recorder.usual_of
    make_receiver, received_owner = _recorder.make_receiver, _recorder.received_owner
    if is_native:
        _recorder.connect(counting=counting, counted=counted)

T = TypeVar("T", bound=Callable[..., Any])


def faster(kind: str, *parts: Any) -> Callable[[T], T]:
    """Return a decorator of a function that stands in for a plain callable: what it makes does the same, faster.

    Args:
        kind: what the function does, by a name that the recorder has for it.
        parts: what it knows of.
    """
    return lambda usual: _recorder.replacement(kind, usual, *parts)
