/* Whose method is called, which rewritten code asks before it calls one: `receiver[owner].method(x)`.
 *
 * `resolve[owner.method](x)` would ask the right question, but would have to make a bound method, which takes longer
 * than many a method runs. So the owner is asked first: it is given back where its method is to be called as it is, and
 * Python's own instruction for method calls does so. In its place there is else an object whose attribute is what
 * `resolve` gives for the owner's.
 *
 * What is known of a class holds for as long as its version tag stays, which changes with every attribute that is set.
 */

typedef struct {
    PyTypeObject *class;       /* borrowed: never followed, only compared together with the version */
    unsigned int version;
    int of_class;              /* the owner is the class itself */
    int is_quiet;              /* the attribute is looked up without running Python code */
    int keeps;                 /* `resolve` gives such methods back, with ... */
    int followed;              /* ... calls followed, ... */
    Py_ssize_t libraries;      /* ... so many libraries known, ... */
    PyObject *function;        /* borrowed of the class: the function of its methods, or the descriptor of one in C */
    PyObject *code;            /* ... and this code of the function; NULL in C */
} KnownClass;

#define RECEIVER_CLASSES 4

typedef struct {
    PyObject_HEAD
    Resolve *resolve;
    PyObject *name;
    KnownClass known[RECEIVER_CLASSES];
} Receiver;

typedef struct {
    PyObject_HEAD
    Receiver *receiver;
    PyObject *owner;
} Received;

static PyTypeObject ReceiverType, ReceivedType;

static inline KnownClass *known_of(Receiver *receiver, PyTypeObject *class) {
    return &receiver->known[((uintptr_t)class >> 4) % RECEIVER_CLASSES];
}

/* Return whether a class's attribute is looked up without running Python code: a method, or a plain object. */
static int is_quiet_attribute(PyObject *attribute) {
    if (attribute == NULL) {
        return 1;
    }
    PyTypeObject *kind = Py_TYPE(attribute);
    return kind == &PyFunction_Type || kind == &PyMethodDescr_Type || kind == &PyStaticMethod_Type
        || kind == &PyMemberDescr_Type || kind == &PyWrapperDescr_Type || kind->tp_descr_get == NULL;
}

/* Find out about a class, which is the owner's or the owner itself. */
static void look_at_class(Receiver *receiver, KnownClass *known, PyTypeObject *class, int of_class) {
    PyObject *attribute = find_class_attribute(class, receiver->name);
    int is_usual = of_class ? find_class_attribute(&PyType_Type, receiver->name) == NULL
                            : class->tp_getattro == PyObject_GenericGetAttr;
    Py_CLEAR(known->code);
    known->keeps = 0;
    known->class = class;
    known->version = class_version(class);
    known->of_class = of_class;
    known->is_quiet = known->version != 0 && is_usual && is_quiet_attribute(attribute);
    known->function = known->is_quiet && !of_class ? attribute : NULL;
}

/* Return whether the method that is called is one that `resolve` gives back. */
static int keeps_method(Receiver *receiver, KnownClass *known, PyObject *owner) {
    Resolve *resolve = receiver->resolve;
    if (!known->keeps || known->libraries != PySet_GET_SIZE(resolve->libraries.set)
        || (!known->followed && resolve_follows(resolve))
        || (known->code != NULL && known->code != PyFunction_GET_CODE(known->function))) {
        return 0;
    }
    if (Py_TYPE(owner)->tp_dictoffset == 0) {
        return 1;
    }
    PyObject *found = NULL;
    int is_method = find_method(owner, receiver->name, &found) && found == known->function;
    if (found == NULL) {
        PyErr_Clear();
    }
    Py_XDECREF(found);
    return is_method;
}

/* Return whether a module is known not to be a library's, whose methods may depend on their owners. */
static int is_no_library(Receiver *receiver, PyObject *module) {
    int known = module == NULL ? 0 : absent_contains(&receiver->resolve->libraries, module);
    if (known < 0) {
        PyErr_Clear();
    }
    return known == 0;
}

/* Remember that `resolve` has given a method back. */
static void remember_kept(Receiver *receiver, PyObject *owner, PyObject *method) {
    PyTypeObject *class = Py_TYPE(owner);
    KnownClass *known = known_of(receiver, class);
    if (known->class != class || known->version != class_version(class) || known->of_class || known->function == NULL) {
        return;
    }
    PyObject *code = NULL;
    if (PyMethod_Check(method) && PyMethod_GET_FUNCTION(method) == known->function
        && PyMethod_GET_SELF(method) == owner && PyFunction_Check(known->function)) {
        if (!is_no_library(receiver, PyFunction_GET_MODULE(known->function))) {
            return;
        }
        code = PyFunction_GET_CODE(known->function);
    } else if (!PyCFunction_CheckExact(method) || Py_TYPE(known->function) != &PyMethodDescr_Type
               || PyType_HasFeature(class, Py_TPFLAGS_HEAPTYPE)) {
        return;
    } else {
        PyObject *module = resolve_module_of_class(class);
        int is_plain = module != NULL && is_no_library(receiver, module);
        Py_XDECREF(module);
        if (!is_plain) {
            PyErr_Clear();
            return;
        }
    }
    Py_XSETREF(known->code, Py_XNewRef(code));
    known->libraries = PySet_GET_SIZE(receiver->resolve->libraries.set);
    known->followed = resolve_follows(receiver->resolve);
    known->keeps = 1;
}

static PyObject *make_received(Receiver *receiver, PyObject *owner) {
    Received *received = PyObject_GC_New(Received, &ReceivedType);
    if (received != NULL) {
        received->receiver = (Receiver *)Py_NewRef(receiver);
        received->owner = Py_NewRef(owner);
        PyObject_GC_Track(received);
    }
    return (PyObject *)received;
}

/* Return whose method is called for an owner: `receiver[owner]`. */
static PyObject *receiver_subscript(PyObject *self, PyObject *owner) {
    Receiver *receiver = (Receiver *)self;
    int of_class = Py_TYPE(owner) == &PyType_Type;
    PyTypeObject *class = of_class ? (PyTypeObject *)owner : Py_TYPE(owner);
    KnownClass *known = known_of(receiver, class);
    if (known->class != class || known->version != class_version(class) || known->of_class != of_class) {
        look_at_class(receiver, known, class, of_class);
    }
    if (known->is_quiet && (PyList_GET_SIZE(receiver->resolve->marks) == 0 || keeps_method(receiver, known, owner))) {
        return Py_NewRef(owner);
    }
    return make_received(receiver, owner);
}

static int receiver_traverse(PyObject *self, visitproc visit, void *arg) {
    Receiver *receiver = (Receiver *)self;
    Py_VISIT(receiver->resolve);
    for (int i = 0; i < RECEIVER_CLASSES; i++) {
        Py_VISIT(receiver->known[i].code);
    }
    return 0;
}

static void receiver_dealloc(PyObject *self) {
    Receiver *receiver = (Receiver *)self;
    PyObject_GC_UnTrack(self);
    for (int i = 0; i < RECEIVER_CLASSES; i++) {
        Py_CLEAR(receiver->known[i].code);
    }
    Py_CLEAR(receiver->resolve);
    Py_CLEAR(receiver->name);
    PyObject_GC_Del(self);
}

static PyObject *receiver_repr(PyObject *self) {
    return PyUnicode_FromFormat("<receiver of %R>", ((Receiver *)self)->name);
}

/* It is pickled as what `make_receiver(resolve, name)` gives. */
static PyObject *receiver_reduce(PyObject *self, PyObject *Py_UNUSED(ignored)) {
    Receiver *receiver = (Receiver *)self;
    PyObject *make = imported("minitorch.recorder._native", "make_receiver");
    return make == NULL ? NULL : Py_BuildValue("N(OO)", make, receiver->resolve, receiver->name);
}

static PyMethodDef receiver_methods[] = {
    {"__reduce__", receiver_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMappingMethods receiver_mapping = {.mp_subscript = receiver_subscript};

static PyTypeObject ReceiverType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.Receiver",
    .tp_doc = "What rewritten code asks for the owner of a method: whose method is to be called.",
    .tp_basicsize = sizeof(Receiver),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_as_mapping = &receiver_mapping,
    .tp_traverse = receiver_traverse,
    .tp_dealloc = receiver_dealloc,
    .tp_repr = receiver_repr,
    .tp_methods = receiver_methods,
};

static PyObject *received_getattro(PyObject *self, PyObject *name) {
    Received *received = (Received *)self;
    PyObject *callee = PyObject_GetAttr(received->owner, name);
    if (callee == NULL) {
        return NULL;
    }
    PyObject *answer = resolve_call((PyObject *)received->receiver->resolve, &callee, 1, NULL);
    if (answer == callee && PyList_GET_SIZE(received->receiver->resolve->marks) > 0) {
        remember_kept(received->receiver, received->owner, callee);
    }
    Py_DECREF(callee);
    return answer;
}

static int received_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(((Received *)self)->receiver);
    Py_VISIT(((Received *)self)->owner);
    return 0;
}

static void received_dealloc(PyObject *self) {
    PyObject_GC_UnTrack(self);
    Py_CLEAR(((Received *)self)->receiver);
    Py_CLEAR(((Received *)self)->owner);
    PyObject_GC_Del(self);
}

static PyTypeObject ReceivedType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.Received",
    .tp_doc = "In place of an object: it has one attribute, what is to be called for the object's.",
    .tp_basicsize = sizeof(Received),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = received_traverse,
    .tp_dealloc = received_dealloc,
    .tp_getattro = received_getattro,
};

/* For Python, `make_receiver(resolve, name)`: make what is asked before a method of that name is called. */
static PyObject *make_receiver(PyObject *Py_UNUSED(module), PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2 || Py_TYPE(arguments[0]) != &ResolveType || !PyUnicode_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "make_receiver takes what make_resolve has made, and the name of a method");
        return NULL;
    }
    Receiver *receiver = PyObject_GC_New(Receiver, &ReceiverType);
    if (receiver == NULL) {
        return NULL;
    }
    memset((char *)receiver + sizeof(PyObject), 0, sizeof(Receiver) - sizeof(PyObject));
    receiver->resolve = (Resolve *)Py_NewRef(arguments[0]);
    receiver->name = Py_NewRef(arguments[1]);
    PyUnicode_InternInPlace(&receiver->name);
    PyObject_GC_Track(receiver);
    return (PyObject *)receiver;
}

/* For Python, `received_owner(value)`: return the object in whose place something is, anything else as it is. */
static PyObject *received_owner(PyObject *Py_UNUSED(module), PyObject *value) {
    if (Py_TYPE(value) == &ReceivedType) {
        return Py_NewRef(((Received *)value)->owner);
    }
    return Py_NewRef(value);
}

/* `resolve[callee]`, the quickest way to ask: it is no call, which would have to be prepared. */
static PyObject *resolve_subscript(PyObject *self, PyObject *callee) {
    return resolve_call(self, &callee, 1, NULL);
}

/* `-resolve`: whether anything is replaced at all, which functions ask when they are entered. */
static PyObject *resolve_negative(PyObject *self) {
    return PyBool_FromLong(PyList_GET_SIZE(((Resolve *)self)->marks) > 0);
}

static int add_receivers(void) {
    static PyMappingMethods resolve_mapping = {.mp_subscript = resolve_subscript};
    static PyNumberMethods resolve_number = {.nb_negative = resolve_negative};
    ResolveType.tp_as_mapping = &resolve_mapping;
    ResolveType.tp_as_number = &resolve_number;
    if (PyType_Ready(&ReceiverType) < 0 || PyType_Ready(&ReceivedType) < 0) {
        return -1;
    }
    return add_resolve();
}
