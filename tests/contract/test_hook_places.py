"""Hooked modules stand where they stood: tracebacks, debuggers, inspect and warnings say so; threads may import."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import inspect
import sys
import threading
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

import pytest
from bare_transformer import up
from hooked_project import SQUARE, Install, Project, is_rewritten

from transformer import Dispatcher, install

# -- tracebacks, debuggers, coverage, inspect, warnings ----------------------------------------------------------------

TELLING = '''"""Its docstring."""
import warnings


def fails(x):
    total = 1
    return [
        total
        + x
    ]


def warns(x):
    warnings.warn(
        "careful" * (x > 0), stacklevel=2)
    return x * 2


def loops(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
        else:
            total -= i
    return total


class Thing:
    def method(self, x):
        return x / 0
'''


def seen_of(module: Any) -> list[Any]:
    """What a debugger, a traceback, `inspect` and `warnings` say of that module."""
    seen: list[Any] = []
    for call in (lambda: module.fails("x"), lambda: module.Thing().method(1)):
        with pytest.raises((TypeError, ZeroDivisionError)) as caught:
            call()
        text = traceback.format_exception(caught.type, caught.value, caught.tb)
        seen.append("".join(text[2:]))
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        module.warns(1)
    seen += [(str(issued[0].message), issued[0].lineno)]
    seen += [inspect.getsource(module.loops), inspect.getsource(module.Thing), inspect.getdoc(module)]
    seen += [inspect.getsourcelines(module.fails)[1], inspect.getsourcefile(module.fails)]
    lines: list[tuple[str, str, int]] = []

    def tracer(frame: types.FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename == module.__file__:
            lines.append((event, frame.f_code.co_name, frame.f_lineno))
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        module.loops(3)
    finally:
        sys.settrace(before)
    return [*seen, lines]


@pytest.mark.parametrize("switch", ["down", "up"])
def test_places_are_the_original_ones(project: Project, dispatcher: Dispatcher, switch: str) -> None:
    project.write("telling.py", TELLING)
    plain = seen_of(importlib.import_module("telling"))
    del sys.modules["telling"]
    with install(["telling"], dispatcher):
        module = importlib.import_module("telling")
    if switch == "down":
        assert seen_of(module) == plain
    else:
        with up(dispatcher.targets.switch):
            assert seen_of(module) == plain


def test_a_failing_import_shows_no_frame_of_ours(project: Project, hook_over: Install) -> None:
    project.write("fails_at_import.py", "x = 1\ny = x / 0\n")
    hook_over("fails_at_import")
    with pytest.raises(ZeroDivisionError) as caught:
        importlib.import_module("fails_at_import")
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert not any("transformer" in Path(file).parts for file in files)
    assert files[-1] == str(project.folder / "fails_at_import.py")


# -- threads -----------------------------------------------------------------------------------------------------------


def test_threads_may_import_at_once(project: Project, hook_over: Install) -> None:
    names = [f"threaded{i}" for i in range(12)]
    for i, name in enumerate(names):
        project.write(f"{name}.py", "".join(f"import {later}\n" for later in names[i + 1 :]) + SQUARE)
    hook = hook_over(*names)
    barrier = threading.Barrier(12)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        barrier.wait()
        try:
            assert is_rewritten(name)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(report.name for report in hook.report()) == sorted(names)
