/* Quick answers that something is not in a table, for tables to which keys are only added: their sizes tell of changes.
 *
 * Most of what is called is in no table, and a miss in a dict or a set costs as much as all the rest of `resolve`.
 */
#include "recorder.h"

/* Bits of the keys of a dict, by their addresses: one that has no bit is not in it. */
typedef struct {
    PyObject *dict;
    Py_ssize_t size;                    /* of the dict when the bits were set */
    uint64_t bits[128];
} AbsentKeys;

/* Texts that were not in a set when it had so many items. */
typedef struct {
    PyObject *set;
    struct { PyObject *text; Py_ssize_t size; } known[128];
} AbsentTexts;

/* Return what tells keys apart: the object, or the C function of a builtin, of which methods are made anew each time. */
static inline const void *absent_identity(PyObject *key) {
    return PyCFunction_Check(key) ? (const void *)((PyCFunctionObject *)key)->m_ml->ml_meth : key;
}

static inline uint64_t absent_hash(const void *address) {
    return ((uint64_t)(uintptr_t)address * 0x9E3779B97F4A7C15u) >> 51;
}

static void absent_set_bits(AbsentKeys *keys) {
    PyObject *key;
    Py_ssize_t place = 0;
    memset(keys->bits, 0, sizeof keys->bits);
    while (PyDict_Next(keys->dict, &place, &key, NULL)) {
        uint64_t hash = absent_hash(absent_identity(key));
        keys->bits[hash >> 6] |= (uint64_t)1 << (hash & 63);
    }
    keys->size = PyDict_GET_SIZE(keys->dict);
}

/* Give the value of a key as a new reference; return whether there is one, -1 with an error set. */
static inline int absent_get(AbsentKeys *keys, PyObject *key, PyObject **value) {
    if (keys->size != PyDict_GET_SIZE(keys->dict)) {
        absent_set_bits(keys);
    }
    uint64_t hash = absent_hash(absent_identity(key));
    if (!(keys->bits[hash >> 6] >> (hash & 63) & 1)) {
        return 0;
    }
    *value = Py_XNewRef(PyDict_GetItemWithError(keys->dict, key));
    return *value != NULL ? 1 : PyErr_Occurred() ? -1 : 0;
}

static int absent_ask_set(AbsentTexts *texts, PyObject *text, size_t place) {
    Py_ssize_t size = PySet_GET_SIZE(texts->set);
    int known = PySet_Contains(texts->set, text);
    if (known == 0 && PyUnicode_CheckExact(text)) {
        Py_INCREF(text);
        Py_XSETREF(texts->known[place].text, text);
        texts->known[place].size = size;
    }
    return known;
}

/* Return whether a set has an item, a text as a rule; -1 with an error set. */
static inline int absent_contains(AbsentTexts *texts, PyObject *text) {
    size_t place = absent_hash(text) >> 6;
    if (texts->known[place].text == text && texts->known[place].size == PySet_GET_SIZE(texts->set)) {
        return 0;
    }
    return absent_ask_set(texts, text, place);
}

static void absent_clear_texts(AbsentTexts *texts) {
    for (size_t i = 0; i < sizeof texts->known / sizeof *texts->known; i++) {
        Py_CLEAR(texts->known[i].text);
    }
}
