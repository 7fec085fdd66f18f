; The slot of all comparisons.
define ptr @compare(ptr %v, ptr %w, i32 %asked) {
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
  ; Equal numbers are noted, where a run goes on.
  %is.tie = fcmp oeq double %x, %y
  br i1 %is.tie, label %tie, label %choose
tie:
  %notes = load i64, ptr ${notes_size}
  %is.noted = icmp ne i64 %notes, 0
  br i1 %is.noted, label %slow, label %choose
choose:
  switch i32 %asked, label %slow [ ${cases} ]
${answers}
chosen:
  %made.by = phi ptr ${functions}
  %truth = phi i1 ${truths}
  %z = uitofp i1 %truth to double
  %object = call ptr @made(ptr ${Indicator}, ptr %made.by, ptr %v, ptr %w, double %z)
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
  %error = call ptr @PyErr_Occurred()
  %raised = icmp ne ptr %error, null
  br i1 %raised, label %give.up, label %leave
give.up:
  ret ptr null
leave:
  %result = call ptr ${before}(ptr %v, ptr %w, i32 %asked)
  ret ptr %result
}
