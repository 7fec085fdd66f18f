"""LLVM at work: from the text of a module to machine code in memory, which lives as long as somebody holds its engine.

    define i64 @answer() { ret i64 42 }      →      Engine(text).address("answer")

LLVM's back end alone runs: what the optimiser would do for these programs, merging equal operations and dropping dead
ones, is done while they are written, and its pass managers leak in llvmlite.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.half_done import kept_if_half_done
from minitorch.machine_code.llvm.symbols import provide
from minitorch.transformer import taken

__all__ = [
    "Engine",
    "Lease",
    "c_method",
    "close_unused",
    "fuses_multiplication",
    "is_making_code",
    "is_started",
    "kept_code",
    "machine_digest",
    "optimisation_cost",
    "widest_vector",
]

MAX_OPTIMISED_LINES: Final = 100_000
"""Text of more lines is compiled without optimisation: slower code is better than seconds of waiting."""

LINE_NANOSECONDS: Final = 50_000
"""About what optimised code takes to make, for each line of text; without optimisation it is a fifth."""


MAKING: Final[Any] = threading.RLock()
"""Is held by the thread that makes machine code."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=MAKING._at_fork_reinit)


def is_making_code() -> bool:
    """Return whether this thread is about to make machine code, and what it now does has interrupted it there.

    So it is in the handler of a signal, and in finalizers. More code can't be made then: that which it would call may
    be half done.

    >>> is_making_code()
    False
    """
    is_owned: bool = MAKING._is_owned()
    return is_owned


@functools.cache
@kept_if_half_done()
def target() -> Any:
    """Return the target that LLVM makes code for: this process."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple())


def is_started() -> bool:
    """Return whether LLVM has got ready to make code, which takes it some time."""
    return target.cache_info().currsize > 0


@functools.cache
@kept_if_half_done()
def processor() -> tuple[str, dict[str, bool]]:
    """Return the name of this processor and which of its features are usable."""
    import llvmlite.binding as llvm

    target()
    try:
        features = dict(llvm.get_host_cpu_features())
    except RuntimeError:
        features = {}
    return llvm.get_host_cpu_name(), features


def machine(level: int) -> Any:
    """Return a target machine for this processor, which does not fuse or reorder what the text does not let it.

    Args:
        level: how much the back end optimises, from 0 to 3.
    """
    return target().create_target_machine(opt=level, jit=True, **machine_options())


def machine_options() -> dict[str, str]:
    """Return what machines of all levels have in common."""
    name, features = processor()
    flags = ",".join(("+" if usable else "-") + feature for feature, usable in features.items())
    return {"cpu": name, "features": flags, "reloc": "pic", "codemodel": "jitdefault"}


kept_machine = functools.cache(machine)
"""One machine per level to compile with; an engine needs one of its own, which goes with it."""


@functools.cache
@kept_if_half_done()
def machine_digest() -> str:
    """Return what tells the machine code that is made here from that of other processors, LLVMs and Pythons."""
    import llvmlite
    import llvmlite.binding as llvm

    known = (llvmlite.__version__, llvm.llvm_version_info, sys.version, llvm.get_process_triple(), machine_options())
    return hashlib.sha256(repr(known).encode()).hexdigest()


def fuses_multiplication() -> bool:
    """Whether this processor computes x * y + z with a single rounding."""
    _, features = processor()
    return bool(features.get("fma") or features.get("neon"))


def widest_vector() -> int:
    """How many floats this processor computes at once.

    >>> widest_vector() in (2, 4, 8)
    True
    """
    _, features = processor()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


contexts: Final[dict[int, Any]] = {}
"""Contexts that are in use. What an error leaves behind is freed by the garbage collector, in any order: a context must
not go before what is in it, even if a signal's handler raises while machine code is made."""


def object_code(text: str, level: int, verified: bool) -> bytes:
    """Return the machine code of a module, as an object file."""
    import llvmlite.binding as llvm

    compiler = kept_machine(level)
    # Constants live as long as their context does: with one of its own a module leaves nothing behind.
    with own_context() as context, llvm.parse_assembly(text, context) as module:
        module.triple = compiler.triple
        module.data_layout = str(compiler.target_data)
        if verified:
            module.verify()
        code: bytes = compiler.emit_object(module)
    return code


@contextlib.contextmanager
def own_context() -> Iterator[Any]:
    """Make a context of LLVM's, which lasts as long as this, and for good where something is raised.

    What is in it may be anywhere then, on the way to a name too, and must not outlive it.
    """
    import llvmlite.binding as llvm

    context = llvm.create_context()
    contexts[id(context)] = context
    yield context
    close_context(context)


def close_context(context: Any) -> None:
    """Free a context, in which there must be nothing any more."""
    context.close()
    contexts.pop(id(context), None)


def cache_key(text: str, level: int) -> str:
    """Return what machine code of a text is kept under on disk."""
    return f"{machine_digest()} {level} {text}"


def optimisation_cost(text: str) -> int | None:
    """Return about how many nanoseconds optimised code of a text takes to make; `None` if it is never optimised.

    >>> optimisation_cost("define void @nothing() {\\n  ret void\\n}\\n")
    150000
    """
    lines = text.count("\n")
    return None if lines > MAX_OPTIMISED_LINES else LINE_NANOSECONDS * lines


def best_level(text: str) -> int:
    """Return how much machine code of a text is optimised at most."""
    return 0 if optimisation_cost(text) is None else 2


def kept_code(text: str, cache: DiskCache) -> tuple[int, bytes] | None:
    """Return the best machine code of a text that is on disk, its level first; `None` if there is none."""
    for level in dict.fromkeys((best_level(text), 0)):
        kept = cache.load(cache_key(text, level))
        if kept is not None:
            return level, kept
    return None


def made_or_kept(text: str, wanted: int, verified: bool, cache: DiskCache | None) -> tuple[int, bytes]:
    """Return machine code of a text and its level: what is on disk if that is as good as what is wanted."""
    kept = None if cache is None else kept_code(text, cache)
    if kept is not None and kept[0] >= wanted:
        return kept
    made = object_code(text, wanted, verified)
    if cache is not None:
        cache.store(cache_key(text, wanted), made)
    return wanted, made


class Engine:
    """Machine code in memory; it is freed with the object.

    Args:
        text: a module in LLVM's assembly language; what it declares must be known to `symbols`. It names no addresses
            of this process, which `fill` puts in places that the text defines (see `symbols.slot`).
        verified: whether LLVM looks for mistakes in it, as code with loops may have them.
        cache: where machine code of this text may be on disk, or is put.
        is_optimised: whether the code is to be fast, rather than soon there; what is found on disk may be fast anyway.
        code: what `kept_code` has returned, if it is to be no other.
        defined: the names of functions of libraries that whoever makes it defines.

    Attributes:
        is_optimised: whether there is no faster code of this text.
        size: of the machine code, in bytes.
        keeps: what the code needs for as long as it lives.

    >>> import ctypes
    >>> engine = Engine("define double @twice(double %x) { %y = fadd double %x, %x ret double %y }")
    >>> ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(engine.address("twice"))(21.0)
    42.0
    """

    def __init__(
        self,
        text: str,
        verified: bool = False,
        cache: DiskCache | None = None,
        is_optimised: bool = True,
        code: tuple[int, bytes] | None = None,
        defined: Collection[str] = (),
    ) -> None:
        import llvmlite.binding as llvm

        close_unused()
        with taken(MAKING), kept_if_half_done():
            best = best_level(text)
            level, data = code or made_or_kept(text, best if is_optimised else 0, verified, cache)
            self.is_optimised = level == best
            provide(text, self.is_optimised, cache, defined)
            self.context = llvm.create_context()
            contexts[id(self.context)] = self.context
            self.executor = llvm.create_mcjit_compiler(llvm.parse_assembly("", self.context), machine(0))
            self.executor.add_object_file(llvm.ObjectFileRef.from_data(data))
            self.executor.finalize_object()
        self.size = len(data)
        self.keeps: list[Any] = []

    def address(self, name: str) -> int:
        """Return the address of a function.

        Args:
            name: its name in the text.
        """
        return int(self.executor.get_function_address(name))

    def fill(self, slot: str, address: int) -> None:
        """Put an address in a place of the code for one.

        Args:
            slot: its name in the text.
            address: the address.

        Raises:
            KeyError: the text defines no such place.
        """
        place = int(self.executor.get_global_value_address(slot))
        if not place:
            raise KeyError(slot)
        ctypes.c_void_p.from_address(place).value = address

    @kept_if_half_done()
    def close(self) -> None:
        """Free the code; nobody may call it any more."""
        self.executor.close()
        close_context(self.context)


engines: Final[dict[int, Engine]] = {}

unused: Final[list[Any]] = []
"""Leases that nobody has any more."""


def close_unused() -> None:
    """Close the engines of leases that nobody has any more, which is done before another one is made.

    Not as a lease goes: in Python code that runs then, what the handler of a signal raises is lost; and as the process
    ends, a thread may have been stopped for ever that has LLVM's lock.
    """
    with contextlib.suppress(IndexError):
        while True:
            # Another one could have its place, once it is gone.
            lease = unused.pop()
            engines.pop(id(lease)).close()


def c_method(function: Callable[[Any], object]) -> Any:
    """Return a C function of one argument as a method that runs no Python code."""
    if not hasattr(ctypes, "pythonapi"):
        return lambda self: function(self)
    make = ctypes.pythonapi.PyInstanceMethod_New
    make.restype, make.argtypes = ctypes.py_object, (ctypes.py_object,)
    return make(function)


class Lease(str):
    """Keeps an engine until the last reference to it is gone; a text, since C functions hold one: their module's name.

    The garbage collector runs `__del__` of everything in a cycle and clears its members before it frees anything, so
    code could go that another `__del__` still calls, and the definition that the collector itself reads of a builtin.
    So it is told not to look after a Lease, which goes with its last holder; the engine is closed some time later.

    Args:
        text: the text.
        engine: what it keeps; it is closed by `close_unused` when nobody has the lease.

    >>> lease = Lease("examples", Engine("define void @nothing() { ret void }"))
    >>> lease.engine.address("nothing") > 0
    True
    >>> import gc
    >>> gc.is_tracked(lease)
    False
    """

    __slots__ = ()

    __del__ = c_method(unused.append)

    def __new__(cls, text: str, engine: Engine) -> Lease:
        """Make the text, and keep its engine as long as that lives."""
        lease = super().__new__(cls, text)
        ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(lease))
        engines[id(lease)] = engine
        return lease

    @property
    def engine(self) -> Engine:
        """The engine that is kept."""
        return engines[id(self)]
