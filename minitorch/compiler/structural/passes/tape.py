"""The tape: edges from results to operands, in the order in which they came to be, and the passes over it.

    edge    { double partial derivative, i32 node of the operand, i32 node of the result }

The node of a result is the number of its last edge. Inputs are the nodes from 1 on; node 0 takes what belongs to
numbers without history. A node that no output depends on has an adjoint that no computation gives: NOT_REACHED.
"""

from __future__ import annotations

from typing import Final

from minitorch.compiler.structural.basis.kinds import COUNTER, Value
from minitorch.compiler.structural.basis.writer import BlockWriter

__all__ = ["NOT_REACHED", "PASSES", "push", "push_link"]

NOT_REACHED: Final = 0x7FF8_5EED_0FF0_0001

CLEARED_AT_ONCE: Final = 8

PASSES: Final = f"""
; Make room for a number per node; null where memory is short.
define internal ptr @adjoints(ptr %context, i64 %nodes) {{
  %place = getelementptr i64, ptr %context, i64 8
  %room.place = getelementptr i64, ptr %context, i64 9
  %room = load i64, ptr %room.place
  %known = load ptr, ptr %place
  %fits = icmp ule i64 %nodes, %room
  br i1 %fits, label %old, label %more
old:
  ret ptr %known
more:
  %quarter = lshr i64 %nodes, 2
  %enough = add i64 %nodes, %quarter
  %words = add i64 %enough, {CLEARED_AT_ONCE}
  %bytes = shl i64 %words, 3
  call void @"libc.free"(ptr %known)
  %new = call ptr @"libc.malloc"(i64 %bytes)
  %none = icmp eq ptr %new, null
  %new.room = select i1 %none, i64 0, i64 %enough
  store i64 %new.room, ptr %room.place
  store ptr %new, ptr %place
  ret ptr %new
}}

; Whether some equal numbers move apart when the inputs do, each at a pace of its own (see derivatives.special_points).
define internal i1 @special(ptr %context, i32 %inputs, i32 %last) noinline {{
  %ties.place = getelementptr i64, ptr %context, i64 5
  %count.place = getelementptr i64, ptr %context, i64 6
  %count = load i64, ptr %count.place
  %none = icmp eq i64 %count, 0
  br i1 %none, label %usual, label %begin
begin:
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  %nodes = add i64 %last.wide, 1
  %paces = call ptr @adjoints(ptr %context, i64 %nodes)
  %short = icmp eq ptr %paces, null
  br i1 %short, label %found, label %clear
clear:
  %node = phi i64 [ 0, %begin ], [ %node.next, %clear ]
  %place = getelementptr double, ptr %paces, i64 %node
  store double 0.0, ptr %place
  %node.next = add i64 %node, 1
  %cleared = icmp ugt i64 %node.next, %last.wide
  br i1 %cleared, label %own, label %clear
own:
  %input = phi i64 [ 1, %clear ], [ %input.next, %pace ]
  %some = icmp ule i64 %input, %inputs.wide
  br i1 %some, label %pace, label %edges
pace:
  %index = sub i64 %input, 1
  %index.float = uitofp i64 %index to double
  %turned = fmul double %index.float, 0.6180339887498949
  %whole = call double @llvm.floor.f64(double %turned)
  %part = fsub double %turned, %whole
  %own.pace = fadd double %part, 1.0
  %own.place = getelementptr double, ptr %paces, i64 %input
  store double %own.pace, ptr %own.place
  %input.next = add i64 %input, 1
  br label %own
edges:
  %tape = load ptr, ptr %context
  %first = add i64 %inputs.wide, 1
  br label %forward
forward:
  %at = phi i64 [ %first, %edges ], [ %at.next, %skip ]
  %more = icmp ule i64 %at, %last.wide
  br i1 %more, label %edge, label %compare
edge:
  %edge.place = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %at
  %parent.place = getelementptr {{ double, i32, i32 }}, ptr %edge.place, i64 0, i32 1
  %node.place = getelementptr {{ double, i32, i32 }}, ptr %edge.place, i64 0, i32 2
  %parent = load i32, ptr %parent.place
  %parent.wide = zext i32 %parent to i64
  %parent.pace.place = getelementptr double, ptr %paces, i64 %parent.wide
  %parent.pace = load double, ptr %parent.pace.place
  %still = fcmp oeq double %parent.pace, 0.0
  br i1 %still, label %skip, label %add
add:
  %partial = load double, ptr %edge.place
  %result = load i32, ptr %node.place
  %result.wide = zext i32 %result to i64
  %result.place = getelementptr double, ptr %paces, i64 %result.wide
  %before = load double, ptr %result.place
  %share = fmul double %partial, %parent.pace
  %after = fadd double %before, %share
  store double %after, ptr %result.place
  br label %skip
skip:
  %at.next = add i64 %at, 1
  br label %forward
compare:
  %ties = load ptr, ptr %ties.place
  br label %next
next:
  %tie = phi i64 [ 0, %compare ], [ %tie.next, %same ]
  %ties.left = icmp ult i64 %tie, %count
  br i1 %ties.left, label %one, label %usual
one:
  %twice = shl i64 %tie, 1
  %left.place = getelementptr i32, ptr %ties, i64 %twice
  %right.place = getelementptr i32, ptr %left.place, i64 1
  %left = load i32, ptr %left.place
  %right = load i32, ptr %right.place
  %left.wide = zext i32 %left to i64
  %right.wide = zext i32 %right to i64
  %left.pace.place = getelementptr double, ptr %paces, i64 %left.wide
  %right.pace.place = getelementptr double, ptr %paces, i64 %right.wide
  %left.pace = load double, ptr %left.pace.place
  %right.pace = load double, ptr %right.pace.place
  %difference = fsub double %left.pace, %right.pace
  %apart = call double @llvm.fabs.f64(double %difference)
  %left.size = call double @llvm.fabs.f64(double %left.pace)
  %right.size = call double @llvm.fabs.f64(double %right.pace)
  %larger = fcmp ogt double %left.size, %right.size
  %size = select i1 %larger, double %left.size, double %right.size
  ; Far from special: what is near the limit is left to the tier below.
  %bound = fmul double %size, 1.0e-7
  %near = fcmp ole double %apart, %bound
  br i1 %near, label %same, label %found
same:
  %tie.next = add i64 %tie, 1
  br label %next
usual:
  ret i1 false
found:
  ret i1 true
}}
declare double @llvm.floor.f64(double)
declare double @llvm.fabs.f64(double)

; Apply the chain rule from a node back to the inputs, whose adjoints are the derivatives; false where memory is short.
define internal i1 @reverse(ptr %context, i32 %inputs, i32 %last, i32 %output) noinline {{
  %last.wide = zext i32 %last to i64
  %inputs.wide = zext i32 %inputs to i64
  %nodes = add i64 %last.wide, 1
  %adjoints = call ptr @adjoints(ptr %context, i64 %nodes)
  %short = icmp eq ptr %adjoints, null
  br i1 %short, label %failed, label %clear
clear:
  %node = phi i64 [ 0, %0 ], [ %node.next, %clear ]
  %place = getelementptr i64, ptr %adjoints, i64 %node
  store <{CLEARED_AT_ONCE} x i64> <{", ".join([f"i64 {NOT_REACHED}"] * CLEARED_AT_ONCE)}>, ptr %place, align 8
  %node.next = add i64 %node, {CLEARED_AT_ONCE}
  %cleared = icmp ugt i64 %node.next, %last.wide
  br i1 %cleared, label %begin, label %clear
begin:
  %output.wide = zext i32 %output to i64
  %output.place = getelementptr double, ptr %adjoints, i64 %output.wide
  store double 1.0, ptr %output.place
  %tape = load ptr, ptr %context
  br label %next
next:
  %at = phi i64 [ %last.wide, %begin ], [ %at.next, %skip ], [ %at.next, %set ], [ %at.next, %add ]
  %known = phi i32 [ %output, %begin ], [ %known, %skip ], [ %parent, %set ], [ %parent, %add ]
  %known.adjoint = phi double [ 1.0, %begin ], [ %known.adjoint, %skip ], [ %contribution, %set ], [ %added, %add ]
  %more = icmp ugt i64 %at, %inputs.wide
  br i1 %more, label %edge, label %results
edge:
  %edge.place = getelementptr {{ double, i32, i32 }}, ptr %tape, i64 %at
  %result.place = getelementptr {{ double, i32, i32 }}, ptr %edge.place, i64 0, i32 2
  %result = load i32, ptr %result.place
  %result.wide = zext i32 %result to i64
  %at.next = sub i64 %at, 1
  ; What was written last is at hand; to read it again would wait for that.
  %is.known = icmp eq i32 %result, %known
  br i1 %is.known, label %visit, label %read
read:
  %adjoint.place = getelementptr i64, ptr %adjoints, i64 %result.wide
  %adjoint.bits = load i64, ptr %adjoint.place
  %unreached = icmp eq i64 %adjoint.bits, {NOT_REACHED}
  br i1 %unreached, label %skip, label %reached
reached:
  ; Read again: to move it to a register of floats takes longer.
  %adjoint.read = load double, ptr %adjoint.place
  br label %visit
visit:
  %adjoint = phi double [ %known.adjoint, %edge ], [ %adjoint.read, %reached ]
  %partial = load double, ptr %edge.place
  %contribution = fmul double %adjoint, %partial
  %parent.place = getelementptr {{ double, i32, i32 }}, ptr %edge.place, i64 0, i32 1
  %parent = load i32, ptr %parent.place
  %parent.wide = zext i32 %parent to i64
  %sum.place = getelementptr i64, ptr %adjoints, i64 %parent.wide
  %before.bits = load i64, ptr %sum.place
  %is.first = icmp eq i64 %before.bits, {NOT_REACHED}
  ; Jumps are foreseen, while a choice would wait for the sum.
  br i1 %is.first, label %set, label %add
set:
  store double %contribution, ptr %sum.place
  br label %next
add:
  %before = load double, ptr %sum.place
  %added = fadd double %before, %contribution
  store double %added, ptr %sum.place
  br label %next
skip:
  br label %next
results:
  %input = phi i64 [ 1, %next ], [ %input.next, %write ]
  %some = icmp ule i64 %input, %inputs.wide
  br i1 %some, label %write, label %done
write:
  %input.place = getelementptr i64, ptr %adjoints, i64 %input
  %derivative = load i64, ptr %input.place
  %never = icmp eq i64 %derivative, {NOT_REACHED}
  %given = select i1 %never, i64 0, i64 %derivative
  store i64 %given, ptr %input.place
  %input.next = add i64 %input, 1
  br label %results
done:
  ret i1 true
failed:
  ret i1 false
}}
"""


def push(
    writer: BlockWriter, count: Value, edges: list[tuple[str, str]], result: str | None = None
) -> tuple[Value, str]:
    """Write the edges of one result to the tape.

    Args:
        writer: writes the function.
        count: how many edges there are.
        edges: for each operand the partial derivative and its node, the first operand first.
        result: the node of the result, where that is not the number of the last edge.

    Returns:
        How many edges there are then, and the node of the result.
    """
    # One question for the room of all edges that a straight piece of code writes.
    if writer.reservation is None or writer.last != count.parts[0]:
        reserve(writer, count)
    assert writer.reservation is not None
    offset = 16 * (writer.reserved + len(edges))
    writer.reserved += len(edges)
    name, text = writer.lines[writer.reservation]
    writer.lines[writer.reservation] = (name, text.rpartition(" ")[0] + f" {writer.reserved}")
    node = writer.last = writer.effect(f"add i32 {writer.first}, {writer.reserved}")
    for partial, operand in edges:
        parts = (("double", partial), ("i32", operand), ("i32", result or node))
        for place, (kind, part) in zip((offset, offset + 8, offset + 12), parts, strict=True):
            writer.store(kind, part, writer.effect(f"getelementptr i8, ptr {writer.edges}, i64 {place}"))
        offset -= 16
    return Value(COUNTER, (node,)), node


def reserve(writer: BlockWriter, count: Value) -> None:
    """Write the question whether the tape has room for what the code up to the next label writes, and making it."""
    writer.first = writer.last = count.parts[0]
    writer.check()
    wide = writer.effect(f"zext i32 {writer.first} to i64")
    writer.effect(f"add i64 {wide}, ")
    writer.reservation, writer.reserved = len(writer.lines) - 1, 0
    wanted = writer.lines[writer.reservation][0]
    room = writer.load("i64", writer.at("%context", "8"))
    fits = writer.effect(f"icmp ult i64 {wanted}, {room}")
    enough, more = writer.new_label(), writer.new_label()
    writer.line(f"br i1 {fits}, label %{enough}, label %{more}")
    writer.label(more)
    grown = writer.effect(f"call i1 @grow(ptr %context, i64 {wanted})")
    writer.line(f"br i1 {grown}, label %{enough}, label %leave")
    writer.label(enough)
    tape = writer.load("ptr", "%context")
    writer.edges = writer.effect(f"getelementptr {{ double, i32, i32 }}, ptr {tape}, i64 {wide}")


def push_link(writer: BlockWriter, count: Value, result: str, partial: str, offset: int) -> Value:
    """Write to the tape which node the partial derivative of an edge is (see `forward_passes`).

    Args:
        writer: writes the function.
        count: how many edges there are.
        result: the node of the operation's result.
        partial: the node of the partial derivative.
        offset: how many operands with a history the operation has before that of the edge.

    Returns:
        How many edges there are then.
    """
    edge = writer.effect(f"zext i32 {writer.effect(f'sub i32 {result}, {offset}')} to i64")
    upper = writer.effect(f"shl i64 {edge}, 32")
    both = writer.effect(f"or i64 {upper}, {writer.effect(f'zext i32 {partial} to i64')}")
    return push(writer, count, [(writer.effect(f"bitcast i64 {both} to double"), "0")], "0")[0]
