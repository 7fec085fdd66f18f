/* What leaves get from a reverse pass: derivatives are added to those that they have. */
#include "recorder.h"

/* Return the derivative of a Scalar that is a leaf after an addition, a new reference, and see to it that there is a
 * place for it; NULL, without an exception, where Python has to add, and NULL with MemoryError. */
static PyObject *added_derivative(PyObject *leaf, PyObject *derivative) {
    Variable *x = as_variable(leaf);
    if (!is_fast_type(Py_TYPE(leaf)) || !PyFloat_CheckExact(derivative) || !is_history_of_leaf(x->creator)) {
        return NULL;
    }
    PyObject *before = x->extra == NULL ? NULL : x->extra->derivative;
    if (before == NULL) {
        if (x->extra == NULL && (x->extra = PyMem_Calloc(1, sizeof(Extra))) == NULL) {
            return PyErr_NoMemory();
        }
        return Py_NewRef(derivative);
    }
    if (!PyFloat_CheckExact(before)) {
        return NULL;
    }
    return PyFloat_FromDouble(PyFloat_AS_DOUBLE(before) + PyFloat_AS_DOUBLE(derivative));
}

/* Have Python add a derivative. */
static int add_in_python(PyObject *leaf, PyObject *derivative) {
    Py_INCREF(leaf);
    Py_INCREF(derivative);
    PyObject *result = PyObject_CallMethod(leaf, "accumulate_derivative", "O", derivative);
    Py_DECREF(leaf);
    Py_DECREF(derivative);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* Put the sums into their places; those that are missing are Python's to make. */
static int keep_sums(PyObject *leaves, PyObject *derivatives, PyObject **sums, Py_ssize_t size) {
    for (Py_ssize_t i = 0; i < size; i++) {
        if (i >= PyList_GET_SIZE(leaves) || i >= PyList_GET_SIZE(derivatives)) {
            PyErr_SetString(PyExc_RuntimeError, "the list of leaves was changed while they got their derivatives");
            return -1;
        }
        PyObject *leaf = PyList_GET_ITEM(leaves, i);
        if (sums[i] != NULL && is_variable(leaf) && as_variable(leaf)->extra != NULL) {
            Py_XSETREF(as_variable(leaf)->extra->derivative, sums[i]);
            sums[i] = NULL;
        } else if (add_in_python(leaf, PyList_GET_ITEM(derivatives, i)) < 0) {
            return -1;
        }
    }
    return 0;
}

PyDoc_STRVAR(add_derivatives_doc,
"add_derivatives(leaves, derivatives, /)\n--\n\n"
"Add to the derivative of each leaf, which all are different; if memory is short, to none of them.\n\n"
"Args:\n"
"    leaves: a list of Variables.\n"
"    derivatives: a list with what is added to each.");

static PyObject *add_derivatives(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 2 || !are_passable(args[0], args[1], args[0]) ||
        PyList_GET_SIZE(args[0]) != PyList_GET_SIZE(args[1])) {
        PyErr_SetString(PyExc_TypeError, "add_derivatives takes a list of leaves and one of their derivatives");
        return NULL;
    }
    Py_ssize_t size = PyList_GET_SIZE(args[0]), made = 0;
    PyObject **sums = PyMem_New(PyObject *, size > 0 ? size : 1);
    if (sums == NULL) {
        return PyErr_NoMemory();
    }
    while (made < size && !PyErr_Occurred()) {
        sums[made] = added_derivative(PyList_GET_ITEM(args[0], made), PyList_GET_ITEM(args[1], made));
        made++;
    }
    int result = PyErr_Occurred() ? -1 : keep_sums(args[0], args[1], sums, size);
    for (Py_ssize_t i = 0; i < made; i++) {
        Py_XDECREF(sums[i]);
    }
    PyMem_Free(sums);
    if (result < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
