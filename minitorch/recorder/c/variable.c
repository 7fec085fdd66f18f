/* Variables: their attributes, how they are made, how they end, and what the garbage collector sees of them. */
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

static void track_for(Variable *x, PyObject *value) {
    if (!(x->flags & TRACKED) && may_be_younger(x, value)) {
        track(x);
    }
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

/* What a Variable refers to, taken out of it. */
typedef struct {
    PyObject *objects[9];
    Extra *extra;
} Contents;

static inline Contents take_contents(Variable *x) {
    Contents contents = {
        {x->creator, x->first_parent, x->second_parent, x->code, NULL, NULL, NULL, NULL, NULL}, x->extra};
    if (UNLIKELY(x->flags & (DATA_OBJECT | FIRST_OBJECT | SECOND_OBJECT))) {
        contents.objects[4] = x->flags & DATA_OBJECT ? x->data.object : NULL;
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

/* -- the beginning ------------------------------------------------------------------------------------------------ */

static PyObject *variable_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args, (void)kwargs;
    Variable *x;
    if (is_fast_type(type)) {
        x = new_untracked(type);
        if (x != NULL) {
            memset((char *)x + sizeof(PyObject), 0, sizeof(Variable) - sizeof(PyObject));
            x->flags = DATA_OBJECT | UNFILLED | POOLED;
        }
    } else {
        x = (Variable *)type->tp_alloc(type, 0);
        if (x != NULL) {
            x->flags = DATA_OBJECT | UNFILLED | TRACKED;
        }
    }
    return (PyObject *)x;
}

/* -- attributes --------------------------------------------------------------------------------------------------- */

static inline PyObject *or_none(PyObject *value) {
    PyObject *object = value == NULL ? Py_None : value;
    Py_INCREF(object);
    return object;
}

/* Write an object, or None, or with NULL nothing, into a place where NULL stands for None. */
static int set_object(Variable *x, PyObject **place, PyObject *value) {
    PyObject *before = *place;
    if (value == NULL || value == Py_None) {
        *place = NULL;
    } else {
        track_for(x, value);
        Py_INCREF(value);
        *place = value;
    }
    Py_XDECREF(before);
    return 0;
}

/* Attributes that are pointers in the structure itself; the closure is their offset. */
static PyObject *get_pointer(PyObject *self, void *offset) {
    return or_none(*(PyObject **)((char *)self + (size_t)offset));
}

static int set_pointer(PyObject *self, PyObject *value, void *offset) {
    return set_object(as_variable(self), (PyObject **)((char *)self + (size_t)offset), value);
}

static PyObject *variable_get_creator(PyObject *self, void *closure) {
    (void)closure;
    if (UNLIKELY(as_variable(self)->flags & UNFILLED)) {
        PyErr_SetString(PyExc_AttributeError, "creator");
        return NULL;
    }
    return or_none(as_variable(self)->creator);
}

static int variable_set_creator(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    as_variable(self)->flags &= ~(uint32_t)UNFILLED;
    return set_object(as_variable(self), &as_variable(self)->creator, value);
}

/* Attributes in `extra`; the closure is the offset there. */
static PyObject *get_extra(PyObject *self, void *offset) {
    Extra *extra = as_variable(self)->extra;
    return or_none(extra == NULL ? NULL : *(PyObject **)((char *)extra + (size_t)offset));
}

static int set_extra(PyObject *self, PyObject *value, void *offset) {
    Variable *x = as_variable(self);
    if (x->extra == NULL) {
        if (value == NULL || value == Py_None) {
            return 0;
        }
        x->extra = PyMem_Calloc(1, sizeof(Extra));
        if (x->extra == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    return set_object(x, (PyObject **)((char *)x->extra + (size_t)offset), value);
}

static inline PyObject *get_slot(Variable *x, Slot slot, uint32_t number, uint32_t object) {
    if (x->flags & number) {
        return PyFloat_FromDouble(slot.number);
    }
    return or_none(x->flags & object ? slot.object : NULL);
}

static int set_slot(Variable *x, Slot *slot, uint32_t number, uint32_t object, PyObject *value) {
    PyObject *before = x->flags & object ? slot->object : NULL;
    x->flags &= ~(number | object);
    /* A nan is known by its object: no other one has its hash. */
    if (value != NULL && PyFloat_CheckExact(value) && !(isnan(PyFloat_AS_DOUBLE(value)) && object == DATA_OBJECT)) {
        slot->number = PyFloat_AS_DOUBLE(value);
        x->flags |= number;
    } else if (value != NULL && (value != Py_None || object == DATA_OBJECT)) {
        track_for(x, value);
        Py_INCREF(value);
        slot->object = value;
        x->flags |= object;
    } else {
        slot->object = NULL;
        x->flags |= object & DATA_OBJECT;
    }
    Py_XDECREF(before);
    return 0;
}

static PyObject *get_first_partial(Variable *x) {
    return get_slot(x, x->first_partial, FIRST_NUMBER, FIRST_OBJECT);
}

static PyObject *get_second_partial(Variable *x) {
    return get_slot(x, x->second_partial, SECOND_NUMBER, SECOND_OBJECT);
}

static PyObject *get_data(Variable *x) {
    if (!(x->flags & DATA_OBJECT)) {
        PyObject *number = PyFloat_FromDouble(x->data.number);
        if (UNLIKELY(isnan(x->data.number)) && number != NULL) {
            set_slot(x, &x->data, 0, DATA_OBJECT, number);
        }
        return number;
    }
    if (x->data.object == NULL) {
        PyErr_SetString(PyExc_AttributeError, "data");
        return NULL;
    }
    Py_INCREF(x->data.object);
    return x->data.object;
}

static PyObject *variable_get_first_partial(PyObject *self, void *closure) {
    (void)closure;
    return get_first_partial(as_variable(self));
}

static int variable_set_first_partial(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return set_slot(as_variable(self), &as_variable(self)->first_partial, FIRST_NUMBER, FIRST_OBJECT, value);
}

static PyObject *variable_get_second_partial(PyObject *self, void *closure) {
    (void)closure;
    return get_second_partial(as_variable(self));
}

static int variable_set_second_partial(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return set_slot(as_variable(self), &as_variable(self)->second_partial, SECOND_NUMBER, SECOND_OBJECT, value);
}

static PyObject *scalar_get_data(PyObject *self, void *closure) {
    (void)closure;
    return get_data(as_variable(self));
}

static int scalar_set_data(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return set_slot(as_variable(self), &as_variable(self)->data, 0, DATA_OBJECT, value);
}

static PyObject *variable_get_unique_id(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromLongLong(as_variable(self)->unique_id);
}

static int variable_set_unique_id(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    long long number = value == NULL ? 0 : PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    as_variable(self)->unique_id = number;
    return 0;
}

static PyObject *variable_get_instruction(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromLong(as_variable(self)->instruction);
}

static int variable_set_instruction(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    long number = value == NULL ? 0 : PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred()) {
        return -1;
    }
    as_variable(self)->instruction = (int32_t)number;
    return 0;
}

#define POINTER(name) {#name, get_pointer, set_pointer, NULL, (void *)offsetof(Variable, name)}
#define IN_EXTRA(name) {#name, get_extra, set_extra, NULL, (void *)offsetof(Extra, name)}
#define ACCESSORS(name) {#name, variable_get_##name, variable_set_##name, NULL, NULL}

static PyGetSetDef variable_attributes[] = {
    ACCESSORS(creator), POINTER(first_parent), POINTER(second_parent), POINTER(code),
    IN_EXTRA(name), IN_EXTRA(derivative),
    ACCESSORS(first_partial), ACCESSORS(second_partial), ACCESSORS(unique_id), ACCESSORS(instruction),
    {NULL},
};

static PyGetSetDef scalar_attributes[] = {{"data", scalar_get_data, scalar_set_data, NULL, NULL}, {NULL}};

static PyTypeObject VariableBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.VariableBase",
    .tp_doc = "What the recorder knows of a Variable.",
    .tp_basicsize = sizeof(Variable),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = variable_new,
    .tp_dealloc = variable_dealloc,
    .tp_free = PyObject_GC_Del,
    .tp_traverse = variable_traverse,
    .tp_clear = variable_clear,
    .tp_getset = variable_attributes,
};
