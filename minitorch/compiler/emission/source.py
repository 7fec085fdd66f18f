"""The whole text of a function with its own loops and branches: the functions that it calls, and the reverse pass.

def falling(height, drag):
height, drag = Number(height), Number(drag)
tape = []
result = falling_forward(tape, height, drag)
…
reverse(tape)
return result.value, (derivative(height), derivative(drag))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from minitorch.autodiff.place import file_and_line
from minitorch.compiler.emission.c_language import CLanguage
from minitorch.compiler.emission.c_source import SCALARS, CText
from minitorch.compiler.emission.items import Unwritten
from minitorch.compiler.emission.module import Module
from minitorch.compiler.emission.python_language import PythonLanguage
from minitorch.compiler.emission.python_source import PythonText
from minitorch.compiler.emission.statements import Statements
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.compilation import plain_function, settle
from minitorch.compiler.structural.entry.forms import Argument, Listed
from minitorch.compiler.structural.shape import uncompiled
from minitorch.compiler.task import Mode
from minitorch.transformer import file_name

__all__ = ["emitted"]

FLOATS: Final = Listed("float")


def emitted(
    function: Callable[..., Any],
    arguments: Sequence[Argument],
    groups: Sequence[int] | None,
    single: bool,
    language: str,
) -> str:
    """Return a function as text that stands by itself, with its own loops and branches.

    Args:
        function: a plain Python function.
        arguments: what it is called with, by position.
        groups: the positions whose derivatives are returned, in the order of the arguments; `None` for the value alone.
        single: whether that is one derivative and no tuple.
        language: "python" or "c".

    Raises:
        ValueError: it does what can't be written down in that language.
    """
    function = uncompiled(function)
    if not isinstance(function, FunctionType):
        code = plain_function(function).__code__
        raise Unwritten(
            f"{file_and_line(code.co_filename, code.co_firstlineno)}: a bound method or a partial can't be written "
            "down with its loops; compile a function of the arguments alone, which calls it"
        )
    title = function.__name__ if function.__name__.isidentifier() else "function"
    try:
        mode = Mode.VALUE if groups is None else Mode.GRADIENT
        settled = settle(function, arguments, mode, groups or ())
    except Refused as refused:
        raise Unwritten(f"{file_name(function.__code__.co_filename)}: {refused}") from None
    node = settled.node
    module = Module(settled, CLanguage() if language == "c" else PythonLanguage(), title)
    module.files[id(node)] = function.__code__.co_filename
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    if node.args.vararg is not None or len(names) < len(arguments):
        raise Unwritten(f"{module.file_of(node)}:{node.lineno}: any number of arguments can't be written down")
    for name, argument in zip(names, arguments, strict=False):
        if argument.name is not None or argument.kind not in (*SCALARS, FLOATS):
            raise Unwritten(
                f"{module.file_of(node)}:{node.lineno}: the argument {name!r} is no number and no list of floats, by "
                f"position, so that this can't be written down in {module.language.title}; call the compiled function"
            )
    path = module.walk.paths.get((None, id(node)), (None, id(node)))
    has_all = groups is None and language == "python"
    inner = title if has_all else f"{title}_{'value' if groups is None else 'forward'}"
    if has_all:
        module.names.forget_after(0)
    made = module.function(Statements, node, path, inner, None, settled.result.kind)
    given = list(zip(names, arguments, strict=False))
    if language == "c":
        return CText(module, given, made, settled.result.kind, groups is not None).text(function)
    return PythonText(module, given, made, settled.result.kind, groups, single).text(function)
