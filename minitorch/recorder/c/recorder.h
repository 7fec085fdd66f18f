/* The recorder: Variables as C structures, what the parts of Python code hand to it, and what its files share.
 *
 * All files are one compile unit: `_native.c` includes the others, each of which defines its functions `static`.
 * Everything runs under the GIL; Python's recorder serves in interpreters other than the main one.
 */
#ifndef MINITORCH_RECORDER_H
#define MINITORCH_RECORDER_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__) || defined(__clang__)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define ALWAYS_INLINE __attribute__((always_inline))
#else
#define LIKELY(condition) (condition)
#define UNLIKELY(condition) (condition)
#define ALWAYS_INLINE
#endif

/* -- a Variable --------------------------------------------------------------------------------------------------- */

/* A number or an object; the flags of the Variable tell which. */
typedef union {
    double number;
    PyObject *object;
} Slot;

/* What few Variables have. */
typedef struct {
    PyObject *name;       /* NULL for None, as in Variable */
    PyObject *derivative;
} Extra;

/* A Variable: 96 bytes, and 16 of the garbage collector before it. A pointer that is NULL stands for None. */
typedef struct {
    PyObject_HEAD
    Slot data;                 /* the plain value of a Scalar; of others it has the object NULL */
    PyObject *creator;         /* the class of a row, a History, NULL for a constant */
    PyObject *first_parent;    /* the tuple of all parents where there are more than two */
    PyObject *second_parent;
    Slot first_partial;        /* with a tuple of parents the tuple of their partial derivatives */
    Slot second_partial;
    PyObject *code;
    int64_t unique_id;
    int32_t instruction;       /* in bytes, as `f_lasti` */
    uint32_t flags;
    Extra *extra;              /* NULL where both are None */
} Variable;

/* Flags of a Variable. A partial derivative with neither of its two flags is None. */
enum {
    FIRST_NUMBER = 1,    /* first_partial.number */
    FIRST_OBJECT = 2,    /* first_partial.object, never NULL */
    SECOND_NUMBER = 4,
    SECOND_OBJECT = 8,
    DATA_OBJECT = 16,    /* data.object instead of data.number: NULL before it is set, a nan, and what is no exact float */
    TRACKED = 32,        /* the garbage collector keeps track of it, see `track` */
    POOLED = 64,         /* its memory is that of `new_untracked` */
    UNFILLED = 128,      /* its creator has not been set yet: `__init__` has not run */
    NOTED = 256,         /* while younger.c looks for Variables: this one has been found */
};

static PyTypeObject VariableBase_Type;    /* variable.c */
static PyTypeObject ScalarBase_Type;

static inline int is_variable(PyObject *object) {
    return PyObject_TypeCheck(object, &VariableBase_Type);
}

static inline Variable *as_variable(PyObject *object) {
    return (Variable *)object;
}

/* -- what Python code connects ------------------------------------------------------------------------------------ */

/* The operators whose slots record. */
typedef enum {
    ADD, SUB, MUL, TRUEDIV, FLOORDIV, MOD, POW, NEG, POS, ABS, LT, LE, EQ, NE, GT, GE, OPERATORS
} Operator;    /* the comparisons in the order of Py_LT and its kin */

/* Filled by `connect(**parts)`, whose names these are; strong references, NULL before.
 *
 *     scalar, indicator     the classes Scalar and Indicator: with exactly these types the fast paths deal
 *     histories             (History, InputHistory)
 *     pausing, observing, active    lists: somebody doesn't record, observes decisions, or notes what happens, as long
 *                           as they aren't empty; Python code does what is then to be done
 *     counting, counted     a list that holds something while operations are counted, and a context variable: for whom
 *     own_folders           tuple of prefixes of the files whose frames are no user's
 *     usual                 the methods of Number by name, called as functions: what the slots fall back on
 *
 * `connect` may be called several times, each time with other parts; `add_row(name, function)` of functions.c brings the
 * class of each operator's row. Until all of these are there, everything takes the usual way. */
typedef struct {
    PyTypeObject *scalar, *indicator;
    PyTypeObject *history, *input_history;
    Py_ssize_t last_fn;                    /* the offset of that attribute of a History */
    PyListObject *pausing, *observing, *active, *counting;
    PyObject *counted;
    PyObject *own_folders;
    PyObject *usual;                       /* the dict */
    PyObject *forward[OPERATORS];          /* of it: __add__, ... __neg__, ... __lt__, ... */
    PyObject *reflected[POW + 1];          /* __radd__, ... __rpow__ */
    PyObject *usual_bool, *usual_hash;
    PyTypeObject *creators[OPERATORS];     /* the class of each operator's row: Add, Sub, ..., by `add_row` */
    int is_ready;                          /* whether all that the fast paths need is there */
} Connected;

static Connected connected;

/* Whether a list that Python code holds things in has some. */
static inline int holds_any(PyListObject *list) {
    return Py_SIZE(list) != 0;
}

/* Whether a creator is the History of a leaf, which no Function made. */
static inline int is_history_of_leaf(PyObject *creator) {
    PyTypeObject *type = Py_TYPE(creator);
    return (type == connected.history || type == connected.input_history) &&
           *(PyObject **)((char *)creator + connected.last_fn) == Py_None;
}

/* -- objects of Python --------------------------------------------------------------------------------------------- */

static inline int is_plain_number(PyObject *x) {
    return PyFloat_CheckExact(x) || PyLong_CheckExact(x) || PyBool_Check(x);
}

/* Return the name of a class without that of its module. */
static inline const char *bare_name(PyTypeObject *type) {
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? type->tp_name : dot + 1;
}

/* Return what a module has under a name, a new reference; NULL with an error set. */
static PyObject *imported(const char *module_name, const char *name) {
    PyObject *module = PyImport_ImportModule(module_name);
    PyObject *found = module == NULL ? NULL : PyObject_GetAttrString(module, name);
    Py_XDECREF(module);
    return found;
}

/* -- counting ----------------------------------------------------------------------------------------------------- */

static int64_t unique_ids = 1;    /* the next one */

static inline int64_t take_unique_id(void) {
    return unique_ids++;
}

/* Count an operation for the limit of this context (counting.c); -1 with an error set where it may not be recorded. */
static int count_in_context(void);

/* The same, where nobody counts most often. */
static inline int count_operation(void) {
    return LIKELY(connected.counting == NULL || !holds_any(connected.counting)) ? 0 : count_in_context();
}

/* -- operands (record.c) ------------------------------------------------------------------------------------------ */

/* What an operand is. Everything but OTHER has a value, an exact float. */
typedef enum {
    OTHER = 0,       /* anything else: Python code deals with it */
    PLAIN = 1,       /* a float, or an int below 2**53 */
    ACTIVE = 2,      /* a Scalar with a history */
    CONSTANT = 3,    /* one without */
} Kind;

/* What x is, and its value. Raises nothing and runs no Python code. */
static inline Kind operand(PyObject *x, double *value);

/* Whether the fast paths may record now: all is connected, and nobody pauses. */
static inline int may_record(void) {
    return LIKELY(connected.is_ready) && LIKELY(!holds_any(connected.pausing));
}

/* -- results (record.c) ------------------------------------------------------------------------------------------- */

/* Return a new Variable without history, of the type Scalar or Indicator; NULL with MemoryError. */
static inline PyObject *make_constant(PyTypeObject *type, double value);

/* Return a new Variable with creator, number, unique_id, and code and instruction of the nearest caller outside this
 * project; NULL with an error set. Whoever calls it fills in parents and partials, with references of their own and
 * flags, and then calls `track_result`; no Python code may run in between. */
static inline Variable *make_result(PyTypeObject *type, PyTypeObject *creator, double value);

/* Have the garbage collector keep track of a result if one of its parents is tracked. */
static inline void track_result(Variable *result);

/* -- callers (frames.h) ------------------------------------------------------------------------------------------- */

/* Return the code of the nearest frame outside the own folders, a new reference, and its `f_lasti`; those of the
 * current frame where there is none, and NULL where no Python code runs at all. Raises nothing, runs no Python code. */
static inline PyCodeObject *code_of_caller(int32_t *instruction);

/* -- Variables and the garbage collector (variable.c) ------------------------------------------------------------- */

/* Have the garbage collector keep track of a Variable.
 *
 * What the fast paths make refers to nothing younger than itself: no cycle leads through it, and the collector need not
 * know it. Only a History with a Context, and what Python code writes into a Variable, can refer to something younger.
 * Such Variables are tracked, all that is made from a tracked one, and what was made before and is written into it. */
static void track(Variable *x);

#endif
