"""The recorder in C is built where a compiler is; elsewhere the wheel is for any platform, and the log says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT

from minitorch.recorder import build

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LEFT_OUT = "minitorch's recorder in C is left out"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip` installs to build a wheel."""
    folder = tmp_path_factory.mktemp("backend")
    (needed,) = re.findall(r"^requires = \[(.*)\]", PROJECT, re.M)
    (of_hook,) = re.findall(r"^dependencies = \[(\"setuptools.*)\]", PROJECT, re.M)
    names = [*re.findall(r'"([^"]+)"', f"{needed}, {of_hook}"), "editables"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), *names]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    return folder


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the checkout, since a build leaves the extension beside its sources."""
    folder = tmp_path / "tree"
    for name in ("minitorch", "transformer"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore"):
        shutil.copy(ROOT / name, folder / name)
    return folder


Make = Callable[..., tuple[Path | None, str]]


@pytest.fixture
def make(backend: Path, tmp_path: Path) -> Make:
    """Calls the backend as pip does: what it makes of a tree (`wheel`, `sdist`), or `None`; and the log."""

    def call(what: str, tree: Path, **environment: str) -> tuple[Path | None, str]:
        made = tmp_path / f"made {what} {len(list(tmp_path.iterdir()))}"
        made.mkdir()
        inherited = {key: value for key, value in os.environ.items() if key not in ("MINITORCH_NATIVE", "CC", "CFLAGS")}
        done = subprocess.run(
            [sys.executable, "-c", f"import hatchling.build; hatchling.build.build_{what}({str(made)!r})"],
            cwd=tree,
            env={**inherited, "PYTHONPATH": str(backend), "PYTHONSAFEPATH": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return next(made.iterdir(), None), done.stdout

    return call


def extensions(wheel: Path) -> list[str]:
    return [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".pyd"))]


def test_with_a_compiler_the_wheel_has_the_extension(make: Make, tree: Path, tmp_path: Path) -> None:
    wheel, log = make("wheel", tree)
    assert wheel is not None, log
    version = "cp{}{}".format(*sys.version_info)
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name.endswith(f"-{version}-{version}-{platform}.whl")
    assert extensions(wheel) == [f"minitorch/recorder/{build.FILE_NAME}"]
    assert LEFT_OUT not in log
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    code = "from minitorch.recorder import _native; print(_native.__file__, _native.fingerprint)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path / "installed", capture_output=True, encoding="utf-8", check=True)
    place = tmp_path / "installed/minitorch/recorder" / build.FILE_NAME
    assert done.stdout.split() == [str(place), str(build.fingerprint())]
    # And it lies beside its sources, where tests of the checkout find it.
    assert (tree / "minitorch/recorder" / build.FILE_NAME).is_file()


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        pytest.param({"CC": "false"}, "the C compiler `false` failed", id="a compiler that fails"),
        pytest.param(
            {"CC": "no-such-compiler"},
            "there is no C compiler `no-such-compiler`: apt-get install gcc",
            id="a compiler that is missing",
        ),
        pytest.param({"CC": "true"}, "the C compiler `true` failed", id="a compiler that does nothing"),
        pytest.param({"PATH": "/nowhere"}, "there is no C compiler `.*`: apt", id="no commands at all"),
        pytest.param({"MINITORCH_NATIVE": "0"}, "the environment has MINITORCH_NATIVE=0", id="by request"),
    ],
)
def test_without_a_compiler_the_wheel_is_for_any_platform(
    make: Make, tree: Path, environment: dict[str, str], reason: str
) -> None:
    older = tree / "minitorch/recorder" / build.FILE_NAME
    older.write_bytes(b"built from other sources")
    wheel, log = make("wheel", tree, **environment)
    assert wheel is not None, log
    assert wheel.name.endswith("-py3-none-any.whl")
    assert extensions(wheel) == []
    assert log.count(LEFT_OUT) == 1
    (sentence,) = (line for line in log.splitlines() if LEFT_OUT in line)
    assert re.search(reason, sentence)
    assert "MINITORCH_NATIVE" in environment or not older.exists()


def test_a_mistake_in_c_fails_no_installation(make: Make, tree: Path) -> None:
    with (tree / "minitorch/recorder/c/_native.c").open("a", encoding="utf-8") as file:
        file.write("#error this is no C\n")
    wheel, log = make("wheel", tree)
    assert wheel is not None, log
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "this is no C" in log
    assert log.count(LEFT_OUT) == 1


def test_the_extension_can_be_required(make: Make, tree: Path) -> None:
    wheel, log = make("wheel", tree, CC="false", MINITORCH_NATIVE="1")
    assert wheel is None
    assert re.search("NotBuilt: the C compiler `false` failed", log)
    wheel, log = make("wheel", tree, MINITORCH_NATIVE="1")
    assert wheel is not None, log
    assert len(extensions(wheel)) == 1


def test_an_editable_installation_has_the_extension_in_the_tree(make: Make, tree: Path) -> None:
    wheel, log = make("editable", tree)
    assert wheel is not None, log
    assert extensions(wheel) == []
    assert (tree / "minitorch/recorder" / build.FILE_NAME).is_file()


def test_a_source_distribution_has_what_a_wheel_is_made_from(make: Make, tree: Path, tmp_path: Path) -> None:
    (tree / "minitorch/recorder/_native.cpython-39.so").write_bytes(b"for another Python")
    sdist, log = make("sdist", tree)
    assert sdist is not None, log
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path / "unpacked", filter="data")
    sources = {f"minitorch/recorder/c/{file.name}" for file in (ROOT / "minitorch/recorder/c").iterdir()}
    assert sources | {"minitorch/recorder/build.py"} <= names
    assert not [name for name in names if name.endswith(".so")]
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    wheel, log = make("wheel", unpacked)
    assert wheel is not None, log
    assert extensions(wheel) == [f"minitorch/recorder/{build.FILE_NAME}"]


def test_a_tree_that_cannot_be_written_to_gives_a_wheel(make: Make, tree: Path) -> None:
    # The place is taken by a folder with something in it, since permissions are nothing to root.
    (tree / "minitorch/recorder" / build.FILE_NAME / "taken").mkdir(parents=True)
    wheel, log = make("wheel", tree)
    assert wheel is not None, log
    assert extensions(wheel) == [f"minitorch/recorder/{build.FILE_NAME}"]


def test_in_place_the_file_is_named(backend: Path, tree: Path) -> None:
    command = [sys.executable, str(tree / "minitorch/recorder/build.py")]
    environment = {**os.environ, "PYTHONPATH": str(backend)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert Path(done.stdout.strip()) == tree / "minitorch/recorder" / build.FILE_NAME
    failed = subprocess.run(command, env={**environment, "CC": "false"}, capture_output=True, encoding="utf-8")
    assert failed.returncode == 1
    assert failed.stderr.startswith("The recorder in C was not built: the C compiler `false` failed")
    assert not (tree / "minitorch/recorder" / build.FILE_NAME).exists()


def test_missing_headers_of_python_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert build.failure(None).startswith("Python's header files are missing: apt-get install python3-dev")


def test_python_without_the_global_lock_is_served_by_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    with pytest.raises(build.NotBuilt, match="it is for CPython with the global interpreter lock"):
        build.compile_extension(tmp_path)
