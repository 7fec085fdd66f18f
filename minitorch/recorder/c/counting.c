/* Counting down the operations that may still be recorded before Python code looks at how many there were. */
#include "recorder.h"

static int64_t operations_given = INT64_MAX;    /* what `operations_left` began with */
static PyObject *reached;                       /* called at the operation after those given; NULL for nothing */

/* Begin to count down from a number; return how many operations were recorded since that was done before. */
static int64_t begin_countdown(int64_t operations) {
    int64_t counted = operations_given - operations_left;
    operations_given = operations_left = operations;
    return counted;
}

static int look_at_operations(void) {
    if (reached == NULL) {
        begin_countdown(INT64_MAX);
        return 0;
    }
    PyObject *callback = Py_NewRef(reached);
    PyObject *result = PyObject_CallNoArgs(callback);
    Py_DECREF(callback);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static PyObject *count_down(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "count_down takes a number and a function");
        return NULL;
    }
    int64_t operations = INT64_MAX;
    if (args[1] != Py_None) {
        operations = PyLong_AsLongLong(args[0]);
        if (operations == -1 && PyErr_Occurred()) {
            return NULL;
        }
    }
    int64_t counted = begin_countdown(operations);
    PyObject *before = reached;
    reached = args[1] == Py_None ? NULL : Py_NewRef(args[1]);
    Py_XDECREF(before);
    return PyLong_FromLongLong(counted);
}

static PyObject *count_one_operation(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    if (count_operation() < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
