; Functions of C that Python has from 3.11 on.

declare i32 @PyFrame_GetLasti(ptr)
declare ptr @PyObject_CallOneArg(ptr, ptr)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
