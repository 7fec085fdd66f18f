/* The type of what stands in for builtins, and how one is made: by its kind and the Python function that it does for. */
#include "recorder.h"

static const struct replacement_kind {
    const char *name;
    vectorcallfunc call;
    Py_ssize_t parts;
    int of_classes;     /* whether the first part is a tuple of classes */
} replacement_kinds[] = {
    {"float", call_float, 0, 0}, {"int", call_int, 0, 0}, {"rounding", call_rounding, 1, 0},
    {"modulo", call_modulo, 0, 0}, {"modulo_in_place", call_modulo_in_place, 0, 0}, {"calling", call_calling, 4, 0},
    {"type", call_type, 1, 1}, {"truth", call_truth, 0, 0}, {"plainly", call_plainly, 1, 1},
    {"with_dtype", call_with_dtype, 0, 0}, {"owner_and_name", call_owner_and_name, 1, 1},
    {"attribute", call_attribute, 1, 0}, {"method", call_method, 0, 0},
};

static int traverse_replacement(PyObject *self, visitproc visit, void *arg) {
    Replacement *replacement = (Replacement *)self;
    Py_VISIT(replacement->usual);
    for (int i = 0; i < MAX_PARTS; i++) {
        Py_VISIT(replacement->parts[i]);
    }
    return 0;
}

static void free_replacement(PyObject *self) {
    Replacement *replacement = (Replacement *)self;
    PyObject_GC_UnTrack(self);
    for (int i = 0; i < MAX_PARTS; i++) {
        Py_CLEAR(replacement->parts[i]);
    }
    Py_CLEAR(replacement->usual);
    Py_CLEAR(replacement->module);
    Py_CLEAR(replacement->name);
    Py_CLEAR(replacement->qualname);
    PyObject_GC_Del(self);
}

static PyObject *show_replacement(PyObject *self) {
    return PyUnicode_FromFormat("<function %S>", ((Replacement *)self)->qualname);
}

/* Return whether a replacement is what its module has under its name; -1 with an error set. */
static int is_found_by_name(Replacement *replacement) {
    PyObject *module = PyImport_GetModule(replacement->module);
    if (module == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *found = PyObject_GetAttr(module, replacement->qualname);
    Py_DECREF(module);
    if (found == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
    }
    Py_XDECREF(found);
    return found == (PyObject *)replacement;
}

/* Pickled by its name where that finds it, else as the Python function, for those that pickle such. */
static PyObject *reduce_replacement(PyObject *self, PyObject *Py_UNUSED(unused)) {
    Replacement *replacement = (Replacement *)self;
    int is_found = is_found_by_name(replacement);
    if (is_found != 0) {
        return is_found < 0 ? NULL : Py_NewRef(replacement->qualname);
    }
    PyObject *partial = imported("functools", "partial");
    return partial == NULL ? NULL : Py_BuildValue("N(O)", partial, replacement->usual);
}

static PyObject *copy_replacement(PyObject *self, PyObject *Py_UNUSED(memo)) {
    return Py_NewRef(self);
}

static PyObject *doc_of_replacement(PyObject *self, void *Py_UNUSED(unused)) {
    return PyObject_GetAttrString(((Replacement *)self)->usual, "__doc__");
}

static PyMethodDef replacement_methods[] = {
    {"__reduce__", reduce_replacement, METH_NOARGS, NULL}, {"__copy__", copy_replacement, METH_NOARGS, NULL},
    {"__deepcopy__", copy_replacement, METH_O, NULL}, {NULL, NULL, 0, NULL},
};

static PyMemberDef replacement_members[] = {
    {"__wrapped__", T_OBJECT, offsetof(Replacement, usual), READONLY, NULL},
    {"__module__", T_OBJECT, offsetof(Replacement, module), READONLY, NULL},
    {"__name__", T_OBJECT, offsetof(Replacement, name), READONLY, NULL},
    {"__qualname__", T_OBJECT, offsetof(Replacement, qualname), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef replacement_attributes[] = {
    {"__doc__", doc_of_replacement, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject Replacement_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.Replacement",
    .tp_basicsize = sizeof(Replacement),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Replacement, call),
    .tp_call = PyVectorcall_Call,
    .tp_traverse = traverse_replacement,
    .tp_dealloc = free_replacement,
    .tp_repr = show_replacement,
    .tp_methods = replacement_methods,
    .tp_members = replacement_members,
    .tp_getset = replacement_attributes,
};

static Replacement *new_replacement(const struct replacement_kind *kind, PyObject *usual, PyObject *const *parts) {
    Replacement *replacement = PyObject_GC_New(Replacement, &Replacement_Type);
    if (replacement == NULL) {
        return NULL;
    }
    memset((char *)replacement + sizeof(PyObject), 0, sizeof *replacement - sizeof(PyObject));
    replacement->call = kind->call;
    replacement->usual = Py_NewRef(usual);
    for (Py_ssize_t i = 0; i < kind->parts; i++) {
        replacement->parts[i] = Py_NewRef(parts[i]);
    }
    replacement->module = PyObject_GetAttrString(usual, "__module__");
    replacement->name = PyObject_GetAttrString(usual, "__name__");
    replacement->qualname = PyObject_GetAttrString(usual, "__qualname__");
    PyObject_GC_Track(replacement);
    if (!replacement->module || !replacement->name || !replacement->qualname) {
        Py_DECREF(replacement);
        return NULL;
    }
    return replacement;
}

/* Whether an object is a tuple of classes. */
static int is_tuple_of_classes(PyObject *object) {
    int good = PyTuple_CheckExact(object);
    for (Py_ssize_t i = 0; good && i < PyTuple_GET_SIZE(object); i++) {
        good = PyType_Check(PyTuple_GET_ITEM(object, i));
    }
    return good;
}

/* replacement(kind, usual, *parts): make what does as a Python function does, a replacement of a kind. */
static PyObject *replacement(PyObject *Py_UNUSED(module), PyObject *const *arguments, Py_ssize_t count) {
    const char *name = count < 2 ? "" : PyUnicode_AsUTF8(arguments[0]);
    if (name == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(replacement_kinds); i++) {
        const struct replacement_kind *kind = &replacement_kinds[i];
        if (strcmp(kind->name, name) == 0 && count == 2 + kind->parts
            && (!kind->of_classes || is_tuple_of_classes(arguments[2]))) {
            return (PyObject *)new_replacement(kind, arguments[1], arguments + 2);
        }
    }
    PyErr_Format(PyExc_TypeError, "there is no replacement '%s' of %zd parts", name, count - 2);
    return NULL;
}

/* usual_of(function): the Python function that a replacement was made of; any other object itself. */
static PyObject *usual_of(PyObject *Py_UNUSED(module), PyObject *function) {
    return Py_NewRef(Py_TYPE(function) == &Replacement_Type ? ((Replacement *)function)->usual : function);
}
