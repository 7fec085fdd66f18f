"""Values of several kinds: a tag says which, and code for each kind is written behind a question for the tag.

best = None                         best: OneOf((Static(None), Float(True)))
for d in distances:
    if best is None or d < best:    %tag = 0;  %tag = 1, and then the float is read
        best = d
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from minitorch.compiler.structural.basis.frames import RESULT, Way
from minitorch.compiler.structural.basis.kinds import BOOL, Kind, OneOf, Static, Value, fields_of, shape, static
from minitorch.compiler.structural.basis.refusals import Refused, Unreached

if TYPE_CHECKING:
    from minitorch.compiler.structural.basis.walk import Walk
    from minitorch.compiler.structural.constructs.expressions import Expressions

__all__ = ["alternative", "as_one_of", "each_kind", "has_tag", "present"]

ZEROS: Final = {"double": "0.0", "i32": "0", "i64": "0", "i1": "false", "ptr": "null"}

MAX_BLOCKS: Final = 16
"""Code is written for so many kinds of one value."""


def alternative(value: Value, index: int) -> Value:
    """Return a value as one of its kinds."""
    assert isinstance(value.kind, OneOf)
    start = 1 + sum(len(fields_of(kind)) for kind in value.kind.kinds[:index])
    kind = value.kind.kinds[index]
    if isinstance(kind, Static):
        return static(kind.object)
    return Value(kind, value.parts[start : start + len(fields_of(kind))])


def as_one_of(walk: Walk, value: Value, kind: OneOf) -> tuple[str, ...]:
    """Return the parts of a value as one of a kind that covers its own."""
    own = list(value.kind.kinds) if isinstance(value.kind, OneOf) else [value.kind]
    values = [alternative(value, index) for index in range(len(own))] if isinstance(value.kind, OneOf) else [value]
    shapes = list(map(shape, kind.kinds))
    if not all(shape(each) in shapes for each in own):
        raise Refused("a value of another kind than expected")
    places = [shapes.index(shape(each)) for each in own]
    if not isinstance(value.kind, OneOf):
        tag = str(places[0])
    else:
        tag = value.parts[0]
        if places != list(range(len(places))):
            tag = str(places[0])
            for index, place in enumerate(places[1:], 1):
                tag = walk.writer.pure(f"select i1 {has_tag(walk, value, [index])}, i32 {place}, i32 {tag}")
    parts = [tag]
    for index, each in enumerate(kind.kinds):
        if index in places:
            parts += walk.converted(values[places.index(index)], each)
        else:
            parts += [ZEROS[field] for field in fields_of(each)]
    return tuple(parts)


def has_tag(walk: Walk, value: Value, indices: Sequence[int]) -> str:
    """Write whether a value is of one of some of its kinds."""
    assert isinstance(value.kind, OneOf)
    if not indices:
        return "false"
    if len(indices) == len(value.kind.kinds):
        return "true"
    truths = [walk.writer.pure(f"icmp eq i32 {value.parts[0]}, {index}") for index in indices]
    result = truths[0]
    for truth in truths[1:]:
        result = walk.writer.pure(f"or i1 {result}, {truth}")
    return result


def truth_where(walk: Walk, value: Value, holds: Callable[[Kind], bool]) -> Value:
    """Write whether what is known of the kind holds."""
    assert isinstance(value.kind, OneOf)
    truth = has_tag(walk, value, [index for index, kind in enumerate(value.kind.kinds) if holds(kind)])
    return walk.of(truth == "true") if truth in ("true", "false") else Value(BOOL, (truth,))


def present(walk: Walk, value: Value) -> Value:
    """Return a value that can't be None where it is used; leave where it is."""
    if not isinstance(value.kind, OneOf):
        return value
    some = [index for index, kind in enumerate(value.kind.kinds) if kind != Static(None)]
    if len(some) == len(value.kind.kinds):
        return value
    walk.require(has_tag(walk, value, some))
    if len(some) == 1:
        return alternative(value, some[0])
    kind = OneOf(tuple(value.kind.kinds[index] for index in some))
    tag = value.parts[0]
    none = next(index for index in range(len(value.kind.kinds)) if index not in some)
    after = walk.writer.pure(f"icmp ugt i32 {tag}, {none}")
    tag = walk.writer.pure(f"sub i32 {tag}, {walk.writer.pure(f'zext i1 {after} to i32')}")
    return Value(kind, (tag, *value.parts[1:]))


def each_kind(walk: Expressions, value: Value, then: Callable[[Value], Value], with_none: bool = False) -> Value:
    """Write code for each of a value's kinds, and return what it gives on the way that is taken.

    Args:
        walk: the walk.
        value: the value.
        then: writes code for the value as one of its kinds.
        with_none: whether None is one of them; otherwise it leaves.
    """
    if not with_none:
        value = present(walk, value)
    if not isinstance(value.kind, OneOf):
        return then(value)
    kinds = value.kind.kinds
    if len(kinds) > MAX_BLOCKS:
        raise Refused("a value of too many kinds")
    writer, frame = walk.writer, walk.frame
    mark, path, before = writer.mark(), frame.path, dict(walk.env)
    ways: list[Way] = []
    for index in range(len(kinds)):
        following = writer.new_label()
        if index + 1 < len(kinds):
            label = writer.new_label()
            writer.branch(has_tag(walk, value, [index]), label, following)
            inner = writer.mark()
            writer.start(label)
        else:
            inner = writer.mark()
        frame.env, frame.path = dict(before), (*path, index)
        try:
            result = then(alternative(value, index))
            walk.env[RESULT] = result
            ways.append(walk.way())
        except Unreached:
            walk.leave()
        finally:
            frame.path = path
        writer.forget(inner)
        if index + 1 < len(kinds):
            writer.start(following)
    walk.merge(mark, ways)
    return walk.variable(walk.env, RESULT)
