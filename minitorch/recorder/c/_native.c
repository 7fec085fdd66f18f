/* The recorder in C, one compile unit: this file includes the others and makes the module of them. */
#include "recorder.h"

/* minitorch/recorder/__init__.py has the same number: raise both when what they expect of each other changes. */
#define RECORDER_INTERFACE 4

/* Names the sources: build.py passes it, and a test compares it with the sources as they are then. */
#ifndef RECORDER_FINGERPRINT
#define RECORDER_FINGERPRINT 0
#endif

#include "frames.h"
#include "counting.c"
#include "pools.c"
#include "variable.c"
#include "younger.c"
#include "attributes.c"
#include "record.c"
#include "rows.c"
#include "scalar.c"
#include "adjoints.c"
#include "reverse.c"
#include "forward.c"
#include "derivatives.c"
#include "sum.c"
#include "leaves.c"
#include "connect.c"
#include "functions.c"
#include "absent.c"
#include "followed.c"
#include "resolve.c"
#include "resolver.c"
#include "receivers.c"
#include "replacements.c"
#include "replacement_type.c"

#ifndef MS_WINDOWS
#include <pthread.h>
#endif

static PyObject *next_unique_id(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    return PyLong_FromLongLong(take_unique_id());
}

static PyObject *origin_of_caller(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    int32_t instruction;
    PyCodeObject *code = code_of_caller(&instruction);
    if (code == NULL) {
        PyErr_SetString(PyExc_ValueError, "no Python code is running");
        return NULL;
    }
    return Py_BuildValue("Ni", code, (int)instruction);
}

/* For Variables that refer to themselves by something that Python code holds: the roots of equations. */
static PyObject *track_all(PyObject *module, PyObject *variables) {
    (void)module;
    PyObject *iterator = PyObject_GetIter(variables), *item;
    if (iterator == NULL) {
        return NULL;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        if (is_variable(item)) {
            track(as_variable(item));
        }
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"next_unique_id", next_unique_id, METH_NOARGS, "Return the number of the next Variable."},
    {"origin_of_caller", origin_of_caller, METH_NOARGS,
     "Return the code of the nearest frame outside this project, and the instruction that it is at."},
    {"count_operation", count_one_operation, METH_NOARGS, "Count an operation that Python code records."},
    {"connect", (PyCFunction)(void (*)(void))connect, METH_VARARGS | METH_KEYWORDS,
     "Take the classes and lists of Python code that recording needs."},
    {"add_row", add_row, METH_VARARGS, "Return `apply` for the class of a row, to be put into it; None for others."},
    {"call_of", call_of, METH_VARARGS, "Return what to call in traced code for a plain callable of a row."},
    {"leaves", (PyCFunction)(void (*)(void))leaves, METH_FASTCALL, "Make a leaf of each of some numbers."},
    {"pooled_bytes", pooled_bytes, METH_NOARGS,
     "pooled_bytes()\n--\n\nReturn how many bytes Scalars take in pools of the recorder, which tracemalloc does not see."},
    {"sweep", (PyCFunction)(void (*)(void))sweep, METH_FASTCALL, sweep_doc},
    {"add_derivatives", (PyCFunction)(void (*)(void))add_derivatives, METH_FASTCALL, add_derivatives_doc},
    {"jvp", (PyCFunction)(void (*)(void))jvp, METH_FASTCALL, jvp_doc},
    {"replacement", (PyCFunction)(void (*)(void))replacement, METH_FASTCALL,
     "Make what does as a Python function does, a replacement of a kind."},
    {"make_resolve", resolve_make, METH_O, "Make the `resolve` of a dispatcher."},
    {"usual_of", usual_of, METH_O, "Return the Python function of which `replacement` has made one."},
    {"make_receiver", (PyCFunction)(void (*)(void))make_receiver, METH_FASTCALL,
     "Make what is asked before a method of some name is called."},
    {"received_owner", received_owner, METH_O, "Return in whose place an object is that a receiver has given."},
    {"track", track_all, METH_O, "Have the garbage collector keep track of Variables."},
    {NULL},
};

/* Refuse interpreters beside the main one, which Python's recorder serves: types and counters here are of the process. */
static int fill_module(PyObject *module) {
    if (PyInterpreterState_Get() != PyInterpreterState_Main()) {
        PyErr_SetString(PyExc_ImportError, "the recorder in C serves the main interpreter alone");
        return -1;
    }
    last_fn_name = PyUnicode_InternFromString("last_fn");
    if (last_fn_name == NULL || check_collector_head() < 0 ||
        PyType_Ready(&VariableBase_Type) < 0 || PyType_Ready(&ScalarBase_Type) < 0 ||
        set_slots(&VariableBase_Type) < 0 || set_slots(&ScalarBase_Type) < 0 ||
        PyType_Ready(&RowFunction_Type) < 0 || PyType_Ready(&OwnApply_Type) < 0 || add_receivers() < 0 ||
        PyType_Ready(&Replacement_Type) < 0 || PyType_Ready(&Countdown_Type) < 0) {
        return -1;
    }
    if (PyModule_AddObjectRef(module, "VariableBase", (PyObject *)&VariableBase_Type) < 0 ||
        PyModule_AddObjectRef(module, "ScalarBase", (PyObject *)&ScalarBase_Type) < 0 ||
        PyModule_AddObjectRef(module, "Countdown", (PyObject *)&Countdown_Type) < 0 ||
        PyModule_AddIntConstant(module, "interface", RECORDER_INTERFACE) < 0 ||
        PyModule_AddIntConstant(module, "fingerprint", RECORDER_FINGERPRINT) < 0) {
        return -1;
    }
#ifndef MS_WINDOWS
    static int is_told_of_forks;
    if (!is_told_of_forks) {
        pthread_atfork(NULL, NULL, forget_other_endings);
        is_told_of_forks = 1;
    }
#endif
    return 0;
}

/* In slots, since a module without them is copied into every interpreter that imports it, unasked. */
static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "minitorch.recorder._native",
    .m_doc = "The recorder in C: what minitorch.recorder has where a compiler was at hand.",
    .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__native(void) {
    return PyModuleDef_Init(&module_definition);
}
