"""The frozen table of what each piece of syntax is rewritten into.

The transformer knows Python; what an operation turns into is the business of whoever
owns this table: derivatives, interval arithmetic, units, counting.  An entry's name is what
the printed source shows, its alias is what runs.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .alias import Alias
from .libraries import Libraries
from .questions import Questions
from .switch import Switch

__all__ = ["Alias", "Targets"]


@dataclass(frozen=True)
class Targets:
    """What arithmetic, comparisons and calls are rewritten into.

    Args:
        operators: alias for each `ast` operator class (`ast.Add`, `ast.Lt`, `ast.USub`, …), or just the name by which
            printed source shows an operator that stays what it is, because its operands' types decide what it does.
        in_place: the same for each operator of an augmented assignment to a name.
        callables: the replacement of a builtin or library callable where it is called, by identity.
        by_type: for callables of a type (`functools.partial`), a function that gives the one to call instead.
        libraries: the replacements of the callables of libraries that may be imported later; their functions and
            classes without one are converted whoever calls them, unless they are excluded.
        switch: up while traced bodies must run.
        always_traced: top-level modules whose importers may switch in mid-function; these are always traced.
        excluded: top-level modules whose functions are never converted because somebody calls them.
        included: modules and classes of those, by their whole names, that are converted all the same.
        attributes: alias for reading an attribute of that name, of any object.
        questions: the functions that replace questions about identity and about attributes.
        subscripts: whether the dispatcher's `resolve` is asked by subscript, and the owner of a method before the
            method is called, so that no bound method is made, and `-resolve` tells whether the switch is up; objects
            in C can do that quickly.
    """

    operators: Mapping[type[ast.AST], Alias | str]
    in_place: Mapping[type[ast.AST], Alias | str]
    callables: tuple[tuple[Callable[..., Any], Alias], ...]
    switch: Switch
    by_type: Mapping[type, Callable[[Any], Callable[..., Any]]] = field(default_factory=dict)
    libraries: Libraries = field(default_factory=lambda: Libraries({}))
    always_traced: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    attributes: Mapping[str, Alias] = field(default_factory=dict)
    questions: Questions | None = None
    subscripts: bool = False

    def runtime(self) -> dict[str, Any]:
        """Return the functions that rewritten code reaches by name."""
        aliases = [*self.operators.values(), *self.in_place.values(), *self.attributes.values()]
        aliases += [] if self.questions is None else self.questions.aliases()
        return {alias.name: alias.function for alias in aliases if isinstance(alias, Alias)}

    def digest(self) -> str:
        """Return a fingerprint of everything that shapes rewritten code (for the bytecode cache)."""
        rows = sorted(f"{node.__name__}={alias}" for node, alias in names(self.operators))
        rows += sorted(f"{node.__name__}+={alias}" for node, alias in names(self.in_place))
        rows += sorted(f".{name}={alias.name}" for name, alias in self.attributes.items())
        rows += [*sorted(self.always_traced), f"subscripts={self.subscripts}"]
        if self.questions is not None:
            rows += sorted(f"?{alias.name}" for alias in self.questions.aliases())
            rows += sorted(f".{name}?={alias.name}" for name, alias in self.questions.owners.items())
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def names(operators: Mapping[type[ast.AST], Alias | str]) -> Iterator[tuple[type[ast.AST], str]]:
    """Yield each operator with its name, in quotes if that is all there is."""
    for node, alias in operators.items():
        yield node, repr(alias) if isinstance(alias, str) else alias.name
