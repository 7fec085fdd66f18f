"""Pictures of history graphs: what was computed, from what, by which Functions.

`graph` gives the graphviz object of a result, `make_graph` its SVG. Functions are boxes, Variables are ovals with
their names, values and (after `backward`) derivatives, constants are plain text. Edges run left to right and carry
the argument position, so an operand used twice has two edges. Of a graph too large to read only the part nearest to
the result is drawn, and the picture says what it leaves out.

    x * y   becomes   (x = 3) ──0──▸ [Mul] ──▸ ((out = 12))
                      (y = 4) ──1──▸
"""

from __future__ import annotations

import reprlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minitorch import layered
from minitorch.autodiff import History, Variable
from minitorch.layered import Edge, Kind, Node
from minitorch.render import RenderError, render

if TYPE_CHECKING:
    import graphviz

__all__ = ["LIMIT", "graph", "make_graph"]

LIMIT = 300
_LONGEST_TEXT = 40
_MOST_OPERANDS = 40


@dataclass
class Picture:
    """What is drawn of one history graph, and how much of it is not."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    operations: int = 0
    hidden: list[Variable] = field(default_factory=list)


def make_graph(out: Variable, lr: bool = True, limit: int = LIMIT) -> str:
    """Draw the history of a result as SVG text, as `IPython.display.SVG` and HTML pages accept it.

    `lr=False` draws from top to bottom; at most about `limit` nodes are drawn.
    Raises TypeError if `out` is not a Variable.

    >>> from minitorch import Scalar
    >>> make_graph(Scalar(3.0, name="x") * 2.0).startswith("<svg")
    True
    """
    source = str(graph(out, lr, limit).source)
    try:
        return render(source).decode("utf-8")
    except RenderError:
        # No Graphviz in any form, or a broken one: the picture matters more than its layout.
        picture = _picture(out, limit)
        return layered.svg(picture.nodes, picture.edges)


def graph(out: Variable, lr: bool = True, limit: int = LIMIT) -> graphviz.Digraph:
    """Build the graphviz object of a result's history, to restyle it or to save it as DOT.

    Takes and raises what `make_graph` does.

    >>> from minitorch import Scalar
    >>> print(graph(Scalar(3.0, name="x") * 2.0).source)  # doctest: +ELLIPSIS
    digraph ...
    """
    import graphviz

    picture = _picture(out, limit)
    digraph = graphviz.Digraph(
        graph_attr={
            "rankdir": "LR" if lr else "TB",
            "ordering": "in",
            # Without a bound, a hundred long edges keep the layout busy for minutes.
            "nslimit": "4",
            "ranksep": "0.42",
            "nodesep": "0.22",
            "bgcolor": "white",
        },
        node_attr={"fontname": layered.FONT, "fontsize": "13", "width": "0.6", "height": "0.36"},
        edge_attr={
            "fontname": layered.FONT,
            "fontsize": "10",
            "fontcolor": "#555555",
            "color": "#555555",
            "arrowsize": "0.65",
            "labeldistance": "1.6",
            "labelangle": "-22",
        },
    )
    for node in picture.nodes:
        digraph.node(node.key, _dot_text(*node.lines), tooltip=_dot_text(node.hint), **_dot_style(node))
    computed = {node.key for node in picture.nodes if node.kind in ("operation", "value")}
    for edge in picture.edges:
        # The chain of computed values lies straight; leaves and constants join it from the side.
        weight = "6" if edge.tail in computed else "1"
        digraph.edge(edge.tail, edge.head, headlabel=_dot_text(edge.text), weight=weight)
    return digraph


def _dot_style(node: Node) -> dict[str, str]:
    style = layered.STYLES[node.kind]
    if style.shape == "text":
        return {"shape": "plaintext", "fontcolor": style.text, "width": "0", "height": "0.2", "margin": "0.05,0.02"}
    return {
        "margin": "0.3,0.08" if node.kind == "note" else "0.13,0.04",
        "shape": "box" if style.shape == "box" else "ellipse",
        "style": "filled,dashed" if style.dashed else "filled",
        "fillcolor": style.fill,
        "color": style.line,
        "fontcolor": style.text,
        "penwidth": f"{style.width:g}",
    }


def _dot_text(*lines: str) -> str:
    """Write lines as a DOT string that shows exactly these characters."""
    import graphviz

    # Graphviz reads `&lt;` in a label as `<`, so that an ampersand of the text needs a spelling of its own.
    escaped = (line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    text: str = graphviz.nohtml("\\n".join(escaped))
    return text


def _picture(out: Variable, limit: int) -> Picture:
    """Choose nodes and edges breadth-first from the result until `limit` nodes are there."""
    if not issubclass(type(out), Variable):
        raise TypeError(
            f"a picture needs the Variable that was computed, not {type(out).__name__} {reprlib.repr(out)}; "
            "a plain number has no history: compute it from Scalars, by operators or through minitorch.trace"
        )
    picture = Picture()
    keys = {out.unique_id: "v0"}
    picture.nodes.append(_variable_node("v0", out, is_result=True))
    queue = deque([out])
    while queue:
        variable = queue.popleft()
        history = _operation(variable)
        if history is None:
            continue
        room = limit - len(picture.nodes)
        if room <= 0 and picture.operations:
            queue.appendleft(variable)
            break
        queue.extend(_add_operation(picture, keys, variable, history, min(max(room, 10), _MOST_OPERANDS)))
    left_out = _count_operations(queue, picture.hidden, set(keys))
    if left_out:
        _mark_cut(picture, [keys[variable.unique_id] for variable in queue if _operation(variable)], left_out)
    # Graphviz keeps the order of mention where it can: inputs before results, first argument above the second.
    picture.nodes.reverse()
    return picture


def _operation(variable: Variable) -> History | None:
    """Give the record of the operation that made a Variable; None for leaves and constants."""
    history = variable.history
    return history if history is not None and history.last_fn is not None else None


def _add_operation(
    picture: Picture, keys: dict[int, str], variable: Variable, history: History, room: int
) -> list[Variable]:
    """Add the box behind a Variable and its operands; return the Variables met for the first time."""
    box = f"f{picture.operations}"
    picture.operations += 1
    name = getattr(history.last_fn, "__name__", str(history.last_fn))
    picture.nodes.append(Node(box, "operation", (_readable(name),), hint=_readable(name)))
    picture.edges.append(Edge(box, keys[variable.unique_id]))
    operands = tuple(history.inputs or ())
    new = []
    for position, operand in enumerate(operands[:room]):
        is_variable = issubclass(type(operand), Variable) and operand.history is not None
        key = keys.get(operand.unique_id) if is_variable else None
        if key is None:
            key = f"{'v' if is_variable else 'c'}{len(picture.nodes)}"
            picture.nodes.append(_variable_node(key, operand) if is_variable else _constant_node(key, operand))
            if is_variable:
                keys[operand.unique_id] = key
                new.append(operand)
        picture.edges.append(Edge(key, box, str(position)))
    if len(operands) > room:
        key = f"c{len(picture.nodes)}"
        picture.hidden += [operand for operand in operands[room:] if issubclass(type(operand), Variable)]
        picture.nodes.append(Node(key, "constant", (f"… and {len(operands) - room:,} more operands",)))
        picture.edges.append(Edge(key, box))
    return new


def _mark_cut(picture: Picture, cut: list[str], left_out: int) -> None:
    """Dash the ovals whose own operation is not drawn, and say how much stands behind them."""
    picture.nodes = [
        Node(node.key, "cut", node.lines, node.hint) if node.key in cut else node for node in picture.nodes
    ]
    picture.nodes.append(
        Node(
            "note",
            "note",
            (
                f"{left_out:,} earlier operations are left out;",
                f"the {picture.operations:,} nearest to the result are drawn",
            ),
        )
    )
    picture.edges += [Edge("note", key) for key in cut]


def _count_operations(cut: Iterable[Variable], hidden: Iterable[Variable], seen: set[int]) -> int:
    """Count the operations behind Variables that are `seen` but cut off, or hidden, without recursion."""
    pending = [*cut, *{variable.unique_id: variable for variable in hidden if variable.unique_id not in seen}.values()]
    seen.update(variable.unique_id for variable in pending)
    count = 0
    while pending:
        history = pending.pop().history
        if history is None or history.last_fn is None:
            continue
        count += 1
        for operand in history.inputs or ():
            if issubclass(type(operand), Variable) and operand.unique_id not in seen:
                seen.add(operand.unique_id)
                pending.append(operand)
    return count


def _variable_node(key: str, variable: Variable, is_result: bool = False) -> Node:
    value = getattr(variable, "data", None)
    lines = [_named(variable.name, _number(value))]
    if variable.derivative is not None:
        lines.append(f"derivative {_number(variable.derivative)}")
    kind: Kind = "result" if is_result else "value" if _operation(variable) else "leaf"
    return Node(key, kind, tuple(lines), hint=_named(variable.name, _readable(repr(value))))


def _constant_node(key: str, operand: Any) -> Node:
    name = operand.name if issubclass(type(operand), Variable) else None
    value = getattr(operand, "data", operand)
    return Node(key, "constant", (_named(name, _number(value)),), hint=_named(name, _readable(repr(value))))


def _named(name: str | None, value: str) -> str:
    return f"{_readable(name)} = {value}" if name else value


def _number(value: object) -> str:
    return f"{value:.6g}" if type(value) is float else _readable(reprlib.repr(value))


def _readable(text: str) -> str:
    """Keep a text short, and spell out what cannot be printed: line breaks, control characters, lone surrogates."""
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
