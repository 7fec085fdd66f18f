"""The numbers of a report in the form that the page's script reads: long columns of bytes, not text.

    {"expressions": [{"text": "r * r", "runs": 200, …}], "values": "mpmZmZmZ8T8A…", …}

A column has the runs of the first expression, then those of the second, and so on: base64 of little-endian 64-bit
floats, of 32-bit whole numbers for moments. A hundred thousand operations are some megabytes, read in milliseconds.
"""

from __future__ import annotations

import base64
import itertools
import math
import struct
from collections.abc import Iterable
from typing import Any

from minitorch.reporting.model import Analysis, Expression

__all__ = ["columns_of"]


def columns_of(analysis: Analysis) -> dict[str, Any]:
    """Return what the page's script needs of a report, as values that JSON knows."""
    expressions: list[Expression] = []
    functions = []
    rows = []
    for index, function in enumerate(analysis.functions):
        positions: dict[int, int] = {}
        lines = []
        for line in function.lines:
            of_line = [*line.expressions, *line.bindings]
            if not of_line:
                continue
            for expression in of_line:
                positions[id(expression)] = len(expressions)
                expressions.append(expression)
                rows.append(row_of(expression, index, line.number))
            results = [positions[id(x)] for x in line.results]
            lines.append({"number": line.number, "all": [positions[id(x)] for x in of_line], "shown": results})
        clock = function.clock
        functions.append({"lines": lines, "clock": None if clock is None else positions[id(clock)]})
    return {
        "value": analysis.value if math.isfinite(analysis.value) else None,
        "largest": analysis.largest_elasticity,
        "functions": functions,
        "expressions": rows,
        "moments": packed("I", (x.moments for x in expressions)),
        "values": packed("d", (x.values for x in expressions)),
        "derivatives": packed("d", (x.derivatives for x in expressions)),
        "roundings": packed("d", (x.roundings for x in expressions)),
        "links": links_of(analysis),
    }


def row_of(expression: Expression, function: int, line: int) -> dict[str, Any]:
    """Return what the script needs to know of an expression beside its numbers."""
    arrays = [None if x is None else [x.short_value, x.short_derivative] for x in expression.arrays]
    texts = [None if x is None else [x.value, x.derivative, x.is_plain] for x in expression.texts]
    sampled = {"times": expression.times, "stride": expression.stride} if expression.stride > 1 else {}
    return {
        **({"arrays": arrays} if arrays else {"arrays": texts} if any(texts) else {}),
        **sampled,
        "text": expression.text,
        "operation": expression.operation,
        "truth": expression.truth,
        "runs": len(expression.moments),
        "function": function,
        "line": line,
    }


def links_of(analysis: Analysis) -> dict[str, Any]:
    """Return the lines that each box of the diagram stands for, by the id of the box."""
    if analysis.diagram is None:
        return {}
    return {box: {"lines": link.lines, "moment": link.moment} for box, link in analysis.diagram.links.items()}


def packed(kind: str, columns: Iterable[Iterable[float]]) -> str:
    """Put numbers one after the other, as bytes in base64.

    >>> packed("I", [[1], [256]])
    'AQAAAAABAAA='
    """
    numbers = list(itertools.chain.from_iterable(columns))
    return base64.b64encode(struct.pack(f"<{len(numbers)}{kind}", *numbers)).decode()
