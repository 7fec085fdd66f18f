"""Whatever numpy gives as a view of an array: a number with a history that is written there comes back from the array.

The functions are found by calling all of numpy's on an array and looking whose results share its memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import minitorch

SHAPE = (2, 3, 3)
WEIGHTS = np.random.default_rng(0).random(SHAPE)
ARGUMENTS: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    "a": lambda a: (a,),
    "a, 1": lambda a: (a, 1),
    "a, axes": lambda a: (a, (0, 2, 1)),
    "a, 0, 1": lambda a: (a, 0, 1),
    "a, 3": lambda a: (a, 3),
    "[a]": lambda a: ([a],),
    "a, 3, 2": lambda a: (a, 3, 2),
    "a, shape": lambda a: (a, (2, 9)),
    "diagonal, a": lambda a: ("ijj->ij", a),
    "order, a": lambda a: ("ijk->kij", a),
}
CLOSED = {
    "broadcast_arrays": "numpy warns against writing to what it gives; here it can't be written to",
    "from_dlpack": "it hands the memory to other libraries, which is refused",
    "frombuffer": "it asks for bytes, which have no history",
}
"""Ways into the memory that Tensors do not open."""


def first_view(a: Any, result: Any) -> Any:
    """Return what of a result is a view of an array that can be written to; None if nothing is."""
    for part in result if isinstance(result, (list, tuple)) else [result]:
        if (
            isinstance(part, np.ndarray)
            and part.dtype == float
            and part.flags.writeable
            and np.may_share_memory(part, a)
        ):
            return part
    return None


def viewing() -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield the functions and methods that give views, with what to call."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in (np, np.linalg, np.lib.stride_tricks):
            for name in sorted(set(dir(module)) - set(CLOSED)):
                if name.startswith(("_", "save", "show", "test", "info")) or not callable(getattr(module, name)):
                    continue
                for label, arguments in ARGUMENTS.items():
                    call = calling(getattr(module, name), arguments)
                    if gives_view(call):
                        yield f"{module.__name__}.{name}({label})", call
        for name in dir(np.ndarray):
            for values in ((), (1, 0, 2), (0, 1), (3, 6)):
                call = calling_method(name, values)
                if not name.startswith("_") and gives_view(call):
                    yield f"a.{name}{values}", call


def calling(function: Any, arguments: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any], Any]:
    return lambda a: function(*arguments(a))


def calling_method(name: str, values: tuple[int, ...]) -> Callable[[Any], Any]:
    return lambda a: getattr(a, name)(*values) if callable(getattr(a, name)) else getattr(a, name)


def gives_view(call: Callable[[Any], Any]) -> bool:
    a = np.zeros(SHAPE)
    try:
        return first_view(a, call(a)) is not None
    except Exception:  # whatever numpy says to arguments that do not fit
        return False


CASES = dict(viewing())


def test_the_known_ways_are_among_them() -> None:
    found = {case.partition("(")[0] for case in CASES}
    assert {"numpy.einsum", "numpy.split", "numpy.rot90", "a.T", "a.reshape", "a.conj"} <= found
    assert len(CASES) > 50


@pytest.mark.parametrize("made", ["plain", "with a history"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_written_into_a_view_is_in_the_array(case: str, made: str) -> None:
    call = CASES[case]

    def f(x: float) -> Any:
        a = np.zeros(SHAPE) if made == "plain" else np.zeros(SHAPE) + 0.0 * x
        first_view(a, call(a))[...] = 2.0 * x
        return (a * WEIGHTS).sum()

    value, derivative = minitorch.value_and_grad(f)(1.0)
    assert derivative == pytest.approx(value, rel=1e-14) and value > 0.0


@pytest.mark.parametrize("made", ["plain", "with a history"])
def test_what_is_broadcast_cannot_be_written_to(made: str) -> None:
    def f(x: float) -> Any:
        a = np.zeros(3) if made == "plain" else np.zeros(3) + 0.0 * x
        np.broadcast_arrays(a, np.zeros((2, 3)))[0][...] = x
        return a.sum()

    with pytest.raises(ValueError, match="read-only"):
        minitorch.grad(f)(1.0)
