"""Fixtures that several test files share."""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bare_transformer import make_dispatcher
from hooked_project import Install, Project
from hypothesis import settings
from registrations import forgotten_afterwards

from minitorch.compiler import specialization
from minitorch.compiler.earnings import Earnings, Estimate
from minitorch.machine_code.availability import why_unavailable
from minitorch.recorder.build import fingerprint
from transformer import Dispatcher, Hook, install

# How long an example takes says nothing about it on a busy machine.
settings.register_profile("minitorch", deadline=None)
settings.load_profile("minitorch")

collect_ignore = ["support/new_primitive.py"]
"""To import it adds a row to the table of rules, which only the processes of one test are to have."""


def pytest_configure() -> None:
    """Stop where the recorder in C was built from other sources: tests would say nothing of these."""
    try:
        built_from = importlib.import_module("minitorch.recorder._native").fingerprint
    except ImportError:
        return
    if built_from not in (fingerprint(), 0):  # 0: by hand, without build.py
        raise pytest.UsageError("The recorder in C is built from other sources: python minitorch/recorder/build.py")


def pytest_collection_finish() -> None:
    """Take what pytest has collected out of the garbage collector's sight: it is looked at thousands of times."""
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def what_was_there_before_stays_out_of_sight() -> Iterator[None]:
    """Does the same with what the tests of a file leave, and with all again where one of them has thawed it."""
    yield
    pytest_collection_finish()


@pytest.fixture(autouse=True)
def compiling_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the clock of `minitorch.compile`: what a test compiles is not to depend on how busy the machine is."""
    monkeypatch.setattr(Earnings, "clock", staticmethod(lambda: 0))
    monkeypatch.setattr(Estimate, "cost", lambda self, units: 0)
    # What is compared at each call takes a microsecond or ten, which some machines take for the call as well.
    monkeypatch.setattr(specialization, "FREE_NANOSECONDS", 100_000)


@pytest.fixture(autouse=True)
def faults_of_the_walk_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has errors of minitorch's own end a test, which would have another tier answer the call."""
    if why_unavailable() is not None:
        return
    from minitorch.compiler.structural import call

    monkeypatch.setattr(call, "FAULTS", ())


@pytest.fixture(autouse=True)
def no_hook_stays() -> Iterator[None]:
    """Takes away hooks that a test left: a command installs them for as long as its process lives."""
    before = list(sys.meta_path)
    yield
    for finder in [finder for finder in sys.meta_path if finder not in before]:
        if isinstance(finder, Hook):
            finder.uninstall()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project to write files for."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Project(tmp_path)
    yield made
    made.forget()


@pytest.fixture
def dispatcher() -> Dispatcher:
    """A dispatcher of the transformer by itself."""
    return make_dispatcher()


@pytest.fixture
def hook_over(dispatcher: Dispatcher) -> Iterator[Install]:
    """Installs hooks, which are gone when the test ends."""
    hooks: list[Hook] = []

    def install_over(*names: str, **options: Any) -> Hook:
        hooks.append(install(names, dispatcher, **options))
        return hooks[-1]

    yield install_over
    for hook in hooks:
        hook.uninstall()


@pytest.fixture
def busy_threads() -> Iterator[None]:
    """Threads take turns after each few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def registrations_are_forgotten() -> Iterator[None]:
    """What a test registers is forgotten after it."""
    with forgotten_afterwards():
        yield


@pytest.fixture
def only_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has functions with loops compiled from their traces, too."""
    from minitorch.compiler.structural.tier import StructuralTier

    monkeypatch.setattr(StructuralTier, "tries_structurally", False)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A shell of IPython's with the extension, as a notebook has it."""
    from IPython.core.interactiveshell import InteractiveShell

    # Python's own prompt keeps its last value there, and IPython then leaves it alone.
    monkeypatch.delattr(builtins, "_", raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.run_cell("import math, minitorch\n%load_ext minitorch", store_history=True)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell: Any) -> Callable[[str], Any]:
    """Runs a cell in that shell; its last value is returned, and what it raises is raised."""
    from IPython.utils.capture import capture_output

    def run(text: str) -> Any:
        with capture_output():
            result = shell.run_cell(text, store_history=True)
        result.raise_error()
        return result.result

    return run
