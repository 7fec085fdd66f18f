/* Where Python code is: the code of a frame and its instruction, without making a frame object.
 *
 * All that is private API of CPython stands here. Python has no public way to the running code and its instruction that
 * makes no frame object, which takes longer than all else that is done to record an operation. The layouts of 3.11 to
 * 3.15 come from CPython's own headers; a Python newer than those is asked in the public way, and so is 3.10, where
 * every frame is an object already.
 */
#ifndef MINITORCH_FRAMES_H
#define MINITORCH_FRAMES_H

#include "recorder.h"
#include <frameobject.h>

/* Python 3.16, the first one that has not been tried: there all is asked in the public way. */
#define UNKNOWN_VERSION 0x03100000

#if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < UNKNOWN_VERSION && !defined(Py_GIL_DISABLED) \
    && !defined(Py_STACKREF_DEBUG) && !defined(RECORDER_PUBLIC_FRAMES)
#define HAS_FRAME_LAYOUT 1
#define Py_BUILD_CORE 1
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#if PY_VERSION_HEX >= 0x030E0000
#include <internal/pycore_interpframe_structs.h>
#else
#include <internal/pycore_frame.h>
#endif
#pragma GCC diagnostic pop
#undef Py_BUILD_CORE
#endif

/* Methods are looked up as Python's instruction does it, which makes no bound method; a Python that is newer than those
 * known here is not asked, and no class has a version there. */
#if PY_VERSION_HEX < UNKNOWN_VERSION && !defined(Py_GIL_DISABLED)
#if PY_VERSION_HEX >= 0x030D0000
PyAPI_FUNC(int) _PyObject_GetMethod(PyObject *owner, PyObject *name, PyObject **method);
#endif

/* Return the version of a class, which changes with every attribute that is set; 0 if it has none now. */
static inline unsigned int class_version(PyTypeObject *class) {
#if PY_VERSION_HEX < 0x030D0000
    if (!PyType_HasFeature(class, Py_TPFLAGS_VALID_VERSION_TAG)) {
        return 0;
    }
#endif
    return class->tp_version_tag;
}

/* Return what a class or one of its bases has under a name, a borrowed reference; NULL without an error. */
static inline PyObject *find_class_attribute(PyTypeObject *class, PyObject *name) {
    return _PyType_Lookup(class, name);
}

/* Give an attribute of an object, NULL with an error set; return whether it is to be called with the owner. */
static inline int find_method(PyObject *owner, PyObject *name, PyObject **method) {
    return _PyObject_GetMethod(owner, name, method);
}
#else
static inline unsigned int class_version(PyTypeObject *Py_UNUSED(class)) {
    return 0;
}

static inline PyObject *find_class_attribute(PyTypeObject *Py_UNUSED(class), PyObject *Py_UNUSED(name)) {
    return NULL;
}

static inline int find_method(PyObject *Py_UNUSED(owner), PyObject *Py_UNUSED(name), PyObject **method) {
    *method = NULL;
    return 0;
}
#endif

#define MAX_OWN_FOLDERS 4

/* The prefixes of the own files' names; those that aren't ASCII have a NULL text. */
static struct {
    const char *text;
    Py_ssize_t length;
    PyObject *prefix;    /* borrowed from `connected.own_folders` */
} own_folders[MAX_OWN_FOLDERS];
static int own_folder_count;

/* The name of the file that was somebody else's last. It is held, so that nothing else comes to have its address. */
static PyObject *users_file;

/* Take the prefixes from `connected.own_folders`; -1 with an error set if they are no short tuple of texts. */
static int read_own_folders(void) {
    own_folder_count = 0;
    Py_CLEAR(users_file);
    if (!PyTuple_Check(connected.own_folders) || PyTuple_GET_SIZE(connected.own_folders) > MAX_OWN_FOLDERS) {
        PyErr_SetString(PyExc_TypeError, "own_folders has to be a short tuple");
        return -1;
    }
    int count = (int)PyTuple_GET_SIZE(connected.own_folders);
    for (int i = 0; i < count; i++) {
        PyObject *prefix = PyTuple_GET_ITEM(connected.own_folders, i);
        if (!PyUnicode_Check(prefix)) {
            PyErr_SetString(PyExc_TypeError, "own_folders has to hold texts");
            return -1;
        }
        own_folders[i].prefix = prefix;
        own_folders[i].length = PyUnicode_GET_LENGTH(prefix);
        own_folders[i].text = PyUnicode_IS_COMPACT_ASCII(prefix) ? (const char *)PyUnicode_1BYTE_DATA(prefix) : NULL;
    }
    own_folder_count = count;
    return 0;
}

/* Return whether a file of that name belongs to this project. */
static int is_own_file(PyObject *file) {
    for (int i = 0; i < own_folder_count; i++) {
        Py_ssize_t length = own_folders[i].length;
        if (PyUnicode_GET_LENGTH(file) < length) {
            continue;
        }
        if (own_folders[i].text != NULL && PyUnicode_KIND(file) == PyUnicode_1BYTE_KIND) {
            if (memcmp(PyUnicode_1BYTE_DATA(file), own_folders[i].text, (size_t)length) == 0) {
                return 1;
            }
        } else if (PyUnicode_Tailmatch(file, own_folders[i].prefix, 0, PY_SSIZE_T_MAX, -1) == 1) {
            return 1;
        }
    }
    if (PyUnicode_CheckExact(file)) {
        PyObject *before = users_file;
        Py_INCREF(file);
        users_file = file;
        Py_XDECREF(before);
    }
    return 0;
}

static inline int is_own_code(PyCodeObject *code) {
    return UNLIKELY(code->co_filename != users_file) && is_own_file(code->co_filename);
}

#ifdef HAS_FRAME_LAYOUT

static inline _PyInterpreterFrame *running_frame(void) {
    PyThreadState *thread = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030D0000
    return thread->current_frame;
#else
    return thread->cframe->current_frame;
#endif
}

#if PY_VERSION_HEX >= 0x030E0000
/* PyUnstable_InterpreterFrame_GetCode and _GetLasti say the same, but two calls are a tenth of an operation's time. The
 * lowest bits of a reference are its tag. */
static inline PyCodeObject *executable_of_frame(_PyInterpreterFrame *frame) {
    return (PyCodeObject *)(frame->f_executable.bits & ~(uintptr_t)3);
}
#endif

/* Return the byte offset of a frame's instruction. */
static inline int32_t instruction_of_frame(_PyInterpreterFrame *frame) {
#if PY_VERSION_HEX >= 0x030E0000
    return (int32_t)((char *)frame->instr_ptr - executable_of_frame(frame)->co_code_adaptive);
#else
    int32_t last = (int32_t)_PyInterpreterFrame_LASTI(frame);
    return last < 0 ? -1 : last * (int32_t)sizeof(_Py_CODEUNIT);
#endif
}

/* Return the code that a frame runs, a borrowed reference; NULL in one that C code begins with, and in a function that
 * has not begun. */
static inline PyCodeObject *code_of_frame(_PyInterpreterFrame *frame) {
#if PY_VERSION_HEX >= 0x030E0000
    if (UNLIKELY(frame->owner >= FRAME_OWNED_BY_INTERPRETER)) {
        return NULL;
    }
    PyCodeObject *code = executable_of_frame(frame);
    const int has_begun = frame->owner == FRAME_OWNED_BY_GENERATOR
        || frame->instr_ptr >= (_Py_CODEUNIT *)code->co_code_adaptive + code->_co_firsttraceable;
    return LIKELY(has_begun) ? code : NULL;
#elif PY_VERSION_HEX >= 0x030D0000
    return _PyFrame_IsIncomplete(frame) ? NULL : (PyCodeObject *)frame->f_executable;
#else
    return _PyFrame_IsIncomplete(frame) ? NULL : frame->f_code;
#endif
}

static inline PyCodeObject *code_of_caller(int32_t *instruction) {
    _PyInterpreterFrame *first = NULL;
    PyCodeObject *code_of_first = NULL;
    for (_PyInterpreterFrame *frame = running_frame(); frame != NULL; frame = frame->previous) {
        PyCodeObject *code = code_of_frame(frame);
        if (UNLIKELY(code == NULL)) {
            continue;
        }
        const int is_users = LIKELY(!is_own_code(code));
        if (is_users || first == NULL) {
            first = frame;
            code_of_first = code;
        }
        if (is_users) {
            break;
        }
    }
    *instruction = first == NULL ? 0 : instruction_of_frame(first);
    return (PyCodeObject *)Py_XNewRef((PyObject *)code_of_first);
}

#else

static inline int32_t instruction_of_frame(PyFrameObject *frame) {
#if PY_VERSION_HEX < 0x030B0000
    return frame->f_lasti < 0 ? -1 : frame->f_lasti * (int32_t)sizeof(_Py_CODEUNIT);
#else
    return PyFrame_GetLasti(frame);
#endif
}

static inline PyCodeObject *code_of_caller(int32_t *instruction) {
    PyFrameObject *frame = PyEval_GetFrame();
    if (frame == NULL) {
        *instruction = 0;
        return NULL;
    }
    PyCodeObject *innermost = PyFrame_GetCode(frame);
    *instruction = instruction_of_frame(frame);
    if (LIKELY(!is_own_code(innermost))) {
        return innermost;
    }
    for (frame = PyFrame_GetBack(frame); frame != NULL;) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        if (!is_own_code(code)) {
            *instruction = instruction_of_frame(frame);
            Py_DECREF(innermost);
            Py_DECREF(frame);
            return code;
        }
        Py_DECREF(code);
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    return innermost;
}

#endif
#endif
