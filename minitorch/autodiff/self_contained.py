"""Graphs with nothing behind them but the inputs of a run: they are walked once, and derivatives need no other order.

>>> from minitorch.scalars.scalar import Scalar
>>> x, other = Scalar(3.0), Scalar(2.0)
>>> [type(node.creator).__name__ for node in order_between([x], [-x], 0)], order_between([x], [x * other], 0)
(['type', 'History'], None)
"""

from __future__ import annotations

from collections.abc import Iterable

from minitorch.autodiff.variable import Variable, by_creation, parents_of

__all__ = ["order_between"]


def order_between(inputs: Iterable[Variable], outputs: Iterable[Variable], since: int) -> list[Variable] | None:
    """Return the topological order from outputs to inputs where nothing else is behind the outputs, else `None`.

    Args:
        inputs: leaves, or Variables that were made at the start.
        outputs: Variables that are not constants.
        since: the smallest `unique_id` that is not from before the start.
    """
    leaves = {x.unique_id for x in inputs}
    nodes = {y.unique_id: y for y in outputs}
    pending = list(nodes.values())
    while pending:
        node = pending.pop()
        parents = parents_of(node)
        if node.unique_id < since or (not parents and node.unique_id not in leaves):
            return None
        for x in parents:
            if isinstance(x, Variable) and x.creator is not None and x.unique_id not in nodes:
                nodes[x.unique_id] = x
                pending.append(x)
    return sorted(nodes.values(), key=by_creation, reverse=True)
