; Python's objects without calls of C: references, whole numbers, and the end of a Variable.

declare void @_Py_Dealloc(ptr)
declare ptr @_PyObject_GC_New(ptr)
declare void @PyObject_GC_UnTrack(ptr)
declare void @PyObject_GC_Del(ptr)
declare i64 @PyLong_AsLongLong(ptr)

; Take a reference. From Python 3.12 on there are objects that live for ever: the lower half of their count is negative.
define internal void @retain(ptr %object) alwaysinline {
  %count = load i64, ptr %object
  %half = trunc i64 %count to i32
  %is.negative = icmp slt i32 %half, 0
  %is.immortal = and i1 %is.negative, ${has_immortals}
  %step = select i1 %is.immortal, i64 0, i64 1
  %more = add i64 %count, %step
  store i64 %more, ptr %object
  ret void
}

; Let a reference go.
define internal void @release(ptr %object) alwaysinline {
  %count = load i64, ptr %object
  %half = trunc i64 %count to i32
  %is.negative = icmp slt i32 %half, 0
  %is.immortal = and i1 %is.negative, ${has_immortals}
  br i1 %is.immortal, label %done, label %count.down
count.down:
  %less = sub i64 %count, 1
  store i64 %less, ptr %object
  %is.last = icmp eq i64 %less, 0
  br i1 %is.last, label %end, label %done
end:
  call void @_Py_Dealloc(ptr %object)
  br label %done
done:
  ret void
}

; A whole number that is not negative: of two digits of 30 bits, or one; larger ones are asked for.
define internal i64 @whole_number(ptr %object) alwaysinline {
  %size.place = getelementptr i8, ptr %object, i64 16
  %size = load i64, ptr %size.place
  %digits = lshr i64 %size, ${digits_shift}
  %is.small = icmp ule i64 %digits, 2
  br i1 %is.small, label %read, label %ask
read:
  %first.place = getelementptr i8, ptr %object, i64 24
  %first = load i32, ptr %first.place
  %low = zext i32 %first to i64
  %is.one = icmp ult i64 %digits, 2
  br i1 %is.one, label %one, label %two
one:
  ret i64 %low
two:
  %second.place = getelementptr i8, ptr %object, i64 28
  %second = load i32, ptr %second.place
  %wide = zext i32 %second to i64
  %high = shl i64 %wide, 30
  %number = or i64 %low, %high
  ret i64 %number
ask:
  %asked = call i64 @PyLong_AsLongLong(ptr %object)
  ret i64 %asked
}

; Let go what a slot holds, if anything.
define internal void @clear(ptr %object, i64 %offset) alwaysinline {
  %place = getelementptr i8, ptr %object, i64 %offset
  %value = load ptr, ptr %place
  %is.empty = icmp eq ptr %value, null
  br i1 %is.empty, label %done, label %full
full:
  store ptr null, ptr %place
  call void @release(ptr %value)
  br label %done
done:
  ret void
}

; Variables without references whose turn to end has not come yet, linked by the first word of their header for the
; garbage collector; and whether somebody is at it. So chains of any length end without recursion.
@waiting = internal global ptr null
@is.ending = internal global i1 false

; The end of a Scalar, whatever its class: `tp_dealloc`.
define void @end_variable(ptr %object) {
  %link = getelementptr i8, ptr %object, i64 -16
  %tracked.by = load ptr, ptr %link
  %is.untracked = icmp eq ptr %tracked.by, null
  br i1 %is.untracked, label %queue, label %untrack
untrack:
  call void @PyObject_GC_UnTrack(ptr %object)
  br label %queue
queue:
  %rest = load ptr, ptr @waiting
  store ptr %rest, ptr %link
  store ptr %object, ptr @waiting
  %is.busy = load i1, ptr @is.ending
  br i1 %is.busy, label %done, label %begin
done:
  ret void
begin:
  store i1 true, ptr @is.ending
  br label %next
next:
  %first = load ptr, ptr @waiting
  %is.last = icmp eq ptr %first, null
  br i1 %is.last, label %finish, label %one
finish:
  store i1 false, ptr @is.ending
  ret void
one:
  %first.link = getelementptr i8, ptr %first, i64 -16
  %others = load ptr, ptr %first.link
  store ptr %others, ptr @waiting
  store ptr null, ptr %first.link
  call void @clear(ptr %first, i64 ${data})
  call void @clear(ptr %first, i64 ${unique_id})
  call void @clear(ptr %first, i64 ${first_partial})
  call void @clear(ptr %first, i64 ${second_partial})
  call void @clear(ptr %first, i64 ${instruction})
  call void @clear(ptr %first, i64 ${code})
  call void @clear(ptr %first, i64 ${derivative})
  call void @clear(ptr %first, i64 ${name})
  call void @clear(ptr %first, i64 ${first_parent})
  call void @clear(ptr %first, i64 ${second_parent})
  call void @clear(ptr %first, i64 ${creator})
  %type.place = getelementptr i8, ptr %first, i64 8
  %type = load ptr, ptr %type.place
  call void @PyObject_GC_Del(ptr %first)
  call void @release(ptr %type)
  br label %next
}
