"""Functions with effects that end in ways which no trace can repeat: each effect is to happen once a call."""

from __future__ import annotations

import fractions
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

SUBJECTS: dict[str, Callable[[list[Any], Path], Callable[[float], Any]]] = {}
"""By name, what makes a function of a list to append to and a file to write to."""

Subject = Callable[[float], Any]


def subject(make: Callable[[list[Any], Path], Subject]) -> Callable[[list[Any], Path], Subject]:
    SUBJECTS[make.__name__] = make
    return make


class Vector:
    made = 0

    def __init__(self, u: Any) -> None:
        self.u = u
        Vector.made += 1

    def __add__(self, other: Any) -> Any:
        return Vector(self.u + other.u) if isinstance(other, Vector) else NotImplemented


def failing(act: Callable[[float], Any]) -> Callable[[list[Any], Path], Subject]:
    """Make what appends, and then does something that raises."""

    def make(seen: list[Any], file: Path) -> Subject:
        def f(x: float) -> Any:
            seen.append(x)
            return act(x)

        return f

    return make


def counted(x: Any) -> Any:
    return Vector(x) + x


SUBJECTS["unsupported operand"] = failing(lambda x: Vector(1.0) + x)  # type: ignore[operator]
SUBJECTS["counted instances"] = failing(counted)
SUBJECTS["no such attribute"] = failing(lambda x: x.length)  # type: ignore[attr-defined]
SUBJECTS["not an index"] = failing(lambda x: [1.0, 2.0][x])  # type: ignore[call-overload]
SUBJECTS["not a function"] = failing(lambda x: x(1.0))  # type: ignore[operator]
SUBJECTS["too many arguments"] = failing(lambda x: counted(x, x))  # type: ignore[call-arg]
SUBJECTS["no sum"] = failing(lambda x: sum([[], x]))  # type: ignore[list-item]
SUBJECTS["not a number"] = failing(lambda x: {"x": x, "text": str(x)})
SUBJECTS["no second partial derivative"] = failing(lambda x: (x - 2.0) ** 1.5)
SUBJECTS["special point"] = failing(lambda x: x * x if x == 2.0 else x)


@subject
def a_long_run(seen: list[Any], file: Path) -> Subject:
    def f(x: float) -> float:
        seen.append(x)
        for _ in range(6_000):
            x = x * 1.0001
        return x

    return f


@subject
def an_iterator_that_is_searched(seen: list[Any], file: Path) -> Subject:
    numbers = iter(range(9))
    return lambda x: [x][x if 3 in numbers else "gone"]  # type: ignore[call-overload]


@subject
def a_fraction(seen: list[Any], file: Path) -> Subject:
    def f(x: float) -> Any:
        seen.append(x)
        functions = [lambda v, k=k: v * k for k in (1.0, x)]
        return fractions.Fraction(1, 2) * round(sum(function(x) for function in functions))

    return f


@subject
def a_file(seen: list[Any], file: Path) -> Subject:
    def f(x: float) -> float:
        with file.open("a") as stream:
            stream.write("*")
        return x * x

    return f


@subject
def a_print(seen: list[Any], file: Path) -> Subject:
    def f(x: float) -> Any:
        print(f"{x:.1f}")
        return Vector(x).u if str(x) else x.nothing  # type: ignore[attr-defined]

    return f


@subject
def bytes_of_numbers(seen: list[Any], file: Path) -> Subject:
    def f(x: float) -> Any:
        seen.append(pickle.loads(pickle.dumps((x, x * 2, complex(x, 1.0)))))
        kept = pickle.loads(seen[0]) if len(seen) > 2 else (x,)
        seen[0] = pickle.dumps((x, complex(x, 1.0)))
        return kept[0] * x

    return f


COMPLEX: dict[str, Subject] = {
    "float": lambda x: float((x - 9.0) ** 0.5),
    "a function of math": lambda x: math.sin(complex(x, 1.0)),  # type: ignore[arg-type]
    "a sum": lambda x: math.fsum([x, complex(x, 1.0)]),  # type: ignore[list-item]
    "floor": lambda x: math.floor(complex(x, 1.0)),  # type: ignore[arg-type]
    "a comparison": lambda x: complex(x, 1.0) < x,  # type: ignore[operator]
}
"""Each asks for something that complex numbers do not have."""
