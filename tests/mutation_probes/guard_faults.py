"""Faults of the guards of compiled code: what it does not notice any more."""

from __future__ import annotations

from .fault import Fault

__all__ = ["FAULTS"]

GUARDS = (
    "tests/unit/compiler", "tests/contract/test_compile_environment.py", "tests/contract/test_silence_surroundings.py",
    "tests/contract/test_compile_methods.py", "tests/contract/test_newer_objects.py",
)  # fmt: skip
REPLACED = ("tests/contract/test_silence_replaced.py",)
ARRAYS = (*GUARDS, "tests/contract/test_compile_arrays.py")
MEMORY = "minitorch/compiler/guards/memory.py"
CALLS = "minitorch/compiler/capture/read_calls.py"
SNAPSHOTS = "minitorch/compiler/guards/snapshots.py"
PARTS = "minitorch/compiler/guards/parts.py"

FAULTS = [
    Fault(
        "the dict of an object is replaced unseen",
        MEMORY,
        "([*first, pointer, *entries.first], [",
        "([*first, *entries.first], [",
        REPLACED,
    ),
    Fault(
        "the class of an object changes unseen",
        MEMORY,
        "for field in (TYPE, *bases)",
        "for field in bases",
        REPLACED,
    ),
    Fault(
        "the bases of a class change unseen",
        MEMORY,
        "bases = [mro_field()] if isinstance(snapshot.holder, type) else []",
        "bases: list[int] = []",
        REPLACED,
    ),
    Fault(
        "new attributes with known names come unseen",
        MEMORY,
        "        places.append(id(own) + DICT_USED)\n",
        "        pass\n",
        GUARDS,
    ),
    Fault(
        "a dict gets other keys unseen",
        MEMORY,
        "places = [*entries.key_places.values(), *entries.places.values()]",
        "places = [*entries.places.values()]",
        REPLACED,
    ),
    Fault(
        "an array is given another shape unseen",
        MEMORY,
        "return fields, [start + POINTER * axis for start in lengths for axis in range(array.ndim)]",
        "return fields[:1], []",
        ARRAYS,
    ),
    Fault(
        "the code of a function is replaced unseen",
        MEMORY,
        "return [id(snapshot.holder) + field for field in function_fields()], [], []",
        "return [], [], []",
        GUARDS,
    ),
    Fault(
        "a cell gets another content unseen",
        MEMORY,
        "return [cell_content(snapshot.holder)], [], []",
        "return [], [], []",
        GUARDS,
    ),
    Fault(
        "a partial gets other arguments unseen",
        MEMORY,
        "return [id(snapshot.holder) + field for field in partial_fields()], [], []",
        "return [], [], []",
        REPLACED,
    ),
    Fault(
        "a long list gets other items unseen",
        MEMORY,
        "return first, [], [(places[0], len(places) * POINTER)]",
        "return first, [], []",
        GUARDS,
    ),
    Fault("a list grows unseen", MEMORY, "([id(snapshot.holder) + place], [], [])", "([], [], [])", GUARDS),
    Fault(
        "numbers in an array change unseen",
        MEMORY,
        "[(address_of_array(array), int(array.nbytes))]",
        "[(address_of_array(array), 0)]",
        ARRAYS,
    ),
    Fault("guards keep what was equal before", MEMORY, "            snapshot.renew()\n", "            pass\n", GUARDS),
    Fault("0.0 and -0.0 are the same", SNAPSHOTS, "and repr(x) == repr(y)", "and x == y", REPLACED),
    Fault(
        "members of enumerations that look alike are the same",
        SNAPSHOTS,
        "not isinstance(x, BY_IDENTITY) and ",
        "",
        REPLACED,
    ),
    Fault(
        "a special method comes to a class unseen",
        SNAPSHOTS,
        "return [*values, len(special_methods(vars(self.holder)))] if isinstance(self.holder, type) else values",
        "return values",
        REPLACED,
    ),
    Fault(
        "defaults of a function change unseen",
        SNAPSHOTS,
        "return [*code, self.holder.__defaults__, self.holder.__kwdefaults__]",
        "return [*code]",
        GUARDS,
    ),
    Fault(
        "slots of an object are not looked at",
        SNAPSHOTS,
        "    if member is not None:\n        return slot_value(member, holder)\n",
        "",
        GUARDS,
    ),
    Fault(
        "what another thread makes is taken for the run's own",
        "minitorch/compiler/guards/young_objects.py",
        "            leave_out(snapshot.values, young, made)\n",
        "            pass\n",
        (*GUARDS, "tests/contract/test_compile_threads.py", "tests/contract/test_threads.py"),
    ),
    Fault(
        "what other threads fill is referred to while they run",
        "minitorch/compiler/guards/young_objects.py",
        "set(map(id, chain.from_iterable(map(gc.get_objects, (0,)))))",
        "set(map(id, gc.get_objects(0)))",
        ("tests/contract/test_compile_threads.py",),
    ),
    Fault(
        "pointers of ctypes are compared as numbers",
        "minitorch/compiler/guards/c_objects.py",
        "return ctypes.sizeof(value) <= MAX_BYTES and not has_pointers(type(value))",
        "return ctypes.sizeof(value) <= MAX_BYTES",
        (*GUARDS, "tests/contract/test_silence_c_objects.py"),
    ),
    Fault(
        "bytes of a buffer are compared by their number",
        PARTS,
        "return content_of(self.holder) == self.content",
        "return len(content_of(self.holder)) == len(self.content)",
        (*ARRAYS, "tests/contract/test_silence_c_objects.py"),
    ),
    Fault(
        "elements that are true of each other are one key",
        PARTS,
        "self.keys[type(key), key] = key\n",
        "self.keys[type(key), key] = 0\n",
        GUARDS,
    ),
    Fault("absent keys come to a dict unseen", MEMORY, "    if not are_absent:\n", "    if True:\n", REPLACED),
    Fault(
        "an attribute gets another name unseen",
        MEMORY,
        "entries.key_places[name]",
        "entries.places[name]",
        REPLACED,
    ),
    Fault(
        "entries that popitem takes back are counted",
        "minitorch/machine_code/llvm/cpython_layout.py",
        "return keys + ROOM, count,",
        "return keys + ENTRIES_COUNT, count,",
        REPLACED,
    ),
    Fault(
        "the class of a class changes unseen",
        SNAPSHOTS,
        "[type(holder), *holder.__mro__]",
        "[*holder.__mro__]",
        REPLACED,
    ),
    Fault(
        "special methods are functions",
        SNAPSHOTS,
        "return is_code(value) or callable(value) or isinstance(value, functools.partialmethod)",
        "return is_code(value)",
        REPLACED,
    ),
    Fault(
        "a method of a class in a loop is a function or none",
        "minitorch/compiler/structural/values/class_comparisons.py",
        'raise Refused(f"a method {name!r} that is no function")',
        "return None",
        REPLACED,
    ),
    Fault("a partial that is called is not read", CALLS, "self.reads.note(PartialFields, callee)", "pass", REPLACED),
    Fault("a weak reference is not read", CALLS, "self.reads.note(Referent, callee)", "pass", REPLACED),
    Fault(
        "issubclass does not read bases",
        CALLS,
        "                self.reads.special_methods(value)\n",
        "                pass\n",
        REPLACED,
    ),
    Fault(
        "a match does not read the class",
        "minitorch/compiler/capture/read_watch.py",
        "self.calls.classes_of(subject)",
        "pass",
        REPLACED,
    ),
    Fault(
        "special methods of the class of a class are not read",
        "minitorch/compiler/guards/reads.py",
        "            self.special_methods(type(cls))\n",
        "            pass\n",
        REPLACED,
    ),
]
