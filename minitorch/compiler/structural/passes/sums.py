"""The edges of a sum of many numbers, and of one with weights, written as LLVM."""

from __future__ import annotations

from typing import Final

__all__ = ["SUMS"]

SUMS: Final = """
; Write the edges of the sum of a list, the last operand's first; return how many edges there are then, -1 if no memory.
define internal i32 @push_sum(ptr %context, i32 %before, ptr %data, i64 %count, i64 %stride) noinline {
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
  %edge = getelementptr { double, i32, i32 }, ptr %tape, i64 %place
  %parent.place = getelementptr i8, ptr %edge, i64 8
  %result.place = getelementptr i8, ptr %edge, i64 12
  store double 1.0, ptr %edge
  store i32 %node, ptr %parent.place
  store i32 %after, ptr %result.place
  br label %next
done:
  ret i32 %after
short:
  ret i32 -1
}

; The same with partial derivatives other than 1.
define internal i32 @push_weighted(
  ptr %context, i32 %before, ptr %data, i64 %count, i64 %stride, ptr %partials
) noinline {
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
  %edge = getelementptr { double, i32, i32 }, ptr %tape, i64 %place
  %parent.place = getelementptr i8, ptr %edge, i64 8
  %result.place = getelementptr i8, ptr %edge, i64 12
  %partial.place = getelementptr double, ptr %partials, i64 %index
  %partial = load double, ptr %partial.place
  store double %partial, ptr %edge
  store i32 %node, ptr %parent.place
  store i32 %after, ptr %result.place
  br label %next
done:
  ret i32 %after
short:
  ret i32 -1
}
"""
