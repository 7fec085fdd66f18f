"""Every line that gave something a value shows it: what a name got, what was returned; dim without an input."""

from __future__ import annotations

import gc
import linecache
import sys
import tracemalloc
from collections.abc import Callable
from textwrap import dedent, indent
from typing import Any

import pytest
from report_subjects import KNOWS_COLUMNS

import minitorch
from minitorch.autodiff.monitoring_tools import HAS_MONITORING
from minitorch.reporting.model import Analysis, Expression, Line

PREAMBLE = """
import contextlib, dataclasses, enum, math, statistics
from typing import NamedTuple

class Pair(NamedTuple):
    first: float
    second: float

class Colour(enum.Enum):
    RED = 1

class Slotted:
    __slots__ = ("level",)

class Guarded:
    asked = []
    @property
    def level(self):
        self.asked.append("level")
        return self._level
    @level.setter
    def level(self, value):
        self._level = value
    def __getitem__(self, key):
        self.asked.append(key)
        return 0.0
    def __setitem__(self, key, value):
        self.item = value
    def __repr__(self):
        self.asked.append("repr")
        return "guarded"
    __str__ = __repr__
    def __getattr__(self, name):
        self.asked.append(name)
        raise AttributeError(name)

def helper(v):
    w = v
    return w

def gives(x):
    yield x
    yield x + 1.0
    return 3.0

def fails(x):
    raise ValueError(x)

@contextlib.contextmanager
def opened(x):
    yield x * 1.0
"""

counter = iter(range(10**6))


def defined(body: str, parameters: str = "x, y", preamble: str = PREAMBLE) -> tuple[Callable[..., Any], str]:
    """Define a function of a body, in a file of its own that has a source."""
    file = f"<lines {next(counter)}>"
    source = f"{dedent(preamble)}\ndef f({parameters}):\n{indent(dedent(body).strip(), '    ')}\n"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": "lines"}
    exec(compile(source, file, "exec"), namespace)
    return namespace["f"], file


def analysed(body: str, *arguments: Any) -> Analysis:
    function, _ = defined(body)
    return minitorch.report(function, *(arguments or (2.0, 3.0))).analysis


def line_with(analysis: Analysis, text: str) -> Line:
    (found,) = [line for function in analysis.functions for line in function.lines if text in line.text]
    return found


def shown(expression: Expression) -> str:
    """The last value of an expression as the page has it: in brackets where it is dim."""
    text = expression.text_of(-1)
    value = f"{expression.values[-1]:g}" if text is None else text.value
    value = f"({value})" if text is not None and text.is_plain else value
    return f"{expression.name} {value}" if expression.name else value


STATEMENTS: list[tuple[str, str, list[str]]] = [
    # (what the function does before it returns, a part of the line, what the line shows)
    ("head = max(x - 5.0, 0.0)", "head =", ["head (0)"]),
    ("head = max(x - 1.0, 0.0)", "head =", ["head 1"]),
    ("r = helper(x)", "r =", ["r 2"]),
    ("r = helper(4)", "r =", ["r (4)"]),
    ("r = helper(x)", "def helper", ["v 2"]),
    ("r = helper(x)", "w = v", ["w 2"]),
    ("r = helper(x)", "return w", ["return 2"]),
    ("r = x * y", "r =", ["r 6"]),
    ("a = b = x", "a = b", ["a 2", "b 2"]),
    ("a, b = x, 1", "a, b", ["a 2", "b (1)"]),
    ("(a, b), c = (x * y, y), 'c'", "(a, b)", ["a 6", "b 3", "c ('c')"]),
    ("a, *rest = [x, y, 1.0]", "a, *rest", ["a 2", "rest [3, 1]"]),
    ("quotient, left = divmod(y, x)", "quotient,", ["quotient 1", "left 1"]),
    ("for k in range(3): pass", "for k", ["k (2)"]),
    ("for k in range(3):\n    y = y * x", "for k", ["k (2)"]),
    ("for k in []:\n    y = y * x", "for k", []),
    ("k = 7\nfor k in []:\n    y = y * x", "for k", []),
    ("for k, v in enumerate([x, y]):\n    y = v", "for k, v", ["k (1)", "v 3"]),
    ("n = 0\nn += 1", "n += 1", ["n (1)"]),
    ("z = x\nz += y", "z +=", ["z 5"]),
    ("items = []\nitems += [x]", "items +=", ["items [2]"]),
    ("if (n := len('abc')) > 2:\n    pass", "if (n", ["n (3)"]),
    ("if (d := x - 1.0) > 0.5:\n    pass", "if (d", ["d 1"]),
    ("if y > 100: z = x", "if y >", ["False"]),
    ("z = 0.0\nif y > 1: z = x", "if y >", ["z 2"]),
    ("o = Slotted()\no.level = x", "o.level =", ["o.level 2"]),
    ("o = Guarded()\no.level = x", "o.level =", []),
    ("o = Guarded()\no['key'] = x", "o['key']", []),
    ("o = Guarded()", "o = Guarded", ["o (Guarded object)"]),
    ("d = {}\nd['k'] = x", "d['k'] =", ["d['k'] 2"]),
    ("d = {}\nd['k'] = 'v'", "d['k'] =", ["d['k'] ('v')"]),
    ("d = {}", "d = {}", ["d ({})"]),
    ("row = [0.0, 0.0]\ni = 0\nrow[i + 1] = x", "row[i + 1] =", ["row[i + 1] 2"]),
    ("grid = [[0.0], [0.0]]\ngrid[-1][0] = y", "grid[-1]", ["grid[-1][0] 3"]),
    ("with opened(x) as z:\n    z = z + 1.0", "with opened", ["z 2"]),
    ("with contextlib.suppress(ValueError):\n    z = fails(x)", "z = fails", []),
    ("z = 5\ntry:\n    z = fails(x)\nexcept ValueError as error:\n    pass", "z = fails", []),
    ("try:\n    z = fails(x)\nexcept ValueError as error:\n    pass", "except", ["error (ValueError object)"]),
    ("squares = [x * k for k in range(3)]", "squares =", ["squares [0, 2, 4]"]),
    ("squares = {k: k * k for k in range(2)}", "squares =", ["squares ({0: 0, 1: 1})"]),
    ("pair = Pair(x, y)", "pair =", ["pair (Pair object)"]),
    ("colour = Colour.RED", "colour = ", ["colour (Colour.RED)"]),
    ("flag = x > 1", "flag =", ["flag True"]),
    ("flag = 2 > 1", "flag =", ["flag (True)"]),
    ("nothing = None", "nothing =", ["nothing (None)"]),
    ("word = 'a' * 100", "word =", ["word ('aaaaaaaaaaaaaaaaaaaaaaaa'…)"]),
    ("big = 10 ** 5000", "big =", ["big (int of 16610 bits)"]),
    ("c = complex(1, -2)", "c =", ["c (1-2j)"]),
    ("z: float = x", "z: float", ["z 2"]),
    ("z: float", "z: float", []),
    ("square = lambda v: v * v\nz = square(x)", "square =", ["square (<lambda>())", "return 4"]),
    ("z = sum(gives(x))", "z = sum", ["z 5"]),
    ("z = list(gives(x))", "yield x + 1.0", []),
    ("z = statistics.mean([x, y])", "z =", ["z 2.5"]),
    ("z = helper(\n    x\n)", "z = helper(", ["z 2"]),
    ("z = math.inf", "z =", ["z (∞)"]),
    ("match [x, 1]:\n    case [head, *tail]:\n        pass", "case", ["head 2", "tail ([1])"]),
    ("import math as m", "import math as", []),
    ("for _ in range(2):\n    y = y * x", "for _", []),
]


@pytest.mark.parametrize(("body", "part", "expected"), STATEMENTS, ids=[f"{k}" for k in range(len(STATEMENTS))])
def test_what_a_line_shows(body: str, part: str, expected: list[str]) -> None:
    analysis = analysed(f"{body}\nreturn x * y")
    assert [shown(x) for x in line_with(analysis, part).results] == expected


@pytest.mark.parametrize(
    ("body", "part", "expected"),
    [
        ("total = x * y\nreturn total", "return total", ["return 6"]),
        ("return max(x * y, 0.0)", "return max", ["return 6" if KNOWS_COLUMNS else "6"]),
        ("return x * y", "return x", ["6"]),
        ("return 0.0 if x > 5 else y", "return 0.0", ["return 3"]),
        ("try:\n    return x * y\nfinally:\n    z = 1", "return x", ["6"]),
        ("try:\n    return helper(x)\nfinally:\n    z = 1", "return helper", ["return 2"]),
        ("with opened(x) as z:\n    return helper(z)", "return helper", ["return 2"]),
    ],
)
def test_what_is_returned(body: str, part: str, expected: list[str]) -> None:
    assert [shown(x) for x in line_with(analysed(body), part).results] == expected


def test_values_have_derivatives_run_by_run() -> None:
    analysis = analysed("z = x\nfor k in range(3):\n    w = helper(z)\n    z = w * y\nreturn z")
    (w,) = line_with(analysis, "w = helper").results
    assert (w.values, w.derivatives) == ([2.0, 6.0, 18.0], [27.0, 9.0, 3.0])
    (k,) = line_with(analysis, "for k").results
    assert [text and text.value for text in k.texts] == ["0", "1", "2"]
    assert w.moments == sorted(set(w.moments))


def test_reading_values_runs_no_code_of_theirs() -> None:
    body = "o = Guarded()\no.level = x\no['key'] = y\nitems = [o, {1: o}, (o,)]\nz = o\nasked = list(o.asked)"
    analysis = analysed(f"{body}\nreturn x * y")
    assert [shown(x) for x in line_with(analysis, "asked = list").results] == ["asked ([])"]


def test_of_a_long_loop_a_sample_is_kept_with_its_ends() -> None:
    analysis = analysed("n = 0\nfor k in range(50_000):\n    n += 2\nreturn x * y")
    (n,) = line_with(analysis, "n += 2").results
    assert n.times == 50_000 and len(n.moments) <= 2049 and n.stride == 32
    assert n.values[0] == 2.0 and n.values[1] == 2.0 + 2 * 32 and n.values[-1] == 100_000.0
    assert n.moments == sorted(set(n.moments))


def test_watching_takes_memory_for_the_sample_alone() -> None:
    function, _ = defined("for k in range(60_000):\n    n = [k] * 100\nreturn x * y")
    minitorch.report(function, 2.0, 3.0)
    tracemalloc.start()
    try:
        kept = minitorch.report(function, 2.0, 3.0)
        gc.collect()
        used, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept.analysis.value == 6.0 and most < 8e6, (used, most)


def test_derivatives_and_effects_are_those_of_the_run_alone() -> None:
    body = """
        seen = []
        def inner(v):
            nonlocal z
            z = z + v
            seen.append(type(v).__name__)
            return locals().keys()
        z = x
        names = sorted(inner(y))
        global written
        written = z * y
        return written + len(seen) + len(names)
    """
    function, _ = defined(body)
    value, gradient = minitorch.value_and_grad(function, argnums=(0, 1))(2.0, 3.0)
    analysis = minitorch.report(function, 2.0, 3.0).analysis
    assert (analysis.value, [x.derivative for x in analysis.inputs]) == (value, list(gradient))
    assert [shown(x) for x in line_with(analysis, "z = z + v").results] == ["z 5"]
    assert [shown(x) for x in line_with(analysis, "written = z * y").results] == ["written 15"]


def test_beside_a_tracer_of_the_users() -> None:
    function, file = defined("head = max(x, y)\nreturn head")
    seen: list[int] = []

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename == file and event == "line":
            seen.append(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        made = minitorch.report(function, 2.0, 3.0)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert len(seen) == 2
    # Before Python 3.12 there is one place for those who watch lines; the page says that it is taken.
    assert made.analysis.is_watched is HAS_MONITORING
    assert [shown(x) for x in line_with(made.analysis, "head =").results] == ["head 3"] * HAS_MONITORING
    assert ("A debugger or a measurement of coverage" in made.html()) is not HAS_MONITORING


def test_a_profiler_of_the_users_goes_on() -> None:
    function, file = defined("head = max(x, y)\nreturn helper(head)")
    calls: list[str] = []

    def profile(frame: Any, event: str, argument: Any) -> None:
        if frame.f_code.co_filename == file and event == "call":
            calls.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        minitorch.report(function, 2.0, 3.0)
    finally:
        sys.setprofile(before)
    assert calls == ["f", "helper"]


def test_nothing_watches_afterwards() -> None:
    function, _ = defined("return fails(x)")
    with pytest.raises(ValueError, match=r"2\.0|x"):
        minitorch.report(function, 2.0, 3.0)
    assert sys.gettrace() is None
    if HAS_MONITORING:
        assert all(getattr(sys, "monitoring").get_tool(tool) != "minitorch" for tool in range(6))  # noqa: B009


def test_generators_that_end_early_leave_nothing_behind() -> None:
    body = """
        def counting(n):
            for k in range(n):
                made = k * x
                yield made
        total = 0.0
        for n in range(3):
            for value in counting(3):
                total += value
                break
            rest = list(counting(n))
        return total + x * y
    """
    analysis = analysed(body)
    assert analysis.value == 6.0
    (made,) = line_with(analysis, "made =").results
    # Three generators are left at their first value, the others yield one value and two.
    assert made.times == 6 and made.values == [0.0, 0.0, 0.0, 0.0, 0.0, 2.0]
    (value,) = line_with(analysis, "for value in").results
    assert value.values == [0.0, 0.0, 0.0]


def test_what_is_deleted_is_gone_as_it_is_without_a_report() -> None:
    body = """
        class Kept:
            pass
        import weakref
        kept = Kept()
        known = weakref.ref(kept)
        del kept
        gone = known() is None
        return x * y if gone else 0.0
    """
    assert analysed(body).value == 6.0


def test_threads_are_not_watched() -> None:
    body = """
        import threading
        def other():
            hidden = 5
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return x * y
    """
    analysis = analysed(body)
    assert not line_with(analysis, "hidden = 5").results


def test_each_turn_of_a_recursion_is_kept_apart() -> None:
    body = """
        def power(base, n):
            if n == 0:
                return 1.0
            below = power(base, n - 1)
            return base * below
        return power(x, 3)
    """
    analysis = analysed(body)
    (below,) = line_with(analysis, "below =").results
    assert below.values == [1.0, 2.0, 4.0]
    assert sorted(x.values for x in line_with(analysis, "def power").results if x.name == "n") == [[3.0, 2.0, 1.0, 0.0]]
