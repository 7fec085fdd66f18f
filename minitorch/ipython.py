"""What `%load_ext minitorch` adds to IPython and notebooks: traced cells, short tracebacks, tables for traced numbers.

    %minitorch on                       from now on every cell is rewritten, as the import hook rewrites modules:
    x = minitorch.Scalar(2.0, name="x") its expressions and its functions keep histories; `%minitorch off` ends that
    math.sin(x) * x

    %%minitorch                         this cell is; `%%trace` is another name

A cell without them is plain Python; functions defined there are traced by `minitorch.trace`, `minitorch.grad` and the
like, as those in files are, since IPython keeps the source of cells.
"""

from __future__ import annotations

import ast
import html
import linecache
import os
import re
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from minitorch.autodiff.place import Place
from minitorch.autodiff.tracebacks import KEEP, leave_out_own_frames
from minitorch.autodiff.variable import Variable
from minitorch.reporting.rounding import Rounding
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.tracing.tracer import converter, targets
from minitorch.transformer import Constants, deep_recursion, link, placeholders_last, rewrite

__all__ = ["load", "unload"]

MAGICS: Final = ("trace", "minitorch")
"""What makes a cell a traced one, behind `%%`."""

FIRST_LINE: Final = re.compile(rf"%%({'|'.join(MAGICS)})\s*")

MARK: Final = "# traced by minitorch"
"""What that line is to Python: a comment, so that lines are counted as the user sees them."""

DISGUISES: Final = (float, bool, complex)
"""What `__class__` of our numbers says they are; IPython looks there to choose how to show an object."""


def load(shell: Any) -> None:
    """Add the magics and the displays to an InteractiveShell; a second time changes nothing."""
    from IPython.core.magic import output_can_be_silenced

    if MAGICS[0] in shell.magics_manager.magics["cell"]:
        return
    shell.compile.__class__ = tracing(type(shell.compile))
    shell.compile.traces_all = False
    shell.input_transformers_cleanup.append(marked)
    for name in MAGICS:
        shell.register_magic_function(output_can_be_silenced(traced_cell(shell, name)), "cell", name)
    shell.register_magic_function(mode_of(shell), "line", MAGICS[1])
    shell.showtraceback = Shortening(shell.showtraceback)
    for kind in DISGUISES:
        show(shell, "text/html", kind, as_html)
        show(shell, "text/plain", kind, repr)
    shell.display_formatter.formatters["text/plain"].for_type(Rounding, print_text)


def unload(shell: Any) -> None:
    """Take away what `load` added."""
    magics = shell.magics_manager.magics
    if magics["cell"].pop(MAGICS[0], None) is None:
        return
    magics["cell"].pop(MAGICS[1])
    magics["line"].pop(MAGICS[1])
    del shell.compile.traces_all
    shell.compile.__class__ = type(shell.compile).__base__
    shell.input_transformers_cleanup.remove(marked)
    if isinstance(shell.showtraceback, Shortening):
        del shell.showtraceback
    formatters = shell.display_formatter.formatters
    formatters["text/plain"].pop(Rounding, None)
    for mime in ("text/html", "text/plain"):
        for kind in DISGUISES:
            display = formatters[mime].type_printers.get(kind)
            if isinstance(display, Display):
                formatters[mime].pop(kind)
                if display.before is not None:
                    formatters[mime].for_type(kind, display.before)


# -- traced cells ------------------------------------------------------------------------------------------------------


def marked(lines: list[str]) -> list[str]:
    """Return the lines of a cell with a comment in place of the magic that has it traced.

    Another magic below it goes first, and runs what is traced then.

    >>> marked(["%%trace\\n", "x * 2\\n"]), marked(["x * 2\\n"])
    (['# traced by minitorch\\n', 'x * 2\\n'], ['x * 2\\n'])
    """
    if not lines or not FIRST_LINE.fullmatch(lines[0]):
        return lines
    comment = f"{MARK}\n"
    if len(lines) > 1 and lines[1].startswith("%%"):
        return [lines[1], comment, *lines[2:]]
    return [comment, *lines[1:]]


marked.has_side_effects = True  # type: ignore[attr-defined]  # a terminal sees a magic, which ends with an empty line


def traced_cell(shell: Any, name: str) -> Callable[[str, str], None]:
    """Make the magic of a traced cell, which comes to be called by programs, and where something is behind its name."""

    def trace(line: str, cell: str) -> None:
        """Run the cell rewritten, so that what it computes with minitorch's Scalars keeps its history."""
        from IPython.core.error import UsageError

        if line.strip():
            raise UsageError(f"%%{name} takes nothing behind its name: the code stands in the lines below")
        shell.run_cell(f"{MARK}\n{cell}", store_history=False)

    return trace


def mode_of(shell: Any) -> Callable[[str], None]:
    """Make the magic that has all cells traced, or none."""

    def minitorch(line: str) -> None:
        """Have all cells from the next one on rewritten, or none: `%minitorch on`, `%minitorch off`."""
        from IPython.core.error import UsageError

        asked = line.strip()
        if asked not in ("", "on", "off"):
            raise UsageError(f"%minitorch takes on or off, not {asked}")
        if asked:
            shell.compile.traces_all = asked == "on"
        print(f"minitorch traces {'all cells' if shell.compile.traces_all else 'cells that begin with %%minitorch'}")

    return minitorch


def tracing(compiler: type) -> type:
    """Make the class of compilers that do what IPython's does, and rewrite what is to be traced.

    Args:
        compiler: that of the shell's compiler.
    """

    class TracingCompiler(compiler):  # type: ignore[misc]
        traces_all: bool

        def ast_parse(self, source: str, *args: Any, **kwargs: Any) -> Any:
            tree = super().ast_parse(source, *args, **kwargs)
            if source.startswith(MARK):
                for node in tree.body:
                    node.is_traced = True
                    if isinstance(node, ast.Expr):
                        node.value.is_traced = True  # type: ignore[attr-defined]
            return tree

        def __call__(self, source: Any, filename: str, symbol: str, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(source, ast.AST) or not (self.traces_all or is_traced(source, filename)):
                return super().__call__(source, filename, symbol, *args, **kwargs)
            with deep_recursion():
                code: CodeType = super().__call__(rewritten(source), filename, symbol, *args, **kwargs)
            return link(placeholders_last(code), converter.runtime, targets.switch)

    return TracingCompiler


def is_traced(tree: Any, filename: str) -> bool:
    """Return whether a tree is of a cell that is to be traced."""
    nodes = [tree.body] if isinstance(tree, ast.Expression) else tree.body
    return any(getattr(node, "is_traced", False) for node in nodes) or linecache.getline(filename, 1).startswith(MARK)


def rewritten(tree: Any) -> ast.AST:
    """Return the tree of a cell, or of a part of it, rewritten."""
    is_expression = isinstance(tree, ast.Expression)
    module = ast.Module([ast.Expr(tree.body)] if is_expression else tree.body, [])
    # Notebooks make Scalars anywhere, so there is no plain body to choose.
    statements: Any = rewrite(module, targets, Constants(), two_bodies=False, for_plain_values=False)[0].body
    if is_expression:
        return ast.Expression(statements[0].value)
    return ast.Interactive(statements) if isinstance(tree, ast.Interactive) else ast.Module(statements, [])


# -- displays ----------------------------------------------------------------------------------------------------------


class Shortening:
    """Shows tracebacks without this project's frames.

    Args:
        plain: shows those that it is given.
    """

    def __init__(self, plain: Callable[..., None]) -> None:
        self.plain = plain

    def __call__(self, exc_tuple: Any = None, *args: Any, **kwargs: Any) -> None:
        kind, error, trace = exc_tuple or sys.exc_info()
        if error is not None and KEEP not in os.environ:
            error.__traceback__ = trace
            leave_out_own_frames(error)
            exc_tuple = kind, error, error.__traceback__
        self.plain(exc_tuple, *args, **kwargs)


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


def as_html(number: Any) -> str:
    """Return an HTML table of a number's name, value, derivative, and the operation that computed it."""
    rows: list[tuple[str | None, Any]] = [(None, number)]
    if issubclass(type(number), ComplexScalar):
        rows = [("real part", number.real), ("imaginary part", number.imag)]
    cells = [described(x, label) for label, x in rows]
    columns = [title for title in ("name", "value", "derivative", "made by") if any(row.get(title) for row in cells)]
    head = "".join(f"<th>{title}</th>" for title in columns)
    body = "".join("<tr>" + "".join(f"<td>{row.get(title, '')}</td>" for title in columns) + "</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def described(number: Any, label: str | None) -> dict[str, str]:
    """Return the cells of one number, as HTML."""
    if not issubclass(type(number), Variable):
        return {"name": html.escape(label or ""), "value": html.escape(repr(number)), "made by": "a plain number"}
    place = number.place
    name = number.name or label or (None if place is None else place.name)
    creator = "a constant" if number.history is None else "an input" if number.is_leaf else operation(number)
    return {
        "name": html.escape(name or ""),
        "value": html.escape(repr(number.get_data())),
        "derivative": "" if number.derivative is None else html.escape(repr(number.derivative)),
        "made by": creator,
    }


def operation(number: Any) -> str:
    """Return the Function that computed a number and the source line where it did, as HTML."""
    function = html.escape(number.history.last_fn.__name__)
    place: Place | None = number.place
    if place is None:
        return function
    source = linecache.getline(place.file, place.line).strip()
    return f"{function} at {html.escape(str(place))}: <code>{html.escape(source)}</code>"
