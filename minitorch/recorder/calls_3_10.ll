; What the functions of C in `calls.ll` do, for Python 3.10: there they are inline functions of its headers.

declare ptr @PyThreadState_Get()
declare ptr @_PyObject_MakeTpCall(ptr, ptr, ptr, i64, ptr)

; The number of the byte of the instruction that a frame is at.
define internal i32 @PyFrame_GetLasti(ptr %frame) {
  %place = getelementptr i8, ptr %frame, i64 ${frame_instruction}
  %instruction = load i32, ptr %place
  %has.begun = icmp sge i32 %instruction, 0
  %byte = shl i32 %instruction, 1
  %last = select i1 %has.begun, i32 %byte, i32 -1
  ret i32 %last
}

define internal ptr @PyObject_CallOneArg(ptr %function, ptr %argument) {
  %arguments = alloca ptr
  store ptr %argument, ptr %arguments
  %result = call ptr @PyObject_Vectorcall(ptr %function, ptr %arguments, i64 1, ptr null)
  ret ptr %result
}

; By the protocol of PEP 590: an object of a type with the flag has the address of the function that calls it.
define internal ptr @PyObject_Vectorcall(ptr %function, ptr %arguments, i64 %how.many, ptr %names) {
  %type.place = getelementptr i8, ptr %function, i64 8
  %type = load ptr, ptr %type.place
  %flags.place = getelementptr i8, ptr %type, i64 ${flags}
  %flags = load i64, ptr %flags.place
  %flag = and i64 %flags, ${has_vectorcall}
  %has.flag = icmp ne i64 %flag, 0
  br i1 %has.flag, label %look, label %by.type
look:
  %offset.place = getelementptr i8, ptr %type, i64 ${vectorcall_offset}
  %offset = load i64, ptr %offset.place
  %entry.place = getelementptr i8, ptr %function, i64 %offset
  %entry = load ptr, ptr %entry.place
  %is.there = icmp ne ptr %entry, null
  br i1 %is.there, label %direct, label %by.type
direct:
  %result = call ptr %entry(ptr %function, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
by.type:
  %thread = call ptr @PyThreadState_Get()
  %made = call ptr @_PyObject_MakeTpCall(ptr %thread, ptr %function, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %made
}
