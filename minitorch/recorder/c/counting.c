/* Counting down the operations that a context may still record before its limit, in Python, looks at how many there
 * were: what countdown.py says. */
#include "recorder.h"

typedef struct {
    PyObject_HEAD
    int64_t given;    /* what it began with */
    int64_t left;     /* how many operations may be recorded before it looks */
} Countdown;

static PyObject *countdown_begin(PyObject *self, PyObject *operations) {
    int64_t given = PyLong_AsLongLong(operations);
    if (given == -1 && PyErr_Occurred()) {
        return NULL;
    }
    Countdown *countdown = (Countdown *)self;
    int64_t since = countdown->given - countdown->left;
    countdown->given = countdown->left = given;
    return PyLong_FromLongLong(since);
}

static PyMethodDef countdown_methods[] = {
    {"begin", countdown_begin, METH_O,
     "Have `look` called at the operation after so many more; return how many there were since the last time."},
    {NULL},
};

static PyTypeObject Countdown_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.Countdown",
    .tp_doc = "Where a count is; a limit derives from it.",
    .tp_basicsize = sizeof(Countdown),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_methods = countdown_methods,
};

static int count_in_context(void) {
    PyObject *limit;
    if (connected.counted == NULL) {
        return 0;
    }
    if (PyContextVar_Get(connected.counted, NULL, &limit) < 0) {
        return -1;
    }
    int result = 0;
    if (PyObject_TypeCheck(limit, &Countdown_Type) && --((Countdown *)limit)->left < 0) {
        PyObject *looked = PyObject_CallMethod(limit, "look", NULL);
        result = looked == NULL ? -1 : 0;
        Py_XDECREF(looked);
    }
    Py_DECREF(limit);
    return result;
}

static PyObject *count_one_operation(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    if (count_operation() < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
