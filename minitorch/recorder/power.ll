; The slot of `x ** y` for the plain exponent 2: any other one has special cases of its own.
declare double @libm.pow(double, double)
define ptr @Pow(ptr %v, ptr %w, ptr %modulus) {
  %v.place = alloca double
  %w.place = alloca double
  %pausing = load i64, ptr ${pausing_size}
  %is.paused = icmp ne i64 %pausing, 0
  %no.modulus = icmp eq ptr %modulus, ${None}
  %running = xor i1 %is.paused, true
  %may = and i1 %running, %no.modulus
  br i1 %may, label %look, label %modular
look:
  %v.kind = call i32 @operand(ptr %v, ptr %v.place)
  %w.kind = call i32 @operand(ptr %w, ptr %w.place)
  %v.active = icmp eq i32 %v.kind, 2
  %w.plain = icmp eq i32 %w.kind, 1
  %usual = and i1 %v.active, %w.plain
  br i1 %usual, label %values, label %slow
values:
  %x = load double, ptr %v.place
  %y = load double, ptr %w.place
  %is.square = fcmp oeq double %y, 2.0
  br i1 %is.square, label %compute, label %slow
compute:
  %z = call double @libm.pow(double %x, double 2.0)
  %difference = fsub double %z, %z
  %is.finite = fcmp oeq double %difference, 0.0
  br i1 %is.finite, label %apply, label %slow
apply:
  %object = call ptr @made(ptr ${Scalar}, ptr ${Pow}, ptr %v, ptr %w, double %z)
  %failed = icmp eq ptr %object, null
  br i1 %failed, label %slow, label %made.it
made.it:
  %partial = fmul double 2.0, %x
  %d.left = call ptr @PyFloat_FromDouble(double %partial)
  call void @put(ptr %object, i64 ${first_partial}, ptr %d.left)
  call void @keep(ptr %object, i64 ${second_partial}, ptr ${None})
  ret ptr %object
slow:
  %result = call ptr @call_two(ptr ${before}, ptr %v, ptr %w)
  ret ptr %result
modular:
  br i1 %no.modulus, label %slow, label %refuse
refuse:
  %refused = call ptr @call_two(ptr ${refuse_modulus}, ptr %v, ptr %w)
  ret ptr %refused
}
