"""Writes blocks: what `Emitter` writes, with loops and joins, and ways out where an operation has failed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from minitorch.compiler.structural.passes.call_memory import TURNS
from minitorch.machine_code.llvm.emitter import NAME, Declarations, Emitter

__all__ = ["BlockWriter"]

LABEL: Final = re.compile(r"label %([\w.]+)")


BLOCK: Final = re.compile(r"%(block\d+)")

TURNS_BETWEEN_SIGNALS: Final = 1 << 20
"""After so many turns of loops Python is asked whether there was a signal."""


class BlockWriter(Emitter):
    """The instructions of one function with loops.

    Args:
        declarations: what the module calls so far.
    """

    def __init__(self, declarations: Declarations) -> None:
        super().__init__(declarations)
        self.reservation: int | None = None
        self.reserved = 0
        self.edges = self.first = self.last = ""

    def text(self) -> str:
        """Return the instructions that somebody needs, whatever their order."""
        by_name = {name: text for name, text in self.lines if name}
        needed: set[str] = set()
        pending = [used for name, text in self.lines if not name for used in NAME.findall(text)]
        while pending:
            name = pending.pop()
            if name not in needed:
                needed.add(name)
                pending += NAME.findall(by_name.get(name, ""))
        entry, *lines = self.lines
        # In a loop each turn would take more of the stack.
        once = [(name, text) for name, text in lines if text.startswith("alloca ")]
        kept = []
        for name, text in (entry, *once, *(line for line in lines if not line[1].startswith("alloca "))):
            if not name:
                kept.append(text if text.endswith(":") else f"  {text}")
            elif name in needed:
                kept.append(f"  {name} = {text}")
        return "\n".join(joined_blocks(kept))

    def leave_where_abandoned(self, leaving: str) -> None:
        """Write the blocks that are jumped to but were never begun, since an expression around them was abandoned.

        Args:
            leaving: the label of the block that leaves.
        """
        begun = {text[:-1] for name, text in self.lines if not name and text.endswith(":")}
        wanted = {label for name, text in self.lines if not name for label in LABEL.findall(text)}
        for label in sorted(wanted - begun):
            self.label(label)
            self.line(f"br label %{leaving}")

    def checkpoint(self) -> Callable[[], None]:
        """Return what has all forgotten that is written from here on."""
        state = dict(vars(self))
        lines, mark = len(self.lines), self.mark()
        reserving = None if self.reservation is None else (self.reservation, self.lines[self.reservation])

        def go_back() -> None:
            del self.lines[lines:]
            self.forget(mark)
            for name in ("failure", "block", "reservation", "reserved", "edges", "first", "last"):
                setattr(self, name, state[name])
            if reserving is not None:
                self.lines[reserving[0]] = reserving[1]

        return go_back

    # -- blocks --------------------------------------------------------------------------------------------------------

    def start(self, label: str) -> None:
        """Start a block that more than one way may lead to."""
        self.label(label)
        self.reservation = None

    def jump(self, label: str) -> None:
        """End the block."""
        self.check()
        self.line(f"br label %{label}")

    def branch(self, condition: str, yes: str, no: str) -> None:
        """End the block with a decision."""
        self.check()
        self.line(f"br i1 {condition}, label %{yes}, label %{no}")

    def require(self, condition: str) -> None:
        """Leave here unless a condition is true, and nothing has failed so far."""
        self.check()
        following = self.new_label()
        self.line(f"br i1 {condition}, label %{following}, label %leave")
        self.label(following)

    def check(self) -> None:
        """Leave here if something has failed so far."""
        if self.failure is not None:
            failure, self.failure = self.failure, None
            following = self.new_label()
            self.line(f"br i1 {failure}, label %leave, label %{following}")
            self.label(following)

    def ask_for_signals(self) -> None:
        """Let somebody who presses Ctrl-C end the call: ask after many turns of all loops together."""
        place = self.at("%context", str(8 * TURNS))
        turns = self.effect(f"add i64 {self.load('i64', place)}, 1")
        self.store("i64", turns, place)
        due = self.effect(f"icmp eq i64 {self.effect(f'and i64 {turns}, {TURNS_BETWEEN_SIGNALS - 1}')}, 0")
        self.check()
        ask, go_on = self.new_label(), self.new_label()
        self.line(f"br i1 {due}, label %{ask}, label %{go_on}, !prof !0")
        self.label(ask)
        is_raised = self.effect("call i1 @is_interrupted()")
        self.line(f"br i1 {is_raised}, label %leave, label %{go_on}")
        self.label(go_on)

    def phi(self, kind: str) -> int:
        """Write a phi that is filled in later; return where it stands."""
        self.effect(f"phi {kind} ")
        return len(self.lines) - 1

    def fill(self, place: int, ways: list[tuple[str, str]]) -> None:
        """Fill in a phi: its value from each block."""
        name, text = self.lines[place]
        self.lines[place] = (name, text + ", ".join(f"[ {value}, %{block} ]" for value, block in ways))

    # -- memory --------------------------------------------------------------------------------------------------------

    def at(self, base: str, offset: str, kind: str = "i8") -> str:
        """Return a place in memory."""
        if offset == "0":
            return base
        return self.pure(f"getelementptr {kind}, ptr {base}, i64 {offset}")

    def load(self, kind: str, place: str) -> str:
        """Read from memory that may change."""
        return self.effect(f"load {kind}, ptr {place}")

    def call_with_effects(self, text: str) -> str:
        """Write a call that is kept even where nobody needs what it gives."""
        self.count += 1
        name = f"%v{self.count}"
        self.line(f"{name} = {text}")
        return name

    def store(self, kind: str, value: str, place: str) -> None:
        """Write to memory."""
        self.line(f"store {kind} {value}, ptr {place}")

    def intrinsic_of_ints(self, name: str, *operands: str) -> str:
        """Call one of LLVM's own functions of ints."""
        full = f"@llvm.{name}.i64"
        self.declare(full, "i64", *["i64"] * len(operands))
        return self.pure(f"call i64 {full}({', '.join(f'i64 {operand}' for operand in operands)})")


def joined_blocks(lines: list[str]) -> list[str]:
    """Return a function with blocks as one that only follow each other: LLVM takes its time for each.

    >>> joined_blocks(["entry:", "  br label %block1", "block1:", "  br label %block2", "block2:", "  ret void"])
    ['entry:', '  ret void']
    """
    ways = Counter(label for line in lines for label in LABEL.findall(line))
    names: dict[str, str] = {}
    kept: list[str] = []
    block = ""
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        if line.endswith(":"):
            label = line[:-1]
            is_only = ways[label] == 1 and kept and kept[-1] == f"  br label %{label}"
            if is_only and " = phi " not in following:
                kept.pop()
                names[label] = block
                continue
            block = label
        kept.append(line)
    # Only phis tell from where: of jumps there are none to such blocks any more.
    return [
        BLOCK.sub(lambda found: f"%{names.get(found[1], found[1])}", line) if " = phi " in line else line
        for line in kept
    ]
