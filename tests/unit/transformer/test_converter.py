"""Live functions are converted in place: everything about them but their arithmetic stays as it was."""

from __future__ import annotations

import asyncio
import copy
import functools
import importlib
import importlib.util
import inspect
import linecache
import math
import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from bare_transformer import Listener, in_a_file, make_dispatcher, up
from hooked_project import Project
from paths import ROOT

from transformer import Converter, Dispatcher, RewriteError
from transformer.linking import is_linked

Convert = Callable[[Any], Any]

SUBJECTS = ROOT / "tests" / "support" / "function_subjects.py"


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A fresh copy of the module with the functions to convert."""
    spec = importlib.util.spec_from_file_location("function_subjects_copy", SUBJECTS)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def dispatcher(listener: Listener) -> Dispatcher:
    return make_dispatcher(listener)


@pytest.fixture
def convert(dispatcher: Dispatcher) -> Iterator[Convert]:
    """Converts, with the switch up until the test ends."""
    with up(dispatcher.targets.switch):
        yield dispatcher.converter.convert


def test_functions_made_by_what_a_decorator_holds_keep_their_qualified_names(
    subjects: ModuleType, convert: Convert
) -> None:
    for function in (subjects.decorating, subjects.Decorated.decorating):
        made = function(2.0)
        assert convert(function)(2.0).__qualname__ == made.__qualname__
        assert made.__qualname__ == f"{function.__qualname__}.<locals>.<lambda>"


def test_a_function_keeps_all_that_can_be_asked_of_it(
    subjects: ModuleType, convert: Convert, listener: Listener
) -> None:
    function = subjects.area
    function.note = "kept"
    questions = ("name", "qualname", "module", "doc", "defaults", "kwdefaults", "annotations")
    before = [getattr(function, f"__{question}__") for question in questions]
    closure, names, signature = function.__closure__, function.__globals__, inspect.signature(function)
    assert convert(function) is function
    assert [getattr(function, f"__{question}__") for question in questions] == before
    assert (function.__closure__, inspect.signature(function)) == (closure, signature)
    assert function.__globals__ is names
    assert vars(function) == {"note": "kept"}
    assert function(2.0) == math.pi * 4
    assert listener.heard == ["Pow(2.0, 2)", f"Mul({math.pi}, 4.0)", f"Mul({math.pi * 4}, 1.0)"]


OF_THE_BODY = {
    f"co_{what}"
    for what in "code consts exceptiontable linetable lnotab lines positions stacksize nlocals branches".split()
}


def test_a_code_object_keeps_what_can_be_asked_of_it(subjects: ModuleType, convert: Convert) -> None:
    for name, function in list(vars(subjects).items()):
        if type(function) is FunctionType and function.__module__ == subjects.__name__:
            before = function.__code__
            after = convert(function).__code__
            for question in dir(before):
                if question.startswith("co_") and question not in OF_THE_BODY:
                    assert getattr(after, question) == getattr(before, question), (name, question)


def test_pickle_goes_by_reference(subjects: ModuleType, convert: Convert) -> None:
    convert(subjects.area)
    assert pickle.loads(pickle.dumps(subjects.area)) is subjects.area
    assert copy.deepcopy(subjects.area) is subjects.area


def test_recursion_goes_through_its_own_name(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert convert(subjects.factorial)(4) == 24
    assert [entry for entry in listener.heard if entry.startswith("Mul")] == ["Mul(2, 1)", "Mul(3, 2)", "Mul(4, 6)"]


def test_cells_are_the_same_cells(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    add, look = subjects.counter()
    cell = add.__closure__[0]
    convert(add)
    assert add.__closure__[0] is cell
    add(2.0)
    assert (add(3.0), look(), cell.cell_contents) == (5.0, 5.0, 5.0)
    assert listener.heard == ["Add(0.0, 2.0)", "Add(2.0, 3.0)"]


def test_a_class_with_super_and_private_names(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert convert(subjects.Derived) is subjects.Derived
    derived = subjects.Derived(5.0)
    assert vars(derived) == {"_Base__x": 5.0, "_Derived__x": 6.0}
    listener.heard.clear()
    assert (derived.twice(), derived.half, derived.slow) == (16.0, 3.0, 600.0)
    assert (derived.static(2.0), derived.of_class(2.0)) == (8.0, 6.0)
    assert listener.heard == [
        "Mul(5.0, 2)", "Add(10.0, 6.0)", "TrueDiv(6.0, 2)", "Mul(6.0, 100)", "Mul(2.0, 4)", "Mul(2.0, 3)",
    ]  # fmt: skip
    assert derived.local_class() == "Derived.local_class.<locals>.Inner.get"


def test_a_single_method(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    method = subjects.Derived(5.0).twice
    listener.heard.clear()
    assert convert(method) is method
    assert method() == 16.0
    assert listener.heard == ["Mul(5.0, 2)", "Add(10.0, 6.0)"]  # what it calls is converted, too


def test_generated_methods_stay(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    convert(subjects.Point)
    assert (subjects.Point(3.0, 4.0).norm(), subjects.Point(1.0)) == (5.0, subjects.Point(1.0, 2.0))
    assert listener.heard == ["Mul(3.0, 3.0)", "Mul(4.0, 4.0)", "Add(9.0, 16.0)"]


def test_slots_and_descriptors(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    convert(subjects.Slotted)
    convert(subjects.Watching)
    watching = subjects.Watching()
    watching.value = subjects.Slotted(2.0).x
    assert watching.value == 10.0
    assert listener.heard == ["Mul(2.0, 2)", "Add(4.0, 1)", "Mul(5.0, 2)"]


def test_generators_and_coroutines_stay_such(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert inspect.isgeneratorfunction(convert(subjects.squares))
    assert inspect.iscoroutinefunction(convert(subjects.slowly))
    assert inspect.isasyncgenfunction(convert(subjects.ticking))
    assert list(subjects.squares(3)) == [0, 1, 4]

    async def ticks() -> list[float]:
        return [tick async for tick in subjects.ticking(2)]

    assert (asyncio.run(subjects.slowly(2.0)), asyncio.run(ticks())) == (4.0, [0.0, 0.5])
    assert listener.heard == ["Mul(0, 0)", "Mul(1, 1)", "Mul(2, 2)", "Mul(2.0, 2)", "Mul(0, 0.5)", "Mul(1, 0.5)"]


def test_other_decorators_stay(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert convert(subjects.decorated)(3.0) == 10.0
    assert subjects.CALLS == ["decorated"]
    assert "Mul(3.0, 3.0)" in listener.heard


@pytest.mark.parametrize(
    ("name", "arguments", "result", "heard"),
    [
        ("cached", (3.0,), 9.0, ["Mul(3.0, 3.0)"]),
        ("partial", (), math.pi * 4, ["Pow(2.0, 2)", f"Mul({math.pi}, 4.0)", f"Mul({math.pi * 4}, 1.0)"]),
        ("default_lambda", (1.0,), 35.0, ["Mul(1.0, 5)", "Mul(5.0, 7)"]),
        ("shadows", (), 6.0, ["Mul(2.0, 3)"]),
        ("nested_lambdas", (2.0,), [4.0, 6.0], ["Mul(2.0, 2)", "Mul(3, 2.0)"]),
    ],
)
def test_what_wraps_a_function(
    subjects: ModuleType, convert: Convert, listener: Listener, name: str, arguments: Any,
    result: Any, heard: list[str],
) -> None:  # fmt: skip
    target = getattr(subjects, name)
    assert convert(target) is target
    assert target(*arguments) == result
    assert listener.heard == heard


def test_an_object_that_can_be_called(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert convert(subjects.Callable_())(2.0) == 12.0
    assert listener.heard == ["Mul(2.0, 6)"]


def test_lambdas_of_one_line_are_told_apart(subjects: ModuleType, convert: Convert, listener: Listener) -> None:
    assert [convert(f)(2.0) for f in subjects.pair] == [4.0, 6.0]
    assert [convert(f)(2.0) for f in subjects.same_line] == [3.0, 3.0]
    assert listener.heard == ["Mul(2.0, 2)", "Mul(2.0, 3)", "Add(2.0, 1)", "Add(2.0, 1)"]
    assert [str(convert(f)(2.0)) for f in subjects.zeros] == ["0.0", "-0.0"]


def test_converting_twice_changes_nothing_more(subjects: ModuleType, convert: Convert) -> None:
    code = convert(subjects.area).__code__
    assert is_linked(code)
    assert convert(subjects.area).__code__ is code
    assert convert(subjects.no_arithmetic)(1.5) == 1.5


def test_the_plain_code_is_remembered(subjects: ModuleType, dispatcher: Dispatcher) -> None:
    converter: Converter = dispatcher.converter
    plain = subjects.area.__code__
    converter.convert(subjects.area)
    assert converter.plain_code(subjects.area.__code__) is plain
    assert converter.plain_code(plain) is plain


def test_functions_of_one_code_share_the_conversion(subjects: ModuleType, convert: Convert) -> None:
    first, second = subjects.counter()[0], subjects.counter()[0]
    assert convert(first).__code__ is convert(second).__code__
    assert (first(1.0), second(2.0)) == (1.0, 2.0)


@pytest.mark.parametrize("target", [len, math.sin, 3, "text", None, functools.partial(len), str.join])
def test_what_is_no_python_function_is_refused(convert: Convert, target: Any) -> None:
    with pytest.raises(RewriteError, match=r"is not a Python function: it has no source to rewrite; give a function"):
        convert(target)


def test_text_given_to_exec_is_refused(convert: Convert) -> None:
    names: dict[str, Any] = {}
    exec("def f(x): return x * x", names)
    code = names["f"].__code__
    # pytest's workers are programs of `python -c`, of which Python 3.13 has a source called `<string>`.
    with pytest.raises(RewriteError, match=r"there is no source.*in a file \(<string>\)|is not what was compiled"):
        convert(names["f"])
    assert names["f"].__code__ is code


def test_a_file_that_was_edited_is_refused(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "edited.py"
    path.write_text("def f(x):\n    return x * x\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    path.write_text("y = 1\n\n\n\ndef f(x):\n    return x + x\n")
    linecache.checkcache(str(path))
    with pytest.raises(RewriteError, match=r"the source of 'f' is not what was compiled; reload the module") as caught:
        convert(names["f"])
    assert (caught.value.filename, caught.value.lineno) == (str(path), 1)
    assert names["f"](3) == 9


def written_and_imported(path: Path, value: str) -> FunctionType:
    """A function of a file, which returns that."""
    path.write_text(f"def f(x):\n    return {value}\n")
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(path.read_text(), str(path), "exec"), names)
    linecache.checkcache(str(path))
    function: FunctionType = names["f"]
    return function


CONSTANTS = {
    "nan": "x * (1e999 - 1e999)",
    "nan in a tuple": "x in (1e999 - 1e999, 1.0)",
    "a complex nan": "x * (1e999 - 1e999) * 1j",
    "more digits than Python writes": f"x in (0x{'f' * 5_000}, x)",
    "such in a set": f"x in {{0x{'f' * 5_000}, 1}}",
    "texts in a set": "x in {'a', 'b', b'c', None, 1.5}",
}


@pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
def test_constants_that_are_their_own(convert: Convert, tmp_path: Path, value: str) -> None:
    function = convert(written_and_imported(tmp_path / "constants.py", value))
    assert repr(function(1)) == repr(eval(value, {"x": 1}))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x * 0.0", "x * -0.0"),
        ("x * 1", "x * 1.0"),
        ("x * 1", "x * True"),
        ("x * 1j", "x * -(0.0 - 1j)"),
        ("x, (1, 2)", "x, (1, 2.0)"),
        ("x, (1, (0.0, 2))", "x, (1, (-0.0, 2))"),
        ("x in {0.0, 1.0}", "x in {-0.0, 1.0}"),
        ("x in {0, 1}", "x in {False, 1}"),
    ],
)
def test_a_constant_that_was_edited_to_an_equal_one_is_refused(
    convert: Convert, tmp_path: Path, before: str, after: str
) -> None:
    path = tmp_path / "edited.py"
    function = written_and_imported(path, before)
    written_and_imported(path, after)
    with pytest.raises(RewriteError, match=r"the source of 'f' is not what was compiled; reload the module"):
        convert(function)


def test_a_file_that_no_longer_parses_is_refused(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def f(x):\n    return x * x\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    path.write_text("def f(x:\n")
    with pytest.raises(RewriteError, match="its source does not parse"):
        convert(names["f"])


def test_wrappers_that_cant_be_converted_leave_the_function_alone(convert: Convert) -> None:
    names: dict[str, Any] = {"functools": functools}
    filename = in_a_file("def f(x):\n    return x * x\n")
    exec(compile("def f(x):\n    return x * x\n", filename, "exec"), names)
    exec("@functools.wraps(f)\ndef wrapper(x): return f(x)\n", names)
    code = names["f"].__code__
    with pytest.raises(RewriteError):
        convert(names["wrapper"])
    assert names["f"].__code__ is code


def test_decorators_above_and_below_run_once(project: Project, listener: Listener, convert: Convert) -> None:
    project.write(
        "decorating.py",
        "order = []\n"
        "def note(name):\n"
        "    def decorate(f):\n"
        "        order.append(name)\n"
        "        f.notes = [*getattr(f, 'notes', []), name]\n"
        "        return f\n"
        "    return decorate\n"
        "def make(trace):\n"
        "    @note('above')\n"
        "    @trace\n"
        "    @note('below')\n"
        "    def f(x):\n"
        "        return x * 2\n"
        "    return f\n",
    )
    module = importlib.import_module("decorating")
    function = module.make(convert)
    assert (function(3), function.notes, module.order) == (6, ["below", "above"], ["below", "above"])
    assert "Mul(3, 2)" in listener.heard
