"""Functions that read objects, whose parts then are replaced by others that look alike: each with its changes."""

from __future__ import annotations

import abc
import enum
import functools
import math
import types
import weakref
from collections.abc import Callable
from typing import Any

__all__ = ["SUBJECTS"]

Subject = tuple[Callable[[float], Any], list[Callable[[], Any]]]
SUBJECTS: dict[str, Callable[[], Subject]] = {}


def subject(make: Callable[[], Subject]) -> Callable[[], Subject]:
    """Have a function that makes a subject in the table."""
    SUBJECTS[make.__name__] = make
    return make


class Holder:
    """Holds numbers that its changes may replace."""

    def __init__(self, **numbers: Any) -> None:
        self.__dict__.update(numbers)


class Slotted:
    """Has its dict in a slot."""

    __slots__ = ("__dict__",)


class Row(list[float]):
    """A list with attributes."""


class WithRate:
    """A base."""

    rate = 2.0

    def scaled(self, x: float) -> float:
        return x * 2.0


class WithOtherRate:
    """Another base."""

    rate = 3.0

    def scaled(self, x: float) -> float:
        return x * 3.0


class Alike(enum.Enum):
    """Members that look the same."""

    FIRST = 1
    SECOND = 2

    def __repr__(self) -> str:
        return "a member"


def add(x: float, y: float = 2.0, *, z: float = 0.0) -> float:
    return x + y + z


def multiply(x: float, y: float = 2.0, *, z: float = 0.0) -> float:
    return x * y + z


def replacing_dict_of(holder: Any) -> Subject:
    """What replaces the dict of an object by others, while somebody keeps those before."""
    kept = []
    holder.rate = 2.0

    def replace(rate: float) -> None:
        kept.append(holder.__dict__)
        holder.__dict__ = {"rate": rate}

    return (lambda x: x * holder.rate), [lambda: replace(3.0), lambda: replace(4.0)]


@subject
def dict_of_an_object() -> Subject:
    return replacing_dict_of(Holder())


@subject
def dict_in_a_slot() -> Subject:
    return replacing_dict_of(Slotted())


@subject
def dict_of_a_list() -> Subject:
    return replacing_dict_of(Row())


@subject
def dict_of_a_function() -> Subject:
    def function() -> None: ...

    return replacing_dict_of(function)


@subject
def class_of_an_object() -> Subject:
    held: Any = WithRate()
    return (lambda x: held.scaled(x) * held.rate), [
        lambda: setattr(held, "__class__", WithOtherRate),
        lambda: setattr(held, "__class__", WithRate),
    ]


@subject
def class_that_is_compared() -> Subject:
    held: Any = WithRate()
    return (lambda x: x if isinstance(held, WithRate) else -x), [
        lambda: setattr(held, "__class__", WithOtherRate),
        lambda: setattr(held, "__class__", WithRate),
    ]


def derived() -> tuple[Any, list[Callable[[], Any]]]:
    """Make a class, and what replaces its bases."""
    cls = type("Derived", (WithRate,), {})
    return cls, [lambda: setattr(cls, "__bases__", (WithOtherRate,)), lambda: setattr(cls, "__bases__", (WithRate,))]


@subject
def bases_of_a_class() -> Subject:
    cls, changes = derived()
    return (lambda x: x * cls.rate), changes


@subject
def bases_of_the_class_of_an_object() -> Subject:
    cls, changes = derived()
    held = cls()
    return (lambda x: held.scaled(x) * held.rate), changes


@subject
def bases_of_a_class_that_are_asked_for() -> Subject:
    cls, changes = derived()
    return (lambda x: x if issubclass(cls, WithRate) else -x), changes


@subject
def bases_that_an_abstract_class_asks_for() -> Subject:
    cls, changes = derived()

    class Known(abc.ABC):  # noqa: B024
        """Knows a base."""

    Known.register(WithOtherRate)
    return (lambda x: x if issubclass(cls, Known) else -x), changes


@subject
def class_that_is_matched() -> Subject:
    held: Any = WithRate()

    def function(x: float) -> float:
        match held:
            case WithRate():
                return x
        return -x

    return function, [
        lambda: setattr(held, "__class__", WithOtherRate),
        lambda: setattr(held, "__class__", WithRate),
    ]


@subject
def bases_of_a_class_that_super_goes_through() -> Subject:
    cls, changes = derived()
    held = cls()
    return (lambda x: super(cls, held).scaled(x)), changes


def renaming(entries: dict[str, float]) -> list[Callable[[], Any]]:
    """What gives the last value of a dict another key, and puts others into a cleared one: each in the same places."""
    values = list(entries.values())

    def rename(key: str) -> None:
        entries[key] = entries.popitem()[1]

    def refill(*keys: str) -> None:
        entries.clear()
        for key, value in zip(keys, values, strict=True):
            entries[key] = value

    return [
        lambda: rename("four"),
        lambda: rename("b"),
        lambda: refill("five5", "a"),
        lambda: refill("b", "four"),
        lambda: refill("a", "b"),
    ]


@subject
def keys_of_a_dict() -> Subject:
    table = {"a": 2.0, "b": 3.0}
    return (lambda x: x * sum(len(key) * rate for key, rate in table.items())), renaming(table)


@subject
def key_of_a_dict() -> Subject:
    table = {"a": 2.0, "b": 3.0}
    return (lambda x: x * table.get("b", 1.0)), renaming(table)


@subject
def keys_of_a_long_dict() -> Subject:
    table = {f"key{index}": 2.0 for index in range(1000)} | {"a": 2.0, "b": 3.0}

    def rename(key: str) -> None:
        table[key] = table.popitem()[1]

    return (lambda x: x * table.get("four", 1.0)), [lambda: rename("four"), lambda: rename("b"), lambda: rename("four")]


@subject
def name_of_an_attribute() -> Subject:
    held = Holder(a=2.0, b=3.0)
    return (lambda x: x * getattr(held, "b", 1.0)), renaming(vars(held))


@subject
def names_of_attributes() -> Subject:
    held = Holder(a=2.0, b=3.0)
    return (lambda x: x * sum(len(key) * rate for key, rate in vars(held).items())), renaming(vars(held))


@subject
def attribute_of_the_class_that_is_hidden() -> Subject:
    held: Any = WithRate()
    vars(held).update(a=2.0, b=3.0)
    (rename, back, *_) = renaming(vars(held))
    hide = lambda: vars(held).__setitem__("rate", vars(held).popitem()[1])  # noqa: E731
    return (lambda x: held.rate * x), [hide, back, rename, hide]


@subject
def parts_of_a_partial() -> Subject:
    partial: Any = functools.partial(add, 2.0, z=1.0)
    return (lambda x: partial(x)), [
        lambda: partial.__setstate__((add, (5.0,), {"z": 1.0}, {})),
        lambda: partial.__setstate__((multiply, (5.0,), {"z": 1.0}, {})),
        lambda: partial.__setstate__((multiply, (5.0,), {"z": 2.0}, {})),
        lambda: partial.keywords.update(z=3.0),
    ]


@subject
def sign_of_zero() -> Subject:
    held = Holder(rate=0.0)
    return (lambda x: x * held.rate), [lambda: setattr(held, "rate", -0.0), lambda: setattr(held, "rate", 0.0)]


@subject
def sign_of_a_part_of_zero() -> Subject:
    held = Holder(rate=0j)
    return (lambda x: x * math.copysign(1.0, held.rate.imag)), [
        lambda: setattr(held, "rate", complex(0.0, -0.0)),
        lambda: setattr(held, "rate", 0j),
    ]


@subject
def members_that_look_alike() -> Subject:
    held = Holder(member=Alike.FIRST)
    return (lambda x: x if held.member is Alike.FIRST else -x), [
        lambda: setattr(held, "member", Alike.SECOND),
        lambda: setattr(held, "member", Alike.FIRST),
    ]


def special(name: str, method: Any, function: Callable[[Any, float], Any]) -> Subject:
    """What gives a class a special method that it did not have."""
    cls: Any = type("Special", (WithRate,), {})
    held = cls()
    return (lambda x: function(held, x)), [lambda: setattr(cls, name, method), lambda: delattr(cls, name)]


class Answer:
    """Something to call that is no function."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __call__(self, *arguments: Any) -> Any:
        return self.answer


@subject
def truth_by_a_new_method() -> Subject:
    return special("__bool__", lambda self: False, lambda held, x: x if held else -x)


@subject
def truth_by_a_new_object_to_call() -> Subject:
    return special("__bool__", Answer(False), lambda held, x: x if held else -x)


@subject
def truth_by_a_method_of_another() -> Subject:
    return special(
        "__bool__", functools.partialmethod(lambda self, answer: answer, False), lambda held, x: x if held else -x
    )


@subject
def calls_by_a_new_object_to_call() -> Subject:
    return special("__call__", Answer(7.0), lambda held, x: x * held() if callable(held) else x)


@subject
def truth_by_a_function_of_c() -> Subject:
    return special("__bool__", bool, lambda held, x: x if held else -x)


@subject
def truth_by_a_new_length() -> Subject:
    return special("__len__", lambda self: 0, lambda held, x: x if held else -x)


@subject
def equality_by_a_new_method() -> Subject:
    return special("__eq__", lambda self, other: True, lambda held, x: x if held == 1.0 else -x)


@subject
def equality_by_a_new_object_to_call() -> Subject:
    return special("__eq__", Answer(True), lambda held, x: x if held == 1.0 else -x)


@subject
def attributes_by_a_new_method() -> Subject:
    return special("__getattribute__", lambda self, name: 7.0, lambda held, x: x * held.rate)


@subject
def attributes_by_a_new_object_to_call() -> Subject:
    return special("__getattribute__", Answer(7.0), lambda held, x: x * held.rate)


@subject
def truth_of_a_class_by_a_new_method() -> Subject:
    meta: Any = type("Meta", (type,), {})
    cls = meta("Cls", (), {})
    return (lambda x: x if cls else -x), [
        lambda: setattr(meta, "__bool__", lambda cls: False),
        lambda: delattr(meta, "__bool__"),
    ]


@subject
def class_of_a_class() -> Subject:
    metas: Any = [type("Meta", (type,), {"rate": rate}) for rate in (2.0, 3.0)]
    cls = metas[0]("Cls", (), {})
    return (lambda x: x * cls.rate), [lambda: setattr(cls, "__class__", metas[1])]


@subject
def name_of_a_module() -> Subject:
    module = types.ModuleType("replaced_subjects_module")
    module.other = 2.0  # type: ignore[attr-defined]

    def rename(key: str) -> None:
        vars(module)[key] = vars(module).popitem()[1]

    return (lambda x: x * getattr(module, "rate", 1.0)), [lambda: rename("rate"), lambda: rename("other")]


@subject
def what_a_weak_reference_refers_to() -> Subject:
    held = [Holder(rate=2.0)]
    reference = weakref.ref(held[0])
    return (lambda x: x if reference() is None else -x), [held.clear]


@subject
def arguments_of_an_exception() -> Subject:
    error = ValueError(2.0)
    return (lambda x: x * error.args[0]), [lambda: setattr(error, "args", (3.0,))]
