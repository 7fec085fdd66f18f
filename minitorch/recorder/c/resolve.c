/* The decision what is called, which rewritten code asks before every call: `resolve(math.sin)(x)`.
 *
 * The reference is `make_resolve` of transformer/resolving.py: the same questions in the same order, with the same
 * answers. What decides is looked at, in dicts and sets that may change at any time; only what is rare calls Python.
 *
 * It is an object of a type of its own and not a builtin function: the interpreter counts calls of builtin functions
 * as recursion and shows them to profilers, and a call that the user did not write must be seen by neither.
 */
#include "recorder.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *module, *name, *qualname;                   /* by which it is pickled */
    PyObject *marks, *followed;                           /* lists */
    AbsentKeys functions, builtins, classes, kinds;       /* what replaces a callable */
    AbsentTexts libraries;
    PyObject *followed_classes;                           /* a set */
    Followed known;
    PyObject *mark, *abstract;                            /* the last constant of rewritten code; ABCMeta */
    PyObject *covers, *of_library, *of_function, *of_method, *of_cython_method, *of_instance, *follow_class;
    int following;
} Resolve;

/* Whether calls are followed: what is called is converted. */
static inline int resolve_follows(const Resolve *resolve) {
    return resolve->following || PyList_GET_SIZE(resolve->followed) > 0;
}

/* Return the `__module__` of a class as a new reference; NULL with an error set.
 *
 * Static types make a new text for each question, so that of those that are asked for most is kept: they are never
 * freed, and their names stay.
 */
static PyObject *resolve_module_of_class(PyTypeObject *class) {
    static struct { PyTypeObject *class; PyObject *module; } known[512];
    size_t place = absent_hash(class) % Py_ARRAY_LENGTH(known);
    for (int tries = 0; tries < 4 && known[place].class != NULL; tries++) {
        if (known[place].class == class) {
            return Py_NewRef(known[place].module);
        }
        place = (place + 1) % Py_ARRAY_LENGTH(known);
    }
    int is_plain = Py_TYPE(class) == &PyType_Type;
    if (is_plain && class->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        PyObject *module = Py_XNewRef(PyDict_GetItemWithError(class->tp_dict, followed_module_name));
        if (module != NULL || PyErr_Occurred()) {
            return module;
        }
    }
    PyObject *module = PyObject_GetAttr((PyObject *)class, followed_module_name);
    if (module != NULL && is_plain && !(class->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        known[place].class = class;
        Py_XSETREF(known[place].module, Py_NewRef(module));
    }
    return module;
}

/* Return what a method of the dispatcher says of a callee; steals the module's name, if it is given. */
static PyObject *resolve_ask(PyObject *method, PyObject *callee, PyObject *module) {
    PyObject *arguments[] = {callee, module};
    PyObject *answer = PyObject_Vectorcall(method, arguments, module == NULL ? 1 : 2, NULL);
    Py_XDECREF(module);
    return answer;
}

/* Return whether Python says yes; -1 with an error set. */
static int resolve_truth(PyObject *method, PyObject *argument) {
    PyObject *answer = PyObject_CallOneArg(method, argument);
    if (answer == NULL) {
        return -1;
    }
    int truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return truth;
}

/* Return what is called for a builtin of a library; steals the module's name. */
static PyObject *resolve_library_builtin(Resolve *resolve, PyObject *callee, PyObject *module) {
    PyObject *owner = PyCFunction_GET_SELF(callee);
    PyTypeObject *class = Py_TYPE(owner == NULL ? Py_None : owner);
    if (followed_is_settled(&resolve->known, callee, class)) {
        Py_DECREF(module);
        return Py_NewRef(callee);
    }
    PyObject *answer = resolve_ask(resolve->of_library, callee, module);
    if (answer == callee && !PyType_Check(owner == NULL ? Py_None : owner)) {
        followed_settle(&resolve->known, callee, class);
    }
    return answer;
}

static PyObject *resolve_builtin(Resolve *resolve, PyObject *callee) {
    PyObject *found = NULL;
    if (absent_get(&resolve->builtins, callee, &found) != 0) {
        return found;
    }
    PyCFunctionObject *function = (PyCFunctionObject *)callee;
    PyObject *module = Py_XNewRef(function->m_module);
    if (module == NULL || module == Py_None) {
        Py_XDECREF(module);
        PyObject *owner = PyCFunction_GET_SELF(callee);
        owner = owner == NULL ? Py_None : owner;
        PyTypeObject *class = Py_TYPE(owner) == &PyType_Type ? (PyTypeObject *)owner : Py_TYPE(owner);
        module = resolve_module_of_class(class);
        if (module == NULL) {
            return NULL;
        }
    }
    int known = absent_contains(&resolve->libraries, module);
    if (known > 0) {
        return resolve_library_builtin(resolve, callee, module);
    }
    Py_DECREF(module);
    return known < 0 ? NULL : Py_NewRef(callee);
}

static PyObject *resolve_function(Resolve *resolve, PyObject *callee) {
    PyObject *found = NULL;
    if (absent_get(&resolve->functions, callee, &found) != 0) {
        return found;
    }
    PyObject *module = PyFunction_GET_MODULE(callee);
    module = Py_NewRef(module == NULL ? Py_None : module);
    int known = absent_contains(&resolve->libraries, module);
    if (known > 0) {
        return resolve_ask(resolve->of_library, callee, module);
    }
    Py_DECREF(module);
    if (known < 0) {
        return NULL;
    }
    if (resolve_follows(resolve)) {
        if (!followed_is_linked(callee, resolve->mark)) {
            return resolve_ask(resolve->of_function, callee, NULL);
        }
    }
    return Py_NewRef(callee);
}

static PyObject *resolve_class(Resolve *resolve, PyObject *callee) {
    PyObject *found = NULL;
    if (absent_get(&resolve->classes, callee, &found) != 0) {
        return found;
    }
    PyObject *module = resolve_module_of_class((PyTypeObject *)callee);
    if (module == NULL) {
        return NULL;
    }
    int known = absent_contains(&resolve->libraries, module);
    if (known == 0 && resolve_follows(resolve)) {
        int followed = PySet_Contains(resolve->followed_classes, callee);
        known = followed == 0 ? resolve_truth(resolve->covers, module) : followed < 0 ? -1 : 0;
        if (followed == 0 && known == 0) {
            PyObject *done = PyObject_CallOneArg(resolve->follow_class, callee);
            known = done == NULL ? -1 : PySet_Add(resolve->followed_classes, callee);
            Py_XDECREF(done);
        }
    }
    if (known > 0) {
        return resolve_ask(resolve->of_library, callee, module);
    }
    Py_DECREF(module);
    return known < 0 ? NULL : Py_NewRef(callee);
}

/* Give what the table has for a callable of a kind; return whether it has the kind. */
static int resolve_by_kind(Resolve *resolve, PyObject *callee, PyObject **found) {
    PyObject *replace = NULL;
    int known = absent_get(&resolve->kinds, (PyObject *)Py_TYPE(callee), &replace);
    if (known > 0) {
        *found = PyObject_CallOneArg(replace, callee);
        Py_DECREF(replace);
    }
    return known;
}

/* Return what is called for a method of a Python function of a library. */
static PyObject *resolve_library_method(Resolve *resolve, PyObject *callee) {
    PyObject *function = PyMethod_GET_FUNCTION(callee);
    PyTypeObject *class = followed_class_of(PyMethod_GET_SELF(callee));
    if (followed_is_settled(&resolve->known, function, class) && followed_is_linked(function, resolve->mark)) {
        return Py_NewRef(callee);
    }
    PyObject *answer = resolve_ask(resolve->of_method, callee, NULL);
    if (answer == callee) {
        followed_settle(&resolve->known, function, class);
    }
    return answer;
}

/* Return what is called for a method of a Python function whose calls are followed. */
static PyObject *resolve_followed_method(Resolve *resolve, PyObject *callee, PyObject *module) {
    const int is_linked = followed_is_linked(PyMethod_GET_FUNCTION(callee), resolve->mark);
    PyTypeObject *class = followed_class_of(PyMethod_GET_SELF(callee));
    if (is_linked && followed_has_class(&resolve->known, class)) {
        const int known = followed_is_uncovered(&resolve->known, resolve->covers, module);
        if (known != 0) {
            return known < 0 ? NULL : Py_NewRef(callee);
        }
    }
    PyObject *answer = resolve_ask(resolve->of_method, callee, NULL);
    if (answer == callee) {
        followed_add_class(&resolve->known, class);
    }
    return answer;
}

static PyObject *resolve_method(Resolve *resolve, PyObject *callee) {
    PyObject *function = PyMethod_GET_FUNCTION(callee);
    PyTypeObject *kind = Py_TYPE(function);
    if (kind == &PyFunction_Type) {
        PyObject *module = PyFunction_GET_MODULE(function);
        module = Py_NewRef(module == NULL ? Py_None : module);
        int known = absent_contains(&resolve->libraries, module);
        PyObject *answer = NULL;
        if (known == 0) {
            answer = resolve_follows(resolve) ? resolve_followed_method(resolve, callee, module) : Py_NewRef(callee);
        } else if (known > 0) {
            answer = resolve_library_method(resolve, callee);
        }
        Py_DECREF(module);
        return answer;
    }
    PyObject *found = NULL;
    if (resolve_by_kind(resolve, function, &found) != 0) {
        PyObject *method = found == NULL ? NULL : PyMethod_New(found, PyMethod_GET_SELF(callee));
        Py_XDECREF(found);
        return method;
    }
    if (strcmp(bare_name(kind), "cython_function_or_method") == 0) {
        PyObject *module = PyObject_GetAttr(function, followed_module_name);
        int known = module == NULL ? -1 : resolve_truth(resolve->covers, module);
        Py_XDECREF(module);
        if (known != 0) {
            return known < 0 ? NULL : resolve_ask(resolve->of_cython_method, callee, NULL);
        }
    }
    return Py_NewRef(callee);
}

/* Return what is called for an object whose class is followed. */
static PyObject *resolve_followed_instance(Resolve *resolve, PyObject *callee, PyObject *module) {
    int known = followed_has_linked_call(Py_TYPE(callee), resolve->mark);
    if (known > 0) {
        known = followed_is_uncovered(&resolve->known, resolve->covers, module);
    }
    return known < 0 ? NULL : known ? Py_NewRef(callee) : resolve_ask(resolve->of_instance, callee, NULL);
}

/* Return what is called for an object of any other class. */
static PyObject *resolve_other(Resolve *resolve, PyObject *callee) {
    PyTypeObject *kind = Py_TYPE(callee), *metaclass = Py_TYPE(kind);
    if (metaclass == &PyType_Type) {
        PyObject *found = NULL;
        if (resolve_by_kind(resolve, callee, &found) != 0) {
            return found;
        }
    }
    if (metaclass == &PyType_Type || (PyObject *)metaclass == resolve->abstract) {
        PyObject *module = resolve_module_of_class(kind);
        int known = module == NULL ? -1 : absent_contains(&resolve->libraries, module);
        if (known > 0) {
            return resolve_ask(resolve->of_library, callee, module);
        }
        PyObject *answer = NULL;
        if (known == 0) {
            answer = resolve_follows(resolve) ? resolve_followed_instance(resolve, callee, module) : Py_NewRef(callee);
        }
        Py_XDECREF(module);
        return answer;
    }
    return resolve_follows(resolve) ? resolve_ask(resolve->of_instance, callee, NULL) : Py_NewRef(callee);
}

static PyObject *resolve_call(PyObject *self, PyObject *const *arguments, size_t count, PyObject *keywords) {
    Resolve *resolve = (Resolve *)self;
    if (PyVectorcall_NARGS(count) != 1 || (keywords != NULL && PyTuple_GET_SIZE(keywords) > 0)) {
        PyErr_SetString(PyExc_TypeError, "resolve() takes one argument, by position");
        return NULL;
    }
    PyObject *callee = arguments[0];
    if (PyList_GET_SIZE(resolve->marks) == 0) {
        return Py_NewRef(callee);
    }
    PyTypeObject *kind = Py_TYPE(callee);
    if (kind == &PyCFunction_Type || kind == &PyCMethod_Type) {
        return resolve_builtin(resolve, callee);
    }
    if (kind == &PyFunction_Type) {
        return resolve_function(resolve, callee);
    }
    if (kind == &PyType_Type) {
        return resolve_class(resolve, callee);
    }
    if (kind == &PyMethod_Type) {
        return resolve_method(resolve, callee);
    }
    return resolve_other(resolve, callee);
}
