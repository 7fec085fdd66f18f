"""Labels of the values of a computation: the name given to a Variable, or else the one that the source assigns it to.

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
"""One expression of the source. Python may compile it several times, so its place identifies it; before Python 3.11
places have no columns, and the instruction identifies it."""

INNER: Final = frozenset({"<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""The names that Python gives to code without one."""


def labels(variables: Iterable[Variable]) -> dict[int, str]:
    """Name the Variables of a computation.

    Args:
        variables: all Variables of the computation, as `topological_sort` gives them: one that is left out is not
            counted among the runs of its place.

    Returns:
        The names by `unique_id`, without those Variables that have no name because they are a part of an expression.

    >>> from minitorch.scalars.scalar import Scalar
    >>> x = Scalar(2.0, name="x")
    >>> labels([x, x * x]) == {x.unique_id: "x"}
    True
    """
    ordered = sorted(variables, key=lambda variable: variable.unique_id)
    names: dict[int, str] = {}
    runs = by_site(ordered)
    for site, name in _assigned(runs).items():
        values = runs[site]
        names.update((x.unique_id, name if len(values) == 1 else numbered(name, run)) for run, x in enumerate(values))
    names.update((variable.unique_id, variable.name) for variable in ordered if variable.name)
    return names


def by_site(variables: Iterable[Variable]) -> dict[Site, list[Variable]]:
    """Group Variables by the expression that computed them, in their order; leave out those of no operation."""
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
    """Return the names that the source assigns values to, by the place of the expression."""
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
    """Return a name with the number of a run of its place.

    >>> numbered("v", 3), numbered("row[i]", 3)
    ('v[3]', 'row[i] (3)')
    """
    return f"{name} ({run})" if name.endswith("]") else f"{name}[{run}]"
