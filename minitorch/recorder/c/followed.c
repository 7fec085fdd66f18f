/* Quick answers where calls are followed: what has been converted once is itself from then on.
 *
 * The reference is Python's dispatcher, which looks at the same things anew at each call: `of_method`, `of_instance`.
 */
#include "recorder.h"

/* A callable of a library that stays itself, as long as no replacement comes. */
typedef struct {
    const void *identity;           /* as `absent_identity` has it */
    PyObject *holder;               /* keeps that from becoming another one's: a function, or the class of a builtin */
    PyTypeObject *class;            /* that of the object whose method it is */
} Settled;

/* What is known of what was asked before. */
typedef struct {
    Settled settled[64];
    Py_ssize_t size;                /* of the replacements, for which that is so */
    PyObject *aliases;              /* dict: the replacements of the callables of libraries, after these themselves */
    PyObject *uncovered;            /* set: the names of modules that are of no library's package, ever */
    PyTypeObject *classes[256];     /* those that were converted, which the dispatcher keeps alive, by their addresses */
} Followed;

static PyObject *followed_module_name;     /* "__module__" */
static PyObject *followed_call_name;       /* "__call__" */

/* Whether code has been rewritten: `mark` is its last constant. */
static inline int followed_is_linked(PyObject *function, PyObject *mark) {
    PyObject *constants = ((PyCodeObject *)PyFunction_GET_CODE(function))->co_consts;
    const Py_ssize_t size = PyTuple_GET_SIZE(constants);
    return size > 0 && PyTuple_GET_ITEM(constants, size - 1) == mark;
}

static inline int followed_has_class(const Followed *followed, PyTypeObject *class) {
    return followed->classes[absent_hash(class) >> 5] == class;
}

static inline void followed_add_class(Followed *followed, PyTypeObject *class) {
    followed->classes[absent_hash(class) >> 5] = class;
}

/* Return whether a module is of no library's package; asks `covers` once for each. -1 with an error set. */
static int followed_is_uncovered(Followed *followed, PyObject *covers, PyObject *module) {
    if (module == NULL || !PyUnicode_CheckExact(module)) {
        return 0;
    }
    int known = PySet_Contains(followed->uncovered, module);
    if (known != 0) {
        return known;
    }
    PyObject *answer = PyObject_CallOneArg(covers, module);
    if (answer == NULL) {
        return -1;
    }
    known = answer == Py_False ? (PySet_Add(followed->uncovered, module) < 0 ? -1 : 1) : 0;
    Py_DECREF(answer);
    return known;
}

/* Return the class whose methods are converted with a method of an object. */
static inline PyTypeObject *followed_class_of(PyObject *owner) {
    return PyType_Check(owner) ? (PyTypeObject *)owner : Py_TYPE(owner);
}

/* Return whether the `__call__` of a class is a function that has been converted; looks for it as Python does. */
static int followed_has_linked_call(PyTypeObject *class, PyObject *mark) {
    PyObject *order = class->tp_mro;
    for (Py_ssize_t i = 0; order != NULL && i < PyTuple_GET_SIZE(order); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(order, i);
        if (!(base->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
            return 0;
        }
        PyObject *found = PyDict_GetItemWithError(base->tp_dict, followed_call_name);
        if (found != NULL || PyErr_Occurred()) {
            return found == NULL ? -1 : PyFunction_Check(found) && followed_is_linked(found, mark);
        }
    }
    return 0;
}

static inline Settled *followed_place(Followed *followed, const void *identity, PyTypeObject *class) {
    return &followed->settled[absent_hash((const char *)identity + (uintptr_t)class) % Py_ARRAY_LENGTH(followed->settled)];
}

/* Forget what is settled: replacements have come. */
static void followed_forget(Followed *followed) {
    for (size_t i = 0; i < Py_ARRAY_LENGTH(followed->settled); i++) {
        PyObject *holder = followed->settled[i].holder;
        followed->settled[i] = (Settled){NULL, NULL, NULL};
        Py_XDECREF(holder);
    }
    followed->size = followed->aliases == NULL ? 0 : PyDict_GET_SIZE(followed->aliases);
}

/* Whether a callable of a library, the method of an object of a class, is known to stay itself. */
static inline int followed_is_settled(Followed *followed, PyObject *callable, PyTypeObject *class) {
    if (UNLIKELY(followed->size != PyDict_GET_SIZE(followed->aliases))) {
        followed_forget(followed);
    }
    const void *identity = absent_identity(callable);
    const Settled *settled = followed_place(followed, identity, class);
    return settled->identity == identity && settled->class == class;
}

/* Whether another builtin that has a replacement has the same C function, as another object's method. */
static int followed_has_twin(const Followed *followed, PyObject *callable) {
    PyObject *known;
    Py_ssize_t place = 0;
    while (PyDict_Next(followed->aliases, &place, NULL, &known)) {
        if (PyTuple_CheckExact(known) && PyTuple_GET_SIZE(known) > 0
            && absent_identity(PyTuple_GET_ITEM(known, 0)) == absent_identity(callable)) {
            return 1;
        }
    }
    return 0;
}

/* Remember that a callable of a library stays itself. */
static void followed_settle(Followed *followed, PyObject *callable, PyTypeObject *class) {
    if (!followed_has_twin(followed, callable)) {
        const void *identity = absent_identity(callable);
        PyObject *holder = identity == callable ? callable : (PyObject *)class;
        Settled *settled = followed_place(followed, identity, class);
        settled->identity = identity;
        settled->class = class;
        Py_XSETREF(settled->holder, Py_NewRef(holder));
    }
}

static void followed_clear(Followed *followed) {
    followed_forget(followed);
    Py_CLEAR(followed->uncovered);
    Py_CLEAR(followed->aliases);
}
