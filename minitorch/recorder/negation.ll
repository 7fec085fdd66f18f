; The slot of `-x`.
define ptr @Neg(ptr %v) {
  %place = alloca double
  %pausing = load i64, ptr ${pausing_size}
  %is.paused = icmp ne i64 %pausing, 0
  br i1 %is.paused, label %slow, label %look
look:
  %kind = call i32 @operand(ptr %v, ptr %place)
  %active = icmp eq i32 %kind, 2
  br i1 %active, label %compute, label %slow
compute:
  %x = load double, ptr %place
  %z = fneg double %x
  %object = call ptr @made(ptr ${Scalar}, ptr ${Neg}, ptr %v, ptr ${None}, double %z)
  %failed = icmp eq ptr %object, null
  br i1 %failed, label %slow, label %made.it
made.it:
  call void @keep(ptr %object, i64 ${first_partial}, ptr ${minus_one})
  call void @keep(ptr %object, i64 ${second_partial}, ptr ${None})
  ret ptr %object
slow:
  %error = call ptr @PyErr_Occurred()
  %raised = icmp ne ptr %error, null
  br i1 %raised, label %give.up, label %leave
give.up:
  ret ptr null
leave:
  %result = call ptr ${before}(ptr %v)
  ret ptr %result
}
