/* Leaves and constants: the Scalars that no Function makes, many at a time, and the usual calls of the class. */
#include "recorder.h"

/* `__init__` of Scalar in Python, as its class had it. */
static initproc usual_init;

/* Return whether a Scalar with this history needs nothing but to refer to it: a constant's or a leaf's. */
static inline int is_plain_history(PyObject *history) {
    return history == Py_None || is_history_of_leaf(history);
}

/* Give a new Scalar, which has a number, its history and name. */
static inline int fill_leaf(Variable *x, PyObject *history, PyObject *name) {
    if (history != Py_None) {
        Py_INCREF(history);
        x->creator = history;
    }
    return name == Py_None ? 0 : set_extra((PyObject *)x, name, (void *)offsetof(Extra, name));
}

/* Return whether a value is a usual number; one that is not a number is known by its object, as attributes.c has it. */
static inline int is_usual_number(PyObject *value) {
    return PyFloat_CheckExact(value) && !isnan(PyFloat_AS_DOUBLE(value));
}

static PyObject *make_leaf(PyObject *value, PyObject *history, PyObject *name) {
    if (UNLIKELY(!is_usual_number(value))) {
        return PyObject_CallFunctionObjArgs((PyObject *)connected.scalar, value, history, name, NULL);
    }
    Variable *x = new_number(connected.scalar, PyFloat_AS_DOUBLE(value));
    if (UNLIKELY(x == NULL)) {
        return NULL;
    }
    if (UNLIKELY(fill_leaf(x, history, name) < 0)) {
        Py_DECREF(x);
        return NULL;
    }
    return (PyObject *)x;
}

/* leaves(values, history, names): as `[Scalar(value, history, name) for value, name in zip(values, names)]`. */
static PyObject *leaves(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 3 || !PyList_Check(args[0]) || !PyList_Check(args[2]) ||
        PyList_GET_SIZE(args[0]) != PyList_GET_SIZE(args[2]) || connected.scalar == NULL ||
        !is_plain_history(args[1])) {
        PyErr_SetString(PyExc_TypeError, "leaves takes a list of numbers, a leaf's history and a list of as many names");
        return NULL;
    }
    PyObject *made = PyList_New(0);
    for (Py_ssize_t i = 0; made != NULL && i < PyList_GET_SIZE(args[0]) && i < PyList_GET_SIZE(args[2]); i++) {
        /* What makes a number of another type may run Python code, which may change the lists. */
        PyObject *value = Py_NewRef(PyList_GET_ITEM(args[0], i)), *name = Py_NewRef(PyList_GET_ITEM(args[2], i));
        PyObject *leaf = make_leaf(value, args[1], name);
        Py_DECREF(value);
        Py_DECREF(name);
        if (leaf == NULL || PyList_Append(made, leaf) < 0) {
            Py_CLEAR(made);
        }
        Py_XDECREF(leaf);
    }
    return made;
}

/* tp_init of Scalar, put there by `connect`: a float with the history of a leaf, or none, and perhaps a name. */
static int scalar_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    Variable *x = as_variable(self);
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    if (LIKELY(kwargs == NULL && count >= 1 && count <= 3 && is_usual_number(PyTuple_GET_ITEM(args, 0)) &&
               Py_TYPE(self) == connected.scalar && (x->flags & UNFILLED) &&
               (count == 1 || is_plain_history(PyTuple_GET_ITEM(args, 1))))) {
        PyObject *own = count == 1 ? PyObject_CallNoArgs((PyObject *)connected.history) : NULL;
        if (UNLIKELY(count == 1 && own == NULL)) {
            return -1;
        }
        x->data.number = PyFloat_AS_DOUBLE(PyTuple_GET_ITEM(args, 0));
        x->flags &= ~(uint32_t)(DATA_OBJECT | UNFILLED);
        x->unique_id = take_unique_id();
        int result = fill_leaf(x, own == NULL ? PyTuple_GET_ITEM(args, 1) : own,
                               count == 3 ? PyTuple_GET_ITEM(args, 2) : Py_None);
        Py_XDECREF(own);
        return result;
    }
    return usual_init(self, args, kwargs);
}

/* Have the calls of Scalar begin here. */
static void set_init(PyTypeObject *type) {
    if (type->tp_init != scalar_init) {
        usual_init = type->tp_init;
        type->tp_init = scalar_init;
    }
}
