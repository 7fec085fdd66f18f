"""Machine code is made only where Python's objects lie as is known, which is looked up on some of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

import minitorch
from minitorch.compiler.function import CompilationWarning
from minitorch.machine_code.availability import why_unavailable
from minitorch.machine_code.llvm import layout_check
from minitorch.machine_code.llvm.cpython_layout import DICT_USED, LIST_ITEMS, POINTER, TUPLE_SIZE
from minitorch.machine_code.llvm.layout_check import CHECKS, unknown_layout

VERSION = ".".join(map(str, sys.version_info[:2]))

ELSEWHERE = {
    "FLOAT_OFFSET": (POINTER, "floats"),
    "TUPLE_SIZE": (layout_check.ITEMS_OFFSET, "tuples, lists and bytes"),
    "ITEMS_OFFSET": (TUPLE_SIZE, "tuples, lists and bytes"),
    "LIST_SIZE": (LIST_ITEMS, "tuples, lists and bytes"),
    "BYTES_START": (POINTER, "tuples, lists and bytes"),
    "DICT_USED": (DICT_USED + 2 * POINTER, "dicts"),
    "mro_field": (lambda: 2 * POINTER, "objects and functions"),
    "cell_content": (id, "objects and functions"),
    "function_fields": (tuple, "objects and functions"),
    "local_at": (lambda frame, index: None, "frames"),
    "stack_values": (lambda frame, depth, count: [None], "frames"),
    "AFTER_LAST": ((3, 10), "objects"),
}
"""What this project knows of layouts, something else in its place, and which objects are laid out otherwise then."""


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    for question in (unknown_layout, why_unavailable):
        question.cache_clear()
    yield
    for question in (unknown_layout, why_unavailable):
        question.cache_clear()


@pytest.mark.parametrize("what", CHECKS)
def test_this_python_is_known(what: str) -> None:
    assert CHECKS[what]()


@pytest.mark.parametrize(
    ("function", "unknown"),
    [
        pytest.param("gettotalrefcount", None, id="debug"),
        pytest.param("getobjects", "objects", id="tracing-references"),
    ],
)
def test_machine_code_is_made_in_a_debug_build_whose_objects_lie_as_in_others(
    function: str, unknown: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, function, lambda *arguments: 0, raising=False)
    assert unknown_layout() == unknown


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_lies_elsewhere_is_named_and_left_to_python(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout_check, name, ELSEWHERE[name][0])
    assert unknown_layout() == ELSEWHERE[name][1]
    message = f"it isn't known how Python {VERSION} lays out {ELSEWHERE[name][1]}"
    with pytest.warns(CompilationWarning, match=message):
        compiled = minitorch.compile(lambda x: x * 3.0)
        assert compiled(2.0) == 6.0
    assert compiled.value_and_grad(2.0) == (6.0, 3.0)
