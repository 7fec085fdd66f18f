/* Recording: what the operands are, and how a result is made of them. */
#include "recorder.h"

#define EXACT_INTEGERS 9007199254740992L    /* 2**53: below it every int is a float */

static inline Kind operand(PyObject *x, double *value) {
    PyTypeObject *type = Py_TYPE(x);
    if (LIKELY(type == connected.scalar)) {
        Variable *variable = as_variable(x);
        if (UNLIKELY(variable->flags & (DATA_OBJECT | UNFILLED))) {
            PyObject *data = variable->flags & DATA_OBJECT ? variable->data.object : NULL;
            if (data == NULL || variable->flags & UNFILLED || !PyFloat_CheckExact(data)) {
                return OTHER;
            }
            *value = PyFloat_AS_DOUBLE(data);
        } else {
            *value = variable->data.number;
        }
        return LIKELY(variable->creator != NULL) ? ACTIVE : CONSTANT;
    }
    if (type == &PyFloat_Type) {
        *value = PyFloat_AS_DOUBLE(x);
        return PLAIN;
    }
    if (type == &PyLong_Type) {
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(x, &overflow);
        if (overflow == 0 && number > -EXACT_INTEGERS && number < EXACT_INTEGERS) {
            *value = (double)number;
            return PLAIN;
        }
    }
    return OTHER;
}

/* Return a new Variable of the type Scalar or Indicator with a number and a unique_id, and nothing else. */
static inline Variable *new_number(PyTypeObject *type, double value) {
    Variable *x = new_untracked(type);
    if (UNLIKELY(x == NULL)) {
        return NULL;
    }
    x->data.number = value;
    x->creator = x->first_parent = x->second_parent = NULL;
    x->code = NULL;
    x->unique_id = take_unique_id();
    x->instruction = 0;
    x->flags = POOLED;
    x->extra = NULL;
    return x;
}

static inline PyObject *make_constant(PyTypeObject *type, double value) {
    return (PyObject *)new_number(type, value);
}

static inline Variable *make_result(PyTypeObject *type, PyTypeObject *creator, double value) {
    if (UNLIKELY(count_operation() < 0)) {
        return NULL;
    }
    Variable *x = new_number(type, value);
    if (UNLIKELY(x == NULL)) {
        return NULL;
    }
    /* After the allocation, in which the garbage collector may run Python code. */
    x->code = (PyObject *)code_of_caller(&x->instruction);
    Py_INCREF(creator);
    x->creator = (PyObject *)creator;
    return x;
}

static inline int is_tracked_parent(PyObject *parent) {
    return parent != NULL && is_fast_type(Py_TYPE(parent)) && (as_variable(parent)->flags & TRACKED);
}

static inline void track_result(Variable *result) {
    if (UNLIKELY(is_tracked_parent(result->first_parent) || is_tracked_parent(result->second_parent))) {
        track(result);
    } else if (UNLIKELY(result->first_parent != NULL && PyTuple_CheckExact(result->first_parent))) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(result->first_parent); i++) {
            if (is_tracked_parent(PyTuple_GET_ITEM(result->first_parent, i))) {
                track(result);
                return;
            }
        }
    }
}

/* Return the result of a row of one operand, which is ACTIVE. */
static inline PyObject *record_one(PyTypeObject *type, PyTypeObject *creator, PyObject *x, double value, double by_x) {
    Variable *result = make_result(type, creator, value);
    if (UNLIKELY(result == NULL)) {
        return NULL;
    }
    Py_INCREF(x);
    result->first_parent = x;
    result->first_partial.number = by_x;
    result->flags |= FIRST_NUMBER;
    track_result(result);
    return (PyObject *)result;
}

/* The same of two operands, of which at least one is ACTIVE. */
static inline PyObject *record_two(PyTypeObject *type, PyTypeObject *creator, PyObject *x, Kind x_kind, PyObject *y,
                                   Kind y_kind, double value, double by_x, double by_y) {
    Variable *result = make_result(type, creator, value);
    if (UNLIKELY(result == NULL)) {
        return NULL;
    }
    Py_INCREF(x);
    Py_INCREF(y);
    result->first_parent = x;
    result->second_parent = y;
    result->first_partial.number = by_x;
    result->second_partial.number = by_y;
    result->flags |= (x_kind == ACTIVE ? FIRST_NUMBER : 0) | (y_kind == ACTIVE ? SECOND_NUMBER : 0);
    track_result(result);
    return (PyObject *)result;
}
