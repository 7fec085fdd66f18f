"""Classes whose objects stand for plain numbers: what Python's own errors say of an object names the number's type.

    len(Scalar(2.0))          TypeError: object of type 'float' has no len()
    Scalar.__name__           'Scalar'

Code that was written for floats may catch such an error and go by what it says, or write that down.
"""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

__all__ = ["AbstractStandingFor", "StandingFor"]


class StandingFor(type):
    """The type of these classes: C knows them by the name of a plain type, Python by their own.

    Args:
        stands_for: the name of the plain type; by default, as for a class that is derived from one of these, its own.
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], stands_for: str | None = None
    ) -> StandingFor:
        """Make a class."""
        return super().__new__(cls, name if stands_for is None else stands_for, bases, namespace)

    def __init__(
        self, name: str, bases: tuple[type, ...], namespace: dict[str, Any], stands_for: str | None = None
    ) -> None:
        super().__init__(name, bases, namespace)

    @property
    def __name__(self) -> str:  # type: ignore[override]
        """Its name in Python."""
        return self.__qualname__.rpartition(".")[2]


class AbstractStandingFor(ABCMeta, StandingFor):
    """The same of classes with abstract methods."""
