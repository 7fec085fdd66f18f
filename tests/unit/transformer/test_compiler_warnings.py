"""What Python's compiler warns of is said once, when a source is first compiled, however a function is found later."""

from __future__ import annotations

import importlib
import sys
import threading
import warnings
from pathlib import Path
from types import FrameType

import pytest
from bare_transformer import up
from hooked_project import Install, Project

import transformer.compiler_warnings
from transformer import Dispatcher
from transformer.compiler_warnings import compiling_quietly, parse_quietly

WARNED_OF = r"""
PATTERN = "\d+"
if PATTERN is 3: raise ValueError

def area(x):
    if x is 1: return x
    def inner(y):
        assert (y, "always true")
        return y * y
    return inner(x) * len("\w")

double = lambda x: x * (1 if x is 5 else 2)

class Scale:
    def by(self, x):
        return x * ("\e" is not 4)
"""

Said = list[tuple[type[Warning], str, int]]


def said_within(caught: list[warnings.WarningMessage]) -> Said:
    return sorted(
        ((each.category, str(each.message), each.lineno) for each in caught), key=lambda each: (each[2], each[1])
    )


@pytest.fixture
def expected(project: Project) -> Said:
    """What Python itself says of the source, which is now a module `odd`."""
    path = project.write("odd.py", WARNED_OF)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compile(WARNED_OF, str(path), "exec")
    assert len(caught) >= 5
    return said_within(caught)


def convert_all(dispatcher: Dispatcher) -> None:
    module = sys.modules["odd"]
    functions = [module.area, module.double, module.Scale.by]
    with up(dispatcher.targets.switch):
        for function in functions:
            dispatcher.converter.convert(function)
    assert module.area(2.0) == 8.0 and module.double(2.0) == 4.0 and module.Scale().by(2.0) == 2.0


@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.usefixtures("project")
def test_warnings_are_pythons_own(
    dispatcher: Dispatcher, hook_over: Install, expected: Said, hooked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    if hooked:
        hook_over("odd")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importlib.import_module("odd")
        convert_all(dispatcher)
    assert said_within(caught) == expected


@pytest.mark.parametrize("hooked", [False, True])
@pytest.mark.usefixtures("expected")
def test_cached_modules_raise_no_errors(dispatcher: Dispatcher, hook_over: Install, hooked: bool) -> None:
    if hooked:
        hook_over("odd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("odd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convert_all(dispatcher)


@pytest.mark.parametrize("earlier", ["plain", "hooked"])
def test_what_bytecode_is_kept_of_is_warned_of_no_more(
    dispatcher: Dispatcher, hook_over: Install, expected: Said, earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that Python itself starts under `-W error` starts with the hook, too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    hook = hook_over("odd") if earlier == "hooked" else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importlib.import_module("odd")
    assert said_within(caught) == expected
    if hook is not None:
        hook.uninstall()
    del sys.modules["odd"]
    if earlier == "plain":
        hook_over("odd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        importlib.import_module("odd")
        convert_all(dispatcher)


@pytest.mark.usefixtures("expected")
def test_warnings_made_errors_are_pythons_own(hook_over: Install) -> None:
    hook_over("odd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SyntaxError, match="invalid escape sequence") as raised:
            importlib.import_module("odd")
    assert (raised.value.lineno, Path(str(raised.value.filename)).name) == (2, "odd.py")
    assert raised.value.__context__ is None


def test_other_threads_are_warned() -> None:
    def warned_of() -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compile("1 is 1", "<other>", "eval")
            found.extend(caught)

    found: list[warnings.WarningMessage] = []
    before = list(warnings.filters)
    with compiling_quietly() as unsaid:
        thread = threading.Thread(target=warned_of)
        thread.start()
        thread.join()
        parse_quietly("'\\d'")
        compile("2 is 2", "<this>", "eval")
    assert len(found) == 1 and len(unsaid) == 1
    assert list(warnings.filters) == before


def test_filters_are_not_passed_over_when_another_thread_is_done() -> None:
    def compile_until_told() -> None:
        with compiling_quietly():
            begun.set()
            ends.wait()

    def let_it_end(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_filename == transformer.compiler_warnings.__file__ and not ends.is_set():
            ends.set()
            compiling.join()

    begun, ends = threading.Event(), threading.Event()
    compiling = threading.Thread(target=compile_until_told)
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("error", UserWarning)
        compiling.start()
        begun.wait()
        # Whatever runs in Python while filters are gone through may be interrupted by that thread.
        sys.setprofile(let_it_end)
        try:
            with pytest.raises(UserWarning):
                warnings.warn("of the user's", UserWarning, stacklevel=1)
        finally:
            sys.setprofile(None)
            ends.set()
            compiling.join()
