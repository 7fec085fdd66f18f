"""How the arguments of a call become the variables that a function begins with."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from minitorch.compiler.structural.basis.kinds import Value, static
from minitorch.compiler.structural.basis.refusals import Refused
from minitorch.compiler.structural.values.iteration import refuse_to_pass

__all__ = ["Keywords", "bound"]


@dataclass(eq=False)
class Keywords:
    """What `**` of a function has gathered: nothing changes it.

    Args:
        values: by name.
    """

    values: dict[str, Value]


def bound(
    parameters: ast.arguments,
    arguments: Sequence[Value],
    named: dict[str, Value],
    defaults: Sequence[Value],
    only: dict[str, Value],
    tuple_of: Callable[[Sequence[Value]], Value],
) -> dict[str, Value]:
    """Return the variables that a function begins with.

    Args:
        parameters: of the function.
        arguments: by position.
        named: by name.
        defaults: of the last parameters.
        only: the defaults of those that are given by name alone.
        tuple_of: makes a tuple.

    Raises:
        Refused: the call does not fit the function.
    """
    for value in (*arguments, *named.values()):
        refuse_to_pass(value)
    positional = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
    keyword_only = [each.arg for each in parameters.kwonlyargs]
    names = {*positional[len(parameters.posonlyargs) :], *keyword_only}
    env = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True)) | only
    env |= dict(zip(positional, arguments, strict=False))
    rest = {name: value for name, value in named.items() if name not in names}
    twice = (set(named) - set(rest)) & set(positional[: len(arguments)])
    too_many = len(arguments) > len(positional) and parameters.vararg is None
    if too_many or twice or (rest and parameters.kwarg is None):
        raise Refused("a call that does not fit the function")
    env |= {name: value for name, value in named.items() if name in names}
    if not env.keys() >= {*positional, *keyword_only}:
        raise Refused("a call without an argument")
    if parameters.vararg is not None:
        env[parameters.vararg.arg] = tuple_of(arguments[len(positional) :])
    if parameters.kwarg is not None:
        env[parameters.kwarg.arg] = static(Keywords(rest))
    return env
