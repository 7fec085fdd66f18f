"""The import hook on syntax of newer Pythons: imports that wait for the first use, and template strings."""

from __future__ import annotations

import math
import sys

import pytest
from hooked_project import Project

ONLY_3_14 = pytest.mark.skipif(sys.version_info < (3, 14), reason="template strings are new in Python 3.14")
ONLY_3_15 = pytest.mark.skipif(sys.version_info < (3, 15), reason="lazy imports are new in Python 3.15")

HEAVY = """
import math
print("loaded")

def slow_sine(x):
    return math.sin(x) * x
"""

EXPLICIT = """
lazy import heavy
lazy from heavy import slow_sine

def square(x):
    return x * x

def both(x):
    return heavy.slow_sine(x) + slow_sine(x)
"""

PLAIN = EXPLICIT.replace("lazy ", "")

PROGRAM = """
import sys
import minitorch

with minitorch.install_import_hook(["user", "heavy"]):
    import user
    waiting = [type(vars(user)[name]).__name__ for name in ("heavy", "slow_sine")]
    answers = [
        minitorch.grad(user.square)(3.0), minitorch.jvp(user.square, (3.0,), (1.0,))[1],
        user.square(minitorch.Scalar(3.0)).data, minitorch.hessian(user.square)(3.0),
        len(minitorch.make_graph(user.square(minitorch.Scalar(3.0)))) > 0,
    ]
    print(*waiting, answers, "heavy" in sys.modules)
    print(minitorch.grad(user.both)(2.0), "heavy" in sys.modules)
"""


@ONLY_3_15
@pytest.mark.parametrize(
    ("module", "options"),
    [(EXPLICIT, ()), (EXPLICIT, ("-X", "lazy_imports=all")), (PLAIN, ("-X", "lazy_imports=all"))],
    ids=["lazy", "lazy, all", "all"],
)
def test_deferred_imports_wait_for_their_first_use(project: Project, module: str, options: tuple[str, ...]) -> None:
    project.write("heavy.py", HEAVY)
    project.write("user.py", module)
    project.write("program.py", PROGRAM)
    slope = 2.0 * (math.sin(2.0) + 2.0 * math.cos(2.0))
    expected = [f"lazy_import lazy_import {[6.0, 6.0, 9.0, 2.0, True]} False", "loaded", f"{slope} True"]
    for _ in range(2):  # the second time from bytecode
        assert project.python(*options, "program.py").stdout.splitlines() == expected


@ONLY_3_15
def test_a_deferred_import_that_fails_says_so_where_it_is_used(project: Project) -> None:
    project.write("user.py", "lazy import absent_module\n\n\ndef f(x):\n    return absent_module.g(x)\n")
    program = 'import minitorch\nminitorch.install_import_hook(["user"])\nimport user\nprint("imported")\n'
    project.write("program.py", f"{program}minitorch.grad(user.f)(1.0)\n")
    done = project.python("program.py", fails=True)
    assert done.stdout == "imported\n" and "No module named 'absent_module'" in done.stderr
    assert 'user.py", line 5, in f' in done.stderr


TEMPLATES = """
def parts(x, width=3):
    nested = t"{x * 2!r:>{width}}"
    return t"v={x:.2f}, {nested}" t"{{}}{x=}"

def slope(x):
    return sum(each.value for each in t"{x * x}{x}".interpolations)
"""


@ONLY_3_14
def test_template_strings_keep_values_with_their_histories(project: Project) -> None:
    project.write("user.py", TEMPLATES)
    project.write(
        "program.py",
        'import minitorch\nwith minitorch.install_import_hook(["user"]):\n    import user\n'
        "plain = user.parts(2.0)\nmade = user.parts(minitorch.Scalar(2.0))\n"
        "def looks(each):\n    return each.expression, each.conversion, each.format_spec\n"
        "for template in (plain, made):\n"
        "    inner = template.interpolations[1].value\n"
        "    print(template.strings, [looks(each) for each in (*template.interpolations, *inner.interpolations)])\n"
        "print([type(each).__name__ for each in made.values], made.values[0].data, plain.values[0])\n"
        "print(minitorch.grad(user.slope)(3.0), minitorch.hessian(user.slope)(3.0))\n",
    )
    looks = [("x", None, ".2f"), ("nested", None, ""), ("x", "r", ""), ("x * 2", "r", ">3")]
    template = f"{('v=', ', ', '{}x=', '')} {looks}"
    assert project.python("program.py").stdout.splitlines() == [
        template, template, "['Scalar', 'Template', 'Scalar'] 2.0 2.0", "7.0 2.0",
    ]  # fmt: skip
