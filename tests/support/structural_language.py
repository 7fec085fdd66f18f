"""Random functions with objects, errors, dicts, closures, recursion and generators, as text; each of them ends."""

from __future__ import annotations

import random
from typing import Final

from structural_programs import Writer

__all__ = ["MODULE", "language_program"]

MODULE: Final = """import math
from dataclasses import dataclass

RATES = {"low": 0.25, "high": 1.75}
GRID = [0.5, 1.0, 2.5]
NESTED = [[1.0, 2.0], [0.5, -1.5]]


class Unfit(ValueError):
    pass


class Point:
    scale = 0.5

    def __init__(self, x, y=1.0):
        self.x = x
        self.y = y
        self.steps = 0

    def size(self):
        return self.x * self.x + abs(self.y)

    def move(self, d):
        self.x += d * self.scale
        self.y = self.y - self.x * 0.25
        self.steps += 1
        return self

    def __add__(self, other):
        return Point(self.x + other.x, self.y * other.y)

    def __call__(self, z):
        return self.x * z - self.y

    def __len__(self):
        return self.steps

    @property
    def mean(self):
        return (self.x + self.y) / 2


@dataclass
class Pair:
    first: float
    second: float = 1.5

    def swapped(self):
        return Pair(self.second, self.first)


def fall(x, n):
    if n <= 0:
        return x
    return fall(x * 0.5 + 1.0, n - 1) * 1.25 - x


def tree(x, n):
    if n < 2:
        return x * x
    return tree(x + 0.5, n - 1) + tree(x - 0.25, n - 2)


def checked(x, low=-9.0, *, high=9.0):
    if x < low:
        raise Unfit("too low")
    if x > high:
        raise Unfit("too high", 3)
    return math.sqrt(x - low)


def total_of(*xs):
    total = 0
    for x in xs:
        total += x
    return total
"""

CALLS: Final = (
    "fall(#, ~ % 6)", "tree(#, ~ % 5)", "checked(#)", "checked(#, high=4.0)", "total_of(#, #)", "RATES['low']",
    "(lambda z: z * # + 1.0)(#)", "Pair(#).second", "int(#)", "round(#)",
    "(# // #)", "(# % #)", "math.floor(#)", "float(~)", "math.hypot(#, #)", "(~ / 3)",
    "sum([#, #], #)", "math.copysign(#, #)", "pow(#, 2)", "pow(#, -1)", "abs(~) ** 0.5",
    "xs[~ % len(xs)]", "(# or #)", "(# and #)", "math.ceil(#)", "(# if # else #)", "divmod(#, #)[1]",
)  # fmt: skip
KEYS: Final = ("'p'", "'q'", "'s'")


class LanguageWriter(Writer):
    """Writes one function that uses more of the language than floats, lists and calls."""

    def __init__(self, source: random.Random) -> None:
        super().__init__(source, {})
        self.unary = ("math.sin", "math.cos", "math.tanh", "math.atan", "abs", "-", "float")
        self.objects: list[str] = []
        self.pairs: list[str] = []
        self.dicts: list[str] = []
        self.functions: list[str] = []
        self.nested: list[str] = ["NESTED"]
        self.lists = ["xs", "GRID"]

    def any(self, *texts: str) -> str:
        """Return one of some texts."""
        return self.source.choice(texts)

    def number(self, depth: int = 3) -> str:
        """Return an expression of floats, in part of what the module defines."""
        if depth == 0 or self.chance(0.6):
            return super().number(depth)
        ways = [*CALLS]
        for name in self.objects:
            ways += [f"{name}.{each}" for each in ("x", "y", "size()", "mean", "steps", "scale", "move(#).x")]
            ways += [f"{name}(#)", f"len({name})", f"getattr({name}, 'y')"]
        ways += [f"{name}.first" for name in self.pairs] + [f"{name}.swapped().first" for name in self.pairs]
        for name in self.dicts:
            ways += [f"{name}['p']", f"{name}.get('q', #)", f"sum({name}.values())", f"{name}['r']"]
        ways += [f"{name}(#)" for name in self.functions] + [f"{name}[~ % 2][~ % 2]" for name in self.nested]
        return self.filled(self.source.choice(ways), depth - 1)

    def filled(self, text: str, depth: int) -> str:
        """Return a text with a float for each #, an int for each ~ and a question for each ?."""
        texts = {
            "#": lambda: self.number(depth),
            "~": lambda: self.integer(min(depth, 1)),
            "?": lambda: self.condition(0),
        }
        return "".join(texts[each]() if each in texts else each for each in text)

    def statement(self, indent: int, depth: int) -> None:
        """Write a statement."""
        ways = [self.trying, self.making, self.changing, self.closing, self.listing_more, self.generating,
                self.matching, self.raising, self.unpacking]  # fmt: skip
        if depth == 0 or self.chance(0.45):
            super().statement(indent, depth)
        else:
            self.source.choice(ways)(indent, depth)

    def block(self, indent: int, depth: int) -> None:
        """Write some statements; what they define is mostly not used behind them."""
        known = [list(each) for each in self.defined()]
        super().block(indent, depth)
        if indent > 1 and self.chance(0.97):
            for each, before in zip(self.defined(), known, strict=True):
                each[:] = before

    def defined(self) -> list[list[str]]:
        """Return the names of all sorts."""
        return [self.objects, self.pairs, self.dicts, self.functions, self.nested]

    def raising(self, indent: int, depth: int) -> None:
        """Write an error that is raised under a condition."""
        self.line(indent, f"if {self.condition(1)}:")
        error = self.any('ValueError("unfit")', "Unfit", 'Unfit("text", 2)', "KeyError('k')", "ArithmeticError",
                         "ZeroDivisionError('z')", "StopIteration", "RuntimeError('r')")  # fmt: skip
        self.line(indent + 1, f"raise {error}")

    def trying(self, indent: int, depth: int) -> None:
        """Write an attempt."""
        self.line(indent, "try:")
        self.block(indent + 1, depth - 1)
        classes = self.any("ValueError", "Unfit", "ZeroDivisionError", "ArithmeticError", "Exception", "IndexError",
                           "(ValueError, ZeroDivisionError)", "LookupError", "TypeError")  # fmt: skip
        ends = self.source.random()
        if ends < 0.85:
            self.line(indent, f"except {classes}{self.any('', '', ' as error')}:")
            self.block(indent + 1, depth - 1)
            if self.chance(0.2):
                self.line(indent + 1, self.any("raise", "return 1.5 * a", "raise Unfit('again')"))
            if self.chance(0.2):
                self.line(indent, "else:")
                self.block(indent + 1, 0)
        if ends > 0.75:
            self.line(indent, "finally:")
            self.block(indent + 1, 0)

    def listing(self, indent: int) -> None:
        """Write a new list, or a change of one that is the function's own."""
        known = self.lists
        self.lists = [name for name in known if name[0] == "l"]
        before = len(self.lists)
        super().listing(indent)
        self.lists = known + self.lists[before:]

    def making(self, indent: int, depth: int) -> None:
        """Write a new object, dict or list of lists."""
        name, number = self.new("o"), lambda: self.number(1)
        text, kind = self.source.choice([
            (f"Point({number()})", self.objects), (f"Point({number()}, y={number()})", self.objects),
            (f"Pair({number()}, {number()})", self.pairs), (f"Pair(first={number()})", self.pairs),
            (f"{{'p': {number()}, 'q': {number()}}}", self.dicts), (f"dict(p={number()})", self.dicts),
            (f"[[{number()}, {number()}], [{number()}, 0.5]]", self.nested),
            (f"[[{number()} * j for j in range(2)] for i in range(2)]", self.nested),
            (f"(({number()}, 2), [{number()}, {number()}])", self.nested),
        ])  # fmt: skip
        if self.objects and self.chance(0.2):
            text, kind = f"{self.source.choice(self.objects)} + {self.source.choice(self.objects)}", self.objects
        self.line(indent, f"{name} = {text}")
        kind.append(name)

    def changing(self, indent: int, depth: int) -> None:
        """Write a change of an object, a dict or a list of lists."""
        operator, number = self.any("=", "+=", "*=", "-="), self.number(2)
        ways = [f"{name}.{self.any('x', 'y')} {operator} {number}" for name in self.objects]
        ways += [f"{name}.move({number})" for name in self.objects]
        ways += [f"{name}.{self.any('first', 'second')} {operator} {number}" for name in self.pairs]
        ways += [f"{name}[{self.any(*KEYS)}] {operator} {number}" for name in self.dicts]
        ways += [
            f"{name}[{self.integer(1)} % 2][{self.integer(0)} % 2] {operator} {number}" for name in self.nested[1:]
        ]
        self.line(indent, self.source.choice(ways or ["pass"]))

    def closing(self, indent: int, depth: int) -> None:
        """Write a function inside, which may change what is outside."""
        if self.loops:
            self.line(indent, "pass")
            return
        name, outer = self.new("g"), self.source.choice(self.floats)
        self.line(indent, f"def {name}(u, v={self.number(0)}):")
        if self.chance(0.5) and outer not in ("u", "v"):
            self.line(indent + 1, f"nonlocal {outer}" if outer in self.locals() else "pass")
            if outer in self.locals():
                self.line(indent + 1, f"{outer} {self.any('=', '+=', '*=')} {self.number(1)} * 0.5")
        if self.chance(0.4):
            self.line(indent + 1, f"if {self.condition(1)}:")
            self.line(indent + 2, f"return u * {self.number(1)}")
        self.line(indent + 1, f"return u + v * {self.number(1)}")
        self.functions.append(name)

    def locals(self) -> list[str]:
        """Return names of floats of the function itself."""
        return [name for name in self.floats if name[0] in "abv"]

    def listing_more(self, indent: int, depth: int) -> None:
        """Write calls of methods of lists, and slices."""
        own = [name for name in self.lists if name[0] == "l"]
        if not own:
            return self.listing(indent)
        name, other, number = self.source.choice(own), self.source.choice(self.lists), self.number(1)
        new = self.new("l")
        text = self.any(
            f"{name}.append({number})", f"{name}.extend({other})",
            f"{new} = {name}[1:]",
            f"{new} = list(reversed({name}))", f"{new} = {other}[:2]", f"{new} = {name}",
            f"{name} += [{number}]", f"{new} = {name} * 2", f"{name}[-1] = {number}",
            f"{new} = [t for t in {name} if t > {self.number(0)}]",
        )  # fmt: skip
        self.line(indent, text)
        if text.startswith(new):
            self.lists.append(new)
        return None

    def generating(self, indent: int, depth: int) -> None:
        """Write a loop over what a generator yields."""
        item, other = self.new("t"), self.new("t")
        over, names = self.source.choice([
            (f"{item} in [{self.number(1)}, {self.integer(1)}]", [item]),
            (f"{item}, {other} in (({self.number(0)}, 1.0), (2.0, {self.number(0)}))", [item, other]),
            (f"{item} in reversed({self.source.choice(self.lists)})", [item]),
            *[(f"{self.new('s')}, {item} in {name}.items()", [item]) for name in self.dicts],
            *[(f"{item} in {name}[{self.integer(0)} % 2]", [item]) for name in self.nested],
        ])  # fmt: skip
        known = list(self.floats)
        self.line(indent, f"for {over}:")
        self.floats += names
        self.loops += 1
        self.block(indent + 1, min(depth - 1, 1))
        self.loops -= 1
        self.floats = known

    def matching(self, indent: int, depth: int) -> None:
        """Write a match."""
        self.line(indent, f"match {self.integer(1)}:")
        self.line(indent + 1, f"case {self.any('0', '1', '2 | 3', '0 | 1')}:")
        self.block(indent + 2, 0)
        if self.chance(0.5):
            self.line(indent + 1, f"case i_ if {self.condition(1)}:")
            self.block(indent + 2, 0)
        if self.chance(0.7):
            self.line(indent + 1, "case _:")
            self.block(indent + 2, 0)

    def unpacking(self, indent: int, depth: int) -> None:
        """Write an assignment to several targets."""
        x, y = self.new("v"), self.new("v")
        text = self.any(f"{x}, {y} = [{self.number(1)}, {self.number(1)}]", f"{x} = {y} = {self.number(2)}",
                        f"{x}, ({y}, _) = {self.number(1)}, ({self.number(1)}, 0)",
                        f"{x}, *{y}r = {self.source.choice(self.lists)}; {y} = len({y}r) * 1.0",
                        f"{y} = ({x} := {self.number(1)}) * 2")  # fmt: skip
        self.line(indent, text)
        self.floats += [x, y]


def language_program(seed: int) -> str:
    """Return a module with a function `f` of two floats, an int and a list of floats."""
    source = random.Random(f"language {seed}")
    writer = LanguageWriter(source)
    for _ in range(source.randint(2, 6)):
        writer.statement(1, 3)
    names = sorted({*writer.floats})
    returned = f"{writer.number(2)} + {' + '.join(source.sample(names, 2))} * a"
    body = "\n".join([*writer.lines, f"    return {returned}"])
    text = f"{MODULE}\n\ndef of_any(a, b, n, xs):\n{body}\n"
    return f"{text}\n\ndef f(a, b):\n    return of_any(a, b, 3, [0.5, -1.0, 2.0])\n"
