"""Calls of what the user names on the command line: module:function, file.py:function, or an expression.

The module, and the packages given with `--hook`, are imported through the import hook, so that what is differentiated
is what was rewritten.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from minitorch.cli.failures import BadInput
from minitorch.cli.leaves import Arguments, split_arguments
from minitorch.cli.modules import find_function, import_module, install_hooks, module_of, near, package_of
from minitorch.tracing.tracer import trace
from minitorch.transformer import parse_quietly, signature_of

__all__ = ["Call", "call_of_expression", "call_of_target"]


@dataclass(frozen=True)
class Call:
    """A function of the numbers the user gave, and what else belongs to the call.

    Attributes:
        function: takes the numbers, in the order of `names`.
        names: what they are called: `x`, `xs[0]`.
        label: what the function is called.
        entry: the user's own function, if it calls one.
        values: the numbers.
        kept: the arguments that are not differentiated by, by what they are called.
        taken_as_real: the whole numbers that are differentiated by only because no number has a point.
        left_whole: the arguments that are whole numbers and kept, though nothing but their form says so.
    """

    function: Callable[..., Any]
    names: tuple[str, ...]
    label: str
    entry: Callable[..., Any] | None
    values: tuple[float, ...]
    kept: Mapping[str, object]
    taken_as_real: tuple[str, ...]
    left_whole: tuple[str, ...]

    def kept_in_words(self) -> str:
        """Return what is not differentiated by, and how a whole number would be; nothing where all is."""
        said = []
        for name, value in self.kept.items():
            real = f" (whole; {name}={value}.0 is real)" if name in self.left_whole else ""
            said.append(f"{name}={value!r}{real}")
        return f"not differentiated by: {', '.join(said)}" if said else ""


def call_of_target(target: str, given: Mapping[str, Any], fixed: Mapping[str, Any], hooks: Iterable[str]) -> Call:
    """Make a function of numbers from module:function or file.py:function.

    Args:
        target: names the function.
        given: its arguments.
        fixed: those that keep their values.
        hooks: packages to rewrite, beside the target's own.

    Raises:
        BadInput: there is no such module, function or argument, or one is missing.
    """
    function = find_function(target, hooks)
    label = target.rpartition(":")[2]
    try:
        parameters = signature_of(function).parameters
    except (TypeError, ValueError):
        arguments = split_arguments(given, fixed, {})
        texts = [text if name in given else f"{name}={text}" for name, text in arguments.texts.items()]
    else:
        arguments = split_arguments(given, fixed, parameters)
        texts = _match(label, function, list(parameters.values()), arguments.texts)
    called = _free("function", [*given, *fixed, *arguments.identifiers])
    arguments.namespace[called] = function
    return _generate(f"return ({called}({', '.join(texts)}))", arguments, arguments.namespace, label, function)


def call_of_expression(
    expression: str, modules: Iterable[str], given: Mapping[str, Any], fixed: Mapping[str, Any], hooks: Iterable[str]
) -> Call:
    """Make a function of numbers from an expression over arguments, the public names of modules, and `math`.

    Args:
        expression: the expression.
        modules: the modules, or files.
        given: the arguments.
        fixed: those that keep their values.
        hooks: packages to rewrite, beside the modules' own.

    Raises:
        BadInput: the expression is not one, or its names are not those that are there.
    """
    modules = tuple(modules)
    try:
        used = _free_names(parse_quietly(expression.strip(), "<expression>", "eval"))
    except SyntaxError as error:
        raise BadInput(f"--expr {expression!r} is not a Python expression: {error.msg}") from None
    imported = [module_of(name) for name in modules]
    install_hooks([*(package_of(name) for name in imported), *hooks])
    namespace: dict[str, Any] = {"math": math}
    for name in imported:
        module = import_module(name)
        namespace.setdefault(package_of(name), sys.modules[package_of(name)])
        public = getattr(module, "__all__", None) or [key for key in vars(module) if not key.startswith("_")]
        namespace.update((key, getattr(module, key)) for key in public)
    known = {*given, *fixed, *namespace, *vars(builtins)}
    for name in used:
        if name not in known:
            source = f"public in {', '.join(modules)}" if modules else "known (--from MODULE gives a module's names)"
            raise BadInput(f"--expr uses {name!r}, which is neither given as {name}=value nor {source}")
    for name in (*given, *fixed):
        if name not in used:
            raise BadInput(f"{name}=…: --expr does not use {name!r}")
    arguments = split_arguments(given, fixed, {})
    bound = [f"{name} = {text}; " for name, text in arguments.texts.items() if text != name]
    body = f"{''.join(bound)}return (\n{expression.strip()}\n)"
    return _generate(body, arguments, {**namespace, **arguments.namespace}, "result", None)


def _match(
    label: str, function: Callable[..., Any], parameters: list[inspect.Parameter], texts: Mapping[str, str]
) -> list[str]:
    """Return the arguments of a call as source.

    Args:
        label: what the function is called.
        function: the function.
        parameters: what it takes.
        texts: each argument as source.

    Returns:
        By position what is to be, and what comes before several given as one (`*args`), the rest by keyword.
    """
    takes = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    signature = f"{label}{signature_of(function)}"
    for name in texts:
        if name not in takes and not takes_any:
            raise BadInput(f"{label} has no argument {name!r}{near(name, takes)}; it is {signature}")
    needed = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.default is p.empty]
    missing = [p.name for p in needed if p.name not in texts]
    if missing:
        needs = " ".join(f"{name}=…" for name in missing)
        argument = "an argument" if len(missing) == 1 else "arguments"
        raise BadInput(f"{label} is missing {argument}: {needs}; it is {signature}")
    spread = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL and p.name in texts), None)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)[: 1 if spread is None else 2]
    by_position = [p.name for p in parameters if p.kind in kinds and p.name in texts]
    by_keyword = [name for name in texts if name not in by_position and name != spread]
    return (
        [texts[name] for name in by_position]
        + ([] if spread is None else [f"*{texts[spread]}"])
        + [f"{name}={texts[name]}" for name in by_keyword]
    )


def _free(name: str, taken: Iterable[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _free_names(tree: ast.Expression) -> list[str]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return list(dict.fromkeys(node.id for node in nodes if node.id not in bound))


def _generate(
    body: str, arguments: Arguments, namespace: dict[str, Any], label: str, entry: Callable[..., Any] | None
) -> Call:
    """Define a traced function of the numbers among arguments; its text goes where the rewriter looks for source."""
    text = f"def expression({', '.join(arguments.identifiers)}): {body}\n"
    linecache.cache["<expression>"] = (len(text), None, text.splitlines(keepends=True), "<expression>")
    namespace = {**namespace, "__name__": "__expression__"}
    exec(compile(text, "<expression>", "exec"), namespace)
    return Call(
        trace(namespace["expression"]),
        tuple(arguments.names),
        label,
        entry,
        tuple(arguments.values),
        arguments.kept,
        tuple(arguments.taken_as_real),
        tuple(arguments.left_whole),
    )
