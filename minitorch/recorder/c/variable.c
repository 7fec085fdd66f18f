/* Variables: what the garbage collector sees of them, and how they end. */
#include "recorder.h"

/* -- the garbage collector ---------------------------------------------------------------------------------------- */

static void track(Variable *x) {
    if (!PyObject_GC_IsTracked((PyObject *)x)) {
        PyObject_GC_Track((PyObject *)x);
    }
    x->flags |= TRACKED;
}

static inline int is_fast_type(PyTypeObject *type) {
    return type == connected.scalar || type == connected.indicator;
}

/* Return whether an object that Python code writes into a Variable could lead to something younger. */
static int may_be_younger(Variable *x, PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    if (!PyType_IS_GC(type) || PyType_Check(value)) {
        return 0;
    }
    if (is_fast_type(type)) {
        Variable *other = as_variable(value);
        return (other->flags & TRACKED) || (x->unique_id != 0 && other->unique_id >= x->unique_id);
    }
    if (type == &PyTuple_Type) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); i++) {
            if (may_be_younger(x, PyTuple_GET_ITEM(value, i))) {
                return 1;
            }
        }
        return 0;
    }
    /* That of a leaf holds nothing. */
    return !is_history_of_leaf(value);
}

static int variable_traverse(PyObject *self, visitproc visit, void *arg) {
    Variable *x = as_variable(self);
    if (x->flags & DATA_OBJECT) {
        Py_VISIT(x->data.object);
    }
    Py_VISIT(x->creator);
    Py_VISIT(x->first_parent);
    Py_VISIT(x->second_parent);
    if (x->flags & FIRST_OBJECT) {
        Py_VISIT(x->first_partial.object);
    }
    if (x->flags & SECOND_OBJECT) {
        Py_VISIT(x->second_partial.object);
    }
    Py_VISIT(x->code);
    if (x->extra != NULL) {
        Py_VISIT(x->extra->name);
        Py_VISIT(x->extra->derivative);
    }
    return 0;
}

/* What a Variable refers to, taken out of it; the data is one of the objects. */
enum { DATA = 4 };

typedef struct {
    PyObject *objects[9];
    Extra *extra;
} Contents;

static inline Contents take_contents(Variable *x) {
    Contents contents = {
        {x->creator, x->first_parent, x->second_parent, x->code, NULL, NULL, NULL, NULL, NULL}, x->extra};
    if (UNLIKELY(x->flags & (DATA_OBJECT | FIRST_OBJECT | SECOND_OBJECT))) {
        contents.objects[DATA] = x->flags & DATA_OBJECT ? x->data.object : NULL;
        contents.objects[5] = x->flags & FIRST_OBJECT ? x->first_partial.object : NULL;
        contents.objects[6] = x->flags & SECOND_OBJECT ? x->second_partial.object : NULL;
    }
    return contents;
}

/* Release them; Python code may run. */
static inline void release_contents(Contents *contents) {
    if (UNLIKELY(contents->extra != NULL)) {
        contents->objects[7] = contents->extra->name;
        contents->objects[8] = contents->extra->derivative;
        PyMem_Free(contents->extra);
    }
    for (int i = 0; i < 9; i++) {
        Py_XDECREF(contents->objects[i]);
    }
}

static int variable_clear(PyObject *self) {
    Variable *x = as_variable(self);
    Contents contents = take_contents(x);
    x->creator = x->first_parent = x->second_parent = x->code = NULL;
    x->extra = NULL;
    x->data.object = NULL;
    x->flags = (x->flags & (TRACKED | POOLED)) | DATA_OBJECT;
    release_contents(&contents);
    return 0;
}

/* -- the end ------------------------------------------------------------------------------------------------------ */

/* Somebody who is ending Variables: those that lose their last reference meanwhile wait until it is their turn, linked
 * by `unique_id`, so that a chain of any length ends without recursion. What else ends with them may run Python code,
 * and so other threads, which do the same for themselves. */
typedef struct ending {
    struct ending *outer;
    PyThreadState *thread;
    Variable *waiting;
} Ending;

static Ending *endings;    /* of all threads that are at it; mostly none */

static inline Ending *ending_of_this_thread(void) {
    PyThreadState *thread = PyThreadState_Get();
    Ending *ending = endings;
    while (ending != NULL && ending->thread != thread) {
        ending = ending->outer;
    }
    return ending;
}

static inline void wait_for_end(Ending *ending, Variable *x) {
    x->unique_id = (int64_t)(intptr_t)ending->waiting;
    ending->waiting = x;
}

static void remove_ending(Ending *ending) {
    Ending **place = &endings;
    while (*place != ending) {
        place = &(*place)->outer;
    }
    *place = ending->outer;
}

/* Give up a reference to a parent. A Scalar that nobody else has waits at once, without Python's calls on the way. */
static inline void release_parent(Ending *ending, PyObject *parent) {
    if (parent == NULL) {
        return;
    }
#ifndef Py_REF_DEBUG
    if (LIKELY(Py_REFCNT(parent) == 1 && is_fast_type(Py_TYPE(parent)) && !(as_variable(parent)->flags & TRACKED))) {
        Py_SET_REFCNT(parent, 0);
        wait_for_end(ending, as_variable(parent));
        return;
    }
#else
    (void)ending;    /* a debug build counts all references, and wants to hear of each that goes */
#endif
    Py_DECREF(parent);
}

/* End one Variable, whose parents wait if they have to end, too. Python code may run. */
static inline void end_one(Ending *ending, Variable *x) {
    const uint32_t unusual = DATA_OBJECT | FIRST_OBJECT | SECOND_OBJECT;
    PyTypeObject *type = Py_TYPE(x);
    if (LIKELY((x->flags & (unusual | POOLED)) == POOLED && x->extra == NULL)) {
        PyObject *creator = x->creator, *code = x->code, *first = x->first_parent, *second = x->second_parent;
        free_place(x);
        Py_DECREF(type);
        Py_XDECREF(creator);
        Py_XDECREF(code);
        release_parent(ending, first);
        release_parent(ending, second);
        return;
    }
    Contents contents = take_contents(x);
    if (x->flags & POOLED) {
        free_place(x);
    } else {
        type->tp_free((PyObject *)x);
    }
    Py_DECREF(type);
    release_contents(&contents);
}

/* End a Variable without references, whose type has one reference for it. */
static void end_variable(Variable *x) {
    if (UNLIKELY(endings != NULL)) {
        Ending *ending = ending_of_this_thread();
        if (ending != NULL) {
            wait_for_end(ending, x);
            return;
        }
    }
    Ending mine = {endings, PyThreadState_Get(), NULL};
    endings = &mine;
    end_one(&mine, x);
    while ((x = mine.waiting) != NULL) {
        mine.waiting = (Variable *)(intptr_t)x->unique_id;
        end_one(&mine, x);
    }
    remove_ending(&mine);
}

/* tp_dealloc of the base types: what Python's own function for classes calls, which then releases the type. */
static void variable_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_INCREF(Py_TYPE(self));
    end_variable(as_variable(self));
}

/* tp_dealloc of Scalar and Indicator, put there by `connect`. */
static void scalar_dealloc(PyObject *self) {
    if (UNLIKELY(PyObject_GC_IsTracked(self))) {
        PyObject_GC_UnTrack(self);
    }
    end_variable(as_variable(self));
}

/* In a child process, forget who was ending Variables in the other threads of its parent. */
static void forget_other_endings(void) {
    Ending *mine = endings == NULL ? NULL : ending_of_this_thread();
    if (mine != NULL) {
        mine->outer = NULL;
    }
    endings = mine;
}
