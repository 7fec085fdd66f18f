"""What one walk over a function found out for the next: kinds of loops' variables, and of lists' elements."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from minitorch.compiler.structural.basis.kinds import Kind, Mixed, Site, join
from minitorch.compiler.structural.basis.refusals import Refused

__all__ = ["Memory"]


class Memory:
    """What is known from walk to walk.

    Attributes:
        headers: the kinds of variables at the top of loops, by loop.
        sites: what is known of lists, by the place that makes them.
        functions: those that are made inside, by the place that makes them and their constant defaults.
        layouts: constant containers as they stand in memory, and what keeps them there.
        out_of_line: the definitions of functions that are not written where they are called.
        instances: those functions for arguments of some kinds.
        comprehensions: those that are written as functions, since they go over generators.
        folds: whether Python runs what depends on constants alone while code is written (`constructs.folding`).
        folded: the containers that were made so, by identity, with the place that has made them.
        written: the places for which code is written all the same.
        tables: the results of all that was run, with what they depend on.
        has_sets: whether a set was run through, so that in another process the results may be others.
        texts: of lists and tuples, by identity, whether they hold more than numbers.
        is_rewritten: whether there is another one of these places now.
        has_learned: whether this walk has found something new.
        is_changed: whether it has found something new about what it had used before, so that its code is wrong.
        walks: how many walks have begun.

    Args:
        folds: as above.
        written: as above.
    """

    def __init__(self, folds: bool = False, written: frozenset[Hashable] = frozenset()) -> None:
        self.folds = folds
        self.folded: dict[int, tuple[Hashable, Any]] = {}
        self.written = set(written)
        self.is_rewritten = False
        self.tables: dict[Hashable, tuple[Any, Any]] = {}
        self.has_sets = False
        self.texts: dict[int, tuple[bool, Any]] = {}
        self.headers: dict[Hashable, dict[str, Kind]] = {}
        self.sites: dict[Hashable, Site] = {}
        self.functions: dict[Hashable, Any] = {}
        self.layouts: dict[tuple[int, str], tuple[Any, ...]] = {}
        self.out_of_line: set[Any] = set()
        self.instances: list[Any] = []
        self.comprehensions: set[Any] = set()
        self.has_learned = self.is_changed = False
        self.walks = 0

    @property
    def has_folded(self) -> bool:
        """Whether Python has run anything."""
        return bool(self.tables)

    def begin_walk(self) -> None:
        """Begin a walk, which has found nothing new so far."""
        self.walks += 1
        self.has_learned = self.is_changed = False
        for site in self.sites.values():
            site.is_asked = site.is_change_asked = False
        for instance in self.instances:
            instance.is_asked = False

    def note_news(self, is_used: bool) -> None:
        """Note that something new was found, and whether this walk had used what was known of it."""
        self.has_learned = True
        self.is_changed = self.is_changed or is_used

    def once(self, key: Hashable, keeps: Any, make: Callable[[], Any]) -> Any:
        """Return what is made for a key, once for all walks.

        Args:
            key: it; of some objects it has the identity.
            keeps: has these objects live as long.
            make: makes it.
        """
        if key not in self.tables:
            self.tables[key] = make(), keeps
        return self.tables[key][0]

    def site(self, key: Hashable, cls: type = list) -> Site:
        """Return what is known of the lists, or the objects of another class, that a place makes."""
        return self.sites.setdefault((key, cls), Site(cls)).root()

    def unite(self, one: Site, other: Site) -> None:
        """Have the lists of two sites count as the same from now on."""
        one, other = one.root(), other.root()
        if one is other:
            return
        self.note_news(one.cls is not list or one.is_asked or other.is_asked)
        other.parent = one
        one.is_asked = one.is_asked or other.is_asked
        if other.known_element is not None:
            self.widen(one, other.known_element)
        one.known_types |= other.known_types
        for name, kind in other.fields.items():
            self.widen_field(one, name, kind)
        one.unset |= other.unset
        one.is_returned = one.is_returned or other.is_returned
        if other.keys is not None:
            self.note_keys(one, other.keys)
        if one.factory is not other.factory:
            raise Refused("dicts with different values for missing keys")
        if not other.is_fixed:
            self.note_keys(one, None)
        one.outside = one.outside or other.outside
        one.is_change_asked = one.is_change_asked or other.is_change_asked
        if one.is_changed != other.is_changed:
            one.is_changed = True
            self.note_news(one.is_change_asked)
        self.check(one)

    def widen(self, site: Site, element: Kind) -> Kind:
        """Have the elements of lists be of a kind, too; return the kind that covers all."""
        site = site.root()
        known = site.known_element
        wider = element if known is None else join(known, element, self.unite)
        if known is None or wider != known:
            site.known_element = wider
            self.note_news(site.is_asked)
        return wider

    def note_type(self, site: Site, own_type: type) -> None:
        """Note whether lists are lists, or tuples of any length."""
        types = site.root().known_types
        if own_type not in types:
            types.add(own_type)
            self.note_news(site.root().is_asked)

    def widen_field(self, site: Site, name: Any, kind: Kind) -> Kind:
        """Have an attribute of objects, or the value of a key, be of a kind, too; return the kind that covers all."""
        site = site.root()
        wider = join(site.fields[name], kind, self.unite) if name in site.fields else kind
        site = site.root()
        if site.fields.get(name) != wider:
            site.fields[name] = wider
            self.is_changed = True
        return wider

    def unify_fields(self, site: Site) -> Kind:
        """Have the values of dicts be of one kind, and return it."""
        kinds = list(site.root().fields.values())
        wider = kinds[0]
        for kind in kinds[1:]:
            wider = join(wider, kind, self.unite)
        # One and the same kind: the order of several kinds tells how they stand in memory.
        fields = site.root().fields
        if any(kind != wider for kind in fields.values()):
            fields.update(dict.fromkeys(fields, wider))
            self.is_changed = True
        return wider

    def note_keys(self, site: Site, keys: tuple[Any, ...] | None) -> None:
        """Note the keys that a dict is made with; `None` where it gets another one."""
        site = site.root()
        if site.keys is None and keys is not None:
            site.keys = keys
        elif site.is_fixed and keys != site.keys:
            site.is_fixed = False
            self.is_changed = True

    def note_return(self, site: Site) -> None:
        """Note that it matters which objects to Python dicts or objects are."""
        if not site.root().is_returned:
            site.root().is_returned = self.is_changed = True

    def note_unset(self, site: Site, names: set[str]) -> None:
        """Note that objects may be without some attributes."""
        if not names <= site.root().unset:
            site.root().unset |= names
            self.is_changed = True

    def note_change(self, site: Site) -> None:
        """Note that the code changes lists."""
        site = site.root()
        if not site.is_changed:
            site.is_changed = True
            self.note_news(site.is_change_asked)
        self.check(site)

    def check(self, site: Site) -> None:
        """Refuse to change a list that is not the call's own."""
        if site.outside and site.is_changed:
            raise Refused("it changes a list that is not its own")

    def widen_header(self, key: Hashable, name: str, kind: Kind) -> bool:
        """Have a variable of a loop be of a kind at its top, too; return whether that was not known."""
        known = self.headers.setdefault(key, {})
        wider = self.covering(known[name], kind) if name in known else kind
        if name in known and wider == known[name]:
            return False
        known[name] = wider
        self.has_learned = True
        return True

    def covering(self, one: Kind, other: Kind) -> Kind:
        """Return the kind that covers two; of a variable that has no such kind nobody may read it."""
        try:
            return join(one, other, self.unite)
        except Refused as refused:
            return Mixed(refused.reason)
