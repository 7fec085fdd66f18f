; The reverse pass: nodes are put in order by a table over their numbers and visited from the youngest on, with their
; adjoints in an array of floats. Leaves pass nothing on and take no place in that order.

; A partial derivative as a number; fails for anything but floats and ints.
define internal double @partial_value(ptr %state, ptr %partial) {
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
  call void @fail(ptr %state)
  ret double 0.0
}

; Add the share of an operand to its adjoint; the first one is taken as it is, so that -0.0 stays.
define internal void @share(ptr %state, ptr %adjoints, ptr %reached, i64 %index, double %d, ptr %partial) {
  %skipped = icmp slt i64 %index, 0
  br i1 %skipped, label %done, label %active
active:
  %value = call double @partial_value(ptr %state, ptr %partial)
  %share = fmul double %d, %value
  %adjoint.place = getelementptr double, ptr %adjoints, i64 %index
  %reached.place = getelementptr i8, ptr %reached, i64 %index
  %was.reached = load i8, ptr %reached.place
  %first = icmp eq i8 %was.reached, 0
  br i1 %first, label %begin, label %sum
begin:
  store i8 1, ptr %reached.place
  store double %share, ptr %adjoint.place
  br label %done
sum:
  %known = load double, ptr %adjoint.place
  %total = fadd double %known, %share
  store double %total, ptr %adjoint.place
  br label %done
done:
  ret void
}

; The chain rule at one node.
define internal void @pull(ptr %state, ptr %adjoints, ptr %reached, i64 %index) {
  %reached.place = getelementptr i8, ptr %reached, i64 %index
  %is.reached = load i8, ptr %reached.place
  %unreached = icmp eq i8 %is.reached, 0
  br i1 %unreached, label %done, label %active
active:
  %adjoint.place = getelementptr double, ptr %adjoints, i64 %index
  %d = load double, ptr %adjoint.place
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %node.place = getelementptr ptr, ptr %nodes, i64 %index
  %node = load ptr, ptr %node.place
  %lefts.place = getelementptr %State, ptr %state, i32 0, i32 9
  %lefts = load ptr, ptr %lefts.place
  %own.left = getelementptr i64, ptr %lefts, i64 %index
  %left.index = load i64, ptr %own.left
  %d.left.place = getelementptr i8, ptr %node, i64 ${d_left}
  %d.left = load ptr, ptr %d.left.place
  %is.many = icmp eq i64 %left.index, -2
  br i1 %is.many, label %many, label %two
two:
  call void @share(ptr %state, ptr %adjoints, ptr %reached, i64 %left.index, double %d, ptr %d.left)
  %rights.place = getelementptr %State, ptr %state, i32 0, i32 10
  %rights = load ptr, ptr %rights.place
  %own.right = getelementptr i64, ptr %rights, i64 %index
  %right.index = load i64, ptr %own.right
  %d.right.place = getelementptr i8, ptr %node, i64 ${d_right}
  %d.right = load ptr, ptr %d.right.place
  call void @share(ptr %state, ptr %adjoints, ptr %reached, i64 %right.index, double %d, ptr %d.right)
  br label %done
many:
  %left.place = getelementptr i8, ptr %node, i64 ${left}
  %left = load ptr, ptr %left.place
  %size.place = getelementptr i8, ptr %left, i64 16
  %size = load i64, ptr %size.place
  br label %again
again:
  %i = phi i64 [ 0, %many ], [ %next, %passed ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %done, label %item
item:
  %next = add i64 %i, 1
  %offset.elements = mul i64 %i, 8
  %offset = add i64 %offset.elements, 24
  %partial.place = getelementptr i8, ptr %d.left, i64 %offset
  %partial = load ptr, ptr %partial.place
  %skipped = icmp eq ptr %partial, ${None}
  br i1 %skipped, label %passed, label %pass
pass:
  %operand.place = getelementptr i8, ptr %left, i64 %offset
  %operand = load ptr, ptr %operand.place
  %operand.index = call i64 @find(ptr %state, ptr %operand)
  call void @share(ptr %state, ptr %adjoints, ptr %reached, i64 %operand.index, double %d, ptr %partial)
  br label %passed
passed:
  br label %again
done:
  ret void
}

; All nodes that are no leaves, the youngest first.
define internal void @pull_all(ptr %state, ptr %adjoints, ptr %reached) {
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  %least.place = getelementptr %State, ptr %state, i32 0, i32 6
  %least = load i64, ptr %least.place
  %greatest.place = getelementptr %State, ptr %state, i32 0, i32 7
  %greatest = load i64, ptr %greatest.place
  %any = icmp sle i64 %least, %greatest
  br i1 %any, label %measure, label %return
measure:
  %range = sub i64 %greatest, %least
  %entries = add i64 %range, 1
  %dense = mul i64 %count, 64
  %bound = add i64 %dense, 65536
  %is.sparse = icmp sgt i64 %entries, %bound
  br i1 %is.sparse, label %refuse, label %sort
refuse:
  ; Python sorts what lies so far apart.
  call void @fail(ptr %state)
  br label %return
sort:
  %order = call ptr @calloc(i64 %entries, i64 8)
  %ids.place = getelementptr %State, ptr %state, i32 0, i32 8
  %ids = load ptr, ptr %ids.place
  %lefts.place = getelementptr %State, ptr %state, i32 0, i32 9
  %lefts = load ptr, ptr %lefts.place
  br label %place.next
place.next:
  %index = phi i64 [ 0, %sort ], [ %following, %placed ]
  %placed.all = icmp eq i64 %index, %count
  br i1 %placed.all, label %visit, label %place.one
place.one:
  %following = add i64 %index, 1
  %own.left = getelementptr i64, ptr %lefts, i64 %index
  %left.index = load i64, ptr %own.left
  %is.leaf = icmp eq i64 %left.index, -3
  br i1 %is.leaf, label %placed, label %store
store:
  %id.place = getelementptr i64, ptr %ids, i64 %index
  %id = load i64, ptr %id.place
  %rank = sub i64 %id, %least
  %rank.place = getelementptr i64, ptr %order, i64 %rank
  store i64 %following, ptr %rank.place
  br label %placed
placed:
  br label %place.next
visit:
  br label %visit.next
visit.next:
  %remaining = phi i64 [ %entries, %visit ], [ %before, %visited ]
  %visited.all = icmp eq i64 %remaining, 0
  br i1 %visited.all, label %end, label %visit.one
visit.one:
  %before = sub i64 %remaining, 1
  %entry.place = getelementptr i64, ptr %order, i64 %before
  %entry = load i64, ptr %entry.place
  %is.gap = icmp eq i64 %entry, 0
  br i1 %is.gap, label %visited, label %pull
pull:
  %node.index = sub i64 %entry, 1
  call void @pull(ptr %state, ptr %adjoints, ptr %reached, i64 %node.index)
  br label %visited
visited:
  br label %visit.next
end:
  call void @free(ptr %order)
  br label %return
return:
  ret void
}

; For Python: sweep(outputs, cotangents, wanted, since, how), three lists and two ints. With how = 1 the leaves are
; wanted: they are appended to that list. With how = 2 it is left to Python if anything older is behind the outputs.
define ptr @sweep(ptr %self, ptr %arguments, i64 %how.many) {
  %state = alloca %State
  %outputs = load ptr, ptr %arguments
  %cotangents.place = getelementptr ptr, ptr %arguments, i64 1
  %cotangents = load ptr, ptr %cotangents.place
  %wanted.place = getelementptr ptr, ptr %arguments, i64 2
  %wanted = load ptr, ptr %wanted.place
  %since.place = getelementptr ptr, ptr %arguments, i64 3
  %since.object = load ptr, ptr %since.place
  %how.place = getelementptr ptr, ptr %arguments, i64 4
  %how.object = load ptr, ptr %how.place
  %how = call i64 @PyLong_AsLongLong(ptr %how.object)
  %collected = call i1 @collect(ptr %state, ptr %outputs, ptr %since.object)
  %older.place = getelementptr %State, ptr %state, i32 0, i32 12
  %older = load i1, ptr %older.place
  %alone = icmp eq i64 %how, 2
  %lost = and i1 %older, %alone
  %whole = xor i1 %lost, true
  %good = and i1 %collected, %whole
  %outputs.size.place = getelementptr i8, ptr %outputs, i64 16
  %outputs.size = load i64, ptr %outputs.size.place
  %outputs.items.place = getelementptr i8, ptr %outputs, i64 24
  %outputs.items = load ptr, ptr %outputs.items.place
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  %good.place = getelementptr %State, ptr %state, i32 0, i32 11
  br i1 %good, label %seed, label %give.up
seed:
  %by.leaves = icmp eq i64 %how, 1
  br i1 %by.leaves, label %find.leaves, label %room
find.leaves:
  call void @append_leaves(ptr %state, ptr %wanted)
  br label %room
room:
  %adjoints = call ptr @calloc(i64 %count, i64 8)
  %reached = call ptr @calloc(i64 %count, i64 1)
  %cotangents.items.place = getelementptr i8, ptr %cotangents, i64 24
  %cotangents.items = load ptr, ptr %cotangents.items.place
  br label %seed.next
seed.next:
  %s = phi i64 [ 0, %room ], [ %s.next, %seed.one ]
  %seeded = icmp eq i64 %s, %outputs.size
  br i1 %seeded, label %pull, label %seed.one
seed.one:
  %s.output.place = getelementptr ptr, ptr %outputs.items, i64 %s
  %s.output = load ptr, ptr %s.output.place
  %s.index = call i64 @find(ptr %state, ptr %s.output)
  %s.place = getelementptr ptr, ptr %cotangents.items, i64 %s
  %s.object = load ptr, ptr %s.place
  call void @share(ptr %state, ptr %adjoints, ptr %reached, i64 %s.index, double 1.0, ptr %s.object)
  %s.next = add i64 %s, 1
  br label %seed.next
pull:
  call void @pull_all(ptr %state, ptr %adjoints, ptr %reached)
  %still.good = load i1, ptr %good.place
  br i1 %still.good, label %answer, label %drop
answer:
  %wanted.size.place = getelementptr i8, ptr %wanted, i64 16
  %wanted.size = load i64, ptr %wanted.size.place
  %wanted.items.place = getelementptr i8, ptr %wanted, i64 24
  %wanted.items = load ptr, ptr %wanted.items.place
  %result = call ptr @PyList_New(i64 %wanted.size)
  %result.items.place = getelementptr i8, ptr %result, i64 24
  %result.items = load ptr, ptr %result.items.place
  br label %answer.next
answer.next:
  %a = phi i64 [ 0, %answer ], [ %a.next, %answer.store ]
  %answered = icmp eq i64 %a, %wanted.size
  br i1 %answered, label %release, label %answer.one
answer.one:
  %a.place = getelementptr ptr, ptr %wanted.items, i64 %a
  %a.object = load ptr, ptr %a.place
  %a.index = call i64 @find(ptr %state, ptr %a.object)
  %a.missing = icmp slt i64 %a.index, 0
  br i1 %a.missing, label %answer.store, label %answer.known
answer.known:
  %a.adjoint.place = getelementptr double, ptr %adjoints, i64 %a.index
  %a.adjoint = load double, ptr %a.adjoint.place
  br label %answer.store
answer.store:
  %a.value = phi double [ 0.0, %answer.one ], [ %a.adjoint, %answer.known ]
  %a.float = call ptr @PyFloat_FromDouble(double %a.value)
  %a.result.place = getelementptr ptr, ptr %result.items, i64 %a
  store ptr %a.float, ptr %a.result.place
  %a.next = add i64 %a, 1
  br label %answer.next
drop:
  br label %release
release:
  %returned = phi ptr [ %result, %answer.next ], [ ${None}, %drop ]
  call void @free(ptr %adjoints)
  call void @free(ptr %reached)
  br label %close
give.up:
  br label %close
close:
  %final = phi ptr [ %returned, %release ], [ ${None}, %give.up ]
  call void @finish(ptr %state)
  %is.none = icmp eq ptr %final, ${None}
  br i1 %is.none, label %hold, label %return
hold:
  call void @Py_IncRef(ptr ${None})
  br label %return
return:
  ret ptr %final
}
