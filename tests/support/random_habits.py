"""Writes random programs with habits of code that was not written for derivatives: twenty to sixty lines each.

A program is a module with state and a function `main(x, y)`. It asks its numbers what they are, catches errors, keeps
results in dicts, lists and objects, writes numbers as text and reads them back.

>>> program = random_program(5)
>>> 20 <= program.count("\\n") - PRELUDE.count("\\n") <= 60
True
"""

from __future__ import annotations

import random
import re

from habit_classes import CLASSES
from habit_expressions import EXPRESSIONS, LEAVES
from habit_functions import FUNCTIONS
from habit_statements import LOOP_STATEMENTS, STATEMENTS

__all__ = ["PRELUDE", "random_program"]

PRELUDE = """\
import ast, bisect, collections, contextlib, copy, dataclasses, decimal, enum, fractions, functools, heapq, itertools
import json, math, numbers, numpy, operator, pickle, random, statistics, struct
from typing import NamedTuple

class Refused(Exception):
    pass

class Mode(enum.Enum):
    FAST = True
    SLOW = False

class Box:
    def __init__(self, value):
        self.value, self.items = value, []

LOG, CONFIG, TOTAL, COUNT, MODE, BOX = [], {"scale": 2.0}, 0.0, 0, Mode.SLOW, Box(1.5)
"""

LINES = range(20, 61)
HOLE = re.compile(r"\$([a-z]+)(0?)")
BLOCK = re.compile(r"^( *)\$(block|loop)$", re.MULTILINE)
WEIGHT = 10
"""How many times more often than other templates those of a program's own definitions are drawn."""

WATCHED = """\
try:
    $block
except (ArithmeticError, ValueError, LookupError, TypeError, Refused) as error:
    LOG.append(f"{type(error).__name__}: {error}")"""

MAX_EXPRESSION_DEPTH = 2
MAX_BLOCK_DEPTH = 2
LOCALS = re.compile(r"\b(?:xs|table|s|a|b|c)\b(?!['\"=])")
"""The names that are known in `main` alone."""

STATE = re.compile(r"\b(?:TOTAL|COUNT|MODE|CONFIG|LOG|BOX)\b")
"""What the program keeps, by the names of the prelude."""

NO_ASSIGNMENT = re.compile(r" for |lambda")
"""Where Python allows no `:=`, or where it would make a local of something else."""


def definition_of(block: str) -> tuple[str, list[tuple[str, str]]]:
    """The code of a definition, and the templates of its uses, each with the kind of what it is."""
    code = [line for line in block.splitlines() if not line.startswith("use ")]
    uses = [line[4:].split(": ", 1) for line in block.splitlines() if line.startswith("use ")]
    return "\n".join(code), [(kind, template.replace("\\n", "\n")) for kind, template in uses]


DEFINITIONS = [definition_of(block) for text in (FUNCTIONS, CLASSES) for block in text.strip().split("\n\n")]


class Writer:
    """Fills the holes of templates.

    Args:
        source: of what is chosen.

    Attributes:
        expressions: the templates with holes that may be used, by kind; definitions add theirs.
        main_only: the others, which name locals of `main`.
        statements: the templates of statements; definitions add theirs.
        names: the numbers that may be named.
        depth: how many blocks the statement that is written stands in.
        assigns: whether `:=` may be written.
    """

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.expressions: dict[str, list[str]] = {}
        self.main_only: dict[str, list[str]] = {}
        for kind, known in EXPRESSIONS.items():
            self.main_only[kind] = [text for text in known if LOCALS.search(text)]
            self.expressions[kind] = [text for text in known if not LOCALS.search(text)]
        self.statements = list(STATEMENTS)
        self.names = ["v"]
        self.depth = 0
        self.assigns = True

    def enter_main(self) -> None:
        """Write for the function `main`, with its locals."""
        self.names = ["a", "b", "c", "x", "y"]
        for kind, known in self.main_only.items():
            self.expressions[kind] += known

    def pure(self, template: str) -> str:
        """A template of a function with its holes filled by what neither reads nor changes what a program keeps."""
        usual, self.expressions = self.expressions, {}
        for kind, known in EXPRESSIONS.items():
            self.expressions[kind] = [text for text in known if not LOCALS.search(text)]
        text = self.filled(template, 1)
        while STATE.search(text):
            text = self.filled(template, 1)
        self.expressions = usual
        return text

    def leaf(self, kind: str) -> str:
        """A text without holes, or almost."""
        if kind == "number":
            return self.source.choice(self.names if self.source.random() < 0.8 else LEAVES["literal"])
        if kind == "text":
            return self.source.choice(['"k"', '"1.5"', '"x"', "str(CONFIG['scale'])"])
        if kind == "flag":
            first, second = (self.source.choice(self.names) for _ in range(2))
            return f"{first} > {self.source.choice((second, '0.5', '1.0'))}"
        return self.filled(self.source.choice(LEAVES[kind]), 1)

    def expression(self, kind: str, depth: int) -> str:
        """An expression of a kind, in brackets where it needs them."""
        if kind == "simple":
            return self.filled(self.source.choice(EXPRESSIONS["simple"]), 0)
        if kind not in self.expressions or (kind != "any" and (depth <= 0 or self.source.random() < 0.25)):
            return self.leaf(kind)
        text = self.filled(self.source.choice(self.expressions[kind]), depth - (kind != "any"))
        return text if kind == "any" or re.fullmatch(r"[\w.]+(\([^()]*\))?", text) else f"({text})"

    def filled(self, template: str, depth: int) -> str:
        """A template with its holes filled by kind."""
        if ":=" in template and not self.assigns:
            template = "$number + $number"
        before = self.assigns
        self.assigns = before and not NO_ASSIGNMENT.search(template)
        text = HOLE.sub(lambda hole: self.expression(hole[1], 0 if hole[2] else depth), template)
        self.assigns = before
        return text

    def statement(self, forms: list[str]) -> str:
        """A statement of one of these forms; deep inside others one without blocks."""
        form = self.source.choice(forms)
        while self.depth > MAX_BLOCK_DEPTH and BLOCK.search(form):
            form = self.source.choice(forms)
        # Loops count for themselves: one within another must not begin its count again.
        form = form.replace("n@", f"n{self.depth}")

        def block(hole: re.Match[str]) -> str:
            inner = LOOP_STATEMENTS + self.statements[len(STATEMENTS) :] if hole[2] == "loop" else self.statements
            return self.block(inner, hole[1])

        blocks = iter([block(hole) for hole in BLOCK.finditer(form)])
        parts = BLOCK.split(form)
        texts = [self.filled(text, MAX_EXPRESSION_DEPTH) for text in parts[::3]]
        return "".join(text + next(blocks, "") for text in texts)

    def block(self, forms: list[str], indent: str) -> str:
        """One or two statements."""
        self.depth += 1
        statements = [self.statement(forms) for _ in range(self.source.choice((1, 1, 2)))]
        self.depth -= 1
        return "\n".join(indent + line for statement in statements for line in statement.splitlines())

    def definition(self, number: int) -> str:
        """A function or class, whose uses are known from then on."""
        code, uses = self.source.choice(DEFINITIONS)
        template = code.replace("#", str(number))
        # A cache is passed by wherever there is a derivative: it may remember the results of pure functions alone.
        text = self.pure(template) if "lru_cache" in code else self.filled(template, 1)
        for kind, template in uses:
            use = template.replace("#", str(number))
            if kind == "statement":
                self.statements += [use] * WEIGHT
            else:
                (self.main_only if LOCALS.search(use) else self.expressions)[kind] += [use] * WEIGHT
        return text


def random_program(seed: int) -> str:
    """The text of a program.

    Args:
        seed: tells programs apart.
    """
    source = random.Random(seed)
    while True:
        text = written(source)
        if text.count("\n") in LINES:
            return PRELUDE + text


def written(source: random.Random) -> str:
    """Definitions and a function `main`."""
    writer = Writer(source)
    text = "".join(f"\n{writer.definition(number)}\n" for number in range(source.choice((1, 2, 2, 3))))
    writer.enter_main()
    body = ["global TOTAL, COUNT, MODE", "a, b, c, xs, table, s = x, y, 1.0, [x, y, 0.5], {'k': y, 1.0: 2.0}, ''"]
    for _ in range(source.randint(4, 9)):
        body.append(writer.statement([WATCHED] if source.random() < 0.4 else writer.statements))
    body.append(f"return {writer.expression('number', MAX_EXPRESSION_DEPTH)}")
    indented = "\n".join("    " + line for statement in body for line in statement.splitlines())
    return f"{text}\ndef main(x, y):\n{indented}\n"
