"""Imports that wait until they are needed (`lazy import`, `-X lazy_imports=all`) wait in traced and compiled code, too.

Before Python 3.15 the same programs import at once.
"""

from __future__ import annotations

import sys

import pytest
from hooked_project import Project

HAS_LAZY = sys.version_info >= (3, 15)

LIBRARY = "def cube(x):\n    return x * x * x\n"

RARE = "def halved(x):\n    return x / 2.0\n"

PROGRAM = """
lazy import math
lazy from library import cube
lazy import rare

def straight(x):
    return cube(x) * math.cos(x)

def loops(x, n=20):
    total = 0.0
    for index in range(n):
        total += math.sin(x * index) * x
        if x * index > 1e9:
            total += rare.halved(total)
    return total + cube(x)
"""

USE = """
import sys
import minitorch
if {hooked}:
    minitorch.install_import_hook(["program", "library", "rare"])
import program
assert not {lazy} or not {{"library", "rare"}} & set(sys.modules)
for f in (program.straight, program.loops):
    compiled = minitorch.compile(f, argnums=0)
    compiled.precompile(2.0)
    for x in (2.0, 3.0):
        assert compiled.value_and_grad(x) == minitorch.value_and_grad(f)(x)
    assert not {lazy} or "rare" not in sys.modules
    print(compiled.left_out, "not compiled" in str(compiled.traces), compiled(1e10) == f(1e10), "rare" in sys.modules)
"""
"""What is used rarely is imported when it is used; until then machine code leaves to Python there."""

TEXTS = """
import minitorch
import program
x = minitorch.Scalar(0.5)
y = minitorch.trace(program.straight)(x)
assert "<svg" in minitorch.make_graph(y)
assert "cube(x) * math.cos(x)" in str(minitorch.report(program.straight, 0.5))
assert "def straight" in minitorch.traced_source(program.straight)
compiled = minitorch.compile(program.straight)
compiled.precompile(0.5)
assert "math.cos" in compiled.emit("python")
"""

OPTIONS: list[list[str]] = [[], *([["-X", "lazy_imports=all"]] if HAS_LAZY else [])]


@pytest.fixture
def program(project: Project) -> Project:
    """A project whose program imports its library when it is needed."""
    project.write("library.py", LIBRARY)
    project.write("rare.py", RARE)
    project.write("program.py", PROGRAM if HAS_LAZY else PROGRAM.replace("lazy ", ""))
    return project


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: " ".join(each) or "as it is")
@pytest.mark.parametrize("hooked", [False, True], ids=["plain", "hooked"])
def test_compiled_functions_import_what_they_reach(program: Project, hooked: bool, options: list[str]) -> None:
    program.write("use.py", USE.format(hooked=hooked, lazy=HAS_LAZY))
    lines = program.python(*options, "use.py").stdout.splitlines()
    assert lines == [f"None False True {not HAS_LAZY}", "None False True True"]


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: " ".join(each) or "as it is")
def test_texts_and_pictures_of_what_is_imported_late(program: Project, options: list[str]) -> None:
    program.write("texts.py", TEXTS)
    assert program.python("-W", "error", *options, "texts.py").stdout == ""


@pytest.mark.slow
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: " ".join(each) or "as it is")
@pytest.mark.parametrize(
    "command",
    ["grad {}", "compile {}", "compile {} --emit python", "source {}", "report {} -o r.html", "graph {} -o g.svg"],
)
def test_the_command(program: Project, command: str, options: list[str]) -> None:
    words = command.format("program.py:straight" if command == "source {}" else "program.py:straight x=2.0").split()
    assert program.python(*options, "-m", "minitorch", *words).stdout
