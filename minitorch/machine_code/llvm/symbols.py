"""What machine code calls, by the names under which LLVM finds it.

    libm.sin      the function that Python's `math` itself calls, so that results are the same to the last bit
    libmvec.sin   glibc's, for several numbers at once and within 4 units in the last place
    python.…      a Python callable, for what only Python computes so
    libc.malloc   the C library's other functions
    Py…           Python's C functions
    minitorch.…   functions of a library, compiled when they are first called (see `library`)

An address of one program alone, such as that of its counters, stands in a slot: the text defines a place for it, and
`Engine.fill` puts it there. So texts, and machine code, are the same in every process.

`libm.sin` and not `sin`: of a name that LLVM knows it would compute results itself, and not always the same ones.
"""

from __future__ import annotations

import ctypes
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from minitorch.machine_code.llvm.disk_cache import DiskCache

__all__ = [
    "address_in_libc",
    "define",
    "define_python_callable",
    "libc",
    "libm",
    "provide",
    "providers",
    "python_declarations",
    "slot",
    "vector_form",
]

LIBRARIES: Final = (None, "libm.so.6", "libSystem.dylib", "ucrtbase.dll")
"""Where the C library's mathematics may be: in this process as a rule."""

PYTHON_FUNCTIONS: Final = {
    "PyErr_Clear": "void ()",
    "PyErr_Occurred": "ptr ()",
    "PyFloat_AsDouble": "double (ptr)",
    "PyFloat_FromDouble": "ptr (double)",
    "PyGILState_Ensure": "i32 ()",
    "PyGILState_Release": "void (i32)",
    "PyLong_FromLongLong": "ptr (i64)",
    "PyObject_VectorcallDict": "ptr (ptr, ptr, i64, ptr)",
    "PyTuple_New": "ptr (i64)",
    "PyTuple_Size": "i64 (ptr)",
    "Py_DecRef": "void (ptr)",
}
"""Functions of Python's C interface, and the types of their results and arguments."""

PYTHON_OBJECTS: Final = ("PyBool_Type", "PyFloat_Type", "PyLong_Type", "_Py_NoneStruct")

VECTOR_FORMS: Final = {
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp", "exp2",
    "expm1", "log", "log10", "log1p", "log2", "pow", "sin", "sinh", "tan", "tanh",
}  # fmt: skip
"""What libmvec has from glibc 2.35 on."""

VECTOR_PREFIXES: Final = {2: "_ZGVbN2", 4: "_ZGVdN4", 8: "_ZGVeN8"}
"""How libmvec names a function for so many floats: with SSE4, AVX2, AVX-512."""


def define(name: str, address: int) -> str:
    """Make an address known to LLVM, and return its name."""
    import llvmlite.binding as llvm

    llvm.add_symbol(name, address)
    return name


providers: Final[dict[str, Callable[[Iterable[str], bool, DiskCache | None], None]]] = {}
"""By what their names begin with who compiles the functions of a library, given some of these names, whether they are
to be optimised and where the code that calls them is kept; `library.Library` fills it in when it is made."""

CALLED: Final = re.compile(r"@((\w+)\.\w+)\(")


def provide(text: str, is_optimised: bool, cache: DiskCache | None = None, defined: Collection[str] = ()) -> None:
    """Have the functions of libraries compiled that a text calls.

    Args:
        text: is about to be linked.
        is_optimised: whether it is optimised, so that they should be.
        cache: where it is kept.
        defined: the names of functions that whoever links it defines.
    """
    wanted = defaultdict(list)
    for name, prefix in dict.fromkeys(CALLED.findall(text)):
        if f"@{name}" not in defined:
            wanted[prefix].append(f"@{name}")
    for prefix in wanted.keys() & providers.keys():
        providers[prefix](wanted[prefix], is_optimised, cache)


def slot(name: str) -> str:
    """Return what defines a place for the address of something that one program alone uses.

    >>> slot("counters")
    '@counters = dso_local global ptr null'
    """
    return f"@{name} = dso_local global ptr null"


def address_of(pointer: Any) -> int:
    """Return the address of a C function."""
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    assert address is not None
    return address


@functools.cache
def libm(function: str) -> str:
    """Return the name of a function of the C library's mathematics.

    Raises:
        RuntimeError: if this system has no such function.

    >>> libm("sin")
    'libm.sin'
    """
    for library in LIBRARIES:
        try:
            return define(f"libm.{function}", address_of(getattr(ctypes.CDLL(library), function)))
        except (OSError, AttributeError, TypeError):
            continue
    raise RuntimeError(f"this system's C library has no {function}(); such functions can't be compiled here")


@functools.cache
def libc(function: str) -> str:
    """Return the name of a function of the C library."""
    return define(f"libc.{function}", address_in_libc(function))


def address_in_libc(function: str) -> int:
    """Return where a function of the C library is."""
    return address_of(getattr(ctypes.PyDLL(None), function))


@functools.cache
def libmvec() -> Any:
    """Return glibc's vector mathematics, None where there is none."""
    try:
        return ctypes.CDLL("libmvec.so.1")
    except OSError:
        return None


@functools.cache
def vector_form(function: str, lanes: int, arguments: int) -> str | None:
    """Return the name of a function for several floats at once, None where this system or processor has none."""
    library = libmvec()
    if library is None or function not in VECTOR_FORMS or lanes not in VECTOR_PREFIXES:
        return None
    pointer = getattr(library, f"{VECTOR_PREFIXES[lanes]}{'v' * arguments}_{function}", None)
    return None if pointer is None else define(f"libmvec.{function}.{lanes}", address_of(pointer))


@functools.cache
def python_declarations() -> dict[str, str]:
    """Make Python's C functions and objects known to LLVM, and return their declarations by name."""
    for name in PYTHON_FUNCTIONS:
        define(name, address_of(getattr(ctypes.pythonapi, name)))
    for name in PYTHON_OBJECTS:
        define(name, ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, name)))
    functions = {f"@{name}": f"declare {kind.replace('(', f'@{name}(')}" for name, kind in PYTHON_FUNCTIONS.items()}
    return functions | {f"@{name}": f"@{name} = external global i8" for name in PYTHON_OBJECTS}


kept_callables: dict[str, Callable[..., object]] = {}


def define_python_callable(name: str, function: Callable[..., object]) -> str:
    """Make a Python callable known to LLVM, for good, and return its name.

    Args:
        name: what it is called, the same for the same function.
        function: takes what the machine code gives it; floats, as a rule, of which it makes one.
    """
    if name not in kept_callables:
        # Last what says that it is done: a signal's handler may come here in between.
        define(f"python.{name}", id(function))
        kept_callables[name] = function
    return f"python.{name}"
