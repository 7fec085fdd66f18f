/* Quick answers where calls are followed: what has been converted once is itself from then on.
 *
 * The reference is Python's dispatcher, which looks at the same things anew at each call: `of_method`, `of_instance`.
 */

/* What is known of what was asked before. */
typedef struct {
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
    return followed->classes[absent_hash(class) >> 4] == class;
}

static inline void followed_add_class(Followed *followed, PyTypeObject *class) {
    followed->classes[absent_hash(class) >> 4] = class;
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
