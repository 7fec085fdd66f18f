"""What people keep numbers in, opened and put together again: lists, tuples, dicts, dataclasses, whatever optree opens.

optree does it, which takes longer to import than most programs take to run; so a list or tuple of leaves alone, the
usual case, is opened here, and optree is loaded only when something else comes.
"""

from __future__ import annotations

import builtins
import dataclasses
import functools
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from minitorch.autodiff.packages import missing
from minitorch.autodiff.variable import Variable
from minitorch.scalars.plain_arrays import is_array, is_array_type

__all__ = [
    "FROZEN_DICTS",
    "MAPPINGS",
    "FlatSequence",
    "is_opened_by_fields",
    "load_optree",
    "map_leaves",
    "rebuild",
    "unfold",
]

NAMESPACE: Final = "minitorch"
"""Where dataclasses are registered with optree, out of the way of others that use it."""

FROZEN_DICTS: Final[tuple[Any, ...]] = tuple(filter(None, [getattr(builtins, "frozendict", None)]))
"""The class of dicts that never change, where this Python has it."""

MAPPINGS: Final[tuple[Any, ...]] = (dict, *FROZEN_DICTS)

_ALONE: Final = frozenset({float, int, bool, str, type(None)})
_dataclasses: set[type] = set()
_registering = threading.Lock()


class FlatSequence:
    """The specification of a list or tuple that holds leaves alone, which equals optree's of the same.

    Args:
        kind: which of the two it is.
        length: how many leaves it holds.

    >>> FlatSequence(tuple, 2).unflatten([1.0, 2.0])
    (1.0, 2.0)
    """

    __slots__ = ("kind", "length")

    def __init__(self, kind: type[list[Any]] | type[tuple[Any, ...]], length: int) -> None:
        self.kind = kind
        self.length = length

    def unflatten(self, leaves: Sequence[Any]) -> Any:
        """Return the sequence of these leaves."""
        return self.kind(leaves)

    def __eq__(self, other: object) -> bool:
        if type(other) is FlatSequence:
            return self.kind is other.kind and self.length == other.length
        return other is not None and bool(self.in_optree() == other)

    def __hash__(self) -> int:
        return hash((self.kind, self.length))

    def in_optree(self) -> Any:
        """Return optree's specification of the same: leaves of other types came to stand beside such a sequence."""
        import optree

        sequence: Any = self.kind([0.0] * self.length)
        return optree.tree_structure(sequence, none_is_leaf=True, namespace=NAMESPACE)


def is_leaf(kind: type) -> bool:
    """Return whether objects of a type are leaves, whatever optree is told to open."""
    return kind in _ALONE or issubclass(kind, Variable) or is_array_type(kind)


def unfold(tree: Any) -> tuple[list[Any], Any]:
    """Return the leaves of a structure, and its specification, optree's or of a flat sequence; None for a leaf alone.

    >>> unfold(3.0)
    ([3.0], None)
    """
    kind = type(tree)
    if is_leaf(kind):
        return [tree], None
    if (kind is list or kind is tuple) and all(map(is_leaf, set(map(type, tree)))):
        return [*tree], FlatSequence(kind, len(tree))
    try:
        import optree
    except ModuleNotFoundError:
        raise missing("optree", "A structure of numbers (a list, tuple, dict or dataclass)") from None

    while True:
        leaves, spec = optree.tree_flatten(tree, none_is_leaf=True, namespace=NAMESPACE)
        kinds = set(map(type, leaves)) - _dataclasses
        unknown = [kind for kind in kinds if dataclasses.is_dataclass(kind)]
        if not unknown:
            return leaves, None if len(leaves) == 1 and leaves[0] is tree else spec
        for kind in unknown:
            register(kind)


def is_opened_by_fields(value: Any) -> bool:
    """Return whether an object of a dataclass is opened field by field, and not as somebody else has told optree."""
    try:
        unfold(value)
    except (TypeError, ModuleNotFoundError):
        return False
    return type(value) in _dataclasses


def load_optree() -> None:
    """Import optree, if it is installed, so that a run that is watched is not seen to import it."""
    with suppress(ModuleNotFoundError):
        import optree  # noqa: F401


def rebuild(spec: Any, leaves: Sequence[Any]) -> Any:
    """Return the structure of a specification with these leaves."""
    return leaves[0] if spec is None else spec.unflatten(leaves)


def register(kind: type) -> None:
    """Teach optree to open a dataclass: each of its fields is a child."""
    import optree

    names = tuple(field.name for field in dataclasses.fields(kind))
    with _registering:
        if kind not in _dataclasses:
            optree.register_pytree_node(
                kind,
                functools.partial(open_dataclass, names),
                functools.partial(make_dataclass, kind, names),
                path_entry_type=optree.DataclassEntry,
                namespace=NAMESPACE,
            )
            _dataclasses.add(kind)


class Unfielded(dict[str, Any]):
    """What an object keeps outside its fields; no part of its structure, so all are equal."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unfielded)

    def __hash__(self) -> int:  # type: ignore[override]
        return 0


def open_dataclass(names: tuple[str, ...], value: Any) -> tuple[tuple[Any, ...], Unfielded, tuple[str, ...]]:
    """Return an object's fields, and what else it keeps: of that a number would lose its derivative."""
    others = Unfielded()
    for name, other in vars(value).items() if hasattr(value, "__dict__") else ():
        if name in names or isinstance(getattr(type(value), name, None), functools.cached_property):
            continue
        if type(other) is float or issubclass(type(other), Variable) or is_array(other):
            kind = type(value).__name__
            raise TypeError(
                f"must keep its numbers in dataclass fields, but this {kind} keeps {name!r} outside, where its "
                f"derivative would be lost: make {name!r} a field or a property of {kind}"
            )
        others[name] = other
    return tuple(getattr(value, name) for name in names), others, names


def make_dataclass(kind: type, names: tuple[str, ...], others: Unfielded, fields: Sequence[Any]) -> Any:
    """Make an object of a dataclass from its fields as they are: no `__init__` or `__post_init__` runs."""
    instance: Any = object.__new__(kind)
    for name, value in (*others.items(), *zip(names, fields, strict=True)):
        object.__setattr__(instance, name, value)
    return instance


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return a structure with a function applied to each leaf; the structure itself where that changes none.

    >>> map_leaves(lambda leaf: leaf * 2, [1, (2, {"a": 3})])
    [2, (4, {'a': 6})]
    """
    leaves, spec = unfold(tree)
    mapped = [function(leaf) for leaf in leaves]
    if all(old is new for old, new in zip(leaves, mapped, strict=True)):
        return tree
    return rebuild(spec, mapped)
