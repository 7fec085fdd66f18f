/* Memory for Scalars: pools of 2 MB, which are huge pages where the system has those, and which it gets back as soon as
 * nothing in them is in use.
 *
 * Ten million operations fill a gigabyte. The system cleans it before it hands it out, a page at a time; with small
 * pages that takes longer than recording. A pool takes and leaves a place in a few instructions, and does not count for
 * the garbage collector, which would have nothing to look for. Memory for other Variables, and for all where there is
 * no mmap, is Python's.
 */
#include "recorder.h"

#if (defined(__unix__) || defined(__APPLE__)) && !defined(RECORDER_WITHOUT_POOLS)
#include <sys/mman.h>
#endif

#ifdef MAP_ANONYMOUS

#define POOL_SIZE ((size_t)1 << 21)    /* also how pools are aligned: the address of a place tells its pool */
#define POOL_HEAD 64
#define COLLECTOR_HEAD (2 * sizeof(uintptr_t))    /* of the garbage collector, before each object that it may track */
#define PLACE_SIZE (COLLECTOR_HEAD + sizeof(Variable))

typedef struct free_place {
    struct free_place *next;
} FreePlace;

typedef struct pool {
    struct pool *next, *previous;    /* in the ring of open pools */
    FreePlace *left;                 /* places that were used before */
    char *fresh, *end;               /* places that never were, since the pool was empty */
    size_t used;
    int is_full;                     /* and so not in the ring */
} Pool;

static Pool *open_pools;       /* those with free places, the one first that places are taken from; it may be empty */
static size_t mapped_pools;

/* Return 0 if the head of the collector is as large as that; it is no public part of an object. -1 with ImportError. */
static int check_collector_head(void) {
    PyObject *getsizeof = PySys_GetObject("getsizeof"), *list = PyList_New(0);
    PyObject *size = list && getsizeof ? PyObject_CallFunctionObjArgs(getsizeof, list, NULL) : NULL;
    Py_XDECREF(list);
    Py_ssize_t head = size ? PyLong_AsSsize_t(size) - PyList_Type.tp_basicsize : -1;
    Py_XDECREF(size);
    if (head != (Py_ssize_t)COLLECTOR_HEAD && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ImportError, "this Python's objects have a head that the recorder in C does not know");
    }
    return PyErr_Occurred() ? -1 : 0;
}

static void empty_pool(Pool *pool) {
    pool->left = NULL;
    pool->fresh = (char *)pool + POOL_HEAD;
    pool->end = pool->fresh + (POOL_SIZE - POOL_HEAD) / PLACE_SIZE * PLACE_SIZE;
    pool->used = 0;
}

/* Map aligned memory; NULL where it is short. */
static Pool *map_pool(void) {
    int protection = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *memory = mmap(NULL, POOL_SIZE, protection, flags, -1, 0);
    if (memory != MAP_FAILED && (uintptr_t)memory % POOL_SIZE != 0) {
        /* Take as much again, and leave what is not aligned. The next ones mostly lie beside it. */
        munmap(memory, POOL_SIZE);
        memory = mmap(NULL, 2 * POOL_SIZE, protection, flags, -1, 0);
        if (memory != MAP_FAILED) {
            size_t before = (POOL_SIZE - (uintptr_t)memory % POOL_SIZE) % POOL_SIZE;
            if (before != 0) {
                munmap(memory, before);
            }
            munmap(memory + before + POOL_SIZE, POOL_SIZE - before);
            memory += before;
        }
    }
    if (memory == MAP_FAILED) {
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    if (mapped_pools != 0) {
        /* Programs that record little use small pages, and so no more than they need. */
        madvise(memory, POOL_SIZE, MADV_HUGEPAGE);
    }
#endif
    mapped_pools++;
    empty_pool((Pool *)memory);
    return (Pool *)memory;
}

static void open_pool(Pool *pool) {
    pool->is_full = 0;
    if (open_pools == NULL) {
        open_pools = pool->next = pool->previous = pool;
    } else {
        pool->next = open_pools;
        pool->previous = open_pools->previous;
        pool->next->previous = pool->previous->next = pool;
    }
}

static void close_pool(Pool *pool) {
    pool->next->previous = pool->previous;
    pool->previous->next = pool->next;
    if (open_pools == pool) {
        open_pools = pool->next == pool ? NULL : pool->next;
    }
}

/* Return a pool with a free place, now that the first one has none; NULL where memory is short. */
static Pool *next_pool(void) {
    if (open_pools != NULL) {
        open_pools->is_full = 1;
        close_pool(open_pools);
    }
    if (open_pools == NULL) {
        Pool *pool = map_pool();
        if (pool == NULL) {
            return NULL;
        }
        open_pool(pool);
    }
    return open_pools;
}

static inline char *place_in(Pool *pool) {
    char *place = (char *)pool->left;
    if (place != NULL) {
        pool->left = pool->left->next;
    } else if (pool->fresh != pool->end) {
        place = pool->fresh;
        pool->fresh += PLACE_SIZE;
    }
    return place;
}

/* A pool has nothing in use any more, or its first free place. One empty pool stays: the one that is taken from. */
static void change_pool(Pool *pool) {
    if (pool->is_full) {
        open_pool(pool);
    }
    if (pool->used == 0) {
        empty_pool(pool);
        if (pool != open_pools) {
            close_pool(pool);
            munmap(pool, POOL_SIZE);
            mapped_pools--;
        }
    }
}

/* How many bytes are in use. */
static size_t pooled_size(void) {
    const size_t places = (POOL_SIZE - POOL_HEAD) / PLACE_SIZE;
    size_t used = mapped_pools * places;
    Pool *pool = open_pools;
    if (pool != NULL) {
        do {
            used -= places - pool->used;
            pool = pool->next;
        } while (pool != open_pools);
    }
    return used * PLACE_SIZE;
}

/* Give back the memory of a Variable that has the flag POOLED. */
static void free_place(void *object) {
    FreePlace *place = (FreePlace *)((char *)object - COLLECTOR_HEAD);
    Pool *pool = (Pool *)((uintptr_t)place & ~(uintptr_t)(POOL_SIZE - 1));
    place->next = pool->left;
    pool->left = place;
    if (UNLIKELY(--pool->used == 0 || pool->is_full)) {
        change_pool(pool);
    }
}

/* Return a new Variable of the type Scalar or Indicator that the collector does not know; all but its head is to be
 * filled. Runs no Python code; NULL with MemoryError. */
static inline Variable *new_untracked(PyTypeObject *type) {
    Pool *pool = open_pools;
    char *place = LIKELY(pool != NULL) ? place_in(pool) : NULL;
    if (UNLIKELY(place == NULL)) {
        pool = next_pool();
        if (pool == NULL) {
            return (Variable *)PyErr_NoMemory();
        }
        place = place_in(pool);
    }
    pool->used++;
    memset(place, 0, COLLECTOR_HEAD);
    return (Variable *)PyObject_Init((PyObject *)(place + COLLECTOR_HEAD), type);
}

#else

#define free_place PyObject_GC_Del

static int check_collector_head(void) {
    return 0;
}

static size_t pooled_size(void) {
    return 0;
}

static inline Variable *new_untracked(PyTypeObject *type) {
    return PyObject_GC_New(Variable, type);
}

#endif

static PyObject *pooled_bytes(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused)) {
    return PyLong_FromSize_t(pooled_size());
}
