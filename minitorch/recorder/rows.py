"""Functions of one number as machine code, each made of its row in the table of rules: value and partial derivative.

rule("Sin", math.sin, lambda x, y: math.cos(x))      ->      @value_Sin(x) and @partial_Sin(x, y)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.machine_code.lowering.function_writer import write_tree
from minitorch.machine_code.partials import partials_tree
from minitorch.machine_code.program import Node, Operation
from minitorch.rules.real import RULES

__all__ = ["program_text", "rows_of_one_number"]


def rows_of_one_number() -> Iterator[tuple[str, Callable[[float], float] | None]]:
    """Yield the rows of functions of one number, with the function of `math` that each stands for or `None`."""
    for name, rule in RULES.items():
        if rule.dispatches or not (takes_one_number(rule.partials) or name == "Log"):
            continue
        plain = rule.callables[0] if len(rule.callables) == 1 else None
        of_math = plain is not None and getattr(math, plain.__name__, None) is plain
        if of_math or plain is rule.function:
            yield name, plain if of_math else None


def takes_one_number(partials: Sequence[Any]) -> bool:
    """Return whether there is one partial derivative, by an input and the output (the logarithm may have a base)."""
    return len(partials) == 1 and partials[0].__code__.co_argcount == 2


def program_text(name: str, declarations: Declarations) -> str:
    """Return the functions of a row, `@value_…(inputs, outputs)` and `@partial_…(inputs, outputs)`.

    Args:
        name: the row's name.
        declarations: what the module calls so far; what these call is added.
    """
    value = Node(1, (Operation(name, (0,)),), (1,))
    partial = partials_tree(name, 1, (0,))
    if partial is None:
        raise ValueError(f"the row {name} has no partial derivative that could be recorded")
    return write_tree(value, 1, declarations, name=f"value_{name}") + write_tree(
        partial, 2, declarations, name=f"partial_{name}"
    )
