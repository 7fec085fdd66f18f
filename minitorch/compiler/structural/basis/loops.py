"""Loops: what a variable is at the top of one is known when the body was written, so the body may be written again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from minitorch.compiler.structural.basis.frames import COUNT, Env, Header, Way, carried
from minitorch.compiler.structural.basis.kinds import Kind, Static, Value, fields_of
from minitorch.compiler.structural.basis.refusals import Refused, Unreached
from minitorch.compiler.structural.basis.walk import Walk

__all__ = ["Loops"]

MAX_REPEATS: Final = 8
"""So often the body of a loop is written again at once; after that the whole function is."""


class Loops(Walk):
    """The part of a walk that writes loops."""

    def loop(
        self,
        key: Hashable,
        assigned: Sequence[str],
        more: Callable[[str], str],
        body: Callable[[str], None],
        orelse: Callable[[], None] = lambda: None,
    ) -> None:
        """Write a loop.

        Args:
            key: tells it from others.
            assigned: the variables that it changes.
            more: writes whether it goes on, given the number of the turn.
            body: writes the body, given the number of the turn.
            orelse: writes what follows where it has ended by itself.
        """
        writer = self.writer
        before = writer.mark()
        cells = [cell for frame in self.frames for cell in frame.cells.values()]
        names = (self.frame.cells.get(name, name) for name in assigned)
        changed = list(dict.fromkeys([COUNT, *names, *cells, *carried(self.env)]))
        go_back = self.checkpoint()
        for _ in range(MAX_REPEATS):
            outside, at_end, breaks, is_settled = self.turns(key, changed, more, body)
            if is_settled or go_back is None or self.memory.is_changed:
                break
            go_back()
        self.memory.is_changed = self.memory.is_changed or not is_settled
        writer.start(outside)
        self.frame.env = at_end
        orelse()
        if self.frame.env is not None:
            breaks.append(self.way())
        self.merge(before, breaks)

    def checkpoint(self) -> Callable[[], None] | None:
        """Return what has the walk forget what it writes from here on, but not what it learns; `None` if it can't."""
        # A generator's loop has the code of its consumer inside, whose variables and ways out are another function's.
        if any(frame.consumer is not None for frame in self.frames):
            return None
        frame, env, returns = self.frame, dict(self.env), len(self.frame.returns)
        back, noted, unbound = self.writer.checkpoint(), len(self.noted), set(self.unbound)
        size, place_key = self.size, self.place_key

        def go_back() -> None:
            back()
            frame.env = dict(env)
            del frame.returns[returns:]
            for place, _ in reversed(self.noted[noted:]):
                self.notes[place].pop()
                if not self.notes[place]:
                    del self.notes[place]
            del self.noted[noted:]
            self.unbound, self.size, self.place_key = set(unbound), size, place_key

        return go_back

    def turns(
        self, key: Hashable, names: Sequence[str], more: Callable[[str], str], body: Callable[[str], None]
    ) -> tuple[str, Env, list[Way], bool]:
        """Write the turns of a loop.

        Args:
            key: tells it from others.
            names: the variables that it may change.
            more: writes whether it goes on, given the number of the turn.
            body: writes the body, given the number of the turn.

        Returns:
            The label of the block behind it, the variables there, the ways that leave it before its end, and whether
            the kinds of its variables were known.
        """
        writer = self.writer
        header = self.header(key, names)
        try:
            goes_on = more(header.turn)
        except Unreached:
            header.fill(writer)
            raise
        inside, outside = writer.new_label(), writer.new_label()
        writer.branch(goes_on, inside, outside)
        at_end = dict(self.env)
        inner = writer.mark()
        writer.start(inside)
        again: list[Way] = []
        breaks: list[Way] = []
        self.frame.loops.append((again, breaks))
        try:
            body(header.turn)
        except Unreached:
            self.leave()
        finally:
            self.frame.loops.pop()
        if self.frame.env is not None:
            again.append(self.way())
        self.merge(inner, again)
        is_settled = self.frame.env is None or self.turn_round(key, header)
        header.fill(writer)
        writer.forget(inner)
        return outside, at_end, breaks, is_settled

    def header(self, key: Hashable, names: Sequence[str]) -> Header:
        """Begin a loop: at its top each variable that it changes is another one in each turn."""
        writer, env = self.writer, self.env
        for name in names:
            if name in env:
                self.memory.widen_header(key, name, env[name].kind)
        kinds = {name: kind for name, kind in self.memory.headers.get(key, {}).items() if name in names}
        flags = {name: name not in env or env[name].bound is not None for name in kinds}
        entry = {name: self.parts_for(env.get(name), kind, flags[name]) for name, kind in kinds.items()}
        label = writer.new_label()
        writer.jump(label)
        block = writer.block
        writer.start(label)
        turn = writer.phi("i64")
        header = Header(label, writer.lines[turn][0], names, kinds, flags)
        header.phis.append((turn, [("0", block)]))
        for name, kind in kinds.items():
            parts = []
            for field_kind, part in zip([*fields_of(kind), *["i1"] * flags[name]], entry[name], strict=True):
                place = writer.phi(field_kind)
                header.phis.append((place, [(part, block)]))
                parts.append(writer.lines[place][0])
            bound = parts.pop() if flags[name] else None
            constant = {"constant": kind.object} if isinstance(kind, Static) else {}
            env[name] = Value(kind, tuple(parts), bound=bound, **constant)
        return header

    def turn_round(self, key: Hashable, header: Header) -> bool:
        """Go back to the top of a loop; return whether the kinds of its variables were known."""
        writer, env = self.writer, self.env
        is_new = [self.memory.widen_header(key, name, env[name].kind) for name in header.names if name in env]
        is_settled = not any(is_new)
        writer.ask_for_signals()
        parts = [writer.effect(f"add i64 {header.turn}, 1")]
        for name, kind in header.kinds.items():
            parts += self.following_parts(env.get(name), kind, header.flags[name], is_settled)
        writer.jump(header.label)
        for (_, ways), part in zip(header.phis, parts, strict=True):
            ways.append((part, writer.block))
        return is_settled

    def following_parts(self, value: Value | None, kind: Kind, flagged: bool, is_settled: bool) -> list[str]:
        """Return the parts of a variable for the next turn of a loop; any where it is of a kind not known so far."""
        try:
            parts = self.parts_for(value, kind, True)
        except Refused:
            if is_settled and not self.memory.is_changed:
                raise
            parts = self.parts_for(None, kind, True)
        bound = parts.pop()
        if not flagged and bound != "true":
            raise Refused("a variable that may lose its value")
        return [*parts, *([bound] if flagged else [])]
