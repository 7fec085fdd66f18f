/* The type of `resolve`, and what makes one for a dispatcher: `make_resolve(parts)`. */
#include "recorder.h"

/* The objects that it holds, and the classes that they must be of; those of NULL are any. */
static const struct resolve_part { const char *name; size_t offset; PyTypeObject *class; } resolve_parts[] = {
    {"marks", offsetof(Resolve, marks), &PyList_Type},
    {"followed", offsetof(Resolve, followed), &PyList_Type},
    {"functions", offsetof(Resolve, functions.dict), &PyDict_Type},
    {"builtins", offsetof(Resolve, builtins.dict), &PyDict_Type},
    {"classes", offsetof(Resolve, classes.dict), &PyDict_Type},
    {"kinds", offsetof(Resolve, kinds.dict), &PyDict_Type},
    {"aliases", offsetof(Resolve, known.aliases), &PyDict_Type},
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
    for (size_t i = 0; i < Py_ARRAY_LENGTH(resolve->known.settled); i++) {
        Py_VISIT(resolve->known.settled[i].holder);
    }
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
    followed_clear(&resolve->known);
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
    PyObject *following = PyObject_GetAttrString(parts, "following");
    resolve->following = following == NULL ? -1 : PyObject_IsTrue(following);
    resolve->abstract = imported("abc", "ABCMeta");
    Py_XDECREF(following);
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
