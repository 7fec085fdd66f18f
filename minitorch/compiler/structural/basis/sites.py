"""What is known of lists and objects that may be one and the same, and whether a walk has used that already.

A walk finds the kinds of a list's elements as these are put there. Only if it had used what was known before, as
where elements are read, what it has written is wrong then, and it is repeated (see `memory`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minitorch.compiler.structural.basis.kinds import Kind

__all__ = ["Site"]


class Site:
    """Lists, or objects of one class, that may be one and the same: what is known of their elements or attributes.

    Args:
        cls: the class.

    Attributes:
        element: the kind of a list's elements, `None` as long as there was none.
        fields: the kinds of an object's attributes, or of a dict's values.
        unset: those of the attributes that an object may be without once it is made.
        keys: those that a dict is made with.
        factory: makes the values of a dict's missing keys; `None` if they are errors.
        is_fixed: whether all such dicts always have these keys in this order.
        outside: whether some of these lists are the caller's, or constants: they must not be changed.
        is_changed: whether the code changes some of them.
        types: whether they are lists, or tuples of any length.
        is_asked: whether the walk that goes on has used what is known of the elements or types.
        is_change_asked: whether it has used whether some are changed.
        is_returned: whether dicts or objects have a word for the object that they are to Python.
    """

    def __init__(self, cls: type = list) -> None:
        self.cls = cls
        self.parent: Site | None = None
        self.known_element: Kind | None = None
        self.known_types: set[type] = set()
        self.is_asked = False
        self.fields: dict[Any, Kind] = {}
        self.unset: set[str] = set()
        self.keys: tuple[Any, ...] | None = None
        self.is_fixed = True
        self.factory: Any = None
        self.outside = self.is_changed = self.is_change_asked = self.is_returned = False

    @property
    def element(self) -> Kind | None:
        """The kind of a list's elements, which is used from now on."""
        self.is_asked = True
        return self.known_element

    @property
    def changed(self) -> bool:
        """Whether the code changes some of these lists, which is used from now on."""
        self.is_change_asked = True
        return self.is_changed

    @property
    def types(self) -> set[type]:
        """Whether they are lists or tuples, which is used from now on."""
        self.is_asked = True
        return self.known_types

    def root(self) -> Site:
        """Return the site that stands for all it was united with."""
        site = self
        while site.parent is not None:
            site = site.parent
        return site
