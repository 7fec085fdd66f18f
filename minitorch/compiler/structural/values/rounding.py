"""Whether a derivative is zero only because something was rounded on the way: then the call leaves.

    def length(x): return round(12.5 * x, 6)        the tier below says so, see `derivatives.rounded_away`

An input with a derivative other than zero moves the result in some way that no rounding stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from minitorch.compiler.structural.passes.call_memory import ADJOINTS, ROUNDED

if TYPE_CHECKING:
    from minitorch.compiler.structural.basis.walk import Walk

__all__ = ["ROUNDING_CHECK", "begin_rounding", "note_rounding"]

ROUNDING_CHECK: Final = f"""
; Whether a number with a history was rounded and the derivative by some input is zero.
define internal i1 @rounded_away(ptr %context, i32 %inputs) noinline {{
  %flag.place = getelementptr i64, ptr %context, i64 {ROUNDED}
  %flag = load i64, ptr %flag.place
  %none = icmp eq i64 %flag, 0
  br i1 %none, label %usual, label %begin
begin:
  %place = getelementptr i64, ptr %context, i64 {ADJOINTS}
  %adjoints = load ptr, ptr %place
  %inputs.wide = zext i32 %inputs to i64
  br label %next
next:
  %at = phi i64 [ 1, %begin ], [ %after, %same ]
  %more = icmp ule i64 %at, %inputs.wide
  br i1 %more, label %one, label %usual
one:
  %own = getelementptr double, ptr %adjoints, i64 %at
  %derivative = load double, ptr %own
  %zero = fcmp oeq double %derivative, 0.0
  %after = add i64 %at, 1
  br i1 %zero, label %lost, label %same
same:
  br label %next
usual:
  ret i1 false
lost:
  ret i1 true
}}
"""


def begin_rounding(walk: Walk) -> None:
    """Write that nothing was rounded so far."""
    walk.writer.store("i64", "0", walk.writer.at("%context", str(8 * ROUNDED)))


def note_rounding(walk: Walk, node: str) -> None:
    """Write that a number was rounded, if it has a history.

    Args:
        walk: the walk.
        node: that of the number.
    """
    writer = walk.writer
    walk.rounds = True
    place = writer.at("%context", str(8 * ROUNDED))
    has_history = writer.effect(f"zext i1 {writer.effect(f'icmp ne i32 {node}, 0')} to i64")
    writer.store("i64", writer.effect(f"or i64 {writer.load('i64', place)}, {has_history}"), place)
