/* The base types of Variables: how they begin, and their attributes. */
#include "recorder.h"

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
        if (track_for(x, value) < 0) {
            return -1;
        }
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

/* Refuse to delete how a Variable was made: half of that would give a wrong derivative. */
static int refuse_deletion(void) {
    PyErr_SetString(PyExc_AttributeError,
                    "how a Variable was made can't be deleted in part: set history, with None it is a constant");
    return -1;
}

static int set_pointer(PyObject *self, PyObject *value, void *offset) {
    return value == NULL ? refuse_deletion() : set_object(as_variable(self), (PyObject **)((char *)self + (size_t)offset), value);
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
    if (value == NULL) {
        return refuse_deletion();
    }
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
    if (value != NULL && track_for(x, value) < 0) {
        return -1;
    }
    x->flags &= ~(number | object);
    /* A nan is known by its object: no other one has its hash. */
    if (value != NULL && PyFloat_CheckExact(value) && !(isnan(PyFloat_AS_DOUBLE(value)) && object == DATA_OBJECT)) {
        slot->number = PyFloat_AS_DOUBLE(value);
        x->flags |= number;
    } else if (value != NULL && (value != Py_None || object == DATA_OBJECT)) {
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

static PyObject *scalar_get_data(PyObject *self, void *closure) {
    (void)closure;
    Variable *x = as_variable(self);
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
    return get_slot(as_variable(self), as_variable(self)->first_partial, FIRST_NUMBER, FIRST_OBJECT);
}

static int variable_set_first_partial(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return value == NULL ? refuse_deletion()
                         : set_slot(as_variable(self), &as_variable(self)->first_partial, FIRST_NUMBER, FIRST_OBJECT, value);
}

static PyObject *variable_get_second_partial(PyObject *self, void *closure) {
    (void)closure;
    return get_slot(as_variable(self), as_variable(self)->second_partial, SECOND_NUMBER, SECOND_OBJECT);
}

static int variable_set_second_partial(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return value == NULL
               ? refuse_deletion()
               : set_slot(as_variable(self), &as_variable(self)->second_partial, SECOND_NUMBER, SECOND_OBJECT, value);
}

static int scalar_set_data(PyObject *self, PyObject *value, void *closure) {
    (void)closure;
    return set_slot(as_variable(self), &as_variable(self)->data, 0, DATA_OBJECT, value);
}

static PyObject *variable_get_unique_id(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromLongLong(as_variable(self)->unique_id);
}

static int variable_refuse_unique_id(PyObject *self, PyObject *value, void *closure) {
    (void)self, (void)value, (void)closure;
    PyErr_SetString(PyExc_AttributeError,
                    "unique_id is the order in which Variables were made, which derivatives go by: set history to say "
                    "how this one was made");
    return -1;
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

static PyObject *last_fn_name;    /* "last_fn" */

/* Whether a History says that a Function made what has it; -1 with an error set. */
static int has_last_fn(PyObject *history) {
    if (history == Py_None || is_history_of_leaf(history)) {
        return 0;
    }
    PyObject *function = PyObject_GetAttr(history, last_fn_name);
    Py_XDECREF(function);
    return function == NULL ? -1 : function != Py_None;
}

/* VariableBase.__init__(history, name=None) */
static int variable_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"history", "name", NULL};
    Variable *x = as_variable(self);
    PyObject *history, *name = Py_None;
    if (LIKELY(kwargs == NULL && PyTuple_GET_SIZE(args) == 2)) {
        history = PyTuple_GET_ITEM(args, 0);
        name = PyTuple_GET_ITEM(args, 1);
    } else if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:__init__", names, &history, &name)) {
        return -1;
    }
    const int is_made = has_last_fn(history);
    if (is_made < 0 || (is_made && count_operation() < 0)) {
        return -1;
    }
    if (UNLIKELY(!(x->flags & UNFILLED))) {
        /* It has been called before. */
        Contents contents = take_contents(x);
        contents.objects[DATA] = NULL;
        x->creator = x->first_parent = x->second_parent = x->code = NULL;
        x->extra = NULL;
        x->flags &= ~(uint32_t)(FIRST_NUMBER | FIRST_OBJECT | SECOND_NUMBER | SECOND_OBJECT);
        release_contents(&contents);
    }
    x->unique_id = take_unique_id();
    x->instruction = 0;
    if (is_made) {
        x->code = (PyObject *)code_of_caller(&x->instruction);
    }
    return variable_set_creator(self, history, NULL) < 0 ? -1
                                                         : set_extra(self, name, (void *)offsetof(Extra, name));
}

#define POINTER(name) {#name, get_pointer, set_pointer, NULL, (void *)offsetof(Variable, name)}
#define IN_EXTRA(name) {#name, get_extra, set_extra, NULL, (void *)offsetof(Extra, name)}
#define ACCESSORS(name) {#name, variable_get_##name, variable_set_##name, NULL, NULL}

static PyGetSetDef variable_attributes[] = {
    ACCESSORS(creator), POINTER(first_parent), POINTER(second_parent), POINTER(code),
    IN_EXTRA(name), IN_EXTRA(derivative),
    ACCESSORS(first_partial), ACCESSORS(second_partial), ACCESSORS(instruction),
    {"_unique_id", variable_get_unique_id, variable_set_unique_id, NULL, NULL},
    {"unique_id", variable_get_unique_id, variable_refuse_unique_id, NULL, NULL},

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
    .tp_init = variable_init,
    .tp_dealloc = variable_dealloc,
    .tp_free = PyObject_GC_Del,
    .tp_traverse = variable_traverse,
    .tp_clear = variable_clear,
    .tp_getset = variable_attributes,
};

/* Say what a base type keeps as classes written in Python do: copies and pickles are made by these names, of
 * which the last attribute, one that can only be read, is none. */
static int set_slots(PyTypeObject *type) {
    Py_ssize_t count = 0;
    while (type->tp_getset[count].name != NULL && type->tp_getset[count].set != variable_refuse_unique_id) {
        count++;
    }
    PyObject *names = PyTuple_New(count);
    for (Py_ssize_t i = 0; names != NULL && i < count; i++) {
        PyObject *name = PyUnicode_InternFromString(type->tp_getset[i].name);
        if (name == NULL) {
            Py_CLEAR(names);
        } else {
            PyTuple_SET_ITEM(names, i, name);
        }
    }
    int result = names == NULL ? -1 : PyDict_SetItemString(type->tp_dict, "__slots__", names);
    Py_XDECREF(names);
    PyType_Modified(type);
    return result;
}
