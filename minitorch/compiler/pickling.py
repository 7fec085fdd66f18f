"""Compiled functions for other processes: by name where they can be imported, else made again of what made them.

    in a module                           a name, as for any function
    in a script, a notebook, a closure    the plain function as cloudpickle takes it, and the source that it came from

However often one arrives in a process, it is compiled there once: a cluster sends it along with every task.
"""

from __future__ import annotations

import hashlib
import io
import linecache
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

from minitorch.compiler.function import CompiledFunction
from minitorch.compiler.task import Mode
from minitorch.tracing.tracer import converter

__all__ = ["reduced"]

MOST_KEPT: Final = 64
"""Of functions that arrived, more are kept only as long as somebody else keeps them."""


class Message(NamedTuple):
    """A function on its way.

    Args:
        data: the function, pickled.
        sources: the texts of the files that its code is from, by their names.
    """

    data: bytes
    sources: dict[str, str]

    def digest(self) -> bytes:
        """Return what is equal for equal messages."""
        digest = hashlib.blake2b(self.data)
        for part in sorted(self.sources.items()):
            digest.update(repr(part).encode())
        return digest.digest()


known: WeakValueDictionary[bytes, CompiledFunction] = WeakValueDictionary()
"""Functions that were sent or arrived, by the digests of their messages."""

messages: WeakKeyDictionary[CompiledFunction, Message] = WeakKeyDictionary()
"""The messages of functions that arrived, to be passed on as they are."""

kept: deque[CompiledFunction] = deque(maxlen=MOST_KEPT)
lock: Final = threading.Lock()


def reduced(function: CompiledFunction) -> Any:
    """Return what pickle is to keep of a compiled function.

    >>> import pickle
    >>> from minitorch.compiler.function import CompiledFunction
    >>> from minitorch.operators import sigmoid
    >>> function = CompiledFunction(sigmoid)
    >>> pickle.loads(pickle.dumps(function)) is function
    True
    """
    if is_importable(function):
        return function.__qualname__
    message = messages.get(function)
    if message is None:
        message = message_of(function)
        with lock:
            known[message.digest()] = function
    return arrived, tuple(message)


def is_importable(function: CompiledFunction) -> bool:
    """Whether a function is found by its name in other processes, too."""
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function and not travels_by_value(function.__module__)


def travels_by_value(module: str) -> bool:
    """Whether cloudpickle, if it is there, takes the functions of a module by value."""
    cloudpickle = sys.modules.get("cloudpickle")
    if cloudpickle is None:
        return False
    by_value: set[str] = {"__main__", *cloudpickle.list_registry_pickle_by_value()}
    return not by_value.isdisjoint(packages_of(module))


def packages_of(module: str) -> Iterator[str]:
    """Give the name of a module, and those of the packages around it.

    >>> list(packages_of("pump.parts.wheel"))
    ['pump.parts.wheel', 'pump.parts', 'pump']
    """
    while module:
        yield module
        module = module.rpartition(".")[0]


# -- on the way out ----------------------------------------------------------------------------------------------------


def message_of(function: CompiledFunction) -> Message:
    """Pickle what a function is made of, and what that refers to."""
    cloudpickle = sys.modules.get("cloudpickle")
    base: Any = pickle.Pickler if cloudpickle is None else cloudpickle.CloudPickler
    files: set[str] = set()

    class Packer(base):  # type: ignore[misc]
        """Takes compiled functions apart, which may refer to each other and to themselves."""

        def reducer_override(self, value: Any) -> Any:
            if issubclass(type(value), CompiledFunction) and not is_importable(value):
                return blank, (), ingredients(value), None, None, fill
            if cloudpickle is None:
                return NotImplemented
            if type(value) is CodeType:
                files.add(value.co_filename)
                # cloudpickle forgets the file, without which there is no source.  Plain code is the same before calls
                # and after them.
                plain = converter.plain_code(value)
                return code_of_file, (value.co_filename, *self.dispatch_table[CodeType](plain))
            return super().reducer_override(value)

    buffer = io.BytesIO()
    Packer(buffer).dump(function)
    texts = {file: "".join(linecache.getlines(file)) for file in files}
    return Message(buffer.getvalue(), {file: text for file, text in texts.items() if text})


def ingredients(function: CompiledFunction) -> tuple[Any, ...]:
    """Return the arguments that make a compiled function again."""
    task = function.tasks[Mode.VALUE]
    return function.plain, function.argnums, task.fastmath, *task.limits


# -- where it arrives --------------------------------------------------------------------------------------------------


def arrived(data: bytes, sources: dict[str, str]) -> CompiledFunction:
    """Return the function of a message, made when it arrives for the first time."""
    message = Message(data, sources)
    key = message.digest()
    function = known.get(key)
    if function is None:
        show(sources)
        made: CompiledFunction = pickle.loads(data)
        with lock:
            # Another thread may have been faster.
            function = known.setdefault(key, made)
            messages[function] = message
            kept.append(function)
    return function


def show(sources: dict[str, str]) -> None:
    """Put texts where tracing looks for source: the files may not be here, or be other ones."""
    for file, text in sources.items():
        if "".join(linecache.getlines(file)) != text:
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


def code_of_file(file: str, make: Callable[..., CodeType], arguments: tuple[Any, ...]) -> CodeType:
    """Make code that says which file it is from."""
    return make(*arguments).replace(co_filename=file)


def blank() -> CompiledFunction:
    """Return a function that has yet to get what it is made of."""
    return CompiledFunction.__new__(CompiledFunction)


def fill(function: CompiledFunction, made_of: tuple[Any, ...]) -> None:
    """Make a function of its ingredients."""
    CompiledFunction.__init__(function, *made_of)
