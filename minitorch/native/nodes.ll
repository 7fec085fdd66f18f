; The graph behind some Variables as a table of nodes: found as in `topological_sort`, without recursion.
;
;     %State     nodes in the order in which they were found, and a table of their indices by address
;     @add       the index of a Variable, which becomes a node if it is none yet
;     @expand    makes nodes of the operands of a node
;     @collect   does so for all
declare ptr @malloc(i64)
declare ptr @realloc(ptr, i64)
declare ptr @calloc(i64, i64)
declare void @free(ptr)
declare i64 @PyLong_AsLongLong(ptr)
declare ptr @PyList_New(i64)
declare i32 @PyList_Append(ptr, ptr)

; 0 nodes, 1 how many, 2 room for, 3 table of indices + 1 by address, 4 its mask, 5 since, 6 and 7 the least and the
; greatest number, 8 those of the nodes, 9 and 10 the operands of the nodes, 11 whether all went well, 12 whether
; there is anything older
%State = type { ptr, i64, i64, ptr, i64, i64, i64, i64, ptr, ptr, ptr, i1, i1 }

define internal i64 @slot_of(ptr %state, ptr %object) {
  %table.place = getelementptr %State, ptr %state, i32 0, i32 3
  %table = load ptr, ptr %table.place
  %mask.place = getelementptr %State, ptr %state, i32 0, i32 4
  %mask = load i64, ptr %mask.place
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %bits = ptrtoint ptr %object to i64
  %spread = mul i64 %bits, -7046029254386353131
  %start = lshr i64 %spread, 24
  br label %probe
probe:
  %at = phi i64 [ %start, %0 ], [ %next, %other ]
  %slot = and i64 %at, %mask
  %entry.place = getelementptr i64, ptr %table, i64 %slot
  %entry = load i64, ptr %entry.place
  %is.free = icmp eq i64 %entry, 0
  br i1 %is.free, label %done, label %taken
taken:
  %index = sub i64 %entry, 1
  %node.place = getelementptr ptr, ptr %nodes, i64 %index
  %node = load ptr, ptr %node.place
  %same = icmp eq ptr %node, %object
  br i1 %same, label %done, label %other
other:
  %next = add i64 %at, 1
  br label %probe
done:
  ret i64 %slot
}

; The index of a node, -1 if it is none.
define internal i64 @find(ptr %state, ptr %object) {
  %slot = call i64 @slot_of(ptr %state, ptr %object)
  %table.place = getelementptr %State, ptr %state, i32 0, i32 3
  %table = load ptr, ptr %table.place
  %entry.place = getelementptr i64, ptr %table, i64 %slot
  %entry = load i64, ptr %entry.place
  %index = sub i64 %entry, 1
  ret i64 %index
}

define internal void @fail(ptr %state) {
  %place = getelementptr %State, ptr %state, i32 0, i32 11
  store i1 false, ptr %place
  ret void
}

; Twice the room, and a table of twice the size.
define internal void @grow(ptr %state) {
  %room.place = getelementptr %State, ptr %state, i32 0, i32 2
  %room = load i64, ptr %room.place
  %more = mul i64 %room, 2
  store i64 %more, ptr %room.place
  %bytes = mul i64 %more, 8
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %new.nodes = call ptr @realloc(ptr %nodes, i64 %bytes)
  store ptr %new.nodes, ptr %nodes.place
  %ids.place = getelementptr %State, ptr %state, i32 0, i32 8
  %ids = load ptr, ptr %ids.place
  %new.ids = call ptr @realloc(ptr %ids, i64 %bytes)
  store ptr %new.ids, ptr %ids.place
  %lefts.place = getelementptr %State, ptr %state, i32 0, i32 9
  %lefts = load ptr, ptr %lefts.place
  %new.lefts = call ptr @realloc(ptr %lefts, i64 %bytes)
  store ptr %new.lefts, ptr %lefts.place
  %rights.place = getelementptr %State, ptr %state, i32 0, i32 10
  %rights = load ptr, ptr %rights.place
  %new.rights = call ptr @realloc(ptr %rights, i64 %bytes)
  store ptr %new.rights, ptr %rights.place
  %table.place = getelementptr %State, ptr %state, i32 0, i32 3
  %table = load ptr, ptr %table.place
  call void @free(ptr %table)
  %entries = mul i64 %more, 2
  %new.table = call ptr @calloc(i64 %entries, i64 8)
  store ptr %new.table, ptr %table.place
  %mask = sub i64 %entries, 1
  %mask.place = getelementptr %State, ptr %state, i32 0, i32 4
  store i64 %mask, ptr %mask.place
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  br label %again
again:
  %index = phi i64 [ 0, %0 ], [ %next, %enter ]
  %finished = icmp eq i64 %index, %count
  br i1 %finished, label %done, label %enter
enter:
  %node.place = getelementptr ptr, ptr %new.nodes, i64 %index
  %node = load ptr, ptr %node.place
  %slot = call i64 @slot_of(ptr %state, ptr %node)
  %next = add i64 %index, 1
  %entry.place = getelementptr i64, ptr %new.table, i64 %slot
  store i64 %next, ptr %entry.place
  br label %again
done:
  ret void
}

; The index of a Variable, which becomes a node if it is none yet; -1 for one that is older than what is looked at.
define internal i64 @add(ptr %state, ptr %object) {
  %slot = call i64 @slot_of(ptr %state, ptr %object)
  %table.place = getelementptr %State, ptr %state, i32 0, i32 3
  %table = load ptr, ptr %table.place
  %entry.place = getelementptr i64, ptr %table, i64 %slot
  %entry = load i64, ptr %entry.place
  %is.new = icmp eq i64 %entry, 0
  br i1 %is.new, label %look, label %known
known:
  %known.index = sub i64 %entry, 1
  ret i64 %known.index
look:
  %type.place = getelementptr i8, ptr %object, i64 8
  %type = load ptr, ptr %type.place
  %is.scalar = icmp eq ptr %type, ${Scalar}
  %is.indicator = icmp eq ptr %type, ${Indicator}
  %is.usual = or i1 %is.scalar, %is.indicator
  br i1 %is.usual, label %age, label %refuse
age:
  %id.place = getelementptr i8, ptr %object, i64 ${unique_id}
  %id.object = load ptr, ptr %id.place
  %id = call i64 @PyLong_AsLongLong(ptr %id.object)
  %since.place = getelementptr %State, ptr %state, i32 0, i32 5
  %since = load i64, ptr %since.place
  %is.old = icmp slt i64 %id, %since
  br i1 %is.old, label %ignore, label %enter
enter:
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  %next = add i64 %count, 1
  store i64 %next, ptr %count.place
  store i64 %next, ptr %entry.place
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %node.place = getelementptr ptr, ptr %nodes, i64 %count
  store ptr %object, ptr %node.place
  %ids.place = getelementptr %State, ptr %state, i32 0, i32 8
  %ids = load ptr, ptr %ids.place
  %own.place = getelementptr i64, ptr %ids, i64 %count
  store i64 %id, ptr %own.place
  %room.place = getelementptr %State, ptr %state, i32 0, i32 2
  %room = load i64, ptr %room.place
  %full = icmp eq i64 %next, %room
  br i1 %full, label %widen, label %added
widen:
  call void @grow(ptr %state)
  br label %added
added:
  ret i64 %count
refuse:
  call void @fail(ptr %state)
  ret i64 -1
ignore:
  %older.place = getelementptr %State, ptr %state, i32 0, i32 12
  store i1 true, ptr %older.place
  ret i64 -1
}

; The index of an operand, -1 where its partial derivative is None.
define internal i64 @add_active(ptr %state, ptr %object, ptr %partial) {
  %is.none = icmp eq ptr %partial, ${None}
  %is.null = icmp eq ptr %partial, null
  %skipped = or i1 %is.none, %is.null
  br i1 %skipped, label %skip, label %active
skip:
  ret i64 -1
active:
  %index = call i64 @add(ptr %state, ptr %object)
  ret i64 %index
}

; Fail unless a node without operands is a leaf.
define internal void @check_leaf(ptr %state, ptr %node) {
  %made.place = getelementptr i8, ptr %node, i64 ${_made_by}
  %made = load ptr, ptr %made.place
  %type.place = getelementptr i8, ptr %made, i64 8
  %type = load ptr, ptr %type.place
  %is.living = icmp eq ptr %type, ${History}
  %is.ended = icmp eq ptr %type, ${Ended}
  %is.history = or i1 %is.living, %is.ended
  br i1 %is.history, label %look, label %refuse
look:
  %last.place = getelementptr i8, ptr %made, i64 ${last_fn}
  %last = load ptr, ptr %last.place
  %is.leaf = icmp eq ptr %last, ${None}
  br i1 %is.leaf, label %done, label %refuse
refuse:
  call void @fail(ptr %state)
  br label %done
done:
  ret void
}

; Make nodes of the operands of a node, and note their indices; -2 on the left stands for a tuple of operands, -3 for a
; leaf.
define internal void @expand(ptr %state, i64 %index) {
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %node.place = getelementptr ptr, ptr %nodes, i64 %index
  %node = load ptr, ptr %node.place
  %left.place = getelementptr i8, ptr %node, i64 ${left}
  %left = load ptr, ptr %left.place
  %d.left.place = getelementptr i8, ptr %node, i64 ${d_left}
  %d.left = load ptr, ptr %d.left.place
  %is.leaf = icmp eq ptr %left, ${None}
  br i1 %is.leaf, label %leaf, label %made
leaf:
  call void @check_leaf(ptr %state, ptr %node)
  br label %note
made:
  %ids.place = getelementptr %State, ptr %state, i32 0, i32 8
  %ids = load ptr, ptr %ids.place
  %id.place = getelementptr i64, ptr %ids, i64 %index
  %id = load i64, ptr %id.place
  %least.place = getelementptr %State, ptr %state, i32 0, i32 6
  %least = load i64, ptr %least.place
  %new.least = call i64 @llvm.smin.i64(i64 %least, i64 %id)
  store i64 %new.least, ptr %least.place
  %greatest.place = getelementptr %State, ptr %state, i32 0, i32 7
  %greatest = load i64, ptr %greatest.place
  %new.greatest = call i64 @llvm.smax.i64(i64 %greatest, i64 %id)
  store i64 %new.greatest, ptr %greatest.place
  %type.place = getelementptr i8, ptr %left, i64 8
  %type = load ptr, ptr %type.place
  %is.tuple = icmp eq ptr %type, ${tuple}
  br i1 %is.tuple, label %many, label %two
many:
  %size.place = getelementptr i8, ptr %left, i64 16
  %size = load i64, ptr %size.place
  br label %again
again:
  %i = phi i64 [ 0, %many ], [ %next, %item ]
  %finished = icmp eq i64 %i, %size
  br i1 %finished, label %note, label %item
item:
  %offset.elements = mul i64 %i, 8
  %offset = add i64 %offset.elements, 24
  %item.place = getelementptr i8, ptr %left, i64 %offset
  %operand = load ptr, ptr %item.place
  %partial.place = getelementptr i8, ptr %d.left, i64 %offset
  %partial = load ptr, ptr %partial.place
  %added = call i64 @add_active(ptr %state, ptr %operand, ptr %partial)
  %next = add i64 %i, 1
  br label %again
two:
  %first = call i64 @add_active(ptr %state, ptr %left, ptr %d.left)
  %right.place = getelementptr i8, ptr %node, i64 ${right}
  %right = load ptr, ptr %right.place
  %d.right.place = getelementptr i8, ptr %node, i64 ${d_right}
  %d.right = load ptr, ptr %d.right.place
  %second = call i64 @add_active(ptr %state, ptr %right, ptr %d.right)
  br label %note
note:
  %left.index = phi i64 [ -3, %leaf ], [ -2, %again ], [ %first, %two ]
  %right.index = phi i64 [ -1, %leaf ], [ -1, %again ], [ %second, %two ]
  %lefts.place = getelementptr %State, ptr %state, i32 0, i32 9
  %lefts = load ptr, ptr %lefts.place
  %own.left = getelementptr i64, ptr %lefts, i64 %index
  store i64 %left.index, ptr %own.left
  %rights.place = getelementptr %State, ptr %state, i32 0, i32 10
  %rights = load ptr, ptr %rights.place
  %own.right = getelementptr i64, ptr %rights, i64 %index
  store i64 %right.index, ptr %own.right
  ret void
}
declare i64 @llvm.smin.i64(i64, i64)
declare i64 @llvm.smax.i64(i64, i64)

define internal void @start(ptr %state, i64 %since) {
  %nodes = call ptr @malloc(i64 2048)
  %ids = call ptr @malloc(i64 2048)
  %lefts = call ptr @malloc(i64 2048)
  %rights = call ptr @malloc(i64 2048)
  %table = call ptr @calloc(i64 512, i64 8)
  %a = insertvalue %State undef, ptr %nodes, 0
  %b = insertvalue %State %a, i64 0, 1
  %c = insertvalue %State %b, i64 256, 2
  %d = insertvalue %State %c, ptr %table, 3
  %e = insertvalue %State %d, i64 511, 4
  %f = insertvalue %State %e, i64 %since, 5
  %g = insertvalue %State %f, i64 9223372036854775807, 6
  %h = insertvalue %State %g, i64 -1, 7
  %i = insertvalue %State %h, ptr %ids, 8
  %j = insertvalue %State %i, ptr %lefts, 9
  %k = insertvalue %State %j, ptr %rights, 10
  %l = insertvalue %State %k, i1 true, 11
  %m = insertvalue %State %l, i1 false, 12
  store %State %m, ptr %state
  ret void
}

define internal void @finish(ptr %state) {
  %all = load %State, ptr %state
  %nodes = extractvalue %State %all, 0
  call void @free(ptr %nodes)
  %table = extractvalue %State %all, 3
  call void @free(ptr %table)
  %ids = extractvalue %State %all, 8
  call void @free(ptr %ids)
  %lefts = extractvalue %State %all, 9
  call void @free(ptr %lefts)
  %rights = extractvalue %State %all, 10
  call void @free(ptr %rights)
  ret void
}

; Make nodes of all that the Variables of a list were made from.
define internal i1 @collect(ptr %state, ptr %outputs, ptr %since.object) {
  %since = call i64 @PyLong_AsLongLong(ptr %since.object)
  call void @start(ptr %state, i64 %since)
  %outputs.size.place = getelementptr i8, ptr %outputs, i64 16
  %outputs.size = load i64, ptr %outputs.size.place
  %outputs.items.place = getelementptr i8, ptr %outputs, i64 24
  %outputs.items = load ptr, ptr %outputs.items.place
  br label %output.next
output.next:
  %o = phi i64 [ 0, %0 ], [ %o.next, %output ]
  %outputs.done = icmp eq i64 %o, %outputs.size
  br i1 %outputs.done, label %expand.all, label %output
output:
  %output.place = getelementptr ptr, ptr %outputs.items, i64 %o
  %output.object = load ptr, ptr %output.place
  %output.index = call i64 @add(ptr %state, ptr %output.object)
  %o.next = add i64 %o, 1
  br label %output.next
expand.all:
  br label %expand.next
expand.next:
  %e = phi i64 [ 0, %expand.all ], [ %e.next, %expand ]
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  %good.place = getelementptr %State, ptr %state, i32 0, i32 11
  %good = load i1, ptr %good.place
  %more = icmp ult i64 %e, %count
  %go.on = and i1 %good, %more
  br i1 %go.on, label %expand, label %expanded
expand:
  call void @expand(ptr %state, i64 %e)
  %e.next = add i64 %e, 1
  br label %expand.next
expanded:
  ret i1 %good
}

; Append the leaves among the nodes to a list.
define internal void @append_leaves(ptr %state, ptr %list) {
  %count.place = getelementptr %State, ptr %state, i32 0, i32 1
  %count = load i64, ptr %count.place
  %nodes.place = getelementptr %State, ptr %state, i32 0, i32 0
  %nodes = load ptr, ptr %nodes.place
  %lefts.place = getelementptr %State, ptr %state, i32 0, i32 9
  %lefts = load ptr, ptr %lefts.place
  br label %again
again:
  %index = phi i64 [ 0, %0 ], [ %next, %looked ]
  %finished = icmp eq i64 %index, %count
  br i1 %finished, label %done, label %look
look:
  %next = add i64 %index, 1
  %own.left = getelementptr i64, ptr %lefts, i64 %index
  %left.index = load i64, ptr %own.left
  %is.leaf = icmp eq i64 %left.index, -3
  br i1 %is.leaf, label %append, label %looked
append:
  %node.place = getelementptr ptr, ptr %nodes, i64 %index
  %node = load ptr, ptr %node.place
  %status = call i32 @PyList_Append(ptr %list, ptr %node)
  br label %looked
looked:
  br label %again
done:
  ret void
}

; For Python: reaches_older(outputs, since), true or false; None where Python has to look.
define ptr @reaches_older(ptr %self, ptr %arguments, i64 %how.many) {
  %state = alloca %State
  %outputs = load ptr, ptr %arguments
  %since.place = getelementptr ptr, ptr %arguments, i64 1
  %since.object = load ptr, ptr %since.place
  %good = call i1 @collect(ptr %state, ptr %outputs, ptr %since.object)
  %older.place = getelementptr %State, ptr %state, i32 0, i32 12
  %older = load i1, ptr %older.place
  call void @finish(ptr %state)
  %answer = select i1 %older, ptr ${True}, ptr ${False}
  %returned = select i1 %good, ptr %answer, ptr ${None}
  call void @Py_IncRef(ptr %returned)
  ret ptr %returned
}
