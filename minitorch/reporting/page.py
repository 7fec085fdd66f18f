"""The report as one HTML file that needs no network: text and tables are complete without its script.

What a reader sees without the script is the end of the run. With it, sliders go through the runs of each function, and
lines and boxes of the diagram light each other up. A content security policy forbids the page to load anything, and to
run any script but its own, which it knows by its hash.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import textwrap
from collections.abc import Sequence
from importlib import resources
from typing import Any

from minitorch.autodiff.packages import require
from minitorch.drawing.render import RenderError
from minitorch.reporting.array_summaries import ArraySummary, heat_height, heat_map
from minitorch.reporting.columns import columns_of
from minitorch.reporting.linked_diagram import svg_of
from minitorch.reporting.model import Analysis, Expression, Function, Input, Line, RunText, relative_to
from minitorch.reporting.numerals import margin_text, numeral, percentage, reach_text, share_text
from minitorch.reporting.sparkline import sparkline

__all__ = ["page_of"]

TRUTHS = ("True", "False")

MAX_CELL_CHARACTERS = 16
"""Longer texts may be cut in a table; the pointer shows them whole."""


def page_of(analysis: Analysis) -> str:
    """Lay a report out as a page."""
    script = template_text("report.js") + template_text("controls.js")
    return str(
        template().render(
            report=analysis,
            inputs=by_share(analysis.inputs),
            functions=[laid_out(function, analysis) for function in analysis.functions],
            anchors={(f.file, line.number): index for index, f in enumerate(analysis.functions) for line in f.lines},
            diagram=drawn(analysis),
            data=columns_of(analysis),
            style=template_text("report.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            math=math,
        )
    )


def by_share(inputs: Sequence[Input]) -> list[Input]:
    """Return inputs, those with the largest share first; in the order of the call where they have none."""
    return sorted(inputs, key=lambda x: math.inf if math.isnan(x.share) else -x.share)


def template_text(name: str) -> str:
    """Return the text of a template file."""
    return (resources.files("minitorch.reporting") / "templates" / name).read_text(encoding="utf-8")


@functools.cache
def template() -> Any:
    """Return the template of the page, which escapes every text that is put into it."""
    require("A report's page", "jinja2", "pygments")
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(template_text),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        bar=bar,
        margin=margin_text,
        heat=heat_of,
        numeral=numeral,
        percentage=percentage,
        reach=reach_text,
        share=share_text,
    )
    return environment.get_template("report.html")


def drawn(analysis: Analysis) -> Any:
    """Return the diagram as SVG, whose text is escaped already; where nothing can draw it, the reason in words."""
    from markupsafe import Markup

    if analysis.diagram is None:
        return "The value was not computed from the inputs, so there is nothing to draw."
    try:
        return Markup(svg_of(analysis.diagram.picture))
    except RenderError as error:
        return str(error)


def laid_out(function: Function, analysis: Analysis) -> dict[str, Any]:
    """Return what the page shows of a function."""
    source = textwrap.dedent("\n".join(line.text for line in function.lines)).split("\n")
    texts = highlighted(source)
    return {
        "name": function.name,
        "file": function.file,
        "first": function.lines[0].number,
        "runs": 0 if function.clock is None else len(function.clock.moments),
        "times": 0 if function.clock is None else function.clock.times,
        "lines": [
            {**row_of(line, analysis), "text": text, "indent": len(plain) - len(plain.lstrip())}
            for line, text, plain in zip(function.lines, texts, source, strict=True)
        ],
    }


def highlighted(lines: Sequence[str]) -> list[Any]:
    """Mark up lines of Python, each by itself."""
    from markupsafe import Markup
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    # With a line before them no line is taken for a blank one at the start, which would be left out.
    marked = highlight("\n".join(["", *lines, ""]), PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return [Markup(line) for line in marked.split("\n")[1 : len(lines) + 1]]


def row_of(line: Line, analysis: Analysis) -> dict[str, Any]:
    """Return what the page shows of a line: its results at the end of the run."""
    results = [result_of(x, analysis) for x in line.results]
    return {
        "number": line.number,
        "results": results,
        "active": bool(line.expressions or line.bindings),
        "bare": not line.rounding and not any(x["derivative"] for x in results),
        "rounding": line.rounding,
        "share": relative_to(line.rounding, analysis.roundings),
    }


def result_of(expression: Expression, analysis: Analysis) -> dict[str, Any]:
    """Return what the page shows of an expression: its last run."""
    value, derivative = expression.values[-1], expression.derivatives[-1]
    text = expression.text_of(-1) or RunText(numeral(value), numeral(derivative))
    array = expression.last_array
    elasticity = analysis.elasticity(value, derivative) if text.derivative else math.nan
    is_number = bool(text.derivative) and (array is not None or not math.isnan(value))
    return {
        "name": expression.name or "",
        "value": text.value,
        "derivative": text.derivative,
        "full": array.value if array is not None else text.value if len(text.value) > MAX_CELL_CHARACTERS else "",
        "full_slope": "" if array is None else array.derivative,
        "heat": heat_of(array, "values"),
        "slope_heat": heat_of(array, "derivatives"),
        "heat_height": 0 if array is None else heat_height(array.values),
        "elasticity": numeral(elasticity, 3) if is_number else "",
        "size": relative_to(elasticity, analysis.largest_elasticity),
        "is_plain": text.is_plain,
        "spark": spark_of(expression, "values"),
        "slope_spark": spark_of(expression, "derivatives"),
    }


def heat_of(array: ArraySummary | None, which: str) -> Any:
    """Return the heat map of an array's values or derivatives as SVG; nothing without a grid."""
    from markupsafe import Markup

    grid = () if array is None else getattr(array, which)
    return Markup(heat_map(grid, f"{which} at the end of the run")) if grid else ""


def spark_of(expression: Expression, which: str) -> Any:
    """Return the curve of an expression's values or derivatives over its runs as SVG; nothing where none is drawn."""
    from markupsafe import Markup

    numbers = getattr(expression, which)
    words = expression.text_of(-1)
    is_drawn = len(numbers) > 1 and (words is None or words.value not in TRUTHS)
    if which == "derivatives":
        is_drawn = is_drawn and not any(text is not None and not text.derivative for text in expression.texts)
    return Markup(sparkline(numbers, which[:-1], expression.times)) if is_drawn else ""


def bar(size: float) -> float:
    """Return how long a bar is, in per cent of the longest.

    >>> bar(-0.25), bar(float("nan")), bar(float("inf"))
    (25.0, 0.0, 100.0)
    """
    return 0.0 if math.isnan(size) else round(100 * min(abs(size), 1.0), 2)
