"""Lists in C: the type for each kind of elements, and the functions that a text needs of them."""

from __future__ import annotations

from typing import Final

from minitorch.machine_code.lowering.exact_sequences import SUM_IS_COMPENSATED

__all__ = ["LIST", "SUM", "list_functions"]

COMPENSATED: Final = """\
    double sum = 0.0, errors = 0.0;
    for (int64_t index = 0; index < list->length; index++) {
        const double value = list->items[index]@VALUE@, together = sum + value;
        errors += fabs(sum) >= fabs(value) ? (sum - together) + value : (value - together) + sum;
        sum = together;
    }
    if (errors != 0.0 && isfinite(errors)) {
        sum += errors;
    }"""

SIMPLE: Final = """\
    double sum = 0.0;
    for (int64_t index = 0; index < list->length; index++) {
        sum += list->items[index]@VALUE@;
    }"""

SUM: Final = COMPENSATED if SUM_IS_COMPENSATED else SIMPLE

LIST: Final = """\
typedef struct {
    int64_t length, room;
    @TYPE@*items;
} @LIST@;
"""

LIST_FUNCTIONS: Final[dict[str, str]] = {
    "new_@LIST@": """\
static @LIST@ *new_@LIST@(work *w, int64_t length)
{
    if (length > INT64_C(1) << 32) fail(w, 3);
    @LIST@ *list = allocate(w, sizeof *list);
    list->length = length;
    list->room = length < 4 ? 4 : length;
    list->items = allocate(w, (size_t)list->room * sizeof *list->items);
    return list;
}
""",
    "append_@ITEM@": """\
static void append_@ITEM@(work *w, @LIST@ *list, @TYPE@item)
{
    if (list->length == list->room) {
        @TYPE@*items = allocate(w, 2 * (size_t)list->room * sizeof *items);
        memcpy(items, list->items, (size_t)list->length * sizeof *items);
        list->items = items;
        list->room *= 2;
    }
    list->items[list->length++] = item;
}
""",
    "place_in_@LIST@": """\
static @TYPE@*place_in_@LIST@(work *w, const @LIST@ *list, int64_t index)
{
    if (index < 0) index += list->length;
    if (index < 0 || index >= list->length) fail(w, 2);
    return list->items + index;
}
""",
    "@ITEM@_at": """\
static @TYPE@@ITEM@_at(work *w, const @LIST@ *list, int64_t index)
{
    return *place_in_@LIST@(w, list, index);
}
""",
    "put_@ITEM@": """\
static void put_@ITEM@(work *w, @LIST@ *list, int64_t index, @TYPE@item)
{
    *place_in_@LIST@(w, list, index) = item;
}
""",
    "slice_of_@LIST@": """\
static @LIST@ *slice_of_@LIST@(work *w, const @LIST@ *list, int64_t first, int64_t last)
{
    if (first < 0) first = first + list->length < 0 ? 0 : first + list->length;
    if (last < 0) last = last + list->length < 0 ? 0 : last + list->length;
    if (first > list->length) first = list->length;
    if (last > list->length) last = list->length;
    @LIST@ *made = new_@LIST@(w, last > first ? last - first : 0);
    for (int64_t index = 0; index < made->length; index++) {
        made->items[index] = list->items[first + index];
    }
    return made;
}
""",
    "repeated_@LIST@": """\
static @LIST@ *repeated_@LIST@(work *w, const @LIST@ *list, int64_t count)
{
    if (count < 0) count = 0;
    if (count > INT64_C(1) << 32) fail(w, 3);
    @LIST@ *made = new_@LIST@(w, list->length * count);
    for (int64_t index = 0; index < made->length; index++) {
        made->items[index] = list->items[index % list->length];
    }
    return made;
}
""",
    "largest_@ITEM@": """\
static @TYPE@largest_@ITEM@(work *w, const @LIST@ *list)
{
    if (list->length == 0) fail(w, 2);
    @TYPE@best = list->items[0];
    for (int64_t index = 1; index < list->length; index++) {
        if (list->items[index]@VALUE@ > best@VALUE@) best = list->items[index];
    }
    return best;
}
""",
    "smallest_@ITEM@": """\
static @TYPE@smallest_@ITEM@(work *w, const @LIST@ *list)
{
    if (list->length == 0) fail(w, 2);
    @TYPE@best = list->items[0];
    for (int64_t index = 1; index < list->length; index++) {
        if (list->items[index]@VALUE@ < best@VALUE@) best = list->items[index];
    }
    return best;
}
""",
    "sum_of_doubles": """\
static double sum_of_doubles(work *w, const doubles *list)
{
    (void)w;
@SUM@
    return sum;
}
""",
    "sum_of_integers": """\
static int64_t sum_of_integers(work *w, const integers *list)
{
    int64_t sum = 0;
    for (int64_t index = 0; index < list->length; index++) {
        sum = plus(w, sum, list->items[index]);
    }
    return sum;
}
""",
    "bisect_right": """\
static int64_t bisect_right(const doubles *list, double x)
{
    int64_t low = 0, high = list->length;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (x < list->items[middle]) high = middle;
        else low = middle + 1;
    }
    return low;
}
""",
    "bisect_left": """\
static int64_t bisect_left(const doubles *list, double x)
{
    int64_t low = 0, high = list->length;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (list->items[middle] < x) low = middle + 1;
        else high = middle;
    }
    return low;
}
""",
    "width_of_rows_of_@LIST@": """\
/* How many columns `zip(*rows)` gives. */
static int64_t width_of_rows_of_@LIST@(work *w, const rows_of_@LIST@ *rows)
{
    (void)w;
    int64_t width = rows->length ? rows->items[0]->length : 0;
    for (int64_t row = 1; row < rows->length; row++) {
        if (rows->items[row]->length < width) width = rows->items[row]->length;
    }
    return width;
}
""",
    "column_of_@LIST@": """\
static @LIST@ *column_of_@LIST@(work *w, const rows_of_@LIST@ *rows, int64_t column)
{
    @LIST@ *made = new_@LIST@(w, rows->length);
    for (int64_t row = 0; row < rows->length; row++) {
        made->items[row] = rows->items[row]->items[column];
    }
    return made;
}
""",
}


def list_functions(name: str, item: str, known: str) -> dict[str, str]:
    """Return the functions of a type of lists by their names.

    Args:
        name: the type.
        item: what an element is called in names.
        known: the type of an element.
    """
    space = known if known.endswith("*") else f"{known} "
    value = "->value" if known == "number *" else ""
    made = {}
    for title, text in LIST_FUNCTIONS.items():
        if ("doubles" in text and name != "doubles") or ("integers" in text and name != "integers"):
            continue
        for mark, word in (("@LIST@", name), ("@ITEM@", item), ("@TYPE@", space), ("@SUM@", SUM), ("@VALUE@", value)):
            title, text = title.replace(mark, word), text.replace(mark, word)
        made[title] = text
    return made
