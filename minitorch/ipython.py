"""What `%load_ext minitorch` adds to IPython and notebooks: the magic `%%trace`, and tables for traced numbers.

    %%trace
    x = minitorch.Scalar(2.0, name="x")
    math.sin(x) * x                     the whole cell is rewritten: its expressions and its functions keep histories

A cell without the magic is plain Python; functions defined there are traced by `minitorch.trace`, `minitorch.grad` and
the like, as those in files are, since IPython keeps the source of cells.
"""

from __future__ import annotations

import ast
import html
import itertools
import linecache
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from minitorch.autodiff.place import Place
from minitorch.autodiff.variable import Variable
from minitorch.reporting.rounding import Rounding
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.tracing.tracer import converter, targets
from minitorch.transformer import Constants, deep_recursion, link, placeholders_last, rewrite

__all__ = ["load", "unload"]

MAGIC: Final = "trace"

DISGUISES: Final = (float, bool, complex)
"""What `__class__` of our numbers says they are; IPython looks there to choose how to show an object."""


def load(shell: Any) -> None:
    """Add the magic and the displays to an InteractiveShell; a second time changes nothing."""
    from IPython.core.magic import output_can_be_silenced

    if MAGIC in shell.magics_manager.magics["cell"]:
        return

    @output_can_be_silenced
    def trace(line: str, cell: str) -> Any:
        """Run the cell rewritten, so that what it computes with minitorch's Scalars keeps its history."""
        return run_traced(shell, line, cell)

    shell.register_magic_function(trace, "cell", MAGIC)
    for kind in DISGUISES:
        show(shell, "text/html", kind, lambda number: as_html(number, shell))
        show(shell, "text/plain", kind, repr)
    shell.display_formatter.formatters["text/plain"].for_type(Rounding, print_text)


def unload(shell: Any) -> None:
    """Take away what `load` added."""
    if shell.magics_manager.magics["cell"].pop(MAGIC, None) is None:
        return
    formatters = shell.display_formatter.formatters
    formatters["text/plain"].pop(Rounding, None)
    for mime in ("text/html", "text/plain"):
        for kind in DISGUISES:
            display = formatters[mime].type_printers.get(kind)
            if isinstance(display, Display):
                formatters[mime].pop(kind)
                if display.before is not None:
                    formatters[mime].for_type(kind, display.before)


def run_traced(shell: Any, line: str, cell: str) -> Any:
    """Run a cell rewritten, in the user's namespace; the value of a last expression is returned.

    Raises:
        UsageError: there is something behind the magic's name.
    """
    from IPython.core.error import UsageError

    if line.strip():
        raise UsageError("%%trace takes nothing behind its name: the code stands in the lines below")
    # The line of the magic, and empty ones that IPython drops, count: places are those that the user sees.
    dropped = itertools.takewhile(lambda text: not text.strip(), cell.splitlines())
    source = "\n" * (1 + len(list(dropped))) + shell.transform_cell(cell)
    name = shell.compile.cache(source, shell.displayhook.prompt_count, raw_code=cell)
    tree = shell.transform_ast(shell.compile.ast_parse(source, name))
    # Notebooks make Scalars anywhere, so there is no plain body to choose.
    rewritten, _ = rewrite(tree, targets, Constants(), two_bodies=False, for_plain_values=False)
    statements = rewritten.body
    last = statements.pop() if statements and isinstance(statements[-1], ast.Expr) else None
    codes = [linked(shell, ast.Module(statements, []), name, "exec")]
    if isinstance(last, ast.Expr):
        codes.append(linked(shell, ast.Expression(last.value), name, "eval"))
    value = None
    for code in codes:
        value = eval(code, shell.user_global_ns, shell.user_ns)
    return value


def linked(shell: Any, tree: ast.AST, name: str, mode: str) -> CodeType:
    """Compile a rewritten tree with the features that earlier cells have imported from `__future__`."""
    with deep_recursion():
        code: CodeType = shell.compile(tree, name, mode)
    return link(placeholders_last(code), converter.runtime, targets.switch)


class Display:
    """Shows our numbers in one way and others as before; registered for the types that our numbers pretend to be.

    Args:
        formatter: IPython's formatter of a mime type.
        text: shows one of our numbers.
        before: showed objects of that type before; `None` if they had a method of their own for it or nothing.
    """

    def __init__(self, formatter: Any, text: Callable[[Any], str], before: Callable[..., Any] | None) -> None:
        self.formatter = formatter
        self.text = text
        self.before = before

    def __call__(self, shown: Any, printer: Any = None, cycle: bool = False) -> Any:
        ours = issubclass(type(shown), (Variable, ComplexScalar))
        if printer is not None:
            if ours or self.before is None:
                return printer.text(self.text(shown))
            return self.before(shown, printer, cycle)
        if ours:
            return self.text(shown)
        if self.before is not None:
            return self.before(shown)
        from IPython.utils.dir2 import get_real_method

        method = get_real_method(shown, self.formatter.print_method)
        return None if method is None else method()


def print_text(shown: Any, printer: Any, cycle: bool) -> None:
    """Show the text that `print` would."""
    printer.text(str(shown))


def show(shell: Any, mime: str, kind: type, text: Callable[[Any], str]) -> None:
    """Register how a number of ours that calls itself an instance of `kind` is shown in a mime type."""
    formatter = shell.display_formatter.formatters[mime]
    formatter.for_type(kind, Display(formatter, text, formatter.type_printers.get(kind)))


def as_html(number: Any, shell: Any) -> str:
    """Return an HTML table of a number's name, value, derivative, and the operation that computed it."""
    rows: list[tuple[str | None, Any]] = [(None, number)]
    if issubclass(type(number), ComplexScalar):
        rows = [("real part", number.real), ("imaginary part", number.imag)]
    cells = [described(x, label, shell) for label, x in rows]
    columns = [title for title in ("name", "value", "derivative", "made by") if any(row.get(title) for row in cells)]
    head = "".join(f"<th>{title}</th>" for title in columns)
    body = "".join("<tr>" + "".join(f"<td>{row.get(title, '')}</td>" for title in columns) + "</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def described(number: Any, label: str | None, shell: Any) -> dict[str, str]:
    """Return the cells of one number, as HTML."""
    if not issubclass(type(number), Variable):
        return {"name": html.escape(label or ""), "value": html.escape(repr(number)), "made by": "a plain number"}
    place = number.place
    name = number.name or label or (None if place is None else place.name)
    creator = "a constant" if number.history is None else "an input" if number.is_leaf else operation(number, shell)
    return {
        "name": html.escape(name or ""),
        "value": html.escape(repr(number.get_data())),
        "derivative": "" if number.derivative is None else html.escape(repr(number.derivative)),
        "made by": creator,
    }


def operation(number: Any, shell: Any) -> str:
    """Return the Function that computed a number and the source line where it did, as HTML."""
    function = html.escape(number.history.last_fn.__name__)
    place: Place | None = number.place
    if place is None:
        return function
    source = linecache.getline(place.file, place.line).strip()
    cell = getattr(shell.compile, "format_code_name", lambda name: None)(place.file)
    where = f"{cell[1]}, line {place.line}" if cell else str(place)
    return f"{function} at {html.escape(where)}: <code>{html.escape(source)}</code>"
