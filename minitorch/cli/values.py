"""Values of arguments on the command line: numbers, expressions of numbers, structures of them, and text.

    x=-1e-3  x=pi/4  z=1+2j     numbers; math's constants and functions are known
    n=3                         a whole number
    xs=[1.0, 2.0]  d={'a': 1}   lists, tuples, dicts and sets
    flag=True  start=None
    mode=b  file=data/x.csv     text: what has neither number nor known name in it; what quotes are around always is

Nothing is imported, and no function is called but those of `math`, `abs`, `complex`, `float`, `max`, `min` and `round`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any, Final

from minitorch.cli.failures import BadInput
from minitorch.transformer import parse_quietly

__all__ = ["quoted", "read_value"]

MAX_BITS: Final = 4096
"""How long a whole number may become."""

CONSTANTS: Final = {name: getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")}

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    **{name: f for name, f in vars(math).items() if callable(f) and not name.startswith("_")},
    **{f.__name__: f for f in (abs, complex, float, max, min, round)},
}
"""What may be called, but what makes numbers of any length of short ones."""

for _name in ("comb", "factorial", "perm"):
    FUNCTIONS.pop(_name, None)

OPERATIONS: Final[dict[type[ast.AST], Callable[..., Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.UAdd: operator.pos, ast.USub: operator.neg,
}  # fmt: skip


class NotValue(Exception):
    """What stands there is no value; the message says why."""


def read_value(name: str, text: str) -> Any:
    """Read the value of an argument.

    Args:
        name: the argument.
        text: what stands behind `=`.

    >>> read_value("x", "pi/4"), read_value("mode", "b"), read_value("xs", "[1, 2.5]")
    (0.7853981633974483, 'b', [1, 2.5])

    Raises:
        BadInput: it is no value; the message says how text is written.
    """
    text = text.strip()
    if not text:
        raise BadInput(f"{name}=: nothing stands behind =; empty text is {quoted(name, '')}")
    try:
        tree = parse_quietly(text, "<argument>", "eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if text[0].isalpha() or text[0] in "/~.\\" or not text.isascii():
            return text
        raise BadInput(
            f"{name}={text}: {text!r} is not a number or another value; text is {quoted(name, text)}"
        ) from None
    if is_text(tree):
        return text
    if isinstance(tree, ast.Tuple) and not text.startswith("("):
        raise BadInput(f"{name}={text}: a comma makes a tuple, written {name}=({text}); numbers have a point: 1.5")
    try:
        return value_of(tree)
    except NotValue as problem:
        raise BadInput(f"{name}={text}: {problem}; text is {quoted(name, text)}") from None
    except RecursionError:
        raise BadInput(f"{name}=…: the value is nested too deeply") from None


def quoted(name: str, text: str) -> str:
    """Return how a shell is given an argument that is text.

    >>> quoted("mode", "e")
    'mode="\\'e\\'"'
    """
    return f"""{name}="{text!r}\""""


def is_text(tree: ast.expr) -> bool:
    """Return whether a value is written without numbers, quotes, brackets and known names: `b`, `dry-run`, `m/s`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and name_of(node) in CONSTANTS:
            return False
        if isinstance(node, (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Call, ast.UnaryOp)):
            return False
    return True


def value_of(node: ast.expr) -> Any:
    """Compute a value from its syntax."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kind = {ast.List: list, ast.Tuple: tuple, ast.Set: set}[type(node)]
        return within(node, lambda: kind(value_of(item) for item in node.elts))
    if isinstance(node, ast.Dict):
        if None in node.keys:
            raise NotValue("** is not known here")
        pairs = zip(node.keys, node.values, strict=True)
        return within(node, lambda: {value_of(key): value_of(value) for key, value in pairs if key is not None})
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = number_of(node.left), number_of(node.right)
        if isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int) and right > 0:
            check_size(left.bit_length() * right)
        return within(node, lambda: OPERATIONS[type(node.op)](left, right))
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](number_of(node.operand))
    if isinstance(node, ast.Call):
        return called(node)
    name = name_of(node)
    if name in CONSTANTS:
        return CONSTANTS[name]
    raise NotValue(
        f"{ast.unparse(node)!r} is not known (numbers, and the constants and functions of math, are)"
        if name
        else f"{ast.unparse(node)!r} is not a number, a list, a tuple, a dict, a set or text"
    )


def called(node: ast.Call) -> Any:
    """Compute a call of one of the functions."""
    name = name_of(node.func)
    function = FUNCTIONS.get(name)
    if function is None:
        raise NotValue(f"there is no function {ast.unparse(node.func)!r} (those of math are known)")
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise NotValue(f"{name}() takes plain arguments here")
    arguments = [value_of(argument) for argument in node.args]
    return within(node, lambda: function(*arguments))


def name_of(node: ast.expr) -> str:
    """Return the name that a constant or a function goes by, with or without `math.` before it."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def number_of(node: ast.expr) -> Any:
    """Compute what takes part in arithmetic."""
    value = value_of(node)
    if not isinstance(value, (int, float, complex)):
        raise NotValue(f"{ast.unparse(node)} is not a number")
    return value


def within(node: ast.expr, compute: Callable[[], Any]) -> Any:
    """Compute, and say of what an exception is."""
    try:
        value = compute()
    except (ArithmeticError, TypeError, ValueError) as error:
        raise NotValue(f"{ast.unparse(node)}: {error}") from None
    if isinstance(value, int):
        check_size(value.bit_length())
    return value


def check_size(bits: int) -> None:
    """Refuse whole numbers that would take long to compute."""
    if bits > MAX_BITS:
        raise NotValue("the number is too long")
