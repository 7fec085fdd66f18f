/* The sum of many numbers as one operation: what stands in for `sum(values)` and `sum(values, start)`.
 *
 * The sum of floats and Scalars is made by the row Sum and keeps all that it adds as its operands. Whatever else there
 * is to add, or how, is left to Python.
 */
#include "recorder.h"

/* Partial derivatives of the sums of the last size, all 1: a program that adds up so many numbers again shares them. */
static PyObject *ones;
#define MAX_KEPT_ONES 65536

/* A sum so far: from Python 3.12 on, sum() adds in the end what its rounding has lost. */
typedef struct {
    double sum, lost;
    Py_ssize_t active_count, count;
} Total;

/* Add an operand to a total; false where it is no float or Scalar (an int may stand at the start alone: it is 0). */
static inline int add_to(Total *total, PyObject *x) {
    double value;
    Kind kind = operand(x, &value);
    if (kind == OTHER || (total->count && PyLong_CheckExact(x))) {
        return 0;
    }
    if (total->count++) {
        double sum = total->sum + value;
        int is_larger = fabs(total->sum) >= fabs(value);
        double larger = is_larger ? total->sum : value, smaller = is_larger ? value : total->sum;
        total->lost += (larger - sum) + smaller;
        total->sum = sum;
    }
    else {
        total->sum = value;
    }
    total->active_count += kind == ACTIVE;
    return 1;
}

static double value_of_total(const Total *total) {
#if PY_VERSION_HEX >= 0x030C0000
    if (total->lost != 0.0 && isfinite(total->lost)) {
        return total->sum + total->lost;
    }
#endif
    return total->sum;
}

/* Whether the start of a sum changes it and so is an operand, -1 where Python has to tell: 0 changes -0.0 alone. */
static int start_counts(PyObject *start, PyObject *first) {
    double value;
    if (!PyLong_CheckExact(start)) {
        return 1;
    }
    if (operand(start, &value) != PLAIN || value != 0.0) {
        return -1;
    }
    if (PyLong_CheckExact(first) || operand(first, &value) == OTHER) {
        return -1;
    }
    return value == 0.0;
}

/* The operands of a sum, a new reference: the values, after the start if that counts. */
static PyObject *summands(PyObject *start, PyObject *values) {
    if (!start) {
        return Py_NewRef(values);
    }
    Py_ssize_t size = PyTuple_GET_SIZE(values);
    PyObject *operands = PyTuple_New(size + 1);
    if (operands) {
        PyTuple_SET_ITEM(operands, 0, Py_NewRef(start));
        for (Py_ssize_t i = 0; i < size; i++) {
            PyTuple_SET_ITEM(operands, i + 1, Py_NewRef(PyTuple_GET_ITEM(values, i)));
        }
    }
    return operands;
}

/* The partial derivatives of a sum, a new reference: 1 by each operand with a history, None by others. */
static PyObject *partials_of_sum(PyObject *operands, Py_ssize_t active_count) {
    Py_ssize_t size = PyTuple_GET_SIZE(operands);
    int all_active = active_count == size;
    if (all_active && ones && PyTuple_GET_SIZE(ones) == size) {
        return Py_NewRef(ones);
    }
    PyObject *one = PyFloat_FromDouble(1.0), *partials = PyTuple_New(size);
    if (!one || !partials) {
        Py_XDECREF(one);
        Py_XDECREF(partials);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        double value;
        int is_active = all_active || operand(PyTuple_GET_ITEM(operands, i), &value) == ACTIVE;
        PyTuple_SET_ITEM(partials, i, Py_NewRef(is_active ? one : Py_None));
    }
    Py_DECREF(one);
    PyObject_GC_UnTrack(partials);
    if (all_active && size <= MAX_KEPT_ONES) {
        Py_XSETREF(ones, Py_NewRef(partials));
    }
    return partials;
}

/* The sum of operands, at least two, as a Variable. */
static PyObject *record_sum(PyTypeObject *creator, PyObject *operands, const Total *total) {
    Py_ssize_t size = PyTuple_GET_SIZE(operands);
    PyObject *partials = size == 2 ? Py_NewRef(Py_None) : partials_of_sum(operands, total->active_count);
    if (!partials) {
        return NULL;
    }
    Variable *result = make_result(connected.scalar, creator, value_of_total(total));
    if (!result || size == 2) {
        Py_DECREF(partials);
    }
    if (!result) {
        return NULL;
    }
    if (size == 2) {
        PyObject *first = PyTuple_GET_ITEM(operands, 0), *second = PyTuple_GET_ITEM(operands, 1);
        double value;
        result->first_parent = Py_NewRef(first);
        result->second_parent = Py_NewRef(second);
        result->first_partial.number = result->second_partial.number = 1.0;
        result->flags |= operand(first, &value) == ACTIVE ? FIRST_NUMBER : 0;
        result->flags |= operand(second, &value) == ACTIVE ? SECOND_NUMBER : 0;
    }
    else {
        result->first_parent = Py_NewRef(operands);
        result->first_partial.object = partials;
        result->flags |= FIRST_OBJECT;
    }
    track_result(result);
    return (PyObject *)result;
}

/* Return the sum of a start (NULL for the usual 0) and a tuple of at least two values, as one operation if it is one of
 * floats and Scalars, of which one has a history; NULL without an exception where Python has to add. */
static PyObject *sum_of_tuple(PyTypeObject *creator, PyObject *values, PyObject *start) {
    int counts = start ? start_counts(start, PyTuple_GET_ITEM(values, 0)) : 0;
    Total total = {0};
    if (counts < 0 || (counts && !add_to(&total, start))) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(values); i++) {
        if (!add_to(&total, PyTuple_GET_ITEM(values, i))) {
            return NULL;
        }
    }
    if (!total.active_count) {
        return NULL;
    }
    PyObject *operands = summands(counts ? start : NULL, values);
    PyObject *result = operands ? record_sum(creator, operands, &total) : NULL;
    Py_XDECREF(operands);
    return result;
}

/* Whether all items of a list or tuple are floats or ints. */
static int are_plain_numbers(PyObject *values) {
    int good = 1;
    for (Py_ssize_t i = 0; good && i < PySequence_Fast_GET_SIZE(values); i++) {
        good = is_plain_number(PySequence_Fast_GET_ITEM(values, i));
    }
    return good;
}

/* Whether adding a value to another can have no effect that an item still to come would see. */
static inline int is_counted(PyObject *value) {
    return is_plain_number(value) || is_variable(value);
}

/* The items of an iterable, a new list, as long as they are counted; with what is not, `rest` becomes a new iterator of
 * all items, and the list is NULL: Python adds that before it asks for the next. NULL with an error set. */
static PyObject *counted_items(PyObject *iterable, PyObject **rest) {
    PyObject *items = PyObject_GetIter(iterable), *list = items == NULL ? NULL : PyList_New(0), *item;
    while (list != NULL && (item = PyIter_Next(items)) != NULL) {
        const int goes_on = is_counted(item), failed = PyList_Append(list, item) < 0;
        Py_DECREF(item);
        if (UNLIKELY(failed)) {
            Py_CLEAR(list);
        } else if (UNLIKELY(!goes_on)) {
            PyObject *chain = imported("itertools", "chain");
            *rest = chain == NULL ? NULL : PyObject_CallFunctionObjArgs(chain, list, items, NULL);
            Py_XDECREF(chain);
            Py_CLEAR(list);
            break;
        }
    }
    if (list != NULL && PyErr_Occurred()) {
        Py_CLEAR(list);
    }
    Py_XDECREF(items);
    return list;
}

/* Do what `sum` does with the same arguments, on Scalars with their history.
 *
 * creator is the class of the row Sum, plain is `sum`, usual what does the same in Python. */
static PyObject *call_sum(
    PyTypeObject *creator, PyObject *plain, PyObject *usual, PyObject *const *args, Py_ssize_t count, PyObject *names
) {
    if (names || count < 1 || count > 2 || (count == 2 && !is_counted(args[1]))) {
        return PyObject_Vectorcall(usual, args, (size_t)count, names);
    }
    /* A list: the tuple of an iterator is made larger than it stays, for which CPython has no free memory at hand. */
    const int is_ready = PyTuple_CheckExact(args[0]) || PyList_CheckExact(args[0]);
    PyObject *rest = NULL, *items = is_ready ? Py_NewRef(args[0]) : counted_items(args[0], &rest);
    if (rest) {
        PyObject *arguments[] = {rest, count == 1 ? NULL : args[1]}, *total;
        total = PyObject_Vectorcall(usual, arguments, (size_t)count, NULL);
        Py_DECREF(rest);
        return total;
    }
    if (!items) {
        return NULL;
    }
    if (are_plain_numbers(items) && (count == 1 || PyFloat_CheckExact(args[1]) || PyLong_CheckExact(args[1]))) {
        PyObject *arguments[] = {items, count == 1 ? NULL : args[1]}, *total;
        total = PyObject_Vectorcall(plain, arguments, (size_t)count, NULL);
        Py_DECREF(items);
        return total;
    }
    PyObject *values = PySequence_Tuple(items);
    Py_DECREF(items);
    if (!values) {
        return NULL;
    }
    PyObject *zero = count == 2 ? Py_NewRef(args[1]) : PyLong_FromLong(0), *result = NULL;
    if (zero && PyTuple_GET_SIZE(values) > 1 && may_record()) {
        result = sum_of_tuple(creator, values, zero);
    }
    if (zero && !result && !PyErr_Occurred()) {
        PyObject *instead[] = {values, zero};      /* an iterator has been used up */
        result = PyObject_Vectorcall(usual, instead, 2, NULL);
    }
    Py_DECREF(values);
    Py_XDECREF(zero);
    return result;
}
