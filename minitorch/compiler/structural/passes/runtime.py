"""What all structural machine code calls: the memory of a call, lists, and the passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from minitorch.compiler.structural.entry.builtin import entry_declarations
from minitorch.compiler.structural.passes.call_memory import CALL_MEMORY, define_functions
from minitorch.compiler.structural.passes.forward_passes import FORWARD_PASSES
from minitorch.compiler.structural.passes.sums import SUMS
from minitorch.compiler.structural.passes.tape import PASSES
from minitorch.compiler.structural.values.lists import LIST_RUNTIME
from minitorch.compiler.structural.values.rounding import ROUNDING_CHECK
from minitorch.machine_code.llvm.library import Library
from minitorch.machine_code.llvm.runtime import runtime_declarations

__all__ = ["RUNTIME", "linked_to_runtime"]

CALLED: Final = re.compile(r"@(\w+)\(")


def what_it_calls() -> Mapping[str, str]:
    """Make known what the runtime calls, and return its declarations by name."""
    return runtime_declarations() | entry_declarations() | define_functions()


RUNTIME: Final = Library(
    "structural",
    "\n".join((CALL_MEMORY, SUMS, PASSES, FORWARD_PASSES, LIST_RUNTIME, ROUNDING_CHECK)),
    what_it_calls,
    hot=("reverse", "special"),
)


def linked_to_runtime(text: str) -> str:
    """Return the text of a module with the functions of the runtime declared that it calls.

    Args:
        text: calls them by the names that they have there.
    """
    declarations = RUNTIME.declarations
    known = {name.rpartition(".")[2] for name in declarations}
    called = dict.fromkeys(name for name in CALLED.findall(text) if name in known)
    named = CALLED.sub(lambda match: f"@structural.{match[1]}(" if match[1] in known else match[0], text)
    return "\n".join([*(declarations[f"@structural.{name}"] for name in called), named])
