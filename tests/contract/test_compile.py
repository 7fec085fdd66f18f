"""Compiled functions give what Python gives, to the last bit, on every path; and say so where they run in Python."""

from __future__ import annotations

import enum
import math
import random
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from traceback import walk_tb
from typing import Any

import numpy
import psychrolib
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from references import PROGRAMS, Program

import minitorch
from minitorch.autodiff.place import is_own
from minitorch.compiler.function import CompilationWarning, CompiledFunction

IMPURE = {
    "programs_language.global_state": "it changes the global 'STATE'",
    "programs_language.exceptions": "TrueDiv raised an error that was caught",
    "programs_builtins.seeded_simulation": "gives another value every time",
    "programs_objects.shapes": "'made', which it reads",
}
"""Programs that machine code can't repeat, and why."""


def outcome(function: Callable[..., Any], point: tuple[Any, ...]) -> str:
    """What a call gives, to the last bit, or the error that it raises with the line that raised it."""
    try:
        return repr(function(*point))
    except Exception as error:
        # Where a leaf lives, what stands for `int` has a frame below the user's.
        line = [line for frame, line in walk_tb(error.__traceback__) if not is_own(frame.f_code)][-1]
        return f"{type(error).__name__}: {error} at line {line}"


def check(function: Callable[..., Any], points: list[tuple[float, ...]], **options: Any) -> CompiledFunction:
    """Compile a function and compare it at points, value and derivatives."""
    argnums = tuple(range(len(points[0])))
    compiled = minitorch.compile(function, argnums=argnums, **options)
    eager = minitorch.value_and_grad(function, argnums=argnums)
    for point in points:
        assert outcome(compiled, point) == outcome(function, point), point
        assert outcome(compiled.value_and_grad, point) == outcome(eager, point), point
    return compiled


@pytest.fixture(autouse=True)
def no_warning(request: pytest.FixtureRequest) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompilationWarning)
        yield


@pytest.mark.parametrize("max_traces", [64, 1])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_programs_are_equal_to_the_last_bit(program: Program, max_traces: int) -> None:
    """Also where all paths but the first run in Python."""
    draw = random.Random(program.name)
    points = [
        tuple(x * (1.0 + draw.uniform(-0.3, 0.3)) for x in draw.choice(program.points)) for _ in range(4)
    ] + program.points[:2]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CompilationWarning)
        compiled = check(program.function, points * (2 if max_traces == 1 else 1), max_traces=max_traces)
        for _ in range(10 if program.name in IMPURE else 0):
            outcome(compiled, points[0])
    messages = " ".join(str(warning.message) for warning in caught)
    if program.name in IMPURE:
        assert IMPURE[program.name] in messages
    else:
        assert "runs in Python" not in messages, messages


def inverse(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    return Geodesic.WGS84.Inverse(latitude, longitude, other_latitude, other_longitude)["s12"]  # type: ignore[no-any-return]


def test_geodesics() -> None:
    draw = random.Random(5)
    points = [
        (draw.uniform(-80, 80), draw.uniform(-170, 170), draw.uniform(-80, 80), draw.uniform(-170, 170))
        for _ in range(3)
    ]
    compiled = check(inverse, points + points)
    assert any(view.calls for view in compiled.traces)


def test_psychrometrics_and_a_change_of_units() -> None:
    def pressure(temperature: float) -> float:
        return psychrolib.GetSatVapPres(temperature)  # type: ignore[no-any-return]

    points = [(-20.0,), (30.0,), (50.0,), (-0.5,)]
    psychrolib.SetUnitSystem(psychrolib.SI)
    compiled = check(pressure, points * 2)
    psychrolib.SetUnitSystem(psychrolib.IP)
    try:
        assert compiled(100.0) == pressure(100.0)
    finally:
        psychrolib.SetUnitSystem(psychrolib.SI)
    assert compiled(30.0) == pressure(30.0)


# -- what machine code must not get wrong ------------------------------------------------------------------------------


def swallowing(x: float) -> float:
    try:
        return 1.0 / x
    except ZeroDivisionError:
        return 7.0


def dead_division(x: float) -> float:
    1.0 / x
    return x * 2.0


def counted(x: float, y: float) -> float:
    return x * sum(z > 0 for z in (x, y, x - y)) + [1.0, 2.0][x > y]


def by_text(x: float) -> float:
    return float(f"{x:.1f}") * x


def by_exponent(x: float) -> float:
    return x * math.frexp(x)[1]


def constant_branch(x: float) -> float:
    return x * x if x > 1.0 else 0


def complex_inside(x: float) -> float:
    return abs(x**0.5) + 1.0


def detaching(x: float) -> float:
    return x * minitorch.detach(x)


def paused(x: float) -> float:
    with minitorch.no_grad():
        scale = x * x
    return x * scale


def in_a_dictionary(x: float) -> float:
    return {1.0: x, 2.0: x * 5.0, 0.0: 1.0}.get(x, x + 3.0)


TRICKY = [swallowing, dead_division, by_text, by_exponent, constant_branch, complex_inside, detaching, paused,
          in_a_dictionary]  # fmt: skip


@pytest.mark.filterwarnings("ignore::minitorch.compiler.function.CompilationWarning")
@pytest.mark.parametrize("function", TRICKY, ids=lambda function: function.__name__)
def test_values_that_hide(function: Callable[[float], float]) -> None:
    warnings.simplefilter("ignore", CompilationWarning)
    points = [(x,) for x in (0.0, 2.0, -0.0, 0.5, 1.0, -3.0, 0.31, 0.34, 1e300, 2.0, 0.0, -3.0)]
    for max_traces in (64, 1):
        check(function, points, max_traces=max_traces)
        check(function, points[::-1], max_traces=max_traces)


def test_indicators_that_count() -> None:
    check(counted, [(x, y) for x in (-1.0, 0.5, 2.0) for y in (-2.0, 1.0, 0.5)])


@pytest.mark.parametrize("number", [2, True, numpy.float64(2.5)], ids=repr)
def test_other_numbers_are_no_floats(number: Any) -> None:
    def kind(x: float) -> Any:
        return x * 3 if isinstance(x, int) else x * 0.5

    compiled = minitorch.compile(kind)
    assert compiled(2.0) == 1.0
    assert compiled(number) == kind(number)
    assert compiled.value_and_grad(2) == (1.0, 0.5)


def test_structures_options_and_keywords() -> None:
    def area(shape: dict[str, list[float]], unit: str, power: int = 1, *, scale: float = 2.0) -> tuple[float, Any]:
        width, height = shape["sides"]
        return (width * height) ** power * (scale if unit == "m" else 1.0), [width > height]

    compiled = minitorch.compile(area)
    for sides, unit, power in [([2.0, 3.0], "m", 1), ([3.0, 2.0], "m", 2), ([2.0, 3.0], "cm", 2), ([5.0, 3.0], "m", 2)]:
        assert compiled({"sides": sides}, unit, power) == area({"sides": sides}, unit, power)
        assert compiled({"sides": sides}, unit, power=power, scale=3.0) == area(
            {"sides": sides}, unit, power=power, scale=3.0
        )
    gradient = minitorch.compile(lambda p, n: p["a"][0] ** n * p["b"]).value_and_grad
    assert gradient({"a": [2], "b": 3.0}, 3) == (24.0, {"a": [36.0], "b": 8.0})


FACTOR = 2.0


class Unit(enum.Enum):
    METRE = 1.0


class Spring:
    """An object with a number that changes."""

    rate = 3.0

    def __init__(self) -> None:
        self.stiffness = [2.0]

    def energy(self, x: float) -> float:
        return self.stiffness[0] * self.rate * x**2


def test_no_result_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    offset = 1.0

    def shifted(x: float) -> float:
        return x * FACTOR + offset

    compiled = minitorch.compile(shifted)
    assert [compiled(1.0), compiled.value_and_grad(1.0)] == [3.0, (3.0, 2.0)]
    monkeypatch.setitem(globals(), "FACTOR", 5.0)
    assert [compiled(1.0), compiled.value_and_grad(1.0)] == [6.0, (6.0, 5.0)]
    offset = 10.0
    assert [compiled(1.0), compiled.value_and_grad(1.0)] == [15.0, (15.0, 5.0)]


def test_no_object_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    spring = Spring()
    compiled, by_argument = minitorch.compile(spring.energy), minitorch.compile(Spring.energy, argnums=1)
    for change in (lambda: None, lambda: spring.stiffness.__setitem__(0, 4.0),
                   lambda: monkeypatch.setattr(Spring, "rate", 5.0), lambda: setattr(spring, "stiffness", [1.0]),
                   lambda: setattr(spring, "rate", 7.0)):  # fmt: skip
        change()
        for _ in range(3):
            assert compiled(2.0) == spring.energy(2.0)
            assert by_argument.value_and_grad(spring, 2.0) == (spring.energy(2.0), spring.energy(2.0))
    other = Spring()
    assert by_argument(other, 2.0) == other.energy(2.0)


def test_random_draws_run_in_python() -> None:
    def noisy(x: float) -> float:
        return x + random.random()

    compiled = minitorch.compile(noisy)
    with pytest.warns(CompilationWarning, match=r"random\(\) gives another value every .* at .*test_compile.py:\d+"):
        values = {compiled(1.0) for _ in range(5)}
    assert len(values) == 5


def test_printing_is_reported_once() -> None:
    def loud(x: float) -> float:
        print("computing")
        return x * 2.0

    with pytest.warns(CompilationWarning, match=r"print\(\) at .*test_compile.py:\d+ takes effect only") as caught:
        compiled = minitorch.compile(loud)
        assert [compiled(1.0), compiled(2.0), compiled.grad(3.0)] == [2.0, 4.0, 2.0]
    assert len(caught) == 1 and caught[0].filename == __file__


@pytest.mark.usefixtures("only_traces")
def test_paths_are_bounded_and_the_line_is_named() -> None:
    def steps(x: float) -> float:
        return sum(x * i for i in range(int(x)))

    compiled = minitorch.compile(steps, max_traces=4)
    message = r"new traces run in Python after 4 of them .*; \d of them part at .*test_compile.py:\d+"
    with pytest.warns(CompilationWarning, match=message):
        assert [compiled(float(x)) for x in range(1, 12)] == [steps(float(x)) for x in range(1, 12)]
    assert len(compiled.traces) == 4
    assert [compiled(float(x)) for x in range(1, 12)] == [steps(float(x)) for x in range(1, 12)]
    assert sum(view.calls for view in compiled.traces) == 4
    assert "new traces run in Python after 4 of them" in compiled.traces.reasons[0]


def test_errors_are_those_of_python() -> None:
    def root(x: float) -> float:
        return math.sqrt(x) / x

    compiled = minitorch.compile(root)
    eager = minitorch.value_and_grad(root)
    for x in (4.0, -1.0, 0.0, 9.0):
        assert outcome(compiled, (x,)) == outcome(root, (x,))
        assert outcome(compiled.value_and_grad, (x,)) == outcome(eager, (x,))
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        compiled()
    assert outcome(compiled, ("a",)) == outcome(root, ("a",))


def test_derivatives_pass_through() -> None:
    compiled = minitorch.compile(lambda x: x**3)
    assert compiled(2.0) == 8.0
    assert minitorch.grad(lambda x: compiled(x) * x)(2.0) == 32.0


def test_threads_agree() -> None:
    def branching(x: float) -> float:
        return math.sin(x) if int(x) % 3 == 0 else x * int(x)

    compiled = minitorch.compile(branching)
    expected = [branching(i / 2) for i in range(40)]
    found: list[list[float]] = []
    workers = [threading.Thread(target=lambda: found.append([compiled(i / 2) for i in range(40)])) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 4


# -- random branching programs ----------------------------------------------------------------------------------------

TERMS = ["x", "y", "1.5", "-0.5", "a"]
expressions = st.recursive(
    st.sampled_from(TERMS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join).map("({})".format),
        inner.map("math.sin({})".format),
        st.tuples(inner, inner).map(lambda pair: f"max({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner, inner).map("({0[0]} if {0[1]} > {0[2]} else abs({0[1]}))".format),
        inner.map("(float(int({})) * x)".format),
    ),
    max_leaves=5,
)
numbers = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 3.7, -2.2, 1e200, math.inf, math.nan])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(expressions, min_size=1, max_size=3),
    st.lists(st.tuples(numbers, numbers), min_size=2, max_size=8),
    st.lists(numbers, max_size=3),
    st.sampled_from([1, 64]),
)
def test_random_programs(
    tmp_path_factory: Any,
    texts: list[str],
    points: list[tuple[float, float]],
    rates: list[float],
    max_traces: int,
) -> None:
    """Compiled is equal to eager on every input, also after a global has changed, and paths are bounded."""
    lines = [f"    a = {text}" for text in texts]
    head = ["import math", "rate = 1.5", "def helper(z):", "    return z * rate", "def program(x, y):"]
    path = tmp_path_factory.mktemp("programs") / "program.py"
    path.write_text("\n".join([*head, "    a = helper(x)", *lines, "    return a * rate", ""]))
    scope: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    function = scope["program"]
    eager = minitorch.value_and_grad(function, argnums=(0, 1))
    compiled = minitorch.compile(function, argnums=(0, 1), max_traces=max_traces)
    warnings.simplefilter("ignore" if max_traces == 1 else "error", CompilationWarning)
    for rate in (1.5, *rates, 1.5):
        scope["rate"] = rate
        for point in points * 2:
            assert outcome(compiled, point) == outcome(function, point), (rate, point)
            assert outcome(compiled.value_and_grad, point) == outcome(eager, point), (rate, point)
    assert len(compiled.traces) <= 2 * 64


def test_bits_of_zero_and_nan_are_kept() -> None:
    compiled = minitorch.compile(lambda x: x * -1.0)
    assert [struct.pack("d", compiled(x)) for x in (0.0, -0.0)] == [struct.pack("d", x) for x in (-0.0, 0.0)]
