; Forward mode: how outputs move if inputs do. A pass back finds what is behind the outputs; then, the oldest first, each
; Variable moves by those of its operands that move. A place holds the movement where the reverse pass has the adjoint,
; and the lowest bit of its pointer says that the Variable moves at all: what stands still takes no part in any sum.

; How the Variable at a place moves: whether it does, and by how much.
define internal { i1, double } @movement(ptr %place) alwaysinline {
  %pointer = load ptr, ptr %place
  %bits = ptrtoint ptr %pointer to i64
  %tag = and i64 %bits, 1
  %moves = icmp ne i64 %tag, 0
  %amount.place = getelementptr %Place, ptr %place, i32 0, i32 1
  %amount = load double, ptr %amount.place
  %a = insertvalue { i1, double } undef, i1 %moves, 0
  %b = insertvalue { i1, double } %a, double %amount, 1
  ret { i1, double } %b
}

define internal void @move(ptr %place, double %amount) alwaysinline {
  %pointer = load ptr, ptr %place
  %bits = ptrtoint ptr %pointer to i64
  %tagged = or i64 %bits, 1
  store i64 %tagged, ptr %place
  %amount.place = getelementptr %Place, ptr %place, i32 0, i32 1
  store double %amount, ptr %amount.place
  ret void
}

; Add what an operand contributes to { whether there is anything, the sum so far }.
define internal { i1, double } @contribution(ptr %pages, ptr %operand, ptr %partial, { i1, double } %before) {
  %is.none = icmp eq ptr %partial, ${None}
  br i1 %is.none, label %same, label %look
look:
  %number = call i64 @number_of(ptr %operand)
  %place = call ptr @known_place(ptr %pages, i64 %number)
  %missing = icmp eq ptr %place, null
  br i1 %missing, label %same, label %found
found:
  %movement = call { i1, double } @movement(ptr %place)
  %moves = extractvalue { i1, double } %movement, 0
  br i1 %moves, label %add, label %same
add:
  %amount = extractvalue { i1, double } %movement, 1
  %value = call double @partial_value(ptr %pages, ptr %partial)
  %product = fmul double %value, %amount
  %some = extractvalue { i1, double } %before, 0
  %sum = extractvalue { i1, double } %before, 1
  %total = fadd double %sum, %product
  %chosen = select i1 %some, double %total, double %product
  %a = insertvalue { i1, double } undef, i1 true, 0
  %b = insertvalue { i1, double } %a, double %chosen, 1
  ret { i1, double } %b
same:
  ret { i1, double } %before
}

; All that the operands of a Variable contribute.
define internal { i1, double } @contributions(ptr %pages, ptr %variable) {
  %nothing = insertvalue { i1, double } { i1 false, double 0.0 }, i1 false, 0
  %left.place = getelementptr i8, ptr %variable, i64 ${first_parent}
  %left = load ptr, ptr %left.place
  %d.left.place = getelementptr i8, ptr %variable, i64 ${first_partial}
  %d.left = load ptr, ptr %d.left.place
  %is.leaf = icmp eq ptr %left, ${None}
  br i1 %is.leaf, label %none, label %made
none:
  ret { i1, double } %nothing
made:
  %type.place = getelementptr i8, ptr %left, i64 8
  %type = load ptr, ptr %type.place
  %is.tuple = icmp eq ptr %type, ${tuple}
  br i1 %is.tuple, label %many, label %two
two:
  %of.left = call { i1, double } @contribution(ptr %pages, ptr %left, ptr %d.left, { i1, double } %nothing)
  %right.place = getelementptr i8, ptr %variable, i64 ${second_parent}
  %right = load ptr, ptr %right.place
  %d.right.place = getelementptr i8, ptr %variable, i64 ${second_partial}
  %d.right = load ptr, ptr %d.right.place
  %of.both = call { i1, double } @contribution(ptr %pages, ptr %right, ptr %d.right, { i1, double } %of.left)
  ret { i1, double } %of.both
many:
  %size.place = getelementptr i8, ptr %left, i64 16
  %size = load i64, ptr %size.place
  br label %again
again:
  %i = phi i64 [ 0, %many ], [ %next, %item ]
  %so.far = phi { i1, double } [ %nothing, %many ], [ %more, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %next = add i64 %i, 1
  %offset.items = mul i64 %i, 8
  %offset = add i64 %offset.items, 24
  %operand.place = getelementptr i8, ptr %left, i64 %offset
  %operand = load ptr, ptr %operand.place
  %partial.place = getelementptr i8, ptr %d.left, i64 %offset
  %partial = load ptr, ptr %partial.place
  %more = call { i1, double } @contribution(ptr %pages, ptr %operand, ptr %partial, { i1, double } %so.far)
  br label %again
done:
  ret { i1, double } %so.far
}

; All Variables that were found, the oldest first.
define internal void @push_all(ptr %pages) {
  %directory = load ptr, ptr %pages
  %room.place = getelementptr %Pages, ptr %pages, i32 0, i32 1
  %room = load i64, ptr %room.place
  br label %page.next
page.next:
  %page.index = phi i64 [ 0, %0 ], [ %page.after, %page.done ]
  %ended = icmp eq i64 %page.index, %room
  br i1 %ended, label %done, label %page.look
page.look:
  %page.place = getelementptr ptr, ptr %directory, i64 %page.index
  %page = load ptr, ptr %page.place
  %missing = icmp eq ptr %page, null
  br i1 %missing, label %page.done, label %place.next
place.next:
  %index = phi i64 [ 0, %page.look ], [ %after, %place.done ]
  %none.left = icmp eq i64 %index, 512
  br i1 %none.left, label %page.done, label %place.look
place.look:
  %place = getelementptr %Page, ptr %page, i32 0, i32 2, i64 %index
  %pointer = load ptr, ptr %place
  %bits = ptrtoint ptr %pointer to i64
  %tag = and i64 %bits, 1
  %is.empty = icmp eq i64 %bits, 0
  %moves.already = icmp ne i64 %tag, 0
  %is.settled = or i1 %is.empty, %moves.already
  br i1 %is.settled, label %place.done, label %place.push
place.push:
  %movement = call { i1, double } @contributions(ptr %pages, ptr %pointer)
  %moves = extractvalue { i1, double } %movement, 0
  br i1 %moves, label %place.move, label %place.done
place.move:
  %amount = extractvalue { i1, double } %movement, 1
  call void @move(ptr %place, double %amount)
  br label %place.done
place.done:
  %after = add i64 %index, 1
  br label %place.next
page.done:
  %page.after = add i64 %page.index, 1
  br label %page.next
done:
  ret void
}

; Inputs that were found begin to move, unless by zero.
define internal void @move_inputs(ptr %pages, ptr %inputs, ptr %tangents) {
  %size.place = getelementptr i8, ptr %inputs, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %inputs, i64 24
  %items = load ptr, ptr %items.place
  %amounts.place = getelementptr i8, ptr %tangents, i64 24
  %amounts = load ptr, ptr %amounts.place
  br label %again
again:
  %i = phi i64 [ 0, %0 ], [ %next, %following ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %item.place = getelementptr ptr, ptr %items, i64 %i
  %variable = load ptr, ptr %item.place
  %number = call i64 @number_of(ptr %variable)
  %place = call ptr @known_place(ptr %pages, i64 %number)
  %missing = icmp eq ptr %place, null
  br i1 %missing, label %following, label %look
look:
  %known = load ptr, ptr %place
  %found = icmp eq ptr %known, %variable
  %amount.object.place = getelementptr ptr, ptr %amounts, i64 %i
  %amount.object = load ptr, ptr %amount.object.place
  %amount = call double @partial_value(ptr %pages, ptr %amount.object)
  %is.some = fcmp une double %amount, 0.0
  %moves = and i1 %found, %is.some
  br i1 %moves, label %begin, label %following
begin:
  call void @move(ptr %place, double %amount)
  br label %following
following:
  %next = add i64 %i, 1
  br label %again
done:
  ret void
}

; A list of how the Variables of a list move.
define internal ptr @movements_of(ptr %pages, ptr %outputs) {
  %size.place = getelementptr i8, ptr %outputs, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %outputs, i64 24
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
  %movement = call { i1, double } @movement(ptr %place)
  %moves = extractvalue { i1, double } %movement, 0
  %amount = extractvalue { i1, double } %movement, 1
  %found = select i1 %moves, double %amount, double 0.0
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

; For Python: jvp(outputs, inputs, tangents, since), three lists and an int; None where Python has to do it.
define ptr @jvp(ptr %self, ptr %arguments, i64 %how.many) {
  %pages = alloca %Pages
  %outputs = load ptr, ptr %arguments
  %inputs.place = getelementptr ptr, ptr %arguments, i64 1
  %inputs = load ptr, ptr %inputs.place
  %tangents.place = getelementptr ptr, ptr %arguments, i64 2
  %tangents = load ptr, ptr %tangents.place
  %since.place = getelementptr ptr, ptr %arguments, i64 3
  %since.object = load ptr, ptr %since.place
  %since = call i64 @PyLong_AsLongLong(ptr %since.object)
  %size.place = getelementptr i8, ptr %outputs, i64 16
  %size = load i64, ptr %size.place
  %items.place = getelementptr i8, ptr %outputs, i64 24
  %items = load ptr, ptr %items.place
  %greatest = call i64 @greatest_of(ptr %items, i64 %size)
  call void @start(ptr %pages, i64 %greatest, i64 %since)
  %finds.place = getelementptr %Pages, ptr %pages, i32 0, i32 14
  store i1 true, ptr %finds.place
  br label %find.next
find.next:
  %i = phi i64 [ 0, %0 ], [ %next, %find ]
  %all.found = icmp eq i64 %i, %size
  br i1 %all.found, label %go.back, label %find
find:
  %output.place = getelementptr ptr, ptr %items, i64 %i
  %output = load ptr, ptr %output.place
  call void @share(ptr %pages, ptr %output, double 0.0)
  %next = add i64 %i, 1
  br label %find.next
go.back:
  %good = call i1 @pull_all(ptr %pages)
  br i1 %good, label %go.forward, label %give.up
go.forward:
  call void @move_inputs(ptr %pages, ptr %inputs, ptr %tangents)
  call void @push_all(ptr %pages)
  %failed.place = getelementptr %Pages, ptr %pages, i32 0, i32 10
  %failed = load i1, ptr %failed.place
  br i1 %failed, label %give.up, label %answer
answer:
  %result = call ptr @movements_of(ptr %pages, ptr %outputs)
  br label %close
give.up:
  call void @retain(ptr ${None})
  br label %close
close:
  %returned = phi ptr [ %result, %answer ], [ ${None}, %give.up ]
  call void @finish(ptr %pages)
  ret ptr %returned
}
