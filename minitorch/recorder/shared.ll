; What the operators share: reading operands, making Variables, finding the caller, partial derivatives.
; ${name} stands for an address or an offset that `switching` fills in.

declare i32 @llvm.umin.i32(i32, i32)

declare ptr @PyFloat_FromDouble(double)
declare ptr @PyLong_FromLongLong(i64)
declare double @PyLong_AsDouble(ptr)
declare ptr @PyErr_Occurred()
declare void @PyErr_Clear()
declare ptr @PyEval_GetFrame()
declare ptr @PyFrame_GetCode(ptr)
declare ptr @PyFrame_GetBack(ptr)

; What an operand is: 0 anything else, 1 a plain number, 2 a Scalar, 3 a constant one; its value goes to %place.
define internal i32 @operand(ptr %x, ptr %place) {
  %type.place = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.place
  %is.scalar = icmp eq ptr %type, ${Scalar}
  br i1 %is.scalar, label %scalar, label %other
scalar:
  %data.place = getelementptr i8, ptr %x, i64 ${data}
  %data = load ptr, ptr %data.place
  ; One that `__init__` has not filled yet has empty slots.
  %no.data = icmp eq ptr %data, null
  br i1 %no.data, label %unknown, label %content
content:
  %data.type.place = getelementptr i8, ptr %data, i64 8
  %data.type = load ptr, ptr %data.type.place
  %is.float.data = icmp eq ptr %data.type, ${float}
  br i1 %is.float.data, label %history, label %unknown
history:
  %value.place = getelementptr i8, ptr %data, i64 16
  %value = load double, ptr %value.place
  store double %value, ptr %place
  %made.place = getelementptr i8, ptr %x, i64 ${creator}
  %made = load ptr, ptr %made.place
  %no.history = icmp eq ptr %made, null
  br i1 %no.history, label %unknown, label %whole.one
whole.one:
  %is.constant = icmp eq ptr %made, ${None}
  %kind = select i1 %is.constant, i32 3, i32 2
  ret i32 %kind
other:
  %is.float = icmp eq ptr %type, ${float}
  br i1 %is.float, label %plain, label %maybe.int
plain:
  %plain.place = getelementptr i8, ptr %x, i64 16
  %number = load double, ptr %plain.place
  store double %number, ptr %place
  ret i32 1
maybe.int:
  %is.int = icmp eq ptr %type, ${int}
  br i1 %is.int, label %whole, label %unknown
whole:
  %converted = call double @PyLong_AsDouble(ptr %x)
  store double %converted, ptr %place
  ; Beyond 2**53 not every int is a float: Python has its own ways there.
  %magnitude = call double @llvm.fabs.f64(double %converted)
  %is.exact = fcmp olt double %magnitude, 0x4340000000000000
  br i1 %is.exact, label %maybe.error, label %clear
maybe.error:
  %is.minus.one = fcmp oeq double %converted, -1.0
  br i1 %is.minus.one, label %ask, label %accept
ask:
  %error = call ptr @PyErr_Occurred()
  %failed = icmp ne ptr %error, null
  br i1 %failed, label %clear, label %accept
accept:
  ret i32 1
clear:
  call void @PyErr_Clear()
  ret i32 0
unknown:
  ret i32 0
}
declare double @llvm.fabs.f64(double)

; The number of an operand as an object of its own reference.
define internal ptr @number_object(ptr %x, double %value) {
  %type.place = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.place
  %is.scalar = icmp eq ptr %type, ${Scalar}
  %is.float = icmp eq ptr %type, ${float}
  br i1 %is.scalar, label %scalar, label %other
scalar:
  %data.place = getelementptr i8, ptr %x, i64 ${data}
  %data = load ptr, ptr %data.place
  call void @retain(ptr %data)
  ret ptr %data
other:
  br i1 %is.float, label %plain, label %whole
plain:
  call void @retain(ptr %x)
  ret ptr %x
whole:
  %object = call ptr @PyFloat_FromDouble(double %value)
  ret ptr %object
}

; Whether one of two neighbouring places of a table has some code.
define internal i1 @is_known(ptr %table, i64 %index, ptr %code) alwaysinline {
  %place = getelementptr ptr, ptr %table, i64 %index
  %first = load ptr, ptr %place
  %other = xor i64 %index, 1
  %other.place = getelementptr ptr, ptr %table, i64 %other
  %second = load ptr, ptr %other.place
  %is.first = icmp eq ptr %first, %code
  %is.second = icmp eq ptr %second, %code
  %is.there = or i1 %is.first, %is.second
  ret i1 %is.there
}

; Whose code it is: 0 not known yet, 1 somebody's, 2 this project's.
define internal i32 @owner(ptr %code) {
  %bits = ptrtoint ptr %code to i64
  %shifted = lshr i64 %bits, 4
  %index = and i64 %shifted, ${known_mask}
  %is.users = call i1 @is_known(ptr ${user_codes}, i64 %index, ptr %code)
  br i1 %is.users, label %users, label %look
users:
  ret i32 1
look:
  %is.own = call i1 @is_known(ptr ${own_codes}, i64 %index, ptr %code)
  %answer = select i1 %is.own, i32 2, i32 0
  ret i32 %answer
}

; The same, asking Python where it is not known; 3 where that raised, as the handler of a signal may.
define internal i32 @owner_asked(ptr %code) {
  %known = call i32 @owner(ptr %code)
  %is.known = icmp ne i32 %known, 0
  br i1 %is.known, label %done, label %ask
done:
  ret i32 %known
ask:
  %answer = call ptr @PyObject_CallOneArg(ptr ${learn_code}, ptr %code)
  %failed = icmp eq ptr %answer, null
  br i1 %failed, label %raised, label %answered
raised:
  ret i32 3
answered:
  call void @release(ptr %answer)
  %is.users = icmp eq ptr %answer, ${True}
  %owner = select i1 %is.users, i32 1, i32 2
  ret i32 %owner
}

; Where the caller is, the nearest one outside this project: its code, with a reference, or null.
define internal ptr @caller_code(ptr %instruction) {
  %current = call ptr @PyEval_GetFrame()
  %no.frame = icmp eq ptr %current, null
  br i1 %no.frame, label %none, label %begin
begin:
  call void @retain(ptr %current)
  br label %look
look:
  %frame = phi ptr [ %current, %begin ], [ %back, %own ]
  %code = call ptr @PyFrame_GetCode(ptr %frame)
  %owner = call i32 @owner_asked(ptr %code)
  %is.users = icmp eq i32 %owner, 1
  br i1 %is.users, label %found, label %own.code
found:
  %last = call i32 @PyFrame_GetLasti(ptr %frame)
  store i32 %last, ptr %instruction
  call void @release(ptr %frame)
  ret ptr %code
own.code:
  call void @release(ptr %code)
  %has.raised = icmp eq i32 %owner, 3
  br i1 %has.raised, label %raised, label %look.back
raised:
  call void @release(ptr %frame)
  ret ptr null
look.back:
  %back = call ptr @PyFrame_GetBack(ptr %frame)
  call void @release(ptr %frame)
  %is.outermost = icmp eq ptr %back, null
  br i1 %is.outermost, label %none, label %own
own:
  br label %look
none:
  ret ptr null
}

define internal void @put(ptr %object, i64 %offset, ptr %value) {
  %place = getelementptr i8, ptr %object, i64 %offset
  store ptr %value, ptr %place
  ret void
}

define internal void @keep(ptr %object, i64 %offset, ptr %value) {
  call void @retain(ptr %value)
  call void @put(ptr %object, i64 %offset, ptr %value)
  ret void
}

; The next unique_id as an object.
define internal ptr @next_number() {
  %known = load i64, ptr ${counter}
  %next = add i64 %known, 1
  store i64 %next, ptr ${counter}
  %object = call ptr @PyLong_FromLongLong(i64 %known)
  ret ptr %object
}

; For Python: the next unique_id.
define ptr @next_id(ptr %self, ptr %none) {
  %object = call ptr @next_number()
  ret ptr %object
}

; The number of an instruction as an object; most are there already.
define internal ptr @instruction_object(i32 %number) {
  %wide = sext i32 %number to i64
  %is.kept = icmp ult i64 %wide, ${kept_numbers}
  br i1 %is.kept, label %kept, label %new
kept:
  %place = getelementptr ptr, ptr ${numbers}, i64 %wide
  %object = load ptr, ptr %place
  call void @retain(ptr %object)
  ret ptr %object
new:
  %made = call ptr @PyLong_FromLongLong(i64 %wide)
  ret ptr %made
}

; A new Variable of a type, without partial derivatives yet; null where the caller is unknown, or something was raised.
define internal ptr @made(ptr %type, ptr %function, ptr %left, ptr %right, double %value) {
  %instruction = alloca i32
  %code = call ptr @caller_code(ptr %instruction)
  %unknown = icmp eq ptr %code, null
  br i1 %unknown, label %none, label %known
known:
  ; What it refers to is older and can't lead back to it: the garbage collector, which does not know it, has nothing to
  ; look for.
  %object = call ptr @_PyObject_GC_New(ptr %type)
  %no.memory = icmp eq ptr %object, null
  br i1 %no.memory, label %drop, label %fill
drop:
  call void @PyErr_Clear()
  call void @release(ptr %code)
  br label %none
fill:
  %data = call ptr @PyFloat_FromDouble(double %value)
  call void @put(ptr %object, i64 ${data}, ptr %data)
  call void @keep(ptr %object, i64 ${creator}, ptr %function)
  call void @keep(ptr %object, i64 ${first_parent}, ptr %left)
  call void @keep(ptr %object, i64 ${second_parent}, ptr %right)
  call void @keep(ptr %object, i64 ${derivative}, ptr ${None})
  call void @keep(ptr %object, i64 ${name}, ptr ${None})
  call void @put(ptr %object, i64 ${code}, ptr %code)
  %last = load i32, ptr %instruction
  %last.object = call ptr @instruction_object(i32 %last)
  call void @put(ptr %object, i64 ${instruction}, ptr %last.object)
  %id = call ptr @next_number()
  call void @put(ptr %object, i64 ${unique_id}, ptr %id)
  ret ptr %object
none:
  ret ptr null
}

; Partial derivatives, each as an object of its own reference: of operands, their values and the result.
define internal ptr @one(ptr %v, ptr %w, double %x, double %y, double %z) {
  call void @retain(ptr ${one})
  ret ptr ${one}
}
define internal ptr @minus_one(ptr %v, ptr %w, double %x, double %y, double %z) {
  call void @retain(ptr ${minus_one})
  ret ptr ${minus_one}
}
define internal ptr @zero(ptr %v, ptr %w, double %x, double %y, double %z) {
  call void @retain(ptr ${zero})
  ret ptr ${zero}
}
define internal ptr @number_of_right(ptr %v, ptr %w, double %x, double %y, double %z) {
  %object = call ptr @number_object(ptr %w, double %y)
  ret ptr %object
}
define internal ptr @number_of_left(ptr %v, ptr %w, double %x, double %y, double %z) {
  %object = call ptr @number_object(ptr %v, double %x)
  ret ptr %object
}
define internal ptr @reciprocal(ptr %v, ptr %w, double %x, double %y, double %z) {
  %partial = fdiv double 1.0, %y
  %object = call ptr @PyFloat_FromDouble(double %partial)
  ret ptr %object
}
define internal ptr @quotient_by_divisor(ptr %v, ptr %w, double %x, double %y, double %z) {
  %negative = fneg double %z
  %partial = fdiv double %negative, %y
  %object = call ptr @PyFloat_FromDouble(double %partial)
  ret ptr %object
}

; What Python makes of a call, unless something was raised on the way there.
define internal ptr @left_to_python(ptr %function, ptr %arguments, i64 %how.many, ptr %names) {
  %error = call ptr @PyErr_Occurred()
  %raised = icmp ne ptr %error, null
  br i1 %raised, label %give.up, label %ask
give.up:
  ret ptr null
ask:
  %result = call ptr @PyObject_Vectorcall(ptr %function, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
}

; The same of two arguments.
define internal ptr @call_two(ptr %function, ptr %v, ptr %w) {
  %arguments = alloca [ 2 x ptr ]
  store ptr %v, ptr %arguments
  %second.place = getelementptr ptr, ptr %arguments, i64 1
  store ptr %w, ptr %second.place
  %result = call ptr @left_to_python(ptr %function, ptr %arguments, i64 2, ptr null)
  ret ptr %result
}
