"""Functions of their own for arguments of some kinds (see `out_of_line`), and the code that a walk has of them."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from minitorch.compiler.structural.basis.kinds import Kind, Value
from minitorch.compiler.structural.basis.writer import BlockWriter

__all__ = ["Code", "Instance", "Written"]


@dataclass(eq=False)
class Instance:
    """A function for arguments of some kinds.

    Attributes:
        node: its definition.
        function: where its globals are.
        signature: the kinds of its arguments, and of what it closes over.
        symbol: its name.
        result: the kind of its result, `None` as long as no way is known to return.
        weight: how many calls there are from one call of it to the next inside; 0 if it does not call itself.
        is_asked: whether the walk that goes on has used what is known of the result.
    """

    node: ast.AST
    function: Any
    signature: tuple[Any, ...]
    symbol: str
    result: Kind | None = None
    weight: int = 0
    is_asked: bool = False


@dataclass
class Code:
    """The code of a function of its own.

    Attributes:
        head: what stands before its instructions.
        writer: what writes these.
        notes: what was noted in it.
        unbound: the variables that were read in it where they may have no value.
    """

    head: str
    writer: BlockWriter
    notes: list[tuple[Any, Value]]
    unbound: set[Any]


@dataclass
class Written:
    """What one walk has written.

    Attributes:
        calls: how often functions were called, by their definitions.
        functions: the code of functions of their own; `None` where no way is known to return.
        forgotten: the code of those whose calls were forgotten; it is as good as new.
        callees: those that they call.
        open: those that are being written, with how many frames there were before.
    """

    calls: Counter[ast.AST] = field(default_factory=Counter)
    functions: dict[Instance, Code | None] = field(default_factory=dict)
    forgotten: dict[Instance, Code] = field(default_factory=dict)
    callees: defaultdict[Instance, set[Instance]] = field(default_factory=lambda: defaultdict(set))
    open: list[tuple[Instance, int]] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Return the functions of their own."""
        found = [each for each in self.functions.values() if each is not None]
        return [f"{code.head} {{\n{code.writer.text()}\n}}\n" for code in found]
