"""The reverse pass over plain adjoints of arrays, with the least that it takes per operation.

It does what `run_pass` does, in the same order. Where the general pass asks a Function for `vjp_contributions`, this
one asks for `pull`, which looks at nothing that the common case does not need; a Function that changes adjoints in
place (a part taken, a part written) has `into`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from minitorch.arrays.adjoints import Accumulator, plain_adjoint
from minitorch.arrays.function import as_number, plain, unbroadcast
from minitorch.arrays.tensor import Tensor
from minitorch.autodiff.variable import Variable, vjp_contributions

__all__ = ["Pull", "pull_by_one", "pull_by_sum", "pull_by_two", "sweep"]

Pull = Callable[[Tensor, Any], Sequence[tuple[Variable, Any]]]
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
            adjoint = derivatives[key] = plain_adjoint(adjoint)
        if type(node) is not Tensor or node.first_parent is None:
            shares: Any = vjp_contributions(node, plain_adjoint(adjoint) if type(node) is Tensor else adjoint)
        else:
            function: Any = node.creator
            if function.into is not None:
                function.into(node, adjoint, adjoints)
                continue
            shares = function.pull(node, adjoint.buffer if type(adjoint) is Accumulator else plain_adjoint(adjoint))
        for x, share in shares:
            key = x.unique_id
            # Popped, the sum so far belongs to nobody else: numpy adds to a large one in place.
            adjoints[key] = adjoints.pop(key) + share if key in adjoints else share
        shares = share = None  # nor do names hold what is no longer needed
    return [derivatives.get(variable.unique_id, 0.0) for variable in variables]


def pull_by_one(by_only: Vjp | None) -> Pull:
    """Make the pull of an elementwise Function of one input from its vjp, None if the output does not follow that."""
    if by_only is None:
        return lambda node, adjoint: ()

    def pull(node: Tensor, adjoint: Any) -> Sequence[tuple[Variable, Any]]:
        (x,) = node.first_parent
        if type(x) is Tensor:
            return ((x, by_only(adjoint, node.array, x.array)),)
        return ((x, as_number(by_only(adjoint, node.array, plain(x)))),)

    return pull


def pull_by_two(by_first: Vjp | None, by_second: Vjp | None) -> Pull:
    """Make the pull of an elementwise Function of two inputs from its vjps, None by what the output does not follow."""

    def pull(node: Tensor, adjoint: Any) -> Sequence[tuple[Variable, Any]]:
        x, y = node.first_parent
        a = x.array if type(x) is Tensor else plain(x)
        b = y.array if type(y) is Tensor else plain(y)
        shares = []
        if by_first is not None:
            if type(x) is Tensor:
                if x.creator is not None:
                    share = by_first(adjoint, node.array, a, b)
                    fits = share.shape == a.shape and share.dtype is a.dtype
                    shares.append((x, share if fits else unbroadcast(share, a)))
            elif issubclass(type(x), Variable) and x.creator is not None:
                shares.append((x, as_number(unbroadcast(by_first(adjoint, node.array, a, b), a))))
        if by_second is not None:
            if type(y) is Tensor:
                if y.creator is not None:
                    share = by_second(adjoint, node.array, a, b)
                    fits = share.shape == b.shape and share.dtype is b.dtype
                    shares.append((y, share if fits else unbroadcast(share, b)))
            elif issubclass(type(y), Variable) and y.creator is not None:
                shares.append((y, as_number(unbroadcast(by_second(adjoint, node.array, a, b), b))))
        return shares

    return pull


def pull_by_sum(sign: float) -> Pull:
    """Make the pull of a sum or a difference, whose shares are the adjoint itself but for the second one's sign."""

    def pull(node: Tensor, adjoint: Any) -> Sequence[tuple[Variable, Any]]:
        shares = []
        for x, share in zip(node.first_parent, (adjoint, None), strict=True):
            if issubclass(type(x), Variable) and x.creator is not None:
                if share is None:
                    share = adjoint if sign > 0 else -adjoint
                if type(x) is not Tensor:
                    share = as_number(unbroadcast(share, plain(x)))
                elif share.shape != x.array.shape or share.dtype is not x.array.dtype:
                    share = unbroadcast(share, x.array)
                shares.append((x, share))
        return shares

    return pull
