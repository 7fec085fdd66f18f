; The slot of one of the four operations.
define ptr @${function}(ptr %v, ptr %w) {
  %v.place = alloca double
  %w.place = alloca double
  %pausing = load i64, ptr ${pausing_size}
  %is.paused = icmp ne i64 %pausing, 0
  br i1 %is.paused, label %slow, label %look
look:
  %v.kind = call i32 @operand(ptr %v, ptr %v.place)
  %w.kind = call i32 @operand(ptr %w, ptr %w.place)
  %least = call i32 @llvm.umin.i32(i32 %v.kind, i32 %w.kind)
  %is.known = icmp ne i32 %least, 0
  %v.active = icmp eq i32 %v.kind, 2
  %w.active = icmp eq i32 %w.kind, 2
  %any.active = or i1 %v.active, %w.active
  %usual = and i1 %is.known, %any.active
  br i1 %usual, label %compute, label %slow
compute:
  %x = load double, ptr %v.place
  %y = load double, ptr %w.place
  %is.zero = fcmp oeq double %y, 0.0
  %refuses = and i1 %is.zero, ${divides}
  br i1 %refuses, label %slow, label %apply
apply:
  %z = ${arithmetic} double %x, %y
  %object = call ptr @made(ptr ${Scalar}, ptr ${made_by}, ptr %v, ptr %w, double %z)
  %failed = icmp eq ptr %object, null
  br i1 %failed, label %slow, label %made.it
made.it:
  br i1 %v.active, label %left.partial, label %left.none
left.partial:
  %d.left = call ptr ${by_left}(ptr %v, ptr %w, double %x, double %y, double %z)
  call void @put(ptr %object, i64 ${first_partial}, ptr %d.left)
  br label %right.side
left.none:
  call void @keep(ptr %object, i64 ${first_partial}, ptr ${None})
  br label %right.side
right.side:
  br i1 %w.active, label %right.partial, label %right.none
right.partial:
  %d.right = call ptr ${by_right}(ptr %v, ptr %w, double %x, double %y, double %z)
  call void @put(ptr %object, i64 ${second_partial}, ptr %d.right)
  br label %done
right.none:
  call void @keep(ptr %object, i64 ${second_partial}, ptr ${None})
  br label %done
done:
  ret ptr %object
slow:
  %result = call ptr @call_two(ptr ${before}, ptr %v, ptr %w)
  ret ptr %result
}

; For Python: ${function}.apply of two numbers, of which the slot makes a new Variable.
define ptr @apply_${function}(ptr %self, ptr %arguments, i64 %how.many, ptr %names) {
  %ignored = alloca double
  %are.two = icmp eq i64 %how.many, 2
  %no.names = icmp eq ptr %names, null
  %fits = and i1 %are.two, %no.names
  br i1 %fits, label %look, label %slow
look:
  %v = load ptr, ptr %arguments
  %w.place = getelementptr ptr, ptr %arguments, i64 1
  %w = load ptr, ptr %w.place
  %v.kind = call i32 @operand(ptr %v, ptr %ignored)
  %w.kind = call i32 @operand(ptr %w, ptr %ignored)
  %least = call i32 @llvm.umin.i32(i32 %v.kind, i32 %w.kind)
  %is.known = icmp ne i32 %least, 0
  %v.active = icmp eq i32 %v.kind, 2
  %w.active = icmp eq i32 %w.kind, 2
  %any.active = or i1 %v.active, %w.active
  %usual = and i1 %is.known, %any.active
  br i1 %usual, label %record, label %slow
record:
  %made = call ptr @${function}(ptr %v, ptr %w)
  ret ptr %made
slow:
  %result = call ptr @PyObject_Vectorcall(ptr ${usual_apply}, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
}
