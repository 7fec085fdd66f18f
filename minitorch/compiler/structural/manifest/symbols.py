"""What machine code that was found on disk calls: all of it must be known to LLVM, which ends the process else."""

from __future__ import annotations

import re
from typing import Final

from minitorch.compiler.structural.entry.builtin import entry_declarations
from minitorch.compiler.structural.passes.runtime import RUNTIME
from minitorch.machine_code.llvm.runtime import runtime_declarations
from minitorch.machine_code.llvm.symbols import libc, libm

__all__ = ["SYMBOL", "is_defined"]

SYMBOL: Final = re.compile(r'^(?:declare [^@]*|(?=@.*external global))@"?([\w.]+)', re.MULTILINE)
"""What a module does not define itself."""


def is_defined(symbol: str) -> bool:
    """Have LLVM know a symbol, and return whether it does: it ends the process where it does not find one."""
    library, _, name = symbol.partition(".")
    if library == "llvm":
        return True
    if library in ("libm", "libc"):
        try:
            (libm if library == "libm" else libc)(name)
        except (RuntimeError, AttributeError):
            return False
        return True
    known = (RUNTIME.declarations, runtime_declarations(), entry_declarations())
    return any(f"@{symbol}" in declarations for declarations in known)
