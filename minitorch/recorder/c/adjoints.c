/* Adjoints by unique_id, the youngest first: what a pass over a graph keeps while it runs.
 *
 * Going by number is going by age, so a pass needs neither searching nor sorting. A page has a place for each of 512
 * numbers in a row; a shelf has 512 pages; the shelves of a graph stand in one array. Bitmaps say what is there, so
 * nothing is cleared in advance and empty stretches cost next to nothing. A small graph needs one shelf and a page or
 * two; one of each is kept for the next pass. Pages that a reverse pass has left behind serve again: however long it
 * is, it needs few.
 *
 * Places refer to Variables without holding them. That is safe since nothing of Python's runs while a pass goes on.
 */

#include "recorder.h"
#include <stdbool.h>

#define PAGE_BITS 9
#define PLACES (1 << PAGE_BITS)
#define WORDS (PLACES / 64)
#define SHELF_BITS (2 * PAGE_BITS)

/* So many pages are visited between two questions whether the user has interrupted: some 15 ms. */
#define PAGES_PER_QUESTION 2048

typedef struct { uint64_t words[WORDS]; } Bitmap;

typedef struct { Variable *variable; double amount; } Place;

typedef struct Page {
    struct Page *next_free;
    bool is_kept;               /* until the end: somebody will ask for what is on it */
    Bitmap reached;             /* places that are filled */
    Bitmap moving;              /* of those, in forward mode, the ones that have a tangent */
    Place places[PLACES];
} Page;

typedef struct Shelf {
    Bitmap used;
    Page *pages[PLACES];
} Shelf;

typedef enum { GOES_ON, LEFT_TO_PYTHON, OUT_OF_MEMORY, INTERRUPTED } Outcome;

#define FEW_SHELVES 4
#define FEW_LEAVES 32

typedef struct {
    Shelf **shelves;
    int64_t first_shelf, shelf_count;
    int64_t since;              /* Variables with a smaller number are not looked at */
    int64_t oldest_page;        /* the first page with a Variable that is not a leaf; a number of a page, from 0 */
    int64_t page_numbers[2];    /* of the two pages that were asked for last */
    Page *pages[2];
    Page *free_pages;
    Variable **leaves;
    size_t leaf_count, leaf_room;
    PyObject *history_of_leaves;
    Outcome outcome;
    bool found_older;           /* something older than `since` is behind the outputs */
    bool keeps_pages;           /* forward mode comes back to all of them */
    bool asks;                  /* whether the user has interrupted, now and then */
    int pages_until_question;
    Shelf *few_shelves[FEW_SHELVES];
    Variable *few_leaves[FEW_LEAVES];
} Adjoints;

/* One of each is kept between passes. */
static Page kept_page;
static Shelf kept_shelf;
static Page *spare_page = &kept_page;
static Shelf *spare_shelf = &kept_shelf;

static inline bool has_bit(const Bitmap *bitmap, int64_t index) {
    return bitmap->words[index >> 6] >> (index & 63) & 1;
}

static inline void set_bit(Bitmap *bitmap, int64_t index) {
    bitmap->words[index >> 6] |= (uint64_t)1 << (index & 63);
}

static inline void clear_bit(Bitmap *bitmap, int64_t index) {
    bitmap->words[index >> 6] &= ~((uint64_t)1 << (index & 63));
}

#ifdef _MSC_VER
#include <intrin.h>

static inline int highest_bit(uint64_t bits) {
    unsigned long index;
    _BitScanReverse64(&index, bits);
    return (int)index;
}

static inline int lowest_bit(uint64_t bits) {
    unsigned long index;
    _BitScanForward64(&index, bits);
    return (int)index;
}
#else
static inline int highest_bit(uint64_t bits) {
    return 63 - __builtin_clzll(bits);
}

static inline int lowest_bit(uint64_t bits) {
    return __builtin_ctzll(bits);
}
#endif

/* The greatest index below `end` whose bit is set; -1 if there is none. */
static inline int64_t last_bit_before(const Bitmap *bitmap, int64_t end) {
    int64_t word = end >> 6;
    uint64_t bits = end & 63 ? bitmap->words[word] & (((uint64_t)1 << (end & 63)) - 1) : 0;
    while (!bits) {
        if (--word < 0) {
            return -1;
        }
        bits = bitmap->words[word];
    }
    return (word << 6) + highest_bit(bits);
}

/* The least index from `start` on whose bit is set; -1 if there is none. */
static inline int64_t first_bit_from(const Bitmap *bitmap, int64_t start) {
    int64_t word = start >> 6;
    if (word >= WORDS) {
        return -1;
    }
    uint64_t bits = bitmap->words[word] & (~(uint64_t)0 << (start & 63));
    while (!bits) {
        if (++word == WORDS) {
            return -1;
        }
        bits = bitmap->words[word];
    }
    return (word << 6) + lowest_bit(bits);
}

/* Stop, unless something has stopped the pass before. */
static void stop(Adjoints *adjoints, Outcome outcome) {
    if (adjoints->outcome == GOES_ON) {
        adjoints->outcome = outcome;
    }
}

/* Begin a pass over Variables with numbers from `since` to `greatest`. */
static void begin_pass(Adjoints *adjoints, int64_t greatest, int64_t since, bool asks) {
    memset(adjoints, 0, offsetof(Adjoints, few_leaves));
    since = since < 0 ? 0 : since;
    adjoints->since = since;
    adjoints->first_shelf = since >> SHELF_BITS;
    adjoints->shelf_count = greatest < since ? 0 : (greatest >> SHELF_BITS) - adjoints->first_shelf + 1;
    adjoints->oldest_page = INT64_MAX;
    adjoints->page_numbers[0] = adjoints->page_numbers[1] = -1;
    adjoints->leaves = adjoints->few_leaves;
    adjoints->leaf_room = FEW_LEAVES;
    adjoints->asks = asks;
    adjoints->pages_until_question = PAGES_PER_QUESTION;
    adjoints->shelves = adjoints->few_shelves;
    if (greatest >= unique_ids) {
        adjoints->shelf_count = 0;
        stop(adjoints, LEFT_TO_PYTHON);    /* somebody has written a number into a Variable */
    }
    if (adjoints->shelf_count > FEW_SHELVES) {
        adjoints->shelves = PyMem_RawCalloc((size_t)adjoints->shelf_count, sizeof(Shelf *));
        if (!adjoints->shelves) {
            adjoints->shelf_count = 0;
            stop(adjoints, OUT_OF_MEMORY);
        }
    }
}

static void drop_page(Page *page) {
    if (page == &kept_page) {
        spare_page = page;
    }
    else {
        PyMem_RawFree(page);
    }
}

/* Give all memory of a pass back. */
static void end_pass(Adjoints *adjoints) {
    for (int64_t i = 0; i < adjoints->shelf_count; i++) {
        Shelf *shelf = adjoints->shelves[i];
        if (!shelf) {
            continue;
        }
        for (int64_t j = first_bit_from(&shelf->used, 0); j >= 0; j = first_bit_from(&shelf->used, j + 1)) {
            drop_page(shelf->pages[j]);
        }
        if (shelf == &kept_shelf) {
            spare_shelf = shelf;
        }
        else {
            PyMem_RawFree(shelf);
        }
    }
    while (adjoints->free_pages) {
        Page *page = adjoints->free_pages;
        adjoints->free_pages = page->next_free;
        drop_page(page);
    }
    if (adjoints->shelves != adjoints->few_shelves) {
        PyMem_RawFree(adjoints->shelves);
    }
    if (adjoints->leaves != adjoints->few_leaves) {
        PyMem_RawFree(adjoints->leaves);
    }
}

/* An empty page; NULL, and the pass stops, where memory is short. */
static Page *empty_page(Adjoints *adjoints) {
    Page *page = adjoints->free_pages;
    if (page) {
        adjoints->free_pages = page->next_free;
    }
    else if (spare_page) {
        page = spare_page;
        spare_page = NULL;
    }
    else {
        page = PyMem_RawMalloc(sizeof(Page));
        if (!page) {
            stop(adjoints, OUT_OF_MEMORY);
            return NULL;
        }
    }
    memset(page, 0, offsetof(Page, places));
    return page;
}

/* The shelf of a page, with one where there is none yet; NULL, and the pass stops, where memory is short. */
static Shelf *shelf_with(Adjoints *adjoints, int64_t page_number) {
    Shelf **slot = &adjoints->shelves[(page_number >> PAGE_BITS) - adjoints->first_shelf];
    if (!*slot) {
        if (spare_shelf) {
            *slot = spare_shelf;
            spare_shelf = NULL;
        }
        else {
            *slot = PyMem_RawMalloc(sizeof(Shelf));
            if (!*slot) {
                stop(adjoints, OUT_OF_MEMORY);
                return NULL;
            }
        }
        memset(&(*slot)->used, 0, sizeof(Bitmap));
    }
    return *slot;
}

/* The page of a number that is none of the two asked for last: where `makes` allows it, a new one. */
static Page *other_page(Adjoints *adjoints, int64_t page_number, bool makes) {
    int64_t shelf_index = (page_number >> PAGE_BITS) - adjoints->first_shelf;
    if (shelf_index < 0 || shelf_index >= adjoints->shelf_count || (!makes && !adjoints->shelves[shelf_index])) {
        return NULL;
    }
    Shelf *shelf = shelf_with(adjoints, page_number);
    if (!shelf) {
        return NULL;
    }
    int64_t index = page_number & (PLACES - 1);
    if (!has_bit(&shelf->used, index)) {
        Page *page = makes ? empty_page(adjoints) : NULL;
        if (!page) {
            return NULL;
        }
        shelf->pages[index] = page;
        set_bit(&shelf->used, index);
    }
    adjoints->page_numbers[1] = adjoints->page_numbers[0];
    adjoints->pages[1] = adjoints->pages[0];
    adjoints->page_numbers[0] = page_number;
    adjoints->pages[0] = shelf->pages[index];
    return shelf->pages[index];
}

/* The page of a number, with a new one where there is none; NULL if the number is out of bounds or memory is short. */
static inline Page *page_with(Adjoints *adjoints, int64_t number) {
    int64_t page_number = number >> PAGE_BITS;
    if (page_number == adjoints->page_numbers[0]) {
        return adjoints->pages[0];
    }
    if (page_number == adjoints->page_numbers[1]) {
        return adjoints->pages[1];
    }
    return other_page(adjoints, page_number, true);
}

/* The page of a number; NULL if there is none. */
static inline Page *known_page(Adjoints *adjoints, int64_t number) {
    int64_t page_number = number >> PAGE_BITS;
    if (page_number == adjoints->page_numbers[0]) {
        return adjoints->pages[0];
    }
    if (page_number == adjoints->page_numbers[1]) {
        return adjoints->pages[1];
    }
    return other_page(adjoints, page_number, false);
}

/* Where the amount of a Variable stands, which a pass has reached; NULL if none has. */
static Place *place_of(Adjoints *adjoints, Variable *variable) {
    Page *page = known_page(adjoints, variable->unique_id);
    int64_t index = variable->unique_id & (PLACES - 1);
    if (!page || !has_bit(&page->reached, index) || page->places[index].variable != variable) {
        return NULL;
    }
    return &page->places[index];
}

/* Have the page of a Variable stay until the end. */
static void keep_page(Adjoints *adjoints, Variable *variable) {
    if (variable->unique_id >= adjoints->since) {
        Page *page = page_with(adjoints, variable->unique_id);
        if (page) {
            page->is_kept = true;
        }
    }
}

/* All places of a page have been visited: unless it is needed until the end, it is free for other numbers. */
static void leave_page(Adjoints *adjoints, Shelf *shelf, int64_t page_number) {
    int64_t index = page_number & (PLACES - 1);
    Page *page = shelf->pages[index];
    if (!page->is_kept && !adjoints->keeps_pages) {
        clear_bit(&shelf->used, index);
        for (int i = 0; i < 2; i++) {
            if (adjoints->page_numbers[i] == page_number) {
                adjoints->page_numbers[i] = -1;
            }
        }
        page->next_free = adjoints->free_pages;
        adjoints->free_pages = page;
    }
    if (adjoints->asks && --adjoints->pages_until_question == 0) {
        adjoints->pages_until_question = PAGES_PER_QUESTION;
        if (PyOS_InterruptOccurred()) {
            stop(adjoints, INTERRUPTED);
        }
    }
}

/* Note a leaf that was reached. */
static void note_leaf(Adjoints *adjoints, Variable *leaf) {
    if (adjoints->leaf_count == adjoints->leaf_room) {
        bool grown = adjoints->leaves != adjoints->few_leaves;
        size_t size = adjoints->leaf_room * 2 * sizeof(Variable *);
        Variable **leaves = PyMem_RawRealloc(grown ? adjoints->leaves : NULL, size);
        if (!leaves) {
            stop(adjoints, OUT_OF_MEMORY);
            return;
        }
        if (!grown) {
            memcpy(leaves, adjoints->few_leaves, sizeof(adjoints->few_leaves));
        }
        adjoints->leaves = leaves;
        adjoints->leaf_room *= 2;
    }
    adjoints->leaves[adjoints->leaf_count++] = leaf;
}
