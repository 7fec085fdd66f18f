"""Passes over the tape that carry tangents: of values, and of adjoints for second derivatives.

A number of a node that does not move is NOT_REACHED, as it takes no part in any sum (see `derivatives.linearization`).

Where second derivatives are wanted, partial derivatives that move are nodes as well. The tape has a link for each: an
edge of result 0 and operand 0, which the other passes pass over; in the place of the partial derivative stand the node
of that (the low 32 bits) and the number of the edge that it belongs to.
"""

from __future__ import annotations

from typing import Final

from minitorch.compiler.structural.passes.tape import NOT_REACHED

__all__ = ["FORWARD_PASSES"]

FORWARD_PASSES: Final = f"""
; Have no node move.
define internal void @still(ptr %moves, i64 %count) {{
  br label %next
next:
  %node = phi i64 [ 0, %0 ], [ %following, %clear ]
  %more = icmp ult i64 %node, %count
  br i1 %more, label %clear, label %done
clear:
  %place = getelementptr i64, ptr %moves, i64 %node
  store i64 {NOT_REACHED}, ptr %place
  %following = add i64 %node, 1
  br label %next
done:
  ret void
}}

; Room for the movements of all nodes; of the inputs none moves. Null where memory is short.
define internal ptr @movements(ptr %context, i32 %inputs, i32 %last) {{
  %last.wide = zext i32 %last to i64
  %count = add i64 %last.wide, 1
  %moves = call ptr @adjoints(ptr %context, i64 %count)
  %none = icmp eq ptr %moves, null
  br i1 %none, label %done, label %clear
clear:
  %inputs.wide = zext i32 %inputs to i64
  %first = add i64 %inputs.wide, 1
  call void @still(ptr %moves, i64 %first)
  br label %done
done:
  ret ptr %moves
}}

; Move a node, unless by zero: then it stands still, whatever it is multiplied by.
define internal void @move(ptr %moves, i32 %node, double %tangent) {{
  %some = fcmp une double %tangent, 0.0
  br i1 %some, label %set, label %done
set:
  %wide = zext i32 %node to i64
  %place = getelementptr double, ptr %moves, i64 %wide
  store double %tangent, ptr %place
  br label %done
done:
  ret void
}}

; Have a node that stands still move by zero.
define internal void @settle(ptr %moves, i32 %node) {{
  %wide = zext i32 %node to i64
  %place = getelementptr i64, ptr %moves, i64 %wide
  %bits = load i64, ptr %place
  %never = icmp eq i64 %bits, {NOT_REACHED}
  %given = select i1 %never, i64 0, i64 %bits
  store i64 %given, ptr %place
  ret void
}}

; Apply the chain rule from the inputs on: by the operands of each result, the first one first.
define internal void @forward(ptr %context, i32 %inputs, i32 %last, ptr %moves) noinline {{
  %tape = load ptr, ptr %context
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  %first = add i64 %inputs.wide, 1
  br label %next
next:
  %at = phi i64 [ %first, %0 ], [ %after, %result ], [ %after, %one ], [ %after, %two ], [ %after, %operand.end ]
  %more = icmp ule i64 %at, %last.wide
  br i1 %more, label %result, label %done
result:
  %edge = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %at
  %node.place = getelementptr i8, ptr %edge, i64 12
  %node = load i32, ptr %node.place
  %is.link = icmp eq i32 %node, 0
  %at.number = trunc i64 %at to i32
  %node.number = select i1 %is.link, i32 %at.number, i32 %node
  %node.wide = zext i32 %node.number to i64
  %after = add i64 %node.wide, 1
  %own.place = getelementptr i64, ptr %moves, i64 %node.wide
  br i1 %is.link, label %next, label %first.operand
first.operand:
  %parent.place = getelementptr i8, ptr %edge, i64 8
  %parent = load i32, ptr %parent.place
  %parent.wide = zext i32 %parent to i64
  %tangent.place = getelementptr i64, ptr %moves, i64 %parent.wide
  %tangent.bits = load i64, ptr %tangent.place
  %stays = icmp eq i64 %tangent.bits, {NOT_REACHED}
  %tangent = bitcast i64 %tangent.bits to double
  %partial = load double, ptr %edge
  %share = fmul double %partial, %tangent
  %share.bits = bitcast double %share to i64
  %more.operands = icmp ugt i64 %node.wide, %at
  br i1 %more.operands, label %more.than.one, label %one
one:
  %alone = select i1 %stays, i64 {NOT_REACHED}, i64 %share.bits
  store i64 %alone, ptr %own.place
  br label %next
more.than.one:
  %second = add i64 %at, 1
  %more.than.two = icmp ugt i64 %node.wide, %second
  br i1 %more.than.two, label %operand, label %two
two:
  ; The sum of two does not depend on their order.
  %other.edge = getelementptr i8, ptr %edge, i64 16
  %other.parent.place = getelementptr i8, ptr %edge, i64 24
  %other.parent = load i32, ptr %other.parent.place
  %other.wide = zext i32 %other.parent to i64
  %other.place = getelementptr i64, ptr %moves, i64 %other.wide
  %other.bits = load i64, ptr %other.place
  %other.stays = icmp eq i64 %other.bits, {NOT_REACHED}
  %other = bitcast i64 %other.bits to double
  %other.partial = load double, ptr %other.edge
  %other.share = fmul double %other.partial, %other
  %other.share.bits = bitcast double %other.share to i64
  %both = fadd double %other.share, %share
  %both.bits = bitcast double %both to i64
  %only.first = select i1 %stays, i64 {NOT_REACHED}, i64 %share.bits
  %with.second = select i1 %stays, i64 %other.share.bits, i64 %both.bits
  %moved.bits = select i1 %other.stays, i64 %only.first, i64 %with.second
  store i64 %moved.bits, ptr %own.place
  br label %next
operand:
  %index = phi i64 [ %node.wide, %more.than.one ], [ %index.next, %operand.next ]
  %total = phi double [ 0.0, %more.than.one ], [ %total.next, %operand.next ]
  %moving = phi i1 [ false, %more.than.one ], [ %moving.next, %operand.next ]
  %each = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %index
  %each.parent.place = getelementptr i8, ptr %each, i64 8
  %each.parent = load i32, ptr %each.parent.place
  %each.wide = zext i32 %each.parent to i64
  %each.place = getelementptr i64, ptr %moves, i64 %each.wide
  %each.bits = load i64, ptr %each.place
  %each.stays = icmp eq i64 %each.bits, {NOT_REACHED}
  br i1 %each.stays, label %operand.next, label %add
add:
  %each.tangent = bitcast i64 %each.bits to double
  %each.partial = load double, ptr %each
  %each.share = fmul double %each.partial, %each.tangent
  %sum = fadd double %total, %each.share
  %added = select i1 %moving, double %sum, double %each.share
  br label %operand.next
operand.next:
  %total.next = phi double [ %total, %operand ], [ %added, %add ]
  %moving.next = phi i1 [ %moving, %operand ], [ true, %add ]
  %index.next = sub i64 %index, 1
  %operands = icmp uge i64 %index.next, %at
  br i1 %operands, label %operand, label %operand.end
operand.end:
  %total.bits = bitcast double %total.next to i64
  %all.bits = select i1 %moving.next, i64 %total.bits, i64 {NOT_REACHED}
  store i64 %all.bits, ptr %own.place
  br label %next
done:
  ret void
}}

; Note for each edge the node of its partial derivative, 0 for none.
define internal void @link(ptr %context, i32 %inputs, i32 %last, ptr %partners) {{
  %tape = load ptr, ptr %context
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  br label %clear
clear:
  %edge = phi i64 [ 0, %0 ], [ %edge.next, %clear ]
  %place = getelementptr i32, ptr %partners, i64 %edge
  store i32 0, ptr %place
  %edge.next = add i64 %edge, 1
  %cleared = icmp ugt i64 %edge.next, %last.wide
  br i1 %cleared, label %begin, label %clear
begin:
  %first = add i64 %inputs.wide, 1
  br label %next
next:
  %at = phi i64 [ %first, %begin ], [ %at.next, %skip ]
  %more = icmp ule i64 %at, %last.wide
  br i1 %more, label %look, label %done
look:
  %own = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %at
  %node.place = getelementptr i8, ptr %own, i64 12
  %node = load i32, ptr %node.place
  %is.link = icmp eq i32 %node, 0
  br i1 %is.link, label %set, label %skip
set:
  %partial.node = load i32, ptr %own
  %number.place = getelementptr i8, ptr %own, i64 4
  %number = load i32, ptr %number.place
  %number.wide = zext i32 %number to i64
  %partner.place = getelementptr i32, ptr %partners, i64 %number.wide
  store i32 %partial.node, ptr %partner.place
  br label %skip
skip:
  %at.next = add i64 %at, 1
  br label %next
done:
  ret void
}}

; How adjoints move as the inputs do: the reverse pass once more, of products that both factors may move.
define internal void @reverse_tangents(ptr %context, i32 %inputs, i32 %last, ptr %moves, ptr %partners, ptr %shifts)
noinline {{
  %tape = load ptr, ptr %context
  %adjoints.place = getelementptr i64, ptr %context, i64 8
  %adjoints = load ptr, ptr %adjoints.place
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  br label %next
next:
  %at = phi i64 [ %last.wide, %0 ], [ %at.next, %skip ]
  %more = icmp ugt i64 %at, %inputs.wide
  br i1 %more, label %edge, label %done
edge:
  %own = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %at
  %node.place = getelementptr i8, ptr %own, i64 12
  %node = load i32, ptr %node.place
  %node.wide = zext i32 %node to i64
  %adjoint.place = getelementptr i64, ptr %adjoints, i64 %node.wide
  %adjoint.bits = load i64, ptr %adjoint.place
  %unreached = icmp eq i64 %adjoint.bits, {NOT_REACHED}
  %is.link = icmp eq i32 %node, 0
  %passed = or i1 %unreached, %is.link
  br i1 %passed, label %skip, label %factors
factors:
  %adjoint = bitcast i64 %adjoint.bits to double
  %partial = load double, ptr %own
  %shift.place = getelementptr i64, ptr %shifts, i64 %node.wide
  %shift.bits = load i64, ptr %shift.place
  %shift = bitcast i64 %shift.bits to double
  %adjoint.stays = icmp eq i64 %shift.bits, {NOT_REACHED}
  %partner.place = getelementptr i32, ptr %partners, i64 %at
  %partner = load i32, ptr %partner.place
  %partner.wide = zext i32 %partner to i64
  %move.place = getelementptr i64, ptr %moves, i64 %partner.wide
  %move.bits = load i64, ptr %move.place
  %move = bitcast i64 %move.bits to double
  %partial.stays = icmp eq i64 %move.bits, {NOT_REACHED}
  %both.stay = and i1 %adjoint.stays, %partial.stays
  br i1 %both.stay, label %skip, label %product
product:
  %by.adjoint = fmul double %partial, %shift
  %by.partial = fmul double %adjoint, %move
  %by.both = fadd double %by.adjoint, %by.partial
  %by.one = select i1 %adjoint.stays, double %by.partial, double %by.adjoint
  %one.stays = or i1 %adjoint.stays, %partial.stays
  %contribution = select i1 %one.stays, double %by.one, double %by.both
  %parent.place = getelementptr i8, ptr %own, i64 8
  %parent = load i32, ptr %parent.place
  %parent.wide = zext i32 %parent to i64
  %sum.place = getelementptr i64, ptr %shifts, i64 %parent.wide
  %before.bits = load i64, ptr %sum.place
  %is.first = icmp eq i64 %before.bits, {NOT_REACHED}
  %before = bitcast i64 %before.bits to double
  %added = fadd double %before, %contribution
  %sum = select i1 %is.first, double %contribution, double %added
  store double %sum, ptr %sum.place
  br label %skip
skip:
  %at.next = sub i64 %at, 1
  br label %next
done:
  ret void
}}

; All second derivatives, behind the reverse pass: pointers to rows, both indexed by nodes; null where memory is short.
define internal ptr @second_derivatives(ptr %context, i32 %inputs, i32 %last) {{
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  %count = add i64 %last.wide, 1
  %width = add i64 %inputs.wide, 1
  %bytes = shl i64 %count, 3
  %size = mul i64 %width, %inputs.wide
  %matrix.bytes = shl i64 %size, 3
  %moves = call ptr @allocate(ptr %context, i64 %bytes)
  %shifts = call ptr @allocate(ptr %context, i64 %bytes)
  %partners = call ptr @allocate(ptr %context, i64 %bytes)
  %matrix = call ptr @allocate(ptr %context, i64 %matrix.bytes)
  %row.bytes = shl i64 %width, 3
  %pointers = call ptr @allocate(ptr %context, i64 %row.bytes)
  %no.moves = icmp eq ptr %moves, null
  %no.shifts = icmp eq ptr %shifts, null
  %no.partners = icmp eq ptr %partners, null
  %no.matrix = icmp eq ptr %matrix, null
  %one.short = or i1 %no.moves, %no.shifts
  %other.short = or i1 %no.partners, %no.matrix
  %no.pointers = icmp eq ptr %pointers, null
  %some.short = or i1 %one.short, %other.short
  %short = or i1 %some.short, %no.pointers
  br i1 %short, label %failed, label %begin
begin:
  call void @link(ptr %context, i32 %inputs, i32 %last, ptr %partners)
  br label %point
point:
  %node = phi i64 [ 1, %begin ], [ %node.next, %pointed ]
  %point.more = icmp ule i64 %node, %inputs.wide
  br i1 %point.more, label %pointed, label %next
pointed:
  %node.above = sub i64 %node, 1
  %row.start = mul i64 %node.above, %width
  %row.place = getelementptr double, ptr %matrix, i64 %row.start
  %pointer.place = getelementptr ptr, ptr %pointers, i64 %node
  store ptr %row.place, ptr %pointer.place
  %node.next = add i64 %node, 1
  br label %point
next:
  %input = phi i64 [ 1, %point ], [ %input.next, %column.end ]
  %more = icmp ule i64 %input, %inputs.wide
  br i1 %more, label %column, label %done
column:
  call void @still(ptr %moves, i64 %width)
  %seed = getelementptr double, ptr %moves, i64 %input
  store double 1.0, ptr %seed
  call void @forward(ptr %context, i32 %inputs, i32 %last, ptr %moves)
  call void @still(ptr %shifts, i64 %count)
  call void @reverse_tangents(ptr %context, i32 %inputs, i32 %last, ptr %moves, ptr %partners, ptr %shifts)
  br label %row
row:
  %by = phi i64 [ 1, %column ], [ %by.next, %write ]
  %rows = icmp ule i64 %by, %inputs.wide
  br i1 %rows, label %write, label %column.end
write:
  %by.node = trunc i64 %by to i32
  call void @settle(ptr %shifts, i32 %by.node)
  %shift.place = getelementptr double, ptr %shifts, i64 %by
  %derivative = load double, ptr %shift.place
  %above = sub i64 %by, 1
  %start = mul i64 %above, %width
  %offset = add i64 %start, %input
  %place = getelementptr double, ptr %matrix, i64 %offset
  store double %derivative, ptr %place
  %by.next = add i64 %by, 1
  br label %row
column.end:
  %input.next = add i64 %input, 1
  br label %next
done:
  ret ptr %pointers
failed:
  ret ptr null
}}
"""
