"""Compiled functions for other processes: by name where they can be imported, else by what makes them again.

    in a module                           a name, as for any function
    in a script, a notebook, a closure    the plain function as cloudpickle takes it, and the source that it came from

However often one arrives in a process, it is compiled there once: a cluster sends it along with every task. What makes
a class portable in this way is its base `Portable`.
"""

from __future__ import annotations

import functools
import hashlib
import io
import linecache
import pickle
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

from minitorch.tracing.tracer import converter
from minitorch.transformer import taken

__all__ = ["Portable"]

MAX_KEPT_FUNCTIONS: Final = 64
"""Of functions that arrived, more are kept only as long as somebody else keeps them."""


class Portable(ABC):
    """A function that is pickled by name where others can import it, else by the arguments that make it again.

    >>> import minitorch, pickle
    >>> function = minitorch.compile(minitorch.operators.sigmoid)
    >>> isinstance(function, Portable), pickle.loads(pickle.dumps(function)) is function
    (True, True)
    """

    __qualname__: str

    @abstractmethod
    def ingredients(self) -> tuple[type[Portable], tuple[Any, ...]]:
        """Return the class and the arguments that make the function again."""

    def __reduce__(self) -> Any:
        """Return what pickle is to keep of the function: its name, or a message."""
        return reduced(self)


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


known: WeakValueDictionary[bytes, Portable] = WeakValueDictionary()
"""Functions that were sent or arrived, by the digests of their messages."""

messages: WeakKeyDictionary[Portable, Message] = WeakKeyDictionary()
"""The messages of functions that arrived, to be passed on as they are."""

kept: deque[Portable] = deque(maxlen=MAX_KEPT_FUNCTIONS)
lock: Final = threading.Lock()


def reduced(function: Portable) -> Any:
    """Return what pickle is to keep of a function."""
    if is_importable(function):
        return function.__qualname__
    message = messages.get(function)
    if message is None:
        message = message_of(function)
        with taken(lock):
            known[message.digest()] = function
    return arrived, tuple(message)


def is_importable(function: Portable) -> bool:
    """Return whether a function is found by its name in other processes, too."""
    namesake: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        namesake = getattr(namesake, name, None)
    return namesake is function and not travels_by_value(function.__module__)


def travels_by_value(module: str) -> bool:
    """Return whether cloudpickle, if it is there, takes the functions of a module by value."""
    cloudpickle = sys.modules.get("cloudpickle")
    if cloudpickle is None:
        return False
    by_value: set[str] = {"__main__", *cloudpickle.list_registry_pickle_by_value()}
    return not by_value.isdisjoint(packages_of(module))


def packages_of(module: str) -> Iterator[str]:
    """Yield the name of a module, and those of the packages around it.

    >>> list(packages_of("pump.parts.wheel"))
    ['pump.parts.wheel', 'pump.parts', 'pump']
    """
    while module:
        yield module
        module = module.rpartition(".")[0]


# -- on the way out ----------------------------------------------------------------------------------------------------


def message_of(function: Portable) -> Message:
    """Return what a function is made of as a message, with the sources of the code in it."""
    cloudpickle = sys.modules.get("cloudpickle")
    base: Any = pickle.Pickler if cloudpickle is None else cloudpickle.CloudPickler
    files: set[str] = set()

    class Packer(base):  # type: ignore[misc]
        """Takes compiled functions apart, which may refer to each other and to themselves."""

        def reducer_override(self, value: Any) -> Any:
            if issubclass(type(value), Portable) and not is_importable(value):
                cls, arguments = value.ingredients()
                return blank, (cls,), arguments, None, None, fill
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


# -- where it arrives --------------------------------------------------------------------------------------------------


def arrived(data: bytes, sources: dict[str, str]) -> Portable:
    """Return the function of a message, a new one when it arrives for the first time."""
    message = Message(data, sources)
    key = message.digest()
    function = known.get(key)
    if function is None:
        unpickled: Portable = Opener(io.BytesIO(data), show(sources)).load()
        with taken(lock):
            # Another thread may have been faster.
            function = known.setdefault(key, unpickled)
            messages[function] = message
            kept.append(function)
    return function


class Opener(pickle.Unpickler):
    """Reads a message.

    Args:
        buffer: the data.
        names: what its files are called here.
    """

    def __init__(self, buffer: io.BytesIO, names: dict[str, str]) -> None:
        super().__init__(buffer)
        self.names = names

    def find_class(self, module: str, name: str) -> Any:
        """Return what a message calls; code is told the name of its file."""
        found = super().find_class(module, name)
        return functools.partial(code_of_file, names=self.names) if found is code_of_file else found


def show(sources: dict[str, str]) -> dict[str, str]:
    """Put texts where tracing looks for source: the files may not be here, or be other ones, which stay what they are.

    Returns:
        The names under which the texts are found.
    """
    names = {}
    for file, text in sources.items():
        linecache.checkcache(file)
        own = "".join(linecache.getlines(file))
        name = file
        if own and own != text:
            digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
            name = f"{file} [sent, {digest}]"
        if own != text:
            linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        names[file] = name
    return names


def code_of_file(
    file: str, make: Callable[..., CodeType], arguments: tuple[Any, ...], names: dict[str, str] | None = None
) -> CodeType:
    """Make code that says which file it is from.

    Args:
        file: the name of the file where the code was sent.
        make: makes the code without it.
        arguments: what it is called with.
        names: the names of files here.
    """
    return make(*arguments).replace(co_filename=(names or {}).get(file, file))


def blank(cls: type[Portable]) -> Portable:
    """Return a function without its arguments, which `fill` adds."""
    return cls.__new__(cls)


def fill(function: Portable, arguments: tuple[Any, ...]) -> None:
    """Initialize a blank function with its arguments."""
    type(function).__init__(function, *arguments)
