"""What of CPython's own tests fails on newer Pythons for what it reads or counts in rewritten code, and why."""

from __future__ import annotations

from typing import Final

SPECIALISED: Final = "reads the specialised instructions of functions, of which rewritten ones have two bodies"

EXCLUSIONS: Final[dict[str, str]] = {
    "test.test_dis.*": "takes one of the constants of a function by its place for an inner function's code, on import",
    "test.test_opcache.TestSpecializer.test_binary_op": SPECIALISED,
    "test.test_opcache.TestSpecializer.test_binary_subscr": SPECIALISED,
    "test.test_opcache.TestSpecializer.test_call_list_append": SPECIALISED,
    "test.test_opcache.TestSpecializer.test_load_super_attr": SPECIALISED,
    "test.test_pyexpat.*": "has the next ten allocations fail, of which the traced call does some: the file ends there",
    "test.test_patma.TestPatma.test_patma_232": "an object that says to be equal to everything matches `case True` in "
    "traced code: what stands for the truth of a comparison there is no bool, and is found by comparing",
}
"""The reasons by patterns of the tests' names."""
