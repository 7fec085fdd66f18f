"""The numbers among arguments: what is differentiated by, what is kept, and how the arguments are put together again.

xs=[1.0, 2.0] n=3      numbers xs[0], xs[1]; kept n; put together xs=[xs_0, xs_1], n=n
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Arguments", "split_arguments"]

REAL: Final[Mapping[str, bool]] = {"float": True, "int": False}
"""What an annotation says of whole numbers, where it names one of these alone."""


@dataclass
class Arguments:
    """What a function is called with.

    Attributes:
        names: what the numbers that are differentiated by are called: `x`, `xs[0]`, `z.real`.
        identifiers: the parameters that stand for them in source.
        values: the numbers.
        texts: each argument as source, made of these parameters and of what is in `namespace`.
        namespace: what is kept as it is, by the names that `texts` have for it.
        kept: the arguments and parts of them that are kept, by what they are called.
        taken_as_real: the whole numbers that are differentiated by only because no number has a point.
        left_whole: the arguments that are whole numbers and kept, though nothing but their form says so.
    """

    names: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    namespace: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    taken_as_real: list[str] = field(default_factory=list)
    left_whole: list[str] = field(default_factory=list)


def split_arguments(
    given: Mapping[str, Any], fixed: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter]
) -> Arguments:
    """Split arguments into numbers to differentiate by, and what is kept.

    Whole numbers are kept, as in `n=3`, unless the parameter is annotated as a float or has one as its default, a float
    stands beside them in a list, or no number of all is a float.

    Args:
        given: the arguments.
        fixed: those that are kept whatever they are.
        parameters: those of the function, where they are known.
    """
    wishes = {name: wish_of(parameters.get(name)) for name in given}
    has_real = any(type(number) is not int for value in given.values() for number in numbers_in(value))
    result = Arguments()
    taken = {*given, *fixed}
    for name, value in given.items():
        real = not has_real if wishes[name] is None else bool(wishes[name])
        if wishes[name] is None and not has_real and next(numbers_in(value), None) is not None:
            result.taken_as_real.append(f"{name}={value!r}")
        result.texts[name] = Writer(result, real, taken).text(name, name, value)
        if type(value) is int and not real and wishes[name] is None:
            result.left_whole.append(name)
    for name, value in fixed.items():
        result.texts[name] = name
        result.namespace[name] = result.kept[name] = value
    return result


@dataclass
class Writer:
    """Writes one argument as source, and takes the numbers out of it.

    Args:
        result: where they go.
        real: whether whole numbers are differentiated by.
        taken: the identifiers that stand for something.
    """

    result: Arguments
    real: bool
    taken: set[str]

    def text(self, name: str, identifier: str, value: Any) -> str:
        """Return a value as source.

        Args:
            name: what it is called.
            identifier: what stands for it, if it is a number or kept.
            value: the value.
        """
        kind = type(value)
        if kind is float or (kind is int and self.real):
            return self.leaf(name, identifier, float(value))
        if kind is complex:
            real = self.leaf(f"{name}.real", self.free(f"{identifier}_real"), value.real)
            imag = self.leaf(f"{name}.imag", self.free(f"{identifier}_imag"), value.imag)
            return f"complex({real}, {imag})"
        if kind in (list, tuple, dict) and any(self.is_leaf(number) for number in numbers_in(value)):
            return self.structure(name, identifier, value)
        self.result.namespace[identifier] = value
        self.result.kept[name] = value
        return identifier

    def structure(self, name: str, identifier: str, value: Any) -> str:
        """Return a list, a tuple or a dict as source."""
        pairs = value.items() if type(value) is dict else enumerate(value)
        # One with a point makes all of a list real.
        real, parts = self.real, {}
        self.real = real or (type(value) is not dict and any(type(item) in (float, complex) for item in value))
        for key, item in pairs:
            word = re.sub(r"\W", "_", str(key))
            parts[key] = self.text(f"{name}[{key!r}]", self.free(f"{identifier}_{word}"), item)
        self.real = real
        if type(value) is dict:
            return "{" + ", ".join(f"{key!r}: {part}" for key, part in parts.items()) + "}"
        if type(value) is list:
            return f"[{', '.join(parts.values())}]"
        return f"({', '.join(parts.values())},)"

    def leaf(self, name: str, identifier: str, value: float) -> str:
        """Take a number out."""
        self.result.names.append(name)
        self.result.identifiers.append(identifier)
        self.result.values.append(value)
        return identifier

    def is_leaf(self, number: Any) -> bool:
        """Return whether a number is differentiated by."""
        return self.real or type(number) is not int

    def free(self, identifier: str) -> str:
        """Return an identifier that stands for nothing yet."""
        while identifier in self.taken:
            identifier += "_"
        self.taken.add(identifier)
        return identifier


def wish_of(parameter: inspect.Parameter | None) -> bool | None:
    """Return whether whole numbers for a parameter are meant as real ones; None where it does not say."""
    if parameter is None:
        return None
    text = parameter.annotation if isinstance(parameter.annotation, str) else str(parameter.annotation)
    if parameter.annotation is not parameter.empty:
        said = {REAL[word] for word in re.findall(r"\w+", text.replace("<class ", "")) if word in REAL}
        if len(said) == 1:
            return said.pop()
    return {float: True, int: False}.get(type(parameter.default))


def numbers_in(value: Any) -> Iterator[Any]:
    """Yield the numbers in a value and in the lists, tuples and dicts that it is made of."""
    if type(value) in (int, float, complex):
        yield value
    elif type(value) in (list, tuple):
        for item in value:
            yield from numbers_in(item)
    elif type(value) is dict:
        for item in value.values():
            yield from numbers_in(item)
