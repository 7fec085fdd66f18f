"""The manifest of a program: all that is needed to run its machine code without a walk over the function.

It is kept on disk under the code of the function, the forms of its arguments, what is computed, and the sources of this
package; to look for it takes no LLVM. What was read is read again as a recipe tells; only if all of that is the same is
there a program. It also tells what eager took, so that another process knows what machine code is worth.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from minitorch.compiler.guards.memory import MemoryGuards
from minitorch.compiler.guards.snapshots import FunctionFields
from minitorch.compiler.structural.basis.kinds import Kind
from minitorch.compiler.structural.basis.reads import Reads
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.entry.forms import Argument, Fixed, Form, Keyed, Known, Listed, Unread
from minitorch.compiler.structural.manifest.circumstances import machine_and_library, sources_digest
from minitorch.compiler.structural.manifest.encounters import Encounters, Unportable, is_of_its_source
from minitorch.compiler.structural.manifest.portable_kinds import kind_from, portable
from minitorch.compiler.structural.manifest.recipe import fill_slots, recipe_of, replayed, slots_of
from minitorch.compiler.structural.manifest.symbols import SYMBOL, is_defined
from minitorch.compiler.task import Mode
from minitorch.machine_code.llvm.disk_cache import DiskCache

__all__ = ["Manifest", "Parts"]


@dataclass
class Parts:
    """What a program is made of.

    Args:
        text: the module.
        body: a module with the body alone.
        kinds: of what the body leaves.
        reads: what was read.
        guards: what is compared of that.
        walks: how many walks it took.
        keeps: what has to live as long as the machine code.
    """

    text: str
    body: str
    kinds: Sequence[Kind]
    reads: Reads
    guards: MemoryGuards | None
    walks: int
    keeps: Any


class Manifest:
    """Where the parts of a program are on disk.

    Args:
        function: the function; of others than plain ones nothing is kept.
        arguments: what it is called with.
        mode: what is computed.
        groups: the positions of the arguments that are differentiated by.
        single: whether that is one derivative and no tuple.
        cache: where it is kept.

    Attributes:
        size: of what `is_found` has found, in bytes.
        typical: what a call took eagerly, in nanoseconds; 0 if that was not measured.
        first: what the first one took.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Argument],
        mode: Mode,
        groups: Sequence[int],
        single: bool,
        cache: DiskCache,
    ) -> None:
        self.cache = cache
        self.function = function
        self.arguments = arguments
        self.computed = mode.value, list(groups), single
        self.content: dict[str, Any] = {}
        self.size = self.typical = self.first = 0

    @functools.cached_property
    def key(self) -> str | None:
        """What it is kept under; `None` if it is not."""
        try:
            self.beginning()
            return f"manifest {sys.version} {sources_digest()} {json.dumps((self.computed, self.given))}"
        except Unportable:
            return None

    def beginning(self) -> Encounters:
        """Return what is met at first: the function and those among its arguments."""
        if type(self.function) is not FunctionType:
            raise Unportable
        met = Encounters()
        self.given = [met.description(self.function)]
        self.given += [f"{each.name} {each.active} {described_form(each.kind, met)}" for each in self.arguments]
        return met

    def store(self, parts: Parts, typical: int, first: int) -> None:
        """Keep the parts of a program, if another process can find all of them.

        Args:
            parts: they.
            typical: what a call takes eagerly, in nanoseconds; 0 if that is not known.
            first: what the first one took.
        """
        if self.cache.folder is None or self.key is None or sys.dont_write_bytecode or '@"python.' in parts.text:
            return
        functions = (holder for cls, holder in parts.reads.holders() if cls is FunctionFields)
        if not all(map(is_of_its_source, functions)):
            return
        try:
            met = self.beginning()
            content = {
                "machine": machine_and_library(),
                "typical": typical,
                "first": first,
                "recipe": recipe_of(parts.reads, met),
                "slots": slots_of(parts.reads.slots, met),
                "kinds": list(map(portable, parts.kinds)),
                "guards": sizes(parts.guards),
                "symbols": SYMBOL.findall(parts.text),
                "walks": parts.walks,
                "text": parts.text,
                "body": parts.body,
            }
        except Unportable:
            return
        self.cache.store(self.key, json.dumps(content).encode("utf-8", "surrogatepass"))

    def is_found(self) -> bool:
        """Return whether parts of a program are kept, whatever was read for them."""
        data = self.cache.load(self.key) if self.cache.exists and self.key is not None else None
        if data is None:
            return False
        self.content = json.loads(data.decode("utf-8", "surrogatepass"))
        self.size, self.typical, self.first = len(data), self.content["typical"], self.content["first"]
        return True

    def parts(self) -> Parts | None:
        """Return the parts that were found; `None` if the machine, or something that was read, is not as it was."""
        content = self.content
        met = self.beginning()
        reads = replayed(content["recipe"], met)
        if reads is None or content["machine"] != machine_and_library():
            return None
        if not all(map(is_defined, content["symbols"])):
            return None
        try:
            guards = reads.guards()
        except Refused:
            return None
        if sizes(guards) != content["guards"]:
            return None
        keeps = fill_slots(content["slots"], met, reads)
        kinds = list(map(kind_from, content["kinds"]))
        return Parts(content["text"], content["body"], kinds, reads, guards, content["walks"], keeps)


def sizes(guards: MemoryGuards | None) -> list[int]:
    """Return how much is compared: that is a part of machine code."""
    return [] if guards is None else [guards.first, guards.second, guards.count]


def described_form(form: Form, met: Encounters) -> str:
    """Return the form of an argument in words that another process has for it, too.

    Raises:
        Unportable: there are none.

    >>> described_form(Listed("float"), Encounters())
    'list of float'
    """
    if isinstance(form, str):
        return form
    if isinstance(form, Known):
        return f"known {met.description(form.value)}"
    if isinstance(form, Listed):
        item = "nothing" if form.item is None else described_form(form.item, met)
        return f"{'tuple' if form.is_tuple else 'list'} of {item}"
    if isinstance(form, Unread):
        return "unread"
    if isinstance(form, Keyed):
        return f"{form.keys!r} of {[described_form(item, met) for item in form.items]}"
    if isinstance(form, Fixed) and form.cls is tuple:
        return f"fixed {[described_form(item, met) for item in form.items]}"
    raise Unportable
