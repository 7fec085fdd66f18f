"""The transformer by itself: a table of the operators themselves, and the roads of a program through it.

A road gives all that can be seen of a program: what it printed and returned, or its error with every position.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import io
import itertools
import linecache
import math
import operator
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from transformer import Alias, Converter, Dispatcher, RewriteError, Switch, Targets
from transformer.linking import link
from transformer.loader import compile_rewritten
from transformer.resolving import MakeResolve, make_resolve

PLAIN = "plain"

OPERATORS: dict[type[ast.AST], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("Add", operator.add),
    ast.Sub: ("Sub", operator.sub),
    ast.Mult: ("Mul", operator.mul),
    ast.Div: ("TrueDiv", operator.truediv),
    ast.FloorDiv: ("FloorDiv", operator.floordiv),
    ast.Mod: ("Mod", operator.mod),
    ast.Pow: ("Pow", operator.pow),
    ast.USub: ("Neg", operator.neg),
    ast.UAdd: ("Pos", operator.pos),
    ast.Lt: ("LT", operator.lt),
    ast.LtE: ("LE", operator.le),
    ast.Gt: ("GT", operator.gt),
    ast.GtE: ("GE", operator.ge),
    ast.Eq: ("EQ", operator.eq),
    ast.NotEq: ("NE", operator.ne),
}
IN_PLACE: dict[type[ast.AST], tuple[str, Callable[..., Any]]] = {
    ast.Add: ("Add", operator.iadd),
    ast.Sub: ("Sub", operator.isub),
    ast.Mult: ("Mul", operator.imul),
}
CALLABLES: dict[str, Callable[..., Any]] = {"Sin": math.sin, "Float": float, "Max": max}

Through = Callable[[str, Callable[..., Any]], Callable[..., Any]]


def as_it_is(_name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """What a table's entry runs when nobody listens."""
    return function


def make_targets(through: Through = as_it_is, **changes: Any) -> Targets:
    """A table over all operators; `through(name, function)` gives what runs for each entry."""
    entries: dict[str, Any] = {
        "operators": {kind: Alias(f"{name}.apply", through(name, f)) for kind, (name, f) in OPERATORS.items()},
        "in_place": {kind: Alias(f"{name}.apply_inplace", through(name, f)) for kind, (name, f) in IN_PLACE.items()},
        "callables": tuple((f, Alias(f"{name}.apply", through(name, f))) for name, f in CALLABLES.items()),
        "switch": Switch(),
        # The standard library is shared with the other tests, which convert it by a table of their own.
        "excluded": frozenset({__name__}) | sys.stdlib_module_names,
    }
    return Targets(**{**entries, **changes})


MAKERS: dict[str, MakeResolve] = {"Python": make_resolve}
"""What makes the decision what is called: Python, and C where it was built."""

STYLES = {False: ""}
"""What code calls is asked by a call, and by subscript where the decision is in C."""

if importlib.util.find_spec("minitorch.recorder._native") is not None:
    _native = importlib.import_module("minitorch.recorder._native")
    MAKERS["C"] = _native.make_resolve
    STYLES[True] = "by subscript, "

ROADS = tuple(
    f"{way}, {style}switch {state}"
    for way in ("hook", "decorator")
    for style in STYLES.values()
    for state in ("down", "up")
)


def make_dispatcher(through: Through = as_it_is, make: MakeResolve = make_resolve, **changes: Any) -> Dispatcher:
    """A dispatcher, with its converter, over such a table."""
    targets = make_targets(through, **changes)
    if targets.subscripts:
        return Dispatcher(targets, Converter(targets), MAKERS["C"], _native.make_receiver)
    return Dispatcher(targets, Converter(targets), make)


class Listener:
    """Writes down which entries of the table run, and on what.

    >>> listener = Listener()
    >>> listener("Add", operator.add)(1, 2), listener.heard
    (3, ['Add(1, 2)'])
    """

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **keywords: Any) -> Any:
            self.heard.append(f"{name}({', '.join(map(repr, arguments))})")
            return function(*arguments, **keywords)

        return run


@contextlib.contextmanager
def up(switch: Switch) -> Iterator[None]:
    """Within, traced bodies run."""
    switch.hold()
    try:
        yield
    finally:
        switch.release()


_numbers = itertools.count()


def in_a_file(text: str) -> str:
    """Give a program's text a file of its own, known to `linecache` alone."""
    filename = f"/programs/program{next(_numbers)}.py"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return filename


def noisy(name: str, value: Any) -> Any:
    """Give back `value`, and say so."""
    print(name)
    return value


def namespace(filename: str) -> dict[str, Any]:
    """The globals that a program starts with."""
    return {"__name__": "program_under_test", "__file__": filename, "noisy": noisy}


@dataclass(frozen=True)
class Seen:
    """All that can be seen of a program's run."""

    printed: str
    result: str | None
    error: tuple[str, str] | None
    frames: tuple[Any, ...]


def run_program(text: str, road: str) -> Seen:
    """Run a program's module, and then its function `program`, on a road."""
    filename = in_a_file(text)
    dispatcher = make_dispatcher(subscripts="by subscript" in road)
    switch = dispatcher.targets.switch
    printed, result, error, frames = io.StringIO(), None, None, ()
    with contextlib.redirect_stdout(printed), up(switch) if road.endswith("up") else contextlib.nullcontext():
        try:
            result = repr(_run(text, filename, road, dispatcher))
        except BaseException as raised:
            error = (type(raised).__qualname__, str(raised).replace(filename, "<file>"))
            frames = _frames(raised, filename)
    return Seen(printed.getvalue().replace(filename, "<file>"), result, error, frames)


def _run(text: str, filename: str, road: str, dispatcher: Dispatcher) -> Any:
    names = namespace(filename)
    if road.startswith("hook"):
        code, _ = compile_rewritten(text.encode(), filename, dispatcher.targets)
        exec(link(code, dispatcher.hooked_runtime, dispatcher.targets.switch), names)
    else:
        exec(compile(text, filename, "exec", dont_inherit=True), names)
    if road.startswith("decorator"):
        for value in list(names.values()):
            if isinstance(value, (type, types.FunctionType)) and value.__module__ == names["__name__"]:
                with contextlib.suppress(RewriteError):
                    dispatcher.converter.convert(value)
    return names["program"]() if "program" in names else None


def _frames(error: BaseException | None, filename: str) -> tuple[Any, ...]:
    """Every frame of the program's in an error's traceback, and in what it was raised from, with its columns."""
    found: list[Any] = []
    while error is not None:
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == filename:
                found.append((frame.f_code.co_name, line))
        found.append(_columns(error, filename))
        error = error.__cause__ or error.__context__
    return tuple(found)


def _columns(error: BaseException, filename: str) -> list[Any]:
    if sys.version_info < (3, 11):
        return []
    columns = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == filename:
            columns.append(next(itertools.islice(code.co_positions(), trace.tb_lasti // 2, None)))
        trace = trace.tb_next
    return columns
