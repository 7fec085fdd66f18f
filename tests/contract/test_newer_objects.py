"""Frozen dicts and sentinels of Python 3.15: as arguments, globals and results, compiled, cached and pickled."""

from __future__ import annotations

import builtins
import functools
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import minitorch
from minitorch.compiler.guards.kinds import is_immutable
from minitorch.compiler.guards.snapshots import Items, Names, items_of
from minitorch.scalars.containers import FROZEN_DICTS, MAPPINGS

frozendict: Any = getattr(builtins, "frozendict", dict)
sentinel: Any = getattr(builtins, "sentinel", type("Named", (), {"__init__": lambda self, name: None}))
"""Older Pythons have other objects in their places: what is said of these below holds of those."""

RATES = frozendict(first=2.0, second=3.0)
NESTED = frozendict(inner=frozendict(k=1.5), pair=(1, 2))
MISSING = sentinel("MISSING")
CHOICES = [MISSING, sentinel("MISSING")]


class Options:
    """A class with both among its attributes."""

    none = MISSING
    table = frozendict(k=2.5)

    def of(self, x: Any) -> Any:
        """Read them."""
        return x * self.table["k"] if self.none is MISSING else x


def with_default(x: Any, option: Any = MISSING) -> Any:
    """Tell an argument that was not given from others."""
    return x if option is MISSING else x * option


def in_a_loop(x: Any, option: Any) -> Any:
    """Read both in a loop."""
    total = 0.0
    for index in range(4):
        total = total + (RATES["first"] * x * index if option is MISSING else x * x)
    return total


def over_items(x: Any) -> Any:
    """Go through all items."""
    total = 0.0
    for key, rate in RATES.items():
        total = total + rate * x**2 * len(key)
    return total


def matched(x: Any) -> Any:
    """Match a frozen dict."""
    match RATES:
        case {"first": first}:
            return x * first * x
    return x


class Case(NamedTuple):
    """A function, its arguments, and its value and derivative by the first of them."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    value: float
    derivative: Any


CASES = {
    "a global": Case(lambda x: x * RATES["first"] + len(RATES), (2.0,), 6.0, 2.0),
    "get": Case(lambda x: x * RATES.get("first") + RATES.get("third", x), (2.0,), 6.0, 3.0),
    "one in another": Case(lambda x: x * NESTED["inner"]["k"] * NESTED["pair"][1], (2.0,), 6.0, 3.0),
    "membership": Case(lambda x: x * x if "first" in RATES and "third" not in RATES else x, (2.0,), 4.0, 4.0),
    "items": Case(over_items, (2.0,), 2.0 * 4 * 5 + 3.0 * 4 * 6, 2.0 * 4 * 5 + 3.0 * 4 * 6),
    "a match": Case(matched, (2.0,), 8.0, 8.0),
    "a union": Case(lambda x: (RATES | {"third": x})["third"] * x, (2.0,), 4.0, 4.0),
    "made inside": Case(lambda x: sum(frozendict(u=x, v=x * x).values()), (2.0,), 6.0, 5.0),
    "keywords": Case(lambda x: with_default(**frozendict(x=x, option=3.0)), (2.0,), 6.0, 3.0),
    "an argument": Case(lambda d: d["u"] * d["v"], (frozendict(u=2.0, v=3.0),), 6.0, frozendict(u=3.0, v=2.0)),
    "a constant argument": Case(lambda x, d: x * d["u"], (2.0, frozendict(u=3.0)), 6.0, 3.0),
    "a default": Case(with_default, (2.0,), 2.0, 1.0),
    "a sentinel": Case(with_default, (2.0, MISSING), 2.0, 1.0),
    "no sentinel": Case(with_default, (2.0, 5.0), 10.0, 5.0),
    "in a loop": Case(in_a_loop, (2.0, MISSING), 24.0, 12.0),
    "a sentinel in a list": Case(lambda x, s: x * x if s is CHOICES[1] else x, (2.0, CHOICES[1]), 4.0, 4.0),
    "a namesake in a list": Case(lambda x, s: x * x if s is CHOICES[1] else x, (2.0, CHOICES[0]), 2.0, 1.0),
    "attributes of a class": Case(Options().of, (2.0,), 5.0, 2.5),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    case = CASES[name]
    assert minitorch.value_and_grad(case.function)(*case.arguments) == (case.value, case.derivative)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_compiled(name: str) -> None:
    case = CASES[name]
    compiled = minitorch.compile(case.function)
    compiled.precompile(*case.arguments)
    assert "can't be compared" not in str(compiled.traces)
    for _ in range(2):
        assert compiled(*case.arguments) == case.value
        assert compiled.value_and_grad(*case.arguments) == (case.value, case.derivative)


@pytest.fixture
def restored() -> Iterator[None]:
    """Put the globals back."""
    kept = RATES, MISSING
    yield
    globals().update(RATES=kept[0], MISSING=kept[1])


@pytest.mark.usefixtures("restored")
@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_compiled_functions_notice_other_globals() -> None:
    compiled = minitorch.compile(lambda x: x * RATES["first"] if MISSING is CHOICES[0] else x)
    compiled.precompile(3.0)
    assert compiled.value_and_grad(3.0) == (6.0, 2.0)
    globals()["RATES"] = frozendict(first=5.0)
    assert compiled.value_and_grad(3.0) == (15.0, 5.0)
    globals()["MISSING"] = sentinel("MISSING")
    assert compiled.value_and_grad(3.0) == (3.0, 1.0)


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_compiled_functions_tell_arguments_apart() -> None:
    compiled = minitorch.compile(lambda x, d, s: x * sum(d.values()) * (2.0 if s is MISSING else 1.0))
    for d, s, slope in (
        (frozendict(u=3.0), MISSING, 6.0),
        (frozendict(u=3.0), sentinel("MISSING"), 3.0),
        (frozendict(u=3.0, v=1.0), MISSING, 8.0),
        (frozendict(v=4.0), None, 4.0),
        ({"u": 3.0}, MISSING, 6.0),
    ):
        compiled.precompile(2.0, d, s)
        assert compiled.value_and_grad(2.0, d, s) == (2.0 * slope, slope)


def test_results() -> None:
    made = minitorch.trace(lambda x: frozendict(u=x, v=x * x))(minitorch.Scalar(2.0))
    assert type(made) is frozendict and minitorch.detach(made) == frozendict(u=2.0, v=4.0)
    assert minitorch.jacobian(lambda x: frozendict(u=x, v=x * x))(2.0) == frozendict(u=1.0, v=4.0)
    second = minitorch.hessian(lambda d: d["u"] * d["v"])(frozendict(u=2.0, v=3.0))
    assert second == frozendict(u=frozendict(u=0.0, v=1.0), v=frozendict(u=1.0, v=0.0))
    assert minitorch.trace(lambda x: MISSING if x > 1 else x)(2.0) is MISSING
    compiled = minitorch.compile(lambda x: frozendict(u=x, v=x * x))
    assert compiled(2.0) == frozendict(u=2.0, v=4.0)


@functools.lru_cache
def of_cached(d: Any) -> Any:
    """The product of what is in a frozen dict."""
    return d["u"] * d["v"] if isinstance(d, MAPPINGS) else d[0] * d[1]


def test_caches_keep_no_history() -> None:
    make: Any = (lambda u, v: frozendict(u=u, v=v)) if FROZEN_DICTS else (lambda u, v: (u, v))
    for _ in range(2):
        assert minitorch.grad(lambda x: of_cached(make(x, 3.0)) + of_cached(make(2.0, 3.0)))(2.0) == 3.0


def test_nothing_is_written_without_its_derivative() -> None:
    with pytest.raises(minitorch.HistoryLostError, match=r"json\.dumps\(\) would lose the derivative of 'x'"):
        minitorch.grad(lambda x: len(json.dumps(frozendict(u=x))))(2.0)


def of_rates(x: float) -> float:
    """What a pickled function reads."""
    return x * RATES["first"] if MISSING is CHOICES[0] else x


@pytest.mark.filterwarnings("ignore::minitorch.CompilationWarning")
def test_pickled() -> None:
    compiled = minitorch.compile(of_rates)
    compiled.precompile(2.0)
    again = pickle.loads(pickle.dumps(compiled))
    assert again.value_and_grad(2.0) == compiled.value_and_grad(2.0) == (4.0, 2.0)


def test_snapshots() -> None:
    scope = {"one": MISSING, "table": RATES}
    snapshot = Names("the global", scope, ("one", "table"))
    assert snapshot.changed() is None
    scope["one"] = sentinel("MISSING")
    assert snapshot.changed() == "the global 'one'"
    assert items_of(RATES) == ["first", "second", 2.0, 3.0] == Items("the table", RATES).values
    assert is_immutable(MISSING) == (hasattr(builtins, "sentinel"))
