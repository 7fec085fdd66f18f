"""Printed source parses to the tree it was printed from, for all of Python's syntax."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from pathlib import Path

import pytest
from syntax_programs import PROGRAMS

from transformer.printing import to_source

LIBRARY = Path(sysconfig.get_path("stdlib"))
EVERY = 5
"""One file in so many of the standard library is printed."""

RICH_IN_SYNTAX = [f"test/test_{name}.py" for name in ("patma", "except_star", "type_params", "type_aliases", "fstring")]


def sample() -> list[Path]:
    """Some of the standard library's files, and those of its tests that are about newer syntax."""
    files = sorted(path for path in LIBRARY.rglob("*.py") if not {"site-packages", "lib2to3", "test"} & set(path.parts))
    return files[::EVERY] + [LIBRARY / name for name in RICH_IN_SYNTAX if (LIBRARY / name).exists()]


def tree_of(text: str) -> ast.Module:
    """The tree of a text, as printing can keep it: without the `u` of text and the parts of adjacent f-string texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.kind = None
    return tree


@pytest.mark.parametrize("path", sample(), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_the_standard_library_comes_back(path: Path) -> None:
    tree = tree_of(path.read_bytes().decode("utf-8", "replace"))
    assert ast.dump(tree_of(to_source(tree))) == ast.dump(tree)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_syntax_programs_come_back(name: str) -> None:
    tree = tree_of(PROGRAMS[name])
    assert ast.dump(tree_of(to_source(tree))) == ast.dump(tree)


@pytest.mark.parametrize(
    "text",
    [
        "match p:\n    case [x, *_] if x:\n        pass\n",
        "match p:\n    case {'k': 1, **rest} | Point(x=0, y=(1 | 2) as z):\n        pass\n    case _:\n        pass\n",
        "async def f():\n    async with a as b:\n        return [x async for x in y]\n",
        "def f(a, /, b=1, *, c, d=2, **e):\n    pass\n",
        "def f(a=1, b=2, /):\n    pass\n",
        "x = lambda a, /, b=1, *c, d=2, **e: a\n",
        "x = f'{a!r:>{width}} {b=} {{c}}'\n",
        "x: int = 1\n",
        "x[1:2, ..., ::3] = y = *a, b\n",
        "print(*a, **b)\n",
        "if (n := f()) > 1:\n    pass\n",
        "del a, b[0], c.d\n",
        "x = (yield), (yield from y)\n",
        "with (a as b, c):\n    pass\n",
        "x = -1 ** 2, (-1) ** 2, not a, (not a) == b, a if b else c\n",
        "x = 1e400, 1j, 0.1, 10 ** 30, b'\\x00', 'a\\n\"b\\'', 1_000\n",
        "global a\nnonlocal_ = 1\n",
        "raise A from B\n",
        "assert a, b\n",
        "for a, *b in c:\n    break\nelse:\n    continue_ = 1\n",
        "@d(1)\n@e\nclass C(A, metaclass=M, **k):\n    'Doc.'\n    x = 1\n",
        "try:\n    a\nexcept (B, C) as e:\n    pass\nexcept:\n    pass\nelse:\n    pass\nfinally:\n    pass\n",
    ],
)
def test_snippets_come_back(text: str) -> None:
    tree = tree_of(text)
    assert ast.dump(tree_of(to_source(tree))) == ast.dump(tree)


def test_deeply_nested_trees_can_be_printed() -> None:
    tree = tree_of(" + ".join(["x"] * 1_000))
    assert to_source(tree).count("x") == 1_000
