"""What structures are made of besides the numbers in them: which objects, and in which order dicts have their keys.

A specification of optree is the same for dicts in any order and with equal keys, and for one list twice or two lists.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from minitorch.scalars.containers import FROZEN_DICTS, MAPPINGS

__all__ = ["has_shared_parts", "keys_in_order", "objects_in"]

PLAIN: Final = frozenset({float, int, bool, str, type(None)})


def keys_in_order(tree: Any) -> tuple[Any, ...]:
    """Return the keys of all dicts in a structure as they stand there, with their types.

    >>> keys_in_order({"b": 1.0, "a": 2.0}) == keys_in_order({"a": 2.0, "b": 1.0}), keys_in_order([1.0])
    (False, ())
    """
    keys: list[Any] = []
    pending = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, MAPPINGS):
            keys.append(tuple((type(key), repr(key), key) for key in part))
        pending += part if isinstance(part, tuple) else parts_of(part) or ()
    return tuple(keys)


def objects_in(tree: Any) -> dict[int, Any]:
    """Return the lists, dicts and objects of dataclasses that a structure is made of, by identity."""
    objects: dict[int, Any] = {}
    has_shared_parts(tree, objects)
    return objects


def has_shared_parts(tree: Any, known: dict[int, Any]) -> bool:
    """Return whether something that can be changed stands in a structure twice, or is known already.

    Args:
        tree: the structure.
        known: objects by identity; those of the structure are added.

    >>> row = [1.0]
    >>> has_shared_parts([row, [1.0]], {}), has_shared_parts([row, row], {}), has_shared_parts(row, {id(row): row})
    (False, True, True)
    """
    pending, shared = [tree], False
    while pending:
        part = pending.pop()
        if isinstance(part, tuple):
            pending += part
            continue
        if isinstance(part, FROZEN_DICTS):
            pending += part.values()
            continue
        parts = parts_of(part)
        if parts is not None:
            shared = shared or id(part) in known
            if id(part) not in known:
                known[id(part)] = part
                pending += parts
    return shared


def parts_of(part: Any) -> list[Any] | None:
    """Return what stands in a list, a dict or a dataclass, without plain values; `None` for anything else."""
    if isinstance(part, MAPPINGS):
        return [value for value in part.values() if type(value) not in PLAIN]
    if isinstance(part, list):
        return [value for value in part if type(value) not in PLAIN]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return [getattr(part, field.name, None) for field in dataclasses.fields(part)]
    return None
