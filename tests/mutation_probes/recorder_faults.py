"""Faults of the recorder in C: what it takes for a number, what it keeps, adds up and gives back."""

from __future__ import annotations

import sys

from .fault import Fault

__all__ = ["FAULTS"]

C = "minitorch/recorder/c"
RECORDER = ("tests/unit/recorder", "tests/unit/autodiff", "tests/unit/scalars")

FAULTS = [
    Fault(
        "whole numbers beyond 2**53 are taken for floats",
        f"{C}/record.c",
        "#define EXACT_INTEGERS 9007199254740992L",
        "#define EXACT_INTEGERS 4611686018427387904L",
        RECORDER,
    ),
    Fault(
        "unary operations are recorded under no_grad",
        f"{C}/scalar.c",
        "if (LIKELY(may_record())) {\n        double numbers[2]",
        "if (LIKELY(connected.is_ready)) {\n        double numbers[2]",
        RECORDER,
    ),
    Fault(
        "binary operations are recorded under no_grad",
        f"{C}/scalar.c",
        "if (LIKELY(may_record())) {\n        double numbers[3]",
        "if (LIKELY(connected.is_ready)) {\n        double numbers[3]",
        RECORDER,
    ),
    Fault(
        "a power overflows in silence",
        f"{C}/rows.c",
        "    if (!isfinite(t1) && isfinite(x) && isfinite(y)) return 2;\n    outputs[0] = t1;\n    return 0;\n}\n\n"
        "static int first_partial_Pow",
        "    outputs[0] = t1;\n    return 0;\n}\n\nstatic int first_partial_Pow",
        ("tests/unit/recorder", "tests/contract/test_rules.py"),
    ),
    Fault(
        "the sweep takes any operand for a Scalar",
        f"{C}/reverse.c",
        "    if (!is_fast_type(Py_TYPE(operand))) {\n        stop(adjoints, LEFT_TO_PYTHON);\n        return;\n    }\n",
        "",
        (*RECORDER, "tests/unit/arrays"),
    ),
    Fault(
        "a second contribution to an adjoint replaces the first",
        f"{C}/reverse.c",
        "place->amount += contribution;",
        "place->amount = contribution;",
        RECORDER,
    ),
    Fault(
        "the first contribution to an adjoint loses its sign of zero",
        f"{C}/reverse.c",
        "place->amount = contribution;\n        enter(",
        "place->amount = 0.0 + contribution;\n        enter(",
        RECORDER,
    ),
    Fault(
        "the sweep goes back beyond its start",
        f"{C}/reverse.c",
        "    if (number < adjoints->since) {",
        "    if (number < 0) {",
        ("tests/unit/recorder", "tests/unit/derivatives", "tests/contract/test_second_derivatives.py"),
    ),
    Fault(
        "a constant gets an adjoint",
        f"{C}/reverse.c",
        "    if (!variable->creator) {\n        return;                 /* it has become a constant */\n    }\n",
        "",
        RECORDER,
    ),
    Fault(
        "leak of derivative",
        f"{C}/variable.c",
        "        contents->objects[8] = contents->extra->derivative;\n",
        "",
        RECORDER,
    ),
    Fault("leak of name", f"{C}/variable.c", "        contents->objects[7] = contents->extra->name;\n", "", RECORDER),
    Fault(
        "leak of type",
        f"{C}/variable.c",
        "        Py_DECREF(type);\n        Py_XDECREF(creator);",
        "        Py_XDECREF(creator);",
        RECORDER,
    ),
    Fault("leak of code", f"{C}/variable.c", "        Py_XDECREF(code);\n", "", RECORDER),
    Fault("leak of creator", f"{C}/variable.c", "        Py_XDECREF(creator);\n", "", RECORDER),
    Fault(
        "leak of operands of a sum",
        f"{C}/sum.c",
        "    Py_XDECREF(operands);\n    return result;",
        "    return result;",
        RECORDER,
    ),
    Fault(
        "a cycle through a derivative is not collected",
        f"{C}/variable.c",
        "        Py_VISIT(x->extra->derivative);\n",
        "",
        RECORDER,
    ),
    Fault(
        "a cycle through a partial derivative is not collected",
        f"{C}/variable.c",
        "        Py_VISIT(x->first_partial.object);\n",
        "",
        RECORDER,
        # Partial derivatives are numbers, or tuples of them, unless a class of Function keeps others there.
    ),
    Fault(
        "what a Variable written by Python leads to is not tracked",
        f"{C}/record.c",
        "    if (UNLIKELY(is_tracked_parent(result->first_parent) || is_tracked_parent(result->second_parent))) {",
        "    if (UNLIKELY(is_tracked_parent(result->second_parent))) {",
        RECORDER,
    ),
    Fault(
        "the sum of -0.0 and a start of 0 keeps its sign",
        f"{C}/sum.c",
        "    return value == 0.0;",
        "    return 0;",
        ("tests/unit/recorder", "tests/contract/test_silence_exact_ways.py"),
    ),
    Fault(
        "whole numbers within a sum are added as floats",
        f"{C}/sum.c",
        "(total->count && PyLong_CheckExact(x))",
        "0",
        ("tests/unit/recorder", "tests/contract/test_silence_exact_ways.py"),
        survives="before Python 3.12 the sum of floats and ints is that of floats: nothing is compensated"
        if sys.version_info < (3, 12)
        else "",
    ),
    Fault(
        "equal numbers are compared without a note",
        f"{C}/scalar.c",
        "!(a == b && holds_any(connected.active))",
        "1",
        ("tests/unit/recorder", "tests/contract/test_silence_special_points.py"),
    ),
    Fault(
        "the truth of zero is asked without a note",
        f"{C}/scalar.c",
        "if (Py_TYPE(x) == connected.indicator || !holds_any(connected.active)) {",
        "if (1) {",
        ("tests/unit/recorder", "tests/contract/test_silence_special_points.py"),
    ),
    Fault(
        "rounding down is done without a note",
        f"{C}/scalar.c",
        "if (UNLIKELY(connected.is_ready && holds_any(connected.active))) {",
        "if (0) {",
        ("tests/unit/recorder", "tests/contract/test_silence_rounding.py"),
    ),
    Fault(
        "a tangent loses its sign of zero",
        f"{C}/forward.c",
        "movement->moves ? movement->amount + amount : amount",
        "movement->amount + amount",
        RECORDER,
    ),
    Fault(
        "an input that stands still moves by what it was made of",
        f"{C}/forward.c",
        "            clear_bit(&page->reached, number & (PLACES - 1));\n",
        "            (void)page;\n",
        RECORDER,
    ),
    Fault(
        "derivatives of a leaf replace each other",
        f"{C}/derivatives.c",
        "PyFloat_AS_DOUBLE(before) + PyFloat_AS_DOUBLE(derivative)",
        "PyFloat_AS_DOUBLE(derivative)",
        RECORDER,
    ),
    Fault(
        "a page that was left is taken for the one asked for last",
        f"{C}/adjoints.c",
        "                adjoints->page_numbers[i] = -1;\n",
        "                (void)i;\n",
        RECORDER,
        survives="nothing is added to a page that was left, and what is looked for there is told by its Variable",
    ),
    Fault(
        "a long pass cannot be interrupted",
        f"{C}/adjoints.c",
        "if (PyOS_InterruptOccurred()) {",
        "if (0) {",
        RECORDER,
        survives="the interruption arrives after the pass, some tenths of a second later: no test is timed",
    ),
]
