/* The reverse pass over graphs of Scalars that rows have made.
 *
 * Variables are visited from the greatest number on, and by then all contributions to that Variable's adjoint are in.
 * They are added in the order in which `run_pass` of autodiff/variable.py adds them, so both give the same to the last
 * bit. Whatever else is in a graph is left to that.
 */
#include "recorder.h"

typedef enum { TO_INPUTS, TO_THE_LEAVES, SELF_CONTAINED } How;

/* What a partial derivative is, as the flags of a Variable say. */
enum { PARTIAL_NONE = 0, PARTIAL_NUMBER = FIRST_NUMBER, PARTIAL_OBJECT = FIRST_OBJECT };

static inline uint32_t first_kind(const Variable *variable) {
    return variable->flags & (FIRST_NUMBER | FIRST_OBJECT);
}

static inline uint32_t second_kind(const Variable *variable) {
    return (variable->flags & (SECOND_NUMBER | SECOND_OBJECT)) / (SECOND_NUMBER / FIRST_NUMBER);
}

/* The number that an int or a float is; anything else, and an int too large for a float, is left to Python. */
static double number_of(Adjoints *adjoints, PyObject *object) {
    if (PyFloat_CheckExact(object)) {
        return PyFloat_AS_DOUBLE(object);
    }
    if (PyLong_CheckExact(object)) {
        double number = PyLong_AsDouble(object);
        if (number != -1.0 || !PyErr_Occurred()) {
            return number;
        }
        PyErr_Clear();
    }
    stop(adjoints, LEFT_TO_PYTHON);
    return 0.0;
}

/* Whether a Variable that was made of nothing is a leaf, so that its derivative arrives here. */
static bool is_leaf(Adjoints *adjoints, const Variable *variable) {
    PyObject *history = variable->creator;
    if (history == adjoints->history_of_leaves) {
        return true;            /* all inputs of a function have one in common */
    }
    if (!is_history_of_leaf(history)) {
        return false;
    }
    adjoints->history_of_leaves = history;
    return true;
}

/* A Variable is reached for the first time: what it was made of, if anything, has its turn later. */
static void enter(Adjoints *adjoints, Page *page, Variable *variable) {
    if (variable->first_parent) {
        int64_t page_number = variable->unique_id >> PAGE_BITS;
        if (page_number < adjoints->oldest_page) {
            adjoints->oldest_page = page_number;
        }
    }
    else if (is_leaf(adjoints, variable)) {
        page->is_kept = true;
        note_leaf(adjoints, variable);
    }
    else {
        stop(adjoints, LEFT_TO_PYTHON);
    }
}

/* Add a contribution to the adjoint of a Variable, whose number must be below `limit`: age is the order of the pass.
 * The first one is taken as it is, so that -0.0 stays. */
static inline void contribute(Adjoints *adjoints, PyObject *operand, double contribution, int64_t limit) {
    Variable *variable = (Variable *)operand;
    if (!is_fast_type(Py_TYPE(operand))) {
        stop(adjoints, LEFT_TO_PYTHON);
        return;
    }
    int64_t number = variable->unique_id;
    if (number < adjoints->since) {
        adjoints->found_older = true;
        return;
    }
    if (!variable->creator) {
        return;                 /* it has become a constant */
    }
    Page *page = number < limit ? page_with(adjoints, number) : NULL;
    if (!page) {
        stop(adjoints, LEFT_TO_PYTHON);
        return;
    }
    Place *place = &page->places[number & (PLACES - 1)];
    if (!has_bit(&page->reached, number & (PLACES - 1))) {
        set_bit(&page->reached, number & (PLACES - 1));
        place->variable = variable;
        place->amount = contribution;
        enter(adjoints, page, variable);
    }
    else if (place->variable == variable) {
        place->amount += contribution;
    }
    else {
        stop(adjoints, LEFT_TO_PYTHON);
    }
}

/* The contributions of a Variable with any number of operands. */
static void contribute_to_all(Adjoints *adjoints, Variable *variable, double adjoint) {
    PyObject *parents = variable->first_parent, *partials = variable->first_partial.object;
    if (!(variable->flags & FIRST_OBJECT) || !PyTuple_CheckExact(partials)
        || PyTuple_GET_SIZE(parents) != PyTuple_GET_SIZE(partials)) {
        stop(adjoints, LEFT_TO_PYTHON);
        return;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parents) && adjoints->outcome == GOES_ON; i++) {
        PyObject *partial = PyTuple_GET_ITEM(partials, i);
        if (partial != Py_None) {
            double number = adjoints->keeps_pages ? 0.0 : number_of(adjoints, partial);
            contribute(adjoints, PyTuple_GET_ITEM(parents, i), adjoint * number, variable->unique_id);
        }
    }
}

/* The contribution of a Variable to one of two operands; a pass that only finds what is there looks at no partial. */
static inline void contribute_by(
    Adjoints *adjoints, PyObject *parent, Slot partial, uint32_t kind, double adjoint, int64_t limit
) {
    if (kind == PARTIAL_NUMBER) {
        contribute(adjoints, parent, adjoint * partial.number, limit);
    }
    else if (kind == PARTIAL_OBJECT) {
        double number = adjoints->keeps_pages ? 0.0 : number_of(adjoints, partial.object);
        contribute(adjoints, parent, adjoint * number, limit);
    }
}

/* Apply the chain rule at one Variable. */
static inline void visit(Adjoints *adjoints, Variable *variable, double adjoint) {
    if (!variable->first_parent) {
        return;
    }
    if (PyTuple_CheckExact(variable->first_parent)) {
        contribute_to_all(adjoints, variable, adjoint);
        return;
    }
    int64_t limit = variable->unique_id;
    uint32_t first = first_kind(variable), second = second_kind(variable);
    contribute_by(adjoints, variable->first_parent, variable->first_partial, first, adjoint, limit);
    if (variable->second_parent) {
        contribute_by(adjoints, variable->second_parent, variable->second_partial, second, adjoint, limit);
    }
}

static void visit_page(Adjoints *adjoints, Page *page) {
    /* Visiting a place fills others before it, often the next. */
    for (int word = WORDS - 1; word >= 0; word--) {
        uint64_t bits, mask = ~(uint64_t)0;
        while ((bits = page->reached.words[word] & mask)) {
            int bit = highest_bit(bits);
            mask = ((uint64_t)1 << bit) - 1;
            Place *place = &page->places[word * 64 + bit];
            visit(adjoints, place->variable, place->amount);
            if (adjoints->outcome != GOES_ON) {
                return;
            }
        }
    }
}

/* Visit all Variables that are reached, the youngest first. */
static void go_back(Adjoints *adjoints) {
    for (int64_t i = adjoints->shelf_count - 1; i >= 0; i--) {
        Shelf *shelf = adjoints->shelves[i];
        int64_t first_number = (adjoints->first_shelf + i) << PAGE_BITS, index = PLACES;
        while (shelf && (index = last_bit_before(&shelf->used, index)) >= 0) {
            if (adjoints->outcome != GOES_ON || first_number + index < adjoints->oldest_page) {
                return;         /* only leaves are left */
            }
            visit_page(adjoints, shelf->pages[index]);
            leave_page(adjoints, shelf, first_number + index);
        }
    }
}

/* The greatest number of the Variables of a list; -1 if there are none. */
static int64_t greatest_number(PyObject *variables) {
    int64_t greatest = -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(variables); i++) {
        int64_t number = ((Variable *)PyList_GET_ITEM(variables, i))->unique_id;
        greatest = number > greatest ? number : greatest;
    }
    return greatest;
}

/* Whether arguments are lists as a pass needs them: Variables, and as many numbers as the second list has to have. */
static bool are_passable(PyObject *variables, PyObject *numbers, PyObject *others) {
    if (!PyList_Check(variables) || !PyList_Check(numbers) || !PyList_Check(others)) {
        return false;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(variables); i++) {
        if (!is_variable(PyList_GET_ITEM(variables, i))) {
            return false;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(others); i++) {
        if (!is_variable(PyList_GET_ITEM(others, i))) {
            return false;
        }
    }
    return true;
}

/* Append the leaves that were reached to a list of Python's. */
static int append_leaves(Adjoints *adjoints, PyObject *list) {
    for (size_t i = 0; i < adjoints->leaf_count; i++) {
        if (PyList_Append(list, (PyObject *)adjoints->leaves[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* A list of what stands at the places of Variables, 0.0 for those that were not reached, or are not moving. */
static PyObject *amounts_of(Adjoints *adjoints, PyObject *variables, bool only_moving) {
    Py_ssize_t size = PyList_GET_SIZE(variables);
    PyObject *amounts = PyList_New(size);
    for (Py_ssize_t i = 0; amounts && i < size; i++) {
        /* Making the list may have had the garbage collector run, and that anything. */
        PyObject *item = i < PyList_GET_SIZE(variables) ? PyList_GET_ITEM(variables, i) : NULL;
        Place *place = item ? place_of(adjoints, (Variable *)item) : NULL;
        if (place && only_moving) {
            Page *page = known_page(adjoints, place->variable->unique_id);
            place = has_bit(&page->moving, place->variable->unique_id & (PLACES - 1)) ? place : NULL;
        }
        PyObject *amount = PyFloat_FromDouble(place ? place->amount : 0.0);
        if (!amount) {
            Py_CLEAR(amounts);
            break;
        }
        PyList_SET_ITEM(amounts, i, amount);
    }
    return amounts;
}

/* Whether a pass has ended, with an answer in its result: also None, where Python has to do it, or NULL with an
 * exception. An interrupted one has the user's interruption handled, and is run once more unless that raises: a handler
 * is any code of Python's, and may change the graph, so it never runs in the midst of a pass. */
static bool has_ended(Outcome outcome, PyObject **result) {
    if (outcome == INTERRUPTED) {
        PyErr_SetInterrupt();       /* asking has taken the note of it away */
        return PyErr_CheckSignals() != 0;
    }
    if (outcome == OUT_OF_MEMORY) {
        PyErr_NoMemory();
    }
    else if (outcome == LEFT_TO_PYTHON) {
        *result = Py_NewRef(Py_None);
    }
    return true;
}

static PyObject *swept(
    PyObject *outputs, PyObject *cotangents, PyObject *wanted, int64_t since, How how, bool asks, Outcome *outcome
) {
    Adjoints adjoints;
    int64_t greatest = greatest_number(outputs);
    begin_pass(&adjoints, greatest, since, asks);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(wanted) && adjoints.outcome == GOES_ON; i++) {
        keep_page(&adjoints, (Variable *)PyList_GET_ITEM(wanted, i));
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(outputs) && adjoints.outcome == GOES_ON; i++) {
        PyObject *cotangent = PyList_GET_ITEM(cotangents, i);
        if (cotangent != Py_None) {
            contribute(&adjoints, PyList_GET_ITEM(outputs, i), number_of(&adjoints, cotangent), greatest + 1);
        }
    }
    go_back(&adjoints);
    if (how == SELF_CONTAINED && adjoints.found_older) {
        stop(&adjoints, LEFT_TO_PYTHON);
    }
    *outcome = adjoints.outcome;
    PyObject *result = NULL;
    if (adjoints.outcome == GOES_ON && (how != TO_THE_LEAVES || append_leaves(&adjoints, wanted) == 0)) {
        result = amounts_of(&adjoints, wanted, false);
    }
    end_pass(&adjoints);
    return result;
}

PyDoc_STRVAR(sweep_doc,
"sweep(outputs, cotangents, wanted, since, how, /)\n--\n\n"
"Return the derivatives by the wanted Variables, a float each, by one reverse pass.\n\n"
"Args:\n"
"    outputs: a list of Variables.\n"
"    cotangents: a list with the derivative by each of them that the pass starts from.\n"
"    wanted: a list of Variables.\n"
"    since: the smallest unique_id to go back to.\n"
"    how: 0 or, if all leaves that are reached shall be appended to wanted first, 1.\n"
"        With 2 nothing older than since may be behind the outputs.\n\n"
"Returns:\n"
"    The list, or None where the graph has something that Python has to do.");

static PyObject *sweep(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 5 || !are_passable(args[0], args[1], args[2])
        || PyList_GET_SIZE(args[0]) != PyList_GET_SIZE(args[1])) {
        PyErr_SetString(PyExc_TypeError, "sweep takes lists of outputs, cotangents and Variables wanted, and two ints");
        return NULL;
    }
    long long since = PyLong_AsLongLong(args[3]), how = PyLong_AsLongLong(args[4]);
    if ((since == -1 || how == -1) && PyErr_Occurred()) {
        return NULL;
    }
    PyObject *result;
    Outcome outcome = GOES_ON;
    do {
        result = swept(args[0], args[1], args[2], since, (How)how, outcome != INTERRUPTED, &outcome);
    } while (!has_ended(outcome, &result));
    return result;
}
