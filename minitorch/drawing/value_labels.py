"""What people call the values of a computation: the name given to a Variable, or else what the source assigns it to.

Where the same place of the source ran several times, as in a loop, its values are numbered in the order in which they
were made.

    price = Scalar(2.0, name="price")
    for _ in range(3):                        price, total[0], total[1], total[2]
        total += price              becomes
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from types import CodeType
from typing import Final, TypeAlias

from minitorch.autodiff.place import Origin, Place
from minitorch.autodiff.variable import Variable

__all__ = ["Site", "by_site", "labels"]

Site: TypeAlias = Place | Origin
"""One expression of the source. Python may run the same one at several instructions, so its place tells; before Python
3.11 places know lines alone, and the instruction tells."""

INNER: Final = frozenset({"<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""What Python calls code that has no name."""


def labels(variables: Iterable[Variable]) -> dict[int, str]:
    """Name the Variables of a computation.

    Args:
        variables: all of them, as `topological_sort` gives them: what is left out is not counted among the runs of
            its place.

    Returns:
        The names by `unique_id`. A Variable that has none, because it is a part of an expression, is not in it.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(2.0, name="x")
    >>> labels([x, x * x]) == {x.unique_id: "x"}
    True
    """
    ordered = sorted(variables, key=lambda variable: variable.unique_id)
    found: dict[int, str] = {}
    runs = by_site(ordered)
    for site, name in _assigned(runs).items():
        made = runs[site]
        found.update((x.unique_id, name if len(made) == 1 else numbered(name, run)) for run, x in enumerate(made))
    found.update((variable.unique_id, variable.name) for variable in ordered if variable.name)
    return found


def by_site(variables: Iterable[Variable]) -> dict[Site, list[Variable]]:
    """Group Variables by the expression that made them, in their order; what no operation made is in no group."""
    # By identity, since code compares by its whole content.
    sites: dict[tuple[int, int], Site] = {}
    groups: dict[Site, list[Variable]] = defaultdict(list)
    for variable in variables:
        code, instruction = variable.code, variable.instruction
        if code is None:
            continue
        key = id(code), instruction
        site = sites.get(key)
        if site is None:
            place = Place.of((code, instruction))
            site = sites[key] = (code, instruction) if place.column is None else place
        groups[site].append(variable)
    return groups


def _assigned(runs: dict[Site, list[Variable]]) -> dict[Site, str]:
    """Find the names that the source assigns to what is done at its places."""
    names: dict[Site, str] = {}
    last_of_line: dict[tuple[CodeType, int], Origin] = {}
    for site in runs:
        if isinstance(site, Place):
            if site.name is not None:
                names[site] = site.name
            continue
        # Where only lines are known, the last operation of a line makes what the line assigns: in the function itself,
        # not in a lambda or comprehension of it.
        if site[0].co_name in INNER:
            continue
        line = site[0], Place.of(site).line
        last_of_line[line] = max(last_of_line.get(line, site), site, key=lambda origin: origin[1])
    for site in last_of_line.values():
        name = Place.of(site).name
        if name is not None:
            names[site] = name
    return names


def numbered(name: str, run: int) -> str:
    """Tell the runs of a place apart.

    >>> numbered("v", 3), numbered("row[i]", 3)
    ('v[3]', 'row[i] (3)')
    """
    return f"{name} ({run})" if name.endswith("]") else f"{name}[{run}]"
