/* Forward mode over graphs of Scalars that rows have made: how outputs move if inputs do.
 *
 * A pass back finds what is behind the outputs; then, the oldest first, each Variable moves by those of its operands
 * that move. A place holds the tangent where the reverse pass has the adjoint; what stands still takes no part in any
 * sum.
 */
#include "recorder.h"

typedef struct { bool moves; double amount; } Movement;

/* Add what an operand contributes to a movement. */
static inline void move_by(Adjoints *adjoints, PyObject *parent, Slot partial, uint32_t kind, Movement *movement) {
    if (kind == PARTIAL_NONE || adjoints->outcome != GOES_ON) {
        return;
    }
    int64_t number = ((Variable *)parent)->unique_id;
    Page *page = known_page(adjoints, number);
    if (!page || !has_bit(&page->moving, number & (PLACES - 1))) {
        return;
    }
    double by = kind == PARTIAL_NUMBER ? partial.number : number_of(adjoints, partial.object);
    double amount = by * page->places[number & (PLACES - 1)].amount;
    movement->amount = movement->moves ? movement->amount + amount : amount;
    movement->moves = true;
}

/* How a Variable moves by its operands. */
static Movement movement_of(Adjoints *adjoints, const Variable *variable) {
    Movement movement = {false, 0.0};
    PyObject *parents = variable->first_parent;
    if (!parents) {
        return movement;
    }
    if (!PyTuple_CheckExact(parents)) {
        move_by(adjoints, parents, variable->first_partial, first_kind(variable), &movement);
        if (variable->second_parent) {
            move_by(adjoints, variable->second_parent, variable->second_partial, second_kind(variable), &movement);
        }
        return movement;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parents); i++) {
        Slot partial = {.object = PyTuple_GET_ITEM(variable->first_partial.object, i)};
        uint32_t kind = partial.object == Py_None ? PARTIAL_NONE : PARTIAL_OBJECT;
        move_by(adjoints, PyTuple_GET_ITEM(parents, i), partial, kind, &movement);
    }
    return movement;
}

static void move_page(Adjoints *adjoints, Page *page) {
    for (int64_t i = first_bit_from(&page->reached, 0); i >= 0; i = first_bit_from(&page->reached, i + 1)) {
        if (has_bit(&page->moving, i)) {
            continue;           /* an input */
        }
        Movement movement = movement_of(adjoints, page->places[i].variable);
        if (movement.moves) {
            page->places[i].amount = movement.amount;
            set_bit(&page->moving, i);
        }
    }
}

/* Move all Variables that were found, the oldest first. */
static void go_forward(Adjoints *adjoints) {
    for (int64_t i = 0; i < adjoints->shelf_count; i++) {
        Shelf *shelf = adjoints->shelves[i];
        int64_t first_number = (adjoints->first_shelf + i) << PAGE_BITS, index = -1;
        while (shelf && (index = first_bit_from(&shelf->used, index + 1)) >= 0) {
            if (adjoints->outcome != GOES_ON) {
                return;
            }
            move_page(adjoints, shelf->pages[index]);
            leave_page(adjoints, shelf, first_number + index);
        }
    }
}

/* Move inputs that were found, unless by zero: then they stand still, whatever they were made of. */
static void move_inputs(Adjoints *adjoints, PyObject *inputs, PyObject *tangents) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(inputs); i++) {
        Place *place = place_of(adjoints, (Variable *)PyList_GET_ITEM(inputs, i));
        if (!place) {
            continue;
        }
        int64_t number = place->variable->unique_id;
        Page *page = known_page(adjoints, number);
        place->amount = number_of(adjoints, PyList_GET_ITEM(tangents, i));
        if (place->amount != 0.0) {
            set_bit(&page->moving, number & (PLACES - 1));
        }
        else {
            clear_bit(&page->reached, number & (PLACES - 1));
        }
    }
}

static PyObject *moved(
    PyObject *outputs, PyObject *inputs, PyObject *tangents, int64_t since, bool asks, Outcome *outcome
) {
    Adjoints adjoints;
    int64_t greatest = greatest_number(outputs);
    begin_pass(&adjoints, greatest, since, asks);
    adjoints.keeps_pages = true;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(outputs) && adjoints.outcome == GOES_ON; i++) {
        contribute(&adjoints, PyList_GET_ITEM(outputs, i), 0.0, greatest + 1);
    }
    go_back(&adjoints);
    if (adjoints.outcome == GOES_ON) {
        move_inputs(&adjoints, inputs, tangents);
        go_forward(&adjoints);
    }
    *outcome = adjoints.outcome;
    PyObject *result = adjoints.outcome == GOES_ON ? amounts_of(&adjoints, outputs, true) : NULL;
    end_pass(&adjoints);
    return result;
}

PyDoc_STRVAR(jvp_doc,
"jvp(outputs, inputs, tangents, since, /)\n--\n\n"
"Return how outputs move if inputs do, a float each, by one pass forward.\n\n"
"Args:\n"
"    outputs: a list of Variables.\n"
"    inputs: a list of Variables.\n"
"    tangents: a list of how each of those moves.\n"
"    since: the smallest unique_id to go back to.\n\n"
"Returns:\n"
"    The list, or None where the graph has something that Python has to do.");

static PyObject *jvp(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 4 || !are_passable(args[0], args[2], args[1])
        || PyList_GET_SIZE(args[1]) != PyList_GET_SIZE(args[2])) {
        PyErr_SetString(PyExc_TypeError, "jvp takes lists of outputs, of inputs and of their tangents, and an int");
        return NULL;
    }
    long long since = PyLong_AsLongLong(args[3]);
    if (since == -1 && PyErr_Occurred()) {
        return NULL;
    }
    PyObject *result;
    Outcome outcome = GOES_ON;
    do {
        result = moved(args[0], args[1], args[2], since, outcome != INTERRUPTED, &outcome);
    } while (!has_ended(outcome, &result));
    return result;
}
