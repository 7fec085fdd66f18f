; ${function}, a function of one number, whose programs are made of its row: a new Variable, null for what Python does.
define internal ptr @record_${function}(ptr %x) {
  ; The number, and the function's value.
  %numbers = alloca [ 2 x double ]
  %value.place = getelementptr double, ptr %numbers, i64 1
  %partial.place = alloca double
  %kind = call i32 @operand(ptr %x, ptr %numbers)
  %pausing = load i64, ptr ${pausing_size}
  %is.running = icmp eq i64 %pausing, 0
  %is.active = icmp eq i32 %kind, 2
  %usual = and i1 %is.active, %is.running
  br i1 %usual, label %compute, label %slow
compute:
  %status = call i64 @value_${function}(ptr %numbers, ptr %value.place)
  %hit = icmp eq i64 %status, 0
  br i1 %hit, label %differentiate, label %slow
differentiate:
  %way = call i64 @partial_${function}(ptr %numbers, ptr %partial.place)
  %how = and i64 %way, 3
  %known = icmp eq i64 %how, 0
  br i1 %known, label %apply, label %slow
apply:
  %value = load double, ptr %value.place
  %partial = load double, ptr %partial.place
  %object = call ptr @made(ptr ${Scalar}, ptr ${made_by}, ptr %x, ptr ${None}, double %value)
  %failed = icmp eq ptr %object, null
  br i1 %failed, label %slow, label %finish
finish:
  %d.left = call ptr @PyFloat_FromDouble(double %partial)
  call void @put(ptr %object, i64 ${first_partial}, ptr %d.left)
  call void @keep(ptr %object, i64 ${second_partial}, ptr ${None})
  ret ptr %object
slow:
  ret ptr null
}

; For Python: ${function}.apply.
define ptr @apply_${function}(ptr %self, ptr %arguments, i64 %how.many, ptr %names) {
  %is.one = icmp eq i64 %how.many, 1
  %no.names = icmp eq ptr %names, null
  %fits = and i1 %is.one, %no.names
  br i1 %fits, label %look, label %slow
look:
  %x = load ptr, ptr %arguments
  %type.place = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.place
  %is.scalar = icmp eq ptr %type, ${Scalar}
  br i1 %is.scalar, label %record, label %slow
record:
  %made = call ptr @record_${function}(ptr %x)
  %unusual = icmp eq ptr %made, null
  br i1 %unusual, label %slow, label %done
done:
  ret ptr %made
slow:
  %result = call ptr @left_to_python(ptr ${usual_apply}, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
}
