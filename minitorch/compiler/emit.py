"""The program of a compiled function as text: Python, C, LLVM's assembly language or the processor's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minitorch.compiler.emission.items import Unwritten
from minitorch.compiler.structural.compilation import Program
from minitorch.compiler.task import Mode
from minitorch.machine_code.llvm.half_done import kept_if_half_done

if TYPE_CHECKING:
    from minitorch.compiler.function import CompiledFunction
    from minitorch.compiler.specialization import Specialization
    from minitorch.compiler.structural.call import StructuralFunction
    from minitorch.machine_code.llvm.builtins import Shape

__all__ = ["LANGUAGES", "latest_listing", "listing", "structural_listing"]

LANGUAGES = ("python", "c", "llvm", "asm")


def latest_listing(function: CompiledFunction, language: str, derivative: bool) -> str:
    """Return the latest program of a compiled function as text, that with its own loops if calls are for it.

    Args:
        function: it.
        language: one of `LANGUAGES`.
        derivative: whether that of value and derivatives, else of the value.

    Raises:
        ValueError: there was no call yet, or it can't be written in that language.
    """
    if function.left_out is not None:
        raise ValueError(f"nothing is recorded here: {function.left_out}")
    wanted = Mode.GRADIENT if derivative else Mode.VALUE
    function.compile_begun(wanted)
    known = [each for (mode, _), each in function.specializations.items() if mode is wanted]
    for each in [] if function.is_structural(wanted) else known:
        each.record_first()
    recorded = [each for each in known if each.tree.root is not None]
    example = recorded_example(function, wanted)
    if example is not None and function.shape is not None and not function.shape.has_branches:
        return listing(example, language, function.__name__, function.names)
    if function.structural is not None and (not recorded or function.is_structural(wanted)):
        try:
            text = structural_listing(function.structural, language, derivative)
        except Unwritten:
            if example is None:
                raise
            text = None
        if text is not None:
            return text
    recorded += [] if example is None else [example]
    if not recorded:
        method = "value_and_grad" if derivative else "the function"
        raise ValueError(f"nothing is recorded yet: call {method} once, and then emit")
    return listing(recorded[-1], language, function.__name__, function.names)


def recorded_example(function: CompiledFunction, mode: Mode) -> Specialization | None:
    """Return the trace of a call that is compiled as it is written, without loops; `None` if there was no such call."""
    if mode not in function.examples or function.shape is None or function.shape.has_loops:
        return None
    args, kwargs = function.examples[mode]
    example = function.specialization(mode, args, kwargs)
    if example is not None:
        example.record_first()
    return example if example is not None and example.has_traces else None


def listing(specialization: Specialization, language: str, name: str, names: Sequence[str]) -> str:
    """Return all traces that are to be compiled as one program.

    Args:
        specialization: has the traces.
        language: one of `LANGUAGES`.
        name: what the function is called.
        names: what its inputs are called.

    Raises:
        ValueError: there is no such language, the program can't be written in it, or its results differ in form.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no listing in {language!r}; there is one in {', '.join(LANGUAGES)}")
    widths = specialization.tree.widths
    if len(widths) > 1:
        raise ValueError(f"the traces of {name} return differing numbers of floats; give it one form of result")
    width = widths.pop() - 1
    tree = specialization.tree.without_forms()
    inputs = [names[index] if index < len(names) else f"x{index}" for index in range(specialization.inputs)]
    identifier = name if name.isidentifier() else "function"
    if language == "python":
        from minitorch.machine_code.export.python import python_source

        shape: Shape = 0 if width == 1 else tuple(range(width))
        if specialization.task.mode is Mode.GRADIENT and width > 2:
            shape = (0, tuple(range(1, width)))
        return python_source(tree, inputs, shape, identifier)
    if language == "c":
        from minitorch.machine_code.export.c import c_source

        outputs = [f"d_{index}" if index else "value" for index in range(width)]
        return c_source(tree, inputs, outputs, identifier)
    from minitorch.machine_code.llvm.emitter import Declarations
    from minitorch.machine_code.lowering.machine import lower

    declarations = Declarations()
    machine = lower(tree, specialization.inputs, width, fastmath=specialization.task.options.fastmath)
    program = machine.program(declarations, identifier)
    text = f"{declarations.text()}\n{program}"
    return text if language == "llvm" else assembly(text)


def structural_listing(function: StructuralFunction, language: str, derivative: bool) -> str | None:
    """Return the latest program of a function with its own loops and branches as text.

    Args:
        function: has the programs.
        language: one of `LANGUAGES`.
        derivative: whether that of value and derivatives, else of the value.

    Returns:
        The text; `None` if no calls are for such a program.

    Raises:
        ValueError: there is no such language, or the program can't be written in it.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there is no listing in {language!r}; there is one in {', '.join(LANGUAGES)}")
    keys = [key for key in (*function.earnings, *function.programs) if key[0] is derivative]
    if not keys:
        return None
    key = keys[-1]
    if function.known(key) is None:
        function.compile(key)
    program = function.known(key)
    if not isinstance(program, Program):
        return None
    if language in ("python", "c"):
        from minitorch.compiler.emission.source import emitted

        _, arguments = key
        groups = [position % len(arguments) for position in function.positions] if derivative else None
        return emitted(function.plain, arguments, groups, function.single, language)
    return program.text if language == "llvm" else assembly(program.text)


def assembly(text: str) -> str:
    """Return this processor's instructions for a module of LLVM's."""
    import llvmlite.binding as llvm

    from minitorch.machine_code.llvm.engine import kept_machine

    with kept_if_half_done():
        compiler = kept_machine(2)
        module = llvm.parse_assembly(text, llvm.create_context())
        module.triple = compiler.triple
        module.data_layout = str(compiler.target_data)
        return str(compiler.emit_assembly(module))
