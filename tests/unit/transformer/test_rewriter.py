"""Rewritten code does just what plain code does: results, errors, order, positions; and calls what the table says."""

from __future__ import annotations

import ast
import dis
import inspect
import sys
from types import CodeType
from typing import Any

import pytest
from bare_transformer import PLAIN, ROADS, Listener, make_dispatcher, make_targets, namespace, run_program, up
from syntax_programs import PROGRAMS

from transformer import rewrite
from transformer.callees import Constants, Names
from transformer.linking import link
from transformer.loader import compile_rewritten
from transformer.printing import to_source

EVERY_PROGRAM = pytest.mark.parametrize("name", PROGRAMS)
EITHER_STYLE = pytest.mark.parametrize("subscripts", [False, True])


@EVERY_PROGRAM
def test_rewritten_programs_do_what_plain_ones_do(name: str) -> None:
    plain = run_program(PROGRAMS[name], PLAIN)
    assert plain.result != "None" or plain.printed or name.startswith("statements: one line")
    for road in ROADS:
        assert run_program(PROGRAMS[name], road) == plain, road


def test_the_failing_programs_fail() -> None:
    for name in PROGRAMS:
        if name.startswith("failures"):
            seen = run_program(PROGRAMS[name], PLAIN)
            assert seen.error is not None and seen.frames, name


@EVERY_PROGRAM
def test_the_tree_that_was_given_is_not_changed(name: str) -> None:
    tree = ast.parse(PROGRAMS[name])
    before = ast.dump(tree, include_attributes=True)
    for two_bodies in (True, False):
        rewrite(tree, make_targets(), Constants(), two_bodies)  # the result may share its nodes
    assert ast.dump(tree, include_attributes=True) == before


def _codes(code: CodeType) -> dict[tuple[Any, ...], CodeType]:
    """A code object and all nested in it, by place and name; the first of those that look alike."""
    found = {(code.co_name, code.co_firstlineno): code}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found = {**_codes(constant), **found}
    return found


def _lines(code: CodeType) -> list[Any]:
    """Where each instruction stands: its line, and its columns where Python keeps them."""
    positions = list(code.co_positions()) if sys.version_info >= (3, 11) else [None] * len(code.co_code)
    starts = dict(dis.findlinestarts(code))
    line, found = code.co_firstlineno, []
    for instruction in dis.get_instructions(code):
        line = starts.get(instruction.offset, line)
        found.append((instruction.opname, line, positions[instruction.offset // 2]))
    return found


@EVERY_PROGRAM
@EITHER_STYLE
def test_every_position_is_one_of_the_plain_codes(name: str, subscripts: bool) -> None:
    text = PROGRAMS[name]
    plain = _codes(compile(text, "f", "exec", dont_inherit=True))
    rewritten = _codes(compile_rewritten(text.encode(), "f", make_targets(subscripts=subscripts))[0])
    assert rewritten.keys() == plain.keys()
    for key, code in rewritten.items():
        allowed = {line for _, line, _ in _lines(plain[key])} | {None}
        assert {line for _, line, _ in _lines(code)} <= allowed, key


OPERATIONS = ("BINARY_", "INPLACE_", "COMPARE_OP", "UNARY_", "STORE_", "RAISE_", "IMPORT_", "YIELD_", "BUILD_")


@EVERY_PROGRAM
@EITHER_STYLE
def test_plain_bodies_have_the_plain_instructions_at_their_places(name: str, subscripts: bool) -> None:
    text = PROGRAMS[name]
    plain = _codes(compile(text, "f", "exec", dont_inherit=True))
    both = _codes(compile_rewritten(text.encode(), "f", make_targets(subscripts=subscripts))[0])
    for key, code in plain.items():
        if code.co_flags & inspect.CO_NEWLOCALS and (key[0].isidentifier() or key[0] == "<lambda>"):
            remaining = iter(_lines(both[key]))
            for entry in _lines(code):
                assert not entry[0].startswith(OPERATIONS) or entry in remaining, (key, entry)


def test_constants_keep_their_places() -> None:
    text = "def f(x):\n    def g(): return x + 1.5\n    return g() * 2.5\n"
    plain = _codes(compile(text, "f", "exec"))
    for key, code in _codes(compile_rewritten(text.encode(), "f", make_targets())[0]).items():
        constants = [c if not isinstance(c, CodeType) else c.co_name for c in plain[key].co_consts]
        kept = [c if not isinstance(c, CodeType) else c.co_name for c in code.co_consts]
        assert kept[: len(constants)] == constants, key


def test_nothing_is_added_to_names() -> None:
    for text in PROGRAMS.values():
        plain = _codes(compile(text, "f", "exec", dont_inherit=True))
        for key, code in _codes(compile_rewritten(text.encode(), "f", make_targets())[0]).items():
            was = plain[key]
            assert set(code.co_names) == set(was.co_names)
            assert set(code.co_varnames) == set(was.co_varnames)
            assert (code.co_cellvars, code.co_freevars) == (was.co_cellvars, was.co_freevars)
            assert code.co_flags == was.co_flags


@pytest.mark.parametrize("template", ["{}", "1 + ({})"])
def test_long_chains(template: str) -> None:
    chain = template.format(" + ".join(["x"] * 1_000))
    seen = [run_program(f"def program(x=2):\n    return {chain}\n", road) for road in (PLAIN, *ROADS)]
    assert seen[0].result is not None
    assert all(other == seen[0] for other in seen)


def heard(body: str, **arguments: Any) -> list[str]:
    """The entries of the table that run while a function with this body does, its switch up."""
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    text = f"import math\ndef f({', '.join(arguments)}):\n    {body}\n"
    names = namespace("f")
    code, _ = compile_rewritten(text.encode(), "f", dispatcher.targets)
    exec(link(code, dispatcher.hooked_runtime, dispatcher.targets.switch), names)
    with up(dispatcher.targets.switch):
        names["f"](**arguments)
    return listener.heard


@pytest.mark.parametrize(
    ("body", "arguments", "expected"),
    [
        ("return x * y", {"x": 2, "y": 3}, ["Mul(2, 3)"]),
        ("return -x ** 2", {"x": 2}, ["Pow(2, 2)", "Neg(4)"]),
        ("return x + y * 2 - 1", {"x": 2, "y": 3}, ["Mul(3, 2)", "Add(2, 6)", "Sub(8, 1)"]),
        ("x += y", {"x": 2, "y": 3}, ["Add(2, 3)"]),
        ("return x < y", {"x": 2, "y": 3}, ["LT(2, 3)"]),
        ("return x == y, x != y", {"x": 2, "y": 3}, ["EQ(2, 3)", "NE(2, 3)"]),
        ("return math.sin(x)", {"x": 0}, ["Sin(0)"]),
        ("s = math.sin; return s(x)", {"x": 0}, ["Sin(0)"]),
        ("return {'sin': math.sin}['sin'](x)", {"x": 0}, ["Sin(0)"]),
        ("return (lambda f: f(x))(math.sin)", {"x": 0}, ["Sin(0)"]),
        ("return float(x)", {"x": 2}, ["Float(2)"]),
        ("float = str; return float(x)", {"x": 2}, []),
        ("return [v // 2 for v in (x, x)]", {"x": 2}, ["FloorDiv(2, 2)", "FloorDiv(2, 2)"]),
        ("return [v for v in (x, x) if v % 2]", {"x": 2}, ["Mod(2, 2)", "Mod(2, 2)"]),
        ("return f'{x / 2}'", {"x": 2}, ["TrueDiv(2, 2)"]),
        ("return 2 + 3, -1", {}, []),
        ("return x and x or not x", {"x": 2}, []),
        ("return x in (1, x), x is None", {"x": 2}, []),
        ("return 1 if x > 1 else x", {"x": 2}, ["GT(2, 1)"]),
    ],
)
def test_what_the_table_says_runs(body: str, arguments: dict[str, Any], expected: list[str]) -> None:
    assert heard(body, **arguments) == expected


MAKERS_OF_FUNCTIONS = {
    "for": "for k in (2, 3):\n    def f(x, k=k): return x // k\n    made.append(f)\n",
    "while": "while len(made) < 2:\n    made.append(lambda x, k=len(made) + 2: x // k)\n",
    "of a class": (
        "class Table:\n    for k in (2, 3):\n        def f(x, k=k): return x // k\n        made.append(f)\n"
    ),
    "with a class": (
        "for k in (2, 3):\n    class Divisor:\n        def f(x, k=k): return x // k\n    made.append(Divisor.f)\n"
    ),
    "a function": "def make(k): return lambda x: x // k\nmade += [make(2), make(3)]\n",
    "a function that computes": (
        "def make(k):\n    k = k // 1\n    def f(x): return x // k\n    return f\nmade += [make(2), make(3)]\n"
    ),
    "a lambda": "make = lambda k: lambda x: x // k\nmade += [make(2), make(3)]\n",
    "a lambda that computes": "make = lambda k: [k // 1, lambda x: x // k][1]\nmade += [make(2), make(3)]\n",
}


@pytest.mark.parametrize("text", MAKERS_OF_FUNCTIONS.values(), ids=MAKERS_OF_FUNCTIONS)
def test_functions_that_plain_code_makes_have_both_bodies(text: str) -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    names = {**namespace("f"), "made": []}
    code, _ = compile_rewritten(text.encode(), "f", dispatcher.targets)
    exec(link(code, dispatcher.hooked_runtime, dispatcher.targets.switch), names)
    listener.heard.clear()
    assert [f(7) for f in names["made"]] == [3, 2]
    assert listener.heard == []
    with up(dispatcher.targets.switch):
        assert [f(7) for f in names["made"]] == [3, 2]
    assert listener.heard == ["FloorDiv(7, 2)", "FloorDiv(7, 3)"]


def test_with_the_switch_down_nothing_of_the_table_runs() -> None:
    listener = Listener()
    dispatcher = make_dispatcher(listener)
    names = namespace("f")
    code, nodes = compile_rewritten(b"def f(x):\n    return [x * v + 1 for v in (x, -x)]\n", "f", dispatcher.targets)
    exec(link(code, dispatcher.hooked_runtime, dispatcher.targets.switch), names)
    assert nodes == 3
    assert names["f"](2) == [5, -3]
    assert listener.heard == []


GOLDEN = [
    ("z = x * y", "z = Mul.apply(x, y)\n"),
    ("x += y", "x = Add.apply_inplace(x, y)\n"),
    ("x.a += y", "x.a += y\n"),
    ("x[0] -= y * 2", "x[0] -= Mul.apply(y, 2)\n"),
    ("a = x < y", "a = LT.apply(x, y)\n"),
    ("a = x < y < z", "a = x < y < z\n"),
    ("a = -x", "a = Neg.apply(x)\n"),
    ("a = 2 * 3 - -1", "a = 2 * 3 - -1\n"),
    ("a = math.sin(x) * y", "a = Mul.apply(resolve(math.sin)(x), y)\n"),
    ("a = f(*xs, k=x + 1)", "a = resolve(f)(*xs, k=Add.apply(x, 1))\n"),
    ("a = super().f()", "a = resolve(super().f)()\n"),
    ("if x > 0 and not y:\n    z()", "if GT.apply(x, 0) and not y:\n    resolve(z)()\n"),
    ("def f(x: 1 + 1, y=a + 1):\n    pass", "def f(x: (1 + 1), y=Add.apply(a, 1)):\n    pass\n"),
]


@pytest.mark.parametrize(("before", "after"), GOLDEN)
def test_before_and_after(before: str, after: str) -> None:
    tree, _ = rewrite(ast.parse(before), make_targets(), Names({}), two_bodies=False)
    assert to_source(tree).strip().split("\n\n")[-1] + "\n" == after


def test_known_callees_are_named() -> None:
    names = Names({"math.sin": "Sin.apply", "g": "g"})
    tree, _ = rewrite(ast.parse("a = math.sin(x) + g(x)"), make_targets(), names, two_bodies=False)
    assert to_source(tree) == "a = Add.apply(Sin.apply(x), g(x))\n"


def test_both_bodies_in_one_function() -> None:
    tree, nodes = rewrite(ast.parse("def f(x):\n    'Doc.'\n    return x * x"), make_targets(), Names({}))
    assert nodes == 1
    assert to_source(tree) == (
        "def f(x):\n"
        '    """Doc."""\n'
        "    if not tracing:\n"
        "        return x * x\n"
        "    else:\n"
        "        return Mul.apply(x, x)\n"
    )


def test_a_function_that_only_makes_another_has_one_body() -> None:
    tree, _ = rewrite(ast.parse("def f():\n    return lambda x: x * x"), make_targets(), Names({}))
    assert to_source(tree) == "def f():\n    return lambda x: x * x if not tracing else Mul.apply(x, x)\n"


def test_digests_tell_tables_apart() -> None:
    targets = make_targets()
    assert make_targets().digest() == targets.digest()
    assert make_targets(in_place={}).digest() != targets.digest()
    assert make_targets(always_traced=frozenset({"units"})).digest() != targets.digest()
