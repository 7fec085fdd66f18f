/* The number slots of Scalar: fast where the operands are Scalars, floats and small ints, else the methods of Number.
 *
 * Results, partial derivatives and what is left to Python are those of `Number` and `RuleFunction.record`, to the last
 * bit; values and partial derivatives of operators are those of their rows.
 */
#include "recorder.h"

/* -- the usual way ------------------------------------------------------------------------------------------------ */

static PyObject *not_connected(void) {
    PyErr_SetString(PyExc_RuntimeError, "minitorch.recorder has no methods of Number yet");
    return NULL;
}

static PyObject *call_usual(PyObject *method, PyObject *x, PyObject *y) {
    if (UNLIKELY(method == NULL)) {
        return not_connected();
    }
    PyObject *arguments[] = {x, y};
    return PyObject_Vectorcall(method, arguments, y == NULL ? 1 : 2, NULL);
}

static inline int is_scalar(PyObject *x) {
    return PyObject_TypeCheck(x, &ScalarBase_Type);
}

/* Do what Python does with methods written in Python: that of the left operand, then the reflected one of the right. */
static PyObject *usual_binary(Operator operator, PyObject *x, PyObject *y) {
    if (is_scalar(x)) {
        PyObject *result = call_usual(connected.forward[operator], x, y);
        if (result != Py_NotImplemented || Py_TYPE(x) == Py_TYPE(y)) {
            return result;
        }
        Py_DECREF(result);
    }
    if (is_scalar(y)) {
        return call_usual(connected.reflected[operator], y, x);
    }
    Py_RETURN_NOTIMPLEMENTED;
}

/* -- arithmetic --------------------------------------------------------------------------------------------------- */

/* Record an operator of two operands, given what rows.c has of its row.
 *
 * Inlined for each operator: numbers then stay in registers. Results of calls are in memory, and written there one by
 * one they are not read as a pair without a wait, which takes a fifth of the time of all else. */
static inline ALWAYS_INLINE PyObject *binary(Operator operator, Compute *value, Compute *by_x, Compute *by_y,
                                             PyObject *x, PyObject *y) {
    if (LIKELY(may_record())) {
        double numbers[3] = {0.0}, partials[2] = {0.0};
        Kind x_kind = operand(x, &numbers[0]), y_kind = operand(y, &numbers[1]);
        if (LIKELY(x_kind != OTHER && y_kind != OTHER && value(numbers, &numbers[2]) == 0)) {
            if (UNLIKELY(x_kind != ACTIVE && y_kind != ACTIVE)) {
                return make_constant(connected.scalar, numbers[2]);
            }
            if (LIKELY((x_kind != ACTIVE || by_x(numbers, &partials[0]) == 0) &&
                       (y_kind != ACTIVE || by_y(numbers, &partials[1]) == 0))) {
                return record_two(connected.scalar, connected.creators[operator], x, x_kind, y, y_kind, numbers[2],
                                  partials[0], partials[1]);
            }
        }
    }
    return usual_binary(operator, x, y);
}

static PyObject *scalar_add(PyObject *x, PyObject *y) {
    return binary(ADD, value_Add, first_partial_Add, second_partial_Add, x, y);
}

static PyObject *scalar_subtract(PyObject *x, PyObject *y) {
    return binary(SUB, value_Sub, first_partial_Sub, second_partial_Sub, x, y);
}

static PyObject *scalar_multiply(PyObject *x, PyObject *y) {
    return binary(MUL, value_Mul, first_partial_Mul, second_partial_Mul, x, y);
}

static PyObject *scalar_divide(PyObject *x, PyObject *y) {
    return binary(TRUEDIV, value_TrueDiv, first_partial_TrueDiv, second_partial_TrueDiv, x, y);
}

static PyObject *scalar_floor_divide(PyObject *x, PyObject *y) {
    if (UNLIKELY(connected.is_ready && holds_any(connected.active))) {
        /* What rounds is noted where a run goes on. */
        return usual_binary(FLOORDIV, x, y);
    }
    return binary(FLOORDIV, value_FloorDiv, first_partial_FloorDiv, second_partial_FloorDiv, x, y);
}

static PyObject *scalar_remainder(PyObject *x, PyObject *y) {
    return binary(MOD, value_Mod, first_partial_Mod, second_partial_Mod, x, y);
}

static PyObject *scalar_power(PyObject *x, PyObject *y, PyObject *modulus) {
    if (UNLIKELY(modulus != Py_None)) {
        PyObject *method = is_scalar(x) ? connected.forward[POW] : connected.reflected[POW];
        PyObject *arguments[] = {is_scalar(x) ? x : y, is_scalar(x) ? y : x, modulus};
        return method == NULL || !(is_scalar(x) || is_scalar(y)) ? usual_binary(POW, x, y)
                                                                  : PyObject_Vectorcall(method, arguments, 3, NULL);
    }
    return binary(POW, value_Pow, first_partial_Pow, second_partial_Pow, x, y);
}

static inline ALWAYS_INLINE PyObject *unary(Operator operator, Compute *value, Compute *by_x, PyObject *x) {
    if (LIKELY(may_record())) {
        double numbers[2] = {0.0}, partial = 0.0;
        Kind kind = operand(x, &numbers[0]);
        if (LIKELY(kind != OTHER && value(numbers, &numbers[1]) == 0 && by_x(numbers, &partial) == 0)) {
            return UNLIKELY(kind != ACTIVE)
                       ? make_constant(connected.scalar, numbers[1])
                       : record_one(connected.scalar, connected.creators[operator], x, numbers[1], partial);
        }
    }
    return call_usual(connected.forward[operator], x, NULL);
}

static PyObject *scalar_negative(PyObject *x) {
    return unary(NEG, value_Neg, partial_Neg, x);
}

static PyObject *scalar_positive(PyObject *x) {
    return unary(POS, value_Pos, partial_Pos, x);
}

static PyObject *scalar_absolute(PyObject *x) {
    return unary(ABS, value_Abs, partial_Abs, x);
}

/* -- comparisons and truth ---------------------------------------------------------------------------------------- */

static inline int compare(double x, double y, int how) {
    switch (how) {
        case Py_LT:
            return x < y;
        case Py_LE:
            return x <= y;
        case Py_EQ:
            return x == y;
        case Py_NE:
            return x != y;
        case Py_GT:
            return x > y;
        default:
            return x >= y;
    }
}

static PyObject *scalar_compare(PyObject *x, PyObject *y, int how) {
    Operator operator = (Operator)((int)LT + how);
    if (LIKELY(may_record())) {
        double a = 0.0, b = 0.0;
        Kind x_kind = operand(x, &a), y_kind = operand(y, &b);
        /* Equal numbers are noted, where a run goes on. */
        if (LIKELY(x_kind != OTHER && y_kind != OTHER) && !(a == b && holds_any(connected.active))) {
            double truth = compare(a, b, how);
            if (LIKELY(x_kind == ACTIVE || y_kind == ACTIVE)) {
                return record_two(connected.indicator, connected.creators[operator], x, x_kind, y, y_kind, truth, 0.0,
                                  0.0);
            }
            return make_constant(connected.indicator, truth);
        }
    }
    return call_usual(connected.forward[operator], x, y);
}

static int scalar_truth(PyObject *x) {
    if (LIKELY(connected.is_ready && !holds_any(connected.observing) && is_fast_type(Py_TYPE(x)))) {
        Variable *variable = as_variable(x);
        if (LIKELY(!(variable->flags & DATA_OBJECT))) {
            if (variable->data.number != 0.0) {
                return 1;
            }
            /* A number that is just zero is noted, where a run goes on. */
            if (Py_TYPE(x) == connected.indicator || !holds_any(connected.active)) {
                return 0;
            }
        }
    }
    PyObject *answer = call_usual(connected.usual_bool, x, NULL);
    if (answer == NULL) {
        return -1;
    }
    int truth = PyObject_IsTrue(answer);
    Py_DECREF(answer);
    return truth;
}

static Py_hash_t scalar_hash(PyObject *x) {
    PyObject *answer = call_usual(connected.usual_hash, x, NULL);
    if (answer == NULL) {
        return -1;
    }
    Py_ssize_t hash = PyLong_AsSsize_t(answer);
    Py_DECREF(answer);
    return hash;
}

static PyNumberMethods scalar_number = {
    .nb_add = scalar_add,
    .nb_subtract = scalar_subtract,
    .nb_multiply = scalar_multiply,
    .nb_true_divide = scalar_divide,
    .nb_floor_divide = scalar_floor_divide,
    .nb_remainder = scalar_remainder,
    .nb_power = scalar_power,
    .nb_negative = scalar_negative,
    .nb_positive = scalar_positive,
    .nb_absolute = scalar_absolute,
    .nb_bool = scalar_truth,
};

static PyTypeObject ScalarBase_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "minitorch.recorder._native.ScalarBase",
    .tp_doc = "What the recorder knows of a Scalar: its plain value, and its operators.",
    .tp_basicsize = sizeof(Variable),
    .tp_base = &VariableBase_Type,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = variable_new,
    .tp_dealloc = variable_dealloc,
    .tp_free = PyObject_GC_Del,
    .tp_traverse = variable_traverse,
    .tp_clear = variable_clear,
    .tp_getset = scalar_attributes,
    .tp_as_number = &scalar_number,
    .tp_richcompare = scalar_compare,
    .tp_hash = scalar_hash,
};
