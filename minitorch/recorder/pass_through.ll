; For Python: what stands in for `${plain_name}`, which has something to do for a function given by keyword alone.
define ptr @call_${plain_name}(ptr %self, ptr %arguments, i64 %how.many, ptr %names) {
  %no.names = icmp eq ptr %names, null
  %function = select i1 %no.names, ptr ${plain}, ptr ${usual}
  %result = call ptr @PyObject_Vectorcall(ptr %function, ptr %arguments, i64 %how.many, ptr %names)
  ret ptr %result
}
