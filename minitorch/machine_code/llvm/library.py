"""Functions in LLVM's assembly language that much machine code calls, each compiled when some first calls it.

    library = Library("numbers", "define internal double @twice(double %x) { … }", dict)

Code that calls `@numbers.twice` has that compiled when it is linked, with what it calls itself (see `symbols.provide`).
For code that is not optimised it isn't either, since that takes four times as long; optimised code has it made again.
Where most of a call's time goes into loops of such functions (`hot`), these are optimised from the beginning.
"""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from minitorch.machine_code.llvm.disk_cache import DiskCache
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.symbols import define, providers
from minitorch.transformer import taken

__all__ = ["Library", "compiled_once"]

DEFINITION: Final = re.compile(r"^define (?:internal )?((\w+) @(\w+)\(([^)]*)\).*?^\}\n)", re.MULTILINE | re.DOTALL)
DECLARATION: Final = re.compile(r"^(?:declare .*?)(@[\"\w.]+).*$", re.MULTILINE)
ARGUMENT: Final = re.compile(r" %[\w.]+")
NAME: Final = re.compile(r"@[\"\w.]+")

kept: Final[list[Engine]] = []


def compiled_once(
    text: str,
    functions: Iterable[str],
    is_optimised: bool = True,
    cache: DiskCache | None = None,
    defined: Collection[str] = (),
) -> dict[str, int]:
    """Compile functions for good, and return their addresses.

    Args:
        text: defines them.
        functions: their names.
        is_optimised: as of `Engine`.
        cache: where they are kept if that can't be beside this file, which may be somebody else's.
        defined: as of `Engine`.
    """
    own = DiskCache(__file__)
    place = cache if cache is not None and not own.is_writable else own
    engine = Engine(text, cache=place, is_optimised=is_optimised, defined=defined)
    kept.append(engine)
    return {name: engine.address(name) for name in functions}


class Library:
    """Functions that are compiled for good when code first calls them.

    Args:
        prefix: what their names begin with where they are called.
        text: defines them, and declares some of what they call; they call each other by their names without the prefix.
        declares: makes known what else they call, and returns its declarations by name.
        hot: those that are always optimised.

    Attributes:
        compiled: which of them are compiled, and whether they are optimised.

    >>> library = Library("halves", "define internal double @half(double %x) {\\n  ret double %x\\n}\\n", dict)
    >>> library.declarations
    {'@halves.half': 'declare double @halves.half(double)'}
    """

    def __init__(
        self, prefix: str, text: str, declares: Callable[[], Mapping[str, str]], hot: Iterable[str] = ()
    ) -> None:
        self.prefix = prefix
        self.text = text
        self.declares = declares
        self.hot = {f"@{prefix}.{name}" for name in hot}
        self.compiled: dict[str, bool] = {}
        self.lock = threading.RLock()
        providers[prefix] = self.provide

    @functools.cached_property
    def definitions(self) -> dict[str, str]:
        """Their texts, by name."""
        found = DEFINITION.findall(self.text)
        own = {f"@{name}" for _, _, name, _ in found}
        return {
            f"@{self.prefix}.{name}": "define dso_local "
            + NAME.sub(lambda match: f"@{self.prefix}.{match[0][1:]}" if match[0] in own else match[0], text)
            for text, _, name, _ in found
        }

    @functools.cached_property
    def declarations(self) -> dict[str, str]:
        """What declares them, by name."""
        return {
            f"@{self.prefix}.{name}": f"declare {result} @{self.prefix}.{name}({ARGUMENT.sub('', given)})"
            for _, result, name, given in DEFINITION.findall(self.text)
        }

    def provide(self, names: Iterable[str], is_optimised: bool, cache: DiskCache | None = None) -> None:
        """Have functions compiled that were not yet, or not so well.

        Args:
            names: what they are called, with the prefix.
            is_optimised: whether they are to be fast.
            cache: as of `compiled_once`.
        """
        with taken(self.lock):
            known = {name for name, optimised in self.compiled.items() if optimised >= is_optimised}
            wanted: dict[str, None] = {}
            pending = list(names)
            while pending:
                name = pending.pop()
                if name in self.definitions and name not in known and name not in wanted:
                    wanted[name] = None
                    pending += NAME.findall(self.definitions[name])
            levels = {name: is_optimised or name in self.hot for name in wanted}
            for optimised in sorted(set(levels.values())):
                # Linked to each other, they need nobody to provide them.
                self.compile(sorted(name for name in wanted if levels[name] is optimised), optimised, cache, levels)
            # Not before: the handler of a signal may ask for the same in between.
            self.compiled |= levels

    def compile(self, names: list[str], is_optimised: bool, cache: DiskCache | None, defined: Collection[str]) -> None:
        """Compile functions, and make them known to LLVM."""
        declared = {**self.declares(), **{match[1]: match[0] for match in DECLARATION.finditer(self.text)}}
        definitions = [self.definitions[name] for name in names]
        called = dict.fromkeys(name for text in definitions for name in NAME.findall(text) if name not in names)
        lines = [(self.declarations | declared)[name] for name in called]
        text, bare = "\n".join([*lines, *definitions]), [name[1:] for name in names]
        for name, address in compiled_once(text, bare, is_optimised, cache, defined).items():
            define(name, address)
