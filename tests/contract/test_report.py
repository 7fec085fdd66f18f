"""What a report says, as data: inputs, lines with the runs of their operations, functions as they were called."""

from __future__ import annotations

import functools
import gc
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import psychrolib
import pytest
import report_subjects as subjects
from hypothesis import given
from hypothesis import strategies as st

import minitorch
from minitorch.autodiff.history import LIVE
from minitorch.reporting.model import Analysis, Expression, Function, Line


def analysis_of(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Analysis:
    return minitorch.report(f, *args, **kwargs).analysis


def function_named(analysis: Analysis, name: str) -> Function:
    (found,) = [function for function in analysis.functions if function.name == name]
    return found


def line_of(function: Function, text: str) -> Line:
    """The one line of a function that has a text in it."""
    (found,) = [line for line in function.lines if text in line.text]
    return found


def results(line: Line) -> list[tuple[str, list[float]]]:
    return [(x.name or x.text, x.values) for x in line.results]


def test_inputs() -> None:
    analysis = analysis_of(subjects.root, 1.0, 3.0, c=2.0)
    assert analysis.title == "root(a=1, b=3, c=2)" and analysis.value == -1.0
    assert [(x.name, x.value) for x in analysis.inputs] == [("a", 1.0), ("b", 3.0), ("c", 2.0)]
    gradient = minitorch.grad(subjects.root, argnums=(0, 1, 2))(1.0, 3.0, 2.0)
    assert [x.derivative for x in analysis.inputs] == pytest.approx(gradient)
    # The value is -1.
    assert [x.elasticity for x in analysis.inputs] == pytest.approx([-gradient[0], -3 * gradient[1], -2 * gradient[2]])
    assert sum(x.share for x in analysis.inputs) == pytest.approx(1.0)


def test_lines_have_values_and_derivatives() -> None:
    function = analysis_of(subjects.area, 3.0).functions[0]
    header, square, returned = (line_of(function, text) for text in ("def area", "square =", "return"))
    assert results(header) == [("radius", [3.0])] and header.results[0].derivatives == [6 * math.pi]
    assert results(square) == [("square", [9.0])] and square.results[0].derivatives == [math.pi]
    source = subjects.shown("math.pi * square", "return math.pi * square")
    assert results(returned) == [(source, [9 * math.pi])] and returned.results[0].derivatives == [1.0]
    assert [line.number for line in function.lines] == list(range(header.number, returned.number + 1))
    assert not line_of(function, '"""').expressions


def test_runs_of_a_loop_are_told_apart() -> None:
    function = analysis_of(subjects.compound, 100.0, 0.1, 4).functions[0]
    (total,) = line_of(function, "total +=").results
    assert total.name == "total" and total.values == pytest.approx([110.0, 121.0, 133.1, 146.41])
    assert total.derivatives == pytest.approx([1.1**3, 1.1**2, 1.1, 1.0])
    assert total.moments == sorted(total.moments) and function.clock is total


def test_the_clock_is_that_which_runs_most_often() -> None:
    function = analysis_of(subjects.nested_loops, 2.0).functions[0]
    assert function.clock is not None
    # Some of the values are not used; the operations that made them are not among those of the result.
    lines = [line_of(function, text) for text in ("total +=", "outer =", "last =")]
    assert [len(line.results[0].values) for line in lines] == [3, 3, 3]
    assert [max(x.times for x in line.expressions) for line in lines] == [3, 2, 1]
    assert function.clock.name == "total"


def test_an_expression_on_several_lines_has_its_value_on_the_first() -> None:
    function = analysis_of(subjects.over_lines, 2.0, 3.0).functions[0]
    first, second, third = (line_of(function, text) for text in ("x * y", "+ math.sin", "- y"))
    assert [x.text for x in first.results] == [subjects.shown("x * y + math.sin(x) - y", "x * y")]
    if subjects.KNOWS_COLUMNS:
        assert first.results[0].values == [pytest.approx(3.0 + math.sin(2.0))]
        assert second.expressions and not second.results and not third.expressions


def test_methods_and_properties_in_the_order_of_their_first_calls() -> None:
    analysis = analysis_of(subjects.pressure_of, 2.0, 0.5)
    names = [function.name for function in analysis.functions]
    assert names == ["pressure_of", "Tank.__init__", "Tank.fill", "Tank.pressure"]
    (level,) = line_of(function_named(analysis, "Tank.fill"), "self.level =").results
    assert (level.name, level.values, level.derivatives) == ("self.level", [2.5], [9.81])


def test_a_lambda_is_shown_within_the_function_around_it() -> None:
    offset = 3.0
    analysis = analysis_of(lambda x: x * x + offset, 2.0)
    (function,) = analysis.functions
    assert analysis.value == 7.0 and function.lines[0].text.strip().startswith("analysis = analysis_of(lambda")
    inner = analysis_of(lambda x: subjects.twice(lambda y: y * 3.0, x), 2.0)
    assert inner.value == 18.0
    assert [f.name for f in inner.functions][-1] == "twice"


def test_names_given_to_variables_win() -> None:
    analysis = analysis_of(subjects.area, minitorch.Scalar(2.0, name="r<1>"))
    assert analysis.inputs[0].name == "r<1>" and analysis.title == "area(r<1>=2)"


@dataclass
class Body:
    mass: float
    at: list[float]


def energy(body: Body, gravity: float = 9.81) -> float:
    return body.mass * gravity * body.at[1]


@pytest.mark.parametrize(
    ("f", "args", "names"),
    [
        (energy, (Body(2.0, [0.0, 3.0]),), ["body.mass", "body.at[0]", "body.at[1]"]),
        (energy, (Body(2.0, [0.0, 3.0]), 1.6), ["body.mass", "body.at[0]", "body.at[1]", "gravity"]),
        (lambda xs: sum(x * x for x in xs), (numpy.array([1.0, 2.0]),), ["xs"]),
        (lambda d: d["a"] * d["b"], ({"a": 2, "b": 3.0},), ["d['a']", "d['b']"]),
        (subjects.compound, (100.0, 0.1, 3), ["start", "rate"]),
        (functools.partial(subjects.compound, years=3), (100.0, 0.1), ["start", "rate"]),
        (lambda *xs: xs[0] * xs[1], (2.0, 3.0), ["argument 1", "argument 2"]),
        (math.hypot, (3.0, 4.0), ["argument 1", "argument 2"]),
    ],
)
def test_arguments_of_every_kind(f: Callable[..., Any], args: tuple[Any, ...], names: list[str]) -> None:
    assert [x.name for x in analysis_of(f, *args).inputs] == names


def test_defaults_and_integers_are_no_inputs() -> None:
    assert [x.name for x in analysis_of(energy, body=Body(2.0, [0.0, 3.0])).inputs] == [
        "body.mass", "body.at[0]", "body.at[1]",
    ]  # fmt: skip
    assert [x.name for x in analysis_of(subjects.compound, years=3, rate=0.1, start=5.0).inputs] == ["start", "rate"]


@pytest.mark.parametrize(
    ("f", "args", "message"),
    [
        (subjects.area, (3,), r"can't report on area \(.*report_subjects.py:\d+\): no argument has a float"),
        (subjects.area, (), "area.*no argument has a float"),
        (lambda x: {"twice": 2 * x}, (1.0,), "its result must be a real number, not a dict"),
        (subjects.area, (1j,), "must be a real number"),
        (subjects.area, (1.0, 2.0), "takes 1 positional argument but 2 were given"),
    ],
)
def test_what_cannot_be_reported(f: Callable[..., Any], args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        minitorch.report(f, *args)


def test_an_error_of_the_function_is_its_own() -> None:
    with pytest.raises(ValueError, match=r"math domain error|expected a positive input"):
        minitorch.report(lambda x: math.log(x), -1.0)


def test_a_result_that_does_not_depend_on_the_inputs() -> None:
    analysis = analysis_of(lambda x: 4.0 if x > 1 else 5.0, 2.0)
    assert analysis.value == 4.0 and analysis.inputs[0].derivative == 0.0 and math.isnan(analysis.inputs[0].share)
    assert [branch.outcome for branch in analysis.branches] == ["True"] and analysis.diagram is None


def test_a_result_of_zero_has_no_elasticity() -> None:
    analysis = analysis_of(lambda x, y: x - y, 1.0, 1.0)
    assert math.isnan(analysis.inputs[0].elasticity) and analysis.inputs[0].share == 0.5
    assert analysis.largest_elasticity == 0.0


def test_rounding_points_at_the_line_that_cancels() -> None:
    analysis = analysis_of(subjects.root, 1.0, 1e8, 1.0)
    function = analysis.functions[0]
    guilty = max(function.lines, key=lambda line: line.rounding)
    assert "spread =" in guilty.text or "discriminant =" in guilty.text
    assert analysis.rounding_bound > 1e-9
    assert analysis.roundings == pytest.approx(analysis.rounding_bound)


def test_nothing_of_the_run_stays_alive() -> None:
    gc.collect()
    before = len(LIVE.marks)
    made = minitorch.report(subjects.area, 3.0)
    gc.collect()
    assert len(LIVE.marks) <= before and made.analysis.operations == 2


def test_a_library_is_reported_by_its_own_lines() -> None:
    psychrolib.SetUnitSystem(psychrolib.SI)
    analysis = analysis_of(psychrolib.GetRelHumFromTWetBulb, 25.0, 18.0, 101325.0)
    assert {function.file for function in analysis.functions} == {"psychrolib.py"}
    source = Path(psychrolib.__file__).read_text(encoding="utf-8").splitlines()
    for function in analysis.functions:
        assert [line.text for line in function.lines] == [source[line.number - 1] for line in function.lines]
    last = line_of(function_named(analysis, "GetRelHumFromVapPres"), "RelHum = VapPres /")
    assert results(last) == [("RelHum", [analysis.value])]


def test_a_package_through_the_hook_is_reported_by_its_own_lines() -> None:
    with minitorch.install_import_hook(["geographiclib"], reload=True):
        from geographiclib.geodesic import Geodesic

    analysis = analysis_of(lambda lat1, lon1: Geodesic.WGS84.Inverse(lat1, lon1, 51.6, -0.5)["s12"], 40.6, -73.8)
    assert analysis.value == pytest.approx(5551759.4003186785)
    inverse = function_named(analysis, "Geodesic._GenInverse")
    assert inverse.file == "geographiclib/geodesic.py"
    assert results(line_of(inverse, "s12 = 0.0 + s12x"))[0][1][-1] == analysis.value
    assert {branch.spot.file.split("/")[0] for branch in analysis.branches} == {"geographiclib"}


def test_code_without_a_file_is_listed_by_its_lines() -> None:
    def measured(x: float) -> float:
        return minitorch.Mul.apply(x, x)  # type: ignore[no-any-return]

    namespace: dict[str, Any] = {"measured": measured}
    exec(compile("def outside(x):\n    return measured(x) + 1.0", "<nowhere>", "exec"), namespace)
    with pytest.raises(minitorch.RewriteError):
        minitorch.report(namespace["outside"], 3.0)


@given(st.floats(0.1, 10.0), st.integers(1, 30))
def test_elasticities_of_a_product_are_one_everywhere(x: float, factors: int) -> None:
    def product(x: float) -> float:
        y = x
        for k in range(factors):
            y = y * (k + 1.5)
        return y

    analysis = analysis_of(product, x)
    (y,) = line_of(analysis.functions[0], "y = y *").results
    pairs = zip(y.values, y.derivatives, strict=True)
    assert [analysis.elasticity(*pair) for pair in pairs] == pytest.approx([1.0] * factors)


def test_expressions_within_others() -> None:
    whole = Expression("a * b + c", "Add", span=((1, 0), (1, 9)))
    part = Expression("a * b", "Mul", span=((1, 0), (1, 5)))
    unknown = Expression("a * b", "Mul")
    assert whole.holds(part) and not part.holds(whole) and not whole.holds(whole)
    assert not whole.holds(unknown) and not unknown.holds(part)
