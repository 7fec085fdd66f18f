/* The number slots of Scalar: fast where the operands are Scalars, floats and small ints, else the methods of Number.
 *
 * Results, partial derivatives and what is left to Python are those of `Number` and `RuleFunction.record`, to the last
 * bit; the partial derivatives of operators are those of their rows.
 */
#include "recorder.h"

#include <errno.h>
#include <float.h>

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

/* What an operator makes of two numbers, and its partial derivatives. */
typedef struct {
    double value, by_x, by_y;
} Computed;

/* Compute an outcome; 0 where that is left to Python, which may raise. */
typedef int (*Compute)(double x, double y, Computed *computed);

static inline int add(double x, double y, Computed *computed) {
    *computed = (Computed){x + y, 1.0, 1.0};
    return 1;
}

static inline int subtract(double x, double y, Computed *computed) {
    *computed = (Computed){x - y, 1.0, -1.0};
    return 1;
}

static inline int multiply(double x, double y, Computed *computed) {
    *computed = (Computed){x * y, y, x};
    return 1;
}

static inline int divide(double x, double y, Computed *computed) {
    if (UNLIKELY(y == 0.0)) {
        return 0;
    }
    double value = x / y;
    *computed = (Computed){value, 1.0 / y, -value / y};
    return 1;
}

/* As `float_rem` and `_float_div_mod` of CPython have them. */
static inline int quotient_and_remainder(double x, double y, double *quotient, double *remainder) {
    if (UNLIKELY(y == 0.0)) {
        return 0;
    }
    double rest = fmod(x, y);
    double division = (x - rest) / y;
    if (rest != 0.0) {
        if ((y < 0) != (rest < 0)) {
            rest += y;
            division -= 1.0;
        }
    } else {
        rest = copysign(0.0, y);
    }
    if (division != 0.0) {
        double whole = floor(division);
        *quotient = division - whole > 0.5 ? whole + 1.0 : whole;
    } else {
        *quotient = copysign(0.0, x / y);
    }
    *remainder = rest;
    return 1;
}

static inline int floor_divide(double x, double y, Computed *computed) {
    double remainder;
    *computed = (Computed){0.0, 0.0, 0.0};
    /* What rounds is noted where a run goes on. */
    return !holds_any(connected.active) && quotient_and_remainder(x, y, &computed->value, &remainder);
}

static inline int modulo(double x, double y, Computed *computed) {
    double quotient;
    if (!quotient_and_remainder(x, y, &quotient, &computed->value)) {
        return 0;
    }
    computed->by_x = 1.0;
    computed->by_y = -quotient;
    return 1;
}

/* Compute x ** y as `float_pow` of CPython does, where nothing is special about it: else 0. */
static inline int usual_power(double x, double y, double *power) {
    if (y == 2.0) {
        *power = pow(x, 2.0);
        return isfinite(*power) && (fabs(*power) >= DBL_MIN || x == 0.0);
    }
    if (!isfinite(x) || !isfinite(y) || x == 0.0) {
        return 0;
    }
    if (y == 0.0) {
        *power = 1.0;
        return 1;
    }
    if (x < 0.0) {
        if (y != floor(y)) {
            return 0;
        }
        double size = x == -1.0 ? 1.0 : pow(-x, y);
        *power = fmod(fabs(y), 2.0) == 1.0 ? -size : size;
    } else {
        *power = x == 1.0 ? 1.0 : pow(x, y);
    }
    /* What overflows or gets lost raises, or has other ways. */
    return isfinite(*power) && fabs(*power) >= DBL_MIN;
}

/* Return the partial derivative of x ** y by x, special.power_by_base; 0 where Python takes it. */
static inline int power_by_base(double x, double y, double *partial) {
    if (y == 2.0) {
        *partial = 2.0 * x;
        return 1;
    }
    if (y == 0.0) {
        *partial = fabs(x) > 0 ? y / x : 0.0;
        return 1;
    }
    double power;
    if (!usual_power(x, y - 1.0, &power)) {
        return 0;
    }
    *partial = y * power;
    return 1;
}

/* Return the partial derivative of x ** y by y, special.power_by_exponent. */
static inline double power_by_exponent(double x, double y, double value) {
    if (x > 0) {
        return value * log(x);
    }
    return x == 0 && y > 0 ? 0.0 : Py_NAN;
}

static inline PyObject *binary(Operator operator, Compute compute, PyObject *x, PyObject *y) {
    if (LIKELY(may_record())) {
        double a = 0.0, b = 0.0;
        Kind x_kind = operand(x, &a), y_kind = operand(y, &b);
        Computed computed;
        if (LIKELY(x_kind != OTHER && y_kind != OTHER && compute(a, b, &computed))) {
            if (LIKELY(x_kind == ACTIVE || y_kind == ACTIVE)) {
                return record_two(connected.scalar, operator, x, x_kind, y, y_kind, computed.value, computed.by_x,
                                  computed.by_y);
            }
            return make_constant(connected.scalar, computed.value);
        }
    }
    return usual_binary(operator, x, y);
}

static PyObject *scalar_add(PyObject *x, PyObject *y) {
    return binary(ADD, add, x, y);
}

static PyObject *scalar_subtract(PyObject *x, PyObject *y) {
    return binary(SUB, subtract, x, y);
}

static PyObject *scalar_multiply(PyObject *x, PyObject *y) {
    return binary(MUL, multiply, x, y);
}

static PyObject *scalar_divide(PyObject *x, PyObject *y) {
    return binary(TRUEDIV, divide, x, y);
}

static PyObject *scalar_floor_divide(PyObject *x, PyObject *y) {
    return binary(FLOORDIV, floor_divide, x, y);
}

static PyObject *scalar_remainder(PyObject *x, PyObject *y) {
    return binary(MOD, modulo, x, y);
}

static PyObject *scalar_power(PyObject *x, PyObject *y, PyObject *modulus) {
    if (UNLIKELY(modulus != Py_None)) {
        PyObject *method = is_scalar(x) ? connected.forward[POW] : connected.reflected[POW];
        PyObject *arguments[] = {is_scalar(x) ? x : y, is_scalar(x) ? y : x, modulus};
        return method == NULL || !(is_scalar(x) || is_scalar(y)) ? usual_binary(POW, x, y)
                                                                  : PyObject_Vectorcall(method, arguments, 3, NULL);
    }
    if (LIKELY(may_record())) {
        double a = 0.0, b = 0.0;
        Kind x_kind = operand(x, &a), y_kind = operand(y, &b);
        double value, by_x = 0.0;
        if (LIKELY(x_kind != OTHER && y_kind != OTHER && usual_power(a, b, &value))) {
            if (x_kind != ACTIVE && y_kind != ACTIVE) {
                return make_constant(connected.scalar, value);
            }
            if (x_kind != ACTIVE || power_by_base(a, b, &by_x)) {
                double by_y = y_kind == ACTIVE ? power_by_exponent(a, b, value) : 0.0;
                return record_two(connected.scalar, POW, x, x_kind, y, y_kind, value, by_x, by_y);
            }
        }
    }
    return usual_binary(POW, x, y);
}

static inline PyObject *unary(Operator operator, PyObject *x) {
    double a = 0.0;
    if (LIKELY(may_record())) {
        Kind kind = operand(x, &a);
        if (LIKELY(kind != OTHER)) {
            switch (operator) {
                case NEG:
                    return record_one(NEG, x, kind, -a, -1.0);
                case POS:
                    return record_one(POS, x, kind, a, 1.0);
                default:
                    return record_one(ABS, x, kind, fabs(a), a > 0 ? 1.0 : a < 0 ? -1.0 : a - a);
            }
        }
    }
    return call_usual(connected.forward[operator], x, NULL);
}

static PyObject *scalar_negative(PyObject *x) {
    return unary(NEG, x);
}

static PyObject *scalar_positive(PyObject *x) {
    return unary(POS, x);
}

static PyObject *scalar_absolute(PyObject *x) {
    return unary(ABS, x);
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
                return record_two(connected.indicator, operator, x, x_kind, y, y_kind, truth, 0.0, 0.0);
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
