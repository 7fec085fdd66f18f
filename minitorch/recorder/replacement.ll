; For Python: what stands in for the function of `math` that ${function} is the Function of.
define ptr @call_${function}(ptr %self, ptr %arguments, i64 %how.many, ptr %names) {
  %is.one = icmp eq i64 %how.many, 1
  %no.names = icmp eq ptr %names, null
  %fits = and i1 %is.one, %no.names
  br i1 %fits, label %look, label %slow
look:
  %x = load ptr, ptr %arguments
  %type.place = getelementptr i8, ptr %x, i64 8
  %type = load ptr, ptr %type.place
  %is.float = icmp eq ptr %type, ${float}
  br i1 %is.float, label %plain, label %record
plain:
  %number = call ptr @PyObject_Vectorcall(ptr ${plain}, ptr %arguments, i64 1, ptr null)
  ret ptr %number
record:
  %made = call ptr @record_${function}(ptr %x)
  %unusual = icmp eq ptr %made, null
  br i1 %unusual, label %slow, label %done
done:
  ret ptr %made
slow:
  %result = call ptr @left_to_python(ptr ${usual}, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
}
