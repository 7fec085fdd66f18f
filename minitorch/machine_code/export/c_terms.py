"""Terms as C: how operations of floats are written, with brackets where they are needed."""

from __future__ import annotations

from minitorch.machine_code.export.c_functions import literal
from minitorch.machine_code.export.c_operations import (
    ADDITIVE,
    ATOM,
    CHECKED,
    COMPARING,
    MULTIPLICATIVE,
    UNARY,
    Row,
    row_of,
)
from minitorch.machine_code.export.terms import Call, Name, Term, is_truth, number_of
from minitorch.machine_code.lowering.exact_sequences import INTS_ARE_COMPENSATED
from minitorch.machine_code.program import Constant
from minitorch.rules.real import RULES

__all__ = ["CTerms"]

MAX_LDEXP_EXPONENT = 5000
"""An exponent of `ldexp` beyond this gives zero or infinity for every float."""


class CTerms:
    """Turns terms into text.

    Args:
        row: whose recorded function they are in; `None` for another function.
    """

    def __init__(self, row: tuple[str, int] | None = None) -> None:
        self.recorded = row
        self.never_raises = row is not None and RULES[row[0]].never_raises

    def row(self, call: Call) -> Row:
        """Return the row of an operation."""
        row = row_of(call.function, [x.value if isinstance(x, Constant) else None for x in call.operands])
        return row._replace(raises="") if self.never_raises and row.raises != CHECKED else row

    def term(self, term: Term, least: int = 0) -> str:
        """Return the text of a double, in brackets if it binds less tightly than it must."""
        if isinstance(term, Name):
            return term.text
        if isinstance(term, Constant):
            text = literal(float(term.value))
            return f"({text})" if text.startswith("-") and least > UNARY else text
        text, binding = self.expression(term)
        if is_truth(term):
            text, binding = f"(double)({text})", UNARY
        return f"({text})" if binding < least else text

    def assigned(self, term: Term) -> str:
        """Return the text of what becomes a double by being assigned."""
        return self.expression(term)[0] if isinstance(term, Call) else self.term(term)

    def expression(self, call: Call) -> tuple[str, int]:
        """Return the text of an operation, and how tightly it binds."""
        row = self.row(call)
        if row.join:
            first, *others = call.operands
            return row.join.join(
                [self.term(first, row.binding), *(self.term(other, row.binding + 1) for other in others)]
            ), row.binding
        operands = self.operands(call, row)
        half = len(operands) // 2
        text = row.text.format(
            *operands,
            count=len(operands),
            half=half,
            all=", ".join(operands),
            kinds="".join("i" if is_whole(operand) and not INTS_ARE_COMPENSATED else "f" for operand in call.operands),
            differences=", ".join(f"{p} - {q}" for p, q in zip(operands[:half], operands[half:], strict=False)),
        )
        return text, row.binding

    def operands(self, call: Call, row: Row) -> list[str]:
        """Return the texts of an operation's operands."""
        texts = []
        hides = not row.constants and (
            call.function in ("Pow", "MathPow", "EQ", "NE") or all(isinstance(x, Constant) for x in call.operands)
        )
        for position, operand in enumerate(call.operands):
            if RULES[call.function].int_input == position:
                number = int(number_of(call.function, position, call.operands))
                texts.append(str(max(-MAX_LDEXP_EXPONENT, min(MAX_LDEXP_EXPONENT, number))))
                continue
            # What stands to the right of - or / must bind more tightly; a comparison has doubles on both sides.
            least = {ADDITIVE: ADDITIVE, MULTIPLICATIVE: MULTIPLICATIVE, COMPARING: ADDITIVE, UNARY: ATOM, ATOM: 0}
            text = self.term(operand, least[row.binding] + (position > 0 and row.binding in (ADDITIVE, MULTIPLICATIVE)))
            hidden = hides and isinstance(operand, Constant) and operand.value != 0
            texts.append(f"hidden({self.term(operand)})" if hidden else text)
        return texts


def is_whole(term: Term) -> bool:
    """Whether a term is an int to Python."""
    return is_truth(term) or (isinstance(term, Constant) and isinstance(term.value, int))
