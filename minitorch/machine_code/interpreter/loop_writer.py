"""The frame of a loop over instructions, in LLVM's assembly language.

next:     %operation = …        switch i32 %operation, … [ i32 5, label %op5 … ]
op5:      …                     br label %one
one:      …                     br label %next
python:   ret i64 …             where Python has to do the instruction; miss, finish likewise
"""

from __future__ import annotations

from typing import Final

from minitorch.machine_code.interpreter.instructions import FINISH, IN_PYTHON, MAX_OPERANDS, width_of
from minitorch.machine_code.llvm.emitter import Emitter
from minitorch.machine_code.status import HIT, MISS, RAISE

__all__ = ["UNTOUCHED", "LoopWriter"]

UNTOUCHED: Final = -0.0
"""An adjoint before its first contribution: it changes nothing that it is added to."""


class LoopWriter:
    """Writes a loop: it reads an instruction, goes where its code leads and comes back for the next one.

    Args:
        emitter: writes the text.
        words: how many numbers an instruction is.
        labels: where each code leads.
    """

    def __init__(self, emitter: Emitter, words: int, labels: dict[int, str]) -> None:
        self.emitter = emitter
        self.words = words
        line, label = emitter.line, emitter.label
        label("entry")
        line(f"%given = alloca [{MAX_OPERANDS + 1} x double]")
        line(f"%made = alloca [{MAX_OPERANDS} x double]")
        line("br label %next")
        label("next")
        line("%i = phi i64 [ %start, %entry ], [ %after.one, %one ], [ %after.two, %two ]")
        line(f"%instruction = getelementptr [{words} x i32], ptr %code, i64 %i")
        line("%operation = load i32, ptr %instruction")
        targets = {IN_PYTHON: "python", FINISH: "finish", **labels}
        cases = " ".join(f"i32 {code}, label %{name}" for code, name in targets.items())
        line(f"switch i32 %operation, label %never [ {cases} ]")
        for name, width in (("one", 1), ("two", 2)):
            label(name)
            line(f"%after.{name} = add i64 %i, {width}")
            line("br label %next")
        for name, status in (("python", RAISE), ("miss", MISS), ("finish", HIT)):
            label(name)
            line(f"%at.{name} = shl i64 %i, 2")
            line(f"%ended.{name} = or i64 %at.{name}, {status}")
            line(f"ret i64 %ended.{name}")
        label("never")
        line("unreachable")

    def word(self, number: int) -> str:
        """One number of the instruction, as an index; behind its last one come those of the next."""
        place = self.emitter.pure(f"getelementptr i32, ptr %instruction, i64 {number}")
        return self.emitter.pure(f"zext i32 {self.emitter.pure(f'load i32, ptr {place}')} to i64")

    def operand(self, position: int) -> str:
        """Return the index of an operand."""
        instruction, word = divmod(position, 2)
        return self.word(instruction * self.words + 1 + word)

    def place(self, array: str, index: str) -> str:
        """Where an array has an element."""
        return self.emitter.pure(f"getelementptr double, ptr {array}, i64 {index}")

    def value(self, index: str) -> str:
        """Return a value."""
        return self.emitter.pure(f"load double, ptr {self.place('%values', index)}")

    def adjoint(self) -> str:
        """Take the adjoint of the result, leaving it as it is before any contribution."""
        place = self.place("%adjoints", self.word(3))
        adjoint = self.emitter.effect(f"load double, ptr {place}")
        self.emitter.line(f"store double {self.emitter.constant(UNTOUCHED)}, ptr {place}")
        return adjoint

    def add_contribution(self, position: int, contribution: str) -> None:
        """Add to the adjoint of an operand."""
        place = self.place("%adjoints", self.operand(position))
        known = self.emitter.effect(f"load double, ptr {place}")
        self.emitter.line(f"store double {self.emitter.effect(f'fadd double {known}, {contribution}')}, ptr {place}")

    def leave_if_failed(self) -> None:
        """Leave the instruction to Python where an operation has failed."""
        emitter = self.emitter
        if emitter.failure is not None:
            going_on = emitter.new_label()
            emitter.line(f"br i1 {emitter.failure}, label %python, label %{going_on}")
            emitter.label(going_on)
            emitter.failure = None

    def go_on(self, operands: int) -> None:
        """End an instruction."""
        self.emitter.line(f"br label %{'one' if width_of(operands) == 1 else 'two'}")
