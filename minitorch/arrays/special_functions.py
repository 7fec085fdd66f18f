"""Functions on arrays for the ufuncs of `scipy.special`, each made of its row when it is first called on a Tensor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from minitorch.arrays.elementwise import UFUNCS, elementwise_row, vjp_of
from minitorch.arrays.function import ArrayFunction, apply, row
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.scalars.lost_history import history_ends

__all__ = ["UNKNOWN", "apply_special", "function_of", "is_special", "partials_of", "refuse_unknown"]

Partials = tuple[Callable[..., Any] | None, ...]


def partials_of(ufunc: Any) -> list[Partials]:
    """Return for each output of a ufunc of `scipy.special` the partials by its inputs; nothing of another ufunc."""
    from minitorch.rules.scipy_special.table import partials_of as partials_in_table

    return partials_in_table(ufunc)


def is_special(ufunc: Any) -> bool:
    """Return whether a ufunc is one of `scipy.special`, asked without loading that."""
    return "scipy.special" in sys.modules and bool(partials_of(ufunc))


def function_of(ufunc: Any) -> type[ArrayFunction] | None:
    """Return the Function of a ufunc with one output; `None` if it has no rule."""
    function = UFUNCS.get(ufunc)
    if function is None and ufunc.nout == 1 and is_special(ufunc):
        (partials,) = partials_of(ufunc)
        name = f"Array{ufunc.__name__.title().replace('_', '')}"
        function = UFUNCS[ufunc] = elementwise_row(name, ufunc, [known(ufunc, *pair) for pair in enumerate(partials)])
    return function


@cache
def functions_of_several(ufunc: Any) -> list[type[ArrayFunction]]:
    """Return the Functions of the outputs of a ufunc of `scipy.special`, which take the value that was computed."""
    name = f"Array{ufunc.__name__.title().replace('_', '')}"
    return [
        row(
            f"{name}{index}", lambda *inputs, value: value,
            *(without_value(vjp_of(known(ufunc, *pair), ufunc.nin)) for pair in enumerate(partials)),
            elementwise=True, partials=tuple(known(ufunc, *pair) for pair in enumerate(partials)),
        )
        for index, partials in enumerate(partials_of(ufunc))
    ]  # fmt: skip


def without_value(vjp: Callable[..., Any]) -> Callable[..., Any]:
    """Make a vjp that has no use for the value."""
    return lambda g, y, *inputs, value: vjp(g, y, *inputs)


def apply_special(ufunc: Any, inputs: Sequence[Any], values: Sequence[Any]) -> tuple[Any, ...]:
    """Compute all outputs of a ufunc of `scipy.special` that has several.

    Args:
        ufunc: the ufunc.
        inputs: its inputs.
        values: their plain values.
    """
    refuse_unknown(ufunc, inputs)
    outputs = ufunc(*values)
    functions = functions_of_several(ufunc)
    return tuple(apply(f, inputs, {"value": value}) for f, value in zip(functions, outputs, strict=True))


def known(ufunc: Any, index: int, partial: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return a partial derivative; of one that is not known, what says so if it is asked for after all."""

    def unknown(*_: Any) -> Any:
        raise NotImplementedError(f"the derivative of scipy.special.{ufunc.__name__} by its argument {index + 1}")

    return unknown if partial is None else partial


def refuse_unknown(ufunc: Any, inputs: Sequence[Any]) -> None:
    """Raise if an input has a history by which the derivative is not known.

    Raises:
        HistoryLostError: that is so.
    """
    if ufunc not in UNKNOWN:
        UNKNOWN[ufunc] = {
            index
            for partials in (partials_of(ufunc) if is_special(ufunc) else ())
            for index, partial in enumerate(partials)
            if partial is None
        }
    for index in UNKNOWN[ufunc]:
        x = inputs[index]
        if issubclass(type(x), Variable) and not is_constant(x.present()):
            name = f"scipy.special.{ufunc.__name__}"
            raise history_ends(
                f"{name}, whose derivative by its argument {index + 1} is not known,", x.label(), cure_of(ufunc),
                [x.present()],
            )  # fmt: skip


def cure_of(ufunc: Any) -> str:
    """Return how to give a ufunc of `scipy.special` a rule of one's own, as code."""
    inputs = ", ".join("abcdefgh"[: ufunc.nin])
    slopes = ", ".join(f"by_{name}" for name in "abcdefgh"[: ufunc.nin])
    return (
        f"If you know it, say so: minitorch.register_function(scipy.special.{ufunc.__name__}, lambda {inputs}, y: "
        f"({slopes}))."
    )


UNKNOWN: Final[dict[Any, set[int]]] = {}
"""By ufunc: the positions of the inputs by which some derivative is not known."""
