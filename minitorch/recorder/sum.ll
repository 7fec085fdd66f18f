; For Python: what stands in for `sum(values)` and `sum(values, start)`. The sum of floats and Scalars is one operation
; with as many operands; whatever else there is to add, or how, is left to the Python function.
declare ptr @PySequence_Tuple(ptr)
declare ptr @PyTuple_New(i64)

; The operands of a sum: start, unless it changes nothing, and the values; a new tuple.
define internal ptr @summands(ptr %start, ptr %values, i1 %with.start) {
  %size.place = getelementptr i8, ptr %values, i64 16
  %size = load i64, ptr %size.place
  br i1 %with.start, label %copy, label %same
same:
  call void @retain(ptr %values)
  ret ptr %values
copy:
  %more = add i64 %size, 1
  %tuple = call ptr @PyTuple_New(i64 %more)
  call void @retain(ptr %start)
  %first.place = getelementptr i8, ptr %tuple, i64 24
  store ptr %start, ptr %first.place
  br label %again
again:
  %i = phi i64 [ 0, %copy ], [ %next, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %from.offset = mul i64 %i, 8
  %from = add i64 %from.offset, 24
  %to = add i64 %from, 8
  %from.place = getelementptr i8, ptr %values, i64 %from
  %value = load ptr, ptr %from.place
  call void @retain(ptr %value)
  %to.place = getelementptr i8, ptr %tuple, i64 %to
  store ptr %value, ptr %to.place
  %next = add i64 %i, 1
  br label %again
done:
  ret ptr %tuple
}

; Whether a sum of operands is one of floats and Scalars, some with a history; the sum goes to %total and the partial
; derivatives to a new tuple at %partials.
define internal i1 @add_up(ptr %operands, ptr %total, ptr %partials) {
  %place = alloca double
  %size.place = getelementptr i8, ptr %operands, i64 16
  %size = load i64, ptr %size.place
  %ones = call ptr @PyTuple_New(i64 %size)
  store ptr %ones, ptr %partials
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %kept ]
  %sum = phi double [ 0.0, %0 ], [ %new.sum, %kept ]
  %correction = phi double [ 0.0, %0 ], [ %new.correction, %kept ]
  %any.active = phi i1 [ false, %0 ], [ %now.active, %kept ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %offset.items = mul i64 %i, 8
  %offset = add i64 %offset.items, 24
  %item.place = getelementptr i8, ptr %operands, i64 %offset
  %x = load ptr, ptr %item.place
  %kind = call i32 @operand(ptr %x, ptr %place)
  %type.place = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.place
  %is.int = icmp eq ptr %type, ${int}
  ; An int may stand at the start alone, where it is 0.
  %is.first = icmp eq i64 %i, 0
  %is.later = xor i1 %is.first, true
  %is.odd = and i1 %is.int, %is.later
  %is.unknown = icmp eq i32 %kind, 0
  %unusual = or i1 %is.odd, %is.unknown
  %is.active = icmp eq i32 %kind, 2
  %now.active = or i1 %any.active, %is.active
  %partial = select i1 %is.active, ptr ${one}, ptr ${None}
  call void @retain(ptr %partial)
  %partial.place = getelementptr i8, ptr %ones, i64 %offset
  store ptr %partial, ptr %partial.place
  br i1 %unusual, label %refuse, label %add
add:
  %value = load double, ptr %place
  br i1 %is.first, label %begin, label %go.on
begin:
  br label %kept
go.on:
  %t = fadd double %sum, %value
  %sum.size = call double @llvm.fabs.f64(double %sum)
  %value.size = call double @llvm.fabs.f64(double %value)
  %sum.larger = fcmp oge double %sum.size, %value.size
  %larger = select i1 %sum.larger, double %sum, double %value
  %smaller = select i1 %sum.larger, double %value, double %sum
  %lost.most = fsub double %larger, %t
  %lost = fadd double %lost.most, %smaller
  %corrected = fadd double %correction, %lost
  br label %kept
kept:
  %new.sum = phi double [ %value, %begin ], [ %t, %go.on ]
  %new.correction = phi double [ %correction, %begin ], [ %corrected, %go.on ]
  %next = add i64 %i, 1
  br label %again
done:
  ; From Python 3.12 on, sum() adds what its rounding lost.
  %difference = fsub double %correction, %correction
  %is.finite = fcmp oeq double %difference, 0.0
  %is.other = fcmp une double %correction, 0.0
  %matters = and i1 %is.finite, %is.other
  %applies = and i1 %matters, ${compensates}
  %exact = fadd double %sum, %correction
  %answer = select i1 %applies, double %exact, double %sum
  store double %answer, ptr %total
  br i1 %any.active, label %accept, label %refuse
accept:
  ret i1 true
refuse:
  br label %fill
fill:
  ; A tuple with holes may not be seen by anybody: it is filled before it goes.
  %j = phi i64 [ %i, %refuse ], [ %j.next, %fill.one ]
  %filled = icmp sge i64 %j, %size
  br i1 %filled, label %drop, label %fill.one
fill.one:
  %j.offset.items = mul i64 %j, 8
  %j.offset = add i64 %j.offset.items, 24
  %j.place = getelementptr i8, ptr %ones, i64 %j.offset
  %known = load ptr, ptr %j.place
  %is.hole = icmp eq ptr %known, null
  %filler = select i1 %is.hole, ptr ${None}, ptr %known
  store ptr %filler, ptr %j.place
  %j.next = add i64 %j, 1
  br label %fill
drop:
  call void @release(ptr %ones)
  ret i1 false
}

define ptr @call_sum(ptr %self, ptr %arguments, i64 %how.many, ptr %names) {
  %total.place = alloca double
  %partials.place = alloca ptr
  %instead = alloca [ 2 x ptr ]
  %has.one = icmp eq i64 %how.many, 1
  %has.two = icmp eq i64 %how.many, 2
  %fits.number = or i1 %has.one, %has.two
  %no.names = icmp eq ptr %names, null
  %fits = and i1 %fits.number, %no.names
  br i1 %fits, label %begin, label %as.it.is
as.it.is:
  %left = call ptr @PyObject_Vectorcall(ptr ${plain_sum}, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %left
begin:
  %iterable = load ptr, ptr %arguments
  br i1 %has.two, label %given, label %collect
given:
  %second.place = getelementptr ptr, ptr %arguments, i64 1
  %second = load ptr, ptr %second.place
  br label %collect
collect:
  %start = phi ptr [ ${whole_zero}, %begin ], [ %second, %given ]
  %values = call ptr @PySequence_Tuple(ptr %iterable)
  %failed = icmp eq ptr %values, null
  br i1 %failed, label %raise, label %look
raise:
  ret ptr null
look:
  ; What the Python function is given instead of an iterable that is used up.
  store ptr %values, ptr %instead
  %start.place = getelementptr ptr, ptr %instead, i64 1
  store ptr %start, ptr %start.place
  %size.place = getelementptr i8, ptr %values, i64 16
  %size = load i64, ptr %size.place
  %paused = load i64, ptr ${pausing_size}
  %running = icmp eq i64 %paused, 0
  %several = icmp sgt i64 %size, 1
  %may = and i1 %running, %several
  br i1 %may, label %ask.start, label %slow
ask.start:
  %first.place = getelementptr i8, ptr %values, i64 24
  %first = load ptr, ptr %first.place
  %start.type.place = getelementptr i8, ptr %start, i64 8
  %start.type = load ptr, ptr %start.type.place
  %start.is.int = icmp eq ptr %start.type, ${int}
  br i1 %start.is.int, label %ask.zero, label %with.start
ask.zero:
  %is.zero = icmp eq ptr %start, ${whole_zero}
  br i1 %is.zero, label %ask.first, label %slow
ask.first:
  ; -0.0 alone is changed by a start of 0.
  %first.kind = call i32 @operand(ptr %first, ptr %total.place)
  %first.value = load double, ptr %total.place
  %first.known = icmp ne i32 %first.kind, 0
  %first.type.place = getelementptr i8, ptr %first, i64 8
  %first.type = load ptr, ptr %first.type.place
  %first.is.number = icmp ne ptr %first.type, ${int}
  %first.counts = fcmp une double %first.value, 0.0
  %sure = and i1 %first.known, %first.is.number
  br i1 %sure, label %choose, label %slow
choose:
  %needs.start = xor i1 %first.counts, true
  br label %operands
with.start:
  br label %operands
operands:
  %with = phi i1 [ %needs.start, %choose ], [ true, %with.start ]
  %operands.tuple = call ptr @summands(ptr %start, ptr %values, i1 %with)
  %usual = call i1 @add_up(ptr %operands.tuple, ptr %total.place, ptr %partials.place)
  br i1 %usual, label %record, label %drop
record:
  %total = load double, ptr %total.place
  %partials = load ptr, ptr %partials.place
  %object = call ptr @made(ptr ${Scalar}, ptr ${Sum}, ptr %operands.tuple, ptr ${None}, double %total)
  %unknown = icmp eq ptr %object, null
  br i1 %unknown, label %forget, label %finish
finish:
  call void @put(ptr %object, i64 ${first_partial}, ptr %partials)
  call void @keep(ptr %object, i64 ${second_partial}, ptr ${None})
  call void @release(ptr %operands.tuple)
  call void @release(ptr %values)
  ret ptr %object
forget:
  call void @release(ptr %partials)
  br label %drop
drop:
  call void @release(ptr %operands.tuple)
  br label %slow
slow:
  %result = call ptr @left_to_python(ptr ${plain_sum}, ptr %instead, i64 2, ptr null)
  call void @release(ptr %values)
  ret ptr %result
}
