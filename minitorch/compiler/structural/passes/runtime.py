"""What all structural machine code calls, compiled once in a process: the memory of a call, lists, and the passes."""

from __future__ import annotations

import functools
import re
from typing import Final

from minitorch.compiler.structural.entry.builtin import entry_declarations
from minitorch.compiler.structural.passes.call_memory import CALL_MEMORY, define_libc_functions
from minitorch.compiler.structural.passes.forward_passes import FORWARD_PASSES
from minitorch.compiler.structural.passes.tape import PASSES
from minitorch.compiler.structural.values.lists import LIST_RUNTIME
from minitorch.compiler.structural.values.rounding import ROUNDING_CHECK
from minitorch.machine_code.llvm.runtime import compiled_once, runtime_declarations
from minitorch.machine_code.llvm.symbols import define

__all__ = ["linked_to_runtime"]

RUNTIME: Final = (CALL_MEMORY, PASSES, FORWARD_PASSES, LIST_RUNTIME, ROUNDING_CHECK)

DEFINITION: Final = re.compile(r"^define internal (\w+) @(\w+)\((.*?)\)", re.MULTILINE)
ARGUMENT: Final = re.compile(r" %[\w.]+")
CALLED: Final = re.compile(r"@(\w+)\(")


@functools.cache
def runtime_functions() -> dict[str, str]:
    """Compile the functions above for good, and return their declarations by the names that they have there."""
    define_libc_functions()
    text = "\n".join(RUNTIME)
    lines = (runtime_declarations() | entry_declarations()).values()
    # Here they may call each other directly; outside they are found by addresses.
    found = {name: (result, ARGUMENT.sub("", given)) for result, name, given in DEFINITION.findall(text)}
    exported = text.replace("define internal", "define dso_local")
    for name, address in compiled_once("\n".join([*lines, exported]), found).items():
        define(f"structural.{name}", address)
    return {name: f'declare {result} @"structural.{name}"({given})' for name, (result, given) in found.items()}


def linked_to_runtime(text: str) -> str:
    """Return the text of a module with the functions above declared that it calls.

    Args:
        text: calls them by the names that they have above.
    """
    functions = runtime_functions()
    called = dict.fromkeys(name for name in CALLED.findall(text) if name in functions)
    named = CALLED.sub(lambda match: f'@"structural.{match[1]}"(' if match[1] in functions else match[0], text)
    return "\n".join([*(functions[name] for name in called), named])
