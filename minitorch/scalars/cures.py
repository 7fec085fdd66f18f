"""What keeps a history where something asked for a plain number, by the kind of place: tracing, a rule, another array.

y.astype(float)       in traced code          keep the array one of objects
math.sqrt(x)          in code not traced      trace the code: math.sqrt has a rule
numpy.linspace(…)     asks within numpy       a rule for what the user's own code calls
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_OPTIMIZED
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, Final, NamedTuple

from minitorch.autodiff.place import is_own, package_of
from minitorch.rules.real import RULES
from minitorch.scalars.rule_code import advice, of_other_kind, rule_code
from minitorch.transformer import is_linked

__all__ = ["NUMERICAL", "Asking", "cure_at", "users_frame"]

NUMERICAL: Final = frozenset({"jax", "numba", "numpy", "pandas", "scipy", "sympy", "tensorflow", "torch"})
"""Packages that compute with numbers in code that is never traced."""

NEVER_TRACED: Final = NUMERICAL | {"mpmath", "matplotlib", "PIL", "decimal", "fractions", "json", "struct", "array"}
"""Packages that nobody is to be told to trace."""

CONVERSIONS: Final = frozenset({"float", "complex", "int", "round"})
"""Builtins that traced code calls without losing anything, or that have no derivative anyway."""

CASTS: Final = frozenset({"astype", "tobytes", "tofile", "view", "fill", "itemset", "put"})
"""Methods by which arrays of numpy ask for plain numbers."""


PLAIN_TYPES: Final = frozenset({"builtins", "numpy", "array", "_struct"})
"""Modules of types in C, of whose objects attributes are read without running anybody's code."""


CUSTOM: Final = (
    "compute it in Python, or put the call into a function with a rule of its own, @minitorch.custom_vjp\n"
    "def call(x): ...\ncall.defvjp(lambda x: (call(x), x), lambda x, d: (d * ...,))"
)
"""The code for what can't be registered."""


class Asking(NamedTuple):
    """What code is in the middle of.

    Args:
        frame: the code.
        callee: the source of what it calls; None where it calls nothing that is known.
        sets_element: whether it sets an element of something.
    """

    frame: FrameType
    callee: str | None
    sets_element: bool


def cure_at(asking: Asking | None, look: Callable[[FrameType], Asking]) -> str:
    """Say what keeps the history.

    Args:
        asking: the code that asked; None where that is not known.
        look: finds what other code is in the middle of.
    """
    if asking is None:
        return "Trace the code that asks, with @minitorch.trace or minitorch.install_import_hook(['its.package'])."
    package = package_of(asking.frame)
    if package in NEVER_TRACED:
        return cure_in_library(package, asking.frame, look)
    if asking.sets_element:
        return (
            "What it is set in keeps plain floats only, since it was made where nothing is traced: make it a list, or, "
            "if it is an array of numpy's, make a copy of it in traced code, such as numpy.array(x), to be set "
            "instead; in place of an array of records take an array for each field."
        )
    callee, found = asking.callee, found_in(asking.frame, asking.callee)
    if callee is not None and callee.rpartition(".")[2] in CASTS and not isinstance(found, FunctionType):
        return f"An array of floats keeps no history: leave `{callee}(…)` out, or keep dtype=object."
    if is_linked(asking.frame.f_code):
        return cure_in_traced_code(callee, found)
    tracing = tracing_of(package)
    if callee is None or callee in CONVERSIONS or has_rule(found) or is_bound(found):
        return tracing
    return f"{tracing} If {callee} is code in C without a rule: {rule_code(callee, found)}."


def cure_in_library(package: str, frame: FrameType, look: Callable[[FrameType], Asking]) -> str:
    """Say what keeps the history where a library asks for plain numbers: its user has to give it a rule."""
    outer = users_frame(frame)
    if outer is None:
        return f"{package} computes with plain numbers: {CUSTOM}"
    if not is_linked(outer.f_code):
        return tracing_of(package_of(outer))
    asking = look(outer)
    if asking.callee is None or not all(part.isidentifier() for part in asking.callee.split(".")):
        return f"{package} computes with plain numbers in what is called of it: {CUSTOM}"
    if has_rule(found_in(outer, asking.callee)) or is_bound(found_in(outer, asking.callee)):
        return f"There `{asking.callee}` takes plain numbers only."
    known = of_other_kind(found_in(outer, asking.callee))
    if known is not None:
        return known
    return f"Give {asking.callee} a rule: {rule_code(asking.callee, found_in(outer, asking.callee))}."


def users_frame(frame: FrameType) -> FrameType | None:
    """Return the nearest frame, from one outwards, whose code is neither this project's nor a library's."""
    outer: FrameType | None = frame
    while outer is not None and (package_of(outer) in NEVER_TRACED or is_own(outer.f_code)):
        outer = outer.f_back
    return outer


def cure_in_traced_code(callee: str | None, found: Any) -> str:
    """Say what keeps the history in code that is traced already."""
    if callee is None:
        return "What it is given to is code in C that keeps plain numbers only: keep the number in a list or an object."
    if is_bound(found):
        return f"`{callee}` is a method in C, which keeps plain numbers only: compute what it does in Python."
    if has_rule(found) or callee in CONVERSIONS:
        return f"{callee} itself has a rule, but code in C calls it there: call it in Python."
    return f"minitorch has no rule for {callee}. {advice(callee, found)}"


def tracing_of(package: str) -> str:
    """Say how the code of a package is traced; that of none, as `exec` runs it, by the decorator alone."""
    if not package:
        return "The code there is not traced: decorate the function with @minitorch.trace."
    if package == "__main__":
        how = "run the program by `minitorch run`, or begin the notebook's cell with %%trace (%minitorch on traces all)"
    else:
        how = f"import it under minitorch.install_import_hook([{package!r}])"
    return f"The code there is not traced: decorate the function with @minitorch.trace, or {how}."


def found_in(frame: FrameType, name: str | None) -> Any:
    """Return what a dotted name means in a frame; None where that is not known without running code."""
    if name is None or not all(part.isidentifier() for part in name.split(".")):
        return None
    first, *others = name.split(".")
    found = frame.f_globals.get(first, frame.f_builtins.get(first))
    if has_local(frame.f_code, first):
        found = frame.f_locals.get(first, found)
    for part in others:
        is_plain = isinstance(found, (ModuleType, type)) or type(found).__module__ in PLAIN_TYPES
        found = getattr(found, part, None) if is_plain else None
    return found


def has_local(code: CodeType, name: str) -> bool:
    """Return whether code may have a local variable of a name.

    Where it has none its frame must not be asked for its locals: up to Python 3.12 it keeps the copy of them that it
    makes then, and so what they referred to, be it deleted long since.
    """
    if not code.co_flags & CO_OPTIMIZED:
        return True
    return name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars


def has_rule(callee: Any) -> bool:
    """Return whether a callable has a row in the table of rules."""
    try:
        return any(callee in rule.callables for rule in RULES.values())
    except (TypeError, ValueError):
        return False


def is_bound(callee: Any) -> bool:
    """Return whether a callable is a method of an object, which can't have a rule.

    >>> is_bound([].append), is_bound(len)
    (True, False)
    """
    owner = getattr(callee, "__self__", None)
    return (owner is not None and not isinstance(owner, (ModuleType, type))) or type(callee) is MethodType
