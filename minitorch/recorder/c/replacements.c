/* What stands in for builtins in traced code, where all that it meets is plain: `float(x)`, `max(x, y)`, `text % x`.
 *
 *     replacement("float", usual)      a callable that does what the Python function `usual` does
 *
 * Each is the Python function for whatever is not usual, and so has its name, its signature and its errors. As `resolve`
 * they are of a type of their own: the interpreter neither counts nor shows their calls.
 */
#include "recorder.h"

enum { MAX_PARTS = 4 };

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *usual;                        /* Python's */
    PyObject *parts[MAX_PARTS];             /* what else it was made with; what they are depends on the kind */
    PyObject *module, *name, *qualname;     /* those of `usual` */
} Replacement;

static PyObject *left_to_python(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    return PyObject_Vectorcall(((Replacement *)self)->usual, arguments, count, names);
}

/* Whether there is a certain number of arguments, all by position. */
static inline int has_arguments(size_t count, Py_ssize_t wanted, PyObject *names) {
    return LIKELY(PyVectorcall_NARGS(count) == wanted && names == NULL);
}

/* Whether nobody notes what numbers are made of text. */
static inline int is_unnoted(void) {
    return connected.active != NULL && !holds_any(connected.active);
}

/* Whether a class is, or may be, that of numpy's arrays. */
static inline int is_array_type(PyTypeObject *type) {
    return strcmp(bare_name(type), "ndarray") == 0;
}

/* Whether objects of just this type are among those that stand for plain numbers; `types` is a tuple of them. */
static inline int is_one_of(PyTypeObject *type, PyObject *types) {
    if (LIKELY(!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(types); i++) {
        if (PyTuple_GET_ITEM(types, i) == (PyObject *)type) {
            return 1;
        }
    }
    return 0;
}

/* -- numbers ------------------------------------------------------------------------------------------------------ */

static PyObject *call_float(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names)) {
        PyObject *x = arguments[0];
        if (PyFloat_CheckExact(x) || Py_TYPE(x) == connected.scalar) {
            return Py_NewRef(x);
        }
        if (PyLong_CheckExact(x) || PyBool_Check(x) || (PyUnicode_CheckExact(x) && is_unnoted())) {
            return PyNumber_Float(x);
        }
    }
    return left_to_python(self, arguments, count, names);
}

static PyObject *call_int(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names)) {
        PyObject *x = arguments[0];
        if (is_plain_number(x) || (PyUnicode_CheckExact(x) && is_unnoted())) {
            return PyNumber_Long(x);
        }
    }
    return left_to_python(self, arguments, count, names);
}

/* `math.floor` and `math.ceil`; parts: which of them */
static PyObject *call_rounding(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names) && (is_plain_number(arguments[0]) || Py_TYPE(arguments[0]) == connected.scalar)) {
        return PyObject_Vectorcall(((Replacement *)self)->parts[0], arguments, count, NULL);
    }
    return left_to_python(self, arguments, count, names);
}

/* Whether a value is written as text by itself alone: no Variable is in it. */
static inline int is_plain_text(PyObject *x) {
    return is_plain_number(x) || PyUnicode_CheckExact(x) || x == Py_None;
}

/* `x % y`, the remainder or the format of text. */
static PyObject *call_modulo(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (UNLIKELY(!has_arguments(count, 2, names))) {
        return left_to_python(self, arguments, count, names);
    }
    PyObject *x = arguments[0], *y = arguments[1];
    if (PyUnicode_Check(x) || PyBytes_Check(x) || PyByteArray_Check(x)) {
        int is_plain = PyUnicode_CheckExact(x) && (is_plain_text(y) || PyTuple_CheckExact(y));
        for (Py_ssize_t i = 0; is_plain && PyTuple_CheckExact(y) && i < PyTuple_GET_SIZE(y); i++) {
            is_plain = is_plain_text(PyTuple_GET_ITEM(y, i));
        }
        if (!is_plain) {
            return left_to_python(self, arguments, count, names);
        }
    }
    return PyNumber_Remainder(x, y);
}

/* `x %= y` */
static PyObject *call_modulo_in_place(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 2, names)) {
        PyObject *x = arguments[0];
        if (!PyUnicode_Check(x) && !PyBytes_Check(x) && !PyByteArray_Check(x)) {
            return PyNumber_InPlaceRemainder(x, arguments[1]);
        }
    }
    return left_to_python(self, arguments, count, names);
}

/* -- callables that call a function given to them ----------------------------------------------------------------- */

/* Call the plain callable with one argument replaced by what is called in its place. */
static PyObject *call_resolved(Replacement *self, PyObject *const *arguments, size_t count, PyObject *names,
                               Py_ssize_t place) {
    PyObject *few[8], **changed = few;
    const Py_ssize_t size = PyVectorcall_NARGS(count) + (names == NULL ? 0 : PyTuple_GET_SIZE(names));
    PyObject *function = PyObject_CallOneArg(self->parts[1], arguments[place]);
    if (function == NULL || (size > (Py_ssize_t)Py_ARRAY_LENGTH(few) && (changed = PyMem_New(PyObject *, size)) == NULL)) {
        Py_XDECREF(function);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    memcpy(changed, arguments, (size_t)size * sizeof *changed);
    changed[place] = function;
    PyObject *result = PyObject_Vectorcall(self->parts[0], changed, (size_t)PyVectorcall_NARGS(count), names);
    Py_DECREF(function);
    if (changed != few) {
        PyMem_Free(changed);
    }
    return result;
}

/* parts: the plain callable, `resolve`, the position of the function or None, its keyword */
static PyObject *call_calling(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    Replacement *replacement = (Replacement *)self;
    const Py_ssize_t given = PyVectorcall_NARGS(count);
    Py_ssize_t place = -1;
    if (names != NULL) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
            int is_keyword = PyUnicode_Compare(PyTuple_GET_ITEM(names, i), replacement->parts[3]) == 0;
            place = is_keyword && arguments[given + i] != Py_None ? given + i : place;
        }
    }
    if (PyLong_CheckExact(replacement->parts[2])) {
        const Py_ssize_t position = PyLong_AsSsize_t(replacement->parts[2]);
        if (given > position && arguments[position] != Py_None) {
            if (UNLIKELY(place >= 0)) {
                return left_to_python(self, arguments, count, names);
            }
            place = position;
        }
    }
    if (place >= 0) {
        return call_resolved(replacement, arguments, count, names, place);
    }
    return PyObject_Vectorcall(replacement->parts[0], arguments, count, names);
}

/* -- questions ---------------------------------------------------------------------------------------------------- */

/* `type(x)`; parts: the tuple of classes whose objects call themselves something else */
static PyObject *call_type(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names)) {
        PyTypeObject *type = Py_TYPE(arguments[0]);
        PyObject *classes = ((Replacement *)self)->parts[0];
        int is_special = 0;
        for (Py_ssize_t i = 0; type->tp_flags & Py_TPFLAGS_HEAPTYPE && i < PyTuple_GET_SIZE(classes); i++) {
            is_special |= PyType_IsSubtype(type, (PyTypeObject *)PyTuple_GET_ITEM(classes, i));
        }
        if (!is_special) {
            return Py_NewRef((PyObject *)type);
        }
    }
    return left_to_python(self, arguments, count, names);
}

/* The bool of a comparison's outcome. */
static PyObject *call_truth(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names) && connected.indicator != NULL && Py_TYPE(arguments[0]) != connected.indicator) {
        return Py_NewRef(arguments[0]);
    }
    return left_to_python(self, arguments, count, names);
}

/* What an attribute is asked of that plain numbers do not have; parts: the tuple of types that stand for such */
static PyObject *call_plainly(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names) && !is_one_of(Py_TYPE(arguments[0]), ((Replacement *)self)->parts[0])) {
        return Py_NewRef(arguments[0]);
    }
    return left_to_python(self, arguments, count, names);
}

/* What the `dtype` is asked of. */
static PyObject *call_with_dtype(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names) && !is_array_type(Py_TYPE(arguments[0]))) {
        return Py_NewRef(arguments[0]);
    }
    return left_to_python(self, arguments, count, names);
}

/* The two arguments of `getattr(x, name)`; parts: the tuple of types that stand for plain numbers */
static PyObject *call_owner_and_name(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 2, names)) {
        PyTypeObject *type = Py_TYPE(arguments[0]);
        if (!is_one_of(type, ((Replacement *)self)->parts[0]) && !is_array_type(type)) {
            return PyTuple_Pack(2, arguments[0], arguments[1]);
        }
    }
    return left_to_python(self, arguments, count, names);
}

/* An attribute that arrays of objects do not have as their elements do; parts: its name */
static PyObject *call_attribute(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    if (has_arguments(count, 1, names) && !is_array_type(Py_TYPE(arguments[0]))) {
        return PyObject_GetAttr(arguments[0], ((Replacement *)self)->parts[0]);
    }
    return left_to_python(self, arguments, count, names);
}

/* -- methods that are called by their class, `float.__add__(x, y)` ------------------------------------------------- */

/* What gives the one to call for a method that a class in C has, which is the one argument. */
static PyObject *call_method(PyObject *self, PyObject *const *arguments, size_t count, PyObject *names) {
    static PyObject *class_name;
    if (!has_arguments(count, 1, names)
        || (class_name == NULL && (class_name = PyUnicode_InternFromString("__objclass__")) == NULL)) {
        return left_to_python(self, arguments, count, names);
    }
    PyObject *class = PyObject_GetAttr(arguments[0], class_name);
    if (class == NULL) {
        return NULL;
    }
    const int is_special = class == (PyObject *)&PyFloat_Type || class == (PyObject *)&PyUnicode_Type
                           || class == (PyObject *)&PyBytes_Type || class == (PyObject *)&PyByteArray_Type
                           || !PyType_Check(class) || is_array_type((PyTypeObject *)class);
    Py_DECREF(class);
    return is_special ? left_to_python(self, arguments, count, names) : Py_NewRef(arguments[0]);
}
