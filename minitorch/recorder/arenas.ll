; Where Python takes memory for small objects from: arenas of a mebibyte. Here they are cut from large pieces of memory
; that Linux may back with huge pages, since a history of millions of operations is memory that is touched once each way,
; and much of its time would go to page faults. What is let go stays at hand; beyond the first arenas Linux is told that
; it may have it back.

declare ptr @mmap(ptr, i64, i32, i32, i32, i64)
declare i32 @madvise(ptr, i64, i32)

@piece = internal global ptr null
@piece.end = internal global ptr null
; Arenas at hand: items, how many, room for.
@arenas = internal global { ptr, i64, i64 } zeroinitializer

define ptr @take_arena(ptr %context, i64 %size) {
  %is.usual = icmp eq i64 %size, ${arena_size}
  br i1 %is.usual, label %look, label %other
look:
  %count.place = getelementptr i8, ptr @arenas, i64 8
  %count = load i64, ptr %count.place
  %none = icmp eq i64 %count, 0
  br i1 %none, label %cut, label %again
again:
  %items = load ptr, ptr @arenas
  %last = sub i64 %count, 1
  %item.place = getelementptr ptr, ptr %items, i64 %last
  %known = load ptr, ptr %item.place
  store i64 %last, ptr %count.place
  ret ptr %known
cut:
  %start = load ptr, ptr @piece
  %end = load ptr, ptr @piece.end
  %used.up = icmp eq ptr %start, %end
  br i1 %used.up, label %more, label %give
more:
  ; 3: to read and write; 34: for this process, of no file.
  %mapped = call ptr @mmap(ptr null, i64 ${mapped_size}, i32 3, i32 34, i32 -1, i64 0)
  %address = ptrtoint ptr %mapped to i64
  %failed = icmp eq i64 %address, -1
  br i1 %failed, label %other, label %align
align:
  %beyond = add i64 %address, ${huge_page_rest}
  %aligned = and i64 %beyond, ${huge_page_mask}
  %new = inttoptr i64 %aligned to ptr
  ; 14: with huge pages. Where there are none it says so, and nothing is lost.
  %advised = call i32 @madvise(ptr %new, i64 ${piece_size}, i32 14)
  %new.end = getelementptr i8, ptr %new, i64 ${piece_size}
  store ptr %new.end, ptr @piece.end
  br label %give
give:
  %arena = phi ptr [ %start, %cut ], [ %new, %align ]
  %next = getelementptr i8, ptr %arena, i64 ${arena_size}
  store ptr %next, ptr @piece
  ret ptr %arena
other:
  %before = call ptr ${take_before}(ptr ${context_before}, i64 %size)
  ret ptr %before
}

define void @leave_arena(ptr %context, ptr %arena, i64 %size) {
  %is.usual = icmp eq i64 %size, ${arena_size}
  br i1 %is.usual, label %look, label %other
look:
  %items = load ptr, ptr @arenas
  %count.place = getelementptr i8, ptr @arenas, i64 8
  %room.place = getelementptr i8, ptr @arenas, i64 16
  %count = load i64, ptr %count.place
  %room = load i64, ptr %room.place
  %is.full = icmp eq i64 %count, %room
  br i1 %is.full, label %grow, label %keep
grow:
  %doubled = mul i64 %room, 2
  %larger = add i64 %doubled, 64
  %bytes = mul i64 %larger, 8
  %moved = call ptr @realloc(ptr %items, i64 %bytes)
  %no.memory = icmp eq ptr %moved, null
  br i1 %no.memory, label %other, label %grown
grown:
  store ptr %moved, ptr @arenas
  store i64 %larger, ptr %room.place
  br label %keep
keep:
  %all = phi ptr [ %items, %look ], [ %moved, %grown ]
  %item.place = getelementptr ptr, ptr %all, i64 %count
  store ptr %arena, ptr %item.place
  %more = add i64 %count, 1
  store i64 %more, ptr %count.place
  %is.many = icmp uge i64 %count, ${arenas_at_hand}
  br i1 %is.many, label %offer, label %done
offer:
  ; 8: to be taken whenever memory is short.
  %offered = call i32 @madvise(ptr %arena, i64 %size, i32 8)
  br label %done
done:
  ret void
other:
  call void ${leave_before}(ptr ${context_before}, ptr %arena, i64 %size)
  ret void
}
