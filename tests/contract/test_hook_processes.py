"""The hook in whole programs: scripts, `-m`, and the processes that a traced program starts."""

from __future__ import annotations

import os

import pytest
from hooked_project import ROOT, SQUARE, Project

import minitorch
from minitorch.tracing.child_processes import VARIABLE

CHILD_FILE = ROOT / "minitorch" / "tracing" / "child.pth"
SLOPE = "def cube(x):\n    return x * x * x\n"

# Prints whether the module's code is rewritten in the process that runs it.
REPORTER = """\
import sys
def loader(_=None):
    import power
    return type(power.__loader__).__name__
def slope(x):
    import power, minitorch
    return minitorch.grad(power.cube)(x)
"""


@pytest.fixture
def site(project: Project) -> str:
    """A folder on the path that Python treats as one of its site-packages, with the `.pth` file that is installed."""
    project.write("site/sitecustomize.py", "import os, site\nsite.addsitedir(os.path.dirname(__file__))\n")
    project.write("site/minitorch_child.pth", CHILD_FILE.read_text(encoding="utf-8"))
    project.write("power.py", SLOPE)
    project.write("reporter.py", REPORTER)
    return str(project.folder / "site")


# -- scripts and -m ----------------------------------------------------------------------------------------------------

SCRIPT = """\
'''Doc.'''
import sys, math, helper
print(__name__, sys.argv, __file__, __doc__, __package__, __spec__ is None)
def f(x):
    return math.sin(x) * helper.twice(x)
if __name__ == "__main__":
    print(f(0.5))
    raise SystemExit(int(sys.argv[1]))
"""


def test_scripts_run_as_under_python(project: Project) -> None:
    project.write("script.py", SCRIPT)
    project.write("helper.py", "def twice(x):\n    return x * 2\n")
    plain = project.python("script.py", "3", "--option", fails=True)
    traced = project.python("-m", "minitorch", "run", "--hook", "helper", "script.py", "3", "--option", fails=True)
    assert (traced.stdout, traced.returncode, traced.stderr) == (plain.stdout, plain.returncode, plain.stderr)
    assert plain.returncode == 3


def test_modules_run_as_under_python(project: Project) -> None:
    project.write("pkg/__init__.py", "print('package', __name__)\n")
    project.write(
        "pkg/__main__.py",
        "import sys, os\nfrom . import part\nprint(__name__, [os.path.basename(a) for a in sys.argv], __package__,"
        " __spec__.name, part.value)\n",
    )
    project.write("pkg/part.py", "value = 1 + 1\nif __name__ == '__main__':\n    print('part', value * 2)\n")
    for name in ("pkg", "pkg.part"):
        plain = project.python("-m", name, "a", "-b")
        traced = project.python("-m", "minitorch", "run", "-m", name, "a", "-b")
        assert (traced.stdout, traced.stderr) == (plain.stdout, plain.stderr), name


def test_failing_scripts_show_python_s_traceback(project: Project) -> None:
    project.write("failing.py", "import helper\ndef f(x):\n    return helper.half(x) + 1\nf(\n    0)\n")
    project.write("helper.py", "def half(x):\n    return (1 /\n            x)\n")
    plain = project.python("failing.py", fails=True)
    traced = project.python("-m", "minitorch", "run", "--hook", "helper", "failing.py", fails=True)
    assert traced.returncode == plain.returncode == 1
    assert traced.stderr == plain.stderr
    assert "ZeroDivisionError" in plain.stderr


def test_scripts_are_traced(project: Project) -> None:
    project.write(
        "traced.py",
        "import math, sys\ndef f(x):\n    return math.sin(float(x)) * x\n"
        "minitorch = sys.modules['minitorch']\n"
        "x = minitorch.Scalar(0.5)\ny = f(x)\ny.backward()\nprint(round(x.derivative, 6))\n",
    )
    assert project.python("-m", "minitorch", "run", "traced.py").stdout == "0.918217\n"


# -- child processes ---------------------------------------------------------------------------------------------------

START = """\
import multiprocessing, concurrent.futures
import minitorch, reporter
def main():
    with minitorch.install_import_hook(["power"]):
        import power
        {start}
    {after}
if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_are_covered(project: Project, site: str, method: str) -> None:
    project.write(
        "start.py",
        START.format(
            start=f"with multiprocessing.get_context('{method}').Pool(1) as pool:\n"
            "            print(pool.map(reporter.loader, [0]), pool.apply(reporter.slope, (2.0,)))",
            after="pass",
        ),
    )
    assert project.python("start.py", PYTHONPATH=site).stdout == "['RewritingSourceFileLoader'] 12.0\n"


def test_executors_are_covered(project: Project, site: str) -> None:
    project.write(
        "start.py",
        START.format(
            start="context = multiprocessing.get_context('spawn')\n"
            "        with concurrent.futures.ProcessPoolExecutor(1, context) as pool:\n"
            "            print(list(pool.map(reporter.loader, [0, 1])), pool.submit(reporter.slope, 1.0).result())",
            after="pass",
        ),
    )
    assert project.python("start.py", PYTHONPATH=site).stdout == f"{['RewritingSourceFileLoader'] * 2} 3.0\n"


def test_other_programs_are_covered_while_the_hook_is_there(project: Project, site: str) -> None:
    project.write("child.py", "import reporter, sys\nprint(reporter.loader(), 'minitorch' in sys.modules)\n")
    run = "import subprocess, sys; subprocess.run([sys.executable, 'child.py'], check=True)"
    project.write("start.py", START.format(start=run, after=run))
    lines = project.python("start.py", PYTHONPATH=site).stdout.splitlines()
    assert lines == ["RewritingSourceFileLoader True", "SourceFileLoader False"]


def test_children_of_children_are_covered(project: Project, site: str) -> None:
    project.write("leaf.py", "import reporter\nprint(reporter.loader())\n")
    project.write("middle.py", "import subprocess, sys\nsubprocess.run([sys.executable, 'leaf.py'], check=True)\n")
    run = "import subprocess, sys; subprocess.run([sys.executable, 'middle.py'], check=True)"
    project.write("start.py", START.format(start=run, after="pass"))
    assert project.python("start.py", PYTHONPATH=site).stdout == "RewritingSourceFileLoader\n"


def test_a_run_program_s_children_are_covered(project: Project, site: str) -> None:
    project.write(
        "start.py",
        "import multiprocessing, reporter\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.apply(reporter.loader), pool.apply(reporter.slope, (2.0,)))\n",
    )
    done = project.python("-m", "minitorch", "run", "--hook", "power", "start.py", PYTHONPATH=site)
    assert done.stdout == "RewritingSourceFileLoader 12.0\n"


def test_the_variable_can_be_set_by_hand(project: Project, site: str) -> None:
    program = "import reporter; print(reporter.loader())"
    assert project.python("-c", program, PYTHONPATH=site, **{VARIABLE: "power"}).stdout == "RewritingSourceFileLoader\n"


def test_without_the_file_the_first_import_of_minitorch_installs_the_hook(project: Project) -> None:
    project.write("power.py", SLOPE)
    project.write("reporter.py", REPORTER)
    program = "import minitorch, reporter; print(reporter.loader())"
    assert project.python("-S", "-c", "import sys; print(1)", **{VARIABLE: "power"}).stdout == "1\n"
    assert project.python("-c", program, **{VARIABLE: "power"}).stdout == "RewritingSourceFileLoader\n"


@pytest.mark.parametrize(
    ("value", "warning"),
    [
        ("1x", "MINITORCH_HOOK='1x' is passed over: '1x' is not the name of a module"),
        ("power,a b", "'a b' is not the name of a module or package"),
        ("", ""),
        (" , ,", ""),
        ("not_there_at_all", ""),
    ],
)
def test_a_bad_value_does_not_break_the_child(project: Project, site: str, value: str, warning: str) -> None:
    done = project.python("-c", "import reporter; print(reporter.loader())", PYTHONPATH=site, **{VARIABLE: value})
    assert done.stdout == "SourceFileLoader\n"
    assert warning in done.stderr
    assert bool(warning) == bool(done.stderr)


def test_what_the_child_has_imported_already_is_converted_in_place(project: Project, site: str) -> None:
    project.write("site/sitecustomize.py", "import os, site, power\nsite.addsitedir(os.path.dirname(__file__))\n")
    program = "import reporter; print(reporter.slope(2.0))"
    assert project.python("-c", program, PYTHONPATH=site, **{VARIABLE: "power"}).stdout == "12.0\n"


def test_the_variable_names_what_the_installed_hooks_cover(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    project.write("first.py", SQUARE)
    project.write("second.py", SQUARE)
    with minitorch.install_import_hook(["first"]) as outer:
        assert os.environ[VARIABLE] == "first"
        with minitorch.install_import_hook(["second", "first"]):
            assert os.environ[VARIABLE] == "first,second"
            outer.uninstall()
            assert os.environ[VARIABLE] == "second,first"
        outer.uninstall()
    assert VARIABLE not in os.environ


def test_without_the_variable_python_starts_as_ever(project: Project, site: str) -> None:
    done = project.python("-X", "importtime", "-c", "import sys; print(len(sys.modules))", PYTHONPATH=site)
    assert "minitorch" not in done.stderr and "transformer" not in done.stderr


def test_the_file_is_one_line_that_site_executes() -> None:
    [line] = CHILD_FILE.read_text(encoding="utf-8").splitlines()
    assert line.startswith("import ")
    assert VARIABLE in line


def test_the_file_is_installed_among_the_site_packages() -> None:
    table = (
        (ROOT / "pyproject.toml")
        .read_text(encoding="utf-8")
        .partition("[tool.hatch.build.targets.wheel.force-include]")
    )
    assert table[2].strip().startswith('"minitorch/tracing/child.pth" = "minitorch_child.pth"')


@pytest.mark.parametrize(("flag", "loader"), [("-B", "RewritingSourceFileLoader"), ("-E", ""), ("-I", "")])
def test_a_program_without_its_environment_is_not_hooked_by_it(
    project: Project, site: str, flag: str, loader: str
) -> None:
    program = (
        f"import sys, site; sys.path[:0] = [{str(project.folder)!r}, {str(ROOT)!r}]; "
        f"site.addsitedir({str(project.folder / 'site')!r}); print('minitorch' in sys.modules); "
        "import minitorch, reporter; print(reporter.loader())"
    )
    done = project.python(flag, "-c", program, **{VARIABLE: "power"})
    assert done.stdout.split() == [str(bool(loader)), loader or "SourceFileLoader"], done.stderr
