; The slot of `bool(x)`.
define i32 @truth_of_${kind}(ptr %v) {
  %observing = load i64, ptr ${observing_size}
  %is.observed = icmp ne i64 %observing, 0
  br i1 %is.observed, label %slow, label %look
look:
  %data.place = getelementptr i8, ptr %v, i64 ${data}
  %data = load ptr, ptr %data.place
  %no.data = icmp eq ptr %data, null
  br i1 %no.data, label %slow, label %content
content:
  %data.type.place = getelementptr i8, ptr %data, i64 8
  %data.type = load ptr, ptr %data.type.place
  %is.float = icmp eq ptr %data.type, ${float}
  br i1 %is.float, label %answer, label %slow
answer:
  %value.place = getelementptr i8, ptr %data, i64 16
  %value = load double, ptr %value.place
  %truth = fcmp une double %value, 0.0
  %is.tie = select i1 %truth, i1 false, i1 ${zero_is_tie}
  br i1 %is.tie, label %tie, label %certain
tie:
  ; A number that is just zero is noted, where a run goes on.
  %notes = load i64, ptr ${notes_size}
  %is.noted = icmp ne i64 %notes, 0
  br i1 %is.noted, label %slow, label %certain
certain:
  %wide = zext i1 %truth to i32
  ret i32 %wide
slow:
  %result = call i32 ${before}(ptr %v)
  ret i32 %result
}
