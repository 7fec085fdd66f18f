/* The decision what is called, which rewritten code asks before every call: `resolve(math.sin)(x)`.
 *
 * The reference is `make_resolve` of transformer/resolving.py: the same questions in the same order, with the same
 * answers. What decides is looked at, in dicts and sets that may change at any time; only what is rare calls Python.
 *
 * It is an object of a type of its own and not a builtin function: the interpreter counts calls of builtin functions
 * as recursion and shows them to profilers, and a call that the user did not write must be seen by neither.
 */

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
    static struct { PyTypeObject *class; PyObject *module; } known[64];
    size_t place = absent_hash(class) >> 6;
    if (known[place].class == class) {
        return Py_NewRef(known[place].module);
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
        return resolve_ask(resolve->of_library, callee, module);
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
            answer = resolve_ask(resolve->of_method, callee, NULL);
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
    const char *dot = strrchr(kind->tp_name, '.');
    if (strcmp(dot == NULL ? kind->tp_name : dot + 1, "cython_function_or_method") == 0) {
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
    if (kind == &PyCFunction_Type) {
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

/* The objects that it holds, and the classes that they must be of; those of NULL are any. */
static const struct resolve_part { const char *name; size_t offset; PyTypeObject *class; } resolve_parts[] = {
    {"marks", offsetof(Resolve, marks), &PyList_Type},
    {"followed", offsetof(Resolve, followed), &PyList_Type},
    {"functions", offsetof(Resolve, functions.dict), &PyDict_Type},
    {"builtins", offsetof(Resolve, builtins.dict), &PyDict_Type},
    {"classes", offsetof(Resolve, classes.dict), &PyDict_Type},
    {"kinds", offsetof(Resolve, kinds.dict), &PyDict_Type},
    {"libraries", offsetof(Resolve, libraries.set), &PySet_Type},
    {"mark", offsetof(Resolve, mark), NULL},
    {"covers", offsetof(Resolve, covers), NULL},
    {"of_library", offsetof(Resolve, of_library), NULL},
    {"of_function", offsetof(Resolve, of_function), NULL},
    {"of_method", offsetof(Resolve, of_method), NULL},
    {"of_cython_method", offsetof(Resolve, of_cython_method), NULL},
    {"of_instance", offsetof(Resolve, of_instance), NULL},
    {"follow_class", offsetof(Resolve, follow_class), NULL},
};

#define RESOLVE_PARTS (sizeof resolve_parts / sizeof *resolve_parts)

static inline PyObject **resolve_place(Resolve *resolve, const struct resolve_part *part) {
    return (PyObject **)((char *)resolve + part->offset);
}

static int resolve_traverse(PyObject *self, visitproc visit, void *arg) {
    Resolve *resolve = (Resolve *)self;
    for (size_t i = 0; i < RESOLVE_PARTS; i++) {
        Py_VISIT(*resolve_place(resolve, &resolve_parts[i]));
    }
    Py_VISIT(resolve->followed_classes);
    Py_VISIT(resolve->known.uncovered);
    Py_VISIT(resolve->abstract);
    return 0;
}

static void resolve_dealloc(PyObject *self) {
    Resolve *resolve = (Resolve *)self;
    PyObject_GC_UnTrack(self);
    for (size_t i = 0; i < RESOLVE_PARTS; i++) {
        Py_CLEAR(*resolve_place(resolve, &resolve_parts[i]));
    }
    Py_CLEAR(resolve->followed_classes);
    Py_CLEAR(resolve->known.uncovered);
    Py_CLEAR(resolve->abstract);
    absent_clear_texts(&resolve->libraries);
    Py_CLEAR(resolve->module);
    Py_CLEAR(resolve->name);
    Py_CLEAR(resolve->qualname);
    PyObject_GC_Del(self);
}

static PyObject *resolve_repr(PyObject *self) {
    return PyUnicode_FromFormat("<function %U>", ((Resolve *)self)->qualname);
}

static PyObject *resolve_reduce(PyObject *self, PyObject *Py_UNUSED(ignored)) {
    return Py_NewRef(((Resolve *)self)->qualname);
}

static PyMethodDef resolve_methods[] = {
    {"__reduce__", resolve_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef resolve_members[] = {
    {"__module__", T_OBJECT, offsetof(Resolve, module), 0, NULL},
    {"__name__", T_OBJECT, offsetof(Resolve, name), READONLY, NULL},
    {"__qualname__", T_OBJECT, offsetof(Resolve, qualname), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject ResolveType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.Resolve",
    .tp_doc = "What rewritten code calls with a callee, and gets what is to be called.",
    .tp_basicsize = sizeof(Resolve),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Resolve, call),
    .tp_call = PyVectorcall_Call,
    .tp_traverse = resolve_traverse,
    .tp_dealloc = resolve_dealloc,
    .tp_repr = resolve_repr,
    .tp_methods = resolve_methods,
    .tp_members = resolve_members,
};

/* For Python, `make_resolve(parts)`: make the `resolve` of a dispatcher. */
static PyObject *resolve_make(PyObject *Py_UNUSED(module), PyObject *parts) {
    Resolve *resolve = PyObject_GC_New(Resolve, &ResolveType);
    if (resolve == NULL) {
        return NULL;
    }
    memset((char *)resolve + sizeof(PyObject), 0, sizeof(Resolve) - sizeof(PyObject));
    resolve->call = resolve_call;
    PyObject *following = PyObject_GetAttrString(parts, "following"), *abc = PyImport_ImportModule("abc");
    resolve->following = following == NULL ? -1 : PyObject_IsTrue(following);
    resolve->abstract = abc == NULL ? NULL : PyObject_GetAttrString(abc, "ABCMeta");
    Py_XDECREF(following);
    Py_XDECREF(abc);
    resolve->module = PyUnicode_FromString("minitorch.recorder");
    resolve->name = PyUnicode_InternFromString("resolve");
    resolve->qualname = Py_XNewRef(resolve->name);
    resolve->followed_classes = PySet_New(NULL);
    resolve->known.uncovered = PySet_New(NULL);
    int good = resolve->following >= 0 && resolve->abstract && resolve->module && resolve->name
        && resolve->followed_classes && resolve->known.uncovered;
    for (size_t i = 0; good && i < RESOLVE_PARTS; i++) {
        const char *name = resolve_parts[i].name;
        PyTypeObject *class = resolve_parts[i].class;
        PyObject *value = *resolve_place(resolve, &resolve_parts[i]) = PyObject_GetAttrString(parts, name);
        good = value != NULL && (class == NULL || PyObject_TypeCheck(value, class));
        if (value != NULL && !good) {
            PyErr_Format(PyExc_TypeError, "%s must be a %s", name, class->tp_name);
        }
    }
    PyObject_GC_Track(resolve);
    if (!good) {
        Py_DECREF(resolve);
        return NULL;
    }
    return (PyObject *)resolve;
}

static int add_resolve(void) {
    followed_module_name = PyUnicode_InternFromString("__module__");
    followed_call_name = PyUnicode_InternFromString("__call__");
    return followed_module_name == NULL || followed_call_name == NULL ? -1 : PyType_Ready(&ResolveType);
}
