"""Texts in structural machine code: one of a few, which is known while the code runs, and those of exceptions."""

from __future__ import annotations

from typing import Any

import pytest
from structural_checks import assert_served
from structural_rows import Row, checked

REGIONS = ["North", "south", "East-2"]
RATES = {"north": 1.5, "south": 0.5, "east": 2.0}
UNIT = " Metres "


def by_region(x: float) -> float:
    total = 0.0
    for region in REGIONS:
        name = region.lower().split("-")[0] if "-" in region else region.lower()
        total += RATES[name] * x
        if name.startswith("n") or len(region) > 5:
            total *= 1.25
    return total


def about_regions(n: int) -> Any:
    found = []
    for region in REGIONS:
        first, *_ = region.partition("t")
        found.append((region.upper(), len(region), region[0], region[-1:], region + "!", f"{region:>8}|", first))
    return found, max(REGIONS), sorted(REGIONS), [r < "P" for r in REGIONS], ["t" in r for r in REGIONS], REGIONS[n] * 2


def numbers_in_texts(n: int) -> Any:
    words = ["1", "22", "3.5"]
    return float(words[n]) * 2.0, [ord(w[0]) for w in words], words[n].isdigit(), words[n] == words[n - 1]


def whole_number(n: int) -> int:
    return int(["1", "22", "x"][n])


def measured(x: float) -> float:
    return 3.0 * x if UNIT.strip().lower() == "metres" else x


def chosen_by_input(x: float, y: float) -> float:
    side = "left" if x < y else "right"
    label = f"{side.upper()}/{side[0]}"
    return x * len(label) + (y if label.endswith("t") else -y)


def guarded(x: float, n: int) -> float:
    total = 0.0
    for i in range(n):
        try:
            if -4.0 < x < i:
                raise ValueError(f"{x:.3f} is below {i!r:>4}, {[x, total]}")
            if x > 5.0:
                raise KeyError("%s of %d" % (x, i) + str(total), x)  # noqa: UP031
            if x < -4.0:
                raise LookupError("{} {:g}".format(i, x))  # noqa: UP032
            total += x
        except ValueError:
            total -= 2.0 * x
        except KeyError as error:
            total *= x
            if not isinstance(error, KeyError):
                total = 0.0
        except LookupError:
            total += 0.5
    return total


TEXTS: list[Row] = [
    (by_region, 0, [(1.5,), (-2.0,)]),
    (about_regions, None, [(0,), (2,)]),
    (numbers_in_texts, None, [(0,), (1,)]),
    (measured, 0, [(1.5,)]),
    (chosen_by_input, (0, 1), [(1.5, 2.0), (2.0, 1.5)]),
    (guarded, 0, [(1.5, 4), (6.0, 3), (-5.0, 2)]),
]


@pytest.mark.parametrize(("function", "argnums", "calls"), TEXTS)
def test_texts(function: Any, argnums: Any, calls: Any) -> None:
    checked(function, argnums, calls)


def test_what_python_raises_for_some_of_the_texts() -> None:
    assert_served(whole_number, [(0,), (1,), (2,)], gradient=False)
