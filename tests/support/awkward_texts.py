"""Texts that mean something to DOT, XML, a terminal or a reader, and the places where user code can put them."""

from __future__ import annotations

import linecache
from collections.abc import Callable

from pictures import computed

from minitorch import Scalar, ScalarFunction
from minitorch.autodiff.history import Context
from minitorch.autodiff.variable import Variable

AWKWARD = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "</title></svg><b>": "</title></svg><b>",
    "&lt;&amp; & &#60;": "&lt;&amp; & &#60;",
    "a \"quoted\" 'name'": "a \"quoted\" 'name'",
    "back\\slash \\N \\l \\": "back\\slash \\N \\l \\",
    "two\nlines\r": "two\\nlines\\r",
    "zero\0 \x07 \ud800": "zero\\x00 \\x07 \\ud800",
    "right\u202eleft \xa0": "right\\u202eleft \\xa0",
    "größe θ 温度 𝄞🙂": "größe θ 温度 𝄞🙂",
    "<>": "<>",
    "<b>bold</b>": "<b>bold</b>",
    "]]>": "]]>",
    "{a|b}": "{a|b}",
    "node": "node",
    "x" * 100: "x" * 39 + "…",
}
"""Each text with how it is shown."""

FILE_NAMES = [text for text in AWKWARD if "\0" not in text]
"""Those that a file could have."""


class Taking(ScalarFunction):
    """Takes an operand that is not a number."""

    @staticmethod
    def forward(ctx: Context, x: float, other: object) -> float:
        return x

    @staticmethod
    def backward(ctx: Context, d_output: float) -> tuple[float, float]:
        return d_output, 0.0


def in_name(text: str) -> Variable:
    return Scalar(1.0, name=text) * 2


def in_result(text: str) -> Variable:
    out = Scalar(1.0) * 2
    out.name = text
    return out


def in_constant(text: str) -> Variable:
    return Taking.apply(Scalar(1.0), text)


def in_constant_name(text: str) -> Variable:
    return Scalar(1.0) * Scalar(2.0, back=None, name=text)


def in_function_name(text: str) -> Variable:
    renamed = type(Taking)(text.encode("ascii", "replace").decode().replace("\0", "0"), (Taking,), {})
    return renamed.apply(Scalar(1.0), 0.0)  # type: ignore[attr-defined, no-any-return]


def in_source(text: str) -> Variable:
    comment = text.splitlines()[0].replace("\0", "").encode(errors="replace").decode()
    return computed(f"rows = {{}}\nrows[{text!r}] = x * 2  # {comment}\nout = rows[{text!r}] + 1", x=1.0)


def in_file(text: str) -> Variable:
    return computed("out = x * 2", text, x=1.0)


def in_code_name(text: str) -> Variable:
    namespace: dict[str, object] = {}
    source = "def f(x):\n    return x * 2\n"
    linecache.cache["named.py"] = (len(source), None, source.splitlines(keepends=True), "named.py")
    exec(compile(source, "named.py", "exec"), namespace)
    function = namespace["f"]
    code = function.__code__  # type: ignore[attr-defined]
    names = {"co_name": text} | ({"co_qualname": text} if hasattr(code, "co_qualname") else {})
    function.__code__ = code.replace(**names)  # type: ignore[attr-defined]
    out: Variable = function(Scalar(1.0))  # type: ignore[operator]
    return out


def in_error(text: str) -> Variable:
    class Failing(ScalarFunction):
        @staticmethod
        def forward(ctx: Context, x: float) -> float:
            return x

        @staticmethod
        def backward(ctx: Context, d_output: float) -> float:
            raise ValueError(text)

    return Failing.apply(Scalar(1.0)) * 2


PLACES: list[Callable[[str], Variable]] = [
    in_name, in_result, in_constant, in_constant_name, in_function_name, in_source, in_file, in_code_name, in_error,
]  # fmt: skip
