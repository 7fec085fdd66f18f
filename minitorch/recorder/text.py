"""The text of the machine code, made of the `.ll` files beside this one.

binary.ll, once per row:    @Add in nb_add, fadd, partial derivatives 1 and 1
                            @Mul in nb_multiply, fmul, partial derivatives y and x
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from string import Template
from typing import Any, Final

from minitorch.machine_code.llvm.emitter import Declarations
from minitorch.recorder.arenas import has_huge_pages
from minitorch.recorder.rows import program_text, rows_of_one_number

__all__ = ["BINARY", "BY_KEYWORD", "COMPARISONS", "pointer", "whole_text"]

DECLARED: Final = re.compile(r"^declare [^@]*@([\w.]+)\(", re.MULTILINE)

BINARY: Final = {
    "Add": ("nb_add", "fadd", "@one", "@one"),
    "Sub": ("nb_subtract", "fsub", "@one", "@minus_one"),
    "Mul": ("nb_multiply", "fmul", "@number_of_right", "@number_of_left"),
    "TrueDiv": ("nb_true_divide", "fdiv", "@reciprocal", "@quotient_by_divisor"),
}
"""For each Function its slot, its instruction, and what makes the partial derivatives by the two operands."""

COMPARISONS: Final = {
    "LT": (0, "olt"), "LE": (1, "ole"), "EQ": (2, "oeq"), "NE": (3, "une"), "GT": (4, "ogt"), "GE": (5, "oge"),
}  # fmt: skip
"""For each Function the number of its comparison in CPython, and its name in LLVM."""


BY_KEYWORD: Final[dict[str, Callable[..., Any]]] = {"max": max, "min": min, "sorted": sorted}
"""Callables whose replacements look at the function that is given to them by keyword, and do nothing else."""


def whole_text(names: Mapping[str, object]) -> str:
    """Return the module.

    Args:
        names: what the files refer to, by name: pointers and offsets.
    """
    calls = "calls" if sys.version_info >= (3, 11) else "calls_3_10"
    parts = [filled(file, names) for file in ("objects", calls, "shared")]
    for function, (slot, instruction, by_left, by_right) in BINARY.items():
        details = {
            "function": function,
            "arithmetic": instruction,
            "divides": str(function == "TrueDiv").lower(),
            "made_by": names[function],
            "by_left": by_left,
            "by_right": by_right,
            "before": names[f"before_{slot}"],
            "usual_apply": names[f"usual_apply_{function}"],
        }
        parts.append(filled("binary", names, details))
    parts.append(filled("comparison", names, comparison_details(names)))
    parts.append(filled("negation", names, {"before": names["before_nb_negative"]}))
    parts.append(filled("power", names, {"before": names["before_nb_power"]}))
    for kind in ("Scalar", "Indicator"):
        details = {
            "kind": kind,
            "before": names[f"before_truth_of_{kind}"],
            "zero_is_tie": str(kind == "Scalar").lower(),
        }
        parts.append(filled("truth", names, details))
    declarations = Declarations()
    for name, plain in rows_of_one_number():
        details = {"function": name, "made_by": names[name], "usual_apply": names[f"usual_apply_{name}"]}
        parts += [program_text(name, declarations), filled("unary", names, details)]
        if plain is not None:
            details |= {"plain": pointer(id(plain)), "usual": names[f"usual_{name}"]}
            parts.append(filled("replacement", names, details))
    for name, callee in BY_KEYWORD.items():
        details = {"plain_name": name, "plain": pointer(id(callee)), "usual": names[f"usual_{name}"]}
        parts.append(filled("pass_through", names, details))
    parts += [filled(file, names) for file in ("sum", "pages", "sweep", "jvp")]
    if has_huge_pages():
        parts.append(filled("arenas", names))
    text = "\n".join(parts)
    there = set(DECLARED.findall(text))
    return "\n".join([text, *(line for line in declarations.values() if there.isdisjoint(DECLARED.findall(line)))])


def pointer(address: int) -> str:
    """Return an address as LLVM reads it."""
    return f"inttoptr (i64 {address} to ptr)"


def filled(file: str, names: Mapping[str, object], details: Mapping[str, object] | None = None) -> str:
    """Return the text of a file with its names filled in."""
    text = (files(__package__) / f"{file}.ll").read_text(encoding="utf-8")
    return Template(text).substitute(names, **(details or {}))


def comparison_details(names: Mapping[str, object]) -> dict[str, object]:
    """Return what the slot of comparisons does for each of them."""
    return {
        "cases": " ".join(f"i32 {number}, label %is.{name}" for name, (number, _) in COMPARISONS.items()),
        "answers": "".join(
            f"is.{name}:\n  %{name} = fcmp {predicate} double %x, %y\n  br label %chosen\n"
            for name, (_, predicate) in COMPARISONS.items()
        ),
        "functions": ", ".join(f"[ {names[name]}, %is.{name} ]" for name in COMPARISONS),
        "truths": ", ".join(f"[ %{name}, %is.{name} ]" for name in COMPARISONS),
        "by_left": "@zero",
        "by_right": "@zero",
        "before": names["before_compare"],
    }
