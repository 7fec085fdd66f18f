"""What happens to the state of a module between two calls: it is written, replaced, freed, resized and rebuilt."""

from __future__ import annotations

import gc
import types
from collections.abc import Callable
from random import Random
from typing import Any

__all__ = ["CHANGES", "state_of"]

Change = Callable[[Any, Random], None]


def number(random: Random) -> Any:
    """Return a number: mostly a float, now and then one that equals another or is a whole one."""
    return random.choice([round(random.uniform(-2.0, 2.0), 3), 0.0, -0.0, 1, 1.0, True, 2**60, 1e-310])


def set_global(module: Any, random: Random) -> None:
    """Assign a global."""
    module.RATE = number(random)


def set_item(module: Any, random: Random) -> None:
    """Assign an element of the list."""
    module.TABLE[random.randrange(len(module.TABLE))] = number(random)


def resize_list(module: Any, random: Random) -> None:
    """Make the list long, and short again: its items move."""
    module.TABLE.extend([0.25] * random.randrange(400))
    del module.TABLE[random.randrange(3, 8) :]


def replace_list(module: Any, random: Random) -> None:
    """Put an equal list, or another one, in the place of the list, which is freed."""
    module.TABLE = [*module.TABLE] if random.random() < 0.5 else [number(random) for _ in range(5)]


def set_entry(module: Any, random: Random) -> None:
    """Assign an entry of the dict, or a new one."""
    module.BOOK[random.choice("abcd")] = number(random)


def rebuild_dict(module: Any, random: Random) -> None:
    """Have the dict keep its entries elsewhere, or lose them."""
    module.BOOK.update({f"k{index}": 0.5 for index in range(random.randrange(60))})
    for key in [key for key in module.BOOK if key != "a"]:
        del module.BOOK[key]
    module.BOOK["a"] = number(random)


def replace_attributes(module: Any, random: Random) -> None:
    """Give an object another dict of attributes, out of many; the one it had is freed."""
    pool = [{**vars(module.model), "rate": number(random)} for _ in range(50)]
    module.model.__dict__ = pool[random.randrange(50)]
    del pool
    if random.random() < 0.2:
        gc.collect()


def set_attribute(module: Any, random: Random) -> None:
    """Assign, add or delete an attribute of an object, or of the one in it."""
    target = random.choice([module.model, module.model.inner])
    target.rate = number(random)
    if random.random() < 0.3:
        module.model.extra = number(random)
    elif random.random() < 0.3:
        vars(module.model).pop("extra", None)
    if random.random() < 0.2:
        del target.rate
        target.rate = number(random)


def set_class(module: Any, random: Random) -> None:
    """Give an object another class."""
    module.model.__class__ = random.choice([module.Model, module.Other])


def set_in_class(module: Any, random: Random) -> None:
    """Assign an attribute or a method of a class, or hide it in an object."""
    kind = random.randrange(4)
    if kind == 0:
        module.Model.scale = number(random)
    elif kind == 1:
        factor = number(random)
        module.Model.grown = lambda self, x: x * factor
    elif kind == 2:
        module.Model.__call__ = lambda self, x: x * 0.5 + self.rate
    else:
        module.model.scale = number(random)


def set_slot(module: Any, random: Random) -> None:
    """Assign a slot, or replace the object that has it."""
    if random.random() < 0.5:
        module.slots.a = number(random)
    else:
        module.slots = module.Slots(number(random), number(random))


def set_array(module: Any, random: Random) -> None:
    """Write into the array, or replace it."""
    if random.random() < 0.7:
        module.ARRAY[random.randrange(len(module.ARRAY))] = float(number(random))
    else:
        module.ARRAY = module.ARRAY[::-1].copy()


def set_cell(module: Any, random: Random) -> None:
    """Assign the variable of a closure."""
    module.moved(number(random))


def set_function(module: Any, random: Random) -> None:
    """Change what a function is made of: its defaults, its code, or which one has its name."""
    kind = random.randrange(3)
    if kind == 0:
        module.helper.__defaults__ = (number(random),)
    elif kind == 1:
        factor = round(random.uniform(-1.0, 1.0), 2)
        text = f"def helper(x, weight={factor}):\n    return x * {factor} - weight\n"
        namespace: dict[str, Any] = {}
        exec(compile(text, "<changed>", "exec"), module.__dict__, namespace)
        module.helper.__code__ = namespace["helper"].__code__
    else:
        module.helper = types.FunctionType(
            module.helper.__code__, module.__dict__, "helper", module.helper.__defaults__
        )


def nothing(module: Any, random: Random) -> None:
    """Leave all as it is, so that calls may be compiled."""


CHANGES: list[Change] = [
    *[nothing] * 12, set_global, set_item, resize_list, replace_list, set_entry, rebuild_dict, replace_attributes,
    set_attribute, set_class, set_in_class, set_slot, set_array, set_cell, set_function,
]  # fmt: skip


def state_of(module: Any) -> str:
    """Return the whole state of a module as text."""
    model, inner = vars(module.model), vars(module.model.inner)
    return repr(
        (
            module.RATE, module.TABLE, module.BOOK, module.ARRAY.tolist(), module.COUNTS, module.LOG,
            type(module.model).__name__, {key: value for key, value in model.items() if key != "inner"}, inner,
            module.slots.a, module.slots.b, module.added(0.0), module.helper.__defaults__,
        )
    )  # fmt: skip
