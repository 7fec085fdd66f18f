"""C functions for what Python computes otherwise than C's library: each is written out only where a program needs it.

They give what CPython gives to the last bit. What has no loops comes from the descriptions that machine code is made
of; a helper that has to leave its answer to Python sets `*failed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from minitorch.machine_code.export.c_functions import c_function
from minitorch.machine_code.lowering.exact_sequences import floor_division, modulo, ulp
from minitorch.machine_code.lowering.operations import LOWERINGS, fraction, is_close, mantissa

__all__ = ["NEEDS", "WORDS", "helpers_in"]

HIDDEN = """\
/* The same number, of which the compiler does not know that it is a constant: what it would compute of one itself
   need not be what the library gives. */
static double hidden(volatile double number)
{
    return number;
}
"""

BITS_OF = """\
static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}
"""

FROM_BITS = """\
static double from_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}
"""

SUM = """\
/* sum(values): rounding errors are added up beside the sum, but for the ints, which are marked 'i' */
static double sum_of(int count, const double *values, const char *kinds)
{
    double sum = values[0], errors = 0.0;
    for (int index = 1; index < count; index++) {
        const double value = values[index], larger = sum + value;
        if (kinds[index] != 'i') {
            errors += fabs(sum) >= fabs(value) ? (sum - larger) + value : (value - larger) + sum;
        }
        sum = larger;
    }
    return errors != 0.0 && isfinite(errors) ? sum + errors : sum;
}
"""

EXACT_SUM = """\
/* math.fsum: the exact sum, rounded once. Parts that do not overlap add up to the sum of the values so far. */
static double exact_sum(int count, const double *values, int *failed)
{
    double parts[64], infinite = 0.0, special = 0.0;
    int used = 0, is_special = 0;
    for (int index = 0; index < count; index++) {
        double value = values[index];
        int kept = 0;
        for (int position = 0; position < used; position++) {
            double larger = value, smaller = parts[position];
            if (fabs(larger) < fabs(smaller)) {
                larger = parts[position];
                smaller = value;
            }
            value = larger + smaller;
            const double error = smaller - (value - larger);
            if (error != 0.0) {
                parts[kept++] = error;
            }
        }
        used = kept;
        if (isfinite(value)) {
            if (value != 0.0) {
                parts[used++] = value;
            }
        } else if (isfinite(values[index])) {
            *failed = 1;
            return 0.0;
        } else {
            is_special = 1;
            special += values[index];
            infinite += isinf(values[index]) ? values[index] : 0.0;
            used = 0;
        }
    }
    if (is_special) {
        *failed |= isnan(infinite);
        return special;
    }
    if (used == 0) {
        return 0.0;
    }
    double sum = parts[--used], error = 0.0;
    while (used > 0 && error == 0.0) {
        const double before = sum, part = parts[--used];
        sum = before + part;
        error = part - (sum - before);
    }
    /* Halfway between two floats the parts that are left decide. */
    if (used > 0 && ((error < 0.0 && parts[used - 1] < 0.0) || (error > 0.0 && parts[used - 1] > 0.0))) {
        const double twice = error * 2.0, other = sum + twice;
        if (other - sum == twice) {
            sum = other;
        }
    }
    return sum;
}
"""

ROUND = """\
/* round(x, digits): half to even, of all the decimal digits that x has */
static double round_to(double x, int digits)
{
    char text[400] = "0";
    if (!isfinite(x) || digits > 323) {
        return x;
    }
    if (digits >= 0) {
        char decimals[800];
        snprintf(decimals, sizeof decimals, "%.*f", digits, x);
        return strtod(decimals, NULL);
    }
    const double whole = trunc(fabs(x));
    const int length = snprintf(text + 1, sizeof text - 1, "%.0f", whole) + 1;
    int place = length + digits;
    if (place < 1) {
        return copysign(0.0, x);
    }
    int is_more = fabs(x) != whole;
    for (int index = place + 1; index < length; index++) {
        is_more |= text[index] != '0';
    }
    const int is_odd = (text[place - 1] - '0') % 2;
    const int up = text[place] > '5' || (text[place] == '5' && (is_more || is_odd));
    memset(text + place, '0', (size_t)(length - place));
    if (up) {
        while (text[--place] == '9') {
            text[place] = '0';
        }
        text[place]++;
    }
    return copysign(strtod(text, NULL), x);
}
"""

HELPERS: Final[dict[str, str]] = {
    "hidden": HIDDEN,
    "bits_of": BITS_OF,
    "from_bits": FROM_BITS,
    "floor_divide": c_function("floor_divide", floor_division),
    "modulo": c_function("modulo", modulo),
    "sum_of": SUM,
    "exact_sum": EXACT_SUM,
    "round_to": ROUND,
    "is_close": c_function("is_close", is_close),
    "fraction": c_function("fraction", fraction),
    "mantissa": c_function("mantissa", mantissa),
    "ulp": c_function("ulp", ulp),
}
"""The functions by name, each after those that it calls."""

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "bits_of": ("stdint.h", "string.h"),
    "from_bits": ("stdint.h", "string.h"),
    "round_to": ("stdio.h", "stdlib.h", "string.h"),
}
"""The headers that some need besides `math.h`."""

WORDS: Final = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool asm "
    "typeof bool true false main inputs outputs failed status hidden linux unix "
    "NAN INFINITY HUGE_VAL HUGE_VALF HUGE_VALL NULL EOF BUFSIZ FILENAME_MAX FOPEN_MAX L_tmpnam SEEK_CUR SEEK_END "
    "SEEK_SET TMP_MAX stderr stdin stdout EXIT_FAILURE EXIT_SUCCESS MB_CUR_MAX RAND_MAX MATH_ERRNO MATH_ERREXCEPT "
    "math_errhandling FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL FP_FAST_FMA FP_ILOGB0 FP_ILOGBNAN "
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs floor fma fmax "
    "fmin fmod fpclassify frexp isfinite isgreater isinf isless isnan isnormal isunordered ldexp log log10 log1p log2 "
    "memcpy memset modf nextafter pow remainder rint signbit sin sinh size_t snprintf sqrt strtod tan tanh trunc "
    "uint64_t".split()
) | frozenset(HELPERS)
"""What no variable and no other function may be called."""


def helpers_in(words: Iterable[str]) -> dict[str, str]:
    """Return the functions of which the names are among some words, and those that they call, before them.

    >>> [*helpers_in(["ulp", "x"])]
    ['bits_of', 'from_bits', 'ulp']
    """
    # No variable's name ends so.
    norms = [word for word in sorted(words) if re.fullmatch(r"norm\d+_", word)]
    texts = HELPERS | {name: c_function(name, LOWERINGS["Hypot"], int(name[4:-1])) for name in norms}
    used, found = set(words), dict[str, str]()
    for name in reversed(texts):
        if name in used:
            found[name] = texts[name]
            used.update(re.findall(r"\w+", texts[name]))
    return dict(reversed(found.items()))
