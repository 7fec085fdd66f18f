"""Machine code as a builtin that takes floats alone: an int is another argument to Python than the float it equals.

f = strict_callable(machine, "f", 0, fallback)      f(2.0) runs machine code      f(2) goes to `fallback`
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from minitorch.machine_code.builtin_functions import Fallback, Shape, builtin_function, entry_text
from minitorch.machine_code.emitter import Declarations
from minitorch.machine_code.engine import Engine
from minitorch.machine_code.lowering import MachineCode
from minitorch.machine_code.runtime import FLOAT_OFFSET, TYPE_OFFSET

__all__ = ["strict_callable"]

READER: Final = f"""
define internal i1 @read_floats(ptr %arguments, ptr %inputs, i64 %count) {{
entry:
  br label %next
next:
  %index = phi i64 [ 0, %entry ], [ %following, %ready ]
  %more = icmp slt i64 %index, %count
  br i1 %more, label %read, label %done
read:
  %argument.place = getelementptr ptr, ptr %arguments, i64 %index
  %argument = load ptr, ptr %argument.place
  %type.place = getelementptr i8, ptr %argument, i64 {TYPE_OFFSET}
  %type = load ptr, ptr %type.place
  %is.float = icmp eq ptr %type, inttoptr (i64 {id(float)} to ptr)
  br i1 %is.float, label %ready, label %refuse
ready:
  %float.place = getelementptr i8, ptr %argument, i64 {FLOAT_OFFSET}
  %float = load double, ptr %float.place
  %input = getelementptr double, ptr %inputs, i64 %index
  store double %float, ptr %input
  %following = add i64 %index, 1
  br label %next
done:
  ret i1 true
refuse:
  ret i1 false
}}
"""


def strict_callable(machine: MachineCode, name: str, shape: Shape, fallback: Fallback) -> Any:
    """Return a builtin of as many floats as a program has inputs.

    Args:
        machine: the program.
        name: the builtin's `__name__`.
        shape: what it returns.
        fallback: answers all other calls, and those that the program can't.

    >>> from minitorch.machine_code.lowering import lower
    >>> from minitorch.machine_code.program import Node, Operation
    >>> machine = lower(Node(1, (Operation("Mul", (0, 0)),), (1,)), 1, 1)
    >>> square = strict_callable(machine, "square", 0, lambda status, number, arguments, keywords: arguments)
    >>> square(3.0), square(3)
    (9.0, (3,))
    """
    declarations = Declarations()
    program = machine.program(declarations)
    entry = entry_text(declarations, machine.inputs, machine.outputs, shape, ctypes.addressof(machine.counters))
    entry = entry.replace("@minitorch.read_numbers(", "@read_floats(")
    engine = Engine(f"{declarations.text()}\n{READER}{program}{entry}")
    engine.keeps.append(machine.counters)
    return builtin_function(engine, name, "minitorch", "", fallback)
