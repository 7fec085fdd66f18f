/* The rows of rows.c as Python's builtins: `Sin.apply`, and what replaces `math.sin` in traced code.
 *
 *     Sin.apply(x)      records what is active; everything else goes to Python's `apply`
 *     call(x)           is `math.sin` for a float, records what is active; everything else goes to Python's replacement
 *
 * Both take any row of any number of inputs that rows.c has.
 */
#include "recorder.h"

/* A class of a row with what the recorder has for it: `self` of the builtin that replaces its plain function. */
typedef struct {
    PyObject_HEAD
    const char *name;                   /* of the row, as rows.c has it */
    const Row *rows[MAX_INPUTS + 1];    /* by the number of inputs; NULL: Python has that one alone */
    PyTypeObject *creator;              /* Sin */
    PyObject *plain;                    /* math.sin */
    PyObject *usual;                    /* what Python code does with anything else */
} RowFunction;

/* The RowFunctions of `apply`, found by class: `self` of that builtin is the class, as that of Python's method is. */
static RowFunction *applies[512];

static inline size_t home_of(PyTypeObject *creator) {
    size_t home = ((uintptr_t)creator >> 4) % Py_ARRAY_LENGTH(applies);
    while (applies[home] != NULL && applies[home]->creator != creator) {
        home = (home + 1) % Py_ARRAY_LENGTH(applies);
    }
    return home;
}

/* -- recording ---------------------------------------------------------------------------------------------------- */

/* Compute the value of a row by Python's own function; 1 where Python code is to deal with it, -1 with an error set. */
static int value_by_python(RowFunction *function, const Row *row, const double *inputs, double *value) {
    PyObject *arguments[MAX_INPUTS];
    int count = 0;
    while (count < row->inputs && (arguments[count] = PyFloat_FromDouble(inputs[count])) != NULL) {
        count++;
    }
    PyObject *result = count < row->inputs ? NULL : PyObject_Vectorcall(function->plain, arguments, (size_t)count, NULL);
    while (count > 0) {
        Py_DECREF(arguments[--count]);
    }
    if (result == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_ArithmeticError)) {
            return -1;
        }
        /* Python code raises it again, in its own words. */
        PyErr_Clear();
        return 1;
    }
    const int is_float = PyFloat_CheckExact(result);
    if (is_float) {
        *value = PyFloat_AS_DOUBLE(result);
    }
    Py_DECREF(result);
    return !is_float;
}

/* Record a row, whose number of inputs the compiler knows. */
static inline PyObject *record_inputs(RowFunction *function, const Row *row, PyObject *const *arguments, int inputs) {
    double numbers[MAX_INPUTS + 1], partials[MAX_INPUTS] = {0.0};
    Kind kinds[MAX_INPUTS];
    int is_active = 0, is_constant = 0;
    if (!may_record() || (row->notes_rounding && holds_any(connected.active))) {
        return NULL;
    }
    for (int index = 0; index < inputs; index++) {
        kinds[index] = operand(arguments[index], &numbers[index]);
        if (kinds[index] == OTHER) {
            return NULL;
        }
        is_active |= kinds[index] == ACTIVE;
        is_constant |= kinds[index] == CONSTANT;
    }
    if (!is_active && !is_constant) {
        return NULL;
    }
    const int status = row->value != NULL ? row->value(numbers, &numbers[inputs])
                                          : value_by_python(function, row, numbers, &numbers[inputs]);
    if (status != 0) {
        return NULL;
    }
    for (int index = 0; index < inputs; index++) {
        if (kinds[index] == ACTIVE && row->partials[index](numbers, &partials[index]) != 0) {
            return NULL;
        }
    }
    PyTypeObject *type = row->is_truth ? connected.indicator : connected.scalar;
    if (!is_active) {
        return make_constant(type, numbers[inputs]);
    }
    if (inputs == 1) {
        return record_one(type, function->creator, arguments[0], numbers[1], partials[0]);
    }
    return record_two(type, function->creator, arguments[0], kinds[0], arguments[1], kinds[1], numbers[2], partials[0],
                      partials[1]);
}

/* Record a row. Returns the new Variable; NULL where Python code is to deal with it, and NULL with an error set. */
static PyObject *record_row(RowFunction *function, const Row *row, PyObject *const *arguments) {
    return row->inputs == 1 ? record_inputs(function, row, arguments, 1) : record_inputs(function, row, arguments, 2);
}

/* Return the row for some arguments; NULL where there is none. */
static inline const Row *row_for(const RowFunction *function, Py_ssize_t count, PyObject *names) {
    return count <= MAX_INPUTS && names == NULL ? function->rows[count] : NULL;
}

/* Call what Python code has for a function, unless something was raised before. */
static PyObject *call_python(RowFunction *function, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    return PyErr_Occurred() ? NULL : PyObject_Vectorcall(function->usual, arguments, (size_t)count, names);
}

/* Sin.apply(*inputs) */
static PyObject *apply_row(PyObject *creator, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    RowFunction *function = applies[home_of((PyTypeObject *)creator)];
    const Row *row = row_for(function, count, names);
    PyObject *result = row == NULL ? NULL : record_row(function, row, arguments);
    return LIKELY(result != NULL) ? result : call_python(function, arguments, count, names);
}

/* Compute a row of plain floats; NULL where one is no float, and where Python would raise. */
static PyObject *plain_result(const Row *row, PyObject *const *arguments) {
    double numbers[MAX_INPUTS + 1];
    for (int index = 0; index < row->inputs; index++) {
        if (!PyFloat_CheckExact(arguments[index])) {
            return NULL;
        }
        numbers[index] = PyFloat_AS_DOUBLE(arguments[index]);
    }
    double *value = &numbers[row->inputs];
    if (row->value == NULL || row->value(numbers, value) != 0) {
        return NULL;
    }
    return row->is_truth ? PyBool_FromLong(*value != 0.0) : PyFloat_FromDouble(*value);
}

/* What replaces math.sin in traced code. */
static PyObject *call_row(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    RowFunction *function = (RowFunction *)self;
    const Row *row = row_for(function, count, names);
    PyObject *result = NULL;
    if (LIKELY(row != NULL)) {
        const int is_plain = is_plain_number(arguments[0]) && is_plain_number(arguments[count - 1]);
        result = is_plain ? plain_result(row, arguments) : record_row(function, row, arguments);
        if (UNLIKELY(result == NULL && is_plain && !PyErr_Occurred())) {
            return PyObject_Vectorcall(function->plain, arguments, (size_t)count, NULL);
        }
    }
    return LIKELY(result != NULL) ? result : call_python(function, arguments, count, names);
}

/* What replaces `sum` in traced code. */
static PyObject *call_sum_row(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    RowFunction *function = (RowFunction *)self;
    return call_sum(function->creator, function->plain, function->usual, arguments, count, names);
}

/* -- the types ---------------------------------------------------------------------------------------------------- */

static int traverse_function(RowFunction *self, visitproc visit, void *arg) {
    Py_VISIT(self->creator);
    Py_VISIT(self->plain);
    Py_VISIT(self->usual);
    return 0;
}

static int clear_function(RowFunction *self) {
    Py_CLEAR(self->creator);
    Py_CLEAR(self->plain);
    Py_CLEAR(self->usual);
    return 0;
}

static void free_function(RowFunction *self) {
    PyObject_GC_UnTrack(self);
    clear_function(self);
    Py_TYPE(self)->tp_free(self);
}

/* Pickled as an object whose `call`, the builtin, is Python's replacement. */
static PyObject *reduce_function(RowFunction *self, PyObject *Py_UNUSED(unused)) {
    PyObject *namespace = imported("types", "SimpleNamespace");
    return namespace == NULL ? NULL : Py_BuildValue("N(){sO}", namespace, "call", self->usual);
}

static PyMethodDef methods_of_function[] = {
    {"__reduce__", (PyCFunction)(void (*)(void))reduce_function, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject RowFunction_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.RowFunction",
    .tp_basicsize = sizeof(RowFunction),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)traverse_function,
    .tp_clear = (inquiry)clear_function,
    .tp_dealloc = (destructor)free_function,
    .tp_free = PyObject_GC_Del,
    .tp_methods = methods_of_function,
};

/* The row of any number of inputs, which sum.c records. */
static const char *const SUM = "Sum";

/* Return the name of a row, if it is one that is recorded in C; else NULL. */
static const char *known_row(const char *name) {
    for (size_t index = 0; index < Py_ARRAY_LENGTH(rows); index++) {
        if (strcmp(rows[index].name, name) == 0) {
            return rows[index].name;
        }
    }
    return strcmp(name, SUM) == 0 ? SUM : NULL;
}

/* Make the RowFunction of a class for a row of that name; NULL with an error set. */
static RowFunction *new_function(PyTypeObject *creator, const char *name, PyObject *plain, PyObject *usual) {
    RowFunction *function = PyObject_GC_New(RowFunction, &RowFunction_Type);
    if (function == NULL) {
        return NULL;
    }
    function->name = name;
    memset(function->rows, 0, sizeof function->rows);
    for (size_t index = 0; index < Py_ARRAY_LENGTH(rows); index++) {
        if (strcmp(rows[index].name, name) == 0) {
            function->rows[rows[index].inputs] = &rows[index];
        }
    }
    Py_XINCREF(creator);
    function->creator = creator;
    function->plain = Py_NewRef(plain);
    function->usual = Py_NewRef(usual);
    PyObject_GC_Track((PyObject *)function);
    return function;
}

/* The `apply` of one class; classes derived from it have Python's. */
typedef struct {
    PyObject_HEAD
    PyObject *creator, *builtin;
} OwnApply;

static PyObject *get_apply(OwnApply *self, PyObject *Py_UNUSED(instance), PyObject *owner) {
    if (LIKELY(owner == self->creator)) {
        return Py_NewRef(self->builtin);
    }
    PyObject *following = PyObject_CallFunctionObjArgs((PyObject *)&PySuper_Type, self->creator, owner, NULL);
    PyObject *inherited = following == NULL ? NULL : PyObject_GetAttrString(following, "apply");
    Py_XDECREF(following);
    return inherited;
}

static int traverse_apply(OwnApply *self, visitproc visit, void *arg) {
    Py_VISIT(self->creator);
    Py_VISIT(self->builtin);
    return 0;
}

static int clear_apply(OwnApply *self) {
    Py_CLEAR(self->creator);
    Py_CLEAR(self->builtin);
    return 0;
}

static void free_apply(OwnApply *self) {
    PyObject_GC_UnTrack(self);
    clear_apply(self);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject OwnApply_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.OwnApply",
    .tp_basicsize = sizeof(OwnApply),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_descr_get = (descrgetfunc)get_apply,
    .tp_traverse = (traverseproc)traverse_apply,
    .tp_clear = (inquiry)clear_apply,
    .tp_dealloc = (destructor)free_apply,
    .tp_free = PyObject_GC_Del,
};

/* -- what Python code calls --------------------------------------------------------------------------------------- */

static PyMethodDef apply_definition = {
    "apply", (PyCFunction)(void (*)(void))apply_row, METH_FASTCALL | METH_KEYWORDS,
    "apply($type, /, *inputs)\n--\n\n"
    "Do the operation on inputs given one by one: on plain values plainly, on Scalars with their history."};

static PyMethodDef call_definition = {
    "call", (PyCFunction)(void (*)(void))call_row, METH_FASTCALL | METH_KEYWORDS,
    "Do what a plain callable does, on Scalars with their history."};

static PyMethodDef sum_definition = {
    "call", (PyCFunction)(void (*)(void))call_sum_row, METH_FASTCALL | METH_KEYWORDS,
    "Do what `sum` does, on Scalars with their history."};

/* Return the function of a class's row. */
static PyObject *plain_function(PyObject *creator) {
    PyObject *rule = PyObject_GetAttrString(creator, "rule");
    PyObject *plain = rule == NULL ? NULL : PyObject_GetAttrString(rule, "function");
    Py_XDECREF(rule);
    return plain;
}

/* add_row(name, function): `apply` for the class of a row, to be put into it; None for Python's. */
static PyObject *add_row(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    PyObject *creator;
    if (!PyArg_ParseTuple(arguments, "sO!:add_row", &name, &PyType_Type, &creator)) {
        return NULL;
    }
    const size_t home = home_of((PyTypeObject *)creator);
    if (add_operator(name, creator) < 0) {
        return NULL;
    }
    name = known_row(name);
    if (name == NULL || applies[home] != NULL) {
        Py_RETURN_NONE;
    }
    PyObject *plain = plain_function(creator), *builtin = NULL;
    PyObject *usual = plain == NULL ? NULL : PyObject_GetAttrString(creator, "apply");
    RowFunction *function = usual == NULL ? NULL : new_function((PyTypeObject *)creator, name, plain, usual);
    Py_XDECREF(plain);
    Py_XDECREF(usual);
    if (function != NULL) {
        builtin = PyCFunction_New(&apply_definition, creator);
    }
    OwnApply *own = builtin == NULL ? NULL : PyObject_GC_New(OwnApply, &OwnApply_Type);
    if (own == NULL) {
        Py_XDECREF(builtin);
        Py_XDECREF(function);
        return NULL;
    }
    own->creator = Py_NewRef(creator);
    own->builtin = builtin;
    PyObject_GC_Track((PyObject *)own);
    applies[home] = function;
    return (PyObject *)own;
}

/* call_of(name, plain, usual): what to call in traced code for a plain callable of a row; `usual` itself where nothing
 * here is faster. */
static PyObject *call_of(PyObject *Py_UNUSED(module), PyObject *arguments) {
    const char *name;
    PyObject *plain, *usual;
    if (!PyArg_ParseTuple(arguments, "sOO:call_of", &name, &plain, &usual)) {
        return NULL;
    }
    RowFunction *added = NULL;
    for (size_t home = 0; home < Py_ARRAY_LENGTH(applies); home++) {
        if (applies[home] != NULL && strcmp(applies[home]->name, name) == 0) {
            added = applies[home];
        }
    }
    if (added == NULL) {
        return Py_NewRef(usual);
    }
    RowFunction *function = new_function(added->creator, added->name, plain, usual);
    PyMethodDef *definition = added->name == SUM ? &sum_definition : &call_definition;
    PyObject *result = function == NULL ? NULL : PyCFunction_New(definition, (PyObject *)function);
    Py_XDECREF(function);
    return result;
}
