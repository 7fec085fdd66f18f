"""Statements that depend on constants alone in structural machine code, which Python runs while that is made."""

from __future__ import annotations

import collections
import itertools
import math
from typing import Any

import pytest
from structural_orders import ITEMS, NAMES, PRICES, REGIONS, TEXT
from structural_rows import Row, checked

from minitorch.compiler.structural import compile_structurally
from minitorch.compiler.structural.compilation import Program

ORDERS = [(f"order {i}", f"item {i * 7 % 90}", i % 5 + 0.5) for i in range(100)]
NESTED = {"a": ["x", "y"], "b": [], "c": ["z"]}
WEIGHTS = {f"key {i}": i * 0.25 for i in range(90)}
EMPTY: list[str] = []


def priced(x: list[float]) -> float:
    rate, discount, freight = x
    groups: dict[str, list[tuple[str, int]]] = {}
    for line in TEXT.splitlines():
        date, region, item, count = line.strip().split(";")
        key = f"{region.upper()}/{date.split('-')[1]}/{item.title()}"
        groups.setdefault(key, []).append((item, int(count)))
    total = 0.0
    for key in sorted(groups):
        amount = sum(count for _, count in groups[key])
        value = amount * PRICES[groups[key][0][0]]
        if amount > 20:
            value *= 1.0 - discount
        if key.startswith("NORTH"):
            value += freight * len(groups[key])
        total += value
    return total * (1.0 + rate)


def parsed(text: str) -> dict[str, list[tuple[str, int]]]:
    found = collections.defaultdict(list)
    for line in text.splitlines():
        _, region, *rest = line.split(";")
        found[region].append((rest[0], int(rest[-1])))
    return found


def by_helper(x: float) -> float:
    found = parsed(TEXT)
    total = 0.0
    for region, orders in sorted(found.items()):
        for item, count in orders:
            if item == "gear" and region != "south":
                continue
            total += x * PRICES[item] * count
        total += math.sin(x) if "o" in region else x / len(orders)
    return total


def distinct(x: float) -> float:
    seen = set()
    counts = collections.Counter()
    largest = 0
    for line in TEXT.splitlines():
        try:
            n = int(line.split(";")[3]) // (len(line) % 3)
        except ZeroDivisionError:
            continue
        seen.add(line[8:12])
        counts[line.split(";")[2]] += n
        largest = max(largest, n)
    total = 0.0
    for word in sorted(seen, key=lambda each: (each[1:], each)):
        total = total * 0.5 + x * len(word.strip("no"))
    for item, count in counts.most_common():
        total += count * x if item in PRICES and count > 3 else x
    return total + largest * x


def rewound(x: float) -> float:
    rest, words = TEXT.replace("\n", ";"), []
    while ";" in rest:
        word, _, rest = rest.partition(";")
        if word.isalpha():
            words += [word[::-1]]
        if len(words) == 40:
            break
    total = 0.0
    for place, word in enumerate(words):
        total += x**place if word[0] in "hxyz" else place * x - len(words[place - 1])
    return total


def of_orders(x: float) -> float:
    total, last = 0.0, ""
    for name, item, amount in ORDERS:
        weight = WEIGHTS.get(item.replace("item", "key"), 1.0)
        total += x * weight * amount if name.endswith(("1", "3", "7")) else amount / x
        last = name
    return total * len(last)


def of_pairs(x: float) -> float:
    total = 0.0
    for (key, weight), name in zip(WEIGHTS.items(), reversed(NAMES), strict=False):
        total += weight * x if key[-1] == name[-1] else x
    return total


def nested(x: float) -> float:
    total = 0.0
    for key, names in NESTED.items():
        for name in names:
            total += x * ord(name) + len(key)
        if not names:
            total -= x
    return total


def two_loops(x: float) -> float:
    names, n = [], 3
    for i in range(n):
        names.append(f"first {i}")
    m = 5
    for i in range(m):
        names.append(f"second {i}")
    for name in names:
        x += 0.5 * x if name.startswith("second") else 0.25 * x * n
    return x * i


def appended_later(x: float) -> float:
    names = []
    for region in REGIONS:
        names.append("in " + region)
    if x > 1.0:
        names.append("last")
    return x * len(names) + len(names[-1])


def changed_by_function(x: float) -> float:
    names = []

    def add(name: str) -> None:
        names.append(name)

    add("zero")
    for i in range(3):
        names.append(f"{i}")
    return x * len(names)


def over_nothing(x: float) -> float:
    lengths = {}
    for name in EMPTY:
        lengths[name] = len(name)
    for name in sorted(lengths):
        x *= lengths[name]
    for name in EMPTY:
        x += len(name)
    return x + len(lengths)


def totals_by_region(x: float) -> float:
    totals: dict[str, float] = {}
    for line in TEXT.splitlines():
        region, count = line.split(";")[1], int(line.split(";")[3])
        totals[region] = totals.get(region, 0.0) + x * count
    return sum(totals[each] * i for i, each in enumerate(sorted(totals)))


def chosen(x: float, n: int) -> Any:
    words = [line.split(";")[2] + line[5:7] for line in TEXT.splitlines()]
    best = None
    for word in words:
        if len(word) * x > 7.0 and (best is None or word > best):
            best = word
    return best, words[n], words[n] == words[n - 1], {"a": 1}["a"]


def by_key(x: float) -> float:
    words = [line.split(";")[2] for line in TEXT.splitlines()]
    best = max(words, key=lambda word: len(word) * x + ord(word[0]))
    ordered = sorted(set(words), key=lambda word: (x * len(word) - 0.1, word))
    return len(best) * x + sum(i * len(word) * x for i, word in enumerate(ordered)) + ordered.index("gear")


def of_one(x: float) -> float:
    for line in TEXT.splitlines()[:1]:
        date, *rest = line.split(";")
        for name, (first, *others) in {line: rest}.items():
            x += len(name) + len(date) + len(others) + ord(first[0])
    return x * len(rest)


def same_names(x: float, names: list[float]) -> float:
    count = 0
    for i, name in enumerate(NAMES[:70]):
        label = f"{name!s:>9}|{i}"[-3:] if i % 2 else "%s" % name  # noqa: UP031
        count += label.count("1")
    return x * count + sum(names)


FOLDED: list[Row] = [
    (priced, 0, [([0.1, 0.2, 3.0],), ([0.2, 0.05, 1.5],)]),
    (by_helper, 0, [(1.5,), (-0.5,)]),
    (distinct, 0, [(1.5,), (-0.5,)]),
    (rewound, 0, [(1.01,), (-0.5,)]),
    (of_orders, 0, [(1.5,), (-2.0,)]),
    (of_pairs, 0, [(1.5,)]),
    (nested, 0, [(1.5,)]),
    (two_loops, 0, [(1.5,)]),
    (appended_later, 0, [(1.5,), (0.5,)]),
    (over_nothing, 0, [(1.5,)]),
    (totals_by_region, 0, [(1.5,)]),
    (by_key, 0, [(1.5,), (-2.0,)]),
    (of_one, 0, [(1.5,)]),
    (same_names, 0, [(1.5, [1.0, 2.0])]),
    (chosen, None, [(1.5, 3), (0.9, -1), (2.0, 149)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), FOLDED)
def test_what_depends_on_constants(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


def test_code_that_is_run_is_cheap_and_small() -> None:
    compiled = compile_structurally(priced)
    compiled.value_and_grad([0.1, 0.2, 3.0])
    (program,) = compiled.programs.values()
    assert isinstance(program, Program)
    assert program.walks <= 3
    # The numbers stand in memory, not in the text; neither do loops over the text.
    assert not any(name in program.body for name in itertools.chain(REGIONS, ITEMS))
    assert program.body.count(" = ") < 250
