"""What a report says of an array: its shape, the range of its elements, the norm of its derivative, a small heat map.

The elements of an array with one or two axes are shown as a grid of at most 8 by 24 cells, each the mean of a block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from minitorch.drawing.array_texts import derivative_text, norm_of, norm_text, range_text, value_text

__all__ = ["ArraySummary", "Grid", "heat_height", "heat_map", "size_of", "slope_of", "summary_of"]

Grid = tuple[tuple[float, ...], ...]

MAX_ROWS: Final = 8
MAX_COLUMNS: Final = 24
CELL: Final = 7
"""The side of a cell of a heat map, in pixels."""

MAX_WIDTH: Final = 112
"""How wide a heat map is at most, in pixels."""


@dataclass(frozen=True, slots=True)
class ArraySummary:
    """An array of a run, in short.

    Args:
        shape: its shape.
        value: its elements in words: smallest, mean, largest.
        derivative: the derivative of the output by it in words: its norm, smallest, largest.
        values: the elements as a grid; empty for one with more than two axes.
        derivatives: the derivatives likewise.
        short_value: smallest, mean and largest element, where there is little room.
        short_derivative: the norm of the derivative likewise.
    """

    shape: tuple[int, ...]
    value: str
    derivative: str
    values: Grid
    derivatives: Grid
    short_value: str
    short_derivative: str


def summary_of(value: Any, derivative: Any) -> ArraySummary:
    """Summarise an array.

    Args:
        value: the array.
        derivative: the derivative of the output by it; a plain zero where the output does not depend on it.
    """
    slopes = value.real * 0.0 + derivative
    return ArraySummary(
        shape=tuple(value.shape),
        value=value_text(value),
        derivative=derivative_text(slopes),
        values=grid_of(value),
        derivatives=grid_of(slopes),
        short_value=range_text(value),
        short_derivative=norm_text(slopes),
    )


def grid_of(array: Any) -> Grid:
    """Return the means of blocks of an array with one or two axes."""
    if array.ndim > 2 or not array.size or array.dtype.kind not in "fiu":
        return ()
    rows = array.reshape(-1, array.shape[-1])
    return tuple(
        tuple(float(rows[upper:lower, left:right].mean()) for left, right in pieces(rows.shape[1], MAX_COLUMNS))
        for upper, lower in pieces(rows.shape[0], MAX_ROWS)
    )


def pieces(length: int, most: int) -> list[tuple[int, int]]:
    """Split a length into pieces as equal as can be.

    >>> pieces(5, 2), pieces(2, 8)
    ([(0, 2), (2, 5)], [(0, 1), (1, 2)])
    """
    count = min(length, most)
    return [(length * i // count, length * (i + 1) // count) for i in range(count)]


def size_of(value: Any) -> float:
    """Return the norm of an array, by which a report measures it."""
    return norm_of(value)


def slope_of(value: Any, derivative: Any) -> float:
    """Return the derivative of the output by the norm of an array whose elements all change in proportion."""
    size = norm_of(value)
    product = (value * derivative).real if value.dtype.kind == "c" else value * derivative
    return float(product.sum()) / size if size else 0.0


def heat_height(grid: Grid) -> float:
    """Return how high a grid is drawn, in pixels; a wide one is made smaller."""
    width = CELL * max(map(len, grid), default=0)
    return CELL * len(grid) * min(1.0, MAX_WIDTH / width) if width else 0.0


def heat_map(grid: Grid, title: str) -> str:
    """Draw a grid as SVG: blue below zero, red above, stronger the farther away.

    Args:
        grid: the numbers.
        title: what the picture shows, in words.
    """
    from html import escape

    largest = max((abs(x) for row in grid for x in row if x - x == 0), default=0.0)
    cells = "".join(
        f'<rect x="{CELL * column}" y="{CELL * row}" width="{CELL}" height="{CELL}" {paint(x, largest)}/>'
        for row, numbers in enumerate(grid)
        for column, x in enumerate(numbers)
    )
    width, height = CELL * max(map(len, grid), default=0), CELL * len(grid)
    return (
        f'<svg class="heat" width="{min(width, MAX_WIDTH)}" height="{heat_height(grid):g}" '
        f'viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(title, quote=True)}"><title>{escape(title)}</title>{cells}</svg>'
    )


def paint(x: float, largest: float) -> str:
    """Return the colour of a number; one that is not finite is grey."""
    if x - x != 0:
        return 'class="odd"'
    strength = abs(x) / largest if largest else 0.0
    return f'class="{"below" if x < 0 else "above"}" fill-opacity="{strength:.2f}"'
