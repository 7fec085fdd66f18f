"""The picture of every operation: Functions are boxes, Variables ovals, constants text.

Of a graph too large to read only the part nearest to the result is drawn, and the picture says what it leaves out.

    x * y   becomes   (x = 3) ──0──▸ [Mul] ──▸ ((out = 12))
                      (y = 4) ──1──▸
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from minitorch.autodiff.topological_order import parents_of
from minitorch.autodiff.variable import Variable, is_constant
from minitorch.drawing.elements import Edge, Node, Options, Picture, checked, counted
from minitorch.drawing.writer import Writer

__all__ = ["picture_of_operations"]

MAX_OPERANDS = 40
MIN_OPERANDS = 10


@dataclass
class Chosen:
    """The operations that are drawn, those nearest to the result first, and what is left out.

    Args:
        operations: each Variable whose operation is drawn, with those of its operands that are drawn.
        cut: the Variables that are drawn without the operations behind them.
        left_out: how many operations are not drawn.
    """

    operations: list[tuple[Variable, Sequence[Any]]] = field(default_factory=list)
    cut: list[Variable] = field(default_factory=list)
    left_out: int = 0


def picture_of_operations(out: Variable, options: Options) -> Picture:
    """Make the picture with a box per operation, up to the limit."""
    checked(out)
    chosen = choose(out, options.limit)
    drawn = {out.unique_id: out}
    for result, operands in chosen.operations:
        drawn.update((x.unique_id, x) for x in (result, *operands) if not is_constant(x))
    writer = Writer(out, list(drawn.values()), options)
    nodes, edges = _drawn(writer, chosen)
    if chosen.left_out:
        note = (
            f"{counted(chosen.left_out, ('earlier operation is', 'earlier operations are'))} left out;",
            f"the {len(chosen.operations):,} nearest to the result are drawn;",
            'collapse="line" draws all, line by line',
        )
        nodes.append(Node("note-cut", "note", note))
        edges += [Edge("note-cut", f"value-{variable.unique_id}") for variable in chosen.cut]
    nodes += writer.remarks()
    # Graphviz keeps the order of mention where it can: inputs before results, first argument above the second.
    nodes.reverse()
    count = len(chosen.operations)
    return Picture(writer.title(count), nodes, edges, operations=count, caption=_caption(nodes))


def _caption(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Explain the thin ovals, if there are any."""
    idle = sum(node.kind == "idle" for node in nodes)
    return (f"{counted(idle, ('thin oval', 'thin ovals'))}: derivative 0, as of all that follows",) if idle else ()


def choose(out: Variable, limit: int) -> Chosen:
    """Choose operations breadth-first from the result until there are `limit` nodes."""
    chosen = Chosen()
    seen = {out.unique_id}
    hidden: list[Any] = []
    queue = deque([out])
    nodes = 1
    while queue:
        variable = queue.popleft()
        operands = parents_of(variable)
        if is_constant(variable) or variable.is_leaf:
            continue
        room = limit - nodes
        if room <= 0 and chosen.operations:
            queue.appendleft(variable)
            break
        shown = operands[: min(max(room, MIN_OPERANDS), MAX_OPERANDS)]
        hidden += operands[len(shown) :]
        nodes += 1
        for operand in shown:
            if is_constant(operand):
                nodes += 1
            elif operand.unique_id not in seen:
                seen.add(operand.unique_id)
                queue.append(operand)
                nodes += 1
        chosen.operations.append((variable, shown))
    chosen.cut = [variable for variable in queue if not variable.is_leaf]
    chosen.left_out = _count_operations([*chosen.cut, *hidden], seen - {variable.unique_id for variable in chosen.cut})
    return chosen


def _count_operations(starts: Iterable[Any], seen: set[int]) -> int:
    """Count the operations behind some Variables, their own included, leaving out those that are `seen`."""
    pending = list(starts)
    count = 0
    while pending:
        variable = pending.pop()
        if is_constant(variable) or variable.unique_id in seen:
            continue
        seen.add(variable.unique_id)
        count += not variable.is_leaf
        pending.extend(parents_of(variable))
    return count


def _drawn(writer: Writer, chosen: Chosen) -> tuple[list[Node], list[Edge]]:
    """Make the nodes and edges of the chosen operations, beginning at the result."""
    cut = {variable.unique_id for variable in chosen.cut}
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    # The node of a value: its oval, or the box of its operation where the oval would be empty.
    stands_for: dict[int, str] = {}

    def add(variable: Variable) -> str:
        key = variable.unique_id
        if key not in stands_for:
            oval = writer.oval(variable, "cut" if key in cut else None)
            stands_for[key] = oval.id if oval.lines else f"op-{key}"
            if oval.lines:
                nodes[oval.id] = oval
        return stands_for[key]

    add(writer.out)
    for variable, operands in chosen.operations:
        box = writer.box(variable)
        nodes[box.id] = box
        if add(variable) != box.id:
            edges.append(Edge(box.id, add(variable)))
        for position, operand in enumerate(operands):
            if is_constant(operand):
                constant = writer.constant(operand, f"constant-{variable.unique_id}-{position}")
                nodes[constant.id] = constant
                tail = constant.id
            else:
                tail = add(operand)
            edges.append(Edge(tail, box.id, str(position), f"argument {position} of {box.lines[0]}"))
        missing = len(parents_of(variable)) - len(operands)
        if missing:
            more = Node(f"more-{variable.unique_id}", "constant", (f"… and {missing:,} more operands",))
            nodes[more.id] = more
            edges.append(Edge(more.id, box.id))
    return list(nodes.values()), edges
