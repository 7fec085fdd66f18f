"""Snapshots: what is unchanged is so by identity, however many items are compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from minitorch.compiler.guards.snapshots import LONG_LIST, Items

CHANGES: dict[str, Callable[[list[float]], object]] = {
    "another number": lambda items: items.__setitem__(1, 0.25),
    "an equal one": lambda items: items.__setitem__(-1, float(str(items[-1]))),
    "one more": lambda items: items.append(1.0),
    "one less": lambda items: items.pop(),
    "none": lambda items: items.clear(),
    "another order": lambda items: items.reverse(),
}


@pytest.mark.parametrize("length", [4, LONG_LIST, 1000])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_list_is_seen(length: int, change: str) -> None:
    items = [index + 0.5 for index in range(length)]
    snapshot = Items("the list", items)
    assert snapshot.unchanged() and snapshot.changed() is None
    CHANGES[change](items)
    assert not snapshot.unchanged()
    assert (snapshot.changed() is None) == (change == "an equal one")
    snapshot.renew()
    assert snapshot.unchanged()


def test_a_list_of_its_own_class_is_compared_by_its_items() -> None:
    class Row(list[float]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError

    items = Row(float(index) for index in range(100))
    snapshot = Items("the row", items)
    assert snapshot.unchanged()
    items.append(1.0)
    assert not snapshot.unchanged()
