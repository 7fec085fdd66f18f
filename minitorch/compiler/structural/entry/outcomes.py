"""What the body of a function writes once its result is known, for each mode: the result, and the passes.

    VALUE       result
    GRADIENT    result, arguments that are differentiated by       reverse pass
    TANGENT     result                                             forward pass along the tangents
    HESSIAN     result, arguments, rows of second derivatives      reverse pass, and two passes per input

All that stands in `%outputs`, each as `results.store_result` leaves it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from minitorch.compiler.structural.basis.kinds import (
    BOOL,
    Dict,
    Float,
    Int,
    Kind,
    List,
    Record,
    Static,
    Tuple,
    Value,
    described,
    shape,
)
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.entry.results import store_result, word_count
from minitorch.compiler.structural.values.objects import Objects
from minitorch.compiler.task import Mode

__all__ = ["write_outcome"]


def write_outcome(
    walk: Objects, mode: Mode, result: Value, active: Sequence[Value], tangents: Sequence[Value], total: str
) -> Value:
    """Write what becomes of the result.

    Args:
        walk: the walk.
        mode: what is computed.
        result: the result.
        active: the arguments that are differentiated by, in the order in which derivatives are returned.
        tangents: how they move, in that mode.
        total: how many inputs they have.

    Returns:
        The result as it stands there.

    Raises:
        Refused: the result is none that can be differentiated.
    """
    if walk.rounds and mode in (Mode.TANGENT, Mode.HESSIAN):
        raise Refused("numbers that derivatives pass through are rounded")
    if mode is Mode.VALUE:
        store_result(walk, result, "%outputs")
    elif mode is Mode.TANGENT:
        result = with_nodes(walk, result)
        store_result(walk, result, "%outputs")
        write_movements(walk, result, active, tangents, total)
    else:
        has_history = isinstance(result.kind, Float) and result.kind.active
        # Of a number without history the derivatives are zeros.
        if not (
            has_history or (mode is Mode.GRADIENT and (isinstance(result.kind, (Float, Int)) or result.kind == BOOL))
        ):
            what = described(result.kind)
            raise Refused(f"its result is {what} that does not depend on what it is differentiated by")
        offset = 0
        for value in (result, *active):
            place = walk.writer.effect(f"getelementptr i64, ptr %outputs, i64 {offset}")
            walk.store_parts(value.kind, place, value)
            offset += word_count(value.kind)
        if mode is Mode.HESSIAN:
            walk.require(walk.writer.effect(f"icmp ne i32 {result.parts[1]}, 0"))
        write_reverse_pass(walk, result, total)
        if mode is Mode.HESSIAN:
            write_second_derivatives(walk, total, offset)
    walk.writer.check()
    walk.writer.line("ret i64 0")
    return result


def leave_if_special(walk: Objects, total: str) -> None:
    """Leave where equal numbers were compared that move apart."""
    last = walk.count().parts[0]
    special = walk.writer.effect(f"call i1 @special(ptr %context, i32 {total}, i32 {last})")
    walk.require(walk.writer.effect(f"xor i1 {special}, true"))


def write_reverse_pass(walk: Objects, result: Value, total: str) -> None:
    """Write the derivatives of the result, which stand in the place of adjoints then."""
    output, last = walk.node_of(result), walk.count().parts[0]
    leave_if_special(walk, total)
    walk.require(walk.writer.effect(f"call i1 @reverse(ptr %context, i32 {total}, i32 {last}, i32 {output})"))
    if walk.rounds:
        lost = walk.writer.effect(f"call i1 @rounded_away(ptr %context, i32 {total})")
        walk.require(walk.writer.effect(f"xor i1 {lost}, true"))


def write_second_derivatives(walk: Objects, total: str, offset: int) -> None:
    """Write the second derivatives; where they are goes some words behind the first output."""
    writer, last = walk.writer, walk.count().parts[0]
    rows = writer.effect(f"call ptr @second_derivatives(ptr %context, i32 {total}, i32 {last})")
    walk.require(writer.effect(f"icmp ne ptr {rows}, null"))
    writer.store("ptr", rows, writer.effect(f"getelementptr i64, ptr %outputs, i64 {offset}"))


# -- tangents ----------------------------------------------------------------------------------------------------------


def with_nodes(walk: Objects, result: Value) -> Value:
    """Return a result of floats with a node each, 0 where there is no history."""
    kind = kind_with_nodes(result.kind)
    return Value(kind, walk.converted(result, kind))


def kind_with_nodes(kind: Kind) -> Kind:
    """Return the kind of floats with a node each."""
    if isinstance(kind, Float):
        return Float(True, kind.whole)
    if isinstance(kind, Tuple):
        return Tuple(tuple(map(kind_with_nodes, kind.items)), kind.cls)
    if isinstance(kind, List) and kind.site.element == kind_with_nodes(kind.site.element or Static(None)):
        return kind
    raise Refused(f"tangents of a result that is {described(kind)}")


def write_movements(
    walk: Objects, result: Value, active: Sequence[Value], tangents: Sequence[Value], total: str
) -> None:
    """Write how all nodes move as the arguments do; it stands in the place of adjoints then."""
    leave_if_special(walk, total)
    writer, last = walk.writer, walk.count().parts[0]
    moves = writer.effect(f"call ptr @movements(ptr %context, i32 {total}, i32 {last})")
    walk.require(writer.effect(f"icmp ne ptr {moves}, null"))
    for index, (value, tangent) in enumerate(zip(active, tangents, strict=True)):
        # In the place of a whole argument None stands for zeros.
        if not is_none(tangent):
            move(walk, moves, value, tangent, ("tangent", index))
    writer.check()
    writer.line(f"call void @forward(ptr %context, i32 {total}, i32 {last}, ptr {moves})")
    settle(walk, moves, result, ("settled",))


def settle(walk: Objects, moves: str, value: Value, key: tuple[Hashable, ...]) -> None:
    """Have the numbers of a result that stand still move by zero."""
    if isinstance(value.kind, Float):
        walk.writer.line(f"call void @settle(ptr {moves}, i32 {value.parts[1]})")
    elif isinstance(value.kind, Tuple):
        for index, item in enumerate(walk.items_of(value)):
            settle(walk, moves, item, (*key, index))
    elif isinstance(value.kind, List) and value.kind.site.element is not None:
        length = walk.length(value)

        def settle_item(turn: str) -> None:
            settle(walk, moves, walk.get(value, turn), (*key, "item"))

        walk.loop(key, [], lambda turn: walk.less(turn, length), settle_item)


def move(walk: Objects, moves: str, value: Value, tangent: Value, key: Hashable) -> None:
    """Write how the numbers of an argument move.

    Args:
        walk: the walk.
        moves: where that goes.
        value: the argument.
        tangent: how it moves, in its structure.
        key: tells its place from others.
    """
    writer, kind = walk.writer, value.kind
    if isinstance(kind, Float) and is_none(tangent):
        return
    if isinstance(kind, Float) and isinstance(tangent.kind, (Float, Int)):
        writer.line(f"call void @move(ptr {moves}, i32 {value.parts[1]}, double {walk.double(tangent)})")
    elif isinstance(kind, Tuple) and isinstance(tangent.kind, Tuple) and shape(kind) == shape(tangent.kind):
        for index, (item, moved) in enumerate(zip(walk.items_of(value), walk.items_of(tangent), strict=True)):
            move(walk, moves, item, moved, (key, index))
    elif isinstance(kind, List) and isinstance(tangent.kind, List) and kind.site.types == tangent.kind.site.types:
        length = walk.length(value)
        walk.require(writer.effect(f"icmp eq i64 {length}, {walk.length(tangent)}"))

        def move_item(turn: str) -> None:
            move(walk, moves, walk.get(value, turn), walk.get(tangent, turn), (key, "item"))

        if kind.site.element is not None and tangent.kind.site.element is not None:
            walk.loop(key, [], lambda turn: walk.less(turn, length), move_item)
    elif isinstance(kind, (Dict, Record)) and type(tangent.kind) is type(kind) and shape(tangent.kind) == shape(kind):
        fields = kind.site.fields
        if fields.keys() != tangent.kind.site.fields.keys():
            raise Refused("a tangent of other keys")
        for name in fields:
            if not isinstance(fields[name], Static):
                move(walk, moves, item_named(walk, value, name), item_named(walk, tangent, name), (key, name))
    else:
        raise Refused(f"a tangent that is {described(tangent.kind)} for {described(kind)}")


def item_named(walk: Objects, value: Value, name: Any) -> Value:
    """Write the reading of the value of a key, or of an attribute, that is there."""
    return walk.get_known(value, name) if isinstance(value.kind, Dict) else walk.field(value, name)


def is_none(value: Value) -> bool:
    """Return whether a value is None."""
    return isinstance(value.kind, Static) and value.kind.object is None
