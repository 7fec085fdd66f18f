"""Random functions of floats with loops, branches, lists and calls, as text; each ends, whatever it is called with."""

from __future__ import annotations

import linecache
import random
import sys
import types
import unittest.mock
from typing import Any

__all__ = ["loaded", "program"]

UNARY = ("math.sin", "math.cos", "math.exp", "math.tanh", "math.atan", "abs", "math.sqrt", "math.log", "-", "float")


class Writer:
    """Writes one function.

    Args:
        source: of the choices.
        helpers: functions that it may call, by name how many floats they take.
    """

    def __init__(self, source: random.Random, helpers: dict[str, int]) -> None:
        self.source = source
        self.helpers = helpers
        self.unary: tuple[str, ...] = UNARY
        self.floats = ["a", "b"]
        self.ints = ["n"]
        self.lists: list[str] = []
        self.lines: list[str] = []
        self.loops = self.count = 0

    def chance(self, probability: float) -> bool:
        """Return whether something happens that is so likely."""
        return self.source.random() < probability

    def new(self, prefix: str) -> str:
        """Return a new name."""
        self.count += 1
        return f"{prefix}{self.count}"

    def integer(self, depth: int = 2) -> str:
        """Return an expression of ints."""
        if depth == 0 or self.chance(0.5):
            return self.source.choice([*self.ints, str(self.source.randint(0, 4))])
        if self.lists and self.chance(0.2):
            return f"len({self.source.choice(self.lists)})"
        left, right = self.integer(depth - 1), self.integer(depth - 1)
        return self.source.choice(
            [f"({left} + {right})", f"({left} - {right})", f"({left} * {right})", f"({left} % ({right} * {right} + 1))",
             f"({left} // ({right} * {right} + 2))", f"max({left}, {right})", f"abs({left})"]
        )  # fmt: skip

    def number(self, depth: int = 3) -> str:
        """Return an expression of floats."""
        choice = self.source.random()
        if depth == 0 or choice < 0.2:
            return self.source.choice([*self.floats, *self.floats, repr(round(self.source.uniform(-3, 3), 2)), "2.0"])
        if choice < 0.55:
            operator = self.source.choice("+-**/+-")
            other = self.number(depth - 1) if self.chance(0.85) else self.integer(1)
            return f"({self.number(depth - 1)} {operator} {other})"
        if choice < 0.68:
            return f"{self.source.choice(self.unary)}({self.number(depth - 1)})"
        if choice < 0.72:
            return f"{self.number(depth - 1)} ** {self.source.choice(['2', '3', '2.0', '-1', '0.5', '0'])}"
        if choice < 0.78:
            name = self.source.choice(["max", "min"])
            return f"{name}({self.number(depth - 1)}, {self.number(depth - 1)})"
        if choice < 0.84:
            return f"({self.number(depth - 1)} if {self.condition(1)} else {self.number(depth - 1)})"
        if choice < 0.90 and self.helpers:
            name = self.source.choice(list(self.helpers))
            return f"{name}({', '.join(self.number(depth - 1) for _ in range(self.helpers[name]))})"
        if self.lists:
            chosen = self.source.choice(self.lists)
            if self.chance(0.5):
                return f"{chosen}[{self.integer(1)} % len({chosen})]"
            name = self.source.choice(["sum", "max", "min"])
            if self.chance(0.5):
                return f"{name}({chosen})"
            item = self.new("t")
            self.floats.append(item)
            text = f"{name}([{self.number(1)} for {item} in {chosen}])"
            self.floats.remove(item)
            return f"({text} * 1.0)"
        return self.source.choice(self.floats)

    def condition(self, depth: int = 2) -> str:
        """Return a question."""
        if depth and self.chance(0.3):
            return f"({self.condition(depth - 1)} {self.source.choice(['and', 'or'])} {self.condition(depth - 1)})"
        if self.chance(0.1):
            return f"not {self.condition(0)}"
        if self.chance(0.3):
            return f"{self.integer(1)} {self.source.choice(['<', '>', '==', '!=', '<='])} {self.integer(1)}"
        if self.chance(0.1):
            return f"{self.number(1)} < {self.number(1)} <= {self.number(1)}"
        return f"{self.number(1)} {self.source.choice(['<', '>', '<=', '>='])} {self.number(1)}"

    def block(self, indent: int, depth: int) -> None:
        """Write some statements."""
        known = list(self.floats), list(self.ints), list(self.lists)
        for _ in range(self.source.randint(1, 3)):
            self.statement(indent, depth)
        if indent > 1 and self.chance(0.7):
            self.floats, self.ints, self.lists = known

    def line(self, indent: int, text: str) -> None:
        """Write a line."""
        self.lines.append("    " * indent + text)

    def statement(self, indent: int, depth: int) -> None:
        """Write a statement."""
        choice = self.source.random()
        if choice < 0.3 or depth == 0:
            name = self.source.choice(self.floats) if self.chance(0.6) else self.new("v")
            if name in self.floats and self.chance(0.5):
                self.line(indent, f"{name} {self.source.choice(['+=', '-=', '*='])} {self.number(2)}")
            else:
                self.line(indent, f"{name} = {self.number()}")
                self.floats.append(name)
        elif choice < 0.38:
            name = self.new("i")
            self.line(indent, f"{name} = {self.integer()}")
            self.ints.append(name)
        elif choice < 0.5:
            self.listing(indent)
        elif choice < 0.68:
            self.line(indent, f"if {self.condition()}:")
            self.block(indent + 1, depth - 1)
            if self.chance(0.6):
                self.line(indent, "else:")
                self.block(indent + 1, depth - 1)
        elif choice < 0.9:
            self.loop(indent, depth)
        elif choice < 0.92:
            self.attempt(indent, depth)
        elif choice < 0.95:
            x, y = self.new("v"), self.new("v")
            self.line(indent, f"{x}, {y} = {self.number(2)}, {self.number(2)}")
            self.floats += [x, y]
        elif self.loops:
            self.line(indent, f"if {self.condition(1)}:")
            self.line(indent + 1, self.source.choice(["break", "continue", f"return {self.number(1)} * a"]))
        else:
            self.line(indent, "pass")

    def attempt(self, indent: int, depth: int) -> None:
        """Write a `try`, or a function made inside and its call."""
        known = list(self.floats), list(self.ints), list(self.lists)
        name = self.new("v")
        if self.chance(0.3):
            own = self.new("g")
            parameter = self.new("t")
            self.line(indent, f"def {own}({parameter}, k=2.0):")
            self.floats.append(parameter)
            self.line(indent + 1, f"if {self.condition(1)}:")
            self.line(indent + 2, f"return {self.number(1)}")
            self.line(indent + 1, f"return {parameter} * k + {self.number(1)}")
            self.floats.remove(parameter)
            self.line(indent, f"{name} = {own}({self.number(1)}) + {own}({self.number(1)}, k={self.number(0)})")
            self.floats.append(name)
            return
        self.line(indent, f"{name} = {self.number(1)}")
        self.line(indent, "try:")
        self.floats.append(name)
        self.line(indent + 1, f"{name} = {self.number(2)} / {self.number(2)}")
        if self.chance(0.4):
            self.line(indent + 1, f"if {self.condition(1)}:")
            self.line(indent + 2, f"raise {self.source.choice(['ValueError', 'KeyError', 'OverflowError'])}")
        self.block(indent + 1, max(depth - 1, 0))
        self.floats, self.ints, self.lists = list(known[0]), list(known[1]), list(known[2])
        self.floats.append(name)
        caught = self.source.choice(["ArithmeticError", "(ValueError, ZeroDivisionError)", "Exception", "LookupError"])
        self.line(indent, f"except {caught}:")
        self.line(indent + 1, f"{name} = {self.number(1)} + a * {self.source.choice(['2', 'int(a)', 'n'])}")
        if self.chance(0.3):
            self.line(indent, "finally:")
            self.line(indent + 1, f"{name} += {self.number(1)}")
        self.floats, self.ints, self.lists = [*known[0], name], known[1], known[2]

    def listing(self, indent: int) -> None:
        """Write a new list, or a change of one."""
        if self.lists and self.chance(0.6):
            name = self.source.choice(self.lists)
            if self.chance(0.4):
                self.line(indent, f"{name}.append({self.number(2)})")
            else:
                operator = self.source.choice(["=", "+=", "*="])
                self.line(indent, f"{name}[{self.integer(1)} % len({name})] {operator} {self.number(2)}")
            return
        name, item = self.new("l"), self.new("k")
        text = self.source.choice(
            [f"[{self.number(1)}, {self.number(1)}, {self.number(1)}]",
             f"[{self.number(0)}] * {self.source.randint(1, 4)}",
             f"[{self.number(1)} * {item} for {item} in range(1, {self.source.randint(2, 5)})]", "[0.0] * 3"]
        )  # fmt: skip
        self.line(indent, f"{name} = {text}")
        self.lists.append(name)

    def loop(self, indent: int, depth: int) -> None:
        """Write a loop that ends."""
        known = list(self.floats), list(self.ints), list(self.lists)
        self.loops += 1
        if self.chance(0.4):
            turns = self.new("w")
            self.line(indent, f"{turns} = 0")
            self.line(indent, f"while {turns} < {self.source.randint(1, 5)} and {self.condition(1)}:")
            self.line(indent + 1, f"{turns} += 1")
            self.ints.append(turns)
        elif self.lists and self.chance(0.5):
            chosen, item, number = self.source.choice(self.lists), self.new("t"), self.new("i")
            over = self.source.choice(
                [f"{item} in {chosen}[:9]", f"{number}, {item} in enumerate({chosen}[:9])", f"{item} in list({chosen})",
                 f"{item}, {number}f in zip({chosen}[:9], {self.source.choice(self.lists)})"]
            )  # fmt: skip
            self.line(indent, f"for {over}:")
            self.floats.append(item)
            if over.startswith(f"{number},"):
                self.ints.append(number)
        else:
            name = self.new("i")
            bounds = self.source.choice(["4", "1, 4", "5, 0, -2", f"{self.integer(1)} % 5"])
            self.line(indent, f"for {name} in range({bounds}):")
            self.ints.append(name)
        self.block(indent + 1, depth - 1)
        self.loops -= 1
        self.floats, self.ints, self.lists = known
        if self.chance(0.15):
            self.line(indent, "else:")
            self.block(indent + 1, 0)


def program(seed: int) -> str:
    """Return a module with a function `f` of two floats and an int."""
    source = random.Random(seed)
    helpers: dict[str, int] = {}
    texts = ["import math\n"]
    for index in range(source.randint(0, 2)):
        writer = Writer(source, dict(helpers))
        writer.block(1, 1)
        body = "\n".join(writer.lines)
        texts.append(f"\ndef h{index}(a, b, n=3):\n{body}\n    return {writer.number(2)} + a\n")
        helpers[f"h{index}"] = 2
    writer = Writer(source, helpers)
    for _ in range(source.randint(2, 5)):
        writer.statement(1, 3)
    body = "\n".join(writer.lines)
    names = sorted({*writer.floats})
    texts.append(
        f"\ndef f(a, b, n):\n{body}\n    return {writer.number(2)} + {' + '.join(source.sample(names, 2))} * a\n"
    )
    return "".join(texts)


def loaded(text: str, name: str) -> Any:
    """Return the function `f` of a module whose source is found."""
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": name}
    # Dataclasses look for their module.
    with unittest.mock.patch.dict(sys.modules, {name: types.ModuleType(name)}):
        exec(compile(text, filename, "exec"), names)
    return names["f"]
