"""What is done with lists and texts in structural machine code, as Python has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structural_rows import Row, checked

# -- lists -------------------------------------------------------------------------------------------------------------


def methods(x: float, n: int) -> Any:
    values = [x * i for i in range(1, n + 3)]
    values.insert(0, x)
    values.insert(-1, 2.0 * x)
    values.insert(100, -x)
    last, first, middle = values.pop(), values.pop(0), values.pop(-2)
    values.extend([x, 0.5])
    values.extend(values)
    values += [first]
    values *= 2
    del values[1]
    del values[-1]
    copy = values.copy()
    values.reverse()
    copy.clear()
    return values, copy, last, first, middle, len(values)


def searches(x: float, n: int) -> Any:
    values = [1.5, n, 2.5, n, 7]
    values.remove(n)
    return values, values.index(n), values.count(n), n in values, 100 in values, 9 not in [1, 2, n], values.index(7, 1)


def slices(x: float, n: int) -> Any:
    values = [x * i for i in range(8)]
    taken = values[::2], values[::-1], values[5:1:-2], values[-3:], values[:-n:-1], values[n:100:3]
    values[1:3] = [x, x, x]
    values[-1:] = []
    values[n:n] = values
    del values[2:4]
    row = (1, 2.5, x, n)
    return taken, values, row[::-1], row[1:], row[n:], row[:n:2], [][:], tuple(values)[::3]


def orders(x: float, n: int) -> Any:
    pairs = [(i % 3, x * i) for i in range(n + 6)]
    values = [x * ((i * 7) % 5) for i in range(n + 6)]
    ranks = sorted(range(len(values)), key=lambda i: values[i])
    values.sort(reverse=True)
    pairs.sort(key=lambda pair: pair[0])
    return (
        pairs, values, ranks, sorted(values), sorted(pairs), sorted([n, 2, -n], key=abs), max(pairs), min(pairs),
        max(pairs, key=lambda pair: pair[1]), min(values, key=lambda v: (v - x) ** 2), max([], default=x),
        min([n], default=7), max(n, 2, 7, key=lambda v: -v), max((v for v in values if v > 1e9), default=None),
    )  # fmt: skip


def comparisons(x: float, n: int) -> Any:
    a, b = [1, n, 3], [1, n, 4]
    return (
        a == b, a != b, a < b, a <= b, a > b, a[:2] == b[:2], (x, n) < (x, n + 1), (x, n) == (x, n), (1, x) >= (1, x),
        (n, "a") == (n, "b"), a == (1, n, 3), [] == [], (1, n) > (1,), a is a, a is b,
    )  # fmt: skip


def asked(x: float, n: int) -> Any:
    return (
        any(x * i > 3.0 for i in range(n)), all(x * i >= 0.0 for i in range(n)), any([]), all([]),
        sum(1 for i in range(n) if i % 2), sum(x > i for i in range(4)), divmod(n, 3), pow(n, 2), divmod(-n, 7),
        list(map(lambda v: v * x, range(n))), [y for i in range(n) if (y := x * i) > 1.0],
        list(enumerate([x], start=n)),
        [i * j for i in range(3) for j in range(i) if i != n], list(reversed([1, n])), list(range(n, -n, -2)),
    )  # fmt: skip


def unpacked(x: float, n: int) -> Any:
    first, *rest = [x * i for i in range(n + 2)]
    *start, last = (1.5, n, x)
    a, (b, *c), d = 1, [x, x, 2.0], n
    return first, rest, start, last, a, b, c, d, [*rest, *start], (*rest, n)


def grids(x: float, n: int) -> Any:
    shared, own = [[0.0] * 3] * 3, [[0.0] * 3 for _ in range(3)]
    shared[0][1] += x
    own[n % 3][1] = x
    ragged: Any = []
    for i in range(n):
        ragged.append([x] * i)
        ragged[-1].append(-x)
    stack = [1]
    while stack:
        top = stack.pop()
        if top < n:
            stack.append(top + 1)
            stack.append(top + 2)
    table = [(i, x * i) for i in range(n)]
    table += [(n, x)]
    return shared, own, ragged, stack, table, [list(row) for row in zip(*own)]  # noqa: B905 - of one length


def texts(x: float, n: int) -> Any:
    kind = "call" if x > 1.0 else "put"
    name = f"{'b' + 'c':>4}-{3:02d}"
    total = 0.0
    for letter in "abc":
        total += x if letter in ("a", "c") else 2.0
    for word in "up,down".split(","):
        total += x if word == "up" else -1.0
    return (
        kind == "call",
        name,
        "A".lower(),
        "x".join(("a", "b")),
        total,
        int("12"),
        "a" in "abc",
        "abc"[1:],
        kind,
        len("four"),
    )


def changed_while_read(x: float, n: int) -> Any:
    values, seen = [x, 2.0 * x, 3.0 * x], []
    for value in values:
        seen.append(value)
        if len(values) < 6:
            values.append(value + x)
        if len(seen) == 4:
            values.pop(0)
    return values, seen


LISTS: list[Row] = [
    (methods, None, [(1.5, 3), (0.5, 0)]),
    (searches, None, [(1.5, 3), (0.5, 0)]),
    (slices, None, [(1.5, 3), (0.5, 1), (2.0, 0)]),
    (orders, None, [(1.5, 3), (-0.5, 1)]),
    (comparisons, None, [(1.5, 3), (-0.5, 1)]),
    (asked, None, [(1.5, 3), (-0.5, 1), (2.5, 0)]),
    (unpacked, None, [(1.5, 3), (-0.5, 0)]),
    (grids, None, [(1.5, 3), (-0.5, 0), (0.3, 6)]),
    (texts, None, [(1.5, 3), (0.5, 3)]),
    (changed_while_read, None, [(1.5, 3), (0.5, 3)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), LISTS)
def test_lists_and_texts(function: Callable[..., Any], argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)
