"""Slots: what machine code reads by its address, so that its text names no address and is the same in all processes."""

from __future__ import annotations

from typing import Any

from minitorch.compiler.structural.basis.kinds import Kind
from minitorch.machine_code.llvm.engine import Engine
from minitorch.machine_code.llvm.symbols import slot

__all__ = ["Slots"]


class Slots:
    """The slots of a program.

    Attributes:
        addresses: what they are for, by name.
        keeps: what has to live as long as the machine code, in the same order.
        layouts: the kinds of containers, by name, as far as they tell how those are laid out.
    """

    def __init__(self) -> None:
        self.addresses: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.keeps: list[Any] = []
        self.layouts: dict[str, Kind] = {}

    def named(self, thing: Any, address: int, layout: Kind | None = None) -> str:
        """Return the name of the slot for an address.

        Args:
            thing: what lives there, or is laid out there.
            address: where that is.
            layout: the kind of a container, if that tells how it is laid out there.
        """
        name = self.names.setdefault(address, f"outside.{len(self.names)}")
        if name not in self.addresses:
            self.put(name, thing, address)
            if layout is not None:
                self.layouts[name] = layout
        return name

    def put(self, name: str, thing: Any, address: int) -> None:
        """Have a slot of a name for an address, as of `named`."""
        self.addresses[name] = address
        self.keeps.append(thing)

    def declarations(self) -> dict[str, str]:
        """Return the text that defines each slot."""
        return {f"@{name}": slot(name) for name in self.addresses}

    def fill(self, engine: Engine) -> None:
        """Tell machine code where everything is; all is kept as long as that."""
        engine.keeps.append(self)
        for name, address in self.addresses.items():
            engine.fill(name, address)
