"""Questions about identity, attributes and dtypes, answered in rewritten code as they are for floats.

    (x > 0) is True, match x > 0: case True     the outcome of a comparison is one of the two bools
    hasattr(x, "data"), x.sqrt()                a float has no such attribute
    numpy.array([x]).dtype == numpy.float64     an array of Variables is one of floats

>>> from minitorch.scalars.scalar import Scalar
>>> truth(Scalar(1.0) > 0), TRUE == (Scalar(1.0) > 0), plain_for(Scalar(2.0), {}, OWN)
(True, True, 2.0)
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Set
from typing import Any, Final

from minitorch.recorder import faster
from minitorch.scalars.complex_scalar import ComplexScalar
from minitorch.scalars.float_protocol import plain_value
from minitorch.scalars.scalar import Indicator, Scalar
from minitorch.scalars.whole import Whole
from minitorch.transformer import Alias, Questions, names_any

__all__ = ["IDENTITY", "QUESTIONS"]


def lacking(kind: type, plain: type) -> set[str]:
    """Return the attributes of Variables of a kind that the plain numbers they stand for do not have."""
    return {name for name in dir(kind) if name[0] != "_" and not hasattr(plain, name)}


HIDDEN: Final = frozenset(lacking(Scalar, float) | lacking(ComplexScalar, complex))
"""Attributes of Variables that numbers do not have."""

HIDDEN_OF_TRUTHS: Final = frozenset(lacking(Indicator, bool) - HIDDEN)
"""Attributes of the outcome of a comparison that a bool does not have, but a float."""

OF_NUMPY: Final = frozenset({"item"})
"""Those that the elements of numpy's arrays have."""

OWN: Final = frozenset({"minitorch"})

OWN_AND_NUMPY: Final = OWN | {"numpy"}

VARIABLES: Final = (Scalar, Indicator, ComplexScalar, Whole)
"""Types whose objects stand for plain numbers; a subclass of `float` made of Variables has attributes of its own."""


@faster("truth")
def truth(value: Any, /) -> Any:
    """Return the bool of a comparison's outcome, anything else as it is."""
    return bool(value) if type(value) is Indicator else value


def is_same(x: Any, y: Any, /) -> bool:
    """Do what `operator.is_` does."""
    return truth(x) is truth(y)


def is_not_same(x: Any, y: Any, /) -> bool:
    """Do what `operator.is_not` does."""
    return truth(x) is not truth(y)


def plain_for(owner: Any, namespace: dict[str, Any], modules: Set[str]) -> Any:
    """Return the plain number of a Variable, unless the code whose globals these are knows one of the modules."""
    kind = type(owner)
    if kind not in VARIABLES or names_any(namespace, modules):
        return owner
    return bool(owner.data) if kind is Indicator else plain_value(owner)


@faster("plainly", VARIABLES)
def plainly(owner: Any, /) -> Any:
    """Return the plain number of a Variable, for questions that are not about its history."""
    return plain_for(owner, sys._getframe(1).f_globals, OWN) if type(owner) in VARIABLES else owner


@faster("plainly", VARIABLES)
def plainly_without_numpy(owner: Any, /) -> Any:
    """Do what `plainly` does, unless the code works with numpy, whose numbers have that attribute."""
    return plain_for(owner, sys._getframe(1).f_globals, OWN_AND_NUMPY) if type(owner) in VARIABLES else owner


@faster("with_dtype")
def with_dtype(owner: Any, /) -> Any:
    """Return an object with the dtype of floats for an array of Variables, anything else as it is."""
    kind = type(owner)
    if kind.__name__ != "ndarray" or kind.__module__ != "numpy" or owner.dtype != object:
        return owner
    from minitorch.tracing.libraries.dtypes import answering

    return answering(owner)


@faster("owner_and_name", VARIABLES)
def owner_and_name(*arguments: Any) -> tuple[Any, ...]:
    """Return the arguments of `getattr` and its like, the first as what an attribute of that name is asked of."""
    if len(arguments) < 2 or type(arguments[1]) is not str:
        return arguments
    owner, name, *others = arguments
    if name in HIDDEN_OF_TRUTHS:
        owner = truth(owner)
    elif name in HIDDEN:
        modules = OWN_AND_NUMPY if name in OF_NUMPY else OWN
        owner = plain_for(owner, sys._getframe(1).f_globals, modules)
    elif name == "dtype":
        owner = with_dtype(owner)
    return owner, name, *others


class Singleton:
    """In place of `True` or `False` in a pattern: equal to what is that, and to the outcome of a comparison.

    Args:
        value: which of the two.
        name: its name in this module.
    """

    __slots__ = ("name", "value")

    __array_ufunc__ = None
    """Arrays leave the comparison to it."""

    def __init__(self, value: bool, name: str) -> None:
        self.value = value
        self.name = name

    def __eq__(self, subject: object) -> bool:
        return subject is self or truth(subject) is self.value

    __hash__ = object.__hash__

    def __reduce__(self) -> str:
        return self.name


TRUE, FALSE = Singleton(True, "TRUE"), Singleton(False, "FALSE")

# Constants of rewritten code, which are not functions.
_singletons: dict[bool, Any] = {True: TRUE, False: FALSE}

QUESTIONS: Final = Questions(
    truth=Alias("truth", truth),
    singletons={value: Alias(f"Singleton.{str(value).lower()}", each) for value, each in _singletons.items()},
    owners={
        **{name: Alias("truth", truth) for name in HIDDEN_OF_TRUTHS},
        **{name: Alias("plainly", plainly) for name in HIDDEN},
        **{name: Alias("plainly_without_numpy", plainly_without_numpy) for name in OF_NUMPY},
        "dtype": Alias("with_dtype", with_dtype),
    },
    owner_and_name=Alias("owner_and_name", owner_and_name),
    dir=Alias("plainly", plainly),
)

IDENTITY: Final = {operator.is_: is_same, operator.is_not: is_not_same}
