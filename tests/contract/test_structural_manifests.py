"""Machine code that another process has made runs without a walk, if all that was read is the same there."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.manifest import manifest, symbols

pytest_plugins = ["manifest_subject"]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere nothing is kept")

CALLS: list[tuple[str, tuple[Any, ...], tuple[int, ...]]] = [
    ("f", (1.25, 4), (0,)),
    ("f", (0.0, 3, "other"), (0,)),
    ("f", (1.25, 4, "plain", [1.0, 2.0]), (0, 3)),
    ("named", (1.25, 4), ()),
    ("of_words", (1.25,), (0,)),
]


@pytest.mark.parametrize("name, args, argnums", CALLS)
def test_no_walk(
    instance: Callable[[], ModuleType], walks: list[Any], name: str, args: tuple[Any, ...], argnums: tuple[int, ...]
) -> None:
    """Another process runs the code as it is, with eager's digits."""
    answers = []
    for number in range(2):
        module = instance()
        function = compile_structurally(getattr(module, name), argnums or 0)
        answers.append(function.value_and_grad(*args) if argnums else function(*args))
        eager = minitorch.value_and_grad(getattr(module, name), argnums) if argnums else getattr(module, name)
        assert repr(answers[-1]) == repr(eager(*args))
        assert len(walks) == 1, number
    assert repr(answers[0]) == repr(answers[1])


def test_what_has_no_branch_is_written_as_its_traces(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    texts = []
    for _ in range(2):
        compiled = minitorch.compile(instance().of_three)
        compiled.precompile([1.0, 2.0, 0.5])
        assert len(walks) == 1
        texts.append(compiled.emit("python"))
    assert texts[0] == texts[1] and "def of_three(x, x1, x2)" in texts[0]


def test_the_order_of_sets_is_not_kept(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    """Another process may have another one."""
    for number in range(2):
        module = instance()
        function = compile_structurally(module.of_sets)
        assert repr(function.value_and_grad(1.25)) == repr(minitorch.value_and_grad(module.of_sets)(1.25))
        assert len(walks) == number + 1


def set_words(module: ModuleType) -> None:
    """Change a text that was parsed."""
    module.WORDS = "one;two"


def test_a_text_that_is_another_one(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    """What was made of another text is not used."""
    for change in (lambda module: None, set_words):
        module = instance()
        change(module)
        function = compile_structurally(module.of_words)
        assert repr(function.value_and_grad(1.25)) == repr(minitorch.value_and_grad(module.of_words)(1.25))
    assert len(walks) == 2


def set_item(module: ModuleType) -> None:
    """Change a list."""
    module.RATES[1] = 0.75


def set_inner(module: ModuleType) -> None:
    """Change a list in a list."""
    module.TABLE[1].append(-0.5)


def alias(module: ModuleType) -> None:
    """Have one list twice."""
    module.TABLE[1] = module.TABLE[0]


def set_default(module: ModuleType) -> None:
    """Change a default."""
    module.damped.__defaults__ = (2.0,)


def set_named_default(module: ModuleType) -> None:
    """Change a default of an argument by name."""
    module.damped.__kwdefaults__["shift"] = -0.5


def set_code(module: ModuleType) -> None:
    """Have a function do what another one does."""
    module.exp = lambda x: x + 1.0


CHANGES: list[Callable[[ModuleType], Any]] = [
    set_item,
    set_inner,
    alias,
    set_default,
    set_named_default,
    set_code,
    lambda module: setattr(module, "LIMIT", 3.0),
    lambda module: setattr(module, "LIMIT", 2),
    lambda module: setattr(module, "MODE", "down"),
    lambda module: setattr(module, "grow", module.grown(-1.5)),
    lambda module: setattr(module, "PAIRS", ((0.5, 1), (1.5, 3))),
    lambda module: setattr(module, "math", __import__("cmath")),
    lambda module: setattr(module, "sum", lambda row: row[0]),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("before", [True, False])
def test_changes(
    instance: Callable[[], ModuleType], walks: list[Any], change: Callable[[ModuleType], Any], before: bool
) -> None:
    """Something that was read is another thing there: before the first call, or behind it."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    module = instance()
    function = compile_structurally(module.f)
    if not before:
        function.value_and_grad(1.25, 4)
        assert len(walks) == 1
    change(module)
    wanted: Any
    try:
        wanted = repr(minitorch.value_and_grad(module.f)(1.25, 4))
    except TypeError as error:
        wanted = type(error)
    if isinstance(wanted, str):
        assert repr(function.value_and_grad(1.25, 4)) == wanted
    else:
        with pytest.raises(wanted):
            function.value_and_grad(1.25, 4)
    assert len(walks) == 2


def test_another_text(instance: Callable[[], ModuleType], walks: list[Any], tmp_path: Path, program: str) -> None:
    """The code of a function that is called is another one."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    (tmp_path / "subject.py").write_text(program.replace("1.0 + x * x", "2.0 + x * x * 1.0"))
    module = instance()
    found = compile_structurally(module.f).value_and_grad(1.25, 4)
    assert repr(found) == repr(minitorch.value_and_grad(module.f)(1.25, 4))
    assert len(walks) == 2


def test_objects_of_classes(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    """Of what no process could describe nothing is kept."""
    for count in range(1, 3):
        module = instance()
        assert compile_structurally(module.of_object).value_and_grad(1.5, 3) == (2.25, 1.5)
        assert len(walks) == count


def test_unknown_symbols(instance: Callable[[], ModuleType], walks: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that lacks a function of the C library does not load what calls it."""
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    monkeypatch.setattr(manifest, "is_defined", lambda symbol: symbol != "libm.sin")
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    assert len(walks) == 2


def test_symbols() -> None:
    """Only what LLVM is told of is defined."""
    names = ["libm.exp", "libc.memcmp", "PyFloat_Type", "PyList_New", "structural.allocate", "minitorch.fallback"]
    assert all(map(symbols.is_defined, names))
    assert not any(map(symbols.is_defined, ["libm.none", "libc.none.such", "structural.none", "none", "python.f"]))


def test_after_eager(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    """Functions that eager has converted are the same functions; the other process has not converted them yet."""
    for module, is_converted in itertools.product((instance(), instance()), (True, False)):
        if is_converted:
            minitorch.value_and_grad(module.f)(1.25, 4)
        compile_structurally(module.f).value_and_grad(1.25, 4)
    compile_structurally(instance().f).value_and_grad(1.25, 4)
    assert len(walks) == 1


def test_first_call(instance: Callable[[], ModuleType], walks: list[Any]) -> None:
    """What is on disk need not be earned: the first call is answered by it."""
    compile_structurally(instance().f).value_and_grad(1.25, 2)
    module = instance()
    function = minitorch.compile(module.f)
    assert repr(function.value_and_grad(1.25, 2)) == repr(minitorch.value_and_grad(instance().f)(1.25, 2))
    assert [view.calls for view in function.traces] == [1]
    assert len(walks) == 1
