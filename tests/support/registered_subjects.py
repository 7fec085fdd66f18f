"""Functions that read what Python keeps itself: modules and classes in tables, and dicts behind views and proxies."""

from __future__ import annotations

import abc
import itertools
import sys
import types
from typing import Any

from c_objects_subjects import SUBJECTS, Subject, subject

__all__ = ["SUBJECTS"]


@subject
def registered_classes() -> Subject:
    class Shape(abc.ABC):  # noqa: B024
        pass

    kinds = [type(f"Kind{index}", (), {}) for index in range(4)]
    held, left = [kind() for kind in kinds], iter(kinds)
    return (lambda x: x * (1 + sum(isinstance(each, Shape) for each in held))), (lambda: Shape.register(next(left)))


@subject
def subclasses() -> Subject:
    class Shape:
        pass

    kept: list[type] = []
    return (lambda x: x * (1 + len(Shape.__subclasses__()))), (lambda: kept.append(type("Square", (Shape,), {})))


@subject
def imported_module() -> Subject:
    def f(x: float) -> float:
        import rates_put_in_place

        return x * float(rates_put_in_place.rate)

    def put() -> None:
        sys.modules["rates_put_in_place"] = types.SimpleNamespace(rate=float(next(numbers)))  # type: ignore[assignment]

    numbers = itertools.count(2)
    put()
    return f, put


@subject
def imported_submodule() -> Subject:
    def f(x: float) -> float:
        import rates_in.place as place

        return x * float(place.rate)

    def put() -> None:
        place = types.SimpleNamespace(rate=float(next(numbers)))
        modules: dict[str, Any] = {"rates_in": types.SimpleNamespace(place=place, __path__=[]), "rates_in.place": place}
        sys.modules.update(modules)

    numbers = itertools.count(2)
    put()
    return f, put


@subject
def keys_that_are_kept() -> Subject:
    rates = {"a": 2.0}
    keys = rates.keys()
    return (lambda x: x * len(keys)), (lambda: rates.update({str(len(rates)): 1.0}))


@subject
def values_that_are_kept() -> Subject:
    rates = {"a": 2.0}
    values = rates.values()
    return (lambda x: x * sum(values)), (lambda: rates.update(a=rates["a"] + 1.0))


@subject
def proxy_that_is_new() -> Subject:
    class Rates:
        rate = 2.0

    return (lambda x: x * float(Rates.__dict__["rate"])), (lambda: setattr(Rates, "rate", Rates.rate + 1.0))


@subject
def items_of_a_new_proxy() -> Subject:
    rates = {"a": 2.0}

    class Holder:
        @property
        def rates(self) -> types.MappingProxyType[str, float]:
            return types.MappingProxyType(rates)

    holder = Holder()
    return (lambda x: x * sum(value for _, value in holder.rates.items())), (lambda: rates.update(a=rates["a"] + 1.0))
