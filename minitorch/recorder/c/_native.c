/* The recorder in C, one compile unit: this file includes the others and makes the module of them. */
#include "recorder.h"

/* minitorch/recorder/__init__.py has the same number: raise both when what they expect of each other changes. */
#define RECORDER_INTERFACE 1

/* Names the sources: build.py passes it, and a test compares it with the sources as they are then. */
#ifndef RECORDER_FINGERPRINT
#define RECORDER_FINGERPRINT 0
#endif

static PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "minitorch.recorder._native",
    .m_doc = "The recorder in C: what minitorch.recorder has where a compiler was at hand.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__native(void) {
    PyObject *module = PyModule_Create(&module_definition);
    if (module != NULL && (PyModule_AddIntConstant(module, "interface", RECORDER_INTERFACE) < 0
                           || PyModule_AddIntConstant(module, "fingerprint", RECORDER_FINGERPRINT) < 0)) {
        Py_CLEAR(module);
    }
    return module;
}
