"""The edges of a sum of many numbers, and of one with weights, written as LLVM."""

from __future__ import annotations

from typing import Final

__all__ = ["SUMS"]

PUSHING: Final = """
define internal i32 @{name}(ptr %context, i32 %before, ptr %data, i64 %count, i64 %stride{weights}) noinline {{
  %before.wide = zext i32 %before to i64
  %after.wide = add i64 %before.wide, %count
  %after = trunc i64 %after.wide to i32
  %room.place = getelementptr i64, ptr %context, i64 1
  %room = load i64, ptr %room.place
  %fits = icmp ult i64 %after.wide, %room
  br i1 %fits, label %begin, label %more
more:
  %grown = call i1 @grow(ptr %context, i64 %after.wide)
  br i1 %grown, label %begin, label %short
begin:
  %tape = load ptr, ptr %context
  br label %next
next:
  %left = phi i64 [ %count, %begin ], [ %index, %write ]
  %at = phi i64 [ %before.wide, %begin ], [ %place, %write ]
  %some = icmp ne i64 %left, 0
  br i1 %some, label %write, label %done
write:
  %index = sub i64 %left, 1
  %place = add i64 %at, 1
  %offset = mul i64 %index, %stride
  %element = getelementptr i8, ptr %data, i64 %offset
  %node.place = getelementptr i8, ptr %element, i64 8
  %node = load i32, ptr %node.place
  %edge = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %place
  %parent.place = getelementptr i8, ptr %edge, i64 8
  %result.place = getelementptr i8, ptr %edge, i64 12
{partial}
  store i32 %node, ptr %parent.place
  store i32 %after, ptr %result.place
  br label %next
done:
  ret i32 %after
short:
  ret i32 -1
}}
"""
"""Writes the edges of a list, the last operand's first; returns how many edges there are then, -1 if no memory."""

WEIGHT: Final = """\
  %partial.place = getelementptr double, ptr %partials, i64 %index
  %partial = load double, ptr %partial.place
  store double %partial, ptr %edge"""

SUMS: Final = PUSHING.format(name="push_sum", weights="", partial="  store double 1.0, ptr %edge") + PUSHING.format(
    name="push_weighted", weights=", ptr %partials", partial=WEIGHT
)
