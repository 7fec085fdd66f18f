"""Compilers that read the code of Python functions: they get the plain code of those that are traced.

numba makes machine code of a function's bytecode and knows nothing of what traced code holds.  It asks one function of
its own for the function to read; from then on that one answers with a twin of a traced function, made of the code that
Python compiles from its source.  The function itself, and what numba makes of it, stay as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from minitorch.transformer import when_imported

__all__ = ["give_plain_code"]

NUMBA: Final = "numba.core.bytecode"
"""The module in which numba looks at a function."""


def give_plain_code(plain_function: Callable[[Any], Any]) -> None:
    """Have compilers, imported already or later, read plain code.

    Args:
        plain_function: gives the plain twin of a function that is traced, and back what is not.
    """

    def adapt(bytecode: ModuleType) -> None:
        found: Callable[[Any], Any] = bytecode.get_function_object

        @functools.wraps(found)
        def get_function_object(obj: Any) -> Any:
            return plain_function(found(obj))

        bytecode.get_function_object = get_function_object  # type: ignore[attr-defined]

    when_imported(NUMBA, adapt)
