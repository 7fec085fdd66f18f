"""How machine code asks what Python asked of a value: each kind of decision as a `switch` over the answers met so far.

truth of %v3: {True: …, False: …}      →      %v4 = fcmp une double %v3, 0.0      switch i1 %v4, … [i1 1, … i1 0, …]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from minitorch.machine_code.llvm.emitter import Emitter, bits_of
from minitorch.machine_code.program import MARGIN, TWO_ANSWERS, Outcome

__all__ = ["DECISIONS", "write_switch"]


def truth(emitter: Emitter, x: str) -> str:
    """Whether a float is other than zero; nan is."""
    return emitter.compare("une", x, emitter.constant(0.0))


def is_integer(emitter: Emitter, x: str) -> str:
    """Whether a float is whole."""
    whole = emitter.compare("oeq", x, emitter.intrinsic("trunc", x))
    return emitter.both(whole, emitter.compare("olt", emitter.intrinsic("fabs", x), emitter.constant(math.inf)))


def rounded(intrinsic: str) -> Callable[[Emitter, str], str]:
    """Return the bits of the whole float that a float is rounded to; both zeros are the int 0."""
    return lambda emitter, x: emitter.as_bits(
        emitter.exact("fadd", emitter.intrinsic(intrinsic, x), emitter.constant(0.0))
    )


DECISIONS: Final[dict[str, Callable[[Emitter, str], str]]] = {
    "truth": truth,
    MARGIN: truth,
    "is_integer": is_integer,
    "int": rounded("trunc"),
    "floor": rounded("floor"),
    "ceil": rounded("ceil"),
    "round": rounded("roundeven"),
    "value": lambda emitter, x: emitter.as_bits(x),
}
"""What is switched over: a truth, or for ints and floats the bits of a float."""


def write_switch(emitter: Emitter, kind: str, value: str, labels: Mapping[Outcome, str], otherwise: str) -> bool:
    """End a block with the branch on a decision; in a vector all lanes must take the same side.

    Args:
        emitter: writes the function.
        kind: what is asked.
        value: of which value.
        labels: where each answer leads.
        otherwise: where any other answer leads.

    Returns:
        Whether there may be another answer, which leads there from the block that the emitter is in then.
    """
    answer = DECISIONS[kind](emitter, value)
    if kind in TWO_ANSWERS:
        width, cases = emitter.lanes, {-bool(outcome): label for outcome, label in labels.items()}
        answer = emitter.pure(f"bitcast {emitter.truth} {answer} to i{width}") if width > 1 else answer
    else:
        width, cases = 64, {bits_of(float(outcome)): label for outcome, label in labels.items()}
        answer = answer if emitter.lanes == 1 else same_in_all_lanes(emitter, answer)
    if width == 1 and len(cases) == 2:
        emitter.line(f"br i1 {answer}, label %{cases[-1]}, label %{cases[0]}")
        return False
    targets = " ".join(f"i{width} {code}, label %{label}" for code, label in cases.items())
    emitter.line(f"switch i{width} {answer}, label %{otherwise} [ {targets} ]")
    return True


def same_in_all_lanes(emitter: Emitter, answer: str) -> str:
    """Return the answer of the first lane, having left where another lane has another one."""
    vector = emitter.bits
    first = emitter.pure(f"extractelement {vector} {answer}, i32 0")
    spread = emitter.pure(f"insertelement {vector} poison, i64 {first}, i32 0")
    spread = emitter.pure(f"shufflevector {vector} {spread}, {vector} poison, <{emitter.lanes} x i32> zeroinitializer")
    differs = emitter.any_lane(emitter.pure(f"icmp ne {vector} {answer}, {spread}"))
    agreed = emitter.new_label()
    emitter.line(f"br i1 {differs}, label %raises, label %{agreed}")
    emitter.label(agreed)
    return first
