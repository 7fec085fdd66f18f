/* What the garbage collector has to see of Variables that were made before something younger was written into one.
 *
 * Operations made from a tracked Variable are tracked, but those that were made before it was are not; a cycle through
 * what is written may lead over them, and would never be found:
 *
 *     x = Scalar(1.0); y = x * 2.0; x.derivative = [y]
 */
#include "recorder.h"

/* So deep are containers and objects looked into for Variables. */
#define DEPTH_OF_CONTAINERS 4

/* Variables that are reached from what is written and are younger than the one it is written into. */
typedef struct {
    Variable **found;    /* each once, with the flag NOTED */
    size_t count, room;
    int64_t than;
    int depth;
    int is_short;        /* of memory */
} Younger;

static int note_younger(PyObject *object, void *arg) {
    Younger *younger = arg;
    PyTypeObject *type = Py_TYPE(object);
    if (!is_fast_type(type)) {
        if (younger->depth > 0 && PyObject_IS_GC(object) && type->tp_traverse != NULL && !PyType_Check(object)
            && !PyModule_Check(object) && !PyFunction_Check(object)) {
            younger->depth--;
            type->tp_traverse(object, note_younger, arg);
            younger->depth++;
        }
        return 0;
    }
    Variable *x = as_variable(object);
    if (x->unique_id <= younger->than || x->flags & NOTED || younger->is_short) {
        return 0;
    }
    if (younger->count == younger->room) {
        size_t room = younger->room == 0 ? 16 : 2 * younger->room;
        Variable **found = PyMem_Realloc(younger->found, room * sizeof *found);
        if (found == NULL) {
            younger->is_short = 1;
            return 0;
        }
        younger->found = found;
        younger->room = room;
    }
    x->flags |= NOTED;
    younger->found[younger->count++] = x;
    return 0;
}

/* Have the garbage collector keep track of all that is younger than x and behind an object that x is to refer to; -1
 * with MemoryError. No Python code runs. */
static int track_younger(Variable *x, PyObject *value) {
    if (!is_fast_type(Py_TYPE(x)) || x->unique_id == 0 || x->unique_id == unique_ids - 1) {
        /* Of other types all that is made is tracked, and nothing is younger than the youngest. */
        return 0;
    }
    Younger younger = {.than = x->unique_id, .depth = DEPTH_OF_CONTAINERS};
    note_younger(value, &younger);
    for (size_t i = 0; i < younger.count; i++) {
        variable_traverse((PyObject *)younger.found[i], note_younger, &younger);
    }
    for (size_t i = 0; i < younger.count; i++) {
        younger.found[i]->flags &= ~(uint32_t)NOTED;
        track(younger.found[i]);
    }
    PyMem_Free(younger.found);
    if (younger.is_short) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

/* See to it that the garbage collector finds cycles through an object that is written into a Variable; -1 with
 * MemoryError. */
static int track_for(Variable *x, PyObject *value) {
    if (!may_be_younger(x, value)) {
        return 0;
    }
    if (!(x->flags & TRACKED)) {
        track(x);
    }
    return track_younger(x, value);
}
