"""CPython's own tests of numbers with a Scalar in the place of each float literal: what passes, and what does not.

    python tests/contract/cpython_literals.py [test_float test_math …]

    test_float     45 of 50      IEEEFormatTestCase.test_serialized_float_rounding: struct.pack() would lose …

A test counts that passes with floats. What is left is mostly by contract: numbers that go to `struct`, to `decimal`, to
functions of C without a rule, or to a function that somebody calls whose code is not traced, such as
`assertRaises(ValueError, math.acos, x)`, have no history there, so that they are refused.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path
from typing import Any

import test as cpython_tests

NAMES = """test_float test_math test_complex test_cmath test_fractions test_statistics test_numeric_tower test_random
test_long test_int test_pow test_colorsys test_builtin test_operator test_bool test_time test_unary test_binop
test_compare test_format test_heapq test_bisect test_sort test_list test_itertools test_range test_struct
test_decimal""".split()
TIMEOUT_SECONDS = 600


class Literals(ast.NodeTransformer):
    """Puts a call around each float literal, but for patterns and text."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) is not float:
            return node
        return ast.Call(ast.Name("literal", ast.Load()), [node], [])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                value.value = self.visit(value.value)
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        return node


class Outcomes(unittest.TestResult):
    """Keeps for each test what went wrong first; nothing where it went well."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}

    def failed(self, test: Any, error: Any) -> None:
        self.outcomes.setdefault(test.id(), f"{error[0].__name__}: {error[1]}")

    addError = addFailure = failed

    def addSubTest(self, test: Any, subtest: Any, error: Any) -> None:
        if error is not None:
            self.failed(test, error)

    def addSuccess(self, test: Any) -> None:
        self.outcomes.setdefault(test.id(), "")


def outcomes_of(name: str, with_scalars: bool) -> dict[str, str]:
    """Run one module of tests in this process."""
    tree = ast.parse((Path(cpython_tests.__file__).parent / f"{name}.py").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "literal_tests")
        package.mkdir()
        (package / "__init__.py").touch()
        if with_scalars:
            tree = ast.fix_missing_locations(Literals().visit(tree))
        (package / f"{name}.py").write_text(ast.unparse(tree), "utf-8")
        sys.path.insert(0, folder)
        alive = None
        if with_scalars:
            import minitorch

            # The modules themselves know nothing of minitorch; code is traced while a leaf is there.
            builtins.literal = minitorch.Scalar  # type: ignore[attr-defined]
            alive = minitorch.Scalar(1.0)
            minitorch.install_import_hook(["literal_tests"])
        module = importlib.import_module(f"literal_tests.{name}")
        vars(module).pop("load_tests", None)
        result = Outcomes()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
        del alive
    return result.outcomes


def in_another_process(name: str, with_scalars: bool) -> dict[str, str]:
    """Run one module of tests by itself."""
    command = [sys.executable, "-W", "ignore", __file__, "--run", name, str(int(with_scalars))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    found: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def main(names: list[str]) -> None:
    """Print the table."""
    if names[:1] == ["--run"]:
        sys.path.insert(0, str(Path(__file__).parents[2]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            print(json.dumps(outcomes_of(names[1], names[2] == "1")))
        return
    passed = counted = 0
    for name in names or NAMES:
        plain, scalars = in_another_process(name, False), in_another_process(name, True)
        usual = [test for test, outcome in plain.items() if not outcome]
        left = {test: scalars.get(test, "did not run") for test in usual if scalars.get(test, "did not run")}
        passed, counted = passed + len(usual) - len(left), counted + len(usual)
        print(f"{name:20} {len(usual) - len(left)} of {len(usual)}", flush=True)
        for test, outcome in left.items():
            print(f"    {test.partition('.')[2].partition('.')[2]}: {' '.join(outcome.split())[:200]}")
    print(f"{passed} of {counted}")


if __name__ == "__main__":
    main(sys.argv[1:])
