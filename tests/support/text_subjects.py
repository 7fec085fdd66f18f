"""Text made of numbers: each subject returns x times the length of a text, which a Variable could make longer."""

from __future__ import annotations

import ast
import collections
import dataclasses
import io
import operator
import pprint
import reprlib
import string
from collections.abc import Callable
from typing import Any

ANSWERED: dict[str, Callable[[float], float]] = {}
"""The derivative is the answer, which does not change near the point."""

Subject = Callable[[float], float]


def answered(function: Subject) -> Subject:
    ANSWERED[function.__name__] = function
    return function


class Wrapped:
    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value * 2


class Format(str):
    def __mod__(self, value: Any) -> str:
        return str.__mod__(self, value)

    def fixed(self, value: float, digits: int = 3) -> str:
        return str.__mod__(self, (digits, value))


class Text(str):
    pass


@dataclasses.dataclass
class Point:
    x: float


@answered
def attributes_by_starred_arguments(x: float) -> float:
    rest, pair, nothing = ("data", x * 7), (x, "grad"), ()
    try:
        getattr(*nothing)
    except TypeError as error:
        return x * (len(str(error)) + hasattr(*pair)) + getattr(x, *rest) + getattr(*(x, *rest)) + getattr(x, *["real"])
    return x


@answered
def classes_made_from_arguments(x: float) -> float:
    made = [type(*("Made", (), {"size": 2})), type(*("Other", (), {"__module__": "elsewhere"})), type(*(x,))]
    return x * len(repr([(kind.__module__ == __name__, kind.__name__) for kind in made]))


@answered
def type_with_keywords(x: float) -> float:
    """`type(x, **{})` asks for the class; keywords of a class that is made are for `__init_subclass__`."""

    class Base:
        size = 0

        def __init_subclass__(cls, size: int) -> None:
            cls.size = size

    nothing: dict[str, int] = {}
    made = [type("Made", (Base,), {}, size=2), type(*("Other", (Base,), {}), **{"size": 3})]
    count = (type(x, **nothing) is float) + made[0].size + made[1].size * (made[1].__module__ == __name__)
    for ask in (lambda: type(x, size=1), lambda: type(object=x), lambda: type(**nothing)):
        try:
            ask()
        except TypeError as error:
            count += len(str(error))
    return x * count


@answered
def representations(x: float) -> float:
    texts = [repr(x), ascii(x), f"{x!r}", f"{x=}", f"{x!a:>9}", "%r" % x, "{!r}".format(x), str([x]), f"{[x]}"]  # noqa: UP031, UP032
    return x * sum(map(len, texts))


@answered
def representations_within(x: float) -> float:
    texts = [str({"a": (x,)}), "%s" % [x], reprlib.repr([x]), pprint.pformat([x]), repr(Point(x))]
    return x * sum(map(len, texts))


@answered
def representation_of_a_truth(x: float) -> float:
    return x * len(repr(x > 1)) + x * len(f"{x > 1!r} {[x > 1]}")


@answered
def joined(x: float) -> float:
    texts = [*map(repr, [x, x]), *map("{:.2f}".format, [x, 2.0]), *("%g" % v for v in (x, 2.0))]  # noqa: UP031
    return x * len(", ".join(texts))


@answered
def printed(x: float) -> float:
    stream = io.StringIO()
    print(x, [x], {"a": x > 1}, file=stream)
    return x * len(stream.getvalue())


@answered
def precision_beside_it(x: float) -> float:
    digits = 3
    return x * len("%.*f" % (digits, x) + "{:.{p}f}".format(x, p=digits) + f"{x:.{digits}f}")  # noqa: UP031


@answered
def text_with_methods(x: float) -> float:
    return x * len(Format("%f") % x + Format("%.*f").fixed(x) + Text("%f") % x)


@answered
def methods_of_text(x: float) -> float:
    return x * len(str.__mod__("%f", x) + "%f".__mod__((x,)) + operator.mod("%f", x) + str.format("{:.2f}", x))


@answered
def formatted_in_place(x: float) -> float:
    text = "%f"
    text %= x
    return x * len(text)


@answered
def mappings(x: float) -> float:
    chained, user = collections.ChainMap({"a": x}), collections.UserDict({"a": x})
    return x * len("%(a).2f" % chained + "%(a).2f" % user + "%(x).2f" % vars(Point(x)) + "{a:.2f}".format_map(chained))  # noqa: UP031


@answered
def fields(x: float) -> float:
    text = "{a.x:.2f} {b[0]}"
    return x * len(text.format(a=Point(x), b=[x]) + string.Template("$a").substitute(a=x))


@answered
def bytes_of_text(x: float) -> float:
    return x * len(b"%.3f %d" % (x, x))


@answered
def an_object_as_text(x: float) -> float:
    return x * len("%.3f" % Wrapped(x))  # noqa: UP031


@answered
def parsed_back(x: float) -> float:
    return float(ast.literal_eval(str(x)) * x)


READ_BACK: dict[str, Callable[[float], float]] = {
    "repr": lambda x: float(repr(x)),
    "repr of a negative number": lambda x: float(ast.literal_eval(repr(-x))),
    "repr of a list": lambda x: float(ast.literal_eval(f"{[x]}")[0]),
    "repr of a complex number": lambda x: complex(repr(complex(x, 1.0))).real,
    "str of a complex number": lambda x: complex(str(complex(1.0, x))).imag,
}
"""Each reads a number from its text, which has no history."""
