"""The reverse pass: from a result back to what it was made from, in the order of creation, latest first.

A Variable is younger than all that it was made from, so going by age visits it after everything made from it, and no
graph is too deep. Where several shares of a derivative meet, they are added in the order of their makers, the youngest
first: that order is fixed, so results are equal to the last bit whoever runs the pass.

    >>> from minitorch.scalar import Scalar
    >>> x = Scalar(3.0)
    >>> adjoints_of(x * x, [x])
    [6.0]
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

from minitorch import native_entry
from minitorch.autodiff import History, Variable, is_constant, operands_of

__all__ = ["adjoints_of", "backpropagate", "pulled_back", "recorded_shares", "shares_of", "topological_sort"]

_by_creation = operator.attrgetter("unique_id")


def topological_sort(*variables: Variable, since: int = 0) -> list[Variable]:
    """Return the Variables that values were made from, each before those it was made from itself.

    Args:
        variables: where to start.
        since: the smallest `unique_id` to go back to; older Variables were made from none that is younger.

    Returns:
        The Variables that are no constants, the youngest first: from the outputs to the leaves.
    """
    found = {x.unique_id: x for x in variables if x._made_by is not None and x.unique_id >= since}
    pending = list(found.values())
    while pending:
        for x in operands_of(pending.pop()):
            if isinstance(x, Variable) and x._made_by is not None and x.unique_id >= since:
                key = x.unique_id
                if key not in found:
                    found[key] = x
                    pending.append(x)
    return sorted(found.values(), key=_by_creation, reverse=True)


def backpropagate(variable: Variable, deriv: Any = 1.0) -> None:
    """Add the derivatives of a value to those of the leaves that it was made from.

    Leaves change only once the whole pass has gone well. A constant has no leaves, so nothing happens.

    Args:
        variable: the value to differentiate.
        deriv: the derivative by that value that the pass starts from.
    """
    leaves: list[Variable] = []
    derivatives: list[Any] | None = None
    if type(deriv) is float and not is_constant(variable):
        derivatives = native_entry.sweep([variable], [deriv], leaves, 0, native_entry.TO_THE_LEAVES)
    if derivatives is None:
        order = topological_sort(variable)
        leaves = [x for x in order if x.is_leaf()]
        derivatives = pulled_back(order, {variable.unique_id: deriv}, leaves)
    for leaf, derivative in zip(leaves, derivatives, strict=True):
        leaf.accumulate_derivative(derivative)


def adjoints_of(
    output: Any, variables: Sequence[Variable], d_output: Any = 1.0, as_variables: bool = False
) -> list[Any]:
    """Return the derivatives of a value by some of the Variables behind it, and leave all `derivative`s alone.

    Args:
        output: the value to differentiate; a plain number depends on nothing.
        variables: any of the Variables that it may have been made from, leaves or not.
        d_output: the derivative by the output that the pass starts from.
        as_variables: whether to record the pass itself, so that its results can be differentiated.

    Returns:
        One derivative per variable, 0.0 where no path leads there. With `as_variables` it is a Variable unless it
        depends on none.
    """
    if not isinstance(output, Variable):
        return [0.0] * len(variables)
    return pulled_back(topological_sort(output), {output.unique_id: d_output}, variables, as_variables)


def pulled_back(
    order: Iterable[Variable], adjoints: dict[int, Any], variables: Sequence[Variable], as_variables: bool = False
) -> list[Any]:
    """Run the reverse pass of `adjoints_of` from any number of outputs.

    Args:
        order: Variables in topological order, from the outputs on.
        adjoints: the derivative by each output, by its `unique_id`; it is used up.
        variables: those whose derivatives are returned.
        as_variables: whether to record the pass itself.
    """
    wanted = {variable.unique_id for variable in variables}
    found: dict[int, Any] = {}
    for node in order:
        d_node = adjoints.pop(node.unique_id, None)
        if d_node is None:
            continue
        if node.unique_id in wanted:
            found[node.unique_id] = d_node
        shares = recorded_shares(node, d_node) if as_variables else shares_of(node, d_node)
        for variable, share in shares:
            key = variable.unique_id
            adjoints[key] = adjoints[key] + share if key in adjoints else share
    return [found.get(variable.unique_id, 0.0) for variable in variables]


def shares_of(node: Variable, d_node: Any) -> Sequence[tuple[Variable, Any]]:
    """Return each Variable that a value was made from with its share of the derivative, by the chain rule."""
    left = node.left
    if left is None or type(left) is tuple:
        history = node.history
        return [] if history is None else history.backprop_step(d_node)
    d_left, d_right = node.d_left, node.d_right
    if d_right is None:
        return ((left, d_node * d_left),)
    if d_left is None:
        return ((node.right, d_node * d_right),)
    return (left, d_node * d_left), (node.right, d_node * d_right)


def recorded_shares(node: Variable, d_node: Any) -> Sequence[tuple[Variable, Any]]:
    """The same as operations on Variables."""
    if node.left is not None and not isinstance(node._made_by, History):
        function: Any = node._made_by
        shares: Sequence[tuple[Variable, Any]] = function.recorded_chain_rule(operands_of(node), node, d_node)
        return shares
    history = node.history
    if history is None or history.last_fn is None:
        return []
    return history.last_fn.recorded_chain_rule(history.inputs or (), node, d_node)
