; Adjoints by the numbers of Variables: a directory of pages with a place for each of 512 numbers in a row.
;
;     place = { Variable, adjoint }      empty until a share of the derivative has reached that Variable
;
; Going by number is going by age, so the pass needs no search and no sorting, and it touches memory in one direction.
; Pages that the pass has left behind serve again, so it needs few of them however long it is.

declare ptr @malloc(i64)
declare ptr @realloc(ptr, i64)
declare ptr @calloc(i64, i64)
declare void @free(ptr)

; 0 the directory, 1 how many pages it has room for, 2 the first page with a Variable that is no leaf, 3 and 4 and 5 the
; list of pages, 6 and 7 and 8 that of leaves (items, how many, room for), 9 the least number that is looked at,
; 10 whether Python has to do it after all, 11 whether there is anything older, 12 how many pages come before the first
; of the directory, 13 pages that are free to be used again, 14 whether the pass only finds what is there, and keeps it
%Pages = type { ptr, i64, i64, ptr, i64, i64, ptr, i64, i64, i64, i1, i1, i64, ptr, i1 }
%Place = type { ptr, double }
; Whether it stays until the end, of a free one the next free one, and its places.
%Page = type { i64, ptr, [ 512 x %Place ] }

define internal void @start(ptr %pages, i64 %greatest, i64 %since) {
  %last = lshr i64 %greatest, 9
  %before = lshr i64 %since, 9
  %span = sub i64 %last, %before
  %is.behind = icmp slt i64 %span, 0
  %at.least.none = select i1 %is.behind, i64 0, i64 %span
  %room = add i64 %at.least.none, 1
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
  %m = insertvalue %Pages %l, i64 %before, 12
  %n = insertvalue %Pages %m, ptr null, 13
  %o = insertvalue %Pages %n, i1 false, 14
  store %Pages %o, ptr %pages
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
  %number = call i64 @whole_number(ptr %object)
  ret i64 %number
}

; Which page of the directory a number is on.
define internal i64 @page_of(ptr %pages, i64 %number) alwaysinline {
  %before.place = getelementptr %Pages, ptr %pages, i32 0, i32 12
  %before = load i64, ptr %before.place
  %page = lshr i64 %number, 9
  %index = sub i64 %page, %before
  ret i64 %index
}

; Where the adjoint of a Variable of this number is, null if its page is not there.
define internal ptr @known_place(ptr %pages, i64 %number) {
  %directory = load ptr, ptr %pages
  %room.place = getelementptr %Pages, ptr %pages, i32 0, i32 1
  %room = load i64, ptr %room.place
  %index = call i64 @page_of(ptr %pages, i64 %number)
  %outside = icmp uge i64 %index, %room
  br i1 %outside, label %none, label %look
look:
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  %page = load ptr, ptr %page.place
  %missing = icmp eq ptr %page, null
  br i1 %missing, label %none, label %found
found:
  %offset = and i64 %number, 511
  %place = getelementptr %Page, ptr %page, i32 0, i32 2, i64 %offset
  ret ptr %place
none:
  ret ptr null
}

; An empty page: one that has been used, or a new one.
define internal ptr @empty_page(ptr %pages) {
  %free.place = getelementptr %Pages, ptr %pages, i32 0, i32 13
  %free = load ptr, ptr %free.place
  %none.free = icmp eq ptr %free, null
  br i1 %none.free, label %make, label %take
take:
  %next.place = getelementptr %Page, ptr %free, i32 0, i32 1
  %next = load ptr, ptr %next.place
  store ptr %next, ptr %free.place
  call void @llvm.memset.p0.i64(ptr %free, i8 0, i64 8208, i1 false)
  ret ptr %free
make:
  %page = call ptr @calloc(i64 1, i64 8208)
  %list = getelementptr %Pages, ptr %pages, i32 0, i32 3
  call void @append(ptr %list, ptr %page)
  ret ptr %page
}
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

; The place of a number, with a page where there is none yet.
define internal ptr @place_of(ptr %pages, i64 %number) {
  %known = call ptr @known_place(ptr %pages, i64 %number)
  %missing = icmp eq ptr %known, null
  br i1 %missing, label %make, label %done
done:
  ret ptr %known
make:
  %page = call ptr @empty_page(ptr %pages)
  %directory = load ptr, ptr %pages
  %index = call i64 @page_of(ptr %pages, i64 %number)
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  store ptr %page, ptr %page.place
  %offset = and i64 %number, 511
  %place = getelementptr %Page, ptr %page, i32 0, i32 2, i64 %offset
  ret ptr %place
}

; The page of a number is needed until the end.
define internal void @keep_page(ptr %pages, i64 %number) {
  %room.place = getelementptr %Pages, ptr %pages, i32 0, i32 1
  %room = load i64, ptr %room.place
  %index = call i64 @page_of(ptr %pages, i64 %number)
  %outside = icmp uge i64 %index, %room
  br i1 %outside, label %done, label %mark
mark:
  %some.place = call ptr @place_of(ptr %pages, i64 %number)
  %directory = load ptr, ptr %pages
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  %page = load ptr, ptr %page.place
  store i64 1, ptr %page
  br label %done
done:
  ret void
}

; All places of a page have been visited: unless it is needed until the end, it is free for other numbers.
define internal void @leave_page(ptr %pages, i64 %index) {
  %directory = load ptr, ptr %pages
  %page.place = getelementptr ptr, ptr %directory, i64 %index
  %page = load ptr, ptr %page.place
  %kept = load i64, ptr %page
  %is.marked = icmp ne i64 %kept, 0
  %finds.place = getelementptr %Pages, ptr %pages, i32 0, i32 14
  %finds = load i1, ptr %finds.place
  %is.kept = or i1 %is.marked, %finds
  br i1 %is.kept, label %done, label %free.it
free.it:
  store ptr null, ptr %page.place
  %free.place = getelementptr %Pages, ptr %pages, i32 0, i32 13
  %next = load ptr, ptr %free.place
  %next.place = getelementptr %Page, ptr %page, i32 0, i32 1
  store ptr %next, ptr %next.place
  store ptr %page, ptr %free.place
  br label %done
done:
  ret void
}
