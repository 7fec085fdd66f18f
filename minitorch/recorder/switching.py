"""Switches the machine code on: finds where everything is, compiles, and puts it into the slots of the types.

switch_on()      Scalar's `*` is machine code, and so is the reverse pass
switch_off()     everything is as it was
"""

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import threading
from collections.abc import Callable
from types import CodeType
from typing import Any, Final

from minitorch.autodiff import grad_mode
from minitorch.autodiff.acceleration import NATIVE
from minitorch.autodiff.decisions import observing
from minitorch.autodiff.history import History, InputHistory
from minitorch.autodiff.packages import is_installed
from minitorch.autodiff.place import is_own
from minitorch.autodiff.run_notes import ACTIVE
from minitorch.autodiff.variable import Variable
from minitorch.machine_code.llvm.builtins import MethodDefinition
from minitorch.machine_code.llvm.cpython_layout import (
    COMPARE,
    DEALLOCATE,
    FLAGS,
    FRAME_INSTRUCTION_3_10,
    HAS_VECTORCALL,
    LIST_SIZE,
    NUMBER_SLOTS,
    VECTORCALL_OFFSET,
    is_supported,
    number_slot,
    offset_of,
    read_pointer,
    type_slot,
    write_pointer,
)
from minitorch.machine_code.llvm.engine import Engine, kept_machine
from minitorch.machine_code.llvm.symbols import libm
from minitorch.recorder.arenas import (
    ArenaAllocator,
    arena_allocator,
    has_huge_pages,
    names_of_arenas,
    set_arena_allocator,
)
from minitorch.recorder.rows import rows_of_one_number
from minitorch.recorder.text import BINARY, BY_KEYWORD, COMPARISONS, pointer, whole_text
from minitorch.scalars import primitives
from minitorch.scalars.float_protocol import INTEGERS_ONLY
from minitorch.scalars.primitives import RuleFunction
from minitorch.scalars.scalar import Indicator, Scalar
from minitorch.tracing.tracer import dispatcher

__all__ = ["is_on", "switch_off", "switch_on"]

MAX_KNOWN_CODES: Final = 4096
"""How many code objects are remembered as somebody else's; a power of two."""

MAX_KEPT_INDICES: Final = 8192
"""How many numbers of instructions are made in advance."""

SKIPPED_UNIQUE_IDS: Final = 1 << 20
"""So many numbers of Variables are left out at the switch: more than other threads could give away in a moment."""

SLOTS: Final = (
    "code", "creator", "derivative", "first_parent", "first_partial", "instruction", "name", "second_parent",
    "second_partial", "unique_id",
)  # fmt: skip

METHODS: Final = {
    "nb_add": ("__add__", "__radd__"), "nb_subtract": ("__sub__", "__rsub__"), "nb_multiply": ("__mul__", "__rmul__"),
    "nb_true_divide": ("__truediv__", "__rtruediv__"), "nb_power": ("__pow__", "__rpow__"),
}  # fmt: skip
"""The methods that Python's own slots call; those slots answer only for types that still have them."""

NO_ARGUMENTS, FAST_CALL, WITH_NAMES = 0x0004, 0x0080, 0x0002
"""How C says what arguments a builtin takes."""


class OwnApply:
    """The `apply` of one Function in machine code; classes derived from it have Python's.

    Args:
        function: the Function.
        builtin: the machine code.
    """

    __slots__ = ("builtin", "function")

    def __init__(self, function: type[RuleFunction], builtin: Callable[..., Any]) -> None:
        self.function = function
        self.builtin = builtin

    def __get__(self, instance: object, owner: type[RuleFunction]) -> Callable[..., Any]:
        if owner is self.function:
            return self.builtin
        return usual_apply(owner)


def primitive(name: str) -> type[RuleFunction]:
    """Return the Function of a row."""
    function: type[RuleFunction] = getattr(primitives, name)
    return function


def usual_apply(function: type[RuleFunction]) -> Callable[..., Any]:
    """Return Python's `apply` of a Function."""
    usual: Callable[..., Any] = vars(RuleFunction)["apply"].__get__(None, function)
    return usual


class Accelerator:
    """The machine code of this process, and what it needs to live."""

    def __init__(self) -> None:
        libm("pow")
        self.counter = ctypes.c_int64(next(NATIVE.unique_ids))
        self.user_codes, self.own_codes = (ctypes.c_void_p * MAX_KNOWN_CODES)(), (ctypes.c_void_p * MAX_KNOWN_CODES)()
        self.held_codes: dict[tuple[bool, int], CodeType] = {}
        self.held_numbers = list(range(MAX_KEPT_INDICES))
        self.numbers = (ctypes.c_void_p * MAX_KEPT_INDICES)(*map(id, self.held_numbers))
        self.constants = (1.0, -1.0, 0.0, 0)
        self.learn = self.learn_code
        self.usual_sum = dispatcher.replacements[id(sum)]
        self.usual_by_keyword = {name: dispatcher.replacements[id(plain)] for name, plain in BY_KEYWORD.items()}
        rows = dict(rows_of_one_number())
        self.plain_functions = {name: plain for name, plain in rows.items() if plain is not None}
        self.usual_functions = {
            name: dispatcher.replacements[id(plain)] for name, plain in self.plain_functions.items()
        }
        self.usual_applies = {name: usual_apply(primitive(name)) for name in (*BINARY, *rows)}
        self.usual = {slot: by_methods(*names) for slot, names in METHODS.items()}
        self.before = {
            (kind, name): read_pointer(address)
            for kind in (Scalar, Indicator)
            for name, address in slots_of(kind).items()
        }
        self.arenas_before = arena_allocator()
        self.engine = Engine(optimised(whole_text(self.names())))
        self.definitions: list[Any] = []
        self.next_id = self.builtin("next_id", NO_ARGUMENTS)
        self.sweep = self.builtin("sweep", FAST_CALL)
        self.jvp = self.builtin("jvp", FAST_CALL)
        self.replacements: dict[Callable[..., Any], Callable[..., Any]] = {
            sum: self.builtin("call_sum", FAST_CALL | WITH_NAMES)
        }
        for name, plain in {**BY_KEYWORD, **self.plain_functions}.items():
            self.replacements[plain] = self.builtin(f"call_{name}", FAST_CALL | WITH_NAMES)
        self.applies = {
            name: OwnApply(primitive(name), self.builtin(f"apply_{name}", FAST_CALL | WITH_NAMES, primitive(name)))
            for name in self.usual_applies
        }

    def names(self) -> dict[str, object]:
        """Return what the text refers to: addresses as pointers, and offsets."""
        scalar = vars(Scalar)
        pointers = {
            "Scalar": Scalar, "Indicator": Indicator, "History": History,
            "InputHistory": InputHistory,
            "float": float, "int": int, "tuple": tuple,
            "None": None, "True": True, "False": False, "learn_code": self.learn,
            "one": self.constants[0], "minus_one": self.constants[1], "zero": self.constants[2],
            "whole_zero": self.constants[3], "plain_sum": self.usual_sum,
            **{name: primitive(name) for name in (*COMPARISONS, "Neg", "Pow", "Sum")},
            **{name: primitive(name) for name in self.usual_applies},
            **{f"usual_apply_{name}": apply for name, apply in self.usual_applies.items()},
            **{f"usual_{name}": function for name, function in self.usual_functions.items()},
            **{f"usual_{name}": function for name, function in self.usual_by_keyword.items()},
        }  # fmt: skip
        addresses = {
            "counter": ctypes.addressof(self.counter),
            "numbers": ctypes.addressof(self.numbers),
            "user_codes": ctypes.addressof(self.user_codes),
            "own_codes": ctypes.addressof(self.own_codes),
            "pausing_size": id(grad_mode.pausing) + LIST_SIZE,
            "observing_size": id(observing) + LIST_SIZE,
            "notes_size": id(ACTIVE) + LIST_SIZE,
            "before_compare": self.before[Scalar, "compare"],
            "before_truth_of_Scalar": self.before[Scalar, "nb_bool"],
            "before_truth_of_Indicator": self.before[Indicator, "nb_bool"],
            "before_nb_negative": self.before[Scalar, "nb_negative"],
            **{f"before_{slot}": id(function) for slot, function in self.usual.items()},
            "refuse_modulus": id(refuse_modulus),
        }
        addresses.update({name: id(value) for name, value in pointers.items()})
        return {
            **{name: pointer(address) for name, address in addresses.items()},
            **{name: offset_of(vars(Variable)[name]) for name in SLOTS},
            "data": offset_of(scalar["data"]),
            "last_fn": offset_of(vars(History)["last_fn"]),
            **names_of_arenas(self.arenas_before),
            "known_mask": MAX_KNOWN_CODES - 1,
            "kept_numbers": MAX_KEPT_INDICES,
            "compensates": str(sys.version_info >= (3, 12)).lower(),
            "has_immortals": str(sys.version_info >= (3, 12)).lower(),
            "frame_instruction": FRAME_INSTRUCTION_3_10,
            "flags": FLAGS,
            "has_vectorcall": HAS_VECTORCALL,
            "vectorcall_offset": VECTORCALL_OFFSET,
            "digits_shift": 3 if sys.version_info >= (3, 12) else 0,
        }

    def learn_code(self, code: CodeType) -> bool:
        """Tell whether code is somebody else's, and remember whose it is."""
        own = is_own(code)
        index = (id(code) >> 4) & (MAX_KNOWN_CODES - 1)
        if (own, index) in self.held_codes and (own, index ^ 1) not in self.held_codes:
            index ^= 1
        self.held_codes[own, index] = code
        (self.own_codes if own else self.user_codes)[index] = id(code)
        return not own

    def builtin(self, name: str, flags: int, owner: type[RuleFunction] | None = None) -> Callable[..., Any]:
        """Return a function of the text as one of Python's; the `apply` of its owner, if it has one."""
        method = name if owner is None else "apply"
        signature = None if owner is None else f"apply($type, /, *inputs)\n--\n\n{usual_apply(owner).__doc__}".encode()
        definition = MethodDefinition(method.encode(), self.engine.address(name), flags, signature)
        self.definitions.append(definition)
        make = ctypes.pythonapi.PyCFunction_NewEx
        make.restype = ctypes.py_object
        make.argtypes = (ctypes.c_void_p, ctypes.c_void_p if owner is None else ctypes.py_object, ctypes.c_void_p)
        return make(ctypes.addressof(definition), owner, None)  # type: ignore[no-any-return]

    def install(self) -> None:
        """Put the machine code into the types."""
        names = {slot: function for function, (slot, *_) in BINARY.items()}
        names |= {"nb_negative": "Neg", "nb_power": "Pow", "compare": "compare", "nb_bool": "truth_of_Scalar"}
        for slot, name in names.items():
            write_pointer(slots_of(Scalar)[slot], self.engine.address(name))
        write_pointer(slots_of(Indicator)["nb_bool"], self.engine.address("truth_of_Indicator"))
        for kind in (Scalar, Indicator):
            write_pointer(slots_of(kind)["deallocate"], self.engine.address("end_variable"))
        for plain, function in self.replacements.items():
            dispatcher.put(plain, function)
        for name, apply in self.applies.items():
            primitive(name).use_apply(apply)
        if has_huge_pages():
            take, leave = map(self.engine.address, ("take_arena", "leave_arena"))
            set_arena_allocator(ArenaAllocator(None, take, leave))

    def remove(self) -> None:
        """Put back what was there."""
        set_arena_allocator(self.arenas_before)
        for plain in self.replacements:
            dispatcher.put(plain, dispatcher.replacements[id(plain)])
        for name in self.applies:
            primitive(name).use_apply(None)
        for kind, name in self.before:
            write_pointer(slots_of(kind)[name], self.before[kind, name])


def optimised(text: str) -> str:
    """Return the same module with its small functions inlined; the engine's back end does not do that."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(text)
    builder = llvm.create_pass_builder(kept_machine(2), llvm.create_pipeline_tuning_options(speed_level=1))
    builder.getModulePassManager().run(module, builder)
    return str(module)


def by_methods(method: str, reflected: str) -> Callable[[Any, Any], Any]:
    """Make what a slot does by the methods of Scalar."""
    forward, backward = getattr(Scalar, method), getattr(Scalar, reflected)

    def usual(v: Any, w: Any) -> Any:
        result = forward(v, w) if type(v) is Scalar else NotImplemented
        if result is NotImplemented and type(w) is Scalar is not type(v):
            return backward(w, v)
        return result

    return usual


def refuse_modulus(v: Any, w: Any) -> Any:
    """Refuse `pow(v, w, modulus)`, as floats do."""
    raise TypeError(INTEGERS_ONLY)


def slots_of(kind: type) -> dict[str, int]:
    """Return the addresses of a type's slots that machine code may fill."""
    fields = {"compare": COMPARE, "deallocate": DEALLOCATE}
    return {
        **{name: number_slot(kind, name) for name in NUMBER_SLOTS},
        **{name: type_slot(kind, field) for name, field in fields.items()},
    }


_lock = threading.Lock()
_made: list[Accelerator] = []
_installed: list[Accelerator] = []


def is_on() -> bool:
    """Return whether machine code records now."""
    return bool(_installed)


def switch_on() -> bool:
    """Record with machine code from now on, where llvmlite is installed and this Python is one that it knows.

    Returns:
        whether it does.
    """
    if not is_supported() or os.environ.get("MINITORCH_NATIVE") == "0" or not is_installed("llvmlite"):
        return False
    with _lock:
        if not _made:
            _made.append(Accelerator())
            # Other threads go on counting until the very moment that the counter is another one.
            _made[0].counter.value = next(NATIVE.unique_ids) + SKIPPED_UNIQUE_IDS
            NATIVE.next_unique_id = _made[0].next_id
            atexit.register(switch_off)
        if not _installed:
            _made[0].install()
            _installed.append(_made[0])
            NATIVE.sweep, NATIVE.jvp = _made[0].sweep, _made[0].jvp
    return True


def switch_off() -> None:
    """Record with Python alone again."""
    with _lock:
        if _installed:
            NATIVE.leave_to_python()
            _installed.pop().remove()
