"""What each instruction of code reads, and where on the evaluation stack that is.

    x * TABLE[i]       LOAD_GLOBAL TABLE   GLOBAL         the name in the globals
                       BINARY_OP []        ELEMENT        one element of what lies below the key
                       CALL 2              CALL           what the callee reads of two arguments

Instructions that only move values read nothing of them. One that is not known here reads all that it may take.
"""

from __future__ import annotations

import dis
import functools
import opcode
import sys
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from types import CodeType
from typing import Any, Final, NamedTuple

__all__ = ["Access", "Step", "steps_of"]


class Access(Enum):
    """The ways in which instructions read."""

    GLOBAL = auto()
    IMPORT = auto()
    CELL = auto()
    ATTRIBUTE = auto()
    ATTRIBUTE_OF_SUPER = auto()
    ELEMENT = auto()
    STORED_ELEMENT = auto()
    SLICE = auto()
    MEMBERSHIP = auto()
    ITERATION = auto()
    NEXT = auto()
    TRUTH = auto()
    LENGTH = auto()
    PATTERN = auto()
    OPERANDS = auto()
    CALL = auto()
    NOTHING = auto()


class Step(NamedTuple):
    """What is looked at before an instruction.

    Args:
        access: how it reads.
        argument: a name, or the number that the instruction has.
        depth: how many values are on the evaluation stack.
        taken: how many of them it takes.
        after: how far down the one lies that has just been made, 1 for the uppermost; 0 if none has.
    """

    access: Access
    argument: Any
    depth: int
    taken: int
    after: int


HAS_INDEX: Final = sys.version_info >= (3, 15)
"""Whether an iterator on the stack has its index above it: lists and tuples are gone through without another object."""

COUNTS: Final = {
    Access.GLOBAL: 0, Access.IMPORT: 2, Access.CELL: 0, Access.ATTRIBUTE: 1, Access.ATTRIBUTE_OF_SUPER: 3,
    Access.ELEMENT: 2, Access.STORED_ELEMENT: 2, Access.SLICE: 3, Access.MEMBERSHIP: 2, Access.ITERATION: 1,
    Access.NEXT: 1 + HAS_INDEX, Access.TRUTH: 1, Access.LENGTH: 1, Access.PATTERN: 3, Access.NOTHING: 0,
}  # fmt: skip
"""How many values an instruction takes from the stack; for operands and calls it differs."""

ACCESSES: Final = {
    Access.GLOBAL: "LOAD_GLOBAL LOAD_NAME STORE_GLOBAL DELETE_GLOBAL LOAD_FROM_DICT_OR_GLOBALS",
    Access.IMPORT: "IMPORT_NAME",
    Access.CELL: "LOAD_DEREF LOAD_CLASSDEREF LOAD_FROM_DICT_OR_DEREF STORE_DEREF DELETE_DEREF",
    Access.ATTRIBUTE: "LOAD_ATTR LOAD_METHOD STORE_ATTR DELETE_ATTR IMPORT_FROM",
    Access.ATTRIBUTE_OF_SUPER: "LOAD_SUPER_ATTR",
    Access.ELEMENT: "BINARY_SUBSCR",
    Access.STORED_ELEMENT: "STORE_SUBSCR DELETE_SUBSCR",
    Access.SLICE: "BINARY_SLICE STORE_SLICE",
    Access.MEMBERSHIP: "CONTAINS_OP",
    Access.ITERATION: "GET_ITER GET_YIELD_FROM_ITER LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE UNPACK_SEQUENCE "
                      "UNPACK_EX",
    Access.NEXT: "FOR_ITER",
    Access.TRUTH: "UNARY_NOT TO_BOOL JUMP_IF_TRUE_OR_POP JUMP_IF_FALSE_OR_POP POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE "
                  "POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE "
                  "POP_JUMP_BACKWARD_IF_FALSE",
    Access.LENGTH: "GET_LEN",
    Access.PATTERN: "MATCH_CLASS",
    Access.CALL: "CALL_FUNCTION CALL_METHOD CALL_FUNCTION_KW CALL_FUNCTION_EX CALL_KW PRECALL"
                 + (" CALL" if sys.version_info >= (3, 12) else ""),
    Access.NOTHING: "LOAD_CONST LOAD_CLOSURE DELETE_FAST POP_TOP POP_BLOCK POP_EXCEPT SWAP COPY NOP RESUME CACHE "
                    "KW_NAMES RERAISE RAISE_VARARGS GEN_START EXTENDED_ARG IS_OP LIST_APPEND SET_ADD MAP_ADD "
                    "LIST_TO_TUPLE CHECK_EXC_MATCH PUSH_NULL PUSH_EXC_INFO COPY_FREE_VARS SEND LOAD_LOCALS "
                    "LOAD_BUILD_CLASS LOAD_ASSERTION_ERROR WITH_EXCEPT_START YIELD_VALUE YIELD_FROM "
                    "POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE "
                    "POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE JUMP_IF_NOT_EXC_MATCH STORE_NAME "
                    "LOAD_SMALL_INT LOAD_COMMON_CONSTANT NOT_TAKEN POP_ITER EXIT_INIT_CHECK "
                    "DELETE_NAME COPY_DICT_WITHOUT_KEYS INTERPRETER_EXIT CLEANUP_THROW SETUP_ANNOTATIONS "
                    "SETUP_FINALLY ASYNC_GEN_WRAP SET_FUNCTION_ATTRIBUTE CALL",
}  # fmt: skip

MOVING: Final = ("LOAD_FAST", "STORE_FAST", "ROT_", "DUP_", "MAKE_", "RETURN_", "JUMP_", "BUILD_", "END_")
"""What the names of other instructions begin with that only move values, or make something of them."""

BY_NAME: Final = {name: access for access in reversed(ACCESSES) for name in ACCESSES[access].split()}

MAKING: Final = frozenset({Access.ATTRIBUTE, Access.ELEMENT, Access.SLICE, Access.ITERATION, Access.OPERANDS,
                           Access.CALL})  # fmt: skip
"""Accesses whose result may be a new object."""

MAKING_NAMES: Final = frozenset({"BUILD_MAP", "BUILD_CONST_KEY_MAP", "COPY_DICT_WITHOUT_KEYS"})

SUBSCRIPT: Final = next((code for code, names in enumerate(getattr(opcode, "_nb_ops", ())) if names[1] == "[]"), -1)
"""The number that an operator has which takes an element; -1 up to Python 3.13, where it is an instruction."""

BELOW_ARGUMENTS: Final = {"CALL_FUNCTION": 1, "CALL_FUNCTION_KW": 2, "CALL_METHOD": 2, "PRECALL": 2, "CALL": 2,
                          "CALL_KW": 3}  # fmt: skip
"""How many values a call takes besides its arguments: the callee, perhaps the names of arguments, perhaps a null."""


BEGINNING: Final = frozenset({"RETURN_GENERATOR", "POP_TOP", "RESUME"})
"""What stands before the loop of a generator expression whose iterator was made when that was; what comes before
has run when it begins, and only then is it looked at."""


def access_of(name: str) -> Access:
    """Return how an instruction reads.

    >>> access_of("BINARY_SUBSCR").name, access_of("LOAD_FAST").name, access_of("BINARY_OP").name
    ('ELEMENT', 'NOTHING', 'OPERANDS')
    """
    if name in BY_NAME:
        return BY_NAME[name]
    return Access.NOTHING if name.startswith(MOVING) else Access.OPERANDS


def name_of(instruction: dis.Instruction) -> str:
    """Return the name of an instruction, which is one of its own for the operator that takes an element."""
    is_subscript = instruction.opname == "BINARY_OP" and instruction.arg == SUBSCRIPT
    return "BINARY_SUBSCR" if is_subscript else instruction.opname


def count_of(access: Access, instruction: dis.Instruction, depth: int) -> int:
    """Return how many values an instruction takes from the stack."""
    if access is Access.OPERANDS:
        argument = instruction.arg if instruction.opcode >= dis.HAVE_ARGUMENT else None
        taken = 2 if instruction.opname == "MATCH_KEYS" else 1 - dis.stack_effect(instruction.opcode, argument)
        return min(depth, max(taken, 1))
    if access is not Access.CALL:
        return COUNTS[access]
    if instruction.opname == "CALL_FUNCTION_EX":
        # From Python 3.14 on there is a null where no argument has a name.
        has_names = sys.version_info >= (3, 14) or (instruction.arg or 0) % 2
        return (2 if sys.version_info < (3, 11) else 3) + has_names
    return BELOW_ARGUMENTS[instruction.opname] + (instruction.arg or 0)


def argument_of(instruction: dis.Instruction) -> Any:
    """Return the name that an instruction has, or its number."""
    access = access_of(name_of(instruction))
    if access in (Access.ATTRIBUTE, Access.GLOBAL, Access.IMPORT, Access.ATTRIBUTE_OF_SUPER):
        return instruction.argval
    return instruction.opname if access in (Access.CALL, Access.STORED_ELEMENT) else instruction.arg


@functools.lru_cache(maxsize=10_000)
def steps_of(code: CodeType) -> dict[int, Step]:
    """Return what is to be looked at in code, by the offset of the instruction."""
    steps: dict[int, Step] = {}
    # To take code apart takes longer than anything else here.
    instructions = list(dis.get_instructions(code))
    depths = stack_depths(code, instructions)
    after = 0
    for instruction in instructions:
        name, depth = name_of(instruction), depths.get(instruction.offset)
        if name in ("CACHE", "EXTENDED_ARG") or depth is None or (after > 1 and name in BEGINNING):
            continue
        access = access_of(name)
        if access is not Access.NOTHING or after:
            count = count_of(access, instruction, depth)
            steps[instruction.offset] = Step(access, argument_of(instruction), depth, count, min(after, depth))
        # In Python 3.11 what PRECALL reads is called by the instruction that follows.
        after = int((access in MAKING and name != "PRECALL") or name in MAKING_NAMES or name == "CALL")
        after += HAS_INDEX and name == "GET_ITER"
    return steps


def stack_depths(code: CodeType, instructions: Sequence[dis.Instruction]) -> dict[int, int]:
    """Return how many values are on the evaluation stack before each instruction that can be reached, by its offset."""
    numbers = {instruction.offset: number for number, instruction in enumerate(instructions)}
    depths: dict[int, int] = {}
    pending = list(entries_of(code))
    while pending:
        offset, depth = pending.pop()
        for instruction in instructions[numbers[offset] :]:
            if instruction.offset in depths:
                break
            depths[instruction.offset] = depth
            argument = instruction.arg if instruction.opcode >= dis.HAVE_ARGUMENT else None
            if instruction.opcode in JUMPS:
                effect = dis.stack_effect(instruction.opcode, argument, jump=True)
                pending.append((instruction.argval, depth + effect))
            if instruction.opname in ENDS:
                break
            if instruction.opname == "RETURN_GENERATOR":
                # In Python 3.15 the iterator of a generator expression is on the stack already.
                depth += 1
            else:
                depth += dis.stack_effect(instruction.opcode, argument, jump=False)
    return depths


JUMPS: Final = frozenset({*dis.hasjrel, *dis.hasjabs} - {dis.opmap.get("END_ASYNC_FOR")})
"""Instructions that jump; the end of an asynchronous loop names where it has come from."""
ENDS: Final = frozenset(
    "RETURN_VALUE RETURN_CONST RAISE_VARARGS RERAISE JUMP_FORWARD JUMP_ABSOLUTE JUMP_BACKWARD "
    "JUMP_BACKWARD_NO_INTERRUPT".split()
)

GENERATORS: Final = 0x20 | 0x80 | 0x200
"""Flags of the code of generators and coroutines."""


def entries_of(code: CodeType) -> Iterator[tuple[int, int]]:
    """Yield the offsets where code begins and where it handles exceptions, with the depth of the stack there."""
    is_3_10 = sys.version_info < (3, 11)
    yield 0, int(is_3_10 and bool(code.co_flags & GENERATORS))
    if not is_3_10:
        for entry in dis._parse_exception_table(code):  # type: ignore[attr-defined]
            yield entry.target, entry.depth + entry.lasti + 1
