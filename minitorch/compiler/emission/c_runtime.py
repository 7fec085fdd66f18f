"""What texts in C begin with, as far as they need it: memory, the tape, ints that are watched, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from minitorch.compiler.emission.c_lists import SUM

__all__ = [
    "ALLOCATE", "FAIL", "GIVE_BACK", "NUMBERS", "RUNTIME_WORDS", "TAPE_FIELDS", "WORK", "functions_used",
]  # fmt: skip

WORK: Final = """\
typedef struct chunk {
    struct chunk *next;
} chunk;

/* What belongs to a call: memory that is given back at its end, and the way out with a status. */
typedef struct {
    chunk *chunks;
    char *memory;
    size_t left;
    int status;
    jmp_buf way_out;@TAPE@
} work;
"""

FAIL: Final = """
static _Noreturn void fail(work *w, int status)
{
    w->status = status;
    longjmp(w->way_out, 1);
}
"""

ALLOCATE: Final = """
static void *allocate(work *w, size_t size)
{
    size = (size + 15) / 16 * 16;
    if (size > w->left) {
        const size_t room = size > 65536 ? size : 65536;
        chunk *more = malloc(room + 16);
        if (!more) fail(w, 3);
        more->next = w->chunks;
        w->chunks = more;
        w->memory = (char *)more + 16;
        w->left = room;
    }
    void *place = w->memory;
    w->memory += size;
    w->left -= size;
    return place;
}
"""

GIVE_BACK: Final = """
static void give_back(work *w)
{
    while (w->chunks) {
        chunk *next = w->chunks->next;
        free(w->chunks);
        w->chunks = next;
    }@FREE@
}
"""

NUMBERS: Final = """\
/* A float on the way from the inputs to the result, and the derivative of the result by it so far. */
typedef struct {
    double value;
    double bar;
    int counts; /* whether the result depends on it */
} number;

/* The tape: what was kept for each expression, the float that it gave, and which one it was. */
typedef union {
    number *number;
    double value;
    int64_t count;
} word;
"""

TAPE_FIELDS: Final = """
    word *tape;
    int64_t used, room;"""

TAPE: Final[dict[str, str]] = {
    "push": """\
static void push(work *w, word entry)
{
    if (w->used == w->room) {
        const int64_t room = w->room ? 2 * w->room : 4096;
        word *tape = room < INT64_C(1) << 40 ? realloc(w->tape, (size_t)room * sizeof *tape) : NULL;
        if (!tape) fail(w, 3);
        w->tape = tape;
        w->room = room;
    }
    w->tape[w->used++] = entry;
}
""",
    "plain": """\
/* A float that depends on no input, or an input itself. Adding to -0.0 gives what is added. */
static number *plain(work *w, double value)
{
    number *made = allocate(w, sizeof *made);
    *made = (number){value, -0.0, 0};
    return made;
}
""",
    "keep": "static void keep(work *w, number *x)\n{\n    push(w, (word){.number = x});\n}\n",
    "keep_value": "static void keep_value(work *w, double x)\n{\n    push(w, (word){.value = x});\n}\n",
    "noted": """\
/* The result of an expression, which ends its entry. */
static number *noted(work *w, double value, int64_t expression)
{
    number *result = plain(w, value);
    push(w, (word){.number = result});
    push(w, (word){.count = expression});
    return result;
}
""",
    "kept": "static number *kept(work *w)\n{\n    return w->tape[--w->used].number;\n}\n",
    "kept_value": "static double kept_value(work *w)\n{\n    return w->tape[--w->used].value;\n}\n",
    "give": """\
static void give(number *x, double share)
{
    x->bar += share;
    x->counts = 1;
}
""",
    "sum_of_numbers": """\
static number *sum_of_numbers(work *w, const numbers *list)
{
@SUM@
    for (int64_t index = 0; index < list->length; index++) {
        keep(w, list->items[index]);
    }
    push(w, (word){.count = list->length});
    return noted(w, sum, SUM);
}
""",
    "larger_number": """\
static number *larger_number(number *best, number *other)
{
    return other->value > best->value ? other : best;
}
""",
    "smaller_number": """\
static number *smaller_number(number *best, number *other)
{
    return other->value < best->value ? other : best;
}
""",
}

INTEGERS: Final[dict[str, str]] = {
    "plus": """\
static int64_t plus(work *w, int64_t x, int64_t y)
{
    if (y > 0 ? x > INT64_MAX - y : x < INT64_MIN - y) fail(w, 1);
    return x + y;
}
""",
    "minus": """\
static int64_t minus(work *w, int64_t x, int64_t y)
{
    if (y < 0 ? x > INT64_MAX + y : x < INT64_MIN + y) fail(w, 1);
    return x - y;
}
""",
    "times": """\
static int64_t times(work *w, int64_t x, int64_t y)
{
    const int64_t limit = INT64_C(3037000499);
    if (x > limit || x < -limit || y > limit || y < -limit) {
        if (x == INT64_MIN || y == INT64_MIN || (x != 0 && llabs(y) > INT64_MAX / llabs(x))) fail(w, 1);
    }
    return x * y;
}
""",
    "floor_quotient": """\
static int64_t floor_quotient(work *w, int64_t x, int64_t y)
{
    if (y == 0) fail(w, 2);
    if (y == -1) return minus(w, 0, x);
    return x / y - (x % y != 0 && (x < 0) != (y < 0));
}
""",
    "floor_remainder": """\
static int64_t floor_remainder(work *w, int64_t x, int64_t y)
{
    if (y == 0) fail(w, 2);
    if (y == -1) return 0;
    const int64_t rest = x % y;
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
""",
    "absolute": "static int64_t absolute(work *w, int64_t x)\n{\n    return x < 0 ? minus(w, 0, x) : x;\n}\n",
    "truncated": """\
static int64_t truncated(work *w, double x)
{
    if (!(fabs(x) < 9e18)) fail(w, isfinite(x) ? 1 : 2);
    return (int64_t)x;
}
""",
    "exact": """\
/* An int as a float, if that can hold it. */
static double exact(work *w, int64_t x)
{
    if (x > INT64_C(9007199254740992) || x < -INT64_C(9007199254740992)) fail(w, 1);
    return (double)x;
}
""",
    "range_length": """\
static int64_t range_length(int64_t start, int64_t stop, int64_t step)
{
    const int64_t distance = step > 0 ? stop - start : start - stop, size = step > 0 ? step : -step;
    return distance > 0 ? (distance + size - 1) / size : 0;
}
""",
    "larger": "static double larger(double best, double other)\n{\n    return other > best ? other : best;\n}\n",
    "smaller": "static double smaller(double best, double other)\n{\n    return other < best ? other : best;\n}\n",
    "larger_integer": """\
static int64_t larger_integer(int64_t best, int64_t other)
{
    return other > best ? other : best;
}
""",
    "smaller_integer": """\
static int64_t smaller_integer(int64_t best, int64_t other)
{
    return other < best ? other : best;
}
""",
}

TYPES: Final = "numbers doubles integers truths w"

TEXTS: Final = " ".join((WORK, FAIL, ALLOCATE, GIVE_BACK, NUMBERS, *TAPE, *INTEGERS, TYPES))

RUNTIME_WORDS: Final = frozenset(
    (*re.findall(r"[a-z_]\w*", re.sub(r"/\*.*?\*/", "", TEXTS, flags=re.DOTALL)),
     *"bisect_right bisect_left INT64_MAX INT64_MIN INT64_C SUM CHAR_BIT setjmp longjmp attempt reverse".split())
)  # fmt: skip
"""What no variable of a text may be called."""


def functions_used(text: str, lists: Iterable[dict[str, str]]) -> list[str]:
    """Return the functions that a text needs, each after those that it calls itself."""
    known: dict[str, str] = {}
    for name, function in (INTEGERS | TAPE).items():
        known[name] = function.replace("@SUM@", SUM.replace("@VALUE@", "->value"))
    for functions in lists:
        known |= functions
    used = set(re.findall(r"\w+", text))
    needed: dict[str, None] = {}

    def need(name: str) -> None:
        for word in re.findall(r"\w+", known[name]):
            if word in known and word != name and word not in needed:
                need(word)
        needed[name] = None

    for name in known:
        if name in used and name not in needed:
            need(name)
    return [known[name] for name in needed]
