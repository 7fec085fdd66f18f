"""Functions whose own lines are read and parsed, and no other of their file."""

from __future__ import annotations

import ast
import math as m
import statistics  # noqa: F401  one of the modules that are looked through
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest

import transformer.own_lines
import transformer.source
from transformer.own_lines import definition_in_own_lines
from transformer.source import definition_of

NONE: frozenset[str] = frozenset()
KNOWS_COLUMNS = sys.version_info >= (3, 11)


def plain(x: float) -> float:
    """Compute with names of modules, globals and a function within."""

    def inner(y: float) -> float:
        return m.sin(y) + len(NONE)

    return inner(x)


def with_text(x: float) -> str:
    text = """
at the left margin
"""
    return text * int(x)


@pytest.mark.parametrize("function", [plain, with_text], ids=lambda function: function.__name__)
def decorated(function: Any) -> Any:
    return function


class Private:
    __hidden = 2.0

    def mangled(self, x: float) -> float:
        return self.__hidden * x

    def making(self) -> Callable[[], float]:
        def inner() -> float:
            return self.__hidden

        return inner

    by_lambda = lambda self, x: (  # noqa: E731
        self.__hidden * x
    )


pair = (lambda x: x * 2.0), (lambda x: x * 2.0)
among_arguments = max(
    [1.0, 2.0],
    key=lambda x: -x,
)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of all functions and lambdas that a module defines."""
    for constant in code.co_consts:
        if type(constant) is CodeType:
            is_written = not constant.co_name.startswith("<") and constant.co_name != "__annotate__"
            if (constant.co_flags & 2 and is_written) or constant.co_name == "<lambda>":
                yield constant
            yield from codes_in(constant)


def places(node: Any) -> list[tuple[int, int]]:
    """Return the place of each statement and expression in a definition."""
    return [(inner.lineno, inner.col_offset) for inner in ast.walk(node) if hasattr(inner, "lineno")]


@pytest.mark.parametrize("name", [__name__, "statistics", "ast", "linecache"])
def test_own_lines_give_the_definition_that_the_file_gives(name: str) -> None:
    namespace = vars(sys.modules[name])
    with open(namespace["__file__"], encoding="utf-8") as opened:
        module = compile(opened.read(), namespace["__file__"], "exec", dont_inherit=True)
    found = 0
    codes = list(codes_in(module))
    for code in codes:
        quick = definition_in_own_lines(code, namespace, NONE)
        if quick is not None:
            definition, index = definition_of(code, namespace)
            assert places(quick[0].node) == places(definition.node)
            assert (quick[0].private, quick[1]) == (definition.private, index)
            found += 1
    assert found > len(codes) * (0.8 if KNOWS_COLUMNS else 0.0)


@pytest.mark.parametrize("function", [plain, with_text, decorated], ids=lambda function: function.__name__)
def test_functions_of_a_module_are_found_in_their_lines(function: FunctionType) -> None:
    assert definition_in_own_lines(function.__code__, function.__globals__, NONE) is not None


@pytest.mark.parametrize(
    "function",
    [Private.mangled, Private.making, Private().making(), Private.by_lambda, *pair],
    ids=lambda function: function.__qualname__,
)
def test_methods_and_lambdas_are_found_where_code_knows_its_class_and_columns(function: Any) -> None:
    found = definition_in_own_lines(function.__code__, function.__globals__, NONE)
    assert (found is not None) == KNOWS_COLUMNS


def test_what_was_edited_is_left_to_the_whole_file(tmp_path: Any) -> None:
    file = tmp_path / "edited.py"
    file.write_text("def f(x):\n    return x * 2.0\n", encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), namespace)
    code = namespace["f"].__code__
    assert definition_in_own_lines(code, namespace, NONE) is not None
    file.write_text("def f(x):\n    return x * 2000.0\n", encoding="utf-8")
    assert definition_in_own_lines(code, namespace, NONE) is None
    file.write_text("\n\n\n", encoding="utf-8")
    assert definition_in_own_lines(code, namespace, NONE) is None


def test_a_package_that_is_only_spoken_of_is_left_to_the_whole_file(tmp_path: Any) -> None:
    file = tmp_path / "speaking.py"
    file.write_text('"""Not with minitorch."""\ndef f(x):\n    return x * 2.0\n', encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), namespace)
    code = namespace["f"].__code__
    assert definition_in_own_lines(code, namespace, frozenset({"minitorch"})) is None
    assert definition_of(code, namespace)[0].packages == set()
    quick = definition_in_own_lines(code, {"minitorch": transformer, "f": 1}, frozenset({"transformer"}))
    assert quick is not None and quick[0].packages == frozenset()
    assert transformer.source.source_of(str(file)).packages == set()
