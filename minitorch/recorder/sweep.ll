; The reverse pass, for graphs of Scalars of the table of rules: places are visited from the greatest number on, and by
; then all shares of that Variable's derivative are in. Leaves pass nothing on: they are listed, not visited.

declare ptr @PyList_New(i64)
declare i32 @PyList_Append(ptr, ptr)

; A partial derivative as a number; fails for anything but floats and ints.
define internal double @partial_value(ptr %pages, ptr %partial) {
  %type.place = getelementptr i8, ptr %partial, i64 8
  %type = load ptr, ptr %type.place
  %is.float = icmp eq ptr %type, ${float}
  br i1 %is.float, label %plain, label %other
plain:
  %place = getelementptr i8, ptr %partial, i64 16
  %value = load double, ptr %place
  ret double %value
other:
  %is.int = icmp eq ptr %type, ${int}
  br i1 %is.int, label %whole, label %refuse
whole:
  %converted = call double @PyLong_AsDouble(ptr %partial)
  %error = call ptr @PyErr_Occurred()
  %fine = icmp eq ptr %error, null
  br i1 %fine, label %accept, label %clear
accept:
  ret double %converted
clear:
  call void @PyErr_Clear()
  br label %refuse
refuse:
  call void @fail(ptr %pages)
  ret double 0.0
}

; Leave it to Python unless a Variable without operands is a leaf.
define internal void @check_leaf(ptr %pages, ptr %variable) {
  %made.place = getelementptr i8, ptr %variable, i64 ${creator}
  %made = load ptr, ptr %made.place
  %type.place = getelementptr i8, ptr %made, i64 8
  %type = load ptr, ptr %type.place
  %is.living = icmp eq ptr %type, ${History}
  %is.input = icmp eq ptr %type, ${InputHistory}
  %is.history = or i1 %is.living, %is.input
  br i1 %is.history, label %look, label %refuse
look:
  %last.place = getelementptr i8, ptr %made, i64 ${last_fn}
  %last = load ptr, ptr %last.place
  %is.leaf = icmp eq ptr %last, ${None}
  br i1 %is.leaf, label %done, label %refuse
refuse:
  call void @fail(ptr %pages)
  br label %done
done:
  ret void
}

; A Variable is reached for the first time: what it was made from, if anything, has its turn later.
define internal void @enter(ptr %pages, ptr %variable, i64 %number) {
  %left.place = getelementptr i8, ptr %variable, i64 ${first_parent}
  %left = load ptr, ptr %left.place
  %is.leaf = icmp eq ptr %left, ${None}
  br i1 %is.leaf, label %leaf, label %made
leaf:
  call void @check_leaf(ptr %pages, ptr %variable)
  call void @keep_page(ptr %pages, i64 %number)
  %list = getelementptr %Pages, ptr %pages, i32 0, i32 6
  call void @append(ptr %list, ptr %variable)
  ret void
made:
  %page = call i64 @page_of(ptr %pages, i64 %number)
  %first.place = getelementptr %Pages, ptr %pages, i32 0, i32 2
  %first = load i64, ptr %first.place
  %new.first = call i64 @llvm.umin.i64(i64 %first, i64 %page)
  store i64 %new.first, ptr %first.place
  ret void
}
declare i64 @llvm.umin.i64(i64, i64)

; Add a share to the adjoint of a Variable; the first one is taken as it is, so that -0.0 stays.
define internal void @share(ptr %pages, ptr %variable, double %share) {
  %type.place = getelementptr i8, ptr %variable, i64 8
  %type = load ptr, ptr %type.place
  %is.scalar = icmp eq ptr %type, ${Scalar}
  %is.indicator = icmp eq ptr %type, ${Indicator}
  %is.usual = or i1 %is.scalar, %is.indicator
  br i1 %is.usual, label %age, label %refuse
refuse:
  call void @fail(ptr %pages)
  ret void
age:
  %number = call i64 @number_of(ptr %variable)
  %since.place = getelementptr %Pages, ptr %pages, i32 0, i32 9
  %since = load i64, ptr %since.place
  %is.older = icmp slt i64 %number, %since
  br i1 %is.older, label %older, label %reach
older:
  %older.place = getelementptr %Pages, ptr %pages, i32 0, i32 11
  store i1 true, ptr %older.place
  ret void
reach:
  %place = call ptr @place_of(ptr %pages, i64 %number)
  %known = load ptr, ptr %place
  %adjoint.place = getelementptr %Place, ptr %place, i32 0, i32 1
  %first = icmp eq ptr %known, null
  br i1 %first, label %begin, label %sum
begin:
  store ptr %variable, ptr %place
  store double %share, ptr %adjoint.place
  call void @enter(ptr %pages, ptr %variable, i64 %number)
  ret void
sum:
  %before = load double, ptr %adjoint.place
  %total = fadd double %before, %share
  store double %total, ptr %adjoint.place
  ret void
}

; The share of an operand, by the partial derivative; None stands for a constant.
define internal void @pass_on(ptr %pages, ptr %operand, ptr %partial, double %d) {
  %is.none = icmp eq ptr %partial, ${None}
  br i1 %is.none, label %done, label %active
active:
  %finds.place = getelementptr %Pages, ptr %pages, i32 0, i32 14
  %finds = load i1, ptr %finds.place
  br i1 %finds, label %find, label %multiply
find:
  call void @share(ptr %pages, ptr %operand, double 0.0)
  br label %done
multiply:
  %value = call double @partial_value(ptr %pages, ptr %partial)
  %share = fmul double %d, %value
  call void @share(ptr %pages, ptr %operand, double %share)
  br label %done
done:
  ret void
}

; The chain rule at one Variable.
define internal void @pull(ptr %pages, ptr %variable, double %d) {
  %left.place = getelementptr i8, ptr %variable, i64 ${first_parent}
  %left = load ptr, ptr %left.place
  %d.left.place = getelementptr i8, ptr %variable, i64 ${first_partial}
  %d.left = load ptr, ptr %d.left.place
  %is.leaf = icmp eq ptr %left, ${None}
  br i1 %is.leaf, label %done, label %made
made:
  %type.place = getelementptr i8, ptr %left, i64 8
  %type = load ptr, ptr %type.place
  %is.tuple = icmp eq ptr %type, ${tuple}
  br i1 %is.tuple, label %many, label %two
two:
  call void @pass_on(ptr %pages, ptr %left, ptr %d.left, double %d)
  %right.place = getelementptr i8, ptr %variable, i64 ${second_parent}
  %right = load ptr, ptr %right.place
  %d.right.place = getelementptr i8, ptr %variable, i64 ${second_partial}
  %d.right = load ptr, ptr %d.right.place
  call void @pass_on(ptr %pages, ptr %right, ptr %d.right, double %d)
  br label %done
many:
  %size.place = getelementptr i8, ptr %left, i64 16
  %size = load i64, ptr %size.place
  br label %again
again:
  %i = phi i64 [ 0, %many ], [ %next, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %next = add i64 %i, 1
  %offset.items = mul i64 %i, 8
  %offset = add i64 %offset.items, 24
  %partial.place = getelementptr i8, ptr %d.left, i64 %offset
  %partial = load ptr, ptr %partial.place
  %operand.place = getelementptr i8, ptr %left, i64 %offset
  %operand = load ptr, ptr %operand.place
  call void @pass_on(ptr %pages, ptr %operand, ptr %partial, double %d)
  br label %again
done:
  ret void
}

; All Variables that are reached, the youngest first; false where Python has to do it.
define internal i1 @pull_all(ptr %pages) {
  %directory = load ptr, ptr %pages
  %room.place = getelementptr %Pages, ptr %pages, i32 0, i32 1
  %room = load i64, ptr %room.place
  %first.place = getelementptr %Pages, ptr %pages, i32 0, i32 2
  %failed.place = getelementptr %Pages, ptr %pages, i32 0, i32 10
  br label %page.next
page.next:
  %after = phi i64 [ %room, %0 ], [ %page.index, %page.missing ], [ %page.index, %page.done ]
  %failed = load i1, ptr %failed.place
  %first = load i64, ptr %first.place
  %ended = icmp ule i64 %after, %first
  %stop = or i1 %ended, %failed
  br i1 %stop, label %done, label %page.look
page.look:
  %page.index = sub i64 %after, 1
  %page.place = getelementptr ptr, ptr %directory, i64 %page.index
  %page = load ptr, ptr %page.place
  %missing = icmp eq ptr %page, null
  br i1 %missing, label %page.missing, label %place.next
page.missing:
  br label %page.next
place.next:
  %beyond = phi i64 [ 512, %page.look ], [ %index, %place.done ]
  %none.left = icmp eq i64 %beyond, 0
  br i1 %none.left, label %page.done, label %place.look
place.look:
  %index = sub i64 %beyond, 1
  %place = getelementptr %Page, ptr %page, i32 0, i32 2, i64 %index
  %variable = load ptr, ptr %place
  %is.empty = icmp eq ptr %variable, null
  br i1 %is.empty, label %place.done, label %place.pull
place.pull:
  %adjoint.place = getelementptr %Place, ptr %place, i32 0, i32 1
  %adjoint = load double, ptr %adjoint.place
  call void @pull(ptr %pages, ptr %variable, double %adjoint)
  br label %place.done
place.done:
  br label %place.next
page.done:
  call void @leave_page(ptr %pages, i64 %page.index)
  br label %page.next
done:
  %good = xor i1 %failed, true
  ret i1 %good
}

; The adjoints of the Variables of a list are wanted in the end.
define internal void @keep_all(ptr %pages, ptr %list) {
  %size.place = getelementptr i8, ptr %list, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %list, i64 24
  %items = load ptr, ptr %items.place
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %place = getelementptr ptr, ptr %items, i64 %i
  %variable = load ptr, ptr %place
  %number = call i64 @number_of(ptr %variable)
  call void @keep_page(ptr %pages, i64 %number)
  %next = add i64 %i, 1
  br label %again
done:
  ret void
}

; The greatest number of the Variables of a list.
define internal i64 @greatest_of(ptr %items, i64 %size) {
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %item ]
  %greatest = phi i64 [ 0, %0 ], [ %new.greatest, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %place = getelementptr ptr, ptr %items, i64 %i
  %variable = load ptr, ptr %place
  %number = call i64 @number_of(ptr %variable)
  %new.greatest = call i64 @llvm.umax.i64(i64 %greatest, i64 %number)
  %next = add i64 %i, 1
  br label %again
done:
  ret i64 %greatest
}
declare i64 @llvm.umax.i64(i64, i64)

; Append the leaves that were reached to a list of Python's.
define internal void @append_leaves(ptr %pages, ptr %list) {
  %leaves.place = getelementptr %Pages, ptr %pages, i32 0, i32 6
  %leaves = load ptr, ptr %leaves.place
  %count.place = getelementptr %Pages, ptr %pages, i32 0, i32 7
  %count = load i64, ptr %count.place
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %item ]
  %finished = icmp eq i64 %i, %count
  br i1 %finished, label %done, label %item
item:
  %leaf.place = getelementptr ptr, ptr %leaves, i64 %i
  %leaf = load ptr, ptr %leaf.place
  %status = call i32 @PyList_Append(ptr %list, ptr %leaf)
  %next = add i64 %i, 1
  br label %again
done:
  ret void
}

; A list with the adjoint of each Variable of a list, 0.0 for those that were not reached.
define internal ptr @adjoints_of(ptr %pages, ptr %wanted) {
  %size.place = getelementptr i8, ptr %wanted, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %wanted, i64 24
  %items = load ptr, ptr %items.place
  %result = call ptr @PyList_New(i64 %size)
  %result.items.place = getelementptr i8, ptr %result, i64 24
  %result.items = load ptr, ptr %result.items.place
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %store ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %item.place = getelementptr ptr, ptr %items, i64 %i
  %variable = load ptr, ptr %item.place
  %number = call i64 @number_of(ptr %variable)
  %place = call ptr @known_place(ptr %pages, i64 %number)
  %missing = icmp eq ptr %place, null
  br i1 %missing, label %store, label %look
look:
  %known = load ptr, ptr %place
  %reached = icmp eq ptr %known, %variable
  %adjoint.place = getelementptr %Place, ptr %place, i32 0, i32 1
  %adjoint = load double, ptr %adjoint.place
  %found = select i1 %reached, double %adjoint, double 0.0
  br label %store
store:
  %value = phi double [ 0.0, %item ], [ %found, %look ]
  %float = call ptr @PyFloat_FromDouble(double %value)
  %result.place = getelementptr ptr, ptr %result.items, i64 %i
  store ptr %float, ptr %result.place
  %next = add i64 %i, 1
  br label %again
done:
  ret ptr %result
}

; For Python: sweep(outputs, cotangents, wanted, since, how), three lists and two ints. With how = 1 the leaves are
; wanted: they are appended to that list. With how = 2 it is left to Python if anything older is behind the outputs.
define ptr @sweep(ptr %self, ptr %arguments, i64 %how.many) {
  %pages = alloca %Pages
  %outputs = load ptr, ptr %arguments
  %cotangents.place = getelementptr ptr, ptr %arguments, i64 1
  %cotangents = load ptr, ptr %cotangents.place
  %wanted.place = getelementptr ptr, ptr %arguments, i64 2
  %wanted = load ptr, ptr %wanted.place
  %since.place = getelementptr ptr, ptr %arguments, i64 3
  %since.object = load ptr, ptr %since.place
  %since = call i64 @PyLong_AsLongLong(ptr %since.object)
  %how.place = getelementptr ptr, ptr %arguments, i64 4
  %how.object = load ptr, ptr %how.place
  %how = call i64 @PyLong_AsLongLong(ptr %how.object)
  %size.place = getelementptr i8, ptr %outputs, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %outputs, i64 24
  %items = load ptr, ptr %items.place
  %seeds.place = getelementptr i8, ptr %cotangents, i64 24
  %seeds = load ptr, ptr %seeds.place
  %greatest = call i64 @greatest_of(ptr %items, i64 %size)
  call void @start(ptr %pages, i64 %greatest, i64 %since)
  call void @keep_all(ptr %pages, ptr %wanted)
  br label %seed.next
seed.next:
  %i = phi i64 [ 0, %0 ], [ %next, %seed ]
  %seeded = icmp eq i64 %i, %size
  br i1 %seeded, label %pull, label %seed
seed:
  %output.place = getelementptr ptr, ptr %items, i64 %i
  %output = load ptr, ptr %output.place
  %seed.place = getelementptr ptr, ptr %seeds, i64 %i
  %seed.object = load ptr, ptr %seed.place
  call void @pass_on(ptr %pages, ptr %output, ptr %seed.object, double 1.0)
  %next = add i64 %i, 1
  br label %seed.next
pull:
  %good = call i1 @pull_all(ptr %pages)
  %older.place = getelementptr %Pages, ptr %pages, i32 0, i32 11
  %older = load i1, ptr %older.place
  %alone = icmp eq i64 %how, 2
  %lost = and i1 %older, %alone
  %whole = xor i1 %lost, true
  %answers = and i1 %good, %whole
  br i1 %answers, label %answer, label %give.up
answer:
  %by.leaves = icmp eq i64 %how, 1
  br i1 %by.leaves, label %find.leaves, label %list
find.leaves:
  call void @append_leaves(ptr %pages, ptr %wanted)
  br label %list
list:
  %result = call ptr @adjoints_of(ptr %pages, ptr %wanted)
  br label %close
give.up:
  call void @retain(ptr ${None})
  br label %close
close:
  %returned = phi ptr [ %result, %list ], [ ${None}, %give.up ]
  call void @finish(ptr %pages)
  ret ptr %returned
}
