/* What Python code hands to the recorder: its classes, its lists, and the methods of Number. */
#include "recorder.h"

static const char *const FORWARD[OPERATORS] = {
    "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__pow__", "__neg__", "__pos__",
    "__abs__", "__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__",
};

static const char *const REFLECTED[POW + 1] = {
    "__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rfloordiv__", "__rmod__", "__rpow__",
};

static const char *const ROWS[OPERATORS] = {
    "Add", "Sub", "Mul", "TrueDiv", "FloorDiv", "Mod", "Pow", "Neg", "Pos", "Abs", "LT", "LE", "EQ", "NE", "GT", "GE",
};

/* Put a reference of its own into a place, if there is a value. */
static void keep(PyObject **place, PyObject *value) {
    if (value != NULL) {
        PyObject *before = *place;
        Py_INCREF(value);
        *place = value;
        Py_XDECREF(before);
    }
}

static int keep_class(PyTypeObject **place, PyObject *value) {
    if (value != NULL && !PyType_Check(value)) {
        PyErr_Format(PyExc_TypeError, "expected a class, not %R", value);
        return -1;
    }
    keep((PyObject **)place, value);
    return 0;
}

static int keep_list(PyListObject **place, PyObject *value) {
    if (value != NULL && !PyList_CheckExact(value)) {
        PyErr_Format(PyExc_TypeError, "expected a list, not %R", value);
        return -1;
    }
    keep((PyObject **)place, value);
    return 0;
}

static int keep_context_variable(PyObject **place, PyObject *value) {
    if (value != NULL && !PyContextVar_CheckExact(value)) {
        PyErr_Format(PyExc_TypeError, "expected a context variable, not %R", value);
        return -1;
    }
    keep(place, value);
    return 0;
}

static int keep_usual(PyObject *usual) {
    if (!PyDict_Check(usual)) {
        PyErr_SetString(PyExc_TypeError, "usual has to be a dict of methods");
        return -1;
    }
    keep(&connected.usual, usual);
    for (int i = 0; i < OPERATORS; i++) {
        keep(&connected.forward[i], PyDict_GetItemString(usual, FORWARD[i]));
        if (i <= POW) {
            keep(&connected.reflected[i], PyDict_GetItemString(usual, REFLECTED[i]));
        }
    }
    keep(&connected.usual_bool, PyDict_GetItemString(usual, "__bool__"));
    keep(&connected.usual_hash, PyDict_GetItemString(usual, "__hash__"));
    return 0;
}

static void look_whether_ready(void) {
    int is_ready = connected.scalar != NULL && connected.indicator != NULL && connected.pausing != NULL &&
                   connected.observing != NULL && connected.active != NULL && connected.own_folders != NULL;
    for (int i = 0; i < OPERATORS; i++) {
        is_ready = is_ready && connected.creators[i] != NULL;
    }
    connected.is_ready = is_ready;
}

/* Have a class end its objects without Python's own function for classes, which looks for slots and weak references. */
static int set_dealloc(PyTypeObject *type) {
    if (!PyType_IsSubtype(type, &ScalarBase_Type) || type->tp_basicsize != sizeof(Variable)) {
        PyErr_Format(PyExc_TypeError, "%R has to derive from ScalarBase without further slots", type);
        return -1;
    }
    type->tp_dealloc = scalar_dealloc;
    return 0;
}

static int keep_histories(PyObject *histories) {
    PyObject *history, *input_history;
    if (!PyArg_ParseTuple(histories, "O!O!", &PyType_Type, &history, &PyType_Type, &input_history)) {
        return -1;
    }
    PyObject *last_fn = PyObject_GetAttrString(history, "last_fn");
    if (last_fn == NULL) {
        return -1;
    }
    if (!Py_IS_TYPE(last_fn, &PyMemberDescr_Type)) {
        PyErr_SetString(PyExc_TypeError, "last_fn of a History has to be a slot");
    } else {
        connected.last_fn = ((PyMemberDescrObject *)last_fn)->d_member->offset;
    }
    Py_DECREF(last_fn);
    return PyErr_Occurred() || keep_class(&connected.history, history) < 0 ||
                   keep_class(&connected.input_history, input_history) < 0
               ? -1
               : 0;
}

static PyObject *connect(PyObject *module, PyObject *args, PyObject *kwargs) {
    (void)module;
    static char *names[] = {"scalar", "indicator", "histories", "pausing", "observing", "active", "counting",
                            "counted", "own_folders", "usual", NULL};
    PyObject *scalar = NULL, *indicator = NULL, *histories = NULL, *pausing = NULL, *observing = NULL;
    PyObject *active = NULL, *counting = NULL, *counted = NULL, *folders = NULL, *usual = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OOOOOOOOOO:connect", names, &scalar, &indicator, &histories,
                                     &pausing, &observing, &active, &counting, &counted, &folders, &usual)) {
        return NULL;
    }
    if (keep_class(&connected.scalar, scalar) < 0 || keep_class(&connected.indicator, indicator) < 0 ||
        keep_list(&connected.pausing, pausing) < 0 || keep_list(&connected.observing, observing) < 0 ||
        keep_list(&connected.active, active) < 0 || keep_list(&connected.counting, counting) < 0 ||
        keep_context_variable(&connected.counted, counted) < 0) {
        return NULL;
    }
    if ((scalar != NULL && set_dealloc(connected.scalar) < 0) ||
        (indicator != NULL && set_dealloc(connected.indicator) < 0)) {
        return NULL;
    }
    if (scalar != NULL) {
        set_init(connected.scalar);
    }
    if (histories != NULL && keep_histories(histories) < 0) {
        return NULL;
    }
    if (folders != NULL) {
        keep(&connected.own_folders, folders);
        if (read_own_folders() < 0) {
            return NULL;
        }
    }
    if (usual != NULL && keep_usual(usual) < 0) {
        return NULL;
    }
    look_whether_ready();
    Py_RETURN_NONE;
}

/* Remember the class of an operator's row. */
static int add_operator(const char *name, PyObject *function) {
    for (int i = 0; i < OPERATORS; i++) {
        if (strcmp(name, ROWS[i]) == 0) {
            if (keep_class(&connected.creators[i], function) < 0) {
                return -1;
            }
            look_whether_ready();
        }
    }
    return 0;
}
