"""Printed source parses to the tree it was printed from, for all of Python's syntax."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest
from paths import ROOT
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


SNIPPETS: dict[tuple[int, int], list[str]] = {
    (3, 10): [
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
        "del (a, b)\n",
        "del (a, b), [c, d], (), (e,)\n",
        "def f():\n    del " + ", ".join(f"a_name_that_is_long_{index}" for index in range(9)) + "\n",
        "del (" + ", ".join(f"a_name_that_is_long_{index}" for index in range(9)) + ")\n",
        "del (" + ", ".join(f"a_name_that_is_long_{index}" for index in range(9)) + "), b\n",
        "x = {**a, **(b or c), 'd': (e, f), **(g | h)}\n",
        "x[(a, b):(c, d), ::(yield)] = x[lambda: a:(b := c)]\n",
        "from . import a\nfrom ..b import c as d, e\nimport f.g as h, i\n",
    ],
    (3, 14): [
        "x = t'{a  +b!r:>{width}} {b=} {{c}}' t'{d}'\n",
        "x = t'{ {1: lambda: 2} }{t\"{(a, b) }\"}', f'{t\"{a*b}\"}'\n",
        "try:\n    a\nexcept B, C:\n    pass\n",
        "try:\n    a\nexcept* B, C:\n    pass\n",
    ],
    (3, 15): [
        "lazy import a.b as c, d\n",
        "lazy from a import b\nlazy from .. import c as d\n",
        "x = [*a for a in b if c], {*(a or b) for a in c}, (*a for a in b)\n",
        "f(*a for a in b)\nf((*a for a in b), c)\n",
        "x = {**a for a in b}, {**(a or b) for a in c}, {**(a | b) for a in c}, {**(yield) for a in b}\n",
        "async def f():\n    return [*(a if b else c) async for a in d]\n",
    ],
}
"""Source by the version of Python that brought its syntax."""


@pytest.mark.parametrize(
    "text", [text for version, texts in SNIPPETS.items() if sys.version_info >= version for text in texts]
)
def test_snippets_come_back(text: str) -> None:
    tree = tree_of(text)
    assert ast.dump(tree_of(to_source(tree))) == ast.dump(tree)


def test_deeply_nested_trees_can_be_printed() -> None:
    tree = tree_of(" + ".join(["x"] * 1_000))
    assert to_source(tree).count("x") == 1_000


def output_of(*arguments: str) -> str:
    """What a process of this Python prints that finds the packages."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


PRINTING = "import ast; from transformer import to_source; print(to_source(ast.parse('x = t * 2')))"


@pytest.mark.parametrize("options", [("-W", "error"), ("-X", "lazy_imports=all"), ("-W", "error", "-X", "dev")])
def test_astor_is_loaded_whatever_python_is_told(options: tuple[str, ...]) -> None:
    """Nor does it change what Python was told."""
    asked = "; import sys, warnings; before = warnings.filters[:], getattr(sys, 'get_lazy_imports', str)(); "
    after = "; print(before == (warnings.filters[:], getattr(sys, 'get_lazy_imports', str)()))"
    assert output_of(*options, "-c", asked.lstrip("; ") + PRINTING + after).split("\n") == ["x = t * 2", "", "True", ""]


@pytest.mark.parametrize(
    ("uses", "loaded"),
    [
        ("import transformer", False),
        ("minitorch.grad(wave)(2.0)", False),
        ("minitorch.compile(wave).value_and_grad(2.0)", False),
        ("f = minitorch.compile(wave); f.precompile(2.0); f.emit('c')", False),
        ("f = minitorch.compile(wave); f.precompile(2.0); f.emit()", True),
        ("minitorch.traced_source(wave)", True),
    ],
)
def test_astor_is_loaded_when_something_is_printed(uses: str, loaded: bool, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(f"import sys, minitorch\ndef wave(x): return x * x\n{uses}\nprint('astor' in sys.modules)\n")
    assert output_of(str(program)) == f"{loaded}\n"
