"""The reverse pass over plain adjoints of arrays, with the least that it takes per operation.

It does what `run_pass` does, in the same order. Where the general pass asks a Function for `vjp_contributions`, this
one has it `pull`: the Function adds the shares of its inputs to their adjoints, and looks at nothing else than what the
common case needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy

from minitorch.arrays.adjoints import add_share, plain_adjoint
from minitorch.arrays.function import as_number, plain, unbroadcast
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.variable import Variable, is_constant, vjp_contributions

__all__ = ["Pull", "hand_on", "pull_by_one", "pull_by_sum", "pull_by_two", "sweep"]

Pull = Callable[[Tensor, Any, dict[int, Any]], None]
"""Takes an operation's result, its adjoint, and all adjoints by `unique_id`, to which it adds."""

Vjp = Callable[..., Any]


def sweep(order: Iterable[Variable], adjoints: dict[int, Any], variables: Sequence[Variable]) -> list[Any]:
    """Return the derivatives by some Variables, as `run_pass` does, of plain numbers and arrays."""
    wanted = {variable.unique_id for variable in variables}
    derivatives: dict[int, Any] = {}
    for node in order:
        key = node.unique_id
        if key not in adjoints:
            continue
        adjoint = adjoints.pop(key)
        if key in wanted:
            adjoint = derivatives[key] = plain_adjoint(adjoint) if type(node) is Tensor else adjoint
        if type(node) is Tensor and node.first_parent is not None:
            function: Any = node.creator
            if type(adjoint) is not numpy.ndarray and not function.in_place:
                adjoint = plain_adjoint(adjoint)
            function.pull(node, adjoint, adjoints)
        else:
            given = plain_adjoint(adjoint) if type(node) is Tensor else adjoint
            for x, share in vjp_contributions(node, given):
                add_share(adjoints, x.unique_id, share)
    return [derivatives.get(variable.unique_id, 0.0) for variable in variables]


def hand_on(adjoints: dict[int, Any], x: Any, share: Any, value: Any, given: Any = None) -> None:
    """Add a share to the adjoint of an input, in its shape; a float for a Scalar.

    Args:
        adjoints: all adjoints by `unique_id`.
        x: the input.
        share: its share; an array that nobody else has unless it is a view or what was given.
        value: the value of the input.
        given: the adjoint that the share was made from.
    """
    if type(x) is not Tensor:
        share = as_number(unbroadcast(share, value))
    elif share.shape != value.shape or share.dtype is not value.dtype:
        share = unbroadcast(share, value)
    key = x.unique_id
    if key not in adjoints:
        adjoints[key] = share
    elif type(share) is numpy.ndarray and share is not given and is_sum_of_its_kind(adjoints[key], share):
        numpy.add(adjoints[key], share, share)
        adjoints[key] = share
    else:
        # Popped, the sum so far belongs to nobody else: numpy adds to a large one in place.
        adjoints[key] = adjoints.pop(key) + share


def is_sum_of_its_kind(known: Any, share: Any) -> bool:
    """Return whether a sum can take the place of a share, which is no view."""
    return type(known) is numpy.ndarray and share.base is None and known.dtype is share.dtype and bool(share.ndim)


def pull_by_one(by_only: Vjp | None) -> Pull:
    """Make the pull of an elementwise Function of one input from its vjp, None where the output does not follow it."""

    def pull(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
        (x,) = node.first_parent
        if by_only is not None:
            a = x.array if type(x) is Tensor else plain(x)
            hand_on(adjoints, x, by_only(adjoint, node.array, a), a, adjoint)

    return pull


def pull_by_two(by_first: Vjp | None, by_second: Vjp | None) -> Pull:
    """Make the pull of an elementwise Function of two inputs from its vjps, None by what the output does not follow."""

    def pull(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
        x, y = node.first_parent
        # A number of Python's is the usual constant, and asking it costs the least.
        a = x.array if type(x) is Tensor else x if type(x) is float else plain(x)
        b = y.array if type(y) is Tensor else y if type(y) is float else plain(y)
        if by_first is not None and type(x) is not float and not is_constant(x):
            hand_on(adjoints, x, by_first(adjoint, node.array, a, b), a, adjoint)
        if by_second is not None and type(y) is not float and not is_constant(y):
            hand_on(adjoints, y, by_second(adjoint, node.array, a, b), b, adjoint)

    return pull


def pull_by_sum(sign: float) -> Pull:
    """Make the pull of a sum or a difference, whose shares are the adjoint itself but for the second one's sign."""

    def pull(node: Tensor, adjoint: Any, adjoints: dict[int, Any]) -> None:
        x, y = node.first_parent
        if not is_constant(x):
            hand_on(adjoints, x, adjoint, x.array if type(x) is Tensor else plain(x), adjoint)
        if not is_constant(y):
            share = adjoint if sign > 0 else -adjoint
            hand_on(adjoints, y, share, y.array if type(y) is Tensor else plain(y), adjoint)

    return pull
