"""Binds the transformer to the Functions of minitorch: the decorator, the import hook, the printed source.

@minitorch.trace
def area(r):
    return math.pi * float(r) ** 2
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from types import FunctionType
from typing import Any, TypeVar

from minitorch.autodiff.history import LIVE
from minitorch.autodiff.tracebacks import short_tracebacks
from minitorch.recorder import make_receiver, make_resolve
from minitorch.rules.lifting import rewrite_partials_with
from minitorch.rules.rule import Rule, for_every_rule
from minitorch.tracing import child_processes as child
from minitorch.tracing import replacements, text_formatting
from minitorch.tracing.code_readers import give_plain_code
from minitorch.tracing.libraries import POLYNOMIALS, WITH_OPERATORS
from minitorch.tracing.libraries.wrapping import TracedWrapper, compiled_from, traced_wrapper
from minitorch.tracing.questions import QUESTIONS
from minitorch.tracing.real_imag import PARTS
from minitorch.transformer import (
    PACKAGE,
    Alias,
    Converter,
    Dispatcher,
    Hook,
    Targets,
    install,
    module_name,
    traced_text,
)

__all__ = ["NEVER_FOLLOWED", "TOOLS", "install_import_hook", "resolve", "trace", "traced_source"]

T = TypeVar("T")

# Rewritten code keeps these operators: plain operands behave as ever, and a Variable's own operator is the Function's
# `apply`.  Printed source shows that by its name.
OPERATORS: dict[type[ast.AST], Alias | str] = {
    ast.Add: "Add.apply",
    ast.Sub: "Sub.apply",
    ast.Mult: "Mul.apply",
    ast.Div: "TrueDiv.apply",
    ast.FloorDiv: "FloorDiv.apply",
    ast.Mod: Alias("Mod.apply", text_formatting.modulo),
    ast.Pow: "Pow.apply",
    ast.USub: "Neg.apply",
    ast.UAdd: "Pos.apply",
    ast.Lt: "LT.apply",
    ast.LtE: "LE.apply",
    ast.Gt: "GT.apply",
    ast.GtE: "GE.apply",
    ast.Eq: "EQ.apply",
    ast.NotEq: "NE.apply",
}

IN_PLACE: dict[type[ast.AST], Alias | str] = {
    ast.Add: "Add.apply_inplace",
    ast.Sub: "Sub.apply_inplace",
    ast.Mult: "Mul.apply_inplace",
    ast.Div: "TrueDiv.apply_inplace",
    ast.FloorDiv: "FloorDiv.apply_inplace",
    ast.Pow: "Pow.apply_inplace",
    ast.Mod: Alias("Mod.apply_inplace", text_formatting.modulo_in_place),
}

TOOLS = frozenset(
    """attr attrs beartype deprecated jaxtyping line_profiler numba pysnooper snoop typeguard wrapt""".split()
)
"""Packages that wrap, check, watch or compile functions and compute nothing: what they wrap is converted instead."""

FOLLOWED = frozenset(
    """argparse bdb bisect calendar cmd code codeop colorsys contextvars cProfile dataclasses datetime doctest graphlib
    heapq numbers optparse pdb pprint profile profiling queue random reprlib runpy sched socketserver statistics
    textwrap timeit tkinter trace turtle turtledemo wsgiref""".split()
)
"""Modules of Python's own library that compute with numbers or call what they are given; calls convert no others."""

NEVER_FOLLOWED = (sys.stdlib_module_names - FOLLOWED).union(
    """click dask distributed fastjsonschema hypothesis ipykernel IPython jax jupyter_client llvmlite matplotlib
    minitorch mpmath nbclient nbconvert nbformat numpy pandas PIL pytest _pytest requests rich scipy sympy tensorflow
    torch tornado traitlets zmq""".split(),
    TOOLS,
    {PACKAGE},
)
"""Packages without numeric code: calls do not convert them (naming them to the hook does)."""


INCLUDED = frozenset(POLYNOMIALS)
"""Modules and classes of these that are converted all the same: their objects compute by operators of their own."""


def resolve(callee: Any) -> Any:
    """Return what traced code calls in place of `callee`.

    >>> resolve(print) is print
    True
    """
    return dispatcher.follow(callee)


def traced_twin(function: FunctionType) -> FunctionType:
    """Return a twin of a function that is traced; the function itself stays as it is."""
    targets.libraries.covers_all(function.__globals__)
    return converter.converted_twin(function)


targets = Targets(
    operators=OPERATORS,
    in_place=IN_PLACE,
    callables=tuple(replacements.callables(resolve)),
    by_type=replacements.by_type(resolve, NEVER_FOLLOWED),
    libraries=replacements.libraries(resolve, traced_twin),
    switch=LIVE,
    always_traced=frozenset({"minitorch"}),
    excluded=NEVER_FOLLOWED,
    included=INCLUDED,
    attributes=PARTS,
    questions=QUESTIONS,
    subscripts=make_receiver is not None,
)
converter: Converter = Converter(targets)
dispatcher: Dispatcher = Dispatcher(targets, converter, make_resolve, make_receiver)
# Rewritten code has them among its constants and is pickled with their names.
dispatcher.resolve.__module__ = dispatcher.follow.__module__ = __name__
dispatcher.resolve.__qualname__, dispatcher.follow.__qualname__ = "dispatcher.resolve", "dispatcher.follow"
rewrite_partials_with(converter.convert)
give_plain_code(converter.plain_function)


def register_rule(rule: Rule) -> None:
    """Have traced code, old and new, call the Function of a row in place of the row's callables."""
    for function, alias in replacements.callables_of(rule, resolve):
        dispatcher.register(function, alias)


for_every_rule(register_rule, from_now_on=True)


def is_of_library(function: Any) -> bool:
    """Return whether a callable is a library's whose code stays as it is: a ufunc, or one of scipy's."""
    libraries, name = targets.libraries, module_name(function)
    return libraries.of_package(name) or (type(function).__name__ == "ufunc" and libraries.covers(name))


@short_tracebacks
def trace(function: T) -> T:
    """Make a function remember what it computes: its arithmetic and calls build a history on Variables.

    The function is converted in place and given back, and so are the plain Python functions that it calls when it
    calls them.  On plain values it does what it did before.

    Args:
        function: a function, method, lambda or class, or one wrapped by `partial`, a cache or decorators; a library
            function with a rule (`math.sin`) gives its Function's `apply`.

    Raises:
        RewriteError: it has no source, or none that can be rewritten.

    >>> import math
    >>> from minitorch.scalars.scalar import Scalar
    >>> @trace
    ... def growth(rate):
    ...     return math.exp(float(rate))
    >>> growth(Scalar(0.5)).history.last_fn.__name__, growth(0.0)
    ('Exp', 1.0)
    """
    for name in WITH_OPERATORS:
        targets.libraries.load(name)
    replacement = dispatcher.replacement(function)
    if replacement is None and is_of_library(function):
        replacement = dispatcher.of_library(function, module_name(function))
    if replacement is not None:
        return replacement  # type: ignore[return-value]
    converted = converter.convert(function)
    call = None if compiled_from(function) is None else traced_wrapper(function, resolve)
    return converted if call is None else TracedWrapper(function, call, trace)  # type: ignore[return-value]


@short_tracebacks
def traced_source(function: Callable[..., Any]) -> str:
    """Return what a function became, as text: the traced body, in the names of the Functions that run.

    Where only the run decides what is called, the text says `resolve(f)(…)`.

    Raises:
        RewriteError: it has no source.

    >>> import math
    >>> print(traced_source(lambda x: math.sin(x) * x).strip())
    lambda x: Mul.apply(Sin.apply(x), x)
    """
    return traced_text(function, targets, converter)


def install_import_hook(
    names: Iterable[str],
    reload: bool = False,
    rewriting: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> Hook:
    """Trace whole modules and packages: they are rewritten as they are imported from now on.

    Args:
        names: module or package names; each covers what is below it. scipy and pandas stay as they are: calls into
            them are looked at anyway.
        reload: convert, in place, what is imported already.
        rewriting: gives the context in which a module of that name is rewritten, such as one that shows progress.

    Returns:
        The hook, a context manager with `.uninstall()` and `.report()`.

    Raises:
        RewriteError: a covered module is imported already.
        ValueError: a name is not a module name.

    >>> with install_import_hook(["colorsys"], reload=True) as hook:
    ...     import colorsys
    """
    return install(names, dispatcher, reload, child.pass_on, rewriting=rewriting)


def inherit_import_hook(names: Iterable[str]) -> Hook:
    """Install the hook of the process that started this one, while this one is only starting."""
    return install(names, dispatcher, announce=child.pass_on, inherited=True)
