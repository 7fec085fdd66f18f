"""Writes random Python programs: well formed, terminating, deterministic, and full of operators and calls.

A grammar of templates says what a program may be; `$number` in a template is a hole that any template of that kind may
fill.  Most of it makes sense; some mistakes are in the grammar on purpose, because errors must stay the same errors.

A program is a module with a function `main`.  Its `LOG` says what happened in which order, with the places of the
errors that it caught.  Loops and functions pass through `bounded`, which ends a program after some steps and keeps
values small.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

__all__ = ["FILENAME", "programs"]

FILENAME = "random_program.py"

PRELUDE = """\
import functools, itertools, math, operator
from fractions import Fraction
from math import sin as sine

LOG, STEPS, FILENAME = [], [0], "random_program.py"

def show(value):
    LOG.append(f"{type(value).__name__} {value!r}"[:200])
    return value

def note(error):
    places, entry = [], error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        if code.co_filename == FILENAME:
            marks = list(code.co_positions())[entry.tb_lasti >> 1] if hasattr(code, "co_positions") else ()
            places.append((code.co_name, entry.tb_lineno, *marks))
        entry = entry.tb_next
    LOG.append((type(error).__name__, str(error)[:200], places))

def weight(value, most):
    if type(value) in (list, tuple, set, dict):
        for item in list(value):
            if most <= 0:
                break
            most = weight(item, most)
    return most - 1

def clip(value):
    kind = type(value)
    if kind in (list, tuple, str):
        return value[:8] if weight(value, 60) > 0 else kind()
    if kind in (int, Fraction):
        return value if abs(value) < 10**12 else kind(7)
    return value

def bounded(*values):
    STEPS[0] += 1
    if STEPS[0] > 100:
        raise RuntimeError("enough")
    return [clip(value) for value in values]

class Logged:
    def __init__(self, value):
        self.value = value
    def __repr__(self):
        return f"{type(self).__name__}({clip(self.value)!r})"
    def __hash__(self):
        return 1
    def __bool__(self):
        show("bool")
        return bool(self.value)
    def __enter__(self):
        return show(self)
    def __exit__(self, kind, error, trace):
        show((kind, error))
        return bool(self.value)
    def __call__(self, *arguments, **keywords):
        return show(Logged(len(arguments)))
    def __iter__(self):
        yield from (1, show(2))
    def method(self, *arguments):
        return show(len(arguments))

def logging(name):
    def operate(self, *others):
        show((name, others))
        return NotImplemented if others and type(others[0]) is str else Logged(name)
    return operate

for name in "add radd iadd sub rsub mul rmul imul truediv mod rmod pow neg pos lt le gt eq ne getitem".split():
    setattr(Logged, f"__{name}__", logging(name))

"""

VARIABLES = "a=3, b=2.5, *rest, c=Fraction(1, 3), i=0, s='ab', t='', xs=[1, 2.5, 3], ys=(4, 5.0), **more"
START = "    bounded()\n    p, q = Thing(2), Logged(0)\n"
BOUNDED = "    a, b, c, i, s, t, xs, ys = bounded(a, b, c, i, s, t, xs, ys)"
MODULE_VARIABLES = """
a, b, c, i, s, t, xs, ys = 3, 2.5, Fraction(1, 3), 0, 'ab', '', [1, 2.5, 3], (4, 5.0)
g, p, q = functools.lru_cache(f), Thing(2), Logged(0)
"""
WATCHED = """\
try:
{statement}
except Exception as error:
    note(error)
"""

LEAVES = {
    "number": ["1", "a", "b", "2", "0", "c", "i", "0.5", "-1", "True", "1e308", "3j"],
    "text": ["s", "t", "'x'", "'%s'", "b'y'"],
    "list": ["xs", "ys", "[]", "(1, 2)", "range(3)", "{1: 2.0, 3: 4}", "{5}"],
    "object": ["p", "q", "Logged(1)", "Thing(0)"],
    "test": ["a", "not b", "a < b", "s", "True"],
    "function": "abs float math.sin f str int sine operator.neg len type p p.method math.floor show".split(),
    "any": ["a", "s", "xs", "p", "None", "f", "..."],
    "digit": ["0", "1", "2", "3", "-1"],
    "small": ["2", "3", "-2", "0.5", "0"],
    "name": ["a", "b", "c"],
    "sequence": ["xs", "ys"],
    "sign": ["+", "-", "/", "//", "%"],
    "order": ["<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"],
    "kind": ["float", "int", "str", "(int, float)", "Logged", "list"],
    "unary": "sqrt sin exp log floor fabs tanh gamma trunc isnan".split(),
    "binary": "atan2 hypot copysign pow fmod log ldexp gcd".split(),
    "error": ["ValueError", "TypeError", "ZeroDivisionError", "Exception", "(TypeError, ArithmeticError)"],
    "special": "__add__ __lt__ __mul__ __call__ __eq__ __getitem__ __iadd__ __radd__ method".split(),
    "outer": ["nonlocal"],
    "bounded": [BOUNDED],
}

EXPRESSIONS = {
    kind: textwrap.dedent(templates).strip().splitlines()
    for kind, templates in {
        "number": """
            $number $sign $number
            $number * $small
            $small * $number
            $small ** $digit
            -$number
            +$number
            ~$number
            $number << $digit
            $number & $number
            abs($number)
            min($number, $number)
            max($list, key=$function, default=$number)
            sum($list)
            sum([$number, $number], $number)
            round($number, $digit)
            int($any)
            float($any)
            pow($small, $digit, $small)
            divmod($number, $number)[$digit]
            math.$unary($number)
            math.$binary($number, $number)
            sine($any)
            math.sin()
            math.sin(x=$number)
            math.sqrt($text)
            math.prod($list)
            len($any)
            $number if $test else $number
            $name := $number
            (lambda $name, i=2: $number)($number)
            f($number, $number)
            f($number, *$list, s=$any)
            f($number, b=$number, **{'c': $number})
            $function($any)
            $object.method($number, *$list)
            $object.value
            $list[$digit]
            next(iter($list), $number)
            functools.reduce(operator.add, $list, $number)
            functools.partial($function, $any)()
            $object + $any
            $number * $object
            isinstance($any, $kind)
            type($any) is $kind
            show($number)
            g(a, $number)
        """,
        "test": """
            $number $order $number
            $number < $number <= $any
            $any $order $any $order $list
            show($number) < show($number) < show($number)
            $test and $test
            $test or $number
            not $test
            $object $order $any
            $any $order $any
            all($number for i in $list)
            isinstance($any, $kind)
        """,
        "text": """
            $text + $text
            $text * $digit
            $text % $any
            '%s %r' % ($any, $number)
            str($any)
            repr($number)
            format($number, '.2f')
            $text.join(map(str, $list))
            f"{-a!r:>7} {b + c * i} {a < b=} {s + t}"
            $text[$digit:$digit]
            '{}-{}'.format($number, $any)
        """,
        "list": """
            [$number, $text, $object]
            [$number for i in $list if $test]
            list($number for i in $list)
            {i: $number for i in $list}
            $list + $list
            $list * $digit
            $list[$digit:$digit]
            sorted($list, key=$function)
            list(map($function, $list))
            list(filter($function, $list))
            list(zip($list, $list))
            list(itertools.accumulate($list, operator.mul))
            [*$list, *$list]
            ($number, $test)
            [[i * $small for i in ys] for i in $list]
            [each() for each in [lambda: $number for i in $list]]
        """,
        "object": """
            $object $sign $any
            $any * $object
            -$object
            $object[$any]
            Logged($any)
            Thing($any)
            $object($number, key=$any)
        """,
        "function": """
            lambda i=0: $number
            functools.partial($function, $number)
            $object
        """,
        "any": "$number\n$text\n$list\n$object\n$test\n$function",
    }.items()
}

STATEMENTS = [
    "show($any)",
    "$name = $number",
    "$name $sign= $number",
    "$name *= $small",
    "s = clip($text)",
    "$sequence = clip($list)",
    "$sequence += $list",
    "$sequence[$digit] $sign= $number",
    "p = $object",
    "p $sign= $any",
    "p.value $sign= $number",
    "([1], ($number,))[$digit][0] += $number",
    "a, (b, *ys) = $number, $list",
    "a = c = $number",
    "annotated: float = $number\nshow(annotated)",
    "assert $test, $text",
    "if $test:\n$block\nelif $test:\n$block\nelse:\n$block",
    "for i in $list:\n$bounded\n$loop\nelse:\n$block",
    "for $name in range($digit):\n$bounded\n$loop",
    "while $test:\n$bounded\n$loop",
    "try:\n$block\nexcept $error as error:\n    note(error)\nelse:\n$block",
    "try:\n$block\nexcept Exception as error:\n    note(error)\n$block\nfinally:\n$block",
    "try:\n$block\nfinally:\n    show($any)",
    "with $object as q:\n$block",
    "raise ValueError($any)",
    "match $any:\n    case [i, *_] if $test:\n        show(i)\n    case 1 | -1 | 2.5:\n        show($any)\n"
    "    case str() | {1: _}:\n        show(s)\n    case float(i) | Logged(value=i):\n        a += $number",
    "def inner(a=$number, /, *rest, key=$number):\n    show($any)\n    return a + key\n"
    "show(inner($number, *$list, key=$number))",
    "def inner():\n    $outer a, b, c, i, s, t, xs, ys, p, q\n$block\n    return $any\nshow(inner())",
    "def inner(a=a, b=b, c=c, i=i, s=s, t=t, xs=xs, ys=ys, p=p, q=q):\n$block\n    yield $any\n"
    "    show((yield from $list))\nshow(list(inner()))",
    "async def other():\n    yield $any\nasync def inner():\n    return [$number async for each in other()]\n"
    "try:\n    inner().send(None)\nexcept StopIteration as stop:\n    show(stop.value)",
    "class Local(Thing):\n    d = $any\n    e = d + $number\n    def $special(self, *others):\n"
    "        self.__value = $any\n        return super().method(*others)\nshow(Local($number) + $any)",
    "@functools.cache\ndef inner(x, i=$number):\n    return x + i\nshow(inner($number))",
    "def inner():\n    global top\n    top = $any\n    top $sign= $number\ninner()\nshow(top)",
    "show(sorted(locals()) if 's' in locals() else $any)",
    "del $name",
]
if sys.version_info >= (3, 11):
    STATEMENTS.append("try:\n$block\nexcept* $error as error:\n    show(error.exceptions)")
if sys.version_info >= (3, 12):
    STATEMENTS.append("def inner[T: float](x: T) -> T:\n    return x + $number\nshow(inner($any))")
LOOP_STATEMENTS = [*STATEMENTS, "if $test:\n    break", "if $test:\n    continue"]

HOLE = re.compile(r"\$([a-z]+)")
MAX_EXPRESSION_DEPTH = 3
MAX_BLOCK_DEPTH = 2
NO_ASSIGNMENT = re.compile(r" for |class ")
"""Where Python allows no `:=`, or not everywhere."""


class Writer:
    """Fills the holes of templates, by drawing.

    Attributes:
        leaves: the texts of each kind that have no holes.
        depth: how many blocks the statement that is written stands in.
        assigns: whether `:=` may be written.
    """

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.leaves = dict(LEAVES)
        self.depth = 0
        self.assigns = True

    def choose(self, options: list[str]) -> str:
        return self.draw(st.sampled_from(options))  # type: ignore[no-any-return]

    def expression(self, kind: str, depth: int = MAX_EXPRESSION_DEPTH) -> str:
        """An expression of a kind, in brackets; or a word of the program, such as an operator."""
        if kind not in EXPRESSIONS or not depth or not self.draw(st.integers(0, 3)):
            return self.choose(self.leaves[kind])
        template = self.choose(EXPRESSIONS[kind])
        if ":=" in template and not self.assigns:
            template = "show($number)"
        return f"({self.filled(template, lambda inner: self.expression(inner, depth - 1))})"

    def filled(self, template: str, fill: Callable[[str], str]) -> str:
        """A template with its holes filled by kind."""
        before = self.assigns
        self.assigns = before and not NO_ASSIGNMENT.search(template)
        text = HOLE.sub(lambda hole: fill(hole[1]), template)
        self.assigns = before
        return text

    def statement(self, forms: list[str]) -> str:
        """A statement of one of these forms; deep inside others one without blocks."""
        if self.depth > MAX_BLOCK_DEPTH:
            forms = [form for form in forms if "$block" not in form and "$loop" not in form]
        blocks = {"block": forms, "loop": LOOP_STATEMENTS}
        form = self.choose(forms)
        if form.startswith(("def ", "try:\n$block\nexcept*")):
            blocks["block"] = STATEMENTS
        return self.filled(form, lambda kind: self.block(blocks[kind]) if kind in blocks else self.expression(kind))

    def block(self, forms: list[str]) -> str:
        """One to three statements, indented."""
        self.depth += 1
        statements = [self.statement(forms) for _ in range(self.draw(st.integers(1, 3)))]
        self.depth -= 1
        return textwrap.indent("\n".join(statements), "    ")

    def watched(self, most: int) -> str:
        """Some statements, each in a `try` that notes its error."""
        statements = [self.statement(STATEMENTS) for _ in range(self.draw(st.integers(1, most)))]
        return "".join(WATCHED.format(statement=textwrap.indent(statement, "    ")) for statement in statements)

    def function(self, name: str, first: str = "") -> str:
        """A function whose body is one block."""
        body = self.block(STATEMENTS)
        return f"def {name}({first}{VARIABLES}):\n{START}{body}\n    return {self.expression('any')}\n"


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """Source texts of programs."""
    writer = Writer(draw)
    method = textwrap.indent(writer.function(writer.choose(LEAVES["special"]), "self, "), "    ")
    parts = [f"class Thing(Logged):\n{method}", writer.function("f")]
    main = textwrap.indent(writer.watched(6), "    ")
    writer.leaves["outer"] = ["global"]
    parts += [MODULE_VARIABLES, writer.watched(3)]
    return f"{PRELUDE}{''.join(parts)}\ndef main({VARIABLES}):\n{START}{main}    return {writer.expression('any')}\n"
