"""What Python runs while structural machine code is made: its errors, its changes, and what is not run so."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from structural_checks import assert_served
from structural_orders import ITEMS, NAMES, REGIONS, TEXT
from structural_rows import exact

import minitorch
from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

SOME_PRICES = {"bolt": 0.1, "nut": 0.05, "gear": 3.2, "axle": 11.0}
HUGE = "word;" * 30_000


def key_missing(x: float, n: int) -> float:
    total = 0.0
    for i, line in enumerate(TEXT.splitlines()):
        if i >= n:
            total += x * SOME_PRICES[line.split(";")[2]]
    return total


def no_number(x: float, n: int) -> float:
    for name in [*ITEMS, *map(str, range(90))][n:]:
        x += int(name)
    return x


def caught(x: float) -> float:
    total = 0.0
    for line in TEXT.splitlines():
        try:
            total += x * SOME_PRICES[line.split(";")[2]]
        except KeyError:
            total -= x
        _, region, *_ = line.split(";")
        total += len(region)
    return total


def too_many(x: float, n: int) -> float:
    for line in [*TEXT.splitlines(), "a;b", "a;b;c;d"][n:]:
        _date, region, _item, count = line.split(";")
        x += len(region) * int(count)
    return x


def outside(n: int) -> Any:
    names = [line.partition(";")[0] for line in TEXT.splitlines()]
    return names[n]


@pytest.mark.parametrize(
    ("function", "points", "gradient"),
    [
        (key_missing, [(1.5, 0), (1.5, 149), (2.5, 150)], True),
        (no_number, [(1.5, 5), (1.5, 0), (2.5, 94)], True),
        (caught, [(1.5,), (0.5,)], True),
        (too_many, [(1.5, 152), (1.5, 150), (2.0, 0)], True),
        (outside, [(0,), (149,), (150,), (-150,), (-151,)], False),
    ],
)
def test_what_python_raises_for_some_of_the_texts(function: Any, points: Any, gradient: bool) -> None:
    assert_served(function, points, 0, gradient)


def returned(x: float) -> Any:
    groups: dict[str, list[str]] = {}
    for line in TEXT.splitlines():
        groups.setdefault(line[8:9], []).append(line[:4])
    return groups, x


def returned_part(x: float) -> Any:
    rows = [region.split("t") for region in REGIONS]
    return rows[0], rows, x


def fresh_words(x: float) -> Any:
    words = TEXT.split(";")
    words.sort()
    return words[:3], x


@pytest.mark.parametrize("function", [returned, returned_part, fresh_words])
def test_containers_of_results_are_new_ones(function: Any) -> None:
    compiled = compile_structurally(function)
    first, second = compiled(1.5), compiled(1.5)
    assert exact(first) == exact(second) == exact(function(1.5))
    assert first[0] is not second[0]
    for each in (first[0], first[0][next(iter(first[0]))] if isinstance(first[0], dict) else first[1]):
        if isinstance(each, (list, dict)):
            each.clear()
    assert exact(compiled(1.5)) == exact(function(1.5))


def changed_in_between(x: float) -> float:
    names, n = [], 2
    for i in range(n):
        names.append(f"first {i}")
    n = 5
    for i in range(n):
        names.append(f"second {i}")
    return x * len(names)


def shared_rows(x: float) -> float:
    rows: dict[str, list[str]] = {}
    for region in REGIONS:
        row = rows.setdefault(region[-1], [])
        row.append(region)
    other = row
    for item in ITEMS:
        rows[region[-1]].append(item)
    return x * len(other) + len(rows["e"])


def kept_by_object(x: float) -> float:
    class_like = [[]]
    for name in NAMES:
        class_like[0].append(name)
    inner = class_like[0]
    if x > 0.0:
        inner.append("more")
    return x * len(class_like[0])


def made_by_others(x: float) -> float:
    found: list[str] = []

    def add(name: str) -> None:
        found.append(name)

    add("zero")
    for name in REGIONS:
        found.append(name)
    return x * len(found)


def with_effects(x: float) -> float:
    for name in REGIONS:
        SEEN.append(name)
    return x * len(SEEN)


def for_ever(x: float) -> float:
    words = []
    for word in HUGE.split(";"):
        words.append(word.upper())
    return x * len(words)


def huge_text(x: float) -> float:
    word = ""
    for name in NAMES:
        word = (word + name) * 3 if len(word) < 1_000_000 else word[:3]
    return x * len(word)


def infinite(x: float) -> float:
    text = "a"
    while x > 0.0 and text:
        x -= 1.0
    return x


SEEN: list[str] = []


@pytest.mark.parametrize(
    "function",
    [changed_in_between, shared_rows, kept_by_object, made_by_others, with_effects, for_ever, huge_text, infinite],
)
def test_what_is_not_run_gives_what_python_gives(function: Any) -> None:
    SEEN.clear()
    eager = minitorch.value_and_grad(function)
    expected = [exact(eager(x)) for x in (1.5, 1.5, -0.5)]
    SEEN.clear()
    compiled = compile_structurally(function)
    assert [exact(compiled.value_and_grad(x)) for x in (1.5, 1.5, -0.5)] == expected


class Name(str):
    def upper(self) -> str:
        return "own"


class Names(dict):
    def __missing__(self, key: str) -> str:
        return f"no {key}"


WORDS: Any = ["a", "b"]
LABELS: Any = {"a": "first", "b": "second"}
RATES: Any = {"first": [0.5], "second": [0.25]}
COUNT: Any = 2


def of_globals(x: float) -> float:
    labels = []
    for word in WORDS:
        labels.append(LABELS[word].upper() * COUNT)
    for label in labels:
        x += len(label) * RATES.get(label[: len(label) // COUNT].lower(), [x])[0]
    return x


def set_global(name: str, value: Any) -> Callable[[], None]:
    return lambda: globals().__setitem__(name, value)


def change(function: Callable[[], Any]) -> Callable[[], Any]:
    return function


CHANGES: list[tuple[str, Callable[[], Any]]] = [
    ("a list got another element", lambda: WORDS.append("a")),
    ("an element is another one", lambda: WORDS.__setitem__(0, "b")),
    ("a dict has another value", lambda: LABELS.update(a="third")),
    ("a list in a dict has another element", lambda: RATES["second"].__setitem__(0, 8.0)),
    ("a dict lost a key", lambda: RATES.pop("second")),
    ("another list", set_global("WORDS", ["b", "b", "a"])),
    ("a number", set_global("COUNT", 3)),
    ("a truth in the place of a number", set_global("COUNT", True)),
    ("a subclass of str", set_global("LABELS", {"a": Name("x"), "b": "second"})),
    ("a subclass of dict", set_global("LABELS", Names(a="first"))),
    ("a tuple", set_global("WORDS", ("a", "b"))),
]


def test_what_was_read_is_compared() -> None:
    before = {name: globals()[name] for name in ("WORDS", "LABELS", "RATES", "COUNT")}
    compiled, eager = compile_structurally(of_globals), minitorch.value_and_grad(of_globals)
    try:
        for title, do in [("nothing", lambda: None), *CHANGES]:
            do()
            for x in (1.5, -2.0):
                assert exact(compiled.value_and_grad(x)) == exact(eager(x)), title
            is_served = any(isinstance(each, Program) for each in compiled.programs.values())
            assert is_served or "subclass" in title or not isinstance(LABELS, dict) or type(LABELS) is Names, title
    finally:
        globals().update(before)


def test_a_module_that_is_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounded(x: float) -> float:
        lengths = {}
        for name in REGIONS:
            lengths[name] = math.sqrt(len(name))
        return x * lengths["north"]

    compiled = compile_structurally(rounded)
    assert compiled(2.0) == rounded(2.0)
    monkeypatch.setattr(math, "sqrt", lambda x: 0.5 * x)
    assert compiled(2.0) == rounded(2.0) == 5.0


def total_of(*numbers: float) -> float:
    total = 0
    for number in numbers:
        total += number  # type: ignore[assignment]
    return total


def list_for_nobody(x: float, limits: list[float]) -> float:
    for limit in limits:
        raise ValueError(limit)
    kept = [x, total_of(x, x)]  # noqa: F841 - the code of what nobody needs is what is tested
    return x * x


def test_a_list_that_could_not_be_made_leaves_no_code_behind() -> None:
    # The sum may be an int or a float, so the walk goes on without the list.
    assert_served(list_for_nobody, [(2.0, []), (2.5, [])], argnums=0)
