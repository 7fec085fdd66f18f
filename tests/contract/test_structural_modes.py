"""All that a structurally compiled function is asked for has the digits of eager runs, from whatever thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from loop_programs import (
    PAIRS,
    called_twice,
    closures,
    decay,
    errors,
    functions,
    linear,
    objects,
    products,
    recursive,
    root,
    series,
    several,
    sums,
    weighted,
)
from structural_checks import bits, outcome
from structural_programs import loaded

import minitorch
from minitorch.compiler.structural import StructuralFunction
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.structural.higher_modes import StructuralHessian, StructuralTangents
from minitorch.compiler.task import Mode

Row = tuple[Callable[..., Any], Any, Sequence[tuple[Any, ...]]]

SECOND: list[Row] = [
    (products, (0, 1), PAIRS),
    (products, 1, PAIRS),
    (functions, (0, 1), PAIRS),
    (functions, 0, PAIRS),
    (series, (1, 0), PAIRS),
    (sums, (0, 1), PAIRS),
    (root, (0, 1), PAIRS),
    (linear, (0, 1), PAIRS),
    *((function, (0, 1), PAIRS) for function in (recursive, called_twice, objects, errors, closures)),
    (weighted, 0, [([1.0, 2.0, 3.5], (0.5, 0.7)), ([0.25], (1.5, 2.5))]),
    (weighted, (1, 0), [([1.0, 2.0, 3.5], (0.5, 0.7))]),
    (decay, (0, 1), [([0.1, 0.5, 1.1], 1.3), ([0.3, 0.2], 0.75)]),
]


def assert_served(compiled: StructuralFunction) -> None:
    """See that machine code has answered all calls."""
    reasons = [str(each) for each in compiled.programs.values() if not isinstance(each, Program)]
    assert compiled.programs and not reasons, reasons
    assert not compiled.left


@pytest.mark.parametrize(("function", "argnums", "points"), SECOND)
def test_second_derivatives_are_those_of_eager_runs(function: Any, argnums: Any, points: Any) -> None:
    compiled, eager = StructuralHessian(function, argnums), minitorch.hessian(function, argnums)
    for point in points:
        assert outcome(lambda: compiled.second_derivatives(*point)) == outcome(lambda: eager(*point))  # noqa: B023
    assert_served(compiled)


MOVED: list[tuple[Callable[..., Any], Any, Any]] = [
    *((function, pair, (0.5, -0.25)) for function in (products, functions, series, sums, root) for pair in PAIRS),
    *((function, (0.7, 1.3), (1.0, -2.0)) for function in (recursive, called_twice, objects, errors, closures)),
    *((several, (x, 2.0), (0.5, 0.25)) for x in (1.0, -1.0)),
    (products, (0.7, 1.3), (None, 1.0)),
    (products, (0.7, 1.3), (0.0, 2)),
    (products, [0.7, 1.3], [math.inf, 0.0]),
    (products, (0.7, 1.3), (math.nan, -0.0)),
    (linear, (0.7, 1.3), (-0.0, 0.0)),
    (weighted, ([1.0, 2.0, 3.5], (0.5, 0.7)), ([0.5, 0.0, -1.0], (None, 1.0))),
    (weighted, ([1.0, 2.0, 3.5], (0.5, 0.7)), (None, (0.25, 0.0))),
    (decay, ([0.1, 0.5, 1.1], 1.3), ([1.0, 2.0, 3.0], 0.5)),
]


@pytest.mark.parametrize(("function", "primals", "tangents"), MOVED)
def test_tangents_are_those_of_eager_runs(function: Any, primals: Any, tangents: Any) -> None:
    compiled = StructuralTangents(function)
    assert bits(compiled.jvp(primals, tangents)) == bits(minitorch.jvp(function, primals, tangents))
    assert_served(compiled)


@pytest.mark.parametrize(
    ("primals", "tangents"),
    [
        (([1.0, 2.0], (0.5, 0.7)), ([0.5], (1.0, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0], [1.0, 1.0])),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, None], (1.0, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0], "text")),
        (([1, True], (0.5, 0.7)), ([0.5, 1.0], (2, 1.0))),
        (([1.0, 2.0], (0.5, 0.7)), ([0.5, 1.0],)),
    ],
)
def test_what_is_no_tangent_is_said_by_the_tier_below(primals: Any, tangents: Any) -> None:
    compiled = StructuralTangents(weighted)
    expected = outcome(lambda: minitorch.jvp(weighted, primals, tangents))
    assert outcome(lambda: compiled.jvp(primals, tangents)) == expected


def test_special_points_of_second_derivatives_are_said_by_the_tier_below() -> None:
    def kink(x: float, y: float) -> float:
        return x * y if x > y else y * y

    compiled, eager = StructuralHessian(kink, (0, 1)), minitorch.hessian(kink, (0, 1))
    for point in ((2.0, 1.0), (1.0, 1.0), (1.0, 2.0)):
        assert outcome(lambda: compiled.second_derivatives(*point)) == outcome(lambda: eager(*point))  # noqa: B023
    assert compiled.left.total() == 1


ROWS = sorted(name for name in dir(math) if callable(getattr(math, name)) and not name.startswith("_"))


@pytest.mark.parametrize("name", ROWS)
def test_second_derivatives_of_mathematical_functions(name: str) -> None:
    for expression in (f"math.{name}(x) * y", f"math.{name}(x, y) * x"):
        text = f"import math\n\ndef f(x, y):\n    return {expression}\n"
        function, own = loaded(text, f"eager {name}"), loaded(text, f"second {name}")
        compiled, eager = StructuralHessian(own, (0, 1)), minitorch.hessian(function, (0, 1))
        for point in ((0.5, 0.75), (1.5, 2.75), (-2.5, 0.3), (0.0, 1.0), (-0.0, -1.0)):
            expected, found = outcome(lambda: eager(*point)), outcome(lambda: compiled.second_derivatives(*point))  # noqa: B023
            assert found[0] == expected[0] or expected[0][0].endswith("Error")


# -- compiled functions ------------------------------------------------------------------------------------------------


def test_all_modes_of_a_compiled_function_are_served_structurally() -> None:
    compiled = minitorch.compile(series, argnums=(0, 1))
    for pair in PAIRS * 40:
        assert bits(compiled.hessian(*pair)) == bits(minitorch.hessian(series, (0, 1))(*pair))
        assert bits(compiled.jvp(pair, (0.5, 1.0))) == bits(minitorch.jvp(series, pair, (0.5, 1.0)))
        if {"hessian", "jvp"} <= vars(compiled).keys():
            break
    modes = compiled.structural_modes
    assert_served(modes[Mode.HESSIAN])
    assert_served(modes[Mode.TANGENT])
    # What the code is not for is answered as it is without.
    assert bits(compiled.hessian(1, 2.0)) == bits(minitorch.hessian(series, (0, 1))(1, 2.0))
    assert bits(compiled.jvp([0.5, 2.0], (1, None))) == bits(minitorch.jvp(series, [0.5, 2.0], (1, None)))
    with pytest.raises(TypeError, match="one tangent per argument"):
        compiled.jvp((0.5, 2.0), (1.0,))
    with pytest.raises(TypeError, match="must be tuples or lists"):
        compiled.jvp(0.5, 1.0)  # type: ignore[arg-type]
