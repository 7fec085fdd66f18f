; Adjoints by the numbers of Variables: a directory of pages with a place for each of 512 numbers in a row.
;
;     place = { Variable, adjoint }      empty until a share of the derivative has reached that Variable
;
; Going by number is going by age, so the pass needs no search and no sorting, and it touches memory in one direction.

declare ptr @malloc(i64)
declare ptr @realloc(ptr, i64)
declare ptr @calloc(i64, i64)
declare void @free(ptr)
declare i64 @PyLong_AsLongLong(ptr)

; 0 the directory, 1 how many pages it has room for, 2 the first page with a Variable that is no leaf, 3 and 4 and 5 the
; list of pages, 6 and 7 and 8 that of leaves (items, how many, room for), 9 the least number that is looked at,
; 10 whether Python has to do it after all, 11 whether there is anything older
%Pages = type { ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, i64, i1, i1 }
%Place = type { ptr, double }

define internal void @start(ptr %pages, i64 %greatest, i64 %since) {
  %last = lshr i64 %greatest, 9
  %room = add i64 %last, 1
  %directory = call ptr @calloc(i64 %room, i64 8)
  %list = call ptr @malloc(i64 128)
  %leaves = call ptr @malloc(i64 128)
  %a = insertvalue %Pages undef, ptr %directory, 0
  %b = insertvalue %Pages %a, i64 %room, 1
  %c = insertvalue %Pages %b, i64 %room, 2
  %d = insertvalue %Pages %c, ptr %list, 3
  %e = insertvalue %Pages %d, i64 0, 4
  %f = insertvalue %Pages %e, i64 16, 5
  %g = insertvalue %Pages %f, ptr %leaves, 6
  %h = insertvalue %Pages %g, i64 0, 7
  %i = insertvalue %Pages %h, i64 16, 8
  %j = insertvalue %Pages %i, i64 %since, 9
  %k = insertvalue %Pages %j, i1 false, 10
  %l = insertvalue %Pages %k, i1 false, 11
  store %Pages %l, ptr %pages
  ret void
}

define internal void @finish(ptr %pages) {
  %all = load %Pages, ptr %pages
  %list = extractvalue %Pages %all, 3
  %count = extractvalue %Pages %all, 4
  br label %again
again:
  %index = phi i64 [ 0, %0 ], [ %next, %release ]
  %finished = icmp eq i64 %index, %count
  br i1 %finished, label %done, label %release
release:
  %page.place = getelementptr ptr, ptr %list, i64 %index
  %page = load ptr, ptr %page.place
  call void @free(ptr %page)
  %next = add i64 %index, 1
  br label %again
done:
  call void @free(ptr %list)
  %directory = extractvalue %Pages %all, 0
  call void @free(ptr %directory)
  %leaves = extractvalue %Pages %all, 6
  call void @free(ptr %leaves)
  ret void
}

; Leave it to Python.
define internal void @fail(ptr %pages) {
  %place = getelementptr %Pages, ptr %pages, i32 0, i32 10
  store i1 true, ptr %place
  ret void
}

; Append a pointer to a list: its items, count and room are at %list and after it.
define internal void @append(ptr %list, ptr %item) {
  %count.place = getelementptr i8, ptr %list, i64 8
  %room.place = getelementptr i8, ptr %list, i64 16
  %items = load ptr, ptr %list
  %count = load i64, ptr %count.place
  %room = load i64, ptr %room.place
  %full = icmp eq i64 %count, %room
  br i1 %full, label %grow, label %put
grow:
  %more = mul i64 %room, 2
  %bytes = mul i64 %more, 8
  %larger = call ptr @realloc(ptr %items, i64 %bytes)
  store ptr %larger, ptr %list
  store i64 %more, ptr %room.place
  br label %put
put:
  %all = phi ptr [ %items, %0 ], [ %larger, %grow ]
  %item.place = getelementptr ptr, ptr %all, i64 %count
  store ptr %item, ptr %item.place
  %next = add i64 %count, 1
  store i64 %next, ptr %count.place
  ret void
}

define internal i64 @number_of(ptr %variable) {
  %place = getelementptr i8, ptr %variable, i64 ${unique_id}
  %object = load ptr, ptr %place
  %number = call i64 @PyLong_AsLongLong(ptr %object)
  ret i64 %number
}

; Where the adjoint of a Variable of this number is, null if its page is not there.
define internal ptr @known_place(ptr %pages, i64 %number) {
  %directory = load ptr, ptr %pages
  %room.place = getelementptr %Pages, ptr %pages, i32 0, i32 1
  %room = load i64, ptr %room.place
  %index = lshr i64 %number, 9
  %outside = icmp uge i64 %index, %room
  br i1 %outside, label %none, label %look
look:
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  %page = load ptr, ptr %page.place
  %missing = icmp eq ptr %page, null
  br i1 %missing, label %none, label %found
found:
  %offset = and i64 %number, 511
  %place = getelementptr %Place, ptr %page, i64 %offset
  ret ptr %place
none:
  ret ptr null
}

; The same, with a page where there is none yet.
define internal ptr @place_of(ptr %pages, i64 %number) {
  %known = call ptr @known_place(ptr %pages, i64 %number)
  %missing = icmp eq ptr %known, null
  br i1 %missing, label %make, label %done
done:
  ret ptr %known
make:
  %page = call ptr @calloc(i64 512, i64 16)
  %directory = load ptr, ptr %pages
  %index = lshr i64 %number, 9
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  store ptr %page, ptr %page.place
  %list = getelementptr %Pages, ptr %pages, i32 0, i32 3
  call void @append(ptr %list, ptr %page)
  %offset = and i64 %number, 511
  %place = getelementptr %Place, ptr %page, i64 %offset
  ret ptr %place
}
